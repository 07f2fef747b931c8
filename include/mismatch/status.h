/* What every function of libmismatch returns, and the messages that go with it. The values of mm_status that a
 * program may exit with are the exit codes of `mismatch` (docs/exit-codes in README.md). */
#ifndef MISMATCH_STATUS_H
#define MISMATCH_STATUS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum mm_status {
    MM_OK = 0,
    MM_INTERNAL = 1,      /* a defect of the program, or memory ran out */
    MM_USAGE = 2,         /* wrong usage or configuration; nothing was run, nothing written */
    MM_EXPECT_FAILED = 3, /* the run is done, but an expectation of the user's failed */
    MM_NO_DEVICE = 4,     /* no usable device */
    MM_DEVICE_FAILED = 5,
    MM_IO = 6,            /* reading or writing a file failed */
    MM_SELFTEST = 7,      /* self-test mismatch */
    MM_STUDY_PARTIAL = 8, /* done, but some points of a study failed */
    MM_INTERRUPTED = 75   /* interrupted; the same command resumes */
} mm_status;

/* Messages gathered while something is read or run. Created with mm_messages_new(), owned by the caller, freed with
 * mm_messages_free(). Not thread-safe: one owner at a time. */
typedef struct mm_messages mm_messages;

mm_messages *mm_messages_new(void);
void mm_messages_free(mm_messages *messages);
/* Number of messages kept (at most 20 errors of one file are kept; the last message says how many more there were). */
size_t mm_messages_count(const mm_messages *messages);
/* The i-th message, without a trailing newline, for example
 *   "ai.yaml:12:9: firms.meta.reserv: unknown key; did you mean 'reserve'?". Valid until the messages are freed. */
const char *mm_messages_text(const mm_messages *messages, size_t i);
/* Adds a message, printf-like. Never fails: when memory runs out, a constant text is kept instead. */
void mm_messages_add(mm_messages *messages, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

/* How often memory ran out in this thread while JSON or a text was made, which then lacks a part. Functions that return
 * a status look at it themselves and return MM_INTERNAL; a program that uses jansson beside the library can do the
 * same, since the library counts, from when it is loaded, for all of its process. */
size_t mm_memory_failures(void);

#ifdef __cplusplus
}
#endif

#endif
