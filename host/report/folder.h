/* A folder of files that appears whole or not at all. */
#ifndef MISMATCH_HOST_REPORT_FOLDER_H
#define MISMATCH_HOST_REPORT_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <mismatch/status.h>

#define FOLDER_NAME 96                     /* room for a file's name */
#define FOLDER_MANIFEST ".mismatch-report" /* lists what a report made: only that may be replaced */

struct folder {
    char *target; /* as named, without slashes at its end */
    char *part;   /* beside it; what is written lies here until folder_commit() */
    int descriptor;
    bool force;
    size_t n, room;
    char (*names)[FOLDER_NAME]; /* of all files */
    mm_messages *messages;
    mm_status status; /* the first thing that went wrong; nothing is written after it */
};

/* Whether the folder could be made. \return MM_OK; MM_USAGE, MM_IO with a message. */
mm_status folder_check(const char *target, bool force, mm_messages *messages);
/* \return folder->status. folder_abandon() is needed in any case but after folder_commit(). */
mm_status folder_begin(struct folder *folder, const char *target, bool force, mm_messages *messages);

/* A name for a file that is not taken yet: small letters, digits and hyphens of `stem`, with a number behind it where
 * needed; extensions are added by the caller, at most 8 characters. */
void folder_stem(const struct folder *folder, const char *stem, char name[FOLDER_NAME]);
/* Makes a file, for writing and reading. `name` has no slash. \return NULL: folder->status says why. */
FILE *folder_open(struct folder *folder, const char *name);
/* Closes and synchronises it. */
void folder_close(struct folder *folder, FILE *file);
/* Takes a file that another program made into the list. \return whether it is there and not empty. */
bool folder_adopt(struct folder *folder, const char *name);
/* Removes a file that another program left half done. */
void folder_remove(struct folder *folder, const char *name);
/* Keeps the first failure. */
void folder_fail(struct folder *folder, mm_status status);

/* Makes it appear. \return MM_OK, or why not; the part is removed then. */
mm_status folder_commit(struct folder *folder);
/* Removes the part, and frees everything. Harmless after folder_commit(), and twice. */
void folder_abandon(struct folder *folder);

#endif
