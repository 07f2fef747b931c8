/* Mixtures of normal densities: what importance sampling draws from.
 *
 * A fitted component stands twice in a mixture, with the covariance of the points that it was fitted to and with the
 * unit one: where the event is a tail, a normal fitted to it falls off faster than the tail does, and the second keeps
 * the weights bounded there. */
#ifndef MISMATCH_HOST_RARE_MIXTURE_H
#define MISMATCH_HOST_RARE_MIXTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "host/rare/draws.h"

#define RARE_MAX_FITTED 8
#define RARE_MAX_COMPONENTS (2 + 2 * RARE_MAX_FITTED)
#define RARE_FULL_INPUTS 12 /* up to so many inputs covariances are full, above that diagonal */

enum rare_shape { RARE_ROUND, RARE_DIAGONAL, RARE_FULL };

struct rare_component {
    double weight; /* all sum to 1 */
    enum rare_shape shape;
    double *mean;     /* [inputs] */
    double *scale;    /* RARE_ROUND: [1]; RARE_DIAGONAL: [inputs]; RARE_FULL: [inputs][inputs] lower triangle L, LL' */
    double log_scale; /* ln of the determinant of the scale */
};

/* Components 0 and 1 are always the inputs' own law and one that is wider by about three standard deviations of the
 * radius: the first bounds all weights, the second goes on looking for regions that nothing has reached yet. */
struct rare_mixture {
    int n_inputs, n;
    struct rare_component components[RARE_MAX_COMPONENTS];
    double *memory;
};

/* The two fixed components alone. \return NULL when memory ran out; else the caller frees with rare_mixture_free(). */
struct rare_mixture *rare_mixture_new(int n_inputs);
struct rare_mixture *rare_mixture_copy(const struct rare_mixture *mixture);
void rare_mixture_free(struct rare_mixture *mixture);

/* ln of a component's density at z, without the constant that all densities of n inputs have; `work`: [n]. */
double rare_component_log_density(const struct rare_component *component, int n, const double *z, double *work);
/* One point; `work` has room for n_inputs numbers. */
void rare_mixture_draw(const struct rare_mixture *mixture, const struct rare_address *address, double *z, double *work);
/* ln of the density of the inputs' own law over that of the mixture. */
double rare_mixture_log_ratio(const struct rare_mixture *mixture, const double *z, double *work);

/* Adds a component of this mean at its fitted and at unit covariance, sharing `weight`; the caller sees that weights
 * sum to 1. `scale` is of the shape that the number of inputs asks for. */
void rare_mixture_add(struct rare_mixture *mixture, double weight, const double *mean, const double *scale);
/* The shape that fitted components have. */
enum rare_shape rare_fitted_shape(int n_inputs);
size_t rare_scale_size(enum rare_shape shape, int n_inputs);

/* Shares of the fixed components once there are fitted ones, and of the unit covariance in a fitted one. */
#define RARE_NOMINAL_SHARE 0.05
#define RARE_WIDE_SHARE 0.05
#define RARE_UNIT_SHARE (1.0 / 3)

/* Fits the mixture anew to n weighted points, by expectation and maximisation from several far-apart directions, with
 * at most `most` fitted components (1 ... RARE_MAX_FITTED). log_weights: ln, up to a common constant.
 * alike: how many points tell as much as one independent point does; 1 unless they come from Markov chains. \return how
 * many components were fitted; 0: no weight at all; -1: memory ran out. */
int rare_mixture_fit(struct rare_mixture *mixture, size_t n, const double *z, const double *log_weights, int most,
                     double alike);

#endif
