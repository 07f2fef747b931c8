/* Configurations and overlays by bare name: `mismatch run ai-2026 --overlay demand-failure`. */
#include "host/cli/talk.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ENDING ".yaml"
#ifndef MISMATCH_DATA_FOLDER
#define MISMATCH_DATA_FOLDER "share/mismatch" /* below the folder above the program's, or absolute */
#endif
#define SCENARIOS "scenarios" /* below a folder of configurations */
#define MOST_NAMES 200

/* Where configurations are looked for; NULL: nowhere. */
struct folders {
    const char *own;
    char *own_scenarios, *installed, *installed_scenarios;
};

/* Small letters, digits and hyphens: neither a path nor the name of a file with an ending. */
static bool is_bare(const char *name) {
    return *name && *name != '-' && name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

/* The folder of what was installed; NULL where that can't be told. The caller frees it. */
static char *installed_folder(void) {
    char program[PATH_MAX], *folder = NULL;
    if (MISMATCH_DATA_FOLDER[0] == '/')
        return strdup(MISMATCH_DATA_FOLDER "/configs");
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n <= 0)
        return NULL;
    program[n] = '\0';
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(program, '/');
        if (!slash)
            return NULL;
        *slash = '\0';
    }
    return asprintf(&folder, "%s/" MISMATCH_DATA_FOLDER "/configs", program) < 0 ? NULL : folder;
}

/* FOLDER/NAME.yaml if it is there, for the caller to free. */
static char *look_in(const char *folder, const char *name) {
    char *file = NULL;
    if (!folder || !*folder || asprintf(&file, "%s/%s" ENDING, folder, name) < 0)
        return NULL;
    if (access(file, R_OK) == 0)
        return file;
    free(file);
    return NULL;
}

/* Adds the names in a folder, each to be freed. */
static void list_names(const char *folder, char *names[], size_t *n) {
    DIR *list = folder && *folder ? opendir(folder) : NULL;
    if (!list)
        return;
    for (struct dirent *entry; (entry = readdir(list)) && *n < MOST_NAMES;) {
        size_t length = strlen(entry->d_name);
        if (length <= strlen(ENDING) || strcmp(entry->d_name + length - strlen(ENDING), ENDING) != 0)
            continue;
        char *name = strndup(entry->d_name, length - strlen(ENDING));
        if (name)
            names[(*n)++] = name;
    }
    closedir(list);
}

static mm_status not_found(const char *name, const struct folders *folders) {
    char *names[MOST_NAMES + 1] = {NULL};
    const char *own = folders->own, *installed = folders->installed;
    size_t n = 0;
    list_names(own, names, &n);
    list_names(folders->own_scenarios, names, &n);
    list_names(installed, names, &n);
    list_names(folders->installed_scenarios, names, &n);
    const char *near = nearest_name(name, (const char *const *)names);
    if (near)
        talk("%s: there is no such file, and no configuration of that name; did you mean '%s'?", name, near);
    else
        talk("%s: there is no such file, and no configuration of that name in %s%s%s", name,
             own && *own ? own : "MISMATCH_CONFIGS, which names no folder,", installed ? " or " : "",
             installed ? installed : "");
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    return MM_IO;
}

/* In the user's folder or among what was installed; there also below SCENARIOS, where overlays lie. */
static char *find(const struct folders *folders, const char *name) {
    const char *const all[] = {folders->own, folders->own_scenarios, folders->installed, folders->installed_scenarios};
    char *file = NULL;
    for (size_t i = 0; i < sizeof all / sizeof all[0] && !file; i++)
        file = look_in(all[i], name);
    return file;
}

/* Replaces a bare name by the file that it stands for. */
static mm_status take(struct options *options, const struct folders *folders, const char **item) {
    if (!is_bare(*item) || access(*item, F_OK) == 0)
        return MM_OK;
    char **found = realloc(options->found, (options->n_found + 1) * sizeof *found);
    if (!found) {
        talk("memory ran out");
        return MM_INTERNAL;
    }
    options->found = found;
    char *file = find(folders, *item);
    if (!file)
        return not_found(*item, folders);
    *item = options->found[options->n_found++] = file;
    return MM_OK;
}

static char *below(const char *folder) {
    char *file = NULL;
    return !folder || !*folder || asprintf(&file, "%s/" SCENARIOS, folder) < 0 ? NULL : file;
}

mm_status configs_find(struct options *options) {
    char *installed = installed_folder();
    const char *own = getenv("MISMATCH_CONFIGS");
    const struct folders folders = {own, below(own), installed, below(installed)};
    mm_status status = options->operands.n ? take(options, &folders, &options->operands.items[0]) : MM_OK;
    for (size_t i = 0; i < options->overlays.n && status == MM_OK; i++)
        status = take(options, &folders, &options->overlays.items[i]);
    free(folders.own_scenarios);
    free(folders.installed_scenarios);
    free(installed);
    return status;
}

mm_status scenario_load(const struct options *options, mm_scenario **scenario, mm_messages *messages) {
    return mm_scenario_load(options->operands.items[0], options->overlays.items, options->overlays.n,
                            options->sets.items, options->sets.n, scenario, messages);
}
