/* Ranges as functions of normals, and what drawing all of them leaves open. */
#include "support/closed.h"
#include "support/scene.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <mismatch/study.h>

#include "host/study/spread.h"
#include "host/study/study.h"

#define Z95 1.6448536269514722

static void the_points_of_a_range(void **state) {
    static const struct sc_range ranges[] = {
        {.key = "normal", .low = -2, .central = 1, .high = 2, .least = -1e30, .most = 1e30},
        {.key = "log", .low = 1, .central = 4, .high = 8, .least = 0, .most = 1e30},
        {.key = "clipped", .low = 0, .central = 0.5, .high = 0.9, .least = 0, .most = 1},
        {.key = "whole", .low = 12, .central = 18, .high = 24, .least = 1, .most = 20, .whole = true},
        {.key = "fixed", .low = 3, .central = 3, .high = 3, .least = 0, .most = 10},
    };
    struct spread spread;
    bool clipped;
    (void)state;
    assert_true(spread_open(&spread, ranges, 5, NULL, 0));
    for (size_t i = 0; i < 3; i++) {
        assert_close("5 %", spread_value(&spread, i, -Z95, &clipped), ranges[i].low, 1e-12);
        assert_false(clipped);
        assert_close("central", spread_value(&spread, i, 0, NULL), ranges[i].central, 1e-12);
        assert_close("95 %", spread_value(&spread, i, Z95, &clipped), ranges[i].high, 1e-12);
    }
    assert_close("half way down", spread_value(&spread, 0, -Z95 / 2, NULL), -0.5, 1e-12);
    assert_close("half way up", spread_value(&spread, 0, Z95 / 2, NULL), 1.5, 1e-12);
    assert_close("in logs, down", spread_value(&spread, 1, -Z95 / 2, NULL), 2, 1e-12);
    assert_close("in logs, up", spread_value(&spread, 1, Z95, NULL), 8, 1e-12);
    assert_close("in logs, further up", spread_value(&spread, 1, 2 * Z95, NULL), 16, 1e-12);
    assert_close("below the least", spread_value(&spread, 2, -2, &clipped), 0, 0);
    assert_true(clipped);
    assert_close("above the most", spread_value(&spread, 2, 3, &clipped), 1, 0);
    assert_true(clipped);
    assert_close("rounded", spread_value(&spread, 3, 0.1, &clipped), 18, 0);
    assert_close("rounded", spread_value(&spread, 3, 0.2, &clipped), 19, 0);
    assert_false(clipped);
    assert_close("clipped and whole", spread_value(&spread, 3, 5, &clipped), 20, 0);
    assert_true(clipped);
    assert_close("fixed", spread_value(&spread, 4, 2, NULL), 3, 0);
    spread_close(&spread);
}

/* Means, variances and correlations of the points of both sequences. */
static void the_points_are_normal(void **state) {
    enum { N = 4096 };
    static const size_t dimensions[] = {3, 41};
    static const struct sc_correlation pairs[] = {{0, 1, 0.6}, {2, 1, -0.5}};
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        size_t n = dimensions[k];
        struct sc_range *ranges = calloc(n, sizeof *ranges);
        struct spread_points *points = spread_points_open(n);
        double *u = calloc(2 * n, sizeof *u), *z = u + n, sum[3] = {0}, product[3][3] = {{0}};
        struct spread spread;
        assert_non_null(points);
        assert_true(spread_open(&spread, ranges, n, pairs, 2));
        assert_string_equal(spread_points_name(points), k ? "reverse-halton" : "sobol");
        for (int i = 0; i < N; i++) {
            spread_points_next(points, u);
            spread_normals(&spread, u, z);
            for (int a = 0; a < 3; a++) {
                sum[a] += z[a];
                for (int b = 0; b < 3; b++)
                    product[a][b] += z[a] * z[b];
            }
        }
        static const double expected[3][3] = {{1, 0.6, 0}, {0.6, 1, -0.5}, {0, -0.5, 1}};
        for (int a = 0; a < 3; a++) {
            assert_close("mean", sum[a] / N, 0, 0.01);
            for (int b = 0; b < 3; b++)
                assert_close("correlation", product[a][b] / N, expected[a][b], 0.02);
        }
        spread_close(&spread);
        spread_points_close(points);
        free(ranges);
        free(u);
    }
}

static const char config[] = "mismatch: 1\n"
                             "time: {start: 2030-01, months: 1}\n"
                             "regions: [north]\n"
                             "generations: [{name: old, kh100e_per_mw: 1}]\n"
                             "inference: {initial_sigma: 0.2}\n"
                             "market: {price_max: 10}\n"
                             "firms: [{name: a, shares: {north: 1}, installed: {old: 100}, inference: 100, "
                             "demand_shares: {north: 1}}]\n"
                             "events: {short: {all_of: [{series: state_shortage, at_least: 1}]}}\n"
                             "questions: [{name: short, probability: {event: short}}]\n"
                             "ranges:\n"
                             "  firms.a.inference: {low: 80, central: 100, high: 110, grade: J}\n";

static double short_share(double inference) {
    return normal_above(log(100 / 0.95 / inference) / 0.2);
}

static json_t *drawn(struct scene *scene, uint64_t draws, uint64_t *failed) {
    const mm_over_ranges_options options = {.draws = draws, .run = {.paths = 20000}};
    mm_study *study = NULL;
    mm_messages *messages = mm_messages_new();
    mm_status status = mm_over_ranges(scene->scenario, &options, &study, failed, messages);
    for (size_t i = 0; i < mm_messages_count(messages); i++)
        print_message("%s\n", mm_messages_text(messages, i));
    assert_int_equal(status, MM_OK);
    json_t *document = json_incref(study->document);
    mm_study_free(study);
    mm_messages_free(messages);
    return document;
}

/* The answer rises with the one input, so its 5, 50 and 95 % points are those of the input. */
static void the_span_of_a_rising_answer(void **state) {
    struct scene scene = scene_new(config);
    uint64_t failed;
    json_t *document = drawn(&scene, 200, &failed);
    const json_t *span = json_at(document, "ranges/short");
    (void)state;
    assert_int_equal(failed, 0);
    assert_close("low", number_at(span, "low"), short_share(80), 0.015);
    assert_close("median", number_at(span, "median"), short_share(100), 0.015);
    assert_close("high", number_at(span, "high"), short_share(110), 0.015);
    assert_close("known", number_at(span, "known"), 200, 0);
    assert_close("paths", number_at(document, "over_ranges/paths"), 20000, 0);
    assert_close("clipped", number_at(document, "over_ranges/clipped"), 0, 0);
    json_decref(document);
    scene_free(&scene);
}

/* Half of the draws of price_min lie above price_max, which is no valid configuration. */
static void draws_that_fail_are_counted(void **state) {
    struct scene scene = scene_format("%s  market.price_min: {low: 1, central: 10, high: 20, grade: J}\n", config);
    uint64_t failed;
    json_t *document = drawn(&scene, 64, &failed);
    (void)state;
    assert_close("failed", (double)failed, 32, 2);
    assert_close("known", number_at(document, "ranges/short/known") + (double)failed, 64, 0);
    json_decref(document);
    scene_free(&scene);
}

static void what_can_not_be_drawn(void **state) {
    struct scene bare = scene_new("mismatch: 1\ntime: {start: 2030-01, months: 1}\nregions: [north]\n"
                                  "generations: [{name: old, kh100e_per_mw: 1}]\nfirms: [{name: a}]\n");
    struct scene scene = scene_new(config);
    mm_over_ranges_options options = {.draws = 19};
    mm_study *study = NULL;
    mm_messages *messages = mm_messages_new();
    (void)state;
    assert_int_equal(mm_over_ranges(bare.scenario, NULL, &study, NULL, messages), MM_USAGE);
    assert_non_null(strstr(mm_messages_text(messages, 0), "no `ranges`"));
    assert_int_equal(mm_over_ranges(scene.scenario, &options, &study, NULL, messages), MM_USAGE);
    assert_non_null(strstr(mm_messages_text(messages, 1), "20 to 100000 draws"));
    assert_null(study);
    mm_messages_free(messages);
    scene_free(&bare);
    scene_free(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_points_of_a_range),       cmocka_unit_test(the_points_are_normal),
        cmocka_unit_test(the_span_of_a_rising_answer), cmocka_unit_test(draws_that_fail_are_counted),
        cmocka_unit_test(what_can_not_be_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
