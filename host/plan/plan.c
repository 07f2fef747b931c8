/* Building and freeing a plan. */
#include "host/plan/build.h"

#include <stddef.h>

/* What the kernels read is what the host wrote: words, no padding. */
#define MM_WORDS(type, last, n)                                                                                        \
    _Static_assert(sizeof(struct type) == 4 * (n) && offsetof(struct type, last) + 4 == sizeof(struct type),           \
                   #type " is " #n " words")
MM_WORDS(mm_phase, mw, 10);
MM_WORDS(mm_group, probability[3], 16);
MM_WORDS(mm_own, inv_ramp, 14);
MM_WORDS(mm_run, kh100e_per_unit, 7);
MM_WORDS(mm_epoch, sites, 6);
MM_WORDS(mm_decision, weight, 5);
MM_WORDS(mm_shock, inv_ramp, 12);
MM_WORDS(mm_campaign, size, 3);
MM_WORDS(mm_launch, success_factor, 9);
MM_WORDS(mm_share, share, 5);
MM_WORDS(mm_lease_cell, n, 3);
MM_WORDS(mm_lease, amount, 4);
MM_WORDS(mm_firm, size_sigma, 30);
MM_WORDS(mm_slot, name, 7);
MM_WORDS(mm_node, state, 10);
MM_WORDS(mm_probability, scratch, 6);
MM_WORDS(mm_entry, slot, 6);
MM_WORDS(mm_strip, n_slots, 8);
MM_WORDS(mm_map, sums, 13);
MM_WORDS(mm_fan, counts, 8);
MM_WORDS(mm_within, seen, 4);
MM_WORDS(mm_case, counts, 3);
MM_WORDS(mm_name, other, 11);
MM_WORDS(mm_let, amount, 2);
MM_WORDS(mm_pattern, sums, 9);
MM_WORDS(mm_tail, scratch, 17);
MM_WORDS(mm_spot, word, 6);
MM_WORDS(mm_bridge, dimensions, 4);
MM_WORDS(mm_span, spread, 6);
MM_WORDS(mm_sobol, regime[MM_REGIME_POINTS - 1], 15);
_Static_assert(offsetof(struct mm_head, sobol) + 4 == sizeof(struct mm_head) && sizeof(struct mm_head) % 4 == 0,
               "mm_head has no padding");
_Static_assert(sizeof(int) == 4 && sizeof(float) == 4 && sizeof(uint) == 4, "words of four bytes");

static bool build_extra(struct build *b, const struct plan_extra *extra) {
    b->head->keeps_arrivals = b->head->wants_usable_mw = extra != NULL;
    for (int i = 0; extra != NULL && i < extra->n; i++)
        if (build_slot(b, &extra->refs[i], true) < 0)
            return false;
    return true;
}

/* The firms' own weight in the response to scarcity. */
static void build_pressure(struct build *b) {
    for (int f = 0; f < b->s->n_firms; f++)
        if (b->firms[f].n_decisions > 0 && b->s->response.strength > 0 && b->s->firms[f].own_signal > 0)
            b->firms[f].wants_pressure = 1;
}

static void count_tables(struct build *b) {
    struct mm_head *h = b->head;
    h->n_phases = b->phases.n;
    h->n_groups = b->groups.n;
    h->n_own = b->owns.n;
    h->n_runs = b->runs.n;
    h->n_decisions = b->decisions.n;
    h->n_shocks = b->shocks.n;
    h->n_campaigns = b->campaigns.n;
    h->n_launches = b->launches.n;
    h->n_shares = b->shares.n;
    h->n_lease_cells = b->lease_cells.n;
    h->n_slots = b->refs.n;
    h->n_nodes = b->nodes.n;
    h->n_probabilities = b->probabilities.n;
    h->n_maps = b->maps.n;
    h->n_entries = b->entries.n;
    h->n_strips = b->strips.n;
    h->n_fans = b->fans.n;
    h->n_withins = b->withins.n;
    h->n_cases = b->cases.n;
    h->n_names = b->names.n;
    h->n_patterns = b->patterns.n;
    h->n_tails = b->tails.n;
}

static int store_phases(struct build *b) {
    int offset = (int)b->plan->pool_words;
    for (int i = 0; i < b->phases.n; i++) {
        const struct mm_phase *phase = &BUILD_ITEM(b->phases, build_phase, i)->phase;
        if (build_pool(b, phase, sizeof *phase / 4) < 0)
            return -1;
    }
    return offset;
}

static int store_slots(struct build *b) {
    int offset = (int)b->plan->pool_words;
    for (int i = 0; i < b->refs.n; i++) {
        const struct sc_series_ref *ref = BUILD_ITEM(b->refs, sc_series_ref, i);
        const struct mm_slot slot = {(int)ref->series, ref->firm,   ref->region, ref->generation,
                                     ref->layer,       ref->regime, ref->name};
        if (build_pool(b, &slot, sizeof slot / 4) < 0)
            return -1;
    }
    return offset;
}

static int store(struct build *b, const struct build_list *list, size_t size) {
    return build_pool(b, list->items, (size_t)list->n * size / 4);
}

static bool store_tables(struct build *b) {
    struct mm_head *h = b->head;
    h->phases = store_phases(b);
    h->groups = store(b, &b->groups, sizeof(struct mm_group));
    h->owns = store(b, &b->owns, sizeof(struct mm_own));
    h->runs = store(b, &b->runs, sizeof(struct mm_run));
    h->epochs = store(b, &b->epochs, sizeof(struct mm_epoch));
    h->decisions = store(b, &b->decisions, sizeof(struct mm_decision));
    h->shocks = store(b, &b->shocks, sizeof(struct mm_shock));
    h->campaigns = store(b, &b->campaigns, sizeof(struct mm_campaign));
    h->launches = store(b, &b->launches, sizeof(struct mm_launch));
    h->shares = store(b, &b->shares, sizeof(struct mm_share));
    h->lease_cells = store(b, &b->lease_cells, sizeof(struct mm_lease_cell));
    h->leases = store(b, &b->leases, sizeof(struct mm_lease));
    h->firms = build_pool(b, b->firms, (size_t)b->s->n_firms * sizeof(struct mm_firm) / 4);
    h->slots = store_slots(b);
    h->nodes = store(b, &b->nodes, sizeof(struct mm_node));
    h->node_list = store(b, &b->node_list, sizeof(int));
    h->probabilities = store(b, &b->probabilities, sizeof(struct mm_probability));
    h->maps = store(b, &b->maps, sizeof(struct mm_map));
    h->entries = store(b, &b->entries, sizeof(struct mm_entry));
    h->strips = store(b, &b->strips, sizeof(struct mm_strip));
    h->fans = store(b, &b->fans, sizeof(struct mm_fan));
    h->withins = store(b, &b->withins, sizeof(struct mm_within));
    h->cases = store(b, &b->cases, sizeof(struct mm_case));
    h->names = store(b, &b->names, sizeof(struct mm_name));
    h->lets = store(b, &b->lets, sizeof(struct mm_let));
    h->patterns = store(b, &b->patterns, sizeof(struct mm_pattern));
    h->tails = store(b, &b->tails, sizeof(struct mm_tail));
    return b->status == MM_OK;
}

static bool build_all(struct build *b, const struct plan_extra *extra) {
    if (!build_limits(b))
        return false;
    b->firms = build_alloc(b, (size_t)b->s->n_firms, sizeof *b->firms);
    b->load = build_alloc(b, (size_t)b->s->months, sizeof *b->load);
    if (b->firms == NULL || b->load == NULL || !build_numbers(b))
        return false;
    if (!build_phases(b) || !build_contracts(b) || !build_demand(b))
        return false;
    if (!build_shocks(b) || !build_regimes(b) || !build_frontier(b) || !build_epochs(b) || !build_bounds(b))
        return false;
    if (!build_extra(b, extra) || !build_questions(b) || !build_names(b))
        return false;
    build_pressure(b);
    count_tables(b);
    return build_scratch(b) && store_tables(b);
}

static void release_lists(struct build *b) {
    struct build_list *const lists[] = {
        &b->phases,      &b->owns,   &b->decisions, &b->groups,    &b->epochs,        &b->runs,   &b->shares,
        &b->lease_cells, &b->leases, &b->shocks,    &b->campaigns, &b->launches,      &b->nodes,  &b->node_list,
        &b->instances,   &b->maps,   &b->fans,      &b->entries,   &b->probabilities, &b->strips, &b->withins,
        &b->cases,       &b->names,  &b->lets,      &b->patterns,  &b->tails};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        build_release(lists[i]->items);
    build_release(b->firms);
    build_release(b->load);
}

/* A plan without overlays; `only`: with one question alone. */
static mm_status build_part(const struct sc_scenario *scenario, const struct plan_extra *extra, const char *only,
                            struct plan **plan, mm_messages *messages) {
    struct build b = {.s = scenario, .only = only, .messages = messages, .status = MM_OK, .heaviest = SC_NONE};
    *plan = NULL;
    b.plan = build_alloc(&b, 1, sizeof *b.plan);
    if (b.plan != NULL) {
        b.head = &b.plan->head;
        build_all(&b, extra);
        b.plan->slots = b.refs.items;
        b.plan->n_slots = b.refs.n;
        b.plan->entries = b.named_entries.items;
    }
    release_lists(&b);
    if (b.status != MM_OK)
        plan_free(b.plan);
    else
        *plan = b.plan;
    return b.status;
}

static mm_status build_overlays(const struct sc_scenario *scenario, struct plan *plan, mm_messages *messages) {
    struct build b = {.status = MM_OK};
    plan->overlays = build_alloc(&b, (size_t)scenario->n_questions, sizeof(struct plan *));
    if (plan->overlays == NULL)
        return MM_INTERNAL;
    for (int q = 0; q < scenario->n_questions; q++) {
        const struct sc_question *question = &scenario->questions[q];
        if (question->kind != SC_PATTERN || question->competitor == NULL)
            continue;
        mm_status status =
            build_part(question->competitor, NULL, question->name, &plan->overlays[plan->n_overlays], messages);
        if (status != MM_OK)
            return status;
        plan->questions[q].overlay = plan->n_overlays++;
    }
    return MM_OK;
}

mm_status plan_build(const struct sc_scenario *scenario, const struct plan_extra *extra, struct plan **plan,
                     mm_messages *messages) {
    mm_status status = build_part(scenario, extra, NULL, plan, messages);
    if (status == MM_OK && extra == NULL) /* single paths have no overlays */
        status = build_overlays(scenario, *plan, messages);
    if (status != MM_OK) {
        plan_free(*plan);
        *plan = NULL;
    }
    return status;
}

int plan_n_parts(const struct plan *plan) {
    return 1 + plan->n_overlays;
}

struct plan_part plan_part(const struct plan *plan, int i) {
    struct plan_part part = {.plan = plan};
    for (int k = 0; k < i; k++) {
        part.first_count += (size_t)part.plan->head.n_counts;
        part.first_sum += (size_t)part.plan->head.n_sums;
        part.plan = plan->overlays[k];
    }
    return part;
}

size_t plan_counts(const struct plan *plan) {
    struct plan_part last = plan_part(plan, plan->n_overlays);
    const struct plan_scrambles *kept = plan->scrambles;
    return last.first_count + (size_t)last.plan->head.n_counts + (kept ? MM_SCRAMBLES * (1 + kept->n_counts) : 0);
}

size_t plan_sums(const struct plan *plan) {
    struct plan_part last = plan_part(plan, plan->n_overlays);
    const struct plan_scrambles *kept = plan->scrambles;
    return last.first_sum + (size_t)last.plan->head.n_sums + (kept ? MM_SCRAMBLES * kept->n_sums : 0);
}

void plan_free(struct plan *plan) {
    if (plan == NULL)
        return;
    build_release(plan->pool);
    build_release(plan->questions);
    build_release(plan->entries);
    build_release(plan->slots);
    build_release(plan->heaviest);
    for (int i = 0; i < plan->n_overlays; i++)
        plan_free(plan->overlays[i]);
    build_release(plan->overlays);
    if (plan->scrambles != NULL) {
        build_release(plan->scrambles->counts);
        build_release(plan->scrambles->sums);
    }
    build_release(plan->scrambles);
    build_release(plan);
}
