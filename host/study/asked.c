/* The part of a scenario that a list of expressions asks about. */
#include <stdlib.h>
#include <string.h>

#include <mismatch/run.h>

#include "host/report/expression.h"
#include "host/report/report.h"
#include "host/scenario/failures.h"
#include "host/scenario/scenario_data.h"
#include "host/scenario/text.h"
#include "host/store/store.h"
#include "host/study/measure.h"

/* Scopes of idle() as bits. */
enum { BY_REGION = 1, BY_GENERATION = 2, BY_ALL = 4 };

struct asking {
    const struct sc_scenario *scenario;
    json_t *effective; /* becomes the scenario that is asked for */
    json_t *wanted;    /* names of questions */
    int idle;          /* 1 << scope bits, of all idle() that are asked */
    int added;         /* questions, and scopes of one, that the configuration does not have */
};

/* Whether an event exists that can be asked for as it is. */
static bool is_free_event(const struct sc_scenario *scenario, const char *name) {
    for (int i = 0; i < scenario->n_events; i++)
        if (strcmp(scenario->events[i].name, name) == 0)
            return !scenario->events[i].uses_firm;
    return false;
}

static bool is_question(const json_t *questions, const char *name) {
    json_t *question;
    size_t i;
    json_array_foreach(questions, i, question) if (strcmp(json_string_value(json_object_get(question, "name")), name) ==
                                                   0) return true;
    return false;
}

/* Adds the question that p(EVENT) needs. */
static bool add_question(struct asking *asking, const char *event) {
    json_t *questions = json_object_get(asking->effective, "questions");
    char name[128];
    if (!questions) {
        questions = json_array();
        if (json_object_set_new(asking->effective, "questions", questions) != 0)
            return false;
    }
    snprintf(name, sizeof name, "%.100s", event);
    for (int k = 1; is_question(questions, name); k++)
        snprintf(name, sizeof name, "%.100s-%d", event, k);
    return json_array_append_new(questions, json_pack("{s:s, s:{s:s}}", "name", name, "probability", "event", event)) ==
           0;
}

static bool has_word(const struct expression *expression, char *const *names, int n) {
    for (int i = 1; i < expression->n; i++)
        for (int k = 0; k < n; k++)
            if (strcmp(expression->arguments[i].text, names[k]) == 0)
                return true;
    return false;
}

/* Adds the scope that idle(FIRM ...) names to the `by` of the first coexistence question, where there is one. */
static bool add_scope(struct asking *asking, const struct expression *expression) {
    const struct sc_scenario *s = asking->scenario;
    json_t *questions = json_object_get(asking->effective, "questions"), *question, *map = NULL;
    size_t i;
    json_array_foreach(questions, i, question) if (!map) map = json_object_get(question, "coexistence");
    if (!map || expression->n < 2)
        return true;
    bool region = has_word(expression, s->regions, s->n_regions), generation = false;
    for (int k = 0; k < s->n_generations; k++)
        generation = generation || has_word(expression, &s->generations[k].name, 1);
    json_t *by = json_object_get(map, "by"), *scope = json_pack("[s]", "firm");
    if (!by) { /* the default, written out */
        by = json_pack("[[s]]", "firm");
        if (json_object_set_new(map, "by", by) != 0) {
            json_decref(scope);
            return false;
        }
    }
    bool good = (!region || json_array_append_new(scope, json_string("region")) == 0) &&
                (!generation || json_array_append_new(scope, json_string("generation")) == 0);
    return json_array_append_new(by, scope) == 0 && good;
}

/* Adds what is missing for one expression. */
static bool add_missing(struct asking *asking, const struct expression *expression) {
    bool good = true;
    if (expression->kind == EXPRESSION_P && is_free_event(asking->scenario, expression->arguments[0].text))
        good = add_question(asking, expression->arguments[0].text);
    else if (expression->kind == EXPRESSION_IDLE)
        good = add_scope(asking, expression);
    else
        return true;
    asking->added++;
    return good;
}

/* Adds what is missing for one expression, then checks it. */
static mm_status prepare(struct asking *asking, const char *text, mm_messages *messages) {
    struct expression expression;
    mm_messages *unheard = mm_messages_new();
    mm_status status = expression_parse(text, &expression, messages);
    const mm_status known = status == MM_OK ? report_check(asking->effective, text, unheard) : MM_OK;
    if (known == MM_INTERNAL || (known == MM_USAGE && !add_missing(asking, &expression)))
        status = store_no_memory(messages);
    if (status == MM_OK)
        status = report_check(asking->effective, text, messages);
    expression_free(&expression);
    mm_messages_free(unheard);
    return status;
}

/* Notes which question an expression reads. */
static mm_status note(struct asking *asking, const struct expression_setting *setting, const char *text,
                      mm_messages *messages) {
    struct expression expression;
    struct expression_target target = {0};
    mm_status status = expression_parse(text, &expression, messages);
    if (status == MM_OK)
        status = expression_resolve(&expression, setting, &target, messages);
    if (status == MM_OK && target.kind == EXPRESSION_IDLE)
        asking->idle |= 1 << ((target.region ? BY_REGION : 0) | (target.generation ? BY_GENERATION : 0));
    else if (status == MM_OK && json_object_set_new(asking->wanted, target.question, json_true()) != 0)
        status = store_no_memory(messages);
    expression_free(&expression);
    return status;
}

/* Of the combinations in `by`, those that are asked for. */
static void narrow(json_t *coexistence, int idle) {
    json_t *by = json_object_get(coexistence, "by"), *words, *word;
    size_t i = 0, k;
    json_array_foreach(by, i, words) if (!json_is_array(words)) return;
    for (i = 0; i < json_array_size(by);) {
        int scope = 0;
        json_array_foreach(json_array_get(by, i), k, word) {
            const char *text = json_string_value(word);
            scope |= text && strcmp(text, "region") == 0       ? BY_REGION
                     : text && strcmp(text, "generation") == 0 ? BY_GENERATION
                                                               : 0;
        }
        if (idle & 1 << scope)
            i++;
        else
            json_array_remove(by, i);
    }
}

static bool leads_into(const char *const *keys, size_t n_keys, const char *question) {
    const size_t length = strlen(question);
    for (size_t i = 0; i < n_keys; i++)
        if (strncmp(keys[i], "questions.", 10) == 0 && strncmp(keys[i] + 10, question, length) == 0 &&
            keys[i][10 + length] == '.')
            return true;
    return false;
}

static void filter(struct asking *asking, const char *const *keys, size_t n_keys) {
    json_t *questions = json_object_get(asking->effective, "questions");
    bool first = true;
    for (size_t i = 0; i < json_array_size(questions);) {
        json_t *question = json_array_get(questions, i), *map = json_object_get(question, "coexistence");
        const char *name = json_string_value(json_object_get(question, "name"));
        bool by_name = json_object_get(asking->wanted, name) || leads_into(keys, n_keys, name);
        bool by_idle = map && first && asking->idle;
        if (by_idle && !by_name)
            narrow(map, asking->idle);
        first = first && !map;
        /* readings of a pattern, which no expression asks for: they would take runs of their own */
        if (!leads_into(keys, n_keys, name))
            json_object_del(json_object_get(question, "pattern"), "competitor");
        if (by_name || by_idle)
            i++;
        else
            json_array_remove(questions, i);
    }
    json_object_del(asking->effective, "ranges");
}

static mm_status reduce(struct asking *asking, const char *const *expressions, size_t n_expressions,
                        const char *const *keys, size_t n_keys, mm_messages *messages) {
    struct expression_setting setting = {0};
    mm_status status = MM_OK;
    for (size_t i = 0; i < n_expressions && status == MM_OK; i++)
        status = prepare(asking, expressions[i], messages);
    if (status == MM_OK)
        status = expression_setting_read(asking->effective, NULL, &setting, messages);
    for (size_t i = 0; i < n_expressions && status == MM_OK; i++)
        status = note(asking, &setting, expressions[i], messages);
    expression_setting_free(&setting);
    if (status == MM_OK)
        filter(asking, keys, n_keys);
    return status;
}

/* A configuration that may lack a part is none. */
static mm_status asked_end(size_t failures, mm_status status, mm_scenario **made, mm_messages *messages) {
    const mm_status end = memory_check(failures, status, messages);
    if (end != status) {
        mm_scenario_free(*made);
        *made = NULL;
    }
    return end;
}

mm_status measure_scenario(const mm_scenario *base, const char *const *expressions, size_t n_expressions,
                           const char *const *keys, size_t n_keys, mm_scenario **asked, mm_messages *messages) {
    const size_t failures = mm_memory_failures();
    struct asking asking = {.scenario = scenario_data(base),
                            .effective = json_deep_copy(scenario_effective(base)),
                            .wanted = json_object()};
    char *text = NULL;
    mm_status status = asking.effective && asking.wanted ? MM_OK : store_no_memory(messages);
    *asked = NULL;
    if (status == MM_OK) {
        locale_t before = text_plain();
        status = reduce(&asking, expressions, n_expressions, keys, n_keys, messages);
        text_restore(before);
    }
    if (status == MM_OK) {
        text = scenario_json_text(asking.effective, 0);
        status = text ? mm_scenario_from_json(asking.scenario->file, text, strlen(text), asked, messages)
                      : store_no_memory(messages);
    }
    free(text);
    json_decref(asking.effective);
    json_decref(asking.wanted);
    return asked_end(failures, status, asked, messages);
}

mm_status mm_scenario_asking(const mm_scenario *base, const char *const *expressions, size_t n, mm_scenario **asking,
                             mm_messages *messages) {
    const size_t failures = mm_memory_failures();
    struct asking a = {.scenario = scenario_data(base), .effective = json_deep_copy(scenario_effective(base))};
    locale_t before = text_plain();
    char *text = NULL;
    mm_status status = a.effective ? MM_OK : store_no_memory(messages);
    *asking = NULL;
    for (size_t i = 0; i < n && status == MM_OK; i++)
        status = prepare(&a, expressions[i], messages);
    if (status == MM_OK && a.added > 0) {
        text = scenario_json_text(a.effective, 0);
        status = text ? mm_scenario_from_json(a.scenario->file, text, strlen(text), asking, messages)
                      : store_no_memory(messages);
    }
    text_restore(before);
    free(text);
    json_decref(a.effective);
    return asked_end(failures, status, asking, messages);
}

mm_status measure_check(const mm_scenario *base, const char *expression, mm_messages *messages) {
    const size_t failures = mm_memory_failures();
    struct asking asking = {.scenario = scenario_data(base), .effective = json_deep_copy(scenario_effective(base))};
    locale_t before = text_plain();
    mm_status status = asking.effective ? prepare(&asking, expression, messages) : store_no_memory(messages);
    text_restore(before);
    json_decref(asking.effective);
    return memory_check(failures, status, messages);
}
