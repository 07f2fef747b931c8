/* Results as rows of a database. */
#ifndef MISMATCH_HOST_KEPT_H
#define MISMATCH_HOST_KEPT_H

#include <jansson.h>
#include <stdint.h>

#include "host/store/database.h"
#include "host/store/ranges.h"
#include "host/store/store.h"

#define KEPT_SEED 24    /* room for a seed in decimal */
#define KEPT_VERSION 96 /* room for a version */

/* The version of this program as rows name it, "0.1.0-4c792b3e5f01". */
void kept_version(char version[KEPT_VERSION]);

/* `answers`: what a listing shows of it, [[name, value, se], ...]. \return as mm_store_put(). */
mm_status kept_put(struct db *db, const mm_result *result, const json_t *answers, bool replace,
                   mm_store_outcome *outcome, mm_messages *messages);

/* \return MM_OK: *result is new; MM_USAGE: the row is damaged (message); MM_IO; MM_INTERNAL. */
mm_status kept_load(struct db *db, const char *file, int64_t id, mm_result **result, mm_messages *messages);

/* The ranges of a row. \return false when it has none that make sense, or memory ran out. */
bool kept_ranges(const char *text, struct range_list *ranges);

#endif
