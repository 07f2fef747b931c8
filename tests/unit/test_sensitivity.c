/* Sensitivity by all methods, on functions whose indices are known: a linear model, and that of Ishigami and Homma. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/study/sensitivity.h"

#define PI 3.14159265358979323846

static void near_enough(double found, double wanted, double most, int line) {
    if (!(fabs(found - wanted) <= most))
        fail_msg("line %d: %.12g, not %.12g to %.3g", line, found, wanted, most);
}

#define assert_near(found, wanted, most) near_enough(found, wanted, most, __LINE__)

/* A problem whose answers are exact, but for the first `failing` evaluations. */
struct function {
    struct problem problem;
    void (*answer)(const double *x, double *y);
    size_t evaluated, failing;
};

static mm_status evaluate(struct problem *problem, const double *inputs, const struct problem_sample *sample,
                          struct problem_point *point, mm_messages *messages) {
    struct function *function = (struct function *)problem;
    double y[4];
    (void)sample;
    if (function->evaluated++ < function->failing) {
        mm_messages_add(messages, "not here");
        return MM_USAGE;
    }
    if (!point->answers && !problem_point_make(point, problem->n_answers, 0))
        return MM_INTERNAL;
    function->answer(inputs, y);
    for (size_t i = 0; i < problem->n_answers; i++)
        point->answers[i] = (struct problem_answer){true, y[i], 0.01, 0};
    return MM_OK;
}

static void close_function(struct problem *problem) {
    (void)problem;
}

static const struct problem_kind kind = {evaluate, close_function};

static struct sensitivity found_by(mm_sensitivity_method method, size_t rows, struct function *function, size_t n,
                                   double (*value)(const void *, size_t, double), mm_status wanted) {
    const struct sensitivity_inputs inputs = {n, value, NULL};
    const struct problem_sample sample = {.seed = 1, .paths = 1000, .pieces = 0};
    struct sensitivity found;
    mm_messages *messages = mm_messages_new();
    assert_int_equal(sensitivity_find(&function->problem, &inputs, method, rows, &sample, NULL, &found, messages),
                     wanted);
    assert_int_equal(function->evaluated, sensitivity_evaluations(method, n, rows));
    mm_messages_free(messages);
    return found;
}

/* y0 = 3 x0 - 2 x1 + 0 x2 + 1; y1 = x2 alone. Inputs are uniform on (0, 1). */
static void linear(const double *x, double *y) {
    y[0] = 3 * x[0] - 2 * x[1] + 1;
    y[1] = x[2];
}

static double uniform(const void *context, size_t input, double u) {
    (void)context;
    (void)input;
    return u;
}

static struct function linear_model(void) {
    static const char *const inputs[] = {"a", "b", "c"}, *const answers[] = {"y", "z"};
    return (struct function){{&kind, 3, 2, inputs, answers}, linear, 0, 0};
}

static void a_tornado_of_a_linear_model(void **state) {
    (void)state;
    static const double slopes[2][3] = {{3, -2, 0}, {0, 0, 1}};
    struct function model = linear_model();
    struct sensitivity found = found_by(MM_TORNADO, 0, &model, 3, uniform, MM_OK);
    assert_int_equal(found.evaluations, 7);
    assert_near(found.base[0].value, 1.5, 1e-12);
    for (size_t a = 0; a < 2; a++) {
        for (size_t i = 0; i < 3; i++) {
            const struct sensitivity_input *one = &found.inputs[a * 3 + i];
            assert_near(one->swing.value, 0.9 * slopes[a][i], 1e-12);
            assert_near(one->low_change.value, -0.45 * slopes[a][i], 1e-12);
            assert_near(one->high_change.value, 0.45 * slopes[a][i], 1e-12);
            assert_near(one->high.value, found.base[a].value + 0.45 * slopes[a][i], 1e-12);
            assert_near(one->swing.se, 0.01 * sqrt(2), 1e-12); /* no pieces: as if independent */
        }
    }
    size_t order[3];
    sensitivity_rank(&found, 0, order);
    assert_true(order[0] == 0 && order[1] == 1 && order[2] == 2);
    sensitivity_rank(&found, 1, order);
    assert_true(order[0] == 2 && order[1] == 0 && order[2] == 1);
    sensitivity_free(&found);
}

/* All elementary effects of a linear model are its slopes: no spread, intervals of no width. */
static void morris_of_a_linear_model(void **state) {
    (void)state;
    static const double slopes[3] = {3, -2, 0};
    struct function model = linear_model();
    struct sensitivity found = found_by(MM_MORRIS, 7, &model, 3, uniform, MM_OK);
    assert_int_equal(found.evaluations, 28);
    for (size_t i = 0; i < 3; i++) {
        const struct indices_morris *one = &found.inputs[i].morris;
        assert_near(one->mean.value, 0.9 * slopes[i], 1e-12);
        assert_near(one->absolute.value, fabs(0.9 * slopes[i]), 1e-12);
        assert_near(one->absolute.low, fabs(0.9 * slopes[i]), 1e-12);
        assert_near(one->absolute.high, fabs(0.9 * slopes[i]), 1e-12);
        assert_near(one->deviation.value, 0, 1e-12);
    }
    sensitivity_free(&found);
}

/* Without interactions first and total are the same: a^2 / (a^2 + b^2) = 9/13, 4/13, 0. */
static void sobol_of_a_linear_model(void **state) {
    (void)state;
    static const double share[3] = {9.0 / 13, 4.0 / 13, 0};
    struct function model = linear_model();
    struct sensitivity found = found_by(MM_SOBOL, 2048, &model, 3, uniform, MM_OK);
    assert_near(found.mean[0], 1.5, 1e-3);
    assert_near(found.variance[0], 13.0 / 12, 2e-3);
    for (size_t i = 0; i < 3; i++) {
        const struct indices_sobol *one = &found.inputs[i].sobol;
        assert_near(one->first.value, share[i], 4e-3);
        assert_near(one->total.value, share[i], 4e-3);
        assert_true(one->first.low <= share[i] + 1e-12 && share[i] <= one->first.high + 1e-12);
        assert_true(one->total.low <= share[i] + 1e-12 && share[i] <= one->total.high + 1e-12);
    }
    assert_near(found.inputs[3 + 2].sobol.total.value, 1, 4e-3);
    assert_near(found.inputs[3 + 0].sobol.total.value, 0, 1e-12);
    sensitivity_free(&found);
}

/* Ishigami and Homma (1990): sin x1 + a sin^2 x2 + b x3^4 sin x1, inputs uniform on (-pi, pi), a = 7, b = 0.1. */
static void ishigami(const double *x, double *y) {
    y[0] = sin(x[0]) + 7 * sin(x[1]) * sin(x[1]) + 0.1 * pow(x[2], 4) * sin(x[0]);
}

static double around(const void *context, size_t input, double u) {
    (void)context;
    (void)input;
    return PI * (2 * u - 1);
}

static struct function ishigami_model(void) {
    static const char *const inputs[] = {"x1", "x2", "x3"}, *const answers[] = {"y"};
    return (struct function){{&kind, 3, 1, inputs, answers}, ishigami, 0, 0};
}

static void sobol_of_ishigami(void **state) {
    (void)state;
    const double a = 7, b = 0.1, v1 = pow(1 + b * pow(PI, 4) / 5, 2) / 2, v2 = a * a / 8,
                 v13 = b * b * pow(PI, 8) * (1.0 / 18 - 1.0 / 50), v = v1 + v2 + v13;
    const double first[3] = {v1 / v, v2 / v, 0}, total[3] = {(v1 + v13) / v, v2 / v, v13 / v};
    struct function model = ishigami_model();
    struct sensitivity found = found_by(MM_SOBOL, 4096, &model, 3, around, MM_OK);
    assert_near(found.mean[0], a / 2, 0.02);
    assert_near(found.variance[0], v, 0.01 * v);
    for (size_t i = 0; i < 3; i++) {
        const struct indices_sobol *one = &found.inputs[i].sobol;
        assert_near(one->first.value, first[i], 0.01);
        assert_near(one->total.value, total[i], 0.01);
        assert_true(one->first.low <= first[i] && first[i] <= one->first.high);
        assert_true(one->total.low <= total[i] && total[i] <= one->total.high);
        assert_true(one->total.high - one->total.low < 0.1);
    }
    size_t order[3];
    sensitivity_rank(&found, 0, order);
    assert_true(order[0] == 0 && order[1] == 1 && order[2] == 2);
    sensitivity_free(&found);
}

/* The exact mean of |effect| and of effects over the grid: each input has two pairs of levels, all combinations of the
 * others are as likely. */
static void grid_effects(size_t input, double *mean, double *absolute, double *deviation) {
    double sum = 0, sum_absolute = 0, squares = 0;
    int n = 0;
    for (int k = 0; k < 2 * 4 * 4; k++) {
        int level[3], rest = k / 2;
        level[input] = k % 2;
        for (size_t i = 0; i < 3; i++)
            if (i != input) {
                level[i] = rest % 4;
                rest /= 4;
            }
        double x[3], low, high;
        for (size_t i = 0; i < 3; i++)
            x[i] = around(NULL, i, 0.05 + 0.9 * level[i] / 3);
        ishigami(x, &low);
        x[input] = around(NULL, input, 0.05 + 0.9 * (level[input] + 2) / 3);
        ishigami(x, &high);
        double effect = (high - low) * 1.5;
        sum += effect;
        sum_absolute += fabs(effect);
        squares += effect * effect;
        n++;
    }
    *mean = sum / n;
    *absolute = sum_absolute / n;
    *deviation = sqrt(squares / n - *mean * *mean);
}

static void morris_of_ishigami(void **state) {
    (void)state;
    enum { ROWS = 4000 };
    struct function model = ishigami_model();
    struct sensitivity found = found_by(MM_MORRIS, ROWS, &model, 3, around, MM_OK);
    for (size_t i = 0; i < 3; i++) {
        double mean, absolute, deviation;
        const struct indices_morris *one = &found.inputs[i].morris;
        grid_effects(i, &mean, &absolute, &deviation);
        double error = 3.5 * deviation / sqrt(ROWS) + 1e-9;
        assert_near(one->mean.value, mean, error);
        assert_near(one->absolute.value, absolute, error);
        assert_near(one->deviation.value, deviation, 0.05 * deviation + 1e-9);
        /* 3.92 standard errors wide, give or take the noise of 1,000 resamples */
        if (deviation > 1e-9)
            assert_near((one->mean.high - one->mean.low) / (3.92 * deviation / sqrt(ROWS)), 1, 0.15);
    }
    sensitivity_free(&found);
}

/* What could not be evaluated takes its whole row with it, and no other. */
static void evaluations_that_fail(void **state) {
    (void)state;
    struct function model = linear_model();
    model.failing = 6;
    struct sensitivity found = found_by(MM_SOBOL, 16, &model, 3, uniform, MM_OK);
    assert_int_equal(found.failed, 6);
    assert_int_equal(found.used[0], 14); /* rows of five evaluations */
    assert_string_equal(found.first_message, "not here");
    assert_true(isfinite(found.inputs[0].sobol.total.value));
    sensitivity_free(&found);
    model = linear_model();
    model.failing = 76;
    found = found_by(MM_SOBOL, 16, &model, 3, uniform, MM_OK);
    assert_int_equal(found.used[0], 0);
    assert_true(isnan(found.inputs[0].sobol.total.value) && isnan(found.inputs[0].sobol.total.low));
    sensitivity_free(&found);
    model = linear_model();
    model.failing = 2;
    found = found_by(MM_TORNADO, 0, &model, 3, uniform, MM_OK);
    assert_false(found.base[0].known);
    assert_false(found.inputs[0].low.known);
    assert_false(found.inputs[1].low_change.known);
    assert_true(found.inputs[1].swing.known);
    sensitivity_free(&found);
    model = linear_model();
    model.failing = 1000;
    found = found_by(MM_MORRIS, 5, &model, 3, uniform, MM_USAGE);
    sensitivity_free(&found);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tornado_of_a_linear_model), cmocka_unit_test(morris_of_a_linear_model),
        cmocka_unit_test(sobol_of_a_linear_model),     cmocka_unit_test(sobol_of_ishigami),
        cmocka_unit_test(morris_of_ishigami),          cmocka_unit_test(evaluations_that_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
