#include "host/store/kept.h"

#include <inttypes.h>
#include <limits.h>
#include <mismatch/file.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <zlib.h>

#include "host/scenario/failures.h"
#include "host/scenario/scenario_data.h"
#include "host/store/json_text.h"
#include "host/store/packed.h"
#include "host/store/read.h"
#include "host/store/result_document.h"

#define QUICK 1                        /* zlib's level: three times as fast as the usual one, a third larger */
#define PRESSED ((size_t)1 << 16)      /* bytes, at first, of what it compresses to */
#define MAX_DOCUMENT ((size_t)1 << 31) /* bytes of a document */

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
    good = good && json_text_write_exact(out, kept);
    json_decref(kept);
    return good;
}

/* Undoes that. */
static bool complete(json_t *document) {
    json_t *entries = first_entries(document);
    return !json_is_null(json_object_get(document, "coexistence")) || !entries ||
           json_object_set(document, "coexistence", entries) == 0;
}

/* Text that is compressed as it is written: that of a long horizon would fill the memory. */
struct press {
    z_stream stream;
    unsigned char *bytes;
    size_t capacity, size; /* of `bytes`; of the text so far */
    bool failed;
};

static bool press_on(struct press *press, int flush) {
    z_stream *stream = &press->stream;
    int state;
    do {
        if (stream->avail_out == 0) {
            const size_t more = press->capacity > PRESSED ? press->capacity / 2 : PRESSED;
            unsigned char *bytes = realloc(press->bytes, press->capacity + more);
            if (!bytes)
                return false;
            press->bytes = bytes;
            stream->next_out = bytes + press->capacity;
            stream->avail_out = (uInt)more;
            press->capacity += more;
        }
        state = deflate(stream, flush);
    } while (stream->avail_in > 0 || (flush == Z_FINISH && state != Z_STREAM_END && state != Z_STREAM_ERROR));
    return state != Z_STREAM_ERROR;
}

static ssize_t press_write(void *context, const char *text, size_t size) {
    struct press *press = context;
    press->stream.next_in = (Bytef *)(uintptr_t)text;
    press->stream.avail_in = (uInt)size;
    press->size += size;
    press->failed = press->failed || !press_on(press, Z_NO_FLUSH);
    return press->failed ? 0 : (ssize_t)size;
}

/* The document, compressed. */
static bool press_document(const mm_result *result, unsigned char **bytes, size_t *n, size_t *size) {
    struct press press = {0};
    if (deflateInit(&press.stream, QUICK) != Z_OK)
        return false;
    FILE *out = fopencookie(&press, "w", (cookie_io_functions_t){.write = press_write});
    bool good = out && write_document(result, out);
    good = out && fclose(out) == 0 && good && !press.failed && press_on(&press, Z_FINISH);
    *bytes = press.bytes;
    *n = press.stream.total_out;
    *size = press.size;
    deflateEnd(&press.stream);
    return good;
}

static bool tallies_text(const mm_result *result, char **text, size_t *size) {
    FILE *memory = mm_text_stream(text, size);
    if (!memory)
        return false;
    const bool good = packed_write(memory, result->tallies);
    return fclose(memory) == 0 && good;
}

/* Texts that a row borrows. */
struct texts {
    char *ranges, *answers, *effective, *tallies;
    unsigned char *packed;
};

static void free_texts(struct texts *texts) {
    free(texts->ranges);
    free(texts->answers);
    free(texts->effective);
    free(texts->tallies);
    free(texts->packed);
}

static bool make_texts(const mm_result *result, const json_t *answers, struct texts *texts, struct db_parts *parts) {
    const json_t *effective = json_object_get(json_object_get(result->document, "scenario"), "effective");
    if (!ranges_text(&result->ranges, &texts->ranges) ||
        !press_document(result, &texts->packed, &parts->compressed, &parts->document_size) ||
        !tallies_text(result, &texts->tallies, &parts->tallies_size))
        return false;
    texts->answers = json_dumps(answers, JSON_COMPACT | JSON_REAL_PRECISION(17));
    texts->effective = json_dumps(effective, JSON_COMPACT);
    parts->document = texts->packed;
    parts->tallies = texts->tallies;
    return texts->answers && texts->effective;
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
    const size_t failures = mm_memory_failures();
    mm_status status;
    if (make_texts(result, answers, &texts, &parts) && mm_memory_failures() == failures) {
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

/* Bytes of the document, from the stream that is its context. */
static size_t expand(void *buffer, size_t n, void *context) {
    z_stream *stream = context;
    stream->next_out = buffer;
    stream->avail_out = (uInt)n;
    const int state = inflate(stream, Z_NO_FLUSH);
    if (state == Z_MEM_ERROR)
        memory_failed();
    const size_t got = n - stream->avail_out;
    return (got == 0 && state != Z_STREAM_END) || stream->total_out > MAX_DOCUMENT ? (size_t)-1 : got;
}

/* \return NULL unless the text is a document of this size. */
static json_t *expanded(const struct db_parts *parts, bool *no_memory) {
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)parts->document, .avail_in = (uInt)parts->compressed};
    json_error_t error;
    if (inflateInit(&stream) != Z_OK) {
        *no_memory = true;
        return NULL;
    }
    struct read_source source = {.more = expand, .context = &stream};
    json_t *document = read_json(&source, &error);
    const bool whole = stream.total_out == parts->document_size;
    inflateEnd(&stream);
    *no_memory = source.no_memory;
    if (whole)
        return document;
    json_decref(document);
    return NULL;
}

static mm_status read_parts(const struct db_parts *parts, void *context, mm_messages *messages) {
    struct loading *loading = context;
    bool no_memory;
    if (parts->document_size == 0 || parts->document_size > MAX_DOCUMENT || parts->compressed > UINT_MAX ||
        !parts->tallies)
        return damaged(loading->name, "a part is missing", messages);
    loading->document = expanded(parts, &no_memory);
    if (no_memory)
        return store_no_memory(messages);
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
    const size_t failures = mm_memory_failures();
    *result = NULL;
    mm_status status = db_parts(db, id, read_parts, &loading, messages);
    if (status == MM_OK)
        status = store_from_document(name, loading.document, result, messages);
    return store_end(failures, status, result, messages);
}

bool kept_ranges(const char *text, struct range_list *ranges) {
    json_t *list = json_loads(text, 0, NULL);
    bool good = ranges_from_json(list, STORE_MAX_PATHS, ranges);
    json_decref(list);
    return good;
}
