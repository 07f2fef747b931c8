#include "host/study/flat.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/scenario/failures.h"

static bool flatten(json_t *flat, const char *prefix, const json_t *value);

static bool flatten_below(json_t *flat, const char *prefix, const char *name, const json_t *value) {
    char *key;
    if (asprintf(&key, "%s%s%s", prefix, *prefix ? "." : "", name) < 0) {
        memory_failed();
        return false;
    }
    bool good = flatten(flat, key, value);
    free(key);
    return good;
}

static bool flatten_list(json_t *flat, const char *prefix, const json_t *list) {
    bool good = true;
    for (size_t i = 0; i < json_array_size(list) && good; i++) {
        const json_t *item = json_array_get(list, i);
        const char *name = json_string_value(json_object_get(item, "name"));
        char place[24];
        snprintf(place, sizeof place, "%zu", i);
        good = flatten_below(flat, prefix, name ? name : place, item);
    }
    return good;
}

static bool flatten(json_t *flat, const char *prefix, const json_t *value) {
    json_t *object = (json_t *)(uintptr_t)value, *member; /* only read */
    const char *key;
    bool good = true;
    if (json_is_array(value))
        return flatten_list(flat, prefix, value);
    if (!json_is_object(value))
        return json_object_set(flat, prefix, object) == 0;
    json_object_foreach(object, key, member) good =
        good && (strcmp(key, "name") == 0 || flatten_below(flat, prefix, key, member));
    return good;
}

json_t *flat_keys(const json_t *effective) {
    json_t *flat = json_object();
    if (flat && flatten(flat, "", effective))
        return flat;
    json_decref(flat);
    return NULL;
}

bool flat_join(json_t *union_of, const json_t *flat) {
    json_t *object = (json_t *)(uintptr_t)flat, *member; /* only read */
    const char *key;
    json_object_foreach(object, key, member) if (!json_object_get(union_of, key) &&
                                                 json_object_set_new(union_of, key, json_true()) != 0) return false;
    return true;
}
