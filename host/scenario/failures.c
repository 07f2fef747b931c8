#include "host/scenario/failures.h"

#include <errno.h>
#include <jansson.h>
#include <mismatch/file.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 256

static _Thread_local size_t failures;
static json_malloc_t json_allocate;
static json_free_t json_release;

size_t mm_memory_failures(void) {
    return failures;
}

void memory_failed(void) {
    failures++;
}

mm_status memory_check(size_t before, mm_status status, mm_messages *messages) {
    if (failures == before || status == MM_INTERNAL)
        return status;
    mm_messages_add(messages, "memory ran out");
    return MM_INTERNAL;
}

/* ---- JSON ---- */

static void *allocate(size_t size) {
    void *memory = json_allocate(size);
    if (!memory)
        memory_failed();
    return memory;
}

/* Before anything can be made that another function would have to free. What a program that uses jansson itself has set
 * by then stays in use. */
static __attribute__((constructor)) void watch_json(void) {
    json_get_alloc_funcs(&json_allocate, &json_release);
    json_set_alloc_funcs(allocate, json_release);
}

/* ---- Streams to memory ---- */

struct memory_stream {
    char **text;
    size_t *size, room;
    bool failed;
};

static ssize_t append(void *cookie, const char *bytes, size_t n) {
    struct memory_stream *stream = cookie;
    if (stream->room - *stream->size <= n) {
        const size_t room = 2 * (*stream->size + n) + 1;
        char *text = realloc(*stream->text, room);
        if (!text) {
            stream->failed = true;
            memory_failed();
            errno = ENOMEM;
            return 0; /* says that writing failed */
        }
        *stream->text = text;
        stream->room = room;
    }
    memcpy(*stream->text + *stream->size, bytes, n);
    *stream->size += n;
    (*stream->text)[*stream->size] = '\0';
    return (ssize_t)n;
}

static int end(void *cookie) {
    struct memory_stream *stream = cookie;
    const bool failed = stream->failed;
    free(stream);
    errno = failed ? ENOMEM : errno;
    return failed ? -1 : 0;
}

FILE *mm_text_stream(char **text, size_t *size) {
    static const cookie_io_functions_t functions = {.write = append, .close = end};
    struct memory_stream *stream = calloc(1, sizeof *stream);
    FILE *out = NULL;
    *size = 0;
    *text = stream ? malloc(FIRST_ROOM) : NULL;
    if (*text) {
        **text = '\0';
        *stream = (struct memory_stream){.text = text, .size = size, .room = FIRST_ROOM};
        out = fopencookie(stream, "w", functions);
    }
    if (!out) {
        free(*text);
        *text = NULL;
        free(stream);
        memory_failed();
    }
    return out;
}
