/* Figures against hand-computed answers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "host/estimate/figures.h"

#define Z 1.959963984540054
#define assert_close(value, expected) check_close((value), (expected), __FILE__, __LINE__)

static void check_close(double value, double expected, const char *file, int line) {
    if (!(fabs(value - expected) <= 1e-12 * fmax(1, fabs(expected)))) {
        print_error("%.17g is not %.17g\n", value, expected);
        _fail(file, line);
    }
}

static struct tally_sum sum_of(uint64_t low) {
    return (struct tally_sum){low, 0};
}

static void test_share(void **state) {
    (void)state;
    const struct figure figure = figure_share(3, 10);
    assert_true(figure.known && figure.has_se);
    assert_close(figure.value, 0.3);
    assert_close(figure.se, sqrt(0.3 * 0.7 / 10));
}

/* No hits and all hits: not 0, but what makes 1.96 se the width of the interval. */
static void test_share_at_the_edges(void **state) {
    (void)state;
    double interval[2];
    const struct figure none = figure_share(0, 100), all = figure_share(100, 100);
    assert_close(none.value, 0);
    assert_close(none.se, Z / (100 + Z * Z));
    figure_interval(0, 100, interval);
    assert_close(interval[0], 0);
    assert_close(interval[1], Z * none.se);
    assert_close(all.value, 1);
    assert_close(all.se, none.se);
    figure_interval(100, 100, interval);
    assert_close(interval[0], 1 - Z * none.se);
    assert_close(interval[1], 1);
}

/* The Wilson interval of 10 in 100, as other programs give it: 0.05522914 to 0.17436566. */
static void test_interval(void **state) {
    (void)state;
    double interval[2];
    figure_interval(10, 100, interval);
    assert_true(fabs(interval[0] - 0.05522914) < 1e-8);
    assert_true(fabs(interval[1] - 0.17436566) < 1e-8);
}

/* 1, 2, 3, 6: mean 3, variance 14/3. */
static void test_mean(void **state) {
    (void)state;
    const struct figure plain = figure_mean(sum_of(12), sum_of(50), 4, 1);
    const struct figure scaled = figure_mean(sum_of(12), sum_of(50), 4, 16);
    assert_close(plain.value, 3);
    assert_close(plain.se, sqrt(14.0 / 3 / 4));
    assert_close(scaled.value, 3.0 / 16);
    assert_close(scaled.se, sqrt(14.0 / 3 / 4) / 16);
}

static void test_mean_of_one_path(void **state) {
    (void)state;
    const struct figure figure = figure_mean(sum_of(5), sum_of(25), 1, 1);
    assert_true(figure.known);
    assert_false(figure.has_se);
    assert_close(figure.value, 5);
}

/* 2^40 paths. Half have 2^23, half 0: the sums need 86 bits. */
static void test_wide_sums(void **state) {
    (void)state;
    const uint64_t n = 1ULL << 40;
    const struct tally_sum sum = {1ULL << 62, 0}, squares = {0, 1ULL << 21};
    const struct figure figure = figure_mean(sum, squares, n, 1);
    assert_close(figure.value, 4194304);
    assert_close(figure.se, 4194304 / sqrt((double)(n - 1)));
}

/* All paths have 2^23 but one, which has one less: the difference of two 127-bit numbers is 2^40 - 1. */
static void test_spread_is_exact(void **state) {
    (void)state;
    const uint64_t n = 1ULL << 40;
    const struct tally_sum sum = {(1ULL << 63) - 1, 0}, squares = {1 - (1ULL << 24), (1ULL << 22) - 1};
    const struct figure figure = figure_mean(sum, squares, n, 1);
    assert_true(fabs(figure.se * (double)n - 1) < 1e-12);
}

/* Sums that no run makes, from a damaged file: no trap, no NaN. */
static void test_impossible_sums(void **state) {
    (void)state;
    const struct tally_sum full = {UINT64_MAX, UINT64_MAX};
    const struct figure big = figure_mean(full, full, 1ULL << 40, 1);
    const struct figure small = figure_mean(sum_of(100), sum_of(1), 4, 1);
    assert_true(isfinite(big.value) && isfinite(big.se));
    assert_close(small.se, 0);
}

/* Paths (1,2), (0,1), (2,2), (1,3): ratio 4/8, residuals 0, -1/2, 1, -1/2. */
static void test_ratio(void **state) {
    (void)state;
    const struct ratio_sums sums = {sum_of(4), sum_of(6), sum_of(9), sum_of(8), sum_of(18)};
    const struct figure figure = figure_ratio(&sums, 4);
    assert_true(figure.known && figure.has_se);
    assert_close(figure.value, 0.5);
    assert_close(figure.se, sqrt(1.5 * 4 / 3) / 8);
}

static void test_ratio_of_nothing(void **state) {
    (void)state;
    const struct ratio_sums sums = {sum_of(0), sum_of(0), sum_of(0), sum_of(0), sum_of(0)};
    assert_false(figure_ratio(&sums, 4).known);
}

/* Never: 8 months of b on paths with 2, 1, 2, 3, so 64/18 paths in Kish's sense. */
static void test_ratio_at_the_edges(void **state) {
    (void)state;
    const struct ratio_sums never = {sum_of(0), sum_of(0), sum_of(0), sum_of(8), sum_of(18)};
    const struct ratio_sums always = {sum_of(8), sum_of(18), sum_of(18), sum_of(8), sum_of(18)};
    assert_close(figure_ratio(&never, 4).value, 0);
    assert_close(figure_ratio(&never, 4).se, Z / (64.0 / 18 + Z * Z));
    assert_close(figure_ratio(&always, 4).value, 1);
    assert_close(figure_ratio(&always, 4).se, Z / (64.0 / 18 + Z * Z));
}

static void test_ratio_of_one_path(void **state) {
    (void)state;
    const struct ratio_sums sums = {sum_of(1), sum_of(1), sum_of(2), sum_of(2), sum_of(4)};
    assert_close(figure_ratio(&sums, 1).value, 0.5);
    assert_false(figure_ratio(&sums, 1).has_se);
}

/* 30 of 100 against 10 of 200: factor 6; the interval by MOVER on the log scale, from the two Wilson intervals. */
static void test_factor(void **state) {
    (void)state;
    double a[2], b[2];
    const struct factor factor = figure_factor(30, 100, 10, 200);
    figure_interval(30, 100, a);
    figure_interval(10, 200, b);
    assert_true(factor.known);
    assert_close(factor.value, 6);
    assert_close(factor.low, exp(log(6) - hypot(log(0.3 / a[0]), log(b[1] / 0.05))));
    assert_close(factor.high, exp(log(6) + hypot(log(a[1] / 0.3), log(0.05 / b[0]))));
    assert_false(figure_factor(0, 100, 10, 200).known);
    assert_false(figure_factor(10, 100, 0, 200).known);
    assert_false(figure_factor(0, 0, 10, 200).known);
}

/* With many paths it is the delta method's: +- 1.96 sqrt(1/a - 1/A + 1/b - 1/B). */
static void test_factor_of_many(void **state) {
    (void)state;
    const struct factor factor = figure_factor(2000000, 7000000, 900000, 93000000);
    const double width = Z * sqrt(1.0 / 2e6 - 1.0 / 7e6 + 1.0 / 9e5 - 1.0 / 93e6);
    assert_true(fabs(log(factor.high / factor.value) / width - 1) < 1e-3);
    assert_true(fabs(log(factor.value / factor.low) / width - 1) < 1e-3);
    const struct factor sure = figure_factor(5000, 5000, 20000, 20000);
    assert_close(sure.value, 1); /* evidence that is always there */
    assert_true(sure.low > 0.999 && sure.high < 1.001);
}

/* One small problem: of n paths, each with the hypothesis with probability h, and then with the evidence with
 * probability e[hypothesis]. */
struct problem {
    int n;
    double h, e[2];
};

static double uniform(uint64_t *state) { /* splitmix64 */
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

/* Of `seeds` runs of the problem that give a factor, the share whose interval covers the true one. */
static double coverage(const struct problem *problem, int seeds, int *known) {
    const double truth = problem->e[1] / problem->e[0];
    int covered = 0;
    *known = 0;
    for (int seed = 0; seed < seeds; seed++) {
        uint64_t generator = (uint64_t)seed * 0x2545f4914f6cdd1d + 77, n[2] = {0, 0}, seen[2] = {0, 0};
        for (int i = 0; i < problem->n; i++) {
            const int with = uniform(&generator) < problem->h;
            n[with]++;
            seen[with] += uniform(&generator) < problem->e[with];
        }
        const struct factor factor = figure_factor(seen[1], n[1], seen[0], n[0]);
        if (factor.known) {
            ++*known;
            covered += factor.low <= truth && truth <= factor.high;
        }
    }
    return (double)covered / *known;
}

/* 4,000 seeds of problems listed beforehand. At least 10 paths expected on both sides: 95 % within 3.5 standard errors.
 * Fewer: at least 90 %. (A run prints no factor below 200 paths; its intervals are as sound far below.) */
static void test_coverage(void **state) {
    (void)state;
    enum { SEEDS = 4000 };
    static const struct problem problems[] = {
        {1000, 0.5, {0.1, 0.5}},   {1000, 0.2, {0.1, 0.1}},   {400, 0.5, {0.05, 0.05}},  {400, 0.1, {0.03, 0.25}},
        {1000, 0.2, {0.05, 0.05}}, {200, 0.5, {0.1, 0.2}},    {300, 0.2, {0.05, 0.2}},   {2000, 0.05, {0.01, 0.2}},
        {200, 0.5, {0.5, 0.9}},    {1000, 0.3, {0.9, 0.95}},  {2000, 0.2, {0.125, 0.5}}, {3000, 0.3, {0.3, 0.1}},
        {500, 0.1, {0.02, 0.1}},   {1000, 0.1, {0.02, 0.05}}, {200, 0.1, {0.1, 0.1}},    {100, 0.5, {0.3, 0.02}},
        {100, 0.1, {0.05, 0.5}},   {100, 0.05, {0.2, 0.5}},   {60, 0.1, {0.1, 0.3}},
    };
    for (size_t i = 0; i < sizeof problems / sizeof problems[0]; i++) {
        const struct problem *p = &problems[i];
        const double with = p->n * p->h * p->e[1], without = p->n * (1 - p->h) * p->e[0];
        int known;
        const double share = coverage(p, SEEDS, &known);
        const bool few = with < 9.99 || without < 9.99;
        const double tolerance = 3.5 * sqrt(0.95 * 0.05 / SEEDS);
        if (few ? share < 0.9 : fabs(share - 0.95) > tolerance)
            fail_msg("problem %zu (%.1f and %.1f paths expected): %.4f covered of %d", i, with, without, share, known);
        if (!few)
            assert_true(known > SEEDS * 0.999);
    }
}

/* Late MW of two layers on four paths: 1, 0, 2, 1 and 0, 1, 0, 3; a third has none. Deviations: sqrt(2/3), sqrt(2). */
static void test_part(void **state) {
    (void)state;
    const struct tally_sum sums[] = {sum_of(4), sum_of(6), sum_of(4), sum_of(10), sum_of(0), sum_of(0)};
    const struct figure first = figure_part(sums, 3, 0, 4), none = figure_part(sums, 3, 2, 4);
    const double clusters = 64 / pow(sqrt(6) + sqrt(10), 2);
    assert_true(first.known && first.has_se);
    assert_close(first.value, 0.5);
    assert_close(first.se, (sqrt(2.0 / 3) + sqrt(2)) / 2 * 2 / 8);
    assert_close(first.clusters, clusters);
    assert_close(none.value, 0);
    assert_close(none.se, Z / (clusters + Z * Z));
    assert_false(figure_part(sums + 4, 1, 0, 4).known);
    assert_false(figure_part(sums, 3, 0, 1).has_se);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_share),
        cmocka_unit_test(test_share_at_the_edges),
        cmocka_unit_test(test_interval),
        cmocka_unit_test(test_mean),
        cmocka_unit_test(test_part),
        cmocka_unit_test(test_mean_of_one_path),
        cmocka_unit_test(test_wide_sums),
        cmocka_unit_test(test_spread_is_exact),
        cmocka_unit_test(test_impossible_sums),
        cmocka_unit_test(test_ratio),
        cmocka_unit_test(test_ratio_of_nothing),
        cmocka_unit_test(test_ratio_at_the_edges),
        cmocka_unit_test(test_ratio_of_one_path),
        cmocka_unit_test(test_factor),
        cmocka_unit_test(test_factor_of_many),
        cmocka_unit_test(test_coverage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
