/* The report as a folder: which sections in which order. */
#include <mismatch/file.h>
#include <mismatch/report.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/document.h"
#include "host/report/picture.h"
#include "host/report/report.h"
#include "host/report/site_study.h"
#include "host/scenario/failures.h"
#include "host/scenario/text.h"
#include "host/store/result_document.h"

#define PAGE "report.html"
#define SUBJECTS 8 /* configurations; more would make a page that nobody reads */

/* The results of one configuration are neighbours in this order, and of them the one with most paths comes first;
 * configurations in the order in which they were given. */
struct order {
    struct exhibit exhibit;
    size_t subject, i;
    double paths;
};

static int by_subject(const void *a, const void *b) {
    const struct order *x = a, *y = b;

    if (x->subject != y->subject) {
        return x->subject < y->subject ? -1 : 1;
    }
    if (x->paths != y->paths) {
        return x->paths > y->paths ? -1 : 1;
    }
    return x->i < y->i ? -1 : x->i > y->i;
}

static void arrange(mm_result *const *results, const char *const *names, size_t n, struct order *order) {
    for (size_t i = 0; i < n; i++) {
        const json_t *document = result_document(results[i]);
        const double paths = document_number(document, "run.paths");
        order[i] = (struct order){{document, names[i]}, i, i, isnan(paths) ? 0 : paths};
        for (size_t k = 0; k < i; k++) {
            if (strcmp(document_text(document, "scenario.sha256"),
                       document_text(order[k].exhibit.document, "scenario.sha256")) == 0) {
                order[i].subject = order[k].subject;
                break;
            }
        }
    }
    qsort(order, n, sizeof *order, by_subject);
}

/* The sentences that the terminal's report begins with. */
static void site_answer(struct studio *studio) {
    const mm_text_style style = {.width = 1000000, .verbosity = -1};
    char *text = NULL, *line, *rest;
    size_t size = 0;
    FILE *out = mm_text_stream(&text, &size);

    if (out == NULL) {
        studio->failed = true;
        return;
    }
    studio->failed = report_text(studio->document, &style, out) == MM_INTERNAL || studio->failed;
    if (fclose(out) != 0) {
        studio->failed = true;
    } else if (studio->html.out != NULL) {
        fputs("<div class=\"answer\">\n", studio->html.out);
        rest = text;
        while ((line = strsep(&rest, "\n")) != NULL) {
            if (*line != '\0') {
                html_element(&studio->html, "p", "%s", line);
            }
        }
        fputs("</div>\n", studio->html.out);
    }
    free(text);
}

static void subject(struct studio *studio) {
    site_answer(studio);
    site_events(studio);
    site_map(studio);
    site_states(studio);
    site_odds(studio);
    site_fans(studio);
    site_tails(studio);
    site_binding(studio);
    site_names(studio);
    site_convergence(studio);
    site_provenance(studio);
}

/* The report as the terminal shows it. */
static void plain_file(struct studio *studio) {
    static const mm_text_style style = {.width = 100};
    char name[FOLDER_NAME];
    FILE *file;

    snprintf(name, sizeof name, "%sreport.txt", studio->prefix);
    file = folder_open(studio->folder, name);
    if (file != NULL && report_text(studio->document, &style, file) == MM_INTERNAL) {
        studio->failed = true;
    }
    folder_close(studio->folder, file);
}

/* "Mismatch: ai-2026", from the name of the configuration's file. */
static void write_title(const json_t *document, char title[160]) {
    const bool listing = json_is_array(json_object_get(document, "runs"));
    const char *file = document_text(document, listing ? "store" : "scenario.file");
    const char *base = strrchr(file, '/') != NULL ? strrchr(file, '/') + 1 : file;
    const char *end = strrchr(base, '.');
    const int length = end != NULL && end != base ? (int)(end - base) : (int)strlen(base);

    snprintf(title, 160, "Mismatch: %.*s", length < 140 ? length : 140,
             *base == '\0' || strcmp(base, "-") == 0 ? "a configuration without a name" : base);
}

static size_t count_subjects(const struct order *order, size_t n) {
    size_t subjects = 0;

    for (size_t i = 0; i < n; i++) {
        subjects += i == 0 || order[i].subject != order[i - 1].subject;
    }
    return subjects;
}

static void side_by_side(struct studio *studio, const struct order *order, size_t n, size_t subjects) {
    struct exhibit *exhibits = calloc(subjects, sizeof *exhibits);
    size_t k = 0;

    if (exhibits == NULL) {
        studio->failed = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || order[i].subject != order[i - 1].subject) {
            exhibits[k++] = order[i].exhibit;
        }
    }
    site_compare(studio, exhibits, k);
    free(exhibits);
}

/* What the documents beside the results show. */
static void site_documents(struct studio *studio) {
    for (size_t i = 0; i < json_array_size(studio->documents); i++) {
        const json_t *document = json_array_get(studio->documents, i);
        const char *name = studio->options->documents[i].name;
        if (json_is_array(json_object_get(document, "runs"))) {
            site_sweep(studio, document, name);
        } else {
            site_sensitivity(studio, document, name);
        }
    }
}

/* The documents' JSON, read. */
static mm_status read_documents(struct studio *studio) {
    studio->documents = json_array();
    for (size_t i = 0; i < studio->options->n_documents; i++) {
        const mm_report_document *const one = &studio->options->documents[i];
        json_error_t error;
        json_t *document = json_loads(one->json, 0, &error);
        if (document == NULL) {
            mm_messages_add(studio->messages, "%s, line %d: %s", one->name, error.line, error.text);
            return MM_USAGE;
        }
        if (json_array_append_new(studio->documents, document) != 0) {
            return MM_INTERNAL;
        }
        if (!site_knows(document, one->name, studio->messages)) {
            return MM_USAGE;
        }
    }
    return MM_OK;
}

static void all_subjects(struct studio *studio, const struct order *order, size_t n) {
    struct exhibit *exhibits = calloc(n + 1, sizeof *exhibits);
    const size_t subjects = count_subjects(order, n);
    char title[160], prefix[24] = "";
    size_t number = 0;

    if (exhibits == NULL) {
        studio->failed = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        exhibits[i] = order[i].exhibit;
    }
    write_title(n > 0 ? exhibits[0].document : json_array_get(studio->documents, 0), title);
    html_begin(&studio->html, subjects > 1 ? "Mismatch: several configurations" : title);
    site_documents(studio);
    if (subjects > 1) {
        side_by_side(studio, order, n, subjects);
    }
    for (size_t first = 0; first < n && studio->folder->status == MM_OK;) {
        size_t end = first + 1;
        while (end < n && order[end].subject == order[first].subject) {
            end++;
        }
        studio->exhibits = exhibits + first;
        studio->n_exhibits = end - first;
        studio->document = exhibits[first].document;
        if (subjects > 1) {
            snprintf(prefix, sizeof prefix, "%zu-", ++number);
            write_title(studio->document, title);
            html_element(&studio->html, "h1", "%zu. %s (%s)", number, title, exhibits[first].name);
        }
        studio->prefix = prefix;
        plain_file(studio);
        subject(studio);
        first = end;
    }
    html_end(&studio->html);
    free(exhibits);
}

static mm_status make(struct studio *studio, const struct order *order, size_t n) {
    const mm_report_options *const options = studio->options;
    FILE *page = NULL;

    if (options->html || (!options->svg && !options->png)) {
        page = folder_open(studio->folder, PAGE);
        studio->html.out = page;
    }
    all_subjects(studio, order, n);
    folder_close(studio->folder, page);
    if (studio->failed) {
        mm_messages_add(studio->messages, "memory ran out");
        folder_fail(studio->folder, MM_INTERNAL);
    }
    if (options->stop != NULL && *options->stop != 0) {
        folder_fail(studio->folder, MM_INTERRUPTED);
    }
    return studio->folder->status;
}

mm_status mm_report_write(mm_result *const *results, const char *const *names, size_t n,
                          const mm_report_options *options, mm_messages *messages) {
    const locale_t before = text_plain();
    const size_t failures = mm_memory_failures();
    struct order *order = calloc(n + 1, sizeof *order);
    struct folder folder;
    struct studio studio = {.folder = &folder, .options = options, .messages = messages, .prefix = ""};
    mm_status status = MM_INTERNAL;

    if (n + options->n_documents == 0 || options->folder == NULL) {
        mm_messages_add(messages, "a report needs a result and the name of a folder");
        free(order);
        text_restore(before);
        return MM_USAGE;
    }
    if (order == NULL) {
        mm_messages_add(messages, "memory ran out");
        text_restore(before);
        return status;
    }
    arrange(results, names, n, order);
    if (count_subjects(order, n) > SUBJECTS) {
        mm_messages_add(messages, "these are %zu configurations; a report shows at most %d side by side",
                        count_subjects(order, n), SUBJECTS);
        free(order);
        text_restore(before);
        return MM_USAGE;
    }
    folder = (struct folder){.descriptor = -1};
    status = read_documents(&studio);
    if (status == MM_OK && (studio.nowhere = fopen("/dev/null", "we")) == NULL) {
        status = errno == ENOMEM ? MM_INTERNAL : MM_IO;
        mm_messages_add(messages, "/dev/null: can't be written: %s", strerror(errno));
    }
    if (status == MM_OK) {
        status = folder_begin(&folder, options->folder, options->force, messages);
    }
    if (status == MM_OK) {
        status = make(&studio, order, n);
    }
    status = memory_check(failures, status, messages);
    if (status == MM_OK) {
        status = folder_commit(&folder);
    }
    for (size_t i = 0; status == MM_OK && options->file != NULL && i + 1 < folder.n; i++) {
        options->file(folder.names[i], options->file_context);
    }
    if (status == MM_OK && studio.undrawn > 0) {
        status = MM_IO;
    }
    folder_abandon(&folder);
    if (studio.nowhere != NULL) {
        fclose(studio.nowhere);
    }
    json_decref(studio.documents);
    free(order);
    text_restore(before);
    return status;
}

mm_status mm_report_check(const char *folder, bool force, mm_messages *messages) {
    return folder_check(folder, force, messages);
}
