/* The processor's own counter, which is quick to read. */
#ifndef MISMATCH_HOST_LANES_BENCH_CLOCK_H
#define MISMATCH_HOST_LANES_BENCH_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t bench_ticks(void) {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    uint64_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#else
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
#endif
}

#endif
