/* The tables of the answer as Markdown: probabilities, then what each name's move says. */
#include "host/report/markdown.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/page.h"
#include "host/report/text.h"

enum unit { SHARE, PERCENT, FACTOR };

/* A figure with the decimals that its error allows; empty when unknown. */
static void write_figure(FILE *out, double value, double se, enum unit unit) {
    char text[PAGE_NUMBER];

    if (isnan(value)) {
        fputs("unknown", out);
    } else if (unit == PERCENT) {
        page_percent(text, value, se, 2);
        fprintf(out, "%s %%", text);
    } else if (unit == FACTOR) {
        fprintf(out, value < 0.095 ? "%.3f" : value < 9.95 ? "%.2f" : "%.1f", value);
    } else {
        text_figure(text, value, se);
        fputs(text, out);
    }
}

static void write_interval(FILE *out, double low, double high, enum unit unit) {
    const double coarse = (high - low) / 30;

    if (isnan(low) || isnan(high)) {
        return;
    }
    write_figure(out, low, coarse, unit);
    fputs(" – ", out);
    write_figure(out, high, coarse, unit);
}

/* The last cell of a row, where ranges were drawn. */
static void write_span(const struct sheet *sheet, const json_t *span, enum unit unit) {
    const double draws = document_number(sheet->document, "run.over_ranges.draws");
    const double known = document_number(span, "known");

    if (sheet->ranges == NULL) {
        return;
    }
    if (span != NULL) {
        fputc(' ', sheet->out);
    }
    write_interval(sheet->out, document_number(span, "low"), document_number(span, "high"), unit);
    if (span != NULL && known < draws) {
        fprintf(sheet->out, " (%.0f draws)", known);
    }
    fputs(" |", sheet->out);
}

static void write_row(const struct sheet *sheet, const json_t *figure, const char *part, const json_t *span,
                      enum unit unit) {
    const double value = document_number(figure, part), se = document_number(figure, "se");
    double ends[2];

    fputs(" | ", sheet->out);
    write_figure(sheet->out, value, se, unit);
    fputs(" |", sheet->out);
    document_interval(figure, part, ends);
    if (isfinite(value) && isfinite(ends[0]) && isfinite(ends[1])) {
        fputc(' ', sheet->out);
        write_interval(sheet->out, ends[0], ends[1], unit);
    }
    fputs(" |", sheet->out);
    write_span(sheet, span, unit);
    fputc('\n', sheet->out);
}

static void write_ever_row(const struct sheet *sheet, const json_t *answer, const char *name) {
    const json_t *ci = document_at(answer, "ever.ci");

    fputs(" | ", sheet->out);
    write_figure(sheet->out, document_number(answer, "ever.p"), document_number(answer, "ever.se"), PERCENT);
    fputs(" | ", sheet->out);
    write_figure(sheet->out, document_item(ci, 0), document_number(answer, "ever.se"), PERCENT);
    fputs(" – ", sheet->out);
    write_figure(sheet->out, document_item(ci, 1), document_number(answer, "ever.se"), PERCENT);
    fputs(" |", sheet->out);
    write_span(sheet, markdown_span(sheet, "%s", name), PERCENT);
    fputc('\n', sheet->out);
}

static void probabilities(struct sheet *sheet) {
    const json_t *body;
    json_t *question;
    size_t i;

    json_array_foreach(json_object_get(sheet->effective, "questions"), i, question) {
        const char *name = document_text(question, "name"), *firm;
        const json_t *answer = json_object_get(json_object_get(sheet->document, "questions"), name);
        char *phrase;
        if (answer == NULL || strcmp(document_kind(question, &body), "probability") != 0) {
            continue;
        }
        firm = document_text(body, "firm");
        phrase = phrase_event(sheet->effective, document_text(body, "event"), *firm != '\0' ? firm : NULL);
        if (phrase == NULL) {
            sheet->failed = true;
            return;
        }
        fprintf(sheet->out, "| ever, %s", phrase);
        free(phrase);
        write_ever_row(sheet, answer, name);
    }
}

/* The mean of the worst paths of each tail question. */
static void tails(struct sheet *sheet) {
    const char *name, *key;
    json_t *answer, *level;

    json_object_foreach(json_object_get(sheet->document, "questions"), name, answer) {
        char subject[PAGE_SUBJECT];
        if (strcmp(document_text(answer, "type"), "tail") != 0) {
            continue;
        }
        text_tail_subject(subject, answer);
        json_object_foreach(json_object_get(answer, "levels"), key, level) {
            const json_t *cvar = json_object_get(level, "cvar"), *ci = json_object_get(cvar, "ci");
            fprintf(sheet->out, "| %s, mean of the worst %.4g %% | ", subject, 100 * (1 - strtod(key, NULL)));
            write_figure(sheet->out, document_number(cvar, "value"), document_number(cvar, "se"), SHARE);
            fputs(" | ", sheet->out);
            write_interval(sheet->out, document_item(ci, 0), document_item(ci, 1), SHARE);
            fputs(" |", sheet->out);
            write_span(sheet, markdown_span(sheet, "cvar(%s, %s)", name, key), SHARE);
            fputc('\n', sheet->out);
        }
    }
}

static void idle(struct sheet *sheet) {
    struct ranked_firm *ranked;
    const int n = rank_idle(sheet->document, &ranked);

    sheet->failed = sheet->failed || n < 0;
    for (int i = 0; i < n; i++) {
        fprintf(sheet->out, "| months of shortage in which %s is idle", ranked[i].firm);
        write_row(sheet, ranked[i].figure, "p", markdown_span(sheet, "idle(%s)", ranked[i].firm), PERCENT);
    }
    free(ranked);
}

static void write_factor_row(const struct sheet *sheet, const char *event, const char *firm, const json_t *step,
                             const json_t *span, bool all) {
    const json_t *ci = json_object_get(step, "ci");
    const double factor = document_number(step, "bayes_factor");
    char need[PAGE_NEED];

    fprintf(sheet->out, "| Bayes factor of %s%s%s%s | ", all ? "all pieces together" : event, *firm ? " (" : "", firm,
            *firm ? ")" : "");
    if (text_certain(step) != NULL) {
        fprintf(sheet->out, "%s | |", text_certain(step));
    } else if (isnan(factor)) {
        text_step_need(need, step);
        fprintf(sheet->out, "%s paths tell | |", need);
    } else {
        write_figure(sheet->out, factor, NAN, FACTOR);
        fputs(" | ", sheet->out);
        write_interval(sheet->out, document_item(ci, 0), document_item(ci, 1), FACTOR);
        fputs(" |", sheet->out);
    }
    write_span(sheet, span, FACTOR);
    fputc('\n', sheet->out);
}

/* The ladder of the first case, then the first factor of the others. */
static void evidence(struct sheet *sheet) {
    const json_t *cases = json_object_get(sheet->evidence.answer, "cases"), *item = json_array_get(cases, 0);
    const json_t *steps = json_object_get(item, "steps");
    const char *name = sheet->evidence.name, *firm = document_text(item, "firm");
    const char *hypothesis = document_text(sheet->evidence.answer, "hypothesis");
    const size_t n = json_array_size(steps);
    char as_of[32], stretch[PAGE_STRETCH];

    if (item == NULL) {
        return;
    }
    text_as_of(sheet->evidence.answer, as_of);
    text_stretch(stretch, json_object_get(sheet->evidence.body, "hypothesis"), as_of, true);
    fprintf(sheet->out, "| %s, %s", hypothesis, stretch);
    write_row(sheet, json_object_get(item, "prior"), "p", NULL, PERCENT);
    for (size_t i = 0; i < n; i++) {
        const json_t *step = json_array_get(steps, i);
        fprintf(sheet->out, "| %s%s%s%s", i == 0 ? "... given " : "... and ", document_text(step, "event"),
                i == 0 && *firm ? ": " : "", i == 0 ? firm : "");
        write_row(sheet, json_object_get(step, "posterior"), "p",
                  i + 1 < n ? markdown_span(sheet, "posterior(%s%s%s, %zu)", name, *firm ? ", " : "", firm, i + 1)
                            : markdown_span(sheet, "posterior(%s%s%s)", name, *firm ? ", " : "", firm),
                  PERCENT);
    }
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *one = json_array_get(cases, i), *own = json_object_get(one, "steps");
        const char *whose = document_text(one, "firm"), *comma = *whose ? ", " : "";
        write_factor_row(sheet, document_text(json_array_get(own, 0), "event"), whose, json_array_get(own, 0),
                         n > 1 ? markdown_span(sheet, "bayes(%s%s%s, 1)", name, comma, whose)
                               : markdown_span(sheet, "bayes(%s%s%s)", name, comma, whose),
                         false);
        if (n > 1 && (i == 0 || isfinite(document_number(json_array_get(own, n - 1), "bayes_factor")))) {
            write_factor_row(sheet, "", whose, json_array_get(own, n - 1),
                             markdown_span(sheet, "bayes(%s%s%s)", name, comma, whose), true);
        }
    }
}

static void write_move(const struct sheet *sheet, double move, double se) {
    if (isnan(move)) {
        fputs(" |", sheet->out);
    } else {
        fprintf(sheet->out, move > 0 ? " +" : " ");
        write_figure(sheet->out, move, fmax(se, 0.001), PERCENT);
        fputs(" |", sheet->out);
    }
}

static void names(struct sheet *sheet) {
    static const char *const kinds[] = {"supplier", "only rents out", "cloud"};
    json_t *all = json_object_get(sheet->pattern.answer, "names"), *item;
    const char *name, *question = sheet->pattern.name;
    FILE *out = sheet->out;

    fputs("\n| name | | observed | the news is worth |", out);
    fputs(sheet->ranges != NULL ? " 90 % of the draws |" : "", out);
    fputs(" implied probability | 95 % |", out);
    fputs(sheet->ranges != NULL ? " 90 % of the draws |\n|---|---|--:|--:|--:|--:|--:|--:|\n"
                                : "\n|---|---|--:|--:|--:|--:|\n",
          out);
    json_object_foreach(all, name, item) {
        const json_t *ci = document_at(item, "implied.ci");
        const double implied = document_number(item, "implied.value");
        fprintf(out, "| %s | %s |", name, kinds[markdown_name_kind(sheet->effective, name)]);
        write_move(sheet, document_number(item, "observed"), 0.001);
        write_move(sheet, document_number(item, "move.value"), document_number(item, "move.se"));
        write_span(sheet, markdown_span(sheet, "move(%s, %s)", question, name), PERCENT);
        if (!isnan(implied)) {
            fputc(' ', out);
            write_figure(out, implied, 0.001, PERCENT);
        }
        fputs(isnan(implied) ? " |" : " | ", out);
        write_interval(out, document_item(ci, 0), document_item(ci, 1), PERCENT);
        fputs(" |", out);
        write_span(sheet, markdown_span(sheet, "implied(%s, %s)", question, name), PERCENT);
        fputc('\n', out);
    }
}

/* How the figures came about. */
static void basis(struct sheet *sheet) {
    const json_t *document = sheet->document, *drawn = document_at(document, "run.over_ranges");
    char paths[PAGE_NUMBER], draws[PAGE_NUMBER], each[PAGE_NUMBER], first[PAGE_NUMBER], *seed;
    struct page page = {.document = document, .out = sheet->out, .width = 150};

    page_count(paths, document_number(document, "run.paths"));
    page_count(first, document_number(document, "run.first_path"));
    page_count(draws, document_number(drawn, "draws"));
    page_count(each, document_number(drawn, "paths"));
    seed = json_dumps(document_at(document, "run.seed"), JSON_ENCODE_ANY);
    if (seed == NULL) {
        sheet->failed = true;
        return;
    }
    fputc('\n', sheet->out);
    page_paragraph(
        &page, 0,
        "%s paths from number %s on, seed %s; configuration sha256 %.12s, digest %.12s. '95 %%' is the error "
        "of the simulation; it says nothing about the assumptions.",
        paths, first, seed, document_text(document, "scenario.sha256"), document_text(document, "run.digest"));
    if (sheet->ranges != NULL) {
        page_paragraph(&page, 0,
                       "'90 %% of the draws' is what the inputs leave open: all %.0f ranges drawn %s times, %s paths "
                       "each; '(N draws)': so many have enough paths for the figure.",
                       document_number(drawn, "inputs"), draws, each);
    }
    free(seed);
    sheet->failed = sheet->failed || page.failed;
}

void markdown_tables(struct sheet *sheet) {
    fputs(sheet->ranges != NULL ? "\n| | answer | 95 % | 90 % of the draws |\n|---|--:|--:|--:|\n"
                                : "\n| | answer | 95 % |\n|---|--:|--:|\n",
          sheet->out);
    probabilities(sheet);
    tails(sheet);
    idle(sheet);
    evidence(sheet);
    if (sheet->pattern.answer != NULL) {
        names(sheet);
    }
    basis(sheet);
}
