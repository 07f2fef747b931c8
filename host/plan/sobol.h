/* Direction numbers of Sobol's sequence; what plans of --sampler sobol share inside this room. */
#ifndef MISMATCH_HOST_PLAN_SOBOL_H
#define MISMATCH_HOST_PLAN_SOBOL_H

#include <stdint.h>

#include "host/plan/plan.h"

/* Dimensions that there are numbers for. */
#define SOBOL_MOST 512
#define SOBOL_WORDS 32

/* The directions of one dimension, 0 <= dimension < SOBOL_MOST, with their bits reversed, as kernels/sobol.h takes
 * them: number i stands for bit i of a point's number. */
void sobol_directions(int dimension, uint32_t directions[SOBOL_WORDS]);

/* Chooses plan->scrambles. \return MM_OK, MM_INTERNAL */
mm_status plan_keep_scrambles(struct plan *plan);

#endif
