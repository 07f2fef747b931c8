/* mismatch path */
#include "host/cli/commands.h"

#include <mismatch/run.h>

#include "host/cli/talk.h"

mm_status command_path(const struct options *options) {
    if (options->operands.n != 1)
        return talk_usage("path", options->operands.n ? "one configuration is wanted" : "which configuration?");
    if (!options_given(options, "path"))
        return talk_usage("path", "which path? --path K");
    mm_messages *messages = mm_messages_new();
    mm_scenario *scenario = NULL;
    mm_run_options run = {
        .seed = options_given(options, "seed") ? options->seed : 1, .seed_given = true, .lanes = options->lanes};
    mm_status code = scenario_load(options, &scenario, messages);
    if (code == MM_OK) {
        code = mm_path_story(scenario, &run, options->path, options->json, stdout, messages);
        code = streams_end(code);
    }
    talk_messages(messages);
    mm_messages_free(messages);
    mm_scenario_free(scenario);
    return code;
}
