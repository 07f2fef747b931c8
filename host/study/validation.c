/* Runs the configurations whose answers are known, and compares. */
#include <mismatch/validation.h>

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/store/result_document.h"
#include "host/study/known.h"

#define Z95 1.959963984540054

struct mm_validation {
    size_t n, room;
    bool same;
    mm_known_answer *answers;
    char **backends; /* [n_backends], own copies */
    size_t n_backends;
};

void mm_validation_free(mm_validation *validation) {
    if (!validation)
        return;
    for (size_t i = 0; i < validation->n_backends; i++)
        free(validation->backends[i]);
    free(validation->backends);
    free(validation->answers);
    free(validation);
}

size_t mm_validation_count(const mm_validation *validation) {
    return validation->n;
}

mm_known_answer mm_validation_get(const mm_validation *validation, size_t i) {
    return validation->answers[i];
}

bool mm_validation_same(const mm_validation *validation) {
    return validation->same;
}

/* The node at members and indices between slashes; NULL where there is none. */
static const json_t *node_at(const json_t *from, const char *path) {
    char key[64];
    while (from && *path) {
        const size_t length = strcspn(path, "/");
        if (length >= sizeof key)
            return NULL;
        memcpy(key, path, length);
        key[length] = '\0';
        from = json_is_array(from) ? json_array_get(from, strtoul(key, NULL, 10)) : json_object_get(from, key);
        path += length + (path[length] == '/');
    }
    return from;
}

static double number_of(const json_t *node) {
    return json_is_number(node) ? json_number_value(node) : (double)NAN;
}

/* The number at a path, which may lead through `both` of a coexistence entry. */
static double number_at(const json_t *document, const char *path) {
    static const char both[] = "/both/";
    const char *inside = strstr(path, both);
    char entry[128];
    if (!inside)
        return number_of(node_at(document, path));
    snprintf(entry, sizeof entry, "%.*s", (int)(inside - path), path);
    json_t *curves = result_both(node_at(document, entry));
    const double number = number_of(node_at(curves, inside + strlen(both)));
    json_decref(curves);
    return number;
}

/* What the result says of it, its error, and how far it is from what is known. */
static void compare(const struct known_row *row, const json_t *document, mm_known_answer *answer) {
    const json_t *node = node_at(document, row->path);
    const double n = (double)answer->paths, expected = answer->expected;
    if (row->kind == KNOWN_SHARE) {
        answer->obtained = number_at(document, row->path);
        answer->se = sqrt(expected * (1 - expected) / n);
        answer->z = (answer->obtained - expected) / answer->se;
    } else if (row->kind == KNOWN_FIGURE) {
        const json_t *value = json_object_get(node, "value");
        answer->obtained = number_of(value ? value : json_object_get(node, "p"));
        answer->se = number_of(json_object_get(node, "se"));
        answer->z = (answer->obtained - expected) / answer->se;
    } else {
        const json_t *ci = json_object_get(node, "ci");
        const double low = number_of(json_array_get(ci, 0)), high = number_of(json_array_get(ci, 1));
        const double log_se = log(high / low) / (2 * Z95);
        answer->obtained = number_of(json_object_get(node, "bayes_factor"));
        answer->se = answer->obtained * log_se;
        answer->z = log(answer->obtained / expected) / log_se;
    }
    answer->passed = fabs(answer->z) <= MM_VALIDATION_SIGMAS; /* false for NaN */
}

static mm_known_answer *add_answer(mm_validation *validation) {
    if (validation->n == validation->room) {
        const size_t room = validation->room ? 2 * validation->room : 64;
        mm_known_answer *answers = realloc(validation->answers, room * sizeof *answers);
        if (!answers)
            return NULL;
        validation->answers = answers;
        validation->room = room;
    }
    return &validation->answers[validation->n++];
}

static mm_status add_case(mm_validation *validation, const struct known_case *known, const char *backend,
                          const mm_result *result, uint64_t paths) {
    double expected[KNOWN_ROWS];
    known->expect(expected);
    for (size_t i = 0; i < KNOWN_ROWS && known->rows[i].quantity; i++) {
        mm_known_answer *answer = add_answer(validation);
        if (!answer)
            return MM_INTERNAL;
        *answer = (mm_known_answer){.backend = backend,
                                    .subject = known->subject,
                                    .source = known->source,
                                    .quantity = known->rows[i].quantity,
                                    .paths = paths,
                                    .expected = expected[i]};
        compare(&known->rows[i], result_document(result), answer);
    }
    return MM_OK;
}

static mm_status scenario_of(const struct known_case *known, mm_scenario **scenario, mm_messages *messages) {
    char *made = known->write ? known->write() : NULL;
    const char *text = known->write ? made : known->text;
    mm_status status = MM_INTERNAL;
    if (text)
        status = mm_scenario_from_json(known->subject, text, strlen(text), scenario, messages);
    free(made);
    return status;
}

/* One configuration on one device; the digest is compared with the first device's. */
static mm_status run_case(const mm_scenario *scenario, const struct known_case *known, mm_run_options options,
                          const char *backend, char digest[65], mm_validation *validation, mm_messages *messages) {
    mm_result *result = NULL;
    mm_status status = mm_run(scenario, &options, &result, messages);
    if (status == MM_OK)
        status = add_case(validation, known, backend, result, options.paths);
    if (status == MM_OK) {
        const char *own = json_string_value(node_at(result_document(result), "run/digest"));
        if (!*digest)
            snprintf(digest, 65, "%s", own);
        else if (strcmp(digest, own) != 0)
            validation->same = false;
    }
    mm_result_free(result);
    return status;
}

static mm_status validate_case(const struct known_case *known, const mm_run_options *options, mm_validation *validation,
                               mm_messages *messages) {
    char digest[65] = "", notice[160];
    mm_scenario *scenario = NULL;
    mm_status status = scenario_of(known, &scenario, messages);
    for (size_t i = 0; i < validation->n_backends && status == MM_OK; i++) {
        const char *device = validation->backends[i];
        mm_run_options run = {.seed = options->seed,
                              .seed_given = options->seed_given,
                              .threads = options->threads,
                              .lanes = options->lanes,
                              .no_cache = options->no_cache,
                              .stop = options->stop,
                              .devices = &device,
                              .n_devices = 1};
        run.paths = (options->paths ? options->paths : 1000000) * (uint64_t)known->weight;
        snprintf(notice, sizeof notice, "%s, on %s: %llu paths", known->subject, device, (unsigned long long)run.paths);
        if (options->notice)
            options->notice(notice, false, options->notice_context);
        status = run_case(scenario, known, run, device, digest, validation, messages);
    }
    mm_scenario_free(scenario);
    return status;
}

static mm_validation *validation_new(const mm_run_options *options) {
    mm_validation *validation = calloc(1, sizeof *validation);
    const size_t n = options->n_devices ? options->n_devices : 1;
    if (!validation)
        return NULL;
    validation->same = true;
    validation->backends = calloc(n, sizeof *validation->backends);
    for (size_t i = 0; i < n && validation->backends; i++) {
        validation->backends[i] = strdup(options->n_devices ? options->devices[i] : "openmp");
        validation->n_backends += validation->backends[i] != NULL;
    }
    if (validation->n_backends == n)
        return validation;
    mm_validation_free(validation);
    return NULL;
}

mm_status mm_validate(const mm_run_options *options, mm_validation **validation, mm_messages *messages) {
    *validation = NULL;
    if (options->paths && options->paths < MM_VALIDATION_PATHS) {
        mm_messages_add(messages, "paths: at least %d are needed to compare with what is known", MM_VALIDATION_PATHS);
        return MM_USAGE;
    }
    *validation = validation_new(options);
    mm_status status = *validation ? MM_OK : MM_INTERNAL;
    for (size_t i = 0; i < known_count && status == MM_OK; i++)
        status = validate_case(&known_cases[i], options, *validation, messages);
    if (status != MM_OK) {
        mm_validation_free(*validation);
        *validation = NULL;
        return status;
    }
    for (size_t i = 0; i < (*validation)->n; i++)
        if (!(*validation)->answers[i].passed)
            status = MM_SELFTEST;
    return (*validation)->same ? status : MM_SELFTEST;
}
