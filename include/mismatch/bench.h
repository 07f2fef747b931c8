/* How fast this machine simulates, and against which limits: what `mismatch bench` prints. */
#ifndef MISMATCH_BENCH_H
#define MISMATCH_BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <mismatch/result.h>
#include <mismatch/run.h>
#include <mismatch/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A list of measurements; freed with mm_bench_free(). docs/bench.md describes its JSON. */
typedef struct mm_bench mm_bench;

/* Zero-initialise, then set what differs. */
typedef struct mm_bench_options {
    const char *file;         /* the configuration to measure */
    const char *program;      /* measures the start of a whole process of it; NULL: not measured */
    const char *const *parts; /* names of mm_bench_part(); none: all */
    size_t n_parts;
    int rounds;         /* of each measurement, 1 ... 1000; default 5, with `quick` 2 */
    bool quick;         /* a few seconds in all: shows that everything works, its figures are rough */
    mm_run_options run; /* threads, lanes, backend, devices, no_cache, memory, notice */
} mm_bench_options;

/* The i-th part's name and what it measures, in their order; NULL beyond the last. `about` may be NULL. */
const char *mm_bench_part(size_t i, const char **about);

/* Measures; takes minutes unless `quick`.
 * \return MM_OK: *bench is new; MM_USAGE: an unknown part, or a wrong option or configuration (message); MM_NO_DEVICE,
 * MM_DEVICE_FAILED, MM_IO, MM_INTERNAL as mm_run(). */
mm_status mm_bench_run(const mm_bench_options *options, mm_bench **bench, mm_messages *messages);
void mm_bench_free(mm_bench *bench);

/* Reads what mm_bench_write_json() wrote. \return MM_OK: *bench is new; MM_USAGE: it is something else, damaged, or of
 * another schema version (message); MM_IO: it can't be read (message); MM_INTERNAL. */
mm_status mm_bench_load(const char *file, mm_bench **bench, mm_messages *messages);

/* Puts an earlier bench beside this one: each measurement that both have gets the ratio of the medians, this one's to
 * the earlier one's, and the least and the largest ratio of any two of their runs. `name` tells which it was.
 * \return MM_OK; MM_USAGE: they have no measurement in common (message); MM_INTERNAL. */
mm_status mm_bench_compare(mm_bench *bench, const mm_bench *before, const char *name, mm_messages *messages);

/* `style` may be NULL. \return MM_OK, MM_IO. */
mm_status mm_bench_write_json(const mm_bench *bench, FILE *out);
mm_status mm_bench_write_text(const mm_bench *bench, const mm_text_style *style, FILE *out);
/* Writes the JSON to a temporary beside `file` and renames it. An existing file is kept unless `force`.
 * \return MM_OK; MM_USAGE: the file exists and `force` is not set; MM_IO. */
mm_status mm_bench_save(const mm_bench *bench, const char *file, bool force, mm_messages *messages);

#ifdef __cplusplus
}
#endif

#endif
