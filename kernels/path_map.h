/* Coexistence maps: hundreds of scopes tested each month (docs/model.md, section 8). A test gives one bit for each
 * lane; the bits of a scope are kept in one word, so that what follows (the run of months, the counts by state, the
 * months of a path) is done for as many scopes at a time as there are lanes. */
#ifndef MISMATCH_KERNELS_PATH_MAP_H
#define MISMATCH_KERNELS_PATH_MAP_H

#include "kernels/context.h"
#include "kernels/path_series.h"
#include "kernels/tallies.h"

/* What a month's tests share. */
struct mm_map_month {
    vreal threshold;
    int masks, now; /* this month's words: from `now` on at `masks` */
    uint lanes;     /* those that count */
    int empty;      /* whether a share of nothing, 0, reaches the threshold */
    int frontier;
};

/* What is spare (unsold) and what can be used of one firm, by region and class. */
struct mm_idle {
    vreal old_spare[MM_MAX_REGIONS], new_spare[MM_MAX_REGIONS], old[MM_MAX_REGIONS], new[MM_MAX_REGIONS];
    int at; /* firm * regions */
};

#define IDLE(m, i) MASK((m)->masks, (m)->now + (i))

/* Masks of all entries: up to whole vectors of them. */
INLINE int map_row(GLOBAL const struct mm_map *map) {
    return (map->stride + MM_MASKS - 1) / MM_MASKS * MM_MASKS;
}

/* A share is at least the threshold: compared as amounts, so that no quotient is needed; a share of nothing is 0. */
INLINE mm_mask reaches(const struct mm_map_month *m, vreal spare, vreal usable) {
    return (mm_mask)(v_bits_ge(spare, m->threshold * v_max(usable, v_r(1e-20f))) & m->lanes);
}

/* The firm as a whole and by region. */
INLINE void test_regions(const struct mm_context *k, const struct mm_map_month *m, const struct mm_idle *idle,
                         int at_firm, int at_region, const int regions) {
    vreal spare = v_r(0.0f), usable = v_r(0.0f);
    FLAT for (int r = 0; r < regions; r++) {
        vreal s = idle->old_spare[r] + idle->new_spare[r], u = idle->old[r] + idle->new[r];
        spare = spare + s;
        usable = usable + u;
        if (at_region >= 0)
            IDLE(m, at_region + r) = reaches(m, s, u);
    }
    if (at_firm >= 0)
        IDLE(m, at_firm) = reaches(m, spare, usable);
}

/* All cells of a firm: within a class of generations and a region they share one test. A cell that holds nothing in a
 * lane has a share of 0, which reaches a threshold of 0 alone. */
INLINE void test_cells(const struct mm_context *k, const struct mm_map_month *m, const struct mm_idle *idle, int first,
                       const mm_mask empty, const int regions, const int generations) {
    const int frontier = m->frontier, masks = m->masks, now = m->now + first;
    const int holds = k->h->s_holds, from = idle->at * generations;
    FLAT for (int r = 0; r < regions; r++) {
        const mm_mask old_idle = reaches(m, idle->old_spare[r], idle->old[r]);
        const mm_mask new_idle = reaches(m, idle->new_spare[r], idle->new[r]);
        FLAT for (int g = 0; g < generations; g++) {
            const int i = r * generations + g;
            const mm_mask held = MASK(holds, from + i), shared = g < frontier ? old_idle : new_idle;
            MASK(masks, now + i) = (mm_mask)((shared & held) | (empty & ~held));
        }
    }
}

/* Each generation over all regions: within a class every generation of a region has the same share spare. */
INLINE void test_generations(const struct mm_context *k, const struct mm_map_month *m, const struct mm_idle *idle,
                             int first, int unsold, const int regions, const int generations) {
    GLOBAL const struct mm_head *h = k->h;
    const int s_held = h->s_held + idle->at * generations;
    vreal old_share[MM_MAX_REGIONS], new_share[MM_MAX_REGIONS];
    FLAT for (int r = 0; r < regions; r++) {
        old_share[r] = quotient(W(h->s_spare_old + idle->at + r), idle->old[r]);
        new_share[r] = quotient(W(h->s_spare_new + idle->at + r), idle->new[r]);
        if (unsold) {
            old_share[r] = old_share[r] * W(h->s_tau_old + idle->at + r);
            new_share[r] = new_share[r] * W(h->s_tau_new + idle->at + r);
        }
    }
    FLAT for (int g = 0; g < generations; g++) {
        vreal spare = v_r(0.0f), usable = v_r(0.0f);
        const int old = g < m->frontier;
        FLAT for (int r = 0; r < regions; r++) {
            vreal u = W(s_held + r * generations + g);
            spare = v_fma(old ? old_share[r] : new_share[r], u, spare);
            usable = usable + u;
        }
        IDLE(m, first + g) = reaches(m, spare, usable);
    }
}

INLINE void test_scopes(const struct mm_context *k, const struct mm_map_month *m, GLOBAL const struct mm_strip *strip,
                        const int regions, const int generations) {
    GLOBAL const struct mm_head *h = k->h;
    const int firm = strip->first[MM_ENTRY_FIRM], region = strip->first[MM_ENTRY_REGION],
              generation = strip->first[MM_ENTRY_GENERATION], cell = strip->first[MM_ENTRY_CELL];
    const int at = strip->firm * regions, unsold = strip->unsold;
    struct mm_idle idle;
    idle.at = at;
    FLAT for (int r = 0; r < regions; r++) {
        idle.old[r] = W(h->s_old + at + r);
        idle.new[r] = W(h->s_new + at + r);
        idle.old_spare[r] = W(h->s_spare_old + at + r);
        idle.new_spare[r] = W(h->s_spare_new + at + r);
        if (unsold) {
            idle.old_spare[r] = idle.old_spare[r] * W(h->s_tau_old + at + r);
            idle.new_spare[r] = idle.new_spare[r] * W(h->s_tau_new + at + r);
        }
    }
    if (firm >= 0 || region >= 0)
        test_regions(k, m, &idle, firm, region, regions);
    if (cell >= 0 && m->empty)
        test_cells(k, m, &idle, cell, (mm_mask)m->lanes, regions, generations);
    else if (cell >= 0)
        test_cells(k, m, &idle, cell, 0u, regions, generations);
    if (generation >= 0)
        test_generations(k, m, &idle, generation, unsold, regions, generations);
}

static void test_firm(const struct mm_context *k, const struct mm_map_month *month,
                      GLOBAL const struct mm_strip *strip) {
    const struct mm_map_month m = *month;
    if (k->h->n_regions == MM_FLAT && k->h->n_generations == MM_FLAT)
        test_scopes(k, &m, strip, MM_FLAT, MM_FLAT);
    else
        test_scopes(k, &m, strip, k->h->n_regions, k->h->n_generations);
}

static void test_slots(const struct mm_context *k, const struct mm_map_month *m, int first_entry,
                       GLOBAL const struct mm_strip *strip) {
    GLOBAL const struct mm_entry *e = TABLE(mm_entry, entries) + strip->first_slot;
    for (int i = 0; i < strip->n_slots; i++)
        IDLE(m, strip->first_slot + i - first_entry) =
            (mm_mask)(v_bits_ge(W(k->h->s_slot + e[i].slot), m->threshold) & m->lanes);
}

/* Months are counted bit by bit, a mask for each bit of the number: first up to MM_LOW_MONTHS of them in the low
 * planes, which then go into the others. A carry may have to run through all planes of some lane, so this is done
 * seldom. */
INLINE void add_month(const struct mm_context *k, int planes, int row, int i, vmask bits) {
    FLAT for (int p = 0; p < MM_LOW_PLANES; p++) {
        vmask plane = MASKS(planes, p * row + i);
        MASKS(planes, p * row + i) = plane ^ bits;
        bits = bits & plane;
    }
}

static void carry_months(const struct mm_context *k, int planes, int n_planes, int row) {
    const vmask none = v_mask(0);
    for (int i = 0; i < row; i += MM_MASKS) {
        vmask carry = none, low[MM_LOW_PLANES];
        FLAT for (int p = 0; p < MM_LOW_PLANES; p++) {
            low[p] = MASKS(planes, p * row + i);
            MASKS(planes, p * row + i) = none;
        }
        if (!v_any_mask(low[0] | low[1] | low[2]))
            continue;
        for (int p = 0; p < n_planes; p++) {
            const int at = (MM_LOW_PLANES + p) * row + i;
            const vmask a = MASKS(planes, at), b = p < MM_LOW_PLANES ? low[p] : none;
            MASKS(planes, at) = a ^ b ^ carry;
            carry = (a & b) | (carry & (a ^ b));
        }
    }
}

/* The masks of the month have been written: which scopes have been idle long enough, and in which state that falls.
 * Beyond a row's entries no mask has a bit, so that nothing is added to what comes after their counts. */
static void count_map(const struct mm_context *k, GLOBAL const struct mm_map *map, int t) {
    GLOBAL const struct mm_head *h = k->h;
    const int row = map_row(map), stride = map->stride, for_months = map->for_months, masks = map->masks,
              idle_months = map->idle, both_months = map->both;
    uint lanes[MM_STATES];
    for (int s = 0; s < MM_STATES; s++)
        lanes[s] = v_bits(WI(h->s_industry + MM_I_STATE + s));
    if (t + 1 < for_months)
        return;
    const int counts = tally_row(k, map->counts + t * MM_STATES * stride, MM_STATES * stride);
    for (int i = 0; i < row; i += MM_MASKS) {
        vmask idle = MASKS(masks, i);
        for (int m = 1; m < for_months; m++)
            idle = idle & MASKS(masks, m * row + i);
        if (!v_any_mask(idle))
            continue;
        for (int s = 0; s < MM_STATES; s++)
            if (lanes[s])
                tally_count_masks(k, counts + s * stride + i, v_popc_masks(idle & v_mask(lanes[s])));
        add_month(k, idle_months, row, i, idle);
        if (lanes[0])
            add_month(k, both_months, row, i, idle & v_mask(lanes[0]));
    }
    if ((t + 1) % MM_LOW_MONTHS == 0 || t + 1 == h->months) {
        carry_months(k, idle_months, map->planes, row);
        carry_months(k, both_months, map->planes, row);
    }
}

static void tally_maps(const struct mm_context *k, int t) {
    GLOBAL const struct mm_map *map = TABLE(mm_map, maps);
    for (int i = 0; i < k->h->n_maps; i++, map++) {
        GLOBAL const struct mm_strip *strip = TABLE(mm_strip, strips) + map->first_strip;
        struct mm_map_month m;
        m.threshold = v_r(map->threshold);
        m.masks = map->masks;
        m.now = t % map->for_months * map_row(map);
        m.lanes = v_bits(k->valid);
        m.empty = !(map->threshold > 0.0f);
        m.frontier = INTS(k->h->frontier)[t];
        for (int j = 0; j < map->n_strips; j++, strip++)
            if (strip->n_slots > 0)
                test_slots(k, &m, map->first_entry, strip);
            else
                test_firm(k, &m, strip);
        count_map(k, map, t);
    }
}

/* Months of each lane, from their bit planes. */
INLINE vint plane_months(const struct mm_context *k, int planes, int n_planes, int row, int i) {
    vint months = v_i(0);
    for (int p = 0; p < n_planes; p++)
        months = months | v_lane_bits(MASK(planes, (MM_LOW_PLANES + p) * row + i), p);
    return months;
}

static void tally_map_paths(const struct mm_context *k, vint short_months) {
    GLOBAL const struct mm_map *map = TABLE(mm_map, maps);
    for (int m = 0; m < k->h->n_maps; m++, map++) {
        const int ever = map->counts + k->h->months * MM_STATES * map->stride, row = map_row(map);
        for (int i = 0; i < map->n_entries; i++) {
            vint idle = plane_months(k, map->idle, map->planes, row, i);
            if (!v_any_word(idle))
                continue;
            vint both = plane_months(k, map->both, map->planes, row, i);
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
        const int row = map_row(map);
        for (int i = 0; i < map->for_months * row; i += MM_MASKS)
            MASKS(map->masks, i) = v_mask(0);
        for (int i = 0; i < (MM_LOW_PLANES + map->planes) * row; i += MM_MASKS) {
            MASKS(map->idle, i) = v_mask(0);
            MASKS(map->both, i) = v_mask(0);
        }
    }
}

#endif
