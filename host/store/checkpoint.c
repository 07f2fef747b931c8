#include "host/store/checkpoint.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <mismatch/file.h>
#include <sha256.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/store/journal.h"
#include "host/store/json_text.h"
#include "host/store/packed.h"
#include "host/store/store.h"

#define CHECKPOINT_VERSION 2
#define PREVIOUS ".previous"

static const char *sampler_of(const struct checkpoint *checkpoint) {
    return checkpoint->sampler ? checkpoint->sampler : STORE_SAMPLER;
}

/* Over everything that a resumed run takes from it. */
static void seal(const struct checkpoint *checkpoint, const struct tallies *tallies, char digest[65]) {
    char tally_digest[65], *text = NULL;
    tallies_digest(tallies, tally_digest);
    int n = asprintf(&text, "%d %d %s %s %" PRIu64 " %" PRIu64 " %" PRIu64 " %s|%" PRIu64 " %" PRIu64 " %s",
                     CHECKPOINT_VERSION, PACKED_FORMAT, sampler_of(checkpoint), checkpoint->sha256, checkpoint->seed,
                     checkpoint->first_path, checkpoint->paths, checkpoint->until ? checkpoint->until : "",
                     checkpoint->goal, checkpoint->done, tally_digest);
    if (n >= 0)
        SHA256Data((const uint8_t *)text, (size_t)n, digest);
    else
        *digest = '\0'; /* memory ran out: such a checkpoint is found damaged */
    free(text);
}

static mm_status refuse(const char *file, const char *why, mm_messages *messages) {
    mm_messages_add(messages, "%s: %s; remove it to start this run afresh", file, why);
    return MM_USAGE;
}

static mm_status of_another(const char *file, const char *what, mm_messages *messages) {
    mm_messages_add(messages, "%s: the checkpoint of another run, which has %s; remove it, or choose another output",
                    file, what);
    return MM_USAGE;
}

/* Whether the document is of the run that is wanted. */
static mm_status check_run(const char *file, const json_t *document, struct checkpoint *read, mm_messages *messages) {
    uint64_t seed, first, paths, done_first;
    const char *sha256 = json_string_value(json_object_get(document, "sha256"));
    const char *sampler = json_string_value(json_object_get(document, "sampler"));
    const json_t *until = json_object_get(document, "until");
    const json_t *stretch = json_array_get(json_object_get(document, "done"), 0);
    if (!sha256 || !sampler || !json_text_read_u64(json_object_get(document, "seed"), &seed) ||
        !json_text_read_u64(json_object_get(document, "first_path"), &first) ||
        !json_text_read_u64(json_object_get(document, "paths"), &paths) ||
        !json_text_read_u64(json_object_get(document, "goal"), &read->goal) ||
        !json_text_read_u64(json_array_get(stretch, 0), &done_first) ||
        !json_text_read_u64(json_array_get(stretch, 1), &read->done) || done_first != first ||
        read->done > read->goal || read->goal > paths || !(json_is_null(until) || json_is_string(until)))
        return refuse(file, "a damaged checkpoint", messages);
    if (strcmp(sha256, read->sha256) != 0)
        return of_another(file, "another configuration", messages);
    if (seed != read->seed)
        return of_another(file, "another seed", messages);
    if (first != read->first_path || paths != read->paths)
        return of_another(file, "another range of paths", messages);
    if (json_is_null(until) ? read->until != NULL : !read->until || strcmp(json_string_value(until), read->until) != 0)
        return of_another(file, json_is_null(until) ? "a fixed number of paths" : "another way to end", messages);
    if (strcmp(sampler, sampler_of(read)) != 0)
        return of_another(file, "another sampler", messages);
    return MM_OK;
}

static mm_status take(const char *file, const json_t *document, struct checkpoint *checkpoint, struct tallies *tallies,
                      mm_messages *messages) {
    const json_t *version = json_object_get(document, "mismatch_checkpoint");
    if (!json_is_integer(version))
        return refuse(file, "not a checkpoint of mismatch", messages);
    if (json_integer_value(version) != CHECKPOINT_VERSION)
        return refuse(file, "a checkpoint of another version of mismatch", messages);
    struct checkpoint read = *checkpoint;
    mm_status status = check_run(file, document, &read, messages);
    if (status != MM_OK)
        return status;
    json_int_t format = 0;
    const char *why, *sealed = json_string_value(json_object_get(document, "digest"));
    struct tallies *packed = packed_read(json_object_get(document, "tallies"), &format, &why);
    char digest[65] = "";
    if (packed)
        seal(&read, packed, digest);
    if (!packed || !sealed || strcmp(sealed, digest) != 0) {
        status = refuse(file, "a damaged checkpoint", messages);
    } else if (format != PACKED_FORMAT || packed->n_counts != tallies->n_counts || packed->n_sums != tallies->n_sums) {
        status = refuse(file, "a checkpoint of another version of mismatch", messages);
    } else {
        tallies_add(tallies, packed);
        checkpoint->goal = read.goal;
        checkpoint->done = read.done;
        checkpoint->seconds = json_number_value(json_object_get(document, "seconds"));
    }
    tallies_free(packed);
    return status;
}

mm_status checkpoint_load(const char *file, struct checkpoint *checkpoint, struct tallies *tallies,
                          mm_messages *messages) {
    char *previous;
    if (asprintf(&previous, "%s" PREVIOUS, file) < 0)
        return store_no_memory(messages);
    FILE *in = fopen(file, "re");
    if (!in && errno == ENOENT)
        in = fopen(previous, "re");
    free(previous);
    if (!in && (errno == ENOENT || errno == ENOTDIR))
        return MM_OK;
    if (!in) {
        const int error = errno;
        mm_messages_add(messages, "%s: can't be read: %s", file, strerror(error));
        return error == ENOMEM ? MM_INTERNAL : MM_IO;
    }
    json_error_t error;
    json_t *document = json_loadf(in, JSON_REJECT_DUPLICATES, &error);
    fclose(in);
    if (!document)
        return json_error_code(&error) == json_error_out_of_memory ? store_no_memory(messages)
                                                                   : refuse(file, "a damaged checkpoint", messages);
    mm_status status = take(file, document, checkpoint, tallies, messages);
    json_decref(document);
    return status;
}

static bool write_document(FILE *out, const struct checkpoint *checkpoint, const struct tallies *tallies) {
    char digest[65];
    seal(checkpoint, tallies, digest);
    fprintf(out, "{\n  \"mismatch_checkpoint\": %d,\n  \"sha256\": \"%s\",\n", CHECKPOINT_VERSION, checkpoint->sha256);
    json_t *head = json_pack(
        "{s:s, s:o, s:o, s:o, s:s?, s:o, s:[[o, o]], s:f}", "sampler", sampler_of(checkpoint), "seed",
        json_text_u64(checkpoint->seed), "first_path", json_text_u64(checkpoint->first_path), "paths",
        json_text_u64(checkpoint->paths), "until", checkpoint->until, "goal", json_text_u64(checkpoint->goal), "done",
        json_text_u64(checkpoint->first_path), json_text_u64(checkpoint->done), "seconds", checkpoint->seconds);
    const char *key;
    json_t *member;
    json_object_foreach(head, key, member) {
        fprintf(out, "  \"%s\": ", key);
        json_text_write(out, member, 2);
        fputs(",\n", out);
    }
    bool good = head != NULL;
    json_decref(head);
    fprintf(out, "  \"digest\": \"%s\",\n  \"tallies\": ", digest);
    good = good && packed_write(out, tallies);
    fputs("\n}\n", out);
    return good;
}

mm_status checkpoint_save(const char *file, const struct checkpoint *checkpoint, const struct tallies *tallies,
                          mm_messages *messages) {
    char *previous;
    if (asprintf(&previous, "%s" PREVIOUS, file) < 0)
        return store_no_memory(messages);
    journal_folders(file);
    mm_file *saved = NULL;
    mm_status status = mm_file_create(file, true, &saved, messages);
    if (status == MM_OK && !write_document(mm_file_stream(saved), checkpoint, tallies)) {
        mm_file_abandon(saved);
        status = store_no_memory(messages);
    } else if (status == MM_OK) {
        bool aside = fflush(mm_file_stream(saved)) == 0 && rename(file, previous) == 0;
        status = mm_file_commit(saved, messages);
        if (aside && status == MM_OK)
            unlink(previous);
        else if (aside)
            (void)!rename(previous, file);
    }
    free(previous);
    return status;
}
