/* Idle compute while the industry is short (docs/model.md, section 8): for two normal margins the probability is
 * 1/4 - asin(rho) / (2 pi), and pooled over months that are all alike the ratios are those of a binomial. */
#include "support/closed.h"
#include "support/scene.h"

#include <math.h>
#include <stdio.h>

#define MONTHS 25
#define SIGMA 0.4
#define PHI 0.9
#define SIGMA_F 0.25
#define SIGMA_0 0.15

/* b is the industry: short (gap >= 0.05) exactly when mu t + G >= 0. a is far too small to be felt, follows G with
 * beta and has a noise x of its own: it has a tenth of its compute spare exactly when beta (mu t + G) + x <= 0. */
static struct scene two_firms(double beta, double trend) {
    return scene_format(
        "mismatch: 1\n"
        "time: {start: 2030-01, months: %d}\n"
        "regions: [north]\n"
        "generations: [{name: old, kh100e_per_mw: 1}]\n"
        "inference: {trend: {2030-01: %g}, sigma: %g, persistence: %g, initial_sigma: 0}\n"
        "firms:\n"
        "  - {name: a, shares: {north: 1}, installed: {old: 0.00001}, inference: 0.000009, beta: %g, inference_sigma: "
        "%g, "
        "demand_shares: {north: 1}}\n"
        "  - {name: b, shares: {north: 1}, installed: {old: 100}, inference: %.12g, demand_shares: {north: 1}}\n"
        "questions:\n"
        "  - {name: map, coexistence: {series: spare_share, at_least: 0.1, by: [[firm], [firm, region, "
        "generation]]}}\n",
        MONTHS, trend, SIGMA, PHI, beta, SIGMA_F, 100 / 0.95);
}

static double x_variance(int t) {
    return SIGMA_F * SIGMA_F * (1 - pow(PHI, 2.0 * t));
}

struct joint {
    double beta, mean, g, x; /* mean and deviation of the industry's level, deviation of x */
};

/* Density of the level at y, times P(beta y + x <= 0). */
static double joint_density(double y, void *context) {
    const struct joint *j = context;
    const double z = (y - j->mean) / j->g;
    return exp(-z * z / 2) / (j->g * sqrt(2 * M_PI)) * normal_below(-j->beta * y / j->x);
}

static double short_and_idle(double beta, double trend, int t) {
    struct joint joint = {beta, trend * t / 12, SIGMA * sqrt(t / 12.0), sqrt(x_variance(t))};
    if (trend > 0 || trend < 0)
        return integral(joint_density, &joint, 0, fmax(0, joint.mean) + 10 * joint.g);
    /* without a trend: correlation of G and beta G + x */
    const double rho = beta * joint.g / sqrt(beta * beta * joint.g * joint.g + joint.x * joint.x);
    return 0.25 - asin(rho) / (2 * M_PI);
}

static void check_two_margins(double beta, double trend) {
    const double n = (double)test_paths();
    double both = 0, shortage = 0;
    struct scene scene = two_firms(beta, trend);
    json_t *result = scene_run(&scene, test_paths());
    for (int t = 1; t < MONTHS; t++) {
        const double p = short_and_idle(beta, trend, t);
        const double g = SIGMA * sqrt(t / 12.0), level = sqrt(beta * beta * g * g + x_variance(t));
        const double is_short = normal_below(trend * t / 12 / g), idle = normal_below(-beta * trend * t / 12 / level);
        double all = 0;
        both += p;
        shortage += is_short;
        assert_share("short and idle", number_in(result, "questions/map/entries/0/both/shortage/p", t) * n, n, p);
        assert_share("short", number_in(result, "industry/shortage/p", t) * n, n, is_short);
        /* the cell of the only region and generation is the whole firm; entries: a, b, a's cell, b's cell */
        assert_share("cell", number_in(result, "questions/map/entries/2/both/shortage/p", t) * n, n, p);
        all += number_in(result, "questions/map/entries/0/both/shortage/p", t);
        all += number_in(result, "questions/map/entries/0/both/glut/p", t);
        all += number_in(result, "questions/map/entries/0/both/friction/p", t);
        all += number_in(result, "questions/map/entries/0/both/balanced/p", t);
        assert_share("idle in any state", all * n, n, idle);
    }
    /* month 0 is short and idle on every path: v >= a holds at v = a */
    assert_share("month 0", number_in(result, "questions/map/entries/0/both/shortage/p", 0) * n, n, 1);
    both += 1;
    shortage += 1;
    const double se = number_at(result, "questions/map/entries/0/idle_given_shortage/se");
    assert_true(se > 0 && se < 2 / sqrt(n));
    assert_close("idle given shortage", number_at(result, "questions/map/entries/0/idle_given_shortage/p"),
                 both / shortage, SIGMAS * se);
    json_decref(result);
    mm_value value = scene_value(&scene, test_paths() / 10, "idle(a)");
    assert_true(value.known && value.se > se && value.se < 5 * se);
    assert_close("idle(a)", value.value, both / shortage, SIGMAS * value.se);
    scene_free(&scene);
}

static void two_normal_margins(void **state) {
    (void)state;
    check_two_margins(0.5, 0);
    check_two_margins(1.5, 0);
    check_two_margins(0, 0); /* independent: 1/4 */
}

static void two_normal_margins_with_a_trend(void **state) {
    (void)state;
    check_two_margins(0.8, 0.2);
    check_two_margins(1.2, -0.3);
}

/* --- pooled ratios --- */

/* Errors in a result have six digits. */
static void assert_error(const char *what, double error, double expected) {
    assert_close(what, error, expected, 6e-6 * expected);
}

#define SHORT_AT 0.7 /* P(short) */
#define IDLE_AT 0.2  /* P(idle) */

/* Levels drawn once (persistence 1, no steps): short with SHORT_AT, idle with IDLE_AT, independent, the same in every
 * month. */
static struct scene levels(int months, int for_months) {
    const double s = 0.3;
    return scene_format(
        "mismatch: 1\n"
        "time: {start: 2030-01, months: %d}\n"
        "regions: [north]\n"
        "generations: [{name: old, kh100e_per_mw: 1}]\n"
        "inference: {persistence: 1, initial_sigma: %g}\n"
        "firms:\n"
        "  - {name: a, shares: {north: 1}, installed: {old: 0.00001}, inference: %.12g, demand_shares: {north: 1}}\n"
        "  - {name: b, shares: {north: 1}, installed: {old: 100}, inference: %.12g, demand_shares: {north: 1}}\n"
        "questions:\n"
        "  - {name: map, coexistence: {series: idle_share, at_least: 0.1, for: %d, by: [[firm]]}}\n",
        months, s, 0.000009 * exp(-s * normal_point(IDLE_AT)), 100 / 0.95 * exp(s * normal_point(SHORT_AT)),
        for_months);
}

/* A ratio of two counts of paths is a share of the paths below it, with the error of a binomial: residuals a - r b of
 * the delta method are (1 - r) on hits, -r on the others of b, so that se^2 = r (1 - r) / b n / (n - 1), whatever the
 * number of months that are alike. */
static void check_ratios(int months, int for_months) {
    const double n = (double)test_paths(), counted = months - for_months + 1;
    struct scene scene = levels(months, for_months);
    json_t *result = scene_run(&scene, test_paths());
    const double shorts = number_in(result, "industry/shortage/p", 0) * n;
    const double hits = number_at(result, "questions/map/entries/0/ever/p") * n;
    const double given_short = number_at(result, "questions/map/entries/0/idle_given_shortage/p");
    const double given_idle = number_at(result, "questions/map/entries/0/shortage_given_idle/p");
    const double mean = number_at(result, "questions/map/entries/0/mean_months/value");
    assert_share("short", shorts, n, SHORT_AT);
    assert_share("ever both", hits, n, SHORT_AT * IDLE_AT);
    assert_close("mean months", mean, counted * hits / n, 1e-9);
    const double ratio = counted / months; /* `for` leaves out the first months */
    assert_close("idle given shortage", given_short, ratio * hits / shorts, 1e-9);
    assert_share("idle given shortage", given_short / ratio * shorts, shorts, IDLE_AT);
    assert_share("shortage given idle", given_idle * n * IDLE_AT, n * IDLE_AT, SHORT_AT);
    assert_error("error of idle given shortage", number_at(result, "questions/map/entries/0/idle_given_shortage/se"),
                 ratio * sqrt(hits / shorts * (1 - hits / shorts) / shorts * n / (n - 1)));
    const double idles = hits / given_idle;
    assert_error("error of shortage given idle", number_at(result, "questions/map/entries/0/shortage_given_idle/se"),
                 sqrt(given_idle * (1 - given_idle) / idles * n / (n - 1)));
    assert_error("error of ever", number_at(result, "questions/map/entries/0/ever/se"),
                 sqrt(hits / n * (1 - hits / n) / n));
    assert_error("error of the mean months", number_at(result, "questions/map/entries/0/mean_months/se"),
                 counted * sqrt(hits / n * (1 - hits / n) / (n - 1)));
    for (int t = 0; t < months; t++)
        assert_close("short and idle", number_in(result, "questions/map/entries/0/both/shortage/p", t),
                     t < for_months - 1 ? 0 : hits / n, 1e-12);
    json_decref(result);
    scene_free(&scene);
}

static void pooled_ratios(void **state) {
    (void)state;
    check_ratios(1, 1);
    check_ratios(10, 1);
    check_ratios(10, 3);
}

/* Idle with probability P in each month, independent of the others, in an industry that is always short: idle for RUN
 * months with P^RUN, and ever by the recursion of runs: the first one ends in month n after a failure, unless it is the
 * very first months. */
#define P 0.7
#define RUN 3
#define RUN_MONTHS 12

static void idle_for_some_months(void **state) {
    const double n = (double)test_paths(), run = pow(P, RUN), ends = RUN_MONTHS - RUN + 1;
    double by[RUN_MONTHS + 1] = {0}, variance = ends * (run - run * run);
    (void)state;
    for (int t = RUN; t <= RUN_MONTHS; t++)
        by[t] = by[t - 1] + (t == RUN ? run : (1 - P) * run * (1 - by[t - RUN - 1]));
    for (int d = 1; d < RUN; d++)
        variance += 2 * (ends - d) * (pow(P, RUN + d) - run * run);
    struct scene scene = scene_format(
        "mismatch: 1\n"
        "time: {start: 2030-01, months: %d}\n"
        "regions: [north]\n"
        "generations: [{name: old, kh100e_per_mw: 1}]\n"
        "inference: {persistence: 0, initial_sigma: 0.3, firm_sigma: 0.3}\n"
        "firms:\n"
        "  - {name: a, shares: {north: 1}, installed: {old: 10}, inference: %.12g, demand_shares: {north: 1}}\n"
        "  - {name: b, inference: 100000, demand_shares: {north: 1}}\n"
        "questions:\n"
        "  - {name: map, coexistence: {series: spare_share, at_least: 0.1, for: %d, by: [[firm], [firm, region], "
        "[firm, "
        "generation], [firm, region, generation]]}}\n",
        RUN_MONTHS, 9 * exp(-0.3 * normal_point(P)), RUN);
    json_t *result = scene_run(&scene, test_paths());
    for (int i = 0; i < 8; i += 2) {
        char path[96];
        snprintf(path, sizeof path, "questions/map/entries/%d/both/shortage/p", i);
        for (int t = 0; t < RUN_MONTHS; t++)
            assert_share(path, number_in(result, path, t) * n, n, t < RUN - 1 ? 0 : run);
        snprintf(path, sizeof path, "questions/map/entries/%d/ever/p", i);
        assert_share(path, number_at(result, path) * n, n, by[RUN_MONTHS]);
        snprintf(path, sizeof path, "questions/map/entries/%d/mean_months/value", i);
        assert_mean(path, number_at(result, path) * n, n, ends * run, variance);
        snprintf(path, sizeof path, "questions/map/entries/%d/idle_given_shortage/p", i);
        assert_mean(path, number_at(result, path) * n * RUN_MONTHS, n, ends * run, variance);
        snprintf(path, sizeof path, "questions/map/entries/%d/shortage_given_idle/p", i);
        assert_close(path, number_at(result, path), 1, 0);
    }
    json_decref(result);
    scene_free(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_normal_margins),
        cmocka_unit_test(two_normal_margins_with_a_trend),
        cmocka_unit_test(pooled_ratios),
        cmocka_unit_test(idle_for_some_months),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
