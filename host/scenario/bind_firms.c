#include <math.h>
#include <stdint.h>
#include <string.h>

#include "host/scenario/bind.h"
#include "host/scenario/check.h"

#define SUM_TOLERANCE 1e-6
#define PHASES_MAX 4096

/* Values of a map whose keys are regions or generations, in their order; `ok` is cleared where one is wrong. */
static double *bind_table(struct load *load, struct view table, int n, bool *ok) {
    double *values = memory_get(load->memory, (size_t)n + 1, sizeof *values);
    if (!view_ok(table) || table.node->kind != NODE_MAP)
        return values;
    for (int i = 0; i < table.node->n; i++) {
        struct node *child = table.node->items[i];
        int index = check_index(load, table.key->row->of, child->key);
        *ok = *ok && !child->bad;
        if (index >= 0 && index < n)
            values[index] = view_real((struct view){load, child, table.key->any});
    }
    return values;
}

/* Shares over regions; `why` is what makes them necessary, with no node where nothing does. */
static double *bind_shares(struct view firm, const char *key, struct view why) {
    struct load *load = firm.load;
    int n = load->data->n_regions;
    bool ok = load->names[OF_REGION].known;
    struct view table = view_get(firm, key);
    double *shares = bind_table(load, table, n, &ok), sum = 0;
    for (int i = 0; i < n; i++)
        sum += shares[i];
    if (view_ok(table)) {
        if (ok && fabs(sum - 1) > SUM_TOLERANCE)
            view_problem(table, table, "the shares sum to %s; expected 1", bind_number(load, sum));
    } else if (!view_has(table) && why.node) {
        if (n == 1)
            shares[0] = 1;
        else
            view_problem(table, firm, "required key is missing: the firm has '%s', and there is more than one region",
                         why.key->name);
    }
    return shares;
}

static void bind_build(struct view firm, struct sc_build *build) {
    struct load *load = firm.load;
    const struct sc_scenario *data = load->data;
    struct view map = view_get(firm, "build"), from = view_get(map, "from"), cancel = view_get(map, "cancel");
    build->present = view_ok(map);
    if (!build->present)
        return;
    build->from = view_date(from, 0);
    build->every = view_int(view_get(map, "every"));
    build->mw_per_year = view_real(view_get(map, "mw_per_year"));
    build->growth = view_real(view_get(map, "growth"));
    build->committed_until = view_date(view_get(map, "committed_until"), build->from);
    build->cancel_committed = view_real(view_get(cancel, "committed"));
    build->cancel_planned = view_real(view_get(cancel, "planned"));
    int ships = data->n_generations ? SC_NEVER : SC_ALWAYS;
    for (int g = 0; g < data->n_generations; g++)
        if (data->generations[g].ships < ships)
            ships = data->generations[g].ships;
    if (view_ok(from) && bind_has_time(load) && build->from < ships)
        view_problem(from, from, "found '%s'; expected %s or later: no generation ships before", from.node->text,
                     bind_date(load, ships));
}

static void bind_phases(struct view firm, struct sc_firm *to) {
    struct view list = view_get(firm, "phases");
    int n = to->n_phases = view_count(list);
    to->phases = memory_get(firm.load->memory, (size_t)n + 1, sizeof *to->phases);
    for (int i = 0; i < n; i++) {
        struct view item = view_item(list, i);
        struct sc_phase *phase = &to->phases[i];
        phase->name = view_text(view_get(item, "name"));
        phase->region = view_ref(view_get(item, "region"));
        phase->generation = view_ref(view_get(item, "generation"));
        phase->mw = view_real(view_get(item, "mw"));
        phase->ready = view_date(view_get(item, "ready"), 0);
        phase->committed = view_bool(view_get(item, "committed"));
        phase->cancel = view_real(view_get(item, "cancel"));
    }
}

static void bind_training(struct view firm, struct sc_training *training) {
    static const char *const together[] = {"first", "cadence", "duration", "size", NULL};
    struct view map = view_get(firm, "training"), size = view_get(map, "size");
    training->present = view_ok(map);
    if (!training->present || map.node->kind != NODE_MAP)
        return;
    const char *given = NULL;
    for (int i = 0; together[i]; i++)
        if (!given && view_has(view_get(map, together[i])))
            given = together[i];
    for (int i = 0; given && together[i]; i++)
        view_need(map, together[i], "`first`, `cadence`, `duration` and `size` come together");
    training->first = view_date(view_get(map, "first"), 0);
    training->cadence = view_int(view_get(map, "cadence"));
    training->duration = bind_lognormal(view_get(map, "duration"));
    training->slip = bind_lognormal(view_get(map, "slip"));
    training->size_mean = view_real(view_get(size, "mean"));
    training->size_sigma = view_real(view_get(size, "sigma"));
    training->research = view_real(view_get(map, "research"));
}

static void bind_profile(struct view firm, struct sc_firm *to) {
    struct load *load = firm.load;
    struct view list = view_get(firm, "profile");
    if (!view_ok(list) || list.node->kind != NODE_LIST)
        return;
    int n = to->n_profile = list.node->n;
    to->profile = memory_get(load->memory, (size_t)n + 1, sizeof *to->profile);
    for (int i = 0; i < n; i++)
        to->profile[i] = view_real((struct view){load, list.node->items[i], list.key->item});
    if (n > 0 && n < load->data->months)
        problem_add(load, list.node->items[n - 1]->at, node_path(load, list.node),
                    "found factors for %d months; expected at least %d, as many as time.months", n, load->data->months);
}

static void bind_firm(struct view item, struct sc_firm *firm) {
    struct load *load = item.load;
    const struct sc_scenario *data = load->data;
    bool ok = true;
    struct view inference = view_get(item, "inference"), none = {load, NULL, load->keys};
    struct view installed = view_get(item, "installed"), build = view_get(item, "build");
    firm->name = view_text(view_get(item, "name"));
    firm->installed = bind_table(load, installed, data->n_generations, &ok);
    bool stands = false;
    for (int g = 0; g < data->n_generations; g++)
        stands = stands || firm->installed[g] > 0;
    firm->shares = bind_shares(item, "shares", stands ? installed : build.node ? build : none);
    bind_build(item, &firm->build);
    bind_phases(item, firm);
    firm->reserve = view_real(view_get(item, "reserve"));
    firm->merchant = view_bool(view_get(item, "merchant"));
    firm->offer = view_real_or(view_get(item, "offer"), data->market.offer);
    firm->hurdle = view_real_or(view_get(item, "hurdle"), data->market.hurdle);
    firm->own_signal = view_real_or(view_get(item, "own_signal"), data->response.own_signal);
    firm->inference = view_real(inference);
    firm->demand_shares = bind_shares(item, "demand_shares", firm->inference > 0 ? inference : none);
    firm->frontier_share = view_real_or(view_get(item, "frontier_share"), data->frontier_share);
    firm->beta = view_real(view_get(item, "beta"));
    firm->inference_sigma = view_real_or(view_get(item, "inference_sigma"), data->firm_sigma);
    bind_profile(item, firm);
    bind_training(item, &firm->training);
}

/* Phases of a firm after expansion: see docs/model.md, section 1; those of 0 MW don't count. */
static int64_t count_phases(const struct sc_scenario *data, const struct sc_firm *firm) {
    int64_t regions = 0, generations = 0, steps = 0;
    for (int r = 0; r < data->n_regions; r++)
        regions += firm->shares[r] > 0;
    for (int g = 0; g < data->n_generations; g++)
        generations += firm->installed[g] > 0;
    const struct sc_build *build = &firm->build;
    if (build->present && build->mw_per_year > 0 && build->every > 0 && build->from < data->months)
        steps = (data->months - 1 - build->from) / build->every + 1;
    return regions * (generations + steps) + firm->n_phases;
}

void bind_firms(struct load *load) {
    struct sc_scenario *data = load->data;
    struct view list = view_get(view_root(load), "firms");
    int n = data->n_firms = view_count(list);
    int64_t phases = 0, most = -1;
    struct view largest = list;
    data->firms = memory_get(load->memory, (size_t)n + 1, sizeof *data->firms);
    for (int i = 0; i < n; i++) {
        struct view item = view_item(list, i);
        bind_firm(item, &data->firms[i]);
        int64_t own = count_phases(data, &data->firms[i]);
        phases += own;
        if (own > most) {
            most = own;
            largest = item;
        }
    }
    if (phases > PHASES_MAX && bind_has_time(load))
        view_problem(list, list,
                     "the firms come to %lld blocks of capacity; at most %d are allowed ('%s' alone has %lld: build "
                     "less often, or in fewer regions)",
                     (long long)phases, PHASES_MAX, node_name(largest.node) ? node_name(largest.node) : "?",
                     (long long)most);
}
