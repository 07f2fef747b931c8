/* Which backend, and which devices, a run gets. */
#ifndef MISMATCH_HOST_CHOOSE_H
#define MISMATCH_HOST_CHOOSE_H

#include "host/engine/engine.h"

struct engine_wish {
    const char *backend;        /* "auto", "openmp", "opencl"; NULL: auto */
    const char *const *devices; /* selectors (host/engine/devices.h), or "openmp" for this machine's cores */
    size_t n_devices;
    int device_lanes; /* 0: what suits each device */
    int threads;      /* 0: what suits each process */
    bool ranks;       /* the other processes of an MPI job take part */
};

struct engine_choice {
    const struct engine_backend *backend;
    struct engine_options options; /* for its open() */
    char why[512];                 /* what was taken, and why */
    mm_devices *devices;           /* the rest is its own */
    struct engine_member *members;
    struct engine_wish wish;
};

/* `common`: seed, threads, lanes and so on, for all of them.
 * \return MM_OK: *choice is filled, and must be given to engine_choice_free() in any case; MM_USAGE: the wishes don't
 * fit together (message); MM_NO_DEVICE: a device that is asked for isn't there, or can't be used (message);
 * MM_INTERNAL (message). */
mm_status engine_choose(const struct engine_wish *wish, const struct engine_options *common,
                        struct engine_choice *choice, mm_messages *messages);
void engine_choice_free(struct engine_choice *choice);

/* What `auto` would take of these, and why. */
void engine_explain(const mm_devices *devices, char *text, size_t size);

/* The usable devices that one selector means, by their places in the list, at most `most`.
 * \return MM_OK; MM_NO_DEVICE: none (message with those that there are). */
mm_status engine_select(const mm_devices *devices, const char *selector, size_t *places, size_t most, size_t *n,
                        mm_messages *messages);

#endif
