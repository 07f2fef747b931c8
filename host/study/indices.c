#include "host/study/indices.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_qrng.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEVELS 4
#define STEP (2.0 / 3) /* LEVELS / (2 (LEVELS - 1)), so that all levels are as likely */
#define SOBOL_DIMENSIONS 40
#define TRAJECTORY_SEED 1991 /* fixed: where the function is evaluated does not depend on --seed */
#define RESAMPLE_SEED 1979
#define EDGE 1e-9 /* keeps u inside (0, 1) */

static double at_level(double unit) {
    return INDICES_LOW + unit * (INDICES_HIGH - INDICES_LOW);
}

/* A base on the two lower levels of each input or the two upper ones, from where the step leads up or down. */
static void trajectory(gsl_rng *random, size_t n, size_t *order, double *at, double *u) {
    for (size_t i = 0; i < n; i++) {
        at[i] = (double)gsl_rng_uniform_int(random, LEVELS) / (LEVELS - 1);
        order[i] = i;
    }
    gsl_ran_shuffle(random, order, n, sizeof *order);
    for (size_t step = 0; step <= n; step++) {
        if (step > 0) {
            size_t i = order[step - 1];
            at[i] += at[i] < 0.5 ? STEP : -STEP;
        }
        for (size_t i = 0; i < n; i++)
            u[step * n + i] = at_level(at[i]);
    }
}

bool indices_morris_points(size_t n, size_t r, double *u) {
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    size_t *order = calloc(n, sizeof *order);
    double *at = calloc(n, sizeof *at);
    bool good = random && order && at;
    if (good)
        gsl_rng_set(random, TRAJECTORY_SEED);
    for (size_t t = 0; t < r && good; t++)
        trajectory(random, n, order, at, u + t * (n + 1) * n);
    gsl_rng_free(random);
    free(order);
    free(at);
    return good;
}

/* Row after row: A, B, and A with column i of B for each i. */
bool indices_sobol_points(size_t n, size_t r, double *u) {
    if (2 * n > SOBOL_DIMENSIONS)
        return false;
    double both[SOBOL_DIMENSIONS];
    gsl_qrng *sequence = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)(2 * n));
    if (!sequence)
        return false;
    for (size_t row = 0; row < r; row++) {
        double *a = u + row * (n + 2) * n, *b = a + n;
        gsl_qrng_get(sequence, both);
        for (size_t i = 0; i < 2 * n; i++)
            a[i] = fmin(fmax(both[i], EDGE), 1 - EDGE);
        for (size_t i = 0; i < n; i++) {
            double *mixed = b + (i + 1) * n;
            memcpy(mixed, a, n * sizeof *a);
            mixed[i] = b[i];
        }
    }
    gsl_qrng_free(sequence);
    return true;
}

/* Which of r groups of `size` values have all of them. \return how many. */
static size_t find_whole(size_t r, size_t size, const double *y, size_t *whole) {
    size_t n = 0;
    for (size_t t = 0; t < r; t++) {
        bool all = true;
        for (size_t k = 0; k < size; k++)
            all = all && isfinite(y[t * size + k]);
        if (all)
            whole[n++] = t;
    }
    return n;
}

/* The 95 % interval of a figure from its resampled values, which are sorted. */
static void interval(double *values, struct indices_value *index) {
    size_t known = 0;
    for (size_t i = 0; i < INDICES_RESAMPLES; i++)
        if (isfinite(values[i]))
            values[known++] = values[i];
    index->low = index->high = NAN;
    if (known == 0)
        return;
    gsl_sort(values, 1, known);
    index->low = gsl_stats_quantile_from_sorted_data(values, 1, known, 0.025);
    index->high = gsl_stats_quantile_from_sorted_data(values, 1, known, 0.975);
}

/* Mean, absolute mean and standard deviation of effects[picked[...]]. */
static void summarise(const double *effects, const size_t *picked, size_t n, double out[3]) {
    double sum = 0, absolute = 0, squares = 0;
    for (size_t t = 0; t < n; t++) {
        sum += effects[picked[t]];
        absolute += fabs(effects[picked[t]]);
    }
    double mean = sum / (double)n;
    for (size_t t = 0; t < n; t++)
        squares += (effects[picked[t]] - mean) * (effects[picked[t]] - mean);
    out[0] = mean;
    out[1] = absolute / (double)n;
    out[2] = sqrt(squares / (double)(n - 1));
}

static const struct indices_value unknown = {NAN, NAN, NAN};

struct resampling {
    gsl_rng *random;
    size_t *whole, *picked, n;
    double *values; /* [4][INDICES_RESAMPLES] */
};

static void resampling_free(struct resampling *resampling) {
    gsl_rng_free(resampling->random);
    free(resampling->whole);
    free(resampling->picked);
    free(resampling->values);
}

static bool resampling_new(struct resampling *resampling, size_t r, size_t size, const double *y) {
    *resampling = (struct resampling){.random = gsl_rng_alloc(gsl_rng_mt19937),
                                      .whole = calloc(r + 1, sizeof(size_t)),
                                      .picked = calloc(r + 1, sizeof(size_t)),
                                      .values = calloc((size_t)4 * INDICES_RESAMPLES, sizeof(double))};
    bool good = resampling->random && resampling->whole && resampling->picked && resampling->values;
    if (good)
        resampling->n = find_whole(r, size, y, resampling->whole);
    return good;
}

/* The same picks for every input. */
static void pick(struct resampling *resampling) {
    for (size_t t = 0; t < resampling->n; t++)
        resampling->picked[t] = resampling->whole[gsl_rng_uniform_int(resampling->random, resampling->n)];
}

static void one_morris(struct resampling *resampling, const double *effects, struct indices_morris *out) {
    double figures[3];
    struct indices_value *parts[] = {&out->mean, &out->absolute, &out->deviation};
    summarise(effects, resampling->whole, resampling->n, figures);
    for (size_t k = 0; k < 3; k++)
        parts[k]->value = figures[k];
    gsl_rng_set(resampling->random, RESAMPLE_SEED);
    for (size_t b = 0; b < INDICES_RESAMPLES; b++) {
        pick(resampling);
        summarise(effects, resampling->picked, resampling->n, figures);
        for (size_t k = 0; k < 3; k++)
            resampling->values[k * INDICES_RESAMPLES + b] = figures[k];
    }
    for (size_t k = 0; k < 3; k++)
        interval(resampling->values + k * INDICES_RESAMPLES, parts[k]);
}

bool indices_morris(size_t n, size_t r, const double *u, const double *y, struct indices_morris *out, size_t *used) {
    struct resampling resampling;
    double *effects = calloc(r + 1, sizeof *effects);
    bool good = resampling_new(&resampling, r, n + 1, y) && effects;
    *used = good ? resampling.n : 0;
    for (size_t i = 0; i < n && good; i++) {
        out[i] = (struct indices_morris){unknown, unknown, unknown};
        if (resampling.n < 2)
            continue;
        for (size_t t = 0; t < r; t++) {
            const double *at = u + t * (n + 1) * n, *value = y + t * (n + 1);
            for (size_t step = 1; step <= n; step++) {
                double way = at[step * n + i] - at[(step - 1) * n + i];
                if (fabs(way) > EDGE)
                    effects[t] = (value[step] - value[step - 1]) / way * (INDICES_HIGH - INDICES_LOW);
            }
        }
        one_morris(&resampling, effects, &out[i]);
    }
    resampling_free(&resampling);
    free(effects);
    return good;
}

/* First-order and total index of input i over the rows that are picked. */
static void estimate(const double *y, size_t n, size_t i, const size_t *picked, size_t rows, double out[4]) {
    double sum = 0, squares = 0, first = 0, total = 0;
    for (size_t t = 0; t < rows; t++)
        sum += y[picked[t] * (n + 2)] + y[picked[t] * (n + 2) + 1];
    double mean = sum / (2 * (double)rows);
    for (size_t t = 0; t < rows; t++) {
        const double *row = y + picked[t] * (n + 2);
        double a = row[0] - mean, b = row[1] - mean, mixed = row[2 + i] - mean;
        squares += a * a + b * b;
        first += b * (mixed - a);
        total += (a - mixed) * (a - mixed) / 2;
    }
    double variance = squares / (2 * (double)rows - 1);
    out[0] = variance > 0 ? first / (double)rows / variance : NAN;
    out[1] = variance > 0 ? total / (double)rows / variance : NAN;
    out[2] = mean;
    out[3] = variance;
}

bool indices_sobol(size_t n, size_t r, const double *y, struct indices_sobol *out, double *mean, double *variance,
                   size_t *used) {
    struct resampling resampling;
    bool good = resampling_new(&resampling, r, n + 2, y);
    *used = good ? resampling.n : 0;
    *mean = *variance = NAN;
    for (size_t i = 0; i < n && good; i++) {
        double figures[4];
        out[i] = (struct indices_sobol){unknown, unknown};
        if (resampling.n < 2)
            continue;
        estimate(y, n, i, resampling.whole, resampling.n, figures);
        out[i].first.value = figures[0];
        out[i].total.value = figures[1];
        *mean = figures[2];
        *variance = figures[3];
        gsl_rng_set(resampling.random, RESAMPLE_SEED);
        for (size_t b = 0; b < INDICES_RESAMPLES; b++) {
            pick(&resampling);
            estimate(y, n, i, resampling.picked, resampling.n, figures);
            resampling.values[b] = figures[0];
            resampling.values[INDICES_RESAMPLES + b] = figures[1];
        }
        interval(resampling.values, &out[i].first);
        interval(resampling.values + INDICES_RESAMPLES, &out[i].total);
    }
    resampling_free(&resampling);
    return good;
}
