/* Errors from the spread of independent scrambles (docs/sampling.md), where the paths are of --sampler sobol and what
 * they gave is kept by scramble; else those of independent paths. */
#include "host/estimate/parts.h"

#include <math.h>
#include <stdlib.h>

#include "host/estimate/interval.h"

/* The 97.5 % point of Student's t with 63 degrees of freedom: 64 scrambles. */
#define T95 1.998340542520741

static int by_place(const void *a, const void *b) {
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;

    return (x > y) - (x < y);
}

/* Where a tally stands among those that are kept, or -1. */
static ptrdiff_t place(const size_t *kept, size_t n, size_t tally) {
    const size_t *found = bsearch(&tally, kept, n, sizeof *kept, by_place);

    return found == NULL ? -1 : found - kept;
}

static bool kept_counts(const struct estimator *estimator, size_t first, size_t n, long double of[MM_SCRAMBLES]) {
    const struct plan_scrambles *kept = estimator->plan->scrambles;
    const ptrdiff_t at = kept == NULL ? -1 : place(kept->counts, kept->n_counts, first);

    for (int r = 0; at >= 0 && r < MM_SCRAMBLES; r++) {
        const uint64_t *counts = estimator->tallies->counts + plan_scramble_counts(estimator->plan, r) + 1 + at;
        of[r] = 0;
        for (size_t i = 0; i < n; i++) {
            of[r] += (long double)counts[i];
        }
    }
    return at >= 0;
}

static bool kept_sums(const struct estimator *estimator, size_t sum, long double of[MM_SCRAMBLES]) {
    const struct plan_scrambles *kept = estimator->plan->scrambles;
    const ptrdiff_t at = kept == NULL ? -1 : place(kept->sums, kept->n_sums, sum);

    for (int r = 0; at >= 0 && r < MM_SCRAMBLES; r++) {
        of[r] = tally_value(estimator->tallies->sums[plan_scramble_sums(estimator->plan, r) + (size_t)at]);
    }
    return at >= 0;
}

static void kept_paths(const struct estimator *estimator, long double of[MM_SCRAMBLES]) {
    for (int r = 0; r < MM_SCRAMBLES; r++) {
        of[r] = (long double)estimator->tallies->counts[plan_scramble_counts(estimator->plan, r)];
    }
}

/* The standard error of sum a / sum b, a and b by scramble; NaN where there are fewer than two. */
static double spread(const long double a[MM_SCRAMBLES], const long double b[MM_SCRAMBLES]) {
    long double all_a = 0, all_b = 0, squares = 0;
    int n = 0;

    for (int r = 0; r < MM_SCRAMBLES; r++) {
        all_a += a[r];
        all_b += b[r];
        n += b[r] > 0;
    }
    if (n < 2) {
        return NAN;
    }
    for (int r = 0; r < MM_SCRAMBLES; r++) {
        const long double off = a[r] - all_a / all_b * b[r];
        squares += off * off;
    }
    return (double)(sqrtl(squares * n / (n - 1)) / all_b);
}

/* Puts the scrambles' error in place of that of independent paths, never below `least`. */
static struct figure with_spread(struct figure figure, double se, double least) {
    if (figure.known && figure.has_se && !isnan(se)) {
        figure.plain_se = figure.se;
        figure.se = fmax(se, least);
    }
    return figure;
}

struct figure estimate_share(const struct estimator *estimator, size_t first, size_t n) {
    long double of[MM_SCRAMBLES], paths[MM_SCRAMBLES];
    uint64_t hits = 0;
    struct figure figure;

    for (size_t i = 0; i < n; i++) {
        hits += estimator->tallies->counts[first + i];
    }
    figure = figure_share(hits, estimator->paths);
    if (hits == 0 || hits >= estimator->paths || !kept_counts(estimator, first, n, of)) {
        return figure;
    }
    kept_paths(estimator, paths);
    return with_spread(figure, spread(of, paths), figure_share(0, estimator->paths).se / 8);
}

void estimate_interval(const struct figure *share, double interval[2]) {
    const double p = share->value;

    interval[0] = interval[1] = NAN;
    if (!share->known || !share->has_se) {
        return;
    }
    if (share->plain_se > 0 && share->se > 0) { /* of as many independent paths as have this error */
        interval_trials(p, p * (1 - p) / (share->se * share->se), T95, interval);
    } else {
        const struct backing backing = {share->clusters, share->events};
        interval_share(p, share->se, share->clusters > 0 ? &backing : NULL, interval);
    }
}

void estimate_mean_interval(const struct estimator *estimator, const struct figure *mean, double most,
                            double interval[2]) {
    const struct mean_of of = {.mean = mean->value,
                               .se = mean->known && mean->has_se ? mean->se : (double)NAN,
                               .paths = (double)estimator->paths,
                               .most = most,
                               .events = mean->events,
                               .scrambles = mean->plain_se > 0 ? MM_SCRAMBLES : 0};

    interval_mean(&of, interval);
}

struct figure estimate_mean(const struct estimator *estimator, size_t sum, size_t squares, double scale) {
    const struct tally_sum *sums = estimator->tallies->sums;
    struct figure figure = figure_mean(sums[sum], sums[squares], estimator->paths, scale);
    long double of[MM_SCRAMBLES], paths[MM_SCRAMBLES];

    if (!kept_sums(estimator, sum, of)) {
        return figure;
    }
    kept_paths(estimator, paths);
    return with_spread(figure, spread(of, paths) / scale, 0);
}

struct figure estimate_ratio(const struct estimator *estimator, const struct ratio_sums *sums, size_t a, size_t b) {
    struct figure figure = figure_ratio(sums, estimator->paths);
    long double of_a[MM_SCRAMBLES], of_b[MM_SCRAMBLES];

    if (!figure.known || !(figure.value > 0) || !(figure.value < 1) || !kept_sums(estimator, a, of_a) ||
        !kept_sums(estimator, b, of_b)) {
        return figure;
    }
    return with_spread(figure, spread(of_a, of_b), 0);
}

struct figure estimate_part(const struct estimator *estimator, size_t first, int n, int part) {
    struct figure figure = figure_part(estimator->tallies->sums + first, n, part, estimator->paths);
    long double of[MM_SCRAMBLES], own[MM_SCRAMBLES] = {0}, all[MM_SCRAMBLES] = {0};

    if (!figure.known || !(figure.value > 0) || !(figure.value < 1)) {
        return figure;
    }
    for (int i = 0; i < n; i++) {
        if (!kept_sums(estimator, first + (size_t)(2 * i), of)) {
            return figure;
        }
        for (int r = 0; r < MM_SCRAMBLES; r++) {
            own[r] = i == part ? of[r] : own[r];
            all[r] += of[r];
        }
    }
    return with_spread(figure, spread(own, all), 0);
}

json_t *estimate_variance_ratio(const struct figure *figure) {
    const double ratio = figure->plain_se / figure->se;

    return figure->plain_se > 0 && figure->se > 0 ? json_real(ratio * ratio) : json_null();
}
