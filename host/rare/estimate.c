#include <gsl/gsl_cdf.h>
#include <math.h>

#include "host/rare/rare.h"

#define LEAST_SAMPLES UINT64_C(20000)
#define CHECK_SAMPLES UINT64_C(4000) /* of a level of one replicate */
#define MORE_ROUNDS 3
#define ENOUGH 1.2       /* times as many as there are, from which on more are drawn */
#define RATIO_ERRORS 5.0 /* standard errors within which likelihood ratios average to 1 */
#define LARGEST_SHARE 0.1
#define LEAST_LEVEL UINT64_C(1000)       /* samples of a level from which on an estimate of two scores is worth while */
#define MOST_NUMBERS UINT64_C(0x2000000) /* of a level's points: a quarter of a GiB, and as much for proposals */
#define TRIAL 4    /* of the evaluations left, one part in so many shows whether samples are sound */
#define GLANCE 8   /* of the first samples, one part in so many shows whether the trial is hopeless */
#define HOPELESS 2 /* times as many effective hits as it leads to expect of the trial would still be too few */
#define SPARED 0.9 /* of the evaluations that are left; levels differ a little in their number */

struct rare_options rare_defaults(struct rare_options options) {
    options.level_samples = options.level_samples ? options.level_samples : 10000;
    options.precision = options.precision > 0 ? options.precision : 0.01;
    options.most_evaluations = options.most_evaluations ? options.most_evaluations : 1000000;
    options.components = options.components ? options.components : RARE_MAX_FITTED;
    return options;
}

bool rare_stands(enum rare_verdict verdict) {
    return verdict == RARE_AGREED || verdict == RARE_SCORES_AGREED || verdict == RARE_UNCHECKED;
}

const char *rare_verdict_text(enum rare_verdict verdict) {
    switch (verdict) {
    case RARE_AGREED:
        return "importance sampling and subset simulation agree";
    case RARE_SCORES_AGREED:
        return "subset simulation along two scores agrees";
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
    case RARE_SCORES_DISAGREED:
        return "subset simulation along two scores disagrees";
    }
    return "";
}

struct rare_answer rare_answer(const struct rare_result *result) {
    const struct rare_figures *f = &result->figures;
    const struct rare_pair *pair = &result->scores;
    if (result->verdict == RARE_SCORES_AGREED)
        return (struct rare_answer){"subset simulation", pair->p, pair->se, pair->low, pair->high};
    return (struct rare_answer){"importance sampling", f->p, f->se, f->low, f->high};
}

/* Two-sided test of a difference, whose error is mostly that of the replicates. */
static bool differ(double p, double se, double q, double q_se, double degrees) {
    const double most = gsl_cdf_tdist_Pinv(1 - RARE_SIGNIFICANCE / 2, degrees);
    return !(fabs(p - q) <= most * hypot(se, q_se));
}

static bool is_rough(const struct rare_subset *subset) {
    return !subset->reached || subset->se > RARE_ROUGHEST_CHECK * subset->p;
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
    if (is_rough(check))
        return RARE_ROUGH_CHECK;
    return differ(figures.p, figures.se, check->p, check->se, RARE_REPLICATES - 1) ? RARE_DISAGREED : RARE_AGREED;
}

enum rare_verdict rare_judge_pair(struct rare_pair *pair, enum rare_verdict alone) {
    const struct rare_subset *a = &pair->first, *b = &pair->other;
    if (is_rough(a) || is_rough(b))
        return alone;
    const double u = a->se * a->se, v = b->se * b->se;
    const double degrees = (u + v) * (u + v) / (u * u + v * v) * (RARE_REPLICATES - 1);
    pair->p = (a->p + b->p) / 2;
    pair->se = sqrt(u + v) / 2;
    const double half = gsl_cdf_tdist_Pinv(0.975, degrees) * pair->se;
    pair->low = fmax(pair->p - half, 0);
    pair->high = pair->p + half;
    return differ(a->p, a->se, b->p, b->se, degrees) ? RARE_SCORES_DISAGREED : RARE_SCORES_AGREED;
}

/* Whether subset simulation along two scores may say more than importance sampling did. Where sound samples and the
 * check disagree it may not: one of them is wrong. */
static bool may_pair(enum rare_verdict verdict) {
    return verdict == RARE_NOT_REACHED || verdict == RARE_FEW_HITS || verdict == RARE_CLIPPED ||
           verdict == RARE_RATIOS_OFF || verdict == RARE_ROUGH_CHECK;
}

/* As many points in a level as the precision asks for by the check's account, and as the evaluations left allow. */
static mm_status pair_up(const struct rare_problem *problem, const struct rare_options *options,
                         struct rare_result *result, mm_messages *messages) {
    const struct rare_subset *check = &result->check;
    struct rare_pair *pair = &result->scores;
    if (!problem->other || !may_pair(result->verdict) || !check->reached ||
        result->evaluations >= options->most_evaluations)
        return MM_OK;
    const double error = check->se / check->p / options->precision,
                 left = (double)(options->most_evaluations - result->evaluations),
                 allowed = SPARED * left / 2 / (double)check->evaluations;
    const int inputs = problem->fine ? problem->fine->n_inputs : problem->n_inputs;
    const uint64_t wanted = (uint64_t)((double)CHECK_SAMPLES * fmin(fmax(error * error / 2, 1), allowed)),
                   fits = MOST_NUMBERS / (uint64_t)inputs, samples = wanted < fits ? wanted : fits;
    if (samples < LEAST_LEVEL)
        return MM_OK;
    mm_status status = rare_subset_run(problem, RARE_PART_FIRST, options->seed, samples,
                                       options->most_evaluations - result->evaluations, &pair->first, messages);
    result->evaluations += pair->first.evaluations;
    if (status == MM_OK)
        status = rare_subset_run(problem, RARE_PART_OTHER, options->seed, samples,
                                 options->most_evaluations - result->evaluations, &pair->other, messages);
    result->evaluations += pair->other.evaluations;
    if (status != MM_OK)
        return status;
    const enum rare_verdict alone = result->verdict;
    const struct rare_figures *f = &result->figures;
    result->verdict = rare_judge_pair(pair, alone);
    if (alone == RARE_ROUGH_CHECK && result->verdict == RARE_SCORES_AGREED && /* the samples themselves were sound */
        differ(f->p, f->se, pair->p, pair->se, RARE_REPLICATES - 1))
        result->verdict = RARE_DISAGREED;
    return MM_OK;
}

/* As many samples as the precision asks for by the pilot's account, and no more than are left. */
static uint64_t planned(const struct rare_options *options, const struct rare_pilot *pilot, uint64_t used) {
    const double wanted = pilot->relative_variance / (options->precision * options->precision);
    const uint64_t left = options->most_evaluations > used ? options->most_evaluations - used : 0;
    uint64_t n = wanted < (double)LEAST_SAMPLES ? LEAST_SAMPLES : wanted < (double)left ? (uint64_t)wanted : left;
    n = n < left ? n : left;
    return n > LEAST_SAMPLES ? n : LEAST_SAMPLES;
}

/* The first n samples of at most `most`. Where there is another way to the event, and a few of them tell that all would
 * not do, only those: what the others would take is better spent there. */
static mm_status sample_first(const struct rare_problem *problem, const struct rare_options *options,
                              const struct rare_pilot *pilot, uint64_t n, uint64_t most, struct rare_sums *sums,
                              mm_messages *messages) {
    const uint64_t glance = problem->other ? n / GLANCE : 0;
    mm_status status = MM_OK;
    if (glance > 0) {
        status = rare_sample(problem, pilot->mixture, options->seed, 0, glance, sums, messages);
        const double expected = rare_figures(sums).effective * (double)most / (double)glance;
        if (status != MM_OK || sums->hits == 0 || expected * HOPELESS < RARE_LEAST_EFFECTIVE)
            return status;
    }
    return rare_sample(problem, pilot->mixture, options->seed, glance, n - glance, sums, messages);
}

/* Draws what the pilot leads to expect; where that falls short, as many again as the samples themselves ask for. Where
 * there is another way to the event, most of what is left is kept for it until the samples are sound. */
static mm_status sample(const struct rare_problem *problem, const struct rare_options *options,
                        const struct rare_pilot *pilot, uint64_t used, struct rare_sums *sums, mm_messages *messages) {
    const uint64_t most = options->most_evaluations, trial = used < most ? used + (most - used) / TRIAL : most;
    struct rare_options first = *options;
    first.most_evaluations = problem->other ? trial : most;
    uint64_t n = planned(&first, pilot, used);
    const uint64_t room = first.most_evaluations > used + n ? first.most_evaluations - used : n;
    mm_status status = sample_first(problem, options, pilot, n, room, sums, messages);
    if (sums->n < n)
        return status;
    for (int round = 0; round < MORE_ROUNDS && status == MM_OK && sums->hits > 0; round++) {
        const struct rare_figures figures = rare_figures(sums);
        const double error = figures.se / figures.p / options->precision;
        const double wanted = fmax(error * error, RARE_LEAST_EFFECTIVE / figures.effective);
        const uint64_t end = rare_judge(sums, NULL) == RARE_UNCHECKED ? most : first.most_evaluations,
                       left = end > used + sums->n ? end - used - sums->n : 0;
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
    if (status == MM_OK && !options.no_check && (pilot.reached || problem->other)) {
        status = rare_subset_run(problem, RARE_PART_CHECK, options.seed, CHECK_SAMPLES, UINT64_MAX, &result->check,
                                 messages);
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
        result->figures = rare_figures(&sums);
        result->verdict = rare_judge(&sums, options.no_check ? NULL : &result->check);
    }
    if (status == MM_OK && !options.no_check)
        status = pair_up(problem, &options, result, messages);
    if (status == MM_OK) {
        const struct rare_answer answer = rare_answer(result);
        const uint64_t pair = result->scores.first.evaluations + result->scores.other.evaluations;
        const double paths =
            (double)(result->verdict == RARE_SCORES_AGREED ? pair : pilot.evaluations + result->samples);
        result->gain = answer.p * (1 - answer.p) / paths / (answer.se * answer.se);
    }
    rare_pilot_free(&pilot);
    return status;
}
