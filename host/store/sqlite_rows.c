/* Rows in and out. */
#include "host/store/sqlite_inside.h"

#include <stdio.h>
#include <string.h>

static int text(sqlite3_stmt *statement, int place, const char *value) {
    return sqlite3_bind_text(statement, place, value, -1, SQLITE_STATIC);
}

/* Runs one statement that was prepared and bound. */
static int finish(sqlite3_stmt *statement, int bound) {
    int code = bound == SQLITE_OK ? sqlite3_step(statement) : bound;
    int last = sqlite3_finalize(statement);
    return code == SQLITE_DONE || code == SQLITE_ROW ? last : code;
}

static int put_configuration(struct db *db, const struct db_row *row) {
    sqlite3_stmt *statement = NULL;
    int code =
        sqlite3_prepare_v2(db->handle, "INSERT OR IGNORE INTO configurations VALUES (?1, ?2)", -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = text(statement, 1, row->sha256) | text(statement, 2, row->effective);
    return finish(statement, code);
}

static int put_result(struct db *db, const struct db_row *row, const struct db_parts *parts) {
    static const char insert[] =
        "INSERT INTO results (sha256, seed, ranges, version, first_path, paths, digest, created, stopped_by, seconds,"
        " answers, document_size, document, tallies, until)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, strftime('%Y-%m-%dT%H:%M:%SZ'), ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db->handle, insert, -1, &statement, NULL);
    if (code == SQLITE_OK) {
        code = text(statement, 1, row->sha256) | text(statement, 2, row->seed) | text(statement, 3, row->ranges) |
               text(statement, 4, row->version);
        code |= sqlite3_bind_int64(statement, 5, (sqlite3_int64)row->first_path) |
                sqlite3_bind_int64(statement, 6, (sqlite3_int64)row->paths);
        code |= text(statement, 7, row->digest) | text(statement, 8, row->stopped_by) |
                text(statement, 14, row->until) | sqlite3_bind_double(statement, 9, row->seconds) |
                text(statement, 10, row->answers) |
                sqlite3_bind_int64(statement, 11, (sqlite3_int64)parts->document_size);
        int blobs = sqlite3_bind_blob64(statement, 12, parts->document, parts->compressed, SQLITE_STATIC);
        if (blobs == SQLITE_OK)
            blobs = sqlite3_bind_text64(statement, 13, parts->tallies, parts->tallies_size, SQLITE_STATIC, SQLITE_UTF8);
        code = blobs == SQLITE_OK ? code : blobs;
    }
    return finish(statement, code);
}

#define KEY "sha256 = ?1 AND seed = ?2 AND ranges = ?3 AND version = ?4"

static int bind_key(sqlite3_stmt *statement, const struct db_row *row) {
    return text(statement, 1, row->sha256) | text(statement, 2, row->seed) | text(statement, 3, row->ranges) |
           text(statement, 4, row->version);
}

/* Whether the run is there already, and with the same digest. */
static int look(struct db *db, const struct db_row *row, bool *there, bool *same) {
    sqlite3_stmt *statement = NULL;
    *there = *same = false;
    int code = sqlite3_prepare_v2(db->handle, "SELECT digest FROM results WHERE " KEY, -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = bind_key(statement, row);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        const char *digest = (const char *)sqlite3_column_text(statement, 0);
        *there = true;
        *same = digest && strcmp(digest, row->digest) == 0;
        code = db_columns(db) == SQLITE_OK ? code : SQLITE_NOMEM;
    }
    int last = sqlite3_finalize(statement);
    return code == SQLITE_DONE || code == SQLITE_ROW ? last : code;
}

static int take_out(struct db *db, const struct db_row *row) {
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db->handle, "DELETE FROM results WHERE " KEY, -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = bind_key(statement, row);
    return finish(statement, code);
}

static int put_inside(struct db *db, const struct db_row *row, const struct db_parts *parts, bool replace,
                      mm_store_outcome *outcome) {
    bool there, same;
    int code = look(db, row, &there, &same);
    if (code != SQLITE_OK)
        return code;
    *outcome = !there ? MM_STORE_ADDED : !same ? MM_STORE_DIFFERS : replace ? MM_STORE_REPLACED : MM_STORE_KEPT;
    /* a run that ended by itself says why, which one of a given length can't */
    if (there && !replace && !(same && *row->until))
        return SQLITE_OK;
    if (there)
        code = take_out(db, row);
    if (code == SQLITE_OK)
        code = put_configuration(db, row);
    return code == SQLITE_OK ? put_result(db, row, parts) : code;
}

/* After an error inside a transaction, what went wrong must be told before the transaction is undone. */
static mm_status fail(struct db *db, int code, mm_messages *messages) {
    mm_status status = db_fault(db, code, messages);
    if (!sqlite3_get_autocommit(db->handle))
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    return status == MM_USAGE ? MM_IO : status; /* what should be written is good */
}

mm_status db_put(struct db *db, const struct db_row *row, const struct db_parts *parts, bool replace,
                 mm_store_outcome *outcome, mm_messages *messages) {
    double since = 0;
    for (;;) {
        int code = db_run(db, "BEGIN IMMEDIATE");
        if (code == SQLITE_OK)
            code = put_inside(db, row, parts, replace, outcome);
        if (code == SQLITE_OK)
            code = db_run(db, "COMMIT"); /* a commit that finds the file locked may be tried again */
        if (code == SQLITE_OK)
            return MM_OK;
        if (sqlite3_get_autocommit(db->handle) || !db_again(code, &since))
            return fail(db, code, messages);
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    }
}

static int show(struct db *db, const char *sql, const char *const key[3], db_take *take, void *context) {
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL);
    for (int i = 0; i < 3 && key[0] && code == SQLITE_OK; i++)
        code = text(statement, i + 1, key[i]);
    bool more = true;
    while (code == SQLITE_OK && more) {
        int step = sqlite3_step(statement);
        if (step == SQLITE_DONE)
            break;
        if (step != SQLITE_ROW) {
            code = step;
            break;
        }
        const struct db_row row = {.id = sqlite3_column_int64(statement, 0),
                                   .sha256 = db_column(statement, 1),
                                   .seed = db_column(statement, 2),
                                   .ranges = db_column(statement, 3),
                                   .version = db_column(statement, 4),
                                   .first_path = (uint64_t)sqlite3_column_int64(statement, 5),
                                   .paths = (uint64_t)sqlite3_column_int64(statement, 6),
                                   .digest = db_column(statement, 7),
                                   .created = db_column(statement, 8),
                                   .stopped_by = db_column(statement, 9),
                                   .seconds = sqlite3_column_double(statement, 10),
                                   .answers = db_column(statement, 11),
                                   .effective = db_column(statement, 12),
                                   .until = db_column(statement, 13)};
        code = db_columns(db);
        more = code == SQLITE_OK && take(&row, context);
    }
    int last = sqlite3_finalize(statement);
    return code == SQLITE_OK && more ? last : code;
}

#define ROWS                                                                                                           \
    "SELECT id, r.sha256, seed, ranges, version, first_path, paths, digest, created, stopped_by, seconds, answers,"    \
    " effective, until FROM results r JOIN configurations c ON c.sha256 = r.sha256"

mm_status db_rows(struct db *db, const char *sha256, const char *seed, const char *version, db_take *take,
                  void *context, mm_messages *messages) {
    const char *const key[3] = {sha256, seed, version};
    int code =
        show(db, sha256 ? ROWS " WHERE r.sha256 = ?1 AND seed = ?2 AND version = ?3 ORDER BY id" : ROWS " ORDER BY id",
             key, take, context);
    return code == SQLITE_OK ? MM_OK : db_fault(db, code, messages);
}

mm_status db_parts(struct db *db, int64_t id, db_use *use, void *context, mm_messages *messages) {
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db->handle, "SELECT document_size, document, tallies FROM results WHERE id = ?1", -1,
                                  &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(statement, 1, id);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    mm_status status;
    if (code == SQLITE_ROW) {
        struct db_parts parts = {.document_size = (size_t)sqlite3_column_int64(statement, 0)};
        parts.document = sqlite3_column_blob(statement, 1);
        parts.compressed = (size_t)sqlite3_column_bytes(statement, 1);
        parts.tallies = (const char *)sqlite3_column_text(statement, 2);
        parts.tallies_size = (size_t)sqlite3_column_bytes(statement, 2);
        code = db_columns(db);
        status = code == SQLITE_OK ? use(&parts, context, messages) : db_fault(db, code, messages);
    } else if (code == SQLITE_DONE) {
        mm_messages_add(messages, "%s: result %lld is not there any more", db->file, (long long)id);
        status = MM_USAGE;
    } else {
        status = db_fault(db, code, messages);
    }
    sqlite3_finalize(statement);
    return status;
}

mm_status db_hold(struct db *db, mm_messages *messages) {
    int code = db_run(db, "BEGIN");
    return code == SQLITE_OK ? MM_OK : db_fault(db, code, messages);
}

void db_release(struct db *db) {
    sqlite3_exec(db->handle, "COMMIT", NULL, NULL, NULL);
}
