/* mismatch reverse */
#include "host/cli/commands.h"

#include <mismatch/study.h>
#include <stdlib.h>
#include <string.h>

#include "host/cli/talk.h"

static mm_status check_usage(const struct options *options) {
    if (options->operands.n != 1)
        return talk_usage("reverse", options->operands.n ? "one configuration is wanted" : "which configuration?");
    if (!options->target)
        return talk_usage("reverse", "what is to become true? --target 'p(glut by 2028-12) >= 0.5', for example");
    return study_check("reverse", options);
}

/* Where an interrupted search is kept. */
static char *checkpoint_of(const struct options *options, const mm_scenario *scenario) {
    char *text = NULL, *file = NULL;
    if (asprintf(&text, "%llu %llu %s %s", (unsigned long long)options->paths, (unsigned long long)options->seed,
                 mm_scenario_sha256(scenario), options->target) < 0)
        return NULL;
    file = checkpoint_study(options, "reverse", text);
    free(text);
    return file;
}

static mm_status reverse(const struct options *options, const mm_scenario *scenario, mm_messages *messages) {
    struct progress progress;
    char *checkpoint = options->store ? NULL : checkpoint_of(options, scenario);
    mm_study_store kept;
    mm_status code = study_store_open(options, &kept, messages);
    mm_reverse_options asked = {.run = study_run(options, &progress), .store = kept.store ? &kept : NULL};
    mm_study *study = NULL;
    uint64_t failed = 0;
    asked.run.checkpoint = checkpoint;
    progress_start(&progress, options);
    signals_catch(options->verbosity < 0);
    if (code == MM_OK)
        code = mm_reverse(scenario, options->target, &asked, &study, &failed, messages);
    signals_release();
    progress_end(&progress);
    if (code == MM_INTERRUPTED)
        study_interrupted(&progress, checkpoint, options);
    if (code == MM_OK) {
        code = study_output(study, options);
        if (code == MM_OK)
            checkpoint_remove(checkpoint);
        if (failed)
            talk("%llu point%s made no valid configuration", (unsigned long long)failed, failed == 1 ? "" : "s");
        if (code == MM_OK && failed)
            code = MM_STUDY_PARTIAL;
    }
    code = study_store_close(options, &kept, code);
    mm_study_free(study);
    free(checkpoint);
    return code;
}

mm_status command_reverse(const struct options *options) {
    mm_status code = check_usage(options);
    if (code != MM_OK)
        return code;
    mm_messages *messages = mm_messages_new();
    mm_scenario *scenario = NULL;
    code = scenario_load(options, &scenario, messages);
    if (code == MM_OK)
        code = reverse(options, scenario, messages);
    talk_messages(messages);
    mm_messages_free(messages);
    mm_scenario_free(scenario);
    return streams_end(code);
}
