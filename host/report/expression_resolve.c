/* Parts to what they ask for: every name is found or the nearest one is named. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/expression.h"
#include "host/scenario/text.h"

/* "; did you mean 'x'?", or "" where nothing is near. */
static const char *suggestion(const char *text, const struct expression_names *names, char *buffer, size_t size) {
    const char *nearest = text_nearest(text, names->names, names->n);

    buffer[0] = '\0';
    if (nearest != NULL) {
        snprintf(buffer, size, "; did you mean '%s'?", nearest);
    }
    return buffer;
}

static const char *among(const char *text, const struct expression_names *names) {
    for (int i = 0; i < names->n; i++) {
        if (strcmp(names->names[i], text) == 0) {
            return names->names[i];
        }
    }
    return NULL;
}

mm_status expression_find(const struct expression *expression, const struct expression_word *word, const char *what,
                          const struct expression_names *names, const char **found, mm_messages *messages) {
    char buffer[128];

    *found = among(word->text, names);
    if (*found != NULL) {
        return MM_OK;
    }
    expression_error(messages, expression, word->column, "no %s '%s'%s", what, word->text,
                     suggestion(word->text, names, buffer, sizeof buffer));
    return MM_USAGE;
}

/* Two lists as one, for suggestions. */
static mm_status find_in_two(const struct expression *expression, const struct expression_word *word, const char *what,
                             const struct expression_names *a, const struct expression_names *b, const char **found,
                             mm_messages *messages) {
    struct expression_names both = {malloc(((size_t)a->n + (size_t)b->n + 1) * sizeof *both.names), a->n + b->n};
    mm_status status;

    if (both.names == NULL) {
        return MM_INTERNAL;
    }
    for (int i = 0; i < both.n; i++) {
        both.names[i] = i < a->n ? a->names[i] : b->names[i - a->n];
    }
    status = expression_find(expression, word, what, &both, found, messages);
    free(both.names);
    return status;
}

/* A result of an earlier version may have no answer to a question. */
static bool is_answered(const struct expression_setting *setting, const char *question) {
    return setting->answers == NULL || json_object_get(setting->answers, question) != NULL;
}

/* How else to ask a question of this kind. */
static const char *instead(const char *kind) {
    if (strcmp(kind, "coexistence") == 0) {
        return "ask with idle(FIRM [, REGION] [, GENERATION])";
    }
    if (strcmp(kind, "fan") == 0) {
        return "ask with quantile(QUESTION, Q, DATE)";
    }
    if (strcmp(kind, "tail") == 0) {
        return "ask with cvar(QUESTION, LEVEL)";
    }
    if (strcmp(kind, "evidence") == 0) {
        return "ask with bayes(QUESTION, FIRM [, STEP]) or posterior(QUESTION, FIRM [, STEP])";
    }
    if (strcmp(kind, "pattern") == 0) {
        return "ask with move(QUESTION, NAME) or implied(QUESTION, NAME)";
    }
    if (strcmp(kind, "probability") == 0) {
        return "ask with p(QUESTION [by DATE])";
    }
    return "its figures stand in the result only";
}

static mm_status check_answered(const struct expression *expression, const struct expression_setting *setting,
                                const struct expression_word *word, const char *kind, mm_messages *messages) {
    if (is_answered(setting, word->text)) {
        return MM_OK;
    }
    expression_error(messages, expression, word->column, "the result has no answer to question '%s' of the kind '%s'",
                     word->text, kind);
    return MM_USAGE;
}

mm_status expression_resolve_question(const struct expression *expression, const struct expression_setting *setting,
                                      const struct expression_word *word, const char *wanted,
                                      struct expression_target *target, mm_messages *messages) {
    const json_t *body = NULL;
    const char *kind;

    if (expression_find(expression, word, "question", &setting->questions, &target->question, messages) != MM_OK) {
        return MM_USAGE;
    }
    kind = expression_question(setting, word->text, &body);
    if (kind == NULL || strcmp(kind, wanted) != 0) {
        expression_error(messages, expression, word->column, "question '%s' is of the kind '%s', not '%s'; %s",
                         word->text, kind != NULL ? kind : "?", wanted, instead(kind != NULL ? kind : ""));
        return MM_USAGE;
    }
    return check_answered(expression, setting, word, kind, messages);
}

/* A bare name: the question's headline number. */
static mm_status resolve_headline(const struct expression *expression, const struct expression_setting *setting,
                                  struct expression_target *target, mm_messages *messages) {
    const struct expression_word *word = &expression->arguments[0];
    const json_t *body = NULL;
    const char *kind;

    if (expression_find(expression, word, "question", &setting->questions, &target->question, messages) != MM_OK) {
        return MM_USAGE;
    }
    kind = expression_question(setting, word->text, &body);
    if (kind != NULL && strcmp(kind, "probability") == 0) {
        return check_answered(expression, setting, word, kind, messages);
    }
    if (kind != NULL && check_answered(expression, setting, word, kind, messages) != MM_OK) {
        return MM_USAGE;
    }
    expression_error(messages, expression, word->column, "a question of the kind '%s' has no one number; %s",
                     kind != NULL ? kind : "?", instead(kind != NULL ? kind : ""));
    return MM_USAGE;
}

/* Whether a probability question looks at all months. */
static bool is_wide(const struct expression_setting *setting, const json_t *body) {
    const char *from = json_string_value(json_object_get(body, "from"));
    const char *to = json_string_value(json_object_get(body, "to"));
    int month;

    if (from != NULL && text_date(from, &month) && month > setting->start) {
        return false;
    }
    return to == NULL || !text_date(to, &month) || month >= setting->start + setting->months - 1;
}

/* The question that asks about an event over all months; in *near one that asks about it otherwise. */
static const char *question_of_event(const struct expression_setting *setting, const char *event, const char **near) {
    *near = NULL;
    for (int i = 0; i < setting->questions.n; i++) {
        const json_t *body = NULL;
        const char *kind = expression_question(setting, setting->questions.names[i], &body), *asked;
        if (kind == NULL || strcmp(kind, "probability") != 0) {
            continue;
        }
        asked = json_string_value(json_object_get(body, "event"));
        if (asked == NULL || strcmp(asked, event) != 0) {
            continue;
        }
        if (json_is_string(json_object_get(body, "firm")) || !is_wide(setting, body)) {
            *near = setting->questions.names[i];
        } else {
            return setting->questions.names[i];
        }
    }
    return NULL;
}

#define DEEPEST 12 /* events inside events; a checked configuration has no loops, a damaged document may */

/* Whether an event, or one inside it, is of `$firm`. */
static bool uses_firm(const struct expression_setting *setting, const char *event, int depth) {
    static const char *const operators[] = {"all_of", "any_of", "not"};
    const json_t *map = json_object_get(json_object_get(setting->effective, "events"), event);

    for (size_t op = 0; op < 3 && depth < DEEPEST; op++) {
        const json_t *items = json_object_get(map, operators[op]);
        for (size_t i = 0; i < (json_is_array(items) ? json_array_size(items) : items != NULL); i++) {
            const json_t *item = json_is_array(items) ? json_array_get(items, i) : items;
            const char *firm = json_string_value(json_object_get(item, "firm"));
            const char *inner = json_string_value(json_object_get(item, "event"));
            if ((firm != NULL && strcmp(firm, "$firm") == 0) ||
                (inner != NULL && uses_firm(setting, inner, depth + 1))) {
                return true;
            }
        }
    }
    return false;
}

mm_status expression_resolve_event(const struct expression *expression, const struct expression_setting *setting,
                                   struct expression_target *target, mm_messages *messages) {
    const struct expression_word *word = &expression->arguments[0];
    const char *found, *near = NULL, *kind, *firm;
    const json_t *body = NULL;
    mm_status status =
        find_in_two(expression, word, "event or question", &setting->events, &setting->questions, &found, messages);

    if (status != MM_OK) {
        return status;
    }
    kind = expression_question(setting, word->text, &body);
    if (among(word->text, &setting->events) == NULL || (kind != NULL && strcmp(kind, "probability") == 0)) {
        return expression_resolve_question(expression, setting, word, "probability", target, messages);
    }
    target->question = question_of_event(setting, word->text, &near);
    firm = target->question == NULL && uses_firm(setting, word->text, 0) ? ", firm: FIRM" : "";
    if (target->question == NULL && near != NULL) {
        expression_error(messages, expression, word->column,
                         "question '%s' asks about event '%s' for one firm or in a narrower window; ask with p(%s), or "
                         "add a question: {name: p-%s, probability: {event: %s%s}}",
                         near, word->text, near, word->text, word->text, firm);
        return MM_USAGE;
    }
    if (target->question == NULL) {
        expression_error(messages, expression, word->column,
                         "no question asks how probable event '%s' is; add one: {name: p-%s, probability: {event: "
                         "%s%s}}",
                         word->text, word->text, word->text, firm);
        return MM_USAGE;
    }
    return MM_OK;
}

mm_status expression_resolve_date(const struct expression *expression, const struct expression_setting *setting,
                                  const struct expression_word *word, struct expression_target *target,
                                  mm_messages *messages) {
    char first[TEXT_NUMBER], last[TEXT_NUMBER];
    double step;
    int month;

    if (text_date(word->text, &month)) {
        month -= setting->start;
    } else if (text_real(word->text, &step) && step >= -1e9 && step <= 1e9 && (double)(int)step == step) {
        month = (int)step;
    } else {
        expression_error(messages, expression, word->column, "'%s' is not a date (YYYY-MM, or a month's number from 0)",
                         word->text);
        return MM_USAGE;
    }
    if (month < 0 || month >= setting->months) {
        text_from_date(setting->start, first);
        text_from_date(setting->start + setting->months - 1, last);
        expression_error(messages, expression, word->column, "%s lies outside the horizon, %s to %s (months 0 to %d)",
                         word->text, first, last, setting->months - 1);
        return MM_USAGE;
    }
    target->month = month;
    return MM_OK;
}

/* Whether the first coexistence question lists this scope. */
static bool is_listed(const struct expression_setting *setting, const char **question, bool region, bool generation) {
    const json_t *body = NULL, *by;
    json_t *scope, *part;
    size_t i, j;

    *question = NULL;
    for (int k = 0; k < setting->questions.n && *question == NULL; k++) {
        const char *kind = expression_question(setting, setting->questions.names[k], &body);
        *question = kind != NULL && strcmp(kind, "coexistence") == 0 ? setting->questions.names[k] : NULL;
    }
    if (*question == NULL) {
        return false;
    }
    by = json_object_get(body, "by");
    if (by == NULL) {
        return !region && !generation; /* the default, [[firm]] */
    }
    json_array_foreach(by, i, scope) {
        bool has_region = false, has_generation = false;
        json_array_foreach(scope, j, part) {
            const char *text = json_string_value(part);
            has_region = has_region || (text != NULL && strcmp(text, "region") == 0);
            has_generation = has_generation || (text != NULL && strcmp(text, "generation") == 0);
        }
        if (has_region == region && has_generation == generation) {
            return true;
        }
    }
    return false;
}

static mm_status resolve_idle(const struct expression *expression, const struct expression_setting *setting,
                              struct expression_target *target, mm_messages *messages) {
    const char *found, *question;

    if (expression_find(expression, &expression->arguments[0], "firm", &setting->firms, &target->firm, messages)) {
        return MM_USAGE;
    }
    for (int i = 1; i < expression->n; i++) {
        const struct expression_word *word = &expression->arguments[i];
        const mm_status status = find_in_two(expression, word, "region or generation", &setting->regions,
                                             &setting->generations, &found, messages);
        if (status != MM_OK) {
            return status;
        }
        if (among(word->text, &setting->regions) != NULL && target->region == NULL) {
            target->region = found;
        } else if (among(word->text, &setting->generations) != NULL && target->generation == NULL) {
            target->generation = found;
        } else {
            expression_error(messages, expression, word->column, "one region and one generation at most");
            return MM_USAGE;
        }
    }
    if (is_listed(setting, &question, target->region != NULL, target->generation != NULL)) {
        return MM_OK;
    }
    if (question == NULL) {
        expression_error(messages, expression, 1, "idle() reads the first coexistence question, and there is none");
    } else {
        expression_error(messages, expression, 1, "question '%s' does not list this scope; add [firm%s%s] to its `by`",
                         question, target->region != NULL ? ", region" : "",
                         target->generation != NULL ? ", generation" : "");
    }
    return MM_USAGE;
}

/* The second argument, a number that question `target` lists under `key`, or that stands in `standard`. */
static mm_status resolve_listed(const struct expression *expression, const struct expression_setting *setting,
                                const char *key, const double *standard, size_t n_standard,
                                struct expression_target *target, mm_messages *messages) {
    const struct expression_word *word = &expression->arguments[1];
    const json_t *body = NULL, *listed;
    char list[256] = "", one[TEXT_NUMBER];
    size_t n, used = 0;

    if (!text_real(word->text, &target->quantile)) {
        expression_error(messages, expression, word->column, "'%s' is not a number", word->text);
        return MM_USAGE;
    }
    expression_question(setting, target->question, &body);
    listed = json_object_get(body, key);
    n = listed == NULL ? n_standard : json_is_array(listed) ? json_array_size(listed) : 1;
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_is_array(listed) ? json_array_get(listed, i) : listed;
        const double level = listed != NULL ? json_number_value(item) : standard[i];
        if (level == target->quantile) {
            return MM_OK;
        }
        text_number(level, one);
        if (used + strlen(one) + 8 < sizeof list) {
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", used > 0 ? ", " : "", one);
        }
    }
    expression_error(messages, expression, word->column, "question '%s' has no %.*s %s; it has %s", target->question,
                     (int)strlen(key) - 1, key, word->text, list); /* "level" of "levels" */
    return MM_USAGE;
}

static mm_status resolve_quantile(const struct expression *expression, const struct expression_setting *setting,
                                  struct expression_target *target, mm_messages *messages) {
    static const double standard[] = {0.05, 0.25, 0.5, 0.75, 0.95};

    if (expression_resolve_question(expression, setting, &expression->arguments[0], "fan", target, messages) ||
        resolve_listed(expression, setting, "quantiles", standard, sizeof standard / sizeof *standard, target,
                       messages)) {
        return MM_USAGE;
    }
    return expression_resolve_date(expression, setting, &expression->arguments[2], target, messages);
}

static mm_status resolve_cvar(const struct expression *expression, const struct expression_setting *setting,
                              struct expression_target *target, mm_messages *messages) {
    static const double standard[] = {0.95, 0.99};

    if (expression_resolve_question(expression, setting, &expression->arguments[0], "tail", target, messages)) {
        return MM_USAGE;
    }
    return resolve_listed(expression, setting, "levels", standard, sizeof standard / sizeof *standard, target,
                          messages);
}

mm_status expression_resolve(const struct expression *expression, const struct expression_setting *setting,
                             struct expression_target *target, mm_messages *messages) {
    mm_status status;

    memset(target, 0, sizeof *target);
    target->kind = expression->kind;
    target->month = -1;
    target->step = -1;
    switch (expression->kind) {
    case EXPRESSION_QUESTION:
        return resolve_headline(expression, setting, target, messages);
    case EXPRESSION_P:
        status = expression_resolve_event(expression, setting, target, messages);
        if (status == MM_OK && expression->by.text != NULL) {
            status = expression_resolve_date(expression, setting, &expression->by, target, messages);
        }
        return status;
    case EXPRESSION_IDLE:
        return resolve_idle(expression, setting, target, messages);
    case EXPRESSION_QUANTILE:
        return resolve_quantile(expression, setting, target, messages);
    case EXPRESSION_CVAR:
        return resolve_cvar(expression, setting, target, messages);
    case EXPRESSION_BAYES:
    case EXPRESSION_POSTERIOR:
        return expression_resolve_evidence(expression, setting, target, messages);
    case EXPRESSION_MOVE:
    case EXPRESSION_IMPLIED:
        break;
    }
    status = expression_resolve_question(expression, setting, &expression->arguments[0], "pattern", target, messages);
    if (status == MM_OK) {
        status =
            expression_find(expression, &expression->arguments[1], "name", &setting->listed, &target->name, messages);
    }
    return status;
}
