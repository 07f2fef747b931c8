/* What rank 0 and the others send each other. All ranks are the same build on the same kind of machine, so structs
 * travel as they are. Rank 0 sends a command, on TAG_COMMAND, with its payload behind it; the answer comes on the
 * engine's own tag, with its payload behind it. A rank does one command at a time, in the order they come. */
#ifndef MISMATCH_HOST_MPI_WIRE_H
#define MISMATCH_HOST_MPI_WIRE_H

#include <mpi.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/engine/engine.h"
#include "host/engine/mpi/world.h"

#define TAG_COMMAND 1
#define TAG_PAYLOAD 2
#define TAG_ANSWERS 16     /* + engine; so many are kept apart: */
#define MOST_ENGINES 16384 /* MPI guarantees tags up to 32,767 */

enum wire_kind { WIRE_OPEN, WIRE_RUN, WIRE_SETTLE, WIRE_CLOSE, WIRE_END };

struct wire_command {
    int kind, engine;
    uint64_t first, n; /* WIRE_RUN: paths */
    uint64_t size;     /* bytes of the payload; WIRE_OPEN only */
    int code;          /* WIRE_END */
};

/* Payload of WIRE_OPEN: this, then the texts (backend, then devices, each with its NUL), then the pool. */
struct wire_open {
    struct mm_head head;
    uint64_t seed, pool_words, texts_size;
    int threads, lanes, n_devices; /* 0 threads, 0 lanes: what suits the rank */
    bool no_cache, has_backend;
};

struct wire_answer {
    int status;
    uint64_t step;                         /* of an engine that was opened */
    uint64_t text_size;                    /* bytes of the messages that come behind it, a NUL after each */
    uint64_t words;                        /* of tallies that come behind them */
    struct engine_description description; /* its backend is a text of the other process; this says which: */
    bool opencl;
};

/* One rank, as all know it. */
struct world_rank {
    char host[64], place[192]; /* place: the host and its process numbers, which may be those of a container */
    char build[160];
    long process;
    uint64_t cores; /* which of them it may use, as a fingerprint */
};

/* mpi_world.c */
const struct world_rank *world_rank(int rank);
/* What the user's wish to stop is told by; from then on a rank that doesn't answer is taken for gone. */
void world_watch(volatile sig_atomic_t *stop);
/* Whether it was this rank that went first. */
bool world_lost(int rank);
/* Waits for an answer or for the end of sending. \return false when `rank` is gone. */
bool world_wait(MPI_Request *request, int rank);
/* The same for a message that is to come, of which *size is told in bytes. */
bool world_expect(int rank, int tag, int *size);
bool world_send(const void *bytes, size_t size, int rank, int tag);
bool world_receive(void *bytes, size_t size, int rank, int tag);
/* Tallies: 64-bit words, which may be more than MPI counts bytes. */
bool world_send_words(const uint64_t *words, size_t n, int rank, int tag);
bool world_receive_words(uint64_t *words, size_t n, int rank, int tag);
/* Paths that a rank has and that no checkpoint can hold yet, for messages. */
struct held {
    struct held_range {
        uint64_t first, n;
    } ranges[256];
    int n;
    uint64_t more; /* paths of ranges that found no place */
};
void held_add(struct held *held, uint64_t first, uint64_t n);
/* "paths 0 to 4,095, 8,192 to 9,000" */
void held_text(const struct held *held, char *text, size_t size);

#endif
