#include "support/coverage.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "support/closed.h"
#include "support/scene.h"

/* ---- Random numbers ---- */

static uint64_t word(uint64_t *random) { /* splitmix64 */
    uint64_t z = *random += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

double uniform(uint64_t *random) {
    return ((double)(word(random) >> 11) + 0.5) * 0x1p-53;
}

double normal(uint64_t *random) {
    const double radius = sqrt(-2 * log(uniform(random)));
    return radius * cos(2 * M_PI * uniform(random));
}

/* 1, 2, ... with this mean, at most `most`. */
int geometric(uint64_t *random, double mean, int most) {
    const double drawn = mean > 1 ? 1 + floor(log(uniform(random)) / log1p(-1 / mean)) : 1;
    return drawn < most ? (int)drawn : most;
}

double geometric_mean(double mean, int most) {
    return mean * (1 - pow(1 - 1 / mean, most));
}

bool coverage_holds(const double interval[2], double truth) {
    return (isnan(interval[0]) || interval[0] <= truth) && (isnan(interval[1]) || truth <= interval[1]);
}

double coverage_rarer(double p) {
    return fmin(p, 1 - p);
}

/* ---- Values ---- */

const struct mm_fan value_bins = {.relative = 1, .n = BINS, .low_exponent = -4};

void add_value(struct values *values, double x) {
    int exponent;
    const double fraction = 2 * frexp(x, &exponent) - 1; /* x = (1 + fraction) 2^(exponent - 1) */
    const int bin = 1 + 256 * (exponent - 1 - value_bins.low_exponent) + (int)(256 * fraction);
    assert_true(bin >= 1 && bin < BINS);
    values->counts[bin + 1]++;
    values->parts[bin].low += (uint64_t)((256 * fraction - floor(256 * fraction)) * MM_BIN_PARTS);
}

struct stretch stretch_of(uint64_t *random, double mean, bool prone) {
    struct stretch stretch = {(uint64_t)geometric(random, mean, 120), 0};
    for (uint64_t k = 0; k < stretch.months && prone; k++)
        stretch.idle += uniform(random) < IDLE;
    return stretch;
}

/* ---- Measuring ---- */

#define MOST_KINDS 16

static const struct cell *listed;
static size_t n_listed;

/* Fewer where tests are to be short. */
static bool is_short(void) {
    return test_paths() < 1000000;
}

struct measured {
    double events;
    int known, held;
};

static void measure_cell(const struct kind *kind, const struct cell *cell, size_t number,
                         struct measured measured[FIGURES]) {
    const int seeds = is_short() ? 200 : kind->seeds ? kind->seeds : 4000;
    memset(measured, 0, FIGURES * sizeof *measured);
    for (int seed = 0; seed < seeds; seed++) {
        uint64_t random = ((uint64_t)number << 32 | (uint64_t)seed) * 0x2545f4914f6cdd1d + 77;
        struct seen seen[FIGURES] = {{0}};
        cell->simulate(cell, &random, seen);
        for (int i = 0; i < FIGURES; i++) {
            measured[i].known += seen[i].known;
            measured[i].held += seen[i].known && seen[i].held;
            measured[i].events = fmax(measured[i].events, seen[i].events);
        }
    }
}

static bool few(const struct measured *measured) {
    return measured->events < 10;
}

/* Whether a coverage is as it should be. */
static bool good(const struct kind *kind, const struct measured *measured) {
    const double held = (double)measured->held / measured->known;
    const double error = SIGMAS * sqrt(0.95 * 0.05 / measured->known), low = SIGMAS * sqrt(0.9 * 0.1 / measured->known);
    if (few(measured)) /* at least 90 %, but for the noise of fewer seeds */
        return held >= 0.9 - (is_short() ? low : 0);
    return kind->at_least ? held >= 0.95 - error : fabs(held - 0.95) <= error;
}

static void print_row(const struct kind *kind, const struct cell *cell, int figure, const struct measured *measured) {
    const char *name = kind->figures[figure];
    printf("| %s%s%s | %s | %d | %.3g | %.1f %%%s |%s\n", kind->name, name ? ": " : "", name ? name : "", cell->words,
           cell->paths, measured->events, 100.0 * measured->held / measured->known, kind->at_least ? " (or more)" : "",
           good(kind, measured) ? "" : " <<<");
}

/* The cells of one kind. \return how many figures are not as they should be; prints those, or all. */
static int measure_kind(const struct kind *kind, bool all) {
    struct measured measured[FIGURES];
    int wrong = 0;
    for (size_t i = 0; i < n_listed; i++) {
        if (listed[i].simulate != kind->simulate)
            continue;
        measure_cell(kind, &listed[i], i, measured);
        for (int k = 0; k < FIGURES && (k == 0 || kind->figures[k]); k++) {
            const bool bad = !good(kind, &measured[k]);
            if (bad || all)
                print_row(kind, &listed[i], k, &measured[k]);
            wrong += bad;
        }
    }
    return wrong;
}

static void check_kind(void **state) {
    assert_int_equal(measure_kind(*state, false), 0);
}

int coverage_main(int argc, char **argv, const struct cell *cells, size_t n_cells, const struct kind *kinds,
                  size_t n_kinds) {
    struct CMUnitTest tests[MOST_KINDS];
    int wrong = 0;
    listed = cells;
    n_listed = n_cells;
    if (argc == 2 && strcmp(argv[1], "table") == 0) {
        puts("| kind | problem | paths | events expected | held the truth |\n|---|---|--:|--:|--:|");
        for (size_t i = 0; i < n_kinds; i++)
            wrong += measure_kind(&kinds[i], true);
        return wrong > 0;
    }
    for (size_t i = 0; i < n_kinds && i < MOST_KINDS; i++)
        tests[i] = (struct CMUnitTest){
            .name = kinds[i].name, .test_func = check_kind, .initial_state = (void *)(uintptr_t)&kinds[i]};
    return _cmocka_run_group_tests("coverage", tests, n_kinds, NULL, NULL);
}
