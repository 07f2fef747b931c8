#include "host/engine/gpus.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a GPU's driver shows in /dev begins like one of these: NVIDIA (also Jetson), AMD, all that use the kernel's
 * direct rendering, Windows' subsystem for Linux, Mali, Adreno, PowerVR. */
static bool is_gpu_file(const char *name) {
    static const char *const starts[] = {"nvidia", "nvhost", "nvgpu", "nvmap",    "kfd",    "dri",
                                         "dxg",    "mali",   "kgsl",  "pvr_sync", "pvrsrv", "galcore"};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
        if (strncmp(name, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

static bool has_gpu_file(const char *folder) {
    DIR *open = opendir(folder);
    bool found = !open; /* who can't look can't say no */
    for (struct dirent *entry = open ? readdir(open) : NULL; entry && !found; entry = readdir(open))
        found = is_gpu_file(entry->d_name);
    if (open)
        closedir(open);
    return found;
}

/* A vendor file's first line is the name or the path of a library. */
static bool names_pocl(const char *folder, const char *file) {
    char path[1024], line[1024] = "";
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, file) >= sizeof path)
        return false;
    FILE *in = fopen(path, "re");
    if (!in)
        return false;
    const bool read = fgets(line, sizeof line, in) != NULL;
    fclose(in);
    const char *last = strrchr(line, '/'), *name = last ? last + 1 : line;
    return read && strncmp(name, "libpocl.", strlen("libpocl.")) == 0;
}

static bool only_pocl(const char *folder) {
    size_t files = 0, pocl = 0;
    DIR *open = opendir(folder);
    for (struct dirent *entry = open ? readdir(open) : NULL; entry; entry = readdir(open))
        if (entry->d_name[0] != '.') {
            files++;
            pocl += names_pocl(folder, entry->d_name);
        }
    if (open)
        closedir(open);
    return files > 0 && pocl == files;
}

static bool is_told_otherwise(void) {
    static const char *const variables[] = {
        "OCL_ICD_VENDORS",       "OCL_ICD_FILENAMES",  "OCL_ICD_ASSUME_ICD_EXTENSION",
        "OCL_ICD_PLATFORM_SORT", "OPENCL_VENDOR_PATH", "POCL_DEVICES",
        "LD_LIBRARY_PATH",       "LD_PRELOAD"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        if (getenv(variables[i]))
            return true;
    return false;
}

bool gpus_possible(const char *vendors, const char *devices) {
    return is_told_otherwise() || has_gpu_file(devices) || !only_pocl(vendors);
}
