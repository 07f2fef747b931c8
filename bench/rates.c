/* Rates of the kernel functions at each lane width, one thread and all
 * threads, in 10^9 results a second; a Markdown table.  Each figure is the
 * best of several runs: on a shared machine the others only tell of the
 * neighbours. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#ifdef _OPENMP
#include <omp.h>
#endif

#include "../tests/unit/lanes_probe.h"

static const char *const rate_name[RATES] = {
    [RATE_PHILOX] = "Philox words",
    [RATE_NORMAL] = "normals, with Philox",
    [RATE_QUANTILE] = "normal quantile alone",
    [RATE_EXP] = "exp",
    [RATE_LOG] = "log",
    [RATE_DIV] = "division",
    [RATE_SQRT] = "square root",
    [RATE_FMA] = "fma",
};

static volatile uint32_t rate_sink;

static double now(void) {
    struct timespec t;
    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double run(uint32_t (*f)(uint64_t), uint64_t n, int threads) {
    double t = now();
#ifdef _OPENMP
#pragma omp parallel num_threads(threads)
#endif
    {
        uint32_t r = f(n);
#ifdef _OPENMP
#pragma omp atomic
#endif
        rate_sink ^= r;
    }
    return (double)n * threads / (now() - t);
}

static double best(uint32_t (*f)(uint64_t), int threads, int tries) {
    uint64_t n = 1 << 20;
    double rate = run(f, n, threads);
    n = (uint64_t)(rate / threads * 0.05) / 4096 * 4096 + 4096;
    for (int i = 0; i < tries; i++) {
        double r = run(f, n, threads);
        rate = r > rate ? r : rate;
    }
    return rate * 1e-9;
}

int main(int argc, char **argv) {
    const struct lanes_probe *probes[] = {&probe_w1, &probe_w4, &probe_w8, &probe_w16};
    int tries = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 15;
    int threads = 1;
#ifdef _OPENMP
    threads = omp_get_max_threads();
#endif
    printf("| lanes |");
    for (int r = 0; r < RATES; r++)
        printf(" %s |", rate_name[r]);
    printf("\n|--:|");
    for (int r = 0; r < RATES; r++)
        printf("--:|");
    printf("\n");
    for (size_t p = 0; p < sizeof probes / sizeof *probes; p++) {
        if (!probe_usable(probes[p])) {
            printf("| %d | not on this processor |\n", probes[p]->lanes);
            continue;
        }
        printf("| %d |", probes[p]->lanes);
        for (int r = 0; r < RATES; r++)
            printf(" %.2f / %.2f |", best(probes[p]->rate[r], 1, tries), best(probes[p]->rate[r], threads, tries));
        printf("\n");
        fflush(stdout);
    }
    printf("\nEach entry: 1 thread / %d thread%s.\n", threads, threads == 1 ? "" : "s");
    return 0;
}
