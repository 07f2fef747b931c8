/* Which inputs an answer depends on. */
#include <math.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/report.h"
#include "host/report/text.h"

#define BAR 20

static const struct {
    const char *method, *columns, *heads[7], *about;
} methods[] = {
    {"tornado",
     "lrrrrrb",
     {"", "from", "to", "low", "high", "change", ""},
     "Each input alone at its 5 % point ('from') and its 95 % point ('to'), all others at their centres; 'low' and "
     "'high' "
     "are the answers there, ± the standard error of their difference on common random numbers."},
    {"morris",
     "lrrrrrb",
     {"", "from", "to", "μ*", "95 %", "σ", ""},
     "Elementary effects (Morris), scaled to the way from the 5 % to the 95 % point of an input: μ* is their mean "
     "size, σ "
     "how much they differ with the other inputs. Intervals by the bootstrap over trajectories."},
    {"sobol",
     "lrrrrrb",
     {"", "total", "95 %", "first", "95 %", "", ""},
     "Shares of the variance of the answer over all inputs (Sobol): 'first' what an input explains alone, 'total' with "
     "all "
     "its interactions. Intervals by the bootstrap over rows."},
};

static void bar_cell(struct table *table, double share) {
    static const char full[] = "████████████████████"; /* BAR of them, three bytes each */
    const int n = share > 0 && share <= 1 ? (int)lround(share * BAR) : 0;

    table_cell(table, "%.*s", 3 * n, full);
}

/* A figure with about three digits of the error or of itself. */
static void number_cell(struct table *table, double value, double error) {
    char figure[PAGE_NUMBER];

    text_figure(figure, value, error);
    table_cell(table, "%s", figure);
}

static void interval_cell(struct table *table, const json_t *index) {
    const json_t *ci = json_object_get(index, "ci");
    const double low = document_item(ci, 0), high = document_item(ci, 1), width = (high - low) / 4;
    char a[PAGE_NUMBER], b[PAGE_NUMBER];

    text_figure(a, low, width);
    text_figure(b, high, width);
    table_cell(table, "%s to %s", a, b);
}

static double index_error(const json_t *index) {
    const json_t *ci = json_object_get(index, "ci");

    return (document_item(ci, 1) - document_item(ci, 0)) / 4;
}

/* How much an input matters: what the ranks go by. */
static double weight_of(const json_t *input, size_t method) {
    static const char *const paths[][3] = {{"swing.value", "change_low.value", "change_high.value"},
                                           {"absolute.value", NULL, NULL},
                                           {"total.value", NULL, NULL}};
    double most = NAN;

    for (size_t i = 0; i < 3 && paths[method][i] != NULL; i++) {
        most = fmax(most, fabs(document_number(input, paths[method][i])));
    }
    return most;
}

static void tornado_cells(struct table *table, const json_t *input) {
    const double se = document_number(input, "swing.se"), swing = document_number(input, "swing.value");
    char figure[PAGE_NUMBER], error[PAGE_NUMBER];

    number_cell(table, document_number(input, "at_low.value"), se);
    number_cell(table, document_number(input, "at_high.value"), se);
    text_figure(figure, fabs(swing), se);
    text_figure(error, se, se);
    if (isnan(swing)) {
        table_cell(table, "–");
    } else {
        table_cell(table, "%s%s ± %s", swing < 0 ? "-" : "+", figure, error);
    }
}

static void row(struct table *table, const json_t *input, size_t method, double most) {
    table_cell(table, "%s", document_text(input, "key"));
    if (method < 2) {
        table_cell(table, "%.4g", document_number(input, "low"));
        table_cell(table, "%.4g", document_number(input, "high"));
    }
    if (method == 0) {
        tornado_cells(table, input);
    } else {
        const json_t *one = json_object_get(input, method == 1 ? "absolute" : "total");
        const json_t *other = json_object_get(input, method == 1 ? "deviation" : "first");
        number_cell(table, document_number(one, "value"), index_error(one));
        interval_cell(table, one);
        number_cell(table, document_number(other, "value"), index_error(other));
        if (method == 2) {
            interval_cell(table, other);
            table_cell(table, "%s", "");
        }
    }
    bar_cell(table, weight_of(input, method) / (method == 2 ? 1 : most));
}

static void answer_table(struct page *page, const json_t *answer, size_t method) {
    const json_t *inputs = json_object_get(answer, "inputs"), *input;
    const double most = weight_of(json_array_get(inputs, 0), method);
    struct table table;
    char figure[PAGE_NUMBER], error[PAGE_NUMBER];
    size_t i;

    if (method == 0) {
        text_figure(figure, document_number(answer, "base.value"), document_number(answer, "base.se"));
        text_figure(error, document_number(answer, "base.se"), document_number(answer, "base.se"));
        page_heading(page, document_text(answer, "expression"), "%s ± %s with all inputs at their centres", figure,
                     error);
    } else if (method == 2) {
        page_plain(figure, document_number(answer, "mean"));
        page_plain(error, sqrt(document_number(answer, "variance")));
        page_heading(page, document_text(answer, "expression"), "mean %s, standard deviation %s over all inputs",
                     figure, error);
    } else {
        page_heading(page, document_text(answer, "expression"), "%s", "");
    }
    table_begin(&table, methods[method].columns);
    for (i = 0; i < 7; i++) {
        table_cell(&table, "%s", methods[method].heads[i]);
    }
    json_array_foreach(inputs, i, input) {
        row(&table, input, method, most);
    }
    table_end(&table, page, 1);
}

void text_sensitivity(struct page *page) {
    const json_t *document = page->document;
    char evaluations[PAGE_NUMBER], paths[PAGE_NUMBER], total[PAGE_NUMBER], failed[PAGE_NUMBER];
    json_t *answer;
    size_t i, method = 0;

    while (method < 2 && strcmp(methods[method].method, document_text(document, "method")) != 0) {
        method++;
    }
    page_paragraph(page, 0, "%s", methods[method].about);
    json_array_foreach(json_object_get(document, "answers"), i, answer) {
        answer_table(page, answer, method);
    }
    page_count(evaluations, document_number(document, "run.evaluations"));
    page_count(paths, document_number(document, "run.paths"));
    page_count(total, document_number(document, "run.paths_in_all"));
    fputc('\n', page->out);
    page_paragraph(page, 0, "It took %s runs of the same %s paths, %s paths in all.", evaluations, paths, total);
    if (document_number(document, "run.failed") > 0) {
        page_count(failed, document_number(document, "run.failed"));
        page_paragraph(page, 0, "%s of the runs were not possible and are left out.", failed);
    }
}
