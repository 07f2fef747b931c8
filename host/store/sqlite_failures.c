/* Points that could not be run. */
#include "host/store/sqlite_inside.h"

static int text(sqlite3_stmt *statement, int place, const char *value) {
    return sqlite3_bind_text(statement, place, value, -1, SQLITE_STATIC);
}

static int bind_key(sqlite3_stmt *statement, const struct db_failure *failure) {
    return text(statement, 1, failure->base) | text(statement, 2, failure->point) | text(statement, 3, failure->seed) |
           sqlite3_bind_int64(statement, 4, (sqlite3_int64)failure->first_path) |
           sqlite3_bind_int64(statement, 5, (sqlite3_int64)failure->paths);
}

/* One statement is a transaction of its own. */
static mm_status run(struct db *db, const char *sql, const struct db_failure *failure, bool whole,
                     mm_messages *messages) {
    double since = 0;
    int code;
    do {
        sqlite3_stmt *statement = NULL;
        code = sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL);
        if (code == SQLITE_OK)
            code = bind_key(statement, failure);
        if (code == SQLITE_OK && whole)
            code = text(statement, 6, failure->version) | text(statement, 7, failure->message);
        if (code == SQLITE_OK)
            code = sqlite3_step(statement);
        int last = sqlite3_finalize(statement);
        code = code == SQLITE_DONE ? last : code;
    } while (db_again(code, &since));
    return code == SQLITE_OK ? MM_OK : db_fault(db, code, messages);
}

mm_status db_fail(struct db *db, const struct db_failure *failure, mm_messages *messages) {
    return run(db,
               "INSERT OR REPLACE INTO failures (base, point, seed, first_path, paths, version, message, created)"
               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, strftime('%Y-%m-%dT%H:%M:%SZ'))",
               failure, true, messages);
}

mm_status db_mend(struct db *db, const struct db_failure *failure, mm_messages *messages) {
    return run(db,
               "DELETE FROM failures WHERE base = ?1 AND point = ?2 AND seed = ?3 AND first_path = ?4 AND paths = ?5",
               failure, false, messages);
}

mm_status db_failures(struct db *db, db_take_failure *take, void *context, mm_messages *messages) {
    sqlite3_stmt *statement = NULL;
    bool more = true;
    int code = sqlite3_prepare_v2(db->handle,
                                  "SELECT base, point, seed, first_path, paths, version, message FROM failures"
                                  " ORDER BY rowid",
                                  -1, &statement, NULL);
    while (code == SQLITE_OK && more) {
        int step = sqlite3_step(statement);
        if (step == SQLITE_DONE)
            break;
        code = step == SQLITE_ROW ? SQLITE_OK : step;
        if (code != SQLITE_OK)
            break;
        const struct db_failure failure = {.base = db_column(statement, 0),
                                           .point = db_column(statement, 1),
                                           .seed = db_column(statement, 2),
                                           .first_path = (uint64_t)sqlite3_column_int64(statement, 3),
                                           .paths = (uint64_t)sqlite3_column_int64(statement, 4),
                                           .version = db_column(statement, 5),
                                           .message = db_column(statement, 6)};
        code = db_columns(db);
        more = code == SQLITE_OK && take(&failure, context);
    }
    sqlite3_finalize(statement);
    return code == SQLITE_OK ? MM_OK : db_fault(db, code, messages);
}
