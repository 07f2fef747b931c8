/* What the inputs leave open: the span of each answer beside its sampling error. */
#include <math.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/report.h"
#include "host/report/text.h"

/* The answer itself; NAN where the document doesn't hold it. */
static mm_value answer_of(const json_t *document, const char *expression) {
    mm_messages *unheard = mm_messages_new();
    mm_value value;

    if (report_evaluate(document, expression, &value, unheard) != MM_OK || !value.known) {
        value.value = NAN;
        value.se = NAN;
    }
    mm_messages_free(unheard);
    return value;
}

static void row(struct table *table, const json_t *document, const char *expression, const json_t *span) {
    static const char *const keys[] = {"low", "median", "high"};
    const mm_value value = answer_of(document, expression);
    char figure[PAGE_NUMBER];
    const double low = document_number(span, "low"), high = document_number(span, "high");

    table_cell(table, "%s", expression);
    text_figure(figure, value.value, value.se);
    table_cell(table, "%s", figure);
    if (isfinite(value.se)) {
        text_figure(figure, value.se, value.se);
        table_cell(table, "%s", figure);
    } else {
        table_cell(table, "%s", "");
    }
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        text_figure(figure, document_number(span, keys[i]), (high - low) / 30); /* three digits of the span */
        table_cell(table, "%s", figure);
    }
}

void text_ranges(struct page *page, const json_t *drawn) {
    json_t *ranges = json_object_get(page->document, "ranges"), *span;
    char draws[PAGE_NUMBER], paths[PAGE_NUMBER], failed[PAGE_NUMBER];
    const char *expression;
    struct table table;

    if (ranges == NULL || json_object_size(ranges) == 0) {
        return;
    }
    page_count(draws, document_number(drawn, "draws"));
    page_count(paths, document_number(drawn, "paths"));
    page_heading(page, "What the inputs leave open", "90 %% of %s draws of all %.0f ranges lie between; %s paths each",
                 draws, document_number(drawn, "inputs"), paths);
    table_begin(&table, "lrrrrr");
    table_cell(&table, "%s", "");
    table_cell(&table, "value");
    table_cell(&table, "±");
    table_cell(&table, "5 %% of draws");
    table_cell(&table, "median");
    table_cell(&table, "95 %%");
    json_object_foreach(ranges, expression, span) {
        row(&table, page->document, expression, span);
    }
    table_end(&table, page, 1);
    if (document_number(drawn, "failed") > 0) {
        page_count(failed, document_number(drawn, "failed"));
        page_paragraph(page, 2, "%s of the draws made no valid configuration and are left out.", failed);
    }
}
