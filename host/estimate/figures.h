/* Figures with errors from exact integers.
 *
 * Standard errors use the exact second moments over paths with n - 1. A share that no path, or every path, has would
 * get 0 that way; it gets what makes p +- 1.96 se span its 95 % Wilson interval instead. */
#ifndef MISMATCH_HOST_ESTIMATE_FIGURES_H
#define MISMATCH_HOST_ESTIMATE_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

#include "host/engine/tallies.h"

struct figure {
    double value, se;
    bool known;      /* false: a quotient with nothing behind it; value and se are 0 */
    bool has_se;     /* false: one path alone says nothing about its error */
    double plain_se; /* where se is from scrambles: that of as many independent paths; else 0 */
    double clusters; /* of a ratio: paths behind its denominator, in Kish's sense; else 0 */
    double events;   /* of a ratio or a mean: paths that have any of it; 0: unknown */
};

/* `hits` of `n` > 0 paths. */
struct figure figure_share(uint64_t hits, uint64_t n);
/* The 95 % interval of that share: interval_trials(). */
void figure_interval(uint64_t hits, uint64_t n, double interval[2]);
/* The mean over `n` > 0 paths of a fixed-point value with sum and sum of squares, divided by `scale`. */
struct figure figure_mean(struct tally_sum sum, struct tally_sum squares, uint64_t n, double scale);

/* Sums over paths for a ratio of totals a / b. */
struct ratio_sums {
    struct tally_sum a, a2, ab, b, b2;
};
/* Sum of a over sum of b, error by the delta method: paths are independent, the months inside one are not. At 0 and 1
 * the delta method says 0; the share's rule is used with Kish's number of paths, (sum b)^2 / sum b^2, instead of n. */
struct figure figure_ratio(const struct ratio_sums *sums, uint64_t n);

/* The part that one of n values has of all of them together: the sum over paths of number `part` over the sum of all.
 * sums: [n][value, square]. Their products are not counted, so the error is the most that it can be: standard
 * deviations add up at most (Minkowski's inequality), and (1 - r) x - r (all others) has this one's times 1 - r and
 * theirs times r. At 0 and 1 as figure_ratio(); Kish's number of paths is then the least that it can be. */
struct figure figure_part(const struct tally_sum *sums, int n, int part, uint64_t paths);

/* What a piece of evidence says: the quotient of two shares of different paths. */
struct factor {
    double value, low, high;
    bool known; /* false: one of the two shares is 0, or of nothing */
};
/* (with / of_with) / (without / of_without) and its 95 % interval. On the log scale the two shares' errors add up in
 * squares, as the delta method has it, but each with the half-width of its own Wilson interval (Zou and Donner's MOVER,
 * Statistics in Medicine 27, 2008) instead of the first-order one, which is too wide below about 50 paths; with many
 * paths the two are the same. */
struct factor figure_factor(uint64_t with, uint64_t of_with, uint64_t without, uint64_t of_without);

#endif
