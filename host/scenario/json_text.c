#include <math.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>

#include "host/scenario/scenario_data.h"
#include "host/scenario/text.h"

struct buffer {
    char *text;
    size_t used, room;
    bool failed;
    int indent;
};

static void put(struct buffer *to, const char *text) {
    size_t length = strlen(text);
    if (to->failed)
        return;
    if (to->room - to->used <= length) {
        size_t room = (to->room + length + 64) * 2;
        char *bigger = realloc(to->text, room);
        if (!bigger) {
            to->failed = true;
            return;
        }
        to->text = bigger;
        to->room = room;
    }
    memcpy(to->text + to->used, text, length + 1);
    to->used += length;
}

static void new_line(struct buffer *to, int depth) {
    if (!to->indent)
        return;
    put(to, "\n");
    for (int i = 0; i < depth * to->indent; i++)
        put(to, " ");
}

static void put_number(struct buffer *to, double value) {
    char text[TEXT_NUMBER];
    text_number(value, text);
    put(to, text);
}

static void put_string(struct buffer *to, const char *text) {
    json_t *string = json_string(text);
    char *quoted = string ? json_dumps(string, JSON_ENCODE_ANY | JSON_ENSURE_ASCII) : NULL;
    if (quoted)
        put(to, quoted);
    else
        to->failed = true;
    free(quoted);
    json_decref(string);
}

static int by_text(const void *a, const void *b) {
    const char *const *left = a, *const *right = b;
    return strcmp(*left, *right);
}

static void put_value(struct buffer *to, const json_t *json, int depth);

static void put_object(struct buffer *to, const json_t *json, int depth) {
    size_t n = json_object_size(json), i = 0;
    json_t *object = (json_t *)json; /* iterating changes nothing, but jansson has no const iterator */
    const char **keys = calloc(n + 1, sizeof *keys), *key;
    json_t *value;
    if (!keys) {
        to->failed = true;
        return;
    }
    json_object_foreach(object, key, value) keys[i++] = key;
    if (n)
        qsort(keys, n, sizeof *keys, by_text);
    put(to, "{");
    for (i = 0; i < n; i++) {
        if (i)
            put(to, ",");
        new_line(to, depth + 1);
        put_string(to, keys[i]);
        put(to, to->indent ? ": " : ":");
        put_value(to, json_object_get(json, keys[i]), depth + 1);
    }
    if (n)
        new_line(to, depth);
    put(to, "}");
    free(keys);
}

static void put_array(struct buffer *to, const json_t *json, int depth) {
    size_t n = json_array_size(json);
    bool flat = true; /* lists of single values stay on one line */
    for (size_t i = 0; i < n; i++)
        flat = flat && !json_is_object(json_array_get(json, i)) && !json_is_array(json_array_get(json, i));
    put(to, "[");
    for (size_t i = 0; i < n; i++) {
        if (i)
            put(to, flat && to->indent ? ", " : ",");
        if (!flat)
            new_line(to, depth + 1);
        put_value(to, json_array_get(json, i), depth + 1);
    }
    if (n && !flat)
        new_line(to, depth);
    put(to, "]");
}

static void put_value(struct buffer *to, const json_t *json, int depth) {
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        put_object(to, json, depth);
        break;
    case JSON_ARRAY:
        put_array(to, json, depth);
        break;
    case JSON_STRING:
        put_string(to, json_string_value(json));
        break;
    case JSON_INTEGER:
        put_number(to, (double)json_integer_value(json));
        break;
    case JSON_REAL:
        put_number(to, json_real_value(json));
        break;
    case JSON_TRUE:
        put(to, "true");
        break;
    case JSON_FALSE:
        put(to, "false");
        break;
    case JSON_NULL:
        put(to, "null");
        break;
    }
}

char *scenario_json_text(const json_t *json, int indent) {
    struct buffer to = {.indent = indent};
    locale_t before = text_plain();
    put_value(&to, json, 0);
    text_restore(before);
    if (!to.failed)
        return to.text;
    free(to.text);
    return NULL;
}

bool scenario_json_sha256(const json_t *json, char out[65]) {
    char *text = scenario_json_text(json, 0);
    if (text)
        SHA256Data((const uint8_t *)text, strlen(text), out);
    free(text);
    return text != NULL;
}
