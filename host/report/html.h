/* Writing the page: text that can't become markup, tables, the head with its style. */
#ifndef MISMATCH_HOST_REPORT_HTML_H
#define MISMATCH_HOST_REPORT_HTML_H

#include <stdbool.h>
#include <stdio.h>

struct html {
    FILE *out;           /* NULL: nothing is written */
    const char *columns; /* of the open table: l or r for each */
    int column;          /* the next cell's */
    bool head;           /* the row is the table's head */
};

/* With &, <, > and quotes written as references, and control characters as '?'. */
void html_text(FILE *out, const char *text);
void html_print(struct html *html, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* <TAG>text</TAG> */
void html_element(struct html *html, const char *tag, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Document head with the style, and the page's title as its first heading. */
void html_begin(struct html *html, const char *title);
void html_end(struct html *html);

/* Cells come row by row; the first row is the head, and the first column of each row its name. */
void html_table(struct html *html, const char *columns, const char *caption);
void html_cell(struct html *html, const char *format, ...) __attribute__((format(printf, 2, 3)));
void html_table_end(struct html *html);

/* html_style.c */
void html_style(FILE *out);

/* svg.c: an SVG file of gnuplot's as part of the page: colours by name, identifiers with `prefix` in front, and a text
 * alternative. \return false when it is no such file. */
bool svg_inline(FILE *svg, FILE *out, const char *prefix, const char *classes, const char *alternative);

#endif
