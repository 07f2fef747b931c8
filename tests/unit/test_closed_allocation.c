/* Allocation inside a firm (docs/model.md, section 4) and the market between firms (section 6), on cases worked out by
 * hand. */
#include "support/closed.h"
#include "support/scene.h"

#include <math.h>
#include <stdio.h>

/* --- one firm, three regions --- */

/* What is there of both classes, what is asked for, and what must be left of each. Inference 100 by shares 0.5, 0.3,
 * 0.2, of which 0.4 needs the frontier: N = 20, 12, 8; A = 30, 18, 12. */
struct allocation {
    double old_held[3], new_held[3];
    double training, portable;
    double old_left[3], new_left[3], unserved_n[3], unserved_a[3], unserved_t;
};

static const struct allocation allocations[] = {
    /* 1: A is left with 0, 18, 2. 2: training takes 24 of 60, 12, 6, 18 are left. 3: north lacks N 8; south has 6 for
     * 30, a fifth of each is served; west serves all. 4: N may move 8 and 6 and finds 8; nothing is left for A. */
    {{30, 0, 10},
     {20, 10, 30},
     24,
     0.5,
     {0, 0, 0},
     {0, 0, 0},
     {8 - 8 * 8 / 14.0, 9.6 - 6 * 8 / 14.0, 0},
     {0, 14.4, 0},
     0},
    /* Old is left in north, 30. Training takes a fifth of new. West serves 0.8 of 20. N may move 6 and 1.6 and finds
     * 4; A may move 9 and 2.4 and finds all of it in old of north. */
    {{60, 0, 0},
     {30, 0, 20},
     10,
     0.5,
     {18.6, 0, 0},
     {0, 0, 0},
     {0, 12 - 6 * 4 / 7.6, 1.6 - 1.6 * 4 / 7.6},
     {0, 9, 0},
     0},
    /* The same when nothing may move. */
    {{60, 0, 0}, {30, 0, 20}, 10, 0, {30, 0, 0}, {4, 0, 0}, {0, 12, 1.6}, {0, 18, 2.4}, 0},
    /* The same when everything may: N lacks 13.6 and finds 4; A lacks 20.4 and finds it, old 9.6 stays. */
    {{60, 0, 0},
     {30, 0, 20},
     10,
     1,
     {9.6, 0, 0},
     {0, 0, 0},
     {0, 12 - 12 * 4 / 13.6, 1.6 - 1.6 * 4 / 13.6},
     {0, 0, 0},
     0},
    /* Training goes before inference: it takes all of new and lacks 50. A of west lacks 7 and finds it in the 10 and 2
     * of old that are left, pro rata. */
    {{40, 20, 5}, {30, 0, 20}, 100, 1, {50 / 12.0, 10 / 12.0, 0}, {0, 0, 0}, {20, 12, 8}, {0, 0, 0}, 50},
    /* 62 of old and 10, 0, 4 of new are left. N of south moves, 12 of these 14; then A of south, 18 of 62 + 2. */
    {{92, 0, 12},
     {30, 0, 12},
     0,
     1,
     {62 * 46 / 64.0, 0, 0},
     {20 / 14.0 * 46 / 64, 0, 8 / 14.0 * 46 / 64},
     {0, 0, 0},
     {0, 0, 0},
     0},
};

static struct history allocate(const struct allocation *a) {
    char phases[1024];
    size_t at = 0;
    static const char *const regions[] = {"north", "south", "west"};
    for (int g = 0; g < 2; g++)
        for (int r = 0; r < 3; r++) {
            const double mw = g == 0 ? a->old_held[r] : a->new_held[r];
            if (mw > 0)
                at += (size_t)snprintf(phases + at, sizeof phases - at,
                                       "%s{name: p%d%d, region: %s, generation: %s, mw: %g, ready: 2030-01}",
                                       at > 0 ? ", " : "", g, r, regions[r], g == 0 ? "old" : "new", mw);
        }
    return history_of(scene_format(
        "mismatch: 1\n"
        "time: {start: 2030-01, months: 2}\n"
        "regions: [north, south, west]\n"
        "generations: [{name: old, kh100e_per_mw: 1}, {name: new, kh100e_per_mw: 1}]\n"
        "training_span: 0\n"
        "inference: {portable: %g, frontier_share: 0.4}\n"
        "firms: [{name: a, phases: [%s], inference: 100, demand_shares: {north: 0.5, south: 0.3, west: 0.2},\n"
        "  training: {first: 2031-01, cadence: 12, duration: {median: 1}, size: {mean: 1}, research: %g}}]\n",
        a->portable, phases, a->training));
}

static void check_allocation(const struct allocation *a) {
    struct history history = allocate(a);
    const struct mm_head *h = history.head;
    double left = 0, held = 0, unserved = a->unserved_t;
    for (int r = 0; r < 3; r++) {
        assert_single("old", history_at(&history, 1, h->s_old + r), a->old_held[r]);
        assert_single("new", history_at(&history, 1, h->s_new + r), a->new_held[r]);
        assert_close("spare old", history_at(&history, 1, h->s_spare_old + r), a->old_left[r], 2e-5);
        assert_close("spare new", history_at(&history, 1, h->s_spare_new + r), a->new_left[r], 2e-5);
        assert_close("unserved N", history_at(&history, 1, h->s_un + r), a->unserved_n[r], 2e-5);
        assert_close("unserved A", history_at(&history, 1, h->s_ua + r), a->unserved_a[r], 2e-5);
        left += a->old_left[r] + a->new_left[r];
        held += a->old_held[r] + a->new_held[r];
        unserved += a->unserved_n[r] + a->unserved_a[r];
    }
    assert_close("unserved training", history_at(&history, 1, h->s_ut), a->unserved_t, 2e-5);
    assert_close("unserved", history_at(&history, 1, h->s_unmet), unserved, 5e-5);
    /* the case itself: what is used is what is served */
    assert_close("the case", held - left, 100 + a->training - unserved, 1e-9);
    history_free(&history);
}

static void allocation_in_order(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof allocations / sizeof allocations[0]; i++)
        check_allocation(&allocations[i]);
}

/* The frontier: from the newest generation that is available, less the span, on; the first where none is yet. */
static void frontier_by_month(void **state) {
    /* MW of the three generations: 1, 2, 4; mid comes in month 3, new in month 6 */
    static const double old_by_span[3][3] = {{0, 1, 3}, {0, 0, 1}, {0, 0, 0}};
    (void)state;
    for (int span = 0; span < 3; span++) {
        struct history history =
            history_of(scene_format("mismatch: 1\n"
                                    "time: {start: 2030-01, months: 9}\n"
                                    "regions: [north]\n"
                                    "generations: [{name: old, kh100e_per_mw: 1, available: 2029-01}, {name: mid, "
                                    "kh100e_per_mw: 1, available: %s},\n"
                                    "  {name: new, kh100e_per_mw: 1, available: %s}]\n"
                                    "training_span: %d\n"
                                    "firms: [{name: a, shares: {north: 1}, installed: {old: 1, mid: 2, new: 4}}]\n",
                                    date(3), date(6), span));
        for (int t = 0; t < 9; t++) {
            assert_single("old", history_at(&history, t, history.head->s_old), old_by_span[span][t / 3]);
            assert_single("new", history_at(&history, t, history.head->s_new), 7 - old_by_span[span][t / 3]);
        }
        history_free(&history);
    }
}

/* --- the market --- */

/* Sellers without a demand of their own, the second one a merchant; buyers without capacity. */
static const char *const market_head =
    "mismatch: 1\n"
    "time: {start: 2030-01, months: 2}\n"
    "regions: [north, south]\n"
    "generations: [{name: old, kh100e_per_mw: 1}, {name: new, kh100e_per_mw: 1}]\n"
    "training_span: 0\n"
    "market: {elasticity: 0, offer: 0.5}\n"
    "firms:\n"
    "  - {name: s, phases: [{name: p, region: north, generation: old, mw: 100, ready: 2030-01},\n"
    "      {name: q, region: north, generation: new, mw: 100, ready: 2030-01},\n"
    "      {name: r, region: south, generation: new, mw: 20, ready: 2030-01}]}\n"
    "  - {name: m, merchant: true, offer: 0.9, phases: [{name: p, region: south, generation: old, mw: 30, ready: "
    "2030-01},\n"
    "      {name: q, region: south, generation: new, mw: 60, ready: 2030-01}]}\n"
    "  - {name: t, training: {first: 2031-01, cadence: 12, duration: {median: 1}, size: {mean: 1}, research: 70}}\n";

enum {
    M_UNSOLD_S,
    M_UNSOLD_M,
    M_BOUGHT_B,
    M_BOUGHT_T,
    M_IDLE_S,
    M_IDLE_M,
    M_SPARE_M,
    M_UNMET_B,
    M_NORTH_OLD,
    M_UNMET,
    M_COUNT
};

static struct history market(const char *buyers) {
    struct sc_series_ref refs[M_COUNT] = {[M_UNSOLD_S] = series_of(SC_UNSOLD_SHARE, 0),
                                          [M_UNSOLD_M] = series_of(SC_UNSOLD_SHARE, 1),
                                          [M_BOUGHT_B] = series_of(SC_BOUGHT_SHARE, 3),
                                          [M_BOUGHT_T] = series_of(SC_BOUGHT_SHARE, 2),
                                          [M_IDLE_S] = series_of(SC_IDLE_SHARE, 0),
                                          [M_IDLE_M] = series_of(SC_IDLE_SHARE, 1),
                                          [M_SPARE_M] = series_of(SC_SPARE_SHARE, 1),
                                          [M_UNMET_B] = series_of(SC_UNMET_SHARE, 3),
                                          [M_NORTH_OLD] = {SC_UNSOLD_SHARE, 0, 0, 0, SC_NONE, SC_NONE, SC_NONE},
                                          [M_UNMET] = series_of(SC_UNMET, SC_NONE)};
    struct scene scene = scene_format("%s%s", market_head, buyers);
    scene_series(&scene, M_COUNT, refs);
    return history_of(scene);
}

static void check_market(const char *buyers, const double expected[M_COUNT]) {
    static const char *const names[M_COUNT] = {"unsold s", "unsold m", "bought b", "bought t",           "idle s",
                                               "idle m",   "spare m",  "unmet b",  "unsold s north old", "unmet"};
    struct history history = market(buyers);
    for (int i = 0; i < M_COUNT; i++)
        assert_single(names[i], history_at(&history, 1, history.head->s_slot + i), expected[i]);
    history_free(&history);
}

/* Offers: north old 50, new 50; south old 27, new 64. b lacks N 30, 20 and A 30, 20; c lacks N 5, 15 and A 15, 45;
 * t 70. North: m1 = min(50, 45), m2 = min(50, 35), 15 of new are left. South: m1 = min(27, 65), m2 = min(64, 35 + 38)
 * serves 64/73 of each. m3 = min(15, 70). */
static void market_where_the_south_is_short(void **state) {
    const double part = 64 / 73.0, of_a = (27 + 38 * part) / 65;
    const double expected[M_COUNT] = {
        [M_UNSOLD_S] = (100 - 45 + 100 - 50 + 20 - 10) / 220.0,
        [M_UNSOLD_M] = 0.1,
        [M_BOUGHT_B] = (30 + 30 + 20 * part + 20 * of_a) / 100,
        [M_BOUGHT_T] = 15 / 70.0,
        [M_IDLE_S] = 1,   /* spare: s is no merchant */
        [M_IDLE_M] = 0.1, /* unsold: m is one */
        [M_SPARE_M] = 1,
        [M_UNMET_B] = 1,
        [M_NORTH_OLD] = 0.55,
        [M_UNMET] = (9 + 55) / 250.0,
    };
    (void)state;
    check_market("  - {name: b, inference: 100, frontier_share: 0.5, demand_shares: {north: 0.6, south: 0.4}}\n"
                 "  - {name: c, inference: 80, frontier_share: 0.25, demand_shares: {north: 0.25, south: 0.75}}\n",
                 expected);
}

/* b lacks N 6, 4 and A 6, 4, and gets all: m1 = 6, 4, m2 = 6, 4. 44 and 60 of new are left for training, which takes 70
 * of them pro rata. m's new in the south is 54 of the 64 that are offered. */
static void market_with_training_left(void **state) {
    const double north = 6 + 44 * 70 / 104.0, south = 4 + 60 * 70 / 104.0;
    const double expected[M_COUNT] = {
        [M_UNSOLD_S] = (220 - 6 - north - south * 10 / 64) / 220,
        [M_UNSOLD_M] = (90 - 4 - south * 54 / 64) / 90,
        [M_BOUGHT_B] = 1,
        [M_BOUGHT_T] = 1,
        [M_IDLE_S] = 1,
        [M_IDLE_M] = (90 - 4 - south * 54 / 64) / 90,
        [M_SPARE_M] = 1,
        [M_UNMET_B] = 1,
        [M_NORTH_OLD] = 0.94,
        [M_UNMET] = 0,
    };
    (void)state;
    check_market("  - {name: b, inference: 20, frontier_share: 0.5, demand_shares: {north: 0.6, south: 0.4}}\n",
                 expected);
}

/* --- who sells --- */

/* a's demand is 100 exp(-0.02 t) to month 18, then it grows by 0.05 a month; b is large, its D/S the price. */
static struct history selling(double price, int months) {
    const struct sc_series_ref refs[] = {series_of(SC_SELLING, 0), series_of(SC_STARTS_SELLING, 0),
                                         series_of(SC_SELLING, 2), series_of(SC_STARTS_SELLING, 2)};
    struct scene scene = scene_format(
        "mismatch: 1\n"
        "time: {start: 2030-01, months: 30}\n"
        "regions: [north]\n"
        "generations: [{name: old, kh100e_per_mw: 1}]\n"
        "inference: {trend: {2030-01: -0.24, 2031-07: 0.6}}\n"
        "market: {hurdle: 0.15, months: %d}\n"
        "firms:\n"
        "  - {name: a, shares: {north: 1}, installed: {old: 100}, inference: 100, demand_shares: {north: 1}}\n"
        "  - {name: b, shares: {north: 1}, installed: {old: 1000000}, inference: %g, beta: 0, demand_shares: {north: "
        "1}}\n"
        "  - {name: m, merchant: true}\n",
        months, 1000000 * price);
    scene_series(&scene, 4, refs);
    return history_of(scene);
}

/* Selling is worth it while p (1 - exp(-level)) >= 0.15, and begins once that has held for `months` months. At price 1
 * from month 9 (1 - exp(-0.18) = 0.165; month 8: 0.148) to 21 (0.189; month 22: 0.148); at price 2 from 4 (0.154; month
 * 3: 0.116) to 23 (0.209; month 24: 0.116). */
static void selling_after_months(void **state) {
    static const struct {
        double price;
        int months, first, last;
    } cases[] = {{1, 1, 9, 21}, {1, 3, 11, 21}, {2, 1, 4, 23}, {2, 3, 6, 23}, {2, 12, 15, 23}, {1, 14, 30, 29}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct history history = selling(cases[i].price, cases[i].months);
        const int slot = history.head->s_slot;
        for (int t = 0; t < 30; t++) {
            assert_single("sells", history_at(&history, t, slot), t >= cases[i].first && t <= cases[i].last);
            assert_single("starts", history_at(&history, t, slot + 1), t == cases[i].first);
            assert_single("a merchant sells", history_at(&history, t, slot + 2), 1);
            assert_single("a merchant never starts", history_at(&history, t, slot + 3), 0);
        }
        history_free(&history);
    }
}

/* Months before 0 meet the condition exactly if month 0 does: with a third spare from the start the firm sells at once
 * and has not started; demand then catches up, and the next time it must wait. */
static void selling_from_the_start(void **state) {
    const struct sc_series_ref refs[] = {series_of(SC_SELLING, 0), series_of(SC_STARTS_SELLING, 0)};
    (void)state;
    struct scene scene = scene_new(
        "mismatch: 1\n"
        "time: {start: 2030-01, months: 30}\n"
        "regions: [north]\n"
        "generations: [{name: old, kh100e_per_mw: 1}]\n"
        "inference: {trend: {2030-01: 0.6, 2031-01: -0.6}}\n"
        "market: {elasticity: 0, hurdle: 0.2, months: 4}\n"
        "firms: [{name: a, shares: {north: 1}, installed: {old: 150}, inference: 100, demand_shares: {north: 1}}]\n");
    scene_series(&scene, 2, refs);
    struct history history = history_of(scene);
    for (int t = 0; t < 30; t++) {
        const double level = t < 12 ? 0.05 * t : 0.6 - 0.05 * (t - 12);
        const int worth = 1 - exp(level) / 1.5 >= 0.2; /* months 0 ... 3 and from 21 on */
        assert_int_equal(worth, t <= 3 || t >= 21);
        assert_single("sells", history_at(&history, t, history.head->s_slot), t <= 3 || t >= 24);
        assert_single("starts", history_at(&history, t, history.head->s_slot + 1), t == 24);
    }
    history_free(&history);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocation_in_order),
        cmocka_unit_test(frontier_by_month),
        cmocka_unit_test(market_where_the_south_is_short),
        cmocka_unit_test(market_with_training_left),
        cmocka_unit_test(selling_after_months),
        cmocka_unit_test(selling_from_the_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
