/* Sweeps: one configuration at many points, all on the same random numbers, kept in a store. */
#ifndef MISMATCH_SWEEP_H
#define MISMATCH_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mismatch/run.h>
#include <mismatch/scenario.h>
#include <mismatch/status.h>
#include <mismatch/store.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum mm_design {
    MM_DESIGN_GRID, /* every combination; the last key varies fastest */
    MM_DESIGN_LHS,  /* Latin hypercube: each key's range in as many strata as there are points, each used once */
    MM_DESIGN_SOBOL /* Sobol's low-discrepancy sequence, up to 40 keys */
} mm_design;

typedef struct mm_sweep_progress {
    size_t points, done; /* of the design; done: in the store by now, those that were there included */
    size_t found, failed;
    uint64_t paths_done, paths;   /* simulated by this sweep, and those it has to simulate as far as is known */
    double seconds, seconds_left; /* seconds_left negative: unknown */
    size_t packed, packs;         /* points that shared launches of a device, and in how many groups */
} mm_sweep_progress;

/* Zero-initialise, then set what differs. */
typedef struct mm_sweep_options {
    const char *const *vary; /* "key=lo:hi:n", "key=lo:hi:n:log", "key=a,b,c"; without n outside a grid */
    size_t n_vary;
    mm_design design;
    uint64_t points;    /* of a Latin hypercube or a Sobol sequence */
    int jobs;           /* points at a time; default: as many as keep all cores busy */
    int pack;           /* on a device: points that share its launches; default: as many as fill it */
    bool recompute;     /* also what is in the store */
    mm_run_options run; /* of each point; `threads` are those of all points together; checkpoint, progress, precision
                         * and until_enough are not used */
    void (*progress)(const mm_sweep_progress *progress, void *context); /* some times a second; may be NULL */
    void *progress_context;
} mm_sweep_options;

typedef struct mm_sweep mm_sweep;

/* Lays out the points, and sees that at least one of them is a valid configuration. `base` must outlive the sweep.
 * \return MM_OK: *sweep is new, freed with mm_sweep_free(); MM_USAGE: a range or a key is wrong, or no point is valid
 * (message); MM_INTERNAL. */
mm_status mm_sweep_plan(const mm_scenario *base, const mm_sweep_options *options, mm_sweep **sweep,
                        mm_messages *messages);
void mm_sweep_free(mm_sweep *sweep);
/* Points of the design. */
size_t mm_sweep_points(const mm_sweep *sweep);

/* Simulates what the store (made where it is missing) does not hold. A point that can't be run is recorded in the store
 * with its message.
 * \return MM_OK; MM_STUDY_PARTIAL: done, but some points failed (a message for each, at most 20); MM_INTERRUPTED: the
 * same call goes on; MM_IO: the store can't be written (message); MM_NO_DEVICE, MM_INTERNAL. */
mm_status mm_sweep_run(mm_sweep *sweep, const char *store, mm_sweep_progress *outcome, mm_messages *messages);

/* mm_store_list() of the points of this sweep, in their order. */
mm_status mm_sweep_list(const mm_sweep *sweep, mm_store *store, const mm_listing *wanted, FILE *out,
                        mm_messages *messages);

#ifdef __cplusplus
}
#endif

#endif
