#include "host/store/kept.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "host/scenario/scenario_data.h"
#include "host/store/json_text.h"
#include "host/store/packed.h"
#include "host/store/result_document.h"

#define QUICK 1                        /* zlib's level: three times as fast as the usual one, a third larger */
#define MAX_DOCUMENT ((size_t)1 << 31) /* bytes of a document; more than SQLite takes */

static const char *text_of(const json_t *document, const char *part, const char *member) {
    const char *text = json_string_value(json_object_get(json_object_get(document, part), member));
    return text ? text : "";
}

static void write_version(char version[KEPT_VERSION], const char *release, const char *commit) {
    snprintf(version, KEPT_VERSION, "%.40s-%.48s", release, commit);
}

void kept_version(char version[KEPT_VERSION]) {
    const char *release, *commit;
    store_program(&release, &commit);
    write_version(version, release, commit);
}

static bool ranges_text(const struct range_list *ranges, char **text) {
    json_t *list = ranges_to_json(ranges);
    *text = list ? json_dumps(list, JSON_COMPACT) : NULL;
    json_decref(list);
    return *text != NULL;
}

/* What a function writes, as text. */
static bool written(bool (*write)(const mm_result *result, FILE *out), const mm_result *result, char **text,
                    size_t *size) {
    *text = NULL;
    FILE *memory = open_memstream(text, size);
    if (!memory)
        return false;
    bool good = write(result, memory);
    return fclose(memory) == 0 && good;
}

/* The entries of the first coexistence question, which the document holds twice; NULL where there is none. */
static json_t *first_entries(const json_t *document) {
    json_t *questions = json_object_get(document, "questions"), *answer;
    const char *name;
    json_object_foreach(questions, name, answer) {
        const char *type = json_string_value(json_object_get(answer, "type"));
        if (type && strcmp(type, "coexistence") == 0)
            return json_object_get(answer, "entries");
    }
    return NULL;
}

/* The document for the store: without what it says twice, which is half of it, and with 17 digits for each number,
 * which are more than needed but need no search for the fewest. What is read back is the same to the last bit. */
static bool write_document(const mm_result *result, FILE *out) {
    json_t *kept = json_copy(result->document), *entries = first_entries(kept);
    bool good = kept != NULL;
    if (entries && json_equal(entries, json_object_get(kept, "coexistence")))
        good = json_object_set_new(kept, "coexistence", json_null()) == 0;
    if (good)
        json_text_write_exact(out, kept);
    json_decref(kept);
    return good;
}

/* Undoes that. */
static bool complete(json_t *document) {
    json_t *entries = first_entries(document);
    return !json_is_null(json_object_get(document, "coexistence")) || !entries ||
           json_object_set(document, "coexistence", entries) == 0;
}

static bool write_tallies(const mm_result *result, FILE *out) {
    return packed_write(out, result->tallies);
}

static unsigned char *compressed(const char *text, size_t size, size_t *n) {
    uLongf room = compressBound(size);
    unsigned char *bytes = malloc(room);
    if (bytes && compress2(bytes, &room, (const unsigned char *)text, size, QUICK) != Z_OK) {
        free(bytes);
        bytes = NULL;
    }
    *n = room;
    return bytes;
}

/* Texts that a row borrows. */
struct texts {
    char *ranges, *answers, *effective, *document, *tallies;
    unsigned char *packed;
};

static void free_texts(struct texts *texts) {
    free(texts->ranges);
    free(texts->answers);
    free(texts->effective);
    free(texts->document);
    free(texts->tallies);
    free(texts->packed);
}

static bool make_texts(const mm_result *result, const json_t *answers, struct texts *texts, struct db_parts *parts) {
    size_t size = 0, tallies_size = 0;
    const json_t *effective = json_object_get(json_object_get(result->document, "scenario"), "effective");
    if (!ranges_text(&result->ranges, &texts->ranges) || !written(write_document, result, &texts->document, &size) ||
        !written(write_tallies, result, &texts->tallies, &tallies_size))
        return false;
    texts->answers = json_dumps(answers, JSON_COMPACT | JSON_REAL_PRECISION(17));
    texts->effective = json_dumps(effective, JSON_COMPACT);
    texts->packed = compressed(texts->document, size, &parts->compressed);
    parts->document = texts->packed;
    parts->document_size = size;
    parts->tallies = texts->tallies;
    parts->tallies_size = tallies_size;
    return texts->answers && texts->effective && texts->packed;
}

mm_status kept_put(struct db *db, const mm_result *result, const json_t *answers, bool replace,
                   mm_store_outcome *outcome, mm_messages *messages) {
    const json_t *document = result->document, *run = json_object_get(document, "run");
    if (!result->tallies) {
        mm_messages_add(messages, "%s: it has no tallies (it was written with --no-tallies)",
                        result->source ? result->source : "this result");
        return MM_USAGE;
    }
    if (strcmp(text_of(document, "run", "sampler"), STORE_SAMPLER) != 0) {
        mm_messages_add(messages, "%s: a store keeps runs of the sampler " STORE_SAMPLER " alone",
                        result->source ? result->source : "this result");
        return MM_USAGE;
    }
    char seed[KEPT_SEED], version[KEPT_VERSION];
    snprintf(seed, sizeof seed, "%" PRIu64, result->seed);
    write_version(version, text_of(document, "program", "version"), text_of(document, "program", "git"));
    struct texts texts = {0};
    struct db_parts parts = {0};
    mm_status status;
    if (make_texts(result, answers, &texts, &parts)) {
        const struct db_row row = {.sha256 = text_of(document, "scenario", "sha256"),
                                   .seed = seed,
                                   .ranges = texts.ranges,
                                   .version = version,
                                   .digest = result->digest,
                                   .until = text_of(document, "run", "until"),
                                   .stopped_by = text_of(document, "run", "stopped_by"),
                                   .effective = texts.effective,
                                   .answers = texts.answers,
                                   .paths = ranges_paths(&result->ranges),
                                   .first_path = result->ranges.items[0].first,
                                   .seconds =
                                       json_number_value(json_object_get(json_object_get(run, "seconds"), "simulate"))};
        status = db_put(db, &row, &parts, replace, outcome, messages);
    } else {
        status = store_no_memory(messages);
    }
    free_texts(&texts);
    return status;
}

struct loading {
    json_t *document;
    const char *name;
};

static mm_status damaged(const char *name, const char *what, mm_messages *messages) {
    mm_messages_add(messages, "%s: damaged: %s", name, what);
    return MM_USAGE;
}

static mm_status read_parts(const struct db_parts *parts, void *context, mm_messages *messages) {
    struct loading *loading = context;
    uLongf size = parts->document_size;
    if (size == 0 || size > MAX_DOCUMENT || !parts->tallies)
        return damaged(loading->name, "a part is missing", messages);
    char *text = malloc(size);
    if (!text)
        return store_no_memory(messages);
    int state = uncompress((unsigned char *)text, &size, parts->document, parts->compressed);
    if (state == Z_OK && size == parts->document_size)
        loading->document = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    free(text);
    json_t *tallies = json_loadb(parts->tallies, parts->tallies_size, JSON_REJECT_DUPLICATES, NULL);
    if (loading->document && tallies && complete(loading->document) &&
        json_object_set(loading->document, "tallies", tallies) == 0) {
        json_decref(tallies);
        return MM_OK;
    }
    json_decref(tallies);
    json_decref(loading->document);
    return damaged(loading->name, "not a whole result", messages);
}

mm_status kept_load(struct db *db, const char *file, int64_t id, mm_result **result, mm_messages *messages) {
    char name[512];
    snprintf(name, sizeof name, "%.400s, result %" PRId64, file, id);
    struct loading loading = {.name = name};
    *result = NULL;
    mm_status status = db_parts(db, id, read_parts, &loading, messages);
    return status == MM_OK ? store_from_document(name, loading.document, result, messages) : status;
}

bool kept_ranges(const char *text, struct range_list *ranges) {
    json_t *list = json_loads(text, 0, NULL);
    bool good = ranges_from_json(list, STORE_MAX_PATHS, ranges);
    json_decref(list);
    return good;
}
