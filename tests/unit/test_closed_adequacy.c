/* Resource adequacy (configs/adequacy): loss of load and unserved energy against what is published for the systems, and
 * against the exact distribution of the capacity, convolved unit by unit here. */
#include "support/closed.h"
#include "support/scene.h"

#include <math.h>
#include <stdio.h>

#define MOST_MW 3500
#define MOST_HOURS 8736

/* Units that are out with their own probability; what is up has a distribution over whole MW. */
struct system {
    double up[MOST_MW + 1];
    int most;
};

static void add_unit(struct system *system, int mw, double outage) {
    for (int c = system->most; c >= 0; c--) {
        system->up[c + mw] += system->up[c] * (1 - outage);
        system->up[c] *= outage;
    }
    system->most += mw;
}

static struct system system_of(const struct scene *scene) {
    static struct system system;
    const struct sc_firm *firm = &scene->data->firms[0];
    system = (struct system){.up = {1}};
    for (int i = 0; i < firm->n_phases; i++)
        add_unit(&system, (int)lrint(firm->phases[i].mw), firm->phases[i].cancel);
    return system;
}

struct expected {
    double hours, energy; /* loss of load, unserved energy */
};

static struct expected expected_of(const struct system *system, const double *load, int hours) {
    struct expected expected = {0, 0};
    for (int t = 0; t < hours; t++)
        for (int c = 0; c <= system->most; c++)
            if (c < load[t] * (1 - 1e-6)) {
                expected.hours += system->up[c];
                expected.energy += system->up[c] * (load[t] - c);
            }
    return expected;
}

static void assert_within(const char *what, const json_t *result, const char *path, double expected) {
    char at[96];
    snprintf(at, sizeof at, "%s/value", path);
    const double value = number_at(result, at);
    snprintf(at, sizeof at, "%s/se", path);
    const double se = number_at(result, at);
    assert_true(se > 0);
    assert_close(what, value, expected, SIGMAS * se);
}

static void check_hours(const char *name, const double *lost, const double *unserved, int hours) {
    char file[64];
    snprintf(file, sizeof file, "configs/adequacy/%s.yaml", name);
    struct scene scene = scene_file(file, NULL, 0);
    const double n = (double)test_paths();
    json_t *result = scene_run(&scene, test_paths());
    double lole = 0, eue = 0;
    for (int t = 0; t < hours; t++) {
        assert_share("loss of load", round(n * number_in(result, "industry/shortage/p", t)), n, lost[t]);
        assert_close("unserved energy", number_in(result, "industry/expected_shortfall/value", t), unserved[t],
                     SIGMAS * number_in(result, "industry/expected_shortfall/se", t));
        lole += lost[t];
        eue += unserved[t];
    }
    assert_within("loss of load expectation", result, "industry/shortage_months", lole);
    assert_within("expected unserved energy", result, "industry/total_shortfall", eue);
    json_decref(result);
    scene_free(&scene);
}

static void published_system_a(void **state) {
    static const double lost[] = {0.028, 0.271, 0.028, 0.028}, unserved[] = {0.29, 0.832, 0.29, 0.178};
    (void)state;
    check_hours("pras-a", lost, unserved, 4);
}

static void published_system_b(void **state) {
    static const double lost[] = {0.19, 0.19, 0.19, 0.1, 0.1, 0.19}, unserved[] = {1.29, 1.29, 1.29, 0.85, 1.05, 1.34};
    (void)state;
    check_hours("pras-b", lost, unserved, 6);
}

/* The convolution gives the two published figures; the program agrees with it as far as its paths go. */
static void reliability_test_system(void **state) {
    static double load[MOST_HOURS];
    (void)state;
    struct scene scene = scene_file("configs/adequacy/ieee-rts-79.yaml", NULL, 0);
    const struct sc_firm *firm = &scene.data->firms[1];
    assert_int_equal(scene.data->months, MOST_HOURS);
    for (int t = 0; t < MOST_HOURS; t++)
        load[t] = firm->inference * firm->profile[t];
    struct system system = system_of(&scene);
    assert_int_equal(system.most, 3405);
    const struct expected expected = expected_of(&system, load, MOST_HOURS);
    assert_close("published LOLE", expected.hours, 9.394175, 1e-6);
    assert_close("published EUE", expected.energy, 1176.298, 1e-3);
    json_t *result = scene_run(&scene, test_paths() / 40);
    assert_within("loss of load expectation", result, "industry/shortage_months", expected.hours);
    assert_within("expected unserved energy", result, "industry/total_shortfall", expected.energy);
    json_decref(result);
    scene_free(&scene);
}

/* Capacity that meets the load exactly is no loss of load, and one part in 100,000 less is; nothing here is random.
 * Amounts are tallied in units of some hundredths here. */
static void load_that_is_just_met(void **state) {
    static const struct {
        double load;
        int lost;
    } cases[] = {{2850, 0}, {2850 * (1 - 1e-5), 0}, {2850 * (1 + 1e-5), 1}, {2851, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene scene = scene_format("mismatch: 1\n"
                                          "time: {start: 2030-01, months: 3}\n"
                                          "regions: [area]\n"
                                          "generations: [{name: unit, kh100e_per_mw: 1}]\n"
                                          "thresholds: {shortage: 2e-6}\n"
                                          "firms:\n"
                                          "  - {name: utility, shares: {area: 1}, installed: {unit: 2850}}\n"
                                          "  - {name: load, inference: %.12g, demand_shares: {area: 1}}\n",
                                          cases[i].load);
        json_t *result = scene_run(&scene, 64);
        assert_close("hours lost", number_at(result, "industry/shortage_months/value"), 3 * cases[i].lost, 0);
        assert_close("energy", number_at(result, "industry/total_shortfall/value"), 3 * fmax(0, cases[i].load - 2850),
                     0.25);
        assert_close("surplus", number_at(result, "industry/total_surplus/value"), 3 * fmax(0, 2850 - cases[i].load),
                     0.25);
        json_decref(result);
        scene_free(&scene);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_system_a),
        cmocka_unit_test(published_system_b),
        cmocka_unit_test(reliability_test_system),
        cmocka_unit_test(load_that_is_just_met),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
