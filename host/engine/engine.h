/* What every backend offers: a table of functions. A backend runs paths and adds up exact integers; it knows neither
 * what they mean nor where they go. */
#ifndef MISMATCH_HOST_ENGINE_H
#define MISMATCH_HOST_ENGINE_H

#include <stdint.h>

#include <mismatch/status.h>

#include "host/engine/tallies.h"
#include "host/plan/plan.h"

struct engine_options {
    uint64_t seed;
    int threads; /* >= 1 */
    int lanes;   /* a width that lanes_get() has */
};

/* What a result says about the machine. */
struct engine_description {
    char device[128];
};

struct engine; /* one backend at work on one plan */

struct engine_backend {
    const char *name;
    void (*describe)(struct engine_description *description);
    /* Bytes that open() takes, without the plan and the tallies it is given. */
    uint64_t (*memory)(const struct plan *plan, const struct engine_options *options);
    /* `plan` and `tallies` must outlive the engine. \return MM_OK; MM_NO_DEVICE: no such lane width here (message);
     * MM_INTERNAL: memory ran out (message). */
    mm_status (*open)(const struct plan *plan, const struct engine_options *options, struct tallies *tallies,
                      struct engine **engine, mm_messages *messages);
    /* Runs paths first_path ... first_path + n - 1. Their figures may still lie with the backend when this returns. */
    mm_status (*run)(struct engine *engine, uint64_t first_path, uint64_t n, mm_messages *messages);
    /* Everything that ran so far is in the tallies when this returns. */
    mm_status (*settle)(struct engine *engine, mm_messages *messages);
    /* Frees it; what was not settled is lost. NULL is allowed. */
    void (*close)(struct engine *engine);
};

/* The CPU, through OpenMP. */
extern const struct engine_backend engine_openmp;

#endif
