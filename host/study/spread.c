#include "host/study/spread.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_qrng.h>
#include <math.h>
#include <stdlib.h>

#define SOBOL_DIMENSIONS 40

bool spread_open(struct spread *spread, const struct sc_range *ranges, size_t n,
                 const struct sc_correlation *correlations, size_t n_correlations) {
    *spread = (struct spread){.n = n, .ranges = ranges};
    if (n_correlations == 0)
        return true;
    double *m = spread->factor = calloc(n * n, sizeof *m);
    if (!m)
        return false;
    for (size_t i = 0; i < n; i++)
        m[i * n + i] = 1;
    for (size_t k = 0; k < n_correlations; k++) {
        size_t a = (size_t)correlations[k].a, b = (size_t)correlations[k].b;
        m[a * n + b] = m[b * n + a] = correlations[k].rho;
    }
    /* Cholesky in place, below the diagonal; that the matrix is positive definite was checked when it was read */
    for (size_t j = 0; j < n; j++) {
        for (size_t i = j; i < n; i++) {
            for (size_t k = 0; k < j; k++)
                m[i * n + j] -= m[i * n + k] * m[j * n + k];
            m[i * n + j] = i == j ? sqrt(m[j * n + j]) : m[i * n + j] / m[j * n + j];
        }
        for (size_t i = 0; i < j; i++)
            m[i * n + j] = 0;
    }
    return true;
}

void spread_close(struct spread *spread) {
    free(spread->factor);
    *spread = (struct spread){0};
}

void spread_normals(const struct spread *spread, const double *u, double *z) {
    for (size_t i = 0; i < spread->n; i++) {
        if (!spread->factor) {
            z[i] = u[i];
            continue;
        }
        z[i] = 0;
        for (size_t k = 0; k <= i; k++)
            z[i] += spread->factor[i * spread->n + k] * u[k];
    }
}

double spread_value(const struct spread *spread, size_t i, double z, bool *clipped) {
    const struct sc_range *range = &spread->ranges[i];
    double end = z < 0 ? range->low : range->high, share = fabs(z) / SPREAD_REACH, value;
    if (range->low > 0)
        value = range->central * exp(share * log(end / range->central));
    else
        value = range->central + share * (end - range->central);
    double inside = fmin(range->most, fmax(range->least, value));
    if (clipped)
        *clipped = inside < value || inside > value;
    return range->whole ? round(inside) : inside;
}

struct spread_points {
    gsl_qrng *sequence;
    size_t n;
    bool sobol;
};

struct spread_points *spread_points_open(size_t n) {
    struct spread_points *points = calloc(1, sizeof *points);
    if (!points)
        return NULL;
    points->n = n;
    points->sobol = n <= SOBOL_DIMENSIONS;
    points->sequence = gsl_qrng_alloc(points->sobol ? gsl_qrng_sobol : gsl_qrng_reversehalton, (unsigned)n);
    if (points->sequence)
        return points;
    free(points);
    return NULL;
}

const char *spread_points_name(const struct spread_points *points) {
    return points->sobol ? "sobol" : "reverse-halton";
}

void spread_points_next(struct spread_points *points, double *u) {
    gsl_qrng_get(points->sequence, u);
    for (size_t i = 0; i < points->n; i++)
        u[i] = gsl_cdf_ugaussian_Pinv(u[i]);
}

void spread_points_close(struct spread_points *points) {
    if (!points)
        return;
    gsl_qrng_free(points->sequence);
    free(points);
}
