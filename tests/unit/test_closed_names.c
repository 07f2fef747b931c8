/* Names (docs/model.md, section 9): a world of three states in which every path of a state is the same, so that moves
 * can be worked out by hand; when suppliers book; readings. */
#include "support/closed.h"
#include "support/scene.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Three regimes that never change: calm, boom (news, and no outcome), bust (news, and the outcome). Demand grows by
 * exp(g t / 12). A cloud of 200 MW gives a quarter and then 20 MW to a tenant, serves itself, and sells 80 % of the
 * rest to the tenant, who lacks compute. A builder's phases are far enough away to add nothing to supply before
 * month 12. */
#define AS_OF 2
#define HORIZON 8
static const double growth[] = {0, 3, -3}; /* calm, boom, bust */
static const char *const world =
    "mismatch: 1\n"
    "time: {start: 2030-01, months: 20}\n"
    "regions: [north]\n"
    "generations: [{name: old, kh100e_per_mw: 1}, {name: new, kh100e_per_mw: 1, available: 2031-12, ships: 2030-01}]\n"
    "regimes: {names: [calm, boom, bust], initial: [0.5, 0.3, 0.2], monthly: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], "
    "growth: [0, 3, -3], training: [1, 1, 1]}\n"
    "response: {lead: 6, strength: 0.5, low: 0.6, high: 1.5, own_signal: 0, adjustment: 1}\n"
    "firms:\n"
    "  - {name: cloud, shares: {north: 1}, installed: {old: 200}, merchant: true, offer: 0.8, inference: 60, "
    "demand_shares: {north: 1}}\n"
    "  - {name: tenant, inference: 100, demand_shares: {north: 1}}\n"
    "  - name: builder\n"
    "    shares: {north: 1}\n"
    "    phases:\n"
    "      - {name: sure, region: north, generation: old, mw: 10, ready: 2031-02, committed: true}\n" /* 13 */
    "      - {name: off, region: north, generation: old, mw: 99, ready: 2031-02, committed: true, cancel: 1}\n"
    "      - {name: open, region: north, generation: new, mw: 40, ready: 2031-01}\n" /* 12 */
    "contracts:\n"
    "  - {name: part, lessor: cloud, lessee: tenant, share: 0.25}\n"
    "  - {name: block, lessor: cloud, lessee: tenant, mw: 20, region: north, generation: old}\n"
    "names:\n"
    "  - {name: cloud, cloud: {firm: cloud, contract_rate: 2, spot_rate: 3, service_rate: 5, other: -40}, leverage: "
    "1.5, "
    "observed: 0.1}\n"
    "  - {name: early, supplier: {lead: 8, per_mw: {old: 1, new: 2}}, observed: 0.5}\n"
    "  - {name: late, supplier: {lead: 5, per_mw: {old: 3, new: 7}}, leverage: 2, observed: 0.2}\n"
    "  - {name: unseen, supplier: {lead: 5, per_mw: {old: 3, new: 7}}}\n"
    "valuation: {horizon: 8, discount: 0.2}\n"
    "events:\n"
    "  news: {any_of: [{series: regime_boom, at_least: 1}, {series: regime_bust, at_least: 1}]}\n"
    "  bust: {all_of: [{series: regime_bust, at_least: 1}]}\n"
    "questions:\n"
    "  - {name: q, pattern: {as_of: 2030-03, news: {event: news, within: 2}, outcome: {event: bust, within: 3}, "
    "spread: "
    "1, competitor: {contracts: {part: {until: 2030-04}, block: {until: 2030-04}}, names: {cloud: {cloud: {other: "
    "-30}}}}}}\n";

/* Revenue of the cloud in month t; under the overlay, where nothing is given any more, it earns 10 more beside. */
static double cloud_revenue(double g, int t, double given) {
    const double x = exp(g * t / 12), own = 60 * x, held = 200 - given, served = fmin(own, held);
    const double lack = fmax(0, 100 * x - given), sold = fmin(0.8 * (held - served), lack);
    const double price = fmin(10, fmax(0.1, 160 * x / 200));
    return 2 * given + 3 * price * sold + 5 * served - (given > 0 ? 40 : 30);
}

/* c of the open phase, decided in month 6. */
static double response(double g) {
    return fmin(1.5, fmax(0.6, sqrt(160 * exp(g * 6 / 12) / 200)));
}

/* Revenue of a supplier in month t: the sure phase `lead` months before month 13, the open one before month 12, but not
 * before its decision. */
static double supplier_revenue(double g, int t, int lead, double old, double new) {
    const int open = 12 - lead > 6 ? 12 - lead : 6;
    return (t == 13 - lead ? 10 * old : 0) + (t == open ? 40 * response(g) * new : 0);
}

static double revenue(int name, double g, int t, double given) {
    switch (name) {
    case 0:
        return cloud_revenue(g, t, given);
    case 1:
        return supplier_revenue(g, t, 8, 1, 2);
    default:
        return supplier_revenue(g, t, 5, 3, 7);
    }
}

static double value(int name, double g, double given) {
    double sum = 0;
    for (int t = 0; t < HORIZON; t++)
        sum += revenue(name, g, AS_OF + 1 + t, given) / pow(1.2, t / 12.0);
    return sum;
}

static const char *const names[] = {"cloud", "early", "late", "unseen"};
static const double leverage[] = {1.5, 1, 2, 1}, observed[] = {0.1, 0.5, 0.2};

static double figure(const json_t *result, const char *name, const char *what) {
    char path[128];
    snprintf(path, sizeof path, "questions/q/names/%s/%s", name, what);
    return number_at(result, path);
}

static void moves_by_hand(void **state) {
    (void)state;
    struct scene scene = scene_new(world);
    json_t *result = scene_run(&scene, 4000);
    const double bust = number_at(result, "questions/q/paths/with_outcome");
    const double boom = number_at(result, "questions/q/paths/without"), calm = 4000 - bust - boom;
    assert_close("news", number_at(result, "questions/q/news/p"), (bust + boom) / 4000, 1e-12);
    assert_close("outcome", number_at(result, "questions/q/outcome_given_news/p"), bust / (bust + boom), 1e-10);
    assert_true(bust > 600 && boom > 1000 && calm > 1800);
    for (int i = 0; i < 4; i++) {
        const double v[] = {value(i, growth[0], 70), value(i, growth[1], 70), value(i, growth[2], 70)};
        const double base = (calm * v[0] + boom * v[1] + bust * v[2]) / 4000;
        const double with = leverage[i] * (v[2] / base - 1), without = leverage[i] * (v[1] / base - 1);
        const double move = leverage[i] * ((boom * v[1] + bust * v[2]) / (boom + bust) / base - 1);
        assert_close("with the outcome", figure(result, names[i], "if_outcome/value"), with, 3e-6);
        assert_close("without it", figure(result, names[i], "if_not/value"), without, 3e-6);
        assert_close("given the news", figure(result, names[i], "move/value"), move, 3e-6);
        if (i == 3)
            continue;
        /* implied inverts: w with + (1 - w) without is the observed move */
        const double w = figure(result, names[i], "implied/value");
        assert_close("implied", w, (observed[i] - without) / (with - without), 1e-4);
        assert_close("inverted",
                     w * figure(result, names[i], "if_outcome/value") +
                         (1 - w) * figure(result, names[i], "if_not/value"),
                     observed[i], 1e-9);
        assert_close("explained", figure(result, names[i], "explained/value"), move / observed[i], 1e-4);
    }
    /* which contradict each other, and which stand alone */
    size_t pairs = 0, alone = 0;
    for (int i = 0; i < 3; i++) {
        const double w = figure(result, names[i], "implied/value");
        alone += w < 0 || w > 1;
        for (int k = 0; k < i; k++)
            pairs += fabs(w - figure(result, names[k], "implied/value")) > 0.15;
    }
    assert_true(pairs > 0 && alone > 0);
    assert_int_equal(json_array_size(json_at(result, "questions/q/contradictions")), pairs);
    assert_int_equal(json_array_size(json_at(result, "questions/q/alone")), alone);
    assert_true(json_is_null(json_at(result, "questions/q/names/unseen/implied")));
    assert_true(json_is_null(json_at(result, "questions/q/names/unseen/observed")));
    assert_true(number_at(result, "run/clipped") < 1);
    json_decref(result);
    scene_free(&scene);
}

/* The three readings: their likelihoods from predicted moves that were worked out by hand, the competitor's where both
 * contracts end after the news. */
static void readings_by_hand(void **state) {
    (void)state;
    static const char *const readings[] = {"mismatch", "competitor", "demand_failing"};
    struct scene scene = scene_new(world);
    json_t *result = scene_run(&scene, 4000);
    const double bust = number_at(result, "questions/q/paths/with_outcome");
    const double boom = number_at(result, "questions/q/paths/without"), calm = 4000 - bust - boom;
    double likelihood[3] = {0}, sum = 0, split = 0;
    const double prior[] = {boom / (boom + bust) / 2, boom / (boom + bust) / 2, bust / (boom + bust)};
    char path[128];
    for (int r = 0; r < 3; r++) {
        for (int i = 0; i < 3; i++) {
            const double base =
                (calm * value(i, growth[0], 70) + boom * value(i, growth[1], 70) + bust * value(i, growth[2], 70)) /
                4000;
            const double predicted = leverage[i] * (value(i, growth[r == 2 ? 2 : 1], r == 1 ? 0 : 70) / base - 1);
            const double z = observed[i] - predicted, part = -z * z / 2 - log(sqrt(2 * M_PI));
            snprintf(path, sizeof path, "questions/q/readings/%s/by_name/%s/predicted", readings[r], names[i]);
            assert_close(path, number_at(result, path), predicted, 3e-6);
            snprintf(path, sizeof path, "questions/q/readings/%s/by_name/%s/log_likelihood", readings[r], names[i]);
            assert_close(path, number_at(result, path), part, 3e-5);
            likelihood[r] += part;
        }
        snprintf(path, sizeof path, "questions/q/readings/%s/log_likelihood", readings[r]);
        assert_close(path, number_at(result, path), likelihood[r], 5e-5);
        sum += exp(likelihood[r]);
        split += exp(likelihood[r]) * prior[r];
    }
    for (int r = 0; r < 3; r++) {
        snprintf(path, sizeof path, "questions/q/readings/%s/posterior", readings[r]);
        assert_close(path, number_at(result, path), exp(likelihood[r]) / sum, 5e-5);
        snprintf(path, sizeof path, "questions/q/readings/%s/posterior_at_split", readings[r]);
        assert_close(path, number_at(result, path), exp(likelihood[r]) * prior[r] / split, 5e-5);
    }
    json_decref(result);
    scene_free(&scene);
}

/* Revenue month by month of one path: the cloud's by hand, bookings where they belong. */
static void revenue_by_month(void **state) {
    (void)state;
    struct scene scene = scene_new(world);
    struct sc_series_ref refs[3];
    for (int i = 0; i < 3; i++) {
        refs[i] = series_of(SC_REVENUE, SC_NONE);
        refs[i].name = i;
    }
    scene_series(&scene, 3, refs);
    struct history history = history_of(scene);
    const int regime = history_whole_at(&history, 0, history.head->s_index + MM_S_REGIME);
    for (int t = 0; t < 12; t++)
        for (int i = 0; i < 3; i++) {
            const double wanted = revenue(i, growth[regime], t, 70);
            assert_close("revenue", history_at(&history, t, history.head->s_slot + i), wanted,
                         1e-5 * (1 + fabs(wanted)));
        }
    history_free(&history);
}

/* A cloud of 200 lets nine tenths, and 50 of the 20 that remain: all of it is given, whatever its reserve. */
static void letting_more_than_there_is(void **state) {
    (void)state;
    struct scene scene =
        scene_new("mismatch: 1\n"
                  "time: {start: 2030-01, months: 4}\n"
                  "regions: [north]\n"
                  "generations: [{name: old, kh100e_per_mw: 2}]\n"
                  "firms:\n"
                  "  - {name: cloud, shares: {north: 1}, installed: {old: 100}, reserve: 0.1}\n"
                  "  - {name: tenant}\n"
                  "contracts:\n"
                  "  - {lessor: cloud, lessee: tenant, share: 0.9, until: 2030-04}\n"
                  "  - {lessor: cloud, lessee: tenant, mw: 25, region: north, generation: old, from: 2030-02}\n"
                  "names: [{name: c, cloud: {firm: cloud, contract_rate: 3}}]\n");
    struct sc_series_ref ref = series_of(SC_REVENUE, SC_NONE);
    ref.name = 0;
    scene_series(&scene, 1, &ref);
    struct history history = history_of(scene);
    static const double given[4] = {180, 200, 200, 50};
    for (int t = 0; t < 4; t++)
        assert_close("given", history_at(&history, t, history.head->s_slot), 3 * given[t], 1e-3);
    history_free(&history);
}

/* Bookings at the ends: those of committed phases before month 0 are past; planned phases that would have been booked
 * before month 0, but are decided in it, are booked then. Half of all paths cancel the last one. */
static void bookings_at_the_ends(void **state) {
    (void)state;
    struct scene scene =
        scene_new("mismatch: 1\n"
                  "time: {start: 2030-01, months: 12}\n"
                  "regions: [north]\n"
                  "generations: [{name: old, kh100e_per_mw: 1}]\n"
                  "response: {lead: 6}\n"
                  "firms:\n"
                  "  - name: a\n"
                  "    shares: {north: 1}\n"
                  "    installed: {old: 100}\n"
                  "    phases:\n"
                  "      - {name: past, region: north, generation: old, mw: 1, ready: 2030-04, committed: true}\n"
                  "      - {name: first, region: north, generation: old, mw: 2, ready: 2030-05, committed: true}\n"
                  "      - {name: soon, region: north, generation: old, mw: 4, ready: 2030-04}\n"
                  "      - {name: then, region: north, generation: old, mw: 8, ready: 2030-06}\n"
                  "      - {name: end, region: north, generation: old, mw: 16, ready: 2031-01, committed: true}\n"
                  "      - {name: far, region: north, generation: old, mw: 32, ready: 2031-02, committed: true}\n"
                  "names:\n"
                  "  - {name: s, supplier: {lead: 4, per_mw: {old: 1}}}\n");
    struct sc_series_ref ref = series_of(SC_REVENUE, SC_NONE);
    ref.name = 0;
    scene_series(&scene, 1, &ref);
    struct history history = history_of(scene);
    static const double wanted[12] = {2 + 4, 8, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0};
    for (int t = 0; t < 12; t++)
        assert_close("booked", history_at(&history, t, history.head->s_slot), wanted[t], 1e-5);
    history_free(&history);
}

/* A phase that is cancelled with probability 0.3 is worth 70 % of itself; a fan sees it or nothing. */
static void cancelled_phases_book_nothing(void **state) {
    const double n = (double)test_paths();
    (void)state;
    struct scene scene = scene_new(
        "mismatch: 1\n"
        "time: {start: 2030-01, months: 12}\n"
        "regions: [north]\n"
        "generations: [{name: old, kh100e_per_mw: 1}]\n"
        "firms:\n"
        "  - name: a\n"
        "    shares: {north: 1}\n"
        "    phases: [{name: p, region: north, generation: old, mw: 3, ready: 2030-08, committed: true, cancel: 0.3}]\n"
        "names: [{name: s, supplier: {lead: 2, per_mw: {old: 5}}}]\n"
        "events: {pays: {all_of: [{series: revenue, name: s, at_least: 15}]}}\n"
        "questions:\n"
        "  - {name: pays, probability: {event: pays}}\n"
        "  - {name: fan, fan: {series: revenue, name: s, quantiles: [0.2, 0.4]}}\n");
    json_t *result = scene_run(&scene, test_paths());
    assert_share("paid", number_at(result, "questions/pays/ever/p") * n, n, 0.7);
    assert_share("in its month", number_in(result, "questions/pays/by_month/p", 5) * n, n, 0.7);
    assert_close("a fifth", number_in(result, "questions/fan/quantiles/0.2", 5), 0, 1e-6);
    assert_close("two fifths", number_in(result, "questions/fan/quantiles/0.4", 5), 15, 0.01 * 15);
    assert_string_equal(json_string_value(json_at(result, "questions/fan/scope/name")), "s");
    json_decref(result);
    scene_free(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moves_by_hand),        cmocka_unit_test(readings_by_hand),
        cmocka_unit_test(revenue_by_month),     cmocka_unit_test(letting_more_than_there_is),
        cmocka_unit_test(bookings_at_the_ends), cmocka_unit_test(cancelled_phases_book_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
