#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/scenario/bind.h"
#include "host/scenario/check.h"
#include "host/scenario/text.h"

#define SUM_TOLERANCE 1e-6

struct sc_lognormal bind_lognormal(struct view map) {
    return (struct sc_lognormal){view_real(view_get(map, "median")), view_real(view_get(map, "sigma"))};
}

static void bind_time(struct load *load) {
    struct sc_scenario *data = load->data;
    struct view time = view_get(view_root(load), "time"), start = view_get(time, "start");
    int months = 0;
    if (view_ok(start))
        text_date(start.node->text, &months);
    data->start_year = months / 12;
    data->start_month = months % 12 + 1;
    data->months = view_int(view_get(time, "months"));
}

/* Names in a plain list: regions, regimes. */
static char **bind_name_list(struct load *load, struct view list, int *n) {
    *n = view_count(list);
    char **names = memory_get(load->memory, (size_t)*n + 1, sizeof *names);
    for (int i = 0; i < *n; i++) {
        struct view item = view_item(list, i);
        names[i] = view_text(item);
        for (int k = 0; names[i] && k < i; k++)
            if (names[k] && strcmp(names[k], names[i]) == 0)
                view_problem(item, item, "a second item named '%s'; the first is at %s", names[i],
                             origin_place(load, view_item(list, k).node->at));
    }
    return names;
}

static void bind_generations(struct load *load) {
    struct sc_scenario *data = load->data;
    struct view list = view_get(view_root(load), "generations");
    int n = data->n_generations = view_count(list);
    data->generations = memory_get(load->memory, (size_t)n + 1, sizeof *data->generations);
    for (int i = 0; i < n; i++) {
        struct view item = view_item(list, i), available = view_get(item, "available");
        struct sc_generation *generation = &data->generations[i];
        generation->name = view_text(view_get(item, "name"));
        generation->kh100e_per_mw = view_real(view_get(item, "kh100e_per_mw"));
        generation->available = view_date(available, SC_ALWAYS);
        generation->ships = view_date(view_get(item, "ships"), SC_ALWAYS);
        generation->retires = view_date(view_get(item, "retires"), SC_NEVER);
        generation->ramp = view_real(view_get(item, "ramp"));
        if (i > 0 && generation->available < generation[-1].available && item.node->kind == NODE_MAP &&
            (view_ok(available) || !view_has(available)))
            view_problem(available, item, "found %s; expected %s or later: the generation before it is available then",
                         view_has(available) ? bind_date(load, generation->available) : "nothing (before everything)",
                         bind_date(load, generation[-1].available));
    }
}

static void bind_slips(struct load *load) {
    struct view slips = view_get(view_root(load), "slips");
    load->data->slips_common = view_real(view_get(slips, "common"));
    for (int l = 0; l < SC_LAYERS; l++) {
        struct view layer = view_get(slips, keys_words(OF_LAYER)[l]);
        struct sc_slip *slip = &load->data->slips[l];
        slip->median = view_real(view_get(layer, "median"));
        slip->sigma = view_real(view_get(layer, "sigma"));
        slip->rho = view_real(view_get(layer, "rho"));
        slip->buffer = view_real(view_get(layer, "buffer"));
        slip->max = view_real(view_get(layer, "max"));
    }
}

static void check_shock(struct view item, int kind) {
    static const char *const supply[] = {"months", "reach", "region", "generation", "firm", NULL};
    if (kind == 0) {
        view_need(item, "months", "a shock of a layer needs it");
        view_refuse(item, "ramp", "it belongs to `log_demand`; this shock has `layer`");
    } else if (kind == 1) {
        for (int i = 0; supply[i]; i++)
            view_refuse(item, supply[i], "it belongs to `layer`; this shock has `log_demand`");
    }
}

static void bind_shocks(struct load *load) {
    static const char *const kinds[] = {"layer", "log_demand", NULL};
    struct sc_scenario *data = load->data;
    struct view list = view_get(view_root(load), "shocks");
    int n = data->n_shocks = view_count(list);
    data->shocks = memory_get(load->memory, (size_t)n + 1, sizeof *data->shocks);
    for (int i = 0; i < n; i++) {
        struct view item = view_item(list, i);
        struct sc_shock *shock = &data->shocks[i];
        int kind = view_one_of(item, kinds);
        check_shock(item, kind);
        shock->name = view_text(view_get(item, "name"));
        shock->per_year = view_real(view_get(item, "per_year"));
        shock->sigma = view_real(view_get(item, "sigma"));
        shock->times = view_int(view_get(item, "times"));
        shock->is_demand = kind == 1;
        shock->layer = view_ref(view_get(item, "layer"));
        shock->region = view_ref(view_get(item, "region"));
        shock->generation = view_ref(view_get(item, "generation"));
        shock->firm = view_ref(view_get(item, "firm"));
        shock->months = view_real(view_get(item, "months"));
        shock->reach = view_real(view_get(item, "reach"));
        shock->log_demand = view_real(view_get(item, "log_demand"));
        shock->ramp = view_real(view_get(item, "ramp"));
    }
}

/* Numbers in a list of as many places as there are regimes; `otherwise` in each where nothing was written. */
static double *regime_list(struct load *load, struct view list, struct view regimes, double otherwise) {
    int n = load->data->n_regimes;
    double *values = memory_get(load->memory, (size_t)n, sizeof *values);
    for (int i = 0; i < n; i++)
        values[i] = view_has(list) ? 0 : otherwise;
    if (!view_ok(list) || list.node->kind != NODE_LIST || !view_ok(view_get(regimes, "names")))
        return values;
    if (list.node->n != n)
        view_problem(list, list, "found %d; expected %d, one for each regime", list.node->n, n);
    for (int i = 0; i < n && i < list.node->n; i++)
        values[i] = view_real(view_item(list, i));
    return values;
}

/* Whether all items are right, so that their sum means something. */
static bool all_ok(struct view list, int n) {
    if (!view_ok(list) || list.node->n != n)
        return false;
    for (int i = 0; i < n; i++)
        if (list.node->items[i]->bad)
            return false;
    return true;
}

static void check_sum(struct view list, const double *values, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += values[i];
    if (all_ok(list, n) && fabs(sum - 1) > SUM_TOLERANCE)
        view_problem(list, list, "the probabilities sum to %s; expected 1", bind_number(list.load, sum));
}

static void bind_regimes(struct load *load) {
    struct sc_scenario *data = load->data;
    struct view regimes = view_get(view_root(load), "regimes"), names = view_get(regimes, "names");
    data->regimes = bind_name_list(load, names, &data->n_regimes);
    if (data->n_regimes == 0) {
        data->n_regimes = 1;
        data->regimes = memory_get(load->memory, 1, sizeof *data->regimes);
        data->regimes[0] = memory_copy(load->memory, "base");
    }
    int n = data->n_regimes;
    struct view initial = view_get(regimes, "initial"), monthly = view_get(regimes, "monthly");
    if (n > 1) {
        view_need(regimes, "initial", "there is more than one regime");
        view_need(regimes, "monthly", "there is more than one regime");
    }
    data->regime_initial = regime_list(load, initial, regimes, 1);
    data->regime_growth = regime_list(load, view_get(regimes, "growth"), regimes, 0);
    data->regime_training = regime_list(load, view_get(regimes, "training"), regimes, 1);
    check_sum(initial, data->regime_initial, n);
    data->regime_monthly = memory_get(load->memory, (size_t)n * (size_t)n, sizeof(double));
    data->regime_monthly[0] = 1;
    if (view_count(monthly) && view_ok(names) && view_count(monthly) != n)
        view_problem(monthly, monthly, "found %d; expected %d, one for each regime", view_count(monthly), n);
    for (int i = 0; i < n && i < view_count(monthly); i++) {
        struct view row = view_item(monthly, i);
        double *values = regime_list(load, row, regimes, 0);
        memcpy(data->regime_monthly + (size_t)i * (size_t)n, values, (size_t)n * sizeof(double));
        check_sum(row, values, n);
    }
}

struct step {
    int month;
    double rate;
};

static int by_month(const void *a, const void *b) {
    const struct step *left = a, *right = b;
    return (left->month > right->month) - (left->month < right->month);
}

static struct sc_trend bind_trend(struct load *load, struct view table) {
    struct sc_trend trend = {0};
    int n = view_ok(table) && table.node->kind == NODE_MAP ? table.node->n : 0, start = 0;
    struct step *steps = memory_get(load->memory, (size_t)n + 1, sizeof *steps);
    trend.month = memory_get(load->memory, (size_t)n + 1, sizeof *trend.month);
    trend.rate = memory_get(load->memory, (size_t)n + 1, sizeof *trend.rate);
    start = load->data->start_year * 12 + load->data->start_month - 1;
    for (int i = 0; i < n; i++) {
        int months;
        struct node *child = table.node->items[i];
        if (!text_date(child->key, &months))
            continue;
        steps[trend.n++] = (struct step){months - start, view_real((struct view){load, child, table.key->any})};
    }
    if (trend.n)
        qsort(steps, (size_t)trend.n, sizeof *steps, by_month);
    for (int i = 0; i < trend.n; i++) {
        trend.month[i] = steps[i].month;
        trend.rate[i] = steps[i].rate;
    }
    return trend;
}

static void bind_demand(struct load *load) {
    struct sc_scenario *data = load->data;
    struct view inference = view_get(view_root(load), "inference"), price = view_get(inference, "price_response");
    data->inference_trend = bind_trend(load, view_get(inference, "trend"));
    data->training_trend = bind_trend(load, view_get(view_get(view_root(load), "training"), "trend"));
    data->inference_sigma = view_real(view_get(inference, "sigma"));
    data->persistence = view_real(view_get(inference, "persistence"));
    data->firm_sigma = view_real(view_get(inference, "firm_sigma"));
    data->initial_sigma = view_real(view_get(inference, "initial_sigma"));
    data->price_elasticity = view_real(view_get(price, "elasticity"));
    data->price_adjustment = view_real(view_get(price, "monthly_adjustment"));
    data->portable = view_real(view_get(inference, "portable"));
    data->frontier_share = view_real(view_get(inference, "frontier_share"));
}

/* Two values of which the second must not be below the first; a default counts. */
static void check_order(struct view map, const char *low, const char *high) {
    struct view first = view_get(map, low), second = view_get(map, high);
    double a = view_real(first), b = view_real(second);
    bool judged = (view_ok(first) || !view_has(first)) && (view_ok(second) || !view_has(second));
    if (!judged || b >= a)
        return;
    struct view at = view_has(second) ? second : first;
    const char *standard = " (the default)";
    view_problem(at, at, "found %s %s%s below %s %s%s; expected %s to be at least %s", high, bind_number(map.load, b),
                 view_has(second) ? "" : standard, low, bind_number(map.load, a), view_has(first) ? "" : standard, high,
                 low);
}

static void bind_sections(struct load *load) {
    struct sc_scenario *data = load->data;
    struct view root = view_root(load), response = view_get(root, "response"), market = view_get(root, "market"),
                thresholds = view_get(root, "thresholds"), valuation = view_get(root, "valuation");
    data->training_span = view_int(view_get(root, "training_span"));
    data->response.lead = view_int(view_get(response, "lead"));
    data->response.strength = view_real(view_get(response, "strength"));
    data->response.low = view_real(view_get(response, "low"));
    data->response.high = view_real(view_get(response, "high"));
    data->response.own_signal = view_real(view_get(response, "own_signal"));
    data->response.adjustment = view_real(view_get(response, "adjustment"));
    check_order(response, "low", "high");
    data->market.elasticity = view_real(view_get(market, "elasticity"));
    data->market.price_min = view_real(view_get(market, "price_min"));
    data->market.price_max = view_real(view_get(market, "price_max"));
    data->market.offer = view_real(view_get(market, "offer"));
    data->market.hurdle = view_real(view_get(market, "hurdle"));
    data->market.months = view_int(view_get(market, "months"));
    check_order(market, "price_min", "price_max");
    data->thresholds.shortage = view_real(view_get(thresholds, "shortage"));
    data->thresholds.glut = view_real(view_get(thresholds, "glut"));
    data->thresholds.friction = view_real(view_get(thresholds, "friction"));
    data->horizon = view_int(view_get(valuation, "horizon"));
    data->discount = view_real(view_get(valuation, "discount"));
}

void bind_scenario(struct load *load) {
    bind_time(load);
    load->data->regions = bind_name_list(load, view_get(view_root(load), "regions"), &load->data->n_regions);
    bind_generations(load);
    bind_slips(load);
    bind_regimes(load);
    bind_demand(load);
    bind_sections(load);
    bind_shocks(load);
    bind_firms(load);
    bind_contracts(load);
    bind_launches(load);
    bind_names(load);
    bind_events(load);
    bind_questions(load);
    bind_ranges(load);
}
