#include "host/estimate/figures.h"

#include <math.h>

#include "host/estimate/interval.h"

__extension__ typedef unsigned __int128 wide;

static wide wide_of(struct tally_sum sum) {
    return (wide)sum.high << 64 | sum.low;
}

/* The error of a share of 0 or 1: the Wilson interval is z^2 / (n + z^2) wide there. */
static double edge_se(double n) {
    return INTERVAL_Z / (n + INTERVAL_Z * INTERVAL_Z);
}

struct figure figure_share(uint64_t hits, uint64_t n) {
    const double total = (double)n, p = (double)hits / total;
    struct figure figure = {.value = p, .known = true, .has_se = true};

    figure.se = hits == 0 || hits >= n ? edge_se(total) : sqrt(p * (double)(n - hits) / total / total);
    return figure;
}

void figure_interval(uint64_t hits, uint64_t n, double interval[2]) {
    interval_trials((double)hits / (double)n, (double)n, INTERVAL_Z, interval);
}

/* ln p - ln low and ln high - ln p of a share's Wilson interval, squared. */
static void log_widths(uint64_t hits, uint64_t n, double *below, double *above) {
    const double p = (double)hits / (double)n;
    double interval[2], width;

    interval_wilson(p, (double)n, INTERVAL_Z, interval);
    width = log(p / interval[0]);
    *below = width * width;
    width = log(interval[1] / p);
    *above = width * width;
}

struct factor figure_factor(uint64_t with, uint64_t of_with, uint64_t without, uint64_t of_without) {
    struct factor factor = {.known = with > 0 && without > 0};
    double below, above, below_other, above_other;

    if (!factor.known) {
        return factor;
    }
    factor.value = (double)with / (double)of_with / ((double)without / (double)of_without);
    log_widths(with, of_with, &below, &above);
    log_widths(without, of_without, &below_other, &above_other);
    factor.low = factor.value * exp(-sqrt(below + above_other));
    factor.high = factor.value * exp(sqrt(above + below_other));
    return factor;
}

/* n * squares - sum^2: exact for every sum that a run can make (below 2^127), rounded for others. */
static long double spread(struct tally_sum sum, struct tally_sum squares, uint64_t n) {
    wide a, b;
    long double rounded;

    if (!__builtin_mul_overflow((wide)n, wide_of(squares), &a) &&
        !__builtin_mul_overflow(wide_of(sum), wide_of(sum), &b)) {
        return a > b ? (long double)(a - b) : 0;
    }
    rounded = (long double)n * (long double)wide_of(squares) - (long double)wide_of(sum) * (long double)wide_of(sum);
    return rounded > 0 ? rounded : 0;
}

struct figure figure_mean(struct tally_sum sum, struct tally_sum squares, uint64_t n, double scale) {
    struct figure figure = {.known = true, .has_se = n > 1};

    figure.value = (double)((long double)wide_of(sum) / (long double)n / (long double)scale);
    if (n > 1) {
        const long double variance = spread(sum, squares, n) / (long double)(n - 1);
        figure.se = (double)(sqrtl(variance) / (long double)n / (long double)scale);
    }
    return figure;
}

struct figure figure_ratio(const struct ratio_sums *sums, uint64_t n) {
    const long double a = (long double)wide_of(sums->a), b = (long double)wide_of(sums->b);
    const long double b2 = (long double)wide_of(sums->b2);
    struct figure figure = {.known = b > 0};
    long double ratio, residuals;

    if (!figure.known) {
        return figure;
    }
    ratio = a / b;
    figure.value = (double)ratio;
    if (wide_of(sums->a) == 0 || wide_of(sums->a) == wide_of(sums->b)) {
        figure.has_se = true;
        figure.se = edge_se((double)(b2 > 0 ? b * b / b2 : 1));
    } else if (n > 1) {
        /* the residuals a - ratio * b add up to 0 over the paths, so their squares alone give the variance */
        residuals = (long double)wide_of(sums->a2) - 2 * ratio * (long double)wide_of(sums->ab) + ratio * ratio * b2;
        residuals = residuals > 0 ? residuals : 0;
        figure.has_se = true;
        figure.se = (double)(sqrtl(residuals * (long double)n / (long double)(n - 1)) / b);
        figure.clusters = (double)(b * b / b2);
    }
    return figure;
}

struct figure figure_part(const struct tally_sum *sums, int n, int part, uint64_t paths) {
    const long double own = (long double)wide_of(sums[2 * part]);
    long double all = 0, root = 0, deviation = 0, clusters;
    struct figure figure = {0};

    for (int i = 0; i < n; i++) {
        all += (long double)wide_of(sums[2 * i]);
        root += sqrtl((long double)wide_of(sums[2 * i + 1]));
    }
    figure.known = all > 0;
    if (!figure.known) {
        return figure;
    }
    figure.value = (double)(own / all);
    clusters = all * all / (root * root);
    if (!(own > 0) || own >= all) {
        figure.has_se = true;
        figure.se = edge_se((double)clusters);
    } else if (paths > 1) {
        for (int i = 0; i < n; i++) {
            const long double times = i == part ? 1 - own / all : own / all;
            deviation += times * sqrtl(spread(sums[2 * i], sums[2 * i + 1], paths) / (long double)(paths - 1));
        }
        figure.has_se = true;
        figure.se = (double)(deviation / all);
        figure.clusters = (double)clusters;
    }
    return figure;
}
