/* Demand as planned: trends, inference with launches, campaigns; shocks, regimes, the frontier; contracts. */
#include "tests/unit/test_plan.h"

#include "host/plan/build.h"

#include <stdio.h>

static struct sc_trend trend(int n, const int *month, const double *rate) {
    struct sc_trend result = {n, keep((size_t)n, sizeof(int)), keep((size_t)n, sizeof(double))};
    memcpy(result.month, month, (size_t)n * sizeof *month);
    memcpy(result.rate, rate, (size_t)n * sizeof *rate);
    return result;
}

static void trends_are_integrated(void **state) {
    (void)state;
    const struct sc_trend none = {0, NULL, NULL};
    assert_close(build_trend(&none, 30), 0, 0);
    /* 1.2 a year until month 6, then 0.6 until month 12, then 0.24 */
    struct sc_trend t = trend(3, (int[]){-3, 6, 12}, (double[]){1.2, 0.6, 0.24});
    static const double x[] = {0, 3, 6, 9, 12, 22, -2, -3, -13}, y[] = {0, 0.3, 0.6, 0.75, 0.9, 1.1, -0.2, -0.3, -1.3};
    for (int i = 0; i < 9; i++)
        assert_close(build_trend(&t, x[i]), y[i], 1e-12);
    /* the first rate also holds before its date, here over month 0 */
    t = trend(2, (int[]){5, 10}, (double[]){1.2, 0.12});
    assert_close(build_trend(&t, -5), -0.5, 1e-12);
    assert_close(build_trend(&t, 10), 1.0, 1e-12);
    assert_close(build_trend(&t, 20), 1.1, 1e-12);
    /* dates before the start: the last rate holds from month 0 on */
    t = trend(2, (int[]){-24, -12}, (double[]){1.2, 0.12});
    assert_close(build_trend(&t, 10), 0.1, 1e-12);
    assert_close(build_trend(&t, -12), -0.12, 1e-12);
    assert_close(build_trend(&t, -22), -1.12, 1e-12);
    assert_close(build_trend(&t, -36), -2.52, 1e-12);
    assert_close(build_trend(&t, 0.5), 0.005, 1e-12);
    scenario_drop();
}

static void inference_without_launches_as_planned(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(12, 2, 1, 3);
    s->inference_trend = trend(1, (int[]){0}, (double[]){0.6});
    s->firms[1].inference = 100;
    s->firms[1].beta = 2;
    s->firms[1].n_profile = 12;
    s->firms[1].profile = keep(12, sizeof(double));
    for (int t = 0; t < 12; t++)
        s->firms[1].profile[t] = 1 + t;
    s->firms[1].demand_shares = NUMBERS(0.3, 0.7);
    s->n_launches = 3;
    s->launches = keep(3, sizeof *s->launches);
    int planned[3][3] = {{9, -2, 12}, {3, 0, 0}, {3, 1, 0}};
    s->launches[0] = (struct sc_launch){NULL, 1, 3, planned[0], 0.5, 4, 0.6, {2, 0.8}};
    s->launches[1] = (struct sc_launch){NULL, 0, 1, planned[1], 0.3, 1, 0, {0, 0}};
    s->launches[2] = (struct sc_launch){NULL, 1, 2, planned[2], 0.2, 2, 0, {1, 0.1}};
    struct plan *plan = plan_of(s);
    const struct mm_firm *f = PLAN_TABLE(plan, mm_firm, firms);
    const struct mm_launch *l = PLAN_TABLE(plan, mm_launch, launches);
    assert_int_equal(f[0].base, -1);
    assert_int_equal(f[2].base, -1);
    assert_int_equal(f[1].research, -1);
    for (int t = 0; t < 12; t++) {
        double sum = 1 + 0.5 * fmin(1, (t + 2) / 4.0) + 0.5 * fmin(1, fmax(0, (t - 9) / 4.0)) +
                     0.2 * fmin(1, fmax(0, (t - 3) / 2.0)) + 0.2 * fmin(1, fmax(0, (t - 1) / 2.0));
        double expected = 100 * (1 + t) * exp(2 * 0.05 * t) / sum;
        assert_close(plan_float(plan, f[1].base, t) / expected, 1, 1e-6);
    }
    assert_close(plan_float(plan, f[1].demand_share, 1), 0.7, 1e-7);
    assert_close(plan_float(plan, f[0].demand_share, 0), 1, 0);
    /* by firm, then by date; the launch of month 12 can't be felt */
    static const int month[] = {3, -2, 1, 3, 9}, entry[] = {1, 0, 2, 2, 0}, k[] = {0, 1, 1, 0, 0};
    assert_int_equal(plan->head.n_launches, 5);
    assert_int_equal(f[0].n_launches, 1);
    assert_int_equal(f[1].first_launch, 1);
    assert_int_equal(f[1].n_launches, 4);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(l[i].planned, month[i]);
        assert_int_equal(l[i].c2, k[i]);
        assert_int_equal(l[i].c3, MM_ADDRESS(MM_KIND_LAUNCH, entry[i]));
    }
    assert_close(l[1].success_factor, exp(-0.18), 1e-7);
    assert_close(l[1].inv_ramp, 0.25, 0);
    assert_close(l[1].slip_median, 2, 0);
    assert_close(l[2].success_factor, 1, 0);
    plan_free(plan);
    scenario_drop();
}

static void launches_of_one_month_keep_their_order(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(12, 1, 1, 1);
    s->n_launches = 2;
    s->launches = keep(2, sizeof *s->launches);
    int planned[2][2] = {{5, 5}, {5, 3}};
    for (int e = 0; e < 2; e++)
        s->launches[e] = (struct sc_launch){NULL, 0, 2, planned[e], 0.1, 1, 0, {0, 0}};
    struct plan *plan = plan_of(s);
    const struct mm_launch *l = PLAN_TABLE(plan, mm_launch, launches);
    static const int entry[] = {1, 0, 0, 1}, k[] = {1, 0, 1, 0};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(l[i].c2, k[i]);
        assert_int_equal(l[i].c3, MM_ADDRESS(MM_KIND_LAUNCH, entry[i]));
    }
    plan_free(plan);
    scenario_drop();
}

static void campaigns_grow_with_the_trend(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(12, 1, 1, 2);
    s->training_trend = trend(2, (int[]){0, 6}, (double[]){1.2, 0.24});
    s->firms[0].training = (struct sc_training){true, 0, 0, {0, 0}, {0, 0}, 0, 0, 25};
    s->firms[1].training = (struct sc_training){true, -5, 6, {3, 0.4}, {1, 0.8}, 80, 0.5, 0};
    struct plan *plan = plan_of(s);
    const struct mm_firm *f = PLAN_TABLE(plan, mm_firm, firms);
    const struct mm_campaign *c = PLAN_TABLE(plan, mm_campaign, campaigns);
    assert_int_equal(f[0].n_campaigns, 0);
    assert_int_equal(f[1].first_campaign, 0);
    assert_int_equal(f[1].n_campaigns, 3);
    static const int month[] = {-5, 1, 7};
    static const double grown[] = {-0.5, 0.1, 0.62};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(c[i].planned, month[i]);
        assert_int_equal(c[i].c2, i);
        assert_close(c[i].size, 80 * exp(grown[i] - 0.125), 1e-5);
    }
    assert_close(plan_float(plan, f[0].research, 10), 25 * exp(0.68), 1e-5);
    assert_close(plan_float(plan, f[1].research, 10), 0, 0);
    assert_close(f[1].slip_median, 1, 0);
    assert_close(f[1].duration_sigma, 0.4, 1e-7);
    assert_close(f[1].size_sigma, 0.5, 0);
    plan_free(plan);
    s->firms[1].training.first = -(1 << 24);
    assert_refused(s, "firms.b.training: 2796205 campaigns");
    scenario_drop();
}

static void shocks_keep_their_order(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(12, 2, 1, 1);
    s->n_shocks = 3;
    s->shocks = keep(3, sizeof *s->shocks);
    s->shocks[0] = (struct sc_shock){text("a"), 0.5, 0.3, 4, false, SC_POWER, 1, SC_NONE, 0, 9, 24, 0, 0};
    s->shocks[1] = (struct sc_shock){text("b"), 0, 0, 3, false, SC_GPU, SC_NONE, 0, SC_NONE, 5, 12, 0, 0};
    s->shocks[2] = (struct sc_shock){text("c"), 3, 0.1, 2, true, SC_NONE, SC_NONE, SC_NONE, SC_NONE, 0, 0, -0.2, 4};
    struct plan *plan = plan_of(s);
    const struct mm_shock *k = PLAN_TABLE(plan, mm_shock, shocks);
    assert_int_equal(plan->head.n_shocks, 3);
    assert_int_equal(plan->head.n_strikes, 6);
    static const int layer[] = {SC_POWER, SC_GPU, -1}, times[] = {4, 0, 2}, first[] = {0, 4, 4};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(k[i].id, i);
        assert_int_equal(k[i].layer, layer[i]);
        assert_int_equal(k[i].times, times[i]);
        assert_int_equal(k[i].first_strike, first[i]);
    }
    assert_close(k[0].gap, 24, 0);
    assert_close(k[0].size, 9, 0);
    assert_close(k[0].reach, 24, 0);
    assert_int_equal(k[0].region, 1);
    assert_int_equal(k[0].generation, -1);
    assert_close(k[2].gap, 4, 0);
    assert_close(k[2].size, -0.2, 1e-7);
    assert_close(k[2].inv_ramp, 0.25, 0);
    plan_free(plan);
    scenario_drop();
}

static void regimes_are_cumulative(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(12, 1, 1, 0);
    s->n_regimes = 3;
    s->regime_initial = NUMBERS(0.25, 0.75, 0);
    s->regime_monthly = NUMBERS(0.5, 0.25, 0.25, 0, 0.125, 0.875, 1, 0, 0);
    s->regime_growth = NUMBERS(0.24, 0, -1.2);
    s->regime_training = NUMBERS(1.1, 1, 0.6);
    struct plan *plan = plan_of(s);
    const struct mm_head *h = &plan->head;
    static const double initial[] = {0.25, 2, 2}, monthly[] = {0.5, 0.75, 2, 0, 0.125, 2, 2, 2, 2};
    static const double growth[] = {0.02, 0, -0.1}, training[] = {1.1, 1, 0.6};
    assert_int_equal(h->n_regimes, 3);
    for (int i = 0; i < 9; i++)
        assert_close(plan_float(plan, h->regime_monthly, i), monthly[i], 0);
    for (int i = 0; i < 3; i++) {
        assert_close(plan_float(plan, h->regime_initial, i), initial[i], 0);
        assert_close(plan_float(plan, h->regime_growth, i), growth[i], 1e-8);
        assert_close(plan_float(plan, h->regime_training, i), training[i], 1e-7);
    }
    plan_free(plan);
    s->n_regimes = 0; /* none given: one that changes nothing */
    plan = plan_of(s);
    assert_int_equal(plan->head.n_regimes, 1);
    assert_close(plan_float(plan, plan->head.regime_training, 0), 1, 0);
    plan_free(plan);
    scenario_drop();
}

static void frontier_moves_with_generations(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(8, 1, 4, 0);
    static const int available[] = {1, 2, 4, 4};
    for (int g = 0; g < 4; g++)
        s->generations[g].available = available[g];
    for (s->training_span = 0; s->training_span < 3; s->training_span++) {
        struct plan *plan = plan_of(s);
        static const int newest[] = {0, 0, 1, 1, 3, 3, 3, 3};
        for (int t = 0; t < 8; t++) {
            int expected = newest[t] - s->training_span;
            assert_int_equal(plan_int(plan, plan->head.frontier, t), expected > 0 ? expected : 0);
        }
        plan_free(plan);
    }
    scenario_drop();
}

/* Firm 0 lets 0.3 and later 0.7 of what it owns, and 20 MW of its cell (1, 1). */
static struct sc_scenario *leases(void) {
    struct sc_scenario *s = scenario_new(12, 2, 2, 4);
    s->generations[1].kh100e_per_mw = 2.5;
    s->firms[0].shares = NUMBERS(0.5, 0.5);
    s->firms[0].installed = NUMBERS(0, 100);
    s->firms[2].installed = NUMBERS(10, 0);
    s->n_contracts = 7;
    s->contracts = keep(7, sizeof *s->contracts);
    s->contracts[0] = (struct sc_contract){NULL, 0, 1, SC_ALWAYS, SC_NEVER, true, 0.3, 0, SC_NONE, SC_NONE};
    s->contracts[1] = (struct sc_contract){NULL, 0, 2, 4, 8, true, 0.7, 0, SC_NONE, SC_NONE};
    s->contracts[2] = (struct sc_contract){NULL, 0, 3, 2, 6, false, 0, 20, 1, 1};
    s->contracts[3] = (struct sc_contract){NULL, 0, 3, 12, 20, true, 0.5, 0, SC_NONE, SC_NONE}; /* after the horizon */
    s->contracts[4] = (struct sc_contract){NULL, 3, 1, 0, 12, false, 0, 20, 0, 0};              /* owns nothing */
    s->contracts[5] = (struct sc_contract){NULL, 0, 1, 0, 9, false, 0, 4, 1, 1};
    s->contracts[6] = (struct sc_contract){NULL, 2, 3, 0, 12, true, 0, 0, SC_NONE, SC_NONE}; /* of nothing */
    return s;
}

static void contracts_are_sorted(void **state) {
    (void)state;
    struct plan *plan = plan_of(leases());
    const struct mm_firm *f = PLAN_TABLE(plan, mm_firm, firms);
    const struct mm_share *x = PLAN_TABLE(plan, mm_share, shares);
    assert_int_equal(plan->head.n_shares, 2);
    assert_int_equal(x[0].lessee, 1);
    assert_int_equal(x[0].from, 0);
    assert_int_equal(x[0].until, 12);
    assert_int_equal(x[1].lessee, 2);
    assert_int_equal(x[1].from, 4);
    assert_int_equal(x[1].until, 8);
    assert_close(x[1].share, 0.7, 1e-7);
    for (int t = 0; t < 12; t++)
        assert_close(plan_float(plan, f[0].keep, t), t >= 4 && t < 8 ? 0 : 0.7, t >= 4 && t < 8 ? 0 : 1e-7);
    for (int i = 1; i < 4; i++)
        assert_int_equal(f[i].keep, -1);
    const struct mm_lease_cell *cell = PLAN_TABLE(plan, mm_lease_cell, lease_cells);
    const struct mm_lease *lease = PLAN_TABLE(plan, mm_lease, leases);
    assert_int_equal(plan->head.n_lease_cells, 1);
    assert_int_equal(cell->cell, 3);
    assert_int_equal(cell->first, 0);
    assert_int_equal(cell->n, 2);
    assert_int_equal(lease[0].cell, 3 * 4 + 3);
    assert_int_equal(lease[0].from, 2);
    assert_int_equal(lease[0].until, 6);
    assert_close(lease[0].amount, 50, 0);
    assert_int_equal(lease[1].cell, 1 * 4 + 3);
    assert_close(lease[1].amount, 10, 0);
    plan_free(plan);
    scenario_drop();
}

/* The sums of an epoch as a text: each firm's sites with their cells below and within the frontier, each cell's terms
 * (cell * share) and transfers (lessor's cell by index, kH100e or -1). */
static const char *sums_of(const struct plan *plan, int month) {
    static char sums[2048];
    const struct mm_head *h = &plan->head;
    const struct mm_epoch *epoch = PLAN_TABLE(plan, mm_epoch, epochs) + (int)plan->pool[h->epoch + month];
    const uint32_t *at = plan->pool + epoch->sites;
    FILE *out = fmemopen(sums, sizeof sums, "w");
    assert_non_null(out);
    for (int f = 0; f < h->n_firms; f++) {
        fprintf(out, "%d:", f);
        for (uint32_t sites = *at++; sites > 0; sites--) {
            const uint32_t below = at[1], held = at[1] + at[2];
            fprintf(out, " site %u", at[0]);
            at += 3;
            for (uint32_t c = 0; c < held; c++) {
                const uint32_t terms = at[1], transfers = at[2];
                fprintf(out, " %s%u =", c < below ? "old " : "", at[0]);
                at += 3;
                for (uint32_t i = 0; i < terms + transfers; i++, at += 2)
                    fprintf(out, " %s%u*%g", i < terms ? "" : "lease ", at[0],
                            (double)plan_float(plan, (int)(at + 1 - plan->pool), 0));
            }
        }
        fprintf(out, "\n");
    }
    fclose(out);
    return sums;
}

/* Firm 0 owns (0,1), (1,1): cells 1 and 3; firm 1 receives of both; firm 2 owns (0,0), cell 8, and receives of both;
 * firm 3 receives (1,1), cell 15. The second generation is the frontier from month 0 on. */
static void contracts_become_sums(void **state) {
    (void)state;
    struct plan *plan = plan_of(leases());
    const struct mm_firm *f = PLAN_TABLE(plan, mm_firm, firms);
    static const int n_held[] = {2, 2, 3, 1};
    for (int i = 0; i < 4; i++)
        assert_int_equal(f[i].n_held, n_held[i]);
    assert_string_equal(sums_of(plan, 0), "0: site 0 1 = 1*0.7 site 1 3 = 3*0.7 lease 0*-1\n"
                                          "1: site 2 5 = 1*0.3 site 3 7 = 3*0.3 lease 0*10\n"
                                          "2: site 4 old 8 = 8*1\n"
                                          "3:\n");
    assert_string_equal(sums_of(plan, 5), "0: site 0 1 = 1*0 site 1 3 = 3*0 lease 0*-1\n"
                                          "1: site 2 5 = 1*0.3 site 3 7 = 3*0.3 lease 0*10\n"
                                          "2: site 4 old 8 = 8*1 9 = 1*0.7 site 5 11 = 3*0.7\n"
                                          "3: site 7 15 = 15*0 lease 0*50\n");
    assert_string_equal(sums_of(plan, 11), "0: site 0 1 = 1*0.7 site 1 3 = 3*0.7\n"
                                           "1: site 2 5 = 1*0.3 site 3 7 = 3*0.3\n"
                                           "2: site 4 old 8 = 8*1\n"
                                           "3:\n");
    const struct mm_epoch *epoch = PLAN_TABLE(plan, mm_epoch, epochs) + (int)plan->pool[plan->head.epoch + 5];
    assert_int_equal(epoch->from, 4); /* the share of firm 2 begins; at 6 the lease of firm 3 ends */
    assert_int_equal(epoch->n_leases, 1);
    assert_int_equal(plan->pool[epoch->leases], 3);
    assert_int_equal(plan->pool[epoch->leases + 1], 0);
    assert_close(plan_float(plan, epoch->leases + 2, 0), 60, 0);
    assert_close(plan_float(plan, epoch->leases + 3, 0), 0, 0);
    plan_free(plan);
    scenario_drop();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trends_are_integrated),
        cmocka_unit_test(inference_without_launches_as_planned),
        cmocka_unit_test(launches_of_one_month_keep_their_order),
        cmocka_unit_test(campaigns_grow_with_the_trend),
        cmocka_unit_test(shocks_keep_their_order),
        cmocka_unit_test(regimes_are_cumulative),
        cmocka_unit_test(frontier_moves_with_generations),
        cmocka_unit_test(contracts_are_sorted),
        cmocka_unit_test(contracts_become_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
