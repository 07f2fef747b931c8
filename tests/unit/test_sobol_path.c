/* What paths of --sampler sobol are given has the law of what others draw: moments of months, strikes and factors, and
 * the regimes' Markov chain, against exact values; and what is kept of the scrambles adds up. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/scene.h"

#define MM_LANES 1
#include "kernels/path_sobol.h"

enum { PATHS = 1 << 15 };

/* Errors are at most those of independent paths. Each test makes hundreds of comparisons: one in 10^5 may be off by
 * 4.5 of them. */
static void assert_mean(double sum, double mean, double variance) {
    const double z = (sum / PATHS - mean) / sqrt(variance / PATHS);
    if (!(fabs(z) < 4.5))
        fail_msg("%g is expected, and found is %g: z = %g", mean, sum / PATHS, z);
}

struct given {
    struct scene scene;
    struct mm_context k;
    const struct mm_sobol *sobol;
    float *memory;
};

static struct given open_given(void) {
    struct given given = {.scene = scene_file("configs/ai-2026.yaml", NULL, 0)};
    struct plan *plan = given.scene.plan;
    mm_messages *messages = mm_messages_new();
    assert_int_equal(plan_add_sobol(plan, messages), MM_OK);
    mm_messages_free(messages);
    given.memory = calloc((size_t)plan->head.s_vectors, sizeof *given.memory);
    assert_non_null(given.memory);
    given.k.h = &plan->head;
    given.k.pool = plan->pool;
    given.k.ws = given.memory;
    given.k.wi = (vint *)(void *)given.memory;
    given.sobol = (const struct mm_sobol *)(const void *)(plan->pool + plan->head.sobol);
    (void)demand_month;
    return given;
}

static void give(struct given *given, uint64_t path) {
    context_paths(&given->k, path, 1, 7);
    sobol_give(&given->k);
}

static double at(const struct given *given, int place) {
    return (double)given->memory[given->sobol->s_given + place];
}

static void close_given(struct given *given) {
    free(given->memory);
    scene_free(&given->scene);
}

/* Steps of the industry and of one firm: mean 0, variance 1, neighbours and their squares unrelated. */
static void test_months_are_independent_normals(void **state) {
    (void)state;
    struct given given = open_given();
    const int months = given.k.h->months, rows[2] = {MM_GIVEN_INDEX(given.k.h), MM_GIVEN_FIRM(given.k.h, 0)};
    double(*sums)[4] = calloc(2 * (size_t)months, sizeof *sums), ends[2] = {0};
    assert_non_null(sums);
    for (uint64_t path = 0; path < PATHS; path++) {
        give(&given, path);
        for (int row = 0; row < 2; row++) {
            double end = 0;
            for (int t = 1; t < months; t++) {
                const double z = at(&given, rows[row] + t), before = t > 1 ? at(&given, rows[row] + t - 1) : 0;
                double *sum = sums[row * months + t];
                sum[0] += z;
                sum[1] += z * z;
                sum[2] += z * before;
                sum[3] += t > 1 ? z * z * before * before : 1;
                end += z;
            }
            ends[row] += end * end / (months - 1);
        }
    }
    for (int i = 0; i < 2 * months; i++) {
        if (i % months == 0)
            continue;
        assert_mean(sums[i][0], 0, 1);
        assert_mean(sums[i][1], 1, 2);
        assert_mean(sums[i][2], 0, 1);
        assert_mean(sums[i][3], 1, 8);
    }
    for (int row = 0; row < 2; row++)
        assert_mean(ends[row], 1, 2);
    free(sums);
    close_given(&given);
}

/* Everything that is given by itself: normals, and exponential times between strikes. */
static void test_spots(void **state) {
    (void)state;
    struct given given = open_given();
    const struct mm_spot *spots = (const struct mm_spot *)(const void *)(given.k.pool + given.sobol->spots);
    const int n = given.sobol->n_spots;
    double(*sums)[2] = calloc((size_t)n, sizeof *sums);
    assert_non_null(sums);
    for (uint64_t path = 0; path < PATHS; path++) {
        give(&given, path);
        for (int i = 0; i < n; i++) {
            const double x = at(&given, spots[i].at);
            sums[i][0] += x;
            sums[i][1] += x * x;
        }
    }
    for (int i = 0; i < n; i++) {
        assert_mean(sums[i][0], spots[i].exponential ? 1 : 0, 1);
        assert_mean(sums[i][1], spots[i].exponential ? 2 : 1, spots[i].exponential ? 20 : 2);
    }
    free(sums);
    close_given(&given);
}

/* P(regime in month t), and P(no change up to it), from the transition matrix. */
static void test_regimes_are_the_chain(void **state) {
    (void)state;
    struct given given = open_given();
    const struct mm_head *h = given.k.h;
    const float *initial = (const float *)(const void *)(given.k.pool + h->regime_initial);
    const float *monthly = (const float *)(const void *)(given.k.pool + h->regime_monthly);
    enum { N = 3, MONTHS = 84 };
    static double in[MONTHS][N], stayed[MONTHS];
    assert_int_equal(h->n_regimes, N);
    assert_int_equal(h->months, MONTHS);
    for (uint64_t path = 0; path < PATHS; path++) {
        give(&given, path);
        int regime = 0, first = 0, changed = 0;
        for (int t = 0; t < MONTHS; t++) {
            const vreal u = (float)at(&given, MM_GIVEN_REGIME(h) + t);
            const int before = regime;
            assert_true(u >= 0 && u < 1);
            regime = pick(u, t == 0 ? initial : monthly + before * N, N);
            first = t == 0 ? regime : first;
            changed |= regime != first;
            in[t][regime]++;
            stayed[t] += !changed && first == 1;
        }
    }
    double p[N] = {initial[0], initial[1] - initial[0], 1 - initial[1]}, stay = p[1];
    for (int t = 0; t < MONTHS; t++) {
        for (int s = 0; s < N; s++)
            assert_mean(in[t][s], p[s], p[s] * (1 - p[s]));
        assert_mean(stayed[t], stay, stay * (1 - stay));
        double next[N] = {0};
        for (int s = 0; s < N; s++)
            for (int to = 0; to < N; to++)
                next[to] += p[s] * ((to + 1 < N ? monthly[s * N + to] : 1) - (to > 0 ? monthly[s * N + to - 1] : 0));
        memcpy(p, next, sizeof p);
        stay *= monthly[N + 1] - monthly[N];
    }
    close_given(&given);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_months_are_independent_normals),
        cmocka_unit_test(test_spots),
        cmocka_unit_test(test_regimes_are_the_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
