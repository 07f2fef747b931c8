/* Tail questions: expected shortfall and exceedance of a path's own value. */
#include "host/estimate/parts.h"

#include "host/estimate/histogram.h"

#define POINTS 100 /* of a curve whose values nobody chose, about */

/* {"value": x, "ci": []}, with "se" where `se` is not NULL. */
static json_t *figure_with_interval(double value, const struct figure *se, double low, double high) {
    json_t *object = json_object();
    int bad = 0;

    bad |= json_object_set_new(object, "value", json_real(value));
    if (se != NULL) {
        bad |= json_object_set_new(object, "se", se->has_se ? json_real(se->se) : json_null());
    }
    bad |= json_object_set_new(object, "ci", estimate_ends((double[2]){low, high}));
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static json_t *one_level(const struct histogram *histogram, double level) {
    const struct expected_tail tail = histogram_tail(histogram, level);
    const struct figure se = {.se = tail.se, .has_se = tail.has_se};
    json_t *object = json_object();
    double interval[2];
    int bad = 0;

    histogram_quantile_interval(histogram, level, interval);
    bad |= json_object_set_new(
        object, "quantile", figure_with_interval(histogram_quantile(histogram, level), NULL, interval[0], interval[1]));
    bad |= json_object_set_new(object, "cvar", figure_with_interval(tail.value, &se, tail.low, tail.high));
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static json_t *tail_levels(const struct sc_question *question, const struct histogram *histogram) {
    json_t *object = json_object();
    int bad = object == NULL;

    for (int i = 0; i < question->n_levels && !bad; i++) {
        char key[TEXT_NUMBER];
        estimate_number_text(question->levels[i], key);
        bad |= json_object_set_new(object, key, one_level(histogram, question->levels[i]));
    }
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/* The curve's arrays: at, p, se, low, high. */
struct curve {
    json_t *at, *p, *se, *low, *high;
    int bad;
};

static void add_point(struct curve *curve, double at, uint64_t hits, uint64_t paths) {
    const struct figure share = figure_share(hits, paths);
    double interval[2];

    figure_interval(hits, paths, interval);
    curve->bad |= json_array_append_new(curve->at, json_real(at));
    curve->bad |= json_array_append_new(curve->p, json_real(share.value));
    curve->bad |= json_array_append_new(curve->se, json_real(share.se));
    curve->bad |= json_array_append_new(curve->low, json_real(interval[0]));
    curve->bad |= json_array_append_new(curve->high, json_real(interval[1]));
}

/* Paths at or above edges of the bins, which is exact: from the lowest that holds a path to the first above all. */
static void add_edges(struct curve *curve, const struct mm_fan *bins, const uint64_t *counts, uint64_t paths) {
    int first = 0, last = bins->n - 1, step;
    uint64_t below = counts[0];

    while (first < last && counts[first + 1] == 0) {
        first++;
    }
    while (last > first && counts[last + 1] == 0) {
        last--;
    }
    step = 1 + (last - first) / POINTS;
    for (int i = 0; i <= last + 1; i++) {
        if (i >= first && ((i - first) % step == 0 || i == last + 1)) {
            add_point(curve, histogram_edge(bins, i), paths - below, paths);
        }
        below += i < bins->n ? counts[i + 1] : 0;
    }
}

static json_t *exceedance(const struct estimator *estimator, const struct sc_question *question,
                          const struct mm_tail *tail) {
    const uint64_t *counts = estimator->tallies->counts + tail->bins.counts;
    struct curve curve = {json_array(), json_array(), json_array(), json_array(), json_array(), 0};
    json_t *object = json_object();

    for (int i = 0; i < question->n_exceed; i++) {
        add_point(&curve, question->exceed[i], counts[tail->bins.n + 2 + i], estimator->paths);
    }
    if (question->n_exceed == 0) {
        add_edges(&curve, &tail->bins, counts, estimator->paths);
    }
    curve.bad |= json_object_set_new(object, "at", curve.at);
    curve.bad |= json_object_set_new(object, "p", curve.p);
    curve.bad |= json_object_set_new(object, "se", curve.se);
    curve.bad |= json_object_set_new(object, "low", curve.low);
    curve.bad |= json_object_set_new(object, "high", curve.high);
    if (curve.bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/* What has the tail: a series with its scope, or an event with its firm. */
static int set_subject(json_t *object, const struct sc_scenario *scenario, const struct sc_question *question) {
    int bad = 0;

    if (question->event == SC_NONE) {
        bad |= json_object_set_new(object, "of", json_string(question->mean ? "mean" : "highest"));
        bad |= json_object_set_new(object, "series", estimate_series(scenario, &question->series));
        return bad | json_object_set_new(object, "scope", estimate_scope(scenario, &question->series));
    }
    bad |= json_object_set_new(object, "of", json_string("months"));
    bad |= json_object_set_new(object, "event", json_string(scenario->events[question->event].name));
    if (question->firm != SC_NONE) {
        bad |= json_object_set_new(object, "scope", json_pack("{s:s}", "firm", scenario->firms[question->firm].name));
    }
    return bad;
}

json_t *estimate_tail(const struct estimator *estimator, const struct sc_question *question,
                      const struct mm_tail *tail) {
    const uint64_t *counts = estimator->tallies->counts + tail->bins.counts;
    const bool months = tail->of == MM_TAIL_MONTHS;
    const struct histogram histogram = {.bins = &tail->bins,
                                        .counts = counts,
                                        .parts = months ? NULL : estimator->tallies->sums + tail->sums,
                                        .total = estimator->paths,
                                        .points = months};
    const double all = (double)estimator->paths;
    json_t *object = json_object();
    int bad = 0;

    bad |= json_object_set_new(object, "type", json_string("tail"));
    bad |= set_subject(object, estimator->scenario, question);
    bad |= json_object_set_new(object, "from", estimate_month(estimator->scenario, tail->from));
    bad |= json_object_set_new(object, "to", estimate_month(estimator->scenario, tail->to));
    bad |= json_object_set_new(object, "levels", tail_levels(question, &histogram));
    bad |= json_object_set_new(object, "exceed", exceedance(estimator, question, tail));
    bad |= json_object_set_new(object, "outside",
                               json_pack("[f, f]", (double)counts[0] / all, (double)counts[tail->bins.n + 1] / all));
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}
