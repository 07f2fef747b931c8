/* The stages of a path, as `mismatch bench` tells them apart. */
#ifndef MISMATCH_KERNELS_STAGES_H
#define MISMATCH_KERNELS_STAGES_H

enum mm_stage {
    MM_STAGE_ARRIVALS,      /* common factors, shocks, decisions to build, when phases are there */
    MM_STAGE_CAPACITY,      /* what is up, what is late, what contracts pass on */
    MM_STAGE_DEMAND,        /* launches, campaigns, regimes, inference, training */
    MM_STAGE_ALLOCATION,    /* inside firms */
    MM_STAGE_MARKET,        /* balance, price, who sells, what is sold, the state */
    MM_STAGE_EVENTS,        /* revenue, series, conditions, events */
    MM_STAGE_INDUSTRY,      /* tallies: of the industry, ... */
    MM_STAGE_PROBABILITIES, /* ... of probability questions, ... */
    MM_STAGE_MAPS,          /* ... of coexistence questions, ... */
    MM_STAGE_FANS,          /* ... of fans, ... */
    MM_STAGE_NEWS,          /* ... of evidence and patterns */
    MM_STAGES
};

/* Where a stage begins. It is nothing, but in the bench's own copy of the kernels (host/engine/lanes/bench_body.h). */
#ifndef MM_STAGE
#define MM_STAGE(k, stage) ((void)0)
#endif

#endif
