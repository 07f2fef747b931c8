/* --over-ranges of mismatch run */
#include "host/cli/talk.h"

#include <stdlib.h>
#include <time.h>

mm_status drawn_check(const struct options *options) {
    static const char *const apart[] = {"shard", "sample-paths"};
    if (options_given(options, "range-paths") && (!options->over_ranges || options->range_paths == 0))
        return talk_usage("run", options->over_ranges ? "--range-paths starts from 1"
                                                      : "--range-paths goes with --over-ranges");
    for (size_t i = 0; options_given(options, "over-ranges") && i < sizeof apart / sizeof apart[0]; i++)
        if (options_given(options, apart[i]))
            return talk_usage("run", "--over-ranges and --%s exclude each other", apart[i]);
    if (options_given(options, "over-ranges") && options->over_ranges == 0)
        return talk_usage("run", "--over-ranges starts from 20");
    return MM_OK;
}

static double seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

mm_status drawn_make(struct drawn *drawn, const struct options *options, const mm_scenario *scenario,
                     mm_run_options *run, mm_messages *messages) {
    const uint64_t most = 20000;
    double began = seconds();
    char *beside;
    if (options->over_ranges == 0)
        return MM_OK;
    mm_over_ranges_options asked = {.draws = options->over_ranges, .run = *run};
    asked.run.paths = options->range_paths ? options->range_paths : run->paths < most ? run->paths : most;
    asked.run.ranks = false;
    asked.run.until_enough = false;
    asked.run.precision = 0;
    beside = checkpoint_file(options, mm_scenario_sha256(scenario), run->seed, run->first_path, run->paths);
    if (beside && asprintf(&drawn->checkpoint, "%s.draws", beside) < 0)
        drawn->checkpoint = NULL;
    free(beside);
    asked.run.checkpoint = drawn->checkpoint;
    mm_status status = mm_over_ranges(scenario, &asked, &drawn->study, &drawn->failed, messages);
    if (run->time_limit > 0) { /* what is left of it is for the run */
        double left = run->time_limit - (seconds() - began);
        run->time_limit = left > 1e-3 ? left : 1e-3;
    }
    return status;
}

mm_status drawn_add(const struct drawn *drawn, mm_result *result) {
    return drawn->study ? mm_result_add_ranges(result, drawn->study) : MM_OK;
}

mm_status drawn_end(struct drawn *drawn, mm_status code, bool done) {
    if (done && drawn->checkpoint)
        remove(drawn->checkpoint);
    mm_study_free(drawn->study);
    free(drawn->checkpoint);
    if (drawn->failed && done)
        talk("%llu draw%s of the ranges failed", (unsigned long long)drawn->failed, drawn->failed == 1 ? "" : "s");
    return code == MM_OK && done && drawn->failed ? MM_STUDY_PARTIAL : code;
}
