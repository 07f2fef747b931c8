#include "host/study/precision.h"

#include <math.h>
#include <mismatch/file.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/expression.h"
#include "host/report/report.h"
#include "host/scenario/text.h"
#include "host/store/store.h"
#include "host/study/measure.h"

#define MAX_NEED 0x1p50 /* more paths than there are */

static bool write_until(const mm_run_options *options, struct precision *precision) {
    char *text = NULL, number[TEXT_NUMBER];
    size_t size = 0;
    if (!options->until_enough && !(precision->relative > 0))
        return true;
    FILE *out = mm_text_stream(&text, &size);
    if (!out)
        return false;
    fputs(options->until_enough ? "rungs" : "", out);
    if (precision->relative > 0) {
        text_number(precision->relative, number);
        fprintf(out, "%sprecision %s of", options->until_enough ? ", " : "", number);
        for (size_t i = 0; i < precision->n_asked; i++)
            fprintf(out, "%s %s", i ? "," : "", precision->asked[i]);
    }
    bool good = fclose(out) == 0;
    precision->until = text;
    return good;
}

/* A quantile comes without a standard error. */
static mm_status check_kind(const char *text, mm_messages *messages) {
    struct expression expression;
    mm_status status = expression_parse(text, &expression, messages);
    if (status == MM_OK && expression.kind == EXPRESSION_QUANTILE) {
        mm_messages_add(messages, "precision: '%s' has no standard error", text);
        status = MM_USAGE;
    }
    expression_free(&expression);
    return status;
}

static size_t probabilities(const struct sc_scenario *scenario, const char **names) {
    size_t n = 0;
    const json_t *question, *list = json_object_get(scenario->effective, "questions");
    size_t i;
    json_array_foreach(list, i, question) if (json_object_get(question, "probability")) names[n++] =
        json_string_value(json_object_get(question, "name"));
    return n;
}

static mm_status read_asked(const struct sc_scenario *scenario, const mm_run_options *options,
                            struct precision *precision, mm_messages *messages) {
    size_t n = json_array_size(json_object_get(scenario->effective, "questions"));
    precision->asked = calloc(n + options->n_asked + 1, sizeof *precision->asked);
    if (!precision->asked)
        return store_no_memory(messages);
    if (options->n_asked == 0) {
        precision->n_asked = probabilities(scenario, precision->asked);
        if (precision->n_asked == 0) {
            mm_messages_add(messages, "precision: no probability is asked for; name one with --question");
            return MM_USAGE;
        }
    }
    for (size_t i = 0; i < options->n_asked; i++) {
        mm_status status = report_check(scenario->effective, options->asked[i], messages);
        if (status == MM_OK)
            status = check_kind(options->asked[i], messages);
        if (status != MM_OK)
            return status;
        precision->asked[precision->n_asked++] = options->asked[i];
    }
    return MM_OK;
}

mm_status precision_read(const struct sc_scenario *scenario, const mm_run_options *options, struct precision *precision,
                         mm_messages *messages) {
    *precision = (struct precision){.relative = options->precision};
    if (!(options->precision >= 0) || options->precision >= 1) {
        mm_messages_add(messages, "precision: a relative error lies between 0 and 1");
        return MM_USAGE;
    }
    locale_t before = text_plain();
    mm_status status = MM_OK;
    if (options->precision > 0)
        status = read_asked(scenario, options, precision, messages);
    if (status == MM_OK && !write_until(options, precision))
        status = store_no_memory(messages);
    text_restore(before);
    return status;
}

void precision_free(struct precision *precision) {
    free(precision->asked);
    free(precision->until);
    precision->asked = NULL;
    precision->until = NULL;
}

mm_status precision_look(struct precision *precision, const struct sc_scenario *scenario, const struct plan *plan,
                         const struct tallies *tallies, uint64_t paths, uint64_t *need, mm_messages *messages) {
    *need = 0;
    if (!(precision->relative > 0))
        return MM_OK;
    locale_t before = text_plain();
    json_t *document = measure_document(scenario, plan, tallies, paths);
    mm_status status = document ? MM_OK : store_no_memory(messages);
    precision->worst = 0;
    for (size_t i = 0; i < precision->n_asked && status == MM_OK; i++) {
        mm_value value;
        status = report_evaluate(document, precision->asked[i], &value, messages);
        double error = value.known && fabs(value.value) > 0 ? value.se / fabs(value.value) : INFINITY;
        error = isnan(error) ? INFINITY : error;
        if (error > precision->worst) {
            precision->worst = error;
            precision->worst_of = precision->asked[i];
        }
    }
    json_decref(document);
    text_restore(before);
    if (status != MM_OK || precision->worst <= precision->relative)
        return status;
    double ratio = precision->worst / precision->relative, wanted = ceil((double)paths * ratio * ratio);
    *need = wanted < MAX_NEED ? (uint64_t)wanted : (uint64_t)MAX_NEED;
    return MM_OK;
}
