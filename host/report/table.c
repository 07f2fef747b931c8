/* Tables of a page. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/page.h"

#define GAP 2          /* blanks between columns */
#define LEAST_WORDS 16 /* columns that words are wrapped into; fewer, and they go on below */

void table_begin(struct table *table, const char *columns) {
    memset(table, 0, sizeof *table);
    table->columns = columns;
    table->n_columns = (int)strlen(columns);
}

void table_cell(struct table *table, const char *format, ...) {
    va_list arguments;
    char *text = NULL;

    if (table->n_cells == table->room && !table->failed) {
        const int room = table->room > 0 ? 2 * table->room : 64;
        char **cells = realloc(table->cells, (size_t)room * sizeof *cells);
        if (cells == NULL) {
            table->failed = true;
        } else {
            table->cells = cells;
            table->room = room;
        }
    }
    if (table->failed) {
        return;
    }
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0) {
        table->failed = true;
    } else {
        table->cells[table->n_cells++] = text;
    }
    va_end(arguments);
}

static void print_cell(const struct page *page, const char *text, int width, char side, bool bold, bool last) {
    const int blanks = width - page_width_of(text);

    if (side == 'r') {
        fprintf(page->out, "%*s", blanks, "");
    }
    fprintf(page->out, bold && page->colour && *text != '\0' ? "\033[1m%s\033[0m" : "%s", text);
    if (side != 'r' && !last) {
        fprintf(page->out, "%*s", blanks, "");
    }
    if (!last) {
        fprintf(page->out, "%*s", GAP, "");
    }
}

/* Words at a column of the page, as many lines as they take. */
static void print_words(const struct page *page, const char *text, int column, int width) {
    int used = 0;

    while (*text != '\0') {
        const int length = (int)strcspn(text, " ");
        char *word = strndup(text, (size_t)length);
        const int wide = word != NULL ? page_width_of(word) : length;
        free(word);
        if (used > 0 && used + 1 + wide > width) {
            fprintf(page->out, "\n%*s", column, "");
            used = 0;
        }
        fprintf(page->out, "%s%.*s", used > 0 ? " " : "", length, text);
        used += (used > 0) + wide;
        text += length + (text[length] != '\0');
    }
}

/* The columns 0 ... fixed - 1 and from ... to - 1 of all rows. */
static void print_part(const struct table *table, const struct page *page, const int *widths, int fixed, int from,
                       int to) {
    for (int row = 0; row < table->n_cells / table->n_columns; row++) {
        char **cells = &table->cells[row * table->n_columns];
        int last = to - 1;
        while (last >= from && cells[last][0] == '\0') {
            last--; /* no blanks at the end of a line */
        }
        last = last < from ? fixed - 1 : last;
        int at = GAP;
        fputs("  ", page->out);
        for (int column = 0; column <= last; column++) {
            if (column >= fixed && column < from) {
                continue;
            }
            if (table->columns[column] == 'w') {
                print_words(page, cells[column], at, widths[column]);
            } else {
                print_cell(page, cells[column], widths[column], table->columns[column], row == 0, column == last);
            }
            at += widths[column] + GAP;
        }
        fputc('\n', page->out);
    }
}

/* What is left for a last column of words, where that is enough for them to be read; otherwise as they are. */
static int words_width(const struct page *page, int widest, int others) {
    const int left = page->width - others;

    return widest <= left || left < LEAST_WORDS ? widest : left;
}

void table_end(struct table *table, struct page *page, int fixed) {
    int *widths = calloc((size_t)table->n_columns, sizeof *widths);
    int key = 2, columns = table->n_columns, all = 2 - GAP;

    if (table->failed || widths == NULL) {
        page->failed = true;
    } else {
        for (int i = 0; i < table->n_cells; i++) {
            if (page->ascii) {
                page_ascii(table->cells[i]);
            }
            const int width = page_width_of(table->cells[i]);
            int *widest = &widths[i % table->n_columns];
            *widest = width > *widest ? width : *widest;
        }
        for (int column = 0; column < columns; column++) {
            key += column < fixed ? widths[column] + GAP : 0;
            all += widths[column] + GAP;
        }
        if (table->columns[columns - 1] == 'w') {
            widths[columns - 1] = words_width(page, widths[columns - 1], all - widths[columns - 1]);
        }
        columns -= table->columns[columns - 1] == 'b' && all > page->width;
        for (int from = fixed; from < columns;) {
            int to = from, used = key;
            while (to < columns && (to == from || used + widths[to] <= page->width)) {
                used += widths[to] + GAP;
                to++;
            }
            if (from > fixed) {
                fputc('\n', page->out);
            }
            print_part(table, page, widths, fixed, from, to);
            from = to;
        }
    }
    for (int i = 0; i < table->n_cells; i++) {
        free(table->cells[i]);
    }
    free(table->cells);
    free(widths);
}
