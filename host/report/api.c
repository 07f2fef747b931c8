/* The public functions of this room. */
#include <locale.h>

#include "host/report/report.h"
#include "host/scenario/scenario_data.h"
#include "host/store/result_document.h"

/* Numbers are written and read with a point, whatever the program around this library has set. (locale_t)0 when memory
 * ran out. */
static locale_t enter(locale_t *before) {
    const locale_t c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);

    if (c != (locale_t)0) {
        *before = uselocale(c);
    }
    return c;
}

static void leave(locale_t c, locale_t before) {
    uselocale(before);
    freelocale(c);
}

mm_status mm_result_write_text(const mm_result *result, const mm_text_style *style, FILE *out) {
    locale_t before = (locale_t)0;
    const locale_t c = enter(&before);
    mm_status status;

    if (c == (locale_t)0) {
        return MM_INTERNAL;
    }
    status = report_text(result_document(result), style, out);
    leave(c, before);
    return status;
}

/* What `report` makes of the result, with the C locale's numbers. */
static mm_status write_with(mm_status (*report)(const json_t *document, FILE *out), const mm_result *result,
                            FILE *out) {
    locale_t before = (locale_t)0;
    const locale_t c = enter(&before);
    mm_status status;

    if (c == (locale_t)0) {
        return MM_INTERNAL;
    }
    status = report(result_document(result), out);
    leave(c, before);
    return status;
}

mm_status mm_result_write_csv(const mm_result *result, FILE *out) {
    return write_with(report_csv, result, out);
}

mm_status mm_result_write_markdown(const mm_result *result, FILE *out) {
    return write_with(report_markdown, result, out);
}

mm_status mm_result_evaluate(const mm_result *result, const char *expression, mm_value *value, mm_messages *messages) {
    locale_t before = (locale_t)0;
    const locale_t c = enter(&before);
    mm_status status;

    if (c == (locale_t)0) {
        return MM_INTERNAL;
    }
    status = report_evaluate(result_document(result), expression, value, messages);
    leave(c, before);
    return status;
}

mm_status mm_expression_check(const struct mm_scenario *scenario, const char *expression, mm_messages *messages) {
    locale_t before = (locale_t)0;
    const locale_t c = enter(&before);
    mm_status status;

    if (c == (locale_t)0) {
        return MM_INTERNAL;
    }
    status = report_check(scenario_data(scenario)->effective, expression, messages);
    leave(c, before);
    return status;
}
