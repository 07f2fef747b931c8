/* Fan questions: quantiles of a series by month, from the bins of its histogram. */
#include "host/estimate/parts.h"

#include <math.h>

#include "host/estimate/histogram.h"
#include "host/estimate/interval.h"
#include "host/scenario/series.h"

double estimate_quantile(const struct mm_fan *fan, const uint64_t *counts, uint64_t total, double quantile) {
    const struct histogram histogram = {.bins = fan, .counts = counts, .total = total};

    return histogram_quantile(&histogram, quantile);
}

json_t *estimate_scope(const struct sc_scenario *scenario, const struct sc_series_ref *ref) {
    json_t *scope = json_object();
    int bad = scope == NULL;

    if (ref->firm >= 0) {
        bad |= json_object_set_new(scope, "firm", json_string(scenario->firms[ref->firm].name));
    }
    if (ref->region >= 0) {
        bad |= json_object_set_new(scope, "region", json_string(scenario->regions[ref->region]));
    }
    if (ref->generation >= 0) {
        bad |= json_object_set_new(scope, "generation", json_string(scenario->generations[ref->generation].name));
    }
    if (ref->layer >= 0) {
        bad |= json_object_set_new(scope, "layer", json_string(estimate_layer_names[ref->layer]));
    }
    if (ref->name >= 0) {
        bad |= json_object_set_new(scope, "name", json_string(scenario->names[ref->name].name));
    }
    if (bad) {
        json_decref(scope);
        return NULL;
    }
    return scope;
}

json_t *estimate_series(const struct sc_scenario *scenario, const struct sc_series_ref *ref) {
    if (ref->series == SC_REGIME && ref->regime >= 0) {
        return json_sprintf("regime_%s", scenario->regimes[ref->regime]);
    }
    return json_string(series_word(ref->series));
}

static json_t *fan_quantiles(const struct estimator *estimator, const struct sc_question *question,
                             const struct mm_fan *fan) {
    const uint64_t *counts = estimator->tallies->counts + fan->counts;
    const size_t stride = (size_t)fan->n + 2;
    json_t *object = json_object();
    int bad = object == NULL;

    for (int i = 0; i < question->n_quantiles && !bad; i++) {
        json_t *curve = json_array();
        char key[TEXT_NUMBER];
        estimate_number_text(question->quantiles[i], key);
        bad |= json_object_set_new(object, key, curve);
        for (int month = 0; month < estimator->scenario->months && !bad; month++) {
            const double value =
                estimate_quantile(fan, counts + (size_t)month * stride, estimator->paths, question->quantiles[i]);
            bad |= json_array_append_new(curve, json_real(value));
        }
    }
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/* {"low": [], "high": []} of one quantile; null for an end that there is not. */
static json_t *fan_interval(const struct estimator *estimator, const struct mm_fan *fan, double quantile) {
    const uint64_t *counts = estimator->tallies->counts + fan->counts;
    const size_t stride = (size_t)fan->n + 2;
    json_t *object = json_object(), *ends[2] = {json_array(), json_array()};
    double levels[2];
    int bad = 0;

    bad |= json_object_set_new(object, "low", ends[0]);
    bad |= json_object_set_new(object, "high", ends[1]);
    interval_ranks(quantile, (double)estimator->paths, levels); /* the same ranks in every month */
    for (int month = 0; month < estimator->scenario->months && !bad; month++) {
        for (int side = 0; side < 2; side++) {
            bad |= json_array_append_new(
                ends[side], isnan(levels[side]) ? json_null()
                                                : json_real(estimate_quantile(fan, counts + (size_t)month * stride,
                                                                              estimator->paths, levels[side])));
        }
    }
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static json_t *fan_intervals(const struct estimator *estimator, const struct sc_question *question,
                             const struct mm_fan *fan) {
    json_t *object = json_object();
    int bad = object == NULL;

    for (int i = 0; i < question->n_quantiles && !bad; i++) {
        char key[TEXT_NUMBER];
        estimate_number_text(question->quantiles[i], key);
        bad |= json_object_set_new(object, key, fan_interval(estimator, fan, question->quantiles[i]));
    }
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

json_t *estimate_fan(const struct estimator *estimator, const struct sc_question *question, const struct mm_fan *fan) {
    const uint64_t *counts = estimator->tallies->counts + fan->counts;
    const double all = (double)estimator->paths * (double)estimator->scenario->months;
    json_t *object = json_object();
    uint64_t below = 0, above = 0;
    int bad = 0;

    for (int month = 0; month < estimator->scenario->months; month++) {
        const uint64_t *here = counts + (size_t)month * ((size_t)fan->n + 2);
        below += here[0];
        above += here[fan->n + 1];
    }
    bad |= json_object_set_new(object, "type", json_string("fan"));
    bad |= json_object_set_new(object, "series", estimate_series(estimator->scenario, &question->series));
    bad |= json_object_set_new(object, "scope", estimate_scope(estimator->scenario, &question->series));
    bad |= json_object_set_new(object, "quantiles", fan_quantiles(estimator, question, fan));
    if (!estimator->brief) {
        bad |= json_object_set_new(object, "intervals", fan_intervals(estimator, question, fan));
    }
    bad |= json_object_set_new(object, "outside", json_pack("[f, f]", (double)below / all, (double)above / all));
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}
