/* Tallies: integer counts and fixed-point sums, so that their order never matters (docs/model.md, section 10). */
#ifndef MISMATCH_KERNELS_PATH_TALLY_H
#define MISMATCH_KERNELS_PATH_TALLY_H

#include "kernels/context.h"
#include "kernels/path_bins.h"
#include "kernels/path_events.h"
#include "kernels/path_map.h"
#include "kernels/path_names.h"
#include "kernels/path_news.h"
#include "kernels/path_series.h"
#include "kernels/path_tail.h"
#include "kernels/tallies.h"

/* A mean by month: the value in fixed point and its square. What is beyond the bound is cut and counted. */
static void tally_mean(const struct mm_context *k, int at, vreal value, float scale, float bound) {
    vreal fixed = value * v_r(scale);
    tally_clipped(k, v_bits(v_gt(fixed, v_r(bound)) & k->valid));
    vint whole = v_round2i_wide(v_min(fixed, v_r(bound)));
    tally_products(k, at, at + 1, whole, whole);
}

static void tally_industry(const struct mm_context *k, int t) {
    GLOBAL const struct mm_head *h = k->h;
    const int states = tally_row(k, h->c_states + t * MM_STATES, MM_STATES);
    for (int s = 0; s < MM_STATES; s++)
        tally_lanes(k, states + s, v_bits(WI(h->s_industry + MM_I_STATE + s) & k->valid));
    WI(h->s_short_months) = WI(h->s_short_months) - WI(h->s_industry + MM_I_STATE);
    int at = tally_sum_row(k, h->m_industry + t * MM_INDUSTRY_MEANS * 2, MM_INDUSTRY_MEANS * 2);
    for (int l = 0; l < 2 * MM_LAYERS; l++, at += 2) { /* late, then stranded */
        vint units = (WI(h->s_late + l) + v_i(1 << (MM_LATE_SHIFT - 1))) >> MM_LATE_SHIFT;
        tally_products(k, at, at + 1, units, units);
    }
    vreal short_of = W(h->s_industry + MM_I_DEMAND) - W(h->s_industry + MM_I_SUPPLY);
    const vreal sides[2] = {v_max(short_of, v_r(0.0f)), v_max(v_r(0.0f) - short_of, v_r(0.0f))};
    for (int side = 0; side < 2; side++, at += 2) { /* shortfall, surplus */
        tally_mean(k, at, sides[side], h->compute_scale, h->compute_bound);
        W(h->s_totals + side) = W(h->s_totals + side) + sides[side];
    }
}

static void tally_probabilities(const struct mm_context *k, int t) {
    GLOBAL const struct mm_probability *p = TABLE(mm_probability, probabilities);
    for (int i = 0; i < k->h->n_probabilities; i++, p++) {
        if (t < p->from || t > p->to)
            continue;
        vint held = node_true(k, p->node), ever = WI(p->scratch);
        const int holds = tally_row(k, p->counts + t, 1), first = tally_row(k, p->counts + k->h->months + t, 1);
        tally_lanes(k, holds, v_bits(held & k->valid));
        tally_lanes(k, first, v_bits(held & v_not(ever) & k->valid));
        WI(p->scratch) = ever | held;
        WI(p->scratch + 1) = WI(p->scratch + 1) - held;
    }
}

static void tally_fans(const struct mm_context *k, int t) {
    GLOBAL const struct mm_fan *fan = TABLE(mm_fan, fans);
    for (int i = 0; i < k->h->n_fans; i++, fan++) {
        vint bin = fan_bin(fan, W(k->h->s_slot + fan->slot));
        const int counts = tally_row(k, fan->counts + t * (fan->n + 2), fan->n + 2);
        int place[MM_LANES];
        v_lanes(bin, place);
        if (v_all(k->valid))
            for (int lane = 0; lane < MM_LANES; lane++)
                tally_count(k, counts + place[lane], 1);
        else
            for (uint bits = v_bits(k->valid); bits; bits &= bits - 1)
                tally_count(k, counts + place[lowest_bit(bits)], 1);
    }
}

static void tally_month(const struct mm_context *k, int t) {
    MM_STAGE(k, MM_STAGE_INDUSTRY);
    tally_industry(k, t);
    MM_STAGE(k, MM_STAGE_PROBABILITIES);
    tally_probabilities(k, t);
    MM_STAGE(k, MM_STAGE_MAPS);
    tally_maps(k, t);
    MM_STAGE(k, MM_STAGE_FANS);
    tally_fans(k, t);
    tail_month(k, t);
    MM_STAGE(k, MM_STAGE_NEWS);
    news_month(k, t);
    value_month(k, t);
    tally_month_end(k);
}

/* What is known only when the path has ended. */
static void tally_path(const struct mm_context *k) {
    GLOBAL const struct mm_head *h = k->h;
    const vint months = WI(h->s_short_months);
    MM_STAGE(k, MM_STAGE_INDUSTRY);
    tally_products(k, h->m_short, h->m_short + 1, months, months);
    for (int side = 0; side < 2; side++)
        tally_mean(k, h->m_totals + 2 * side, W(h->s_totals + side), h->total_scale, h->compute_bound);
    GLOBAL const struct mm_probability *p = TABLE(mm_probability, probabilities);
    MM_STAGE(k, MM_STAGE_PROBABILITIES);
    for (int i = 0; i < h->n_probabilities; i++, p++) {
        vint held = WI(p->scratch + 1);
        tally_lanes(k, p->counts + 2 * h->months, v_bits(WI(p->scratch) & k->valid));
        tally_products(k, p->sums, p->sums + 1, held, held);
    }
    MM_STAGE(k, MM_STAGE_MAPS);
    tally_map_paths(k, months);
    MM_STAGE(k, MM_STAGE_FANS);
    tally_tails(k);
    MM_STAGE(k, MM_STAGE_NEWS);
    tally_cases(k);
    tally_patterns(k);
}

#endif
