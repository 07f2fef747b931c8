/* What a configuration believes about its inputs: the `ranges`, as functions of standard normals.
 *
 * Each range is a normal split at its central value: below it z = -1.645 gives `low`, above it z = 1.645 gives `high`
 * (the 5 % and 95 % points), and the median is the central value. Where low > 0 the same holds of the logarithm. A
 * value that its key does not allow becomes the nearest allowed one, and whole keys are rounded: so an event of
 * probability at most 5 % a side gathers at the bound, the points between keep their places. The normals of two ranges
 * are independent unless `correlate` says otherwise. */
#ifndef MISMATCH_HOST_STUDY_SPREAD_H
#define MISMATCH_HOST_STUDY_SPREAD_H

#include <stdbool.h>
#include <stddef.h>

#include "host/scenario/scenario.h"

#define SPREAD_REACH 1.6448536269514722 /* of the 5 % and 95 % points */

struct spread {
    size_t n;
    const struct sc_range *ranges; /* [n], borrowed */
    double *factor;                /* Cholesky factor [n][n] of the correlations; NULL: independent */
};

/* \return false when memory ran out. */
bool spread_open(struct spread *spread, const struct sc_range *ranges, size_t n,
                 const struct sc_correlation *correlations, size_t n_correlations);
void spread_close(struct spread *spread);

/* The correlated normals z[n] of independent ones u[n]. */
void spread_normals(const struct spread *spread, const double *u, double *z);
/* The value of range i at z. *clipped (may be NULL): whether the key does not allow what the range would give. */
double spread_value(const struct spread *spread, size_t i, double z, bool *clipped);

/* Points of a low-discrepancy sequence, as independent normals: Sobol's up to 40 dimensions, else Halton's with the
 * digits reversed. */
struct spread_points;
/* \return NULL when memory ran out. */
struct spread_points *spread_points_open(size_t n);
const char *spread_points_name(const struct spread_points *points);
void spread_points_next(struct spread_points *points, double *u);
void spread_points_close(struct spread_points *points);

#endif
