/* One path of the model for each lane: the whole of docs/model.md, month by month. */
#ifndef MISMATCH_KERNELS_PATH_H
#define MISMATCH_KERNELS_PATH_H

#include "kernels/context.h"
#include "kernels/path_build.h"
#include "kernels/path_demand.h"
#include "kernels/path_draw.h"
#include "kernels/path_events.h"
#include "kernels/path_market.h"
#include "kernels/path_names.h"
#include "kernels/path_series.h"
#include "kernels/path_tally.h"

/* After path_begin(): months in order, each once. */
static void path_month(const struct mm_context *k, int t) {
    MM_STAGE(k, MM_STAGE_CAPACITY);
    capacity_month(k, t);
    MM_STAGE(k, MM_STAGE_DEMAND);
    demand_month(k, t);
    market_month(k, t);
    MM_STAGE(k, MM_STAGE_CAPACITY);
    late_capacity(k, t);
    MM_STAGE(k, MM_STAGE_EVENTS);
    revenue_month(k, t);
    series_month(k, t);
    events_month(k, t);
}

static void path_run(const struct mm_context *k) {
#if defined(MM_POISON) /* in ./check: no result may hang on what the path before left behind */
    for (int v = 0; v < k->h->s_vectors; v++)
        WI(v) = v_i(MM_POISON);
#endif
    path_begin(k);
    for (int t = 0; t < k->h->months; t++) {
        path_month(k, t);
        tally_month(k, t);
    }
    tally_path(k);
}

#endif
