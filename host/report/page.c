#include "host/report/page.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define ESCAPE '\033'

static bool is_continuation(char c) {
    return ((unsigned char)c & 0xC0) == 0x80;
}

int page_width_of(const char *text) {
    int width = 0;

    for (; *text != '\0'; text++) {
        if (*text == ESCAPE) {
            while (*text != '\0' && *text != 'm') {
                text++;
            }
            if (*text == '\0') {
                break;
            }
        } else if (!is_continuation(*text)) {
            width++;
        }
    }
    return width;
}

/* No longer than what they stand for, in bytes. */
static const struct {
    const char *from, *to;
} ascii[] = {{"±", "+-"}, {"–", "-"},  {"█", "#"},  {"▓", "+"}, {"░", "-"},
             {"·", "."},  {"μ", "mu"}, {"σ", "sd"}, {"²", "^2"}};

void page_ascii(char *text) {
    char *to = text;

    while (*text != '\0') {
        size_t i = 0;
        while (i < sizeof ascii / sizeof *ascii && strncmp(text, ascii[i].from, strlen(ascii[i].from)) != 0) {
            i++;
        }
        if (i < sizeof ascii / sizeof *ascii) {
            text += strlen(ascii[i].from);
            memcpy(to, ascii[i].to, strlen(ascii[i].to)); /* without the NUL, which could fall on what follows */
            to += strlen(ascii[i].to);
        } else if (((unsigned char)*text & 0x80) == 0) {
            *to++ = *text++;
        } else {
            text++;
            while (is_continuation(*text)) {
                text++;
            }
            *to++ = '?';
        }
    }
    *to = '\0';
}

void page_heading(struct page *page, const char *title, const char *note, ...) {
    va_list arguments;
    char text[256];

    va_start(arguments, note);
    vsnprintf(text, sizeof text, note, arguments);
    va_end(arguments);
    if (page->ascii) {
        page_ascii(text);
    }
    fprintf(page->out, page->colour ? "\n\033[1m%s\033[0m" : "\n%s", title);
    if (text[0] != '\0' && page_width_of(title) + page_width_of(text) + 4 > page->width) {
        fputc('\n', page->out);
        page_paragraph(page, 2, "%s", text);
        return;
    }
    if (text[0] != '\0') {
        fprintf(page->out, page->colour ? "  \033[2m%s\033[0m" : "  (%s)", text);
    }
    fputc('\n', page->out);
}

void page_paragraph(struct page *page, int indent, const char *format, ...) {
    va_list arguments;
    char *text = NULL;
    int column = indent;
    bool begun = false;

    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0) {
        text = NULL;
        page->failed = true;
    }
    va_end(arguments);
    if (page->ascii && text != NULL) {
        page_ascii(text);
    }
    fprintf(page->out, "%*s", indent, "");
    for (char *word = text; word != NULL && *word != '\0';) {
        const size_t length = strcspn(word, " ");
        const char end = word[length];
        int width;
        for (size_t i = 0; i < length; i++) {
            word[i] = (unsigned char)word[i] < ' ' || word[i] == 127 ? '?' : word[i];
        }
        word[length] = '\0';
        width = page_width_of(word);
        if (begun && column + 1 + width > page->width) {
            fprintf(page->out, "\n%*s", indent, "");
            column = indent;
        } else if (begun) {
            fputc(' ', page->out);
            column++;
        }
        fputs(word, page->out);
        column += width;
        begun = true;
        word += length + (end != '\0');
    }
    fputc('\n', page->out);
    free(text);
}

int page_decimals(double se) {
    if (!(se > 0)) {
        return 3;
    }
    return (int)fmin(9, fmax(1, ceil(-log10(se) - 1e-9)));
}

void page_share(char out[PAGE_NUMBER], double share, double se) {
    if (isnan(share)) {
        snprintf(out, PAGE_NUMBER, "–");
    } else {
        snprintf(out, PAGE_NUMBER, "%.*f", page_decimals(se), share);
    }
}

void page_percent(char out[PAGE_NUMBER], double share, double se, int most) {
    const int decimals = page_decimals(se) - 2;

    if (isnan(share)) {
        snprintf(out, PAGE_NUMBER, "–");
    } else {
        snprintf(out, PAGE_NUMBER, "%.*f", decimals < 0 ? 0 : decimals > most ? most : decimals, 100 * share);
    }
}

void page_nearly(char out[PAGE_NUMBER], double share) {
    if (share > 0.999) {
        snprintf(out, PAGE_NUMBER, "over 99.9");
    } else if (share < 0.001) {
        snprintf(out, PAGE_NUMBER, "under 0.1");
    } else {
        page_percent(out, share, 0.001, 1);
    }
}

void page_count(char out[PAGE_NUMBER], double count) {
    char digits[PAGE_NUMBER];
    size_t length, to = 0;

    if (!(fabs(count) < 1e18)) {
        snprintf(out, PAGE_NUMBER, "–");
        return;
    }
    length = (size_t)snprintf(digits, sizeof digits, "%.0f", count);
    for (size_t i = 0; i < length && to + 2 < PAGE_NUMBER; i++) {
        if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-') {
            out[to++] = ',';
        }
        out[to++] = digits[i];
    }
    out[to] = '\0';
}

void page_plain(char out[PAGE_NUMBER], double number) {
    if (isnan(number)) {
        snprintf(out, PAGE_NUMBER, "–");
    } else if (fabs(number) >= 1000) {
        page_count(out, number);
    } else {
        snprintf(out, PAGE_NUMBER, "%.*f", fabs(number) >= 100 ? 1 : fabs(number) >= 10 ? 2 : 3, number);
    }
}
