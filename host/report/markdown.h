/* The answer as Markdown, for pages that programs write: at most five sentences, then tables. */
#ifndef MISMATCH_HOST_REPORT_MARKDOWN_H
#define MISMATCH_HOST_REPORT_MARKDOWN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* What is asked first of each kind; all members NULL where nothing is. */
struct asked_first {
    const char *name;
    const json_t *body, *answer;
};

struct sheet {
    const json_t *document, *effective;
    const json_t *ranges; /* NULL: not drawn */
    struct asked_first evidence, pattern;
    FILE *out;
    bool failed; /* memory ran out */
};

void markdown_sentences(struct sheet *sheet);
void markdown_tables(struct sheet *sheet);

struct asked_first markdown_first(const json_t *document, const char *kind);
/* {"low", "median", "high"} of what an expression asks for; NULL where the draws have no span of it. */
const json_t *markdown_span(const struct sheet *sheet, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What sells a name of a pattern question. */
enum name_kind {
    NAME_SUPPLIER,
    NAME_RENTAL, /* a cloud that sells compute and needs none itself */
    NAME_CLOUD
};
enum name_kind markdown_name_kind(const json_t *effective, const char *name);

#endif
