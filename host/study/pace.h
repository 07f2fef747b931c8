/* A study's progress, time limit and stop, over the points it evaluates. */
#ifndef MISMATCH_HOST_STUDY_PACE_H
#define MISMATCH_HOST_STUDY_PACE_H

#include <signal.h>
#include <stdbool.h>

#include <mismatch/run.h>

struct pace {
    mm_run_options inner; /* what to evaluate points with */
    const mm_run_options *outer;
    volatile sig_atomic_t stop;
    uint64_t points, points_done; /* `points` may grow while a study learns how many it needs */
    uint64_t computed;            /* points that this process computed itself */
    uint64_t paths_done;          /* of the points computed so far */
    double began, told;
};

/* The pace stays where it is: `inner` points into it. */
void pace_begin(struct pace *pace, const mm_run_options *outer, uint64_t points);
/* Whether it is time to stop: the user asked, or the time limit has passed and something was done. */
bool pace_should_stop(struct pace *pace);
/* A point is done. `computed`: not just remembered. */
void pace_point(struct pace *pace, bool computed);

#endif
