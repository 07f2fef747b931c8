#include <gsl/gsl_cdf.h>
#include <math.h>

#include "host/rare/rare.h"

#define LEAST_SAMPLES UINT64_C(20000)
#define CHECK_SAMPLES UINT64_C(4000) /* of a level of one replicate */
#define MORE_ROUNDS 3
#define ENOUGH 1.2       /* times as many as there are, from which on more are drawn */
#define RATIO_ERRORS 5.0 /* standard errors within which likelihood ratios average to 1 */
#define LARGEST_SHARE 0.1

struct rare_options rare_defaults(struct rare_options options) {
    options.level_samples = options.level_samples ? options.level_samples : 10000;
    options.precision = options.precision > 0 ? options.precision : 0.01;
    options.most_evaluations = options.most_evaluations ? options.most_evaluations : 1000000;
    options.components = options.components ? options.components : RARE_MAX_FITTED;
    return options;
}

bool rare_stands(enum rare_verdict verdict) {
    return verdict == RARE_AGREED || verdict == RARE_UNCHECKED;
}

const char *rare_verdict_text(enum rare_verdict verdict) {
    switch (verdict) {
    case RARE_AGREED:
        return "importance sampling and subset simulation agree";
    case RARE_UNCHECKED:
        return "not checked by a second method";
    case RARE_NOT_REACHED:
        return "the event was not reached: no level came nearer to it";
    case RARE_FEW_HITS:
        return "too few samples carry the estimate";
    case RARE_CLIPPED:
        return "some samples weigh more than the pilot led to expect";
    case RARE_RATIOS_OFF:
        return "the likelihood ratios do not average to 1";
    case RARE_ROUGH_CHECK:
        return "the check by subset simulation is too rough to confirm the estimate";
    case RARE_DISAGREED:
        return "importance sampling and subset simulation disagree";
    }
    return "";
}

/* Two-sided test of a difference, whose error is mostly that of the replicates. */
static bool differs(const struct rare_figures *figures, const struct rare_subset *check) {
    const double se = hypot(figures->se, check->se);
    const double most = gsl_cdf_tdist_Pinv(1 - RARE_SIGNIFICANCE / 2, RARE_REPLICATES - 1);
    return !(fabs(figures->p - check->p) <= most * se);
}

enum rare_verdict rare_judge(const struct rare_sums *sums, const struct rare_subset *check) {
    const struct rare_figures figures = rare_figures(sums);
    if (sums->hits == 0)
        return RARE_NOT_REACHED;
    if (sums->clipped > 0)
        return RARE_CLIPPED;
    if (figures.effective < RARE_LEAST_EFFECTIVE || figures.effective < RARE_LEAST_SHARE * (double)sums->n ||
        figures.largest_share > LARGEST_SHARE)
        return RARE_FEW_HITS;
    if (fabs(figures.ratio_mean - 1) > RATIO_ERRORS * figures.ratio_se)
        return RARE_RATIOS_OFF;
    if (!check)
        return RARE_UNCHECKED;
    if (!check->reached || check->se > RARE_ROUGHEST_CHECK * check->p)
        return RARE_ROUGH_CHECK;
    return differs(&figures, check) ? RARE_DISAGREED : RARE_AGREED;
}

/* As many samples as the precision asks for by the pilot's account, and no more than are left. */
static uint64_t planned(const struct rare_options *options, const struct rare_pilot *pilot, uint64_t used) {
    const double wanted = pilot->relative_variance / (options->precision * options->precision);
    const uint64_t left = options->most_evaluations > used ? options->most_evaluations - used : 0;
    uint64_t n = wanted < (double)LEAST_SAMPLES ? LEAST_SAMPLES : wanted < (double)left ? (uint64_t)wanted : left;
    n = n < left ? n : left;
    return n > LEAST_SAMPLES ? n : LEAST_SAMPLES;
}

/* Draws what the pilot leads to expect; where that falls short, as many again as the samples themselves ask for. */
static mm_status sample(const struct rare_problem *problem, const struct rare_options *options,
                        const struct rare_pilot *pilot, uint64_t used, struct rare_sums *sums, mm_messages *messages) {
    uint64_t n = planned(options, pilot, used);
    mm_status status = rare_sample(problem, pilot->mixture, options->seed, 0, n, sums, messages);
    for (int round = 0; round < MORE_ROUNDS && status == MM_OK && sums->hits > 0; round++) {
        const struct rare_figures figures = rare_figures(sums);
        const double error = figures.se / figures.p / options->precision;
        const double wanted = fmax(error * error, RARE_LEAST_EFFECTIVE / figures.effective);
        const uint64_t left =
            options->most_evaluations > used + sums->n ? options->most_evaluations - used - sums->n : 0;
        if (!(wanted > ENOUGH))
            break;
        n = (uint64_t)fmin((wanted - 1) * ENOUGH * (double)sums->n, (double)left);
        if (n == 0)
            break;
        status = rare_sample(problem, pilot->mixture, options->seed, sums->n, n, sums, messages);
    }
    return status;
}

/* The fitted components' common mean; both of the two that a fitted one makes have the same. */
static void tell_shift(const struct rare_mixture *mixture, double *shift) {
    double all = 0;
    for (int i = 0; i < mixture->n_inputs; i++)
        shift[i] = 0;
    for (int c = 2; c < mixture->n; c++)
        all += mixture->components[c].weight;
    for (int c = 2; c < mixture->n; c++)
        for (int i = 0; i < mixture->n_inputs; i++)
            shift[i] += mixture->components[c].weight / all * mixture->components[c].mean[i];
}

mm_status rare_estimate(const struct rare_problem *problem, const struct rare_options *given,
                        struct rare_result *result, mm_messages *messages) {
    const struct rare_options options = rare_defaults(*given);
    struct rare_pilot pilot;
    struct rare_sums sums = {0};
    *result = (struct rare_result){.verdict = RARE_NOT_REACHED};
    mm_status status = rare_pilot_run(problem, &options, &pilot, messages);
    result->levels = pilot.levels;
    result->fitted = pilot.fitted;
    result->pilot_evaluations = result->evaluations = pilot.evaluations;
    if (status == MM_OK && !options.no_check && pilot.reached) {
        status = rare_subset_run(problem, options.seed, CHECK_SAMPLES, &result->check, messages);
        result->evaluations += result->check.evaluations;
    }
    if (status == MM_OK && pilot.reached) {
        sums.exponent = pilot.exponent;
        status = sample(problem, &options, &pilot, result->evaluations, &sums, messages);
        result->evaluations += sums.n;
        result->samples = sums.n;
        if (options.shift)
            tell_shift(pilot.mixture, options.shift);
    }
    if (status == MM_OK && pilot.reached) {
        const struct rare_figures figures = result->figures = rare_figures(&sums);
        result->verdict = rare_judge(&sums, options.no_check ? NULL : &result->check);
        result->gain = figures.p * (1 - figures.p) / (double)(pilot.evaluations + sums.n) / (figures.se * figures.se);
    }
    rare_pilot_free(&pilot);
    return status;
}
