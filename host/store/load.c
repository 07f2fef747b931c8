#include "host/store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host/scenario/failures.h"
#include "host/store/json_text.h"
#include "host/store/packed.h"
#include "host/store/read.h"

static mm_status damaged(const char *file, const char *why, mm_messages *messages) {
    mm_messages_add(messages, "%s: %s", file, why);
    return MM_USAGE;
}

static size_t more(void *buffer, size_t n, void *context) {
    FILE *in = context;
    const size_t got = fread(buffer, 1, n, in);
    return got == 0 && ferror(in) ? (size_t)-1 : got;
}

/* The JSON of a file. */
static mm_status read_document(const char *file, json_t **document, mm_messages *messages) {
    struct stat at;
    FILE *in = fopen(file, "re");
    if (!in || fstat(fileno(in), &at) != 0 || S_ISDIR(at.st_mode)) {
        const int error = in && S_ISDIR(at.st_mode) ? EISDIR : errno;
        mm_messages_add(messages, "%s: can't be read: %s", file, strerror(error));
        if (in)
            fclose(in);
        return error == ENOMEM ? MM_INTERNAL : MM_IO;
    }
    json_error_t error;
    struct read_source source = {.more = more, .context = in};
    *document = read_json(&source, &error);
    fclose(in);
    if (*document)
        return MM_OK;
    if (source.no_memory)
        return store_no_memory(messages);
    if (source.failed) {
        mm_messages_add(messages, "%s: can't be read", file);
        return MM_IO;
    }
    mm_messages_add(messages, "%s:%d:%d: not a whole result: %s", file, error.line, error.column, error.text);
    return json_error_code(&error) == json_error_out_of_memory ? MM_INTERNAL : MM_USAGE;
}

static mm_status check_version(const char *file, const json_t *document, mm_messages *messages) {
    const json_t *version = json_object_get(document, "schema_version");
    if (!json_is_integer(version) || !json_is_object(json_object_get(document, "run")))
        return damaged(file, "not a result of mismatch", messages);
    if (json_integer_value(version) == STORE_SCHEMA_VERSION)
        return MM_OK;
    mm_messages_add(messages, "%s: a result of schema version %" JSON_INTEGER_FORMAT "; this program reads version %d",
                    file, json_integer_value(version), STORE_SCHEMA_VERSION);
    return MM_USAGE;
}

static bool is_digest(const char *text) {
    return text && strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

/* What every result must have, so that no reader has to ask. */
static mm_status check_members(const char *file, mm_result *result, mm_messages *messages) {
    const json_t *document = result->document, *run = json_object_get(document, "run");
    const json_t *scenario = json_object_get(document, "scenario");
    const char *digest = json_string_value(json_object_get(run, "digest"));
    const char *type = json_string_value(json_object_get(document, "type")); /* studies have one, results none */
    uint64_t paths;
    if (type) {
        mm_messages_add(messages, "%s: a study (%.32s), where the result of a run is expected", file, type);
        return MM_USAGE;
    }
    bool good =
        json_is_object(json_object_get(document, "program")) && json_is_object(json_object_get(document, "industry")) &&
        json_is_array(json_object_get(document, "coexistence")) &&
        json_is_object(json_object_get(document, "questions")) && json_is_string(json_object_get(scenario, "file")) &&
        is_digest(json_string_value(json_object_get(scenario, "sha256"))) &&
        json_is_object(json_object_get(scenario, "effective")) && is_digest(digest) &&
        json_text_read_u64(json_object_get(run, "seed"), &result->seed) &&
        json_is_string(json_object_get(run, "sampler")) && json_is_array(json_object_get(run, "devices")) &&
        json_is_object(json_object_get(run, "seconds")) &&
        ranges_from_json(json_object_get(run, "ranges"), STORE_MAX_PATHS, &result->ranges) &&
        json_text_read_u64(json_object_get(run, "paths"), &paths) && paths == ranges_paths(&result->ranges);
    if (!good)
        return damaged(file, "damaged: members are missing, or are not what they should be", messages);
    memcpy(result->digest, digest, sizeof result->digest);
    return MM_OK;
}

static mm_status take_tallies(const char *file, mm_result *result, mm_messages *messages) {
    const json_t *packed = json_object_get(result->document, "tallies");
    if (!packed)
        return MM_OK;
    const char *why;
    char digest[65];
    result->tallies = packed_read(packed, &result->tally_format, &why);
    if (!result->tallies)
        return damaged(file, why, messages);
    tallies_digest(result->tallies, digest);
    if (strcmp(digest, result->digest) != 0)
        return damaged(file, "damaged: the digest doesn't fit the tallies", messages);
    json_object_del(result->document, "tallies");
    return MM_OK;
}

mm_status store_from_document(const char *source, json_t *document, mm_result **result, mm_messages *messages) {
    *result = NULL;
    mm_result *read = calloc(1, sizeof *read);
    if (!read || !(read->source = strdup(source))) {
        free(read);
        json_decref(document);
        return store_no_memory(messages);
    }
    read->document = document;
    mm_status status = check_version(source, document, messages);
    if (status == MM_OK)
        status = check_members(source, read, messages);
    if (status == MM_OK)
        status = take_tallies(source, read, messages);
    if (status == MM_OK)
        *result = read;
    else
        mm_result_free(read);
    return status;
}

mm_status store_end(size_t before, mm_status status, mm_result **result, mm_messages *messages) {
    const mm_status end = memory_check(before, status, messages);
    if (end != status) {
        mm_result_free(*result);
        *result = NULL;
    }
    return end;
}

mm_status mm_result_load(const char *file, mm_result **result, mm_messages *messages) {
    const size_t failures = mm_memory_failures();
    json_t *document;
    *result = NULL;
    mm_status status = read_document(file, &document, messages);
    if (status == MM_OK)
        status = store_from_document(file, document, result, messages);
    return store_end(failures, status, result, messages);
}
