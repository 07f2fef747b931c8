#include "host/engine/machine.h"

#include <inttypes.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* The first number in a file of the control group file system (version 2), and the second; 0: none ("max", or no such
 * file). Inside a container the files of its own group lie at the top. */
static int group_numbers(const char *file, uint64_t *first, uint64_t *second) {
    FILE *in = fopen(file, "re");
    if (!in)
        return 0;
    int n = fscanf(in, "%" SCNu64 " %" SCNu64, first, second);
    fclose(in);
    return n > 0 ? n : 0;
}

int machine_cores(void) {
    int cores = omp_get_max_threads();
    uint64_t quota, period;
    if (group_numbers("/sys/fs/cgroup/cpu.max", &quota, &period) == 2 && period > 0) {
        uint64_t granted = (quota + period - 1) / period;
        if (granted < (uint64_t)cores)
            cores = (int)granted;
    }
    return cores < 1 ? 1 : cores;
}

uint64_t machine_memory(void) {
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    uint64_t bytes = pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page : 0, granted, none;
    if (group_numbers("/sys/fs/cgroup/memory.max", &granted, &none) >= 1 && (bytes == 0 || granted < bytes))
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
