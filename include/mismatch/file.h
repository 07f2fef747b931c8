/* Files that appear whole or not at all: written to NAME.part beside them, synchronised, and renamed. */
#ifndef MISMATCH_FILE_H
#define MISMATCH_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <mismatch/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mm_file mm_file;

/* Opens a file for writing. A regular file of that name is kept unless `force`; a device or pipe is written to as it
 * is. A NAME.part that a dead process left is used again; that of a living one is not touched.
 * \return MM_OK: *file is to be given to mm_file_commit() or mm_file_abandon(); MM_USAGE: the file exists and `force`
 * is not set (message); MM_IO: it can't be written (message); MM_INTERNAL: memory ran out. */
mm_status mm_file_create(const char *name, bool force, mm_file **file, mm_messages *messages);

/* What mm_file_create() would return, to be asked before long work. Nothing is left behind. */
mm_status mm_file_check(const char *name, bool force, mm_messages *messages);

/* Where to write; valid until the file is committed or abandoned. */
FILE *mm_file_stream(mm_file *file);

/* Makes the file appear under its name, and frees `file` in any case.
 * \return MM_OK; MM_IO: it could not be written, and nothing has changed (message); MM_INTERNAL: memory ran out since
 * it was made (mm_memory_failures()), so that it may lack a part, and nothing has changed (message); MM_USAGE: somebody
 * else made a file of that name meanwhile, which is kept (message). */
mm_status mm_file_commit(mm_file *file, mm_messages *messages);

/* Forgets what was written, and frees `file`. NULL is allowed. */
void mm_file_abandon(mm_file *file);

/* A stream that writes to memory, as that of open_memstream() does: *text, which ends with a NUL and is the caller's to
 * free, and *size are right after fflush() and fclose(). But ferror() says when memory ran out, and fclose() fails
 * then. \return NULL where there is no memory for it; *text is NULL then. */
FILE *mm_text_stream(char **text, size_t *size);

#ifdef __cplusplus
}
#endif

#endif
