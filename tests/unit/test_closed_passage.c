/* Events over time (docs/model.md, section 8): first passage and months held of a symmetric walk against Sparre
 * Andersen's theorem, of runs (`for`) against their recursion. */
#include "support/closed.h"
#include "support/scene.h"

#include <math.h>
#include <stdio.h>

#define STEPS 30

/* C(2k, k) / 4^k: the probability that none of the first k partial sums of a symmetric walk is positive, for every
 * continuous law of its steps (Sparre Andersen 1954; Feller II, XII.8). */
static double none_positive(int k) {
    double p = 1;
    for (int i = 1; i <= k; i++)
        p *= (2.0 * i - 1) / (2.0 * i);
    return p;
}

/* G is a walk of standard normal steps, demand 100 exp(G); windows leave out month 0, where G = 0. */
static const char *const walk =
    "mismatch: 1\n"
    "time: {start: 2030-01, months: 31}\n"
    "regions: [north]\n"
    "generations: [{name: old, kh100e_per_mw: 1}]\n"
    "inference: {sigma: 3.4641016151377544}\n"
    "firms: [{name: a, shares: {north: 1}, installed: {old: 100}, inference: 100, demand_shares: {north: 1}}]\n"
    "events:\n"
    "  up: {all_of: [{series: demand, at_least: 100}]}\n"
    "  down: {any_of: [{series: demand, below: 100}], from: 2030-02}\n"
    "questions:\n"
    "  - {name: q-up, probability: {event: up, from: 2030-02}}\n"
    "  - {name: q-down, probability: {event: down}}\n";

static void first_passage_of_a_walk(void **state) {
    static const char *const names[] = {"q-up", "q-down"};
    const double n = (double)test_paths();
    double mean = 0, square = 0;
    (void)state;
    struct scene scene = scene_new(walk);
    json_t *result = scene_run(&scene, test_paths());
    /* months held: the discrete arcsine law, P(k of n) = none(k) none(n - k) */
    for (int k = 0; k <= STEPS; k++) {
        const double p = none_positive(k) * none_positive(STEPS - k);
        mean += k * p;
        square += k * k * p;
    }
    assert_close("mean of the arcsine law", mean, STEPS / 2.0, 1e-9);
    for (int i = 0; i < 2; i++) {
        char passage[80], held[80], ever[80], months[80];
        snprintf(passage, sizeof passage, "questions/%s/first_passage/by_month/p", names[i]);
        snprintf(held, sizeof held, "questions/%s/by_month/p", names[i]);
        snprintf(ever, sizeof ever, "questions/%s/ever/p", names[i]);
        snprintf(months, sizeof months, "questions/%s/mean_months/value", names[i]);
        assert_share("held in month 0", number_in(result, held, 0) * n, n, 0);
        for (int t = 1; t <= STEPS; t++) {
            assert_share("first passage", number_in(result, passage, t) * n, n, 1 - none_positive(t));
            assert_share("held", number_in(result, held, t) * n, n, 0.5);
        }
        assert_share("ever", number_at(result, ever) * n, n, 1 - none_positive(STEPS));
        assert_mean("months held", number_at(result, months) * n, n, mean, square - mean * mean);
    }
    /* the error beside the mean: sqrt(variance / n), up to the error of a variance */
    assert_close("its error", number_at(result, "questions/q-up/mean_months/se"), sqrt((square - mean * mean) / n),
                 0.03 * sqrt((square - mean * mean) / n));
    json_decref(result);
    scene_free(&scene);
}

/* --- runs --- */

#define RUN 3
#define MONTHS 24
#define P 0.6

/* x is independent from month to month (persistence 0): a condition holds with probability P in each month. */
static struct scene runs(void) {
    return scene_format("mismatch: 1\n"
                        "time: {start: 2030-01, months: %d}\n"
                        "regions: [north]\n"
                        "generations: [{name: old, kh100e_per_mw: 1}]\n"
                        "inference: {persistence: 0, firm_sigma: 0.5, initial_sigma: 0.5}\n"
                        "firms: [{name: a, shares: {north: 1}, installed: {old: 100}, inference: 100, "
                        "demand_shares: {north: 1}}]\n"
                        "events:\n"
                        "  run: {all_of: [{series: demand, at_least: %.9g}], for: 3}\n"
                        "  no-run: {not: {event: run}}\n"
                        "questions:\n"
                        "  - {name: all, probability: {event: run}}\n"
                        "  - {name: window, probability: {event: run, from: %s, to: %s}}\n"
                        "  - {name: none, probability: {event: no-run, from: %s}}\n",
                        MONTHS, 100 * exp(0.5 * normal_point(1 - P)), date(5), date(20), date(5));
}

/* The probability that RUN months in a row are among the first n: the first run ends in month n when the RUN + 1
 * months up to it are a failure and a run, and there was none before. */
static double run_by(int n) {
    double by[MONTHS + 2] = {0};
    const double run = pow(P, RUN);
    for (int i = RUN; i <= n; i++)
        by[i] = by[i - 1] + (i == RUN ? run : (1 - P) * run * (1 - by[i - RUN - 1]));
    return n < 0 ? 0 : by[n];
}

/* Mean and variance of the number of months that end a run, of n months. */
static void run_months(int n, double *mean, double *variance) {
    const int ends = n - RUN + 1;
    *mean = ends * pow(P, RUN);
    *variance = ends * (pow(P, RUN) - pow(P, 2 * RUN));
    for (int d = 1; d < RUN; d++)
        *variance += 2 * (ends - d) * (pow(P, RUN + d) - pow(P, 2 * RUN));
}

static void runs_of_months(void **state) {
    const double n = (double)test_paths();
    double mean, variance;
    (void)state;
    struct scene scene = runs();
    json_t *result = scene_run(&scene, test_paths());
    for (int t = 0; t < MONTHS; t++) {
        const int since = t < 5 ? 0 : t - 4; /* months of the window so far */
        assert_share("first run", number_in(result, "questions/all/first_passage/by_month/p", t) * n, n, run_by(t + 1));
        assert_share("run", number_in(result, "questions/all/by_month/p", t) * n, n, t < RUN - 1 ? 0 : pow(P, RUN));
        assert_share("first run in a window", number_in(result, "questions/window/first_passage/by_month/p", t) * n, n,
                     run_by(since < 16 ? since : 16));
        assert_share("run in a window", number_in(result, "questions/window/by_month/p", t) * n, n,
                     t < 5 + RUN - 1 || t > 20 ? 0 : pow(P, RUN));
        /* no run is decided as soon as one month of it has failed: 1 - P^(months of the window, at most 3) */
        assert_share("no run", number_in(result, "questions/none/by_month/p", t) * n, n,
                     since == 0 ? 0 : 1 - pow(P, since < RUN ? since : RUN));
    }
    run_months(MONTHS, &mean, &variance);
    assert_mean("months", number_at(result, "questions/all/mean_months/value") * n, n, mean, variance);
    run_months(16, &mean, &variance);
    assert_mean("months in a window", number_at(result, "questions/window/mean_months/value") * n, n, mean, variance);
    /* quantiles: P(first run by month t) passes 0.5 between t = 4 and 5 (0.432 and 0.482 before it) */
    int month = 0;
    while (run_by(month + 1) < 0.5)
        month++;
    assert_true(fabs(run_by(month) - 0.5) > 0.015 && fabs(run_by(month + 1) - 0.5) > 0.015);
    assert_string_equal(json_string_value(json_at(result, "questions/all/first_passage/quantiles/0.5")), date(month));
    json_decref(result);
    /* an expression by a date is the first passage by that month */
    char expression[64];
    snprintf(expression, sizeof expression, "p(run by %s)", date(11));
    mm_value value = scene_value(&scene, test_paths() / 10, expression);
    assert_share("p(run by)", value.value * (n / 10), n / 10, run_by(12));
    scene_free(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_passage_of_a_walk),
        cmocka_unit_test(runs_of_months),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
