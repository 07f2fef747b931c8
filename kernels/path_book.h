/* Booking phases: when it is settled that a phase is built, its slips are drawn and its whole course, what is up and
 * what is late month by month, is written into tables of differences (docs/model.md, section 1). Whole numbers of a
 * unit, so that neither the order of phases nor what other lanes do changes a bit. */
#ifndef MISMATCH_KERNELS_PATH_BOOK_H
#define MISMATCH_KERNELS_PATH_BOOK_H

#include "kernels/context.h"

/* A phase with its draws: arrivals of its GPUs and of all layers, the layer that binds, whether it is cancelled. */
struct mm_arrival {
    vreal last, gpu;
    vint bind, off;
};

/* Supply shocks in configuration order, strike after strike: those that find a layer's arrival within reach move it. */
INLINE void strike_phase(const struct mm_context *k, GLOBAL const struct mm_phase *phase, vreal arrival[MM_LAYERS]) {
    GLOBAL const int *struck = INTS(phase->struck);
    FLAT for (int l = 0; l < MM_LAYERS; l++) {
        vreal a = arrival[l];
        for (int n = *struck++; n > 0; n--, struck++) {
            const int strike = k->h->s_strike + 3 * *struck;
            a = a + v_and0(v_lt(W(strike), a) & v_le(a, W(strike + 1)), W(strike + 2));
        }
        arrival[l] = a;
    }
}

/* a_{j,l} = m_j + max(0, min(max, median exp(sigma Z)) - buffer), before shocks. */
INLINE void draw_slips(const struct mm_context *k, GLOBAL const struct mm_phase *phase, const vuint word[4],
                       vreal arrival[MM_LAYERS]) {
    GLOBAL const struct mm_head *h = k->h;
    const int factor[MM_LAYERS] = {h->s_factor + phase->generation, h->s_factor + h->n_generations + phase->region,
                                   h->s_factor + h->n_generations + h->n_regions + phase->region,
                                   h->s_factor + h->n_generations + 2 * h->n_regions};
    FLAT for (int l = 0; l < MM_LAYERS; l++) {
        arrival[l] = v_r((float)phase->month);
        if (h->slip_median[l] > 0.0f) {
            vreal z = v_fma(v_r(h->slip_own[l]), v_normal(word[l]), v_r(h->slip_common[l]) * W(factor[l]));
            vreal slip = v_min(v_r(h->slip_max[l]), lognormal(h->slip_median[l], h->slip_sigma[l], z));
            arrival[l] = arrival[l] + v_max(v_r(0.0f), slip - v_r(h->slip_buffer[l]));
        }
    }
}

/* The slowest layer binds, the first of equals. */
INLINE void bind_layers(const vreal arrival[MM_LAYERS], struct mm_arrival *out) {
    vreal last = arrival[0];
    vint bind = v_i(0);
    FLAT for (int l = 1; l < MM_LAYERS; l++) {
        bind = v_seli(v_gt(arrival[l], last), v_i(l), bind);
        last = v_max(last, arrival[l]);
    }
    out->last = last;
    out->gpu = arrival[0];
    out->bind = bind;
}

/* Months of a rise that are worked out at a time. */
#define MM_RISE 8

/* What is up rises over a few months from the month of arrival, which differs from lane to lane. Lanes that begin in
 * the first month are added to the table all at once, the others one by one. */
static void add_rise(const struct mm_context *k, int to, int n_months, vint from, int n, const vint rise[MM_RISE],
                     int by[MM_RISE][MM_LANES], vint on) {
    const vint home = v_ieq(from, v_i(0)) & on;
    const int n_home = n < n_months ? n : n_months;
    if (v_any(home))
        for (int i = 0; i < n_home; i++)
            WI(to + i) = WI(to + i) + (rise[i] & home);
    uint bits = v_bits(on & v_not(home));
    if (!bits)
        return;
    int first[MM_LANES];
    v_lanes(from, first);
    for (; bits; bits &= bits - 1) {
        const int lane = (int)lowest_bit(bits), begin = first[lane];
        const int m = n < n_months - begin ? n : n_months - begin;
        for (int i = 0; i < m; i++)
            LANE(to + begin + i, lane) += by[i][lane];
    }
}

/* Adds S_j c_j clip((t + 1 - A_j) / ramp, 0, 1) to its cell, as differences from month to month. */
static void book_capacity(const struct mm_context *k, GLOBAL const struct mm_phase *phase, const struct mm_arrival *at,
                          vreal mw) {
    GLOBAL const struct mm_own *own = TABLE(mm_own, owns) + phase->own;
    const int first = phase->month < own->from ? own->from : phase->month, n_months = own->end - first;
    if (n_months <= 0)
        return;
    const vreal units = v_and0(v_not(at->off), mw * v_r(own->units_per_mw));
    const vreal inv_ramp = v_r(own->inv_ramp), zero = v_r(0.0f), one = v_r(1.0f);
    /* The month in which it begins to come up, counted from `first`; what was up before adds to the first. */
    const vint begin =
        v_seli(v_lt(at->last, v_r((float)first)), v_i(0), v_f2i(v_min(at->last, v_r(1e8f))) - v_i(first));
    const int to = k->h->s_delta + own->delta + (first - own->from);
    const vint on = v_not(at->off);
    vint before = v_i(0), rise[MM_RISE];
    int by[MM_RISE][MM_LANES]; /* the same, lane by lane */
    for (int i = 0; i < own->rise && i < n_months; i += MM_RISE) {
        const int n = own->rise - i < MM_RISE ? own->rise - i : MM_RISE;
        for (int j = 0; j < n; j++) {
            vreal next = v_i2f(begin + v_i(first + i + j + 1));
            vint now =
                i + j + 1 == own->rise ? v_f2i(units) : v_f2i(units * v_clip((next - at->last) * inv_ramp, zero, one));
            rise[j] = now - before;
            v_lanes(rise[j], by[j]);
            before = now;
        }
        add_rise(k, to + i, n_months - i, begin, n, rise, by, on);
    }
}

/* First month t with x <= t + 1, for x in 0 ... 10^8. */
INLINE vint first_month(vreal x) {
    vreal bounded = v_min(x, v_r(1e8f));
    vint whole = v_f2i(bounded);
    return whole - v_i(1) - v_lt(v_i2f(whole), bounded);
}

/* Late from the month before the planned one until the arrival, by the layer that binds; stranded while its GPUs are
 * there. The start is the same for all lanes, the end is not. */
static void book_late(const struct mm_context *k, GLOBAL const struct mm_phase *phase, const struct mm_arrival *at,
                      vreal mw) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_own *own = TABLE(mm_own, owns) + phase->own;
    const int start = phase->month < 1 ? 0 : phase->month - 1;
    const vreal next = v_r((float)(start + 1));
    const vint late = v_gt(at->last, next) & v_not(at->off);
    if (start >= own->end || !v_any(late))
        return;
    const vint units = late & v_f2i(mw * v_r(h->mw_scale * (float)(1 << MM_LATE_SHIFT)));
    const vint there = v_le(at->gpu, next);
    const int to = h->s_late_delta + start * 2 * MM_LAYERS;
    for (int l = 0; l < MM_LAYERS; l++) {
        vint mine = units & v_ieq(at->bind, v_i(l));
        WI(to + l) = WI(to + l) + mine;
        if (l > 0) /* where the GPUs bind they are not there */
            WI(to + MM_LAYERS + l) = WI(to + MM_LAYERS + l) + (mine & there);
    }
    const vint last_end = v_i(own->end), ends = first_month(at->last), gpus = first_month(at->gpu);
    const vint until = v_seli(v_ilt(ends, last_end), ends, last_end);
    const vint stops = units & v_igt(at->bind, v_i(0)) & v_ilt(gpus, until), starts = stops & v_igt(gpus, v_i(start));
    int end[MM_LANES], begin[MM_LANES], bind[MM_LANES], amount[MM_LANES], minus[MM_LANES], plus[MM_LANES];
    v_lanes(until, end);
    v_lanes(v_seli(v_igt(starts, v_i(0)), gpus, until), begin);
    v_lanes(at->bind, bind);
    v_lanes(units, amount);
    v_lanes(stops, minus);
    v_lanes(starts, plus);
    for (uint bits = v_bits(late); bits; bits &= bits - 1) { /* no branches: they would be guessed wrong */
        const int lane = (int)lowest_bit(bits);
        const int at_end = h->s_late_delta + end[lane] * 2 * MM_LAYERS + bind[lane];
        LANE(at_end, lane) -= amount[lane];
        LANE(at_end + MM_LAYERS, lane) -= minus[lane];
        LANE(h->s_late_delta + begin[lane] * 2 * MM_LAYERS + MM_LAYERS + bind[lane], lane) += plus[lane];
    }
}

/* The draws of a group's phases. Step by step for all of them, not phase by phase: each step is one long chain of
 * operations, and the processor needs several at a time. */
INLINE void draw_group(const struct mm_context *k, GLOBAL const struct mm_group *group,
                       GLOBAL const struct mm_phase *const phase[4], int n, struct mm_arrival at[4]) {
    vuint cancel[4], word[4][4];
    vreal arrival[4][MM_LAYERS];
    if (group->draws)
        draw(k, group->c2, group->c3, cancel);
    for (int i = 0; i < n; i++)
        draw(k, phase[i]->slip_c2, phase[i]->slip_c3, word[i]);
    for (int i = 0; i < n; i++)
        draw_slips(k, phase[i], word[i], arrival[i]);
    for (int i = 0; i < n; i++)
        strike_phase(k, phase[i], arrival[i]);
    for (int i = 0; i < n; i++) {
        bind_layers(arrival[i], &at[i]);
        at[i].off = v_i(0);
        if (group->draws)
            at[i].off = v_lt(v_uniform24(cancel[group->word[i]]), v_r(group->probability[i]));
    }
}

/* What suppliers will be paid for, by generation and planned month: what is settled and not cancelled. */
INLINE void book_sale(const struct mm_context *k, GLOBAL const struct mm_phase *phase, vint off, vreal mw) {
    GLOBAL const struct mm_head *h = k->h;
    if (phase->month < 0 || phase->month > h->months)
        return;
    const int row = (phase->decision >= 0 ? h->n_generations : 0) + phase->generation;
    const int to = h->s_booked + row * (h->months + 1) + phase->month;
    WI(to) = WI(to) + (v_f2i(mw * v_r(h->booked_per_mw)) & v_not(off));
}

/* Books the phases of a group, scaled by `scale` (c_j). */
static void book_group(const struct mm_context *k, int index, vreal scale) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_group *group = TABLE(mm_group, groups) + index;
    GLOBAL const struct mm_phase *phase[4];
    struct mm_arrival at[4];
    const int n = group->n;
    for (int i = 0; i < n; i++)
        phase[i] = TABLE(mm_phase, phases) + group->phase[i];
    draw_group(k, group, phase, n, at);
    for (int i = 0; i < n; i++) {
        const vreal mw = v_r(phase[i]->mw) * scale;
        book_capacity(k, phase[i], &at[i], mw);
        book_late(k, phase[i], &at[i], mw);
        if (h->books)
            book_sale(k, phase[i], at[i].off, mw);
    }
    if (h->keeps_arrivals)
        for (int i = 0; i < n; i++) {
            const int j = group->phase[i];
            W(h->s_arrival + j) = v_sel(at[i].off, v_r(MM_FAR), at[i].last);
            W(h->s_gpu + j) = at[i].gpu;
            WI(h->s_bind + j) = at[i].bind | at[i].off; /* -1 when cancelled */
        }
}

static void reset_capacity(const struct mm_context *k) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_own *own = TABLE(mm_own, owns);
    for (int o = 0; o < h->n_own; o++)
        WI(h->s_units + own[o].unit) = v_i(own[o].existing);
    for (int i = 0; i < h->n_deltas; i++)
        WI(h->s_delta + i) = v_i(0);
    for (int i = 0; i < 2 * MM_LAYERS; i++)
        WI(h->s_late + i) = v_i(0);
    for (int i = 0; i < (h->months + 1) * 2 * MM_LAYERS; i++)
        WI(h->s_late_delta + i) = v_i(0);
    if (h->keeps_arrivals)
        for (int j = 0; j < h->n_phases; j++) {
            W(h->s_arrival + j) = v_r(MM_FAR);
            W(h->s_gpu + j) = v_r(MM_FAR);
            WI(h->s_bind + j) = v_i(-1);
        }
}

#endif
