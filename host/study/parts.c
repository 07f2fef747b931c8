#include "host/study/parts.h"

#include <stdlib.h>

static mm_status no_memory(mm_messages *messages) {
    mm_messages_add(messages, "memory ran out");
    return MM_INTERNAL;
}

static mm_status open_part(const struct parts *parts, const struct plan_part *part, bool alone, struct part *item,
                           const struct engine_options *options, const struct tallies *tallies, mm_messages *messages) {
    const size_t n_counts = (size_t)part->plan->head.n_counts, n_sums = (size_t)part->plan->head.n_sums;
    item->all = tallies_part(tallies, part->first_count, n_counts, part->first_sum, n_sums);
    item->own = alone ? &item->all : tallies_new(n_counts, n_sums);
    if (!item->own)
        return no_memory(messages);
    return parts->backend->open(part->plan, options, item->own, &item->engine, messages);
}

mm_status parts_open(struct parts *parts, const struct engine_backend *backend, const struct plan *plan,
                     const struct engine_options *options, const struct tallies *tallies, mm_messages *messages) {
    const int n = plan_n_parts(plan);
    *parts = (struct parts){.backend = backend, .items = calloc((size_t)n, sizeof *parts->items)};
    if (!parts->items)
        return no_memory(messages);
    for (mm_status status = MM_OK; parts->n < n; parts->n++) {
        const struct plan_part part = plan_part(plan, parts->n);
        status = open_part(parts, &part, n == 1, &parts->items[parts->n], options, tallies, messages);
        if (status != MM_OK) {
            parts->n++; /* what it has is freed too */
            return status;
        }
    }
    return MM_OK;
}

mm_status parts_run(const struct parts *parts, uint64_t first_path, uint64_t n, mm_messages *messages) {
    mm_status status = MM_OK;
    for (int i = 0; i < parts->n && status == MM_OK; i++)
        status = parts->backend->run(parts->items[i].engine, first_path, n, messages);
    return status;
}

mm_status parts_settle(const struct parts *parts, mm_messages *messages) {
    mm_status status = MM_OK;
    for (int i = 0; i < parts->n && status == MM_OK; i++)
        status = parts->backend->settle(parts->items[i].engine, messages);
    for (int i = 0; i < parts->n && status == MM_OK && parts->n > 1; i++) {
        tallies_add(&parts->items[i].all, parts->items[i].own);
        tallies_clear(parts->items[i].own);
    }
    return status;
}

void parts_close(struct parts *parts) {
    for (int i = 0; i < parts->n; i++) {
        parts->backend->close(parts->items[i].engine);
        if (parts->items[i].own != &parts->items[i].all)
            tallies_free(parts->items[i].own);
    }
    free(parts->items);
    *parts = (struct parts){0};
}

uint64_t parts_memory(const struct engine_backend *backend, const struct plan *plan,
                      const struct engine_options *options) {
    uint64_t bytes = 0;
    for (int i = 0; i < plan_n_parts(plan); i++)
        bytes += backend->memory(plan_part(plan, i).plan, options);
    return plan->n_overlays ? bytes + 8 * (uint64_t)plan_counts(plan) + 16 * (uint64_t)plan_sums(plan) : bytes;
}
