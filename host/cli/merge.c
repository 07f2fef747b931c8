/* mismatch merge */
#include "host/cli/commands.h"

#include <mismatch/file.h>
#include <stdlib.h>

#include "host/cli/talk.h"

/* Everything that the operands hold, without the estimates: they are made anew. */
struct pile {
    mm_result **results;
    size_t n;
};

static mm_status pile_add(mm_result *result, void *context) {
    struct pile *pile = context;
    mm_result **grown = realloc(pile->results, (pile->n + 1) * sizeof *grown);
    if (!grown) {
        mm_result_free(result);
        return MM_INTERNAL;
    }
    mm_result_lighten(result);
    pile->results = grown;
    grown[pile->n++] = result;
    return MM_OK;
}

/* A store that is filled. */
struct gathering {
    const struct options *options;
    mm_store *store; /* NULL until the first result is read, so that wrong operands leave no empty one behind */
    mm_messages *messages;
    size_t added, there, differ;
};

static mm_status gather_one(mm_result *result, void *context) {
    struct gathering *gathering = context;
    mm_store_outcome outcome = MM_STORE_KEPT;
    const struct options *options = gathering->options;
    mm_status status = MM_OK;
    if (!gathering->store)
        status = store_open(options->store, true, options, &gathering->store, gathering->messages);
    if (status == MM_OK)
        status = mm_store_put(gathering->store, result, false, &outcome, gathering->messages);
    if (status == MM_OK) {
        gathering->added += outcome == MM_STORE_ADDED;
        gathering->there += outcome == MM_STORE_KEPT || outcome == MM_STORE_REPLACED;
        gathering->differ += outcome == MM_STORE_DIFFERS;
    }
    mm_result_free(result);
    return status;
}

/* Shows what a file or a store holds. */
static mm_status visit(const char *file, const struct options *options, mm_store_visitor visitor, void *context,
                       mm_messages *messages) {
    mm_result *result;
    mm_store *store;
    mm_status status;
    if (!mm_store_recognised(file)) {
        status = mm_result_load(file, &result, messages);
        return status == MM_OK ? visitor(result, context) : status;
    }
    status = store_open(file, false, options, &store, messages);
    if (status == MM_OK)
        status = mm_store_each(store, visitor, context, messages);
    mm_store_close(store);
    return status;
}

static mm_status visit_all(const struct options *options, mm_store_visitor visitor, void *context,
                           mm_messages *messages) {
    mm_status status = MM_OK;
    for (size_t i = 0; i < options->operands.n && status == MM_OK; i++)
        status = visit(options->operands.items[i], options, visitor, context, messages);
    return status;
}

static mm_status gather(const struct options *options, mm_messages *messages) {
    struct gathering gathering = {.options = options, .messages = messages};
    mm_status status = visit_all(options, gather_one, &gathering, messages);
    mm_store_close(gathering.store);
    if (options->verbosity >= 0 && (status == MM_OK || gathering.added > 0))
        talk("%s: %zu result%s added, %zu there already", options->store, gathering.added,
             gathering.added == 1 ? "" : "s", gathering.there);
    if (gathering.differ)
        talk("%s: %zu result%s not taken: the same run is there with another digest", options->store, gathering.differ,
             gathering.differ == 1 ? "" : "s");
    return status == MM_OK && gathering.differ ? MM_SELFTEST : status;
}

static mm_status check_usage(const struct options *options) {
    if (options->operands.n == 0)
        return talk_usage("merge", "which results?");
    if (options->store && (options->output || options->json || options->csv || options->questions.n ||
                           options->expects.n || options->no_tallies))
        return talk_usage("merge", "--store gathers results and prints nothing; `mismatch results %s` lists them",
                          options->store);
    return output_check("merge", options);
}

mm_status command_merge(const struct options *options) {
    mm_status code = check_usage(options);
    if (code != MM_OK)
        return code;
    mm_messages *messages = mm_messages_new();
    mm_result *merged = NULL;
    struct pile pile = {0};
    if (options->store) {
        code = gather(options, messages);
    } else {
        if (options->output)
            code = mm_file_check(options->output, options->force, messages);
        if (code == MM_OK)
            code = visit_all(options, pile_add, &pile, messages);
        if (code == MM_OK)
            code = mm_result_merge(pile.results, pile.n, &merged, messages);
    }
    talk_messages(messages);
    mm_messages_free(messages);
    for (size_t i = 0; i < pile.n; i++)
        mm_result_free(pile.results[i]);
    free(pile.results);
    if (code == MM_OK && merged)
        code = output_print(merged, options, output_save(merged, options));
    mm_result_free(merged);
    return code;
}
