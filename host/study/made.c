#include "host/study/made.h"

#include <time.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

mm_status made_result(const struct made *made, struct tallies **tallies, mm_result **result, mm_messages *messages) {
    const double before = now();
    struct store_run run = {.seed = made->setup->engine.seed,
                            .backend = took_part_backend(made->devices),
                            .devices = took_part_json(made->devices, made->here),
                            .threads = made->setup->engine.threads,
                            .build = made->build,
                            .simulate = made->simulate,
                            .until = made->until,
                            .stopped_by = made->stopped_by};
    mm_status status = MM_INTERNAL;
    if (run.devices && ranges_add(&run.ranges, made->setup->first_path, made->paths)) {
        struct tallies *taken = *tallies;
        *tallies = NULL;
        status = store_result(made->scenario, made->plan, taken, &run, result, messages);
    } else {
        store_no_memory(messages);
    }
    if (status == MM_OK) {
        const double seconds = now() - before;
        store_set_seconds(*result, made->reduce + seconds, made->total + seconds);
    }
    json_decref(run.devices);
    ranges_free(&run.ranges);
    return status;
}
