/* Slips of the build-out (docs/model.md, section 1) against the lognormal's partial moments, products of distribution
 * functions and the correlations that the factors imply. */
#include "support/closed.h"
#include "support/scene.h"

#include <math.h>
#include <stdio.h>

#define MONTH 5 /* the plan of the phase in the tests of one phase */

static const char *const layers[MM_LAYERS] = {"gpu", "power", "shell", "network"};

/* A layer's law: slip = clip(X - buffer, 0, max - buffer). */
struct slip_law {
    struct lognormal_law x;
    double buffer, max;
};

/* One firm, one committed phase in month MONTH; `slips` is the body of the map. */
static struct scene one_phase(const char *slips) {
    return scene_format("mismatch: 1\n"
                        "time: {start: 2030-01, months: 12}\n"
                        "regions: [north]\n"
                        "generations: [{name: old, kh100e_per_mw: 1}]\n"
                        "slips: {%s}\n"
                        "firms: [{name: a, phases: [{name: p, region: north, generation: old, mw: 10, ready: %s, "
                        "committed: true}]}]\n",
                        slips, date(MONTH));
}

enum { S_ZERO, S_CAPPED, S_SLIP, S_BELOW, S_BIND = S_BELOW + 3, S_COUNT = S_BIND + MM_LAYERS };

struct one_phase {
    double below[3], cap;
};

static void visit_one_phase(const struct group *g, int lane, int month, double *sums, const void *context) {
    const struct one_phase *expected = context;
    if (month >= 0)
        return;
    const double slip = real_at(g, g->head->s_arrival, lane) - MONTH;
    sums[S_ZERO] += !(slip > 0);
    sums[S_CAPPED] += slip >= expected->cap - 1e-5;
    sums[S_SLIP] += slip;
    for (int i = 0; i < 3; i++)
        sums[S_BELOW + i] += slip <= expected->below[i];
    sums[S_BIND + whole_at(g, g->head->s_bind, lane)] += 1;
}

/* Mean and variance of clip(X - b, 0, M - b), as of a call spread between the strikes b and M (Black's formula):
 * E[X - b; b < X <= M] + (M - b) P(X > M), and the same with squares. */
static void slip_moments(struct slip_law law, double *mean, double *variance) {
    const double b = law.buffer, most = law.max - b, above = 1 - lognormal_below(law.x, law.max);
    const double m0 = lognormal_partial(law.x, 0, b, law.max), m1 = lognormal_partial(law.x, 1, b, law.max);
    const double m2 = lognormal_partial(law.x, 2, b, law.max);
    *mean = m1 - b * m0 + most * above;
    *variance = m2 - 2 * b * m1 + b * b * m0 + most * most * above - *mean * *mean;
}

static void check_layer(int layer, struct slip_law law) {
    char slips[160];
    snprintf(slips, sizeof slips, "%s: {median: %g, sigma: %g, rho: 0.4, buffer: %g, max: %g}", layers[layer],
             law.x.median, law.x.sigma, law.buffer, law.max);
    const double most = law.max - law.buffer, n = (double)test_paths();
    const struct one_phase expected = {{0.1 * most, 0.3 * most, 0.7 * most}, most};
    double sums[S_COUNT], mean, variance;
    struct scene scene = one_phase(slips);
    visit_paths(&scene, test_paths(), 0, visit_one_phase, &expected, S_COUNT, sums);
    const double none = lognormal_below(law.x, law.buffer);
    assert_share("P(slip = 0)", sums[S_ZERO], n, none);
    for (int i = 0; i < 3; i++)
        assert_share("P(slip <= x)", sums[S_BELOW + i], n, lognormal_below(law.x, law.buffer + expected.below[i]));
    assert_share("P(slip at its cap)", sums[S_CAPPED], n, 1 - lognormal_below(law.x, law.max));
    slip_moments(law, &mean, &variance);
    assert_mean("E slip", sums[S_SLIP], n, mean, variance);
    /* a tie binds by the first layer, gpu; a slip binds by the layer that slips */
    for (int l = 1; l < MM_LAYERS; l++)
        assert_share("who binds", sums[S_BIND + l], n, l == layer ? 1 - none : 0);
    scene_free(&scene);
}

static void slip_of_one_layer(void **state) {
    (void)state;
    check_layer(SC_GPU, (struct slip_law){{1, 0.8}, 1.5, 6});
    check_layer(SC_POWER, (struct slip_law){{3, 1.2}, 2, 24});
    check_layer(SC_SHELL, (struct slip_law){{2, 0.6}, 1, 5});
    check_layer(SC_NETWORK, (struct slip_law){{0.7, 1.0}, 0.5, 12});
}

/* Without spread the slip is min(max, median) - buffer on every path, and never negative. */
static void slip_without_spread(void **state) {
    static const struct {
        double median, buffer, max, slip;
    } cases[] = {{4, 1, 12, 3}, {4, 1, 3, 2}, {4, 6, 12, 0}, {4, 3, 2, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char slips[160];
        snprintf(slips, sizeof slips, "power: {median: %g, buffer: %g, max: %g}", cases[i].median, cases[i].buffer,
                 cases[i].max);
        struct history history = history_of(one_phase(slips));
        assert_single("slip", history_at(&history, 0, history.head->s_arrival) - MONTH, cases[i].slip);
        history_free(&history);
    }
}

struct race {
    struct slip_law law[MM_LAYERS];
    int layer;
};

static double race_below(const struct race *race, int layer, double x) {
    return lognormal_below(race->law[layer].x, race->law[layer].buffer + x);
}

/* Density of the slip of race->layer at x, times the chance that all others are below. */
static double race_density(double x, void *context) {
    const struct race *race = context;
    const struct slip_law *law = &race->law[race->layer];
    double p = lognormal_density(law->x, law->buffer + x);
    for (int l = 0; l < MM_LAYERS; l++)
        if (l != race->layer)
            p *= race_below(race, l, x);
    return p;
}

/* With kappa = 0 the layers of one phase are independent, whatever rho is: P(max <= x) is the product of the four
 * distribution functions, and P(l binds) the integral of its density times the other three; all four on time bind by
 * gpu. The caps are so far out that nothing reaches them. */
static void maximum_of_four_layers(void **state) {
    struct race race = {{{{1.5, 0.8}, 1, 1e6}, {{3, 1.0}, 2, 1e6}, {{2, 0.6}, 1.5, 1e6}, {{1, 0.9}, 0.5, 1e6}}, 0};
    const struct one_phase expected = {{1, 2.5, 8}, 1e6};
    const double n = (double)test_paths();
    double sums[S_COUNT], none = 1;
    (void)state;
    struct scene scene = one_phase("gpu: {median: 1.5, sigma: 0.8, rho: 0.5, buffer: 1, max: 1e6}, "
                                   "power: {median: 3, sigma: 1.0, rho: 0.7, buffer: 2, max: 1e6}, "
                                   "shell: {median: 2, sigma: 0.6, rho: 0.3, buffer: 1.5, max: 1e6}, "
                                   "network: {median: 1, sigma: 0.9, rho: 0.9, buffer: 0.5, max: 1e6}");
    visit_paths(&scene, test_paths(), 0, visit_one_phase, &expected, S_COUNT, sums);
    for (int l = 0; l < MM_LAYERS; l++)
        none *= race_below(&race, l, 0);
    assert_share("P(all on time)", sums[S_ZERO], n, none);
    for (int i = 0; i < 3; i++) {
        double p = 1;
        for (int l = 0; l < MM_LAYERS; l++)
            p *= race_below(&race, l, expected.below[i]);
        assert_share("P(max <= x)", sums[S_BELOW + i], n, p);
    }
    for (race.layer = 0; race.layer < MM_LAYERS; race.layer++) {
        double p = integral(race_density, &race, 0, INFINITY) + (race.layer == SC_GPU ? none : 0);
        assert_share("P(layer binds)", sums[S_BIND + race.layer], n, p);
    }
    scene_free(&scene);
}

/* --- correlations --- */

#define MAX_ITEMS 9
#define MAX_PAIRS (MAX_ITEMS * (MAX_ITEMS + 1) / 2)

/* Two regions and generations; single phases of one firm in each cell, a programme of another in both regions. */
static struct scene many_phases(const char *slips) {
    return scene_format(
        "mismatch: 1\n"
        "time: {start: 2030-01, months: 24}\n"
        "regions: [north, south]\n"
        "generations: [{name: old, kh100e_per_mw: 1}, {name: new, kh100e_per_mw: 1}]\n"
        "slips: {%s}\n"
        "firms:\n"
        "  - {name: a, phases: [{name: p, region: north, generation: old, mw: 1, ready: 2030-01},\n"
        "     {name: q, region: south, generation: old, mw: 1, ready: 2030-01},\n"
        "     {name: r, region: north, generation: new, mw: 1, ready: 2030-01},\n"
        "     {name: s, region: south, generation: new, mw: 1, ready: 2030-01},\n"
        "     {name: t, region: north, generation: old, mw: 1, ready: 2030-02, committed: true}]}\n"
        "  - {name: b, shares: {north: 0.5, south: 0.5}, build: {from: 2030-01, every: 12, mw_per_year: 10, "
        "committed_until: 2032-01}}\n",
        slips);
}

struct normals {
    double median, sigma;
};

static int pair_index(int i, int j) /* i <= j */
{
    return j * (j + 1) / 2 + i;
}

static void add_products(const double *z, int n, double *sums) {
    for (int j = 0; j < n; j++)
        for (int i = 0; i <= j; i++)
            sums[pair_index(i, j)] += z[i] * z[j];
}

/* Two standard normals of correlation r: their product has mean r and variance 1 + r^2. */
static void assert_correlation(const char *what, double sum, double r) {
    assert_mean(what, sum, (double)test_paths(), r, 1 + r * r);
}

/* The normals behind the slips of the only layer that slips, ln(slip / median) / sigma; sums of products, then means.
 */
static void visit_normals(const struct group *g, int lane, int month, double *sums, const void *context) {
    const struct normals *law = context;
    const struct mm_phase *phase = PLAN_TABLE(g->plan, mm_phase, phases);
    const int n = g->head->n_phases;
    double z[MAX_ITEMS];
    if (month >= 0)
        return;
    for (int j = 0; j < n; j++) {
        z[j] = log((real_at(g, g->head->s_arrival + j, lane) - phase[j].month) / law->median) / law->sigma;
        sums[MAX_PAIRS + j] += z[j];
    }
    add_products(z, n, sums);
}

/* What two phases of one layer share: the factor of a generation (gpu), of a region (power, shell), of all (network);
 * the common factor else. */
static double correlation(int layer, const struct mm_phase *a, const struct mm_phase *b, double rho, double kappa) {
    const int same = layer == SC_NETWORK || (layer == SC_GPU && a->generation == b->generation) ||
                     ((layer == SC_POWER || layer == SC_SHELL) && a->region == b->region);
    return same ? rho : rho * kappa;
}

static void check_correlations(int layer, double rho, double kappa) {
    static const struct normals law = {8, 0.5};
    char slips[160];
    snprintf(slips, sizeof slips, "common: %g, %s: {median: %g, sigma: %g, rho: %g, max: 1e6}", kappa, layers[layer],
             law.median, law.sigma, rho);
    struct scene scene = many_phases(slips);
    scene.seed += 4;
    const struct mm_phase *phase = PLAN_TABLE(scene.plan, mm_phase, phases);
    const int n = scene.plan->head.n_phases;
    double sums[MAX_PAIRS + MAX_ITEMS];
    assert_int_equal(n, MAX_ITEMS);
    visit_paths(&scene, test_paths(), 0, visit_normals, &law, MAX_PAIRS + MAX_ITEMS, sums);
    for (int j = 0; j < n; j++) {
        assert_mean("E Z", sums[MAX_PAIRS + j], (double)test_paths(), 0, 1);
        assert_correlation("E Z^2", sums[pair_index(j, j)], 1);
        for (int i = 0; i < j; i++)
            assert_correlation(layers[layer], sums[pair_index(i, j)],
                               correlation(layer, phase + i, phase + j, rho, kappa));
    }
    scene_free(&scene);
}

static void correlation_within_a_layer(void **state) {
    (void)state;
    check_correlations(SC_GPU, 0.5, 0.3);
    check_correlations(SC_POWER, 0.4, 0.6);
    check_correlations(SC_SHELL, 0.7, 0.25);
    check_correlations(SC_NETWORK, 0.35, 0.5);
}

/* gpu, and a layer that is always later: both normals of each phase can be seen. */
struct two_layers {
    struct normals gpu, other;
};

enum { T_SAME, T_APART, T_GPU, T_COUNT };

static void visit_two_layers(const struct group *g, int lane, int month, double *sums, const void *context) {
    const struct two_layers *law = context;
    const struct mm_phase *phase = PLAN_TABLE(g->plan, mm_phase, phases);
    double gpu[2], other[2];
    if (month >= 0)
        return;
    for (int i = 0; i < 2; i++) {
        const int j = phase_of(g->plan, 0, i, i, 0); /* north old and south new */
        const double planned = phase[j].month;
        gpu[i] = log((real_at(g, g->head->s_gpu + j, lane) - planned) / law->gpu.median) / law->gpu.sigma;
        other[i] = log((real_at(g, g->head->s_arrival + j, lane) - planned) / law->other.median) / law->other.sigma;
    }
    sums[T_SAME] += gpu[0] * other[0];
    sums[T_APART] += gpu[0] * other[1];
    sums[T_GPU] += gpu[0] * gpu[1];
}

/* Layers share the common factor M alone: correlation sqrt(rho rho') kappa, in one phase and in two. */
static void correlation_across_layers(void **state) {
    static const struct two_layers law = {{1, 0.5}, {1e5, 0.5}};
    const double kappa = 0.6, rho_gpu = 0.8, rho[MM_LAYERS] = {0, 0.5, 0.9, 0.3};
    (void)state;
    for (int l = 1; l < MM_LAYERS; l++) {
        char slips[240];
        double sums[T_COUNT];
        snprintf(slips, sizeof slips,
                 "common: %g, gpu: {median: 1, sigma: 0.5, rho: %g, max: 1e9}, %s: {median: 1e5, sigma: 0.5, "
                 "rho: %g, max: 1e9}",
                 kappa, rho_gpu, layers[l], rho[l]);
        struct scene scene = many_phases(slips);
        visit_paths(&scene, test_paths(), 0, visit_two_layers, &law, T_COUNT, sums);
        assert_correlation("gpu and another layer of one phase", sums[T_SAME], sqrt(rho_gpu * rho[l]) * kappa);
        assert_correlation("gpu and another layer of two phases", sums[T_APART], sqrt(rho_gpu * rho[l]) * kappa);
        assert_correlation("gpu of two generations", sums[T_GPU], rho_gpu * kappa);
        scene_free(&scene);
    }
}

static void visit_factors(const struct group *g, int lane, int month, double *sums, const void *context) {
    double c[7];
    (void)context;
    if (month >= 0)
        return;
    for (int i = 0; i < 7; i++)
        c[i] = real_at(g, g->head->s_factor + i, lane);
    add_products(c, 7, sums);
}

/* C = sqrt(kappa) M + sqrt(1 - kappa) Z for each generation, region (twice) and the network: any two have
 * correlation kappa. */
static void correlation_of_the_factors(void **state) {
    double sums[MAX_PAIRS];
    struct scene scene = many_phases("common: 0.45, gpu: {median: 1, sigma: 0.5, rho: 0.5}");
    (void)state;
    assert_int_equal(scene.data->n_generations + 2 * scene.data->n_regions + 1, 7);
    visit_paths(&scene, test_paths(), 0, visit_factors, NULL, MAX_PAIRS, sums);
    for (int j = 0; j < 7; j++)
        for (int i = 0; i <= j; i++)
            assert_correlation("factors", sums[pair_index(i, j)], i == j ? 1 : 0.45);
    scene_free(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slip_of_one_layer),         cmocka_unit_test(slip_without_spread),
        cmocka_unit_test(maximum_of_four_layers),    cmocka_unit_test(correlation_within_a_layer),
        cmocka_unit_test(correlation_across_layers), cmocka_unit_test(correlation_of_the_factors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
