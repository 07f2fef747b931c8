/* Which paths something holds: stretches [first, first + n). */
#ifndef MISMATCH_HOST_RANGES_H
#define MISMATCH_HOST_RANGES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct range {
    uint64_t first, n;
};

struct range_list {
    size_t n;
    struct range *items;
};

void ranges_free(struct range_list *list);
/* \return false when memory ran out. */
bool ranges_add(struct range_list *list, uint64_t first, uint64_t n);
/* Sorts and joins what touches. \return false when two overlap, which *overlap (may be NULL) then shows. */
bool ranges_join(struct range_list *list, struct range *overlap);
uint64_t ranges_paths(const struct range_list *list);

/* [[first, n], ...]; NULL when memory ran out. */
json_t *ranges_to_json(const struct range_list *list);
/* \return false when it is not a list of disjoint stretches below `limit` (or memory ran out). */
bool ranges_from_json(const json_t *value, uint64_t limit, struct range_list *list);

#endif
