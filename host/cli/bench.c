/* mismatch bench */
#include "host/cli/commands.h"

#include <limits.h>
#include <mismatch/bench.h>
#include <mismatch/file.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/cli/talk.h"

#define STANDARD_CONFIG "ai-2026"
#define MOST_ROUNDS 1000

static mm_status check_usage(const struct options *options) {
    if (options->operands.n > 1)
        return talk_usage("bench", "one configuration is wanted");
    if (options->rounds > MOST_ROUNDS)
        return talk_usage("bench", "--rounds: 1 to %d are allowed", MOST_ROUNDS);
    return MM_OK;
}

static void tell_notice(const char *text, bool important, void *context) {
    const struct options *options = context;
    if (important && options->verbosity >= 0)
        talk("%s", text);
}

/* The configuration that it measures: the baseline unless another is given, by name as by file. */
static mm_status find_config(const struct options *options, struct options *found, const char *name[1]) {
    *found = *options;
    if (options->operands.n == 0) {
        name[0] = STANDARD_CONFIG;
        found->operands = (struct option_list){1, name};
    }
    found->found = NULL;
    return configs_find(found);
}

static mm_status measure(const struct options *options, const char *file, mm_bench **bench, mm_messages *messages) {
    char program[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    program[n > 0 ? n : 0] = '\0';
    mm_bench_options asked = {.file = file,
                              .program = n > 0 ? program : NULL,
                              .parts = options->parts.items,
                              .n_parts = options->parts.n,
                              .rounds = options->rounds,
                              .quick = options->quick,
                              .run = {.threads = options->threads,
                                      .lanes = options->lanes,
                                      .backend = options->backend,
                                      .devices = options->devices.items,
                                      .n_devices = options->devices.n,
                                      .no_cache = options->no_cache,
                                      .memory = options->memory,
                                      .notice = tell_notice,
                                      .notice_context = (void *)(uintptr_t)options}};
    return mm_bench_run(&asked, bench, messages);
}

static mm_status output(const mm_bench *bench, const struct options *options, mm_messages *messages) {
    if (options->output) {
        mm_status status = mm_bench_save(bench, options->output, options->force, messages);
        if (status != MM_OK || options->verbosity < 0)
            return status;
    }
    return options->json ? mm_bench_write_json(bench, stdout) : mm_bench_write_text(bench, NULL, stdout);
}

mm_status command_bench(const struct options *options) {
    struct options found;
    const char *name[1];
    mm_status code = check_usage(options);
    if (code != MM_OK)
        return code;
    code = find_config(options, &found, name);
    if (code != MM_OK)
        return code;
    mm_messages *messages = mm_messages_new();
    mm_bench *bench = NULL, *before = NULL;
    if (options->beside) /* before all work, so that a wrong file costs no time */
        code = mm_bench_load(options->beside, &before, messages);
    if (code == MM_OK && options->output)
        code = mm_file_check(options->output, options->force, messages);
    if (code == MM_OK)
        code = measure(options, found.operands.items[0], &bench, messages);
    if (code == MM_OK && before)
        code = mm_bench_compare(bench, before, options->beside, messages);
    if (code == MM_OK)
        code = output(bench, options, messages);
    talk_messages(messages);
    mm_messages_free(messages);
    mm_bench_free(bench);
    mm_bench_free(before);
    if (found.found != options->found)
        free(found.found);
    return streams_end(code);
}
