/* The mismatch map: when whose compute is idle while the industry is short. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/gnuplot.h"
#include "host/report/picture.h"
#include "host/report/text.h"
#include "host/store/result_document.h"

#define COLUMNS 100
#define TEXT_SIZE 640 /* of a picture's description */
#define MOST_ROWS 40  /* of a picture */
#define TABLE_ROWS 24 /* of a table with regions or generations */

enum scope { FIRMS, REGIONS, GENERATIONS, SCOPES };

static const struct {
    const char *stem, *title, *caption;
} scopes[SCOPES] = {
    {"map", "By firm", "Idle while the industry is short, by firm"},
    {"map-regions", "By firm and region", "Idle while the industry is short, by firm and region"},
    {"map-generations", "By firm and generation", "Idle while the industry is short, by firm and generation"},
};

struct row {
    const json_t *entry;
    json_t *shares;   /* by month; owned. NULL: not shown, or there are none */
    double rank, own; /* P(idle | shortage) of its firm, and its own; -1: unknown */
    size_t i;
};

static const char *part_of(const json_t *entry, enum scope scope) {
    return scope == REGIONS       ? document_text(entry, "region")
           : scope == GENERATIONS ? document_text(entry, "generation")
                                  : "";
}

static bool is_of(const json_t *entry, enum scope scope) {
    return (*document_text(entry, "region") != '\0') == (scope == REGIONS) &&
           (*document_text(entry, "generation") != '\0') == (scope == GENERATIONS);
}

static double idle_of(const json_t *entry) {
    const double p = document_number(entry, "idle_given_shortage.p");

    return isnan(p) ? -1 : p;
}

/* How often the whole firm is idle, so that the parts of a firm stay together. */
static double rank_of(const json_t *entries, const json_t *entry) {
    const char *firm = document_text(entry, "firm");
    json_t *other;
    size_t i;

    json_array_foreach(entries, i, other) {
        if (is_of(other, FIRMS) && strcmp(document_text(other, "firm"), firm) == 0) {
            return idle_of(other);
        }
    }
    return -1;
}

static int by_rank(const void *a, const void *b) {
    const struct row *x = a, *y = b;

    if (x->rank != y->rank) {
        return x->rank > y->rank ? -1 : 1;
    }
    return x->i < y->i ? -1 : x->i > y->i;
}

static int by_own(const void *a, const void *b) {
    const struct row *x = a, *y = b;

    if (x->own != y->own) {
        return x->own > y->own ? -1 : 1;
    }
    return x->i < y->i ? -1 : x->i > y->i;
}

/* The rows of a scope, of firms that hold compute at all. Parts that never are idle are left out. NULL: no memory. */
static struct row *collect(const struct studio *studio, const json_t *entries, enum scope scope, size_t *n) {
    struct row *rows = calloc(json_array_size(entries) + 1, sizeof *rows);
    const json_t *effective = document_at(studio->document, "scenario.effective");
    json_t *entry;
    size_t i;

    *n = 0;
    if (rows == NULL) {
        return NULL;
    }
    json_array_foreach(entries, i, entry) {
        const bool never = !(idle_of(entry) > 0) && !(document_number(entry, "mean_months.value") > 0);
        if (is_of(entry, scope) && (scope == FIRMS || !never) &&
            (!never || firm_holds_compute(effective, document_text(entry, "firm")))) {
            rows[(*n)++] = (struct row){entry, NULL, rank_of(entries, entry), idle_of(entry), i};
        }
    }
    qsort(rows, *n, sizeof *rows, by_rank);
    return rows;
}

/* The shares of the rows that are drawn, and of no others: a long horizon has many. */
static void open_shares(struct row *rows, size_t n) {
    for (size_t i = 0; i < n; i++) {
        json_t *both = result_both(rows[i].entry);
        rows[i].shares = json_incref(document_at(both, "shortage.p"));
        json_decref(both);
    }
}

static void free_rows(struct row *rows, size_t n) {
    for (size_t i = 0; i < n; i++) {
        json_decref(rows[i].shares);
    }
    free(rows);
}

static void write_label(FILE *script, const struct row *row, enum scope scope) {
    char label[160];

    snprintf(label, sizeof label, "%.64s%s%.64s", document_text(row->entry, "firm"), scope == FIRMS ? "" : "  ",
             part_of(row->entry, scope));
    gnuplot_tick(script, label);
}

static int longest_label(const struct row *rows, size_t n, enum scope scope) {
    int longest = 4;

    for (size_t i = 0; i < n; i++) {
        const int length = page_width_of(document_text(rows[i].entry, "firm")) + (scope == FIRMS ? 0 : 2) +
                           page_width_of(part_of(rows[i].entry, scope));
        longest = length > longest ? length : longest;
    }
    return longest < 40 ? longest : 40;
}

static void write_cells(FILE *data, const struct bins *bins, const struct row *rows, size_t n, enum scope scope) {
    fputs("firm,part,month,row,from,to,share\n", data);
    for (size_t i = 0; i < n; i++) {
        for (int bin = 0; bin < bins->n; bin++) {
            const int first = bin * bins->size,
                      end = first + bins->size < bins->n_months ? first + bins->size : bins->n_months;
            const double share = bins_mean(bins, bin, rows[i].shares);
            char month[32];
            if (isnan(share)) {
                continue;
            }
            picture_month(bins, first, month);
            picture_name(data, document_text(rows[i].entry, "firm"));
            fputc(',', data);
            picture_name(data, part_of(rows[i].entry, scope));
            fputc(',', data);
            picture_name(data, month);
            fprintf(data, ",%zu,%d,%d", i, first, end);
            picture_number(data, share);
            fputc('\n', data);
        }
    }
}

/* Unequal steps, so that rare and common both show, and the same in all maps, so that they can be compared. */
static const double steps[HEAT_STEPS] = {0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 1};

static void write_map(FILE *script, const struct row *rows, size_t n, enum scope scope) {
    char name[8];

    fprintf(script, "set yrange [%zu.5:-0.5]\nset ytics (", n - 1);
    for (size_t i = 0; i < n; i++) {
        fputs(i > 0 ? ", " : "", script);
        write_label(script, &rows[i], scope);
        fprintf(script, " %zu", i);
    }
    fprintf(script, ") scale 0\nset lmargin %d\nunset grid\narray heat[%d] = [", longest_label(rows, n, scope) + 2,
            HEAT_STEPS + 1);
    for (int i = 0; i <= HEAT_STEPS; i++) {
        snprintf(name, sizeof name, "h%d", i);
        fprintf(script, "%s0x%s", i > 0 ? ", " : "", colour_of(name) + 1);
    }
    fputs("]\nstep(share) = share <= 0 ? 0", script);
    for (int i = 1; i < HEAT_STEPS; i++) {
        fprintf(script, " : share <= %g ? %d", steps[i - 1], i);
    }
    fprintf(script,
            " : %d\nset style fill solid 1 noborder\nset key maxcols narrow ? 3 : 5\n"
            "plot data skip 1 using ($5):($4):($5):($6 + 0.06):($4 - 0.47):($4 + 0.47):(heat[1 + step($7)]) "
            "with boxxyerror lc rgb variable notitle, \\\n     NaN with boxes lc rgb h0 title 'none'",
            HEAT_STEPS);
    for (int i = 1; i <= HEAT_STEPS; i++) {
        fprintf(script, ", \\\n     NaN with boxes lc rgb h%d title '%s%g %%'", i, i < HEAT_STEPS ? "to " : "over ",
                100 * steps[i < HEAT_STEPS ? i - 1 : i - 2]);
    }
    fputc('\n', script);
}

static void ratio_cells(struct html *html, const json_t *figure) {
    const double p = document_number(figure, "p"), se = document_number(figure, "se");
    char number[PAGE_NUMBER];

    page_percent(number, p, se, 2);
    html_cell(html, "%s", number);
    page_percent(number, isnan(p) ? (double)NAN : se, se, 2);
    html_cell(html, "%s", number);
}

static void map_table(struct studio *studio, struct row *rows, size_t n, enum scope scope) {
    struct html *const html = &studio->html;
    const size_t shown = scope == FIRMS || n <= TABLE_ROWS ? n : TABLE_ROWS;
    char caption[160], number[PAGE_NUMBER];

    qsort(rows, n, sizeof *rows, by_own);
    snprintf(caption, sizeof caption, "%s, %%, pooled over all months%s", scopes[scope].caption,
             shown < n ? "; the largest" : "");
    html_table(html, scope == FIRMS ? "lrrrrrr" : "llrrrrrr", caption);
    html_cell(html, "firm");
    if (scope != FIRMS) {
        html_cell(html, scope == REGIONS ? "region" : "generation");
    }
    html_cell(html, "idle when short");
    html_cell(html, "±");
    html_cell(html, "short when idle");
    html_cell(html, "±");
    html_cell(html, "ever both");
    html_cell(html, "months of both in a path");
    for (size_t i = 0; i < shown; i++) {
        const json_t *const entry = rows[i].entry;
        html_cell(html, "%s", document_text(entry, "firm"));
        if (scope != FIRMS) {
            html_cell(html, "%s", part_of(entry, scope));
        }
        ratio_cells(html, json_object_get(entry, "idle_given_shortage"));
        ratio_cells(html, json_object_get(entry, "shortage_given_idle"));
        page_percent(number, document_number(entry, "ever.p"), document_number(entry, "ever.se"), 1);
        html_cell(html, "%s", number);
        page_plain(number, document_number(entry, "mean_months.value"));
        html_cell(html, "%s", number);
    }
    html_table_end(html);
}

/* The row and month with the largest share, in words. */
static void describe(const struct bins *bins, const struct row *rows, size_t n, enum scope scope,
                     char text[TEXT_SIZE]) {
    double most = 0;
    const struct row *where = NULL;
    int when = 0;
    char month[32];

    for (size_t i = 0; i < n; i++) {
        for (int m = 0; m < bins->n_months; m++) {
            const double share = document_item(rows[i].shares, (size_t)m);
            if (share > most) {
                most = share;
                where = &rows[i];
                when = m;
            }
        }
    }
    picture_month(bins, when, month);
    if (where == NULL) {
        snprintf(text, TEXT_SIZE, "Map of %zu rows by month: compute is idle while the industry is short in no path.",
                 n);
        return;
    }
    snprintf(
        text, TEXT_SIZE,
        "Map of %zu rows by month, darker (in the dark theme: brighter) where compute is likelier to be idle while "
        "the industry is short. The rows run from the most idle to the least, beginning with %.64s %.64s. The "
        "largest share is %.3g %%, of %.64s %.64s in %s.",
        n, document_text(rows[0].entry, "firm"), part_of(rows[0].entry, scope), 100 * most,
        document_text(where->entry, "firm"), part_of(where->entry, scope), month);
}

static void one_map(struct studio *studio, const json_t *entries, enum scope scope, const char *idle) {
    const struct bins bins = bins_make(studio->document, COLUMNS);
    char alternative[TEXT_SIZE], caption[640], note[96];
    struct picture picture;
    size_t n, shown;
    struct row *rows = collect(studio, entries, scope, &n);

    if (rows == NULL) {
        studio->failed = true;
        return;
    }
    shown = n < MOST_ROWS ? n : MOST_ROWS;
    if (n > 0 && bins.n > 0) {
        open_shares(rows, shown);
        html_element(&studio->html, "h3", "%s", scopes[scope].title);
        picture_begin(studio, &picture, scopes[scope].stem, 120 + 20 * (int)shown, 170 + 18 * (int)shown);
        write_cells(picture.data, &bins, rows, shown, scope);
        bins_axis(&bins, picture.script);
        write_map(picture.script, rows, shown, scope);
        describe(&bins, rows, shown, scope, alternative);
        snprintf(caption, sizeof caption,
                 "Share of all paths in which it is idle and the industry is short, by month; the steps of the colours "
                 "are unequal. "
                 "Idle: %.300s.%s%s",
                 idle, shown < n ? " Rows of the firms that are idle most." : "", bins_note(&bins, note));
        picture_end(&picture, alternative, caption);
        map_table(studio, rows, n, scope);
    }
    free_rows(rows, n);
}

/* What the question calls idle. */
static char *idle_phrase(const struct studio *studio, const char *name) {
    const json_t *body;
    json_t *question;
    size_t i;

    json_array_foreach(document_at(studio->document, "scenario.effective.questions"), i, question) {
        if (strcmp(document_text(question, "name"), name) == 0 &&
            strcmp(document_kind(question, &body), "coexistence") == 0) {
            return phrase_idle(body);
        }
    }
    return strdup("as the question says");
}

void site_map(struct studio *studio) {
    json_t *answer;
    const char *name;

    json_object_foreach(json_object_get(studio->document, "questions"), name, answer) {
        const json_t *entries = json_object_get(answer, "entries");
        if (strcmp(document_text(answer, "type"), "coexistence") != 0) {
            continue;
        }
        html_element(&studio->html, "h2", "The mismatch map: %s", name);
        if (json_array_size(entries) == 0) {
            html_element(&studio->html, "p", "The result has no entries for it.");
            continue;
        }
        char *idle = idle_phrase(studio, name);
        if (idle == NULL) {
            studio->failed = true;
            return;
        }
        for (enum scope scope = FIRMS; scope < SCOPES; scope++) {
            one_map(studio, entries, scope, idle);
        }
        free(idle);
    }
}
