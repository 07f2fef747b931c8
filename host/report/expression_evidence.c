/* bayes() and posterior(): which case of an evidence question, which step, and what stands there. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/expression.h"
#include "host/report/text.h"
#include "host/scenario/text.h"

/* The step of an evidence question: its number from 1, or the name of its event. */
static mm_status find_step(const struct expression *expression, const struct expression_word *word, const json_t *body,
                           struct expression_target *target, mm_messages *messages) {
    const json_t *pieces = json_object_get(body, "evidence");
    const size_t n = json_is_array(pieces) ? json_array_size(pieces) : 1;
    double step;

    if (text_real(word->text, &step)) {
        for (size_t i = 0; i < n; i++) {
            if (step == (double)(i + 1)) {
                target->step = (int)i;
                return MM_OK;
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *piece = json_is_array(pieces) ? json_array_get(pieces, i) : pieces;
        const char *event = json_string_value(json_object_get(piece, "event"));
        if (event != NULL && strcmp(event, word->text) == 0) {
            target->step = (int)i;
            return MM_OK;
        }
    }
    expression_error(messages, expression, word->column,
                     "no step '%s': a step is a number from 1 to %zu, or the event of a piece of evidence", word->text,
                     n);
    return MM_USAGE;
}

/* The firms that a question asks about; none where it names none. */
static mm_status read_firms(const json_t *body, struct expression_names *firms) {
    const json_t *each = json_object_get(body, "for_each");
    size_t n;

    each = each != NULL ? each : json_object_get(body, "firm");
    n = json_is_array(each) ? json_array_size(each) : each != NULL;
    firms->names = calloc(n + 1, sizeof *firms->names);
    if (firms->names == NULL) {
        return MM_INTERNAL;
    }
    for (size_t i = 0; i < n; i++) {
        const char *firm = json_string_value(json_is_array(each) ? json_array_get(each, i) : each);
        if (firm != NULL) {
            firms->names[firms->n++] = firm;
        }
    }
    return MM_OK;
}

/* Behind the question come its firm, where it asks about any (about one alone it may be left out), and the step. */
static mm_status find_parts(const struct expression *expression, const struct expression_names *firms,
                            const json_t *body, struct expression_target *target, mm_messages *messages) {
    int next = 1;

    if (firms->n > 0 && next < expression->n) {
        const mm_status status = expression_find(expression, &expression->arguments[next++], "firm of this question",
                                                 firms, &target->firm, messages);
        if (status != MM_OK) {
            return status;
        }
    }
    if (firms->n > 1 && target->firm == NULL) {
        expression_error(messages, expression, expression->arguments[0].column,
                         "question '%s' asks about several firms; name one: %s(%s, %s)", target->question,
                         target->kind == EXPRESSION_BAYES ? "bayes" : "posterior", target->question, firms->names[0]);
        return MM_USAGE;
    }
    if (next < expression->n) {
        const mm_status status = find_step(expression, &expression->arguments[next++], body, target, messages);
        if (status != MM_OK) {
            return status;
        }
    }
    if (next < expression->n) {
        expression_error(messages, expression, expression->arguments[next].column,
                         "too many arguments: question '%s' asks about no firm", target->question);
        return MM_USAGE;
    }
    return MM_OK;
}

mm_status expression_resolve_evidence(const struct expression *expression, const struct expression_setting *setting,
                                      struct expression_target *target, mm_messages *messages) {
    const json_t *body = NULL;
    struct expression_names firms = {NULL, 0};
    mm_status status =
        expression_resolve_question(expression, setting, &expression->arguments[0], "evidence", target, messages);

    if (status != MM_OK) {
        return status;
    }
    expression_question(setting, target->question, &body);
    status = read_firms(body, &firms);
    if (status == MM_OK) {
        status = find_parts(expression, &firms, body, target, messages);
    }
    free(firms.names);
    return status;
}

/* The step that is asked for; NULL where the answer has none. */
static const json_t *step_of(const json_t *answer, const struct expression_target *target) {
    json_t *item;
    size_t i;

    json_array_foreach(json_object_get(answer, "cases"), i, item) {
        const json_t *steps = json_object_get(item, "steps");
        const char *firm = json_string_value(json_object_get(item, "firm"));
        if (target->firm == NULL || (firm != NULL && strcmp(firm, target->firm) == 0)) {
            return json_array_get(steps, target->step < 0 ? json_array_size(steps) - 1 : (size_t)target->step);
        }
    }
    return NULL;
}

void expression_take_evidence(const json_t *answer, const struct expression_target *target, mm_value *value) {
    const json_t *step = step_of(answer, target), *number, *low, *high;

    if (target->kind == EXPRESSION_POSTERIOR) {
        expression_take(json_object_get(step, "posterior"), "p", value);
        return;
    }
    number = json_object_get(step, "bayes_factor");
    low = json_array_get(json_object_get(step, "ci"), 0);
    high = json_array_get(json_object_get(step, "ci"), 1);
    value->known = json_is_number(number);
    value->value = value->known ? json_number_value(number) : NAN;
    value->needs_paths = value->known ? 0 : json_number_value(json_object_get(step, "needs_paths"));
    value->needs_more = value->needs_paths > 0 && (document_number(step, "paths.with_hypothesis") < 1 ||
                                                   document_number(step, "paths.without") < 1);
    value->why = text_certain(step);
    /* the interval is symmetric, nearly, on the log scale: 2 x 1.96 standard errors of the log */
    value->se = value->known && json_is_number(low) && json_is_number(high)
                    ? value->value * log(json_number_value(high) / json_number_value(low)) / (2 * 1.959963984540054)
                    : NAN;
}
