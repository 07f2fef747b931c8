/* How often 95 % intervals hold the truth, kind by kind (docs/intervals.md): small problems whose truth is known, each
 * with 4,000 seeds, through the functions that a result is written with.
 *
 *   test_closed_coverage          measures and judges
 *   test_closed_coverage table    prints the table of docs/intervals.md
 *
 * Within 3.5 standard errors of 95 % where 10 events or more are expected on the rarer side, in at least 90 % below
 * that. Quantiles of whole numbers can't hold the truth in exactly 95 %, and of a layer's share only the most that its
 * error can be is known: they may hold it in more. */
#include "support/closed.h"
#include "support/coverage.h"
#include "support/scene.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/estimate/histogram.h"
#include "host/estimate/interval.h"
#include "host/estimate/parts.h"

static void share(const struct cell *cell, uint64_t *random, struct seen *seen);
static void posterior(const struct cell *cell, uint64_t *random, struct seen *seen);
static void pooled(const struct cell *cell, uint64_t *random, struct seen *seen);
static void months(const struct cell *cell, uint64_t *random, struct seen *seen);
static void amount(const struct cell *cell, uint64_t *random, struct seen *seen);
static void factor(const struct cell *cell, uint64_t *random, struct seen *seen);
static void layer(const struct cell *cell, uint64_t *random, struct seen *seen);
static void quantile(const struct cell *cell, uint64_t *random, struct seen *seen);
static void tail_months(const struct cell *cell, uint64_t *random, struct seen *seen);
static void passage(const struct cell *cell, uint64_t *random, struct seen *seen);
static void tail(const struct cell *cell, uint64_t *random, struct seen *seen);
static void whole_run(const struct cell *cell, uint64_t *random, struct seen *seen);

static const struct cell cells[] = {
    CELL(share, "p = 0.5", 200, 0.5),
    CELL(share, "p = 0.5", 1000, 0.5),
    CELL(share, "p = 0.2", 1000, 0.2),
    CELL(share, "p = 0.05", 1000, 0.05),
    CELL(share, "p = 0.98", 1000, 0.98),
    CELL(share, "p = 0.004", 5000, 0.004),
    CELL(share, "p = 0.01", 5000, 0.01),
    CELL(share, "p = 0.005", 1000, 0.005),
    CELL(share, "p = 0.002", 1000, 0.002),
    CELL(share, "p = 0.00054", 1000, 0.00054),
    CELL(share, "p = 0.00017", 1000, 0.00017),
    CELL(posterior, "P(news) = 0.2, P(outcome) = 0.3", 1000, 0.2, 0.3),
    CELL(posterior, "P(news) = 0.05, P(outcome) = 0.2", 2000, 0.05, 0.2),
    CELL(posterior, "P(news) = 0.02, P(outcome) = 0.1", 1000, 0.02, 0.1),
    CELL(pooled, "half the paths short, 6 months; one in 5 firms prone", 1000, 0.5, 6, 0.2, 1),
    CELL(pooled, "1 in 20 paths short, 6 months; 3 in 10 prone", 1000, 0.05, 6, 0.3, 1),
    CELL(pooled, "1 in 50 paths short, 12 months; half prone", 2000, 0.02, 12, 0.5, 1),
    CELL(pooled, "9 in 10 paths short, 24 months; 1 in 20 prone", 1000, 0.9, 24, 0.05, 1),
    CELL(pooled, "9 in 10 paths short, 24 months; half prone", 400, 0.9, 24, 0.5, 1),
    CELL(pooled, "1 in 5 paths short, 6 months, 18 where prone, 3 in 10", 1000, 0.2, 6, 0.3, 3),
    CELL(pooled, "3 in 100 paths short, 6 months; 1 in 5 prone", 1000, 0.03, 6, 0.2, 1),
    CELL(pooled, "1 in 100 paths short, 6 months; 3 in 10 prone", 1000, 0.01, 6, 0.3, 1),
    CELL(months, "half the paths, 6 months of 60", 1000, 0.5, 6, 60),
    CELL(months, "1 in 10 paths, 6 months of 60", 1000, 0.1, 6, 60),
    CELL(months, "3 in 100 paths, 6 months of 60", 1000, 0.03, 6, 60),
    CELL(months, "1 in 100 paths, 12 months of 60", 5000, 0.01, 12, 60),
    CELL(months, "all months of 24 but 3, in 1 of 10 paths", 1000, 0.1, 3, -24),
    CELL(months, "1 in 100 paths, 6 months of 60", 1000, 0.01, 6, 60),
    CELL(months, "3 in 1000 paths, 3 months of 60", 1000, 0.003, 3, 60),
    CELL(amount, "all paths, lognormal, sigma 0.3", 1000, 1, 0.3),
    CELL(amount, "all paths, lognormal, sigma 1", 1000, 1, 1),
    CELL(amount, "3 in 10 paths, lognormal, sigma 1", 1000, 0.3, 1),
    CELL(amount, "1 in 20 paths, lognormal, sigma 0.5", 1000, 0.05, 0.5),
    CELL(amount, "1 in 50 paths, lognormal, sigma 0.5", 5000, 0.02, 0.5),
    CELL(amount, "1 in 20 paths, lognormal, sigma 1", 1000, 0.05, 1),
    CELL(amount, "1 in 100 paths, lognormal, sigma 0.5", 1000, 0.01, 0.5),
    CELL(factor, "P(H) = 0.5; 0.5 against 0.1", 1000, 0.5, 0.5, 0.1),
    CELL(factor, "P(H) = 0.3; 0.6 against 0.3", 4000, 0.3, 0.6, 0.3),
    CELL(factor, "P(H) = 0.2; 0.05 against 0.05", 2000, 0.2, 0.05, 0.05),
    CELL(factor, "P(H) = 0.05; 0.2 against 0.01", 2000, 0.05, 0.2, 0.01),
    CELL(factor, "P(H) = 0.1; 0.5 against 0.05", 100, 0.1, 0.5, 0.05),
    CELL(layer, "one of two layers in each path, 3 in 10 the first", 1000, 1, 0, 0.3, 2),
    CELL(layer, "one of four in 1 of 10 paths, 1 in 5 the first, sigma 0.5", 1000, 0.1, 0.5, 0.2, 4),
    CELL(layer, "all four, each by itself, 0.4", 400, 1, 0, 0.4, 0),
    CELL(layer, "all four, in common, sigma 1, 0.4", 1000, 1, 1, 0.4, 0),
    CELL(layer, "all four, in 1 of 20 paths, sigma 0.5, 0.05", 1000, 0.05, 0.5, 0.05, 0),
    CELL(quantile, "lognormal, 0.5", 200, 0.5),
    CELL(quantile, "lognormal, 0.05", 1000, 0.05),
    CELL(quantile, "lognormal, 0.95", 1000, 0.95),
    CELL(quantile, "lognormal, 0.99", 1200, 0.99),
    CELL(quantile, "lognormal, 0.5", 5000, 0.5),
    CELL(quantile, "lognormal, 0.99", 5000, 0.99),
    CELL(quantile, "lognormal, 0.995", 1000, 0.995),
    CELL(quantile, "lognormal, 0.99", 400, 0.99),
    CELL(tail_months, "1 in 2 paths, 6 months; 0.9", 1000, 0.5, 6, 0.9),
    CELL(tail_months, "1 in 20 paths, 6 months; 0.99", 1000, 0.05, 6, 0.99),
    CELL(passage, "1 % a month; half of the paths", 1000, 0.01, 0.5),
    CELL(passage, "4 % a month; 9 in 10", 400, 0.04, 0.9),
    CELL(passage, "0.1 % a month; 5 %", 1000, 0.001, 0.05),
    CELL(tail, "lognormal, 0.5", 1000, 0.5),
    CELL(tail, "lognormal, 0.9", 1000, 0.9),
    CELL(tail, "lognormal, 0.95", 5000, 0.95),
    CELL(tail, "lognormal, 0.99", 5000, 0.99),
    CELL(tail, "lognormal, 0.99", 800, 0.99),
    CELL(whole_run, "gap of independent months", 400, 0),
};

static const struct kind kinds[] = {
    {.simulate = share, .name = "probability"},
    {.simulate = posterior, .name = "conditional, by paths"},
    {.simulate = pooled, .name = "conditional, pooled over months"},
    {.simulate = months, .name = "mean duration"},
    {.simulate = amount, .name = "mean MW or compute"},
    {.simulate = factor, .name = "Bayes factor"},
    {.simulate = layer, .name = "share of a layer", .at_least = true},
    {.simulate = quantile, .name = "quantile"},
    {.simulate = tail, .name = "mean beyond a quantile"},
    {.simulate = tail_months, .name = "quantile of months", .at_least = true},
    {.simulate = passage, .name = "first passage", .at_least = true},
    {.simulate = whole_run,
     .name = "whole runs",
     .seeds = 1000,
     .figures = {"ever", "mean months", "quantile", "mean beyond it"}},
};

static struct tally_sum sum_of(uint64_t low) {
    return (struct tally_sum){low, 0};
}

/* ---- Shares ---- */

/* a: probability. */
static void share(const struct cell *cell, uint64_t *random, struct seen *seen) {
    uint64_t hits = 0;
    double ends[2];
    for (int i = 0; i < cell->paths; i++)
        hits += uniform(random) < cell->p[0];
    const struct figure figure = figure_share(hits, (uint64_t)cell->paths);
    estimate_interval(&figure, ends);
    *seen = (struct seen){true, coverage_holds(ends, cell->p[0]), cell->paths * coverage_rarer(cell->p[0])};
}

/* a: probability of the condition; b: of the outcome, given it. */
static void posterior(const struct cell *cell, uint64_t *random, struct seen *seen) {
    uint64_t with = 0, all = 0;
    double ends[2];
    for (int i = 0; i < cell->paths; i++)
        if (uniform(random) < cell->p[0]) {
            all++;
            with += uniform(random) < cell->p[1];
        }
    if (all == 0)
        return;
    const struct figure figure = figure_share(with, all);
    estimate_interval(&figure, ends);
    *seen =
        (struct seen){true, coverage_holds(ends, cell->p[1]), cell->paths * cell->p[0] * coverage_rarer(cell->p[1])};
}

/* a: probability of a shortage; b: its mean length, d times as long where the path is prone; c: probability of that. */
static void pooled(const struct cell *cell, uint64_t *random, struct seen *seen) {
    uint64_t a = 0, a2 = 0, ab = 0, b = 0, b2 = 0, events = 0;
    const double long_mean = geometric_mean(cell->p[1] * cell->p[3], 120), mean = geometric_mean(cell->p[1], 120);
    const double truth = IDLE * cell->p[2] * long_mean / (cell->p[2] * long_mean + (1 - cell->p[2]) * mean);
    double ends[2];
    for (int i = 0; i < cell->paths; i++) {
        if (uniform(random) >= cell->p[0])
            continue;
        const bool prone = uniform(random) < cell->p[2];
        const struct stretch s = stretch_of(random, prone ? cell->p[1] * cell->p[3] : cell->p[1], prone);
        events += s.idle > 0;
        a += s.idle;
        a2 += s.idle * s.idle;
        ab += s.idle * s.months;
        b += s.months;
        b2 += s.months * s.months;
    }
    const struct ratio_sums sums = {sum_of(a), sum_of(a2), sum_of(ab), sum_of(b), sum_of(b2)};
    struct figure figure = figure_ratio(&sums, (uint64_t)cell->paths);
    figure.events = (double)events;
    if (!figure.known)
        return;
    estimate_interval(&figure, ends);
    *seen = (struct seen){true, coverage_holds(ends, truth), cell->paths * cell->p[0] * coverage_rarer(cell->p[2])};
}

/* P(H), then the probability of the evidence given H, and given its contrary. */
static void factor(const struct cell *cell, uint64_t *random, struct seen *seen) {
    uint64_t n[2] = {0, 0}, hits[2] = {0, 0};
    for (int i = 0; i < cell->paths; i++) {
        const int with = uniform(random) < cell->p[0];
        n[with]++;
        hits[with] += uniform(random) < (with ? cell->p[1] : cell->p[2]);
    }
    const struct factor found = figure_factor(hits[1], n[1], hits[0], n[0]);
    const double ends[2] = {found.low, found.high};
    *seen = (struct seen){found.known, coverage_holds(ends, cell->p[1] / cell->p[2]),
                          cell->paths * fmin(cell->p[0] * cell->p[1], (1 - cell->p[0]) * cell->p[2])};
}

/* a: probability that anything is late; b: sigma of how much; c: the first layer's share; d: of how many layers one
 * alone is late, or 0: all four are, each by an exponential amount times that. */
static void layer(const struct cell *cell, uint64_t *random, struct seen *seen) {
    struct tally_sum sums[2 * SC_LAYERS] = {{0}};
    const int layers = cell->p[3] > 0 ? (int)cell->p[3] : SC_LAYERS;
    double ends[2];
    for (int i = 0; i < cell->paths; i++) {
        if (uniform(random) >= cell->p[0])
            continue;
        const double late = 65536 * exp(cell->p[1] * normal(random)), which = uniform(random);
        const int alone = which < cell->p[2] ? 0 : 1 + (int)((which - cell->p[2]) / (1 - cell->p[2]) * (layers - 1));
        for (int l = 0; l < layers; l++) {
            const double share = l == 0 ? cell->p[2] : (1 - cell->p[2]) / (layers - 1);
            const double own = cell->p[3] > 0 ? late * (l == alone) : -late * share * log(uniform(random));
            const uint64_t x = (uint64_t)(own + 0.5);
            sums[2 * l].low += x;
            sums[2 * l + 1].low += x * x;
        }
    }
    const struct figure figure = figure_part(sums, SC_LAYERS, 0, (uint64_t)cell->paths);
    if (!figure.known)
        return;
    estimate_interval(&figure, ends);
    *seen =
        (struct seen){true, coverage_holds(ends, cell->p[2]), cell->paths * cell->p[0] * coverage_rarer(cell->p[2])};
}

/* ---- Means ---- */

/* a: probability of having any; b: how many then; c: of how many months; below 0: those that are lacking of -c. */
static void months(const struct cell *cell, uint64_t *random, struct seen *seen) {
    const int most = (int)fabs(cell->p[2]);
    const struct estimator estimator = {.paths = (uint64_t)cell->paths};
    uint64_t sum = 0, squares = 0, events = 0;
    double truth = cell->p[0] * geometric_mean(cell->p[1], most), ends[2];
    truth = cell->p[2] < 0 ? most - truth : truth;
    for (int i = 0; i < cell->paths; i++) {
        const int drawn = uniform(random) < cell->p[0] ? geometric(random, cell->p[1], most) : 0;
        const uint64_t x = (uint64_t)(cell->p[2] < 0 ? most - drawn : drawn);
        events += x > 0;
        sum += x;
        squares += x * x;
    }
    struct figure figure = figure_mean(sum_of(sum), sum_of(squares), (uint64_t)cell->paths, 1);
    figure.events = (double)events;
    estimate_mean_interval(&estimator, &figure, most, ends);
    *seen = (struct seen){true, coverage_holds(ends, truth), cell->paths * coverage_rarer(cell->p[0]) / 2};
}

/* a: probability of having any; b: sigma of the lognormal with median 1. */
static void amount(const struct cell *cell, uint64_t *random, struct seen *seen) {
    const struct estimator estimator = {.paths = (uint64_t)cell->paths};
    const double truth = cell->p[0] * exp(cell->p[1] * cell->p[1] / 2);
    uint64_t sum = 0, squares = 0;
    double ends[2];
    for (int i = 0; i < cell->paths; i++) {
        if (uniform(random) >= cell->p[0])
            continue;
        const uint64_t x = (uint64_t)llround(fmin(1e6, 1024 * exp(cell->p[1] * normal(random))));
        sum += x;
        squares += x * x;
    }
    const struct figure figure = figure_mean(sum_of(sum), sum_of(squares), (uint64_t)cell->paths, 1024);
    estimate_mean_interval(&estimator, &figure, INFINITY, ends);
    *seen = (struct seen){true, coverage_holds(ends, truth), cell->paths * cell->p[0] * exp(-cell->p[1] * cell->p[1])};
}

/* ---- Quantiles ---- */

#define SIGMA 0.3 /* of lognormal values about 1 */

static struct histogram draw_values(const struct cell *cell, uint64_t *random) {
    static struct values values;
    memset(&values, 0, sizeof values);
    for (int i = 0; i < cell->paths; i++)
        add_value(&values, exp(SIGMA * normal(random)));
    return (struct histogram){
        .bins = &value_bins, .counts = values.counts, .parts = values.parts, .total = (uint64_t)cell->paths};
}

/* a: level. */
static void quantile(const struct cell *cell, uint64_t *random, struct seen *seen) {
    const struct histogram histogram = draw_values(cell, random);
    double ends[2];
    histogram_quantile_interval(&histogram, cell->p[0], ends);
    *seen = (struct seen){true, coverage_holds(ends, exp(SIGMA * normal_point(cell->p[0]))),
                          cell->paths * coverage_rarer(cell->p[0])};
}

static void tail(const struct cell *cell, uint64_t *random, struct seen *seen) {
    const struct histogram histogram = draw_values(cell, random);
    const struct expected_tail found = histogram_tail(&histogram, cell->p[0]);
    const double ends[2] = {found.low, found.high}, z = normal_point(cell->p[0]);
    const double truth = exp(SIGMA * SIGMA / 2) * normal_below(SIGMA - z) / (1 - cell->p[0]);
    *seen = (struct seen){true, coverage_holds(ends, truth), cell->paths * coverage_rarer(cell->p[0])};
}

/* a: probability of having any months; b: how many then; c: level. */
static void tail_months(const struct cell *cell, uint64_t *random, struct seen *seen) {
    enum { MOST = 60 };
    const struct mm_fan months_bins = {.n = MOST + 1, .high = MOST + 1, .inv_width = 1};
    uint64_t counts[MOST + 3] = {0};
    double below = 1 - cell->p[0], ends[2];
    int truth = 0;
    for (int i = 0; i < cell->paths; i++)
        counts[1 + (uniform(random) < cell->p[0] ? geometric(random, cell->p[1], MOST) : 0)]++;
    while (below < cell->p[2]) /* P(more than `truth` months) = a (1 - 1 / b)^truth */
        below = 1 - cell->p[0] * pow(1 - 1 / cell->p[1], ++truth);
    const struct histogram histogram = {
        .bins = &months_bins, .counts = counts, .total = (uint64_t)cell->paths, .points = true};
    histogram_quantile_interval(&histogram, cell->p[2], ends);
    *seen = (struct seen){true, coverage_holds(ends, truth), cell->paths * coverage_rarer(cell->p[2])};
}

/* a: probability of the event in each month; b: share of the paths. */
static void passage(const struct cell *cell, uint64_t *random, struct seen *seen) {
    enum { MONTHS = 84 };
    uint64_t by_month[MONTHS] = {0};
    int ends[2], truth = 0;
    for (int i = 0; i < cell->paths; i++) {
        const int first = geometric(random, 1 / cell->p[0], MONTHS + 1) - 1;
        if (first < MONTHS)
            by_month[first]++;
    }
    for (int month = 1; month < MONTHS; month++)
        by_month[month] += by_month[month - 1];
    while (truth < MONTHS && 1 - pow(1 - cell->p[0], truth + 1) < cell->p[1])
        truth++;
    estimate_passage_interval(by_month, MONTHS, (uint64_t)cell->paths, cell->p[1], ends);
    *seen = (struct seen){true, ends[0] <= truth && truth <= ends[1], cell->paths * coverage_rarer(cell->p[1])};
}

/* ---- Whole runs ---- */

/* Demand 100 exp(x), x normal and independent from month to month, against 100 of supply; gap = 1 - exp(-x). */
static const char *const independent =
    "mismatch: 1\n"
    "time: {start: 2030-01, months: 6}\n"
    "regions: [north]\n"
    "generations: [{name: old, kh100e_per_mw: 1}]\n"
    "inference: {persistence: 0, firm_sigma: 0.3, initial_sigma: 0.3}\n"
    "firms: [{name: a, shares: {north: 1}, installed: {old: 100}, inference: 100, demand_shares: {north: 1}}]\n"
    "events: {high: {all_of: [{series: gap, at_least: 0.15}]}}\n"
    "questions:\n"
    "  - {name: high, probability: {event: high}}\n"
    "  - {name: month, tail: {series: demand, from: 2030-03, to: 2030-03, levels: [0.9]}}\n";

static json_t *run_of(const struct scene *scene, uint64_t seed, uint64_t paths) {
    const mm_run_options options = {
        .paths = paths, .seed = seed, .seed_given = true, .threads = 1, .backend = "openmp"};
    mm_messages *messages = mm_messages_new();
    mm_result *result = NULL;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_int_equal(mm_run(scene->scenario, &options, &result, messages), MM_OK);
    assert_int_equal(mm_result_write_json(result, out, false), MM_OK);
    assert_int_equal(fclose(out), 0);
    json_t *document = json_loadb(text, size, 0, NULL);
    assert_non_null(document);
    free(text);
    mm_result_free(result);
    mm_messages_free(messages);
    return document;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): one of a table, the others draw from it */
static void whole_run(const struct cell *cell, uint64_t *random, struct seen *seen) {
    static const char *const paths[] = {"questions/high/ever/ci", "questions/high/mean_months/ci",
                                        "questions/month/levels/0.9/quantile/ci", "questions/month/levels/0.9/cvar/ci"};
    static struct scene scene;
    const double p = normal_above(-log(0.85) / SIGMA), z = normal_point(0.9);
    const double truth[] = {1 - pow(1 - p, 6), 6 * p, 100 * exp(SIGMA * z),
                            100 * exp(SIGMA * SIGMA / 2) * normal_below(SIGMA - z) / 0.1};
    if (!scene.scenario)
        scene = scene_new(independent);
    json_t *document = run_of(&scene, *random, (uint64_t)cell->paths);
    for (int i = 0; i < 4; i++) {
        const double ends[2] = {number_in(document, paths[i], 0), number_in(document, paths[i], 1)};
        seen[i] = (struct seen){true, coverage_holds(ends, truth[i]), cell->paths * 0.1};
    }
    json_decref(document);
}

int main(int argc, char **argv) {
    return coverage_main(argc, argv, cells, sizeof cells / sizeof *cells, kinds, sizeof kinds / sizeof *kinds);
}
