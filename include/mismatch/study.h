/* Studies: questions that need many runs of one configuration, all on common random numbers (the same seed and paths in
 * each), so that differences are known better than the answers themselves. docs/studies.md tells how. */
#ifndef MISMATCH_STUDY_H
#define MISMATCH_STUDY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <mismatch/result.h>
#include <mismatch/run.h>
#include <mismatch/scenario.h>
#include <mismatch/status.h>
#include <mismatch/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a study found; freed with mm_study_free(). */
typedef struct mm_study mm_study;

void mm_study_free(mm_study *study);

/* docs/studies.md describes the JSON and the columns of the CSV. \return MM_OK, MM_IO, MM_INTERNAL. */
mm_status mm_study_write_json(const mm_study *study, FILE *out);
mm_status mm_study_write_csv(const mm_study *study, FILE *out);
/* `style` may be NULL. */
mm_status mm_study_write_text(const mm_study *study, const mm_text_style *style, FILE *out);
/* Writes the JSON to a temporary beside `file` and renames it. An existing file is kept unless `force`.
 * \return MM_OK; MM_USAGE: the file exists and `force` is not set; MM_IO. */
mm_status mm_study_save(const mm_study *study, const char *file, bool force, mm_messages *messages);

/* Where the runs of a study are kept: each is a row of its own, and one that is there is not simulated again. A study
 * with a store writes no checkpoint: the same call goes on from the store. Zero-initialise, then set what differs. */
typedef struct mm_study_store {
    mm_store *store;
    bool recompute;                    /* simulate also what is there, and replace it */
    uint64_t found, simulated, differ; /* out: runs that the store held, that were put in, and among these those that
                                        * were there with another digest, although the program is the same */
} mm_study_store;

/* A scenario and what it is called in a comparison: letters, digits, '-', '_' and '.'. */
typedef struct mm_compared {
    const char *name;
    const mm_scenario *scenario;
} mm_compared;

/* Zero-initialise, then set what differs. */
typedef struct mm_compare_options {
    const char *const *expressions;  /* docs/expressions.md; p(EVENT) needs no question in the configuration here */
    size_t n_expressions;            /* 0: those that stand for the answers of the first scenario */
    const char *const *expectations; /* to be given to mm_compare_evaluate() later; what they ask is worked out too */
    size_t n_expectations;
    mm_run_options run; /* paths: 100,000 unless given, in each scenario. checkpoint: the file that keeps what is done
                         * when the study is interrupted, from which the same call goes on */
    mm_study_store *store; /* NULL: none */
} mm_compare_options;

/* Puts scenarios side by side: the answers of each, and their differences from the first one with the errors that
 * common random numbers leave. An expression that a later scenario can't answer, because it lacks a name, is unknown
 * there.
 * \return MM_OK: *study is new; MM_INTERRUPTED: stopped, what is done is in the checkpoint; MM_USAGE: names are missing
 * or twice the same, or an expression is wrong for the first scenario (message); MM_IO, MM_NO_DEVICE, MM_INTERNAL. */
mm_status mm_compare(const mm_compared *scenarios, size_t n_scenarios, const mm_compare_options *options,
                     mm_study **study, mm_messages *messages);

/* An expectation about a comparison: "EXPR" must hold in every scenario, "NAME: EXPR" in that one, and
 * "NAME - FIRST: EXPR" speaks of the difference of a scenario from the first one. *value is that of the scenario where
 * it doesn't hold, or else of the last one.
 * \return MM_OK; MM_USAGE: no comparison in it, or a scenario or expression that the study hasn't (message). */
mm_status mm_compare_evaluate(const mm_study *study, const char *expectation, mm_value *value, mm_messages *messages);

/* Zero-initialise, then set what differs. */
typedef struct mm_over_ranges_options {
    uint64_t draws;     /* 20 ... 100,000; default 100 */
    mm_run_options run; /* as in mm_compare_options; paths of each draw: 20,000 unless given */
} mm_over_ranges_options;

/* What the inputs leave open: draws all `ranges` of the configuration again and again (points of a low-discrepancy
 * sequence, the same seed and paths for each), and finds between which values 90 % of the answers lie. A draw that
 * makes no valid configuration is left out and counted. \return MM_OK: *study is new, also when some draws failed
 * (*failed, may be NULL, of them; a message tells why the first one did); MM_INTERRUPTED; MM_USAGE: no ranges, nothing
 * asked, options out of range, or every draw failed (message); MM_IO, MM_NO_DEVICE, MM_INTERNAL. */
mm_status mm_over_ranges(const mm_scenario *scenario, const mm_over_ranges_options *options, mm_study **study,
                         uint64_t *failed, mm_messages *messages);

/* Zero-initialise, then set what differs. */
typedef struct mm_reverse_options {
    mm_run_options run;    /* as in mm_compare_options; paths at each point: 20,000 unless given */
    mm_study_store *store; /* NULL: none */
} mm_reverse_options;

/* What would have to be true: the smallest change of the inputs that have `ranges` for which `target` holds, a
 * comparison such as "p(glut by 2028-12) >= 0.5" (docs/expressions.md). Changes are measured in the ranges
 * (docs/studies.md) and stay inside them; each input alone, then all jointly; confirmed with fresh seeds. `options` may
 * be NULL. \return MM_OK: *study is new, also when nothing within the ranges
 * does it, or some points made no valid configuration
 * (*failed, may be NULL, of them; a message tells why the first one did); MM_INTERRUPTED; MM_USAGE: no ranges, or the
 * target is wrong (message); MM_IO, MM_NO_DEVICE, MM_INTERNAL. */
mm_status mm_reverse(const mm_scenario *scenario, const char *target, const mm_reverse_options *options,
                     mm_study **study, uint64_t *failed, mm_messages *messages);

/* Lays what mm_over_ranges() found into a result of the same scenario: its `ranges` and `run.over_ranges`, which every
 * form of output then shows. \return MM_OK; MM_USAGE: it is another kind of study; MM_INTERNAL. */
mm_status mm_result_add_ranges(mm_result *result, const mm_study *study);

typedef enum mm_sensitivity_method {
    MM_TORNADO, /* each input alone at its 5 % and its 95 % point: 2 n + 1 evaluations for n inputs */
    MM_MORRIS,  /* elementary effects along trajectories: r (n + 1) evaluations */
    MM_SOBOL    /* first-order and total indices of the variance: r (n + 2) evaluations, up to 20 inputs */
} mm_sensitivity_method;

/* Zero-initialise, then set what differs. */
typedef struct mm_sensitivity_options {
    const char *const *expressions; /* which answers; docs/expressions.md */
    size_t n_expressions;           /* 1 at least */
    mm_sensitivity_method method;
    uint64_t rows;      /* trajectories (default 20) or rows (default 128), 2 ... 100,000 */
    mm_run_options run; /* as in mm_compare_options; paths of each evaluation: 20,000 unless given */
} mm_sensitivity_options;

/* Which of the configuration's `ranges` an answer depends on, on the same random numbers in each evaluation, with
 * intervals. Correlations between ranges are left out of account: a message says so.
 * \return MM_OK; MM_STUDY_PARTIAL: *study is new as well, but some evaluations were not possible (message);
 * MM_INTERRUPTED; MM_USAGE: no ranges, an expression or an option is wrong, or no evaluation was possible (message);
 * MM_IO, MM_NO_DEVICE, MM_INTERNAL. */
mm_status mm_sensitivity(const mm_scenario *scenario, const mm_sensitivity_options *options, mm_study **study,
                         mm_messages *messages);

/* Zero-initialise, then set what differs. */
typedef struct mm_rare_options {
    const char *question; /* a probability question; or a coexistence question and one scope of its series, "NAME:FIRM",
                           * then ":REGION" and ":GENERATION" as wanted: is it ever idle while the industry is short? */
    mm_run_options run;   /* seed, threads, lanes and stop count. precision: relative standard error that is aimed at,
                           * 0.02 unless given; paths: most that may be simulated in all, 2,000,000 unless given, 600,000
                           * at   least */
} mm_rare_options;

/* The probability of what hardly ever happens, by importance sampling, checked by subset simulation
 * (docs/rare-events.md).
 * \return MM_OK: *study is new; MM_STUDY_PARTIAL: *study is new as well, but the estimate is refused (message);
 * MM_INTERRUPTED: nothing is kept; MM_USAGE: there is no such question, or it can't be asked so (message);
 * MM_NO_DEVICE, MM_INTERNAL. */
mm_status mm_rare(const mm_scenario *scenario, const mm_rare_options *options, mm_study **study, mm_messages *messages);

#ifdef __cplusplus
}
#endif

#endif
