/* Tails (docs/model.md, section 8): expected shortfall, quantiles and exceedance of lognormal months, of the highest of
 * independent months, of numbers of months. */
#include "support/closed.h"
#include "support/scene.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MONTHS 6
#define SIGMA 0.3

/* Demand 100 exp(x), x normal and independent from month to month, against 100 of supply; gap = 1 - exp(-x). */
static const char *const independent =
    "mismatch: 1\n"
    "time: {start: 2030-01, months: 6}\n"
    "regions: [north]\n"
    "generations: [{name: old, kh100e_per_mw: 1}]\n"
    "inference: {persistence: 0, firm_sigma: 0.3, initial_sigma: 0.3}\n"
    "firms: [{name: a, shares: {north: 1}, installed: {old: 100}, inference: 100, demand_shares: {north: 1}}]\n"
    "events:\n"
    "  high: {all_of: [{series: gap, at_least: 0.15}]}\n"
    "  lacks: {all_of: [{series: unmet_share, firm: $firm, at_least: 0.15}]}\n"
    "questions:\n"
    "  - {name: month, tail: {series: demand, from: 2030-03, to: 2030-03, levels: [0, 0.5, 0.9, 0.99], exceed: [90, "
    "150]}}\n"
    "  - {name: gap, tail: {series: gap, from: 2030-03, to: 2030-03, levels: [0.5, 0.95], exceed: [-0.3, 0.0701, "
    "0.35]}}\n"
    "  - {name: unmet, tail: {series: unmet, from: 2030-03, to: 2030-03, levels: [0.3, 0.9]}}\n"
    "  - {name: highest, tail: {series: demand, levels: [0.5, 0.95]}}\n"
    "  - {name: months, tail: {event: high, levels: [0.4, 0.9, 0.99]}}\n"
    "  - {name: mean, tail: {series: state_shortage, mean: true, levels: [0.4, 0.9, 0.99]}}\n"
    "  - {name: window, tail: {event: lacks, firm: a, from: 2030-02, to: 2030-04, levels: 0.9}}\n"
    "thresholds: {shortage: 0.15}\n";

/* Figure `part` of a level against the truth, in its own standard errors, with room for the steps of the bins. */
static void assert_cvar(const json_t *result, const char *question, const char *level, double truth, double step) {
    char path[160];
    snprintf(path, sizeof path, "questions/%s/levels/%s/cvar/value", question, level);
    const double value = number_at(result, path);
    snprintf(path, sizeof path, "questions/%s/levels/%s/cvar/se", question, level);
    const double se = number_at(result, path);
    assert_true(se > 0);
    assert_close(path, value, truth, SIGMAS * se + step);
    snprintf(path, sizeof path, "questions/%s/levels/%s/cvar/ci", question, level);
    /* the interval is about as wide as the error says; where few paths make the tail, their skewness widens it */
    const double few = (1 - strtod(level, NULL)) * (double)test_paths();
    assert_close(path, number_in(result, path, 1) - number_in(result, path, 0), 2 * 1.96 * se,
                 (few < 1000 ? 1 : 0.1) * se);
}

/* The truth lies within 3.5 errors of a quantile, taken from its 95 % interval. */
static void assert_quantile(const json_t *result, const char *question, const char *level, double truth, double step) {
    char path[160], ci[160];
    snprintf(path, sizeof path, "questions/%s/levels/%s/quantile/value", question, level);
    snprintf(ci, sizeof ci, "questions/%s/levels/%s/quantile/ci", question, level);
    const double se = (number_in(result, ci, 1) - number_in(result, ci, 0)) / (2 * 1.96);
    assert_close(path, number_at(result, path), truth, SIGMAS * se + step);
}

static void lognormal_month(void **state) {
    static const struct {
        const char *text;
        double level;
    } levels[] = {{"0", 0}, {"0.5", 0.5}, {"0.9", 0.9}, {"0.99", 0.99}};
    (void)state;
    const double n = (double)test_paths();
    struct scene scene = scene_new(independent);
    json_t *result = scene_run(&scene, test_paths());
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        const double z = i > 0 ? normal_point(levels[i].level) : -INFINITY;
        const double truth =
            100 * exp(SIGMA * SIGMA / 2) * (i > 0 ? normal_below(SIGMA - z) : 1) / (1 - levels[i].level);
        assert_cvar(result, "month", levels[i].text, truth, 1e-3);
        if (i > 0)
            assert_quantile(result, "month", levels[i].text, 100 * exp(SIGMA * z), 1e-2);
    }
    assert_share("90", number_in(result, "questions/month/exceed/p", 0) * n, n, normal_above(log(0.9) / SIGMA));
    assert_share("150", number_in(result, "questions/month/exceed/p", 1) * n, n, normal_above(log(1.5) / SIGMA));
    /* the highest gaps are where 1 / demand is lowest */
    for (int i = 0; i < 2; i++) {
        const double level = i == 0 ? 0.5 : 0.95, z = normal_point(level);
        const double truth = 1 - exp(SIGMA * SIGMA / 2) * normal_below(-z - SIGMA) / (1 - level);
        assert_cvar(result, "gap", i == 0 ? "0.5" : "0.95", truth, 1e-5);
        assert_quantile(result, "gap", i == 0 ? "0.5" : "0.95", 1 - exp(-SIGMA * z), 1e-4);
    }
    static const double at[] = {-0.3, 0.0701, 0.35};
    for (int i = 0; i < 3; i++)
        assert_share("gap", number_in(result, "questions/gap/exceed/p", i) * n, n,
                     normal_above(-log(1 - at[i]) / SIGMA));
    /* unmet: as the gap above 0, and an atom of one half there, in the middle of the tail of 0.7 */
    const double positive = 0.5 - exp(SIGMA * SIGMA / 2) * normal_below(-SIGMA);
    assert_cvar(result, "unmet", "0.3", positive / 0.7, 1e-5);
    assert_quantile(result, "unmet", "0.3", 0, 1e-5);
    json_decref(result);
    scene_free(&scene);
}

/* Density of the highest of MONTHS lognormals, times x. */
static double highest_moment(double z, void *context) {
    (void)context;
    return exp(SIGMA * z) * MONTHS * pow(normal_below(z), MONTHS - 1) * exp(-z * z / 2) / sqrt(2 * M_PI);
}

static void highest_month(void **state) {
    (void)state;
    struct scene scene = scene_new(independent);
    json_t *result = scene_run(&scene, test_paths());
    for (int i = 0; i < 2; i++) {
        const char *text = i == 0 ? "0.5" : "0.95";
        const double level = i == 0 ? 0.5 : 0.95, z = normal_point(pow(level, 1.0 / MONTHS));
        assert_cvar(result, "highest", text, 100 * integral(highest_moment, NULL, z, INFINITY) / (1 - level), 1e-3);
        assert_quantile(result, "highest", text, 100 * exp(SIGMA * z), 2e-2);
    }
    json_decref(result);
    scene_free(&scene);
}

/* Mean of the share 1 - level that lies highest, of a binomial number. */
static double binomial_tail(int n, double p, double level) {
    double left = 1 - level, sum = 0;
    for (int k = n; k >= 0 && left > 0; k--) {
        const double mass =
            exp(lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0)) * pow(p, k) * pow(1 - p, n - k);
        sum += k * fmin(mass, left);
        left -= mass;
    }
    return sum / (1 - level);
}

static void numbers_of_months(void **state) {
    static const char *const levels[] = {"0.4", "0.9", "0.99"};
    (void)state;
    const double n = (double)test_paths(), p = normal_above(-log(0.85) / SIGMA);
    struct scene scene = scene_new(independent);
    json_t *result = scene_run(&scene, test_paths());
    for (int i = 0; i < 3; i++) {
        const double truth = binomial_tail(MONTHS, p, strtod(levels[i], NULL));
        assert_cvar(result, "months", levels[i], truth, 1e-6);
        assert_cvar(result, "mean", levels[i], truth / MONTHS, 1e-5);
    }
    assert_cvar(result, "window", "0.9", binomial_tail(3, p, 0.9), 1e-6);
    /* all months of the window: the edges of the bins are the numbers themselves */
    const char *exceed = "questions/window/exceed/";
    char path[96];
    snprintf(path, sizeof path, "%sat", exceed);
    assert_close(path, number_in(result, path, 3), 3, 0);
    snprintf(path, sizeof path, "%sp", exceed);
    for (int k = 0; k <= 3; k++) {
        double truth = 0;
        for (int m = k; m <= 3; m++)
            truth += (m == 0 || m == 3 ? 1 : 3) * pow(p, m) * pow(1 - p, 3 - m);
        assert_share(path, number_in(result, path, k) * n, n, k == 0 ? 1 : truth);
    }
    json_decref(result);
    scene_free(&scene);
}

/* Who does not ask pays nothing: a question of another kind has the same answer with and without tails behind it. */
static void others_are_as_before(void **state) {
    (void)state;
    static const char *const asked = "questions: [{name: high, probability: {event: high}}%s]\n";
    json_t *answers[2];
    for (int i = 0; i < 2; i++) {
        char questions[256];
        struct scene scene;
        snprintf(questions, sizeof questions, asked, i == 0 ? "" : ", {name: t, tail: {series: gap}}");
        scene = scene_format("%.*s%sthresholds: {shortage: 0.15}\n",
                             (int)(strstr(independent, "questions:") - independent), independent, questions);
        answers[i] = scene_run(&scene, 2000);
        scene_free(&scene);
    }
    assert_true(json_equal(json_object_get(json_object_get(answers[0], "questions"), "high"),
                           json_object_get(json_object_get(answers[1], "questions"), "high")));
    assert_true(json_equal(json_object_get(answers[0], "industry"), json_object_get(answers[1], "industry")));
    json_decref(answers[0]);
    json_decref(answers[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lognormal_month),
        cmocka_unit_test(highest_month),
        cmocka_unit_test(numbers_of_months),
        cmocka_unit_test(others_are_as_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
