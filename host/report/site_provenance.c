/* What a report rests on: inputs and their grades, and the run that made the result. */
#include <math.h>
#include <mismatch/file.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/picture.h"
#include "host/report/text.h"

static void row(struct html *html, const char *name, const char *value) {
    if (*value != '\0') {
        html_cell(html, "%s", name);
        html_cell(html, "%s", value);
    }
}

/* A number or a text as it stands. */
static void value_row(struct html *html, const char *name, const json_t *value) {
    char *text;

    if (value == NULL) {
        return;
    }
    if (json_is_string(value)) {
        row(html, name, json_string_value(value));
        return;
    }
    text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(6));
    if (text != NULL) {
        row(html, name, text);
    }
    free(text);
}

static void devices_row(struct html *html, const json_t *document) {
    char text[512] = "";
    json_t *device;
    size_t i;

    json_array_foreach(document_at(document, "run.devices"), i, device) {
        const size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%.128s", i > 0 ? ", " : "", document_text(device, "name"));
    }
    row(html, "devices", text);
}

/* The command that makes the result anew. */
static void command_row(struct studio *studio) {
    char command[1024];

    snprintf(command, sizeof command, "mismatch run --from %.900s", studio->exhibits[0].name);
    row(&studio->html, "to repeat it and compare the digest", command);
}

static void run_table(struct studio *studio) {
    static const struct {
        const char *name, *path;
    } rows[] = {
        {"configuration", "scenario.file"},
        {"SHA-256 of the effective configuration", "scenario.sha256"},
        {"program", "program.name"},
        {"version", "program.version"},
        {"commit", "program.git"},
        {"compiler", "program.compiler"},
        {"flags", "program.flags"},
        {"paths", "run.paths"},
        {"path numbers [first, count]", "run.ranges"},
        {"seed", "run.seed"},
        {"random numbers", "run.sampler"},
        {"backend", "run.backend"},
        {"threads", "run.threads"},
        {"seconds in all", "run.seconds.total"},
        {"paths a second", "run.paths_per_second"},
        {"stopped by", "run.stopped_by"},
        {"SHA-256 of all tallies", "run.digest"},
    };
    struct html *const html = &studio->html;

    if (html->out == NULL) {
        return;
    }
    fputs("<div class=\"wrap\">", html->out);
    html_table(html, "ll", "The run");
    html_cell(html, "what");
    html_cell(html, "value");
    row(html, "result", studio->exhibits[0].name);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        value_row(html, rows[i].name, document_at(studio->document, rows[i].path));
    }
    devices_row(html, studio->document);
    command_row(studio);
    html_table_end(html);
    fputs("</div>\n", html->out);
}

/* The paragraphs that the terminal's report ends with. */
static void basis(struct studio *studio) {
    char *text = NULL, *line, *rest;
    size_t size = 0;
    struct page page = {.document = studio->document, .out = mm_text_stream(&text, &size), .width = 1000000};

    if (page.out == NULL) {
        studio->failed = true;
        return;
    }
    text_basis(&page);
    if (fclose(page.out) != 0 || page.failed) {
        studio->failed = true;
        free(text);
        return;
    }
    rest = text;
    for (int i = 0; (line = strsep(&rest, "\n")) != NULL; i++) {
        line += strspn(line, " ");
        if (i > 1 && *line != '\0') { /* the first lines are its heading */
            html_element(&studio->html, "p", "%s", line);
        }
    }
    free(text);
}

static void ranges_table(struct studio *studio) {
    json_t *ranges = document_at(studio->document, "scenario.effective.ranges"), *range;
    struct html *const html = &studio->html;
    const char *key;

    if (json_object_size(ranges) == 0) {
        return;
    }
    html_table(html, "lrrrl", "Inputs with a range: 5 % and 95 % of what is believed, and the grade of the belief");
    html_cell(html, "key");
    html_cell(html, "low");
    html_cell(html, "central");
    html_cell(html, "high");
    html_cell(html, "grade");
    json_object_foreach(ranges, key, range) {
        static const char *const bounds[] = {"low", "central", "high"};
        html_cell(html, "%s", key);
        for (int i = 0; i < 3; i++) {
            const double bound = document_number(range, bounds[i]);
            if (isnan(bound)) {
                html_cell(html, "–");
            } else {
                html_cell(html, "%.6g", bound);
            }
        }
        html_cell(html, "%s", document_text(range, "grade"));
    }
    html_table_end(html);
}

void site_provenance(struct studio *studio) {
    html_element(&studio->html, "h2", "What the figures rest on");
    basis(studio);
    ranges_table(studio);
    run_table(studio);
}
