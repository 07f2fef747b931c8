/* Scenarios side by side on common random numbers. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/scenario/scenario_data.h"
#include "host/scenario/text.h"
#include "host/store/json_text.h"
#include "host/store/store.h"
#include "host/study/headlines.h"
#include "host/study/measure.h"
#include "host/study/pace.h"
#include "host/study/study.h"

#define DEFAULT_PATHS 100000

struct comparing {
    const mm_compared *scenarios;
    size_t n;
    const mm_compare_options *options;
    struct headlines asked; /* expressions, without comparisons */
    struct problem_sample sample;
    struct problem_point *points; /* [n] */
    struct keeping keeping;
    struct pace pace;
};

/* ---- What is asked ---- */

static bool is_name(const char *name) {
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
            return false;
    return *name != '\0';
}

static mm_status check_names(const struct comparing *c, mm_messages *messages) {
    if (c->n == 0) {
        mm_messages_add(messages, "nothing to compare");
        return MM_USAGE;
    }
    for (size_t i = 0; i < c->n; i++) {
        if (!is_name(c->scenarios[i].name)) {
            mm_messages_add(messages, "'%s' can't be the name of a scenario: letters, digits, '-', '_' and '.'",
                            c->scenarios[i].name);
            return MM_USAGE;
        }
        for (size_t k = 0; k < i; k++)
            if (strcmp(c->scenarios[i].name, c->scenarios[k].name) == 0) {
                mm_messages_add(messages, "two scenarios are called '%s'", c->scenarios[i].name);
                return MM_USAGE;
            }
    }
    return MM_OK;
}

/* The parts of an expectation: "NAME - FIRST: EXPR". */
struct expectation {
    const char *name; /* not terminated; NULL: every scenario */
    size_t length;
    bool difference;
    const char *expression; /* with its comparison */
};

static struct expectation expectation_of(const char *text, const char *first) {
    struct expectation e = {.expression = text};
    const char *colon = strchr(text, ':');
    if (!colon)
        return e;
    e.expression = colon + 1;
    while (isspace((unsigned char)*text))
        text++;
    e.name = text;
    e.length = (size_t)(colon - text);
    while (e.length > 0 && isspace((unsigned char)text[e.length - 1]))
        e.length--;
    size_t tail = strlen(first);
    if (e.length > tail + 3 && strncmp(text + e.length - tail, first, tail) == 0 &&
        strncmp(text + e.length - tail - 3, " - ", 3) == 0) {
        e.difference = true;
        e.length -= tail + 3;
        while (e.length > 0 && isspace((unsigned char)text[e.length - 1]))
            e.length--;
    }
    return e;
}

/* An expression without blanks around it and without its comparison; NULL when memory ran out. */
static char *plain(const char *expression) {
    while (isspace((unsigned char)*expression))
        expression++;
    size_t length = strcspn(expression, "<>");
    while (length > 0 && isspace((unsigned char)expression[length - 1]))
        length--;
    return strndup(expression, length);
}

/* Adds an expression that is not there yet, after a look at whether the first scenario can answer it. */
static mm_status ask(struct comparing *c, const char *expression, mm_messages *messages) {
    mm_status status = measure_check(c->scenarios[0].scenario, expression, messages); /* with its comparison */
    char *text = plain(expression);
    for (size_t i = 0; text && status == MM_OK && i < c->asked.n; i++)
        if (strcmp(c->asked.texts[i], text) == 0) {
            free(text);
            return MM_OK;
        }
    char **texts = text && status == MM_OK ? realloc(c->asked.texts, (c->asked.n + 1) * sizeof *texts) : NULL;
    if (!texts) {
        free(text);
        return status == MM_OK ? store_no_memory(messages) : status;
    }
    c->asked.texts = texts;
    texts[c->asked.n++] = text;
    return MM_OK;
}

/* Whether there is a scenario that an expectation speaks of. */
static mm_status check_expectation(const struct comparing *c, const char *text, mm_messages *messages) {
    struct expectation e = expectation_of(text, c->scenarios[0].name);
    if (!strpbrk(e.expression, "<>")) {
        mm_messages_add(messages, "'%s' compares nothing", text);
        return MM_USAGE;
    }
    for (size_t k = 0; k < c->n; k++)
        if (!e.name || (strlen(c->scenarios[k].name) == e.length &&
                        strncmp(c->scenarios[k].name, e.name, e.length) == 0 && !(e.difference && k == 0)))
            return MM_OK;
    const char *names[64];
    int n = 0;
    for (size_t k = 0; k < c->n && n < 64; k++)
        names[n++] = c->scenarios[k].name;
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)e.length, e.name);
    const char *near = text_nearest(name, names, n);
    mm_messages_add(messages, "'%s': there is no scenario '%s'%s%s%s", text, name, near ? "; did you mean '" : "",
                    near ? near : "", near ? "'?" : "");
    return MM_USAGE;
}

static mm_status collect(struct comparing *c, mm_messages *messages) {
    const mm_compare_options *options = c->options;
    mm_status status = MM_OK;
    if (options->n_expressions == 0)
        status = headlines_of(c->scenarios[0].scenario, true, &c->asked, messages);
    for (size_t i = 0; i < options->n_expressions && status == MM_OK; i++)
        status = ask(c, options->expressions[i], messages);
    for (size_t i = 0; i < options->n_expectations && status == MM_OK; i++)
        status = check_expectation(c, options->expectations[i], messages);
    for (size_t i = 0; i < options->n_expectations && status == MM_OK; i++)
        status = ask(c, expectation_of(options->expectations[i], c->scenarios[0].name).expression, messages);
    if (status == MM_OK && c->asked.n == 0) {
        mm_messages_add(messages, "nothing is asked: the configuration has neither questions nor events");
        status = MM_USAGE;
    }
    return status;
}

/* ---- The points ---- */

/* The answers of scenario k to n expressions, whose numbers among all are which[n]. */
static mm_status measure_some(struct comparing *c, size_t k, const char **expressions, size_t n, const size_t *which,
                              mm_messages *messages) {
    struct problem_point some = {0}, *all = &c->points[k];
    mm_scenario *asked = NULL;
    bool remembered = false;
    mm_status status = measure_scenario(c->scenarios[k].scenario, expressions, n, NULL, 0, &asked, messages);
    if (status == MM_OK)
        status =
            measure_kept(&c->keeping, asked, expressions, n, &c->pace.inner, &c->sample, &some, &remembered, messages);
    if (status == MM_OK && !problem_point_make(all, c->asked.n, some.n_pieces))
        status = store_no_memory(messages);
    for (size_t i = 0; status == MM_OK && i < n; i++) {
        all->answers[which[i]] = some.answers[i];
        for (size_t piece = 0; piece < some.n_pieces; piece++)
            all->without[piece * c->asked.n + which[i]] = some.without[piece * n + i];
    }
    if (status == MM_OK)
        pace_point(&c->pace, !remembered);
    problem_point_free(&some);
    mm_scenario_free(asked);
    return status;
}

static mm_status measure_one(struct comparing *c, size_t k, mm_messages *messages) {
    const char **expressions = calloc(c->asked.n, sizeof *expressions);
    size_t *which = calloc(c->asked.n, sizeof *which), n = 0;
    if (!expressions || !which) {
        free(expressions);
        free(which);
        return store_no_memory(messages);
    }
    mm_status status = MM_OK;
    for (size_t i = 0; i < c->asked.n && status != MM_INTERNAL; i++) {
        mm_messages *unheard = mm_messages_new();
        status = measure_check(c->scenarios[k].scenario, c->asked.texts[i], unheard);
        if (status == MM_OK) {
            which[n] = i;
            expressions[n++] = c->asked.texts[i];
        }
        mm_messages_free(unheard);
    }
    if (status != MM_INTERNAL && n > 0)
        status = measure_some(c, k, expressions, n, which, messages);
    else if (status == MM_INTERNAL || !problem_point_make(&c->points[k], c->asked.n, 0))
        status = store_no_memory(messages);
    else
        status = MM_OK; /* it answers nothing of what is asked */
    free(expressions);
    free(which);
    return status;
}

static mm_status measure_all(struct comparing *c, mm_messages *messages) {
    c->keeping.store = c->options->store;
    mm_status status =
        journal_open(c->keeping.store ? NULL : c->options->run.checkpoint, &c->keeping.journal, messages);
    pace_begin(&c->pace, &c->options->run, c->n);
    if (status == MM_OK)
        status = measure_choose(&c->pace.inner, messages);
    for (size_t k = 0; k < c->n && status == MM_OK; k++)
        status = pace_should_stop(&c->pace) ? MM_INTERRUPTED : measure_one(c, k, messages);
    journal_close(c->keeping.journal);
    return status;
}

/* ---- The document ---- */

static json_t *value_json(const struct comparing *c, size_t i, size_t k) {
    const struct problem_answer *answer = &c->points[k].answers[i];
    json_t *value = json_pack("{s:s, s:o, s:o}", "scenario", c->scenarios[k].name, "value", study_number(answer->value),
                              "se", study_number(answer->se));
    if (k == 0 || !value)
        return value;
    struct problem_answer difference = problem_difference(&c->points[0], &c->points[k], i);
    json_object_set_new(value, "difference", study_number(difference.known ? difference.value : NAN));
    json_object_set_new(value, "difference_se", study_number(difference.known ? difference.se : NAN));
    double ends[2];
    problem_difference_interval(&c->points[0], &c->points[k], i, ends);
    json_object_set_new(value, "difference_ci", json_pack("[o, o]", study_number(ends[0]), study_number(ends[1])));
    return value;
}

static json_t *answers_json(const struct comparing *c) {
    json_t *answers = json_array();
    for (size_t i = 0; i < c->asked.n; i++) {
        json_t *values = json_array();
        for (size_t k = 0; k < c->n; k++)
            json_array_append_new(values, value_json(c, i, k));
        json_array_append_new(answers, json_pack("{s:s, s:o}", "expression", c->asked.texts[i], "values", values));
    }
    return answers;
}

static json_t *scenarios_json(const struct comparing *c) {
    json_t *scenarios = json_array();
    for (size_t k = 0; k < c->n; k++)
        json_array_append_new(scenarios, json_pack("{s:s, s:s, s:s}", "name", c->scenarios[k].name, "file",
                                                   scenario_data(c->scenarios[k].scenario)->file, "sha256",
                                                   mm_scenario_sha256(c->scenarios[k].scenario)));
    return scenarios;
}

static json_t *document_of(const struct comparing *c) {
    return json_pack("{s:i, s:s, s:o, s:o, s:{s:o, s:o, s:o, s:i}, s:o}", "schema_version", STORE_SCHEMA_VERSION,
                     "type", "compare", "program", store_program_json(), "scenarios", scenarios_json(c), "run", "paths",
                     json_text_u64(c->sample.paths), "first_path", json_text_u64(c->sample.first_path), "seed",
                     json_text_u64(c->sample.seed), "pieces", (int)c->points[0].n_pieces, "answers", answers_json(c));
}

mm_status mm_compare(const mm_compared *scenarios, size_t n_scenarios, const mm_compare_options *options,
                     mm_study **study, mm_messages *messages) {
    static const mm_compare_options defaults;
    const size_t failures = mm_memory_failures();
    struct comparing c = {.scenarios = scenarios, .n = n_scenarios, .options = options ? options : &defaults};
    const mm_run_options *run = &c.options->run;
    *study = NULL;
    c.sample = (struct problem_sample){run->seed_given ? run->seed : 1, run->first_path,
                                       run->paths ? run->paths : DEFAULT_PATHS, PROBLEM_PIECES};
    mm_status status = check_names(&c, messages);
    if (status == MM_OK)
        status = collect(&c, messages);
    if (status == MM_OK && !(c.points = calloc(n_scenarios, sizeof *c.points)))
        status = store_no_memory(messages);
    if (status == MM_OK)
        status = measure_all(&c, messages);
    if (status == MM_OK)
        status = study_new(document_of(&c), study, messages);
    for (size_t k = 0; c.points && k < n_scenarios; k++)
        problem_point_free(&c.points[k]);
    free(c.points);
    headlines_free(&c.asked);
    return study_end(failures, status, study, messages);
}

/* ---- Expectations ---- */

static bool compares(double value, const char *comparison, double bound) {
    bool equal = comparison[1] == '=';
    if (comparison[0] == '<')
        return equal ? value <= bound : value < bound;
    return equal ? value >= bound : value > bound;
}

static double number(const json_t *from, const char *key) {
    const json_t *value = json_object_get(from, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static const json_t *values_of(const json_t *document, const char *expression) {
    json_t *answer, *values = NULL;
    char *text = plain(expression);
    size_t i;
    json_array_foreach(json_object_get(document, "answers"), i, answer) {
        if (text && strcmp(json_string_value(json_object_get(answer, "expression")), text) == 0)
            values = json_object_get(answer, "values");
    }
    free(text);
    return values;
}

mm_status mm_compare_evaluate(const mm_study *study, const char *expectation, mm_value *value, mm_messages *messages) {
    const json_t *document = study->document, *first = json_array_get(json_object_get(document, "scenarios"), 0);
    const char *base = json_string_value(json_object_get(first, "name"));
    struct expectation e = expectation_of(expectation, base ? base : "");
    const json_t *values = values_of(document, e.expression);
    const char *comparison = strpbrk(e.expression, "<>");
    *value = (mm_value){.value = NAN, .se = NAN, .compared = true, .holds = true};
    if (!comparison || !values) {
        mm_messages_add(messages, "'%s': the study has no such answer to compare", expectation);
        return MM_USAGE;
    }
    locale_t before = text_plain();
    double bound = strtod(comparison + 1 + (comparison[1] == '='), NULL);
    bool found = false;
    text_restore(before);
    for (size_t k = 0; k < json_array_size(values) && value->holds; k++) {
        const json_t *one = json_array_get(values, k);
        const char *name = json_string_value(json_object_get(one, "scenario"));
        if (e.name && (strlen(name) != e.length || strncmp(name, e.name, e.length) != 0))
            continue;
        found = true;
        value->value = number(one, e.difference ? "difference" : "value");
        value->se = number(one, e.difference ? "difference_se" : "se");
        value->known = !isnan(value->value);
        value->holds = value->known && compares(value->value, comparison, bound);
    }
    if (found)
        return MM_OK;
    mm_messages_add(messages, "'%s': there is no scenario '%.*s'", expectation, (int)e.length, e.name);
    return MM_USAGE;
}
