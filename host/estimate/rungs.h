/* Rungs: the steps of evidence questions, and the paths that stand behind their factors. */
#ifndef MISMATCH_HOST_ESTIMATE_RUNGS_H
#define MISMATCH_HOST_ESTIMATE_RUNGS_H

#include <stdint.h>

#include "host/engine/tallies.h"
#include "host/plan/plan.h"

/* A factor is told when at least so many paths have the evidence, with the hypothesis and without it alike: its
 * interval then reaches about 14 % to either side, or 19 % where both sides have no more. */
#define RUNGS_LEAST_PATHS 200

/* About how many paths it takes until `fewer` of `paths`, the smaller side of a rung, has become RUNGS_LEAST_PATHS.
 * Where there are none yet, the figure is that for 3 of them: less than that is improbable (95 %) once as many paths
 * again have been run. */
uint64_t rungs_need(uint64_t fewer, uint64_t paths);

/* The fewest paths behind a rung of any evidence question; UINT64_MAX where the plan has none. */
uint64_t rungs_fewest(const struct plan *plan, const struct tallies *tallies);

#endif
