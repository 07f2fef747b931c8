/* Scrambled Sobol points: Joe and Kuo's numbers as published, nets after scrambling, integrals in closed form. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MM_LANES 1
#include "kernels/dialect.h"
#include "kernels/philox.h"
#include "kernels/sobol.h"

#include "host/plan/sobol.h"

enum { REPLICATES = 64 };

static uint32_t plain(int dimension, uint32_t number) {
    uint32_t directions[SOBOL_WORDS];
    sobol_directions(dimension, directions);
    const struct sobol_point point = sobol_point(number);
    return sobol_reverse(sobol_reversed(&point, directions));
}

static void scrambling(uint32_t replicate, int dimension, uint32_t *seed, uint32_t *shift) {
    uint32_t words[4];
    philox(replicate, 0, (uint32_t)dimension, 0, 7, 0, words);
    *seed = words[0];
    *shift = words[1];
}

/* points[n]: coordinates of points 0 ... n - 1. */
static void scrambled(uint32_t replicate, int dimension, uint32_t n, uint32_t *points) {
    uint32_t directions[SOBOL_WORDS], seed, shift;
    sobol_directions(dimension, directions);
    scrambling(replicate, dimension, &seed, &shift);
    for (uint32_t i = 0; i < n; i++) {
        const struct sobol_point point = sobol_point(i);
        points[i] = sobol_scramble(sobol_reversed(&point, directions), seed, shift);
    }
}

/* The first points that Joe and Kuo print beside their numbers (new-joe-kuo-6), which are in Gray code order. */
static void test_published_points(void **state) {
    (void)state;
    static const double points[10][3] = {{0, 0, 0},
                                         {0.5, 0.5, 0.5},
                                         {0.75, 0.25, 0.25},
                                         {0.25, 0.75, 0.75},
                                         {0.375, 0.375, 0.625},
                                         {0.875, 0.875, 0.125},
                                         {0.625, 0.125, 0.875},
                                         {0.125, 0.625, 0.375},
                                         {0.1875, 0.3125, 0.9375},
                                         {0.6875, 0.8125, 0.4375}};
    for (uint32_t i = 0; i < 10; i++)
        for (int d = 0; d < 3; d++)
            assert_true(plain(d, i ^ i >> 1) * 0x1p-32 == points[i][d]);
}

/* All dimensions, against what boost::random::sobol_engine<uint32_t, 32>(512) of Boost 1.74 gives (FNV-1a by words). */
static void test_all_dimensions(void **state) {
    (void)state;
    uint64_t hash = UINT64_C(14695981039346656037);
    uint32_t *directions = malloc(SOBOL_MOST * SOBOL_WORDS * sizeof *directions);
    assert_non_null(directions);
    for (int d = 0; d < SOBOL_MOST; d++)
        sobol_directions(d, directions + SOBOL_WORDS * d);
    for (uint32_t i = 1; i <= 300; i++) {
        const struct sobol_point point = sobol_point(i ^ i >> 1);
        for (int d = 0; d < SOBOL_MOST; d++)
            hash =
                (hash ^ sobol_reverse(sobol_reversed(&point, directions + SOBOL_WORDS * d))) * UINT64_C(1099511628211);
    }
    free(directions);
    assert_true(hash == UINT64_C(0xb458938dbad50325));
}

/* Number of points in each of the 2^a by 2^b boxes is the same, for all a + b = m - t. */
static bool is_net(const uint32_t *x, const uint32_t *y, int m, int t) {
    static unsigned char count[1 << 12];
    for (int a = 0; a <= m - t; a++) {
        const int b = m - t - a;
        memset(count, 0, sizeof count);
        for (uint32_t i = 0; i < UINT32_C(1) << m; i++)
            count[(a ? x[i] >> (32 - a) << b : 0) | (b ? y[i] >> (32 - b) : 0)]++;
        for (uint32_t box = 0; box < UINT32_C(1) << (m - t); box++)
            if (count[box] != 1 << t)
                return false;
    }
    return true;
}

/* Dimensions 0 and 1 are a (0, m, 2)-net, and stay one; every dimension by itself is a (0, m, 1)-net. */
static void test_nets(void **state) {
    (void)state;
    enum { M = 12, N = 1 << M };
    static uint32_t x[N], y[N];
    for (uint32_t replicate = 0; replicate < 8; replicate++) {
        scrambled(replicate, 0, N, x);
        scrambled(replicate, 1, N, y);
        for (int m = 1; m <= M; m++)
            assert_true(is_net(x, y, m, 0));
        for (int d = 0; d < SOBOL_MOST; d += 37) {
            scrambled(replicate, d, N, y);
            for (int m = 1; m <= M; m++) {
                static unsigned char seen[N];
                memset(seen, 0, sizeof seen);
                for (uint32_t i = 0; i < UINT32_C(1) << m; i++)
                    seen[y[i] >> (32 - m)]++;
                for (uint32_t i = 0; i < UINT32_C(1) << m; i++)
                    assert_int_equal(seen[i], 1);
            }
        }
    }
}

/* What makes a scramble nested: how a bit is flipped hangs on the bits above it alone, but does hang on them. */
static void test_scrambles_are_nested(void **state) {
    (void)state;
    int below = 0;
    for (uint32_t i = 0; i < 2000; i++) {
        uint32_t seed, shift, other[4];
        scrambling(i, 3, &seed, &shift);
        philox(i, 1, 0, 0, 7, 0, other);
        const int bit = (int)(i % 31);
        const uint32_t x = other[0], y = x ^ UINT32_C(1) << (31 - bit);
        const uint32_t a = sobol_scramble(sobol_reverse(x), seed, shift),
                       b = sobol_scramble(sobol_reverse(y), seed, shift);
        assert_true((a ^ b) >> (31 - bit) == 1); /* same above, the bit itself differs */
        below += bit < 30 && (((a ^ b) ^ (x ^ y)) & (UINT32_C(1) << (30 - bit)));
    }
    assert_in_range(below, 800, 1150); /* and the next one is flipped anew in about half the cases */
}

/* A coordinate is uniform over the scrambles: first two moments of one point in 4096 scrambles. */
static void test_scrambled_points_are_uniform(void **state) {
    (void)state;
    enum { N = 4096 };
    for (uint32_t number = 0; number < 5; number++) {
        double sum = 0, squares = 0;
        const struct sobol_point point = sobol_point(number * 977);
        uint32_t directions[SOBOL_WORDS];
        sobol_directions(5, directions);
        for (uint32_t r = 0; r < N; r++) {
            uint32_t seed, shift;
            scrambling(r, 5, &seed, &shift);
            const double u = sobol_scramble(sobol_reversed(&point, directions), seed, shift) * 0x1p-32;
            sum += u;
            squares += u * u;
        }
        assert_true(fabs(sum / N - 0.5) < 3.5 * sqrt(1.0 / 12 / N));
        assert_true(fabs(squares / N - 1.0 / 3) < 3.5 * sqrt(4.0 / 45 / N));
    }
}

struct integral {
    double mean, se, plain_se; /* over the replicates; of as many independent points */
};

/* The mean of f over n points of `dimensions` coordinates, in each of the scrambles. */
static struct integral integrate(double (*f)(const double *u, int n), double variance, int dimensions, uint32_t n) {
    double sum = 0, squares = 0, u[16];
    uint32_t directions[16][SOBOL_WORDS];
    for (int d = 0; d < dimensions; d++)
        sobol_directions(d, directions[d]);
    for (uint32_t r = 0; r < REPLICATES; r++) {
        double mean = 0;
        uint32_t seed[16], shift[16];
        for (int d = 0; d < dimensions; d++)
            scrambling(r, d, &seed[d], &shift[d]);
        for (uint32_t i = 0; i < n; i++) {
            const struct sobol_point point = sobol_point(i);
            for (int d = 0; d < dimensions; d++)
                u[d] = sobol_scramble(sobol_reversed(&point, directions[d]), seed[d], shift[d]) * 0x1p-32;
            mean += f(u, dimensions) / n;
        }
        sum += mean;
        squares += mean * mean;
    }
    const double mean = sum / REPLICATES;
    return (struct integral){mean, sqrt((squares / REPLICATES - mean * mean) / (REPLICATES - 1)),
                             sqrt(variance / n / REPLICATES)};
}

/* Sobol's g with a_i = i^2: mean 1, variance the product of 1 + 1/(3 (1 + a_i)^2), less 1. */
static double smooth_product(const double *u, int n) {
    double product = 1;
    for (int i = 0; i < n; i++) {
        const double a = (double)(i + 1) * (i + 1);
        product *= (fabs(4 * u[i] - 2) + a) / (1 + a);
    }
    return product;
}

static double below_plane(const double *u, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += u[i];
    return sum < n / 2.0;
}

static void test_integrals(void **state) {
    (void)state;
    double variance = 1;
    for (int i = 1; i <= 8; i++)
        variance *= 1 + 1 / (3.0 * (1 + i * i) * (1 + i * i));
    struct integral smooth = integrate(smooth_product, variance - 1, 8, 4096);
    assert_true(fabs(smooth.mean - 1) < 3.5 * smooth.se);
    assert_true(smooth.se < smooth.plain_se / 20);
    struct integral step = integrate(below_plane, 0.25, 3, 4096);
    assert_true(fabs(step.mean - 0.5) < 3.5 * step.se);
    assert_true(step.se < step.plain_se / 4);
    /* ever better with more points, as no independent ones are: the error falls faster than by a half for four times as
     * many */
    struct integral fewer = integrate(smooth_product, variance - 1, 8, 256);
    assert_true(smooth.se < fewer.se / 6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_points),
        cmocka_unit_test(test_all_dimensions),
        cmocka_unit_test(test_nets),
        cmocka_unit_test(test_scrambles_are_nested),
        cmocka_unit_test(test_scrambled_points_are_uniform),
        cmocka_unit_test(test_integrals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
