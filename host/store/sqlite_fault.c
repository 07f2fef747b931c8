/* Errors of the database in words, and patience with locks. */
#include "host/store/sqlite_inside.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static mm_status say(const struct db *db, mm_status status, const char *text, mm_messages *messages) {
    mm_messages_add(messages, "%s: %s", db->file, text);
    return status;
}

static mm_status say_error(const struct db *db, const char *what, int error, mm_messages *messages) {
    if (error)
        mm_messages_add(messages, "%s: %s: %s", db->file, what, strerror(error));
    else
        mm_messages_add(messages, "%s: %s: %s", db->file, what, sqlite3_errmsg(db->handle));
    return MM_IO;
}

mm_status db_fault(const struct db *db, int code, mm_messages *messages) {
    int error = db->handle ? sqlite3_system_errno(db->handle) : 0;
    const char *what = db->writable ? "can't be written" : "can't be read";
    if (error == ENOSPC || error == EDQUOT || error == EFBIG || error == EIO)
        return say_error(db, what, error, messages);
    switch (code == SQLITE_IOERR_NOMEM ? SQLITE_NOMEM : code & 0xff) {
    case SQLITE_NOMEM:
        return say(db, MM_INTERNAL, "memory ran out", messages);
    case SQLITE_NOTADB:
        return say(db, MM_USAGE, "not a store of mismatch", messages);
    case SQLITE_CORRUPT:
        return say(db, MM_USAGE, "damaged; `sqlite3 FILE .recover` may save what is left of it", messages);
    case SQLITE_FULL:
        return say_error(db, what, ENOSPC, messages);
    case SQLITE_READONLY:
        return say_error(db, what, code == SQLITE_READONLY ? EACCES : error, messages);
    case SQLITE_CANTOPEN:
        return say_error(db, what, error, messages);
    case SQLITE_TOOBIG:
        return say(db, MM_IO, "this result is too large for a store; --output holds it", messages);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        mm_messages_add(messages, "%s: %s: another process has kept it locked for %d seconds", db->file, what,
                        DB_PATIENCE);
        return MM_IO;
    default:
        return say_error(db, what, error, messages);
    }
}

const char *db_column(sqlite3_stmt *statement, int place) {
    const char *found = (const char *)sqlite3_column_text(statement, place);
    return found ? found : "";
}

int db_columns(const struct db *db) {
    return sqlite3_errcode(db->handle) == SQLITE_NOMEM ? SQLITE_NOMEM : SQLITE_OK;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

bool db_again(int code, double *since) {
    int kind = code & 0xff;
    if (kind != SQLITE_BUSY && kind != SQLITE_LOCKED && kind != SQLITE_PROTOCOL)
        return false;
    double time = now();
    if (!(*since > 0))
        *since = time;
    if (time - *since > DB_PATIENCE)
        return false;
    unsigned spread = (unsigned)getpid() * 2654435761u >> 16; /* so that waiters don't wake all at once */
    usleep(2000 + spread % 20000);
    return true;
}

int db_run(struct db *db, const char *statements) {
    double since = 0;
    int code;
    do
        code = sqlite3_exec(db->handle, statements, NULL, NULL, NULL);
    while (db_again(code, &since));
    return code;
}
