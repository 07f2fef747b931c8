/* Shocks (docs/model.md, sections 1 and 2): strikes are a Poisson process cut off after `times`, so that first strikes
 * are exponential, the k-th Erlang, and what a strike moves follows from when it finds a phase in reach. Cancellations
 * stand here too: a yes or no for each phase. */
#include "support/closed.h"
#include "support/scene.h"

#include <math.h>
#include <stdio.h>

#define PER_YEAR 1.5
#define RATE (PER_YEAR / 12) /* strikes a month */

/* --- strikes --- */

#define TIMES 4

static struct scene demand_shock(int times, double per_year, double sigma, double ramp) {
    return scene_format("mismatch: 1\n"
                        "time: {start: 2030-01, months: 37}\n"
                        "regions: [north]\n"
                        "generations: [{name: old, kh100e_per_mw: 1}]\n"
                        "shocks: [{name: s, per_year: %g, times: %d, log_demand: -0.2, sigma: %g, ramp: %g}]\n"
                        "firms: [{name: a, shares: {north: 1}, installed: {old: 100}, inference: 100, beta: 1.5, "
                        "demand_shares: {north: 1}}]\n",
                        per_year, times, sigma, ramp);
}

static const double strike_months[] = {3, 8, 20};

static void visit_strikes(const struct group *g, int lane, int month, double *sums, const void *context) {
    (void)context;
    if (month >= 0)
        return;
    for (int i = 0; i < TIMES; i++)
        for (int j = 0; j < 3; j++)
            sums[3 * i + j] += real_at(g, g->head->s_strike + 3 * i, lane) <= strike_months[j];
}

/* P(tau_k <= t) = 1 - exp(-x) (1 + x + ... + x^(k-1)/(k-1)!), x = rate t: exponential, then Erlang. */
static void strikes_are_a_poisson_process(void **state) {
    double sums[3 * TIMES];
    struct scene scene = demand_shock(TIMES, PER_YEAR, 0.3, 4);
    (void)state;
    assert_int_equal(scene.plan->head.n_strikes, TIMES); /* never more than `times` */
    visit_paths(&scene, test_paths(), 0, visit_strikes, NULL, 3 * TIMES, sums);
    for (int j = 0; j < 3; j++) {
        const double x = RATE * strike_months[j];
        double term = exp(-x), fewer = 0;
        for (int i = 0; i < TIMES; i++) {
            fewer += term;
            term *= x / (i + 1);
            assert_share("P(tau <= t)", sums[3 * i + j], (double)test_paths(), 1 - fewer);
        }
    }
    scene_free(&scene);
}

/* --- demand shocks --- */

static const int demand_months[] = {2, 9, 36};

enum { D_H, D_H2, D_NONE, D_LOG, D_COUNT };

static void visit_demand(const struct group *g, int lane, int month, double *sums, const void *context) {
    (void)context;
    for (int i = 0; i < 3; i++)
        if (month == demand_months[i]) {
            const double h = real_at(g, g->head->s_index + MM_S_H, lane);
            sums[i * D_COUNT + D_H] += h;
            sums[i * D_COUNT + D_H2] += h * h;
            sums[i * D_COUNT + D_NONE] += !(h < 0);
            sums[i * D_COUNT + D_LOG] += log(real_at(g, g->head->s_inference, lane) / 100);
        }
}

/* Integral over 0 ... t of clip(u / ramp, 0, 1)^power. */
static double ramped(double t, double ramp, int power) {
    const double inside = fmin(t, ramp);
    return pow(inside / ramp, power) * inside / (power + 1) + (t - inside);
}

/* Many strikes, seldom: Campbell's theorem. E H = rate E[size] int clip, Var H = rate E[size^2] int clip^2, and the
 * fourth cumulant rate E[size^4] int clip^4 gives the variance of the squares. 16 strikes in 36 months at 4.5 expected
 * ones are beyond (P = 2e-5, and their effect on the mean far below an error). */
static void demand_moves_by_campbell(void **state) {
    const double sigma = 0.4, ramp = 6, n = (double)test_paths();
    double sums[3 * D_COUNT];
    struct scene scene = demand_shock(16, PER_YEAR, sigma, ramp);
    (void)state;
    visit_paths(&scene, test_paths(), 37, visit_demand, NULL, 3 * D_COUNT, sums);
    for (int i = 0; i < 3; i++) {
        const double t = demand_months[i], *s = sums + i * D_COUNT;
        double k[5];
        for (int p = 1; p <= 4; p++)
            k[p] = RATE * pow(-0.2, p) * exp(p * p * sigma * sigma / 2) * ramped(t, ramp, p);
        /* raw moments from cumulants */
        const double m2 = k[2] + k[1] * k[1];
        const double m4 = k[4] + 4 * k[3] * k[1] + 3 * k[2] * k[2] + 6 * k[2] * k[1] * k[1] + pow(k[1], 4);
        assert_mean("E H", s[D_H], n, k[1], k[2]);
        assert_mean("E H^2", s[D_H2], n, m2, m4 - m2 * m2);
        assert_share("P(no strike yet)", s[D_NONE], n, exp(-RATE * t));
        assert_mean("E log demand", s[D_LOG], n, 1.5 * k[1], 2.25 * k[2]); /* beta 1.5 */
    }
    scene_free(&scene);
}

/* One strike at most: E H = size E[clip((t - tau)/ramp)] = size (1/ramp) int_{t-ramp}^t P(tau <= s) ds. */
static void one_demand_strike(void **state) {
    const double ramp = 6, n = (double)test_paths();
    double sums[3 * D_COUNT];
    struct scene scene = demand_shock(1, PER_YEAR, 0, ramp);
    (void)state;
    visit_paths(&scene, test_paths(), 37, visit_demand, NULL, 3 * D_COUNT, sums);
    for (int i = 0; i < 3; i++) {
        const double t = demand_months[i], from = fmax(0, t - ramp), *s = sums + i * D_COUNT;
        const double e1 = ((t - from) + (exp(-RATE * t) - exp(-RATE * from)) / RATE) / ramp;
        /* E clip^2 = P(tau <= t - ramp) + int_from^t ((t - s)/ramp)^2 rate exp(-rate s) ds, by parts */
        const double w = t - from, a = RATE;
        const double part = exp(-a * from) * (w * w - 2 * w / a + 2 / (a * a)) - exp(-a * t) * 2 / (a * a);
        const double e2 = part / (ramp * ramp) + (1 - exp(-a * from));
        assert_mean("E H, one strike", s[D_H], n, -0.2 * e1, 0.04 * (e2 - e1 * e1));
        assert_share("P(no strike yet)", s[D_NONE], n, exp(-RATE * t));
    }
    scene_free(&scene);
}

/* --- supply shocks --- */

#define MONTH 10

/* Two regions, generations and firms, a committed phase in month MONTH in each of the cells that are looked at, an
 * existing phase beside them; no slips. */
static struct scene supply_shock(const char *shocks) {
    return scene_format("mismatch: 1\n"
                        "time: {start: 2030-01, months: 40}\n"
                        "regions: [north, south]\n"
                        "generations: [{name: old, kh100e_per_mw: 1}, {name: new, kh100e_per_mw: 1}]\n"
                        "shocks: [%s]\n"
                        "firms:\n"
                        "  - {name: a, shares: {north: 1}, installed: {old: 7}, phases: [\n"
                        "      {name: p, region: north, generation: old, mw: 1, ready: %s, committed: true},\n"
                        "      {name: q, region: north, generation: new, mw: 1, ready: %s, committed: true},\n"
                        "      {name: r, region: south, generation: old, mw: 1, ready: %s, committed: true}]}\n"
                        "  - {name: b, phases: [{name: p, region: north, generation: old, mw: 1, ready: %s, "
                        "committed: true}]}\n",
                        shocks, date(MONTH), date(MONTH), date(MONTH), date(MONTH));
}

enum { P_MOVED, P_DELAY, P_DELAY2, P_FAR, P_BIND, P_COUNT };

/* For each of the four phases: moved, delay, its square, more than `far` months, bound by power. */
static void visit_phases(const struct group *g, int lane, int month, double *sums, const void *context) {
    const double far = *(const double *)context;
    if (month >= 0)
        return;
    for (int j = 0; j < 4; j++) {
        const double delay = real_at(g, g->head->s_arrival + j, lane) - MONTH;
        sums[j * P_COUNT + P_MOVED] += delay > 0;
        sums[j * P_COUNT + P_DELAY] += delay;
        sums[j * P_COUNT + P_DELAY2] += delay * delay;
        sums[j * P_COUNT + P_FAR] += delay > far;
        sums[j * P_COUNT + P_BIND] += whole_at(g, g->head->s_bind, lane) == SC_POWER;
    }
}

/* A strike moves what is planned after it and within reach: P = exp(-rate max(0, m - reach)) - exp(-rate m); by
 * months exp(sigma Z). The layer that is moved binds. */
static void one_supply_strike(void **state) {
    const double reach = 7, size = 3, sigma = 0.5, far = 4, n = (double)test_paths();
    double sums[4 * P_COUNT];
    struct scene scene =
        supply_shock("{name: s, per_year: 1.5, times: 1, layer: power, months: 3, sigma: 0.5, reach: 7}");
    (void)state;
    visit_paths(&scene, test_paths(), 0, visit_phases, &far, 4 * P_COUNT, sums);
    const double p = exp(-RATE * (MONTH - reach)) - exp(-RATE * MONTH);
    const double mean = p * size * exp(sigma * sigma / 2), square = p * size * size * exp(2 * sigma * sigma);
    for (int j = 0; j < 4; j++) {
        const double *s = sums + j * P_COUNT;
        assert_share("P(moved)", s[P_MOVED], n, p);
        assert_mean("E delay", s[P_DELAY], n, mean, square - mean * mean);
        assert_share("P(delay > x)", s[P_FAR], n, p * normal_above(log(far / size) / sigma));
        assert_share("P(power binds)", s[P_BIND], n, p);
    }
    scene_free(&scene);
}

/* Scopes: only the region, generation and firm that are named, and all where none is. Phases in the plan's order:
 * a north old, a north new, a south old, b north old. */
static void scope_of_a_supply_strike(void **state) {
    static const struct {
        const char *scope;
        int hit[4];
    } cases[] = {{"region: south", {0, 0, 1, 0}},
                 {"generation: new", {0, 1, 0, 0}},
                 {"firm: b", {0, 0, 0, 1}},
                 {"region: north, generation: old", {1, 0, 0, 1}},
                 {"region: north, generation: old, firm: a", {1, 0, 0, 0}}};
    const double far = 100, n = (double)test_paths(), p = 1 - exp(-RATE * MONTH);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char shock[200];
        double sums[4 * P_COUNT];
        snprintf(shock, sizeof shock, "{name: s, per_year: 1.5, times: 1, layer: gpu, months: 3, %s}", cases[i].scope);
        struct scene scene = supply_shock(shock);
        visit_paths(&scene, test_paths(), 0, visit_phases, &far, 4 * P_COUNT, sums);
        for (int j = 0; j < 4; j++)
            assert_share("P(moved), by scope", sums[j * P_COUNT + P_MOVED], n, cases[i].hit[j] ? p : 0);
        scene_free(&scene);
    }
}

/* Two strikes of d months each: the second finds the phase where the first has put it,
 * P(both) = P(tau_1 < m, tau_2 < m + d) = 1 - exp(-rate m) - rate m exp(-rate (m + d)). */
static void second_strike_finds_the_moved_phase(void **state) {
    const double d = 4, far = 6, n = (double)test_paths();
    double sums[4 * P_COUNT];
    struct scene scene = supply_shock("{name: s, per_year: 1.5, times: 2, layer: shell, months: 4}");
    (void)state;
    visit_paths(&scene, test_paths(), 0, visit_phases, &far, 4 * P_COUNT, sums);
    assert_share("P(moved)", sums[P_MOVED], n, 1 - exp(-RATE * MONTH));
    assert_share("P(moved twice)", sums[P_FAR], n, 1 - exp(-RATE * MONTH) - RATE * MONTH * exp(-RATE * (MONTH + d)));
    scene_free(&scene);
}

/* Two shocks, in the order of the configuration: the second one's chance is larger once the first has struck,
 * P(both) = (1 - exp(-r1 m)) (1 - exp(-r2 (m + d1))). */
static void shocks_strike_in_order(void **state) {
    const double r1 = 1.5 / 12, r2 = 0.6 / 12, d1 = 8, far = 9, n = (double)test_paths();
    double sums[4 * P_COUNT];
    struct scene scene = supply_shock("{name: s, per_year: 1.5, times: 1, layer: power, months: 8}, "
                                      "{name: t, per_year: 0.6, times: 1, layer: power, months: 2}");
    (void)state;
    visit_paths(&scene, test_paths(), 0, visit_phases, &far, 4 * P_COUNT, sums);
    assert_share("P(moved by either)", sums[P_MOVED], n, 1 - exp(-(r1 + r2) * MONTH));
    assert_share("P(moved by both)", sums[P_FAR], n, (1 - exp(-r1 * MONTH)) * (1 - exp(-r2 * (MONTH + d1))));
    scene_free(&scene);
}

/* --- cancellations --- */

static void visit_cancelled(const struct group *g, int lane, int month, double *sums, const void *context) {
    const int n = g->head->n_phases;
    (void)context;
    if (month != g->head->months - 1)
        return;
    for (int j = 0; j < n; j++)
        for (int i = 0; i <= j; i++)
            sums[i * n + j] += whole_at(g, g->head->s_bind + i, lane) < 0 && whole_at(g, g->head->s_bind + j, lane) < 0;
    sums[n * n] += real_at(g, g->head->s_capacity, lane);
}

/* A programme from before month 0 that is committed until month 6, each step in two regions, and single phases. */
static const char *const cancelling =
    "mismatch: 1\n"
    "time: {start: 2030-01, months: 24}\n"
    "regions: [north, south]\n"
    "generations: [{name: old, kh100e_per_mw: 2}]\n"
    "response: {lead: 3}\n"
    "firms:\n"
    "  - {name: a, shares: {north: 0.75, south: 0.25}, installed: {old: 50},\n"
    "     build: {from: 2029-07, every: 6, mw_per_year: 80, committed_until: 2030-07, cancel: {committed: 0.1, "
    "planned: 0.35}},\n"
    "     phases: [{name: p, region: south, generation: old, mw: 8, ready: 2030-09, cancel: 0.6},\n"
    "              {name: q, region: north, generation: old, mw: 4, ready: 2030-03, committed: true, cancel: 0.2}]}\n";

static double cancel_probability(const struct mm_phase *phase) {
    if (phase->month == 8)
        return 0.6;
    if (phase->month == 2)
        return 0.2;
    return phase->month < 6 ? 0.1 : 0.35;
}

/* Each phase by the probability of its kind, any two independent; what is up at the end is installed + (1 - q) S. */
static void cancellations(void **state) {
    double sums[16 * 16 + 1], mean = 50, variance = 0;
    const double n = (double)test_paths();
    struct scene scene = scene_new(cancelling);
    const struct mm_phase *phase = PLAN_TABLE(scene.plan, mm_phase, phases);
    const int phases = scene.plan->head.n_phases;
    (void)state;
    assert_int_equal(phases, 12); /* 2029-07, 2030-01, 2030-07, 2031-01, 2031-07 in two regions, two single ones */
    visit_paths(&scene, test_paths(), 24, visit_cancelled, NULL, phases * phases + 1, sums);
    for (int j = 0; j < phases; j++) {
        const double q = cancel_probability(&phase[j]), mw = (double)phase[j].mw;
        assert_share("P(cancelled)", sums[j * phases + j], n, q);
        for (int i = 0; i < j; i++)
            assert_share("P(both cancelled)", sums[i * phases + j], n, q * cancel_probability(&phase[i]));
        mean += mw * (1 - q);
        variance += mw * mw * q * (1 - q);
    }
    assert_mean("E capacity", sums[phases * phases], n, 2 * mean, 4 * variance);
    scene_free(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strikes_are_a_poisson_process),
        cmocka_unit_test(demand_moves_by_campbell),
        cmocka_unit_test(one_demand_strike),
        cmocka_unit_test(one_supply_strike),
        cmocka_unit_test(scope_of_a_supply_strike),
        cmocka_unit_test(second_strike_finds_the_moved_phase),
        cmocka_unit_test(shocks_strike_in_order),
        cmocka_unit_test(cancellations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
