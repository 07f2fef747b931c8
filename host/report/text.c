/* The report for people: the answer first, then tables, then what they rest on. */
#include <string.h>

#include "host/report/document.h"
#include "host/report/report.h"
#include "host/report/text.h"

#define STANDARD_WIDTH 100
#define LEAST_WIDTH 40

struct page text_page(const json_t *document, const mm_text_style *style, FILE *out) {
    struct page page = {.document = document, .out = out, .width = STANDARD_WIDTH};

    if (style != NULL) {
        page.width = style->width > 0 ? style->width : STANDARD_WIDTH;
        page.width = page.width < LEAST_WIDTH ? LEAST_WIDTH : page.width;
        page.colour = style->colour;
        page.ascii = style->ascii;
        page.verbosity = style->verbosity;
    }
    return page;
}

mm_status report_text(const json_t *document, const mm_text_style *style, FILE *out) {
    struct page page = text_page(document, style, out);

    text_answer(&page);
    if (page.verbosity >= 0) {
        text_events(&page);
        text_evidence(&page);
        text_patterns(&page);
        text_ranges(&page, document_at(document, "run.over_ranges"));
        text_coexistence(&page);
        text_industry(&page);
        text_fans(&page);
        text_tails(&page);
        text_binding(&page);
        text_basis(&page);
    }
    if (page.failed) {
        return MM_INTERNAL;
    }
    return fflush(out) != 0 || ferror(out) ? MM_IO : MM_OK;
}
