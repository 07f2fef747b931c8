/* Reading a bench, putting one beside another, and the text. */
#include "host/study/bench.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/scenario/text.h"
#include "host/store/store.h"

static bool is_measurement(const json_t *row) {
    return json_is_string(json_object_get(row, "name")) && json_is_string(json_object_get(row, "about")) &&
           json_is_string(json_object_get(row, "unit")) && json_is_number(json_object_get(row, "median")) &&
           json_is_number(json_object_get(row, "low")) && json_is_number(json_object_get(row, "high"));
}

static bool is_bench(const json_t *document) {
    const char *kind = json_string_value(json_object_get(document, "kind"));
    json_t *rows = json_object_get(document, "measurements");
    if (!kind || strcmp(kind, "bench") != 0 || !json_is_array(rows))
        return false;
    for (size_t i = 0; i < json_array_size(rows); i++)
        if (!is_measurement(json_array_get(rows, i)))
            return false;
    return true;
}

mm_status mm_bench_load(const char *file, mm_bench **bench, mm_messages *messages) {
    json_error_t error;
    *bench = NULL;
    FILE *in = fopen(file, "re");
    if (!in) {
        mm_messages_add(messages, "%s: can't be read: %s", file, strerror(errno));
        return errno == ENOMEM ? MM_INTERNAL : MM_IO;
    }
    locale_t before = text_plain();
    json_t *document = json_loadf(in, 0, &error);
    text_restore(before);
    fclose(in);
    if (!document) {
        mm_messages_add(messages, "%s:%d:%d: no JSON: %s", file, error.line, error.column, error.text);
        return MM_USAGE;
    }
    const json_int_t schema = json_integer_value(json_object_get(document, "schema_version"));
    const bool good = is_bench(document);
    if (!good || schema != BENCH_SCHEMA) {
        if (good)
            mm_messages_add(messages, "%s: schema_version is %lld; this program reads %d", file, (long long)schema,
                            BENCH_SCHEMA);
        else
            mm_messages_add(messages, "%s: not what `mismatch bench --json` prints, or damaged", file);
        json_decref(document);
        return MM_USAGE;
    }
    *bench = calloc(1, sizeof **bench);
    if (!*bench) {
        json_decref(document);
        return store_no_memory(messages);
    }
    (*bench)->document = document;
    return MM_OK;
}

static double number(const json_t *row, const char *key) {
    return json_number_value(json_object_get(row, key));
}

static const json_t *find(const json_t *rows, const char *name) {
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        if (strcmp(json_string_value(json_object_get(row, "name")), name) == 0)
            return row;
    }
    return NULL;
}

/* a / b, or null where that is no number. */
static json_t *ratio(double a, double b) {
    return b != 0 && isfinite(a / b) ? json_real(a / b) : json_null();
}

mm_status mm_bench_compare(mm_bench *bench, const mm_bench *before, const char *name, mm_messages *messages) {
    json_t *rows = json_object_get(bench->document, "measurements");
    const json_t *earlier = json_object_get(before->document, "measurements");
    size_t common = 0;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i);
        const json_t *old = find(earlier, json_string_value(json_object_get(row, "name")));
        if (!old)
            continue;
        common++;
        json_object_set_new(row, "before",
                            json_pack("{s:f, s:o, s:o, s:o}", "median", number(old, "median"), "ratio",
                                      ratio(number(row, "median"), number(old, "median")), "ratio_low",
                                      ratio(number(row, "low"), number(old, "high")), "ratio_high",
                                      ratio(number(row, "high"), number(old, "low"))));
    }
    if (common == 0) {
        mm_messages_add(messages, "%s has none of these measurements", name);
        return MM_USAGE;
    }
    json_object_set_new(bench->document, "compared_with",
                        json_pack("{s:s, s:O, s:O}", "file", name, "created",
                                  json_object_get(before->document, "created"), "machine",
                                  json_object_get(before->document, "machine")));
    return MM_OK;
}

/* ---- text ---- */

static void print_value(FILE *out, double value, const char *unit) {
    static const char *const prefixes[] = {"", " k", " M", " G", " T"};
    if (strcmp(unit, "share") == 0) {
        fprintf(out, "%11.2f %%", 100 * value);
        return;
    }
    if (strcmp(unit, "s") == 0) {
        fprintf(out, "%10.2f ms", 1e3 * value);
        return;
    }
    int p = 0;
    for (; p < 4 && fabs(value) >= 1e4 && strcmp(unit, "ns") != 0; p++)
        value /= 1e3;
    if (strcmp(unit, "ns") == 0)
        fprintf(out, "%10.0f ns", value);
    else
        fprintf(out, "%9.2f%-2s", value, prefixes[p]);
}

static void print_row(const json_t *row, FILE *out) {
    const char *unit = json_string_value(json_object_get(row, "unit"));
    const double median = number(row, "median"), low = number(row, "low"), high = number(row, "high");
    const json_t *before = json_object_get(row, "before");
    fprintf(out, "  %-48s ", json_string_value(json_object_get(row, "about")));
    print_value(out, median, unit);
    if (strcmp(unit, "share") == 0 || strcmp(unit, "exponent") == 0 || strcmp(unit, "ratio") == 0)
        fprintf(out, "  %+.3f to %+.3f", low, high);
    else if (median != 0)
        fprintf(out, "  %+5.1f to %+5.1f %%", 100 * (low / median - 1), 100 * (high / median - 1));
    if (json_is_number(json_object_get(before, "ratio")))
        fprintf(out, "  x %.3f (%.3f to %.3f)", number(before, "ratio"), number(before, "ratio_low"),
                number(before, "ratio_high"));
    fputc('\n', out);
}

static void print_stages(const json_t *stages, FILE *out) {
    if (json_array_size(stages) == 0)
        return;
    fputs("\noperations of a path by stage, and the least time that the busiest unit needs for them\n", out);
    fprintf(out, "  %-20s %8s %7s %12s %10s %10s %9s  %-18s %6s %6s\n", "", "ns", "", "instructions", "float ops",
            "int ops", "least ns", "busiest", "share", "fma");
    for (size_t i = 0; i < json_array_size(stages); i++) {
        const json_t *row = json_array_get(stages, i);
        const char *by = json_string_value(json_object_get(row, "bound_by"));
        fprintf(out, "  %-20s %8.0f %5.1f %%", json_string_value(json_object_get(row, "name")), number(row, "ns"),
                100 * number(row, "share"));
        if (by)
            fprintf(out, " %12.0f %10.0f %10.0f %9.0f  %-18s %4.0f %% %4.0f %%", number(row, "instructions"),
                    number(row, "flops"), number(row, "integer_operations"), number(row, "bound_ns"), by,
                    100 * number(row, "share_of_bound"), 100 * number(row, "share_of_fma_peak"));
        fputc('\n', out);
    }
}

static void print_head(const json_t *document, FILE *out) {
    const json_t *machine = json_object_get(document, "machine"), *before = json_object_get(document, "compared_with");
    const char *file = json_string_value(json_object_get(json_object_get(document, "configuration"), "file"));
    const char *processor = json_string_value(json_object_get(machine, "processor"));
    const char *compiler = json_string_value(json_object_get(document, "compiler"));
    fprintf(out, "%s: %s, %.0f threads, %.0f lanes; %s; medians of %.0f runs%s\n", file ? file : "",
            processor ? processor : "", number(machine, "threads"), number(machine, "lanes"), compiler ? compiler : "",
            number(document, "rounds"), json_is_true(json_object_get(document, "quick")) ? ", quick and rough" : "");
    if (before)
        fprintf(out, "x: ratio to %s, with the least and the largest of any two runs\n",
                json_string_value(json_object_get(before, "file")));
}

mm_status mm_bench_write_text(const mm_bench *bench, const mm_text_style *style, FILE *out) {
    const json_t *rows = json_object_get(bench->document, "measurements");
    char part[32] = "";
    (void)style;
    locale_t before = text_plain();
    print_head(bench->document, out);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *name = json_string_value(json_object_get(row, "name"));
        size_t length = strcspn(name, ".");
        if (strncmp(part, name, length) != 0 || part[length] != '\0') {
            length = length < sizeof part ? length : sizeof part - 1;
            memcpy(part, name, length);
            part[length] = '\0';
            fprintf(out, "\n%s\n", part);
        }
        print_row(row, out);
    }
    print_stages(json_object_get(bench->document, "stages"), out);
    text_restore(before);
    return fflush(out) != 0 || ferror(out) ? MM_IO : MM_OK;
}
