#include "host/cli/talk.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

static bool told, told_memory; /* messages of the library; among them that memory ran out */

static void say(const char *start, const char *command, const char *format, va_list arguments) {
    fflush(stdout);
    fprintf(stderr, "%s%s%s: ", start, command ? " " : "", command ? command : "");
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

void talk(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say("mismatch", NULL, format, arguments);
    va_end(arguments);
}

mm_status talk_usage(const char *command, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say("mismatch", command, format, arguments);
    va_end(arguments);
    return MM_USAGE;
}

void talk_messages(const mm_messages *messages) {
    for (size_t i = 0; i < mm_messages_count(messages); i++) {
        const char *text = mm_messages_text(messages, i);
        fprintf(stderr, "%s\n", text);
        told = true;
        told_memory = told_memory || strstr(text, "memory ran out") || strstr(text, "out of memory") ||
                      strstr(text, strerror(ENOMEM));
    }
}

mm_status talk_memory(mm_status status) {
    const bool lost = mm_memory_failures() > 0;
    if (lost && status != MM_IO && status != MM_INTERRUPTED)
        status = MM_INTERNAL; /* what was found or said may lack a part */
    if (status == MM_INTERNAL && !told_memory && (lost || !told))
        talk("memory ran out");
    return status;
}

const char *talk_count(uint64_t value, char text[32]) {
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, value), at = 0;
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = '\0';
    return text;
}

const char *talk_size(uint64_t bytes, char text[32]) {
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    double value = (double)bytes / 1024;
    size_t unit = 0;
    for (; value >= 1024 && unit < 3; unit++)
        value /= 1024;
    snprintf(text, 32, "%.1f %s", value, units[unit]);
    return text;
}
