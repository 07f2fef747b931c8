/* Several scenarios at once on one device, in launches that they share: a point with few paths alone would leave most
 * of a device idle. */
#ifndef MISMATCH_HOST_STUDY_PACK_H
#define MISMATCH_HOST_STUDY_PACK_H

#include <mismatch/run.h>

#define PACK_MOST 256

struct pack {
    const struct engine_member *member; /* the device */
    const struct setup *setup;
    const mm_run_options *options; /* stop and progress (of all paths of all scenarios) are used */
};

/* The same paths (setup->first_path and so on) of the n scenarios at `of`, 2 <= n. Those at the front that have the
 * shape of the first one, *taken of them, are run: results[0 ... *taken - 1] are new when this returns MM_OK, what
 * mm_run() would give. Nothing is printed, and no checkpoint is written. \return MM_OK; MM_INTERRUPTED: nothing is
 * kept; MM_USAGE: one can't be planned, or they need more memory than is allowed (message); MM_NO_DEVICE,
 * MM_DEVICE_FAILED (message): run them one by one; MM_INTERNAL: memory ran out. */
mm_status pack_run(const struct pack *pack, const mm_scenario *const *of, size_t n, mm_result **results, size_t *taken,
                   mm_messages *messages);

#endif
