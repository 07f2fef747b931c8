#include "support/closed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>

/* One line for each comparison with an error, in the file that MISMATCH_CHECKS names: tests/tools/validation.sh and
 * closed_seeds.py read it. */
static void record(const char *what, double value, double expected, double error, const char *file) {
    const char *name = getenv("MISMATCH_CHECKS");
    FILE *out = name != NULL && error > 0 ? fopen(name, "a") : NULL;
    if (out == NULL)
        return;
    fprintf(out, "%s\t%s\t%.9g\t%.9g\t%.9g\n", file, what, expected, value, (value - expected) / error);
    fclose(out);
}

void check_mean(const char *what, double sum, double n, double mean, double variance, const char *file, int line) {
    const double average = sum / n, error = sqrt(fmax(variance, 0) / n), rounding = 1e-6 * fabs(mean);
    record(what, average, mean, error, file);
    if (fabs(average - mean) <= SIGMAS * error + (variance > 0 ? 0 : rounding))
        return;
    if (variance > 0 && getenv("MISMATCH_TEST_SEED")) /* of many seeds, some must lie outside: closed_seeds.py counts */
        return;
    print_error("%s: %.8g, expected %.8g, %.2f standard errors off\n", what, average, mean,
                error > 0 ? (average - mean) / error : INFINITY);
    _fail(file, line);
}

void check_share(const char *what, double hits, double n, double p, const char *file, int line) {
    check_mean(what, hits, n, p, p * (1 - p), file, line);
}

void check_close(const char *what, double value, double expected, double tolerance, const char *file, int line) {
    if (fabs(value - expected) <= tolerance)
        return;
    print_error("%s: %.9g, expected %.9g within %.3g\n", what, value, expected, tolerance);
    _fail(file, line);
}

void check_single(const char *what, double value, double expected, const char *file, int line) {
    check_close(what, value, expected, 2e-6 * fmax(1e-3, fabs(expected)), file, line);
}

double normal_below(double z) {
    return gsl_cdf_ugaussian_P(z);
}

double normal_above(double z) {
    return gsl_cdf_ugaussian_Q(z);
}

double normal_point(double p) {
    return gsl_cdf_ugaussian_Pinv(p);
}

double lognormal_below(struct lognormal_law law, double x) {
    return x > 0 ? normal_below(log(x / law.median) / law.sigma) : 0;
}

double lognormal_density(struct lognormal_law law, double x) {
    return x > 0 ? gsl_ran_lognormal_pdf(x, log(law.median), law.sigma) : 0;
}

double lognormal_partial(struct lognormal_law law, int power, double low, double high) {
    const double k = power, shift = k * law.sigma;
    const double from = low > 0 ? log(low / law.median) / law.sigma : -INFINITY;
    const double to = isinf(high) ? INFINITY : log(high / law.median) / law.sigma;
    const double all = pow(law.median, k) * exp(shift * shift / 2);
    const double above_low = isinf(from) ? 1 : normal_above(from - shift);
    const double above_high = isinf(to) ? 0 : normal_above(to - shift);
    return all * (above_low - above_high);
}

double integral(double (*f)(double x, void *context), void *context, double low, double high) {
    gsl_integration_workspace *space = gsl_integration_workspace_alloc(2000);
    gsl_function function = {f, context};
    double value = 0, error = 0;
    assert_non_null(space);
    gsl_error_handler_t *before = gsl_set_error_handler_off();
    int status = GSL_SUCCESS;
    if (isinf(high))
        status = gsl_integration_qagiu(&function, low, 1e-11, 1e-9, 2000, space, &value, &error);
    else
        status = gsl_integration_qags(&function, low, high, 1e-11, 1e-9, 2000, space, &value, &error);
    gsl_set_error_handler(before);
    gsl_integration_workspace_free(space);
    if (status != GSL_SUCCESS && error > 1e-7 * fmax(1, fabs(value)))
        fail_msg("an integral does not converge: %s, error %.3g", gsl_strerror(status), error);
    return value;
}
