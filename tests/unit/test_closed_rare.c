/* Rare events: normal tails and the limit states of structural reliability against their probabilities, each within
 * the evaluations allowed, by importance sampling and by subset simulation. */
#include "support/closed.h"
#include "support/limit_states.h"
#include "support/scene.h"

#include <math.h>
#include <stdio.h>

#define MOST_EVALUATIONS 1000000
#define PRECISION 0.01 /* aimed at, at a million test paths */

/* tests/tools/rare_table.py reads the line. */
static void print(const struct limit_state *state, const struct rare_result *result) {
    const struct rare_answer answer = rare_answer(result);
    printf("# %-16s %2d inputs: %.5g +- %.2g by %s, truth %.5g, check %.5g +- %.2g; %d levels, %d components, %.0f "
           "effective, %llu evaluations, gain %.3g\n",
           state->name, state->problem.n_inputs, answer.p, answer.se, answer.method, state->p, result->check.p,
           result->check.se, result->levels, result->fitted, result->figures.effective,
           (unsigned long long)result->evaluations, result->gain);
}

static void assert_estimate(struct limit_state state, uint64_t seed) {
    const double paths = (double)test_paths();
    const struct rare_options options = {
        .seed = seed, .precision = PRECISION * sqrt(1e6 / paths), .most_evaluations = MOST_EVALUATIONS};
    struct rare_result result;
    mm_messages *messages = mm_messages_new();
    assert_int_equal(rare_estimate(&state.problem, &options, &result, messages), MM_OK);
    const struct rare_figures *figures = &result.figures;
    print(&state, &result);
    if (state.published > 0)
        assert_close("the published figure", state.published / state.p, 1, state.digits);
    assert_string_equal(rare_verdict_text(result.verdict), rare_verdict_text(RARE_AGREED));
    assert_close(state.name, figures->p / figures->se, state.p / figures->se, SIGMAS);
    assert_close("of the check", result.check.p / result.check.se, state.p / result.check.se, SIGMAS);
    if (paths >= 1e6) {
        assert_close("within 5 %", figures->p / state.p, 1, 0.05);
        assert_true(figures->se < 2 * PRECISION * figures->p);
    }
    assert_true(result.evaluations <= MOST_EVALUATIONS);
    mm_messages_free(messages);
}

static void tails(void **state) {
    (void)state;
    for (int beta = 2; beta <= 6; beta++)
        assert_estimate(normal_tail(1, beta), 1);
    assert_close("beta = 6", normal_tail(1, 6).p, 9.865876450377e-10, 1e-20);
}

static void tails_of_many_inputs(void **state) {
    (void)state;
    assert_estimate(normal_tail(10, 6), 2);
    assert_estimate(normal_tail(40, 6), 3);
    assert_estimate(tail_with_rest(5, 4), 4);
}

static void limit_states(void **state) {
    (void)state;
    assert_estimate(rp22(), 5);
    assert_estimate(rp28(), 6);
    assert_estimate(rp111(), 7);
    assert_estimate(four_branch(), 8);
}

static void regions_apart(void **state) {
    (void)state;
    assert_estimate(two_tails(2, 4), 9);
    assert_estimate(two_tails(20, 4.5), 10);
}

/* 60 inputs of which importance sampling sees two: an estimate by two scores. */
static void what_sampling_does_not_see(void **state) {
    (void)state;
    const struct limit_state problem = hidden_tail(2, 4.5);
    const struct rare_options options = {.seed = 11, .precision = 0.03, .most_evaluations = MOST_EVALUATIONS};
    struct rare_result result;
    mm_messages *messages = mm_messages_new();
    assert_int_equal(rare_estimate(&problem.problem, &options, &result, messages), MM_OK);
    print(&problem, &result);
    const struct rare_answer answer = rare_answer(&result);
    assert_int_equal(result.verdict, RARE_SCORES_AGREED);
    assert_close("p", answer.p / answer.se, problem.p / answer.se, SIGMAS);
    assert_true(result.evaluations <= MOST_EVALUATIONS && answer.se < 0.08 * answer.p);
    mm_messages_free(messages);
}

/* 95 % intervals of whole estimates, each with a pilot of its own. */
static void assert_coverage(struct limit_state state) {
    const int seeds = test_paths() >= 1000000 ? 400 : 40;
    int covers = 0;
    mm_messages *messages = mm_messages_new();
    for (int seed = 1; seed <= seeds; seed++) {
        const struct rare_options options = {
            .seed = (uint64_t)seed, .level_samples = 2000, .precision = 0.05, .no_check = true};
        struct rare_result result;
        assert_int_equal(rare_estimate(&state.problem, &options, &result, messages), MM_OK);
        assert_int_equal(result.verdict, RARE_UNCHECKED);
        covers += result.figures.low <= state.p && state.p <= result.figures.high;
    }
    printf("# %s: %d of %d intervals hold the truth\n", state.name, covers, seeds);
    assert_share("coverage", covers, seeds, 0.95);
    mm_messages_free(messages);
}

/* Of subset simulation along two scores: pairs of 16 short replicates each. */
static void assert_pair_coverage(struct limit_state state, uint64_t samples) {
    const int seeds = test_paths() >= 1000000 ? 100 : 20;
    int covers = 0, disagree = 0;
    double sum = 0, squares = 0;
    mm_messages *messages = mm_messages_new();
    for (int seed = 1; seed <= seeds; seed++) {
        struct rare_pair pair;
        assert_int_equal(rare_subset_run(&state.problem, RARE_PART_FIRST, (uint64_t)seed, samples, UINT64_MAX,
                                         &pair.first, messages),
                         MM_OK);
        assert_int_equal(rare_subset_run(&state.problem, RARE_PART_OTHER, (uint64_t)seed, samples, UINT64_MAX,
                                         &pair.other, messages),
                         MM_OK);
        disagree += rare_judge_pair(&pair, RARE_FEW_HITS) == RARE_SCORES_DISAGREED;
        covers += pair.low <= state.p && state.p <= pair.high;
        sum += pair.p / state.p;
        squares += pair.p / state.p * pair.p / state.p;
    }
    const double mean = sum / seeds, se = sqrt((squares / seeds - mean * mean) / seeds);
    printf("# %s, %d inputs: %d of %d intervals of two scores hold the truth, %d disagree; mean %.4f +- %.4f of it\n",
           state.name, state.problem.n_inputs, covers, seeds, disagree, mean, se);
    assert_share("coverage", covers, seeds, 0.95);
    assert_close("the mean of all", mean / se, 1 / se, SIGMAS);
    assert_share("disagreement", disagree, seeds, RARE_SIGNIFICANCE);
    mm_messages_free(messages);
}

static void intervals_of_two_scores(void **state) {
    (void)state;
    assert_pair_coverage(normal_tail(4, 4), 1000);
    assert_pair_coverage(four_branch(), 1000);
}

static void intervals(void **state) {
    (void)state;
    assert_coverage(normal_tail(4, 5));
    assert_coverage(rp111());
    assert_coverage(four_branch());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tails),
        cmocka_unit_test(tails_of_many_inputs),
        cmocka_unit_test(limit_states),
        cmocka_unit_test(regions_apart),
        cmocka_unit_test(what_sampling_does_not_see),
        cmocka_unit_test(intervals),
        cmocka_unit_test(intervals_of_two_scores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
