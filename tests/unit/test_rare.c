/* Rare events, the parts: addresses of random numbers, exact sums and their merging, the mixture's fit, the interval's
 * coverage, and what is refused. */
#include "support/closed.h"
#include "support/limit_states.h"

#include <math.h>
#include <string.h>

#include "random123.h"

/* docs/random-numbers.md: kinds 15 and 16, the stage below them, the block, and the sample's number. */
static void addresses(void **state) {
    (void)state;
    const uint64_t seed = UINT64_C(0x0123456789abcdef), index = UINT64_C(0xfedcba9876543210);
    for (int purpose = RARE_IMPORTANCE; purpose <= RARE_SUBSET; purpose++) {
        const struct rare_address address = {seed, (enum rare_purpose)purpose, 0xabcdef, index};
        const philox4x32_ctr_t counter = {{0x76543210, 0xfedcba98, 7, (uint32_t)(15 + purpose) << 24 | 0xabcdef}};
        const philox4x32_key_t key = {{0x89abcdef, 0x01234567}};
        const philox4x32_ctr_t expected = philox4x32(counter, key);
        uint32_t words[4];
        rare_block(&address, 7, words);
        for (int i = 0; i < 4; i++)
            assert_int_equal(words[i], expected.v[i]);
    }
}

/* Inputs keep their normals when more inputs are asked for, and are what the quantile of their word is. */
static void normals(void **state) {
    (void)state;
    const struct rare_address address = {.seed = 5, .purpose = RARE_IMPORTANCE, .stage = 3, .index = 77};
    double few[3], many[9];
    rare_normals(&address, 3, few);
    rare_normals(&address, 9, many);
    assert_memory_equal(few, many, sizeof few);
    for (int i = 0; i < 9; i++) {
        uint32_t words[4];
        rare_block(&address, 1 + (uint32_t)i / 4, words);
        const double tail = ((words[i % 4] & 0x7fffffffu) + 0.5) / 4294967296.0;
        const double z = words[i % 4] >> 31 ? normal_point(tail) : -normal_point(tail);
        assert_close("normal", many[i], z, 2e-6);
    }
}

static struct rare_mixture *hand_made(double x, double y) {
    const double mean[2] = {x, y}, scale[4] = {0.5, 0, 0, 0.5};
    struct rare_mixture *mixture = rare_mixture_new(2);
    assert_non_null(mixture);
    mixture->components[0].weight = RARE_NOMINAL_SHARE;
    mixture->components[1].weight = RARE_WIDE_SHARE;
    rare_mixture_add(mixture, 1 - RARE_NOMINAL_SHARE - RARE_WIDE_SHARE, mean, scale);
    return mixture;
}

static struct rare_sums sample(struct limit_state state, const struct rare_mixture *mixture, int exponent,
                               uint64_t seed, uint64_t first, uint64_t n) {
    struct rare_sums sums = {.exponent = exponent};
    mm_messages *messages = mm_messages_new();
    assert_int_equal(rare_sample(&state.problem, mixture, seed, first, n, &sums, messages), MM_OK);
    mm_messages_free(messages);
    return sums;
}

/* Pieces of any sizes in any order are the whole, to the last bit. */
static void pieces_merge(void **state) {
    (void)state;
    struct rare_mixture *mixture = hand_made(2, 2);
    const int exponent = rare_exponent(log(0.05));
    const struct rare_sums whole = sample(rp22(), mixture, exponent, 3, 0, 20011);
    struct rare_sums merged = sample(rp22(), mixture, exponent, 3, 9001, 11010);
    const struct rare_sums first = sample(rp22(), mixture, exponent, 3, 0, 1),
                           second = sample(rp22(), mixture, exponent, 3, 1, 9000);
    rare_sums_merge(&merged, &second);
    rare_sums_merge(&merged, &first);
    assert_memory_equal(&whole, &merged, sizeof whole);
    assert_int_equal(whole.clipped, 0);
    assert_true(whole.hits > 1000);
    rare_mixture_free(mixture);
}

/* Known weights add up exactly: powers of two leave no rounding. */
static void sums_are_exact(void **state) {
    (void)state;
    struct rare_sums sums = {.exponent = 40};
    const uint64_t n = 640;
    for (uint64_t i = 0; i < n; i++)
        rare_sums_add(&sums, i, (double)(i % 2 ? -3 : -5) * M_LN2, i % 4 != 0);
    const struct rare_figures figures = rare_figures(&sums);
    /* of four samples: one no hit, one of 2^-5, two of 2^-3 */
    assert_close("p", figures.p, (0.03125 + 2 * 0.125) / 4, 1e-11);
    assert_close("effective", figures.effective,
                 (double)n / 4 * 0.28125 * 0.28125 / (0.03125 * 0.03125 + 2 * 0.125 * 0.125), 1e-7);
    assert_close("ratios", figures.ratio_mean, (0.03125 + 0.125) / 2, 1e-9);
    assert_close("largest", figures.largest_share, 0.125 / (0.28125 * (double)n / 4), 1e-10);
    assert_int_equal(sums.hits, n / 4 * 3);
}

static void no_weight_wraps(void **state) {
    (void)state;
    struct rare_sums sums = {.exponent = 40};
    rare_sums_add(&sums, 0, 3.5 * M_LN2, true); /* 2^43.5 */
    assert_int_equal(sums.clipped, 1);
    assert_int_equal(sums.weights.low, (UINT64_C(1) << RARE_WEIGHT_BITS) - 1);
    assert_int_equal(rare_judge(&sums, NULL), RARE_CLIPPED);
    assert_false(rare_stands(RARE_CLIPPED));
}

/* Two clouds are found with their weights, means and spreads. */
static void fit_finds_clouds(void **state) {
    (void)state;
    enum { N = 4000 };
    static double z[2 * N], logs[N];
    for (uint64_t i = 0; i < N; i++) {
        const struct rare_address address = {.seed = 8, .index = i};
        rare_normals(&address, 2, z + 2 * i);
        const bool right = i % 4 == 0;
        z[2 * i] = (right ? 5 : -4) + 0.5 * z[2 * i];
        z[2 * i + 1] = 0.25 * z[2 * i + 1];
        logs[i] = right ? -700 : -700 + log(0.5); /* a quarter, at twice the weight of the rest */
    }
    struct rare_mixture *mixture = rare_mixture_new(2);
    assert_int_equal(rare_mixture_fit(mixture, N, z, logs, 2, 1), 2);
    assert_int_equal(mixture->n, 6);
    double sum = 0, right = 0, left = 0;
    for (int c = 0; c < mixture->n; c++)
        sum += mixture->components[c].weight;
    for (int c = 2; c < mixture->n; c++) {
        const struct rare_component *component = &mixture->components[c];
        *(component->mean[0] > 0 ? &right : &left) += component->weight;
        assert_close("mean", component->mean[0], component->mean[0] > 0 ? 5 : -4, 0.06);
        assert_close("mean", component->mean[1], 0, 0.03);
        if (component->shape == RARE_FULL) {
            assert_close("spread", component->scale[0], 0.5, 0.03);
            assert_close("spread", component->scale[3], 0.25, 0.02);
        }
    }
    assert_close("all", sum, 1, 1e-12);
    assert_close("right", right, 0.9 * 0.5 / (0.5 + 0.75), 1e-3);
    assert_close("left", left, 0.9 - right, 1e-12);
    rare_mixture_free(mixture);
}

/* 95 % intervals of the estimate hold the truth in as many of 4,000 seeds as they say. */
static void interval_covers(void **state) {
    (void)state;
    enum { SEEDS = 4000, SAMPLES = 640 };
    struct rare_mixture *mixture = hand_made(1.9, 1.9);
    const struct limit_state problem = rp22();
    int covers = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        const struct rare_sums sums = sample(problem, mixture, rare_exponent(log(0.05)), seed, 0, SAMPLES);
        const struct rare_figures figures = rare_figures(&sums);
        covers += figures.low <= problem.p && problem.p <= figures.high;
    }
    assert_share("coverage", covers, SEEDS, 0.95);
    rare_mixture_free(mixture);
}

/* A mixture that knows one of RP111's four regions gives a quarter with a small error; the check tells. */
static void a_missed_region_is_refused(void **state) {
    (void)state;
    mm_messages *messages = mm_messages_new();
    struct limit_state problem = rp111();
    struct rare_mixture *mixture = hand_made(3.54, 3.54);
    mixture->components[0].weight += mixture->components[1].weight; /* the wide one would find the others */
    mixture->components[1].weight = 0;
    const struct rare_sums sums = sample(problem, mixture, rare_exponent(log(1e-4)), 4, 0, 40000);
    struct rare_subset check;
    assert_int_equal(rare_subset_run(&problem.problem, RARE_PART_CHECK, 4, 2000, UINT64_MAX, &check, messages), MM_OK);
    const struct rare_figures figures = rare_figures(&sums);
    assert_true(figures.se < 0.05 * figures.p);
    assert_true(figures.high < problem.p);
    assert_int_equal(rare_judge(&sums, &check), RARE_DISAGREED);
    assert_false(rare_stands(RARE_DISAGREED));
    assert_true(rare_stands(rare_judge(&sums, NULL)));
    rare_mixture_free(mixture);
    mm_messages_free(messages);
}

/* No slope to follow, and nothing there. */
static mm_status score_flat(void *context, size_t n, const double *z, const uint64_t *rest, double *scores,
                            mm_messages *messages) {
    (void)z;
    (void)rest;
    (void)messages;
    for (size_t i = 0; i < n; i++)
        scores[i] = *(const double *)context;
    return MM_OK;
}

static void the_impossible_is_refused(void **state) {
    (void)state;
    mm_messages *messages = mm_messages_new();
    double scores[2] = {-INFINITY, -1};
    for (int i = 0; i < 2; i++) {
        const struct rare_problem problem = {.n_inputs = 3, .score = score_flat, .context = &scores[i]};
        const struct rare_options options = {.seed = 1, .level_samples = 1000};
        struct rare_result result;
        assert_int_equal(rare_estimate(&problem, &options, &result, messages), MM_OK);
        assert_int_equal(result.verdict, RARE_NOT_REACHED);
        assert_false(rare_stands(result.verdict));
        struct rare_subset check;
        assert_int_equal(rare_subset_run(&problem, RARE_PART_CHECK, 1, 500, UINT64_MAX, &check, messages), MM_OK);
        assert_false(check.reached);
    }
    mm_messages_free(messages);
}

/* Figures as 16 replicates give them. */
static struct rare_subset told(double p, double relative) {
    return (struct rare_subset){.p = p, .se = relative * p, .evaluations = 1, .reached = true};
}

static void two_scores_are_judged(void **state) {
    (void)state;
    struct rare_pair pair = {.first = told(1e-6, 0.1), .other = told(1.2e-6, 0.1)};
    assert_int_equal(rare_judge_pair(&pair, RARE_FEW_HITS), RARE_SCORES_AGREED);
    assert_true(rare_stands(RARE_SCORES_AGREED));
    assert_close("p", pair.p, 1.1e-6, 1e-20);
    assert_close("se", pair.se, hypot(1e-7, 1.2e-7) / 2, 1e-20);
    /* 29.04 degrees of freedom */
    assert_close("half", (pair.high - pair.p) / pair.se, 2.045, 1e-3);
    pair.other = told(2e-6, 0.1);
    assert_int_equal(rare_judge_pair(&pair, RARE_FEW_HITS), RARE_SCORES_DISAGREED);
    assert_false(rare_stands(RARE_SCORES_DISAGREED));
    pair.other = told(1e-6, 0.3);
    assert_int_equal(rare_judge_pair(&pair, RARE_FEW_HITS), RARE_FEW_HITS);
    pair.other = told(1e-6, 0.1);
    pair.first.reached = false;
    assert_int_equal(rare_judge_pair(&pair, RARE_CLIPPED), RARE_CLIPPED);
}

static struct rare_result hidden(const struct rare_problem *problem) {
    const struct rare_options options = {.seed = 5, .level_samples = 2000, .precision = 0.05};
    struct rare_result result;
    mm_messages *messages = mm_messages_new();
    assert_int_equal(rare_estimate(problem, &options, &result, messages), MM_OK);
    assert_true(result.evaluations <= 1000000);
    mm_messages_free(messages);
    return result;
}

/* Two inputs of 60 are too few to sample by; along two scores the chains, which see all, get there. */
static void two_scores_carry_on(void **state) {
    (void)state;
    const struct limit_state problem = hidden_tail(2, 4.5);
    const struct rare_result result = hidden(&problem.problem);
    assert_int_equal(result.verdict, RARE_SCORES_AGREED);
    const struct rare_answer answer = rare_answer(&result);
    assert_string_equal(answer.method, "subset simulation");
    assert_close("p", answer.p / answer.se, problem.p / answer.se, SIGMAS);
    assert_true(answer.se < 0.1 * answer.p);
    assert_true(answer.low < answer.p - 2 * answer.se && answer.high > answer.p + 2 * answer.se);
    assert_true(result.gain > 10);
    assert_true(result.scores.first.evaluations > 0 && result.scores.other.evaluations > 0);
}

/* A third of the inputs: some samples have the event, but too few of them, which an eighth of them has told. */
static void a_glance_is_enough(void **state) {
    (void)state;
    const struct limit_state problem = hidden_tail(20, 4.5);
    const struct rare_result result = hidden(&problem.problem);
    const struct rare_answer answer = rare_answer(&result);
    assert_int_equal(result.verdict, RARE_SCORES_AGREED);
    assert_close("p", answer.p / answer.se, problem.p / answer.se, SIGMAS);
    assert_true(result.samples > 0 && result.samples < 25000);
}

/* Knows half of the event. */
static mm_status score_half(void *context, size_t n, const double *z, const uint64_t *rest, double *scores,
                            mm_messages *messages) {
    const struct rare_problem *whole = context;
    const mm_status status = whole->score(whole->context, n, z, rest, scores, messages);
    for (size_t i = 0; i < n; i++)
        if (z[i * (size_t)whole->n_inputs] < z[i * (size_t)whole->n_inputs + 1])
            scores[i] = fmin(scores[i], -0.1);
    return status;
}

static mm_status score_whole(void *context, size_t n, const double *z, const uint64_t *rest, double *scores,
                             mm_messages *messages) {
    const struct rare_problem *whole = context;
    return whole->score(whole->context, n, z, rest, scores, messages);
}

static void another_event_is_refused(void **state) {
    (void)state;
    struct rare_problem problem = hidden_tail(2, 4.5).problem;
    const struct rare_problem whole = *problem.fine;
    struct rare_problem fine = whole;
    fine.context = (void *)(uintptr_t)&whole;
    fine.score = score_whole;
    fine.other = score_half;
    problem.fine = &fine;
    const struct rare_result result = hidden(&problem);
    assert_int_equal(result.verdict, RARE_SCORES_DISAGREED);
    assert_true(result.scores.other.p < 0.7 * result.scores.first.p);
}

/* No more evaluations than allowed; a replicate that can't end has not reached the event. */
static void replicates_keep_to_their_bound(void **state) {
    (void)state;
    mm_messages *messages = mm_messages_new();
    struct limit_state problem = rp22();
    struct rare_subset free, bound;
    assert_int_equal(rare_subset_run(&problem.problem, RARE_PART_FIRST, 1, 500, UINT64_MAX, &free, messages), MM_OK);
    assert_true(free.reached);
    assert_int_equal(rare_subset_run(&problem.problem, RARE_PART_FIRST, 1, 500, free.evaluations - 1, &bound, messages),
                     MM_OK);
    assert_true(bound.evaluations < free.evaluations);
    assert_false(bound.reached);
    assert_memory_equal(free.replicates, bound.replicates, (RARE_REPLICATES - 1) * sizeof *free.replicates);
    mm_messages_free(messages);
}

/* What a problem reports ends the estimate. */
static mm_status score_fails(void *context, size_t n, const double *z, const uint64_t *rest, double *scores,
                             mm_messages *messages) {
    (void)context;
    (void)z;
    (void)rest;
    for (size_t i = 0; i < n; i++)
        scores[i] = 1;
    mm_messages_add(messages, "no device");
    return MM_DEVICE_FAILED;
}

static void failures_pass_through(void **state) {
    (void)state;
    mm_messages *messages = mm_messages_new();
    const struct rare_problem problem = {.n_inputs = 1, .score = score_fails};
    const struct rare_options options = {.seed = 1};
    struct rare_result result;
    assert_int_equal(rare_estimate(&problem, &options, &result, messages), MM_DEVICE_FAILED);
    assert_string_equal(mm_messages_text(messages, 0), "no device");
    mm_messages_free(messages);
}

/* The same numbers for the same seed, others for another. */
static void estimates_repeat(void **state) {
    (void)state;
    mm_messages *messages = mm_messages_new();
    struct limit_state problem = rp22();
    struct rare_options options = {.seed = 12, .level_samples = 2000, .no_check = true};
    struct rare_result a, b;
    assert_int_equal(rare_estimate(&problem.problem, &options, &a, messages), MM_OK);
    assert_int_equal(rare_estimate(&problem.problem, &options, &b, messages), MM_OK);
    assert_int_equal(a.verdict, RARE_UNCHECKED);
    assert_memory_equal(&a.figures, &b.figures, sizeof a.figures);
    options.seed = 13;
    assert_int_equal(rare_estimate(&problem.problem, &options, &b, messages), MM_OK);
    assert_true(a.figures.p < b.figures.p || a.figures.p > b.figures.p);
    mm_messages_free(messages);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(normals),
        cmocka_unit_test(pieces_merge),
        cmocka_unit_test(sums_are_exact),
        cmocka_unit_test(no_weight_wraps),
        cmocka_unit_test(fit_finds_clouds),
        cmocka_unit_test(interval_covers),
        cmocka_unit_test(a_missed_region_is_refused),
        cmocka_unit_test(the_impossible_is_refused),
        cmocka_unit_test(two_scores_are_judged),
        cmocka_unit_test(two_scores_carry_on),
        cmocka_unit_test(a_glance_is_enough),
        cmocka_unit_test(another_event_is_refused),
        cmocka_unit_test(replicates_keep_to_their_bound),
        cmocka_unit_test(failures_pass_through),
        cmocka_unit_test(estimates_repeat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
