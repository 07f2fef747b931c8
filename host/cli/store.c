/* What the commands that write to a store share. */
#include "host/cli/talk.h"

#include <string.h>

mm_status store_open(const char *file, bool writing, const struct options *options, mm_store **store,
                     mm_messages *messages) {
    mm_status status = mm_store_open(file, writing ? MM_STORE_WRITE : MM_STORE_READ, store, messages);
    if (status == MM_OK && writing && mm_store_network(*store) && options->verbosity >= 0)
        talk("%s lies on a network file system (%s), where locks between machines can't be relied on: give each "
             "process, or each machine, a store of its own, and put them together with `mismatch merge ... --store`",
             file, mm_store_network(*store));
    return status;
}

void store_tell(const mm_stored_options *stored, const void *context) {
    const struct options *options = context;
    char found[32], paths[32], rest[32];
    if (options->verbosity < 0 || stored->found == 0)
        return;
    talk_count(stored->found, found);
    talk_count(stored->paths, paths);
    talk_count(stored->paths - stored->found, rest);
    if (stored->found == stored->paths)
        talk("all %s paths are in %s: nothing is simulated (--recompute does it again)", paths, options->store);
    else
        talk("%s of %s paths are in %s: the other %s are simulated", found, paths, options->store, rest);
}

mm_status wheres_check(const char *command, const struct options *options) {
    for (size_t i = 0; i < options->wheres.n; i++) {
        const char *where = options->wheres.items[i], *equals = strchr(where, '=');
        if (strpbrk(where, "<>"))
            continue;
        if (equals)
            return talk_usage(command, "--where: '%s', column %td: expected <, <=, > or >=, found '='", where,
                              equals - where + 1);
        return talk_usage(command, "--where: '%s' compares nothing; write for example '%s >= 0.1'", where, where);
    }
    return MM_OK;
}
