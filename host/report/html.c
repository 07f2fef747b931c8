#include "host/report/html.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "host/scenario/failures.h"

void html_text(FILE *out, const char *text) {
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\'':
            fputs("&#39;", out);
            break;
        default:
            fputc(((unsigned char)*text < ' ' && *text != '\n') || *text == 127 ? '?' : *text, out);
        }
    }
}

static void print_list(FILE *out, const char *format, va_list arguments) {
    char *text = NULL;

    if (vasprintf(&text, format, arguments) >= 0) {
        html_text(out, text);
        free(text);
    } else {
        memory_failed();
    }
}

void html_print(struct html *html, const char *format, ...) {
    va_list arguments;

    va_start(arguments, format);
    if (html->out != NULL) {
        print_list(html->out, format, arguments);
    }
    va_end(arguments);
}

void html_element(struct html *html, const char *tag, const char *format, ...) {
    va_list arguments;

    va_start(arguments, format);
    if (html->out != NULL) {
        fprintf(html->out, "<%s>", tag);
        print_list(html->out, format, arguments);
        fprintf(html->out, "</%.*s>\n", (int)strcspn(tag, " "), tag);
    }
    va_end(arguments);
}

void html_begin(struct html *html, const char *title) {
    FILE *const out = html->out;

    if (out == NULL) {
        return;
    }
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" "
          "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" content=\"mismatch\">\n"
          "<link rel=\"icon\" href=\"data:,\">\n<title>",
          out);
    html_text(out, title);
    fputs("</title>\n<style>\n", out);
    html_style(out);
    fputs("</style>\n</head>\n<body>\n<main>\n<h1>", out);
    html_text(out, title);
    fputs("</h1>\n", out);
}

void html_end(struct html *html) {
    if (html->out != NULL) {
        fputs("</main>\n</body>\n</html>\n", html->out);
    }
}

void html_table(struct html *html, const char *columns, const char *caption) {
    html->columns = columns;
    html->column = 0;
    html->head = true;
    if (html->out != NULL) {
        fputs("<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"", html->out);
        html_text(html->out, caption);
        fputs("\"><table>\n<caption>", html->out);
        html_text(html->out, caption);
        fputs("</caption>\n<thead>\n", html->out);
    }
}

void html_cell(struct html *html, const char *format, ...) {
    const bool first = html->column == 0, last = html->columns[html->column + 1] == '\0';
    const char *tag = html->head || first ? "th" : "td";
    va_list arguments;

    if (html->out == NULL) {
        return;
    }
    if (first) {
        fputs("<tr>", html->out);
    }
    fprintf(html->out, "<%s%s%s>", tag, html->columns[html->column] == 'r' ? " class=\"r\"" : "",
            html->head ? " scope=\"col\""
            : first    ? " scope=\"row\""
                       : "");
    va_start(arguments, format);
    print_list(html->out, format, arguments);
    va_end(arguments);
    fprintf(html->out, "</%s>", tag);
    html->column++;
    if (last) {
        fputs(html->head ? "</tr>\n</thead>\n<tbody>\n" : "</tr>\n", html->out);
        html->column = 0;
        html->head = false;
    }
}

void html_table_end(struct html *html) {
    if (html->out != NULL) {
        fputs("</tbody>\n</table></div>\n", html->out);
    }
}
