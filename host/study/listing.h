/* Listing a store: lines out of rows, columns, and how they are written. */
#ifndef MISMATCH_HOST_STUDY_LISTING_H
#define MISMATCH_HOST_STUDY_LISTING_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "host/report/expression.h"
#include "host/store/ranges.h"
#include "host/study/store.h"

/* A row, and after grouping one run: rows of the same configuration, seed and version, of disjoint paths. */
struct listing_line {
    json_t *run;     /* id, paths, first_path, seed, version, ... by these names */
    json_t *flat;    /* the configuration by dotted keys; shared between lines */
    json_t *answers; /* [[name, value, se], ...] */
    json_t *cells;   /* expressions that had to be worked out: {expression: [value, se]} */
    struct range_list ranges;
    int64_t *ids; /* rows that make it, the first of them too */
    size_t n_ids;
    bool dropped;
    size_t place; /* among the points that are wanted */
};

enum listing_kind { LISTING_RUN, LISTING_KEY, LISTING_ANSWER };

struct listing_column {
    char *name;
    enum listing_kind kind;
};

struct listing_where {
    struct expression expression;
    struct listing_column subject;
    bool known; /* some run can tell */
};

struct listing {
    mm_store *store;
    const mm_listing *options;
    mm_messages *messages;
    struct listing_line *lines;
    size_t n_lines;
    json_t *keys;     /* of all lines: {key: true} */
    json_t *flats;    /* {sha256: flat} */
    json_t *failures; /* points that could not be run: [{point, seed, first_path, paths, version, message}] */
    struct listing_column *columns;
    size_t n_columns, n_left_out; /* varying keys that had no room */
    struct listing_where *wheres;
    bool failed; /* memory ran out */
};

/* listing_lines.c */
mm_status listing_read(struct listing *listing);
/* The document of a line: merged where several rows make it. *result is new. */
mm_status listing_load(struct listing *listing, const struct listing_line *line, mm_result **result);
/* Drops rows whose paths others of the same run hold, and makes one line of the rest. */
mm_status listing_group(struct listing *listing);
/* Keeps the points that are wanted, in their order. */
mm_status listing_points(struct listing *listing);
void listing_free(struct listing *listing);

/* listing_columns.c */
mm_status listing_filter(struct listing *listing);
mm_status listing_choose(struct listing *listing);
/* What stands in a column of a line; value borrowed, NULL where it has none; se NAN where it has none. */
const json_t *listing_cell(const struct listing_line *line, const struct listing_column *column, double *se);

/* listing_write.c */
mm_status listing_write(struct listing *listing, FILE *out);

#endif
