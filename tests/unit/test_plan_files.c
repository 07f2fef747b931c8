/* Plans of the configurations that come with the program: totals that can be worked out from the files by hand. */
#include "tests/unit/test_plan.h"

#include <stdio.h>

#include <mismatch/scenario.h>

#include "host/scenario/scenario_data.h"

static struct plan *load(const char *file, mm_scenario **scenario) {
    char path[4096];
    const char *root = getenv("SOURCE_DIR");
    if (root == NULL)
        skip();
    snprintf(path, sizeof path, "%s/%s", root, file);
    mm_messages *messages = mm_messages_new();
    mm_status status = mm_scenario_load(path, NULL, 0, NULL, 0, scenario, messages);
    for (size_t i = 0; i < mm_messages_count(messages); i++)
        print_error("%s\n", mm_messages_text(messages, i));
    mm_messages_free(messages);
    assert_int_equal(status, MM_OK);
    return plan_of(scenario_data(*scenario));
}

static int by_value(const void *left, const void *right) {
    const uint64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static uint64_t joined(uint c2, uint c3) {
    return (uint64_t)c3 << 32 | c2;
}

/* No two items of a plan share an address. */
static void check_addresses(const struct plan *plan) {
    const struct mm_head *h = &plan->head;
    const struct mm_phase *phase = PLAN_TABLE(plan, mm_phase, phases);
    const struct mm_group *group = PLAN_TABLE(plan, mm_group, groups);
    const struct mm_launch *launch = PLAN_TABLE(plan, mm_launch, launches);
    const struct mm_campaign *campaign = PLAN_TABLE(plan, mm_campaign, campaigns);
    const struct mm_firm *firm = PLAN_TABLE(plan, mm_firm, firms);
    size_t n = 0, most = (size_t)h->n_phases + (size_t)h->n_groups + (size_t)h->n_launches + (size_t)h->n_campaigns;
    uint64_t *address = keep(most, sizeof *address);
    for (int i = 0; i < h->n_phases; i++)
        address[n++] = joined(phase[i].slip_c2, phase[i].slip_c3);
    for (int i = 0; i < h->n_groups; i++)
        address[n++] = joined(group[i].c2, group[i].c3);
    for (int i = 0; i < h->n_launches; i++)
        address[n++] = joined(launch[i].c2, launch[i].c3);
    for (int f = 0; f < h->n_firms; f++)
        for (int i = firm[f].first_campaign; i < firm[f].first_campaign + firm[f].n_campaigns; i++)
            address[n++] = joined(campaign[i].c2, MM_ADDRESS(MM_KIND_CAMPAIGN, f));
    assert_int_equal(n, most);
    qsort(address, n, sizeof *address, by_value);
    for (size_t i = 1; i < n; i++)
        assert_true(address[i - 1] < address[i]);
    scenario_drop();
}

/* Every phase adds to its own cell and is booked once, with its decision; every table lies within bounds. */
static void check_tables(const struct plan *plan) {
    const struct mm_head *h = &plan->head;
    const struct mm_own *own = PLAN_TABLE(plan, mm_own, owns);
    const struct mm_phase *phase = PLAN_TABLE(plan, mm_phase, phases);
    const struct mm_group *group = PLAN_TABLE(plan, mm_group, groups);
    const struct mm_decision *decision = PLAN_TABLE(plan, mm_decision, decisions);
    int booked = 0, deltas = 0, decided = 0;
    for (int j = 0; j < h->n_phases; j++) {
        int cell = (phase[j].firm * h->n_regions + phase[j].region) * h->n_generations + phase[j].generation;
        assert_in_range(phase[j].own, 0, h->n_own - 1);
        assert_int_equal(own[phase[j].own].cell, cell);
        assert_in_range(phase[j].decision + 1, 0, h->n_decisions);
        assert_true(phase[j].month < 0 || own[phase[j].own].from <= phase[j].month ||
                    own[phase[j].own].from == own[phase[j].own].end);
    }
    const struct mm_run *run = PLAN_TABLE(plan, mm_run, runs);
    int unit = 0;
    for (int i = 0; i < h->n_runs; i++) { /* each changing cell in the run of its generation, in order */
        int found = 0;
        assert_int_equal(run[i].unit, unit);
        for (int o = 0; o < h->n_own; o++) {
            if (own[o].from >= own[o].end || own[o].unit < unit || own[o].unit >= unit + run[i].n)
                continue;
            assert_int_equal(own[o].unit, unit + found);
            assert_int_equal(own[o].delta, deltas);
            assert_int_equal(own[o].from, run[i].from);
            assert_int_equal(own[o].end, run[i].end);
            assert_int_equal(plan->pool[run[i].cells + found], own[o].cell);
            deltas += own[o].end - own[o].from;
            found++;
        }
        assert_int_equal(found, run[i].n);
        unit += run[i].n;
    }
    assert_int_equal(deltas, h->n_deltas);
    for (int i = 0; i < h->n_groups; i++)
        for (int j = 0; j < group[i].n; j++) {
            booked++;
            assert_int_equal(phase[group[i].phase[j]].decision >= 0, i >= h->n_committed_groups);
        }
    assert_int_equal(booked, h->n_phases);
    for (int d = 0; d < h->n_decisions; d++) {
        assert_int_equal(decision[d].first_group, h->n_committed_groups + decided);
        decided += decision[d].n_groups;
    }
    assert_int_equal(h->n_committed_groups + decided, h->n_groups);
    const int tables[] = {h->phases,    h->groups,        h->owns,   h->epochs, h->decisions,
                          h->shocks,    h->campaigns,     h->shares, h->leases, h->firms,
                          h->node_list, h->probabilities, h->maps,   h->fans,   h->frontier};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        assert_in_range(tables[i], 0, plan->pool_words);
}

static void check_every_key(void **state) {
    (void)state;
    mm_scenario *scenario;
    struct plan *plan = load("tests/data/every-key.yaml", &scenario);
    const struct mm_head *h = &plan->head;
    const struct mm_phase *phase = PLAN_TABLE(plan, mm_phase, phases);
    const struct mm_firm *firm = PLAN_TABLE(plan, mm_firm, firms);
    assert_int_equal(h->months, 30);
    /* steps at months -3, 0, ... 27 in two regions, and the phase `big` */
    assert_int_equal(h->n_phases, 11 * 2 + 1);
    double mw = 0, expected = 60;
    int decided = 0;
    for (int i = 0; i < h->n_phases; i++) {
        assert_int_equal(phase[i].generation, 1);
        mw += (double)phase[i].mw;
        decided += phase[i].decision >= 0;
    }
    for (int k = 0; k <= 10; k++)
        expected += 20 * pow(1.2, k / 4.0);
    assert_close(mw, expected, 1e-3);
    /* planned: steps from month 9 on (committed until 2030-10), and big, decided 6 months before month 8 */
    assert_int_equal(decided, 7 * 2 + 1);
    assert_int_equal(h->n_decisions, 7 + 1);
    assert_int_equal(h->n_groups, 11 + 1);
    assert_int_equal(h->n_strikes, 5);
    assert_int_equal(h->n_launches, 2);
    assert_int_equal(h->n_campaigns, 6); /* -4, 2, ... 26 */
    assert_int_equal(h->n_shares, 1);
    assert_int_equal(h->n_lease_cells, 1);
    /* alpha: old and new in both regions; cloud: new in the north; market: nothing */
    assert_int_equal(h->n_own, 5);
    assert_int_equal(firm[0].n_held, 4);
    assert_int_equal(firm[2].n_held, 0);
    assert_close(plan_float(plan, firm[1].keep, 16), 0.8, 1e-7);
    assert_close(plan_float(plan, firm[1].keep, 17), 1, 0);
    /* the one probability: an event and its two conditions; the evidence: an event and two conditions, twice an event
     * and its condition; the pattern looks for the same; a tail's event and two conditions */
    assert_int_equal(h->n_probabilities, 1);
    assert_int_equal(h->n_cases, 1);
    assert_int_equal(h->n_withins, 3 + 2);
    assert_int_equal(h->n_nodes, 3 + 3 + 2 * 2 + 3);
    /* and what the names earn, here and under the competitor overlay */
    assert_int_equal(h->n_names, 3);
    assert_int_equal(h->n_patterns, 1);
    assert_int_equal(h->n_tails, 2);
    assert_int_equal(plan->n_overlays, 1);
    assert_int_equal(plan->overlays[0]->head.n_patterns, 1);
    assert_int_equal(plan->overlays[0]->head.n_probabilities + plan->overlays[0]->head.n_maps, 0);
    assert_int_equal(plan_counts(plan), h->n_counts + plan->overlays[0]->head.n_counts);
    assert_int_equal(plan_part(plan, 1).first_sum, h->n_sums);
    assert_int_equal(h->n_entries, 3 + 3 * 4);
    assert_int_equal(h->n_fans, 1);
    /* inference of alpha in month 5: profile, five months of trend at beta 1.2, the first launch 2 of 4 months old */
    assert_close(plan_float(plan, firm[0].base, 5), 150 * 1.099541 * exp(1.2 * 5 * 0.5 / 12) / (1 + 0.3 * 0.5), 2e-4);
    check_tables(plan);
    check_addresses(plan);
    plan_free(plan);
    mm_scenario_free(scenario);
}

static void check_ai_2026(void **state) {
    (void)state;
    mm_scenario *scenario;
    struct plan *plan = load("configs/ai-2026.yaml", &scenario);
    const struct mm_head *h = &plan->head;
    const struct sc_scenario *s = scenario_data(scenario);
    const struct mm_own *own = PLAN_TABLE(plan, mm_own, owns);
    const struct mm_map *map = PLAN_TABLE(plan, mm_map, maps);
    double installed = 0, existing = 0;
    for (int f = 0; f < s->n_firms; f++)
        for (int g = 0; g < s->n_generations; g++)
            installed += s->firms[f].installed[g];
    for (int i = 0; i < h->n_own; i++)
        existing += own[i].existing * (double)own[i].mw_per_unit;
    assert_true(installed > 10000 && installed < 16000);
    assert_close(existing, installed, 0.01);
    assert_int_equal(h->months, 84);
    assert_true(h->n_phases > 600 && h->n_phases < 1200);
    assert_int_equal(map->n_entries, s->n_firms * (1 + 4 + 4 + 16));
    assert_int_equal(h->n_entries, map->n_entries);
    assert_string_equal(plan->heaviest, "gap");
    assert_true(h->n_counts < 1000000);
    /* demand and supply of month 0 are of one size: tens of thousands of kH100e at most */
    const struct mm_firm *firm = PLAN_TABLE(plan, mm_firm, firms);
    double demand = 0, supply = 0;
    for (int f = 0; f < h->n_firms; f++)
        demand += (firm[f].base >= 0 ? plan_float(plan, firm[f].base, 0) : 0) +
                  (firm[f].research >= 0 ? plan_float(plan, firm[f].research, 0) : 0);
    for (int i = 0; i < h->n_own; i++)
        supply += own[i].existing * (double)own[i].kh100e_per_unit;
    assert_true(demand > 0.5 * supply && demand < 1.5 * supply);
    check_tables(plan);
    check_addresses(plan);
    plan_free(plan);
    mm_scenario_free(scenario);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_every_key),
        cmocka_unit_test(check_ai_2026),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
