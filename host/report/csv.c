/* The result in long form: question, firm, region, generation, name, month, statistic, value, se. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "host/report/csv_text.h"
#include "host/report/document.h"
#include "host/report/report.h"
#include "host/scenario/text.h"
#include "host/store/result_document.h"

#define KNOWN 256 /* numbers whose texts are kept: long results hold few that differ, and the text is a search */

struct known {
    double value; /* 0: none */
    char text[TEXT_NUMBER];
};

struct csv {
    FILE *out;
    struct known *known; /* [KNOWN] */
    const json_t *months;
    const char *question, *firm, *region, *generation, *name; /* of the rows that follow; NULL: empty */
};

static void write_month(FILE *out, const json_t *month) {
    if (json_is_string(month)) {
        csv_field(out, json_string_value(month));
    } else {
        csv_number(out, month);
    }
}

static void number_field(const struct csv *csv, const json_t *number) {
    const double value = json_real_value(number);
    uint64_t bits;

    if (!(value < 0 || value > 0)) {
        csv_number(csv->out, number);
        return;
    }
    memcpy(&bits, &value, sizeof bits);
    struct known *const known = &csv->known[(size_t)((bits * UINT64_C(0x9E3779B97F4A7C15)) >> 32) % KNOWN];
    if (!(known->value <= value && known->value >= value)) {
        known->value = value;
        text_number(value, known->text);
    }
    fputs(known->text, csv->out);
}

static void row(const struct csv *csv, const json_t *month, const char *statistic, const json_t *value,
                const json_t *se) {
    const char *const scope[] = {csv->question, csv->firm, csv->region, csv->generation, csv->name};

    for (size_t i = 0; i < sizeof scope / sizeof *scope; i++) {
        csv_field(csv->out, scope[i]);
        fputc(',', csv->out);
    }
    write_month(csv->out, month);
    fputc(',', csv->out);
    csv_field(csv->out, statistic);
    fputc(',', csv->out);
    number_field(csv, value);
    fputc(',', csv->out);
    number_field(csv, se);
    fputc('\n', csv->out);
}

/* {NAME: value, "se": se} */
static void figure(const struct csv *csv, const char *statistic, const json_t *from, const char *name) {
    row(csv, NULL, statistic, json_object_get(from, name), json_object_get(from, "se"));
}

/* {NAME: [], "se": []}, or a bare array. */
static void curve(const struct csv *csv, const char *statistic, const json_t *from, const char *name) {
    const json_t *values = json_is_array(from) ? from : json_object_get(from, name);
    const json_t *se = json_object_get(from, "se");

    for (size_t i = 0; i < json_array_size(values); i++) {
        row(csv, json_array_get(csv->months, i), statistic, json_array_get(values, i), json_array_get(se, i));
    }
}

/* {LAYER: curve} */
static void layers(const struct csv *csv, const char *statistic, json_t *from) {
    struct csv one = *csv;
    const char *key;
    json_t *item;

    json_object_foreach(from, key, item) {
        one.name = key;
        curve(&one, statistic, item, "value");
    }
}

/* The ends of intervals of {LAYER: curve}. */
static void layer_ends(const struct csv *csv, const char *statistic, const char *end, json_t *from) {
    struct csv one = *csv;
    const char *key;
    json_t *item;

    json_object_foreach(from, key, item) {
        one.name = key;
        curve(&one, statistic, json_object_get(item, end), "value");
    }
}

static void ever(const struct csv *csv, const json_t *from) {
    const json_t *ci = json_object_get(from, "ci");

    figure(csv, "ever", from, "p");
    row(csv, NULL, "ever_low", json_array_get(ci, 0), NULL);
    row(csv, NULL, "ever_high", json_array_get(ci, 1), NULL);
}

static void industry(struct csv *csv, const json_t *from) {
    static const char *const states[] = {"shortage", "glut", "friction", "balanced"};

    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        curve(csv, states[i], json_object_get(from, states[i]), "p");
    }
    layers(csv, "late_mw", json_object_get(from, "late_mw"));
    layers(csv, "stranded_mw", json_object_get(from, "stranded_mw"));
    curve(csv, "expected_shortfall", json_object_get(from, "expected_shortfall"), "value");
    curve(csv, "expected_surplus", json_object_get(from, "expected_surplus"), "value");
    figure(csv, "shortage_months", json_object_get(from, "shortage_months"), "value");
    figure(csv, "total_shortfall", json_object_get(from, "total_shortfall"), "value");
    figure(csv, "total_surplus", json_object_get(from, "total_surplus"), "value");
}

/* The month of a first passage stands in the month column, its number from 0 in the value column; never: both empty. */
static void passage(const struct csv *csv, const json_t *from) {
    const char *key;
    json_t *month;

    json_object_foreach(json_object_get(from, "quantiles"), key, month) {
        char statistic[64];
        json_t *number = NULL;
        for (size_t i = 0; i < json_array_size(csv->months) && number == NULL; i++) {
            if (json_equal(month, json_array_get(csv->months, i))) {
                number = json_integer((json_int_t)i);
            }
        }
        snprintf(statistic, sizeof statistic, "first_passage_%s", key);
        row(csv, month, statistic, number, NULL);
        json_decref(number);
    }
    curve(csv, "had_by", json_object_get(from, "by_month"), "p");
}

static void both_curves(const struct csv *csv, const json_t *entry) {
    json_t *both = result_both(entry), *curves;
    const char *key;

    json_object_foreach(both, key, curves) {
        char statistic[64];
        snprintf(statistic, sizeof statistic, "idle_and_%s", key);
        curve(csv, statistic, curves, "p");
    }
    json_decref(both);
}

static void entries(struct csv *csv, const json_t *from) {
    json_t *entry;
    size_t i;

    json_array_foreach(from, i, entry) {
        csv->firm = document_text(entry, "firm");
        csv->region = document_text(entry, "region");
        csv->generation = document_text(entry, "generation");
        ever(csv, json_object_get(entry, "ever"));
        figure(csv, "idle_given_shortage", json_object_get(entry, "idle_given_shortage"), "p");
        figure(csv, "shortage_given_idle", json_object_get(entry, "shortage_given_idle"), "p");
        figure(csv, "mean_months", json_object_get(entry, "mean_months"), "value");
        both_curves(csv, entry);
    }
}

/* The rows that follow are about the scope of a question's series. */
static void scoped(struct csv *csv, const json_t *from) {
    const json_t *scope = json_object_get(from, "scope");
    const char *layer = document_text(scope, "layer");

    csv->firm = document_text(scope, "firm");
    csv->region = document_text(scope, "region");
    csv->generation = document_text(scope, "generation");
    csv->name = *layer != '\0' ? layer : document_text(scope, "name");
}

static void fan(struct csv *csv, const json_t *from) {
    const json_t *outside = json_object_get(from, "outside");
    const char *series = document_text(from, "series"), *key;
    json_t *values;

    scoped(csv, from);
    json_object_foreach(json_object_get(from, "quantiles"), key, values) {
        char statistic[128];
        snprintf(statistic, sizeof statistic, "%s_%s", series, key);
        curve(csv, statistic, values, "value");
    }
    row(csv, NULL, "outside_below", json_array_get(outside, 0), NULL);
    row(csv, NULL, "outside_above", json_array_get(outside, 1), NULL);
}

/* A number or null alone. */
static void plain(const struct csv *csv, const char *statistic, const json_t *number) {
    row(csv, NULL, statistic, number, NULL);
}

/* {"value", "ci"} and perhaps "se". */
static void ranged(const struct csv *csv, const char *statistic, const char *level, const json_t *from) {
    const json_t *ci = json_object_get(from, "ci");
    char name[96];

    snprintf(name, sizeof name, "%s_%s", statistic, level);
    figure(csv, name, from, "value");
    snprintf(name, sizeof name, "%s_%s_low", statistic, level);
    plain(csv, name, json_array_get(ci, 0));
    snprintf(name, sizeof name, "%s_%s_high", statistic, level);
    plain(csv, name, json_array_get(ci, 1));
}

/* `name` of the curve's rows holds the value that is reached. */
static void tail(struct csv *csv, const json_t *from) {
    const json_t *exceed = json_object_get(from, "exceed"), *outside = json_object_get(from, "outside");
    const json_t *at = json_object_get(exceed, "at");
    const char *key;
    json_t *level;

    scoped(csv, from);
    json_object_foreach(json_object_get(from, "levels"), key, level) {
        ranged(csv, "quantile", key, json_object_get(level, "quantile"));
        ranged(csv, "cvar", key, json_object_get(level, "cvar"));
    }
    plain(csv, "outside_below", json_array_get(outside, 0));
    plain(csv, "outside_above", json_array_get(outside, 1));
    for (size_t i = 0; i < json_array_size(at); i++) {
        char name[32];
        snprintf(name, sizeof name, "%.10g", document_item(at, i));
        csv->name = name;
        row(csv, NULL, "reached", json_array_get(json_object_get(exceed, "p"), i),
            json_array_get(json_object_get(exceed, "se"), i));
        plain(csv, "reached_low", json_array_get(json_object_get(exceed, "low"), i));
        plain(csv, "reached_high", json_array_get(json_object_get(exceed, "high"), i));
        csv->name = NULL;
    }
}

/* The odds ladder: `name` holds the piece's number and event. */
static void evidence(struct csv *csv, const json_t *from) {
    json_t *item, *step;
    size_t i, k;

    json_array_foreach(json_object_get(from, "cases"), i, item) {
        csv->firm = document_text(item, "firm");
        csv->name = NULL;
        figure(csv, "prior", json_object_get(item, "prior"), "p");
        json_array_foreach(json_object_get(item, "steps"), k, step) {
            const json_t *ci = json_object_get(step, "ci"), *paths = json_object_get(step, "paths");
            char name[160];
            snprintf(name, sizeof name, "%zu %s", k + 1, document_text(step, "event"));
            csv->name = name;
            figure(csv, "evidence", json_object_get(step, "evidence"), "p");
            figure(csv, "posterior", json_object_get(step, "posterior"), "p");
            plain(csv, "bayes_factor", json_object_get(step, "bayes_factor"));
            plain(csv, "bayes_factor_low", json_array_get(ci, 0));
            plain(csv, "bayes_factor_high", json_array_get(ci, 1));
            plain(csv, "single_factor", json_object_get(step, "single_factor"));
            plain(csv, "paths_with", json_object_get(paths, "with_hypothesis"));
            plain(csv, "paths_without", json_object_get(paths, "without"));
            csv->name = NULL;
        }
        plain(csv, "product_of_singles", json_object_get(item, "product_of_singles"));
    }
}

/* `name` holds a name, or a reading. */
static void pattern(struct csv *csv, const json_t *from) {
    const char *key;
    json_t *item;

    figure(csv, "news", json_object_get(from, "news"), "p");
    figure(csv, "outcome_given_news", json_object_get(from, "outcome_given_news"), "p");
    json_object_foreach(json_object_get(from, "names"), key, item) {
        const json_t *implied = json_object_get(item, "implied"), *ci = json_object_get(implied, "ci");
        csv->name = key;
        figure(csv, "move", json_object_get(item, "move"), "value");
        figure(csv, "if_outcome", json_object_get(item, "if_outcome"), "value");
        figure(csv, "if_not", json_object_get(item, "if_not"), "value");
        plain(csv, "observed", json_object_get(item, "observed"));
        plain(csv, "implied", json_object_get(implied, "value"));
        plain(csv, "implied_low", json_array_get(ci, 0));
        plain(csv, "implied_high", json_array_get(ci, 1));
        figure(csv, "explained", json_object_get(item, "explained"), "value");
    }
    json_object_foreach(json_object_get(from, "readings"), key, item) {
        csv->name = key;
        plain(csv, "log_likelihood", json_object_get(item, "log_likelihood"));
        row(csv, NULL, "posterior", json_object_get(item, "posterior"), json_object_get(item, "posterior_se"));
        row(csv, NULL, "posterior_at_split", json_object_get(item, "posterior_at_split"),
            json_object_get(item, "posterior_at_split_se"));
    }
}

mm_status report_csv(const json_t *document, FILE *out) {
    struct known known[KNOWN] = {{0}};
    struct csv csv = {.out = out, .known = known, .months = document_at(document, "industry.months")};
    const char *key;
    json_t *answer;

    fputs("question,firm,region,generation,name,month,statistic,value,se\n", out);
    industry(&csv, json_object_get(document, "industry"));
    json_object_foreach(json_object_get(document, "questions"), key, answer) {
        const char *type = document_text(answer, "type");
        struct csv one = csv;
        one.question = key;
        if (strcmp(type, "probability") == 0) {
            ever(&one, json_object_get(answer, "ever"));
            figure(&one, "mean_months", json_object_get(answer, "mean_months"), "value");
            passage(&one, json_object_get(answer, "first_passage"));
            curve(&one, "held", json_object_get(answer, "by_month"), "p");
        } else if (strcmp(type, "coexistence") == 0) {
            entries(&one, json_object_get(answer, "entries"));
        } else if (strcmp(type, "fan") == 0) {
            fan(&one, answer);
        } else if (strcmp(type, "tail") == 0) {
            tail(&one, answer);
        } else if (strcmp(type, "evidence") == 0) {
            evidence(&one, answer);
        } else if (strcmp(type, "pattern") == 0) {
            pattern(&one, answer);
        } else if (strcmp(type, "binding") == 0) {
            layers(&one, "late_share", json_object_get(answer, "late"));
            layers(&one, "stranded_share", json_object_get(answer, "stranded"));
            layer_ends(&one, "late_share_low", "low", json_object_get(answer, "late_ci"));
            layer_ends(&one, "late_share_high", "high", json_object_get(answer, "late_ci"));
            layer_ends(&one, "stranded_share_low", "low", json_object_get(answer, "stranded_ci"));
            layer_ends(&one, "stranded_share_high", "high", json_object_get(answer, "stranded_ci"));
        }
    }
    csv_ranges(out, json_object_get(document, "ranges"));
    return fflush(out) != 0 || ferror(out) ? MM_IO : MM_OK;
}
