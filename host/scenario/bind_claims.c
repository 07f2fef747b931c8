/* Contracts, launches, names. */
#include <string.h>

#include "host/scenario/bind.h"

#define OVER_TOLERANCE 1e-9

static void check_contract(struct view item, const struct sc_contract *contract, int kind) {
    struct view from = view_get(item, "from"), until = view_get(item, "until"), lessee = view_get(item, "lessee");
    if (kind == 0) {
        view_refuse(item, "region", "a share is of everything the lessor owns");
        view_refuse(item, "generation", "a share is of everything the lessor owns");
    } else if (kind == 1) {
        view_need(item, "region", "a contract in MW names it");
        view_need(item, "generation", "a contract in MW names it");
    }
    if (contract->lessor >= 0 && contract->lessor == contract->lessee)
        view_problem(lessee, item, "found '%s', the lessor itself; expected another firm", lessee.node->text);
    if (view_ok(from) && view_ok(until) && contract->until < contract->from)
        view_problem(until, item, "found '%s', before `from` (%s)", until.node->text, from.node->text);
}

/* Sums of shares change where a contract begins: those months are looked at. The first month over 1 is reported, at
 * the last contract that holds then. */
static void check_over(struct load *load, struct view list) {
    const struct sc_scenario *data = load->data;
    bool reported[64] = {false}; /* of a lessor; more firms than 32 are refused elsewhere */
    for (int i = 0; i < data->n_contracts; i++) {
        const struct sc_contract *start = &data->contracts[i];
        int month = start->from < 0 ? 0 : start->from, last = i;
        double sum = 0;
        if (!start->is_share || start->lessor < 0 || start->lessor >= 64 || reported[start->lessor])
            continue;
        if (month >= data->months || start->until <= month)
            continue;
        for (int k = 0; k < data->n_contracts; k++) {
            const struct sc_contract *other = &data->contracts[k];
            if (!other->is_share || other->lessor != start->lessor || other->from > month || other->until <= month)
                continue;
            sum += other->share;
            last = k;
        }
        if (sum <= 1 + OVER_TOLERANCE)
            continue;
        reported[start->lessor] = true;
        view_problem(view_get(view_item(list, last), "share"), view_item(list, last),
                     "the shares that '%s' gives sum to %s in %s; expected at most 1",
                     load->names[OF_FIRM].names[start->lessor], bind_number(load, sum), bind_date(load, month));
    }
}

void bind_contracts(struct load *load) {
    static const char *const kinds[] = {"share", "mw", NULL};
    struct sc_scenario *data = load->data;
    struct view list = view_get(view_root(load), "contracts");
    int n = data->n_contracts = view_count(list);
    data->contracts = memory_get(load->memory, (size_t)n + 1, sizeof *data->contracts);
    for (int i = 0; i < n; i++) {
        struct view item = view_item(list, i);
        struct sc_contract *contract = &data->contracts[i];
        int kind = view_one_of(item, kinds);
        contract->name = view_text(view_get(item, "name"));
        contract->lessor = view_ref(view_get(item, "lessor"));
        contract->lessee = view_ref(view_get(item, "lessee"));
        contract->from = view_date(view_get(item, "from"), 0);
        contract->until = view_date(view_get(item, "until"), data->months);
        contract->is_share = kind == 0;
        contract->share = view_real(view_get(item, "share"));
        contract->mw = view_real(view_get(item, "mw"));
        contract->region = view_ref(view_get(item, "region"));
        contract->generation = view_ref(view_get(item, "generation"));
        check_contract(item, contract, kind);
    }
    if (bind_has_time(load))
        check_over(load, list);
}

void bind_launches(struct load *load) {
    struct sc_scenario *data = load->data;
    struct view list = view_get(view_root(load), "launches");
    int n = data->n_launches = view_count(list);
    data->launches = memory_get(load->memory, (size_t)n + 1, sizeof *data->launches);
    for (int i = 0; i < n; i++) {
        struct view item = view_item(list, i), planned = view_get(item, "planned");
        struct sc_launch *launch = &data->launches[i];
        launch->name = view_text(view_get(item, "name"));
        launch->firm = view_ref(view_get(item, "firm"));
        launch->n_planned = view_count(planned);
        launch->planned = memory_get(load->memory, (size_t)launch->n_planned + 1, sizeof *launch->planned);
        for (int k = 0; k < launch->n_planned; k++)
            launch->planned[k] = view_date(view_item(planned, k), 0);
        launch->uplift = view_real(view_get(item, "uplift"));
        launch->ramp = view_real(view_get(item, "ramp"));
        launch->slip = bind_lognormal(view_get(item, "slip"));
        launch->success_sigma = view_real(view_get(item, "success_sigma"));
    }
}

static void bind_supplier(struct view map, struct sc_name *name) {
    struct load *load = map.load;
    const struct sc_scenario *data = load->data;
    struct view per_mw = view_get(map, "per_mw");
    name->lead = view_int(view_get(map, "lead"));
    for (int g = 0; g < data->n_generations; g++)
        if (data->generations[g].name)
            name->per_mw[g] = view_real(view_get(per_mw, data->generations[g].name));
}

void bind_names(struct load *load) {
    static const char *const kinds[] = {"supplier", "cloud", NULL};
    struct sc_scenario *data = load->data;
    struct view list = view_get(view_root(load), "names");
    int n = data->n_names = view_count(list);
    data->names = memory_get(load->memory, (size_t)n + 1, sizeof *data->names);
    for (int i = 0; i < n; i++) {
        struct view item = view_item(list, i), cloud = view_get(item, "cloud"), observed = view_get(item, "observed");
        struct sc_name *name = &data->names[i];
        name->name = view_text(view_get(item, "name"));
        name->is_supplier = view_one_of(item, kinds) == 0;
        name->per_mw = memory_get(load->memory, (size_t)data->n_generations + 1, sizeof *name->per_mw);
        name->firm = SC_NONE;
        if (name->is_supplier) {
            bind_supplier(view_get(item, "supplier"), name);
        } else {
            name->firm = view_ref(view_get(cloud, "firm"));
            name->contract_rate = view_real(view_get(cloud, "contract_rate"));
            name->spot_rate = view_real(view_get(cloud, "spot_rate"));
            name->service_rate = view_real(view_get(cloud, "service_rate"));
            name->other = view_real(view_get(cloud, "other"));
        }
        name->leverage = view_real(view_get(item, "leverage"));
        name->has_observed = view_ok(observed);
        name->observed = view_real(observed);
    }
}
