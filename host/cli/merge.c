/* mismatch merge */
#include "host/cli/commands.h"

#include <mismatch/file.h>
#include <stdlib.h>

#include "host/cli/talk.h"

mm_status command_merge(const struct options *options) {
    mm_status code = output_check("merge", options);
    if (code != MM_OK)
        return code;
    if (options->operands.n == 0)
        return talk_usage("merge", "which results?");
    size_t n = options->operands.n;
    mm_messages *messages = mm_messages_new();
    mm_result **results = calloc(n, sizeof *results), *merged = NULL;
    code = results ? MM_OK : MM_INTERNAL;
    if (code == MM_OK && options->output)
        code = mm_file_check(options->output, options->force, messages);
    for (size_t i = 0; i < n && code == MM_OK; i++)
        code = mm_result_load(options->operands.items[i], &results[i], messages);
    if (code == MM_OK)
        code = mm_result_merge(results, n, &merged, messages);
    talk_messages(messages);
    mm_messages_free(messages);
    for (size_t i = 0; results && i < n; i++)
        mm_result_free(results[i]);
    free(results);
    if (code == MM_OK)
        code = output_print(merged, options, output_save(merged, options));
    mm_result_free(merged);
    return code;
}
