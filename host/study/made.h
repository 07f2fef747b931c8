/* The end of all ways to run a scenario: its tallies become a result. */
#ifndef MISMATCH_HOST_STUDY_MADE_H
#define MISMATCH_HOST_STUDY_MADE_H

#include "host/store/store.h"
#include "host/study/setup.h"
#include "host/study/took_part.h"

/* How they came about. */
struct made {
    const struct sc_scenario *scenario;
    const struct plan *plan;
    const struct setup *setup; /* seed, threads, first path */
    const struct took_part *devices;
    uint64_t paths, here;   /* in the tallies; of them, those that the devices ran, and not a checkpoint before */
    double build, simulate; /* seconds */
    double reduce, total;   /* the same, without those that made_result() takes */
    const char *until, *stopped_by;
};

/* Takes *tallies, which is NULL then, unless memory runs out before. \return as store_result() */
mm_status made_result(const struct made *made, struct tallies **tallies, mm_result **result, mm_messages *messages);

#endif
