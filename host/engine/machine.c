#include "host/engine/machine.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Up to `most` numbers from the one line of a control group file (version 2); fewer where it says "max", none where
 * there is no such file. Inside a container the files of its own group lie at the top. */
static int group_numbers(const char *file, uint64_t *numbers, int most) {
    char line[128];
    FILE *in = fopen(file, "re");
    if (!in)
        return 0;
    const char *at = fgets(line, sizeof line, in) ? line : "";
    fclose(in);
    for (int n = 0; n < most; n++) {
        char *end;
        numbers[n] = strtoull(at, &end, 10);
        if (end == at)
            return n;
        at = end;
    }
    return most;
}

static int sharing = 1; /* processes that share the cores */

void machine_share(int processes) {
    sharing = processes > 1 ? processes : 1;
}

int machine_cores(void) {
    int cores = omp_get_max_threads();
    uint64_t quota[2]; /* time, and the period in which it is granted */
    if (group_numbers("/sys/fs/cgroup/cpu.max", quota, 2) == 2 && quota[1] > 0) {
        uint64_t granted = (quota[0] + quota[1] - 1) / quota[1];
        if (granted < (uint64_t)cores)
            cores = (int)granted;
    }
    cores /= sharing;
    return cores < 1 ? 1 : cores;
}

uint64_t machine_memory(void) {
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    uint64_t bytes = pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page : 0, granted;
    if (group_numbers("/sys/fs/cgroup/memory.max", &granted, 1) == 1 && (bytes == 0 || granted < bytes))
        bytes = granted;
    return bytes;
}

void machine_processor(char *name, size_t size) {
    char line[256];
    FILE *in = fopen("/proc/cpuinfo", "re");
    while (in && fgets(line, sizeof line, in)) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || !colon)
            continue;
        fclose(in);
        colon += 1 + strspn(colon + 1, " \t");
        colon[strcspn(colon, "\n")] = '\0';
        snprintf(name, size, "%s", colon);
        return;
    }
    if (in)
        fclose(in);
    struct utsname names; /* where the kernel gives no model name, as on AArch64 */
    snprintf(name, size, "%s", uname(&names) == 0 ? names.machine : "unknown");
}
