/* Rungs: the steps of evidence questions, and the paths that stand behind their factors. */
#ifndef MISMATCH_HOST_ESTIMATE_RUNGS_H
#define MISMATCH_HOST_ESTIMATE_RUNGS_H

#include <stdint.h>

#include "host/engine/tallies.h"
#include "host/plan/plan.h"

/* A factor is told when at least so many paths have the evidence, with the hypothesis and without it alike: its
 * interval then reaches about 14 % to either side, or 19 % where both sides have no more. */
#define RUNGS_LEAST_PATHS 200

enum rung_state {
    RUNG_TOLD,        /* there is a factor */
    RUNG_SCARCE,      /* too few paths */
    RUNG_NEVER,       /* no path has the evidence */
    RUNG_ONLY_WITH,   /* paths have it only with the hypothesis */
    RUNG_ONLY_WITHOUT /* ... only without it */
};

/* A rung as it stands. `needs`: about how many paths a run needs to tell its factor; where a side has none yet, more
 * than so many. 0: more paths tell no more. */
struct rung {
    enum rung_state state;
    uint64_t needs;
};

/* Paths with the hypothesis, and without it. */
struct rung_paths {
    uint64_t with, without;
};

/* The first rung of a ladder has none `before` it. `seen`: paths with the evidence so far; `all`: all paths.
 *
 * With nothing on the smaller side its share of the paths is taken as 3 of them, which is the most that it can be
 * (95 %): so the need is a lower bound. As each rung's paths are among those of the rung before, it needs no fewer.
 *
 * A rung that is seen on one side alone is certain when it rests on RUNGS_LEAST_PATHS there, and as many would be
 * expected on the other side if the evidence said nothing: where the hypothesis itself is rare (or its contrary), an
 * empty side means little. Rungs after a certain one are certain too, if they are seen at all. */
struct rung rungs_look(struct rung_paths seen, struct rung_paths all, const struct rung *before);

/* The most that a rung of any evidence question needs; 0: all have enough, or there is none. */
uint64_t rungs_need(const struct plan *plan, const struct tallies *tallies, uint64_t paths);

#endif
