/* The few numbers that stand for a result in a list of many. */
#include <math.h>
#include <stdio.h>

#include "host/report/document.h"
#include "host/report/report.h"

#define EXPRESSION 256

static bool add(json_t *answers, const char *name, double value, double se) {
    json_t *answer = json_pack("[s, o, o]", name, isfinite(value) ? json_real(value) : json_null(),
                               isfinite(value) && isfinite(se) ? json_real(se) : json_null());

    return json_array_append_new(answers, answer) == 0;
}

/* Nothing is added where the expression asks for something that this result does not have. */
static bool add_expression(const json_t *document, json_t *answers, const char *expression) {
    mm_messages *messages = mm_messages_new();
    mm_value value;
    const mm_status status = report_evaluate(document, expression, &value, messages);

    mm_messages_free(messages);
    if (status == MM_OK) {
        return add(answers, expression, value.known ? value.value : NAN, value.se);
    }
    return status == MM_USAGE;
}

/* Of the first coexistence question: the firms as a whole. */
static bool add_idle(const json_t *document, json_t *answers) {
    char expression[EXPRESSION];
    json_t *entry;
    size_t i;
    bool good = true;

    json_array_foreach(json_object_get(document, "coexistence"), i, entry) {
        if (json_is_string(json_object_get(entry, "region")) || json_is_string(json_object_get(entry, "generation"))) {
            continue;
        }
        snprintf(expression, sizeof expression, "idle(%s)", document_text(entry, "firm"));
        good = good && add(answers, expression, document_number(entry, "idle_given_shortage.p"),
                           document_number(entry, "idle_given_shortage.se"));
    }
    return good;
}

/* The Bayes factor of all evidence together, for each case of an evidence question. */
static bool add_evidence(const json_t *document, json_t *answers, const char *question, const json_t *cases) {
    char expression[EXPRESSION];
    json_t *item;
    size_t i;
    bool good = true;

    json_array_foreach(cases, i, item) {
        const char *firm = document_text(item, "firm");
        snprintf(expression, sizeof expression, "bayes(%s%s%s)", question, *firm ? "," : "", firm);
        good = good && add_expression(document, answers, expression);
    }
    return good;
}

json_t *report_headlines(const json_t *document) {
    json_t *answers = json_array(), *answer, *questions = json_object_get(document, "questions");
    const char *name;
    bool good = answers != NULL;

    json_object_foreach(questions, name, answer) {
        if (json_is_object(json_object_get(answer, "ever"))) {
            good = good && add(answers, name, document_number(answer, "ever.p"), document_number(answer, "ever.se"));
        }
    }
    json_object_foreach(questions, name, answer) {
        good = good && add_evidence(document, answers, name, json_object_get(answer, "cases"));
    }
    good = good && add_idle(document, answers);
    if (!good) {
        json_decref(answers);
        return NULL;
    }
    return answers;
}
