/* Probabilities of rare events: importance sampling from a mixture that the multilevel cross-entropy method finds, and
 * subset simulation as an independent check. Where importance sampling doesn't carry, subset simulation along two
 * scores is the estimate. What disagrees is refused. Methods and sources: docs/rare-events.md. */
#ifndef MISMATCH_HOST_RARE_H
#define MISMATCH_HOST_RARE_H

#include "host/rare/mixture.h"
#include "host/rare/problem.h"
#include "host/rare/sums.h"

struct rare_options {
    uint64_t seed;
    uint64_t level_samples;    /* of each level of the pilot; 0: 10,000 */
    double precision;          /* relative standard error that is aimed at; 0: 0.01 */
    uint64_t most_evaluations; /* pilot, estimate and check together; 0: 1,000,000 */
    int components;            /* most that are fitted; 0: RARE_MAX_FITTED */
    bool no_check;
    double *shift; /* [inputs], set: where the event lies, as the pilot saw it: the mean of each input; may be NULL */
};
/* The same with defaults for what is 0. */
struct rare_options rare_defaults(struct rare_options options);

/* pilot.c: the mixture to sample from, level by level: each time it is fitted to the tenth of the points that came
 * nearest, weighted by their likelihood ratio, until a tenth has the event. */
struct rare_pilot {
    struct rare_mixture *mixture; /* freed by rare_pilot_free() */
    bool reached;                 /* the event; without it there is nothing to sample from */
    int levels, fitted;           /* rounds; components fitted in the last one */
    uint64_t evaluations;
    int exponent;             /* for the sums, from the largest weight of the last level */
    double p;                 /* estimate of the last level alone; for planning, not for reporting */
    double relative_variance; /* of one sample's weight over p^2 */
};
mm_status rare_pilot_run(const struct rare_problem *problem, const struct rare_options *given, struct rare_pilot *pilot,
                         mm_messages *messages);
void rare_pilot_free(struct rare_pilot *pilot);

/* importance.c: adds samples first ... first + n - 1 of the run to the sums, whose exponent is set. Pieces of a run can
 * be drawn anywhere and merged. */
mm_status rare_sample(const struct rare_problem *problem, const struct rare_mixture *mixture, uint64_t seed,
                      uint64_t first, uint64_t n, struct rare_sums *sums, mm_messages *messages);

/* subset.c: independent runs of subset simulation; their spread is the error. */
#define RARE_REPLICATES 16
/* What a run is for: the check of importance sampling; an estimate along the problem's score, and along the other. */
enum rare_part { RARE_PART_CHECK, RARE_PART_FIRST, RARE_PART_OTHER };
struct rare_subset {
    double p, se, low, high; /* 95 %: Student's t over the replicates */
    double replicates[RARE_REPLICATES];
    int levels; /* the most that a replicate took */
    uint64_t evaluations;
    bool reached;
};
/* samples: of each level of a replicate. A replicate that would take more than `most` evaluations with those before it
 * has not reached the event. */
mm_status rare_subset_run(const struct rare_problem *problem, enum rare_part part, uint64_t seed, uint64_t samples,
                          uint64_t most, struct rare_subset *subset, mm_messages *messages);

/* Points that have the event, as its law has them: the last level of a few more replicates. The caller frees *z,
 * [*n][inputs]; *n is 0 where it was not reached. */
mm_status rare_chain_points(const struct rare_problem *problem, uint64_t seed, uint64_t samples, size_t *n, double **z,
                            uint64_t *evaluations, mm_messages *messages);

enum rare_verdict {
    RARE_AGREED,
    RARE_SCORES_AGREED,   /* importance sampling doesn't carry; subset simulation along two scores agrees */
    RARE_UNCHECKED,       /* the check was not asked for */
    RARE_NOT_REACHED,     /* no level brought the event nearer */
    RARE_FEW_HITS,        /* effective hits below RARE_LEAST_EFFECTIVE, or one of them more than a tenth of p */
    RARE_CLIPPED,         /* weights beyond what the pilot led to expect */
    RARE_RATIOS_OFF,      /* likelihood ratios do not average to 1 */
    RARE_ROUGH_CHECK,     /* the check did not reach the event, or is too rough to find a region missing */
    RARE_DISAGREED,       /* the check gives another number */
    RARE_SCORES_DISAGREED /* subset simulation along the other score does */
};
#define RARE_LEAST_EFFECTIVE 400
#define RARE_LEAST_SHARE 0.001   /* effective hits over samples: below that they say little of themselves */
#define RARE_ROUGHEST_CHECK 0.25 /* relative standard error */
#define RARE_SIGNIFICANCE 0.005  /* of the test that the two agree, two-sided */

/* Of two estimates that tell the same: the mean of both, so that neither's own error weighs it. */
struct rare_pair {
    struct rare_subset first, other;
    double p, se, low, high; /* 95 %: Student's t, degrees of freedom after Welch */
};

struct rare_result {
    enum rare_verdict verdict;
    struct rare_figures figures;
    struct rare_subset check;
    struct rare_pair scores; /* the estimate where the verdict is RARE_SCORES_AGREED; no evaluations: not needed */
    int levels, fitted;
    uint64_t pilot_evaluations, samples, evaluations; /* of the pilot; of the estimate; of all, the check with them */
    double gain; /* variance of plain sampling with as many evaluations as pilot and estimate took, over se^2 */
};
/* What is to be reported. */
struct rare_answer {
    const char *method;
    double p, se, low, high;
};
struct rare_answer rare_answer(const struct rare_result *result);
/* What the figures alone and the check lead to. */
enum rare_verdict rare_judge(const struct rare_sums *sums, const struct rare_subset *check);
/* What subset simulation along two scores leads to, after importance sampling has led to `alone`: RARE_SCORES_AGREED,
 * RARE_SCORES_DISAGREED, or `alone` again where one of them is too rough. Sets the pair's own figures. */
enum rare_verdict rare_judge_pair(struct rare_pair *pair, enum rare_verdict alone);
/* Whether a verdict lets the number stand. */
bool rare_stands(enum rare_verdict verdict);
/* One sentence. */
const char *rare_verdict_text(enum rare_verdict verdict);

mm_status rare_estimate(const struct rare_problem *problem, const struct rare_options *given,
                        struct rare_result *result, mm_messages *messages);

#endif
