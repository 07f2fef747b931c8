/* The story of one path, replayed: built once as JSON, told as JSON or as text. */
#ifndef MISMATCH_HOST_STORY_H
#define MISMATCH_HOST_STORY_H

#include <jansson.h>
#include <stdio.h>

#include "host/engine/lanes/lanes.h"
#include "host/plan/plan.h"
#include "host/scenario/scenario.h"

/* One path at work: its plan (whose first slots are the story's), the job, and the scratch area of one lane. */
struct story {
    const struct sc_scenario *scenario;
    const struct plan *plan;
    struct lanes_job job;
    const float *real;    /* the scratch area, one lane, as reals ... */
    const int32_t *whole; /* ... and as integers */
};

/* The slots that a story needs: `industry` first, then STORY_FIRM_SLOTS for each firm. */
enum { STORY_GAP, STORY_PRICE, STORY_DEMAND, STORY_SUPPLY, STORY_UNMET, STORY_INDUSTRY_SLOTS };
enum { STORY_SPARE, STORY_UNSOLD, STORY_LACK, STORY_BOUGHT, STORY_PRESSURE, STORY_FIRM_SLOTS };

/* What happens in month t: {"month", "state", ..., "arrivals": [...], ...}. NULL when memory ran out. */
json_t *story_month(const struct story *story, int t);
/* What is settled before month 0: shock strikes within the horizon. NULL when memory ran out. */
json_t *story_strikes(const struct story *story);

void story_print(const json_t *document, FILE *out);

#endif
