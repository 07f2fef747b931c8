/* Joining the other ranks, and messages that end when the other side has died. MPI is called from one thread at a time:
 * the team has one for each rank, and each waits here by looking now and then. */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <mismatch/ranks.h>

#include "host/engine/machine.h"
#include "host/engine/mpi/mpi_wire.h"
#include "mismatch_build.h"

#define SHORT_NAP 20000L  /* nanoseconds: between the first looks ... */
#define LONG_NAP 1000000L /* ... and when nothing has come for a while */
#define LOOK_SECONDS 0.02 /* between two looks whether a rank still lives */
#define ANSWER_SECONDS                                                                                                 \
    0.6 /* a rank elsewhere must answer within, once the run is to stop: the launcher leaves a second */

#define LOST_FIRST (-1) /* rank 0 */

static struct {
    MPI_Comm comm;
    int n, own, local_own, local_n, machines;
    struct world_rank *ranks;
    pthread_mutex_t lock;
    volatile sig_atomic_t *stop;
    atomic_int lost; /* the rank that is gone; 0: none (nobody is left to ask about rank 0) */
    char text[64];
} world = {.n = 1, .local_n = 1, .machines = 1, .text = "1 rank", .lock = PTHREAD_MUTEX_INITIALIZER};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

const struct world_rank *world_rank(int rank) {
    return &world.ranks[rank];
}

void world_watch(volatile sig_atomic_t *stop) {
    world.stop = stop;
}

bool world_lost(int rank) {
    return atomic_load(&world.lost) == (rank ? rank : LOST_FIRST);
}

int world_local_own(void) {
    return world.local_own;
}

int world_local_count(void) {
    return world.local_n;
}

const char *world_text(void) {
    return world.text;
}

int mm_ranks_count(void) {
    return world.n;
}

int mm_ranks_own(void) {
    return world.own;
}

bool mm_ranks_unheard(void) {
    return false;
}

/* Which cores this process may use: ranks with the same ones share them. */
static uint64_t core_fingerprint(void) {
    cpu_set_t cores;
    uint64_t hash = UINT64_C(14695981039346656037);
    CPU_ZERO(&cores);
    if (sched_getaffinity(0, sizeof cores, &cores) != 0)
        return 0;
    for (size_t i = 0; i < CPU_SETSIZE; i++)
        hash = (hash ^ (uint64_t)(CPU_ISSET(i, &cores) != 0)) * UINT64_C(1099511628211);
    return hash;
}

static void describe_own(struct world_rank *own) {
    char numbers[96] = "";
    *own = (struct world_rank){.process = (long)getpid(), .cores = core_fingerprint()};
    if (gethostname(own->host, sizeof own->host - 1) != 0)
        snprintf(own->host, sizeof own->host, "unknown");
    ssize_t n = readlink("/proc/self/ns/pid", numbers, sizeof numbers - 1);
    snprintf(own->place, sizeof own->place, "%s %s", own->host, n > 0 ? numbers : "");
    snprintf(own->build, sizeof own->build, "%s %s %zu", MISMATCH_VERSION, MISMATCH_GIT, sizeof(struct wire_open));
}

/* All ranks know all of them. */
static mm_status meet(mm_messages *messages) {
    struct world_rank own;
    int sharing = 0;
    describe_own(&own);
    world.ranks = calloc((size_t)world.n, sizeof *world.ranks);
    if (!world.ranks) {
        mm_messages_add(messages, "memory ran out");
        return MM_INTERNAL;
    }
    MPI_Allgather(&own, (int)sizeof own, MPI_BYTE, world.ranks, (int)sizeof own, MPI_BYTE, world.comm);
    world.machines = world.local_n = 0;
    for (int i = 0; i < world.n; i++) {
        bool new_machine = true;
        for (int j = 0; j < i; j++)
            new_machine = new_machine && strcmp(world.ranks[i].host, world.ranks[j].host) != 0;
        world.machines += new_machine;
        if (strcmp(world.ranks[i].host, own.host) != 0)
            continue;
        world.local_own += i < world.own;
        world.local_n++;
        sharing += world.ranks[i].cores == own.cores;
    }
    machine_share(sharing);
    snprintf(world.text, sizeof world.text, "%d ranks on %d machine%s", world.n, world.machines,
             world.machines == 1 ? "" : "s");
    for (int i = 1; i < world.n; i++)
        if (strcmp(world.ranks[i].build, world.ranks[0].build) != 0) {
            mm_messages_add(messages, "rank %d on %s is another build of mismatch (%s) than rank 0 (%s)", i,
                            world.ranks[i].host, world.ranks[i].build, world.ranks[0].build);
            return MM_USAGE;
        }
    return MM_OK;
}

mm_status mm_ranks_begin(mm_messages *messages) {
    int provided = MPI_THREAD_SINGLE;
    /* started by hand it is alone, and MPI would only take time */
    if (!getenv("OMPI_COMM_WORLD_SIZE") && !getenv("PMIX_RANK") && !getenv("PMI_RANK"))
        return MM_OK;
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided) != MPI_SUCCESS) {
        mm_messages_add(messages, "MPI can't be started");
        return MM_INTERNAL;
    }
    MPI_Comm_size(MPI_COMM_WORLD, &world.n);
    MPI_Comm_rank(MPI_COMM_WORLD, &world.own);
    if (world.n > 1 && provided < MPI_THREAD_SERIALIZED) {
        mm_messages_add(messages, "this MPI doesn't let threads take turns (MPI_THREAD_SERIALIZED)");
        return MM_USAGE;
    }
    if (world.n == 1)
        return MM_OK;
    MPI_Comm_dup(MPI_COMM_WORLD, &world.comm);
    mm_status status = meet(messages);
    if (world.own != 0) { /* they stop when rank 0 says so, which hears the same signals */
        signal(SIGINT, SIG_IGN);
        signal(SIGTERM, SIG_IGN);
    }
    return status;
}

bool mm_ranks_end(int code) {
    int started = 0;
    MPI_Initialized(&started);
    if (!started)
        return true;
    for (int i = 1; world.ranks && world.own == 0 && atomic_load(&world.lost) == 0 && i < world.n; i++) {
        struct wire_command end = {.kind = WIRE_END, .code = code};
        world_send(&end, sizeof end, i, TAG_COMMAND);
    }
    if (atomic_load(&world.lost) != 0)
        return false;
    MPI_Finalize();
    free(world.ranks);
    world.ranks = NULL;
    return true;
}

/* Whether a rank has died. On this machine its process tells; elsewhere, only that it doesn't answer any more when the
 * launcher, or the user, wants all to end. */
static bool is_gone(int rank, double *stopped) {
    const struct world_rank *other = &world.ranks[rank];
    if (atomic_load(&world.lost))
        return true;
    if (strcmp(other->place, world.ranks[world.own].place) == 0)
        return kill((pid_t)other->process, 0) != 0 && errno == ESRCH;
    if (world.own != 0 || !engine_asked_to_stop(world.stop))
        return false;
    if (*stopped <= 0)
        *stopped = now();
    return now() - *stopped > ANSWER_SECONDS;
}

/* Sleeps between two looks. \return false when the rank is gone. */
static bool nap(int rank, long *length, double *looked, double *stopped) {
    const struct timespec time = {.tv_nsec = *length};
    nanosleep(&time, NULL);
    if (*length < LONG_NAP)
        *length += *length / 4;
    if (now() - *looked < LOOK_SECONDS)
        return true;
    *looked = now();
    if (!is_gone(rank, stopped))
        return true;
    int none = 0;
    atomic_compare_exchange_strong(&world.lost, &none, rank ? rank : LOST_FIRST);
    return false;
}

bool world_wait(MPI_Request *request, int rank) {
    long length = SHORT_NAP;
    double looked = now(), stopped = 0;
    for (;;) {
        int done = 0;
        pthread_mutex_lock(&world.lock);
        MPI_Test(request, &done, MPI_STATUS_IGNORE);
        pthread_mutex_unlock(&world.lock);
        if (done)
            return true;
        if (!nap(rank, &length, &looked, &stopped))
            return false;
    }
}

bool world_expect(int rank, int tag, int *size) {
    long length = SHORT_NAP;
    double looked = now(), stopped = 0;
    for (;;) {
        int there = 0;
        MPI_Status status;
        pthread_mutex_lock(&world.lock);
        MPI_Iprobe(rank, tag, world.comm, &there, &status);
        if (there)
            MPI_Get_count(&status, MPI_BYTE, size);
        pthread_mutex_unlock(&world.lock);
        if (there)
            return true;
        if (!nap(rank, &length, &looked, &stopped))
            return false;
    }
}

/* MPI counts in int, so a long message goes in pieces.
 * NOLINTBEGIN(clang-analyzer-optin.mpi.MPI-Checker): world_wait() waits for the request, by MPI_Test() */
static bool send_typed(const void *items, size_t n, size_t width, MPI_Datatype type, int rank, int tag) {
    for (size_t at = 0; at < n || (n == 0 && at == 0);) {
        size_t piece = n - at < INT_MAX / 2 ? n - at : INT_MAX / 2;
        MPI_Request request;
        pthread_mutex_lock(&world.lock);
        MPI_Isend((const char *)items + at * width, (int)piece, type, rank, tag, world.comm, &request);
        pthread_mutex_unlock(&world.lock);
        if (!world_wait(&request, rank))
            return false;
        at += piece;
        if (n == 0)
            break;
    }
    return true;
}

static bool receive_typed(void *items, size_t n, size_t width, MPI_Datatype type, int rank, int tag) {
    for (size_t at = 0; at < n || (n == 0 && at == 0);) {
        size_t piece = n - at < INT_MAX / 2 ? n - at : INT_MAX / 2;
        MPI_Request request;
        pthread_mutex_lock(&world.lock);
        MPI_Irecv((char *)items + at * width, (int)piece, type, rank, tag, world.comm, &request);
        pthread_mutex_unlock(&world.lock);
        if (!world_wait(&request, rank))
            return false;
        at += piece;
        if (n == 0)
            break;
    }
    return true;
}

/* NOLINTEND(clang-analyzer-optin.mpi.MPI-Checker) */

bool world_send(const void *bytes, size_t size, int rank, int tag) {
    return send_typed(bytes, size, 1, MPI_BYTE, rank, tag);
}

bool world_receive(void *bytes, size_t size, int rank, int tag) {
    return receive_typed(bytes, size, 1, MPI_BYTE, rank, tag);
}

bool world_send_words(const uint64_t *words, size_t n, int rank, int tag) {
    return send_typed(words, n, sizeof *words, MPI_UINT64_T, rank, tag);
}

bool world_receive_words(uint64_t *words, size_t n, int rank, int tag) {
    return receive_typed(words, n, sizeof *words, MPI_UINT64_T, rank, tag);
}
