/* Whole runs held to answers that are known: closed forms and published values. */
#ifndef MISMATCH_VALIDATION_H
#define MISMATCH_VALIDATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mismatch/run.h>
#include <mismatch/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mm_validation mm_validation;

/* Standard errors within which a figure is accepted. */
#define MM_VALIDATION_SIGMAS 3.5

/* The fewest paths that all figures can be had from. */
#define MM_VALIDATION_PATHS 4000

/* One figure on one backend. The texts live as long as the validation. */
typedef struct mm_known_answer {
    const char *backend;  /* "openmp", or the selector that was given */
    const char *subject;  /* the small configuration */
    const char *source;   /* where the expected value comes from */
    const char *quantity; /* which of its figures */
    uint64_t paths;
    double expected, obtained;
    double se; /* of obtained */
    double z;  /* (obtained - expected) / se; of a Bayes factor on the log scale */
    bool passed;
} mm_known_answer;

/* Runs every small configuration, with options->paths (4,000 ... 2^38; default 1,000,000) or a multiple of it, at
 * options->seed, on each of options->devices in turn (default: the cores alone); threads, lanes, no_cache, stop, notice
 * are honoured. Told through `notice` before each. \return MM_OK: all within MM_VALIDATION_SIGMAS, and the same digest
 * on each device; MM_SELFTEST: not so; *validation is new in both cases. MM_INTERRUPTED, MM_USAGE, MM_NO_DEVICE,
 * MM_DEVICE_FAILED, MM_INTERNAL as mm_run(). */
mm_status mm_validate(const mm_run_options *options, mm_validation **validation, mm_messages *messages);
size_t mm_validation_count(const mm_validation *validation);
mm_known_answer mm_validation_get(const mm_validation *validation, size_t i);
/* Whether every device gave the digest of the first, for every configuration. */
bool mm_validation_same(const mm_validation *validation);
void mm_validation_free(mm_validation *validation);

#ifdef __cplusplus
}
#endif

#endif
