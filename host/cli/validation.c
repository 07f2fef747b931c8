/* mismatch selftest --full: whole runs held to answers that are known. */
#include <mismatch/validation.h>

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "host/cli/commands.h"
#include "host/cli/talk.h"

static json_t *number_json(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *validation_json(const mm_validation *validation, mm_status status) {
    json_t *answers = json_array();
    for (size_t i = 0; i < mm_validation_count(validation); i++) {
        const mm_known_answer a = mm_validation_get(validation, i);
        json_array_append_new(answers, json_pack("{s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:o, s:o, s:b}", "backend",
                                                 a.backend, "subject", a.subject, "source", a.source, "quantity",
                                                 a.quantity, "paths", (json_int_t)a.paths, "expected",
                                                 number_json(a.expected), "obtained", number_json(a.obtained), "se",
                                                 number_json(a.se), "z", number_json(a.z), "passed", (int)a.passed));
    }
    return json_pack("{s:i, s:b, s:b, s:f, s:o}", "schema_version", 1, "passed", (int)(status == MM_OK), "same_digests",
                     (int)mm_validation_same(validation), "sigmas", MM_VALIDATION_SIGMAS, "answers", answers);
}

/* How many decimals show two figures of the error. */
static int decimals(double se) {
    return se > 0 ? (int)fmin(9, fmax(0, ceil(1 - log10(se)))) : 6;
}

static void print_table(const mm_validation *validation, bool markdown) {
    const char *subject = "", *backend = "";
    if (markdown)
        puts("| quantity | paths | expected | obtained | error | z |\n|---|---:|---:|---:|---:|---:|");
    for (size_t i = 0; i < mm_validation_count(validation); i++) {
        const mm_known_answer a = mm_validation_get(validation, i);
        const int d = decimals(a.se);
        if (strcmp(subject, a.subject) != 0 || strcmp(backend, a.backend) != 0)
            printf(markdown ? "| **%s**, on %s: %s | | | | | |\n" : "%s, on %s\n   %s\n", a.subject, a.backend,
                   a.source);
        subject = a.subject;
        backend = a.backend;
        printf(markdown ? "| %s | %llu | %.*f | %.*f | %.*f | %s%.2f |\n"
                        : "   %-38s %11llu %14.*f %14.*f ± %-10.*f z %s%5.2f",
               a.quantity, (unsigned long long)a.paths, d, a.expected, d, a.obtained, d, a.se, a.passed ? "" : "FAILS ",
               a.z);
        if (!markdown)
            puts(a.passed ? "" : " OUTSIDE");
    }
}

static void print_summary(const mm_validation *validation) {
    size_t outside = 0, n = mm_validation_count(validation);
    double largest = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        const mm_known_answer a = mm_validation_get(validation, i);
        outside += !a.passed;
        largest = fmax(largest, fabs(a.z));
        squares += a.z * a.z;
    }
    printf("\n%zu figures, %zu outside %.1f standard errors; largest |z| %.2f, root mean square %.2f%s\n", n, outside,
           MM_VALIDATION_SIGMAS, largest, sqrt(squares / (double)n),
           mm_validation_same(validation) ? "" : "; the devices' digests DIFFER");
}

static void tell(const char *text, bool important, void *context) {
    (void)context;
    (void)important;
    talk("%s", text);
}

mm_status command_validation(const struct options *options) {
    mm_run_options run = {.paths = options->paths,
                          .seed = options->seed,
                          .seed_given = options_given(options, "seed"),
                          .threads = options->threads,
                          .lanes = options->lanes,
                          .devices = options->devices.items,
                          .n_devices = options->devices.n,
                          .no_cache = options->no_cache,
                          .notice = options->verbosity > 0 ? tell : NULL};
    mm_messages *messages = mm_messages_new();
    mm_validation *validation = NULL;
    mm_status status = mm_validate(&run, &validation, messages);
    if (validation && options->json) {
        json_t *document = validation_json(validation, status);
        json_dumpf(document, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(document);
    } else if (validation) {
        print_table(validation, options->markdown);
        print_summary(validation);
    }
    talk_messages(messages);
    mm_messages_free(messages);
    mm_validation_free(validation);
    return streams_end(status);
}
