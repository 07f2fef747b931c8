/* What would have to be true. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/text.h"

#define SMALL 0.05 /* of z: inputs that need not move */

static const char *confirmation(const json_t *point) {
    const json_t *fresh = json_object_get(point, "fresh");

    if (fresh == NULL) {
        return "";
    }
    if (json_is_true(json_object_get(fresh, "room_to_spare"))) {
        return "room to spare";
    }
    return json_is_true(json_object_get(fresh, "confirmed")) ? "yes" : "no";
}

static void answer_cells(struct table *table, const json_t *point) {
    char figure[PAGE_NUMBER];
    const json_t *fresh = json_object_get(point, "fresh");

    text_figure(figure, document_number(point, "answer"), document_number(point, "answer_se"));
    table_cell(table, "%s", figure);
    if (fresh == NULL) {
        table_cell(table, "%s", "");
        table_cell(table, "%s", "");
        return;
    }
    text_figure(figure, document_number(fresh, "value"), document_number(fresh, "se"));
    table_cell(table, "%s", figure);
    table_cell(table, "%s", confirmation(point));
}

/* Four digits, however large. */
static void value_text(char out[PAGE_NUMBER], double value) {
    snprintf(out, PAGE_NUMBER, "%.4g", value);
}

static void key_cells(struct table *table, const json_t *input, const json_t *moved) {
    char figure[PAGE_NUMBER];

    table_cell(table, "%s", document_text(moved, "key"));
    value_text(figure, document_number(input, "central"));
    table_cell(table, "%s", figure);
    value_text(figure, document_number(moved, "value"));
    table_cell(table, "%s", figure);
    table_cell(table, "%+.2f", document_number(moved, "z"));
}

static int by_distance(const void *a, const void *b) {
    const json_t *const *x = a, *const *y = b;
    const bool first = json_is_true(json_object_get(*x, "holds")), second = json_is_true(json_object_get(*y, "holds"));
    const double left = fabs(document_number(*x, "z")), right = fabs(document_number(*y, "z"));

    if (first != second) {
        return first ? -1 : 1;
    }
    return left < right ? -1 : left > right;
}

static const json_t *input_of(const json_t *document, const char *key) {
    json_t *input;
    size_t i;

    json_array_foreach(json_object_get(document, "inputs"), i, input) {
        if (strcmp(document_text(input, "key"), key) == 0) {
            return input;
        }
    }
    return NULL;
}

static void text_alone(struct page *page) {
    const json_t *alone = json_object_get(page->document, "alone");
    const size_t n = json_array_size(alone);
    const json_t **sorted = calloc(n + 1, sizeof *sorted);
    struct table table;
    size_t holding = 0;

    if (sorted == NULL) {
        page->failed = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        sorted[i] = json_array_get(alone, i);
        holding += json_is_true(json_object_get(sorted[i], "holds"));
    }
    qsort(sorted, n, sizeof *sorted, by_distance);
    page_heading(page, "Each input alone", "z: 0 is the central value, -1.64 and +1.64 the ends of the range");
    if (holding == 0) {
        page_paragraph(page, 2, "No input does it alone within its range.");
    } else {
        table_begin(&table, "lrrrrrl");
        table_cell(&table, "input");
        table_cell(&table, "central");
        table_cell(&table, "must be");
        table_cell(&table, "z");
        table_cell(&table, "answer");
        table_cell(&table, "fresh seeds");
        table_cell(&table, "confirmed");
        for (size_t i = 0; i < holding; i++) {
            key_cells(&table, input_of(page->document, document_text(sorted[i], "key")), sorted[i]);
            answer_cells(&table, sorted[i]);
        }
        table_end(&table, page, 1);
    }
    if (holding > 0 && holding < n) {
        page_paragraph(page, 2, "The other %zu don't do it alone anywhere in their ranges.", n - holding);
    }
    free(sorted);
}

static void joint_verdict(struct page *page, const json_t *joint) {
    char answer[PAGE_NUMBER], error[PAGE_NUMBER];
    const json_t *fresh = json_object_get(joint, "fresh");
    const double value = document_number(fresh, "value"), se = document_number(fresh, "se");

    const bool room = json_is_true(json_object_get(fresh, "room_to_spare"));

    text_figure(answer, value, se);
    text_figure(error, se, se);
    page_paragraph(
        page, 2,
        "This is the most likely combination%s: %.2f standard deviations from the centre of the ranges; to first "
        "order %.2g %% of what the ranges allow lies beyond. On fresh seeds the answer is %s ± %s%s",
        room ? " that was found" : "", document_number(joint, "distance"),
        100 * document_number(joint, "first_order_probability"), answer, error,
        room ? ": it holds with room to spare; a smaller change may do; take more --paths."
        : json_is_true(json_object_get(fresh, "confirmed")) ? ", which confirms it."
                                                            : ", which does not confirm it: take more --paths.");
}

static void text_joint(struct page *page) {
    const json_t *joint = json_object_get(page->document, "joint");
    const bool holds = json_is_true(json_object_get(joint, "holds"));
    char answer[PAGE_NUMBER];
    struct table table;
    json_t *input;
    size_t i, still = 0;

    page_heading(page, "All inputs together", "%s", holds ? "the smallest sum of z²" : "");
    if (!holds) {
        text_figure(answer, document_number(joint, "answer"), document_number(joint, "answer_se"));
        page_paragraph(
            page, 2, "Nothing within the ranges was found that does it; the nearest that was found gives %s.", answer);
    }
    table_begin(&table, "lrrr");
    table_cell(&table, "input");
    table_cell(&table, "central");
    table_cell(&table, holds ? "would be" : "at the nearest");
    table_cell(&table, "z");
    json_array_foreach(json_object_get(joint, "inputs"), i, input) {
        if (fabs(document_number(input, "z")) < SMALL) {
            still++;
        } else {
            key_cells(&table, input_of(page->document, document_text(input, "key")), input);
        }
    }
    table_end(&table, page, 1);
    if (still > 0) {
        page_paragraph(page, 2, "The other %zu stay where they are.", still);
    }
    if (holds) {
        joint_verdict(page, joint);
    }
}

/* Configured values that are not the central ones: the search starts from the latter. */
static void text_centres(struct page *page) {
    json_t *input;
    size_t i;

    json_array_foreach(json_object_get(page->document, "inputs"), i, input) {
        const double central = document_number(input, "central"), configured = document_number(input, "configured");
        if (fabs(configured - central) > 1e-9 * fabs(central)) {
            page_paragraph(page, 2, "%s is %.6g in this configuration; the search starts from its central value, %.6g.",
                           document_text(input, "key"), configured, central);
        }
    }
}

void text_reverse(struct page *page) {
    const json_t *document = page->document, *central = json_object_get(document, "central");
    char answer[PAGE_NUMBER], error[PAGE_NUMBER], paths[PAGE_NUMBER], points[PAGE_NUMBER];

    text_figure(answer, document_number(central, "answer"), document_number(central, "answer_se"));
    text_figure(error, document_number(central, "answer_se"), document_number(central, "answer_se"));
    if (isnan(document_number(central, "answer"))) {
        snprintf(answer, sizeof answer, "unknown");
    }
    page_count(paths, document_number(document, "run.paths"));
    page_count(points, document_number(document, "run.points"));
    page_paragraph(
        page, 0, "What would have to be true for %s %s %g? With all inputs at their central values it is %s%s%s.",
        document_text(document, "target.expression"), document_text(document, "target.comparison"),
        document_number(document, "target.bound"), answer, isfinite(document_number(central, "answer_se")) ? " ± " : "",
        isfinite(document_number(central, "answer_se")) ? error : "");
    text_centres(page);
    if (json_is_true(json_object_get(central, "holds"))) {
        page_paragraph(page, 0, "That is true already: nothing would have to change.");
    } else if (json_is_null(json_object_get(central, "answer")) && document_number(central, "needs_paths") > 0) {
        text_need(answer, document_number(central, "needs_paths"));
        page_paragraph(
            page, 0,
            "Too few paths bear on it to start from: take --paths %s or more, or ask for an earlier step, such "
            "as bayes(QUESTION, FIRM, 1).",
            answer);
    } else if (json_is_null(json_object_get(central, "answer"))) {
        page_paragraph(page, 0, "No path bears on it, so there is nothing to start from: take more --paths.");
    } else {
        text_alone(page);
        text_joint(page);
        page_paragraph(page, 0, "%s points of %s paths each, all on the same random numbers.", points, paths);
    }
}
