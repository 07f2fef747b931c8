/* What is kept of each scramble: the tallies from which errors of probabilities, conditionals and means follow. */
#include "host/plan/build.h"
#include "host/plan/sobol.h"

#include <stdlib.h>

struct keeping {
    struct plan_scrambles *to;
    bool counting; /* how many there are; else they are written down */
};

static void keep_counts(struct keeping *k, int first, size_t n) {
    for (size_t i = 0; i < n; i++, k->to->n_counts++)
        if (!k->counting)
            k->to->counts[k->to->n_counts] = (size_t)first + i;
}

static void keep_sum(struct keeping *k, int at) {
    if (!k->counting)
        k->to->sums[k->to->n_sums] = (size_t)at;
    k->to->n_sums++;
}

static void keep_all(struct keeping *k, const struct plan *plan) {
    const struct mm_head *h = &plan->head;
    const size_t months = (size_t)h->months;
    keep_counts(k, h->c_states, months * MM_STATES);
    for (int i = 0; i < h->months * MM_INDUSTRY_MEANS; i++)
        keep_sum(k, h->m_industry + 2 * i);
    keep_sum(k, h->m_short);
    keep_sum(k, h->m_totals);
    keep_sum(k, h->m_totals + 2);
    for (int i = 0; i < h->n_probabilities; i++) {
        const struct mm_probability *probability = PLAN_TABLE(plan, mm_probability, probabilities) + i;
        keep_counts(k, probability->counts, 2 * months + 1);
        keep_sum(k, probability->sums);
    }
    for (int i = 0; i < h->n_maps; i++) {
        const struct mm_map *map = PLAN_TABLE(plan, mm_map, maps) + i;
        keep_counts(k, map->counts + h->months * MM_STATES * map->stride, (size_t)map->n_entries);
        for (int e = 0; e < map->n_entries; e++) {
            keep_sum(k, map->sums + MM_MAP_SUMS * e);     /* both */
            keep_sum(k, map->sums + MM_MAP_SUMS * e + 3); /* idle */
        }
    }
}

static int by_place(const void *a, const void *b) {
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

mm_status plan_keep_scrambles(struct plan *plan) {
    struct build b = {.status = MM_OK};
    struct plan_scrambles *kept = build_alloc(&b, 1, sizeof *kept);
    if (kept == NULL)
        return b.status;
    keep_all(&(struct keeping){kept, true}, plan);
    kept->counts = build_alloc(&b, kept->n_counts, sizeof *kept->counts);
    kept->sums = build_alloc(&b, kept->n_sums, sizeof *kept->sums);
    if (b.status == MM_OK) {
        kept->n_counts = kept->n_sums = 0;
        keep_all(&(struct keeping){kept, false}, plan);
        qsort(kept->counts, kept->n_counts, sizeof *kept->counts, by_place);
        qsort(kept->sums, kept->n_sums, sizeof *kept->sums, by_place);
    }
    plan->scrambles = kept; /* plan_free() frees it in any case */
    return b.status;
}

size_t plan_scramble_counts(const struct plan *plan, int r) {
    return plan_counts(plan) - (size_t)(MM_SCRAMBLES - r) * (1 + plan->scrambles->n_counts);
}

size_t plan_scramble_sums(const struct plan *plan, int r) {
    return plan_sums(plan) - (size_t)(MM_SCRAMBLES - r) * plan->scrambles->n_sums;
}
