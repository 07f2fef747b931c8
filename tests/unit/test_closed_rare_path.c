/* Rare events of the model: paths with given draws against closed forms and against plain sampling. */
#include "support/closed.h"
#include "support/scene.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "host/engine/lanes/lanes.h"
#include "host/rare/path.h"
#include "host/rare/rare.h"

static struct rare_path *path_of(const struct scene *scene, int question, struct sc_series_ref idle, int threads,
                                 int lanes) {
    const struct rare_path_options options = {
        .seed = scene->seed, .lanes = lanes, .threads = threads, .question = question, .idle = idle};
    struct rare_path *path = NULL;
    mm_messages *messages = mm_messages_new();
    const mm_status status = rare_path_new(scene->data, &options, &path, messages);
    if (status != MM_OK)
        fail_msg("%s", mm_messages_count(messages) ? mm_messages_text(messages, 0) : "no message");
    mm_messages_free(messages);
    return path;
}

static struct rare_result estimate(const struct rare_path *path, uint64_t seed, double precision) {
    const struct rare_options options = {.seed = seed, .precision = precision, .level_samples = 4000};
    struct rare_result result;
    mm_messages *messages = mm_messages_new();
    assert_int_equal(rare_estimate(rare_path_problem(path), &options, &result, messages), MM_OK);
    mm_messages_free(messages);
    printf("# %.4g +- %.2g, check %.4g +- %.2g, %d inputs, %d levels, %d components, %.0f effective, %llu evaluations: "
           "%s\n",
           result.figures.p, result.figures.se, result.check.p, result.check.se, rare_path_problem(path)->n_inputs,
           result.levels, result.fitted, result.figures.effective, (unsigned long long)result.evaluations,
           rare_verdict_text(result.verdict));
    return result;
}

#define WALK                                                                                                           \
    "mismatch: 1\n"                                                                                                    \
    "time: {start: 2030-01, months: 30}\n"                                                                             \
    "regions: [north]\n"                                                                                               \
    "generations: [{name: old, kh100e_per_mw: 1}]\n"                                                                   \
    "inference: {sigma: 0.2}\n"                                                                                        \
    "firms: [{name: a, shares: {north: 1}, installed: {old: 100}, inference: 50, demand_shares: {north: 1}}]\n"

/* G_24 is normal with variance 24 * 0.04 / 12; demand 50 exp(G) is 100 / (1 - a) where the gap is a. */
static void a_walk_far_out(void **state) {
    (void)state;
    const double a = 0.3, beta = log(100 / (1 - a) / 50) / sqrt(24 * 0.04 / 12), truth = normal_above(beta);
    struct scene scene = scene_new(WALK "events: {deep: {all_of: [{series: gap, at_least: 0.3}], from: 2032-01, to: "
                                        "2032-01}}\n"
                                        "questions: [{name: q, probability: {event: deep}}]\n");
    struct rare_path *path = path_of(&scene, 0, (struct sc_series_ref){0}, 2, lanes_best());
    const struct rare_result result = estimate(path, 1, 0.01);
    printf("# truth %.4g, beta %.3f\n", truth, beta);
    assert_true(beta > 3.7);
    assert_int_equal(result.verdict, RARE_AGREED);
    assert_close("p", result.figures.p / result.figures.se, truth / result.figures.se, SIGMAS);
    assert_close("within 5 %", result.figures.p / truth, 1, 0.05);
    rare_path_free(path);
    scene_free(&scene);
}

/* Shocks, regimes, launches, campaigns, slips and a firm's own demand, all of which are inputs. */
static const char *const small =
    "mismatch: 1\n"
    "time: {start: 2030-01, months: 36}\n"
    "regions: [north, south]\n"
    "generations: [{name: old, kh100e_per_mw: 1}, {name: new, kh100e_per_mw: 2, available: 2031-01, ships: 2031-01}]\n"
    "slips: {common: 0.3, gpu: {median: 2, sigma: 0.7, rho: 0.6}, power: {median: 3, sigma: 0.7, rho: 0.5}, "
    "shell: {median: 2, sigma: 0.5, rho: 0.5}, network: {median: 1, sigma: 0.5, rho: 0.5}}\n"
    "shocks:\n"
    "  - {name: surge, per_year: 0.4, times: 2, sigma: 0.3, log_demand: 0.2, ramp: 4}\n"
    "  - {name: storm, per_year: 0.5, sigma: 0.4, layer: power, months: 6, reach: 12}\n"
    "regimes: {names: [calm, boom], initial: [0.7, 0.3], monthly: [[0.95, 0.05], [0.1, 0.9]], growth: [0, 0.3], "
    "training: [1, 1.3]}\n"
    "inference: {sigma: 0.2, persistence: 0.9, firm_sigma: 0.3, initial_sigma: 0.2, frontier_share: 0.4}\n"
    "firms:\n"
    "  - {name: a, shares: {north: 0.5, south: 0.5}, installed: {old: 60}, inference: 60, demand_shares: {north: 0.5, "
    "south: 0.5}, build: {from: 2030-06, every: 3, mw_per_year: 20, cancel: {planned: 0.1}}, training: {first: "
    "2030-02, "
    "cadence: 6, duration: {median: 4, sigma: 0.3}, size: {mean: 10, sigma: 0.6}, research: 5}}\n"
    "  - {name: b, shares: {north: 1}, installed: {old: 50}, inference: 40, demand_shares: {north: 1}, merchant: "
    "true}\n"
    "launches: [{firm: a, planned: [2030-06, 2031-03], uplift: 0.2, ramp: 3, slip: {median: 2, sigma: 0.5}, "
    "success_sigma: 0.6}]\n"
    "events:\n"
    "  short: {all_of: [{series: state_shortage, at_least: 1}], for: 2}\n"
    "  odd: {any_of: [{event: short}, {series: price, at_least: 2}]}\n"
    "  late: {all_of: [{series: late_share, at_least: 0.1}], for: 3}\n"
    "  free: {all_of: [{series: spare_share, firm: a, at_least: 0.25}, {event: odd}]}\n"
    "  calm: {not: [{event: odd}], for: 12, from: 2030-06, to: 2032-06}\n"
    "  far: {all_of: [{series: spare_share, firm: a, at_least: 0.3}, {series: gap, at_least: 0.1}], for: 3}\n"
    "  glutted: {all_of: [{series: state_glut, at_least: 1}, {series: regime_boom, at_least: 1}], for: 3}\n"
    "questions:\n"
    "  - {name: late, probability: {event: late}}\n"
    "  - {name: free, probability: {event: free}}\n"
    "  - {name: calm, probability: {event: calm}}\n"
    "  - {name: glutted, probability: {event: glutted}}\n"
    "  - {name: map, coexistence: {series: idle_share, at_least: 0.2, for: 2, by: [[firm]]}}\n"
    "  - {name: far, probability: {event: far, to: 2031-06}}\n";

/* How many of n points from the inputs' own law have the event. */
static double hits_of(const struct rare_problem *problem, size_t n) {
    const size_t inputs = (size_t)problem->n_inputs;
    double *z = calloc(n * inputs, sizeof *z), *scores = calloc(n, sizeof *scores), hits = 0;
    uint64_t *rest = calloc(n, sizeof *rest);
    mm_messages *messages = mm_messages_new();
    assert_true(z && scores && rest);
    for (size_t i = 0; i < n; i++) {
        const struct rare_address address = {.seed = 31, .purpose = RARE_SUBSET, .index = i};
        rare_normals(&address, problem->n_inputs, z + i * inputs);
        rest[i] = (UINT64_C(1) << 41) + i;
    }
    assert_int_equal(problem->score(problem->context, n, z, rest, scores, messages), MM_OK);
    for (size_t i = 0; i < n; i++)
        hits += scores[i] >= 0;
    mm_messages_free(messages);
    free(z);
    free(scores);
    free(rest);
    return hits;
}

/* Points drawn from the inputs' own law are paths as a run has them, be the inputs few or many. */
static void inputs_have_their_law(void **state) {
    (void)state;
    const size_t n = test_paths() < 100000 ? 8000 : 40000;
    struct scene scene = scene_new(small);
    json_t *result = scene_run(&scene, test_paths());
    static const char *const truths[] = {"questions/late/ever/p", "questions/free/ever/p", "questions/calm/ever/p",
                                         "questions/glutted/ever/p", "questions/map/entries/0/ever/p"};
    for (int q = 0; q < 5; q++) {
        struct sc_series_ref idle = series_of(SC_IDLE_SHARE, 0);
        struct rare_path *path = path_of(&scene, q, idle, 2, lanes_best());
        const struct rare_problem *problem = rare_path_problem(path);
        const double truth = number_at(result, truths[q]),
                     se = sqrt(truth * (1 - truth) * (1 / (double)n + 1 / (double)test_paths()));
        assert_true(truth > 0.001 && truth < 0.999);
        for (int fine = 0; fine < 2; fine++, problem = problem->fine) {
            const double p = hits_of(problem, n) / (double)n;
            printf("# %s: %.4f in a run, %.4f from %d inputs\n", truths[q], truth, p, problem->n_inputs);
            assert_close(truths[q], p / se, truth / se, SIGMAS);
        }
        rare_path_free(path);
    }
    json_decref(result);
    scene_free(&scene);
}

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Both scores say the same of whether the event happened and another thing of how near it is; and both lead on: hardly
 * two of the points that have it not are equally near, though most of them have no spare compute at all. */
static void both_scores_lead_on(void **state) {
    (void)state;
    enum { N = 4000 };
    static double first[N], other[N];
    static uint64_t rest[N];
    struct scene scene = scene_new(small);
    mm_messages *messages = mm_messages_new();
    for (int q = 0; q < 6; q++) {
        struct rare_path *path = path_of(&scene, q, series_of(SC_IDLE_SHARE, 0), 2, lanes_best());
        const struct rare_problem *problem = rare_path_problem(path)->fine;
        double *z = calloc(N * (size_t)problem->n_inputs, sizeof *z);
        assert_non_null(z);
        for (uint64_t i = 0; i < N; i++) {
            const struct rare_address address = {.seed = 32, .index = i};
            rare_normals(&address, problem->n_inputs, z + i * (uint64_t)problem->n_inputs);
            rest[i] = i;
        }
        assert_int_equal(problem->score(problem->context, N, z, rest, first, messages), MM_OK);
        assert_int_equal(problem->other(problem->context, N, z, rest, other, messages), MM_OK);
        int differ = 0, alike = 0, below = 0;
        for (int i = 0; i < N; i++) {
            assert_true((first[i] >= 0) == (other[i] >= 0));
            below += first[i] < 0;
            differ += first[i] < 0 && fabs(first[i] - other[i]) > 1e-6;
        }
        qsort(first, N, sizeof *first, ascending);
        for (int i = 1; i < N; i++)
            alike += first[i] < 0 && first[i] <= first[i - 1];
        printf("# question %d: %d have it not; %d otherwise near by the other score; %d as near as another\n", q, below,
               differ, alike);
        assert_true(differ > 9 * below / 10);
        if (q == 1 || q >= 4)
            assert_true(alike < below / 100);
        free(z);
        rare_path_free(path);
    }
    mm_messages_free(messages);
    scene_free(&scene);
}

/* The coarse inputs of a point of the fine ones are what they stand for: the same normals, and independent. */
static void fine_inputs_make_coarse_ones(void **state) {
    (void)state;
    enum { N = 2000 };
    struct scene scene = scene_new(small);
    struct rare_path *path = path_of(&scene, 5, (struct sc_series_ref){0}, 1, lanes_best());
    const struct rare_problem *problem = rare_path_problem(path);
    const size_t inputs = (size_t)problem->n_inputs;
    double *from = calloc((size_t)problem->fine->n_inputs, sizeof *from), *z = calloc(inputs, sizeof *z),
           *sums = calloc(2 * inputs, sizeof *sums);
    assert_true(from && z && sums && problem->fine->n_inputs > problem->n_inputs);
    for (uint64_t i = 0; i < N; i++) {
        const struct rare_address address = {.seed = 33, .index = i};
        rare_normals(&address, problem->fine->n_inputs, from);
        problem->coarsen(problem->context, from, z);
        for (size_t j = 0; j < inputs; j++) {
            sums[j] += z[j];
            sums[inputs + j] += z[j] * z[j];
        }
    }
    for (size_t j = 0; j < inputs; j++) {
        assert_mean("mean", sums[j], N, 0, 1);
        assert_mean("square", sums[inputs + j], N, 1, 2);
    }
    /* all months alike: a stretch of m months is sqrt(m) times that */
    for (int i = 0; i < problem->fine->n_inputs; i++)
        from[i] = 1;
    problem->coarsen(problem->context, from, z);
    assert_close("12 months of the industry's demand", z[0], sqrt(12), 1e-12);
    free(from);
    free(z);
    free(sums);
    rare_path_free(path);
    scene_free(&scene);
}

/* The same scores, to the last bit, at any width and for any threads. */
static void scores_do_not_depend_on_the_machine(void **state) {
    (void)state;
    enum { N = 50 };
    struct scene scene = scene_new(small);
    static const int widths[] = {1, 4, 8, 16};
    double first[N], scores[N];
    uint64_t rest[N];
    int tried = 0;
    mm_messages *messages = mm_messages_new();
    for (size_t w = 0; w < sizeof widths / sizeof widths[0]; w++) {
        if (!lanes_get(widths[w]))
            continue;
        struct rare_path *path = path_of(&scene, 1, (struct sc_series_ref){0}, 1 + (int)w, widths[w]);
        const struct rare_problem *problem = rare_path_problem(path);
        double *z = calloc(N * (size_t)problem->n_inputs, sizeof *z);
        assert_non_null(z);
        for (uint64_t i = 0; i < N; i++) {
            const struct rare_address address = {.seed = 3, .index = i};
            rare_normals(&address, problem->n_inputs, z + i * (uint64_t)problem->n_inputs);
            rest[i] = i << 39;
        }
        assert_int_equal(problem->score(problem->context, N, z, rest, scores, messages), MM_OK);
        if (tried++ == 0)
            memcpy(first, scores, sizeof first);
        assert_memory_equal(first, scores, sizeof first);
        free(z);
        rare_path_free(path);
    }
    assert_true(tried >= 2);
    mm_messages_free(messages);
    scene_free(&scene);
}

/* An event of a few in ten thousand: the same from a run and from the estimate. */
static void agrees_with_a_run(void **state) {
    (void)state;
    if (test_paths() < 100000)
        skip();
    struct scene scene = scene_new(small);
    json_t *result = scene_run(&scene, test_paths());
    struct rare_path *path = path_of(&scene, 5, (struct sc_series_ref){0}, 2, lanes_best());
    const struct rare_result estimated = estimate(path, 3, 0.05);
    const double plain = number_at(result, "questions/far/ever/p"), se = number_at(result, "questions/far/ever/se");
    printf("# a run: %.4g +- %.2g\n", plain, se);
    assert_true(plain > 0 && plain < 0.01);
    const struct rare_answer answer = rare_answer(&estimated);
    assert_true(rare_stands(estimated.verdict));
    assert_close("p", (answer.p - plain) / hypot(se, answer.se), 0, SIGMAS);
    assert_close("p of the samples", (estimated.figures.p - plain) / hypot(se, estimated.figures.se), 0, SIGMAS);
    mm_messages *messages = mm_messages_new();
    for (int part = RARE_PART_FIRST; part <= RARE_PART_OTHER; part++) {
        struct rare_subset subset;
        assert_int_equal(
            rare_subset_run(rare_path_problem(path), (enum rare_part)part, 3, 2000, UINT64_MAX, &subset, messages),
            MM_OK);
        printf("# subset simulation: %.4g +- %.2g, %llu evaluations\n", subset.p, subset.se,
               (unsigned long long)subset.evaluations);
        assert_true(subset.reached && subset.se < 0.25 * plain);
        assert_close("p of a score", (subset.p - plain) / hypot(se, subset.se), 0, SIGMAS);
    }
    mm_messages_free(messages);
    rare_path_free(path);
    json_decref(result);
    scene_free(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walk_far_out),
        cmocka_unit_test(inputs_have_their_law),
        cmocka_unit_test(both_scores_lead_on),
        cmocka_unit_test(fine_inputs_make_coarse_ones),
        cmocka_unit_test(scores_do_not_depend_on_the_machine),
        cmocka_unit_test(agrees_with_a_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
