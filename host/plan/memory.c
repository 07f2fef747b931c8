/* Memory of a plan in the making: lists of records, and the pool. */
#include "host/plan/build.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static void *out_of_memory(struct build *b) {
    if (b->status == MM_OK)
        b->status = MM_INTERNAL;
    return NULL;
}

void *build_add(struct build *b, struct build_list *list, size_t size) {
    if (list->n == list->capacity) {
        if (list->capacity > INT_MAX / 2)
            return out_of_memory(b);
        int capacity = list->capacity > 0 ? 2 * list->capacity : 16;
        void *items = realloc(list->items, (size_t)capacity * size);
        if (items == NULL)
            return out_of_memory(b);
        list->items = items;
        list->capacity = capacity;
    }
    void *item = (char *)list->items + (size_t)list->n * size;
    list->n++;
    return memset(item, 0, size);
}

void *build_alloc(struct build *b, size_t n, size_t size) {
    void *memory = calloc(n > 0 ? n : 1, size);
    if (memory == NULL)
        return out_of_memory(b);
    return memory;
}

char *build_text(struct build *b, const char *text) {
    char *copy = build_alloc(b, strlen(text) + 1, 1);
    if (copy != NULL)
        memcpy(copy, text, strlen(text));
    return copy;
}

void build_release(void *memory) {
    free(memory);
}

int build_pool(struct build *b, const void *words, size_t n_words) {
    struct plan *plan = b->plan;
    size_t needed = plan->pool_words + n_words;
    if (needed > INT_MAX) {
        out_of_memory(b);
        return -1;
    }
    if (needed > b->pool_capacity || plan->pool == NULL) {
        size_t capacity = needed + needed / 2 + 64;
        uint32_t *pool = realloc(plan->pool, capacity * sizeof *pool);
        if (pool == NULL) {
            out_of_memory(b);
            return -1;
        }
        plan->pool = pool;
        b->pool_capacity = capacity;
    }
    int offset = (int)plan->pool_words;
    if (n_words > 0)
        memcpy(plan->pool + offset, words, n_words * sizeof *plan->pool);
    plan->pool_words = needed;
    return offset;
}

int build_pool_floats(struct build *b, const double *values, int n) {
    int offset = (int)b->plan->pool_words;
    for (int i = 0; i < n; i++) {
        float x = build_float(b, values[i]);
        if (b->status != MM_OK || build_pool(b, &x, 1) < 0)
            return -1;
    }
    return offset;
}
