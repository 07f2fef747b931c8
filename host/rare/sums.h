/* What importance sampling adds up: integers, so that neither order nor pieces change a bit.
 *
 * A weight w is kept as w * 2^exponent, rounded, below 2^RARE_WEIGHT_BITS. The exponent is the run's: pieces of one run
 * have the same, and add to the whole exactly. */
#ifndef MISMATCH_HOST_RARE_SUMS_H
#define MISMATCH_HOST_RARE_SUMS_H

#include <stdbool.h>
#include <stdint.h>

#include "host/engine/tallies.h"

#define RARE_WEIGHT_BITS 43 /* so that the squares of 2^40 samples fit 128 bits */
#define RARE_ROOM_BITS 10   /* above the largest weight of the pilot */
#define RARE_BATCHES 64     /* sample number mod that, as everywhere (kernels/layout.h) */
#define RARE_RATIO_BITS 32  /* likelihood ratios of all samples: at most 1 / RARE_NOMINAL_SHARE each */

struct rare_sums {
    int exponent;
    uint64_t n, hits, clipped; /* samples; with the event; whose weight was beyond the bound and was cut to it */
    uint64_t largest;          /* weight */
    struct tally_sum weights, squares;      /* of hits */
    struct tally_sum ratios, ratio_squares; /* of all, scaled by 2^RARE_RATIO_BITS */
    struct {
        uint64_t n;
        struct tally_sum weights;
    } batches[RARE_BATCHES];
};

/* \return the exponent for which weights up to e^log_largest keep RARE_ROOM_BITS of room. */
int rare_exponent(double log_largest);
void rare_sums_add(struct rare_sums *sums, uint64_t index, double log_ratio, bool hit);
/* a += b, of the same exponent; both have drawn different samples of one run. */
void rare_sums_merge(struct rare_sums *a, const struct rare_sums *b);

struct rare_figures {
    double p, se;                /* se: from the batches; of 0 hits p = 0 and se is not known (NaN) */
    double low, high;            /* 95 %: Student's t over the batches */
    double effective;            /* Kish's effective number of hits, (sum w)^2 / sum w^2 */
    double largest_share;        /* of the heaviest hit in p */
    double ratio_mean, ratio_se; /* mean likelihood ratio of all samples, which should be 1 */
    double variance;             /* of one sample */
};
struct rare_figures rare_figures(const struct rare_sums *sums);

#endif
