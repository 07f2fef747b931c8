/* What the workers of a sweep share, and what each of them does. */
#ifndef MISMATCH_HOST_STUDY_SWEEP_WORK_H
#define MISMATCH_HOST_STUDY_SWEEP_WORK_H

#include <pthread.h>
#include <signal.h>

#include <mismatch/sweep.h>

#include "host/engine/choose.h"
#include "host/store/store.h"
#include "host/study/design.h"
#include "host/study/setup.h"

#define SWEEP_MESSAGES 20 /* of points that failed */

struct mm_sweep {
    const mm_scenario *base;
    mm_sweep_options options;
    struct design design;
    char (*sha256)[65]; /* [n_points]; "" until a point has been read */
    struct range wanted;
    struct setup setup;
    /* while it runs, all under the lock */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    const char *store;
    mm_messages *messages;
    char chosen[512]; /* the devices, in words */
    mm_sweep_progress progress;
    size_t next, told;
    int jobs, threads, living;
    struct engine_choice choice; /* the devices */
    size_t pack;                 /* points at a time on one of them; 1: each by itself */
    uint64_t finished_paths;
    mm_status fatal;
    volatile sig_atomic_t halt;
};

/* A point in a worker's hands. */
struct point {
    char **sets;
    mm_scenario *scenario;
    struct plan *plan; /* of one that may share launches */
    mm_messages *messages;
    mm_status status;
    size_t failures; /* of the memory, when it was begun */
    size_t shape;    /* the same number for all at hand that can share launches */
    bool waited;     /* others went first */
    bool done, found, failed;
};

struct worker {
    struct mm_sweep *sweep;
    mm_store *store;
    pthread_t thread;
    bool begun;
    uint64_t paths;       /* of the points at hand, so far */
    size_t device;        /* the member of the choice that runs its packs */
    struct point *points; /* [sweep_at_hand()] that wait for others of their shape, in the design's order */
    size_t n_points, shapes;
};

/* The most points that a worker has at hand. */
size_t sweep_at_hand(const struct mm_sweep *sweep);
/* What the thread of a worker (`context`) does: takes points until there are no more, or the sweep is to end. */
void *sweep_work(void *context);

/* The settings of a point, and the configuration they make. *sets is new also when the configuration is wrong. */
mm_status sweep_read_point(struct mm_sweep *sweep, size_t point, char ***sets, mm_scenario **scenario,
                           mm_messages *messages);
void sweep_free_sets(char **sets, size_t n);

#endif
