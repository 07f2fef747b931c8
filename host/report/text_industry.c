/* The industry by half-year: states, fans, and by year what holds racks back. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/text.h"

#define ROWS 24 /* of a table that isn't shown in full */

static const char *const states[] = {"shortage", "friction", "balanced", "glut"};
static const char *const blocks[] = {"█", "▓", "·", "░"};
static const char *const colours[] = {"\033[31m", "\033[33m", "\033[32m", "\033[34m"};

/* A bar of `width` columns that the parts share; rounded so that it is full when they add up to 1. */
static void stacked_bar(const struct page *page, char *out, size_t size, const double parts[4], int width) {
    double sum = 0;
    int drawn = 0;
    size_t used = 0;

    out[0] = '\0';
    for (int i = 0; i < 4; i++) {
        int until;
        sum += isnan(parts[i]) ? 0 : parts[i];
        until = (int)lround(fmin(1, sum) * width);
        if (page->colour && until > drawn) {
            used += (size_t)snprintf(out + used, size - used, "%s", colours[i]);
        }
        for (; drawn < until && used + 8 < size; drawn++) {
            used += (size_t)snprintf(out + used, size - used, "%s", blocks[i]);
        }
    }
    if (page->colour && used + 8 < size) {
        snprintf(out + used, size - used, "\033[0m");
    }
}

/* The largest error in the table. The mean of the months' errors bounds the error of their mean. */
static double largest_error(const json_t *industry, const struct spans *spans) {
    double largest = 0;

    for (int row = 0; row < spans->n; row++) {
        for (int i = 0; i < 4; i++) {
            const json_t *errors = json_object_get(json_object_get(industry, states[i]), "se");
            largest = fmax(largest, span_mean(&spans->spans[row], errors));
        }
    }
    return largest;
}

void text_industry(struct page *page) {
    const json_t *industry = json_object_get(page->document, "industry");
    const int width = page->width - 60 > 40 ? 40 : page->width - 60 < 10 ? 10 : page->width - 60;
    struct spans spans;
    struct table table;
    double error;
    char number[PAGE_NUMBER], bar[400];

    if (!spans_make(&spans, json_object_get(industry, "months"), 6, page->verbosity > 0 ? 0 : ROWS)) {
        page->failed = true;
        return;
    }
    page_heading(page, "The industry", "%% of the months of each %s; %s", spans.unit,
                 "█ shortage  ▓ friction  · balanced  ░ glut");
    table_begin(&table, "lrrrrb");
    table_cell(&table, "%s", "");
    for (int i = 0; i < 4; i++) {
        table_cell(&table, "%s", states[i]);
    }
    table_cell(&table, "%s", "");
    error = largest_error(industry, &spans);
    for (int row = 0; row < spans.n; row++) {
        double parts[4];
        table_cell(&table, "%s", spans.spans[row].label);
        for (int i = 0; i < 4; i++) {
            const json_t *curve = json_object_get(industry, states[i]);
            parts[i] = span_mean(&spans.spans[row], json_object_get(curve, "p"));
            page_percent(number, parts[i], error, 1);
            table_cell(&table, "%s", number);
        }
        stacked_bar(page, bar, sizeof bar, parts, width);
        table_cell(&table, "%s", bar);
    }
    table_end(&table, page, 1);
    spans_free(&spans);
}

static bool is_share(const char *series) {
    static const char *const shares[] = {"gap", "slack", "unmet", "utilisation"};
    const size_t length = strlen(series);

    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        if (strcmp(series, shares[i]) == 0) {
            return true;
        }
    }
    return length > 6 && strcmp(series + length - 6, "_share") == 0;
}

static void fan_table(struct page *page, const char *name, const json_t *answer, const struct spans *spans) {
    json_t *quantiles = json_object_get(answer, "quantiles"), *curve, *part;
    const json_t *outside = json_object_get(answer, "outside");
    const char *series = document_text(answer, "series"), *key;
    const bool share = is_share(series);
    char columns[128] = "l", scope[200] = "", number[PAGE_NUMBER];
    struct table table;
    const double below = document_item(outside, 0), above = document_item(outside, 1);

    json_object_foreach(json_object_get(answer, "scope"), key, part) {
        const size_t used = strlen(scope);
        snprintf(scope + used, sizeof scope - used, " %s", json_is_string(part) ? json_string_value(part) : "");
    }
    for (size_t i = 0; i < json_object_size(quantiles) && i < sizeof columns - 2; i++) {
        columns[i + 1] = 'r';
        columns[i + 2] = '\0';
    }
    page_heading(page, name, "%s%s%s, quantiles in the last month of each %s", series, scope, share ? ", %" : "",
                 spans->unit);
    table_begin(&table, columns);
    table_cell(&table, "%s", "");
    json_object_foreach(quantiles, key, curve) {
        table_cell(&table, "%s", key);
    }
    for (int row = 0; row < spans->n; row++) {
        table_cell(&table, "%s", spans->spans[row].label);
        json_object_foreach(quantiles, key, curve) {
            const double value = document_item(curve, (size_t)spans->spans[row].last);
            if (share) {
                page_percent(number, value, 1e-3, 1);
            } else {
                page_plain(number, value);
            }
            table_cell(&table, "%s", number);
        }
    }
    table_end(&table, page, 1);
    if (below + above > 0.001) {
        page_paragraph(page, 2, "Outside the bins: %.2g %% of all months below, %.2g %% above.", 100 * below,
                       100 * above);
    }
}

void text_fans(struct page *page) {
    const json_t *questions = json_object_get(page->document, "questions"), *body;
    struct spans spans;
    json_t *question;
    size_t i;

    if (!spans_make(&spans, document_at(page->document, "industry.months"), 6, page->verbosity > 0 ? 0 : ROWS)) {
        page->failed = true;
        return;
    }
    json_array_foreach(document_at(page->document, "scenario.effective.questions"), i, question) {
        const char *name = document_text(question, "name");
        const json_t *answer = json_object_get(questions, name);
        if (answer != NULL && strcmp(document_kind(question, &body), "fan") == 0) {
            fan_table(page, name, answer, &spans);
        }
    }
    spans_free(&spans);
}

/* Mean MW of the span by layer, as cells: the sum, then each layer's share. */
static void binding_cells(struct table *table, const struct span *span, const json_t *layers, const char *const names[],
                          int n) {
    double mw[4], sum = 0;
    char number[PAGE_NUMBER];

    for (int i = 0; i < n; i++) {
        mw[i] = span_mean(span, document_at(json_object_get(layers, names[i]), "value"));
        sum += isnan(mw[i]) ? 0 : mw[i];
    }
    page_count(number, sum);
    table_cell(table, "%s", number);
    for (int i = 0; i < n; i++) {
        page_percent(number, sum > 0 ? mw[i] / sum : (double)NAN, 0.01, 0);
        table_cell(table, "%s", number);
    }
}

/* How sure the shares are. */
static void binding_reach(struct page *page, const json_t *industry, const struct spans *spans) {
    const double late = span_shares_reach(spans, json_object_get(industry, "late_mw")),
                 stranded = span_shares_reach(spans, json_object_get(industry, "stranded_mw"));

    if (late > 0 || stranded > 0) {
        page_paragraph(page, 2, "95 %% intervals of the layers' shares reach at most %.2g points to either side.",
                       100 * fmax(late, stranded));
    }
}

void text_binding(struct page *page) {
    static const char *const layers[] = {"gpu", "power", "shell", "network"};
    const json_t *industry = json_object_get(page->document, "industry");
    struct spans spans;
    struct table table;

    if (!spans_make(&spans, json_object_get(industry, "months"), 12, page->verbosity > 0 ? 0 : ROWS)) {
        page->failed = true;
        return;
    }
    page_heading(page, "What holds racks back", "mean MW late, and %% of it by the layer that comes last; %s",
                 "stranded: its GPUs are there");
    table_begin(&table, "lrrrrrrrrr");
    table_cell(&table, "%s", "");
    table_cell(&table, "%s", "late MW");
    for (int i = 0; i < 4; i++) {
        table_cell(&table, "%s", layers[i]);
    }
    table_cell(&table, "%s", "stranded MW");
    for (int i = 1; i < 4; i++) {
        table_cell(&table, "%s", layers[i]);
    }
    for (int row = 0; row < spans.n; row++) {
        table_cell(&table, "%s", spans.spans[row].label);
        binding_cells(&table, &spans.spans[row], json_object_get(industry, "late_mw"), layers, 4);
        binding_cells(&table, &spans.spans[row], json_object_get(industry, "stranded_mw"), layers + 1, 3);
    }
    table_end(&table, page, 1);
    binding_reach(page, industry, &spans);
    spans_free(&spans);
}
