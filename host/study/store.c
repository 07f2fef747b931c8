/* The public functions of a store. */
#include "host/study/store.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/report/report.h"
#include "host/scenario/text.h"
#include "host/store/kept.h"
#include "host/store/result_document.h"

static const char magic[16] = "SQLite format 3"; /* the NUL belongs to it */

bool mm_store_recognised(const char *file) {
    char head[sizeof magic];
    const int in = open(file, O_RDONLY | O_CLOEXEC); /* without memory that could run out */
    if (in < 0)
        return false;
    const bool is = read(in, head, sizeof head) == (ssize_t)sizeof head && memcmp(head, magic, sizeof head) == 0;
    close(in);
    return is;
}

mm_status mm_store_open(const char *file, mm_store_access access, mm_store **store, mm_messages *messages) {
    *store = NULL;
    mm_store *made = calloc(1, sizeof *made);
    if (!made || !(made->file = strdup(file))) {
        free(made);
        return store_no_memory(messages);
    }
    mm_status status = db_open(file, access, &made->db, messages);
    if (status == MM_OK)
        *store = made;
    else
        mm_store_close(made);
    return status;
}

void mm_store_close(mm_store *store) {
    if (!store)
        return;
    db_close(store->db);
    free(store->file);
    free(store);
}

const char *mm_store_file(const mm_store *store) {
    return store->file;
}

const char *mm_store_network(const mm_store *store) {
    return db_network(store->db);
}

mm_status mm_store_put(mm_store *store, const mm_result *result, bool replace, mm_store_outcome *outcome,
                       mm_messages *messages) {
    mm_store_outcome ignored;
    locale_t before = text_plain();
    const size_t failures = mm_memory_failures();
    json_t *answers = report_headlines(result_document(result));
    mm_status status = answers && mm_memory_failures() == failures
                           ? kept_put(store->db, result, answers, replace, outcome ? outcome : &ignored, messages)
                           : store_no_memory(messages);
    json_decref(answers);
    text_restore(before);
    return status;
}

void store_free_results(mm_result **results, size_t n) {
    for (size_t i = 0; results && i < n; i++)
        mm_result_free(results[i]);
    free(results);
}

/* A row's number and paths. */
struct candidate {
    int64_t id;
    struct range_list ranges;
    uint64_t paths;
};

struct candidates {
    const struct range *wanted; /* NULL: all rows */
    struct candidate *items;
    size_t n;
    bool failed; /* memory ran out */
};

static bool inside(const struct range_list *ranges, const struct range *wanted) {
    for (size_t i = 0; i < ranges->n; i++)
        if (ranges->items[i].first < wanted->first ||
            ranges->items[i].first + ranges->items[i].n > wanted->first + wanted->n)
            return false;
    return true;
}

static bool take_candidate(const struct db_row *row, void *context) {
    struct candidates *candidates = context;
    struct candidate found = {.id = row->id, .paths = row->paths};
    if (candidates->wanted &&
        (!kept_ranges(row->ranges, &found.ranges) || !inside(&found.ranges, candidates->wanted))) {
        ranges_free(&found.ranges);
        return true;
    }
    struct candidate *items = realloc(candidates->items, (candidates->n + 1) * sizeof *items);
    if (!items) {
        ranges_free(&found.ranges);
        candidates->failed = true;
        return false;
    }
    candidates->items = items;
    items[candidates->n++] = found;
    return true;
}

static void free_candidates(struct candidates *candidates) {
    for (size_t i = 0; i < candidates->n; i++)
        ranges_free(&candidates->items[i].ranges);
    free(candidates->items);
}

/* The largest first; of equal ones the oldest. */
static int by_paths(const void *a, const void *b) {
    const struct candidate *x = a, *y = b;
    if (x->paths != y->paths)
        return x->paths < y->paths ? 1 : -1;
    return (x->id > y->id) - (x->id < y->id);
}

/* Adds the ranges to what is covered, unless some of it is covered already. */
static bool cover(struct range_list *covered, const struct range_list *ranges, bool *failed) {
    struct range_list both = {0};
    bool good = true;
    for (size_t i = 0; i < covered->n && good; i++)
        good = ranges_add(&both, covered->items[i].first, covered->items[i].n);
    for (size_t i = 0; i < ranges->n && good; i++)
        good = ranges_add(&both, ranges->items[i].first, ranges->items[i].n);
    *failed = *failed || !good;
    if (!good || !ranges_join(&both, NULL)) {
        ranges_free(&both);
        return false;
    }
    ranges_free(covered);
    *covered = both;
    return true;
}

/* One that is to be merged with others needs no estimates. */
static mm_status load_chosen(mm_store *store, struct candidates *candidates, mm_result ***results, size_t *n,
                             mm_messages *messages) {
    struct range_list covered = {0};
    mm_status status = candidates->failed ? store_no_memory(messages) : MM_OK;
    *results = calloc(candidates->n + 1, sizeof **results);
    if (!*results)
        return store_no_memory(messages);
    if (candidates->n > 0)
        qsort(candidates->items, candidates->n, sizeof *candidates->items, by_paths);
    for (size_t i = 0; i < candidates->n && status == MM_OK; i++) {
        if (!cover(&covered, &candidates->items[i].ranges, &candidates->failed))
            continue;
        status = kept_load(store->db, store->file, candidates->items[i].id, &(*results)[*n], messages);
        if (status == MM_OK && candidates->items[i].paths < candidates->wanted->n)
            mm_result_lighten((*results)[*n]);
        *n += status == MM_OK;
    }
    ranges_free(&covered);
    if (status == MM_OK && candidates->failed)
        status = store_no_memory(messages);
    return status;
}

mm_status store_find(mm_store *store, const char *sha256, uint64_t seed, const struct range *wanted,
                     mm_result ***results, size_t *n, mm_messages *messages) {
    char seed_text[KEPT_SEED], version[KEPT_VERSION];
    snprintf(seed_text, sizeof seed_text, "%" PRIu64, seed);
    kept_version(version);
    struct candidates candidates = {.wanted = wanted};
    *results = NULL;
    *n = 0;
    mm_status status = db_hold(store->db, messages);
    if (status != MM_OK)
        return status;
    status = db_rows(store->db, sha256, seed_text, version, take_candidate, &candidates, messages);
    if (status == MM_OK)
        status = load_chosen(store, &candidates, results, n, messages);
    db_release(store->db);
    free_candidates(&candidates);
    if (status != MM_OK) {
        store_free_results(*results, *n);
        *results = NULL;
        *n = 0;
    }
    return status;
}

mm_status store_covers(mm_store *store, const char *sha256, uint64_t seed, const struct range *wanted, bool *all,
                       mm_messages *messages) {
    char seed_text[KEPT_SEED], version[KEPT_VERSION];
    struct candidates candidates = {.wanted = wanted};
    struct range_list covered = {0};
    snprintf(seed_text, sizeof seed_text, "%" PRIu64, seed);
    kept_version(version);
    *all = false;
    mm_status status = db_rows(store->db, sha256, seed_text, version, take_candidate, &candidates, messages);
    if (candidates.n)
        qsort(candidates.items, candidates.n, sizeof *candidates.items, by_paths);
    for (size_t i = 0; i < candidates.n; i++)
        cover(&covered, &candidates.items[i].ranges, &candidates.failed);
    *all = status == MM_OK && ranges_paths(&covered) == wanted->n;
    ranges_free(&covered);
    free_candidates(&candidates);
    return status == MM_OK && candidates.failed ? store_no_memory(messages) : status;
}

struct ended {
    const struct range *wanted;
    const char *until;
    int64_t id; /* 0: none */
};

static bool take_ended(const struct db_row *row, void *context) {
    struct ended *ended = context;
    const struct range *wanted = ended->wanted;
    bool most = strcmp(row->stopped_by, "most_paths") == 0;
    bool fits = most ? row->paths == wanted->n : row->paths <= wanted->n;
    if (row->first_path == wanted->first && fits && strcmp(row->until, ended->until) == 0)
        ended->id = row->id;
    return ended->id == 0;
}

mm_status store_find_ended(mm_store *store, const char *sha256, uint64_t seed, const struct range *wanted,
                           const char *until, mm_result **result, mm_messages *messages) {
    char seed_text[KEPT_SEED], version[KEPT_VERSION];
    struct ended ended = {.wanted = wanted, .until = until};
    snprintf(seed_text, sizeof seed_text, "%" PRIu64, seed);
    kept_version(version);
    *result = NULL;
    mm_status status = db_rows(store->db, sha256, seed_text, version, take_ended, &ended, messages);
    if (status == MM_OK && ended.id)
        status = kept_load(store->db, store->file, ended.id, result, messages);
    return status;
}

mm_status mm_store_each(mm_store *store, mm_store_visitor visitor, void *context, mm_messages *messages) {
    struct candidates candidates = {0};
    mm_status status = db_hold(store->db, messages);
    if (status != MM_OK)
        return status;
    status = db_rows(store->db, NULL, NULL, NULL, take_candidate, &candidates, messages);
    if (status == MM_OK && candidates.failed)
        status = store_no_memory(messages);
    for (size_t i = 0; i < candidates.n && status == MM_OK; i++) {
        mm_result *result;
        status = kept_load(store->db, store->file, candidates.items[i].id, &result, messages);
        if (status == MM_OK)
            status = visitor(result, context);
    }
    db_release(store->db);
    free_candidates(&candidates);
    return status;
}
