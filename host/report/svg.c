/* gnuplot's SVG as part of a page. */
#include <ctype.h>
#include <mismatch/file.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/gnuplot.h"
#include "host/report/html.h"

#define LARGEST ((size_t)64 << 20)

static char *read_all(FILE *file) {
    char *text = NULL;
    size_t size = 0;
    FILE *memory = mm_text_stream(&text, &size);
    char block[8192];
    size_t n;

    if (memory == NULL) {
        return NULL;
    }
    rewind(file);
    while (size < LARGEST && (n = fread(block, 1, sizeof block, file)) > 0) {
        fwrite(block, 1, n, memory);
        fflush(memory);
    }
    if (fclose(memory) != 0 || ferror(file)) {
        free(text);
        return NULL;
    }
    return text;
}

/* "rgb(" with three numbers. \return its length, 0 when it is none. */
static size_t read_rgb(const char *at, unsigned char parts[3]) {
    const char *const start = at;

    if (strncmp(at, "rgb(", 4) != 0) {
        return 0;
    }
    at += 4;
    for (int i = 0; i < 3; i++) {
        char *end;
        const unsigned long part = strtoul(at, &end, 10);
        if (end == at || part > 255 || *end != (i < 2 ? ',' : ')')) {
            return 0;
        }
        parts[i] = (unsigned char)part;
        at = end + 1;
    }
    return (size_t)(at - start);
}

/* The name of the colour #rrggbb or rgb(r,g,b) that begins here, and in *length how long it is written. */
static const char *named_colour(const char *at, size_t *length) {
    unsigned char parts[3];
    char hex[8];

    *length = read_rgb(at, parts);
    if (*length > 0) {
        snprintf(hex, sizeof hex, "#%02x%02x%02x", parts[0], parts[1], parts[2]);
    } else if (at[0] == '#' && strspn(at + 1, "0123456789abcdefABCDEF") == 6) {
        *length = 7;
        snprintf(hex, sizeof hex, "%.7s", at);
    } else {
        return NULL;
    }
    for (int i = 0; i < n_colours; i++) {
        if (strcasecmp(colours[i].light, hex) == 0) {
            return colours[i].name;
        }
    }
    return NULL;
}

static const char *const identifiers[] = {"id='", "id=\"", "href='#", "href=\"#", "url(#"};

static size_t identifier_here(const char *at, char before) {
    if (isalnum((unsigned char)before)) {
        return 0;
    }
    for (size_t i = 0; i < sizeof identifiers / sizeof *identifiers; i++) {
        const size_t length = strlen(identifiers[i]);
        if (strncmp(at, identifiers[i], length) == 0) {
            return length;
        }
    }
    return 0;
}

/* The body: only inside of tags is anything changed, so that no label can pass for a colour. */
static void write_body(const char *text, FILE *out, const char *prefix) {
    bool inside = false;
    char before = ' ';

    while (*text != '\0') {
        size_t length = 0;
        inside = *text == '<' || (inside && *text != '>');
        const size_t identifier = inside ? identifier_here(text, before) : 0;
        const char *name = inside && identifier == 0 ? named_colour(text, &length) : NULL;
        if (name != NULL) {
            fprintf(out, "var(--%s)", name);
            text += length;
            before = ')';
        } else if (identifier > 0) {
            fprintf(out, "%.*s%s-", (int)identifier, text, prefix);
            text += identifier;
            before = '-';
        } else {
            before = *text;
            fputc(*text++, out);
        }
    }
}

bool svg_inline(FILE *svg, FILE *out, const char *prefix, const char *classes, const char *alternative) {
    char *text = read_all(svg);
    const char *box = text != NULL ? strstr(text, "viewBox=\"") : NULL;
    const char *body = box != NULL ? strstr(box, "</desc>") : NULL;
    const bool good = body != NULL && strstr(body, "</svg>") != NULL;

    if (good) {
        fprintf(out, "<svg class=\"%s\" viewBox=\"%.*s\" role=\"img\" aria-label=\"", classes,
                (int)strspn(box + 9, "0123456789. -"), box + 9);
        html_text(out, alternative);
        fputs("\" xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">", out);
        write_body(body + strlen("</desc>"), out, prefix);
    }
    free(text);
    return good;
}
