#include "host/estimate/interval.h"

#include <math.h>
#include <stddef.h>

#define TAIL 0.025     /* on either side */
#define RARE 0.1       /* shares whose few trials are like Poisson's */
#define MANY_PATHS 500 /* beyond a quantile, from which its ranks are taken from an expansion */

/* Cornish and Fisher's expansion: exact to 0.00001 from 19 degrees of freedom on. */
static double expanded_student(double v) {
    const double z = INTERVAL_Z, z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;

    return z + (z3 + z) / (4 * v) + (5 * z5 + 16 * z3 + 3 * z) / (96 * v * v) +
           (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * v * v * v);
}

/* The incomplete beta function's continued fraction, by Lentz's method; converges fast for x < (a + 1) / (a + b + 2).
 */
static double beta_fraction(double x, double a, double b) {
    double c = 1, d = 1 - (a + b) * x / (a + 1), value;

    d = 1 / (fabs(d) < 1e-300 ? 1e-300 : d);
    value = d;
    for (int m = 1; m < 10000; m++) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        double step = 1;
        for (int half = 0; half < 2; half++) {
            const double term = half == 0 ? even : odd;
            d = 1 + term * d;
            d = 1 / (fabs(d) < 1e-300 ? 1e-300 : d);
            c = 1 + term / c;
            c = fabs(c) < 1e-300 ? 1e-300 : c;
            step = c * d;
            value *= step;
        }
        if (fabs(step - 1) < 1e-14) {
            break;
        }
    }
    return value;
}

/* ln of the gamma function, which leaves the C library's global sign alone. */
static double log_gamma(double x) {
    int sign;

    return lgamma_r(x, &sign);
}

/* The regularised incomplete beta function: P(a beta variable with a, b is below x). */
static double beta_below(double x, double a, double b) {
    double front;

    if (!(x > 0)) {
        return 0;
    }
    if (!(x < 1)) {
        return 1;
    }
    front = exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) + b * log1p(-x));
    return x < (a + 1) / (a + b + 2) ? front * beta_fraction(x, a, b) / a : 1 - front * beta_fraction(1 - x, b, a) / b;
}

double interval_student(double freedom) {
    const double v = fmax(1, freedom);
    double low = INTERVAL_Z, high = 13;

    if (v >= 19) {
        return expanded_student(v);
    }
    for (int i = 0; i < 60; i++) { /* P(|T| > t) = I(v / (v + t^2); v / 2, 1 / 2) */
        const double t = (low + high) / 2, outside = beta_below(v / (v + t * t), v / 2, 0.5);
        low = outside > 2 * TAIL ? t : low;
        high = outside > 2 * TAIL ? high : t;
    }
    return (low + high) / 2;
}

void interval_wilson(double p, double n, double quantile, double interval[2]) {
    const double q2 = quantile * quantile, middle = (p + q2 / (2 * n)) / (1 + q2 / n);
    const double half = quantile / (1 + q2 / n) * sqrt(fmax(0, p * (1 - p)) / n + q2 / (4 * n * n));

    interval[0] = p <= 0 ? 0 : fmax(0, middle - half);
    interval[1] = p >= 1 ? 1 : fmin(1, middle + half);
}

/* The Poisson mean that gives x or more with a probability of 5 %, x at most 2: 0, 0.0513, 0.3554 and between them. */
static double least_mean(double x) {
    return x < 1 ? 0.05129 * x : 0.05129 + (x - 1) * (0.35536 - 0.05129);
}

void interval_trials(double p, double n, double quantile, double interval[2]) {
    const double hits = p * n, misses = (1 - p) * n, few = 2.01; /* p is rounded */

    interval_wilson(p, n, quantile, interval);
    if (hits > 0 && hits <= few && p <= RARE) {
        interval[0] = fmin(interval[0], least_mean(hits) / n);
    }
    if (misses > 0 && misses <= few && 1 - p <= RARE) {
        interval[1] = fmax(interval[1], 1 - least_mean(misses) / n);
    }
}

/* Student's quantile for the share p of m trials, whose number is estimated. Where all paths that have any have as
 * much, only the denominator's paths count; the more they differ, the less is known of the rarer side's error. */
static double quantile_of(double p, double m, double clusters, double events) {
    const double rarer = fmin(p, 1 - p) * m, uneven = 1 - 2 * p;
    /* variance over squared mean; 1 / events: of one path alone nothing is known */
    const double differ = events > 0 && p <= 0.5 ? fmax(0, events / rarer - 1) + 1 / events : 0;
    const double inverse = (clusters > 0 ? 1 / (clusters - 1) : 0) + differ * uneven * uneven / rarer;

    return inverse > 0 ? interval_student(1 / inverse) : INTERVAL_Z;
}

void interval_share(double p, double se, const struct backing *backing, double interval[2]) {
    double variance = se * se, quantile = INTERVAL_Z;

    if (!(se > 0)) {
        interval[0] = interval[1] = isnan(se) ? (double)NAN : p;
        return;
    }
    if (!(p > 0) || !(p < 1)) { /* se = z / (n + z^2) */
        interval_wilson(p, fmax(INTERVAL_Z / se - INTERVAL_Z * INTERVAL_Z, 1e-9), INTERVAL_Z, interval);
        return;
    }
    if (backing != NULL) {
        const double clusters = fmax(backing->clusters, 2);
        variance *= clusters / (clusters - 1);
        quantile = quantile_of(p, p * (1 - p) / variance, clusters, backing->events);
    }
    interval_trials(p, p * (1 - p) / variance, quantile, interval);
}

/* A mean of which no path had anything, or every one the most. */
static void at_edge(double mean, double paths, double most, double interval[2]) {
    const double width = most * INTERVAL_Z * INTERVAL_Z / (paths + INTERVAL_Z * INTERVAL_Z);

    interval[0] = interval[1] = mean;
    if (!(mean > 0)) {
        interval[1] = isinf(most) ? (double)NAN : width;
    } else if (mean >= most) {
        interval[0] = most - width;
    }
}

void interval_mean(const struct mean_of *of, double interval[2]) {
    const double mean = of->mean, se = of->se, square = of->paths * se * se / (mean * mean); /* of the variation */
    double unit, p, trials, quantile;

    if (isnan(se)) {
        interval[0] = interval[1] = NAN;
        return;
    }
    if (!(se > 0) || !(mean > 0)) {
        at_edge(mean, of->paths, of->most, interval);
        return;
    }
    if (!isinf(of->most)) {
        unit = of->most;
        p = mean / unit;
        trials = p * (1 - p) * unit * unit / (se * se);
        quantile = quantile_of(p, trials, 0, of->events > 0 ? of->events : 1.5 * fmin(p, 1 - p) * trials);
    } else {
        p = 1 / (1 + square);
        unit = mean / p;
        trials = of->paths;
        quantile = quantile_of(p, trials, 0, 2 * fmin(p, 1 - p) * trials);
    }
    quantile = of->scrambles > 0 ? interval_student(of->scrambles - 1) : quantile;
    if (isinf(of->most) && square <= 1) {
        interval[0] = fmax(0, mean - quantile * se);
        interval[1] = mean + quantile * se;
    } else {
        interval_trials(p, trials, quantile, interval);
        interval[0] *= unit;
        interval[1] *= unit;
    }
}

void interval_skewed(double value, double se, double skewness, double quantile, double interval[2]) {
    const double b = skewness / 3;

    for (int side = 0; side < 2; side++) {
        const double z = side == 0 ? quantile : -quantile;
        const double t = fabs(b) < 1e-9 ? z : (cbrt(1 + 3 * b * (z - b / 2)) - 1) / b;
        interval[side] = value - se * t;
    }
}

static double average(const double *values, int n) {
    double sum = 0;

    for (int i = 0; i < n; i++) {
        sum += values[i];
    }
    return sum / n;
}

void interval_jackknife(double value, const double *without, int n, double scale, double interval[2]) {
    const double mean = average(without, n);
    double squares = 0, cubes = 0, se, skewness;

    for (int i = 0; i < n; i++) {
        const double off = mean - without[i];
        squares += off * off;
        cubes += off * off * off;
    }
    se = sqrt(squares * (n - 1) / n);
    skewness = squares > 0 ? cubes / (squares * sqrt(squares)) : 0;
    if (isfinite(scale)) {
        skewness = scale > 0 ? fmax(skewness, 3 * se / scale) : fmin(skewness, 3 * se / scale);
    }
    interval_skewed(value, se, skewness, interval_student(n - 1), interval);
}

/* The rank k, not whole, of the value of n from below that lies above the quantile with probability `above`: it is a
 * beta variable with k and n + 1 - k that lies above `level`. Ranks from `low` to `high`. */
static double rank_of(double level, double n, double above, double low, double high) {
    for (int i = 0; i < 100 && high - low > 1e-9 * (1 + high); i++) {
        const double k = (low + high) / 2, share = 1 - beta_below(level, k, n + 1 - k);
        low = share < above ? k : low;
        high = share < above ? high : k;
    }
    return (low + high) / 2;
}

void interval_ranks(double level, double paths, double shares[2]) {
    const double n = paths, sd = sqrt(n * level * (1 - level)), z = INTERVAL_Z;

    shares[0] = shares[1] = NAN;
    if (!(level > 0) || !(level < 1)) {
        return;
    }
    for (int side = 0; side < 2; side++) {
        const double above = side == 0 ? TAIL : 1 - TAIL, sign = side == 0 ? -1 : 1;
        double rank;
        if (fmin(level, 1 - level) * n > MANY_PATHS) { /* with the binomial's skewness */
            rank = n * level + sign * z * sd + (z * z - 1) * (1 - 2 * level) / 6 + 0.5;
        } else if (side == 0 ? n * log1p(-level) > log(TAIL) : n * log(level) > log(TAIL)) {
            continue; /* even the outermost value is not beyond it for certain */
        } else {
            rank = rank_of(level, n, above, 1, n);
        }
        shares[side] = fmin(1, fmax(0, (rank - 0.5) / n)); /* a rank k stands in the middle of its part */
    }
}

void interval_whole_ranks(double level, double paths, double ranks[2]) {
    interval_ranks(level, paths, ranks);
    for (int side = 0; side < 2; side++) {
        const double rank = ranks[side] * paths + 0.5; /* NAN stays */
        ranks[side] = side == 0 ? floor(rank + 1e-9) : ceil(rank - 1e-9);
    }
}

void interval_fieller(double a, double b, const double *a_without, const double *b_without, int n, double interval[2]) {
    const double a_mean = average(a_without, n), b_mean = average(b_without, n), t = interval_student(n - 1);
    double aa = 0, ab = 0, bb = 0, t2, x, y, z, root;

    for (int i = 0; i < n; i++) {
        const double off = a_without[i] - a_mean, other = b_without[i] - b_mean;
        aa += off * off;
        ab += off * other;
        bb += other * other;
    }
    t2 = t * t * (n - 1) / n;
    x = b * b - t2 * bb;
    y = a * b - t2 * ab;
    z = a * a - t2 * aa;
    root = sqrt(fmax(0, y * y - x * z));
    interval[0] = interval[1] = NAN;
    if (x > 0) { /* x w^2 - 2 y w + z <= 0 */
        interval[0] = (y - root) / x;
        interval[1] = (y + root) / x;
    }
}
