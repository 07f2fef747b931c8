/* The odds ladder of evidence questions: one row for what is known before, then one for each piece as it comes in. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/text.h"

/* "in the next 12 months", "in 2026-07", "in the 3 months up to 2026-07". */
void text_stretch(char out[PAGE_STRETCH], const json_t *within, const char *as_of, bool ahead) {
    const double months = document_number(within, "within");

    if (ahead) {
        if (months == 1) {
            snprintf(out, PAGE_STRETCH, "in the month after %s", as_of);
        } else {
            snprintf(out, PAGE_STRETCH, "in the %.0f months after %s", months, as_of);
        }
    } else if (months == 1) {
        snprintf(out, PAGE_STRETCH, "in %s", as_of);
    } else {
        snprintf(out, PAGE_STRETCH, "in the %.0f months up to %s", months, as_of);
    }
}

void text_as_of(const json_t *answer, char out[32]) {
    const json_t *as_of = json_object_get(answer, "as_of");

    if (json_is_integer(as_of)) {
        snprintf(out, 32, "month %lld", (long long)json_integer_value(as_of));
    } else {
        snprintf(out, 32, "%.31s", document_text(answer, "as_of"));
    }
}

/* The firm that `$firm` stands for, where it is one alone. */
static const char *only_firm(const json_t *body, const json_t *within) {
    const json_t *each = json_object_get(body, "for_each");
    const char *own = document_text(within, "firm"), *firm = document_text(body, "firm");

    if (*own != '\0' || *firm != '\0') {
        return *own != '\0' ? own : firm;
    }
    return json_string_value(json_array_size(each) == 1 ? json_array_get(each, 0) : each);
}

static void say_hypothesis(struct page *page, const json_t *body, const char *as_of) {
    const json_t *within = json_object_get(body, "hypothesis");
    char stretch[PAGE_STRETCH];
    char *phrase = phrase_event(document_at(page->document, "scenario.effective"), document_text(within, "event"),
                                only_firm(body, within));

    if (phrase == NULL) {
        page->failed = true;
        return;
    }
    text_stretch(stretch, within, as_of, true);
    page_paragraph(
        page, 2,
        "Hypothesis: %s, %s. The factor says how many times likelier the evidence so far is where the "
        "hypothesis holds; 'seen': P(evidence so far), 'then': P(hypothesis, given it), 'alone': the factor of "
        "that piece by itself, 'with : without': paths behind it.",
        phrase, stretch);
    free(phrase);
}

static void say_pieces(struct page *page, const json_t *body, const char *as_of) {
    json_t *pieces = json_object_get(body, "evidence");
    const size_t n = json_is_array(pieces) ? json_array_size(pieces) : 1;

    for (size_t i = 0; i < n; i++) {
        const json_t *piece = json_is_array(pieces) ? json_array_get(pieces, i) : pieces;
        char stretch[PAGE_STRETCH];
        char *phrase = phrase_event(document_at(page->document, "scenario.effective"), document_text(piece, "event"),
                                    only_firm(body, piece));
        if (phrase == NULL) {
            page->failed = true;
            return;
        }
        text_stretch(stretch, piece, as_of, false);
        page_paragraph(page, 2, "%zu %s: %s, %s.", i + 1, document_text(piece, "event"), phrase, stretch);
        free(phrase);
    }
}

static void factor_cell(struct table *table, double factor) {
    if (isnan(factor)) {
        table_cell(table, "–");
    } else {
        table_cell(table, factor < 0.095 ? "%.3f" : factor < 9.95 ? "%.2f" : "%.1f", factor);
    }
}

static void interval_cell(struct table *table, const json_t *ci) {
    const double low = document_item(ci, 0), high = document_item(ci, 1);

    if (isnan(low) || isnan(high)) {
        table_cell(table, "%s", "");
    } else {
        const int decimals = low < 0.095 ? 3 : low < 9.95 ? 2 : 1;
        table_cell(table, "%.*f – %.*f", decimals, low, decimals, high);
    }
}

static void share_cell(struct table *table, const json_t *figure) {
    char text[PAGE_NUMBER];

    page_percent(text, document_number(figure, "p"), document_number(figure, "se"), 2);
    table_cell(table, "%s", text);
}

void text_need(char out[PAGE_NUMBER], double paths) {
    const double unit = pow(10, floor(log10(fmax(paths, 10))) - 1);

    page_count(out, ceil(paths / unit) * unit);
}

/* Rounded to units of `unit`: an estimate up, a bound down. */
static double round_need(double paths, double unit, bool bound) {
    return (bound ? floor(paths / unit) : ceil(paths / unit)) * unit;
}

static bool is_bound(const json_t *step) {
    return document_number(step, "paths.with_hypothesis") < 1 || document_number(step, "paths.without") < 1;
}

void text_step_need(char out[PAGE_NEED], const json_t *step) {
    const double needs = document_number(step, "needs_paths");
    const double unit = pow(10, floor(log10(fmax(needs, 10))) - 1);
    char count[PAGE_NUMBER];

    page_count(count, round_need(needs, unit, is_bound(step)));
    snprintf(out, PAGE_NEED, "%s %s", is_bound(step) ? "more than" : "about", count);
}

const char *text_certain(const json_t *step) {
    const char *verdict = document_text(step, "verdict");

    if (json_is_integer(json_object_get(step, "needs_paths"))) {
        return NULL;
    }
    return strcmp(verdict, "seen only where it holds") == 0           ? "seen only where the hypothesis holds"
           : strcmp(verdict, "seen only where it does not hold") == 0 ? "seen only where the hypothesis does not hold"
                                                                      : NULL;
}

bool text_never_seen(const json_t *step) {
    return strcmp(document_text(step, "verdict"), "never seen") == 0;
}

/* The same in a table: "450,000", "1.4 M", "more than 66,000". */
static void write_short_need(char out[PAGE_NEED], const json_t *step) {
    const double paths = document_number(step, "needs_paths");

    if (paths < 1e6) {
        text_step_need(out, step);
        if (!is_bound(step)) {
            memmove(out, out + strlen("about "), strlen(out + strlen("about ")) + 1);
        }
    } else {
        snprintf(out, PAGE_NEED, "%s%.*f M", is_bound(step) ? "more than " : "", paths < 9.5e6 ? 1 : 0,
                 round_need(paths, 1e5, is_bound(step)) / 1e6);
    }
}

static void step_row(struct table *table, const json_t *step, size_t number) {
    const double needs = document_number(step, "needs_paths");
    const char *verdict = document_text(step, "verdict");
    char with[PAGE_NUMBER], without[PAGE_NUMBER], need[PAGE_NEED];

    page_count(with, document_number(step, "paths.with_hypothesis"));
    page_count(without, document_number(step, "paths.without"));
    table_cell(table, "%zu %s", number, document_text(step, "event"));
    share_cell(table, json_object_get(step, "evidence"));
    share_cell(table, json_object_get(step, "posterior"));
    factor_cell(table, document_number(step, "bayes_factor"));
    interval_cell(table, json_object_get(step, "ci"));
    factor_cell(table, document_number(step, "single_factor"));
    table_cell(table, "%s : %s", with, without);
    if (isnan(needs)) {
        table_cell(table, "%s", verdict);
    } else {
        const bool plain = strcmp(verdict, "too few paths") == 0;
        write_short_need(need, step);
        table_cell(table, "%s%sneeds %s paths", plain ? "" : verdict, plain ? "" : "; ", need);
    }
}

bool text_product(char out[TEXT_PRODUCT], const json_t *item) {
    const json_t *steps = json_object_get(item, "steps"), *last = json_array_get(steps, json_array_size(steps) - 1);
    const double product = document_number(item, "product_of_singles"), joint = document_number(last, "bayes_factor");

    if (json_array_size(steps) < 2 || isnan(product)) {
        return false;
    }
    if (text_certain(last) != NULL) {
        snprintf(out, TEXT_PRODUCT, "product of the single factors is %.3g; counted together they were %s.", product,
                 text_certain(last));
    } else if (isnan(joint)) {
        snprintf(out, TEXT_PRODUCT, "product of the single factors is %.3g; the joint one needs more paths.", product);
    } else {
        snprintf(out, TEXT_PRODUCT, "product of the single factors would be %.3g; counted together it is %.3g.",
                 product, joint);
    }
    return true;
}

static void case_table(struct page *page, const json_t *item) {
    const char *firm = document_text(item, "firm");
    char product[TEXT_PRODUCT];
    const json_t *steps = json_object_get(item, "steps");
    struct table table;

    fputc('\n', page->out);
    table_begin(&table, "lrrrlrrw");
    table_cell(&table, "%s", firm);
    table_cell(&table, "seen %%");
    table_cell(&table, "then %%");
    table_cell(&table, "factor");
    table_cell(&table, "95 %%");
    table_cell(&table, "alone");
    table_cell(&table, "with : without");
    table_cell(&table, "%s", "");
    table_cell(&table, "before");
    table_cell(&table, "%s", "");
    share_cell(&table, json_object_get(item, "prior"));
    for (int i = 0; i < 5; i++) {
        table_cell(&table, "%s", "");
    }
    for (size_t i = 0; i < json_array_size(steps); i++) {
        step_row(&table, json_array_get(steps, i), i + 1);
    }
    table_end(&table, page, 1);
    if (text_product(product, item)) {
        page_paragraph(page, 2, "The %s", product);
    }
}

void text_evidence(struct page *page) {
    const json_t *questions = json_object_get(page->document, "questions"), *body;
    json_t *question, *item;
    size_t i, k;

    json_array_foreach(document_at(page->document, "scenario.effective.questions"), i, question) {
        const char *name = document_text(question, "name");
        const json_t *answer = json_object_get(questions, name);
        char as_of[32];
        if (answer == NULL || strcmp(document_kind(question, &body), "evidence") != 0) {
            continue;
        }
        text_as_of(answer, as_of);
        page_heading(page, name, "%s", "how much each piece of evidence says, one after the other");
        say_hypothesis(page, body, as_of);
        say_pieces(page, body, as_of);
        json_array_foreach(json_object_get(answer, "cases"), k, item) {
            case_table(page, item);
        }
    }
}

/* What the first piece says about each further firm: "google 2.63, xai 1.07". */
static void write_others(const json_t *cases, char *out, size_t size) {
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 1; i < json_array_size(cases) && used + 128 < size; i++) {
        const json_t *item = json_array_get(cases, i);
        const double factor = document_number(json_array_get(json_object_get(item, "steps"), 0), "bayes_factor");
        if (!isnan(factor)) {
            used += (size_t)snprintf(out + used, size - used, "%s%.100s %.*f", used > 0 ? ", " : "",
                                     document_text(item, "firm"), factor < 9.95 ? 2 : 1, factor);
        }
    }
}

static void say_step(struct page *page, const json_t *item, const char *piece, const char *hypothesis) {
    const json_t *step = json_array_get(json_object_get(item, "steps"), 0), *ci = json_object_get(step, "ci");
    const double factor = document_number(step, "bayes_factor");
    char before[PAGE_NUMBER], then[PAGE_NUMBER], need[PAGE_NEED];

    page_percent(before, document_number(item, "prior.p"), document_number(item, "prior.se"), 1);
    page_percent(then, document_number(step, "posterior.p"), document_number(step, "posterior.se"), 1);
    text_step_need(need, step);
    if (!isnan(factor)) {
        page_paragraph(
            page, 0,
            "That %s takes the probability that %s from %s %% to %s %%: a Bayes factor of %.2f (%.2f – %.2f), "
            "which %s.",
            piece, hypothesis, before, then, factor, document_item(ci, 0), document_item(ci, 1),
            document_text(step, "verdict"));
    } else if (text_certain(step) != NULL) {
        page_paragraph(page, 0, "That %s takes the probability that %s from %s %% to %s %%: it was %s.", piece,
                       hypothesis, before, then, text_certain(step));
    } else if (text_never_seen(step)) {
        page_paragraph(page, 0, "That %s was never seen; how much likelier it then is that %s takes %s paths to tell.",
                       piece, hypothesis, need);
    } else {
        page_paragraph(page, 0, "How much likelier it is that %s when %s takes %s paths to tell.", hypothesis, piece,
                       need);
    }
}

char *phrase_within(const json_t *effective, const json_t *within, const char *firm, const char *as_of, bool ahead) {
    const char *own = document_text(within, "firm");
    char stretch[PAGE_STRETCH], *whole = NULL;
    char *phrase = phrase_event(effective, document_text(within, "event"),
                                *own != '\0'    ? own
                                : *firm != '\0' ? firm
                                                : NULL);

    text_stretch(stretch, within, as_of, ahead);
    if (phrase != NULL && asprintf(&whole, "%s (%s)", phrase, stretch) < 0) {
        whole = NULL;
    }
    free(phrase);
    return whole;
}

static void answer_question(struct page *page, const json_t *body, const json_t *answer) {
    const json_t *cases = json_object_get(answer, "cases"), *item = json_array_get(cases, 0);
    const json_t *pieces = json_object_get(body, "evidence");
    const json_t *effective = document_at(page->document, "scenario.effective");
    const char *firm = document_text(item, "firm");
    char as_of[32], others[1024];
    char *piece, *hypothesis;

    text_as_of(answer, as_of);
    piece = phrase_within(effective, json_is_array(pieces) ? json_array_get(pieces, 0) : pieces, firm, as_of, false);
    hypothesis = phrase_within(effective, json_object_get(body, "hypothesis"), firm, as_of, true);
    if (piece == NULL || hypothesis == NULL) {
        page->failed = true;
    } else {
        say_step(page, item, piece, hypothesis);
        write_others(cases, others, sizeof others);
        if (others[0] != '\0') {
            page_paragraph(page, 0, "The same of others: %s.", others);
        }
    }
    free(piece);
    free(hypothesis);
}

void answer_evidence(struct page *page) {
    const json_t *questions = json_object_get(page->document, "questions"), *body;
    json_t *question;
    size_t i;

    json_array_foreach(document_at(page->document, "scenario.effective.questions"), i, question) {
        const json_t *answer = json_object_get(questions, document_text(question, "name"));
        if (strcmp(document_kind(question, &body), "evidence") == 0 && answer != NULL) {
            answer_question(page, body, answer);
            return;
        }
    }
}
