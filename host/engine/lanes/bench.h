/* What `mismatch bench` measures of the kernels at one lane width: rates of single functions and of the units of a
 * core, and a path stage by stage. */
#ifndef MISMATCH_HOST_LANES_BENCH_H
#define MISMATCH_HOST_LANES_BENCH_H

#include <stdint.h>

#include "host/engine/lanes/lanes.h"
#include "kernels/stages.h"

enum bench_rate {
    BENCH_PHILOX, /* words */
    BENCH_NORMAL, /* with Philox */
    BENCH_EXPONENTIAL,
    BENCH_QUANTILE, /* of the normal distribution, alone */
    BENCH_EXP,
    BENCH_LOG,
    BENCH_DIVIDE,
    BENCH_ROOT,
    BENCH_FMA, /* from here on: what a unit can do at most */
    BENCH_ADD,
    BENCH_INTEGER,
    BENCH_INTEGER_MULTIPLY,
    BENCH_LOAD,
    BENCH_STORE,
    BENCH_SCALAR, /* of one lane, whatever the width */
    BENCH_ISSUE,  /* the same: instructions of all kinds */
    BENCH_RATES
};

/* Time by stage, in ticks of the processor's counter. */
struct bench_clock {
    volatile int stage; /* now */
    uint64_t since;
    uint64_t ticks[MM_STAGES];
};

struct bench_ops {
    int width;
    /* Does about n results' worth of work, and returns something that hangs on all of it. */
    uint32_t (*rate[BENCH_RATES])(uint64_t n);
    /* lanes_ops.block() in steps: draws; month t with its tallies, for t = 0, 1, ...; the tallies of whole paths. Each
     * adds to the clock. The tallies are those of the ordinary kernel. */
    void (*begin)(const struct lanes_job *job, struct bench_clock *clock);
    void (*month)(const struct lanes_job *job, struct bench_clock *clock, int t);
    void (*end)(const struct lanes_job *job, struct bench_clock *clock);
};

/* \return NULL when this build or this CPU lacks the width. */
const struct bench_ops *bench_get(int width);
/* Seconds that this thread has had a core: what others do on a busy machine doesn't count. */
double bench_thread_time(void);
/* Bytes a second that `threads` threads read and write together while they copy what no cache holds; 0: no memory. */
double bench_memory_rate(int threads);
/* Results a second of one rate, `threads` at once for about `seconds`; of one thread alone, in its own time. */
double bench_rate_run(const struct bench_ops *ops, enum bench_rate rate, int threads, double seconds);

#endif
