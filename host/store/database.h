/* The SQLite file of a store: rows in, rows out. Only sqlite*.c know the library behind it. */
#ifndef MISMATCH_HOST_DATABASE_H
#define MISMATCH_HOST_DATABASE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mismatch/store.h>

/* What a row says of a run, beside its document and tallies. Texts are borrowed. */
struct db_row {
    int64_t id;
    const char *sha256, *seed, *ranges, *version; /* the key; seed in decimal, ranges as [[first, count], ...] */
    const char *digest, *created, *until, *stopped_by, *effective; /* until: "" for none */
    const char *answers; /* [[name, value, se], ...]; se or both null where there is none */
    uint64_t paths, first_path;
    double seconds;
};

/* The parts of a row that are large: JSON texts, the first one compressed. */
struct db_parts {
    const unsigned char *document; /* zlib */
    size_t document_size;          /* of the text */
    size_t compressed;
    const char *tallies;
    size_t tallies_size;
};

struct db;

mm_status db_open(const char *file, mm_store_access access, struct db **db, mm_messages *messages);
void db_close(struct db *db);
const char *db_network(const struct db *db);

/* One IMMEDIATE transaction. \return as mm_store_put(). */
mm_status db_put(struct db *db, const struct db_row *row, const struct db_parts *parts, bool replace,
                 mm_store_outcome *outcome, mm_messages *messages);

/* Rows are shown to `take` in the order of their numbers; it returns whether it wants another one. */
typedef bool db_take(const struct db_row *row, void *context);
/* All rows, or those of one configuration, seed and version where sha256 is not NULL. */
mm_status db_rows(struct db *db, const char *sha256, const char *seed, const char *version, db_take *take,
                  void *context, mm_messages *messages);

/* Large parts of the row with this number; valid while `use` runs. MM_USAGE: there is no such row (message). */
typedef mm_status db_use(const struct db_parts *parts, void *context, mm_messages *messages);
mm_status db_parts(struct db *db, int64_t id, db_use *use, void *context, mm_messages *messages);

/* A point of a sweep that could not be run. */
struct db_failure {
    const char *base;  /* SHA-256 of the configuration that is varied */
    const char *point; /* its settings, a JSON array of "key=value" */
    const char *seed, *version, *message;
    uint64_t first_path, paths;
};

/* Records one, in the place of an earlier one of the same point. */
mm_status db_fail(struct db *db, const struct db_failure *failure, mm_messages *messages);
/* Forgets it, now that the point has been run. */
mm_status db_mend(struct db *db, const struct db_failure *failure, mm_messages *messages);
/* All of them, as with db_rows(). */
typedef bool db_take_failure(const struct db_failure *failure, void *context);
mm_status db_failures(struct db *db, db_take_failure *take, void *context, mm_messages *messages);

/* Between the two, what is read is of one moment. */
mm_status db_hold(struct db *db, mm_messages *messages);
void db_release(struct db *db);

#endif
