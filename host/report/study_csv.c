/* Studies as CSV. */
#include <string.h>

#include "host/report/csv_text.h"
#include "host/report/document.h"
#include "host/report/report.h"

static void compare(const json_t *document, FILE *out) {
    static const char *const keys[] = {"value", "se", "difference", "difference_se"};
    json_t *answer, *value;
    size_t i, k;

    fputs("expression,scenario,value,se,difference,difference_se\n", out);
    json_array_foreach(json_object_get(document, "answers"), i, answer) {
        json_array_foreach(json_object_get(answer, "values"), k, value) {
            csv_field(out, document_text(answer, "expression"));
            fputc(',', out);
            csv_field(out, document_text(value, "scenario"));
            for (size_t j = 0; j < sizeof keys / sizeof *keys; j++) {
                fputc(',', out);
                csv_number(out, json_object_get(value, keys[j]));
            }
            fputc('\n', out);
        }
    }
}

/* A row for each input: alone, then in the joint point. */
static void reverse_row(FILE *out, const char *how, const json_t *input, const json_t *point) {
    static const char *const keys[] = {"value", "z"};
    const json_t *fresh = json_object_get(point, "fresh");

    fprintf(out, "%s,", how);
    csv_field(out, document_text(input, "key"));
    for (size_t j = 0; j < sizeof keys / sizeof *keys; j++) {
        fputc(',', out);
        csv_number(out, json_object_get(input, keys[j]));
    }
    fprintf(out, ",%s,", json_is_true(json_object_get(point, "holds")) ? "true" : "false");
    csv_number(out, json_object_get(point, "answer"));
    fputc(',', out);
    csv_number(out, json_object_get(fresh, "value"));
    fputc(',', out);
    csv_number(out, json_object_get(fresh, "se"));
    fprintf(out, ",%s", fresh == NULL ? "" : json_is_true(json_object_get(fresh, "confirmed")) ? "true" : "false");
    fprintf(out, ",%s\n",
            fresh == NULL                                           ? ""
            : json_is_true(json_object_get(fresh, "room_to_spare")) ? "true"
                                                                    : "false");
}

static void reverse(const json_t *document, FILE *out) {
    const json_t *joint = json_object_get(document, "joint");
    json_t *input;
    size_t i;

    fputs("how,key,value,z,holds,answer,fresh,fresh_se,confirmed,room_to_spare\n", out);
    json_array_foreach(json_object_get(document, "alone"), i, input) {
        reverse_row(out, "alone", input, input);
    }
    json_array_foreach(json_object_get(joint, "inputs"), i, input) {
        reverse_row(out, "joint", input, joint);
    }
}

void csv_ranges(FILE *out, json_t *ranges) {
    static const char *const keys[] = {"low", "median", "high"};
    const char *expression;
    json_t *span;

    json_object_foreach(ranges, expression, span) {
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
            csv_field(out, expression);
            fprintf(out, ",,,,,,range_%s,", keys[i]);
            csv_number(out, json_object_get(span, keys[i]));
            fputs(",\n", out);
        }
    }
}

/* "key": {"value", "ci"}, of a change, an index or an answer. */
static void statistic(const json_t *answer, size_t rank, const json_t *input, const char *name, FILE *out) {
    const json_t *figure = json_object_get(input, name);

    if (!json_is_object(figure)) {
        return;
    }
    csv_field(out, document_text(answer, "expression"));
    fprintf(out, ",%zu,", rank);
    csv_field(out, document_text(input, "key"));
    fprintf(out, ",%s,", name);
    csv_number(out, json_object_get(figure, "value"));
    for (size_t i = 0; i < 2; i++) {
        fputc(',', out);
        csv_number(out, json_array_get(json_object_get(figure, "ci"), i));
    }
    fputc('\n', out);
}

static void sensitivity(const json_t *document, FILE *out) {
    static const char *const names[] = {"at_low",   "at_high",   "change_low", "change_high", "swing",
                                        "absolute", "deviation", "mean",       "total",       "first"};
    json_t *answer, *input;
    size_t i, k;

    fputs("expression,rank,input,statistic,value,low,high\n", out);
    json_array_foreach(json_object_get(document, "answers"), i, answer) {
        json_array_foreach(json_object_get(answer, "inputs"), k, input) {
            for (size_t j = 0; j < sizeof names / sizeof *names; j++) {
                statistic(answer, k + 1, input, names[j], out);
            }
        }
    }
}

static void estimate(FILE *out, const json_t *of) {
    const json_t *interval = json_object_get(of, "ci");

    csv_number(out, json_object_get(of, "p"));
    fputc(',', out);
    csv_number(out, json_object_get(of, "se"));
    fputc(',', out);
    csv_number(out, json_array_get(interval, 0));
    fputc(',', out);
    csv_number(out, json_array_get(interval, 1));
}

/* One line: the estimate, then the check. */
static void rare(const json_t *document, FILE *out) {
    fputs("question,scope,stands,p,se,low,high,check_p,check_se,check_low,check_high,evaluations,method\n", out);
    csv_field(out, document_text(document, "question"));
    fputc(',', out);
    csv_field(out, json_string_value(json_object_get(document, "scope")));
    fputs(json_is_true(json_object_get(document, "stands")) ? ",true," : ",false,", out);
    estimate(out, document);
    fputc(',', out);
    estimate(out, json_object_get(document, "check"));
    fputc(',', out);
    csv_number(out, document_at(document, "run.evaluations.all"));
    fputc(',', out);
    csv_field(out, document_text(document, "method"));
    fputc('\n', out);
}

mm_status report_study_csv(const json_t *document, FILE *out) {
    if (strcmp(document_text(document, "type"), "compare") == 0) {
        compare(document, out);
    } else if (strcmp(document_text(document, "type"), "ranges") == 0) {
        fputs("question,firm,region,generation,name,month,statistic,value,se\n", out);
        csv_ranges(out, json_object_get(document, "ranges"));
    } else if (strcmp(document_text(document, "type"), "reverse") == 0) {
        reverse(document, out);
    }
    if (strcmp(document_text(document, "type"), "sensitivity") == 0) {
        sensitivity(document, out);
    }
    if (strcmp(document_text(document, "type"), "rare") == 0) {
        rare(document, out);
    }
    return fflush(out) != 0 || ferror(out) ? MM_IO : MM_OK;
}
