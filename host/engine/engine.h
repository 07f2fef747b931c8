/* What every backend offers: a table of functions. A backend runs paths and adds up exact integers; it knows neither
 * what they mean nor where they go. */
#ifndef MISMATCH_HOST_ENGINE_H
#define MISMATCH_HOST_ENGINE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include <mismatch/status.h>

#include "host/engine/devices.h"
#include "host/engine/tallies.h"
#include "host/plan/plan.h"

/* Says something to the user while a run is under way. `important`: unless he wants quiet; else only where he wants
 * every detail. May come from any thread, but never from two at a time. */
typedef void (*engine_notice)(const char *text, bool important, void *context);

struct engine_member;
struct engine_wish;

struct engine_options {
    uint64_t seed;
    bool scrambled; /* OpenMP: paths of one scramble, MM_SCRAMBLES apart, from their Sobol points (docs/sampling.md) */
    int threads;    /* >= 1; OpenMP */
    int lanes;      /* OpenMP: a width that lanes_get() has; OpenCL: likewise, or 0 for what suits the device */
    const struct device_entry *device;   /* OpenCL */
    bool no_cache;                       /* OpenCL: compile anew */
    const struct engine_member *members; /* of a team */
    size_t n_members;
    int rank;                       /* another process: which (mismatch/ranks.h) ... */
    const struct engine_wish *wish; /* ... and what it is to look for on its machine */
    volatile sig_atomic_t *stop;    /* the user's wish to stop, for those that wait for others; may be NULL */
    engine_notice notice;           /* may be NULL */
    void *notice_context;
};

/* What a result says about a device that took part. */
struct engine_description {
    char device[128];
    const char *backend;
    char driver[96]; /* empty: none */
    int lanes;
    uint64_t paths; /* that it has settled; 0 where the backend is alone and runs all */
    bool failed;    /* was dropped */
};

struct engine; /* one backend at work on one plan */

struct engine_backend {
    const char *name;
    /* Fills at most `most` descriptions. \return how many there are */
    size_t (*describe)(const struct engine *engine, struct engine_description *descriptions, size_t most);
    /* Bytes of the host's memory that open() takes, without the plan and the tallies it is given. */
    uint64_t (*memory)(const struct plan *plan, const struct engine_options *options);
    /* `plan` and `tallies` must outlive the engine. \return MM_OK; MM_NO_DEVICE: no such lane width here, or the
     * device can't hold the plan (message); MM_DEVICE_FAILED: it refused (message); MM_SELFTEST: it computes otherwise
     * (message); MM_INTERNAL: memory ran out (message). */
    mm_status (*open)(const struct plan *plan, const struct engine_options *options, struct tallies *tallies,
                      struct engine **engine, mm_messages *messages);
    /* The same for `n` plans of one shape (engine_same_shape()) at once, each with tallies of its own: run() then runs
     * the same paths of each, in launches that they share, and settle() settles all. NULL: the backend can't. */
    mm_status (*open_pack)(const struct plan *const *plans, struct tallies *const *tallies, size_t n,
                           const struct engine_options *options, struct engine **engine, mm_messages *messages);
    /* With open_pack: the most paths that it works on at a time, whatever the plan. */
    uint64_t (*at_once)(const struct engine_options *options);
    /* Paths (of each plan) that it works on at a time: fewer leave a part of it idle. */
    uint64_t (*step)(const struct engine *engine);
    /* Runs paths first_path ... first_path + n - 1; where they are scrambled, first_path, first_path + MM_SCRAMBLES and
     * so on, n of them. Their figures may still lie with the backend when this returns.
     * \return MM_OK; MM_DEVICE_FAILED (message): what was not settled is lost, and the engine can only be closed;
     * MM_IO (message): the same, of a process whose death ends all others. */
    mm_status (*run)(struct engine *engine, uint64_t first_path, uint64_t n, mm_messages *messages);
    /* Everything that ran so far is in the tallies when this returns MM_OK; nothing of what ran since it last did is
     * when a backend of devices returns MM_DEVICE_FAILED (message). */
    mm_status (*settle)(struct engine *engine, mm_messages *messages);
    /* Frees it; what was not settled is lost. NULL is allowed. */
    void (*close)(struct engine *engine);
};

enum engine_role {
    ENGINE_ASKED,   /* must open */
    ENGINE_OFFERED, /* is left out, with a notice, where it can't be opened */
    ENGINE_INSTEAD  /* is opened only where no other is */
};

/* Whether the user wants to stop: set by a signal handler, or by another thread. */
static inline bool engine_asked_to_stop(const volatile sig_atomic_t *stop) {
    return stop && __atomic_load_n(stop, __ATOMIC_RELAXED) != 0;
}

struct engine_member {
    const struct engine_backend *backend;
    enum engine_role role;
    struct engine_options options;
};

/* Paths that 32-bit counts and 64-bit sums of one set of tallies can surely take: a count of its own once a month from
 * each path, but the count of clipped values some times a month; sums of squares up to 2^46 (layout.h: below 2^23
 * each). */
static inline uint64_t engine_budget(int months) {
    const uint64_t clips_a_month = 16, most = UINT64_C(1) << 17;
    uint64_t budget = (UINT64_C(1) << 31) / (clips_a_month * (uint64_t)months);
    return budget > most ? most : budget;
}

/* Whether the plans' tallies and scratch areas have the same sizes. */
static inline bool engine_same_shape(const struct plan *a, const struct plan *b) {
    return a->head.months == b->head.months && a->head.n_counts == b->head.n_counts &&
           a->head.n_sums == b->head.n_sums && a->head.s_vectors == b->head.s_vectors;
}

/* The CPU, through OpenMP. */
extern const struct engine_backend engine_openmp;
/* One device, through OpenCL. */
extern const struct engine_backend engine_opencl;
/* Several of them at once: each takes a piece when it is free; what a failed one has not settled is done by the others.
 * Its settle() is all or nothing, and its tallies don't change between two of them. */
extern const struct engine_backend engine_team;
/* Another rank of an MPI job, for a team. */
extern const struct engine_backend engine_rank;

#endif
