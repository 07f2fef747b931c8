/* What the sqlite*.c files share. */
#ifndef MISMATCH_HOST_SQLITE_INSIDE_H
#define MISMATCH_HOST_SQLITE_INSIDE_H

#include <sqlite3.h>

#include "host/store/database.h"

#define DB_APPLICATION 0x6d69736d /* "mism", in the file's head */
#define DB_SCHEMA 1

struct db {
    sqlite3 *handle;
    char *file;
    const char *network; /* kind of network file system, or NULL */
    bool writable;
};

/* Says what went wrong with the last call, whose return value is `code`. \return the status for it. */
mm_status db_fault(const struct db *db, int code, mm_messages *messages);

/* The text of a column, "" where there is none. When all columns of a row have been taken, db_columns() says whether
 * one of them is missing because memory ran out. \return SQLITE_OK, SQLITE_NOMEM */
const char *db_column(sqlite3_stmt *statement, int place);
int db_columns(const struct db *db);

/* Whether another try may do better: somebody else holds a lock. Sleeps a little, differently in each process, before
 * it says so; gives up DB_PATIENCE seconds after *since, which is set by the first call and starts as 0. */
#define DB_PATIENCE 120
bool db_again(int code, double *since);

/* Runs statements without results, trying again while the database is locked. \return SQLITE_OK or the error. */
int db_run(struct db *db, const char *statements);

#endif
