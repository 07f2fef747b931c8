/* What an expression asks for, looked up in a document. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/expression.h"
#include "host/report/report.h"

/* Value `name` and se of an object such as {"p": 0.5, "se": 0.01}. */
void expression_take(const json_t *figure, const char *name, mm_value *value) {
    const json_t *number = json_object_get(figure, name), *se = json_object_get(figure, "se");

    value->known = json_is_number(number);
    value->value = value->known ? json_number_value(number) : NAN;
    value->se = value->known && json_is_number(se) ? json_number_value(se) : NAN;
}

/* The same of month `month` of {"p": [], "se": []}. */
static void take_month(const json_t *curve, int month, mm_value *value) {
    const json_t *number = json_array_get(json_object_get(curve, "p"), (size_t)month);
    const json_t *se = json_array_get(json_object_get(curve, "se"), (size_t)month);

    value->known = json_is_number(number);
    value->value = value->known ? json_number_value(number) : NAN;
    value->se = value->known && json_is_number(se) ? json_number_value(se) : NAN;
}

/* Whether an entry's part (null: none) is `name` (NULL: none). */
static bool is_part(const json_t *entry, const char *part, const char *name) {
    const char *text = json_string_value(json_object_get(entry, part));

    return text == NULL || name == NULL ? text == name : strcmp(text, name) == 0;
}

static void take_idle(const json_t *document, const struct expression_target *target, mm_value *value) {
    json_t *entry;
    size_t i;

    json_array_foreach(json_object_get(document, "coexistence"), i, entry) {
        if (is_part(entry, "firm", target->firm) && is_part(entry, "region", target->region) &&
            is_part(entry, "generation", target->generation)) {
            expression_take(json_object_get(entry, "idle_given_shortage"), "p", value);
            return;
        }
    }
}

static void take_quantile(const json_t *answer, const struct expression_target *target, mm_value *value) {
    const char *key;
    json_t *curve;

    json_object_foreach(json_object_get(answer, "quantiles"), key, curve) {
        if (strtod(key, NULL) == target->quantile) {
            const json_t *number = json_array_get(curve, (size_t)target->month);
            value->known = json_is_number(number);
            value->value = value->known ? json_number_value(number) : NAN;
        }
    }
}

static void take_cvar(const json_t *answer, const struct expression_target *target, mm_value *value) {
    const char *key;
    json_t *level;

    json_object_foreach(json_object_get(answer, "levels"), key, level) {
        if (strtod(key, NULL) == target->quantile) {
            expression_take(json_object_get(level, "cvar"), "value", value);
        }
    }
}

static const json_t *name_of(const json_t *answer, const struct expression_target *target) {
    return json_object_get(json_object_get(answer, "names"), target->name);
}

/* The implied probability; its error from the interval, which is nearly symmetric. */
static void take_implied(const json_t *name, mm_value *value) {
    const json_t *implied = json_object_get(name, "implied"), *ci = json_object_get(implied, "ci");

    expression_take(implied, "value", value);
    if (value->known) {
        value->se = (json_number_value(json_array_get(ci, 1)) - json_number_value(json_array_get(ci, 0))) / (2 * 1.998);
    }
}

static void compare(const struct expression *expression, mm_value *value) {
    value->compared = expression->comparison != COMPARE_NONE;
    if (!value->known) {
        return;
    }
    switch (expression->comparison) {
    case COMPARE_NONE:
        break;
    case COMPARE_BELOW:
        value->holds = value->value < expression->bound;
        break;
    case COMPARE_AT_MOST:
        value->holds = value->value <= expression->bound;
        break;
    case COMPARE_ABOVE:
        value->holds = value->value > expression->bound;
        break;
    case COMPARE_AT_LEAST:
        value->holds = value->value >= expression->bound;
        break;
    }
}

static mm_status look_up(const json_t *document, const struct expression *expression,
                         const struct expression_target *target, mm_value *value, mm_messages *messages) {
    const json_t *answer = NULL;

    if (target->question != NULL) {
        answer = json_object_get(json_object_get(document, "questions"), target->question);
        if (answer == NULL) {
            expression_error(messages, expression, 1, "the result holds no answer to question '%s'", target->question);
            return MM_USAGE;
        }
    }
    switch (target->kind) {
    case EXPRESSION_QUESTION:
        expression_take(json_object_get(answer, "ever"), "p", value);
        return MM_OK;
    case EXPRESSION_P:
        if (target->month < 0) {
            expression_take(json_object_get(answer, "ever"), "p", value);
        } else {
            take_month(json_object_get(json_object_get(answer, "first_passage"), "by_month"), target->month, value);
        }
        return MM_OK;
    case EXPRESSION_IDLE:
        take_idle(document, target, value);
        return MM_OK;
    case EXPRESSION_QUANTILE:
        take_quantile(answer, target, value);
        return MM_OK;
    case EXPRESSION_CVAR:
        take_cvar(answer, target, value);
        return MM_OK;
    case EXPRESSION_BAYES:
    case EXPRESSION_POSTERIOR:
        expression_take_evidence(answer, target, value);
        return MM_OK;
    case EXPRESSION_MOVE:
        expression_take(json_object_get(name_of(answer, target), "move"), "value", value);
        return MM_OK;
    case EXPRESSION_IMPLIED:
        take_implied(name_of(answer, target), value);
        return MM_OK;
    }
    return MM_INTERNAL;
}

/* Everything up to the look-up; document NULL: checks only. */
static mm_status work_out(const json_t *document, const json_t *effective, const char *source, mm_value *value,
                          mm_messages *messages) {
    struct expression expression;
    struct expression_setting setting = {0};
    struct expression_target target;
    mm_status status = expression_parse(source, &expression, messages);

    if (status == MM_OK) {
        status = expression_setting_read(effective, json_object_get(document, "questions"), &setting, messages);
    }
    if (status == MM_OK) {
        status = expression_resolve(&expression, &setting, &target, messages);
    }
    if (status == MM_OK && document != NULL) {
        status = look_up(document, &expression, &target, value, messages);
        if (status == MM_OK) {
            compare(&expression, value);
        }
    }
    expression_setting_free(&setting);
    expression_free(&expression);
    return status;
}

mm_status report_evaluate(const json_t *document, const char *expression, mm_value *value, mm_messages *messages) {
    const json_t *effective = json_object_get(json_object_get(document, "scenario"), "effective");

    memset(value, 0, sizeof *value);
    value->value = NAN;
    value->se = NAN;
    return work_out(document, effective, expression, value, messages);
}

mm_status report_check(const json_t *effective, const char *expression, mm_messages *messages) {
    return work_out(NULL, effective, expression, NULL, messages);
}
