/* mismatch results */
#include "host/cli/commands.h"

#include "host/cli/talk.h"

static mm_status check_usage(const struct options *options) {
    if (options->operands.n != 1)
        return talk_usage("results", options->operands.n ? "one store is wanted" : "which store?");
    if (options->json && options->csv)
        return talk_usage("results", "--json and --csv exclude each other");
    return wheres_check("results", options);
}

mm_status command_results(const struct options *options) {
    mm_status code = check_usage(options);
    if (code != MM_OK)
        return code;
    mm_listing listing = {.form = options->json  ? MM_LISTING_JSON
                                  : options->csv ? MM_LISTING_CSV
                                                 : MM_LISTING_TEXT,
                          .where = options->wheres.items,
                          .n_where = options->wheres.n,
                          .columns = options->columns,
                          .pieces = options->pieces,
                          .style = output_style(options)};
    mm_messages *messages = mm_messages_new();
    mm_store *store;
    code = store_open(options->operands.items[0], false, options, &store, messages);
    if (code == MM_OK) {
        code = mm_store_list(store, &listing, stdout, messages);
        mm_store_close(store);
    }
    talk_messages(messages);
    mm_messages_free(messages);
    return streams_end(code);
}
