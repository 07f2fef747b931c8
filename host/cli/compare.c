/* mismatch compare */
#include "host/cli/commands.h"

#include <mismatch/file.h>
#include <mismatch/study.h>
#include <stdlib.h>
#include <string.h>

#include "host/cli/talk.h"

#define BASELINE "baseline"

struct comparison {
    const struct options *options;
    size_t n;
    mm_compared *scenarios; /* [n] */
    char **names;           /* [n] */
    mm_scenario **loaded;   /* [n] */
    mm_messages *messages;
};

static mm_status check_usage(const struct options *options) {
    if (options->operands.n != 1)
        return talk_usage("compare", options->operands.n ? "one configuration is wanted" : "which configuration?");
    if (options->overlays.n == 0)
        return talk_usage("compare", "compare it with what? --overlay FILE names a scenario");
    if (strcmp(options->operands.items[0], "-") == 0)
        return talk_usage("compare", "the configuration is read several times, so it can't be standard input");
    for (size_t i = 0; i < options->expects.n; i++)
        if (!strpbrk(options->expects.items[i], "<>"))
            return talk_usage("compare", "--expect: '%s' compares nothing; write for example '%s >= 0.1'",
                              options->expects.items[i], options->expects.items[i]);
    return study_check("compare", options);
}

/* The file's name without folder and ending. */
static char *name_of(const char *file) {
    const char *slash = strrchr(file, '/');
    const char *base = slash ? slash + 1 : file, *dot = strrchr(base, '.');
    return strndup(base, dot && dot > base ? (size_t)(dot - base) : strlen(base));
}

static mm_status load(struct comparison *comparison) {
    const struct options *options = comparison->options;
    mm_status status = MM_OK;
    comparison->n = options->overlays.n + 1;
    comparison->scenarios = calloc(comparison->n, sizeof *comparison->scenarios);
    comparison->names = calloc(comparison->n, sizeof *comparison->names);
    comparison->loaded = calloc(comparison->n, sizeof *comparison->loaded);
    if (!comparison->scenarios || !comparison->names || !comparison->loaded)
        return MM_INTERNAL;
    for (size_t i = 0; i < comparison->n && status == MM_OK; i++) {
        comparison->names[i] = i ? name_of(options->overlays.items[i - 1]) : strdup(BASELINE);
        if (!comparison->names[i])
            return MM_INTERNAL;
        status = mm_scenario_load(options->operands.items[0], i ? &options->overlays.items[i - 1] : NULL, i ? 1 : 0,
                                  options->sets.items, options->sets.n, &comparison->loaded[i], comparison->messages);
        comparison->scenarios[i] = (mm_compared){comparison->names[i], comparison->loaded[i]};
    }
    return status;
}

/* Where an interrupted comparison is kept. */
static char *checkpoint_of(const struct comparison *comparison) {
    const struct options *options = comparison->options;
    char *text = NULL, *file = NULL;
    size_t size = 0;
    FILE *out = mm_text_stream(&text, &size);
    if (!out)
        return NULL;
    fprintf(out, "%llu %llu\n", (unsigned long long)options->paths, (unsigned long long)options->seed);
    for (size_t i = 0; i < comparison->n; i++)
        fprintf(out, "%s\n", mm_scenario_sha256(comparison->loaded[i]));
    for (size_t i = 0; i < options->questions.n; i++)
        fprintf(out, "%s\n", options->questions.items[i]);
    for (size_t i = 0; i < options->expects.n; i++)
        fprintf(out, "%s\n", options->expects.items[i]);
    if (fclose(out) == 0)
        file = checkpoint_study(options, "compare", text);
    free(text);
    return file;
}

static mm_status check_expectations(const struct comparison *comparison, const mm_study *study) {
    const struct options *options = comparison->options;
    mm_status code = MM_OK;
    for (size_t i = 0; i < options->expects.n; i++) {
        mm_value value;
        mm_status status = mm_compare_evaluate(study, options->expects.items[i], &value, comparison->messages);
        if (status == MM_OK)
            status = output_expectation(options->expects.items[i], &value);
        code = code == MM_OK ? status : code;
    }
    return code;
}

static mm_status compare(struct comparison *comparison) {
    const struct options *options = comparison->options;
    struct progress progress;
    char *checkpoint = options->store ? NULL : checkpoint_of(comparison);
    mm_study_store kept;
    mm_status code = study_store_open(options, &kept, comparison->messages);
    mm_compare_options asked = {.expressions = options->questions.items,
                                .n_expressions = options->questions.n,
                                .expectations = options->expects.items,
                                .n_expectations = options->expects.n,
                                .run = study_run(options, &progress),
                                .store = kept.store ? &kept : NULL};
    mm_study *study = NULL;
    asked.run.checkpoint = checkpoint;
    progress_start(&progress, options);
    signals_catch(options->verbosity < 0);
    if (code == MM_OK)
        code = mm_compare(comparison->scenarios, comparison->n, &asked, &study, comparison->messages);
    signals_release();
    progress_end(&progress);
    if (code == MM_INTERRUPTED)
        study_interrupted(&progress, checkpoint, options);
    if (code == MM_OK) {
        code = study_output(study, options);
        if (code == MM_OK) {
            checkpoint_remove(checkpoint);
            code = check_expectations(comparison, study);
        }
    }
    code = study_store_close(options, &kept, code);
    mm_study_free(study);
    free(checkpoint);
    return code;
}

mm_status command_compare(const struct options *options) {
    mm_status code = check_usage(options);
    if (code != MM_OK)
        return code;
    struct comparison comparison = {.options = options, .messages = mm_messages_new()};
    code = load(&comparison);
    if (code == MM_OK)
        code = compare(&comparison);
    talk_messages(comparison.messages);
    mm_messages_free(comparison.messages);
    for (size_t i = 0; i < comparison.n; i++) {
        if (comparison.loaded)
            mm_scenario_free(comparison.loaded[i]);
        if (comparison.names)
            free(comparison.names[i]);
    }
    free(comparison.scenarios);
    free(comparison.names);
    free(comparison.loaded);
    return streams_end(code);
}
