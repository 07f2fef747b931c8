/* Several scenarios at once on one device, in launches that they share: a point with few paths alone would leave most
 * of a device idle. */
#ifndef MISMATCH_HOST_STUDY_PACK_H
#define MISMATCH_HOST_STUDY_PACK_H

#include <mismatch/run.h>

#include "host/study/setup.h"

#define PACK_MOST 256

struct pack {
    const struct engine_member *member; /* the device */
    const struct setup *setup;
    const mm_run_options *options; /* stop and progress (of all paths of all scenarios) are used */
    uint64_t plans_bytes;          /* of all plans that the caller has, those of the pack included */
};

struct pack_item {
    const mm_scenario *scenario;
    const struct plan *plan; /* of setup_plan() */
};

/* Whether scenarios with these plans can share launches. */
bool pack_same_shape(const struct plan *a, const struct plan *b);

/* The same paths (setup->first_path and so on) of n scenarios of one shape, 1 <= n <= PACK_MOST. results[0 ... n - 1]
 * are new when this returns MM_OK, what mm_run() would give. Nothing is printed, and no checkpoint is written. \return
 * MM_OK; MM_INTERRUPTED: nothing is kept; MM_USAGE: they need more memory than is allowed (message); MM_NO_DEVICE,
 * MM_DEVICE_FAILED (message): run them one by one; MM_INTERNAL: memory ran out. */
mm_status pack_run(const struct pack *pack, const struct pack_item *items, size_t n, mm_result **results,
                   mm_messages *messages);

#endif
