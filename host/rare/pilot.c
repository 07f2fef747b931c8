/* The multilevel cross-entropy method. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/rare/points.h"

#define ELITE 0.1        /* share of the points that a level is fitted to */
#define LEAST_ELITE 50.0 /* points */
#define CHAIN_SAMPLES UINT64_C(4000)
#define ALIKE 10.0 /* points of the chains that tell as much as one */
#define MOST_LEVELS 60
#define MOST_IDLE 6 /* levels that bring the event no nearer */

static int descending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* The score that this share of the points reach, at most 0: that is the event. Where fewer have any finite score, all
 * of those pass. */
static double level_of(const struct rare_points *points, double share, double *sorted) {
    memcpy(sorted, points->score, points->n * sizeof *sorted);
    qsort(sorted, points->n, sizeof *sorted, descending);
    double level = sorted[(size_t)(share * (double)points->n)];
    if (isinf(level) && level < 0)
        level = -1e300;
    return fmin(level, 0);
}

/* Moves the points that reach the level to the front. \return how many */
static size_t gather(struct rare_points *points, int n_inputs, double level) {
    const size_t inputs = (size_t)n_inputs;
    size_t n = 0;
    for (size_t i = 0; i < points->n; i++)
        if (points->score[i] >= level) {
            memmove(points->z + n * inputs, points->z + i * inputs, inputs * sizeof *points->z);
            points->log_ratio[n++] = points->log_ratio[i];
        }
    return n;
}

/* What the points of the last level say about the estimate to come. */
static void plan_estimate(const struct rare_points *points, struct rare_pilot *pilot) {
    double largest = -INFINITY, sum = 0, squares = 0;
    const double n = (double)points->n;
    for (size_t i = 0; i < points->n; i++)
        if (points->score[i] >= 0)
            largest = fmax(largest, points->log_ratio[i]);
    pilot->reached = largest > -INFINITY;
    if (!pilot->reached)
        return;
    for (size_t i = 0; i < points->n; i++)
        if (points->score[i] >= 0) {
            const double w = exp(points->log_ratio[i] - largest);
            sum += w;
            squares += w * w;
        }
    pilot->exponent = rare_exponent(largest);
    pilot->p = sum / n * exp(largest);
    pilot->relative_variance = squares / n / (sum / n * (sum / n)) - 1;
}

static mm_status run_levels(const struct rare_problem *problem, const struct rare_options *options,
                            struct rare_points *points, double *sorted, struct rare_pilot *pilot,
                            mm_messages *messages) {
    double best = -INFINITY, share = ELITE;
    int idle = 0;
    bool done = false; /* the last fit was to the event itself */
    for (uint32_t stage = 0; stage < MOST_LEVELS && idle < MOST_IDLE; stage++) {
        mm_status status =
            rare_points_draw(problem, pilot->mixture, options->seed, stage, 0, points->n, points, messages);
        if (status != MM_OK)
            return status;
        pilot->levels++;
        pilot->evaluations += points->n;
        if (done) {
            plan_estimate(points, pilot);
            return MM_OK;
        }
        const double level = level_of(points, share, sorted);
        idle = level > best ? 0 : idle + 1;
        if (idle > 0) /* what is not among the inputs holds the event back: only the few that it lets through count */
            share = fmax(share / 2, LEAST_ELITE / (double)points->n);
        best = fmax(best, level);
        done = level >= 0;
        const size_t n = gather(points, problem->n_inputs, level);
        const int fitted = rare_mixture_fit(pilot->mixture, n, points->z, points->log_ratio, options->components, 1);
        if (fitted < 0) {
            mm_messages_add(messages, "memory ran out for a mixture of %d inputs", problem->n_inputs);
            return MM_INTERNAL;
        }
        pilot->fitted = fitted ? fitted : pilot->fitted;
    }
    return MM_OK;
}

/* Many inputs: weights of the levels' points would become too unequal to fit anything to. The event's own law, from
 * Markov chains, has none (Chan and Kroese, 2012). */
static mm_status run_chains(const struct rare_problem *problem, const struct rare_options *options,
                            struct rare_points *points, struct rare_pilot *pilot, mm_messages *messages) {
    size_t n;
    double *z = NULL, *even = NULL;
    mm_status status = rare_chain_points(problem, options->seed, CHAIN_SAMPLES, &n, &z, &pilot->evaluations, messages);
    pilot->levels = 1;
    if (status == MM_OK && n > 0) {
        even = calloc(n, sizeof *even);
        pilot->fitted = even ? rare_mixture_fit(pilot->mixture, n, z, even, options->components, ALIKE) : -1;
        if (pilot->fitted < 0) {
            mm_messages_add(messages, "memory ran out for a mixture of %d inputs", problem->n_inputs);
            status = MM_INTERNAL;
        }
    }
    free(even);
    free(z);
    if (status != MM_OK || n == 0)
        return status;
    status = rare_points_draw(problem, pilot->mixture, options->seed, 0, 0, points->n, points, messages);
    pilot->evaluations += points->n;
    if (status == MM_OK)
        plan_estimate(points, pilot);
    return status;
}

mm_status rare_pilot_run(const struct rare_problem *problem, const struct rare_options *given, struct rare_pilot *pilot,
                         mm_messages *messages) {
    const struct rare_options options = rare_defaults(*given);
    struct rare_points points;
    *pilot = (struct rare_pilot){0};
    if (!rare_points_new(&points, problem->n_inputs, options.level_samples, messages))
        return MM_INTERNAL;
    double *sorted = calloc(options.level_samples, sizeof *sorted);
    pilot->mixture = rare_mixture_new(problem->n_inputs);
    mm_status status = MM_INTERNAL;
    if (sorted && pilot->mixture)
        status = rare_fitted_shape(problem->n_inputs) == RARE_FULL
                     ? run_levels(problem, &options, &points, sorted, pilot, messages)
                     : run_chains(problem, &options, &points, pilot, messages);
    else
        mm_messages_add(messages, "memory ran out for a mixture of %d inputs", problem->n_inputs);
    free(sorted);
    rare_points_free(&points);
    return status;
}

void rare_pilot_free(struct rare_pilot *pilot) {
    rare_mixture_free(pilot->mixture);
    *pilot = (struct rare_pilot){0};
}
