/* Capacity on cases without chance (docs/model.md, sections 1, 3, 5): arrivals, ramps, late and stranded MW,
 * retirement, decisions to build, contracts. All figures by hand. */
#include "support/closed.h"
#include "support/scene.h"

#include <math.h>
#include <stdio.h>

/* --- late, stranded, ramps, retirement --- */

#define LATE_MONTHS 16

/* No spread: gpu slips by 2 months, power by 4 - 1 = 3, which binds. `old` retires in month 12 and comes up over 2
 * months, `new` over 2.5. */
static const char *const late_scene =
    "mismatch: 1\n"
    "time: {start: 2030-01, months: 16}\n"
    "regions: [north, south]\n"
    "generations: [{name: old, kh100e_per_mw: 2, ramp: 2, retires: 2031-01}, {name: new, kh100e_per_mw: 3, ramp: "
    "2.5}]\n"
    "slips: {gpu: {median: 2}, power: {median: 4, buffer: 1}}\n"
    "firms:\n"
    "  - {name: a, shares: {north: 0.8, south: 0.2}, installed: {old: 70}, phases: [\n"
    "      {name: p, region: north, generation: old, mw: 30, ready: 2030-07, committed: true},\n"
    "      {name: q, region: north, generation: old, mw: 10, ready: 2030-12, committed: true},\n"
    "      {name: r, region: south, generation: new, mw: 20, ready: 2029-11},\n"
    "      {name: s, region: south, generation: new, mw: 8, ready: 2029-12}]}\n";

/* Of a phase planned for month m: A = m + 3; usable from then on by its ramp, late while m <= t + 1 < A, stranded once
 * the GPUs are there, m + 2 <= t + 1; nothing from the retirement on. */
static double usable(int t, int m, double ramp, int retires) {
    return t >= retires ? 0 : fmin(fmax((t + 1 - (m + 3)) / ramp, 0), 1);
}

static int is_late(int t, int m, int retires) {
    return t < retires && m <= t + 1 && t + 1 < m + 3;
}

static int is_stranded(int t, int m, int retires) {
    return is_late(t, m, retires) && m + 2 <= t + 1;
}

static void late_and_stranded(void **state) {
    static const struct {
        int month, retires;
        double mw, ramp;
    } phases[] = {{6, 12, 30, 2}, {11, 12, 10, 2}, {-2, 999, 20, 2.5}, {-1, 999, 8, 2.5}};
    const struct sc_series_ref refs[] = {series_of(SC_LATE_MW, SC_NONE),
                                         series_of(SC_STRANDED_MW, SC_NONE),
                                         series_of(SC_LATE_SHARE, SC_NONE),
                                         series_of(SC_STRANDED_SHARE, SC_NONE),
                                         {SC_LATE_SHARE, SC_NONE, SC_NONE, SC_NONE, SC_POWER, SC_NONE, SC_NONE},
                                         {SC_LATE_MW, SC_NONE, SC_NONE, SC_NONE, SC_GPU, SC_NONE, SC_NONE}};
    (void)state;
    struct scene scene = scene_new(late_scene);
    scene_series(&scene, 6, refs);
    struct history history = history_of(scene);
    const struct mm_head *h = history.head;
    for (int t = 0; t < LATE_MONTHS; t++) {
        double late = 0, stranded = 0, up = t < 12 ? 70 : 0, compute = 2 * up;
        for (int j = 0; j < 4; j++) {
            const double mw = phases[j].mw, share = usable(t, phases[j].month, phases[j].ramp, phases[j].retires);
            late += mw * is_late(t, phases[j].month, phases[j].retires);
            stranded += mw * is_stranded(t, phases[j].month, phases[j].retires);
            up += mw * share;
            compute += mw * share * (j < 2 ? 2 : 3);
        }
        assert_single("capacity", history_at(&history, t, h->s_capacity), compute);
        assert_single("usable MW", history_at(&history, t, h->s_industry + MM_I_USABLE_MW), up);
        assert_single("late by power", history_at(&history, t, h->s_industry + MM_I_LATE + SC_POWER), late);
        assert_single("stranded by power", history_at(&history, t, h->s_industry + MM_I_STRANDED + SC_POWER), stranded);
        assert_single("late_mw", history_at(&history, t, h->s_slot), late);
        assert_single("stranded_mw", history_at(&history, t, h->s_slot + 1), stranded);
        assert_single("late_share", history_at(&history, t, h->s_slot + 2), late / (up + late));
        assert_single("stranded_share", history_at(&history, t, h->s_slot + 3), stranded / (up + late));
        assert_single("late_share of power", history_at(&history, t, h->s_slot + 4), late / (up + late));
        assert_single("late_mw of gpu", history_at(&history, t, h->s_slot + 5), 0);
    }
    history_free(&history);
}

/* --- decisions --- */

#define DECISION_MONTHS 30
#define LEAD 6
#define STRENGTH 1.5
#define LOW 0.7
#define HIGH 1.4
#define ADJUSTMENT 0.4

/* a's demand grows by 0.02 a month, b's shrinks by 0.06 (beta -3); c owns nothing, so that its own pressure is the
 * industry's. Phases of all are planned for months 3, 10, 11 and 24; the committed one is not scaled. */
static const char *const decision_scene =
    "mismatch: 1\n"
    "time: {start: 2030-01, months: 30}\n"
    "regions: [north]\n"
    "generations: [{name: old, kh100e_per_mw: 2}]\n"
    "inference: {trend: {2030-01: 0.24}}\n"
    "response: {lead: 6, strength: 1.5, low: 0.7, high: 1.4, own_signal: 0.6, adjustment: 0.4}\n"
    "firms:\n"
    "  - {name: a, shares: {north: 1}, installed: {old: 100}, inference: 150, demand_shares: {north: 1}, phases: [\n"
    "      {name: p, region: north, generation: old, mw: 20, ready: 2030-04},\n"
    "      {name: q, region: north, generation: old, mw: 10, ready: 2030-11},\n"
    "      {name: r, region: north, generation: old, mw: 30, ready: 2030-12},\n"
    "      {name: s, region: north, generation: old, mw: 40, ready: 2032-01},\n"
    "      {name: u, region: north, generation: old, mw: 25, ready: 2031-01, committed: true}]}\n"
    "  - {name: b, shares: {north: 1}, installed: {old: 100}, inference: 300, beta: -3, own_signal: 1, "
    "demand_shares: {north: 1}, phases: [{name: p, region: north, generation: old, mw: 5, ready: 2030-11}]}\n"
    "  - {name: c, own_signal: 0.5, phases: [{name: p, region: north, generation: old, mw: 5, ready: 2030-11}]}\n";

struct decided {
    int firm, month;
    double mw, own_signal, c;
};

/* A mean of c over the phases of firm a decided in the last 12 months, 1 where there are none. */
static double response_of_a(const struct decided *phase, int n, int t) {
    double sum = 0, weight = 0;
    for (int j = 0; j < n; j++) {
        const int month = phase[j].month - LEAD > 0 ? phase[j].month - LEAD : 0;
        if (phase[j].firm == 0 && month <= t && month >= t - 11) {
            sum += phase[j].mw * phase[j].c;
            weight += phase[j].mw;
        }
    }
    return weight > 0 ? sum / weight : 1;
}

static void decisions_to_build(void **state) {
    struct decided phase[] = {{0, 3, 20, 0.6, 1},  {0, 10, 10, 0.6, 1}, {0, 11, 30, 0.6, 1},
                              {0, 24, 40, 0.6, 1}, {1, 10, 5, 1, 1},    {2, 10, 5, 0.5, 1}};
    double y = 0, own[3] = {0, 0, 0};
    int low = 0, high = 0;
    const struct sc_series_ref refs[] = {series_of(SC_BUILD_RESPONSE, 0), series_of(SC_PRESSURE, 0),
                                         series_of(SC_PRESSURE, 2)};
    (void)state;
    struct scene scene = scene_new(decision_scene);
    scene_series(&scene, 3, refs);
    struct history history = history_of(scene);
    const struct mm_head *h = history.head;
    for (int t = 0; t < DECISION_MONTHS; t++) {
        double capacity[3] = {200 + (t >= 12 ? 50 : 0), 200, 0};
        const double demand[3] = {150 * exp(0.02 * t), 300 * exp(-0.06 * t), 0};
        for (int j = 0; j < 6; j++)
            capacity[phase[j].firm] += phase[j].month <= t ? 2 * phase[j].mw * phase[j].c : 0;
        const double ratio = (demand[0] + demand[1]) / (capacity[0] + capacity[1] + capacity[2]);
        y = t == 0 ? log(ratio) : y + ADJUSTMENT * (log(ratio) - y);
        for (int f = 0; f < 3; f++) {
            const double r = capacity[f] > 0 ? fmax(demand[f] / capacity[f], 1e-6) : ratio;
            own[f] = t == 0 ? log(r) : own[f] + ADJUSTMENT * (log(r) - own[f]);
            assert_single("capacity", history_at(&history, t, h->s_capacity + f), capacity[f]);
            if (f != 1)
                assert_close("pressure", history_at(&history, t, h->s_slot + (f == 0 ? 1 : 2)), r, 1e-5 * r);
        }
        for (int j = 0; j < 6; j++)
            if (t == (phase[j].month - LEAD > 0 ? phase[j].month - LEAD : 0)) {
                const double w = phase[j].own_signal, signal = w * own[phase[j].firm] + (1 - w) * y;
                phase[j].c = fmin(fmax(exp(STRENGTH * signal), LOW), HIGH);
                low += phase[j].c <= LOW;
                high += phase[j].c >= HIGH;
            }
        assert_single("build_response", history_at(&history, t, h->s_slot), response_of_a(phase, 6, t));
    }
    assert_true(low == 1 && high == 1); /* both bounds are met, and four decisions lie between */
    history_free(&history);
}

/* Lead 1: decided in the month in which it becomes late; it is late with its new scale. */
static void decided_and_late_in_one_month(void **state) {
    (void)state;
    struct history history = history_of(scene_new(
        "mismatch: 1\n"
        "time: {start: 2030-01, months: 8}\n"
        "regions: [north]\n"
        "generations: [{name: old, kh100e_per_mw: 1}]\n"
        "slips: {shell: {median: 2}}\n"
        "response: {lead: 1, strength: 1, low: 0.1, high: 10, own_signal: 0}\n"
        "firms: [{name: a, shares: {north: 1}, installed: {old: 100}, inference: 150, demand_shares: {north: 1},\n"
        "  phases: [{name: p, region: north, generation: old, mw: 8, ready: 2030-05}]}]\n"));
    const struct mm_head *h = history.head;
    for (int t = 0; t < 8; t++) {
        assert_single("late", history_at(&history, t, h->s_industry + MM_I_LATE + SC_SHELL), t == 3 || t == 4 ? 12 : 0);
        assert_single("capacity", history_at(&history, t, h->s_capacity), t < 6 ? 100 : 112);
    }
    history_free(&history);
}

/* --- contracts --- */

/* a owns 75 old and 300 new compute in north, 25 and 100 in south; b owns 40 old in north, c nothing. Shares: a gives c
 * 0.2 always and b 0.3 in months 2 ... 7 and 12 ... 13; b gives c half of what it owns. MW of old in north: a owes b
 * 100 in months 4 and 5 and c 50 in months 4 ... 9; b owes c 30 in months 12 and 13. Reserves 0.05, 0.1, 0.2. */
static const char *const contract_scene =
    "mismatch: 1\n"
    "time: {start: 2030-01, months: 16}\n"
    "regions: [north, south]\n"
    "generations: [{name: old, kh100e_per_mw: 1}, {name: new, kh100e_per_mw: 2}]\n"
    "firms:\n"
    "  - {name: a, shares: {north: 0.75, south: 0.25}, installed: {old: 100, new: 200}, reserve: 0.05}\n"
    "  - {name: b, shares: {north: 1}, installed: {old: 40}, reserve: 0.1}\n"
    "  - {name: c, reserve: 0.2}\n"
    "contracts:\n"
    "  - {lessor: a, lessee: b, share: 0.3, from: 2030-03, until: 2030-09}\n"
    "  - {lessor: a, lessee: c, share: 0.2}\n"
    "  - {lessor: b, lessee: c, share: 0.5}\n"
    "  - {lessor: a, lessee: b, share: 0.3, from: 2031-01, until: 2031-03}\n"
    "  - {lessor: a, lessee: b, mw: 100, region: north, generation: old, from: 2030-05, until: 2030-07}\n"
    "  - {lessor: a, lessee: c, mw: 50, region: north, generation: old, from: 2030-05, until: 2030-11}\n"
    "  - {lessor: b, lessee: c, mw: 30, region: north, generation: old, from: 2031-01, until: 2031-03}\n";

static void contracts_by_hand(void **state) {
    /* what each holds of old in north, and of new in north, before its reserve */
    static const struct {
        int month;
        double old_north[3], new_north[3];
    } cases[] = {
        {0, {60, 20, 35}, {240, 0, 60}},
        {2, {37.5, 42.5, 35}, {150, 90, 60}},
        {4, {0, 67.5, 47.5}, {150, 90, 60}}, /* 150 are owed and 37.5 are there: a quarter each */
        {6, {0, 42.5, 72.5}, {150, 90, 60}}, /* 50 are owed, 37.5 are there */
        {8, {10, 20, 85}, {240, 0, 60}},     /* 50 of 60 */
        {10, {60, 20, 35}, {240, 0, 60}},
        {12,
         {37.5, 22.5, 55},
         {150, 90, 60}}, /* b owes 30 and has 20 of its own left, what it receives doesn't count */
        {14, {60, 20, 35}, {240, 0, 60}},
    };
    static const double kept[3] = {0.95, 0.9, 0.8};
    (void)state;
    struct history history = history_of(scene_new(contract_scene));
    const struct mm_head *h = history.head;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int f = 0; f < 3; f++)
            for (int t = cases[i].month; t < cases[i].month + 2; t++) {
                const int cell = h->s_held + f * 4;
                const double *old_north = cases[i].old_north, *new_north = cases[i].new_north;
                assert_single("old in north", history_at(&history, t, cell), kept[f] * old_north[f]);
                assert_single("new in north", history_at(&history, t, cell + 1), kept[f] * new_north[f]);
                /* the south has the same shares and no MW contract: a third of a's north */
                assert_single("new in south", history_at(&history, t, cell + 3), kept[f] * new_north[f] / 3);
                const double shared = 25 * new_north[f] / 300;
                assert_single("old in south", history_at(&history, t, cell + 2), kept[f] * shared);
                assert_single("capacity", history_at(&history, t, h->s_capacity + f),
                              kept[f] * (old_north[f] + new_north[f] * 4 / 3 + shared));
            }
    history_free(&history);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(late_and_stranded),
        cmocka_unit_test(decisions_to_build),
        cmocka_unit_test(decided_and_late_in_one_month),
        cmocka_unit_test(contracts_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
