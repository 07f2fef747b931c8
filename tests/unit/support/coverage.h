/* How often 95 % intervals hold the truth: small problems whose truth is known, many seeds each. */
#ifndef TEST_SUPPORT_COVERAGE_H
#define TEST_SUPPORT_COVERAGE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/engine/tallies.h"
#include "host/plan/plan.h"

#define FIGURES 5

/* What one seed gave. `events`: expected on the rarer side, the same for all seeds. */
struct seen {
    bool known, held;
    double events;
};

struct cell;
typedef void (*simulate_function)(const struct cell *cell, uint64_t *random, struct seen seen[FIGURES]);

/* A problem. What its parameters p are, called a, b, c, d, is told by `words` and at the function. */
struct cell {
    simulate_function simulate;
    const char *words;
    int paths;
    double p[4];
};
#define CELL(function, text, n, ...)                                                                                   \
    {                                                                                                                  \
        .simulate = (function), .words = (text), .paths = (n), .p = { __VA_ARGS__ }                                    \
    }

struct kind {
    simulate_function simulate;
    const char *name;
    bool at_least;                /* may hold the truth in more than 95 % */
    int seeds;                    /* 0: 4,000 */
    const char *figures[FIGURES]; /* where there are several */
};

/* Measures the cells kind by kind, 4,000 seeds each (200 where tests are to be short), and fails where the share of
 * intervals that hold the truth is not within 3.5 standard errors of 95 %; where fewer than 10 events are expected,
 * where it is below 90 %. Figures of kinds that are `at_least` may hold it in more. With the argument `table` it prints
 * a table for docs/intervals.md instead. \return the exit status. */
int coverage_main(int argc, char **argv, const struct cell *cells, size_t n_cells, const struct kind *kinds,
                  size_t n_kinds);

/* An end of NAN is no bound. */
bool coverage_holds(const double interval[2], double truth);
/* p or 1 - p. */
double coverage_rarer(double p);

/* Random numbers. */
double uniform(uint64_t *random);
double normal(uint64_t *random);
/* 1, 2, ... with this mean, at most `most`; the mean that it then has. */
int geometric(uint64_t *random, double mean, int most);
double geometric_mean(double mean, int most);

/* Months of shortage and idle ones of them, of one path: idle in 8 of 10 months where the path is prone, in none
 * elsewhere. */
#define IDLE 0.8
struct stretch {
    uint64_t months, idle;
};
struct stretch stretch_of(uint64_t *random, double mean, bool prone);

/* Values in the bins of a histogram. */
#define OCTAVES 8
#define BINS (1 + 256 * OCTAVES)

/* From 1/16 to 16. */
extern const struct mm_fan value_bins;

struct values {
    uint64_t counts[BINS + 2];
    struct tally_sum parts[BINS];
};
void add_value(struct values *values, double x);

#endif
