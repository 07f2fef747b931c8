/* Events as nodes, slots, maps, fans, where the tallies and the scratch area lie. */
#include "tests/unit/test_plan.h"

static const struct mm_node *node_of(const struct plan *plan, int question) {
    const struct mm_probability *p = PLAN_TABLE(plan, mm_probability, probabilities);
    return PLAN_TABLE(plan, mm_node, nodes) + p[plan->questions[question].probability].node;
}

static const struct mm_node *operand(const struct plan *plan, const struct mm_node *node, int i) {
    assert_true(i < node->n);
    return PLAN_TABLE(plan, mm_node, nodes) + plan_int(plan, plan->head.node_list, node->first + i);
}

static void check_window(const struct mm_node *node, int op, int for_months, int from, int to) {
    assert_int_equal(node->op, op);
    assert_int_equal(node->for_months, for_months);
    assert_int_equal(node->from, from);
    assert_int_equal(node->to, to);
}

static struct sc_question *ask(struct sc_scenario *s, int event, int from, int to) {
    struct sc_question *question = add_question(s, SC_PROBABILITY, "ask");
    question->event = event;
    question->from = from;
    question->to = to;
    return question;
}

static void windows_are_inherited(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(20, 1, 1, 1);
    int inner = ADD_EVENT(s, SC_ALL_OF, 3, condition(series(SC_GAP, -1, -1, -1), 0.5));
    int outer = ADD_EVENT(s, SC_NOT, 2, use(inner));
    int top = ADD_EVENT(s, SC_ANY_OF, 1, use(outer), use(inner), condition(series(SC_GAP, -1, -1, -1), 0.5));
    s->events[inner].to = 15;
    s->events[outer].from = 4;
    s->events[outer].to = SC_NEVER;
    ask(s, top, 0, 19);    /* inner with 4 ... 15 inside outer, and with 0 ... 15 */
    ask(s, top, 2, 10);    /* inner with 4 ... 10, and with 2 ... 10 */
    ask(s, outer, 4, 30);  /* as in the first question */
    ask(s, inner, 17, 19); /* nothing is left */
    struct plan *plan = plan_of(s);
    assert_int_equal(plan->head.n_slots, 1);
    assert_int_equal(plan->head.n_probabilities, 4);
    assert_int_equal(plan->head.n_nodes, 1 + 4 + 4 + 1);
    const struct mm_node *a = node_of(plan, 0), *b = node_of(plan, 1);
    check_window(a, MM_NODE_ANY, 1, 0, 19);
    check_window(operand(plan, a, 0), MM_NODE_NOT, 2, 4, 19);
    check_window(operand(plan, operand(plan, a, 0), 0), MM_NODE_ALL, 3, 4, 15);
    check_window(operand(plan, a, 1), MM_NODE_ALL, 3, 0, 15);
    check_window(operand(plan, a, 2), MM_NODE_CONDITION, 1, 0, 19);
    check_window(b, MM_NODE_ANY, 1, 2, 10);
    check_window(operand(plan, b, 0), MM_NODE_NOT, 2, 4, 10);
    check_window(operand(plan, operand(plan, b, 0), 0), MM_NODE_ALL, 3, 4, 10);
    check_window(operand(plan, b, 1), MM_NODE_ALL, 3, 2, 10);
    assert_ptr_equal(operand(plan, operand(plan, b, 1), 0), operand(plan, a, 2));
    assert_ptr_equal(node_of(plan, 2), operand(plan, a, 0));
    const struct mm_probability *p = PLAN_TABLE(plan, mm_probability, probabilities);
    assert_int_equal(p[1].from, 2);
    assert_int_equal(p[1].to, 10);
    assert_int_equal(p[2].to, 19);
    assert_true(p[3].from > p[3].to);
    plan_free(plan);
    scenario_drop();
}

static void operands_come_first(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(20, 1, 1, 1);
    int first = ADD_EVENT(s, SC_ANY_OF, 1, use(1), use(2), use(2));
    ADD_EVENT(s, SC_ALL_OF, 2, use(2), condition(series(SC_PRICE, -1, -1, -1), 3));
    ADD_EVENT(s, SC_NOT, 1, condition(series(SC_SLACK, -1, -1, -1), 0.2));
    ask(s, first, 0, 19);
    struct plan *plan = plan_of(s);
    const struct mm_node *node = PLAN_TABLE(plan, mm_node, nodes);
    assert_int_equal(plan->head.n_nodes, 5);
    for (int i = 0; i < plan->head.n_nodes; i++)
        for (int j = 0; j < node[i].n; j++)
            assert_true(operand(plan, &node[i], j) < &node[i]);
    assert_ptr_equal(operand(plan, node_of(plan, 0), 1), operand(plan, node_of(plan, 0), 2));
    plan_free(plan);
    s->events[2].items[0] = use(0);
    assert_refused(s, "refers to itself");
    scenario_drop();
}

static void firms_are_bound(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(20, 1, 1, 3);
    int sells = ADD_EVENT(s, SC_ALL_OF, 1, condition(series(SC_STARTS_SELLING, SC_FIRM_BOUND, -1, -1), 1));
    int short_of = ADD_EVENT(s, SC_ALL_OF, 1, condition(series(SC_STATE_SHORTAGE, -1, -1, -1), 1));
    int both = ADD_EVENT(s, SC_ALL_OF, 1, use(sells), use(short_of));
    s->events[sells].uses_firm = s->events[both].uses_firm = true;
    ask(s, both, 0, 19)->firm = 2;
    ask(s, both, 0, 19)->firm = 0;
    ask(s, both, 0, 19)->firm = 2;
    struct plan *plan = plan_of(s);
    assert_int_equal(plan->head.n_nodes, 3 + 2 + 2 + 1); /* shortage and its condition are shared */
    assert_int_equal(plan->head.n_slots, 3);
    assert_int_equal(plan->slots[0].firm, 2);
    assert_int_equal(plan->slots[1].series, SC_STATE_SHORTAGE);
    assert_int_equal(plan->slots[2].firm, 0);
    assert_ptr_equal(node_of(plan, 0), node_of(plan, 2));
    assert_ptr_not_equal(node_of(plan, 0), node_of(plan, 1));
    assert_ptr_equal(operand(plan, node_of(plan, 0), 1), operand(plan, node_of(plan, 1), 1));
    plan_free(plan);
    s->questions[1].firm = SC_NONE;
    assert_refused(s, "questions.ask: $firm is not filled in");
    scenario_drop();
}

static void conditions_are_shared(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(20, 1, 1, 1);
    struct sc_item above = condition(series(SC_GAP, -1, -1, -1), -5), below = above, other = above;
    below.at_least = false;
    other.threshold = -4;
    int first = ADD_EVENT(s, SC_ALL_OF, 1, above, below, other, above);
    int second = ADD_EVENT(s, SC_ALL_OF, 1, condition(series(SC_GAP, -1, -1, -1), 0.25), below);
    ask(s, first, 0, 19);
    ask(s, second, 0, 19);
    struct plan *plan = plan_of(s);
    const struct mm_node *node = PLAN_TABLE(plan, mm_node, nodes);
    assert_int_equal(plan->head.n_nodes, 6);
    assert_close(node[0].threshold, -5.000005, 3e-7);
    assert_close(node[1].threshold, -5.000005, 3e-7);
    assert_int_equal(node[0].at_least, 1);
    assert_int_equal(node[1].at_least, 0);
    assert_ptr_equal(operand(plan, node_of(plan, 0), 3), operand(plan, node_of(plan, 0), 0));
    assert_ptr_equal(operand(plan, node_of(plan, 1), 1), operand(plan, node_of(plan, 0), 1));
    assert_close(operand(plan, node_of(plan, 1), 0)->threshold, 0.249999, 2e-8);
    plan_free(plan);
    scenario_drop();
}

static struct sc_question *map_of(struct sc_scenario *s, enum sc_series what, int n_by, const struct sc_by *by) {
    struct sc_question *question = add_question(s, SC_COEXISTENCE, "map");
    question->series = series(what, -1, -1, -1);
    question->at_least = 0.1;
    question->for_months = 3;
    question->n_by = n_by;
    question->by = keep((size_t)n_by, sizeof *by);
    memcpy(question->by, by, (size_t)n_by * sizeof *by);
    return question;
}

static void maps_list_every_combination(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(20, 2, 3, 2);
    s->firms[1].merchant = true;
    const struct sc_by by[] = {{false, false}, {true, true}, {false, true}, {true, false}};
    map_of(s, SC_IDLE_SHARE, 4, by);
    struct plan *plan = plan_of(s);
    const struct mm_map *map = PLAN_TABLE(plan, mm_map, maps);
    const struct mm_entry *e = PLAN_TABLE(plan, mm_entry, entries);
    assert_int_equal(map->n_entries, 2 + 12 + 6 + 4);
    assert_int_equal(plan->head.n_entries, map->n_entries);
    assert_int_equal(plan->head.n_slots, 0);
    assert_int_equal(map->for_months, 3);
    assert_close(map->threshold, 0.099999, 1e-8);
    static const int scope[] = {MM_ENTRY_FIRM, MM_ENTRY_CELL, MM_ENTRY_GENERATION, MM_ENTRY_REGION};
    int next = 0;
    for (int b = 0; b < 4; b++)
        for (int f = 0; f < 2; f++)
            for (int r = 0; r < (by[b].region ? 2 : 1); r++)
                for (int g = 0; g < (by[b].generation ? 3 : 1); g++, next++) {
                    assert_int_equal(e[next].scope, scope[b]);
                    assert_int_equal(e[next].firm, f);
                    assert_int_equal(plan->entries[next].firm, f);
                    assert_int_equal(plan->entries[next].region, by[b].region ? r : SC_NONE);
                    assert_int_equal(plan->entries[next].generation, by[b].generation ? g : SC_NONE);
                    assert_int_equal(e[next].region, plan->entries[next].region);
                    assert_int_equal(e[next].unsold, f);
                    assert_int_equal(e[next].slot, -1);
                }
    const struct mm_firm *f = PLAN_TABLE(plan, mm_firm, firms);
    assert_int_equal(f[0].wants_unsold, 0);
    assert_int_equal(f[1].wants_unsold, 1);
    plan_free(plan);
    scenario_drop();
}

static void maps_of_other_series_read_slots(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(20, 2, 2, 2);
    map_of(s, SC_BOUGHT_SHARE, 1, (struct sc_by[]){{false, false}});
    map_of(s, SC_UTILISATION, 1, (struct sc_by[]){{true, true}});
    map_of(s, SC_SPARE_SHARE, 1, (struct sc_by[]){{true, true}});
    struct plan *plan = plan_of(s);
    const struct mm_entry *e = PLAN_TABLE(plan, mm_entry, entries);
    const struct mm_firm *f = PLAN_TABLE(plan, mm_firm, firms);
    assert_int_equal(plan->head.n_slots, 2 + 8);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(e[i].scope, MM_ENTRY_SLOT);
        assert_int_equal(e[i].slot, i);
        assert_int_equal(plan->slots[i].firm, i < 2 ? i : (i - 2) / 4);
        assert_int_equal(plan->slots[i].region, i < 2 ? SC_NONE : (i - 2) / 2 % 2);
        assert_int_equal(plan->slots[i].generation, i < 2 ? SC_NONE : i % 2);
    }
    assert_int_equal(e[10].scope, MM_ENTRY_CELL);
    assert_int_equal(f[0].wants_bought, 1);
    assert_int_equal(f[1].wants_unsold, 0);
    plan_free(plan);
    scenario_drop();
}

static const struct mm_fan *fan_of(struct sc_scenario *s, struct plan **plan, enum sc_series what) {
    s->n_questions = 0;
    add_question(s, SC_FAN, "fan")->series = series(what, -1, -1, -1);
    *plan = plan_of(s);
    return PLAN_TABLE(*plan, mm_fan, fans);
}

static void fans_cover_their_series(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(20, 1, 1, 1);
    s->market.price_min = 0.1;
    s->market.price_max = 8; /* a price of 8 belongs to the octave above it */
    s->response.low = 0.2;
    s->response.high = 1.5;
    s->firms[0].installed[0] = 700;
    s->firms[0].inference = 100;
    static const struct {
        enum sc_series series;
        int low, top; /* exponents; 0, 0: linear */
    } expected[] = {
        {SC_PRICE, -4, 4},         {SC_PRESSURE, -20, 20}, {SC_BUILD_RESPONSE, -3, 1}, {SC_LATE_MW, -14, 10},
        {SC_STRANDED_MW, -14, 10}, {SC_DEMAND, -19, 13},   {SC_SUPPLY, -19, 13},       {SC_GAP, 0, 0},
        {SC_SLACK, 0, 0},          {SC_SPARE_SHARE, 0, 0}, {SC_STATE_GLUT, 0, 0},      {SC_LATE_SHARE, 0, 0}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        struct plan *plan;
        const struct mm_fan *fan = fan_of(s, &plan, expected[i].series);
        bool wide = expected[i].series == SC_GAP || expected[i].series == SC_SLACK;
        assert_int_equal(fan->slot, 0);
        assert_int_equal(fan->relative, expected[i].low < 0);
        if (fan->relative) {
            assert_int_equal(fan->low_exponent, expected[i].low);
            assert_int_equal(fan->n, 1 + 256 * (expected[i].top - expected[i].low));
        } else {
            assert_int_equal(fan->n, wide ? 2500 : 1000);
            assert_close(fan->low, wide ? -4 : 0, 0);
            assert_close(fan->high, 1, 0);
            assert_close(fan->inv_width, wide ? 500 : 1000, 0);
        }
        assert_int_equal(plan->head.n_counts, fan->counts + 20 * (fan->n + 2));
        plan_free(plan);
    }
    scenario_drop();
}

static void slots_serve_what_is_extra_first(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(20, 2, 2, 2);
    add_question(s, SC_FAN, "fan")->series = series(SC_PRICE, -1, -1, -1);
    add_question(s, SC_FAN, "fan")->series = series(SC_SPARE_SHARE, 1, 0, -1);
    add_question(s, SC_FAN, "fan")->series = series(SC_SPARE_SHARE, 1, 0, -1);
    s->questions[1].series.layer = SC_NONE;
    const struct sc_series_ref refs[] = {series(SC_PRICE, -1, -1, -1), series(SC_UNSOLD_SHARE, 0, 1, 1),
                                         series(SC_PRICE, -1, -1, -1)};
    const struct plan_extra extra = {3, refs};
    struct plan *plan;
    assert_int_equal(plan_build(s, &extra, &plan, NULL), MM_OK);
    const struct mm_slot *slot = PLAN_TABLE(plan, mm_slot, slots);
    const struct mm_fan *fan = PLAN_TABLE(plan, mm_fan, fans);
    const struct mm_firm *f = PLAN_TABLE(plan, mm_firm, firms);
    assert_int_equal(plan->n_slots, 4);
    assert_int_equal(plan->head.n_slots, 4);
    assert_int_equal(slot[0].series, SC_PRICE);
    assert_int_equal(slot[1].series, SC_UNSOLD_SHARE);
    assert_int_equal(slot[2].series, SC_PRICE);
    assert_int_equal(slot[3].series, SC_SPARE_SHARE);
    assert_int_equal(slot[3].firm, 1);
    assert_int_equal(slot[3].region, 0);
    assert_int_equal(slot[3].generation, -1);
    assert_int_equal(fan[0].slot, 0);
    assert_int_equal(fan[1].slot, 3);
    assert_int_equal(fan[2].slot, 3);
    assert_int_equal(f[0].wants_unsold, 1);
    assert_int_equal(f[1].wants_unsold, 0);
    assert_int_equal(plan->head.n_names, 0); /* nobody reads revenue */
    assert_int_equal(plan->head.books, 0);
    plan_free(plan);
    scenario_drop();
}

static void pressure_is_wanted_by_decisions(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(30, 1, 1, 4);
    s->response.strength = 1;
    s->firms[0].own_signal = s->firms[1].own_signal = 0.5;
    for (int f = 1; f < 3; f++)
        s->firms[f].build = (struct sc_build){true, 0, 3, 6, 12, 0, 0, 0};
    add_question(s, SC_FAN, "fan")->series = series(SC_PRESSURE, 3, -1, -1);
    for (int strong = 1; strong >= 0; strong--) {
        s->response.strength = strong;
        struct plan *plan = plan_of(s);
        const struct mm_firm *f = PLAN_TABLE(plan, mm_firm, firms);
        const int wants[] = {0, strong, 0, 1}; /* no decisions; some; some without a weight; its fan */
        for (int i = 0; i < 4; i++)
            assert_int_equal(f[i].wants_pressure, wants[i]);
        plan_free(plan);
    }
    scenario_drop();
}

static void tallies_lie_in_order(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(10, 1, 1, 3);
    int event = ADD_EVENT(s, SC_ALL_OF, 1, condition(series(SC_GAP, -1, -1, -1), 0));
    add_question(s, SC_BINDING, "layers");
    ask(s, event, 0, 9);
    map_of(s, SC_SPARE_SHARE, 1, (struct sc_by[]){{false, false}});
    add_question(s, SC_FAN, "gap")->series = series(SC_GAP, -1, -1, -1);
    ask(s, event, 2, 5);
    struct plan *plan = plan_of(s);
    const struct mm_head *h = &plan->head;
    const struct mm_probability *p = PLAN_TABLE(plan, mm_probability, probabilities);
    const struct mm_map *map = PLAN_TABLE(plan, mm_map, maps);
    const struct mm_fan *fan = PLAN_TABLE(plan, mm_fan, fans);
    assert_int_equal(h->c_states, 0);
    assert_int_equal(h->c_clipped, 40);
    assert_int_equal(p[0].counts, 41);
    assert_int_equal(map->counts, 41 + 21);
    assert_int_equal(fan->counts, 62 + 16 * 41); /* 3 entries take the room of 16 */
    assert_int_equal(p[1].counts, 718 + 10 * 2502);
    assert_int_equal(h->n_counts, 25738 + 21);
    assert_int_equal(h->m_industry, 0);
    assert_int_equal(h->m_short, 200);
    assert_int_equal(p[0].sums, 206);
    assert_int_equal(map->sums, 208);
    assert_int_equal(p[1].sums, 208 + 18);
    assert_int_equal(h->n_sums, 228);
    static const int kind[5][3] = {{-1, -1, -1}, {0, -1, -1}, {-1, 0, -1}, {-1, -1, 0}, {1, -1, -1}};
    assert_int_equal(plan->n_questions, 5);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(plan->questions[i].probability, kind[i][0]);
        assert_int_equal(plan->questions[i].map, kind[i][1]);
        assert_int_equal(plan->questions[i].fan, kind[i][2]);
    }
    assert_string_equal(plan->heaviest, "gap");
    assert_int_equal(plan->heaviest_bytes, 8 * 25020);
    plan_free(plan);
    s->n_questions = 0;
    plan = plan_of(s);
    assert_null(plan->heaviest);
    assert_int_equal(plan->head.n_counts, 41);
    plan_free(plan);
    scenario_drop();
}

static void too_many_counters_are_refused(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(20000, 16, 8, 300);
    s->firms[0].shares = NUMBERS(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    ask(s, ADD_EVENT(s, SC_ALL_OF, 1, condition(series(SC_GAP, -1, -1, -1), 0)), 0, 19999);
    map_of(s, SC_SPARE_SHARE, 1, (struct sc_by[]){{true, true}});
    s->questions[1].name = text("cells");
    assert_refused(s, "questions.cells: needs 3.07e+09 counters");
    scenario_drop();
}

/* No two parts of the scratch area overlap, and all lie within it. */
static void scratch_is_disjoint(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(10, 2, 3, 2);
    map_of(s, SC_SPARE_SHARE, 1, (struct sc_by[]){{true, true}});
    ask(s, ADD_EVENT(s, SC_ALL_OF, 1, condition(series(SC_GAP, -1, -1, -1), 0)), 0, 9);
    s->firms[1].build = (struct sc_build){true, 0, 3, 3, 12, 0, 0, 0};
    s->firms[1].training = (struct sc_training){true, 0, 4, {1, 0}, {1, 0}, 10, 0, 0};
    struct plan *plan = plan_of(s);
    const struct mm_head *h = &plan->head;
    const struct mm_probability *p = PLAN_TABLE(plan, mm_probability, probabilities);
    const struct mm_node *node = PLAN_TABLE(plan, mm_node, nodes);
    const struct mm_map *map = PLAN_TABLE(plan, mm_map, maps);
    assert_int_equal(map->stride, 16);
    assert_int_equal(map->planes, 4); /* up to 10 months */
    const int parts[][2] = {{h->s_factor, 3 + 2 + 2 + 1},
                            {h->s_strike, 0},
                            {h->s_arrival, 0},
                            {h->s_gpu, 0},
                            {h->s_bind, 0},
                            {h->s_launch, 0},
                            {h->s_gain, 0},
                            {h->s_start, h->n_campaigns},
                            {h->s_end, h->n_campaigns},
                            {h->s_size, h->n_campaigns},
                            {h->s_decision, h->n_decisions},
                            {h->s_units, h->n_own},
                            {h->s_delta, h->n_deltas},
                            {h->s_late, 8},
                            {h->s_late_delta, 8 * 11},
                            {h->s_index, MM_S_COUNT},
                            {h->s_month_z, 8},
                            {h->s_firm_z, 8},
                            {h->s_x, 2},
                            {h->s_y, 2},
                            {h->s_sell_run, 2},
                            {h->s_selling, 2},
                            {h->s_starts, 2},
                            {h->s_own, 12},
                            {h->s_held, 12},
                            {h->s_holds, 12},
                            {h->s_lease, 0},
                            {h->s_spare, 2},
                            {h->s_offer, 2},
                            {h->s_inference, 2},
                            {h->s_training, 2},
                            {h->s_capacity, 2},
                            {h->s_ratio, 2},
                            {h->s_bought, 2},
                            {h->s_unmet, 2},
                            {h->s_old, 4},
                            {h->s_new, 4},
                            {h->s_spare_old, 4},
                            {h->s_spare_new, 4},
                            {h->s_tau_old, 4},
                            {h->s_tau_new, 4},
                            {h->s_un, 4},
                            {h->s_ua, 4},
                            {h->s_ut, 2},
                            {h->s_market, 2 * MM_M_COUNT},
                            {h->s_industry, MM_I_COUNT},
                            {h->s_slot, h->n_slots},
                            {h->s_short_months, 1},
                            {p->scratch, 2},
                            {map->masks, map->for_months * map->stride},
                            {map->idle, (MM_LOW_PLANES + map->planes) * map->stride},
                            {map->both, (MM_LOW_PLANES + map->planes) * map->stride},
                            {node[0].state, 4},
                            {node[1].state, 4}};
    assert_int_equal(h->n_phases, 4);
    assert_int_equal(h->n_decisions, 1); /* two phases planned after month 2, both decided in month 0 */
    assert_int_equal(h->n_campaigns, 3);
    char *used = keep((size_t)h->s_vectors, 1);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        for (int j = parts[i][0]; j < parts[i][0] + parts[i][1]; j++) {
            assert_in_range(j, 0, h->s_vectors - 1);
            assert_int_equal(used[j]++, 0);
        }
    plan_free(plan);
    scenario_drop();
}

/* Evidence: a case for each firm, its windows. A pattern: values of all names by batch. */
static void news_and_names(void **state) {
    (void)state;
    struct sc_scenario *s = scenario_new(10, 1, 1, 3);
    int event = ADD_EVENT(s, SC_ALL_OF, 1, condition(series(SC_GAP, -1, -1, -1), 0));
    struct sc_question *evidence = add_question(s, SC_EVIDENCE, "evidence");
    evidence->as_of = 4;
    evidence->hypothesis = (struct sc_within){event, SC_NONE, 3};
    evidence->n_pieces = 2;
    evidence->pieces = (struct sc_within[]){{event, SC_NONE, 2}, {event, SC_NONE, 5}};
    evidence->n_firms = 2;
    evidence->firms = (int[]){2, 0};
    struct sc_question *pattern = add_question(s, SC_PATTERN, "pattern");
    struct sc_name names[2] = {{.name = pattern->name, .is_supplier = true, .lead = 2, .per_mw = (double[]){3}},
                               {.name = pattern->name, .firm = 1, .spot_rate = 2}};
    pattern->as_of = 2;
    pattern->news = (struct sc_within){event, SC_NONE, 2};
    pattern->outcome = (struct sc_within){event, SC_NONE, 4};
    s->names = names;
    s->n_names = 2;
    s->horizon = 3;
    struct plan *plan = plan_of(s);
    const struct mm_head *h = &plan->head;
    const struct mm_case *cases = PLAN_TABLE(plan, mm_case, cases);
    const struct mm_within *within = PLAN_TABLE(plan, mm_within, withins);
    static const int windows[3][2] = {{5, 7}, {3, 4}, {0, 4}}; /* ahead; back, the month itself included */
    assert_int_equal(h->n_cases, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(cases[i].first, 3 * i);
        assert_int_equal(cases[i].n_pieces, 2);
        assert_int_equal(cases[i].counts, 41 + 9 * i);
        for (int k = 0; k < 3; k++) {
            assert_int_equal(within[3 * i + k].from, windows[k][0]);
            assert_int_equal(within[3 * i + k].to, windows[k][1]);
        }
    }
    assert_int_equal(plan->questions[0].first_case, 0);
    assert_int_equal(plan->questions[0].n_cases, 2);
    const struct mm_pattern *valued = PLAN_TABLE(plan, mm_pattern, patterns);
    assert_int_equal(h->n_patterns, 1);
    assert_int_equal(valued->from, 3);
    assert_int_equal(valued->to, 6);
    assert_int_equal(h->revenue_from, 3);
    assert_int_equal(h->revenue_to, 6);
    assert_int_equal(valued->news, 6); /* behind the cases' */
    assert_int_equal(within[6].from, 1);
    assert_int_equal(within[6].to, 2);
    assert_int_equal(within[valued->outcome].from, 3);
    assert_int_equal(within[valued->outcome].to, 6);
    assert_int_equal(h->n_names, 2);
    assert_int_equal(h->books, 1);
    assert_int_equal(valued->counts, 41 + 18);
    assert_int_equal(valued->sums, 206);
    assert_int_equal(h->n_counts, 41 + 18 + 192);
    assert_int_equal(h->n_sums, 206 + 384);
    assert_int_equal(plan->questions[1].pattern, 0);
    plan_free(plan);
    s->n_questions = 0;
    plan = plan_of(s);
    assert_int_equal(plan->head.n_names, 0); /* nobody asks for them */
    plan_free(plan);
    scenario_drop();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_are_inherited),
        cmocka_unit_test(operands_come_first),
        cmocka_unit_test(firms_are_bound),
        cmocka_unit_test(conditions_are_shared),
        cmocka_unit_test(maps_list_every_combination),
        cmocka_unit_test(maps_of_other_series_read_slots),
        cmocka_unit_test(fans_cover_their_series),
        cmocka_unit_test(slots_serve_what_is_extra_first),
        cmocka_unit_test(pressure_is_wanted_by_decisions),
        cmocka_unit_test(tallies_lie_in_order),
        cmocka_unit_test(news_and_names),
        cmocka_unit_test(too_many_counters_are_refused),
        cmocka_unit_test(scratch_is_disjoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
