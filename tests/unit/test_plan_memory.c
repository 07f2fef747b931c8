/* A plan is given up cleanly wherever memory runs out. The room's allocations all stand in one file, which is compiled
 * here with an allocator that fails on demand. */
#include "tests/unit/test_plan.h"

static long allowed; /* allocations that still succeed */

static void *scarce_realloc(void *memory, size_t size) {
    return allowed-- > 0 ? realloc(memory, size) : NULL;
}

static void *scarce_calloc(size_t n, size_t size) {
    return allowed-- > 0 ? calloc(n, size) : NULL;
}

#define realloc scarce_realloc
#define calloc scarce_calloc
#include "host/plan/memory.c"
#undef realloc
#undef calloc

/* Something of everything. */
static struct sc_scenario *full(void) {
    struct sc_scenario *s = scenario_new(200, 2, 2, 3);
    for (int f = 0; f < 2; f++) {
        s->firms[f].installed[1] = 10;
        s->firms[f].build = (struct sc_build){true, 0, 3, 60, 12, 0, 0.1, 0.1};
        s->firms[f].training = (struct sc_training){true, 0, 6, {1, 0}, {1, 0}, 10, 0.5, 1};
        s->firms[f].inference = 10;
    }
    s->n_contracts = 2;
    s->contracts = keep(2, sizeof *s->contracts);
    s->contracts[0] = (struct sc_contract){NULL, 0, 2, 0, 100, true, 0.3, 0, SC_NONE, SC_NONE};
    s->contracts[1] = (struct sc_contract){NULL, 1, 2, 0, 100, false, 0, 5, 0, 1};
    s->n_launches = 1;
    s->launches = keep(1, sizeof *s->launches);
    s->launches[0] = (struct sc_launch){NULL, 0, 2, keep(2, sizeof(int)), 0.5, 4, 0.6, {2, 0.8}};
    s->n_shocks = 1;
    s->shocks = keep(1, sizeof *s->shocks);
    s->shocks[0] = (struct sc_shock){text("c"), 3, 0.1, 2, true, SC_NONE, SC_NONE, SC_NONE, SC_NONE, 0, 0, -0.2, 4};
    int inner = ADD_EVENT(s, SC_NOT, 3, condition(series(SC_GAP, -1, -1, -1), 0.5));
    struct sc_question *question = add_question(s, SC_PROBABILITY, "event");
    question->event = ADD_EVENT(s, SC_ALL_OF, 2, use(inner), condition(series(SC_PRICE, -1, -1, -1), 0.5));
    add_question(s, SC_FAN, "fan")->series = series(SC_PRESSURE, 0, -1, -1);
    question = add_question(s, SC_COEXISTENCE, "map");
    question->series = series(SC_SPARE_SHARE, -1, -1, -1);
    question->n_by = 1;
    question->by = keep(1, sizeof *question->by);
    return s;
}

static void memory_may_run_out_anywhere(void **state) {
    (void)state;
    struct sc_scenario *s = full();
    const struct sc_series_ref ref = series(SC_PRICE, -1, -1, -1);
    const struct plan_extra extra = {1, &ref};
    struct plan *plan = NULL;
    mm_status status = MM_INTERNAL;
    long n = 0;
    for (; n < 10000 && status != MM_OK; n++) {
        allowed = n;
        status = plan_build(s, &extra, &plan, NULL);
        if (status != MM_OK) {
            assert_int_equal(status, MM_INTERNAL);
            assert_null(plan);
        }
    }
    assert_int_equal(status, MM_OK);
    assert_true(n > 40);
    plan_free(plan);
    scenario_drop();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_may_run_out_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
