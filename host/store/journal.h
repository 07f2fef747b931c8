/* What a study has worked out so far, so that the same command goes on after it was stopped: JSON values by key, each
 * written as a line of its own when it is known. A line that was cut short is dropped. */
#ifndef MISMATCH_HOST_JOURNAL_H
#define MISMATCH_HOST_JOURNAL_H

#include <jansson.h>

#include <mismatch/status.h>

struct journal;

/* `file` NULL: kept in memory only. Missing folders are made (mode 0700); nothing is written before the first
 * journal_put(). \return MM_OK: *journal is new; MM_USAGE: not a journal, or another process works with it (message);
 * MM_IO (message); MM_INTERNAL. */
mm_status journal_open(const char *file, struct journal **journal, mm_messages *messages);
/* NULL is allowed. The file stays. */
void journal_close(struct journal *journal);

/* Borrowed until the next journal_put(); NULL where there is none. */
const json_t *journal_get(const struct journal *journal, const char *key);
/* Takes over `value`. \return MM_OK, MM_IO (message), MM_INTERNAL. */
mm_status journal_put(struct journal *journal, const char *key, json_t *value, mm_messages *messages);

/* Makes the folders above a file where they are missing (mode 0700). Failures show when the file itself is made. */
void journal_folders(const char *file);

#endif
