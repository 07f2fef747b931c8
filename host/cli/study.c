/* What the studies have in common: options of their runs, output, being interrupted. */
#include "host/cli/talk.h"

#include <string.h>

#include <mismatch/file.h>

mm_status study_backend(const char *command, const struct options *options) {
    static const char *const backends[] = {"auto", "openmp", "opencl", NULL};
    for (size_t i = 0; options->backend && strcmp(options->backend, backends[i]) != 0;)
        if (!backends[++i]) {
            const char *near = nearest_name(options->backend, backends);
            return talk_usage(command, "--backend '%s': auto, openmp and opencl are allowed%s%s%s", options->backend,
                              near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
        }
    return MM_OK;
}

mm_status study_check(const char *command, const struct options *options) {
    if (study_backend(command, options) != MM_OK)
        return MM_USAGE;
    if (options->json && options->csv)
        return talk_usage(command, "--json and --csv exclude each other");
    if (options_given(options, "paths") && options->paths == 0)
        return talk_usage(command, "--paths starts from 1");
    if (options_given(options, "batch") && options->batch == 0)
        return talk_usage(command, "--batch starts from 1");
    if (options->recompute && !options->store)
        return talk_usage(command, "--recompute goes with --store");
    if (!streams_stdout() && !(options->output && options->verbosity < 0)) {
        talk("standard output is closed");
        return MM_IO;
    }
    if (!options->output)
        return MM_OK;
    mm_messages *messages = mm_messages_new();
    mm_status status = mm_file_check(options->output, options->force, messages);
    talk_messages(messages);
    mm_messages_free(messages);
    return status;
}

/* Each run of a study chooses its devices, and drops one that fails, anew: that is told once. Of a run alone all is
 * told, but not the choice, which comes first, when a study beside it has told the same. */
static bool was_told(struct progress *progress, const char *text) {
    const size_t most = sizeof progress->told[0] - 1, length = strcspn(text, ";"); /* numbers follow */
    const size_t known = progress->n_told < NOTICES ? progress->n_told : NOTICES;
    if (known && strncmp(text, progress->told[0], most) == 0)
        return true;
    for (size_t i = 0; i < known && progress->last.points; i++)
        if (strncmp(text, progress->told[i], length < most ? length : most) == 0)
            return true;
    if (known < NOTICES)
        snprintf(progress->told[progress->n_told++], most + 1, "%s", text);
    return false;
}

static void tell_notice(const char *text, bool important, void *context) {
    struct progress *progress = context;
    if ((progress->verbosity > 0 || (important && progress->verbosity == 0)) && !was_told(progress, text)) {
        progress_end(progress); /* its line is drawn again when there is more to tell */
        talk("%s", text);
    }
}

mm_run_options study_run(const struct options *options, struct progress *progress) {
    return (mm_run_options){.paths = options->paths,
                            .seed = options_given(options, "seed") ? options->seed : 1,
                            .seed_given = true,
                            .threads = options->threads,
                            .lanes = options->lanes,
                            .backend = options->backend,
                            .devices = options->devices.items,
                            .n_devices = options->devices.n,
                            .no_cache = options->no_cache,
                            .notice = tell_notice,
                            .notice_context = progress,
                            .batch = options->batch,
                            .time_limit = options->time_limit,
                            .memory = options->memory,
                            .stop = signals_stop(),
                            .progress = progress_tell,
                            .progress_context = progress};
}

mm_status study_output(const mm_study *study, const struct options *options) {
    mm_messages *messages = mm_messages_new();
    mm_status saved = MM_OK, printed = MM_OK;
    if (options->output)
        saved = mm_study_save(study, options->output, options->force, messages);
    mm_text_style style = output_style(options);
    if (options->json)
        printed = mm_study_write_json(study, stdout);
    else if (options->csv)
        printed = mm_study_write_csv(study, stdout);
    else if (!(options->output && options->verbosity < 0))
        printed = mm_study_write_text(study, &style, stdout);
    talk_messages(messages);
    mm_messages_free(messages);
    return saved != MM_OK || printed == MM_IO ? saved : printed; /* streams_end() speaks for stdout */
}

mm_status study_store_open(const struct options *options, mm_study_store *kept, mm_messages *messages) {
    *kept = (mm_study_store){.recompute = options->recompute};
    return options->store ? store_open(options->store, true, options, &kept->store, messages) : MM_OK;
}

mm_status study_store_close(const struct options *options, mm_study_store *kept, mm_status code) {
    char found[32], all[32], differ[32];
    mm_store_close(kept->store);
    talk_count(kept->found, found);
    talk_count(kept->found + kept->simulated, all);
    talk_count(kept->differ, differ);
    if (kept->found && options->verbosity >= 0 && (code == MM_OK || code == MM_STUDY_PARTIAL))
        talk("%s of %s runs were in %s: they are not simulated again (--recompute does it)", found, all,
             options->store);
    if (kept->differ)
        talk("%s held %s run%s with another digest; they are replaced", options->store, differ,
             kept->differ == 1 ? "" : "s");
    return kept->differ && code == MM_OK ? MM_SELFTEST : code;
}

void study_interrupted(const struct progress *progress, const char *checkpoint, const struct options *options) {
    char done[32];
    if (options->verbosity < 0)
        return;
    talk_count(progress->last.points_done, done);
    if (options->store)
        talk("interrupted after %s run%s; the same command goes on from %s", done,
             progress->last.points_done == 1 ? "" : "s", options->store);
    else if (checkpoint)
        talk("interrupted after %s run%s; the same command goes on from %s", done,
             progress->last.points_done == 1 ? "" : "s", checkpoint);
    else
        talk("interrupted after %s run%s; nothing is kept of them, since neither XDG_STATE_HOME nor HOME says where",
             done, progress->last.points_done == 1 ? "" : "s");
}
