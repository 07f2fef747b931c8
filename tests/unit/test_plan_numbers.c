/* Numbers of the head and of the firms, scales of the fixed-point sums, limits. */
#include "tests/unit/test_plan.h"

#include <float.h>

static void thresholds_are_tolerant(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(6, 1, 1, 2);
    s->thresholds.shortage = 0.05;
    s->thresholds.glut = 0.1;
    s->thresholds.friction = 3;
    s->firms[0].hurdle = 0.1;
    s->firms[1].hurdle = 20;
    struct plan *plan = plan_of(s);
    const struct mm_firm *f = PLAN_TABLE(plan, mm_firm, firms);
    assert_close(plan->head.shortage, 0.049999, 4e-9);
    assert_close(plan->head.glut, 0.099999, 8e-9);
    assert_close(plan->head.friction, 2.999997, 3e-7);
    assert_close(f[0].hurdle, 0.099999, 8e-9);
    assert_close(f[1].hurdle, 19.99998, 2e-6);
    plan_free(plan);
    scenario_drop();
}

static void spreads_are_split(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(6, 1, 1, 1);
    s->slips_common = 0.36;
    s->slips[SC_SHELL] = (struct sc_slip){2, 0.6, 0.25, 1, 24};
    s->inference_sigma = 0.2;
    s->persistence = 0.8;
    s->initial_sigma = 0.07;
    s->firms[0].inference_sigma = 0.5;
    s->firms[0].reserve = 0.25;
    struct plan *plan = plan_of(s);
    const struct mm_head *h = &plan->head;
    const struct mm_firm *f = PLAN_TABLE(plan, mm_firm, firms);
    assert_close(h->factor_common, 0.6, 1e-7);
    assert_close(h->factor_own, 0.8, 1e-7);
    assert_close(h->slip_common[SC_SHELL], 0.5, 0);
    assert_close(h->slip_own[SC_SHELL], sqrt(0.75), 1e-7);
    assert_close(h->slip_median[SC_SHELL], 2, 0);
    assert_close(h->slip_sigma[SC_SHELL], 0.6, 1e-7);
    assert_close(h->slip_buffer[SC_SHELL], 1, 0);
    assert_close(h->slip_max[SC_SHELL], 24, 0);
    assert_close(h->slip_own[SC_GPU], 1, 0);
    assert_close(h->index_sigma, 0.2 / sqrt(12), 1e-8);
    assert_close(h->log_price_min, log(0.1), 1e-6);
    assert_close(h->log_price_max, log(10), 1e-6);
    assert_close(f->x0_sigma, 0.07, 1e-8);
    assert_close(f->x_sigma, 0.3, 1e-7);
    assert_close(f->kept, 0.75, 0);
    plan_free(plan);
    scenario_drop();
}

/* MW: installed and planned, at the strongest response; compute: the same, or 64 times what demand plans. */
static void scales_are_powers_of_two(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(40, 1, 1, 1);
    s->response.high = 1.5;
    s->generations[0].kh100e_per_mw = 2;
    s->firms[0].installed[0] = 40;
    s->firms[0].n_phases = 1;
    s->firms[0].phases = keep(1, sizeof *s->firms[0].phases);
    s->firms[0].phases[0] = (struct sc_phase){text("p"), 0, 0, 5, 16, 0, false};
    struct plan *plan = plan_of(s);
    assert_close(plan->head.mw_scale, 65536, 0); /* 64 MW exactly: 2^6 * 2^16 */
    assert_close(plan->head.compute_scale, 32768, 0);
    assert_close(plan->head.mw_bound, 8388607, 0);
    assert_close(plan->head.compute_bound, 8388607, 0);
    plan_free(plan);
    s->firms[0].phases[0].mw = 16.1;
    plan = plan_of(s);
    assert_close(plan->head.mw_scale, 32768, 0);
    assert_close(plan->head.compute_scale, 16384, 0);
    plan_free(plan);
    /* 10 of inference, 5 of research, campaigns of 20 in months 0, 24, 48: two within 24 months in month 24 */
    s->firms[0].inference = 10;
    s->firms[0].training = (struct sc_training){true, 0, 24, {1, 0}, {1, 0}, 20, 0, 5};
    plan = plan_of(s);
    assert_close(plan->head.compute_scale, 1024, 0); /* 64 * 55 = 3520 < 2^12 */
    plan_free(plan);
    s->firms[0] = (struct sc_firm){.name = s->firms[0].name,
                                   .shares = s->firms[0].shares,
                                   .installed = NUMBERS(0),
                                   .demand_shares = s->firms[0].demand_shares};
    plan = plan_of(s);
    assert_close(plan->head.mw_scale, 1, 0);
    assert_close(plan->head.compute_scale, 1, 0);
    plan_free(plan);
    scenario_drop();
}

static void limits_are_checked(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(6, 17, 1, 1);
    assert_refused(s, "regions: 17; allowed: 1 ... 16");
    s = scenario_new(6, 1, 9, 1);
    assert_refused(s, "generations: 9; allowed: 1 ... 8");
    s = scenario_new(6, 1, 1, 1);
    s->n_firms = 1 << 24;
    assert_refused(s, "firms: 16777216");
    s->n_firms = 1;
    s->n_shocks = (1 << 24) + 1;
    assert_refused(s, "shocks: 16777217");
    s->n_shocks = 0;
    s->n_launches = (1 << 24) + 1;
    assert_refused(s, "launches: 16777217");
    s->n_launches = 0;
    s->n_regimes = 9;
    assert_refused(s, "regimes: 9");
    s->n_regimes = 1;
    s->firms[0].installed[0] = 2 * (double)FLT_MAX;
    assert_refused(s, "firms.a: a figure");
    s->firms[0].installed[0] = 0;
    s->firms[0].inference = 1e300;
    assert_refused(s, "firms.a: a figure that follows from it (1e+300) is beyond single precision");
    scenario_drop();
}

/* A scenario without firms is a plan too. */
static void nothing_is_a_plan(void **state) {
    (void)state;
    struct plan *plan = plan_of(scenario_new(1, 1, 1, 0));
    assert_int_equal(plan->head.n_cells, 0);
    assert_int_equal(plan->head.n_phases, 0);
    assert_true(plan->head.s_vectors > 0);
    assert_true(plan->head.fans >= 0 && (size_t)plan->head.fans <= plan->pool_words);
    plan_free(plan);
    plan_free(NULL);
    scenario_drop();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thresholds_are_tolerant),  cmocka_unit_test(spreads_are_split),
        cmocka_unit_test(scales_are_powers_of_two), cmocka_unit_test(limits_are_checked),
        cmocka_unit_test(nothing_is_a_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
