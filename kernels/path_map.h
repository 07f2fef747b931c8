/* Coexistence maps: hundreds of scopes tested each month (docs/model.md, section 8). A test gives one bit for each
 * lane; the bits of a scope are kept in one word, so that what follows (the run of months, the counts by state, the
 * months of a path) is done for as many scopes at a time as there are lanes. */
#ifndef MISMATCH_KERNELS_PATH_MAP_H
#define MISMATCH_KERNELS_PATH_MAP_H

#include "kernels/context.h"
#include "kernels/path_series.h"
#include "kernels/tallies.h"

/* Scratch words: a region of WI seen word by word, and vector by vector. */
#define WORD(offset, i) (((GLOBAL uint *)(k->wi + MM_AT(offset)))[MM_AT(i)])
#define WORDS(offset, i) (((GLOBAL vint *)(k->wi + MM_AT(offset)))[MM_AT((i) / MM_LANES)])

/* What a month's tests share. */
struct mm_map_month {
    vreal threshold;
    int t, now; /* now: this month's words, from `masks` on */
    int masks;
    uint lanes; /* those that count */
};

/* A share is at least the threshold: compared as amounts, so that no quotient is needed; a share of nothing is 0. */
INLINE vint reaches(vreal spare, vreal usable, vreal threshold) {
    return v_ge(spare, threshold * v_max(usable, v_r(1e-20f)));
}

/* All cells of a firm: within a class of generations and a region they share one test. */
static void test_cells(const struct mm_context *k, const struct mm_map_month *m, int i,
                       GLOBAL const struct mm_strip *strip) {
    GLOBAL const struct mm_head *h = k->h;
    const int generations = h->n_generations, frontier = INTS(h->frontier)[m->t];
    const uint empty = v_bits(v_le(m->threshold, v_r(0.0f))); /* a cell without capacity has share 0 */
    int at = strip->firm * h->n_regions;
    for (int r = 0; r < h->n_regions; r++, at++) {
        vreal old_spare = W(h->s_spare_old + at), new_spare = W(h->s_spare_new + at);
        if (strip->unsold) {
            old_spare = old_spare * W(h->s_tau_old + at);
            new_spare = new_spare * W(h->s_tau_new + at);
        }
        const uint old_idle = v_bits(reaches(old_spare, W(h->s_old + at), m->threshold)) & m->lanes;
        const uint new_idle = v_bits(reaches(new_spare, W(h->s_new + at), m->threshold)) & m->lanes;
        for (int g = 0; g < generations; g++, i++) {
            uint idle = g < frontier ? old_idle : new_idle;
            if (idle | empty) {
                uint held = v_bits(v_gt(W(h->s_held + at * generations + g), v_r(0.0f)));
                idle = (idle & held) | (empty & m->lanes & ~held);
            }
            WORD(m->masks, m->now + i) = idle;
        }
    }
}

static void test_strip(const struct mm_context *k, const struct mm_map_month *m, int first_entry,
                       GLOBAL const struct mm_strip *strip) {
    GLOBAL const struct mm_entry *e = TABLE(mm_entry, entries) + strip->first_entry;
    const int first = strip->first_entry - first_entry;
    if (strip->scope == MM_ENTRY_CELL) {
        test_cells(k, m, first, strip);
        return;
    }
    for (int i = 0; i < strip->n_entries; i++, e++) {
        vint idle;
        if (strip->scope == MM_ENTRY_SLOT) {
            idle = v_ge(W(k->h->s_slot + e->slot), m->threshold);
        } else {
            vreal spare, usable;
            scope_spare(k, m->t, strip->firm, strip->scope == MM_ENTRY_REGION ? e->region : -1,
                        strip->scope == MM_ENTRY_GENERATION ? e->generation : -1, strip->unsold, &spare, &usable);
            idle = reaches(spare, usable, m->threshold);
        }
        WORD(m->masks, m->now + first + i) = v_bits(idle) & m->lanes;
    }
}

/* Adds one to the number of months of every lane whose bit is set: one bit plane after the other takes the carry. */
INLINE void add_month(const struct mm_context *k, int planes, int n_planes, int stride, int i, vint bits) {
    for (int p = 0; p < n_planes && v_any_word(bits); p++) {
        vint plane = WORDS(planes, p * stride + i);
        WORDS(planes, p * stride + i) = plane ^ bits;
        bits = bits & plane;
    }
}

/* The words of the month have been written: which scopes have been idle long enough, and in which state that falls. */
static void count_map(const struct mm_context *k, GLOBAL const struct mm_map *map, int t) {
    GLOBAL const struct mm_head *h = k->h;
    uint lanes[MM_STATES];
    for (int s = 0; s < MM_STATES; s++)
        lanes[s] = v_bits(WI(h->s_industry + MM_I_STATE + s));
    if (t + 1 < map->for_months)
        return;
    const int counts = tally_row(k, map->counts + t * MM_STATES * map->stride, MM_STATES * map->stride);
    for (int i = 0; i < map->stride; i += MM_LANES) {
        vint idle = WORDS(map->masks, i);
        for (int m = 1; m < map->for_months; m++)
            idle = idle & WORDS(map->masks, m * map->stride + i);
        if (!v_any_word(idle))
            continue;
        for (int s = 0; s < MM_STATES; s++)
            if (lanes[s])
                tally_count_words(k, counts + s * map->stride + i, v_popc(v_as_u(idle & v_i((int)lanes[s]))));
        add_month(k, map->idle, map->planes, map->stride, i, idle);
        add_month(k, map->both, map->planes, map->stride, i, idle & v_i((int)lanes[0]));
    }
}

static void tally_maps(const struct mm_context *k, int t) {
    GLOBAL const struct mm_map *map = TABLE(mm_map, maps);
    for (int i = 0; i < k->h->n_maps; i++, map++) {
        GLOBAL const struct mm_strip *strip = TABLE(mm_strip, strips) + map->first_strip;
        struct mm_map_month m;
        m.t = t;
        m.threshold = v_r(map->threshold);
        m.masks = map->masks;
        m.now = t % map->for_months * map->stride;
        m.lanes = v_bits(k->valid);
        for (int j = 0; j < map->n_strips; j++)
            test_strip(k, &m, map->first_entry, strip + j);
        count_map(k, map, t);
    }
}

/* Months of each lane, from their bit planes. */
INLINE vint plane_months(const struct mm_context *k, int planes, int n_planes, int stride, int i) {
    vint months = v_i(0);
    for (int p = 0; p < n_planes; p++)
        months = months | v_lane_bits(WORD(planes, p * stride + i), p);
    return months;
}

static void tally_map_paths(const struct mm_context *k, vint short_months) {
    GLOBAL const struct mm_map *map = TABLE(mm_map, maps);
    for (int m = 0; m < k->h->n_maps; m++, map++) {
        const int ever = map->counts + k->h->months * MM_STATES * map->stride;
        for (int i = 0; i < map->n_entries; i++) {
            vint idle = plane_months(k, map->idle, map->planes, map->stride, i);
            if (!v_any_word(idle))
                continue;
            vint both = plane_months(k, map->both, map->planes, map->stride, i);
            const int at = map->sums + i * MM_MAP_SUMS;
            tally_lanes(k, ever + i, v_bits(v_igt(both, v_i(0)) & k->valid));
            tally_products(k, at, at + 1, both, both);
            tally_products(k, -1, at + 2, both, short_months);
            tally_products(k, at + 3, at + 4, idle, idle);
            tally_products(k, -1, at + 5, both, idle);
        }
    }
}

static void reset_maps(const struct mm_context *k) {
    GLOBAL const struct mm_map *map = TABLE(mm_map, maps);
    for (int m = 0; m < k->h->n_maps; m++, map++) {
        for (int i = 0; i < map->for_months * map->stride; i += MM_LANES)
            WORDS(map->masks, i) = v_i(0);
        for (int i = 0; i < map->planes * map->stride; i += MM_LANES) {
            WORDS(map->idle, i) = v_i(0);
            WORDS(map->both, i) = v_i(0);
        }
    }
}

#endif
