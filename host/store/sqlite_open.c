/* Opening and making the database. */
#include "host/store/sqlite_inside.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#define BUSY_MILLISECONDS 20000

/* A row for each run. The configuration lies in a table of its own, since many runs may share it. Blobs come last:
 * what stands before them is read without them. */
static const char schema[] =
    "CREATE TABLE IF NOT EXISTS configurations (\n"
    "  sha256 TEXT PRIMARY KEY,   -- of the effective configuration\n"
    "  effective TEXT NOT NULL    -- the configuration itself, as JSON\n"
    ") WITHOUT ROWID;\n"
    "CREATE TABLE IF NOT EXISTS results (\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  sha256 TEXT NOT NULL REFERENCES configurations,\n"
    "  seed TEXT NOT NULL,        -- decimal, since it may have 64 bits\n"
    "  ranges TEXT NOT NULL,      -- [[first path, count], ...]\n"
    "  version TEXT NOT NULL,     -- of the program: release-commit\n"
    "  first_path INTEGER NOT NULL,\n"
    "  paths INTEGER NOT NULL,\n"
    "  digest TEXT NOT NULL,      -- SHA-256 over all tallies\n"
    "  created TEXT NOT NULL,     -- UTC\n"
    "  until TEXT NOT NULL,       -- how it was to end, '' for its last path\n"
    "  stopped_by TEXT NOT NULL,\n"
    "  seconds REAL NOT NULL,     -- spent on simulating\n"
    "  answers TEXT NOT NULL,     -- [[name, value, standard error], ...] as JSON\n"
    "  document_size INTEGER NOT NULL,\n"
    "  document BLOB NOT NULL,    -- the result without its tallies: JSON, compressed by zlib\n"
    "  tallies TEXT NOT NULL,     -- the tallies: JSON\n"
    "  UNIQUE (sha256, seed, ranges, version)\n"
    ");\n"
    "CREATE TABLE IF NOT EXISTS failures (\n"
    "  base TEXT NOT NULL,        -- SHA-256 of the configuration that was varied\n"
    "  point TEXT NOT NULL,       -- [\"key=value\", ...] as JSON\n"
    "  seed TEXT NOT NULL,\n"
    "  first_path INTEGER NOT NULL,\n"
    "  paths INTEGER NOT NULL,\n"
    "  version TEXT NOT NULL,\n"
    "  created TEXT NOT NULL,\n"
    "  message TEXT NOT NULL,\n"
    "  PRIMARY KEY (base, point, seed, first_path, paths)\n"
    ");\n";

static const struct {
    unsigned long magic;
    const char *name;
} networks[] = {{0x6969, "NFS"},       {0x517b, "SMB"},       {0xff534d42, "CIFS"},   {0xfe534d42, "SMB2"},
                {0x65735546, "FUSE"},  {0x00c36400, "Ceph"},  {0x0bd00bd0, "Lustre"}, {0x47504653, "GPFS"},
                {0x5346414f, "AFS"},   {0x01021997, "9P"},    {0x19830326, "BeeGFS"}, {0x7461636f, "OCFS2"},
                {0x01161970, "GFS2"},  {0xaad7aaea, "PanFS"}, {0x73757245, "Coda"},   {0x564c, "NCP"},
                {0x786f4256, "vboxsf"}};

/* By the file, or its folder where there is none yet. */
static const char *network_of(const char *file) {
    struct statfs at;
    char *copy = strdup(file);
    const char *name = NULL;
    if (copy && (statfs(file, &at) == 0 || statfs(dirname(copy), &at) == 0))
        for (size_t i = 0; i < sizeof networks / sizeof networks[0] && !name; i++)
            if (((unsigned long)at.f_type & 0xffffffff) == networks[i].magic)
                name = networks[i].name;
    free(copy);
    return name;
}

void db_close(struct db *db) {
    if (!db)
        return;
    sqlite3_close(db->handle);
    free(db->file);
    free(db);
}

const char *db_network(const struct db *db) {
    return db->network;
}

/* "file:NAME?OPTIONS" with NAME escaped. */
static char *uri_of(const char *file, const char *options) {
    char *uri = malloc(3 * strlen(file) + strlen(options) + 8), *at = uri;
    if (!uri)
        return NULL;
    at += sprintf(at, "file:");
    for (; *file; file++)
        if (strchr("?#%", *file))
            at += sprintf(at, "%%%02x", (unsigned)(unsigned char)*file);
        else
            *at++ = *file;
    sprintf(at, "?%s", options);
    return uri;
}

/* A reader too opens it for writing where it may, or the log's files would stay behind it; but it writes nothing. */
static int open_handle(struct db *db, bool immutable) {
    sqlite3_close(db->handle);
    db->handle = NULL;
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI |
                (immutable      ? SQLITE_OPEN_READONLY
                 : db->writable ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                : SQLITE_OPEN_READWRITE);
    char *uri = uri_of(db->file, immutable ? "immutable=1" : db->writable ? "mode=rwc" : "mode=rw");
    if (!uri)
        return SQLITE_NOMEM;
    int code = sqlite3_open_v2(uri, &db->handle, flags, NULL);
    free(uri);
    if (code != SQLITE_OK)
        return code;
    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_busy_timeout(db->handle, BUSY_MILLISECONDS);
    return db_run(db,
                  db->writable ? "PRAGMA trusted_schema = OFF" : "PRAGMA trusted_schema = OFF; PRAGMA query_only = ON");
}

/* The single number that a statement gives. */
static int number(struct db *db, const char *statement, sqlite3_int64 *value) {
    double since = 0;
    int code;
    do {
        sqlite3_stmt *prepared = NULL;
        code = sqlite3_prepare_v2(db->handle, statement, -1, &prepared, NULL);
        if (code == SQLITE_OK)
            code = sqlite3_step(prepared);
        if (code == SQLITE_ROW) {
            *value = sqlite3_column_int64(prepared, 0);
            code = SQLITE_OK;
        }
        sqlite3_finalize(prepared);
    } while (db_again(code, &since));
    return code == SQLITE_DONE ? SQLITE_CORRUPT : code;
}

/* *tables: 0 for a file that nobody has written to yet. */
static mm_status check_kind(struct db *db, sqlite3_int64 *tables, mm_messages *messages) {
    sqlite3_int64 application = 0, version = 0;
    *tables = 0;
    int code = number(db, "SELECT count(*) FROM sqlite_schema", tables);
    if (code == SQLITE_OK)
        code = number(db, "PRAGMA application_id", &application);
    if (code == SQLITE_OK)
        code = number(db, "PRAGMA user_version", &version);
    if (code != SQLITE_OK)
        return db_fault(db, code, messages);
    if (*tables == 0)
        return MM_OK;
    if (application != DB_APPLICATION) {
        mm_messages_add(messages, "%s: not a store of mismatch, but the database of another program", db->file);
        return MM_USAGE;
    }
    if (version == DB_SCHEMA)
        return MM_OK;
    mm_messages_add(messages, "%s: a store of version %lld; this program reads version %d", db->file,
                    (long long)version, DB_SCHEMA);
    return MM_USAGE;
}

/* All processes that find the file new come here at once: the first one's transaction makes the tables, the others
 * find them. The log is switched on afterwards, since that can't be done inside a transaction; it needs the file for
 * itself, for which SQLite does not wait, so it is tried until it works. On a network file system it stays off: the
 * log's index lies in memory that machines don't share. */
static mm_status prepare(struct db *db, mm_messages *messages) {
    sqlite3_int64 tables = 0;
    char head[96];
    snprintf(head, sizeof head, "PRAGMA application_id = %d; PRAGMA user_version = %d;", DB_APPLICATION, DB_SCHEMA);
    int code = db_run(db, "PRAGMA page_size = 16384; PRAGMA synchronous = FULL; BEGIN IMMEDIATE");
    if (code != SQLITE_OK)
        return db_fault(db, code, messages);
    mm_status status = check_kind(db, &tables, messages);
    if (status == MM_OK) {
        code = db_run(db, schema);
        if (code == SQLITE_OK && tables == 0)
            code = db_run(db, head);
        if (code == SQLITE_OK)
            code = db_run(db, "COMMIT");
        if (code != SQLITE_OK)
            status = db_fault(db, code, messages);
    }
    if (!sqlite3_get_autocommit(db->handle))
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    if (status == MM_OK && !db->network) {
        code = db_run(db, "PRAGMA journal_mode = WAL");
        if (code != SQLITE_OK)
            status = db_fault(db, code, messages);
    }
    return status;
}

static mm_status say_error(const struct db *db, const char *what, int error, mm_messages *messages) {
    mm_messages_add(messages, "%s: %s: %s", db->file, what, strerror(error));
    return MM_IO;
}

/* What can be told better before the library is asked. */
static mm_status look(const struct db *db, mm_messages *messages) {
    struct stat at;
    const char *what = db->writable ? "can't be written" : "can't be read";
    if (stat(db->file, &at) != 0)
        return db->writable && errno == ENOENT ? MM_OK : say_error(db, what, errno, messages);
    if (S_ISDIR(at.st_mode))
        return say_error(db, what, EISDIR, messages);
    if (!S_ISREG(at.st_mode)) {
        mm_messages_add(messages, "%s: %s: not a regular file", db->file, what);
        return MM_IO;
    }
    if (access(db->file, db->writable ? W_OK : R_OK) != 0)
        return say_error(db, what, errno, messages);
    return MM_OK;
}

/* The log needs files beside the store, which a folder that can't be written to does not take. Without a log waiting
 * there, the store's own file holds everything and can be read alone. */
static bool is_alone(const struct db *db) {
    struct stat at;
    char *log = NULL;
    bool alone = asprintf(&log, "%s-wal", db->file) >= 0 && (stat(log, &at) != 0 || at.st_size == 0);
    free(log);
    return alone;
}

static mm_status open_reading(struct db *db, mm_messages *messages) {
    sqlite3_int64 tables = 0, ignored;
    int code = open_handle(db, false);
    if (code == SQLITE_OK)
        code = number(db, "SELECT count(*) FROM sqlite_schema", &ignored);
    if ((code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_READONLY)
        code = is_alone(db) ? open_handle(db, true) : code;
    if (code != SQLITE_OK)
        return db_fault(db, code, messages);
    mm_status status = check_kind(db, &tables, messages);
    if (status == MM_OK && tables == 0) {
        mm_messages_add(messages, "%s: not a store of mismatch, but an empty file", db->file);
        status = MM_USAGE;
    }
    return status;
}

static mm_status open_writing(struct db *db, mm_messages *messages) {
    int code = open_handle(db, false);
    if (code != SQLITE_OK)
        return db_fault(db, code, messages);
    if (sqlite3_db_readonly(db->handle, "main") == 1)
        return say_error(db, "can't be written", EACCES, messages);
    return prepare(db, messages);
}

mm_status db_open(const char *file, mm_store_access access, struct db **db, mm_messages *messages) {
    *db = NULL;
    struct db *made = calloc(1, sizeof *made);
    if (!made || !(made->file = strdup(file))) {
        free(made);
        mm_messages_add(messages, "memory ran out");
        return MM_INTERNAL;
    }
    made->writable = access == MM_STORE_WRITE;
    mm_status status = look(made, messages);
    made->network = network_of(file);
    if (status == MM_OK)
        status = made->writable ? open_writing(made, messages) : open_reading(made, messages);
    if (status == MM_OK)
        *db = made;
    else
        db_close(made);
    return status;
}
