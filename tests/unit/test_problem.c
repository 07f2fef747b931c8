/* The interface that studies work on, and runs as one implementation of it: same answers as a whole run, errors of
 * differences on common random numbers. */
#include "support/closed.h"
#include "support/scene.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/study/problem.h"

/* One firm with capacity 100 and demand 100 exp(Z / 5) in the only month: short when demand is at least 100 / 0.95. */
static const char one_month[] = "mismatch: 1\n"
                                "time: {start: 2030-01, months: 1}\n"
                                "regions: [north]\n"
                                "generations: [{name: old, kh100e_per_mw: 1}]\n"
                                "inference: {initial_sigma: 0.2}\n"
                                "firms: [{name: a, shares: {north: 1}, installed: {old: 100}, inference: 100, "
                                "demand_shares: {north: 1}}]\n"
                                "events: {short: {all_of: [{series: state_shortage, at_least: 1}]},\n"
                                "         never: {all_of: [{series: gap, at_least: 2}]}}\n";

static double short_share(double inference, double sigma) {
    return normal_above(log(100 / 0.95 / inference) / sigma);
}

static struct problem *open_runs(const struct scene *scene, const char *const *keys, size_t n_keys,
                                 const char *const *expressions, size_t n) {
    struct problem *problem = NULL;
    mm_messages *messages = mm_messages_new();
    mm_status status = problem_of_runs(scene->scenario, keys, n_keys, expressions, n, NULL, &problem, messages);
    for (size_t i = 0; i < mm_messages_count(messages); i++)
        print_message("%s\n", mm_messages_text(messages, i));
    assert_int_equal(status, MM_OK);
    mm_messages_free(messages);
    return problem;
}

static struct problem_point evaluated(struct problem *problem, const double *inputs, struct problem_sample sample) {
    struct problem_point point = {0};
    mm_messages *messages = mm_messages_new();
    mm_status status = problem_evaluate(problem, inputs, &sample, &point, messages);
    for (size_t i = 0; i < mm_messages_count(messages); i++)
        print_message("%s\n", mm_messages_text(messages, i));
    assert_int_equal(status, MM_OK);
    mm_messages_free(messages);
    return point;
}

/* Of means over equal pieces the jackknife is the error of the mean of the pieces, exactly. */
static void the_jackknife_of_means(void **state) {
    static const double piece[2][4] = {{1, 2, 4, 9}, {3, 3, 3, 11}};
    struct problem_point points[2] = {{0}, {0}};
    (void)state;
    for (int k = 0; k < 2; k++) {
        assert_true(problem_point_make(&points[k], 1, 4));
        double sum = 0;
        for (int i = 0; i < 4; i++)
            sum += piece[k][i];
        points[k].answers[0] = (struct problem_answer){true, sum / 4, 0.5, 0};
        for (int i = 0; i < 4; i++)
            points[k].without[i] = (sum - piece[k][i]) / 3;
    }
    /* differences 2, 1, -1, 2: mean 1, variance 2, error sqrt(2 / 4) */
    struct problem_answer difference = problem_difference(&points[0], &points[1], 0);
    assert_true(difference.known);
    assert_close("difference", difference.value, 1, 1e-12);
    assert_close("its error", difference.se, sqrt(0.5), 1e-12);
    /* without a piece's answer the points count as independent */
    points[1].without[2] = NAN;
    assert_close("independent", problem_difference(&points[0], &points[1], 0).se, sqrt(0.5 * 0.5 * 2), 1e-12);
    points[1].answers[0].known = false;
    assert_false(problem_difference(&points[0], &points[1], 0).known);
    problem_point_free(&points[0]);
    problem_point_free(&points[1]);
}

/* Against the closed form, and the errors of the differences against themselves over many seeds. */
static void differences_have_the_error_they_claim(void **state) {
    static const char *const keys[] = {"firms.a.inference", "inference.initial_sigma"}, *const asked[] = {"p(short)"};
    enum { SEEDS = 300 };
    const double from[] = {100, 0.2}, to[] = {102, 0.21};
    const double expected = short_share(to[0], to[1]) - short_share(from[0], from[1]);
    struct scene scene = scene_new(one_month);
    struct problem *problem = open_runs(&scene, keys, 2, asked, 1);
    double sum = 0, squares = 0, alone = 0;
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct problem_sample sample = {.seed = seed, .paths = 2000, .pieces = PROBLEM_PIECES};
        struct problem_point a = evaluated(problem, from, sample), b = evaluated(problem, to, sample);
        struct problem_answer difference = problem_difference(&a, &b, 0);
        double z = (difference.value - expected) / difference.se;
        sum += z;
        squares += z * z;
        alone +=
            difference.se * difference.se / (a.answers[0].se * a.answers[0].se + b.answers[0].se * b.answers[0].se);
        assert_close("p(short)", a.answers[0].value, short_share(from[0], from[1]), 5 * a.answers[0].se);
        problem_point_free(&a);
        problem_point_free(&b);
    }
    /* z has the t distribution with 31 degrees of freedom: variance 31 / 29, and that of its square is about 2.5 */
    assert_close("mean of z", sum / SEEDS, 0, SIGMAS * sqrt(31 / 29.0 / SEEDS));
    assert_close("mean of its square", squares / SEEDS, 31 / 29.0, SIGMAS * sqrt(2.5 / SEEDS));
    assert_true(alone / SEEDS < 0.1); /* common random numbers: less than a tenth of the variance */
    problem_close(problem);
    scene_free(&scene);
}

/* What a point answers is what a whole run answers, to the last bit. */
static void the_answers_of_a_whole_run(void **state) {
    static const char *const keys[] = {"questions.map.coexistence.at_least", "market.hurdle"};
    static const char *const sets[] = {"questions.map.coexistence.at_least=0.15", "market.hurdle=0.2"};
    static const char *const asked[] = {"idle-ever", "p(idle-ever by 2031-01) >= 0.5", "idle(alpha)",
                                        "idle(alpha, south, new)", "quantile(spare-fan, 0.5, 2031-02)"};
    enum { ASKED = sizeof asked / sizeof asked[0], PATHS = 1500 };
    const double inputs[] = {0.15, 0.2};
    struct scene base = scene_file("tests/data/every-key.yaml", NULL, 0);
    struct scene whole = scene_file("tests/data/every-key.yaml", sets, 2);
    struct problem *problem = open_runs(&base, keys, 2, asked, ASKED);
    struct problem_sample sample = {.seed = whole.seed, .paths = PATHS, .pieces = 7};
    struct problem_point point = evaluated(problem, inputs, sample);
    (void)state;
    assert_int_equal(point.n_pieces, 7);
    for (size_t i = 0; i < ASKED; i++) {
        const mm_value value = scene_value(&whole, PATHS, asked[i]);
        assert_true(value.known && point.answers[i].known);
        assert_memory_equal(&value.value, &point.answers[i].value, sizeof value.value);
        if (isnan(value.se)) /* a quantile: from the pieces */
            assert_true(point.answers[i].se > 0);
        else
            assert_memory_equal(&value.se, &point.answers[i].se, sizeof value.se);
        for (size_t piece = 0; piece < 7; piece++)
            assert_true(fabs(point.without[piece * ASKED + i] - value.value) < 0.2);
    }
    problem_point_free(&point);
    problem_close(problem);
    scene_free(&base);
    scene_free(&whole);
}

/* The first half of the paths, and a piece left out of all: the same paths, the same answer. */
static void pieces_are_paths(void **state) {
    static const char *const asked[] = {"p(short)"};
    struct scene scene = scene_new(one_month);
    struct problem *problem = open_runs(&scene, NULL, 0, asked, 1);
    struct problem_point all = evaluated(problem, NULL, (struct problem_sample){7, 100, 999, 2});
    struct problem_point first = evaluated(problem, NULL, (struct problem_sample){7, 100, 499, 0});
    struct problem_point last = evaluated(problem, NULL, (struct problem_sample){7, 599, 500, 1});
    (void)state;
    assert_int_equal(all.n_pieces, 2);
    assert_int_equal(first.n_pieces, 0);
    assert_int_equal(last.n_pieces, 0);
    assert_close("without the first", all.without[0], last.answers[0].value, 1e-15);
    assert_close("without the last", all.without[1], first.answers[0].value, 1e-15);
    problem_point_free(&all);
    problem_point_free(&first);
    problem_point_free(&last);
    problem_close(problem);
    scene_free(&scene);
}

/* Where no path tells two points apart, the error is what a share has that no path has. */
static void no_difference_is_not_exact(void **state) {
    static const char *const keys[] = {"market.hurdle"}, *const asked[] = {"p(short)", "p(never)"};
    const double from[] = {0.1}, to[] = {0.2};
    struct scene scene = scene_new(one_month);
    struct problem *problem = open_runs(&scene, keys, 1, asked, 2);
    struct problem_sample sample = {.seed = 1, .paths = 1000, .pieces = PROBLEM_PIECES};
    struct problem_point a = evaluated(problem, from, sample), b = evaluated(problem, to, sample);
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct problem_answer difference = problem_difference(&a, &b, i);
        assert_true(difference.known && difference.value == 0);
        assert_close("error", difference.se, a.answers[1].se, 1e-15);
        assert_true(difference.se > 0);
    }
    problem_point_free(&a);
    problem_point_free(&b);
    problem_close(problem);
    scene_free(&scene);
}

static void a_varied_scenario_is_the_one_with_settings(void **state) {
    static const char *const sets[] = {"market.hurdle=0.2", "firms.alpha.reserve=0.125"};
    struct scene base = scene_file("tests/data/every-key.yaml", NULL, 0);
    struct scene whole = scene_file("tests/data/every-key.yaml", sets, 2);
    mm_messages *messages = mm_messages_new();
    mm_scenario *varied = NULL;
    (void)state;
    assert_int_equal(mm_scenario_vary(base.scenario, sets, 2, &varied, messages), MM_OK);
    assert_string_equal(mm_scenario_sha256(varied), mm_scenario_sha256(whole.scenario));
    assert_string_not_equal(mm_scenario_sha256(varied), mm_scenario_sha256(base.scenario));
    mm_scenario_free(varied);
    static const char *const wrong[] = {"market.hurdel=0.2"};
    assert_int_equal(mm_scenario_vary(base.scenario, wrong, 1, &varied, messages), MM_USAGE);
    assert_null(varied);
    assert_non_null(strstr(mm_messages_text(messages, 0), "did you mean 'hurdle'?"));
    mm_messages_free(messages);
    scene_free(&base);
    scene_free(&whole);
}

static void refuses(struct scene *scene, const char *key, const char *expression, const char *message) {
    struct problem *problem = NULL;
    mm_messages *messages = mm_messages_new();
    mm_status status = problem_of_runs(scene->scenario, &key, 1, &expression, 1, NULL, &problem, messages);
    if (status == MM_OK) { /* then the point is refused */
        const double inputs[] = {-1};
        struct problem_point point = {0};
        struct problem_sample sample = {.seed = 1, .paths = 10};
        status = problem_evaluate(problem, inputs, &sample, &point, messages);
        problem_point_free(&point);
        problem_close(problem);
    }
    assert_int_equal(status, MM_USAGE);
    assert_int_equal(mm_messages_count(messages), 1);
    if (!strstr(mm_messages_text(messages, 0), message))
        fail_msg("'%s' does not say '%s'", mm_messages_text(messages, 0), message);
    mm_messages_free(messages);
}

static void wrong_inputs_are_told(void **state) {
    struct scene scene = scene_new(one_month);
    volatile sig_atomic_t stop = 1;
    const mm_run_options options = {.stop = &stop};
    static const char *const asked[] = {"p(short)"};
    struct problem *problem = NULL;
    struct problem_point point = {0};
    struct problem_sample sample = {.seed = 1, .paths = 10};
    mm_messages *messages = mm_messages_new();
    (void)state;
    refuses(&scene, "market.hurdle", "p(shrt)", "did you mean 'short'?");
    refuses(&scene, "market.hurdle", "p(short", "it ends here");
    refuses(&scene, "market.hurdle", "idle(a)", "coexistence");
    refuses(&scene, "market.hurdel", "p(short)", "did you mean 'hurdle'?");
    refuses(&scene, "market.hurdle", "p(short)", "found '-1'");
    assert_int_equal(problem_of_runs(scene.scenario, NULL, 0, asked, 1, &options, &problem, messages), MM_OK);
    assert_int_equal(problem_evaluate(problem, NULL, &sample, &point, messages), MM_INTERRUPTED);
    problem_point_free(&point);
    problem_close(problem);
    mm_messages_free(messages);
    scene_free(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_jackknife_of_means),     cmocka_unit_test(differences_have_the_error_they_claim),
        cmocka_unit_test(the_answers_of_a_whole_run), cmocka_unit_test(pieces_are_paths),
        cmocka_unit_test(no_difference_is_not_exact), cmocka_unit_test(a_varied_scenario_is_the_one_with_settings),
        cmocka_unit_test(wrong_inputs_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
