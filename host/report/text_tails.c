/* Tails: expected shortfall and exceedance of the paths' own values. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/text.h"

#define ROWS 12 /* of a curve that isn't shown in full */

static void month_text(char out[32], const json_t *month) {
    if (json_is_integer(month)) {
        snprintf(out, 32, "month %lld", (long long)json_integer_value(month));
    } else {
        snprintf(out, 32, "%.20s", json_is_string(month) ? json_string_value(month) : "");
    }
}

void text_tail_subject(char out[PAGE_SUBJECT], const json_t *answer) {
    const char *of = document_text(answer, "of"), *key;
    const bool months = strcmp(of, "months") == 0;
    char from[32], to[32], scope[160] = "";
    json_t *part;

    json_object_foreach(json_object_get(answer, "scope"), key, part) {
        const size_t used = strlen(scope);
        snprintf(scope + used, sizeof scope - used, " %.64s", json_is_string(part) ? json_string_value(part) : "");
    }
    month_text(from, json_object_get(answer, "from"));
    month_text(to, json_object_get(answer, "to"));
    snprintf(out, PAGE_SUBJECT, "%s %.64s%s, %s to %s", months ? "months of" : of,
             document_text(answer, months ? "event" : "series"), scope, from, to);
}

bool text_tail_point(const json_t *answer, size_t i, struct tail_point *point) {
    const json_t *exceed = json_object_get(answer, "exceed");

    if (i >= json_array_size(json_object_get(exceed, "at"))) {
        return false;
    }
    *point = (struct tail_point){
        document_item(json_object_get(exceed, "at"), i), document_item(json_object_get(exceed, "p"), i),
        document_item(json_object_get(exceed, "se"), i), document_item(json_object_get(exceed, "low"), i),
        document_item(json_object_get(exceed, "high"), i)};
    return true;
}

/* An end of an interval, as fine as its width asks. */
static void end_cell(struct table *table, const json_t *ci, double se) {
    const double low = document_item(ci, 0), high = document_item(ci, 1);
    const double unit = isfinite(se) && se > 0 ? se : (high - low) / 4;
    char ends[2][PAGE_NUMBER];

    text_figure(ends[0], low, unit);
    text_figure(ends[1], high, unit);
    if (isnan(low) && isnan(high)) {
        table_cell(table, "–");
    } else if (isnan(low)) {
        table_cell(table, "up to %s", ends[1]);
    } else if (isnan(high)) {
        table_cell(table, "%s or more", ends[0]);
    } else {
        table_cell(table, "%s to %s", ends[0], ends[1]);
    }
}

static void levels_table(struct page *page, const json_t *answer) {
    const char *key;
    json_t *level;
    struct table table;

    table_begin(&table, "rrlrl");
    table_cell(&table, "worst");
    table_cell(&table, "begins at");
    table_cell(&table, "95 %%");
    table_cell(&table, "mean (CVaR)");
    table_cell(&table, "95 %%");
    json_object_foreach(json_object_get(answer, "levels"), key, level) {
        const json_t *quantile = json_object_get(level, "quantile"), *cvar = json_object_get(level, "cvar");
        const json_t *ci = json_object_get(quantile, "ci");
        const double se = document_number(cvar, "se");
        char number[PAGE_NUMBER];
        table_cell(&table, "%.4g %%", 100 * (1 - strtod(key, NULL)));
        text_figure(number, document_number(quantile, "value"), (document_item(ci, 1) - document_item(ci, 0)) / 4);
        table_cell(&table, "%s", number);
        end_cell(&table, ci, NAN);
        text_figure(number, document_number(cvar, "value"), se);
        table_cell(&table, "%s", number);
        end_cell(&table, json_object_get(cvar, "ci"), se);
    }
    table_end(&table, page, 1);
}

static void curve_table(struct page *page, const json_t *answer) {
    const size_t n = json_array_size(document_at(answer, "exceed.at"));
    const size_t step = page->verbosity > 0 || n <= ROWS ? 1 : (n + ROWS - 1) / ROWS;
    struct tail_point point;
    struct table table;

    table_begin(&table, "rrl");
    table_cell(&table, "at least");
    table_cell(&table, "share of paths");
    table_cell(&table, "95 %%");
    for (size_t i = 0; text_tail_point(answer, i, &point); i += step) {
        char number[PAGE_NUMBER], low[PAGE_NUMBER], high[PAGE_NUMBER];
        page_share(number, point.p, point.se);
        page_share(low, point.low, point.se);
        page_share(high, point.high, point.se);
        table_cell(&table, "%.6g", point.at);
        table_cell(&table, "%s", number);
        table_cell(&table, "%s to %s", low, high);
    }
    table_end(&table, page, 1);
}

void text_tails(struct page *page) {
    const char *name;
    json_t *answer;

    json_object_foreach(json_object_get(page->document, "questions"), name, answer) {
        char subject[PAGE_SUBJECT];
        const json_t *outside = json_object_get(answer, "outside");
        if (strcmp(document_text(answer, "type"), "tail") != 0) {
            continue;
        }
        text_tail_subject(subject, answer);
        page_heading(page, name, "%s: the worst paths, and how many reach how much", subject);
        levels_table(page, answer);
        curve_table(page, answer);
        if (document_item(outside, 0) + document_item(outside, 1) > 0) {
            page_paragraph(page, 2,
                           "Outside the bins: %.2g %% of the paths below, %.2g %% above; they count as the edge.",
                           100 * document_item(outside, 0), 100 * document_item(outside, 1));
        }
    }
}
