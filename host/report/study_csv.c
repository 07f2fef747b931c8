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

mm_status report_study_csv(const json_t *document, FILE *out) {
    if (strcmp(document_text(document, "type"), "compare") == 0) {
        compare(document, out);
    } else if (strcmp(document_text(document, "type"), "ranges") == 0) {
        fputs("question,firm,region,generation,name,month,statistic,value,se\n", out);
        csv_ranges(out, json_object_get(document, "ranges"));
    }
    return fflush(out) != 0 || ferror(out) ? MM_IO : MM_OK;
}
