/* The estimate that a running simulation shows: of the first expression asked for, or else of the first probability. */
#ifndef MISMATCH_HOST_STUDY_WATCH_H
#define MISMATCH_HOST_STUDY_WATCH_H

#include <mismatch/run.h>

#include "host/engine/tallies.h"
#include "host/plan/plan.h"
#include "host/scenario/scenario.h"

struct watch {
    const struct sc_scenario *scenario;
    const char *expression; /* NULL: nothing is watched */
    mm_value value;         /* not known before the first look */
    double cost, looked;    /* seconds that the last look took, and when it ended */
};

/* Nothing is watched unless options->watch is set. */
void watch_begin(struct watch *watch, const struct sc_scenario *scenario, const mm_run_options *options);

/* Whether it has not looked yet: it does so after the first batch. */
bool watch_waits(const struct watch *watch);

/* Works the estimate out from the tallies of `paths` paths, unless that would take more than a small part of the time
 * since the last look. What goes wrong here ends the watching, never the run. */
void watch_look(struct watch *watch, const struct plan *plan, const struct tallies *tallies, uint64_t paths);

#endif
