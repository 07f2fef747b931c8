#include "host/engine/lanes/bench.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "host/engine/lanes/bench_clock.h"
#include "host/engine/lanes/bench_table.h"

#define COPIED ((size_t)96 << 20) /* bytes that are copied, more than the caches of a core's share hold */
#define COPIES 4

static volatile uint32_t sink;

const struct bench_ops *bench_get(int width) {
    if (!lanes_get(width))
        return NULL;
    switch (width) {
    case 1:
        return &bench_w1;
    case 4:
        return &bench_w4;
#ifdef MM_HAVE_W8
    case 8:
        return &bench_w8;
#endif
#ifdef MM_HAVE_W16
    case 16:
        return &bench_w16;
#endif
    default:
        return NULL;
    }
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

double bench_thread_time(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double run(const struct bench_ops *ops, enum bench_rate rate, uint64_t n, int threads) {
    if (threads == 1) {
        double begun = bench_thread_time();
        sink ^= ops->rate[rate](n);
        return bench_thread_time() - begun;
    }
    double begin = now();
#pragma omp parallel num_threads(threads) default(none) shared(ops, rate, n, sink)
    {
        uint32_t result = ops->rate[rate](n);
#pragma omp atomic
        sink ^= result;
    }
    return now() - begin;
}

double bench_rate_run(const struct bench_ops *ops, enum bench_rate rate, int threads, double seconds) {
    uint64_t n = 1 << 16;
    double spent = run(ops, rate, n, 1); /* one thread's own time says how much fits, however busy the machine is */
    while (spent < seconds / 8 && n < UINT64_C(1) << 40)
        spent = run(ops, rate, n *= 4, 1);
    n = (uint64_t)((double)n * fmax(seconds / fmax(spent, 1e-9), 1));
    return (double)n * threads / run(ops, rate, n, threads);
}

double bench_memory_rate(int threads) {
    size_t each = COPIED / (size_t)threads / 64 * 64;
    unsigned char *memory = aligned_alloc(64, 2 * each * (size_t)threads);
    double spent = 0;
    if (!memory)
        return 0;
    for (int i = 0; i <= COPIES; i++) { /* the first time gets the pages */
        double begin = now();
#pragma omp parallel num_threads(threads) default(none) shared(memory, each, i)
        {
            unsigned char *own = memory + 2 * each * (size_t)omp_get_thread_num();
            if (i == 0)
                memset(own, 1, 2 * each);
            else
                memcpy(own, own + each, each);
        }
        if (i > 0)
            spent += now() - begin;
    }
    sink ^= memory[each / 2];
    free(memory);
    return 2.0 * COPIES * (double)each * threads / spent;
}
