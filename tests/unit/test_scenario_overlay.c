/* Overlays, settings, null, origins, and what the hash of a configuration hangs on. */
#include "test_scenario.h"

static const char base[] = "mismatch: 1\n"
                           "time: {start: 2030-01, months: 12}\n"
                           "regions: [north, south]\n"
                           "generations: [{name: old, kh100e_per_mw: 1}]\n"
                           "slips: {power: {median: 3, sigma: 0.5}}\n"
                           "firms:\n"
                           "  - {name: meta, reserve: 0.05, shares: {north: 0.5, south: 0.5}, installed: {old: 10}}\n"
                           "  - {name: xai, reserve: 0.03}\n"
                           "contracts:\n"
                           "  - {lessor: meta, lessee: xai, share: 0.1}\n"
                           "  - {lessor: meta, lessee: xai, share: 0.2}\n"
                           "shocks:\n"
                           "  - {name: leap, per_year: 0.3, log_demand: -0.2}\n"
                           "  - {name: grid, per_year: 0.1, layer: power, months: 6}\n"
                           "events:\n"
                           "  short: {all_of: [{series: gap, at_least: 0.1}]}\n";

static struct loaded with(const char *overlay, const char *const *sets, size_t n_sets) {
    const char *overlays[] = {"overlay.yaml"};
    write_file("base.yaml", base);
    if (overlay)
        write_file("overlay.yaml", overlay);
    return load_with("base.yaml", overlays, overlay ? 1 : 0, sets, n_sets);
}

static void maps_and_named_lists_merge(void **state) {
    (void)state;
    struct loaded loaded = with("slips: {power: {median: 4}, gpu: {median: 1}}\n"
                                "firms: [{name: xai, reserve: 0.2}, {name: new-firm}]\n"
                                "shocks: {grid: {months: 9}, leap: null}\n"
                                "regions: [north, south, west]\n",
                                NULL, 0);
    const struct sc_scenario *data = good(loaded);
    assert_near(data->slips[SC_POWER].median, 4);
    assert_near(data->slips[SC_POWER].sigma, 0.5);
    assert_near(data->slips[SC_GPU].median, 1);
    assert_int_equal(data->n_firms, 3);
    assert_near(data->firms[0].reserve, 0.05);
    assert_near(data->firms[1].reserve, 0.2);
    assert_string_equal(data->firms[2].name, "new-firm");
    assert_int_equal(data->n_shocks, 1);
    assert_near(data->shocks[0].months, 9);
    assert_int_equal(data->n_regions, 3);
    unload(loaded);
}

static void other_lists_are_replaced(void **state) {
    (void)state;
    struct loaded loaded = with("contracts: [{lessor: meta, lessee: xai, share: 0.7}]\n"
                                "events: {short: {all_of: [{series: slack, below: 0}]}}\n",
                                NULL, 0);
    const struct sc_scenario *data = good(loaded);
    assert_int_equal(data->n_contracts, 1);
    assert_near(data->contracts[0].share, 0.7);
    assert_int_equal(data->events[0].n_items, 1);
    assert_int_equal(data->events[0].items[0].ref.series, SC_SLACK);
    unload(loaded);
    /* conditions on `revenue` carry a `name`, which makes them no named list */
    loaded = with("names: [{name: a, supplier: {lead: 1}}, {name: b, supplier: {lead: 1}}]\n"
                  "events: {short: null, e: {any_of: [{series: revenue, name: a, at_least: 1}]}}\n",
                  (const char *const[]){"events.e.any_of=[{series: revenue, name: b, at_least: 2}]",
                                        "events.e.any_of.0.at_least=3"},
                  2);
    data = good(loaded);
    assert_int_equal(data->events[0].n_items, 1);
    assert_int_equal(data->events[0].items[0].ref.name, 1);
    assert_near(data->events[0].items[0].threshold, 3);
    unload(loaded);
}

static void null_removes(void **state) {
    (void)state;
    struct loaded loaded =
        with("firms: {meta: {reserve: null, shares: {south: null, north: 1}}}\ncontracts: null\n",
             (const char *const[]){"slips.power.sigma=null", "shocks.leap=~", "thresholds.glut=null"}, 3);
    const struct sc_scenario *data = good(loaded);
    assert_near(data->firms[0].reserve, 0);
    assert_near(data->firms[0].shares[1], 0);
    assert_int_equal(data->n_contracts, 0);
    assert_near(data->slips[SC_POWER].sigma, 0);
    assert_int_equal(data->n_shocks, 1);
    unload(loaded);
}

static void settings(void **state) {
    (void)state;
    const char *sets[] = {"firms.meta.reserve=0.1",
                          "slips.power.median=4",
                          "shocks.leap.per_year=1",
                          "contracts.1.share=0.3",
                          "inference.sigma=0.2",
                          "response={lead: 3, high: 2}",
                          "firms.meta.shares={north: 1}",
                          "ranges.slips.power.median={low: 1, central: 2, high: 3, grade: J}",
                          "ranges.slips.power.median.low=0.5",
                          "events.short.all_of.0.at_least=0.25"};
    struct loaded loaded = with(NULL, sets, sizeof sets / sizeof sets[0]);
    const struct sc_scenario *data = good(loaded);
    assert_near(data->firms[0].reserve, 0.1);
    assert_near(data->slips[SC_POWER].median, 4);
    assert_near(data->shocks[0].per_year, 1);
    assert_near(data->contracts[1].share, 0.3);
    assert_near(data->inference_sigma, 0.2);
    assert_int_equal(data->response.lead, 3);
    assert_near(data->firms[0].shares[0], 1);
    assert_near(data->ranges[0].low, 0.5);
    assert_near(data->events[0].items[0].threshold, 0.25);
    unload(loaded);
}

static void wrong_overlays(void **state) {
    (void)state;
    static const char *const table[][2] = {
        {"shocks: {leep: {per_year: 1}}",
         "overlay.yaml:1:10: shocks.leep: there is no item of this name to change or remove; did you mean 'leap'?"},
        {"shocks: {leap: 3}",
         "overlay.yaml:1:16: shocks.leap: found '3'; expected a map of keys, or null to remove the item"},
        {"firms:\n  - {name: xai, reserv: 0.1}",
         "overlay.yaml:2:17: firms.xai.reserv: unknown key; did you mean 'reserve'?"},
        {"slips: {power: {median: -1}}",
         "overlay.yaml:1:25: slips.power.median: found '-1'; expected a number (months), at least 0"},
        {"slips: {power: {medin: null}}", "overlay.yaml:1:17: slips.power.medin: unknown key; did you mean 'median'?"},
        {"slips:\n", "overlay.yaml:1:1: slips: has no value; write null to remove it"},
        {"- a\n", "overlay.yaml:1:1: found a list; expected a map of keys"},
        {"firms: [{name: xai}, {name: xai}]",
         "overlay.yaml:1:29: firms.xai.name: a second item named 'xai'; the first is at overlay.yaml:1:16"},
        {"a: [", "overlay.yaml:2:1: not valid YAML: flow sequence without a closing bracket"},
    };
    for (size_t i = 0; i + 1 < sizeof table / sizeof table[0]; i++)
        bad(with(table[i][0], NULL, 0), table[i][1]);
    struct loaded loaded = with(table[8][0], NULL, 0);
    assert_int_equal(loaded.status, MM_USAGE);
    assert_non_null(strstr(mm_messages_text(loaded.messages, 0), "overlay.yaml:2:1: not valid YAML: "));
    unload(loaded);
    bad(with("zz: 1", NULL, 0),
        "overlay.yaml:1:1: zz: unknown key; allowed: mismatch, time, regions, generations, training_span, slips, "
        "shocks, "
        "regimes, inference, training, response, market, thresholds, firms, contracts, launches, names, valuation, "
        "events, questions, ranges");
}

static void wrong_settings(void **state) {
    (void)state;
    static const char *const table[][2] = {
        {"firms.metta.reserve=0.1", "firms.metta: there is no item named 'metta'; did you mean 'meta'?"},
        {"firms.meta.reserv=0.1", "firms.meta.reserv: unknown key; did you mean 'reserve'?"},
        {"firms.meta.reserve=2", "firms.meta.reserve: found '2'; expected a number (share) from 0 to 1"},
        {"firms.meta.reserve.x=2", "firms.meta.reserve.x: cannot be set: 'firms.meta.reserve' is a single value"},
        {"contracts.2.share=0.1", "contracts.2: found '2'; expected an index from 0 to 1: the items have no names"},
        {"contracts.one.share=0.1",
         "contracts.one: found 'one'; expected an index from 0 to 1: the items have no names"},
        {"firms.meta.reserve=", "firms.meta.reserve: has no value; write null to remove it"},
        {"firms.meta.reserv=null", "firms.meta.reserv: unknown key; did you mean 'reserve'?"},
        {"shocks.leep=null", "shocks.leep: there is no item named 'leep'; did you mean 'leap'?"},
        {"firms..reserve=1", "an empty part in the key; expected dotted.key=value"},
        {"regions=north", "regions: found 'north'; expected a list of 1 to 16 values"},
        {"thresholds.glut=0,5",
         "thresholds.glut: found '0,5'; expected a number (share) above 0; the decimal sign is a point"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char message[512];
        snprintf(message, sizeof message, "--set %s: %s", table[i][0], table[i][1]);
        if (strcmp(table[i][0], "regions=north") != 0)
            bad(with(NULL, &table[i][0], 1), message);
    }
    bad(with(NULL, (const char *const[]){"firms"}, 1), "--set firms: expected dotted.key=value");
    bad(with(NULL, (const char *const[]){"=3"}, 1), "--set =3: expected dotted.key=value");
}

static void origins(void **state) {
    (void)state;
    struct loaded loaded = with("slips: {power: {median: 4}}\n", (const char *const[]){"firms.meta.reserve=0.1"}, 1);
    good(loaded);
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_int_equal(mm_scenario_print(loaded.scenario, out), MM_OK);
    fclose(out);
    assert_non_null(strstr(text, "# base.yaml:2\n"));
    assert_non_null(strstr(text, "# overlay overlay.yaml:1\n"));
    assert_non_null(strstr(text, "# --set\n"));
    assert_non_null(strstr(text, "# default\n"));
    struct loaded again = load_text("printed", text);
    const struct sc_scenario *data = good(again);
    assert_near(data->slips[SC_POWER].median, 4);
    assert_near(data->firms[0].reserve, 0.1);
    unload(again);
    free(text);
    out = open_memstream(&text, &length);
    assert_int_equal(mm_scenario_print_json(loaded.scenario, out), MM_OK);
    fclose(out);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL), *places = json_object_get(json, "origins");
    assert_string_equal(json_string_value(json_object_get(places, "firms.meta.reserve")), "--set");
    assert_string_equal(json_string_value(json_object_get(places, "slips.power.median")), "overlay overlay.yaml:1");
    assert_string_equal(json_string_value(json_object_get(places, "slips.power.sigma")), "base.yaml:5");
    assert_string_equal(json_string_value(json_object_get(places, "slips.gpu.max")), "default");
    assert_string_equal(json_string_value(json_object_get(places, "firms.xai.offer")), "default");
    assert_near(json_number_value(json_object_get(json_object_get(json, "defaults"), "slips.gpu.max")), 120);
    assert_true(json_equal(json_object_get(json, "effective"), scenario_effective(loaded.scenario)));
    json_decref(json);
    free(text);
    unload(loaded);
}

static void hash_of(const char *text, char out[65]) {
    struct loaded loaded = load_text("x", text);
    good(loaded);
    memcpy(out, mm_scenario_sha256(loaded.scenario), 65);
    unload(loaded);
}

static void same_hash_for_the_same_meaning(void **state) {
    (void)state;
    static const char plain[] = "mismatch: 1\ntime: {start: 2030-01, months: 12}\nregions: [r]\n"
                                "generations: [{name: g, kh100e_per_mw: 1}]\nslips: {common: 0.25, gpu: {max: 7}}\n"
                                "firms: [{name: f, inference: 1000, reserve: 0.1}]\n";
    static const char other[] = "# the same\nfirms:\n  - reserve: 1e-1\n    inference: 1.0e3\n    name: \"f\"\n"
                                "slips: {gpu: {max: 7.0}, common: +0.250}\n"
                                "generations:\n  - kh100e_per_mw: 1.0\n    name: g\nregions:\n  - r\n"
                                "time: {months: 12.0, start: '2030-01'}\nmismatch: 1\nshocks: null\n";
    char first[65], second[65];
    hash_of(plain, first);
    hash_of(other, second);
    assert_string_equal(first, second);
    assert_int_equal(strlen(first), 64);
    struct loaded loaded = load_text("x", plain);
    good(loaded);
    char *text = scenario_json_text(scenario_effective(loaded.scenario), 0);
    assert_string_equal(text,
                        "{\"firms\":[{\"inference\":1000,\"name\":\"f\",\"reserve\":0.1}],"
                        "\"generations\":[{\"kh100e_per_mw\":1,\"name\":\"g\"}],\"mismatch\":1,\"regions\":[\"r\"],"
                        "\"slips\":{\"common\":0.25,\"gpu\":{\"max\":7}},\"time\":{\"months\":12,"
                        "\"start\":\"2030-01\"}}");
    free(text);
    unload(loaded);
}

static void round_trip(const char *file) {
    struct loaded loaded = load_with(source_file(file), NULL, 0, NULL, 0);
    good(loaded);
    char *ours = scenario_json_text(scenario_effective(loaded.scenario), 0);
    char *theirs = json_dumps(scenario_effective(loaded.scenario), JSON_INDENT(2));
    for (int i = 0; i < 2; i++) {
        struct loaded again = load_text("effective", i ? theirs : ours);
        good(again);
        assert_string_equal(mm_scenario_sha256(again.scenario), mm_scenario_sha256(loaded.scenario));
        assert_true(json_equal(scenario_effective(again.scenario), scenario_effective(loaded.scenario)));
        unload(again);
    }
    free(ours);
    free(theirs);
    unload(loaded);
}

static void effective_configuration_stands_alone(void **state) {
    (void)state;
    round_trip("tests/data/every-key.yaml");
    round_trip("configs/ai-2026.yaml");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(maps_and_named_lists_merge),
                                       cmocka_unit_test(other_lists_are_replaced),
                                       cmocka_unit_test(null_removes),
                                       cmocka_unit_test(settings),
                                       cmocka_unit_test(wrong_overlays),
                                       cmocka_unit_test(wrong_settings),
                                       cmocka_unit_test(origins),
                                       cmocka_unit_test(same_hash_for_the_same_meaning),
                                       cmocka_unit_test(effective_configuration_stands_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
