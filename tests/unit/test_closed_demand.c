/* Demand (docs/model.md, section 2): regimes as powers of their matrix, the index G as a random walk, firms as an
 * autoregression, and with them the lognormal that a firm's inference is. */
#include "support/closed.h"
#include "support/scene.h"

#include <math.h>
#include <stdio.h>

#define MONTHS 37

/* --- regimes --- */

#define REGIMES 3

static const double initial[REGIMES] = {0.3, 0.6, 0.1};
static const double monthly[REGIMES][REGIMES] = {{0.9, 0.08, 0.02}, {0.05, 0.9, 0.05}, {0, 0.3, 0.7}};
static const double growth[REGIMES] = {0.6, -0.12, -1.5}; /* a year */
static const double factor[REGIMES] = {1.25, 1, 0.5};     /* of training */
static const int regime_months[] = {0, 1, 7, 36};

/* The probability of each regime in each month: initial times powers of the matrix. */
static void occupancy(double p[MONTHS][REGIMES]) {
    for (int s = 0; s < REGIMES; s++)
        p[0][s] = initial[s];
    for (int t = 1; t < MONTHS; t++)
        for (int s = 0; s < REGIMES; s++) {
            p[t][s] = 0;
            for (int i = 0; i < REGIMES; i++)
                p[t][s] += p[t - 1][i] * monthly[i][s];
        }
}

/* Mean and variance of (1/12) sum over 1 ... t of the growth of the months' regimes, from joint probabilities. */
static void growth_moments(int t, double *mean, double *variance) {
    double p[MONTHS][REGIMES], square = 0;
    *mean = 0;
    occupancy(p);
    for (int u = 1; u <= t; u++)
        for (int s = 0; s < REGIMES; s++) {
            /* expected growth of u alone, and of u and all later months, given regime s in u */
            double now[REGIMES] = {0}, later = 0;
            now[s] = 1;
            for (int v = u + 1; v <= t; v++) {
                double next[REGIMES] = {0};
                for (int i = 0; i < REGIMES; i++)
                    for (int j = 0; j < REGIMES; j++)
                        next[j] += now[i] * monthly[i][j];
                for (int j = 0; j < REGIMES; j++) {
                    now[j] = next[j];
                    later += next[j] * growth[j] / 12;
                }
            }
            *mean += p[u][s] * growth[s] / 12;
            square += p[u][s] * growth[s] / 12 * (growth[s] / 12 + 2 * later);
        }
    *variance = square - *mean * *mean;
}

/* One firm that only trains: its demand is the regime's factor. */
static const char *const regime_scene =
    "mismatch: 1\n"
    "time: {start: 2030-01, months: 37}\n"
    "regions: [north]\n"
    "generations: [{name: old, kh100e_per_mw: 1}]\n"
    "regimes: {names: [up, flat, down], initial: [0.3, 0.6, 0.1], growth: [0.6, -0.12, -1.5], training: [1.25, 1, "
    "0.5],\n"
    "  monthly: [[0.9, 0.08, 0.02], [0.05, 0.9, 0.05], [0, 0.3, 0.7]]}\n"
    "inference: {sigma: 0.4}\n"
    "firms: [{name: a, shares: {north: 1}, installed: {old: 100}, training: {first: 2030-01, cadence: 1200,\n"
    "  duration: {median: 1}, size: {mean: 0.000001}, research: 100}}]\n"
    "events:\n"
    "  is-up: {all_of: [{series: regime_up, at_least: 1}]}\n"
    "  is-flat: {all_of: [{series: regime_flat, at_least: 1}]}\n"
    "  is-down: {all_of: [{series: regime_down, at_least: 1}]}\n"
    "questions:\n"
    "  - {name: up, probability: {event: is-up}}\n"
    "  - {name: flat, probability: {event: is-flat}}\n"
    "  - {name: down, probability: {event: is-down}}\n";

static void regime_occupancy(void **state) {
    static const char *const names[REGIMES] = {"up", "flat", "down"};
    double p[MONTHS][REGIMES];
    (void)state;
    occupancy(p);
    struct scene scene = scene_new(regime_scene);
    json_t *result = scene_run(&scene, test_paths());
    for (int s = 0; s < REGIMES; s++) {
        char path[64];
        snprintf(path, sizeof path, "questions/%s/by_month/p", names[s]);
        const double n = (double)test_paths();
        for (int t = 0; t < MONTHS; t += 4)
            assert_share(names[s], number_in(result, path, t) * n, n, p[t][s]);
    }
    json_decref(result);
    scene_free(&scene);
}

enum { R_G, R_G2, R_TRAINING, R_PAIR, R_COUNT = R_PAIR + REGIMES * REGIMES };

static void visit_regime(const struct group *g, int lane, int month, double *sums, const void *context) {
    (void)context;
    for (int i = 0; i < 4; i++)
        if (month == regime_months[i]) {
            const double index = real_at(g, g->head->s_index + MM_S_G, lane);
            const int s = whole_at(g, g->head->s_index + MM_S_REGIME, lane);
            sums[i * R_COUNT + R_G] += index;
            sums[i * R_COUNT + R_G2] += index * index;
            sums[i * R_COUNT + R_TRAINING] += real_at(g, g->head->s_training, lane);
            sums[i * R_COUNT + R_PAIR + s] += 1;
        }
}

/* G_t is a sum of the regimes' growth and of normals: E G_t and Var G_t = sigma^2 t/12 + that of the growth; the error
 * of the second moment takes the fourth from a normal of the same variance, doubled to be safe. */
static void growth_and_training_by_regime(void **state) {
    double sums[4 * R_COUNT], p[MONTHS][REGIMES];
    const double n = (double)test_paths();
    struct scene scene = scene_new(regime_scene);
    (void)state;
    occupancy(p);
    visit_paths(&scene, test_paths(), MONTHS, visit_regime, NULL, 4 * R_COUNT, sums);
    for (int i = 0; i < 4; i++) {
        const int t = regime_months[i];
        const double *s = sums + i * R_COUNT;
        double mean, variance, train = 0, train2 = 0;
        growth_moments(t, &mean, &variance);
        variance += 0.16 * t / 12;
        assert_mean("E G", s[R_G], n, mean, variance);
        assert_mean("E G^2", s[R_G2], n, variance + mean * mean, 4 * variance * variance + 4 * mean * mean * variance);
        for (int r = 0; r < REGIMES; r++) {
            assert_share("P(regime)", s[R_PAIR + r], n, p[t][r]);
            train += p[t][r] * factor[r];
            train2 += p[t][r] * factor[r] * factor[r];
        }
        assert_mean("E training", s[R_TRAINING], n, 100 * train, 1e4 * (train2 - train * train));
    }
    scene_free(&scene);
}

/* --- the index and the firms --- */

#define SIGMA 0.5
#define PHI 0.8
#define SIGMA_A 0.3
#define SIGMA_B 0.15
#define SIGMA_0 0.6
#define BETA_B 1.4

static const int level_months[] = {0, 1, 5, 24, 36};
#define LEVELS 5

/* a with the industry's own sigma, b with its own and a beta. The trend grows by 0.6 and then 0.24 a year. */
static const char *const level_scene =
    "mismatch: 1\n"
    "time: {start: 2030-01, months: 37}\n"
    "regions: [north]\n"
    "generations: [{name: old, kh100e_per_mw: 1}]\n"
    "inference: {trend: {2029-06: 0.6, 2031-01: 0.24}, sigma: 0.5, persistence: 0.8, firm_sigma: 0.3, initial_sigma: "
    "0.6}\n"
    "firms:\n"
    "  - {name: a, shares: {north: 1}, installed: {old: 100}, inference: 50, demand_shares: {north: 1}}\n"
    "  - {name: b, inference: 20, beta: 1.4, inference_sigma: 0.15, demand_shares: {north: 1}}\n";

static double trend_at(int t) {
    return t < 12 ? 0.6 * t / 12 : 0.6 + 0.24 * (t - 12) / 12;
}

/* The states that are looked at: G, x_a, x_b at each of the months. */
static void visit_levels(const struct group *g, int lane, int month, double *sums, const void *context) {
    double *const value = sums; /* the first 3 * LEVELS are this path's values */
    const struct mm_head *h = g->head;
    const int n = 3 * LEVELS;
    (void)context;
    for (int i = 0; i < LEVELS; i++)
        if (month == level_months[i]) {
            value[3 * i * 64 + lane] = real_at(g, h->s_index + MM_S_G, lane);
            value[(3 * i + 1) * 64 + lane] = real_at(g, h->s_x, lane);
            value[(3 * i + 2) * 64 + lane] = real_at(g, h->s_x + 1, lane);
        }
    if (month != MONTHS - 1)
        return;
    double *const products = sums + n * 64;
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++)
            products[i * n + j] += value[i * 64 + lane] * value[j * 64 + lane];
}

static double ar_variance(double sigma, int t) {
    return pow(PHI, 2.0 * t) * SIGMA_0 * SIGMA_0 + sigma * sigma * (1 - pow(PHI, 2.0 * t));
}

/* Covariance of two of the states: G is a random walk of variance sigma^2/12 a month, x starts with sigma_0 and goes
 * to sigma_f with phi^t; index, firms are independent of each other. */
static double level_covariance(int i, int j) {
    const int s = level_months[i / 3], t = level_months[j / 3], early = s < t ? s : t, apart = s < t ? t - s : s - t;
    if (i % 3 != j % 3)
        return 0;
    if (i % 3 == 0)
        return SIGMA * SIGMA / 12 * early;
    return pow(PHI, apart) * ar_variance(i % 3 == 1 ? SIGMA_A : SIGMA_B, early);
}

/* The product of two normals with covariance c and variances u, v has mean c and variance u v + c^2. */
static void moments_of_the_index_and_the_firms(void **state) {
    enum { N = 3 * LEVELS, SUMS = N * 64 + N * N };
    static double sums[SUMS];
    struct scene scene = scene_new(level_scene);
    (void)state;
    visit_paths(&scene, test_paths(), MONTHS, visit_levels, NULL, SUMS, sums);
    for (int i = 0; i < N; i++)
        for (int j = 0; j <= i; j++) {
            const double c = level_covariance(i, j), u = level_covariance(i, i), v = level_covariance(j, j);
            assert_mean("covariance of G, x", sums[N * 64 + i * N + j], (double)test_paths(), c, u * v + c * c);
        }
    scene_free(&scene);
}

static void visit_logs(const struct group *g, int lane, int month, double *sums, const void *context) {
    (void)context;
    for (int i = 0; i < LEVELS; i++)
        if (month == level_months[i])
            for (int f = 0; f < 2; f++) {
                const double mean = real_at(g, g->head->s_inference + f, lane);
                sums[2 * i + f] += log(mean);
                sums[2 * LEVELS + 2 * i + f] += mean;
            }
}

/* I = inference exp(beta (Theta + G) + x): log mean and variance, and the mean exp(v/2) with variance
 * m^2 (exp(v) - 1). */
static void inference_is_lognormal(void **state) {
    double sums[4 * LEVELS];
    const double n = (double)test_paths();
    struct scene scene = scene_new(level_scene);
    (void)state;
    visit_paths(&scene, test_paths(), MONTHS, visit_logs, NULL, 4 * LEVELS, sums);
    for (int i = 0; i < LEVELS; i++)
        for (int f = 0; f < 2; f++) {
            const int t = level_months[i];
            const double beta = f == 0 ? 1 : BETA_B, base = f == 0 ? 50 : 20;
            const double v = beta * beta * SIGMA * SIGMA * t / 12 + ar_variance(f == 0 ? SIGMA_A : SIGMA_B, t);
            const double mean = log(base) + beta * trend_at(t), level = exp(mean + v / 2);
            assert_mean("E log I", sums[2 * i + f], n, mean, v);
            assert_mean("E I", sums[2 * LEVELS + 2 * i + f], n, level, level * level * (exp(v) - 1));
        }
    scene_free(&scene);
}

/* --- a digital on a lognormal, and its quantiles --- */

/* One firm: demand = 100 exp(0.24 t/12 + G_t + x_t). */
static const char *const digital_scene =
    "mismatch: 1\n"
    "time: {start: 2030-01, months: 25}\n"
    "regions: [north]\n"
    "generations: [{name: old, kh100e_per_mw: 1}]\n"
    "inference: {trend: {2030-01: 0.24}, sigma: 0.5, persistence: 0.8, firm_sigma: 0.3, initial_sigma: 0.6}\n"
    "firms: [{name: a, shares: {north: 1}, installed: {old: 120}, inference: 100, demand_shares: {north: 1}}]\n"
    "events:\n"
    "  high: {all_of: [{series: demand, at_least: 130}]}\n"
    "  low: {all_of: [{series: demand, below: 60}]}\n"
    "  gap: {all_of: [{series: gap, at_least: 0.2}]}\n"
    "  slack: {all_of: [{series: slack, at_least: 0.3}]}\n"
    "questions:\n"
    "  - {name: q-high, probability: {event: high}}\n"
    "  - {name: q-low, probability: {event: low}}\n"
    "  - {name: q-gap, probability: {event: gap}}\n"
    "  - {name: q-slack, probability: {event: slack}}\n"
    "  - {name: fan-demand, fan: {series: demand, quantiles: [0.01, 0.25, 0.5, 0.9]}}\n"
    "  - {name: fan-price, fan: {series: price, quantiles: [0.25, 0.5, 0.75]}}\n"
    "  - {name: fan-gap, fan: {series: gap, quantiles: [0.25, 0.5, 0.75]}}\n"
    "  - {name: fan-spare, fan: {series: spare_share, firm: a, quantiles: [0.5, 0.75, 0.9]}}\n";

static void demand_law(int t, double *mean, double *deviation) {
    *mean = log(100) + 0.02 * t;
    *deviation = sqrt(SIGMA * SIGMA * t / 12 + ar_variance(SIGMA_A, t));
}

/* P(demand >= K) = Phi((log mean - log K) / deviation); the gap is at least g where demand is S / (1 - g), and slack
 * at least s where it is at most S (1 - s); expected shortfall and surplus are a call and a put on demand. */
static void digitals_on_demand(void **state) {
    static const struct {
        const char *path;
        double strike, sign;
    } cases[] = {{"questions/q-high/by_month/p", 130, 1},
                 {"questions/q-low/by_month/p", 60, -1},
                 {"questions/q-gap/by_month/p", 120 / (1 - 0.2), 1},
                 {"questions/q-slack/by_month/p", 120 * (1 - 0.3), -1},
                 {"industry/shortage/p", 120 / (1 - 0.05), 1},
                 {"industry/glut/p", 120 * (1 - 0.1), -1}};
    const double n = (double)test_paths();
    struct scene scene = scene_new(digital_scene);
    json_t *result = scene_run(&scene, test_paths());
    (void)state;
    for (int t = 0; t < 25; t += 6) {
        double mean, deviation;
        demand_law(t, &mean, &deviation);
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            const double p = normal_below(cases[i].sign * (mean - log(cases[i].strike)) / deviation);
            assert_share(cases[i].path, number_in(result, cases[i].path, t) * n, n, p);
        }
        const struct lognormal_law law = {exp(mean), deviation};
        double m[3];
        for (int k = 0; k < 3; k++)
            m[k] = lognormal_partial(law, k, 120, INFINITY);
        const double call = m[1] - 120 * m[0], call2 = m[2] - 240 * m[1] + 14400 * m[0];
        assert_mean("expected shortfall", number_in(result, "industry/expected_shortfall/value", t) * n, n, call,
                    call2 - call * call);
        for (int k = 0; k < 3; k++)
            m[k] = lognormal_partial(law, k, 0, 120);
        const double put = 120 * m[0] - m[1], put2 = m[2] - 240 * m[1] + 14400 * m[0];
        assert_mean("expected surplus", number_in(result, "industry/expected_surplus/value", t) * n, n, put,
                    put2 - put * put);
    }
    json_decref(result);
    scene_free(&scene);
}

/* Quantiles come from bins, so that they may be off by a bin; an order statistic has the error sqrt(q (1 - q) / n) /
 * density. Bins: 1/256 of an octave for demand and price, 0.002 for the gap, 0.001 for shares. */
static void fans_of_a_lognormal(void **state) {
    static const struct {
        const char *path;
        double q;
    } cases[] = {{"questions/fan-demand/quantiles/0.01", 0.01}, {"questions/fan-demand/quantiles/0.25", 0.25},
                 {"questions/fan-demand/quantiles/0.5", 0.5},   {"questions/fan-demand/quantiles/0.9", 0.9},
                 {"questions/fan-price/quantiles/0.25", 0.25},  {"questions/fan-price/quantiles/0.75", 0.75},
                 {"questions/fan-gap/quantiles/0.25", 0.25},    {"questions/fan-gap/quantiles/0.75", 0.75},
                 {"questions/fan-spare/quantiles/0.75", 0.75},  {"questions/fan-spare/quantiles/0.9", 0.9}};
    struct scene scene = scene_new(digital_scene);
    json_t *result = scene_run(&scene, test_paths());
    (void)state;
    for (int t = 0; t < 25; t += 8)
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            const char series = cases[i].path[14];                        /* d, p, g, s of fan-... */
            const double q = series == 's' ? 1 - cases[i].q : cases[i].q; /* spare falls with demand */
            double mean, deviation;
            demand_law(t, &mean, &deviation);
            const double demand = exp(mean + deviation * normal_point(q));
            const double density = lognormal_density((struct lognormal_law){exp(mean), deviation}, demand);
            const double error = SIGMAS * sqrt(q * (1 - q) / (double)test_paths()) / density;
            double expected = demand, slope = 1, bin = demand / 256;
            if (series == 'p') { /* elasticity 1: p = D/S */
                expected = demand / 120;
                slope = 1.0 / 120;
                bin = expected / 256;
            } else if (series == 'g') {
                expected = 1 - 120 / demand;
                slope = 120 / (demand * demand);
                bin = 0.002;
            } else if (series == 's') {
                expected = fmax(0, 1 - demand / 120);
                slope = expected > 0 ? 1.0 / 120 : 0;
                bin = 0.001;
            }
            assert_close(cases[i].path, number_in(result, cases[i].path, t), expected, bin + error * slope);
        }
    json_decref(result);
    scene_free(&scene);
}

/* The same fans when nothing is random: all paths in one bin, each quantile inside it. */
static void fans_without_spread(void **state) {
    (void)state;
    struct scene scene = scene_new(
        "mismatch: 1\n"
        "time: {start: 2030-01, months: 40}\n"
        "regions: [north]\n"
        "generations: [{name: old, kh100e_per_mw: 1}]\n"
        "inference: {trend: {2030-01: 0.5}}\n"
        "firms: [{name: a, shares: {north: 1}, installed: {old: 120}, inference: 50, demand_shares: {north: 1}}]\n"
        "questions:\n"
        "  - {name: demand, fan: {series: demand, quantiles: [0.05, 0.5, 0.95]}}\n"
        "  - {name: price, fan: {series: price, quantiles: [0.05, 0.5, 0.95]}}\n"
        "  - {name: gap, fan: {series: gap, quantiles: [0.05, 0.5, 0.95]}}\n"
        "  - {name: spare, fan: {series: spare_share, firm: a, quantiles: [0.05, 0.5, 0.95]}}\n");
    static const char *const names[] = {"demand", "price", "gap", "spare"}, *const levels[] = {"0.05", "0.5", "0.95"};
    json_t *result = scene_run(&scene, 64);
    for (int t = 0; t < 40; t++) {
        const double demand = 50 * exp(0.5 * t / 12);
        const double values[] = {demand, demand / 120, 1 - 120 / demand, fmax(0, 1 - demand / 120)};
        const double bins[] = {demand / 256, demand / 120 / 256, 0.002, 0.001};
        for (int i = 0; i < 4; i++)
            for (int q = 0; q < 3; q++) {
                char path[64];
                snprintf(path, sizeof path, "questions/%s/quantiles/%s", names[i], levels[q]);
                assert_close(path, number_in(result, path, t), values[i], bins[i] * 1.001);
            }
    }
    for (int i = 0; i < 4; i++) {
        char path[64];
        snprintf(path, sizeof path, "questions/%s/outside", names[i]);
        assert_close("below all bins", number_in(result, path, 0), 0, 0);
        assert_close("above all bins", number_in(result, path, 1), 0, 0);
    }
    json_decref(result);
    scene_free(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regime_occupancy),       cmocka_unit_test(growth_and_training_by_regime),
        cmocka_unit_test(inference_is_lognormal), cmocka_unit_test(moments_of_the_index_and_the_firms),
        cmocka_unit_test(digitals_on_demand),     cmocka_unit_test(fans_of_a_lognormal),
        cmocka_unit_test(fans_without_spread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
