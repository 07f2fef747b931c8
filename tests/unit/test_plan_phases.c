/* Phases, what firms own, decisions to build, cancellations. */
#include "tests/unit/test_plan.h"

static uint address(int kind, int what) {
    return MM_ADDRESS(kind, what);
}

/* Two generations, the second ships from month 3; a programme from month -4 on, every 3 months, 120 MW a year, 50 %
 * more each year; 3 months of lead. */
static struct sc_scenario *programme(void) {
    struct sc_scenario *s = scenario_new(12, 2, 2, 2);
    s->generations[1].ships = 3;
    s->generations[1].retires = 9;
    s->generations[1].kh100e_per_mw = 2.5;
    s->generations[1].ramp = 4;
    s->response.lead = 3;
    struct sc_firm *firm = &s->firms[1];
    firm->shares = NUMBERS(0.25, 0.75);
    firm->build = (struct sc_build){true, -4, 3, 4, 120, 0.5, 0.1, 0.2};
    return s;
}

static void programme_is_expanded(void **state) {
    (void)state;
    struct plan *plan = plan_of(programme());
    const struct mm_head *h = &plan->head;
    const struct mm_phase *p = PLAN_TABLE(plan, mm_phase, phases);
    /* steps at -4, -1, 2, 5, 8, 11, in two regions each */
    assert_int_equal(h->n_phases, 12);
    static const struct {
        int month, region, generation, step, decided;
    } expected[] = {{-4, 0, 0, 0, -1}, {-1, 0, 0, 1, -1}, {2, 0, 0, 2, -1},  {5, 0, 1, 3, 2},
                    {8, 0, 1, 4, 5},   {11, 0, 1, 5, 8},  {-4, 1, 0, 0, -1}, {-1, 1, 0, 1, -1},
                    {2, 1, 0, 2, -1},  {5, 1, 1, 3, 2},   {8, 1, 1, 4, 5},   {11, 1, 1, 5, 8}};
    const struct mm_decision *d = PLAN_TABLE(plan, mm_decision, decisions);
    for (int i = 0; i < 12; i++) {
        assert_int_equal(p[i].firm, 1);
        assert_int_equal(p[i].month, expected[i].month);
        assert_int_equal(p[i].region, expected[i].region);
        assert_int_equal(p[i].generation, expected[i].generation);
        assert_int_equal(p[i].slip_c2, expected[i].region << 20 | expected[i].step);
        assert_int_equal(p[i].slip_c3, address(MM_KIND_STEP_SLIP, 1));
        double mw = 30 * pow(1.5, (expected[i].month + 4) / 12.0) * (expected[i].region ? 0.75 : 0.25);
        assert_close(p[i].mw, mw, 1e-5);
        if (expected[i].decided < 0)
            assert_int_equal(p[i].decision, -1);
        else
            assert_int_equal(d[p[i].decision].month, expected[i].decided);
    }
    plan_free(plan);
    scenario_drop();
}

static void cells_are_owned(void **state) {
    (void)state;
    struct sc_scenario *s = programme();
    s->firms[0].installed[0] = 7;
    s->firms[1].installed[1] = 40;
    struct plan *plan = plan_of(s);
    const struct mm_own *own = PLAN_TABLE(plan, mm_own, owns);
    const struct mm_firm *f = PLAN_TABLE(plan, mm_firm, firms);
    assert_int_equal(plan->head.n_cells, 8);
    assert_int_equal(plan->head.n_own, 5);
    assert_int_equal(f[0].first_own, 0);
    assert_int_equal(f[0].n_own, 1);
    assert_int_equal(f[1].first_own, 1);
    assert_int_equal(f[1].n_own, 4);
    static const int cell[] = {0, 4, 5, 6, 7};
    static const double existing[] = {7, 0, 10, 0, 30};
    for (int i = 0; i < 5; i++) {
        assert_int_equal(own[i].cell, cell[i]);
        assert_close(own[i].existing, existing[i] * (double)own[i].units_per_mw, 0);
        assert_close(own[i].units_per_mw * own[i].mw_per_unit, 1, 0);
        assert_int_equal(own[i].end, own[i].retires);
        bool newer = own[i].generation == 1;
        assert_int_equal(own[i].retires, newer ? 9 : 12);
        assert_close(own[i].kh100e_per_unit * own[i].units_per_mw, newer ? 2.5 : 1, 0);
        assert_close(own[i].inv_ramp, newer ? 0.25 : 1, 0);
        assert_int_equal(own[i].cell, (i > 0 ? 4 : 0) + own[i].region * 2 + own[i].generation);
    }
    plan_free(plan);
    scenario_drop();
}

static void decisions_gather_a_month(void **state) {
    (void)state;
    struct sc_scenario *s = programme();
    s->response.lead = 6; /* 5 and 8 less 6 is before the start: both are decided in month 0 or at 2 */
    struct plan *plan = plan_of(s);
    const struct mm_decision *d = PLAN_TABLE(plan, mm_decision, decisions);
    const struct mm_firm *f = PLAN_TABLE(plan, mm_firm, firms);
    assert_int_equal(plan->head.n_decisions, 3);
    assert_int_equal(f[0].n_decisions, 0);
    assert_int_equal(f[1].first_decision, 0);
    assert_int_equal(f[1].n_decisions, 3);
    static const int month[] = {0, 2, 5}, planned[] = {5, 8, 11};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(d[i].month, month[i]);
        assert_close(d[i].weight, 30 * pow(1.5, (planned[i] + 4) / 12.0), 1e-5);
    }
    plan_free(plan);
    scenario_drop();
}

static void months_before_the_start_share_a_decision(void **state) {
    (void)state;
    struct sc_scenario *s = programme();
    s->response.lead = 40;
    struct plan *plan = plan_of(s);
    const struct mm_decision *d = PLAN_TABLE(plan, mm_decision, decisions);
    assert_int_equal(plan->head.n_decisions, 1);
    assert_int_equal(d->month, 0);
    assert_close(d->weight, 30 * (pow(1.5, 0.75) + pow(1.5, 1) + pow(1.5, 1.25)), 1e-4);
    plan_free(plan);
    scenario_drop();
}

static void cancellations_share_blocks(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(6, 6, 1, 3);
    struct sc_firm *firm = &s->firms[2];
    firm->shares = NUMBERS(0.1, 0, 0.2, 0.2, 0.2, 0.3);
    firm->build = (struct sc_build){true, -1, 4, 0, 12, 0, 0, 0.25}; /* steps at -1 and 3: committed ones are sure */
    firm->n_phases = 6;
    firm->phases = keep(6, sizeof *firm->phases);
    for (int i = 0; i < 6; i++)
        firm->phases[i] = (struct sc_phase){text("p"), 1, 0, 2 + i / 3, 5, i == 1 ? 0 : 0.01 * (i + 1), i > 3};
    struct plan *plan = plan_of(s);
    const struct mm_group *c = PLAN_TABLE(plan, mm_group, groups);
    const struct mm_phase *p = PLAN_TABLE(plan, mm_phase, phases);
    assert_int_equal(plan->head.n_phases, 16);
    /* committed ones first: step 0 in regions 0 ... 3, then in 4 and 5, single phases 4 and 5; then those decided in
     * month 0: step 1 likewise, single phases 0 ... 3 */
    assert_int_equal(plan->head.n_committed_groups, 3);
    assert_int_equal(plan->head.n_groups, 6);
    static const uint c2[] = {0, 1 << 20, 1, 1, 1 << 20 | 1, 0};
    static const bool single[] = {false, false, true, false, false, true};
    static const bool used[6][4] = {{true, false, true, true}, {true, true}, {true, true},
                                    {true, false, true, true}, {true, true}, {true, true, true, true}};
    for (int i = 0; i < 6; i++) {
        assert_int_equal(c[i].c2, c2[i]);
        assert_int_equal(c[i].c3, address(single[i] ? MM_KIND_PHASE_CANCEL : MM_KIND_STEP_CANCEL, 2));
        assert_int_equal(c[i].draws, i > 1); /* committed steps are sure */
        int n = 0;
        for (int j = 0; j < 4; j++) {
            if (!used[i][j])
                continue;
            assert_in_range(n, 0, c[i].n - 1);
            assert_int_equal(c[i].word[n], j);
            const struct mm_phase *phase = &p[c[i].phase[n]];
            int step = i < 2 ? 0 : 1, what = single[i] ? 4 * (int)c2[i] + j : 4 * (int)(c2[i] >> 20) + j;
            double cancel = single[i] ? (what == 1 ? 0 : 0.01 * (what + 1)) : step ? 0.25 : 0;
            assert_int_equal(phase->slip_c3, address(single[i] ? MM_KIND_PHASE_SLIP : MM_KIND_STEP_SLIP, 2));
            assert_int_equal(phase->slip_c2, single[i] ? what : what << 20 | step);
            assert_close(c[i].probability[n++], cancel, 1e-7);
        }
        assert_int_equal(c[i].n, n);
    }
    plan_free(plan);
    scenario_drop();
}

static void single_phases_stand_behind_the_programme(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(12, 1, 1, 1);
    s->response.lead = 2;
    struct sc_firm *firm = &s->firms[0];
    firm->build = (struct sc_build){true, 0, 4, 0, 12, 0, 0, 0};
    firm->n_phases = 7;
    firm->phases = keep(7, sizeof *firm->phases);
    static const int ready[] = {4, -30, 0, 12, 13, 14, 4};
    static const bool committed[] = {false, false, false, true, true, false, true};
    for (int i = 0; i < 7; i++)
        firm->phases[i] = (struct sc_phase){text("p"), 0, 0, ready[i], 1 + i, 0, committed[i]};
    struct plan *plan = plan_of(s);
    const struct mm_phase *p = PLAN_TABLE(plan, mm_phase, phases);
    const struct mm_decision *d = PLAN_TABLE(plan, mm_decision, decisions);
    /* neither the committed phase of month 13 nor what is decided in month 12 can be felt */
    static const int month[] = {-30, 0, 0, 4, 4, 4, 8, 12};
    static const double mw[] = {2, 4, 3, 4, 1, 7, 4, 4};
    static const int decided[] = {-1, -1, -1, 2, 2, -1, 6, -1};
    assert_int_equal(plan->head.n_phases, 8);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(p[i].month, month[i]);
        assert_close(p[i].mw, mw[i], 0);
        assert_int_equal(p[i].decision < 0 ? -1 : d[p[i].decision].month, decided[i]);
    }
    assert_int_equal(p[4].slip_c3, address(MM_KIND_PHASE_SLIP, 0));
    assert_int_equal(p[5].slip_c2, 6);
    assert_close(d[0].weight, 5, 0);
    plan_free(plan);
    scenario_drop();
}

/* What is added at an end, or changed elsewhere, moves nobody's address. */
static void addresses_stay(void **state) {
    (void)state;
    struct sc_scenario *s = programme();
    struct plan *before = plan_of(s);
    s->months = 24;
    s->firms[0].build = s->firms[1].build;
    s->firms[1].n_phases = 1;
    s->firms[1].phases = keep(1, sizeof *s->firms[1].phases);
    s->firms[1].phases[0] = (struct sc_phase){text("p"), 0, 0, 0, 5, 0.5, false};
    struct plan *after = plan_of(s);
    const struct mm_phase *p = PLAN_TABLE(before, mm_phase, phases), *q = PLAN_TABLE(after, mm_phase, phases);
    for (int i = 0; i < before->head.n_phases; i++) {
        int found = 0;
        for (int j = 0; j < after->head.n_phases; j++)
            found += p[i].slip_c2 == q[j].slip_c2 && p[i].slip_c3 == q[j].slip_c3 && p[i].month == q[j].month &&
                     p[i].region == q[j].region && p[i].firm == q[j].firm;
        assert_int_equal(found, 1);
    }
    plan_free(before);
    plan_free(after);
    scenario_drop();
}

static void nothing_ships_yet(void **state) {
    (void)state;
    struct sc_scenario *s = programme();
    s->generations[0].ships = 4;
    s->generations[1].ships = 9;
    struct plan *plan = plan_of(s);
    const struct mm_phase *p = PLAN_TABLE(plan, mm_phase, phases);
    assert_int_equal(plan->head.n_phases, 6);
    assert_int_equal(p[0].month, 5);
    plan_free(plan);
    scenario_drop();
}

static void too_many_steps_are_refused(void **state) {
    (void)state;
    struct sc_scenario *s = programme();
    s->firms[1].build.from = -3 * (1 << 20);
    assert_refused(s, "firms.b.build: 1048580 steps");
    s->firms[1].build.from = -4;
    s->firms[1].build.growth = 1e300;
    assert_refused(s, "firms.b: a figure");
    scenario_drop();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programme_is_expanded),
        cmocka_unit_test(cells_are_owned),
        cmocka_unit_test(decisions_gather_a_month),
        cmocka_unit_test(months_before_the_start_share_a_decision),
        cmocka_unit_test(cancellations_share_blocks),
        cmocka_unit_test(single_phases_stand_behind_the_programme),
        cmocka_unit_test(addresses_stay),
        cmocka_unit_test(nothing_ships_yet),
        cmocka_unit_test(too_many_steps_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
