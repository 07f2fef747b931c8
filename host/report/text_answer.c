/* The answer in a sentence or two. */
#include <math.h>
#include <mismatch/file.h>
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
        snprintf(out, 2 * PAGE_NUMBER, isnan(se) ? "%.*f" : "%.*f ± %.*f", decimals, p, decimals, se);
    }
}

/* "2028-01", "month 143"; \return false when it is neither. */
static bool write_month(char out[32], const json_t *month) {
    if (json_is_string(month)) {
        snprintf(out, 32, "%.31s", json_string_value(month));
    } else if (json_is_integer(month)) {
        snprintf(out, 32, "month %lld", (long long)json_integer_value(month));
    }
    return json_is_string(month) || json_is_integer(month);
}

char *phrase_probability(const json_t *effective, const json_t *body, const json_t *answer) {
    const char *firm = document_text(body, "firm"), *from = document_text(body, "from"),
               *to = document_text(body, "to");
    char *phrase = phrase_event(effective, document_text(body, "event"), *firm != '\0' ? firm : NULL), *whole = NULL;
    char probability[2 * PAGE_NUMBER], half[32], window[96] = "";
    const bool known = write_month(half, json_object_get(document_at(answer, "first_passage.quantiles"), "0.5"));

    if (phrase == NULL) {
        return NULL;
    }
    write_probability(answer, probability);
    if (*from != '\0' || *to != '\0') {
        snprintf(window, sizeof window, "%s%s%s%s", *from != '\0' ? " from " : "", from, *to != '\0' ? " until " : "",
                 to);
    }
    if (asprintf(&whole, "With probability %s there is a time%s when %s%s%s", probability, window, phrase,
                 known ? "; in half of all paths by " : "", known ? half : "") < 0) {
        whole = NULL;
    }
    free(phrase);
    return whole;
}

/* A sentence that was made, with its full stop; frees it. */
static void say(struct page *page, char *sentence, const char *before) {
    if (sentence == NULL) {
        page->failed = true;
    } else {
        page_paragraph(page, 0, "%s%s.", before, sentence);
    }
    free(sentence);
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

char *phrase_states(const json_t *industry) {
    struct spans years;
    const struct span *shortage, *glut;
    double short_share, glut_share;
    char a[PAGE_NUMBER], b[PAGE_NUMBER], *whole = NULL;
    int written = 0;

    if (!spans_make(&years, json_object_get(industry, "months"), 12, 24)) {
        return NULL;
    }
    shortage = highest(&years, document_at(industry, "shortage.p"), &short_share);
    glut = highest(&years, document_at(industry, "glut.p"), &glut_share);
    page_percent(a, short_share, 0.01, 0);
    page_percent(b, glut_share, 0.01, 0);
    if (shortage != NULL && glut != NULL) {
        written = asprintf(&whole,
                           "The industry is short most likely in %s (%s %% of its months), a glut is likeliest in %s "
                           "(%s %%)",
                           shortage->label, a, glut->label, b);
    } else if (shortage != NULL) {
        written = asprintf(&whole,
                           "The industry is short most likely in %s (%s %% of its months); there is no glut in any "
                           "path",
                           shortage->label, a);
    } else if (glut != NULL) {
        written = asprintf(&whole, "The industry is short in no path; a glut is likeliest in %s (%s %% of its months)",
                           glut->label, b);
    } else {
        written = asprintf(&whole, "In no path is the industry short, and there is no glut in any");
    }
    spans_free(&years);
    return written < 0 ? NULL : whole;
}

static int by_share(const void *a, const void *b) {
    const struct ranked_firm *x = a, *y = b;

    if (x->p != y->p) {
        return x->p > y->p ? -1 : 1;
    }
    return strcmp(x->firm, y->firm);
}

static char *write_ranking(const struct ranked_firm *ranked, int n) {
    char *text = NULL, number[PAGE_NUMBER];
    size_t size = 0;
    FILE *out = mm_text_stream(&text, &size);
    const int shown = n < 3 ? n : 3;

    if (out == NULL) {
        return NULL;
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
        free(text);
        return NULL;
    }
    return text;
}

int rank_idle(const json_t *document, struct ranked_firm **found) {
    const json_t *entries = json_object_get(document, "coexistence");
    const json_t *effective = document_at(document, "scenario.effective");
    struct ranked_firm *ranked = calloc(json_array_size(entries) + 1, sizeof *ranked);
    int n = 0;
    json_t *entry;
    size_t i;

    *found = ranked;
    if (ranked == NULL) {
        return -1;
    }
    json_array_foreach(entries, i, entry) {
        const struct ranked_firm one = {document_text(entry, "firm"), document_number(entry, "idle_given_shortage.p"),
                                        document_number(entry, "idle_given_shortage.se"),
                                        json_object_get(entry, "idle_given_shortage")};
        if (!json_is_string(json_object_get(entry, "region")) &&
            !json_is_string(json_object_get(entry, "generation")) && !isnan(one.p) &&
            firm_holds_compute(effective, one.firm)) {
            ranked[n++] = one;
        }
    }
    qsort(ranked, (size_t)n, sizeof *ranked, by_share);
    return n;
}

char *phrase_idle_firms(const json_t *document) {
    struct ranked_firm *ranked;
    const int n = rank_idle(document, &ranked);
    char *text = n > 0 ? write_ranking(ranked, n) : n == 0 ? strdup("") : NULL;

    free(ranked);
    return text;
}

/* Which firms are idle in a shortage most, and which least. */
static void answer_coexistence(struct page *page) {
    char *firms = phrase_idle_firms(page->document);

    if (firms != NULL && *firms == '\0') {
        free(firms);
    } else {
        say(page, firms, "Idle while the industry is short, most often: ");
    }
}

void text_answer(struct page *page) {
    const json_t *body;
    json_t *question;
    size_t i;

    json_array_foreach(document_at(page->document, "scenario.effective.questions"), i, question) {
        const json_t *answer =
            json_object_get(json_object_get(page->document, "questions"), document_text(question, "name"));
        if (strcmp(document_kind(question, &body), "probability") == 0 && answer != NULL) {
            say(page, phrase_probability(document_at(page->document, "scenario.effective"), body, answer), "");
            break;
        }
    }
    answer_evidence(page);
    answer_pattern(page);
    answer_coexistence(page);
    say(page, phrase_states(json_object_get(page->document, "industry")), "");
}
