/* The parts of estimate_all(), one for each kind of answer. Every function that returns a json_t * returns a new
 * reference, or NULL when memory ran out. */
#ifndef MISMATCH_HOST_ESTIMATE_PARTS_H
#define MISMATCH_HOST_ESTIMATE_PARTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/engine/tallies.h"
#include "host/estimate/figures.h"
#include "host/plan/plan.h"
#include "host/scenario/scenario.h"
#include "host/scenario/text.h"

struct estimator {
    const struct sc_scenario *scenario;
    const struct plan *plan;
    const struct tallies *tallies;
    uint64_t paths;
    bool brief; /* only what expressions can ask for */
    /* The figure of a share that no path has, shared by all arrays: large maps are mostly made of it. */
    json_t *none, *none_se;
};

/* Layers in the order of enum sc_layer. */
extern const char *const estimate_layer_names[SC_LAYERS];
/* Industry states in the order of the tallies. */
extern const char *const estimate_state_names[MM_STATES];

/* "YYYY-MM", or the plain number where the horizon is longer than 1200 months. */
json_t *estimate_month(const struct sc_scenario *scenario, int month);
/* The 95 % interval of a share or a ratio; of a mean of values from 0 to `most` (INFINITY: no bound). NAN: unknown. */
void estimate_interval(const struct figure *share, double interval[2]);
void estimate_mean_interval(const struct estimator *estimator, const struct figure *mean, double most,
                            double interval[2]);
/* {"p" or "value", "se", "ci": [low, high]}; null what is unknown. */
json_t *estimate_share_figure(struct figure share);
json_t *estimate_mean_figure(const struct estimator *estimator, struct figure mean, double most);
/* [low, high]; null for NAN. */
json_t *estimate_ends(const double interval[2]);
/* {"p": [], "se": []} of hits[month * stride]; outside from ... to the share is 0 by definition, and so is its se. */
json_t *estimate_curve(const struct estimator *estimator, const uint64_t *hits, size_t stride, int from, int to);
/* The same of hits[0] + ... + hits[month], to the last month. `hits`, here and above, lie in the tallies. */
json_t *estimate_passage(const struct estimator *estimator, const uint64_t *hits, int from);

/* scrambles.c: figures of tallies, by their places: counts first ... first + n - 1 together; a mean; sums a over b,
 * which are those of `sums`. Their errors are those of the scrambles where the paths have some. */
struct figure estimate_share(const struct estimator *estimator, size_t first, size_t n);
struct figure estimate_mean(const struct estimator *estimator, size_t sum, size_t squares, double scale);
struct figure estimate_ratio(const struct estimator *estimator, const struct ratio_sums *sums, size_t a, size_t b);
/* The part that sum first + 2 * part has of `n` sums first, first + 2, ..., each with its squares behind it. */
struct figure estimate_part(const struct estimator *estimator, size_t first, int n, int part);
/* Variance of independent paths over that of scrambled ones; null where unknown. */
json_t *estimate_variance_ratio(const struct figure *figure);
/* The decimal text of a number, the shortest that reads back the same. */
void estimate_number_text(double number, char text[TEXT_NUMBER]);

json_t *estimate_industry(const struct estimator *estimator);
json_t *estimate_probability(const struct estimator *estimator, const struct mm_probability *probability);
/* The entries alone: an array. */
json_t *estimate_entries(const struct estimator *estimator, const struct mm_map *map);
json_t *estimate_fan(const struct estimator *estimator, const struct sc_question *question, const struct mm_fan *fan);
/* The name of a series, and its scope as an object. */
json_t *estimate_series(const struct sc_scenario *scenario, const struct sc_series_ref *ref);
json_t *estimate_scope(const struct sc_scenario *scenario, const struct sc_series_ref *ref);
json_t *estimate_tail(const struct estimator *estimator, const struct sc_question *question,
                      const struct mm_tail *tail);
json_t *estimate_binding(const struct estimator *estimator);
/* What a factor says, in words; where its interval reaches into other words, those too. */
json_t *estimate_verdict(const struct factor *factor);
json_t *estimate_evidence(const struct estimator *estimator, int index);
json_t *estimate_pattern(const struct estimator *estimator, int index);

/* The value below which the share `quantile` of a histogram's mass lies (linear inside a bin), see struct mm_fan; the
 * edge where it lies outside the bins. `counts` are those of one month, `total` > 0 their sum. */
double estimate_quantile(const struct mm_fan *fan, const uint64_t *counts, uint64_t total, double quantile);

/* The 95 % interval of the first month by which this share of the paths has had an event; `months`: none. `by_month`:
 * how many of the `paths` had it by then. */
void estimate_passage_interval(const uint64_t *by_month, int months, uint64_t paths, double share, int ends[2]);

#endif
