/* Scenarios built by hand for the tests of the plan, and ways to look into a plan. */
#ifndef TEST_PLAN_H
#define TEST_PLAN_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/plan/plan.h"

#define UNUSED __attribute__((unused))
#define assert_close(value, expected, tolerance) check_close((value), (expected), (tolerance), __FILE__, __LINE__)

UNUSED static void check_close(double value, double expected, double tolerance, const char *file, int line) {
    if (!(fabs(value - expected) <= tolerance)) {
        print_error("%.9g is not %.9g within %.3g\n", value, expected, tolerance);
        _fail(file, line);
    }
}

/* Memory of the scenarios, all freed by scenario_drop(). */
static void *test_memory[4096];
static size_t test_n_memory;

UNUSED static void *keep(size_t n, size_t size) {
    assert_true(test_n_memory < sizeof test_memory / sizeof test_memory[0]);
    void *memory = calloc(n > 0 ? n : 1, size);
    assert_non_null(memory);
    test_memory[test_n_memory++] = memory;
    return memory;
}

UNUSED static void scenario_drop(void) {
    while (test_n_memory > 0)
        free(test_memory[--test_n_memory]);
}

UNUSED static char *text(const char *string) {
    char *copy = keep(strlen(string) + 1, 1);
    memcpy(copy, string, strlen(string));
    return copy;
}

UNUSED static double *numbers(int n, const double *values) {
    double *copy = keep((size_t)n, sizeof *copy);
    memcpy(copy, values, (size_t)n * sizeof *copy);
    return copy;
}
#define NUMBERS(...) numbers((int)(sizeof((double[]){__VA_ARGS__}) / sizeof(double)), (const double[]){__VA_ARGS__})

/* A neutral scenario: generations of 1 kH100e per MW and ramp 1, firms that own and ask for nothing. */
UNUSED static struct sc_scenario *scenario_new(int months, int regions, int generations, int firms) {
    struct sc_scenario *s = keep(1, sizeof *s);
    s->months = months;
    s->n_regions = regions;
    s->n_generations = generations;
    s->n_firms = firms;
    s->generations = keep((size_t)generations, sizeof *s->generations);
    for (int g = 0; g < generations; g++)
        s->generations[g] = (struct sc_generation){text("g"), 1, SC_ALWAYS, SC_ALWAYS, SC_NEVER, 1};
    s->n_regimes = 1;
    s->regime_initial = NUMBERS(1);
    s->regime_monthly = NUMBERS(1);
    s->regime_growth = NUMBERS(0);
    s->regime_training = NUMBERS(1);
    s->portable = 1;
    s->response.lead = 12;
    s->response.low = s->response.high = s->response.adjustment = 1;
    s->market.price_min = 0.1;
    s->market.price_max = 10;
    s->market.elasticity = s->market.months = 1;
    s->firms = keep((size_t)firms, sizeof *s->firms);
    for (int f = 0; f < firms; f++) {
        struct sc_firm *firm = &s->firms[f];
        firm->name = text("f");
        firm->name[0] = (char)('a' + f % 26);
        firm->shares = keep((size_t)regions, sizeof(double));
        firm->demand_shares = keep((size_t)regions, sizeof(double));
        firm->shares[0] = firm->demand_shares[0] = 1;
        firm->installed = keep((size_t)generations, sizeof(double));
        firm->beta = 1;
    }
    return s;
}

UNUSED static struct sc_series_ref series(enum sc_series series, int firm, int region, int generation) {
    return (struct sc_series_ref){series, firm, region, generation, SC_NONE, SC_NONE, SC_NONE};
}

UNUSED static struct sc_item condition(struct sc_series_ref ref, double at_least) {
    return (struct sc_item){SC_NONE, ref, true, at_least};
}

UNUSED static struct sc_item use(int event) {
    return (struct sc_item){.event = event};
}

/* Adds an event without a window; the items are copied. \return its index. */
UNUSED static int add_event(struct sc_scenario *s, enum sc_op op, int for_months, int n, const struct sc_item *items) {
    if (s->events == NULL)
        s->events = keep(SC_MAX_EVENTS, sizeof *s->events);
    struct sc_event *event = &s->events[s->n_events];
    *event =
        (struct sc_event){text("event"), op, n, keep((size_t)n, sizeof *items), for_months, SC_ALWAYS, SC_NEVER, false};
    memcpy(event->items, items, (size_t)n * sizeof *items);
    return s->n_events++;
}
#define ADD_EVENT(s, op, for_months, ...)                                                                              \
    add_event(s, op, for_months, (int)(sizeof((struct sc_item[]){__VA_ARGS__}) / sizeof(struct sc_item)),              \
              (const struct sc_item[]){__VA_ARGS__})

UNUSED static struct sc_question *add_question(struct sc_scenario *s, enum sc_question_kind kind, const char *name) {
    if (s->questions == NULL)
        s->questions = keep(64, sizeof *s->questions);
    struct sc_question *question = &s->questions[s->n_questions++];
    question->name = text(name);
    question->kind = kind;
    question->firm = SC_NONE;
    question->to = s->months - 1;
    question->for_months = 1;
    return question;
}

UNUSED static struct plan *plan_of(const struct sc_scenario *s) {
    mm_messages *messages = mm_messages_new();
    struct plan *plan = NULL;
    mm_status status = plan_build(s, NULL, &plan, messages);
    for (size_t i = 0; i < mm_messages_count(messages); i++)
        print_error("%s\n", mm_messages_text(messages, i));
    mm_messages_free(messages);
    assert_int_equal(status, MM_OK);
    assert_non_null(plan);
    return plan;
}

/* Checks that the scenario is refused with a message that holds `words`. */
UNUSED static void assert_refused(const struct sc_scenario *s, const char *words) {
    mm_messages *messages = mm_messages_new();
    struct plan *plan = NULL;
    assert_int_equal(plan_build(s, NULL, &plan, messages), MM_USAGE);
    assert_null(plan);
    assert_int_equal(mm_messages_count(messages), 1);
    if (strstr(mm_messages_text(messages, 0), words) == NULL)
        fail_msg("'%s' is not in '%s'", words, mm_messages_text(messages, 0));
    mm_messages_free(messages);
}

UNUSED static double plan_float(const struct plan *plan, int offset, int i) {
    assert_true(offset >= 0 && (size_t)(offset + i) < plan->pool_words);
    float x;
    memcpy(&x, plan->pool + offset + i, sizeof x);
    return (double)x;
}

UNUSED static int plan_int(const struct plan *plan, int offset, int i) {
    assert_true(offset >= 0 && (size_t)(offset + i) < plan->pool_words);
    int x;
    memcpy(&x, plan->pool + offset + i, sizeof x);
    return x;
}

#endif
