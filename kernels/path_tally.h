/* Tallies: integer counts and fixed-point sums, so that their order never matters (docs/model.md, section 10). */
#ifndef MISMATCH_KERNELS_PATH_TALLY_H
#define MISMATCH_KERNELS_PATH_TALLY_H

#include "kernels/context.h"
#include "kernels/path_events.h"
#include "kernels/path_series.h"

INLINE void count(const struct mm_context *k, int at, uint bits) {
    if (bits)
        k->counts[at] += popc(bits);
}

/* Adds a and a * b of the lanes that count; both in 0 ... 2^23. */
INLINE void add_products(const struct mm_context *k, int value_at, int product_at, vint a, vint b) {
    mm_u64 value = 0, product = 0;
    a = a & k->valid;
    if (!v_any(v_igt(a, v_i(0))))
        return;
    for (int i = 0; i < MM_LANES; i++) {
        mm_u64 x = (mm_u64)(uint)v_geti(a, i);
        value += x;
        product += x * (mm_u64)(uint)v_geti(b, i);
    }
    if (value_at >= 0)
        k->sums[value_at] += value;
    k->sums[product_at] += product;
}

/* A mean by month: the value in fixed point and its square. What is beyond the bound is cut and counted. */
static void tally_mean(const struct mm_context *k, int at, vreal value, float scale, float bound) {
    vreal fixed = value * v_r(scale);
    count(k, k->h->c_clipped, v_bits(v_gt(fixed, v_r(bound)) & k->valid));
    vint whole = v_round2i_wide(v_min(fixed, v_r(bound)));
    add_products(k, at, at + 1, whole, whole);
}

static void tally_industry(const struct mm_context *k, int t) {
    GLOBAL const struct mm_head *h = k->h;
    for (int s = 0; s < MM_STATES; s++)
        count(k, h->c_states + t * MM_STATES + s, v_bits(WI(h->s_industry + MM_I_STATE + s) & k->valid));
    WI(h->s_short_months) = WI(h->s_short_months) - WI(h->s_industry + MM_I_STATE);
    int at = h->m_industry + t * MM_INDUSTRY_MEANS * 2;
    for (int l = 0; l < 2 * MM_LAYERS; l++, at += 2) { /* late, then stranded */
        vint units = (WI(h->s_late + l) + v_i(1 << (MM_LATE_SHIFT - 1))) >> MM_LATE_SHIFT;
        add_products(k, at, at + 1, units, units);
    }
    vreal short_of = W(h->s_industry + MM_I_DEMAND) - W(h->s_industry + MM_I_SUPPLY);
    tally_mean(k, at, v_max(short_of, v_r(0.0f)), h->compute_scale, h->compute_bound);
    tally_mean(k, at + 2, v_max(v_r(0.0f) - short_of, v_r(0.0f)), h->compute_scale, h->compute_bound);
}

static void tally_probabilities(const struct mm_context *k, int t) {
    GLOBAL const struct mm_probability *p = TABLE(mm_probability, probabilities);
    for (int i = 0; i < k->h->n_probabilities; i++, p++) {
        if (t < p->from || t > p->to)
            continue;
        vint held = node_true(k, p->node), ever = WI(p->scratch);
        count(k, p->counts + t, v_bits(held & k->valid));
        count(k, p->counts + k->h->months + t, v_bits(held & v_not(ever) & k->valid));
        WI(p->scratch) = ever | held;
        WI(p->scratch + 1) = WI(p->scratch + 1) - held;
    }
}

/* What a month's map tests share. */
struct mm_map_month {
    vreal threshold;
    int for_months, months, t, counts;
    int n_present, present[MM_STATES]; /* the states that some lane is in, and which lanes */
    uint lanes[MM_STATES];
};

/* A share is at least the threshold: compared as amounts, so that no quotient is needed; a share of nothing is 0. */
INLINE vint reaches(vreal spare, vreal usable, vreal threshold) {
    return v_ge(spare, threshold * v_max(usable, v_r(1e-20f)));
}

INLINE void tally_entry(const struct mm_context *k, const struct mm_map_month *m, int first_entry, int i, vint idle) {
    GLOBAL const struct mm_head *h = k->h;
    const int e = first_entry + i;
    if (m->for_months > 1) {
        idle = idle & (WI(h->s_run + e) + v_i(1));
        WI(h->s_run + e) = idle;
        idle = v_ige(idle, v_i(m->for_months));
    }
    const uint bits = v_bits(idle & k->valid);
    if (!bits)
        return;
    GLOBAL uint *counts = k->counts + m->counts + (i * m->months + m->t) * MM_STATES;
    for (int s = 0; s < m->n_present; s++)
        counts[m->present[s]] += popc(bits & m->lanes[s]);
    WI(h->s_idle + e) = WI(h->s_idle + e) - idle;
    WI(h->s_both + e) = WI(h->s_both + e) - (idle & WI(h->s_industry + MM_I_STATE));
}

/* All cells of a firm: within a class of generations and a region they share one test. */
static void tally_cells(const struct mm_context *k, const struct mm_map_month *m, int first_entry,
                        GLOBAL const struct mm_strip *strip) {
    GLOBAL const struct mm_head *h = k->h;
    const int generations = h->n_generations, frontier = INTS(h->frontier)[m->t];
    int at = strip->firm * h->n_regions, i = strip->first_entry - first_entry;
    for (int r = 0; r < h->n_regions; r++, at++) {
        vreal old_spare = W(h->s_spare_old + at), new_spare = W(h->s_spare_new + at);
        if (strip->unsold) {
            old_spare = old_spare * W(h->s_tau_old + at);
            new_spare = new_spare * W(h->s_tau_new + at);
        }
        vint old_idle = reaches(old_spare, W(h->s_old + at), m->threshold);
        vint new_idle = reaches(new_spare, W(h->s_new + at), m->threshold);
        if (!v_any(old_idle | new_idle)) {
            for (int g = 0; g < generations; g++)
                WI(h->s_run + first_entry + i + g) = v_i(0);
            i += generations;
            continue;
        }
        const vint empty = v_le(m->threshold, v_r(0.0f)); /* a cell without capacity has share 0 */
        for (int g = 0; g < generations; g++, i++) {
            vint held = v_gt(W(h->s_held + at * generations + g), v_r(0.0f));
            vint idle = v_seli(held, g < frontier ? old_idle : new_idle, empty);
            tally_entry(k, m, first_entry, i, idle);
        }
    }
}

static void tally_strip(const struct mm_context *k, const struct mm_map_month *m, int first_entry,
                        GLOBAL const struct mm_strip *strip) {
    GLOBAL const struct mm_entry *e = TABLE(mm_entry, entries) + strip->first_entry;
    if (strip->scope == MM_ENTRY_CELL) {
        tally_cells(k, m, first_entry, strip);
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
        tally_entry(k, m, first_entry, strip->first_entry - first_entry + i, idle);
    }
}

static void tally_maps(const struct mm_context *k, int t) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_map *map = TABLE(mm_map, maps);
    struct mm_map_month m;
    m.t = t;
    m.months = h->months;
    m.n_present = 0;
    for (int s = 0; s < MM_STATES; s++) {
        m.lanes[m.n_present] = v_bits(WI(h->s_industry + MM_I_STATE + s));
        m.present[m.n_present] = s;
        m.n_present += m.lanes[m.n_present] != 0;
    }
    for (int i = 0; i < h->n_maps; i++, map++) {
        GLOBAL const struct mm_strip *strip = TABLE(mm_strip, strips) + map->first_strip;
        m.threshold = v_r(map->threshold);
        m.for_months = map->for_months;
        m.counts = map->counts;
        for (int j = 0; j < map->n_strips; j++)
            tally_strip(k, &m, map->first_entry, strip + j);
    }
}

/* Index of a value's bin among the month's counts: 0 below, 1 ... n the bins, n + 1 above. */
INLINE vint fan_bin(GLOBAL const struct mm_fan *fan, vreal value) {
    const vint last = v_i(fan->n), one = v_i(1);
    vint below, above, bin;
    if (fan->relative) {
        const int first = (fan->low_exponent + 127) << 8; /* exponent and the upper 8 bits of the fraction */
        bin = (v_as_i(value) >> 15) - v_i(first) + v_i(2);
        below = v_lt(value, v_r(0.0f));
        above = v_igt(bin, last);
    } else {
        vreal x = (value - v_r(fan->low)) * v_r(fan->inv_width);
        bin = v_f2i(v_clip(x, v_r(0.0f), v_r((float)fan->n))) + one;
        below = v_lt(value, v_r(fan->low));
        above = v_gt(value, v_r(fan->high));
    }
    bin = v_seli(v_ilt(bin, one), one, bin);
    bin = v_seli(v_igt(bin, last), last, bin);
    bin = v_seli(below, v_i(0), bin);
    return v_seli(above & v_not(below), v_i(fan->n + 1), bin);
}

static void tally_fans(const struct mm_context *k, int t) {
    GLOBAL const struct mm_fan *fan = TABLE(mm_fan, fans);
    for (int i = 0; i < k->h->n_fans; i++, fan++) {
        vint bin = fan_bin(fan, W(k->h->s_slot + fan->slot));
        GLOBAL uint *counts = k->counts + fan->counts + t * (fan->n + 2);
        for (int lane = 0; lane < MM_LANES; lane++)
            if (v_geti(k->valid, lane))
                counts[v_geti(bin, lane)]++;
    }
}

static void tally_month(const struct mm_context *k, int t) {
    tally_industry(k, t);
    tally_probabilities(k, t);
    tally_maps(k, t);
    tally_fans(k, t);
}

/* What is known only when the path has ended. */
static void tally_path(const struct mm_context *k) {
    GLOBAL const struct mm_head *h = k->h;
    const vint months = WI(h->s_short_months);
    add_products(k, h->m_short, h->m_short + 1, months, months);
    GLOBAL const struct mm_probability *p = TABLE(mm_probability, probabilities);
    for (int i = 0; i < h->n_probabilities; i++, p++) {
        vint held = WI(p->scratch + 1);
        count(k, p->counts + 2 * h->months, v_bits(WI(p->scratch) & k->valid));
        add_products(k, p->sums, p->sums + 1, held, held);
    }
    GLOBAL const struct mm_map *map = TABLE(mm_map, maps);
    for (int m = 0; m < h->n_maps; m++, map++) {
        for (int i = 0; i < map->n_entries; i++) {
            vint idle = WI(h->s_idle + map->first_entry + i), both = WI(h->s_both + map->first_entry + i);
            const int at = map->sums + i * MM_MAP_SUMS;
            count(k, map->counts + map->n_entries * h->months * MM_STATES + i, v_bits(v_igt(both, v_i(0)) & k->valid));
            add_products(k, at, at + 1, both, both);
            add_products(k, -1, at + 2, both, months);
            add_products(k, at + 3, at + 4, idle, idle);
            add_products(k, -1, at + 5, both, idle);
        }
    }
}

#endif
