/* What a scenario holds, in a few numbers. */
#ifndef MISMATCH_SUMMARY_H
#define MISMATCH_SUMMARY_H

#include <stdint.h>

#include <mismatch/scenario.h>
#include <mismatch/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mm_summary {
    int start_year, start_month, months;
    int firms, regions, generations, events, questions;
    int phases;       /* that may slip: single ones and those of the building programmes */
    uint64_t tallies; /* counters and sums of a run */
} mm_summary;

/* Builds the plan of a run, so that what is too large for one shows here.
 * \return MM_OK; MM_USAGE: beyond a limit (message); MM_INTERNAL. */
mm_status mm_scenario_summary(const mm_scenario *scenario, mm_summary *summary, mm_messages *messages);

#ifdef __cplusplus
}
#endif

#endif
