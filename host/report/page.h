/* A page of text: paragraphs that wrap, tables that align, numbers with as many digits as their error allows. */
#ifndef MISMATCH_HOST_REPORT_PAGE_H
#define MISMATCH_HOST_REPORT_PAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#define PAGE_NUMBER 48

struct page {
    const json_t *document;
    FILE *out;
    int width;
    bool colour;
    bool ascii; /* for terminals without UTF-8 */
    int verbosity;
    bool failed; /* memory ran out */
};

/* Columns that a text takes: UTF-8 characters, colour codes left out. */
int page_width_of(const char *text);
/* Replaces in its place what is not ASCII; no text gets longer by it. */
void page_ascii(char *text);
/* An empty line, then a bold title with a note behind it ("" for none). */
void page_heading(struct page *page, const char *title, const char *note, ...) __attribute__((format(printf, 3, 4)));
/* Wraps at the width, every line indented by `indent`. Control characters become '?'. */
void page_paragraph(struct page *page, int indent, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A table: cells are added row by row, the first row is its head. */
struct table {
    const char *columns; /* one of l, r for each; the last one may be b, a bar that is left out where it doesn't
                          * fit, or w, words that are wrapped where they don't */
    int n_columns, n_cells, room;
    char **cells;
    bool failed;
};
void table_begin(struct table *table, const char *columns);
void table_cell(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Prints and frees it. Where it is too wide, it goes on below with its first `fixed` columns repeated. */
void table_end(struct table *table, struct page *page, int fixed);

/* Decimals that a standard error allows: its first digit is the last one shown. Between 1 and 9; 3 when it has none. */
int page_decimals(double se);
/* "0.8124"; "–" when unknown. */
void page_share(char out[PAGE_NUMBER], double share, double se);
/* "81.2" (per cent), at most `most` decimals. */
void page_percent(char out[PAGE_NUMBER], double share, double se, int most);
/* The same of what may be nearly certain: "over 99.9" and "under 0.1", not "100.0" and "0.0". */
void page_nearly(char out[PAGE_NUMBER], double share);
/* "1,000,000". */
void page_count(char out[PAGE_NUMBER], double count);
/* Up to four digits, for figures without an error. */
void page_plain(char out[PAGE_NUMBER], double number);

/* Stretches of months for tables: half-years, or longer ones where there would be too many. */
struct span {
    int first, last;
    char label[32];
};
struct spans {
    int n;
    struct span *spans;
    const char *unit; /* "half-year", "year", "stretch" */
};
/* `unit`: months a stretch has at least, 6 or 12; `most`: so many rows at most, 0: any number. */
bool spans_make(struct spans *spans, const json_t *months, int unit, int most);
void spans_free(struct spans *spans);
/* Mean of array[first ... last] over what is a number; NAN when nothing is. */
double span_mean(const struct span *span, const json_t *array);
/* How far the 95 % intervals of the layers' shares of a span reach at most to either side; `layers`: those of late_mw
 * or stranded_mw. Errors of layers and months add up at most, as docs/intervals.md has it of a single month. 0: nothing
 * is late. */
double span_shares_reach(const struct spans *spans, const json_t *layers);

#endif
