/* How often 95 % intervals hold the truth: moves of names, and differences between scenarios on common random numbers
 * (docs/intervals.md; tests/unit/test_closed_coverage.c has the other kinds).
 *
 *   test_closed_coverage_changes          measures and judges
 *   test_closed_coverage_changes table    prints the table of docs/intervals.md */
#include "support/closed.h"
#include "support/coverage.h"
#include "support/pattern_world.h"

#include <math.h>
#include <string.h>

#include "host/estimate/parts.h"
#include "host/study/problem.h"

static void moves(const struct cell *cell, uint64_t *random, struct seen *seen);
static void share_change(const struct cell *cell, uint64_t *random, struct seen *seen);
static void mean_change(const struct cell *cell, uint64_t *random, struct seen *seen);
static void ratio_change(const struct cell *cell, uint64_t *random, struct seen *seen);
static void quantile_change(const struct cell *cell, uint64_t *random, struct seen *seen);

static const struct cell cells[] = {
    CELL(moves, "P(news) = 0.5, P(outcome) = 0.3; sigma 0.5", 2000, 0.5, 0.3, 0.5, 0.6),
    CELL(moves, "P(news) = 0.4, P(outcome) = 0.5; sigma 1", 1500, 0.4, 0.5, 1, 0.5),
    CELL(moves, "P(news) = 0.2, P(outcome) = 0.3; sigma 0.5", 2000, 0.2, 0.3, 0.5, 0.6),
    CELL(moves, "outcome worth little: sigma 0.5", 2000, 0.5, 0.5, 0.5, 0.92),
    CELL(share_change, "one way 5 %, the other 10 %", 1600, 0.05, 0.1),
    CELL(share_change, "one way 1 %, the other 1.5 %", 3200, 0.01, 0.015),
    CELL(share_change, "one way 0.4 %, the other 0.6 %", 3200, 0.004, 0.006),
    CELL(share_change, "one way 0.3 %, the other 0.4 %", 1000, 0.003, 0.004),
    CELL(mean_change, "lognormals, correlated", 1600, 0),
    CELL(ratio_change, "half the paths short, 6 months; 1 in 5 prone, then 1 in 4", 1600, 0.5, 6, 0.2, 0.25),
    CELL(quantile_change, "lognormals, correlated, 0.5", 1600, 0.5),
    CELL(quantile_change, "lognormals, correlated, 0.9", 1600, 0.9),
};

static const struct kind kinds[] = {
    {.simulate = moves,
     .name = "move",
     .figures = {"given the news", "and the outcome", "explained", "implied", "difference of two implied"}},
    {.simulate = share_change, .name = "difference of probabilities"},
    {.simulate = mean_change, .name = "difference of means"},
    {.simulate = ratio_change, .name = "difference of pooled conditionals"},
    {.simulate = quantile_change, .name = "difference of quantiles"},
};

/* ---- Moves ---- */

/* a: probability of the news; b: of the outcome, given it; c: sigma of a value; d: what the outcome leaves of it.
 * Values are 10 without the news and 11 with it alone, times a lognormal of mean 1 that all names share in half. */
static void moves(const struct cell *cell, uint64_t *random, struct seen *seen) {
    static struct world w;
    const double value[3] = {10, 11 * cell->p[3], 11},
                 share[3] = {1 - cell->p[0], cell->p[0] * cell->p[1], cell->p[0] * (1 - cell->p[1])};
    double base = 0, truth[FIGURES];
    if (!w.tallies)
        world_make(&w);
    world_clear(&w);
    for (int i = 0; i < WORLD_NAMES; i++) {
        w.names[i].has_observed = true;
        w.names[i].observed = -0.1 * (1 + i);
        w.names[i].leverage = 1;
    }
    for (int path = 0; path < cell->paths; path++) {
        const int k = uniform(random) >= cell->p[0] ? 0 : uniform(random) < cell->p[1] ? 1 : 2;
        const double common = normal(random);
        double values[WORLD_NAMES];
        for (int i = 0; i < WORLD_NAMES; i++)
            values[i] =
                value[k] * exp(cell->p[2] * (common + normal(random)) * sqrt(0.5) - cell->p[2] * cell->p[2] / 2);
        world_add(&w, path % MM_BATCHES, k, values);
    }
    for (int k = 0; k < 3; k++)
        base += share[k] * value[k];
    truth[0] = (share[1] * value[1] + share[2] * value[2]) / (share[1] + share[2]) / base - 1;
    truth[1] = value[1] / base - 1;
    truth[2] = truth[0] / w.names[0].observed;
    truth[3] = (w.names[0].observed - (value[2] / base - 1)) / (value[1] / base - value[2] / base);
    truth[4] = truth[3] - (w.names[2].observed - (value[2] / base - 1)) / (value[1] / base - value[2] / base);
    struct pattern_values v = world_values(&w);
    const double observed[2] = {w.names[0].observed, w.names[2].observed};
    for (int i = 0; i < FIGURES; i++) {
        static const enum pattern_figure which[] = {PATTERN_MOVE, PATTERN_IF_OUTCOME, PATTERN_EXPLAINED};
        double ends[2];
        if (i < 3)
            pattern_interval(&v, pattern_index(0, which[i]), i < 2 ? 1 : 1 / observed[0], ends);
        else if (i == 3)
            pattern_implied(&v, 0, observed[0], ends);
        else
            pattern_apart(&v, (const int[]){0, 2}, observed, ends);
        seen[i] = (struct seen){!isnan(ends[0]), coverage_holds(ends, truth[i]),
                                cell->paths * cell->p[0] * coverage_rarer(cell->p[1])};
    }
    pattern_values_free(&v);
}

/* ---- Differences on common random numbers ---- */

static struct problem_point *points_of(void) {
    static struct problem_point points[2];
    for (int k = 0; k < 2; k++)
        assert_true(problem_point_make(&points[k], 1, PROBLEM_PIECES));
    return points;
}

static void judge_change(const struct problem_point *points, double truth, double events, struct seen *seen) {
    double ends[2];
    problem_difference_interval(&points[0], &points[1], 0, ends);
    *seen = (struct seen){!isnan(ends[0]), coverage_holds(ends, truth), events};
}

/* Sums by scenario and piece, of a ratio. */
struct sums {
    double a[2][PROBLEM_PIECES], b[2][PROBLEM_PIECES];
};

static void judge_ratio(const struct sums *sums, double truth, double events, double resolution, struct seen *seen) {
    struct problem_point *points = points_of();
    for (int k = 0; k < 2; k++) {
        double a = 0, b = 0;
        for (int piece = 0; piece < PROBLEM_PIECES; piece++) {
            a += sums->a[k][piece];
            b += sums->b[k][piece];
        }
        points[k].answers[0] = (struct problem_answer){true, a / b, sqrt(a / b * (1 - a / b) / b), resolution};
        for (int piece = 0; piece < PROBLEM_PIECES; piece++)
            points[k].without[piece] = (a - sums->a[k][piece]) / (b - sums->b[k][piece]);
    }
    judge_change(points, truth, events, seen);
}

static int piece_of(const struct cell *cell, int path) {
    return (int)((long)path * PROBLEM_PIECES / cell->paths);
}

/* a, b: probability that only the first, only the second scenario has the event; both have it in 3 of 10 paths. */
static void share_change(const struct cell *cell, uint64_t *random, struct seen *seen) {
    struct sums sums = {0};
    for (int i = 0; i < cell->paths; i++) {
        const double u = uniform(random);
        const int piece = piece_of(cell, i);
        sums.a[0][piece] += u < 0.3 + cell->p[0];
        sums.a[1][piece] += u < 0.3 || (u >= 0.3 + cell->p[0] && u < 0.3 + cell->p[0] + cell->p[1]);
        sums.b[0][piece] = ++sums.b[1][piece];
    }
    judge_ratio(&sums, cell->p[1] - cell->p[0], cell->paths * (cell->p[0] + cell->p[1]),
                figure_share(0, (uint64_t)cell->paths).se, seen);
}

/* exp(Z / 2), then exp((Z + 0.2 + 0.4 Y) / 2). */
static void mean_change(const struct cell *cell, uint64_t *random, struct seen *seen) {
    struct sums sums = {0};
    for (int i = 0; i < cell->paths; i++) {
        const double z = normal(random), y = normal(random);
        const int piece = piece_of(cell, i);
        sums.a[0][piece] += exp(z / 2);
        sums.a[1][piece] += exp((z + 0.2 + 0.4 * y) / 2);
        sums.b[0][piece] = ++sums.b[1][piece];
    }
    judge_ratio(&sums, exp(0.1 + 1.16 / 8) - exp(1.0 / 8), cell->paths, 0, seen);
}

/* As pooled(); c, d: probability of being prone in the first scenario, and in the second. */
static void ratio_change(const struct cell *cell, uint64_t *random, struct seen *seen) {
    struct sums sums = {0};
    for (int i = 0; i < cell->paths; i++) {
        const int piece = piece_of(cell, i);
        if (uniform(random) >= cell->p[0])
            continue;
        const double u = uniform(random);
        const struct stretch s = stretch_of(random, cell->p[1], u < cell->p[3]);
        sums.a[0][piece] += u < cell->p[2] ? (double)s.idle : 0;
        sums.a[1][piece] += (double)s.idle;
        sums.b[0][piece] += (double)s.months;
        sums.b[1][piece] += (double)s.months;
    }
    judge_ratio(&sums, IDLE * (cell->p[3] - cell->p[2]), cell->paths * cell->p[0] * (cell->p[3] - cell->p[2]), 0, seen);
}

static void subtract(struct values *from, const struct values *what, int sign) {
    for (int i = 0; i < BINS + 2; i++)
        from->counts[i] += sign > 0 ? what->counts[i] : -what->counts[i];
}

#define SIGMA 0.3

/* exp(SIGMA Z), then exp(SIGMA (Z + 0.3 + 0.5 Y)); a: level. */
static void quantile_change(const struct cell *cell, uint64_t *random, struct seen *seen) {
    static struct values all[2], pieces[2][PROBLEM_PIECES];
    struct problem_point *points = points_of();
    const double z = normal_point(cell->p[0]);
    memset(all, 0, sizeof all);
    memset(pieces, 0, sizeof pieces);
    for (int i = 0; i < cell->paths; i++) {
        const double own = normal(random), other = normal(random);
        add_value(&pieces[0][piece_of(cell, i)], exp(SIGMA * own));
        add_value(&pieces[1][piece_of(cell, i)], exp(SIGMA * (own + 0.3 + 0.5 * other)));
    }
    for (int k = 0; k < 2; k++) {
        for (int piece = 0; piece < PROBLEM_PIECES; piece++)
            subtract(&all[k], &pieces[k][piece], 1);
        points[k].answers[0] = (struct problem_answer){
            true, estimate_quantile(&value_bins, all[k].counts, (uint64_t)cell->paths, cell->p[0]), 0, 0};
        for (int piece = 0; piece < PROBLEM_PIECES; piece++) {
            subtract(&all[k], &pieces[k][piece], -1);
            points[k].without[piece] = estimate_quantile(
                &value_bins, all[k].counts, (uint64_t)cell->paths * (PROBLEM_PIECES - 1) / PROBLEM_PIECES, cell->p[0]);
            subtract(&all[k], &pieces[k][piece], 1);
        }
    }
    judge_change(points, exp(SIGMA * (sqrt(1.25) * z + 0.3)) - exp(SIGMA * z), cell->paths * coverage_rarer(cell->p[0]),
                 seen);
}

int main(int argc, char **argv) {
    return coverage_main(argc, argv, cells, sizeof cells / sizeof *cells, kinds, sizeof kinds / sizeof *kinds);
}
