/* Probability questions: ever, by month, first passage, mean months. */
#include "host/estimate/parts.h"

#include <stdlib.h>

/* Levels of the first passage, in hundredths, so that they compare exactly. */
static const struct {
    unsigned hundredths;
    const char *name;
} levels[] = {{5, "0.05"}, {10, "0.1"}, {25, "0.25"}, {50, "0.5"}, {75, "0.75"}, {90, "0.9"}, {95, "0.95"}};

/* {"0.05": month or null, ...}: the first month by which the share of paths has had the event. */
static json_t *passage_quantiles(const struct estimator *estimator, const uint64_t *by_month) {
    json_t *object = json_object();
    int bad = object == NULL;

    for (size_t i = 0; i < sizeof levels / sizeof *levels && !bad; i++) {
        json_t *found = NULL;
        int month = 0;
        while (month < estimator->scenario->months && by_month[month] * 100 < levels[i].hundredths * estimator->paths) {
            month++;
        }
        found = month < estimator->scenario->months ? estimate_month(estimator->scenario, month) : json_null();
        bad |= json_object_set_new(object, levels[i].name, found);
    }
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static json_t *first_passage(const struct estimator *estimator, const uint64_t *first, int from) {
    const int months = estimator->scenario->months;
    uint64_t *by_month = calloc((size_t)months, sizeof *by_month), so_far = 0;
    json_t *object = json_object();
    int bad = by_month == NULL;

    if (!bad) {
        for (int month = 0; month < months; month++) {
            so_far += first[month];
            by_month[month] = so_far;
        }
        bad |= json_object_set_new(object, "quantiles", passage_quantiles(estimator, by_month));
        bad |= json_object_set_new(object, "by_month", estimate_passage(estimator, first, from));
    }
    free(by_month);
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

json_t *estimate_probability(const struct estimator *estimator, const struct mm_probability *probability) {
    const size_t months = (size_t)estimator->scenario->months;
    const uint64_t *held = estimator->tallies->counts + probability->counts;
    const uint64_t ever_hits = held[2 * months];
    const size_t ever_at = (size_t)probability->counts + 2 * months, sum_at = (size_t)probability->sums;
    const struct figure mean = estimate_mean(estimator, sum_at, sum_at + 1, 1);
    const struct figure share = estimate_share(estimator, ever_at, 1);
    double interval[2];
    json_t *object = json_object(), *ever = estimate_figure("p", share);
    int bad = 0;

    estimate_share_interval(estimator, ever_hits, &share, interval);
    bad |= json_object_set_new(ever, "ci", json_pack("[f, f]", interval[0], interval[1]));
    bad |= json_object_set_new(object, "type", json_string("probability"));
    bad |= json_object_set_new(object, "ever", ever);
    bad |=
        json_object_set_new(object, "by_month", estimate_curve(estimator, held, 1, probability->from, probability->to));
    bad |= json_object_set_new(object, "first_passage", first_passage(estimator, held + months, probability->from));
    bad |= json_object_set_new(object, "mean_months", estimate_figure("value", mean));
    if (estimator->plan->scrambles != NULL) {
        bad |= json_object_set_new(object, "variance_ratio",
                                   json_pack("{s:o, s:o}", "ever", estimate_variance_ratio(&share), "mean_months",
                                             estimate_variance_ratio(&mean)));
    }
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}
