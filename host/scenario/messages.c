#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <mismatch/status.h>

static const char no_memory[] = "out of memory";

struct mm_messages {
    size_t count, room;
    char **texts; /* an entry of NULL stands for no_memory */
    size_t lost;  /* messages for which there was not even an entry */
};

mm_messages *mm_messages_new(void) {
    return calloc(1, sizeof(mm_messages));
}

void mm_messages_free(mm_messages *messages) {
    if (!messages)
        return;
    for (size_t i = 0; i < messages->count; i++)
        free(messages->texts[i]);
    free(messages->texts);
    free(messages);
}

size_t mm_messages_count(const mm_messages *messages) {
    return messages ? messages->count + (messages->lost > 0) : 0;
}

const char *mm_messages_text(const mm_messages *messages, size_t i) {
    if (!messages || i >= messages->count || !messages->texts[i])
        return no_memory;
    return messages->texts[i];
}

static char *formatted(const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    char *text = NULL;
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length >= 0 && (text = malloc((size_t)length + 1)))
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

void mm_messages_add(mm_messages *messages, const char *format, ...) {
    if (!messages)
        return;
    if (messages->count == messages->room) {
        size_t room = messages->room ? messages->room * 2 : 16;
        char **texts = realloc(messages->texts, room * sizeof *texts);
        if (!texts) {
            messages->lost++;
            return;
        }
        messages->texts = texts;
        messages->room = room;
    }
    va_list arguments;
    va_start(arguments, format);
    messages->texts[messages->count++] = formatted(format, arguments);
    va_end(arguments);
}
