/* Rare events: normal tails and the limit states of structural reliability against their probabilities, each within
 * the evaluations allowed, by importance sampling and by subset simulation. */
#include "support/closed.h"
#include "support/limit_states.h"
#include "support/scene.h"

#include <math.h>
#include <stdio.h>

#define MOST_EVALUATIONS 1000000
#define PRECISION 0.01 /* aimed at, at a million test paths */

static void assert_estimate(struct limit_state state, uint64_t seed) {
    const double paths = (double)test_paths();
    const struct rare_options options = {
        .seed = seed, .precision = PRECISION * sqrt(1e6 / paths), .most_evaluations = MOST_EVALUATIONS};
    struct rare_result result;
    mm_messages *messages = mm_messages_new();
    assert_int_equal(rare_estimate(&state.problem, &options, &result, messages), MM_OK);
    const struct rare_figures *figures = &result.figures;
    printf(
        "# %-16s %2d inputs: %.5g +- %.2g, truth %.5g, check %.5g +- %.2g; %d levels, %d components, %.0f effective, "
        "%llu evaluations, gain %.3g\n",
        state.name, state.problem.n_inputs, figures->p, figures->se, state.p, result.check.p, result.check.se,
        result.levels, result.fitted, figures->effective, (unsigned long long)result.evaluations, result.gain);
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

static void intervals(void **state) {
    (void)state;
    assert_coverage(normal_tail(4, 5));
    assert_coverage(rp111());
    assert_coverage(four_branch());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tails),        cmocka_unit_test(tails_of_many_inputs),
        cmocka_unit_test(limit_states), cmocka_unit_test(regions_apart),
        cmocka_unit_test(intervals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
