/* Fits a mixture to weighted points: centres far apart, a few rounds of k-means, then expectation and maximisation. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/rare/mixture.h"

#define MEANS_ROUNDS 8
#define EM_ROUNDS 30
#define CLEAR 3.0         /* standard errors from which on a mean or a variance of many inputs counts */
#define POINTS_EACH 400   /* effective ones that a component of many inputs needs */
#define LEAST_SHARE 0.002 /* of the weight: what is below is no component */

struct fit {
    int n_inputs, k;
    enum rare_shape shape;
    size_t n;
    double alike;
    const double *z;      /* [n][inputs] */
    double *weight;       /* [n], sums to 1 */
    double *share;        /* [n][k] of the point that each component takes */
    double *near;         /* [n] squared distance to the nearest centre */
    double *mean, *scale; /* [k][inputs], [k][scale] */
    double log_scale[RARE_MAX_FITTED], part[RARE_MAX_FITTED];
    double *work;
    void *memory;
};

static const double *point(const struct fit *fit, size_t i) {
    return fit->z + i * (size_t)fit->n_inputs;
}

static double *mean_of(const struct fit *fit, int c) {
    return fit->mean + (size_t)c * (size_t)fit->n_inputs;
}

static double *scale_of(const struct fit *fit, int c) {
    return fit->scale + (size_t)c * rare_scale_size(fit->shape, fit->n_inputs);
}

/* The weight of a point that a component takes: all of it where there is no other. */
static double taken(const struct fit *fit, size_t i, int c) {
    return fit->k == 1 ? fit->weight[i] : fit->weight[i] * fit->share[i * (size_t)fit->k + (size_t)c];
}

static double distance(const struct fit *fit, const double *a, const double *b) {
    double sum = 0;
    for (int i = 0; i < fit->n_inputs; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

/* Each centre is the point with most weight times squared distance to the centres before it. */
static void far_centres(struct fit *fit) {
    for (size_t i = 0; i < fit->n; i++) {
        fit->near[i] = 0;
        for (int j = 0; j < fit->n_inputs; j++)
            fit->near[i] += point(fit, i)[j] * point(fit, i)[j];
    }
    for (int c = 0; c < fit->k; c++) {
        size_t best = 0;
        for (size_t i = 1; i < fit->n; i++)
            if (fit->weight[i] * fit->near[i] > fit->weight[best] * fit->near[best])
                best = i;
        memcpy(mean_of(fit, c), point(fit, best), (size_t)fit->n_inputs * sizeof *fit->mean);
        for (size_t i = 0; i < fit->n; i++) {
            const double d = distance(fit, point(fit, i), mean_of(fit, c));
            fit->near[i] = c == 0 ? d : fmin(fit->near[i], d);
        }
    }
}

static void assign_nearest(struct fit *fit) {
    for (size_t i = 0; i < fit->n; i++) {
        int best = 0;
        for (int c = 1; c < fit->k; c++)
            if (distance(fit, point(fit, i), mean_of(fit, c)) < distance(fit, point(fit, i), mean_of(fit, best)))
                best = c;
        for (int c = 0; c < fit->k; c++)
            fit->share[i * (size_t)fit->k + (size_t)c] = c == best;
    }
}

/* Moves the last component into the place of one that is given up. */
static void drop(struct fit *fit, int c) {
    const int last = fit->k - 1;
    for (size_t i = 0; i < fit->n; i++) {
        double *row = fit->share + i * (size_t)fit->k;
        row[c] = row[last];
        memmove(fit->share + i * (size_t)last, row, (size_t)last * sizeof *row);
    }
    memmove(mean_of(fit, c), mean_of(fit, last), (size_t)fit->n_inputs * sizeof *fit->mean);
    fit->k--;
}

/* Weights and means from the shares. Components that few points make up are given up. */
static void maximise_means(struct fit *fit) {
    for (int c = 0; c < fit->k; c++) {
        double sum = 0, squares = 0;
        double *mean = mean_of(fit, c);
        memset(mean, 0, (size_t)fit->n_inputs * sizeof *mean);
        for (size_t i = 0; i < fit->n; i++) {
            const double w = taken(fit, i, c);
            sum += w;
            squares += w * w;
            for (int j = 0; j < fit->n_inputs; j++)
                mean[j] += w * point(fit, i)[j];
        }
        if (fit->k > 1 && (sum < LEAST_SHARE || sum * sum < 2 * squares)) {
            drop(fit, c--);
            continue;
        }
        fit->part[c] = sum;
        for (int j = 0; j < fit->n_inputs; j++)
            mean[j] /= sum;
    }
    double sum = 0;
    for (int c = 0; c < fit->k; c++)
        sum += fit->part[c];
    for (int c = 0; c < fit->k; c++)
        fit->part[c] /= sum;
}

/* Lower triangle L with L L' = a, in place; what is above the diagonal is left alone. a must be positive definite. */
static void cholesky(double *a, int n) {
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++) {
            double sum = a[i * n + j];
            for (int m = 0; m < j; m++)
                sum -= a[i * n + m] * a[j * n + m];
            a[i * n + j] = i == j ? sqrt(fmax(sum, 1e-12)) : sum / a[j * n + j];
        }
}

/* The covariance of one component, drawn towards the unit one as if that were some points more: few points say little
 * about it, and too narrow a density is worse than too wide a one. */
static void maximise_scale(struct fit *fit, int c) {
    const int n = fit->n_inputs;
    const double *mean = mean_of(fit, c), prior = n + 2;
    double *a = scale_of(fit, c), sum = 0, squares = 0;
    memset(a, 0, rare_scale_size(fit->shape, n) * sizeof *a);
    for (size_t i = 0; i < fit->n; i++) {
        const double w = taken(fit, i, c), *z = point(fit, i);
        sum += w;
        squares += w * w;
        for (int j = 0; j < n; j++)
            for (int m = fit->shape == RARE_FULL ? 0 : j; m <= j; m++)
                a[fit->shape == RARE_FULL ? j * n + m : j] += w * (z[j] - mean[j]) * (z[m] - mean[m]);
    }
    const double count = sum * sum / squares / fit->alike, of_points = count / (count + prior);
    for (int j = 0; j < n; j++)
        for (int m = fit->shape == RARE_FULL ? 0 : j; m <= j; m++) {
            double *cell = &a[fit->shape == RARE_FULL ? j * n + m : j];
            *cell = of_points * *cell / sum + (j == m ? 1 - of_points : 0);
        }
    if (fit->shape == RARE_FULL)
        cholesky(a, n);
    fit->log_scale[c] = 0;
    for (int j = 0; j < n; j++) {
        double *cell = &a[fit->shape == RARE_FULL ? j * n + j : j];
        if (fit->shape == RARE_DIAGONAL)
            *cell = sqrt(*cell);
        fit->log_scale[c] += log(*cell);
    }
}

static void expect(struct fit *fit) {
    struct rare_component component = {.shape = fit->shape};
    for (size_t i = 0; i < fit->n; i++) {
        double *share = fit->share + i * (size_t)fit->k, most = -INFINITY, sum = 0;
        for (int c = 0; c < fit->k; c++) {
            component.mean = mean_of(fit, c);
            component.scale = scale_of(fit, c);
            component.log_scale = fit->log_scale[c];
            share[c] =
                log(fit->part[c]) + rare_component_log_density(&component, fit->n_inputs, point(fit, i), fit->work);
            most = fmax(most, share[c]);
        }
        for (int c = 0; c < fit->k; c++)
            sum += share[c] = exp(share[c] - most);
        for (int c = 0; c < fit->k; c++)
            share[c] /= sum;
    }
}

/* Leaves out points without weight. \return false when memory ran out */
static bool prepare(struct fit *fit, size_t n, const double *z, const double *log_weights, int most) {
    const size_t inputs = (size_t)fit->n_inputs, k = (size_t)most, scale = rare_scale_size(fit->shape, fit->n_inputs);
    double *memory = calloc(n * (inputs + 2 + k) + k * (inputs + scale) + inputs, sizeof *memory);
    double *points = memory, top = -INFINITY, sum = 0;
    if (!memory)
        return false;
    fit->memory = memory;
    fit->z = points;
    fit->weight = memory += n * inputs;
    fit->near = memory += n;
    fit->share = memory += n;
    fit->mean = memory += n * k;
    fit->scale = memory += k * inputs;
    fit->work = memory + k * scale;
    for (size_t i = 0; i < n; i++)
        top = fmax(top, log_weights[i]);
    for (size_t i = 0; i < n; i++) {
        const double w = exp(log_weights[i] - top);
        if (!(w > 0))
            continue;
        memcpy(points + fit->n * inputs, z + i * inputs, inputs * sizeof *z);
        fit->weight[fit->n++] = w;
        sum += w;
    }
    double squares = 0;
    for (size_t i = 0; i < fit->n; i++) {
        fit->weight[i] /= sum;
        squares += fit->weight[i] * fit->weight[i];
    }
    const double supported = fit->shape == RARE_DIAGONAL ? 1 / squares / fit->alike / POINTS_EACH : RARE_MAX_FITTED;
    fit->k = supported < 1 ? 1 : supported < most ? (int)supported : most;
    return true;
}

/* With many inputs, each that is moved for no reason but chance makes all weights more unequal. What the points of a
 * component do not show clearly stays as it is. */
static void only_what_is_clear(struct fit *fit, int c) {
    double sum = 0, squares = 0, *mean = mean_of(fit, c), *scale = scale_of(fit, c);
    for (size_t i = 0; i < fit->n; i++) {
        const double w = taken(fit, i, c);
        sum += w;
        squares += w * w;
    }
    const double count = sum * sum / squares / fit->alike;
    for (int j = 0; j < fit->n_inputs; j++) {
        if (fabs(mean[j]) < CLEAR / sqrt(count))
            mean[j] = 0;
        if (scale[j] * scale[j] < 1 + CLEAR * sqrt(2 / count))
            scale[j] = 1; /* never narrower: in many inputs that leaves parts of the event behind */
    }
}

static void adopt(struct rare_mixture *mixture, const struct fit *fit) {
    mixture->components[0].weight = RARE_NOMINAL_SHARE;
    mixture->components[1].weight = RARE_WIDE_SHARE;
    mixture->n = 2;
    for (int c = 0; c < fit->k; c++)
        rare_mixture_add(mixture, (1 - RARE_NOMINAL_SHARE - RARE_WIDE_SHARE) * fit->part[c], mean_of(fit, c),
                         scale_of(fit, c));
}

int rare_mixture_fit(struct rare_mixture *mixture, size_t n, const double *z, const double *log_weights, int most,
                     double alike) {
    struct fit fit = {.n_inputs = mixture->n_inputs, .shape = rare_fitted_shape(mixture->n_inputs), .alike = alike};
    if (n == 0)
        return 0;
    if (!prepare(&fit, n, z, log_weights, most))
        return -1;
    if (fit.n > 0) {
        far_centres(&fit);
        for (int round = 0; round < MEANS_ROUNDS; round++) {
            assign_nearest(&fit);
            maximise_means(&fit);
        }
        for (int round = 0; round < EM_ROUNDS; round++) {
            for (int c = 0; c < fit.k; c++)
                maximise_scale(&fit, c);
            expect(&fit);
            maximise_means(&fit);
        }
        for (int c = 0; c < fit.k; c++) {
            maximise_scale(&fit, c);
            if (fit.shape == RARE_DIAGONAL)
                only_what_is_clear(&fit, c);
        }
        adopt(mixture, &fit);
    }
    const int fitted = fit.n > 0 ? fit.k : 0;
    free(fit.memory);
    return fitted;
}
