/* The answer in a sentence or two. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/text.h"

/* The share in words with its error: "0.812 ± 0.001", "below 0.000004". */
static void write_probability(const json_t *answer, char out[2 * PAGE_NUMBER]) {
    const double p = document_number(answer, "ever.p"), se = document_number(answer, "ever.se");
    const json_t *ci = document_at(answer, "ever.ci");

    if (p == 0 || p == 1) {
        const double limit = document_item(ci, p == 0 ? 1 : 0), rest = p == 0 ? limit : 1 - limit;
        snprintf(out, 2 * PAGE_NUMBER, "%s %.*f", p == 0 ? "below" : "above", page_decimals(rest) + 1, limit);
    } else {
        const int decimals = page_decimals(se);
        snprintf(out, 2 * PAGE_NUMBER, "%.*f ± %.*f", decimals, p, decimals, se);
    }
}

static void answer_probability(struct page *page, const json_t *body, const json_t *answer) {
    const json_t *effective = document_at(page->document, "scenario.effective");
    const char *firm = document_text(body, "firm"), *from = document_text(body, "from"),
               *to = document_text(body, "to");
    const json_t *half = json_object_get(document_at(answer, "first_passage.quantiles"), "0.5");
    char *phrase = phrase_event(effective, document_text(body, "event"), *firm != '\0' ? firm : NULL);
    char probability[2 * PAGE_NUMBER], by[96] = "", window[96] = "";

    if (phrase == NULL) {
        page->failed = true;
        return;
    }
    write_probability(answer, probability);
    if (*from != '\0' || *to != '\0') {
        snprintf(window, sizeof window, "%s%s%s%s", *from != '\0' ? " from " : "", from, *to != '\0' ? " until " : "",
                 to);
    }
    if (json_is_string(half)) {
        snprintf(by, sizeof by, "; in half of all paths by %s", json_string_value(half));
    } else if (json_is_integer(half)) {
        snprintf(by, sizeof by, "; in half of all paths by month %lld", (long long)json_integer_value(half));
    }
    page_paragraph(page, 0, "With probability %s there is a time%s when %s%s.", probability, window, phrase, by);
    free(phrase);
}

/* The year, or stretch, with the highest share of a state. */
static const struct span *highest(const struct spans *spans, const json_t *shares, double *share) {
    const struct span *found = NULL;

    *share = 0;
    for (int i = 0; i < spans->n; i++) {
        const double mean = span_mean(&spans->spans[i], shares);
        if (mean > *share) {
            *share = mean;
            found = &spans->spans[i];
        }
    }
    return found;
}

static void answer_industry(struct page *page) {
    const json_t *industry = json_object_get(page->document, "industry");
    struct spans years;
    const struct span *shortage, *glut;
    double short_share, glut_share;
    char a[PAGE_NUMBER], b[PAGE_NUMBER];

    if (!spans_make(&years, json_object_get(industry, "months"), 12, 24)) {
        page->failed = true;
        return;
    }
    shortage = highest(&years, document_at(industry, "shortage.p"), &short_share);
    glut = highest(&years, document_at(industry, "glut.p"), &glut_share);
    page_percent(a, short_share, 0.01, 0);
    page_percent(b, glut_share, 0.01, 0);
    if (shortage != NULL && glut != NULL) {
        page_paragraph(
            page, 0,
            "The industry is short most likely in %s (%s %% of its months), a glut is likeliest in %s (%s %%).",
            shortage->label, a, glut->label, b);
    } else if (shortage != NULL) {
        page_paragraph(page, 0,
                       "The industry is short most likely in %s (%s %% of its months); there is no glut in any path.",
                       shortage->label, a);
    } else if (glut != NULL) {
        page_paragraph(page, 0, "The industry is short in no path; a glut is likeliest in %s (%s %% of its months).",
                       glut->label, b);
    }
    spans_free(&years);
}

struct ranked {
    const char *firm;
    double p, se;
};

static int by_share(const void *a, const void *b) {
    const struct ranked *x = a, *y = b;

    if (x->p != y->p) {
        return x->p > y->p ? -1 : 1;
    }
    return strcmp(x->firm, y->firm);
}

static void write_ranking(struct page *page, const struct ranked *ranked, int n) {
    char *text = NULL, number[PAGE_NUMBER];
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    const int shown = n < 3 ? n : 3;

    if (out == NULL) {
        page->failed = true;
        return;
    }
    for (int i = 0; i < shown; i++) {
        page_percent(number, ranked[i].p, ranked[i].se, 1);
        fprintf(out, "%s%s (%s %%%s)", i == 0 ? "" : ", then ", ranked[i].firm, number,
                i == 0 ? " of the months of shortage" : "");
    }
    if (n > 3) {
        page_percent(number, ranked[n - 1].p, ranked[n - 1].se, 2);
        fprintf(out, "; least %s (%s %%)", ranked[n - 1].firm, number);
    }
    if (fclose(out) != 0) {
        page->failed = true;
    } else {
        page_paragraph(page, 0, "Idle while the industry is short, most often: %s.", text);
    }
    free(text);
}

/* Which firms are idle in a shortage most, and which least. */
static void answer_coexistence(struct page *page) {
    const json_t *entries = json_object_get(page->document, "coexistence");
    const json_t *effective = document_at(page->document, "scenario.effective");
    struct ranked *ranked = calloc(json_array_size(entries) + 1, sizeof *ranked);
    int n = 0;
    json_t *entry;
    size_t i;

    if (ranked == NULL) {
        page->failed = true;
        return;
    }
    json_array_foreach(entries, i, entry) {
        const struct ranked one = {document_text(entry, "firm"), document_number(entry, "idle_given_shortage.p"),
                                   document_number(entry, "idle_given_shortage.se")};
        if (!json_is_string(json_object_get(entry, "region")) &&
            !json_is_string(json_object_get(entry, "generation")) && !isnan(one.p) &&
            firm_holds_compute(effective, one.firm)) {
            ranked[n++] = one;
        }
    }
    qsort(ranked, (size_t)n, sizeof *ranked, by_share);
    if (n > 0) {
        write_ranking(page, ranked, n);
    }
    free(ranked);
}

void text_answer(struct page *page) {
    const json_t *body;
    json_t *question;
    size_t i;

    json_array_foreach(document_at(page->document, "scenario.effective.questions"), i, question) {
        const json_t *answer =
            json_object_get(json_object_get(page->document, "questions"), document_text(question, "name"));
        if (strcmp(document_kind(question, &body), "probability") == 0 && answer != NULL) {
            answer_probability(page, body, answer);
            break;
        }
    }
    answer_evidence(page);
    answer_pattern(page);
    answer_coexistence(page);
    answer_industry(page);
}
