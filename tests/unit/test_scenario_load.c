/* The two shared configurations, field by field. */
#include "test_scenario.h"

static struct loaded every_key(void) {
    return load_with(source_file("tests/data/every-key.yaml"), NULL, 0, NULL, 0);
}

static int event_index(const struct sc_scenario *data, const char *name) {
    for (int i = 0; i < data->n_events; i++)
        if (strcmp(data->events[i].name, name) == 0)
            return i;
    fail_msg("no event %s", name);
    return -1;
}

static void world(void **state) {
    (void)state;
    struct loaded loaded = every_key();
    const struct sc_scenario *data = good(loaded);
    assert_int_equal(data->start_year, 2030);
    assert_int_equal(data->start_month, 1);
    assert_int_equal(data->months, 30);
    assert_int_equal(data->n_regions, 2);
    assert_string_equal(data->regions[1], "south");
    assert_int_equal(data->n_generations, 2);
    assert_string_equal(data->generations[1].name, "new");
    assert_near(data->generations[1].kh100e_per_mw, 2.0);
    assert_int_equal(data->generations[1].available, -7);
    assert_int_equal(data->generations[0].ships, -24);
    assert_int_equal(data->generations[0].retires, 24);
    assert_int_equal(data->generations[1].retires, SC_NEVER);
    assert_near(data->generations[1].ramp, 3.0);
    assert_int_equal(data->training_span, 0);
    assert_near(data->slips_common, 0.3);
    assert_near(data->slips[SC_POWER].sigma, 1.0);
    assert_near(data->slips[SC_NETWORK].rho, 0.2);
    assert_near(data->slips[SC_GPU].max, 12);
    assert_near(data->slips[SC_SHELL].buffer, 1);
    assert_int_equal(data->n_shocks, 2);
    assert_false(data->shocks[0].is_demand);
    assert_int_equal(data->shocks[0].layer, SC_POWER);
    assert_int_equal(data->shocks[0].region, 1);
    assert_int_equal(data->shocks[0].generation, 1);
    assert_int_equal(data->shocks[0].firm, 0);
    assert_int_equal(data->shocks[0].times, 2);
    assert_near(data->shocks[0].months, 6);
    assert_near(data->shocks[0].reach, 12);
    assert_true(data->shocks[1].is_demand);
    assert_int_equal(data->shocks[1].region, SC_NONE);
    assert_near(data->shocks[1].log_demand, -0.2);
    assert_near(data->shocks[1].ramp, 3);
    assert_int_equal(data->n_regimes, 2);
    assert_near(data->regime_monthly[2], 0.2);
    assert_near(data->regime_growth[1], -0.5);
    assert_near(data->regime_training[0], 1.1);
    assert_int_equal(data->inference_trend.n, 2);
    assert_int_equal(data->inference_trend.month[1], 12);
    assert_near(data->inference_trend.rate[1], 0.3);
    assert_int_equal(data->training_trend.n, 1);
    assert_near(data->price_elasticity, 0.5);
    assert_near(data->price_adjustment, 0.3);
    assert_near(data->portable, 0.4);
    assert_int_equal(data->response.lead, 6);
    assert_near(data->response.high, 1.8);
    assert_near(data->market.price_max, 5);
    assert_int_equal(data->market.months, 2);
    assert_near(data->thresholds.friction, 0.03);
    assert_int_equal(data->horizon, 12);
    assert_near(data->discount, 0.08);
    unload(loaded);
}

static void firms(void **state) {
    (void)state;
    struct loaded loaded = every_key();
    const struct sc_scenario *data = good(loaded);
    assert_int_equal(data->n_firms, 3);
    const struct sc_firm *alpha = &data->firms[0], *cloud = &data->firms[1], *market = &data->firms[2];
    assert_near(alpha->shares[1], 0.4);
    assert_near(alpha->installed[0], 100);
    assert_true(alpha->build.present);
    assert_int_equal(alpha->build.from, -3);
    assert_int_equal(alpha->build.committed_until, 9);
    assert_near(alpha->build.cancel_planned, 0.2);
    assert_int_equal(alpha->n_phases, 1);
    assert_string_equal(alpha->phases[0].name, "big");
    assert_int_equal(alpha->phases[0].ready, 8);
    assert_near(alpha->phases[0].mw, 60);
    assert_near(alpha->offer, 0.8);
    assert_near(alpha->hurdle, 0.05);
    assert_near(alpha->own_signal, 0.8);
    assert_near(alpha->beta, 1.2);
    assert_near(alpha->frontier_share, 0.3);
    assert_near(alpha->inference_sigma, 0.3);
    assert_int_equal(alpha->n_profile, 30);
    assert_near(alpha->profile[1], 1.032719);
    assert_true(alpha->training.present);
    assert_int_equal(alpha->training.first, -4);
    assert_near(alpha->training.slip.sigma, 0.8);
    assert_near(alpha->training.research, 40);
    assert_true(cloud->merchant);
    assert_false(cloud->build.present);
    assert_near(cloud->offer, 0.9);
    assert_near(cloud->hurdle, 0.1);
    assert_near(cloud->own_signal, 0.5);
    assert_near(cloud->frontier_share, 0.5);
    assert_near(cloud->inference_sigma, 0.2);
    assert_near(cloud->beta, 1);
    assert_near(cloud->demand_shares[0], 0);
    assert_near(market->offer, 0.5);
    assert_near(market->shares[0] + market->shares[1], 0);
    assert_false(market->training.present);
    assert_int_equal(data->n_contracts, 2);
    assert_true(data->contracts[0].is_share);
    assert_int_equal(data->contracts[0].until, 17);
    assert_int_equal(data->contracts[1].from, 5);
    assert_int_equal(data->contracts[1].generation, 1);
    assert_near(data->contracts[1].mw, 20);
    assert_int_equal(data->launches[0].n_planned, 2);
    assert_int_equal(data->launches[0].planned[1], 13);
    assert_near(data->launches[0].success_sigma, 0.5);
    assert_int_equal(data->n_names, 3);
    assert_true(data->names[0].is_supplier);
    assert_near(data->names[0].per_mw[1], 2);
    assert_int_equal(data->names[1].firm, 1);
    assert_near(data->names[1].other, 10);
    assert_true(data->names[1].has_observed);
    assert_near(data->names[2].leverage, 1);
    unload(loaded);
}

static void questions(void **state) {
    (void)state;
    struct loaded loaded = every_key();
    const struct sc_scenario *data = good(loaded);
    assert_int_equal(data->n_events, 7);
    for (int i = 1; i < data->n_events; i++)
        assert_true(strcmp(data->events[i - 1].name, data->events[i].name) < 0);
    const struct sc_event *idle = &data->events[event_index(data, "idle")];
    assert_int_equal(idle->op, SC_ALL_OF);
    assert_int_equal(idle->n_items, 2);
    assert_int_equal(idle->for_months, 2);
    assert_int_equal(idle->items[0].ref.series, SC_IDLE_SHARE);
    assert_int_equal(idle->items[0].ref.firm, 0);
    assert_int_equal(idle->items[0].ref.region, 1);
    assert_true(idle->items[0].at_least);
    assert_false(idle->items[1].at_least);
    assert_near(idle->items[1].threshold, 3);
    const struct sc_event *calm = &data->events[event_index(data, "not-short")];
    assert_int_equal(calm->op, SC_NOT);
    assert_int_equal(calm->items[0].event, event_index(data, "short"));
    assert_int_equal(calm->from, 2);
    assert_int_equal(calm->to, 26);
    const struct sc_event *sells = &data->events[event_index(data, "sells")];
    assert_true(sells->uses_firm);
    assert_int_equal(sells->items[0].ref.firm, SC_FIRM_BOUND);
    assert_int_equal(data->events[event_index(data, "late-power")].items[0].ref.layer, SC_POWER);
    assert_int_equal(data->n_questions, 8);
    const struct sc_question *all = data->questions;
    assert_int_equal(all[0].kind, SC_PROBABILITY);
    assert_int_equal(all[0].event, event_index(data, "idle"));
    assert_int_equal(all[0].from, 5);
    assert_int_equal(all[0].to, 23);
    assert_int_equal(all[1].n_by, 2);
    assert_true(all[1].by[1].region && all[1].by[1].generation && !all[1].by[0].region);
    assert_int_equal(all[2].n_firms, 1);
    assert_int_equal(all[2].as_of, 11);
    assert_int_equal(all[2].hypothesis.within, 9);
    assert_int_equal(all[2].n_pieces, 2);
    assert_int_equal(all[2].pieces[0].event, event_index(data, "sells"));
    assert_int_equal(all[2].pieces[0].firm, SC_NONE);
    assert_int_equal(all[3].series.series, SC_SPARE_SHARE);
    assert_int_equal(all[3].n_quantiles, 3);
    assert_int_equal(all[4].kind, SC_BINDING);
    assert_int_equal(all[5].news.firm, 0);
    assert_near(all[5].spread, 0.05);
    assert_non_null(all[5].competitor);
    assert_int_equal(all[5].competitor->n_contracts, 1);
    assert_int_equal(all[5].competitor->contracts[0].until, 12);
    assert_null(all[5].competitor->questions[5].competitor);
    assert_int_equal(all[6].kind, SC_TAIL);
    assert_int_equal(all[6].series.series, SC_GAP);
    assert_int_equal(all[6].event, SC_NONE);
    assert_true(all[6].mean && !all[7].mean);
    assert_int_equal(all[6].from, 2);
    assert_int_equal(all[6].to, 13);
    assert_int_equal(all[6].n_levels, 2);
    assert_near(all[6].levels[0], 0.9);
    assert_int_equal(all[6].n_exceed, 3);
    assert_near(all[6].exceed[1], 0.05);
    assert_int_equal(all[7].event, event_index(data, "short-spare"));
    assert_int_equal(all[7].firm, 0);
    assert_int_equal(all[7].n_levels, 2);
    assert_near(all[7].levels[1], 0.99);
    assert_int_equal(all[7].n_exceed, 0);
    assert_int_equal(data->n_ranges, 1);
    assert_int_equal(data->ranges[0].grade, 'J');
    assert_near(data->ranges[0].high, 8);
    unload(loaded);
}

static void baseline(void **state) {
    (void)state;
    struct loaded loaded = load_with(source_file("configs/ai-2026.yaml"), NULL, 0, NULL, 0);
    const struct sc_scenario *data = good(loaded);
    assert_int_equal(data->months, 84);
    assert_int_equal(data->n_firms, 12);
    assert_int_equal(data->n_contracts, 16);
    assert_int_equal(data->n_launches, 7);
    assert_int_equal(data->n_names, 9);
    assert_int_equal(data->n_questions, 9);
    assert_int_equal(data->n_ranges, 19);
    assert_string_equal(data->contracts[0].name, "microsoft-openai");
    assert_near(data->firms[0].installed[1], 860);
    assert_near(data->firms[4].offer, 0.95);
    assert_near(data->firms[0].hurdle, 0.1);
    assert_int_equal(data->contracts[14].from, 5);
    char month[SCENARIO_DATE];
    scenario_date(data, 83, month);
    assert_string_equal(month, "2032-12");
    scenario_date(data, -1, month);
    assert_string_equal(month, "2025-12");
    unload(loaded);
}

static const char smallest[] = "mismatch: 1\ntime: {start: '2030-01', months: 1}\nregions: [r]\n"
                               "generations: [{name: g, kh100e_per_mw: 1}]\n"
                               "firms: [{name: f, inference: 1, installed: {g: 1}}]\n";

static void neutral(void **state) {
    (void)state;
    struct loaded loaded = load_text("smallest", smallest);
    const struct sc_scenario *data = good(loaded);
    assert_int_equal(data->generations[0].available, SC_ALWAYS);
    assert_int_equal(data->generations[0].ships, SC_ALWAYS);
    assert_int_equal(data->generations[0].retires, SC_NEVER);
    assert_near(data->generations[0].ramp, 1);
    assert_int_equal(data->training_span, 1);
    assert_int_equal(data->n_regimes, 1);
    assert_string_equal(data->regimes[0], "base");
    assert_near(data->regime_initial[0], 1);
    assert_near(data->regime_monthly[0], 1);
    assert_near(data->regime_growth[0], 0);
    assert_near(data->regime_training[0], 1);
    assert_near(data->slips[0].max, 120);
    assert_near(data->portable, 1);
    assert_int_equal(data->response.lead, 12);
    assert_near(data->response.low, 1);
    assert_near(data->response.own_signal, 0.5);
    assert_near(data->market.price_min, 0.1);
    assert_near(data->market.hurdle, 0.1);
    assert_int_equal(data->market.months, 1);
    assert_near(data->thresholds.glut, 0.1);
    assert_near(data->firms[0].shares[0], 1);
    assert_near(data->firms[0].demand_shares[0], 1);
    assert_int_equal(data->horizon, 24);
    assert_int_equal(data->n_events + data->n_questions + data->n_names + data->n_contracts + data->n_shocks, 0);
    unload(loaded);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(world), cmocka_unit_test(firms), cmocka_unit_test(questions),
                                       cmocka_unit_test(baseline), cmocka_unit_test(neutral)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
