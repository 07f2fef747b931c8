/* The sentences of the answer as Markdown. Each one depends on questions of the configuration and is left out where it
 * has none of them. */
#include "host/report/markdown.h"

#include <math.h>
#include <mismatch/file.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/page.h"
#include "host/report/report.h"
#include "host/report/text.h"

#define WIDTH 150
#define SENTENCES 5

struct asked_first markdown_first(const json_t *document, const char *kind) {
    struct asked_first first = {0};
    json_t *question;
    size_t i;

    json_array_foreach(document_at(document, "scenario.effective.questions"), i, question) {
        first.name = document_text(question, "name");
        first.answer = json_object_get(json_object_get(document, "questions"), first.name);
        if (strcmp(document_kind(question, &first.body), kind) == 0 && first.answer != NULL) {
            return first;
        }
    }
    return (struct asked_first){0};
}

const json_t *markdown_span(const struct sheet *sheet, const char *format, ...) {
    char expression[512];
    const json_t *span;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(expression, sizeof expression, format, arguments);
    va_end(arguments);
    span = json_object_get(sheet->ranges, expression);
    return isnan(document_number(span, "low")) ? NULL : span;
}

static const json_t *named(const json_t *list, const char *name) {
    json_t *item;
    size_t i;

    json_array_foreach(list, i, item) {
        if (strcmp(document_text(item, "name"), name) == 0) {
            return item;
        }
    }
    return NULL;
}

enum name_kind markdown_name_kind(const json_t *effective, const char *name) {
    const json_t *cloud = json_object_get(named(json_object_get(effective, "names"), name), "cloud");
    const json_t *firm = named(json_object_get(effective, "firms"), document_text(cloud, "firm"));

    if (cloud == NULL) {
        return NAME_SUPPLIER;
    }
    return json_is_true(json_object_get(firm, "merchant")) && !(document_number(firm, "inference") > 0) &&
                   json_object_get(firm, "training") == NULL
               ? NAME_RENTAL
               : NAME_CLOUD;
}

/* A sentence under way. */
static FILE *begin(struct sheet *sheet, char **text, size_t *size) {
    FILE *out = mm_text_stream(text, size);

    sheet->failed = sheet->failed || out == NULL;
    return out;
}

/* \return the sentence, or NULL when memory ran out. */
static char *end(struct sheet *sheet, FILE *out, char **text) {
    const bool bad = ferror(out) != 0;

    if (fclose(out) != 0 || bad) {
        sheet->failed = true;
        free(*text);
        return NULL;
    }
    return *text;
}

/* Writes a text that was made, and frees it. */
static void put(struct sheet *sheet, FILE *out, char *text, const char *before, const char *after) {
    if (text == NULL) {
        sheet->failed = true;
    } else if (*text != '\0') {
        fprintf(out, "%s%s%s", before, text, after);
    }
    free(text);
}

/* Spare compute beside shortage. */
static char *say_mismatch(struct sheet *sheet) {
    const struct asked_first first = markdown_first(sheet->document, "probability");
    char *text = NULL;
    size_t size = 0;
    FILE *out = begin(sheet, &text, &size);

    if (out == NULL) {
        return NULL;
    }
    if (first.answer != NULL) {
        put(sheet, out, phrase_probability(sheet->effective, first.body, first.answer), "", "");
    }
    put(sheet, out, phrase_idle_firms(sheet->document),
        first.answer != NULL ? "; idle while the industry is short, most often: "
                             : "Idle while the industry is short, most often: ",
        "");
    return end(sheet, out, &text);
}

static void write_factor(FILE *out, const json_t *step) {
    const json_t *ci = json_object_get(step, "ci");
    const double factor = document_number(step, "bayes_factor");
    const int decimals = factor < 0.095 ? 3 : factor < 9.95 ? 2 : 1;

    fprintf(out, "a Bayes factor of %.*f (%.*f – %.*f), which %s", decimals, factor, decimals, document_item(ci, 0),
            decimals, document_item(ci, 1), document_text(step, "verdict"));
}

/* What the last rung says: all pieces together. */
static void write_joint(struct sheet *sheet, FILE *out, const json_t *pieces, const json_t *item) {
    const json_t *steps = json_object_get(item, "steps"), *last = json_array_get(steps, json_array_size(steps) - 1);
    const char *firm = document_text(item, "firm");
    char then[PAGE_NUMBER], need[PAGE_NEED];

    fputs("; known also that ", out);
    for (size_t i = 1; i < json_array_size(pieces); i++) {
        const json_t *piece = json_array_get(pieces, i);
        const char *own = document_text(piece, "firm");
        put(sheet, out,
            phrase_event(sheet->effective, document_text(piece, "event"),
                         *own != '\0'    ? own
                         : *firm != '\0' ? firm
                                         : NULL),
            i == 1                            ? ""
            : i + 1 < json_array_size(pieces) ? ", "
                                              : " and that ",
            "");
    }
    page_percent(then, document_number(last, "posterior.p"), document_number(last, "posterior.se"), 1);
    if (text_certain(last) != NULL) {
        fprintf(out, ", it is %s %%: all together were %s", then, text_certain(last));
    } else if (isnan(document_number(last, "bayes_factor"))) {
        text_step_need(need, last);
        fprintf(out, ", %s paths are needed to tell", need);
    } else {
        fprintf(out, ", it is %s %%: for all together ", then);
        write_factor(out, last);
    }
}

/* How far the news moves the odds, by itself and with the rest of the evidence. */
static char *say_evidence(struct sheet *sheet) {
    const json_t *answer = sheet->evidence.answer, *item = json_array_get(json_object_get(answer, "cases"), 0);
    const json_t *pieces = json_object_get(sheet->evidence.body, "evidence");
    const json_t *step = json_array_get(json_object_get(item, "steps"), 0);
    const char *firm = document_text(item, "firm");
    char before[PAGE_NUMBER], then[PAGE_NUMBER], as_of[32], *text = NULL;
    size_t size = 0;
    FILE *out = begin(sheet, &text, &size);

    if (out == NULL) {
        return NULL;
    }
    text_as_of(answer, as_of);
    page_percent(before, document_number(item, "prior.p"), document_number(item, "prior.se"), 1);
    page_percent(then, document_number(step, "posterior.p"), document_number(step, "posterior.se"), 1);
    put(sheet, out,
        phrase_within(sheet->effective, json_is_array(pieces) ? json_array_get(pieces, 0) : pieces, firm, as_of, false),
        "That ", text_never_seen(step) ? " was never seen; the probability that " : " takes the probability that ");
    put(sheet, out,
        phrase_within(sheet->effective, json_object_get(sheet->evidence.body, "hypothesis"), firm, as_of, true), "",
        "");
    if (text_never_seen(step)) {
        fprintf(out, " is %s %% before", before);
        return end(sheet, out, &text);
    }
    fprintf(out, " from %s %% to %s %%: ", before, then);
    if (text_certain(step) != NULL) {
        fprintf(out, "it was %s", text_certain(step));
    } else if (isnan(document_number(step, "bayes_factor"))) {
        fputs("too few paths for a Bayes factor", out);
    } else {
        write_factor(out, step);
    }
    if (json_array_size(pieces) > 1) {
        write_joint(sheet, out, pieces, item);
    }
    return end(sheet, out, &text);
}

/* From the lowest to the highest of some names' figures. */
struct extent {
    double low, high;
    int n;
    char names[512];
    size_t used;
};

static void widen(struct extent *extent, const char *name, double value) {
    if (isnan(value)) {
        return;
    }
    extent->low = extent->n == 0 || value < extent->low ? value : extent->low;
    extent->high = extent->n == 0 || value > extent->high ? value : extent->high;
    extent->n++;
    if (extent->used + 128 < sizeof extent->names) {
        extent->used += (size_t)snprintf(extent->names + extent->used, sizeof extent->names - extent->used, "%s%.100s",
                                         extent->used > 0 ? ", " : "", name);
    }
}

/* "-8.1 to -7.2 %". */
static void write_extent(FILE *out, const struct extent *extent) {
    if (extent->n == 1 || fabs(extent->high - extent->low) < 0.0005) {
        fprintf(out, "%.1f %%", 100 * extent->low);
    } else {
        fprintf(out, "%.1f to %.1f %%", 100 * extent->low, 100 * extent->high);
    }
}

/* One figure of all names: those of suppliers and of rental clouds together, those of other clouds one by one.
 * `beside`: the figure that stands in brackets behind, or NULL. */
static void write_groups(struct sheet *sheet, FILE *out, const char *figure, const char *beside) {
    static const char *const groups[] = {"suppliers", "clouds that only rent out"};
    json_t *names = json_object_get(sheet->pattern.answer, "names"), *item;
    const char *name;
    int written = 0;

    for (int kind = NAME_SUPPLIER; kind <= NAME_CLOUD; kind++) {
        struct extent all = {0}, other = {0};
        json_object_foreach(names, name, item) {
            const double value = document_number(item, figure);
            if ((int)markdown_name_kind(sheet->effective, name) != kind || isnan(value)) {
                continue;
            }
            widen(&all, name, value);
            widen(&other, name, beside != NULL ? document_number(item, beside) : (double)NAN);
            if (kind == NAME_CLOUD) {
                fprintf(out, "%s%.1f %% for %s", written++ > 0 ? ", " : "", 100 * value, name);
                if (other.n > 0) {
                    fprintf(out, " (%+.1f %% observed)", 100 * other.low);
                }
                all = other = (struct extent){0};
            }
        }
        if (all.n == 0) {
            continue;
        }
        fputs(written++ > 0 ? ", " : "", out);
        write_extent(out, &all);
        fprintf(out, " for %s (%s", groups[kind], all.names);
        if (other.n > 0) {
            fputs("; observed: ", out);
            write_extent(out, &other);
        }
        fputc(')', out);
    }
}

static char *say_worth(struct sheet *sheet) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = begin(sheet, &text, &size);

    if (out == NULL) {
        return NULL;
    }
    fputs("What that news is worth to each name, against the price before it: ", out);
    write_groups(sheet, out, "move.value", "observed");
    return end(sheet, out, &text);
}

static int pairs_of(const json_t *answer) {
    json_t *names = json_object_get(answer, "names"), *item;
    const char *name;
    int n = 0;

    json_object_foreach(names, name, item) {
        n += !isnan(document_number(item, "implied.value"));
    }
    return n * (n - 1) / 2;
}

/* Which probabilities the moves stand for, and whether they agree. */
static char *say_implied(struct sheet *sheet) {
    const json_t *answer = sheet->pattern.answer, *alone = json_object_get(answer, "alone");
    const size_t contradictions = json_array_size(json_object_get(answer, "contradictions"));
    const char *best, *second;
    double posterior;
    char share[PAGE_NUMBER], *text = NULL;
    size_t size = 0;
    FILE *out;

    if (pairs_of(answer) == 0 || (out = begin(sheet, &text, &size)) == NULL) {
        return NULL;
    }
    page_percent(share, document_number(answer, "outcome_given_news.p"),
                 document_number(answer, "outcome_given_news.se"), 1);
    fprintf(out,
            "The model's own probability of the outcome (%s) after the news is %s %%; the observed moves stand for ",
            document_text(json_object_get(sheet->pattern.body, "outcome"), "event"), share);
    write_groups(sheet, out, "implied.value", NULL);
    if (contradictions > 0) {
        fprintf(out, ": they do not agree (%zu of %d pairs contradict each other)", contradictions, pairs_of(answer));
    } else {
        fputs(": no two contradict each other", out);
    }
    for (size_t i = 0; i < json_array_size(alone); i++) {
        fprintf(out, "%s%s", i == 0 ? ", and no probability explains the move of " : ", ",
                json_string_value(json_array_get(alone, i)));
    }
    if (best_readings(answer, &best, &second, &posterior)) {
        page_nearly(share, posterior);
        fprintf(out, "; of the readings '%s' fits best, with %s %% when all are alike before, then '%s'", best, share,
                second);
    }
    return end(sheet, out, &text);
}

/* "what between 0.54 and 0.91". */
static void write_span(FILE *out, const json_t *span, bool percent, int *written, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
static void write_span(FILE *out, const json_t *span, bool percent, int *written, const char *format, ...) {
    const double low = document_number(span, "low"), high = document_number(span, "high");
    char a[PAGE_NUMBER], b[PAGE_NUMBER];
    va_list arguments;

    if (span == NULL) {
        return;
    }
    if (percent) {
        page_percent(a, low, (high - low) / 30, 1);
        page_percent(b, high, (high - low) / 30, 1);
    } else {
        text_figure(a, low, (high - low) / 30);
        text_figure(b, high, (high - low) / 30);
    }
    fputs((*written)++ > 0 ? ", " : " ", out);
    va_start(arguments, format);
    vfprintf(out, format, arguments);
    va_end(arguments);
    fprintf(out, " between %s and %s%s", a, b, percent ? " %" : "");
}

/* The spans of what the other sentences tell; nothing is written where there is none. \return how many. */
static int write_spans(struct sheet *sheet, FILE *out) {
    const struct asked_first first = markdown_first(sheet->document, "probability");
    const json_t *item = json_array_get(json_object_get(sheet->evidence.answer, "cases"), 0);
    const json_t *step = json_array_get(json_object_get(item, "steps"), 0);
    const char *firm = document_text(item, "firm"), *comma = *firm ? ", " : "";
    const char *step_1 = json_array_size(json_object_get(item, "steps")) > 1 ? ", 1" : "", *name;
    json_t *names = json_object_get(sheet->pattern.answer, "names"), *one;
    int written = 0;

    if (first.answer != NULL) {
        write_span(out, markdown_span(sheet, "%s", first.name), false, &written,
                   "the first of these probabilities (one standard error of the simulation is %.2g)",
                   document_number(first.answer, "ever.se"));
    }
    if (item != NULL) {
        write_span(out, markdown_span(sheet, "bayes(%s%s%s%s)", sheet->evidence.name, comma, firm, step_1), false,
                   &written, "the Bayes factor of %s", document_text(step, "event"));
        write_span(out, markdown_span(sheet, "posterior(%s%s%s%s)", sheet->evidence.name, comma, firm, step_1), true,
                   &written, "the probability of %s given %s", document_text(sheet->evidence.answer, "hypothesis"),
                   document_text(step, "event"));
    }
    json_object_foreach(names, name, one) {
        if (markdown_name_kind(sheet->effective, name) == NAME_RENTAL) {
            write_span(out, markdown_span(sheet, "move(%s, %s)", sheet->pattern.name, name), true, &written,
                       "what the news is worth to %s", name);
        }
    }
    return written;
}

/* NULL where no ranges were drawn. */
static char *say_spans(struct sheet *sheet) {
    const json_t *drawn = document_at(sheet->document, "run.over_ranges");
    char draws[PAGE_NUMBER], *text = NULL;
    size_t size = 0;
    FILE *out;
    int written;

    if (sheet->ranges == NULL || (out = begin(sheet, &text, &size)) == NULL) {
        return NULL;
    }
    page_count(draws, document_number(drawn, "draws"));
    fprintf(out, "What the inputs leave open: 90 %% of %s draws of all %.0f ranges have", draws,
            document_number(drawn, "inputs"));
    written = write_spans(sheet, out);
    text = end(sheet, out, &text);
    if (text != NULL && written == 0) {
        *text = '\0';
    }
    return text;
}

void markdown_sentences(struct sheet *sheet) {
    struct page page = {.document = sheet->document, .out = sheet->out, .width = WIDTH};
    char *sentences[SENTENCES + 1] = {say_mismatch(sheet)};
    int n = 1, number = 0;

    if (sheet->evidence.answer != NULL) {
        sentences[n++] = say_evidence(sheet);
    }
    if (sheet->pattern.answer != NULL) {
        sentences[n++] = say_worth(sheet);
        sentences[n++] = say_implied(sheet);
    }
    sentences[n++] = say_spans(sheet);
    sentences[n++] = phrase_states(json_object_get(sheet->document, "industry"));
    sheet->failed = sheet->failed || sentences[n - 1] == NULL;
    for (int i = 0; i < n; i++) {
        if (sentences[i] != NULL && *sentences[i] != '\0' && number < SENTENCES) {
            page_paragraph(&page, 0, "%d. %s.", ++number, sentences[i]);
        }
        free(sentences[i]);
    }
    sheet->failed = sheet->failed || page.failed;
}

mm_status report_markdown(const json_t *document, FILE *out) {
    struct sheet sheet = {.document = document,
                          .effective = document_at(document, "scenario.effective"),
                          .ranges = json_object_get(document, "ranges"),
                          .evidence = markdown_first(document, "evidence"),
                          .pattern = markdown_first(document, "pattern"),
                          .out = out};

    markdown_sentences(&sheet);
    markdown_tables(&sheet);
    if (sheet.failed) {
        return MM_INTERNAL;
    }
    return fflush(out) != 0 || ferror(out) ? MM_IO : MM_OK;
}
