#include "host/store/json_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BROKEN_LEVELS 2

static int write_piece(const char *text, size_t size, void *out) {
    return fwrite(text, 1, size, out) == size ? 0 : -1;
}

void json_text_string(FILE *out, const char *text) {
    json_t *value = json_string(text);
    if (value)
        json_dump_callback(value, write_piece, out, JSON_ENCODE_ANY);
    else
        fputs("null", out); /* memory ran out, or not UTF-8: the file stays well formed */
    json_decref(value);
}

static void write_real(FILE *out, double value) {
    char text[40];
    if (!(value < 0 || value > 0)) { /* many are: what never happens has probability 0 */
        fputs("0.0", out);
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        double back = strtod(text, NULL);
        if (back <= value && back >= value)
            break;
    }
    char *comma = strchr(text, ','); /* the decimal sign of some locales */
    if (comma)
        *comma = '.';
    if (!strpbrk(text, ".e"))
        fprintf(out, "%s.0", text); /* so that it reads back as a real number */
    else
        fputs(text, out);
}

static void indent(FILE *out, int depth) {
    fputc('\n', out);
    for (int i = 0; i < depth; i++)
        fputs("  ", out);
}

static void write_object(FILE *out, const json_t *value, int depth) {
    bool broken = depth < BROKEN_LEVELS, first = true;
    fputc('{', out);
    /* jansson's iterators take a non-const object, but only read it */
    json_t *object = (json_t *)(uintptr_t)value, *member;
    const char *key;
    json_object_foreach(object, key, member) {
        if (!first)
            fputs(broken ? "," : ", ", out);
        if (broken)
            indent(out, depth + 1);
        first = false;
        json_text_string(out, key);
        fputs(": ", out);
        json_text_write(out, member, depth + 1);
    }
    if (broken && !first)
        indent(out, depth);
    fputc('}', out);
}

static void write_array(FILE *out, const json_t *value, int depth) {
    size_t n = json_array_size(value);
    const json_t *head = json_array_get(value, 0);
    bool broken = depth < BROKEN_LEVELS && (json_is_object(head) || json_is_array(head));
    fputc('[', out);
    for (size_t i = 0; i < n; i++) {
        if (i)
            fputs(broken ? "," : ", ", out);
        if (broken)
            indent(out, depth + 1);
        json_text_write(out, json_array_get(value, i), depth + 1);
    }
    if (broken)
        indent(out, depth);
    fputc(']', out);
}

void json_text_write(FILE *out, const json_t *value, int depth) {
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_OBJECT:
        write_object(out, value, depth);
        break;
    case JSON_ARRAY:
        write_array(out, value, depth);
        break;
    case JSON_STRING:
        json_dump_callback(value, write_piece, out, JSON_ENCODE_ANY);
        break;
    case JSON_INTEGER:
        fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        write_real(out, json_real_value(value));
        break;
    case JSON_TRUE:
        fputs("true", out);
        break;
    case JSON_FALSE:
        fputs("false", out);
        break;
    case JSON_NULL:
        fputs("null", out);
        break;
    }
}

json_t *json_text_u64(uint64_t value) {
    if (value <= INT64_MAX)
        return json_integer((json_int_t)value);
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value);
    return json_string(text);
}

bool json_text_read_u64(const json_t *value, uint64_t *number) {
    if (json_is_integer(value) && json_integer_value(value) >= 0) {
        *number = (uint64_t)json_integer_value(value);
        return true;
    }
    const char *text = json_string_value(value);
    if (!text || text[strspn(text, "0123456789")] != '\0' || !*text)
        return false;
    errno = 0;
    *number = strtoull(text, NULL, 10);
    return errno == 0;
}
