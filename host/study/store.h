/* An open store, as this room sees it. */
#ifndef MISMATCH_HOST_STUDY_STORE_H
#define MISMATCH_HOST_STUDY_STORE_H

#include <mismatch/store.h>

#include "host/store/database.h"
#include "host/store/ranges.h"

struct mm_store {
    struct db *db;
    char *file;
};

/* Rows that together hold as many as possible of the paths `wanted`, none twice: results[0 ... *n - 1] are new, and so
 * is the array. \return MM_OK, MM_USAGE, MM_IO, MM_INTERNAL. */
mm_status store_find(mm_store *store, const char *sha256, uint64_t seed, const struct range *wanted,
                     mm_result ***results, size_t *n, mm_messages *messages);
/* A run that was to end as `until` says, from wanted->first on and within wanted->n paths: it has enough, or these were
 * the most it might take. *result is NULL where there is none. */
mm_status store_find_ended(mm_store *store, const char *sha256, uint64_t seed, const struct range *wanted,
                           const char *until, mm_result **result, mm_messages *messages);
/* Whether rows hold all of the paths `wanted`, without reading their documents. */
mm_status store_covers(mm_store *store, const char *sha256, uint64_t seed, const struct range *wanted, bool *all,
                       mm_messages *messages);
void store_free_results(mm_result **results, size_t n);

#endif
