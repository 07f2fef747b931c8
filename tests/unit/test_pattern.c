/* Patterns from sums by batch: hand-made tallies, what has too little behind it, and intervals that cover the truth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/pattern_world.h"

#define NAMES WORLD_NAMES

/* Four paths in each batch: two of the first cell, one of the second and of the third. */
static void add_four(struct world *w) {
    for (int batch = 0; batch < MM_BATCHES; batch++) {
        world_add(w, batch, 0, (double[]){4, 4, 4});
        world_add(w, batch, 0, (double[]){4, 4, 4});
        world_add(w, batch, 1, (double[]){2, 2, 2});
        world_add(w, batch, 2, (double[]){6, 6, 6});
    }
}

static void assert_near(double value, double expected, double tolerance) {
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.10g is not %.10g", value, expected);
}

/* 64 batches, each with 2 paths without news (value 4), 1 with the outcome (2), 1 without it (6): base 4. */
static void moves(void **state) {
    (void)state;
    struct world w;
    world_make(&w);
    w.names[0].has_observed = w.names[1].has_observed = true;
    w.names[0].observed = -0.25; /* three quarters of the way from 0.5 to -0.5 */
    w.names[1].observed = 0.1;
    add_four(&w);
    struct pattern_values v = world_values(&w);
    assert_int_equal(v.paths[0], 128);
    assert_int_equal(v.paths[1], 64);
    assert_int_equal(v.all_paths, 256);
    assert_int_equal(v.n_batches, 64);
    for (int i = 0; i < NAMES; i++) {
        assert_near(v.all[pattern_index(i, PATTERN_MOVE)], 0, 1e-12);
        assert_near(v.all[pattern_index(i, PATTERN_IF_OUTCOME)], -0.5 * (1 + i), 1e-12);
        assert_near(v.all[pattern_index(i, PATTERN_IF_NOT)], 0.5 * (1 + i), 1e-12);
        assert_near(pattern_se(&v, pattern_index(i, PATTERN_MOVE), -1), 0, 1e-12); /* all batches are alike */
    }
    assert_near(v.all[pattern_index(0, PATTERN_IMPLIED)], 0.75, 1e-12);
    assert_near(v.all[pattern_index(1, PATTERN_IMPLIED)], 0.45, 1e-12);
    assert_true(isnan(v.all[pattern_index(2, PATTERN_IMPLIED)])); /* no observation */
    assert_false(v.has_readings);                                 /* two observations are too few */
    assert_near(pattern_width(&v), 1.99834, 2e-5);                /* Student's t, 63 degrees of freedom */
    pattern_values_free(&v);
    world_free(&w);
}

/* Delete-one jackknife, by its definition: 4 of 64 batches hold a path with the outcome of another value. */
static void jackknife(void **state) {
    (void)state;
    struct world w;
    world_make(&w);
    for (int batch = 0; batch < MM_BATCHES; batch++) {
        const double x = 10 + batch % 8;
        world_add(&w, batch, 0, (double[]){x, 10, 10});
        world_add(&w, batch, 1, (double[]){x, 10, 10});
        world_add(&w, batch, 2, (double[]){20, 10, 10 + batch % 2});
    }
    struct pattern_values v = world_values(&w);
    double mean = 0, squares = 0, without[MM_BATCHES];
    for (int batch = 0; batch < MM_BATCHES; batch++) {
        const double x = 10 + batch % 8, sum = 64 * 13.5 - x, base = (2 * sum + 63 * 20) / (3 * 63);
        without[batch] = (sum / 63) / base - 1;
        mean += without[batch] / 64;
    }
    for (int batch = 0; batch < MM_BATCHES; batch++)
        squares += (without[batch] - mean) * (without[batch] - mean);
    assert_near(pattern_se(&v, pattern_index(0, PATTERN_IF_OUTCOME), -1), sqrt(squares * 63 / 64), 1e-12);
    assert_near(pattern_se(&v, pattern_index(1, PATTERN_IF_OUTCOME), -1), 0, 1e-12);
    /* of a difference with itself: nothing */
    assert_near(pattern_se(&v, pattern_index(0, PATTERN_MOVE), pattern_index(0, PATTERN_MOVE)), 0, 1e-12);
    pattern_values_free(&v);
    world_free(&w);
}

/* 19 batches behind a figure are too few for an error, 20 are enough; no path at all, no figure. */
static void too_little(void **state) {
    (void)state;
    struct world w;
    world_make(&w);
    for (int with = 0; with <= 20; with = with == 0 ? 19 : with + 1) {
        world_clear(&w);
        for (int batch = 0; batch < MM_BATCHES; batch++) {
            world_add(&w, batch, 0, (double[]){4, 4, 4});
            world_add(&w, batch, 2, (double[]){6, 6, 6});
            if (batch < with)
                world_add(&w, batch, 1, (double[]){2 + batch % 3, 2, 2});
        }
        struct pattern_values v = world_values(&w);
        assert_true(isnan(v.all[pattern_index(0, PATTERN_IF_OUTCOME)]) == (with == 0));
        assert_true(isnan(pattern_se(&v, pattern_index(0, PATTERN_IF_OUTCOME), -1)) == (with < 20));
        assert_true(!isnan(pattern_se(&v, pattern_index(0, PATTERN_IF_NOT), -1)));
        assert_true(!isnan(pattern_se(&v, pattern_index(0, PATTERN_MOVE), -1)));
        pattern_values_free(&v);
    }
    world_clear(&w); /* nothing is worth anything */
    for (int batch = 0; batch < MM_BATCHES; batch++)
        for (int cell = 0; cell < MM_NEWS_CELLS; cell++)
            world_add(&w, batch, cell, (double[]){0, 0, 0});
    struct pattern_values v = world_values(&w);
    assert_true(isnan(v.all[pattern_index(0, PATTERN_MOVE)]));
    pattern_values_free(&v);
    world_free(&w);
}

/* What a cloud earns beside its compute counts in its value: 1 a month, twice. */
static void constant_revenue(void **state) {
    (void)state;
    struct world w;
    world_make(&w);
    w.names[0].is_supplier = false;
    w.names[0].other = 1;
    add_four(&w);
    struct pattern_values v = world_values(&w);
    assert_near(v.all[pattern_index(0, PATTERN_IF_OUTCOME)], 4.0 / 6 - 1, 1e-12);
    assert_near(v.all[pattern_index(1, PATTERN_IF_OUTCOME)], -1, 1e-12); /* leverage 2 */
    pattern_values_free(&v);
    world_free(&w);
}

static uint64_t random_word(uint64_t *state) { /* splitmix64 */
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static double uniform(uint64_t *state) {
    return (double)(random_word(state) >> 11) * 0x1p-53;
}

/* One small problem: so many paths, with the news, and then with the outcome, with these probabilities; values by cell,
 * beside noise that all names share and noise of their own. */
struct problem {
    int paths;
    double news, outcome;
    double value[MM_NEWS_CELLS], common, own;
};

static void simulate(struct world *w, const struct problem *p, uint64_t seed) {
    uint64_t state = seed * 0x2545f4914f6cdd1d + 11;
    world_clear(w);
    for (int path = 0; path < p->paths; path++) {
        const int cell = uniform(&state) >= p->news ? 0 : uniform(&state) < p->outcome ? 1 : 2;
        const double common = p->common * (uniform(&state) - 0.5);
        double values[NAMES];
        for (int i = 0; i < NAMES; i++)
            values[i] = p->value[cell] * (1 + 0.2 * i * cell) + common + p->own * (uniform(&state) - 0.5);
        world_add(w, path % MM_BATCHES, cell, values);
    }
}

/* What infinitely many paths would give. */
static void truth(const struct world *w, const struct problem *p, double figures[NAMES * PATTERN_FIGURES]) {
    const double share[] = {1 - p->news, p->news * p->outcome, p->news * (1 - p->outcome)};
    for (int i = 0; i < NAMES; i++) {
        double value[MM_NEWS_CELLS], base = 0, *f = figures + pattern_index(i, PATTERN_MOVE);
        for (int cell = 0; cell < MM_NEWS_CELLS; cell++) {
            value[cell] = p->value[cell] * (1 + 0.2 * i * cell);
            base += share[cell] * value[cell];
        }
        f[PATTERN_MOVE] =
            w->names[i].leverage * ((share[1] * value[1] + share[2] * value[2]) / (share[1] + share[2]) / base - 1);
        f[PATTERN_IF_OUTCOME] = w->names[i].leverage * (value[1] / base - 1);
        f[PATTERN_IF_NOT] = w->names[i].leverage * (value[2] / base - 1);
        f[PATTERN_IMPLIED] = (w->names[i].observed - f[PATTERN_IF_NOT]) / (f[PATTERN_IF_OUTCOME] - f[PATTERN_IF_NOT]);
    }
}

/* Intervals of moves, of implied probabilities and of differences of two of these hold the truth: over 4,000 seeds
 * within 3.5 standard errors of 95 % where each cell expects 2 paths in a batch or more; in at least 90 % down to half
 * a path. */
static void coverage(void **state) {
    (void)state;
    enum { SEEDS = 4000, KINDS = 5 };
    static const struct problem problems[] = {
        {2000, 0.5, 0.3, {10, 6, 12}, 4, 2},
        {1500, 0.4, 0.5, {10, 5, 11}, 6, 3},
        {600, 0.25, 0.25, {10, 6, 12}, 4, 4}, /* 38 paths with the outcome in 64 batches */
    };
    static const char *const kinds[KINDS] = {"move", "if_outcome", "if_not", "implied", "difference"};
    struct world w;
    world_make(&w);
    for (int i = 0; i < NAMES; i++) {
        w.names[i].has_observed = true;
        w.names[i].observed = -0.1 * (1 + i);
    }
    for (size_t k = 0; k < sizeof problems / sizeof problems[0]; k++) {
        double wanted[NAMES * PATTERN_FIGURES];
        int covered[KINDS] = {0}, known[KINDS] = {0};
        truth(&w, &problems[k], wanted);
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            simulate(&w, &problems[k], seed);
            struct pattern_values v = world_values(&w);
            const int first[KINDS] = {pattern_index(0, PATTERN_MOVE), pattern_index(0, PATTERN_IF_OUTCOME),
                                      pattern_index(0, PATTERN_IF_NOT), pattern_index(0, PATTERN_IMPLIED),
                                      pattern_index(0, PATTERN_IMPLIED)};
            for (int kind = 0; kind < KINDS; kind++) {
                const int other = kind == KINDS - 1 ? pattern_index(2, PATTERN_IMPLIED) : -1;
                const double se = pattern_se(&v, first[kind], other);
                const double own = v.all[first[kind]] - (other >= 0 ? v.all[other] : 0);
                known[kind] += !isnan(se);
                covered[kind] +=
                    fabs(own - wanted[first[kind]] + (other >= 0 ? wanted[other] : 0)) <= pattern_width(&v) * se;
            }
            pattern_values_free(&v);
        }
        const struct problem *p = &problems[k];
        const bool few = p->paths * p->news * fmin(p->outcome, 1 - p->outcome) < 2 * MM_BATCHES;
        for (int kind = 0; kind < KINDS; kind++) {
            const double share = (double)covered[kind] / known[kind];
            if (few ? share < 0.9 : fabs(share - 0.95) > 3.5 * sqrt(0.95 * 0.05 / SEEDS))
                fail_msg("problem %zu, %s: %.4f of %d covered", k, kinds[kind], share, known[kind]);
            assert_true(few || known[kind] == SEEDS);
        }
    }
    world_free(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moves),      cmocka_unit_test(jackknife),
        cmocka_unit_test(too_little), cmocka_unit_test(constant_revenue),
        cmocka_unit_test(coverage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
