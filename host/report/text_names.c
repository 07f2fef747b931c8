/* Pattern questions: what news is worth to each name, what the observed moves imply, which reading they fit. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/text.h"

#define PAIRS 6 /* contradictions that are listed; all with -v */

static void percent(struct table *table, double share, double se) {
    char text[PAGE_NUMBER];

    page_percent(text, share, se, 1);
    table_cell(table, "%s%s", share > 0 ? "+" : "", text);
}

static void move_cell(struct table *table, const json_t *figure) {
    percent(table, document_number(figure, "value"), document_number(figure, "se"));
}

static void say_events(struct page *page, const json_t *body, const json_t *answer) {
    const json_t *effective = document_at(page->document, "scenario.effective");
    const json_t *news = json_object_get(body, "news"), *outcome = json_object_get(body, "outcome");
    const char *news_firm = document_text(news, "firm"), *outcome_firm = document_text(outcome, "firm");
    char *what = phrase_event(effective, document_text(news, "event"), *news_firm != '\0' ? news_firm : NULL);
    char *then = phrase_event(effective, document_text(outcome, "event"), *outcome_firm != '\0' ? outcome_firm : NULL);
    char as_of[32], stretch[2][PAGE_STRETCH], share[2][PAGE_NUMBER], with[PAGE_NUMBER], all[PAGE_NUMBER];
    const double paths = document_number(answer, "paths.with_outcome");

    text_as_of(answer, as_of);
    text_stretch(stretch[0], news, as_of, false);
    text_stretch(stretch[1], outcome, as_of, true);
    page_percent(share[0], document_number(answer, "news.p"), document_number(answer, "news.se"), 2);
    page_percent(share[1], document_number(answer, "outcome_given_news.p"),
                 document_number(answer, "outcome_given_news.se"), 2);
    page_count(with, paths);
    page_count(all, paths + document_number(answer, "paths.without"));
    if (what == NULL || then == NULL) {
        page->failed = true;
    } else {
        page_paragraph(page, 2,
                       "News: %s, %s (in %s %% of all paths). Outcome: %s, %s (in %s %% of those: %s of %s paths).",
                       what, stretch[0], share[0], then, stretch[1], share[1], with, all);
    }
    free(what);
    free(then);
}

static void name_row(struct table *table, const char *name, const json_t *item) {
    const double implied = document_number(item, "implied.value"), observed = document_number(item, "observed");
    const json_t *ci = document_at(item, "implied.ci");
    const double half = (document_item(ci, 1) - document_item(ci, 0)) / 2;
    char text[PAGE_NUMBER];

    table_cell(table, "%s", name);
    move_cell(table, json_object_get(item, "move"));
    move_cell(table, json_object_get(item, "if_not"));
    move_cell(table, json_object_get(item, "if_outcome"));
    if (isnan(observed)) {
        for (int i = 0; i < 4; i++) {
            table_cell(table, "%s", "");
        }
        return;
    }
    percent(table, observed, 0.001);
    page_percent(text, document_number(item, "explained.value"), document_number(item, "explained.se"), 0);
    table_cell(table, "%s", text);
    page_percent(text, implied, half / 2, 1);
    table_cell(table, "%s", text);
    if (isnan(implied)) {
        table_cell(table, "%s", "");
    } else {
        char low[PAGE_NUMBER], high[PAGE_NUMBER];
        page_percent(low, document_item(ci, 0), half / 2, 1);
        page_percent(high, document_item(ci, 1), half / 2, 1);
        table_cell(table, "%s – %s", low, high);
    }
}

static void name_table(struct page *page, json_t *names) {
    static const char *const head[] = {"", "news", "without it", "with it", "observed", "explained", "implied", "95 %"};
    struct table table;
    const char *key;
    json_t *item;

    fputc('\n', page->out);
    table_begin(&table, "lrrrrrrl");
    for (size_t i = 0; i < sizeof head / sizeof *head; i++) {
        table_cell(&table, "%s", head[i]);
    }
    json_object_foreach(names, key, item) {
        name_row(&table, key, item);
    }
    table_end(&table, page, 1);
    page_paragraph(
        page, 2,
        "All in per cent. 'news': the move that the news is worth; 'without it', 'with it': given the news and "
        "that the outcome does not follow, or does; 'explained': the part of the observed move that the news "
        "itself is worth; 'implied': the probability of the outcome that the observed move stands for.");
}

static void say_misfits(struct page *page, const json_t *answer) {
    const json_t *alone = json_object_get(answer, "alone"), *pairs = json_object_get(answer, "contradictions");
    const size_t n = json_array_size(pairs), shown = page->verbosity > 0 || n <= PAIRS + 1 ? n : PAIRS;
    char text[4096] = "";
    size_t used = 0;

    for (size_t i = 0; i < json_array_size(alone) && used + 128 < sizeof text; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%.100s", i > 0 ? ", " : "",
                                 json_string_value(json_array_get(alone, i)));
    }
    if (used > 0) {
        page_paragraph(page, 2, "No probability of the outcome explains the move of: %s.", text);
    }
    used = 0;
    for (size_t i = 0; i < shown && used + 256 < sizeof text; i++) {
        const json_t *pair = json_array_get(pairs, i);
        used +=
            (size_t)snprintf(text + used, sizeof text - used, "%s%.100s and %.100s", i > 0 ? ", " : "",
                             json_string_value(json_array_get(pair, 0)), json_string_value(json_array_get(pair, 1)));
    }
    if (shown < n) {
        page_paragraph(page, 2, "Moves that contradict each other, %zu pairs: %s, and others.", n, text);
    } else if (n > 0) {
        page_paragraph(page, 2, "Moves that contradict each other: %s.", text);
    }
}

static const struct {
    const char *key, *words;
} readings[] = {{"mismatch", "mismatch"}, {"competitor", "competitor"}, {"demand_failing", "demand failing"}};
#define N_READINGS (sizeof readings / sizeof *readings)

/* The two readings that fit best, by their place in the list. */
static void rank_readings(const json_t *from, size_t *best, size_t *second) {
    double likelihood[N_READINGS];

    *best = *second = N_READINGS;
    for (size_t i = 0; i < N_READINGS; i++) {
        likelihood[i] = document_number(json_object_get(from, readings[i].key), "log_likelihood");
        if (isnan(likelihood[i])) {
            continue;
        }
        if (*best == N_READINGS || likelihood[i] > likelihood[*best]) {
            *second = *best;
            *best = i;
        } else if (*second == N_READINGS || likelihood[i] > likelihood[*second]) {
            *second = i;
        }
    }
}

static void reading_names(struct page *page, const json_t *from, json_t *names, size_t best, size_t second) {
    struct table table;
    const char *key;
    json_t *item;

    fputc('\n', page->out);
    table_begin(&table, json_object_size(from) < N_READINGS ? "lrrrr" : "lrrrrr");
    table_cell(&table, "%s", "");
    table_cell(&table, "observed");
    for (size_t i = 0; i < N_READINGS; i++) {
        if (json_object_get(from, readings[i].key) != NULL) {
            table_cell(&table, "%s", readings[i].words);
        }
    }
    table_cell(&table, "for %s", readings[best].words);
    json_object_foreach(names, key, item) {
        const double observed = document_number(item, "observed");
        double part[N_READINGS];
        if (isnan(observed)) {
            continue;
        }
        table_cell(&table, "%s", key);
        percent(&table, observed, 0.001);
        for (size_t i = 0; i < N_READINGS; i++) {
            const json_t *reading = json_object_get(from, readings[i].key);
            const json_t *own = json_object_get(json_object_get(reading, "by_name"), key);
            part[i] = document_number(own, "log_likelihood");
            if (reading != NULL) {
                percent(&table, document_number(own, "predicted"), 0.001);
            }
        }
        table_cell(&table, "%+.1f", part[best] - part[second]);
    }
    table_end(&table, page, 1);
    page_paragraph(page, 2,
                   "Moves that each reading predicts, in per cent; last: how much each name's move speaks for '%s' and "
                   "against '%s' (difference of log likelihoods).",
                   readings[best].words, readings[second].words);
}

static void text_readings(struct page *page, const json_t *answer) {
    const json_t *from = json_object_get(answer, "readings");
    size_t best, second;
    struct table table;

    rank_readings(from, &best, &second);
    if (second == N_READINGS) {
        return;
    }
    fputc('\n', page->out);
    table_begin(&table, "lrrr");
    table_cell(&table, "reading");
    table_cell(&table, "log likelihood");
    table_cell(&table, "posterior %%");
    table_cell(&table, "at the model's split %%");
    for (size_t i = 0; i < N_READINGS; i++) {
        const json_t *own = json_object_get(from, readings[i].key);
        char text[PAGE_NUMBER];
        if (own == NULL) {
            continue;
        }
        table_cell(&table, "%s", readings[i].words);
        table_cell(&table, "%.2f", document_number(own, "log_likelihood"));
        page_nearly(text, document_number(own, "posterior"));
        table_cell(&table, "%s", text);
        page_nearly(text, document_number(own, "posterior_at_split"));
        table_cell(&table, "%s", text);
    }
    table_end(&table, page, 1);
    reading_names(page, from, json_object_get(answer, "names"), best, second);
}

void text_patterns(struct page *page) {
    const json_t *questions = json_object_get(page->document, "questions"), *body;
    json_t *question;
    size_t i;

    json_array_foreach(document_at(page->document, "scenario.effective.questions"), i, question) {
        const char *name = document_text(question, "name");
        const json_t *answer = json_object_get(questions, name);
        if (answer == NULL || strcmp(document_kind(question, &body), "pattern") != 0) {
            continue;
        }
        page_heading(page, name, "%s", "what the news is worth to each name, and what their moves imply");
        say_events(page, body, answer);
        name_table(page, json_object_get(answer, "names"));
        say_misfits(page, answer);
        text_readings(page, answer);
    }
}

bool best_readings(const json_t *answer, const char **best, const char **second, double *posterior) {
    const json_t *from = json_object_get(answer, "readings");
    size_t first, next;

    rank_readings(from, &first, &next);
    if (next == N_READINGS) {
        return false;
    }
    *best = readings[first].words;
    *second = readings[next].words;
    *posterior = document_number(json_object_get(from, readings[first].key), "posterior");
    return true;
}

void answer_pattern(struct page *page) {
    const json_t *questions = json_object_get(page->document, "questions"), *body;
    json_t *question;
    const char *best, *second;
    double posterior;
    size_t i;

    json_array_foreach(document_at(page->document, "scenario.effective.questions"), i, question) {
        const json_t *answer = json_object_get(questions, document_text(question, "name"));
        if (answer == NULL || strcmp(document_kind(question, &body), "pattern") != 0) {
            continue;
        }
        if (best_readings(answer, &best, &second, &posterior)) {
            char text[PAGE_NUMBER];
            page_nearly(text, posterior);
            page_paragraph(
                page, 0,
                "Of the readings of the observed moves '%s' fits best, then '%s': with all alike before, the "
                "first has %s %%.",
                best, second, text);
        }
        return;
    }
}
