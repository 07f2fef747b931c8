/* The industry by month: states, late and stranded MW, shortfall and surplus; and what holds racks back. */
#include "host/estimate/parts.h"

#include <math.h>
#include <stdbool.h>

/* Where they stand. */
static size_t industry_place(const struct estimator *estimator, int month, int mean) {
    return (size_t)estimator->plan->head.m_industry + 2 * ((size_t)month * MM_INDUSTRY_MEANS + (size_t)mean);
}

/* The sums of one industry mean in one month: value, square. */
static const struct tally_sum *industry_sums(const struct estimator *estimator, int month, int mean) {
    return estimator->tallies->sums + industry_place(estimator, month, mean);
}

/* {"value": [], "se": []} of one industry mean. */
static json_t *mean_curve(const struct estimator *estimator, int mean, double scale) {
    json_t *object = json_object(), *value = json_array(), *se = json_array();
    int bad = 0;

    bad |= json_object_set_new(object, "value", value);
    bad |= json_object_set_new(object, "se", se);
    for (int month = 0; month < estimator->scenario->months && !bad; month++) {
        const size_t place = industry_place(estimator, month, mean);
        const struct figure figure = estimate_mean(estimator, place, place + 1, scale);
        bad |= json_array_append_new(value, json_real(figure.value));
        bad |= json_array_append_new(se, figure.has_se ? json_real(figure.se) : json_null());
    }
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/* {LAYER: {"value": [], "se": []}} of four means from `first` on. */
static json_t *mean_layers(const struct estimator *estimator, int first) {
    json_t *object = json_object();
    int bad = object == NULL;

    for (int layer = 0; layer < SC_LAYERS && !bad; layer++) {
        bad |= json_object_set_new(object, estimate_layer_names[layer],
                                   mean_curve(estimator, first + layer, (double)estimator->plan->head.mw_scale));
    }
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/* {"value", "se"} of a mean summed over a path's months: the value from the months' own sums, which are finer; the
 * error from the paths' totals, since the months of one path are not independent. */
static json_t *total(const struct estimator *estimator, int side) {
    const struct mm_head *head = &estimator->plan->head;
    const size_t totals = (size_t)head->m_totals + (size_t)2 * (size_t)side;
    struct figure figure = estimate_mean(estimator, totals, totals + 1, (double)head->total_scale);
    long double value = 0;

    for (int month = 0; month < estimator->scenario->months; month++) {
        value += tally_value(*industry_sums(estimator, month, 2 * SC_LAYERS + side));
    }
    figure.value = (double)(value / (long double)estimator->paths / (long double)head->compute_scale);
    return estimate_mean_figure(estimator, figure, INFINITY);
}

static json_t *months_array(const struct sc_scenario *scenario) {
    json_t *months = json_array();
    int bad = months == NULL;

    for (int month = 0; month < scenario->months && !bad; month++) {
        bad |= json_array_append_new(months, estimate_month(scenario, month));
    }
    if (bad) {
        json_decref(months);
        return NULL;
    }
    return months;
}

json_t *estimate_industry(const struct estimator *estimator) {
    const struct mm_head *head = &estimator->plan->head;
    const struct tallies *tallies = estimator->tallies;
    const uint64_t *states = tallies->counts + head->c_states;
    const int last = estimator->scenario->months - 1;
    json_t *object = json_object();
    int bad = 0;

    bad |= json_object_set_new(object, "months", months_array(estimator->scenario));
    for (int state = 0; state < MM_STATES && !bad; state++) {
        bad |= json_object_set_new(object, estimate_state_names[state],
                                   estimate_curve(estimator, states + state, MM_STATES, 0, last));
    }
    if (!bad) {
        const double scale = (double)head->compute_scale;
        const struct figure months = estimate_mean(estimator, (size_t)head->m_short, (size_t)head->m_short + 1, 1);
        bad |= json_object_set_new(object, "shortage_months", estimate_mean_figure(estimator, months, last + 1));
        bad |= json_object_set_new(object, "late_mw", mean_layers(estimator, 0));
        bad |= json_object_set_new(object, "stranded_mw", mean_layers(estimator, SC_LAYERS));
        bad |= json_object_set_new(object, "expected_shortfall", mean_curve(estimator, 2 * SC_LAYERS, scale));
        bad |= json_object_set_new(object, "expected_surplus", mean_curve(estimator, 2 * SC_LAYERS + 1, scale));
        bad |= json_object_set_new(object, "total_shortfall", total(estimator, 0));
        bad |= json_object_set_new(object, "total_surplus", total(estimator, 1));
        if (estimator->plan->scrambles != NULL) {
            bad |= json_object_set_new(object, "variance_ratio",
                                       json_pack("{s:o}", "shortage_months", estimate_variance_ratio(&months)));
        }
    }
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/* One layer's share of the four means from `first` on, by month, and the ends of its intervals; null where nothing is
 * late. \return whether memory ran out */
static int binding_layer(const struct estimator *estimator, int first, int layer, json_t *shares, json_t *low,
                         json_t *high) {
    int bad = 0;

    for (int month = 0; month < estimator->scenario->months && !bad; month++) {
        const struct figure share = estimate_part(estimator, industry_place(estimator, month, first), SC_LAYERS, layer);
        double ends[2];
        estimate_interval(&share, ends);
        bad |= json_array_append_new(shares, share.known ? json_real(share.value) : json_null());
        bad |= json_array_append_new(low, isnan(ends[0]) ? json_null() : json_real(ends[0]));
        bad |= json_array_append_new(high, isnan(ends[1]) ? json_null() : json_real(ends[1]));
    }
    return bad;
}

/* {LAYER: []} as `name`, and {LAYER: {"low": [], "high": []}} as `name_ci`. \return whether memory ran out */
static int binding_shares(const struct estimator *estimator, int first, const char *name, const char *name_ci,
                          json_t *object) {
    json_t *layers = json_object(), *ends = json_object();
    int bad = json_object_set_new(object, name, layers);

    bad |= json_object_set_new(object, name_ci, ends);
    for (int layer = 0; layer < SC_LAYERS && !bad; layer++) {
        json_t *shares = json_array(), *both = json_object(), *low = json_array(), *high = json_array();
        bad |= json_object_set_new(layers, estimate_layer_names[layer], shares);
        bad |= json_object_set_new(ends, estimate_layer_names[layer], both);
        bad |= json_object_set_new(both, "low", low);
        bad |= json_object_set_new(both, "high", high);
        bad = bad || binding_layer(estimator, first, layer, shares, low, high);
    }
    return bad;
}

json_t *estimate_binding(const struct estimator *estimator) {
    json_t *object = json_object();
    int bad = 0;

    bad |= json_object_set_new(object, "type", json_string("binding"));
    bad = bad || binding_shares(estimator, 0, "late", "late_ci", object);
    bad = bad || binding_shares(estimator, SC_LAYERS, "stranded", "stranded_ci", object);
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}
