/* Sensitivity indices: where to evaluate a function of independent inputs, and what its values say. Inputs are given by
 * their probabilities, u in (0, 1).
 *
 * Morris (1991), with the absolute mean of Campolongo, Cariboni and Saltelli (2007): trajectories that change one input
 * after the other by 2/3 of the way between its 5 % and its 95 % point, on a grid of four levels. An elementary effect
 * is the change of the answer, scaled to the whole way.
 * Sobol: matrices A, B and A with one column of B; first-order indices by Saltelli et al. (2010), total ones by Jansen
 * (1999). */
#ifndef MISMATCH_HOST_STUDY_INDICES_H
#define MISMATCH_HOST_STUDY_INDICES_H

#include <stdbool.h>
#include <stddef.h>

#define INDICES_LOW 0.05
#define INDICES_HIGH 0.95
#define INDICES_RESAMPLES 1000 /* of the bootstrap behind each interval */

struct indices_value {
    double value, low, high; /* with a 95 % interval; NAN: unknown */
};

struct indices_morris {
    struct indices_value mean, absolute, deviation; /* mu, mu*, sigma of the elementary effects */
};

struct indices_sobol {
    struct indices_value first, total;
};

/* Evaluations: r * (n + 1) for r trajectories, and r * (n + 2) for r rows. u[evaluations][n] is filled.
 * \return false when memory ran out, or (Sobol) 2 n is over 40, the dimensions that the sequence has. */
bool indices_morris_points(size_t n, size_t r, double *u);
bool indices_sobol_points(size_t n, size_t r, double *u);

/* What the answers y[evaluations] say; NAN where an evaluation failed: its trajectory or row is left out. Intervals
 * come from resampling whole trajectories or rows. *used: how many were not left out; with fewer than 2 all is unknown.
 * \return false when memory ran out. */
bool indices_morris(size_t n, size_t r, const double *u, const double *y, struct indices_morris *out, size_t *used);
bool indices_sobol(size_t n, size_t r, const double *y, struct indices_sobol *out, double *mean, double *variance,
                   size_t *used);

#endif
