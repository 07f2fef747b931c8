/* Evidence (docs/model.md, section 8): Bayes factors of correlated normals against their orthant probabilities,
 * dependent pieces, certain evidence, evidence that says nothing. */
#include "support/closed.h"
#include "support/scene.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ln of a factor against the truth, in standard errors of its interval. */
static void assert_factor(const json_t *result, const char *step, double truth) {
    char path[128];
    snprintf(path, sizeof path, "%s/bayes_factor", step);
    const double factor = number_at(result, path);
    snprintf(path, sizeof path, "%s/ci", step);
    const double se = log(number_in(result, path, 1) / number_in(result, path, 0)) / (2 * 1.959963984540054);
    assert_close(step, log(factor) / se, log(truth) / se, SIGMAS);
}

static void assert_verdict(const json_t *result, const char *step, const char *wanted) {
    char path[128];
    snprintf(path, sizeof path, "%s/verdict", step);
    assert_string_equal(json_string_value(json_at(result, path)), wanted);
}

/* G is a walk of normal steps, demand 100 exp(G) against 100 of supply: spare compute and a glut when G < 0. G_s and
 * G_t, s < t, have the correlation sqrt(s / t). Wide steps, so that thresholds a little above 0 are as good as 0. */
static const char *const walk =
    "mismatch: 1\n"
    "time: {start: 2030-01, months: 6}\n"
    "regions: [north]\n"
    "generations: [{name: old, kh100e_per_mw: 1}]\n"
    "inference: {sigma: 20}\n"
    "thresholds: {glut: 0.000002}\n"
    "firms: [{name: a, shares: {north: 1}, installed: {old: 100}, inference: 100, demand_shares: {north: 1}}]\n"
    "events:\n"
    "  glut: {all_of: [{series: state_glut, at_least: 1}], from: 2030-05}\n"
    "  spare: {all_of: [{series: spare_share, firm: $firm, at_least: 0.000002}]}\n"
    "  spare-first: {all_of: [{event: spare}], from: 2030-02, to: 2030-02}\n"
    "  spare-then: {all_of: [{event: spare}], from: 2030-03, to: 2030-03}\n"
    "  always: {all_of: [{series: demand, at_least: 0}]}\n"
    "questions:\n"
    "  - {name: one, evidence: {firm: a, as_of: 2030-02, hypothesis: {event: glut, within: 3}, evidence: [{event: "
    "spare, within: 1}, {event: always, within: 1}]}}\n"
    "  - {name: two, evidence: {for_each: [a], as_of: 2030-03, hypothesis: {event: glut, within: 2}, evidence: "
    "[{event: "
    "spare-first, within: 2}, {event: spare-then, within: 2}]}}\n";

/* P(both below 0) of two normals with correlation r. */
static double quadrant(double r) {
    return 0.25 + asin(r) / (2 * M_PI);
}

static void two_normals(void **state) {
    const double n = (double)test_paths();
    (void)state;
    struct scene scene = scene_new(walk);
    json_t *result = scene_run(&scene, test_paths());
    assert_close("the closed form", quadrant(0.5) / (0.5 - quadrant(0.5)), 2, 1e-12);
    assert_share("prior", number_at(result, "questions/one/cases/0/prior/p") * n, n, 0.5);
    assert_share("evidence", number_at(result, "questions/one/cases/0/steps/0/evidence/p") * n, n, 0.5);
    assert_factor(result, "questions/one/cases/0/steps/0", 2);
    assert_share("with both", number_at(result, "questions/one/cases/0/steps/0/paths/with_hypothesis"), n,
                 quadrant(0.5));
    assert_share("without it", number_at(result, "questions/one/cases/0/steps/0/paths/without"), n,
                 0.5 - quadrant(0.5));
    assert_verdict(result, "questions/one/cases/0/steps/0", "points to it");
    /* what is always so says nothing, and changes nothing */
    assert_close("always", number_at(result, "questions/one/cases/0/steps/1/single_factor"), 1, 0);
    assert_close("joint", number_at(result, "questions/one/cases/0/steps/1/bayes_factor"),
                 number_at(result, "questions/one/cases/0/steps/0/bayes_factor"), 0);
    json_decref(result);
    scene_free(&scene);
}

/* G_1, G_2 as evidence for G_4: three orthants give 7/24 and 2/24, so 7/2 together, but 2 and 3 alone: the product, 6,
 * is wrong. */
static void dependent_pieces(void **state) {
    (void)state;
    struct scene scene = scene_new(walk);
    json_t *result = scene_run(&scene, test_paths());
    const double three = 0.125 + (2 * asin(sqrt(0.5)) + asin(0.5)) / (4 * M_PI), two = quadrant(sqrt(0.5));
    assert_close("three below 0", three, 7.0 / 24, 1e-12);
    assert_factor(result, "questions/two/cases/0/steps/0", 2);
    assert_factor(result, "questions/two/cases/0/steps/1", three / (two - three));
    assert_verdict(result, "questions/two/cases/0/steps/1", "points to it");
    const double n = (double)test_paths(), singles = number_at(result, "questions/two/cases/0/product_of_singles");
    assert_close("product of singles", singles, 6, 6 * SIGMAS * sqrt(30 / n));
    json_decref(result);
    scene_free(&scene);
}

/* Two regimes that never change: what is seen in month 0 says all about what follows. Firms a and b have demand of
 * their own, independent from month to month: what is seen of one says nothing about the other. */
static const char *const regimes =
    "mismatch: 1\n"
    "time: {start: 2030-01, months: 4}\n"
    "regions: [north]\n"
    "generations: [{name: old, kh100e_per_mw: 1}]\n"
    "regimes: {names: [calm, wild], initial: [0.7, 0.3], monthly: [[1, 0], [0, 1]], growth: [0, 12], training: [1, "
    "1]}\n"
    "inference: {persistence: 0, firm_sigma: 0.2, initial_sigma: 0.2}\n"
    "firms:\n"
    "  - {name: a, shares: {north: 1}, installed: {old: 100}, inference: 100, demand_shares: {north: 1}}\n"
    "  - {name: b, shares: {north: 1}, installed: {old: 100}, inference: 100, demand_shares: {north: 1}}\n"
    "events:\n"
    "  wild: {all_of: [{series: regime_wild, at_least: 1}]}\n"
    "  never: {all_of: [{series: price, at_least: 1000}]}\n"
    "  lacks: {all_of: [{series: unmet_share, firm: $firm, at_least: 0.01}]}\n"
    "  b-lacks: {all_of: [{series: unmet_share, firm: b, at_least: 0.01}], from: 2030-02, to: 2030-02}\n"
    "questions:\n"
    "  - {name: sure, evidence: {as_of: 2030-01, hypothesis: {event: wild, within: 2}, evidence: [{event: wild, "
    "within: "
    "1}, {event: never, within: 1}]}}\n"
    "  - {name: none, evidence: {firm: a, as_of: 2030-01, hypothesis: {event: b-lacks, within: 1}, evidence: {event: "
    "lacks, within: 1}}}\n";

static void certain_and_idle_evidence(void **state) {
    const double n = (double)test_paths();
    (void)state;
    struct scene scene = scene_new(regimes);
    json_t *result = scene_run(&scene, test_paths());
    const char *sure = "questions/sure/cases/0/steps/0/";
    char path[128];
    assert_share("wild", number_at(result, "questions/sure/cases/0/prior/p") * n, n, 0.3);
    snprintf(path, sizeof path, "%sposterior/p", sure);
    assert_close("certain", number_at(result, path), 1, 0);
    snprintf(path, sizeof path, "%sposterior/se", sure);
    assert_true(number_at(result, path) > 0); /* no path speaks against it, which is not the same as none could */
    snprintf(path, sizeof path, "%sbayes_factor", sure);
    assert_true(json_is_null(json_at(result, path)));
    assert_verdict(result, "questions/sure/cases/0/steps/0", "seen only where it holds");
    assert_true(json_is_null(json_at(result, "questions/sure/cases/0/steps/0/needs_paths")));
    assert_verdict(result, "questions/sure/cases/0/steps/1", "never seen");
    assert_true(number_at(result, "questions/sure/cases/0/steps/1/needs_paths") >= 200 * n / 3);
    assert_true(json_is_null(json_at(result, "questions/sure/cases/0/steps/1/posterior/p")));
    assert_true(json_is_null(json_at(result, "questions/sure/cases/0/firm")));
    assert_factor(result, "questions/none/cases/0/steps/0", 1);
    assert_verdict(result, "questions/none/cases/0/steps/0", "says little");
    json_decref(result);
    scene_free(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_normals),
        cmocka_unit_test(dependent_pieces),
        cmocka_unit_test(certain_and_idle_evidence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
