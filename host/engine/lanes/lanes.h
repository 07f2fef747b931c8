/* The kernel as compiled for one lane width by the host compiler. Every width gives the same bits. */
#ifndef MISMATCH_HOST_LANES_H
#define MISMATCH_HOST_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/plan/words.h"
#include "kernels/layout.h"

/* One group of lanes at work. The scratch area is 64-byte aligned, lanes_scratch_bytes() long, private to one thread.
 * counts, few and sums are that thread's own tallies, of head->n_counts and head->n_sums elements; they may be NULL for
 * stepping. Counts come into `few` first, where most of them share a cache line with their neighbours: a caller empties
 * it with drain() after at most lanes_few(width) groups, and before it reads the counts. */
struct lanes_job {
    const struct mm_head *head;
    const uint32_t *pool;
    void *scratch;
    uint64_t seed, first_path; /* lane i is path first_path + i */
    bool scrambled;            /* from Sobol points, where the head has any */
    unsigned n_valid;          /* lanes that count: 1 ... width */
    uint8_t *few;
    uint32_t *counts;
    uint64_t *sums;
    const uint64_t *numbers; /* [width] path numbers, instead of those from first_path on; NULL: those */
    /* For stepping; NULL: as a run draws. */
    const void *given;     /* float [MM_GIVEN_SIZE][width], aligned to a vector: variates instead of drawn ones */
    const int *given_firm; /* goes with it: [firms] MM_GIVEN_FIRM where a firm's months are given, else -1 */
};

struct lanes_ops {
    int width;
    /* All months of one group: draws, months 0 ... T-1, tallies. */
    void (*block)(const struct lanes_job *job);
    /* Adds `few` to the counts and empties it. */
    void (*drain)(const struct lanes_job *job);
    /* The same in steps, for replay: begin, then month(job, t) for t = 0, 1, ...; nothing is tallied. After month t the
     * scratch area holds that month's values at the head's offsets: element `offset`, lane i of scratch seen as
     * float[][width] (or int32_t where layout.h says vint). */
    void (*begin)(const struct lanes_job *job);
    void (*month)(const struct lanes_job *job, int t);
};

/* \return the operations for a width of 1, 4, 8 or 16, or NULL when this build or this CPU lacks it. */
const struct lanes_ops *lanes_get(int width);
/* Groups of that many lanes whose counts fit `few`. */
static inline unsigned lanes_few(int width) {
    return UINT8_MAX / (unsigned)width;
}
/* The widest that this machine runs well. */
int lanes_best(void);
/* Bytes of scratch for one group of `width` lanes. */
size_t lanes_scratch_bytes(const struct mm_head *head, int width);

#endif
