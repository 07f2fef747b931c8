/* A race: variates a second, one thread, of the kernels, of Random123 and of GSL's own generators. Before anything is
 * timed, Philox must give Random123's numbers, and every sampler the moments that its distribution has.
 *
 *   variates [ROUNDS]     prints a Markdown table; --check: compares and stops */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../tests/unit/random123.h"

#include "../tests/unit/lanes_probe.h"
#include "host/engine/lanes/bench.h"

#define MOMENT_DRAWS ((size_t)1 << 20)
#define SECONDS 0.2
enum { MOST_ROUNDS = 1000 };

static gsl_rng *taus, *twister;
static volatile double sink;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* ---- who takes part: each does n variates and returns something that hangs on all ---- */

static double words_random123(uint64_t n) {
    const philox4x32_key_t key = {{2, 3}};
    uint32_t sum = 0;
    for (uint64_t i = 0; i < n / 4; i++) {
        const philox4x32_ctr_t counter = {{0, 0, (uint32_t)i, 1}}, word = philox4x32(counter, key);
        sum ^= word.v[0] ^ word.v[1] ^ word.v[2] ^ word.v[3];
    }
    return sum;
}

static double words_taus(uint64_t n) {
    unsigned long sum = 0;
    for (uint64_t i = 0; i < n; i++)
        sum ^= gsl_rng_get(taus);
    return (double)sum;
}

static double words_twister(uint64_t n) {
    unsigned long sum = 0;
    for (uint64_t i = 0; i < n; i++)
        sum ^= gsl_rng_get(twister);
    return (double)sum;
}

#define SUM_OF(name, f)                                                                                                \
    static double name(uint64_t n) {                                                                                   \
        double sum = 0;                                                                                                \
        for (uint64_t i = 0; i < n; i++)                                                                               \
            sum += f;                                                                                                  \
        return sum;                                                                                                    \
    }
SUM_OF(normal_ziggurat, gsl_ran_gaussian_ziggurat(taus, 1))
SUM_OF(normal_ratio, gsl_ran_gaussian_ratio_method(taus, 1))
SUM_OF(exponential_gsl, gsl_ran_exponential(taus, 1))

static const struct racer {
    const char *kind, *name;
    enum bench_rate ours;  /* where f is NULL */
    double (*f)(uint64_t); /* n variates */
} racers[] = {
    {"words of 32 bits", "mismatch, Philox4x32-10", BENCH_PHILOX, NULL},
    {"words of 32 bits", "Random123, Philox4x32-10", 0, words_random123},
    {"words of 32 bits", "GSL, taus2", 0, words_taus},
    {"words of 32 bits", "GSL, mt19937", 0, words_twister},
    {"normals", "mismatch, Philox and inversion", BENCH_NORMAL, NULL},
    {"normals", "GSL, taus2 and ziggurat", 0, normal_ziggurat},
    {"normals", "GSL, taus2 and ratio method", 0, normal_ratio},
    {"exponentials", "mismatch, Philox and inversion", BENCH_EXPONENTIAL, NULL},
    {"exponentials", "GSL, taus2", 0, exponential_gsl},
};
enum { RACERS = sizeof racers / sizeof racers[0] };

/* ---- the answers ---- */

static const struct lanes_probe *widest(void) {
    const struct lanes_probe *const probes[] = {&probe_w16, &probe_w8, &probe_w4, &probe_w1};
    for (int i = 0; i < 3; i++)
        if (probe_usable(probes[i]))
            return probes[i];
    return probes[3];
}

static int same_philox(void) {
    enum { N = 1024 };
    static uint32_t c0[N], c1[N], out[4 * N];
    for (uint32_t i = 0; i < N; i++) {
        c0[i] = i * 0x9e3779b9u;
        c1[i] = ~i;
    }
    widest()->philox(c0, c1, 7, 8, 2, 3, out, N);
    const philox4x32_key_t key = {{2, 3}};
    for (uint32_t i = 0; i < N; i++) {
        const philox4x32_ctr_t counter = {{c0[i], c1[i], 7, 8}}, word = philox4x32(counter, key);
        for (uint32_t w = 0; w < 4; w++)
            if (out[w * N + i] != word.v[w]) {
                fprintf(stderr, "Philox differs from Random123 at block %u, word %u\n", i, w);
                return 0;
            }
    }
    return 1;
}

/* Mean and variance within 5 standard errors; `fourth`: the fourth central moment. */
static int moments(const char *name, double sum, double squares, double mean, double variance, double fourth) {
    const double n = (double)MOMENT_DRAWS, m = sum / n, v = squares / n - m * m;
    const double far =
        fmax(fabs(m - mean) / sqrt(variance / n), fabs(v - variance) / sqrt((fourth - variance * variance) / n));
    if (far > 5)
        fprintf(stderr, "%s: mean %.5f, variance %.5f, not %.0f and %.0f\n", name, m, v, mean, variance);
    return far <= 5;
}

static int good_moments(void) {
    double sums[4] = {0}, squares[4] = {0};
    uint32_t *words = malloc(MOMENT_DRAWS * sizeof *words), *bits = malloc(MOMENT_DRAWS * sizeof *bits);
    int good = words && bits;
    for (int kind = 0; kind < 2 && good; kind++) {
        for (size_t i = 0; i < MOMENT_DRAWS; i++)
            words[i] = (uint32_t)gsl_rng_get(twister);
        widest()->map[kind == 0 ? PROBE_NORMAL : PROBE_EXPO](words, bits, MOMENT_DRAWS);
        for (size_t i = 0; i < MOMENT_DRAWS; i++) {
            float x;
            memcpy(&x, &bits[i], sizeof x);
            sums[kind] += (double)x;
            squares[kind] += (double)x * (double)x;
        }
    }
    for (size_t i = 0; i < MOMENT_DRAWS && good; i++) {
        const double z = gsl_ran_gaussian_ziggurat(taus, 1), e = gsl_ran_exponential(taus, 1);
        sums[2] += z;
        squares[2] += z * z;
        sums[3] += e;
        squares[3] += e * e;
    }
    good = good && moments("normals of the kernels", sums[0], squares[0], 0, 1, 3) &&
           moments("exponentials of the kernels", sums[1], squares[1], 1, 1, 9) &&
           moments("normals of GSL", sums[2], squares[2], 0, 1, 3) &&
           moments("exponentials of GSL", sums[3], squares[3], 1, 1, 9);
    free(words);
    free(bits);
    return good;
}

/* ---- the race ---- */

static double run(const struct racer *racer, const struct bench_ops *ops) {
    if (!racer->f)
        return bench_rate_run(ops, racer->ours, 1, SECONDS);
    uint64_t n = 1 << 18;
    double spent = 0;
    while (spent < SECONDS / 4) {
        n *= 2;
        const double begin = now();
        sink = racer->f(n);
        spent = now() - begin;
    }
    return (double)n / spent;
}

static int by_value(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void race(int rounds) {
    static double rates[RACERS][MOST_ROUNDS];
    const struct bench_ops *ops = bench_get(lanes_best());
    for (int i = 0; i < rounds; i++)
        for (int r = 0; r < RACERS; r++)
            rates[r][i] = run(&racers[r], ops);
    printf("| one thread, %d lanes | 10^6 a second: median (least – most) | mismatch is faster by |\n|---|--:|--:|\n",
           ops->width);
    const double *ours = rates[0];
    for (int r = 0; r < RACERS; r++) {
        double ratios[MOST_ROUNDS] = {0}, sorted[MOST_ROUNDS] = {0};
        if (!racers[r].f)
            ours = rates[r];
        for (int i = 0; i < rounds; i++) {
            ratios[i] = ours[i] / rates[r][i];
            sorted[i] = rates[r][i] * 1e-6;
        }
        qsort(ratios, (size_t)rounds, sizeof *ratios, by_value);
        qsort(sorted, (size_t)rounds, sizeof *sorted, by_value);
        printf("| %s: %s | %.0f (%.0f – %.0f) |", racers[r].kind, racers[r].name, sorted[rounds / 2], sorted[0],
               sorted[rounds - 1]);
        if (racers[r].f)
            printf(" %.1f (%.1f – %.1f)", ratios[rounds / 2], ratios[0], ratios[rounds - 1]);
        printf(" |\n");
    }
}

int main(int argc, char **argv) {
    int check = argc > 1 && strcmp(argv[1], "--check") == 0;
    int rounds = argc > 1 && !check ? (int)strtol(argv[1], NULL, 10) : 5;
    taus = gsl_rng_alloc(gsl_rng_taus2);
    twister = gsl_rng_alloc(gsl_rng_mt19937);
    if (rounds < 1 || rounds > MOST_ROUNDS || !same_philox() || !good_moments())
        return 1;
    if (!check)
        race(rounds);
    gsl_rng_free(taus);
    gsl_rng_free(twister);
    return 0;
}
