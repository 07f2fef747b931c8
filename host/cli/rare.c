/* mismatch run --rare */
#include "host/cli/commands.h"

#include <mismatch/study.h>

#include "host/cli/talk.h"

static mm_status check_usage(const struct options *options) {
    static const char *const others[] = {"paths",      "first-path", "shard",        "from",        "question",
                                         "expect",     "store",      "over-ranges",  "range-paths", "recompute",
                                         "no-tallies", "series",     "sample-paths", "backend",     "device",
                                         "no-cache",   "batch",      "time-limit",   "memory",      "sampler"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (options_given(options, others[i]))
            return talk_usage("run", "--rare draws paths of its own and can't go with --%s", others[i]);
    if (options->operands.n != 1)
        return talk_usage("run", options->operands.n ? "one configuration is wanted" : "which configuration?");
    return study_check("run", options);
}

static mm_status estimate(const struct options *options, const mm_scenario *scenario, mm_messages *messages) {
    struct progress progress;
    mm_rare_options asked = {.question = options->rare, .run = study_run(options, &progress)};
    mm_study *found = NULL;
    asked.run.paths = options_given(options, "max-paths") ? options->max_paths : 0;
    asked.run.precision = options->precision;
    signals_catch(options->verbosity < 0);
    mm_status code = mm_rare(scenario, &asked, &found, messages);
    signals_release();
    if (code == MM_INTERRUPTED && options->verbosity >= 0)
        talk("interrupted; nothing is kept of an estimate of a rare event");
    if (found) {
        const mm_status printed = study_output(found, options);
        code = printed == MM_OK ? code : printed;
    }
    mm_study_free(found);
    return code;
}

mm_status command_rare(const struct options *options) {
    mm_status code = check_usage(options);
    if (code != MM_OK)
        return code;
    mm_messages *messages = mm_messages_new();
    mm_scenario *scenario = NULL;
    code = scenario_load(options, &scenario, messages);
    if (code == MM_OK)
        code = estimate(options, scenario, messages);
    talk_messages(messages);
    mm_messages_free(messages);
    mm_scenario_free(scenario);
    return streams_end(code);
}
