/* What the figures rest on: paths and errors, grades of the inputs, what made the result. */
#include <math.h>
#include <mismatch/file.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/text.h"
#include "host/store/result_document.h"

#define WITH_ERROR (2 * PAGE_NUMBER + 8) /* of a figure with its error */

static double largest_number(const json_t *from) {
    double largest = json_is_number(from) ? json_number_value(from) : 0;

    for (size_t i = 0; i < json_array_size(from); i++) {
        largest = fmax(largest, largest_number(json_array_get(from, i)));
    }
    return largest;
}

/* The largest se of a probability in here: where p and se stand together. The rungs of an odds ladder are left out:
 * some have few paths behind them, and each shows how many. */
static double largest_se(json_t *from) {
    double largest = 0;
    const char *key;
    json_t *item;
    size_t i;

    if (json_object_get(from, "p") != NULL) {
        return largest_number(json_object_get(from, "se"));
    }
    json_array_foreach(from, i, item) {
        largest = fmax(largest, largest_se(item));
    }
    json_object_foreach(from, key, item) {
        if (strcmp(key, "both") == 0) {
            json_t *curves = result_both(from);
            largest = fmax(largest, largest_se(curves));
            json_decref(curves);
        } else if (strcmp(key, "cases") != 0) {
            largest = fmax(largest, largest_se(item));
        }
    }
    return largest;
}

/* "26.93 ± 0.04", "6,740,000 ± 80,000"; of one path alone, which has no error, "26.9". */
static void with_error(char out[WITH_ERROR], const json_t *figure) {
    const double value = document_number(figure, "value"), se = document_number(figure, "se");
    const int decimals = page_decimals(se);

    if (se >= 1) {
        const double unit = pow(10, floor(log10(se)));
        char rounded[PAGE_NUMBER], error[PAGE_NUMBER];
        page_count(rounded, unit * round(value / unit));
        page_count(error, unit * round(se / unit));
        snprintf(out, WITH_ERROR, "%s ± %s", rounded, error);
    } else if (isnan(se)) {
        snprintf(out, WITH_ERROR, "%.1f", value);
    } else {
        snprintf(out, WITH_ERROR, "%.*f ± %.*f", decimals, value, decimals, se);
    }
}

/* What a path's shortfall and surplus add up to. */
static void totals(struct page *page, const json_t *industry) {
    const json_t *shortfall = json_object_get(industry, "total_shortfall");
    const json_t *surplus = json_object_get(industry, "total_surplus");
    char figures[2][WITH_ERROR];

    if (isnan(document_number(shortfall, "value")) || isnan(document_number(surplus, "value"))) {
        return; /* a result of an earlier version */
    }
    with_error(figures[0], shortfall);
    with_error(figures[1], surplus);
    page_paragraph(page, 2, "Over its months a path's shortfall adds up to %s kH100e-months, its surplus to %s.",
                   figures[0], figures[1]);
}

static void base_rates(struct page *page) {
    static const char *const states[] = {"shortage", "friction", "balanced", "glut"};
    const json_t *industry = json_object_get(page->document, "industry");
    const int months = (int)json_array_size(json_object_get(industry, "months"));
    const struct span all = {.first = 0, .last = months - 1};
    char share[4][PAGE_NUMBER], short_months[WITH_ERROR];

    with_error(short_months, json_object_get(industry, "shortage_months"));
    for (int i = 0; i < 4; i++) {
        page_percent(share[i], span_mean(&all, document_at(json_object_get(industry, states[i]), "p")), 0.001, 1);
    }
    page_paragraph(page, 2,
                   "Of all months %s %% are short, %s %% friction, %s %% balanced, %s %% glut; a path has %s months of "
                   "shortage in %d.",
                   share[0], share[1], share[2], share[3], short_months, months);
    totals(page, industry);
}

static void errors(struct page *page) {
    const double clipped = document_number(page->document, "run.clipped");
    /* `coexistence` says again what a question says */
    const double largest = fmax(largest_se(json_object_get(page->document, "industry")),
                                largest_se(json_object_get(page->document, "questions")));
    char paths[PAGE_NUMBER], count[PAGE_NUMBER], first[PAGE_NUMBER], seed[PAGE_NUMBER];

    page_count(paths, document_number(page->document, "run.paths"));
    page_count(first, document_number(page->document, "run.first_path"));
    /* a seed above 2^63 - 1 is written as text */
    if (json_is_string(document_at(page->document, "run.seed"))) {
        snprintf(seed, sizeof seed, "%s", document_text(page->document, "run.seed"));
    } else {
        snprintf(seed, sizeof seed, "%lld", (long long)json_integer_value(document_at(page->document, "run.seed")));
    }
    page_paragraph(
        page, 2,
        "%s paths from number %s on, seed %s. The largest standard error of a probability here is %.2g. ± is "
        "one standard error of the simulation; it says nothing about the assumptions.",
        paths, first, seed, largest);
    if (document_number(page->document, "run.paths") < 2) {
        page_paragraph(page, 2, "One path alone says nothing about the errors of means and of shares of months.");
    }
    if (json_is_string(document_at(page->document, "run.until"))) {
        const bool most = strcmp(document_text(page->document, "run.stopped_by"), "most_paths") == 0;
        const char *until = document_text(page->document, "run.until");
        const bool rungs = strncmp(until, "rungs", 5) == 0;
        page_paragraph(page, 2, "The run was to go on until %s%s; %s.",
                       rungs ? "each piece of evidence has enough paths" : "", rungs ? until + 5 : until,
                       most ? "these were the most paths it might take" : "it has reached that");
    }
    if (clipped > 0) {
        page_count(count, clipped);
        page_paragraph(page, 2,
                       "%s values lay beyond the bounds of their sums and were cut there: the means of MW and of "
                       "compute are too low.",
                       count);
    }
}

static const struct {
    char grade;
    const char *meaning;
} grades[] = {{'A', "from datasets and filings"},
              {'B', "from press and analysts who cite one"},
              {'C', "from weak sources"},
              {'D', "derived from those"},
              {'J', "judgement"}};

/* The keys of one grade, comma-separated, written to `out`. \return how many. */
static int write_keys(FILE *out, json_t *ranges, char grade) {
    const char *key;
    json_t *range;
    int n = 0;

    json_object_foreach(ranges, key, range) {
        if (*document_text(range, "grade") == grade) {
            if (out != NULL) {
                fprintf(out, "%s%s", n > 0 ? ", " : "", key);
            }
            n++;
        }
    }
    return n;
}

static void inputs(struct page *page) {
    json_t *ranges = document_at(page->document, "scenario.effective.ranges");
    char *text = NULL;
    size_t size = 0;
    FILE *out;
    int begun = 0;

    if (json_object_size(ranges) == 0) {
        page_paragraph(page, 2, "The configuration gives no input a range or a grade.");
        return;
    }
    out = mm_text_stream(&text, &size);
    if (out == NULL) {
        page->failed = true;
        return;
    }
    fprintf(out, "Inputs with a range and a grade: ");
    for (size_t i = 0; i < sizeof grades / sizeof *grades; i++) {
        const int n = write_keys(NULL, ranges, grades[i].grade);
        if (n > 0) {
            fprintf(out, "%s%d %c (%s)", begun++ > 0 ? ", " : "", n, grades[i].grade, grades[i].meaning);
        }
    }
    fputc('.', out);
    if (write_keys(NULL, ranges, 'J') > 0) {
        fputs(" On judgement alone rest ", out);
        write_keys(out, ranges, 'J');
        fputc('.', out);
    }
    if (fclose(out) != 0) {
        page->failed = true;
    } else {
        page_paragraph(page, 2, "%s", text);
    }
    free(text);
}

/* Questions of the configuration that the result has no answer to. */
static void unanswered(struct page *page) {
    const json_t *questions = json_object_get(page->document, "questions"), *body;
    char *text = NULL;
    size_t size = 0, i;
    json_t *question;
    int n = 0;
    FILE *out = mm_text_stream(&text, &size);

    if (out == NULL) {
        page->failed = true;
        return;
    }
    json_array_foreach(document_at(page->document, "scenario.effective.questions"), i, question) {
        const char *name = document_text(question, "name");
        if (json_object_get(questions, name) == NULL) {
            fprintf(out, "%s%s (%s)", n > 0 ? ", " : "", name, document_kind(question, &body));
            n++;
        }
    }
    if (fclose(out) != 0) {
        page->failed = true;
    } else if (n > 0) {
        page_paragraph(page, 2, "Not answered here: %s.", text);
    }
    free(text);
}

static void provenance(struct page *page) {
    const json_t *document = page->document;
    const char *git = document_text(document, "program.git");
    const bool known = *git != '\0' && strcmp(git, "unknown") != 0;

    page_paragraph(page, 2, "%s %s%s%s; %s, sha256 %.12s; digest %.12s.", document_text(document, "program.name"),
                   document_text(document, "program.version"), known ? " " : "", known ? git : "",
                   document_text(document, "scenario.file"), document_text(document, "scenario.sha256"),
                   document_text(document, "run.digest"));
}

void text_basis(struct page *page) {
    page_heading(page, "What the figures rest on", "%s", "paths, inputs, program");
    base_rates(page);
    errors(page);
    inputs(page);
    unanswered(page);
    provenance(page);
}
