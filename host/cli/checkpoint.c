#include "host/cli/talk.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SUFFIX ".checkpoint"

/* A device or a pipe has no place beside it. */
static bool is_file_name(const char *name) {
    struct stat at;
    return stat(name, &at) != 0 || S_ISREG(at.st_mode);
}

/* The folder of state that survives a restart, by the XDG rules: an absolute XDG_STATE_HOME, else below HOME. */
char *checkpoint_folder(void) {
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    char *folder = NULL;
    int n = -1;
    if (state && *state == '/')
        n = asprintf(&folder, "%s/mismatch", state);
    else if (home && *home == '/')
        n = asprintf(&folder, "%s/.local/state/mismatch", home);
    return n < 0 ? NULL : folder;
}

char *checkpoint_file(const struct options *options, const char *sha256, uint64_t seed, uint64_t first_path,
                      uint64_t paths) {
    char *file = NULL, *folder = NULL;
    int n = -1;
    if (options->output && is_file_name(options->output))
        n = asprintf(&file, "%s" SUFFIX, options->output);
    else if ((folder = checkpoint_folder()))
        n = asprintf(&file, "%s/%s-%" PRIu64 "-%" PRIu64 "-%" PRIu64 SUFFIX, folder, sha256, seed, first_path, paths);
    free(folder);
    return n < 0 ? NULL : file;
}

/* FNV-1a, 64 bits: only to tell the studies of one folder apart; what is in them is under keys of its own. */
static uint64_t fingerprint(const char *text) {
    uint64_t hash = UINT64_C(14695981039346656037);
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return hash;
}

char *checkpoint_study(const struct options *options, const char *command, const char *text) {
    char *file = NULL, *folder = NULL;
    int n = -1;
    if (options->output && is_file_name(options->output))
        n = asprintf(&file, "%s" SUFFIX, options->output);
    else if ((folder = checkpoint_folder()))
        n = asprintf(&file, "%s/%s-%016" PRIx64 SUFFIX, folder, command, fingerprint(text));
    free(folder);
    return n < 0 ? NULL : file;
}

void checkpoint_remove(const char *file) {
    char *previous = NULL;
    if (!file)
        return;
    remove(file);
    if (asprintf(&previous, "%s.previous", file) >= 0) {
        remove(previous);
        free(previous);
    }
}
