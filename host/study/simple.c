/* A run without a structure of options. */
#include <mismatch/run.h>

mm_status mm_run_simple(const mm_scenario *scenario, uint64_t paths, uint64_t seed, mm_result **result,
                        mm_messages *messages) {
    const mm_run_options options = {.paths = paths, .seed = seed, .seed_given = true};

    return mm_run(scenario, &options, result, messages);
}
