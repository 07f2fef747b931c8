/* The estimate of a rare event, for people. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/text.h"

#define SHOWN 0.5 /* standard deviations from which on an input is worth a line */
#define MOST 12   /* lines */

/* "1.23e-07 ± 0.02e-07": both to the digits that the error allows. */
static void rare_figure(char out[2 * PAGE_NUMBER], double p, double se) {
    const int exponent = p > 0 ? (int)floor(log10(p)) : 0;
    const double unit = pow(10, exponent);
    int digits = se > 0 ? (int)ceil(-log10(se / unit)) : 2;

    digits = digits < 1 ? 1 : digits > 6 ? 6 : digits;
    if (isnan(p)) {
        snprintf(out, 2 * PAGE_NUMBER, "–");
    } else if (isnan(se)) {
        snprintf(out, 2 * PAGE_NUMBER, "%.*fe%+03d", digits, p / unit, exponent);
    } else {
        snprintf(out, 2 * PAGE_NUMBER, "%.*fe%+03d ± %.*fe%+03d", digits, p / unit, exponent, digits, se / unit,
                 exponent);
    }
}

static void interval(struct page *page, const char *what, const json_t *of) {
    const json_t *ends = json_object_get(of, "ci");
    char figure[2 * PAGE_NUMBER];

    rare_figure(figure, document_number(of, "p"), document_number(of, "se"));
    page_paragraph(page, 0, "%s: %s; 95 %% interval %.3g to %.3g.", what, figure, document_item(ends, 0),
                   document_item(ends, 1));
}

static int farther(const void *a, const void *b) {
    const double x = fabs(document_number(*(json_t *const *)a, "mean")),
                 y = fabs(document_number(*(json_t *const *)b, "mean"));

    return (x < y) - (x > y);
}

/* Where the event lies: the inputs that are farthest from what is usual. */
static void inputs(struct page *page) {
    const json_t *all = json_object_get(page->document, "inputs");
    const size_t n = json_array_size(all);
    json_t **sorted = calloc(n + 1, sizeof *sorted);
    struct table table;

    if (sorted == NULL) {
        page->failed = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        sorted[i] = json_array_get(all, i);
    }
    qsort(sorted, n, sizeof(json_t *), farther);
    page_heading(page, "What goes with it", "mean of each input given the event, in standard deviations");
    table_begin(&table, "lr");
    table_cell(&table, "input");
    table_cell(&table, "mean");
    for (size_t i = 0;
         i < n && (page->verbosity > 0 || (i < MOST && fabs(document_number(sorted[i], "mean")) >= SHOWN)); i++) {
        table_cell(&table, "%s", document_text(sorted[i], "input"));
        table_cell(&table, "%+.1f", document_number(sorted[i], "mean"));
    }
    table_end(&table, page, 1);
    free(sorted);
}

void text_rare(struct page *page) {
    const json_t *document = page->document, *scope = json_object_get(document, "scope");
    const bool stands = json_is_true(json_object_get(document, "stands")),
               paired = document_number(document, "run.evaluations.scores") > 0,
               by_subset = stands && strcmp(document_text(document, "method"), "subset simulation") == 0;
    char all[PAGE_NUMBER], pilot[PAGE_NUMBER], check[PAGE_NUMBER], estimate[PAGE_NUMBER], scores[PAGE_NUMBER];

    page_heading(page, document_text(document, "question"), "%s",
                 json_is_string(scope) ? json_string_value(scope) : "");
    if (stands) {
        interval(page, by_subset ? "Subset simulation along two scores" : "Importance sampling", document);
    } else {
        page_paragraph(page, 0, "No estimate: %s.", document_text(document, "verdict"));
        if (!isnan(document_number(document, "refused.p"))) {
            interval(page, "Importance sampling gives, and it is refused", json_object_get(document, "refused"));
        }
    }
    if (!isnan(document_number(document, "scores.nearest.p"))) {
        interval(page, "Along the nearest of what is lacking", document_at(document, "scores.nearest"));
        interval(page, "Along the total of what is lacking", document_at(document, "scores.total"));
    } else if (!isnan(document_number(document, "check.p"))) {
        interval(page, "Subset simulation", json_object_get(document, "check"));
    }
    if (by_subset) {
        page_paragraph(page, 0, "Check: %s. Plain sampling would need %.3g times as many paths for the same error.",
                       document_text(document, "verdict"), document_number(document, "gain"));
    } else if (stands) {
        page_paragraph(page, 0,
                       "%s: %s. %.0f samples' worth of hits carry it; plain sampling would need %.3g times as many "
                       "paths for the same error.",
                       "Check", document_text(document, "verdict"), document_number(document, "effective_hits"),
                       document_number(document, "gain"));
    }
    if (stands && document_number(document, "gain_in_time") > 0) {
        page_paragraph(page, 0,
                       "In 1 / (variance x time) that is %.3g times a plain run, whose paths take %.3g s each.",
                       document_number(document, "gain_in_time"), document_number(document, "run.plain_path_seconds"));
    }
    if (json_array_size(json_object_get(document, "inputs")) > 0) {
        inputs(page);
    }
    page_count(all, document_number(document, "run.evaluations.all"));
    page_count(pilot, document_number(document, "run.evaluations.pilot"));
    page_count(estimate, document_number(document, "run.evaluations.estimate"));
    page_count(check, document_number(document, "run.evaluations.check"));
    fputc('\n', page->out);
    page_count(scores, document_number(document, "run.evaluations.scores"));
    page_paragraph(page, 0,
                   "%s paths in %.1f s: %s to find the event, %s for importance sampling, %s for the check%s%s%s.", all,
                   document_number(document, "run.seconds"), pilot, estimate, check, paired ? ", " : "",
                   paired ? scores : "", paired ? " along two scores" : "");
}
