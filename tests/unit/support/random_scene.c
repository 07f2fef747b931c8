#include "support/random_scene.h"

#include <stdio.h>
#include <stdlib.h>

struct random {
    FILE *out;
    uint64_t state;
    int months, regions, generations, firms;
};

static uint32_t next(struct random *r) {
    r->state = r->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(r->state >> 33);
}

static int whole(struct random *r, int low, int high) {
    return high > low ? low + (int)(next(r) % (uint32_t)(high - low + 1)) : low;
}

static double real(struct random *r, double low, double high) {
    return low + (high - low) * (double)(next(r) % 1000) / 999;
}

static void world(struct random *r) {
    FILE *out = r->out;
    fprintf(out, "mismatch: 1\ntime: {start: 2030-01, months: %d}\nregions: [", r->months);
    for (int i = 0; i < r->regions; i++)
        fprintf(out, "%sr%d", i ? ", " : "", i);
    fprintf(out, "]\ntraining_span: %d\ngenerations:\n", whole(r, 0, 1));
    for (int g = 0; g < r->generations; g++)
        fprintf(out, "  - {name: g%d, kh100e_per_mw: %.3f, available: %s, ships: %s, ramp: %d%s%s}\n", g,
                real(r, 0.5, 1) * (g + 1), date(g * 9 - 12), date(g * 9 - 12), whole(r, 1, 5),
                g == 0 ? ", retires: " : "", g == 0 ? date(whole(r, r->months / 2, r->months + 9)) : "");
    fprintf(out, "slips:\n  common: %.2f\n", real(r, 0, 0.8));
    static const char *const layers[] = {"gpu", "power", "shell", "network"};
    for (int l = 0; l < 4; l++)
        fprintf(out, "  %s: {median: %.2f, sigma: %.2f, rho: %.2f, buffer: %.1f, max: %d}\n", layers[l],
                real(r, 0.5, 4), real(r, 0.1, 1.2), real(r, 0, 0.9), real(r, 0, 3), whole(r, 12, 40));
    fprintf(out, "shocks:\n");
    for (int l = 0; l < 4; l++)
        fprintf(
            out,
            "  - {name: s%d, per_year: %.2f, times: %d, layer: %s, region: r%d, reach: %d, months: %d, sigma: %.1f}\n",
            l, real(r, 0.05, 1.5), whole(r, 1, 4), layers[l], whole(r, 0, r->regions - 1), whole(r, 3, 20),
            whole(r, 1, 9), real(r, 0, 0.6));
    fprintf(out, "  - {name: leap, per_year: %.2f, times: %d, log_demand: %.2f, ramp: %d, sigma: 0.4}\n",
            real(r, 0.1, 1), whole(r, 1, 4), real(r, -0.5, 0.5), whole(r, 1, 6));
    double up = real(r, 0.2, 0.7);
    fprintf(out,
            "regimes: {names: [up, flat, down], initial: [%.3f, %.3f, 0.1], monthly: [[0.9, 0.08, 0.02], [0.05, 0.9, "
            "0.05], "
            "[0.02, 0.08, 0.9]], growth: [0.4, 0, -0.6], training: [1.2, 1, 0.5]}\n",
            up, 0.9 - up);
}

static void markets(struct random *r) {
    FILE *out = r->out;
    fprintf(out,
            "inference: {trend: {2030-01: %.2f, 2031-01: 0.3}, sigma: %.2f, persistence: 0.9, firm_sigma: %.2f, "
            "initial_sigma: 0.1, price_response: {elasticity: %.2f, monthly_adjustment: 0.3}, portable: %.2f, "
            "frontier_share: %.2f}\n",
            real(r, 0, 0.9), real(r, 0, 0.3), real(r, 0, 0.3), real(r, 0, 1), real(r, 0, 1), real(r, 0, 1));
    fprintf(out,
            "training: {trend: {2030-01: 0.4}}\nresponse: {lead: %d, strength: %.2f, low: 0.2, high: 1.8, own_signal: "
            "%.2f, adjustment: 0.5}\n",
            whole(r, 3, 18), real(r, 0, 2), real(r, 0, 1));
    fprintf(out, "market: {elasticity: %.2f, price_min: 0.2, price_max: 5, offer: 0.5, hurdle: %.2f, months: %d}\n",
            real(r, 0.5, 3), real(r, 0, 0.2), whole(r, 1, 4));
    fprintf(out, "thresholds: {shortage: %.3f, glut: %.3f, friction: 0.03}\n", real(r, 0, 0.1), real(r, 0.02, 0.2));
}

static void shares(struct random *r, const char *key) {
    double left = 1;
    fprintf(r->out, "    %s: {", key);
    for (int i = 0; i < r->regions; i++) {
        double share = i + 1 < r->regions ? (double)whole(r, 0, (int)(left * 100)) / 100 : left;
        fprintf(r->out, "%sr%d: %.2f", i ? ", " : "", i, share);
        left -= share;
    }
    fprintf(r->out, "}\n");
}

static void firm(struct random *r, int f) {
    FILE *out = r->out;
    fprintf(out, "  - name: f%d\n", f);
    shares(r, "shares");
    shares(r, "demand_shares");
    fprintf(out, "    installed: {g0: %d", whole(r, 0, 300));
    if (r->generations > 1)
        fprintf(out, ", g1: %d", whole(r, 0, 300));
    fprintf(out, "}\n");
    fprintf(out,
            "    build: {from: %s, every: %d, mw_per_year: %d, growth: 0.2, committed_until: %s, cancel: "
            "{committed: %.2f, planned: %.2f}}\n",
            date(-3), whole(r, 1, 6), whole(r, 20, 400), date(whole(r, 3, 12)), real(r, 0, 0.1), real(r, 0, 0.3));
    fprintf(
        out,
        "    phases: [{name: big, region: r%d, generation: g%d, mw: %d, ready: %s, committed: false, cancel: 0.1}]\n",
        whole(r, 0, r->regions - 1), r->generations - 1, whole(r, 10, 200), date(whole(r, 1, r->months - 1)));
    fprintf(out, "    reserve: %.2f\n    inference: %d\n    beta: %.2f\n", real(r, 0, 0.2), whole(r, 10, 400),
            real(r, 0.5, 1.5));
    if (f % 3 == 1)
        fprintf(out, "    merchant: true\n    offer: 0.9\n");
    if (f % 3 == 0) {
        fprintf(out, "    profile: [");
        for (int t = 0; t < r->months; t++)
            fprintf(out, "%s%.2f", t ? ", " : "", real(r, 0.6, 1.5));
        fprintf(out, "]\n");
    }
    if (f % 2 == 0)
        fprintf(
            out,
            "    training: {first: %s, cadence: %d, duration: {median: 3, sigma: 0.4}, size: {mean: %d, sigma: 0.5}, "
            "slip: {median: 1, sigma: 0.8}, research: %d}\n",
            date(whole(r, -6, 3)), whole(r, 3, 9), whole(r, 20, 200), whole(r, 0, 60));
}

static void deals(struct random *r) {
    FILE *out = r->out;
    fprintf(out, "contracts:\n");
    for (int i = 0; i + 1 < r->firms; i++) {
        fprintf(out, "  - {name: share%d, lessor: f%d, lessee: f%d, share: %.2f, from: %s, until: %s}\n", i, i, i + 1,
                real(r, 0.05, 0.3), date(0), date(whole(r, 4, 40)));
        fprintf(
            out,
            "  - {name: lease%d, lessor: f%d, lessee: f%d, mw: %d, region: r%d, generation: g0, from: %s, until: %s}\n",
            i, i + 1, i, whole(r, 1, 60), whole(r, 0, r->regions - 1), date(whole(r, 0, 6)), date(whole(r, 9, 40)));
    }
    fprintf(
        out,
        "launches:\n  - {name: app, firm: f0, planned: [%s, %s], uplift: 0.3, ramp: %d, slip: {median: 2, sigma: 0.8}, "
        "success_sigma: 0.5}\n",
        date(2), date(whole(r, 3, r->months)), whole(r, 1, 6));
    fprintf(out, "names:\n  - {name: optics, supplier: {lead: 4, per_mw: {g0: 1}}, observed: -0.1}\n"
                 "  - {name: cloud, cloud: {firm: f1, contract_rate: 2, spot_rate: 2, service_rate: 1, other: 10}, "
                 "leverage: 1.5, "
                 "observed: -0.15}\nvaluation: {horizon: 6, discount: 0.08}\n");
}

static void questions(struct random *r) {
    FILE *out = r->out;
    const int region = whole(r, 0, r->regions - 1), generation = whole(r, 0, r->generations - 1), k = whole(r, 1, 4);
    fprintf(
        out,
        "events:\n  short: {all_of: [{series: state_shortage, at_least: 1}], for: %d}\n"
        "  glut: {any_of: [{series: state_glut, at_least: 1}, {series: slack, at_least: 0.2}], for: 2}\n"
        "  not-short: {not: {event: short}, from: %s, to: %s}\n"
        "  idle: {all_of: [{series: idle_share, firm: f1, region: r%d, generation: g%d, at_least: 0.1}, {series: "
        "price, "
        "below: 3}], for: %d}\n"
        "  late: {any_of: [{series: late_share, layer: power, at_least: 0.02}, {series: stranded_mw, at_least: 5}]}\n"
        "  sells: {all_of: [{series: starts_selling, firm: $firm, at_least: 1}]}\n"
        "  pressed: {all_of: [{series: pressure, firm: f0, at_least: 1}, {series: regime_up, at_least: 1}]}\n",
        whole(r, 1, 3), date(2), date(r->months - 1), region, generation, k);
    fprintf(
        out,
        "questions:\n  - {name: idle-ever, probability: {event: idle}}\n"
        "  - {name: not-short, probability: {event: not-short, from: %s}}\n"
        "  - {name: pressed, probability: {event: pressed}}\n"
        "  - {name: map, coexistence: {series: idle_share, at_least: %.2f, for: %d, by: [[firm], [firm, region], "
        "[firm, "
        "generation], [firm, region, generation]]}}\n"
        "  - {name: spare, coexistence: {series: spare_share, at_least: 0.2, by: [[firm]]}}\n"
        "  - {name: sale, evidence: {for_each: [f0, f2], as_of: %s, hypothesis: {event: glut, within: 9}, evidence: "
        "[{event: sells, within: 6}, {event: late, within: 3}]}}\n"
        "  - {name: gap, fan: {series: gap}}\n  - {name: demand, fan: {series: demand}}\n"
        "  - {name: bought, fan: {series: bought_share, firm: f0}}\n"
        "  - {name: layers, binding: {}}\n"
        "  - {name: prices, pattern: {as_of: %s, news: {event: sells, firm: f0, within: 6}, outcome: {event: glut, "
        "within: "
        "6}}}\n",
        date(1), real(r, 0.02, 0.3), whole(r, 1, 5), date(6), date(6));
}

struct scene random_scene(unsigned number) {
    char *text = NULL;
    size_t size = 0;
    struct random r = {.out = open_memstream(&text, &size), .state = 0x9e3779b97f4a7c15u * (number + 1)};
    assert_non_null(r.out);
    next(&r);
    r.months = whole(&r, 18, 48);
    r.regions = whole(&r, 2, 5);
    r.generations = whole(&r, 1, 4);
    r.firms = whole(&r, 3, 6);
    world(&r);
    markets(&r);
    fprintf(r.out, "firms:\n");
    for (int f = 0; f < r.firms; f++)
        firm(&r, f);
    deals(&r);
    questions(&r);
    assert_int_equal(fclose(r.out), 0);
    struct scene scene = scene_new(text);
    free(text);
    return scene;
}
