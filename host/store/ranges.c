#include "host/store/ranges.h"

#include <stdlib.h>

#include "host/scenario/failures.h"
#include "host/store/json_text.h"

void ranges_free(struct range_list *list) {
    free(list->items);
    *list = (struct range_list){0};
}

bool ranges_add(struct range_list *list, uint64_t first, uint64_t n) {
    struct range *items = realloc(list->items, (list->n + 1) * sizeof *items);
    if (!items) {
        memory_failed();
        return false;
    }
    list->items = items;
    list->items[list->n++] = (struct range){first, n};
    return true;
}

static int by_first(const void *a, const void *b) {
    uint64_t x = ((const struct range *)a)->first, y = ((const struct range *)b)->first;
    return (x > y) - (x < y);
}

bool ranges_join(struct range_list *list, struct range *overlap) {
    if (list->n == 0)
        return true;
    qsort(list->items, list->n, sizeof *list->items, by_first);
    size_t last = 0;
    for (size_t i = 1; i < list->n; i++) {
        struct range *before = &list->items[last], *next = &list->items[i];
        uint64_t end = before->first + before->n;
        if (next->first < end) {
            uint64_t next_end = next->first + next->n;
            if (overlap)
                *overlap = (struct range){next->first, (next_end < end ? next_end : end) - next->first};
            return false;
        }
        if (next->first == end)
            before->n += next->n;
        else
            list->items[++last] = *next;
    }
    list->n = last + 1;
    return true;
}

uint64_t ranges_paths(const struct range_list *list) {
    uint64_t paths = 0;
    for (size_t i = 0; i < list->n; i++)
        paths += list->items[i].n;
    return paths;
}

json_t *ranges_to_json(const struct range_list *list) {
    json_t *array = json_array();
    for (size_t i = 0; array && i < list->n; i++) {
        json_t *pair = json_array();
        int bad = json_array_append_new(pair, json_text_u64(list->items[i].first));
        bad |= json_array_append_new(pair, json_text_u64(list->items[i].n));
        bad |= json_array_append_new(array, pair);
        if (bad) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

bool ranges_from_json(const json_t *value, uint64_t limit, struct range_list *list) {
    *list = (struct range_list){0};
    size_t i;
    const json_t *pair;
    bool good = json_array_size(value) > 0;
    json_array_foreach(value, i, pair) {
        uint64_t first, n;
        good = good && json_array_size(pair) == 2 && json_text_read_u64(json_array_get(pair, 0), &first) &&
               json_text_read_u64(json_array_get(pair, 1), &n) && n > 0 && first < limit && n <= limit - first &&
               ranges_add(list, first, n);
    }
    good = good && ranges_join(list, NULL);
    if (!good)
        ranges_free(list);
    return good;
}
