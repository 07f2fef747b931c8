/* Quantiles, tails and exceedance from a histogram (struct mm_fan in kernels/layout.h). In a bin the values are taken
 * to lie evenly over the longest stretch that begins or ends at one of its edges and has their mean: over all of it
 * where the mean is the middle, in the point where all are equal to an edge. Values outside the bins are taken to lie
 * at the outer edges. */
#ifndef MISMATCH_HOST_ESTIMATE_HISTOGRAM_H
#define MISMATCH_HOST_ESTIMATE_HISTOGRAM_H

#include "host/estimate/figures.h"
#include "host/plan/plan.h"

struct histogram {
    const struct mm_fan *bins;
    const uint64_t *counts;        /* [n + 2] */
    const struct tally_sum *parts; /* [n] sums of MM_BIN_PARTS-th parts of the bin; NULL: see `points` */
    uint64_t total;                /* > 0, sum of the counts */
    bool points;                   /* without parts: all values lie at their bin's lower edge, not evenly */
};

/* Lower edge of bin i; bin n's lower edge is the upper edge of all bins. */
double histogram_edge(const struct mm_fan *bins, int i);
/* The value below which the share `level` of the mass lies, 0 <= level <= 1. */
double histogram_quantile(const struct histogram *histogram, double level);
/* Its 95 % interval: the quantiles at the levels of interval_ranks(); NAN where there is no end. */
void histogram_quantile_interval(const struct histogram *histogram, double level, double interval[2]);

struct expected_tail {
    double value, se, low, high;
    bool has_se; /* false: of one path alone */
};
/* The mean of the share 1 - level of the mass that lies highest (expected shortfall, CVaR), 0 <= level < 1. With q the
 * quantile and Y = max(0, X - q) its error is that of mean(Y) / (1 - level): the error of q cancels to first order.
 * The 95 % interval corrects it for the skewness of Y (Hall's transformation, Journal of the Royal Statistical Society
 * B 54, 1992), without which it would miss too often above. */
struct expected_tail histogram_tail(const struct histogram *histogram, double level);

#endif
