#include "host/study/problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/estimate/interval.h"

bool problem_point_make(struct problem_point *point, size_t n_answers, size_t n_pieces) {
    if (!point->answers || point->n_answers != n_answers || point->n_pieces != n_pieces) {
        problem_point_free(point);
        point->answers = calloc(n_answers + 1, sizeof *point->answers);
        point->without = calloc(n_answers * n_pieces + 1, sizeof *point->without);
        if (!point->answers || !point->without) {
            problem_point_free(point);
            return false;
        }
        point->n_answers = n_answers;
        point->n_pieces = n_pieces;
    }
    for (size_t i = 0; i < n_answers; i++)
        point->answers[i] = (struct problem_answer){false, NAN, NAN, 0};
    for (size_t i = 0; i < n_answers * n_pieces; i++)
        point->without[i] = NAN;
    return true;
}

void problem_point_free(struct problem_point *point) {
    free(point->answers);
    free(point->without);
    *point = (struct problem_point){0};
}

/* The combination without one piece. */
static double combined_without(const struct problem_point *const *points, const double *weights, size_t n_points,
                               size_t i, size_t piece) {
    double sum = 0;
    for (size_t k = 0; k < n_points; k++)
        sum += weights[k] * points[k]->without[piece * points[k]->n_answers + i];
    return sum;
}

/* By the jackknife; NAN where it can't be had. */
static double jackknife(const struct problem_point *const *points, const double *weights, size_t n_points, size_t i) {
    size_t n = points[0]->n_pieces;
    for (size_t k = 1; k < n_points; k++)
        if (points[k]->n_pieces != n)
            return NAN;
    if (n < 2)
        return NAN;
    double mean = 0, squares = 0;
    for (size_t piece = 0; piece < n; piece++)
        mean += combined_without(points, weights, n_points, i, piece) / (double)n;
    for (size_t piece = 0; piece < n; piece++) {
        double off = combined_without(points, weights, n_points, i, piece) - mean;
        squares += off * off;
    }
    double error = sqrt(squares * ((double)n - 1) / (double)n);
    /* what is left of rounding where no piece tells the points apart */
    return error > 1e-12 * fmax(1, fabs(mean)) || isnan(error) ? error : 0;
}

struct problem_answer problem_combine(const struct problem_point *const *points, const double *weights, size_t n_points,
                                      size_t i) {
    struct problem_answer sum = {.known = true};
    double squares = 0;
    for (size_t k = 0; k < n_points; k++) {
        const struct problem_answer *answer = &points[k]->answers[i];
        if (weights[k] == 0)
            continue;
        sum.known = sum.known && answer->known;
        sum.value += weights[k] * answer->value;
        squares += weights[k] * weights[k] * answer->se * answer->se;
        sum.resolution = fmax(sum.resolution, fabs(weights[k]) * answer->resolution);
    }
    if (!sum.known)
        return (struct problem_answer){false, NAN, NAN, 0};
    sum.se = n_points ? jackknife(points, weights, n_points, i) : NAN;
    if (isnan(sum.se))
        sum.se = sqrt(squares);
    else if (sum.se == 0)
        sum.se = sum.resolution; /* no path tells the points apart, yet one more might */
    return sum;
}

struct problem_answer problem_difference(const struct problem_point *from, const struct problem_point *to, size_t i) {
    const struct problem_point *points[] = {from, to};
    const double weights[] = {-1, 1};
    return problem_combine(points, weights, 2, i);
}

void problem_interval(const struct problem_point *const *points, const double *weights, size_t n_points, size_t i,
                      double interval[2]) {
    const struct problem_answer answer = problem_combine(points, weights, n_points, i);
    double without[PROBLEM_PIECES];
    size_t n = n_points ? points[0]->n_pieces : 0;
    interval[0] = answer.value - INTERVAL_Z * answer.se;
    interval[1] = answer.value + INTERVAL_Z * answer.se;
    if (!answer.known || n > PROBLEM_PIECES || !(jackknife(points, weights, n_points, i) > 0))
        return;
    for (size_t piece = 0; piece < n; piece++)
        without[piece] = combined_without(points, weights, n_points, i, piece);
    interval_jackknife(answer.value, without, (int)n, NAN, interval);
}

void problem_difference_interval(const struct problem_point *from, const struct problem_point *to, size_t i,
                                 double interval[2]) {
    const struct problem_point *points[] = {from, to};
    const double weights[] = {-1, 1};
    problem_interval(points, weights, 2, i, interval);
}

mm_status problem_evaluate(struct problem *problem, const double *inputs, const struct problem_sample *sample,
                           struct problem_point *point, mm_messages *messages) {
    return problem->kind->evaluate(problem, inputs, sample, point, messages);
}

void problem_close(struct problem *problem) {
    if (problem)
        problem->kind->close(problem);
}
