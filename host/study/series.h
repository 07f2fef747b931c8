/* A list of series as --series takes it. */
#ifndef MISMATCH_HOST_STUDY_SERIES_H
#define MISMATCH_HOST_STUDY_SERIES_H

#include <mismatch/status.h>

#include "host/scenario/scenario.h"

struct series_list {
    int n;
    char **texts; /* as written */
    struct sc_series_ref *refs;
};

/* "gap,spare_share:meta:us-east,late_mw:power". \return MM_OK; MM_USAGE (message); MM_INTERNAL. */
mm_status series_parse(const struct sc_scenario *scenario, const char *text, struct series_list *list,
                       mm_messages *messages);
void series_free(struct series_list *list);

#endif
