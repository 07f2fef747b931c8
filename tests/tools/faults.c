/* Preloaded: memory that runs out and clocks that jump, for tests/tools/faults.py.
 * MISMATCH_FAULT=alloc:K    the K-th allocation fails
 *                alloc:K+   that one and all after it
 *                clock:S    each look at the time of day is S seconds ahead of the true time or as much behind, in turn
 * MISMATCH_FAULT_SITES=FILE writes at exit the first allocation of each call stack, "K OBJECT+OFFSET ...", the
 * innermost function first, and how many allocations there were, "all N"
 *
 * Allocations of the program, jansson, SQLite, zlib and GSL count, also where the C library makes them on their behalf
 * (strdup(), asprintf(), fopen()). Others don't: libfyaml in particular crashes on its own failed allocations. */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "started.h"

#define MOST_OBJECTS 128
#define MOST_SITES 65536
#define MOST_FRAMES 32
#define SITE_FRAMES 6 /* frames of the program and of libraries that count that tell one site from another */

/* The C library's own, which need no memory to be found */
void *real_malloc(size_t size) __asm__("__libc_malloc");
void *real_calloc(size_t n, size_t size) __asm__("__libc_calloc");
void *real_realloc(void *memory, size_t size) __asm__("__libc_realloc");
void *real_memalign(size_t alignment, size_t size) __asm__("__libc_memalign");

enum kind { OTHER, COUNTS, C_LIBRARY, OWN };

struct object {
    uintptr_t first, end, base;
    enum kind kind;
    char name[32];
};

struct site {
    uint64_t hash;
    long first;
    int n;
    struct {
        const struct object *object;
        uintptr_t offset;
    } frames[SITE_FRAMES];
};

static struct object objects[MOST_OBJECTS];
static int n_objects;
static struct site *sites; /* a hash table */
static const char *sites_file;
static long failing = -1;
static bool all_after;
static long clock_jump;
static bool started;
static atomic_long allocations, looks;
static __thread bool inside __attribute__((tls_model("initial-exec")));
static atomic_flag lock = ATOMIC_FLAG_INIT;

static enum kind kind_of(const char *name) {
    static const char *const counting[] = {"libmismatch", "libjansson", "libsqlite3", "libz.", "libgsl."};
    if (!*name)
        return COUNTS; /* the program itself */
    const char *slash = strrchr(name, '/');
    name = slash ? slash + 1 : name;
    for (size_t i = 0; i < sizeof counting / sizeof counting[0]; i++)
        if (strncmp(name, counting[i], strlen(counting[i])) == 0)
            return COUNTS;
    return strncmp(name, "libc.", 5) == 0 ? C_LIBRARY : strncmp(name, "faults.", 7) == 0 ? OWN : OTHER;
}

static int add_object(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    (void)context;
    for (int i = 0; i < info->dlpi_phnum && n_objects < MOST_OBJECTS; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || !(part->p_flags & PF_X))
            continue;
        struct object *object = &objects[n_objects++];
        const char *slash = strrchr(info->dlpi_name, '/');
        object->base = info->dlpi_addr;
        object->first = object->base + part->p_vaddr;
        object->end = object->first + part->p_memsz;
        object->kind = kind_of(info->dlpi_name);
        snprintf(object->name, sizeof object->name, "%s", slash ? slash + 1 : *info->dlpi_name ? info->dlpi_name : "-");
    }
    return 0;
}

static const struct object *object_at(const void *address) {
    const uintptr_t at = (uintptr_t)address;
    for (int i = 0; i < n_objects; i++)
        if (at >= objects[i].first && at < objects[i].end)
            return &objects[i];
    return NULL;
}

static enum kind kind_at(const void *address) {
    const struct object *object = object_at(address);
    return object ? object->kind : OTHER;
}

/* The call stack down to here, without the frames of this file. */
static int stack(void **frames) {
    void *all[MOST_FRAMES];
    inside = true;
    const int n = backtrace(all, MOST_FRAMES);
    inside = false;
    int kept = 0;
    for (int i = 0; i < n; i++)
        if (kept || kind_at(all[i]) != OWN)
            frames[kept++] = all[i];
    return kept;
}

static void note_site(long number) {
    void *frames[MOST_FRAMES];
    const int n = stack(frames);
    struct site site = {.hash = 14695981039346656037u, .first = number};
    for (int i = 0; i < n && site.n < SITE_FRAMES; i++) {
        const struct object *object = object_at(frames[i]);
        if (!object || object->kind != COUNTS)
            continue;
        const uintptr_t offset = (uintptr_t)frames[i] - object->base;
        site.frames[site.n].object = object;
        site.frames[site.n++].offset = offset;
        site.hash = (site.hash ^ offset ^ (uint64_t)(object - objects) << 48) * 1099511628211u;
    }
    while (atomic_flag_test_and_set(&lock))
        ;
    size_t at = site.hash % MOST_SITES, tries = 0;
    while (sites[at].first && sites[at].hash != site.hash && tries++ < MOST_SITES)
        at = (at + 1) % MOST_SITES;
    if (!sites[at].first)
        sites[at] = site;
    atomic_flag_clear(&lock);
}

/* Whether the allocation that `caller` asks for is to fail. */
static bool fails(const void *caller) {
    if (!started || inside || (failing < 0 && !sites))
        return false;
    enum kind kind = kind_at(caller);
    if (kind == C_LIBRARY) { /* on whose behalf? */
        void *frames[MOST_FRAMES];
        const int n = stack(frames);
        for (int i = 0; i < n && kind == C_LIBRARY; i++)
            kind = kind_at(frames[i]);
    }
    if (kind != COUNTS)
        return false;
    const long number = atomic_fetch_add(&allocations, 1) + 1;
    if (sites)
        note_site(number);
    const bool failed = number == failing || (all_after && number > failing);
    if (failed)
        errno = ENOMEM;
    return failed;
}

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): reserved names are not ours to use */
void *malloc(size_t size) {
    return fails(__builtin_return_address(0)) ? NULL : real_malloc(size);
}

void *calloc(size_t n, size_t size) {
    return fails(__builtin_return_address(0)) ? NULL : real_calloc(n, size);
}

void *realloc(void *memory, size_t size) {
    return fails(__builtin_return_address(0)) ? NULL : real_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    return fails(__builtin_return_address(0)) ? NULL : real_memalign(alignment, size);
}

int clock_gettime(clockid_t which, struct timespec *time) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) { /* ISO C has no cast from an object's address to a function's */
        void *found = dlsym(RTLD_NEXT, "clock_gettime");
        memcpy(&real, &found, sizeof real);
    }
    const int code = real(which, time);
    if (code == 0 && clock_jump && which == CLOCK_REALTIME)
        time->tv_sec += atomic_fetch_add(&looks, 1) % 2 ? -clock_jump : clock_jump;
    return code;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at)
        *at = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *at = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

static __attribute__((constructor)) void start(void) {
    const char *fault = getenv("MISMATCH_FAULT");
    void *frames[MOST_FRAMES];
    (void)backtrace(frames, MOST_FRAMES); /* what it needs for itself it takes the first time */
    dl_iterate_phdr(add_object, NULL);
    sites_file = getenv("MISMATCH_FAULT_SITES");
    if (sites_file)
        sites = real_calloc(MOST_SITES, sizeof *sites);
    if (fault && strncmp(fault, "alloc:", 6) == 0) {
        char *end;
        failing = strtol(fault + 6, &end, 10);
        all_after = *end == '+';
    } else if (fault && strncmp(fault, "clock:", 6) == 0) {
        clock_jump = strtol(fault + 6, NULL, 10);
    }
    unsetenv("MISMATCH_FAULT"); /* not for what the program starts */
    unsetenv("MISMATCH_FAULT_SITES");
    prctl(STARTED, 0, 0, 0, 0); /* heard by who traces this process: the program itself begins */
    started = true;
}

static __attribute__((destructor)) void end(void) {
    started = false;
    FILE *out = sites_file ? fopen(sites_file, "we") : NULL;
    if (!out)
        return;
    for (size_t i = 0; i < MOST_SITES; i++) {
        if (!sites[i].first)
            continue;
        fprintf(out, "%ld", sites[i].first);
        for (int k = 0; k < sites[i].n; k++)
            fprintf(out, " %s+%#lx", sites[i].frames[k].object->name, (unsigned long)sites[i].frames[k].offset);
        fputc('\n', out);
    }
    fprintf(out, "all %ld\n", atomic_load(&allocations));
    fclose(out);
}
