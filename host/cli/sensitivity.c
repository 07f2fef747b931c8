/* mismatch sensitivity */
#include "host/cli/commands.h"

#include <mismatch/file.h>
#include <mismatch/study.h>
#include <stdlib.h>
#include <string.h>

#include "host/cli/talk.h"

static const char *const methods[] = {"tornado", "morris", "sobol", NULL};

static mm_status check_usage(const struct options *options, mm_sensitivity_method *method) {
    if (options->operands.n != 1)
        return talk_usage("sensitivity", options->operands.n ? "one configuration is wanted" : "which configuration?");
    if (options->ons.n == 0)
        return talk_usage("sensitivity", "--on says of which answer: a question or another expression");
    *method = MM_TORNADO;
    for (size_t i = 0; options->method && strcmp(options->method, methods[i]) != 0;) {
        if (!methods[++i])
            return talk_usage("sensitivity", "--method: '%s' is not tornado, morris or sobol", options->method);
        *method = (mm_sensitivity_method)i;
    }
    if (options_given(options, "points") && *method == MM_TORNADO)
        return talk_usage("sensitivity", "--points goes with --method morris and sobol; a tornado has a fixed number");
    if (options_given(options, "points") && options->points < 2)
        return talk_usage("sensitivity", "--points starts from 2");
    return study_check("sensitivity", options);
}

/* Where an interrupted study is kept: by everything that its figures hang on. */
static char *checkpoint_of(const struct options *options, const mm_scenario *scenario, mm_sensitivity_method method) {
    char *text = NULL, *file = NULL;
    size_t size = 0;
    FILE *out = mm_text_stream(&text, &size);
    if (!out)
        return NULL;
    fprintf(out, "%s %s %llu %llu %llu\n", mm_scenario_sha256(scenario), methods[method],
            (unsigned long long)options->points, (unsigned long long)options->paths, (unsigned long long)options->seed);
    for (size_t i = 0; i < options->ons.n; i++)
        fprintf(out, "%s\n", options->ons.items[i]);
    if (fclose(out) == 0)
        file = checkpoint_study(options, "sensitivity", text);
    free(text);
    return file;
}

static mm_status study(const struct options *options, const mm_scenario *scenario, mm_sensitivity_method method,
                       mm_messages *messages) {
    struct progress progress;
    char *checkpoint = checkpoint_of(options, scenario, method);
    mm_sensitivity_options asked = {.expressions = options->ons.items,
                                    .n_expressions = options->ons.n,
                                    .method = method,
                                    .rows = options->points,
                                    .run = study_run(options, &progress)};
    mm_study *found = NULL;
    asked.run.checkpoint = checkpoint;
    progress_start(&progress, options);
    signals_catch(options->verbosity < 0);
    mm_status code = mm_sensitivity(scenario, &asked, &found, messages);
    signals_release();
    progress_end(&progress);
    if (code == MM_INTERRUPTED)
        study_interrupted(&progress, checkpoint, options);
    if (code == MM_OK || code == MM_STUDY_PARTIAL) {
        mm_status printed = study_output(found, options);
        if (printed == MM_OK)
            checkpoint_remove(checkpoint);
        else
            code = printed;
    }
    mm_study_free(found);
    free(checkpoint);
    return code;
}

mm_status command_sensitivity(const struct options *options) {
    mm_sensitivity_method method = MM_TORNADO;
    mm_status code = check_usage(options, &method);
    if (code != MM_OK)
        return code;
    mm_messages *messages = mm_messages_new();
    mm_scenario *scenario = NULL;
    code = scenario_load(options, &scenario, messages);
    if (code == MM_OK)
        code = study(options, scenario, method, messages);
    talk_messages(messages);
    mm_messages_free(messages);
    mm_scenario_free(scenario);
    return streams_end(code);
}
