/* States of the industry and thresholds that are met exactly (docs/model.md, sections 0, 5, 6): v >= a holds at v = a,
 * v < a is its negation, sides that are empty have their own rules. Nothing here is random. */
#include "support/closed.h"
#include "support/scene.h"

#include <math.h>
#include <stdio.h>

#define PATHS 64

/* Capacity 100 in north; demand in north, and `south` where there is nothing. */
static struct scene industry(double capacity, double north, double south) {
    char demand[200] = "";
    if (north + south > 0)
        snprintf(demand, sizeof demand, ", inference: %.9g, demand_shares: {north: %.12g, south: %.12g}", north + south,
                 north / (north + south), south / (north + south));
    return scene_format("mismatch: 1\n"
                        "time: {start: 2030-01, months: 2}\n"
                        "regions: [north, south]\n"
                        "generations: [{name: old, kh100e_per_mw: 1}]\n"
                        "inference: {portable: 0}\n"
                        "market: {price_min: 0.25, price_max: 8, elasticity: 2}\n"
                        "firms: [{name: a, shares: {north: 1}, installed: {old: %.9g}%s}]\n",
                        capacity, demand);
}

struct industry_case {
    double capacity, north, south;
    int state; /* shortage, glut, friction, balanced */
    double gap, slack, price, unmet;
};

static void states_and_ties(void **state) {
    static const struct industry_case cases[] = {
        {95, 100, 0, 0, 0.05, -5 / 95.0, 1e4 / (95.0 * 95), 0.05}, /* gap = 0.05: shortage */
        {95.01, 100, 0, 3, 0.0499, -4.99 / 95.01, 1e4 / (95.01 * 95.01), 0.0499},
        {100, 90, 0, 1, -1 / 9.0, 0.1, 0.81, 0}, /* slack = 0.1: glut */
        {100, 90.01, 0, 3, -9.99 / 90.01, 0.0999, 0.8101800, 0},
        {100, 95, 5, 2, 0, 0, 1, 0.05}, /* unmet = 0.05: friction */
        {100, 95.01, 4.99, 3, 0, 0, 1, 0.0499},
        {100, 50, 30, 1, -0.25, 0.2, 0.64, 0.375}, /* glut goes before friction */
        {100, 10, 0, 1, -9, 0.9, 0.25, 0},         /* price_min */
        {100, 500, 0, 0, 0.8, -4, 8, 0.8},         /* price_max */
        {0, 80, 20, 0, 1, -1e6, 8, 1},             /* no supply */
        {100, 0, 0, 1, -1e6, 1, 0.25, 0},          /* no demand */
        {0, 0, 0, 3, 0, 0, 0.25, 0},               /* neither */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct industry_case *c = &cases[i];
        struct history history = history_of(industry(c->capacity, c->north, c->south));
        const int at = history.head->s_industry;
        assert_single("gap", history_at(&history, 1, at + MM_I_GAP), c->gap);
        assert_single("slack", history_at(&history, 1, at + MM_I_SLACK), c->slack);
        assert_close("price", history_at(&history, 1, at + MM_I_PRICE), c->price, 3e-6 * c->price);
        assert_single("unmet", history_at(&history, 1, at + MM_I_UNMET), c->unmet);
        for (int s = 0; s < MM_STATES; s++)
            assert_int_equal(history_whole_at(&history, 1, at + MM_I_STATE + s), s == c->state ? -1 : 0);
        history_free(&history);
    }
}

/* Met up to rounding: of 60 industries that are all exactly at a threshold, some come out a little below it in single
 * precision, and none may be missed. */
static void thresholds_met_up_to_rounding(void **state) {
    int rounded_down = 0;
    (void)state;
    for (int i = 1; i <= 60; i++) {
        const double size = 0.37 * i;
        const double capacity[] = {0.95 * size, size, size}, north[] = {size, 0.9 * size, 0.95 * size};
        for (int s = 0; s < 3; s++) { /* shortage, glut, friction */
            struct history history = history_of(industry(capacity[s], north[s], s == 2 ? 0.05 * size : 0));
            const int at = history.head->s_industry;
            const int values[] = {MM_I_GAP, MM_I_SLACK, MM_I_UNMET};
            const float thresholds[] = {0.05F, 0.1F, 0.05F};
            rounded_down += (float)history_at(&history, 1, at + values[s]) < thresholds[s];
            assert_int_equal(history_whole_at(&history, 1, at + MM_I_STATE + s), -1);
            history_free(&history);
        }
    }
    assert_true(rounded_down > 10);
}

/* A merchant that offers 0.9 and sells all of it has a share of 0.1 left, which is idle at a threshold of 0.1, in a
 * coexistence question and in a condition; `below` is the negation. The industry's gap is exactly 0.05. */
static const char *const cleared =
    "mismatch: 1\n"
    "time: {start: 2030-01, months: 3}\n"
    "regions: [north]\n"
    "generations: [{name: old, kh100e_per_mw: 1}]\n"
    "firms:\n"
    "  - {name: m, shares: {north: 1}, installed: {old: 47.5}, merchant: true, offer: 0.9}\n"
    "  - {name: b, shares: {north: 1}, installed: {old: 47.5}, inference: 100, demand_shares: {north: 1}}\n"
    "events:\n"
    "  idle: {all_of: [{series: idle_share, firm: m, at_least: 0.1}]}\n"
    "  busy: {all_of: [{series: idle_share, firm: m, below: 0.1}]}\n"
    "  short: {all_of: [{series: gap, at_least: 0.05}, {series: state_shortage, at_least: 1}]}\n"
    "  both: {all_of: [{event: idle}, {event: short}]}\n"
    "questions:\n"
    "  - {name: q-idle, probability: {event: idle}}\n"
    "  - {name: q-busy, probability: {event: busy}}\n"
    "  - {name: q-both, probability: {event: both}}\n"
    "  - {name: map, coexistence: {series: idle_share, at_least: 0.1, by: [[firm], [firm, region], [firm, generation], "
    "[firm, region, generation]]}}\n"
    "  - {name: more, coexistence: {series: idle_share, at_least: 0.1001, by: [[firm]]}}\n"
    "  - {name: before, coexistence: {series: spare_share, at_least: 0.5, by: [[firm]]}}\n";

static void merchant_that_is_cleared(void **state) {
    (void)state;
    struct scene scene = scene_new(cleared);
    json_t *result = scene_run(&scene, PATHS);
    assert_close("idle", number_at(result, "questions/q-idle/ever/p"), 1, 0);
    assert_close("busy", number_at(result, "questions/q-busy/ever/p"), 0, 0);
    assert_close("idle and short", number_at(result, "questions/q-both/mean_months/value"), 3, 0);
    /* entries: m, b by firm, by region, by generation, by cell */
    for (int i = 0; i < 8; i++) {
        char path[64];
        snprintf(path, sizeof path, "questions/map/entries/%d/both/shortage/p", i);
        assert_close(path, number_in(result, path, 1), i % 2 == 0, 0);
    }
    assert_close("more than it has", number_in(result, "questions/more/entries/0/both/shortage/p", 1), 0, 0);
    assert_close("spare", number_in(result, "questions/before/entries/0/both/shortage/p", 1), 1, 0);
    assert_close("spare of b", number_in(result, "questions/before/entries/1/both/shortage/p", 1), 0, 0);
    json_decref(result);
    scene_free(&scene);
}

/* Late and stranded MW by layer: gpu slips by 2 months, power by 3 and so binds. */
static void what_binds(void **state) {
    (void)state;
    struct scene scene = scene_new("mismatch: 1\n"
                                   "time: {start: 2030-01, months: 12}\n"
                                   "regions: [north]\n"
                                   "generations: [{name: old, kh100e_per_mw: 1}]\n"
                                   "slips: {gpu: {median: 2}, power: {median: 3}}\n"
                                   "firms: [{name: a, phases: [{name: p, region: north, generation: old, mw: 40, "
                                   "ready: 2030-05, committed: true}]}]\n"
                                   "questions: [{name: layers, binding: {}}]\n");
    json_t *result = scene_run(&scene, PATHS);
    /* late in months 3, 4, 5 (m = 4 <= t + 1 < 7), stranded in month 5 (6 <= t + 1) */
    for (int t = 0; t < 12; t++) {
        assert_close("late_mw", number_in(result, "industry/late_mw/power/value", t), t >= 3 && t <= 5 ? 40 : 0, 1e-3);
        assert_close("stranded", number_in(result, "industry/stranded_mw/power/value", t), t == 5 ? 40 : 0, 1e-3);
        if (t >= 3 && t <= 5) {
            assert_close("power binds", number_in(result, "questions/layers/late/power", t), 1, 1e-9);
            assert_close("gpu does not", number_in(result, "questions/layers/late/gpu", t), 0, 1e-9);
        }
    }
    json_decref(result);
    scene_free(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_and_ties),
        cmocka_unit_test(thresholds_met_up_to_rounding),
        cmocka_unit_test(merchant_that_is_cleared),
        cmocka_unit_test(what_binds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
