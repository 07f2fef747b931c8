/* Options of a run, checked and with their defaults filled in. */
#ifndef MISMATCH_HOST_SETUP_H
#define MISMATCH_HOST_SETUP_H

#include <mismatch/run.h>

#include "host/engine/choose.h"
#include "host/engine/engine.h"
#include "host/plan/plan.h"

#define SETUP_MAX_PATHS (UINT64_C(1) << 40)

struct setup {
    uint64_t paths, first_path, batch; /* batch 0: as it turns out best */
    uint64_t memory;                   /* bytes; 0: no limit is known */
    uint64_t beside;                   /* bytes that the caller needs beside the run's own */
    double time_limit;                 /* 0: none */
    bool until_enough;                 /* `paths` is the most */
    bool sobol;                        /* scrambled Sobol points */
    struct engine_options engine;
};

/* `options` may be NULL. \return MM_OK; MM_USAGE or MM_NO_DEVICE (message). */
mm_status setup_read(const mm_run_options *options, struct setup *setup, mm_messages *messages);

/* Chooses the backend and the devices; the caller gives *choice to engine_choice_free() in any case. \return as
 * engine_choose() does. */
mm_status setup_choose(const mm_run_options *options, const struct setup *setup, struct engine_choice *choice,
                       mm_messages *messages);

/* The plan for the sampler that is wanted. \return as plan_build() does. */
mm_status setup_plan(const struct sc_scenario *scenario, struct setup *setup, struct plan **plan,
                     mm_messages *messages);

/* Bytes of this machine's memory at the peak of a run. */
uint64_t setup_memory(const struct plan *plan, const struct setup *setup, const struct engine_choice *choice);
/* The question that needs most of them, by its index in the scenario, or -1. */
int setup_heaviest(const struct plan *plan, const struct setup *setup);
/* \return MM_OK, or MM_USAGE when the run needs more than is allowed (message with the figure and that question). */
mm_status setup_check_memory(const struct sc_scenario *scenario, const struct plan *plan, const struct setup *setup,
                             const struct engine_choice *choice, mm_messages *messages);

#endif
