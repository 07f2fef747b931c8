/* Closed forms of normals and lognormals, and checks of averages against them. */
#ifndef TEST_SUPPORT_CLOSED_H
#define TEST_SUPPORT_CLOSED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SIGMAS 3.5 /* standard errors within which an average is accepted */

/* The average sum / n of n independent values with this mean and variance, both known in closed form. */
#define assert_mean(what, sum, n, mean, variance) check_mean((what), (sum), (n), (mean), (variance), __FILE__, __LINE__)
/* The same for a share: the variance is that of one yes or no. A share of 0 or 1 must be met exactly. */
#define assert_share(what, hits, n, p) check_share((what), (hits), (n), (p), __FILE__, __LINE__)
#define assert_close(what, value, expected, tolerance)                                                                 \
    check_close((what), (value), (expected), (tolerance), __FILE__, __LINE__)
/* Equal up to the rounding of single precision in a few steps. */
#define assert_single(what, value, expected) check_single((what), (value), (expected), __FILE__, __LINE__)

void check_mean(const char *what, double sum, double n, double mean, double variance, const char *file, int line);
void check_share(const char *what, double hits, double n, double p, const char *file, int line);
void check_close(const char *what, double value, double expected, double tolerance, const char *file, int line);
void check_single(const char *what, double value, double expected, const char *file, int line);

double normal_below(double z); /* P(Z <= z) */
double normal_above(double z); /* P(Z > z) */
double normal_point(double p); /* z with P(Z <= z) = p */

/* X = median * exp(sigma * Z), sigma > 0. */
struct lognormal_law {
    double median, sigma;
};
double lognormal_below(struct lognormal_law law, double x);   /* P(X <= x), 0 for x <= 0 */
double lognormal_density(struct lognormal_law law, double x); /* 0 for x <= 0 */
/* E[X^power; low < X <= high], 0 <= low; high may be infinite. */
double lognormal_partial(struct lognormal_law law, int power, double low, double high);

/* Integral of f over low ... high, either of which may be infinite; to a relative error of 1e-9. */
double integral(double (*f)(double x, void *context), void *context, double low, double high);

#endif
