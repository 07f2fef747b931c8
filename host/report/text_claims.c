/* Tables of the questions: coexistence by scope, events. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/text.h"

#define BAR 20     /* columns for a share of 1 */
#define ENTRIES 12 /* of a scope that isn't shown in full */

static bool has(const json_t *entry, const char *part) {
    return json_is_string(json_object_get(entry, part));
}

struct ranked {
    const json_t *entry;
    double p; /* -1: unknown */
    size_t i; /* in the result's order */
};

static int by_idle(const void *a, const void *b) {
    const struct ranked *x = a, *y = b;

    if (x->p != y->p) {
        return x->p > y->p ? -1 : 1;
    }
    return x->i < y->i ? -1 : x->i > y->i;
}

/* How one scope's table is laid out. */
struct layout {
    bool region, generation;
    int decimals[3]; /* of idle | short, short | idle, ever both, in per cent */
};

static const char *const ratios[] = {"idle_given_shortage", "shortage_given_idle"};

/* Decimals of a per cent figure with this error, at most two. */
static int percent_decimals(double se) {
    const int decimals = page_decimals(se) - 2;

    return decimals < 0 ? 0 : decimals > 2 ? 2 : decimals;
}

/* One number of decimals for a column: what the best known row allows, for columns with errors beside them; what the
 * least known row allows, for those without. */
static void choose_decimals(struct layout *layout, const struct ranked *rows, size_t n) {
    layout->decimals[0] = layout->decimals[1] = 0;
    layout->decimals[2] = 2;
    for (size_t i = 0; i < n; i++) {
        for (int k = 0; k < 2; k++) {
            const double se = document_number(json_object_get(rows[i].entry, ratios[k]), "se");
            const int decimals = percent_decimals(se);
            layout->decimals[k] = se > 0 && decimals > layout->decimals[k] ? decimals : layout->decimals[k];
        }
        const int ever = percent_decimals(document_number(rows[i].entry, "ever.se"));
        layout->decimals[2] = ever < layout->decimals[2] ? ever : layout->decimals[2];
    }
}

/* Of a mean number of months: its error's first digit is the last one. */
static int months_decimals(double se) {
    const int decimals = page_decimals(se);

    return decimals > 2 ? 2 : decimals;
}

static void entry_head(struct table *table, const struct layout *layout) {
    table_cell(table, "firm");
    if (layout->region) {
        table_cell(table, "region");
    }
    if (layout->generation) {
        table_cell(table, "generation");
    }
    table_cell(table, "idle | short");
    table_cell(table, "±");
    table_cell(table, "short | idle");
    table_cell(table, "±");
    table_cell(table, "ever both");
    table_cell(table, "months");
    table_cell(table, "%s", "");
}

static void ratio_cells(struct table *table, const json_t *figure, int decimals) {
    const double p = document_number(figure, "p"), se = document_number(figure, "se");

    if (isnan(p)) {
        table_cell(table, "–");
        table_cell(table, "%s", "");
        return;
    }
    table_cell(table, "%.*f", decimals, 100 * p);
    if (isnan(se)) {
        table_cell(table, "–");
    } else if (100 * se < 0.5 * pow(10, -decimals)) {
        table_cell(table, "<%.*f", decimals, pow(10, -decimals));
    } else {
        table_cell(table, "%.*f", decimals, 100 * se);
    }
}

static void bar_cell(struct table *table, double share) {
    char bar[4 * BAR] = "";
    size_t used = 0;

    for (int i = 0; i < BAR && i < lround((isnan(share) ? 0 : share) * BAR); i++) {
        used += (size_t)snprintf(bar + used, sizeof bar - used, "█");
    }
    table_cell(table, "%s", bar);
}

static void entry_row(struct table *table, const json_t *entry, const struct layout *layout) {
    const double months = document_number(entry, "mean_months.value");

    table_cell(table, "%s", document_text(entry, "firm"));
    if (layout->region) {
        table_cell(table, "%s", document_text(entry, "region"));
    }
    if (layout->generation) {
        table_cell(table, "%s", document_text(entry, "generation"));
    }
    for (int k = 0; k < 2; k++) {
        ratio_cells(table, json_object_get(entry, ratios[k]), layout->decimals[k]);
    }
    table_cell(table, "%.*f", layout->decimals[2], 100 * document_number(entry, "ever.p"));
    table_cell(table, "%.*f", months_decimals(document_number(entry, "mean_months.se")), months);
    bar_cell(table, document_number(entry, "idle_given_shortage.p"));
}

/* One scope of one coexistence question. */
static void scope_table(struct page *page, const json_t *entries, bool region, bool generation) {
    struct ranked *chosen = calloc(json_array_size(entries) + 1, sizeof *chosen);
    const char *columns = region && generation ? "lllrrrrrrb" : region || generation ? "llrrrrrrb" : "lrrrrrrb";
    struct layout layout = {.region = region, .generation = generation};
    const json_t *effective = document_at(page->document, "scenario.effective");
    struct table table;
    size_t n = 0, shown, i;
    json_t *entry;

    if (chosen == NULL) {
        page->failed = true;
        return;
    }
    json_array_foreach(entries, i, entry) {
        /* a firm that never holds compute is no news */
        const bool never = !(document_number(entry, "mean_months.value") > 0) &&
                           !firm_holds_compute(effective, document_text(entry, "firm"));
        if (has(entry, "region") == region && has(entry, "generation") == generation && !never) {
            const double p = document_number(entry, "idle_given_shortage.p");
            chosen[n] = (struct ranked){entry, isnan(p) ? -1 : p, n};
            n++;
        }
    }
    qsort(chosen, n, sizeof *chosen, by_idle);
    shown = page->verbosity > 0 || n <= ENTRIES + 4 || (!region && !generation) ? n : ENTRIES;
    if (n > 0) {
        fputc('\n', page->out);
        choose_decimals(&layout, chosen, shown);
        table_begin(&table, columns);
        entry_head(&table, &layout);
        for (i = 0; i < shown; i++) {
            entry_row(&table, chosen[i].entry, &layout);
        }
        table_end(&table, page, 1 + region + generation);
        if (shown < n) {
            page_paragraph(page, 2, "the largest %zu of %zu", shown, n);
        }
    }
    free(chosen);
}

void text_coexistence(struct page *page) {
    const json_t *questions = json_object_get(page->document, "questions"), *body;
    json_t *question;
    size_t i;

    json_array_foreach(document_at(page->document, "scenario.effective.questions"), i, question) {
        const char *name = document_text(question, "name");
        const json_t *entries = json_object_get(json_object_get(questions, name), "entries");
        char *idle;
        if (entries == NULL || strcmp(document_kind(question, &body), "coexistence") != 0) {
            continue;
        }
        idle = phrase_idle(body);
        page_heading(page, name, "idle compute while the industry is short, %%");
        if (idle == NULL) {
            page->failed = true;
            return;
        }
        page_paragraph(page, 2, "Idle: %s. Pooled over all months; 'months': those with both, a path.", idle);
        free(idle);
        scope_table(page, entries, false, false);
        scope_table(page, entries, true, false);
        scope_table(page, entries, false, true);
        scope_table(page, entries, true, true);
    }
}

/* A month of a first passage: "2027-03", "143", "never". */
static void passage_cell(struct table *table, const json_t *quantiles, const char *level) {
    const json_t *month = json_object_get(quantiles, level);

    if (json_is_string(month)) {
        table_cell(table, "%s", json_string_value(month));
    } else if (json_is_integer(month)) {
        table_cell(table, "%lld", (long long)json_integer_value(month));
    } else {
        table_cell(table, "never");
    }
}

static void event_row(struct table *table, const char *name, const json_t *answer, int decimals) {
    const double se = document_number(answer, "ever.se");
    const double months = document_number(answer, "mean_months.value");
    const json_t *ci = document_at(answer, "ever.ci"), *quantiles = document_at(answer, "first_passage.quantiles");
    char low[PAGE_NUMBER], high[PAGE_NUMBER];

    page_share(low, document_item(ci, 0), se);
    page_share(high, document_item(ci, 1), se);
    table_cell(table, "%s", name);
    table_cell(table, "%.*f", decimals, document_number(answer, "ever.p"));
    table_cell(table, "%s – %s", low, high);
    passage_cell(table, quantiles, "0.1");
    passage_cell(table, quantiles, "0.5");
    passage_cell(table, quantiles, "0.9");
    table_cell(table, "%.*f", months_decimals(document_number(answer, "mean_months.se")), months);
}

static void event_head(struct table *table) {
    table_begin(table, "lrlrrrr");
    table_cell(table, "%s", "");
    table_cell(table, "ever");
    table_cell(table, "95 %%");
    table_cell(table, "10 %% by");
    table_cell(table, "half by");
    table_cell(table, "90 %% by");
    table_cell(table, "months");
}

/* The name of question i if it is an answered probability question, and its answer; otherwise NULL. */
static const char *event_of(const struct page *page, size_t i, const json_t **answer) {
    const json_t *question = json_array_get(document_at(page->document, "scenario.effective.questions"), i), *body;
    const char *name = document_text(question, "name");

    *answer = json_object_get(json_object_get(page->document, "questions"), name);
    return *answer != NULL && strcmp(document_kind(question, &body), "probability") == 0 ? name : NULL;
}

void text_events(struct page *page) {
    const size_t n = json_array_size(document_at(page->document, "scenario.effective.questions"));
    const json_t *answer;
    int decimals = 1, rows = 0; /* digits are the same in all rows */
    struct table table;

    for (size_t i = 0; i < n; i++) {
        if (event_of(page, i, &answer) != NULL) {
            const double p = document_number(answer, "ever.p");
            const int own = page_decimals(document_number(answer, "ever.se"));
            decimals = p > 0 && p < 1 && own > decimals ? own : decimals;
            rows++;
        }
    }
    if (rows == 0) {
        return;
    }
    page_heading(page, "Events", "probability; when that share of all paths has had it; mean months held");
    event_head(&table);
    for (size_t i = 0; i < n; i++) {
        const char *name = event_of(page, i, &answer);
        if (name != NULL) {
            event_row(&table, name, answer, decimals);
        }
    }
    table_end(&table, page, 1);
}
