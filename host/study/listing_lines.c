/* Rows of the store, and the lines that they make. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/report.h"
#include "host/scenario/failures.h"
#include "host/store/json_text.h"
#include "host/store/kept.h"
#include "host/store/result_document.h"
#include "host/study/flat.h"
#include "host/study/listing.h"

static void free_line(struct listing_line *line) {
    json_decref(line->run);
    json_decref(line->flat);
    json_decref(line->answers);
    json_decref(line->cells);
    ranges_free(&line->ranges);
    free(line->ids);
}

void listing_free(struct listing *listing) {
    for (size_t i = 0; i < listing->n_lines; i++)
        free_line(&listing->lines[i]);
    for (size_t i = 0; i < listing->n_columns; i++)
        free(listing->columns[i].name);
    for (size_t i = 0; listing->wheres && i < listing->options->n_where; i++) {
        expression_free(&listing->wheres[i].expression);
        free(listing->wheres[i].subject.name);
    }
    free(listing->lines);
    free(listing->columns);
    free(listing->wheres);
    json_decref(listing->keys);
    json_decref(listing->flats);
    json_decref(listing->failures);
}

/* The flat configuration, made once for all rows that share it. */
static json_t *flat_of(struct listing *listing, const struct db_row *row) {
    json_t *known = json_object_get(listing->flats, row->sha256);
    if (known)
        return json_incref(known);
    json_t *effective = json_loads(row->effective, 0, NULL), *flat = effective ? flat_keys(effective) : NULL;
    json_decref(effective);
    if (flat && (json_object_set(listing->flats, row->sha256, flat) != 0 || !flat_join(listing->keys, flat))) {
        json_decref(flat);
        return NULL;
    }
    return flat;
}

static bool fill_line(struct listing *listing, const struct db_row *row, struct listing_line *line) {
    line->run = json_pack("{s:I, s:I, s:I, s:o, s:s, s:s, s:s, s:s, s:f, s:s}", "id", (json_int_t)row->id, "paths",
                          (json_int_t)row->paths, "first_path", (json_int_t)row->first_path, "seed",
                          json_text_u64(strtoull(row->seed, NULL, 10)), "version", row->version, "digest", row->digest,
                          "sha256", row->sha256, "created", row->created, "seconds", row->seconds, "stopped_by",
                          row->stopped_by);
    line->flat = flat_of(listing, row);
    line->answers = json_loads(row->answers, 0, NULL);
    line->cells = json_object();
    line->ids = malloc(sizeof *line->ids);
    if (line->ids)
        line->ids[line->n_ids++] = row->id;
    else
        memory_failed();
    return line->run && line->flat && line->answers && line->cells && line->ids &&
           kept_ranges(row->ranges, &line->ranges);
}

static bool take_row(const struct db_row *row, void *context) {
    struct listing *listing = context;
    struct listing_line *lines = realloc(listing->lines, (listing->n_lines + 1) * sizeof *lines);
    if (!lines) {
        memory_failed();
        listing->failed = true;
        return false;
    }
    listing->lines = lines;
    lines[listing->n_lines] = (struct listing_line){0};
    if (fill_line(listing, row, &lines[listing->n_lines++]))
        return true;
    mm_messages_add(listing->messages, "%s, result %" PRId64 ": damaged", listing->store->file, row->id);
    listing->failed = true;
    return false;
}

static bool take_failure(const struct db_failure *failure, void *context) {
    struct listing *listing = context;
    json_t *point = json_loads(failure->point, 0, NULL);
    json_t *item =
        json_pack("{s:o?, s:o, s:I, s:I, s:s, s:s}", "point", point, "seed",
                  json_text_u64(strtoull(failure->seed, NULL, 10)), "first_path", (json_int_t)failure->first_path,
                  "paths", (json_int_t)failure->paths, "version", failure->version, "message", failure->message);
    listing->failed = listing->failed || json_array_append_new(listing->failures, item) != 0;
    return !listing->failed;
}

mm_status listing_read(struct listing *listing) {
    listing->keys = json_object();
    listing->flats = json_object();
    listing->failures = json_array();
    if (!listing->keys || !listing->flats || !listing->failures)
        return store_no_memory(listing->messages);
    mm_status status = db_rows(listing->store->db, NULL, NULL, NULL, take_row, listing, listing->messages);
    if (status == MM_OK && !listing->failed && !listing->options->points)
        status = db_failures(listing->store->db, take_failure, listing, listing->messages);
    return status == MM_OK && listing->failed ? MM_USAGE : status;
}

mm_status listing_load(struct listing *listing, const struct listing_line *line, mm_result **result) {
    mm_result **pieces = calloc(line->n_ids, sizeof *pieces);
    mm_status status = MM_OK;
    size_t n = 0;
    *result = NULL;
    if (!pieces)
        return store_no_memory(listing->messages);
    for (; n < line->n_ids && status == MM_OK; n++) {
        status = kept_load(listing->store->db, listing->store->file, line->ids[n], &pieces[n], listing->messages);
        if (status == MM_OK && line->n_ids > 1)
            mm_result_lighten(pieces[n]);
    }
    if (status == MM_OK && n == 1) {
        *result = pieces[0];
        n = 0;
    } else if (status == MM_OK) {
        status = mm_result_merge(pieces, n, result, listing->messages);
    }
    store_free_results(pieces, n);
    return status;
}

/* The rows of one run, the largest first, then the oldest. */
struct member {
    struct listing_line *line;
    json_int_t paths, id;
};

static int by_paths(const void *a, const void *b) {
    const struct member *x = a, *y = b;
    if (x->paths != y->paths)
        return x->paths < y->paths ? 1 : -1;
    return (x->id > y->id) - (x->id < y->id);
}

/* Takes the second line's paths into the first. \return false where it has some of them already, or memory ran out. */
static bool absorb(struct listing_line *line, struct listing_line *other, bool *failed) {
    struct range_list both = {0};
    int64_t *ids = realloc(line->ids, (line->n_ids + other->n_ids) * sizeof *ids);
    bool good = ids != NULL;
    if (ids)
        line->ids = ids;
    for (size_t i = 0; i < line->ranges.n && good; i++)
        good = ranges_add(&both, line->ranges.items[i].first, line->ranges.items[i].n);
    for (size_t i = 0; i < other->ranges.n && good; i++)
        good = ranges_add(&both, other->ranges.items[i].first, other->ranges.items[i].n);
    *failed = *failed || !good;
    if (!good || !ranges_join(&both, NULL)) {
        ranges_free(&both);
        return false;
    }
    ranges_free(&line->ranges);
    line->ranges = both;
    for (size_t i = 0; i < other->n_ids; i++)
        line->ids[line->n_ids++] = other->ids[i];
    return true;
}

/* A line whose rows were put together: its figures are estimated anew. */
static mm_status renew(struct listing *listing, struct listing_line *line) {
    mm_result *result;
    mm_status status = listing_load(listing, line, &result);
    if (status != MM_OK)
        return status;
    const json_t *run = json_object_get(result_document(result), "run");
    json_t *answers = report_headlines(result_document(result));
    int bad = json_object_set_new(line->run, "paths", json_integer((json_int_t)ranges_paths(&line->ranges)));
    bad |= json_object_set_new(line->run, "first_path", json_integer((json_int_t)line->ranges.items[0].first));
    bad |= json_object_set_new(line->run, "digest", json_string(mm_result_digest(result)));
    bad |= json_object_set(line->run, "stopped_by", json_object_get(run, "stopped_by"));
    bad |= json_object_set(line->run, "seconds", json_object_get(json_object_get(run, "seconds"), "simulate"));
    mm_result_free(result);
    if (bad || !answers) {
        json_decref(answers);
        return store_no_memory(listing->messages);
    }
    json_decref(line->answers);
    line->answers = answers;
    return MM_OK;
}

static mm_status join_members(struct listing *listing, struct member *members, size_t n) {
    bool failed = false;
    qsort(members, n, sizeof *members, by_paths);
    struct listing_line *line = members[0].line;
    for (size_t i = 1; i < n; i++) {
        absorb(line, members[i].line, &failed);
        members[i].line->dropped = true;
    }
    if (failed)
        return store_no_memory(listing->messages);
    return line->n_ids > 1 ? renew(listing, line) : MM_OK;
}

/* Lines of the same run, by a map from what names a run to the places of its lines. */
static json_t *find_groups(const struct listing *listing) {
    json_t *groups = json_object();
    for (size_t i = 0; i < listing->n_lines && groups; i++) {
        const json_t *run = listing->lines[i].run;
        char key[256];
        uint64_t seed = 0;
        json_text_read_u64(json_object_get(run, "seed"), &seed);
        snprintf(key, sizeof key, "%s %" PRIu64 " %s", json_string_value(json_object_get(run, "sha256")), seed,
                 json_string_value(json_object_get(run, "version")));
        json_t *places = json_object_get(groups, key);
        if (!places && json_object_set_new(groups, key, places = json_array()) != 0)
            places = NULL;
        if (json_array_append_new(places, json_integer((json_int_t)i)) != 0) {
            json_decref(groups);
            return NULL;
        }
    }
    return groups;
}

mm_status listing_group(struct listing *listing) {
    json_t *groups = find_groups(listing), *places, *place;
    struct member *members = calloc(listing->n_lines + 1, sizeof *members);
    mm_status status = groups && members ? MM_OK : store_no_memory(listing->messages);
    const char *key;
    json_object_foreach(groups, key, places) {
        size_t n = 0, i;
        if (json_array_size(places) < 2 || status != MM_OK || !members)
            continue;
        json_array_foreach(places, i, place) {
            struct listing_line *line = &listing->lines[json_integer_value(place)];
            members[n++] = (struct member){.line = line,
                                           .paths = json_integer_value(json_object_get(line->run, "paths")),
                                           .id = json_integer_value(json_object_get(line->run, "id"))};
        }
        status = join_members(listing, members, n);
    }
    json_decref(groups);
    free(members);
    return status;
}

static int by_place(const void *a, const void *b) {
    size_t x = ((const struct listing_line *)a)->place, y = ((const struct listing_line *)b)->place;
    return (x > y) - (x < y);
}

mm_status listing_points(struct listing *listing) {
    const mm_listing *options = listing->options;
    json_t *places = json_object();
    char version[KEPT_VERSION];
    int bad = places == NULL;
    kept_version(version);
    for (size_t i = 0; i < options->n_points; i++)
        if (options->points[i] && !json_object_get(places, options->points[i]))
            bad |= json_object_set_new(places, options->points[i], json_integer((json_int_t)i));
    for (size_t i = 0; i < listing->n_lines && !bad; i++) {
        struct listing_line *line = &listing->lines[i];
        const json_t *place = json_object_get(places, json_string_value(json_object_get(line->run, "sha256")));
        uint64_t seed;
        line->place = place ? (size_t)json_integer_value(place) : SIZE_MAX;
        if (!place || !json_text_read_u64(json_object_get(line->run, "seed"), &seed) || seed != options->seed ||
            strcmp(json_string_value(json_object_get(line->run, "version")), version) != 0)
            line->dropped = true;
    }
    json_decref(places);
    if (listing->n_lines)
        qsort(listing->lines, listing->n_lines, sizeof *listing->lines, by_place);
    return bad ? store_no_memory(listing->messages) : MM_OK;
}
