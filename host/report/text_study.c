/* Studies for people. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/report.h"
#include "host/report/text.h"

void text_figure(char out[PAGE_NUMBER], double value, double se) {
    if (isfinite(value) && isfinite(se) && se > 0) {
        snprintf(out, PAGE_NUMBER, "%.*f", se >= 10 ? 0 : page_decimals(se), value);
    } else {
        page_plain(out, value);
    }
}

/* "+0.021 ± 0.004" */
static void difference_text(char out[3 * PAGE_NUMBER], double value, double se) {
    char figure[PAGE_NUMBER], error[PAGE_NUMBER];

    text_figure(figure, fabs(value), se);
    text_figure(error, se, se);
    if (isnan(value)) {
        snprintf(out, 3 * PAGE_NUMBER, "–");
    } else {
        snprintf(out, 3 * PAGE_NUMBER, "%s%s ± %s", value < 0 ? "-" : "+", figure, error);
    }
}

static void compare_row(struct table *table, const json_t *answer) {
    char figure[PAGE_NUMBER], difference[3 * PAGE_NUMBER];
    json_t *value;
    size_t k;

    table_cell(table, "%s", document_text(answer, "expression"));
    json_array_foreach(json_object_get(answer, "values"), k, value) {
        const double se = document_number(value, "se");
        text_figure(figure, document_number(value, "value"), se);
        if (k == 0) {
            table_cell(table, "%s", figure);
            text_figure(figure, se, se);
            table_cell(table, "%s", figure);
            continue;
        }
        difference_text(difference, document_number(value, "difference"), document_number(value, "difference_se"));
        table_cell(table, "%s (%s)", figure, difference);
    }
}

void text_compare(struct page *page) {
    const json_t *document = page->document, *scenarios = json_object_get(document, "scenarios");
    char columns[256], paths[PAGE_NUMBER];
    struct table table;
    json_t *scenario, *answer;
    size_t i;

    page_count(paths, document_number(document, "run.paths"));
    const size_t n = json_array_size(scenarios) + 2 < sizeof columns ? json_array_size(scenarios) + 2 : 3;
    memset(columns, 'r', n);
    columns[0] = 'l';
    columns[n] = '\0';
    page_paragraph(page, 0,
                   "Each scenario on the same %s paths; in brackets the difference from %s, and its standard error "
                   "on these common random numbers.",
                   paths, document_text(json_array_get(scenarios, 0), "name"));
    fputc('\n', page->out);
    table_begin(&table, columns);
    table_cell(&table, "%s", "");
    json_array_foreach(scenarios, i, scenario) {
        table_cell(&table, "%s", document_text(scenario, "name"));
        if (i == 0) {
            table_cell(&table, "±");
        }
    }
    json_array_foreach(json_object_get(document, "answers"), i, answer) {
        compare_row(&table, answer);
    }
    table_end(&table, page, 3);
}

mm_status report_study_text(const json_t *document, const mm_text_style *style, FILE *out) {
    struct page page = text_page(document, style, out);

    if (strcmp(document_text(document, "type"), "compare") == 0) {
        text_compare(&page);
    } else if (strcmp(document_text(document, "type"), "ranges") == 0) {
        text_ranges(&page, json_object_get(document, "over_ranges"));
    } else if (strcmp(document_text(document, "type"), "reverse") == 0) {
        text_reverse(&page);
    }
    if (strcmp(document_text(document, "type"), "sensitivity") == 0) {
        text_sensitivity(&page);
    }
    if (strcmp(document_text(document, "type"), "rare") == 0) {
        text_rare(&page);
    }
    if (page.failed) {
        return MM_INTERNAL;
    }
    return fflush(out) != 0 || ferror(out) ? MM_IO : MM_OK;
}
