/* Reverse stress on problems whose answer is known in closed form. */
#include "support/closed.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/study/search.h"

#define Z95 1.6448536269514722

/* answer = level + the sum of weights * (x - centre) + bend * (x0 - centre0)^2, exact. */
struct formula {
    struct problem problem;
    double level, bend, limit; /* x0 above `limit` is refused */
    const double *weights, *centres;
    uint64_t calls;
};

static mm_status evaluate(struct problem *problem, const double *inputs, const struct problem_sample *sample,
                          struct problem_point *point, mm_messages *messages) {
    struct formula *formula = (struct formula *)problem;
    double value = formula->level;
    (void)sample;
    formula->calls++;
    if (inputs[0] > formula->limit) {
        mm_messages_add(messages, "x0 is too large");
        return MM_USAGE;
    }
    for (size_t i = 0; i < problem->n_inputs; i++)
        value += formula->weights[i] * (inputs[i] - formula->centres[i]);
    value += formula->bend * pow(inputs[0] - formula->centres[0], 2);
    assert_true(problem_point_make(point, 1, 0));
    point->answers[0] = (struct problem_answer){true, value, 0, 0};
    return MM_OK;
}

static void close_formula(struct problem *problem) {
    (void)problem;
}

static const struct problem_kind kind = {evaluate, close_formula};

#define N 4
static const double weights[N] = {2, -1, 0.5, 3}, centres[N] = {0, 1, -5, 0.2}, sigmas[N] = {1, 2, 4, 0.3};

static struct sc_range ranges[N];

/* Normal ranges with these sigmas: none has low > 0. */
static void make_ranges(void) {
    for (size_t i = 0; i < N; i++) {
        ranges[i] = (struct sc_range){.low = centres[i] - Z95 * sigmas[i],
                                      .central = centres[i],
                                      .high = centres[i] + Z95 * sigmas[i],
                                      .least = -1e30,
                                      .most = 1e30};
        assert_true(ranges[i].low <= 0);
    }
}

struct set_up {
    struct formula formula;
    struct spread spread;
    struct search search;
    struct search_point point;
};

static void begin(struct set_up *s, double level, double bound, double reach, const struct sc_correlation *pairs,
                  size_t n_pairs) {
    make_ranges();
    *s = (struct set_up){.formula = {.problem = {.kind = &kind, .n_inputs = N, .n_answers = 1},
                                     .level = level,
                                     .limit = 1e30,
                                     .weights = weights,
                                     .centres = centres}};
    assert_true(spread_open(&s->spread, ranges, N, pairs, n_pairs));
    s->search = (struct search){.problem = &s->formula.problem,
                                .spread = &s->spread,
                                .sign = bound > level ? 1 : -1,
                                .bound = bound,
                                .reach = reach,
                                .messages = mm_messages_new()};
    assert_true(search_point_make(&s->point, N));
    gsl_set_error_handler_off();
}

static void end(struct set_up *s) {
    search_point_free(&s->point);
    spread_close(&s->spread);
    mm_messages_free(s->search.messages);
}

/* Slopes by z: weight times sigma. */
static const double slopes[N] = {2, -2, 2, 0.9};
#define SLOPES_SQUARED 12.81

/* Within 2 % of each coordinate's size. */
static void check_point(const struct set_up *s, const double *z) {
    double length = 0;
    for (size_t i = 0; i < N; i++)
        length = hypot(length, z[i]);
    for (size_t i = 0; i < N; i++) {
        assert_close("z", s->point.z[i], z[i], 0.02 * length);
        assert_close("x", s->point.x[i], centres[i] + sigmas[i] * s->point.z[i], 1e-9);
    }
}

/* The most likely failure point of a linear problem: z = a L / a'a, whichever side the statement lies on. */
static void the_design_point_of_independent_inputs(void **state) {
    (void)state;
    for (int side = -1; side <= 1; side += 2) {
        struct set_up s;
        double z[N];
        begin(&s, 5, 5 + 4 * side, 3, NULL, 0);
        assert_int_equal(search_joint(&s.search, &s.point), MM_OK);
        for (size_t i = 0; i < N; i++)
            z[i] = slopes[i] * 4 * side / SLOPES_SQUARED;
        assert_true(s.point.holds);
        check_point(&s, z);
        assert_close("distance", s.point.distance, 4 / sqrt(SLOPES_SQUARED), 0.02);
        assert_close("answer", s.point.answer.value, 5 + 4 * side, 0.02);
        assert_true(s.search.evaluated == s.formula.calls && s.search.failed == 0);
        end(&s);
    }
}

/* The same with correlations: x - mean = S w L / (w'S w), S the covariance of the inputs. */
static void the_design_point_of_correlated_inputs(void **state) {
    static const struct sc_correlation pairs[] = {{0, 1, 0.5}, {2, 3, -0.7}, {1, 2, 0.2}};
    struct set_up s;
    double r[N][N] = {{0}}, sw[N] = {0}, wsw = 0, z[N];
    (void)state;
    for (size_t i = 0; i < N; i++)
        r[i][i] = 1;
    for (size_t k = 0; k < 3; k++)
        r[pairs[k].a][pairs[k].b] = r[pairs[k].b][pairs[k].a] = pairs[k].rho;
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < N; k++) {
            sw[i] += r[i][k] * sigmas[i] * sigmas[k] * weights[k];
            wsw += weights[i] * weights[k] * r[i][k] * sigmas[i] * sigmas[k];
        }
    begin(&s, 5, 8, 3, pairs, 3);
    assert_int_equal(search_joint(&s.search, &s.point), MM_OK);
    for (size_t i = 0; i < N; i++)
        z[i] = sw[i] * 3 / wsw / sigmas[i];
    assert_true(s.point.holds);
    check_point(&s, z);
    assert_close("distance", s.point.distance, 3 / sqrt(wsw), 0.02);
    end(&s);
}

static void each_input_alone(void **state) {
    struct set_up s;
    (void)state;
    begin(&s, 5, 9, 3, NULL, 0);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(search_alone(&s.search, i, &s.point), MM_OK);
        for (size_t k = 0; k < N; k++)
            if (k != i)
                assert_close("others", s.point.z[k], 0, 0);
        assert_int_equal(s.point.holds, i < 3);
        assert_close("z", s.point.z[i], i < 3 ? 4 / slopes[i] : 3, 0.005);
        if (i < 3)
            assert_true(s.point.answer.value >= 9);
    }
    end(&s);
}

/* Rises to 1 at z = 1 and falls again; and from the other side a statement that the falling branch fulfils too. */
static void an_answer_that_turns(void **state) {
    struct set_up s;
    (void)state;
    begin(&s, 0, 0.9, 3, NULL, 0);
    s.formula.bend = -1;
    assert_int_equal(search_alone(&s.search, 0, &s.point), MM_OK);
    assert_true(s.point.holds);
    assert_close("rising", s.point.z[0], 1 - sqrt(0.1), 0.005);
    s.search.bound = -2.5; /* at most: reached at z = -0.87 before z = 2.87 */
    s.search.sign = -1;
    assert_int_equal(search_alone(&s.search, 0, &s.point), MM_OK);
    assert_true(s.point.holds);
    assert_close("the nearer side", s.point.z[0], 1 - sqrt(3.5), 0.005);
    s.search.bound = 1.1; /* never */
    s.search.sign = 1;
    assert_int_equal(search_alone(&s.search, 0, &s.point), MM_OK);
    assert_false(s.point.holds);
    assert_close("nearest", s.point.z[0], 0.75, 1e-9);
    end(&s);
}

/* At the most likely point of a bent problem the point lies along the gradient. */
static void the_design_point_of_a_bent_problem(void **state) {
    struct set_up s;
    (void)state;
    begin(&s, 0, 6, 3, NULL, 0);
    s.formula.bend = 0.5;
    assert_int_equal(search_joint(&s.search, &s.point), MM_OK);
    assert_true(s.point.holds);
    assert_close("answer", s.point.answer.value, 6, 0.03);
    double scale = s.point.z[0] / (2 + s.point.z[0]);
    for (size_t i = 1; i < N; i++)
        assert_close("along the gradient", s.point.z[i], scale * slopes[i], 0.03);
    end(&s);
}

/* Where one input's reach is not enough the others go further; where all together are not, nothing holds. */
static void the_reach(void **state) {
    static const double z[N] = {0.5, -0.5, 0.5, 1.0 / 3};
    struct set_up s;
    (void)state;
    begin(&s, 0, 3.3, 0.5, NULL, 0);
    assert_int_equal(search_joint(&s.search, &s.point), MM_OK);
    assert_true(s.point.holds);
    check_point(&s, z);
    end(&s);
    begin(&s, 0, 3.5, 0.5, NULL, 0); /* 3.45 is the most */
    assert_int_equal(search_joint(&s.search, &s.point), MM_OK);
    assert_false(s.point.holds);
    assert_close("the most", s.point.answer.value, 3.45, 0.01);
    end(&s);
}

static void what_fails_is_gone_around(void **state) {
    struct set_up s;
    (void)state;
    begin(&s, 5, 9, 3, NULL, 0);
    s.formula.limit = 0.3; /* the design point has x0 = 0.62 */
    assert_int_equal(search_joint(&s.search, &s.point), MM_OK);
    assert_true(s.point.holds && s.point.x[0] <= 0.3);
    assert_true(s.search.failed > 0);
    assert_string_equal(mm_messages_text(s.search.messages, 0), "x0 is too large");
    assert_int_equal(mm_messages_count(s.search.messages), 1);
    end(&s);
    begin(&s, 5, 4.5, 3, NULL, 0); /* holds already */
    s.search.sign = 1;
    assert_int_equal(search_joint(&s.search, &s.point), MM_OK);
    assert_true(s.point.holds);
    assert_close("distance", s.point.distance, 0, 0);
    assert_int_equal(s.formula.calls, 1);
    end(&s);
}

/* ---- Noisy answers: shares of paths ---- */

#define WIDE 20
#define PATHS 1000
#define POOL 16
#define LAST (WIDE - 5) /* has no weight, but chance depends on it */
#define DISTURBED 0.3
#define SEEDS 8

/* The share of paths on which the sum of (weight + its own disturbance) * z and a noise lie above `limit`, z the
 * normals of the ranges. It has steps, and differences that chance moves; half of all paths do where the sum of weight
 * * z is `limit`, all disturbances being symmetric. */
struct shares {
    struct problem problem;
    double limit, weights[WIDE], disturbed[PATHS][WIDE], noise[POOL][PATHS];
    struct sc_range ranges[WIDE];
};

static mm_status evaluate_shares(struct problem *problem, const double *inputs, const struct problem_sample *sample,
                                 struct problem_point *point, mm_messages *messages) {
    struct shares *shares = (struct shares *)problem;
    int above = 0;
    const double *noise = shares->noise[(size_t)floor((inputs[LAST] + inputs[0] / 3 + 100) * 10) % POOL];
    (void)sample;
    (void)messages;
    for (size_t path = 0; path < PATHS; path++) {
        double sum = noise[path];
        for (size_t i = 0; i < WIDE; i++)
            sum += shares->disturbed[path][i] * inputs[i];
        above += sum > shares->limit;
    }
    double p = (double)above / PATHS;
    assert_true(problem_point_make(point, 1, 0));
    point->answers[0] = (struct problem_answer){true, p, sqrt(p * (1 - p) / PATHS), 0};
    return MM_OK;
}

static const struct problem_kind shares_kind = {evaluate_shares, close_formula};

/* x - mean = S w L / (w'S w), S the correlations: at a distance of L / sqrt(w'S w). */
static void check_shares(double limit, double noise, double disturbance, unsigned long seed, bool correlated) {
    static const struct sc_correlation pairs[] = {{0, 1, 0.5}, {2, 3, -0.7}, {1, 2, 0.2}};
    struct shares *shares = calloc(1, sizeof *shares);
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    struct spread spread;
    struct search_point point;
    double wsw = 0, r[WIDE][WIDE] = {{0}};
    assert_non_null(shares);
    assert_non_null(random);
    gsl_set_error_handler_off();
    gsl_rng_set(random, seed);
    shares->problem = (struct problem){.kind = &shares_kind, .n_inputs = WIDE, .n_answers = 1};
    shares->limit = limit;
    for (size_t i = 0; i < WIDE; i++) {
        shares->weights[i] = (i % 2 ? -1 : 1) * (double)(i % 5) / sqrt(120);
        shares->ranges[i] = (struct sc_range){.low = -Z95, .high = Z95, .least = -1e30, .most = 1e30};
        r[i][i] = 1;
    }
    for (size_t path = 0; path < PATHS; path++) {
        for (size_t k = 0; k < POOL; k++)
            shares->noise[k][path] = noise * gsl_ran_ugaussian(random);
        for (size_t i = 0; i < WIDE; i++)
            shares->disturbed[path][i] = shares->weights[i] + disturbance * gsl_ran_ugaussian(random);
    }
    for (size_t k = 0; correlated && k < 3; k++)
        r[pairs[k].a][pairs[k].b] = r[pairs[k].b][pairs[k].a] = pairs[k].rho;
    for (size_t i = 0; i < WIDE; i++)
        for (size_t k = 0; k < WIDE; k++)
            wsw += shares->weights[i] * r[i][k] * shares->weights[k];
    assert_true(spread_open(&spread, shares->ranges, WIDE, pairs, correlated ? 3 : 0));
    struct search search = {.problem = &shares->problem,
                            .spread = &spread,
                            .sign = 1,
                            .bound = 0.5,
                            .reach = 3,
                            .messages = mm_messages_new()};
    assert_true(search_point_make(&point, WIDE));
    assert_int_equal(search_joint(&search, &point), MM_OK);
    assert_true(point.holds);
    assert_close("distance", point.distance, limit / sqrt(wsw), 0.1 * limit / sqrt(wsw));
    assert_close("just holds", point.answer.value, 0.5, 0.02);
    assert_true(search.evaluated < 800);
    search_point_free(&point);
    spread_close(&spread);
    mm_messages_free(search.messages);
    gsl_rng_free(random);
    free(shares);
}

static void the_design_point_of_a_share_of_paths(void **state) {
    (void)state;
    for (unsigned long seed = 1; seed <= SEEDS; seed++) {
        check_shares(1.5, 1, DISTURBED, seed, false);
        check_shares(1.5, 1, DISTURBED, seed, true);
    }
}

/* At the centre five paths in a thousand bear on it: the first slopes are chance. */
static void a_share_of_paths_from_a_bad_start(void **state) {
    (void)state;
    for (unsigned long seed = 1; seed <= SEEDS; seed++)
        check_shares(2.3, 0.9, DISTURBED, seed, false);
}

/* A slope towards a corner of the reach that is itself a hole, and on the way a ledge where the statement holds, too
 * narrow for the differences: one trial falls on it, and the descent goes on to the reach. */
static mm_status evaluate_ledge(struct problem *problem, const double *inputs, const struct problem_sample *sample,
                                struct problem_point *point, mm_messages *messages) {
    struct formula *formula = (struct formula *)problem;
    double r = sqrt(inputs[0] * inputs[0] + inputs[1] * inputs[1]);
    (void)sample;
    (void)messages;
    formula->calls++;
    bool ledge = inputs[0] > 0.3 && inputs[1] > 0.3 && r > 1.6 && r < 2.4;
    double slope = r > 4.2 ? -1 : 0.01 * (inputs[0] + inputs[1]);
    assert_true(problem_point_make(point, 1, 0));
    point->answers[0] = (struct problem_answer){true, ledge ? 100 : slope, 0, 0};
    return MM_OK;
}

static void a_descent_that_ends_at_the_reach(void **state) {
    static const struct problem_kind ledge_kind = {evaluate_ledge, close_formula};
    struct set_up s;
    (void)state;
    begin(&s, 0, 0.5, 3, NULL, 0);
    for (size_t i = 0; i < 2; i++)
        ranges[i] = (struct sc_range){.low = -Z95, .high = Z95, .least = -1e30, .most = 1e30};
    s.formula.problem = (struct problem){.kind = &ledge_kind, .n_inputs = 2, .n_answers = 1};
    spread_close(&s.spread);
    assert_true(spread_open(&s.spread, ranges, 2, NULL, 0));
    assert_int_equal(search_joint(&s.search, &s.point), MM_OK);
    assert_true(s.point.holds);
    assert_close("distance", s.point.distance, 1.6, 0.02);
    end(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_design_point_of_independent_inputs),
        cmocka_unit_test(the_design_point_of_correlated_inputs),
        cmocka_unit_test(each_input_alone),
        cmocka_unit_test(an_answer_that_turns),
        cmocka_unit_test(the_design_point_of_a_bent_problem),
        cmocka_unit_test(the_reach),
        cmocka_unit_test(what_fails_is_gone_around),
        cmocka_unit_test(the_design_point_of_a_share_of_paths),
        cmocka_unit_test(a_share_of_paths_from_a_bad_start),
        cmocka_unit_test(a_descent_that_ends_at_the_reach),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
