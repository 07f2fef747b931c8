/* Probability questions: ever, by month, first passage, mean months. */
#include "host/estimate/parts.h"

#include <math.h>
#include <stdlib.h>

#include "host/estimate/interval.h"

/* Levels of the first passage, in hundredths, so that they compare exactly. */
static const struct {
    unsigned hundredths;
    const char *name;
} levels[] = {{5, "0.05"}, {10, "0.1"}, {25, "0.25"}, {50, "0.5"}, {75, "0.75"}, {90, "0.9"}, {95, "0.95"}};

static json_t *month_or_null(const struct estimator *estimator, int month) {
    return month < estimator->scenario->months ? estimate_month(estimator->scenario, month) : json_null();
}

/* {"0.05": month or null, ...}: the first month by which the share of paths has had the event. */
static json_t *passage_quantiles(const struct estimator *estimator, const uint64_t *by_month) {
    json_t *object = json_object();
    int bad = object == NULL;

    for (size_t i = 0; i < sizeof levels / sizeof *levels && !bad; i++) {
        int month = 0;
        while (month < estimator->scenario->months && by_month[month] * 100 < levels[i].hundredths * estimator->paths) {
            month++;
        }
        bad |= json_object_set_new(object, levels[i].name, month_or_null(estimator, month));
    }
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/* The month by which so many paths have had it; `months` where fewer ever have. */
static int passage_month(const uint64_t *by_month, int months, double rank) {
    int month = 0;

    while (month < months && (double)by_month[month] < rank) {
        month++;
    }
    return month;
}

void estimate_passage_interval(const uint64_t *by_month, int months, uint64_t paths, double share, int ends[2]) {
    double ranks[2];

    interval_whole_ranks(share, (double)paths, ranks);
    ends[0] = isnan(ranks[0]) ? 0 : passage_month(by_month, months, ranks[0]);
    ends[1] = isnan(ranks[1]) ? months : passage_month(by_month, months, ranks[1]);
}

/* {"0.05": [month or null, month or null], ...}: the months by which the ends of the quantile's ranks have had it. An
 * end that there is not is the first month of the window, or none. */
static json_t *passage_intervals(const struct estimator *estimator, const uint64_t *by_month, int from) {
    const int months = estimator->scenario->months;
    json_t *object = json_object();
    int bad = object == NULL;

    for (size_t i = 0; i < sizeof levels / sizeof *levels && !bad; i++) {
        int ends[2];
        estimate_passage_interval(by_month, months, estimator->paths, levels[i].hundredths / 100.0, ends);
        ends[0] = ends[0] < from ? from : ends[0];
        bad |= json_object_set_new(
            object, levels[i].name,
            json_pack("[o, o]", month_or_null(estimator, ends[0]), month_or_null(estimator, ends[1])));
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
        bad |= json_object_set_new(object, "intervals", passage_intervals(estimator, by_month, from));
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
    const size_t ever_at = (size_t)probability->counts + 2 * months, sum_at = (size_t)probability->sums;
    struct figure mean = estimate_mean(estimator, sum_at, sum_at + 1, 1);
    const struct figure share = estimate_share(estimator, ever_at, 1);
    const int window = probability->to - probability->from + 1;
    json_t *object = json_object();
    int bad = 0;

    mean.events = (double)held[2 * months];
    bad |= json_object_set_new(object, "type", json_string("probability"));
    bad |= json_object_set_new(object, "ever", estimate_share_figure(share));
    bad |=
        json_object_set_new(object, "by_month", estimate_curve(estimator, held, 1, probability->from, probability->to));
    bad |= json_object_set_new(object, "first_passage", first_passage(estimator, held + months, probability->from));
    bad |= json_object_set_new(object, "mean_months", estimate_mean_figure(estimator, mean, window));
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
