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
static void strike_phase(const struct mm_context *k, GLOBAL const struct mm_phase *phase, vreal arrival[MM_LAYERS]) {
    GLOBAL const struct mm_shock *shock = TABLE(mm_shock, shocks);
    for (int s = 0; s < k->h->n_shocks; s++, shock++) {
        if (shock->layer < 0 || (shock->region >= 0 && shock->region != phase->region) ||
            (shock->generation >= 0 && shock->generation != phase->generation) ||
            (shock->firm >= 0 && shock->firm != phase->firm))
            continue;
        vreal a = arrival[shock->layer];
        for (int i = 0; i < shock->times; i++) {
            vreal tau = W(k->h->s_strike + shock->first_strike + i);
            vint hit = v_lt(tau, a) & v_le(a, tau + v_r(shock->reach));
            a = a + v_and0(hit, W(k->h->s_strike_size + shock->first_strike + i));
        }
        arrival[shock->layer] = a;
    }
}

/* a_{j,l} = m_j + max(0, min(max, median exp(sigma Z)) - buffer); the slowest layer binds, the first of equals. */
static void draw_arrival(const struct mm_context *k, GLOBAL const struct mm_phase *phase, struct mm_arrival *out) {
    GLOBAL const struct mm_head *h = k->h;
    const int factor[MM_LAYERS] = {h->s_factor + phase->generation, h->s_factor + h->n_generations + phase->region,
                                   h->s_factor + h->n_generations + h->n_regions + phase->region,
                                   h->s_factor + h->n_generations + 2 * h->n_regions};
    vreal arrival[MM_LAYERS];
    vuint word[4];
    draw(k, phase->slip_c2, phase->slip_c3, word);
    for (int l = 0; l < MM_LAYERS; l++) {
        arrival[l] = v_r((float)phase->month);
        if (h->slip_median[l] > 0.0f) {
            vreal z = v_fma(v_r(h->slip_own[l]), v_normal(word[l]), v_r(h->slip_common[l]) * W(factor[l]));
            vreal slip = v_min(v_r(h->slip_max[l]), lognormal(h->slip_median[l], h->slip_sigma[l], z));
            arrival[l] = arrival[l] + v_max(v_r(0.0f), slip - v_r(h->slip_buffer[l]));
        }
    }
    strike_phase(k, phase, arrival);
    vreal last = arrival[0];
    vint bind = v_i(0);
    for (int l = 1; l < MM_LAYERS; l++) {
        bind = v_seli(v_gt(arrival[l], last), v_i(l), bind);
        last = v_max(last, arrival[l]);
    }
    out->last = last;
    out->gpu = arrival[0];
    out->bind = bind;
}

/* Adds S_j c_j clip((t + 1 - A_j) / ramp, 0, 1) to its cell, as differences from month to month. */
static void book_capacity(const struct mm_context *k, GLOBAL const struct mm_phase *phase, const struct mm_arrival *at,
                          vreal mw) {
    GLOBAL const struct mm_own *own = TABLE(mm_own, owns) + phase->own;
    const vreal units = v_and0(v_not(at->off), mw * v_r(own->units_per_mw));
    const vreal inv_ramp = v_r(own->inv_ramp), zero = v_r(0.0f), one = v_r(1.0f);
    const int first = phase->month < own->from ? own->from : phase->month, end = own->end;
    int to = k->h->s_delta + own->delta + (first - own->from);
    vint before = v_i(0);
    for (int t = first; t < end; t++, to++) {
        vreal up = v_clip((v_r((float)(t + 1)) - at->last) * inv_ramp, zero, one);
        vint now = v_f2i(units * up);
        WI(to) = WI(to) + (now - before);
        before = now;
        if (v_all(v_ge(up, one) | at->off))
            break;
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
    const int start = phase->month < 1 ? 0 : phase->month - 1, months = h->months;
    const vreal next = v_r((float)(start + 1));
    const vint late = v_gt(at->last, next) & v_not(at->off);
    if (start >= own->end || !v_any(late))
        return;
    const vint units = late & v_f2i(mw * v_r(h->mw_scale * (float)(1 << MM_LATE_SHIFT)));
    const vint there = v_le(at->gpu, next);
    const int to = h->s_late_delta + start * 2 * MM_LAYERS;
    for (int l = 0; l < MM_LAYERS; l++) {
        vint mine = units & v_ieq(at->bind, v_i(l));
        if (!v_any(v_igt(mine, v_i(0))))
            continue;
        WI(to + l) = WI(to + l) + mine;
        if (l > 0) /* where the GPUs bind they are not there */
            WI(to + MM_LAYERS + l) = WI(to + MM_LAYERS + l) + (mine & there);
    }
    const vint last_end = v_i(own->end), ends = first_month(at->last);
    const vint end = v_seli(v_ilt(ends, last_end), ends, last_end), gpus = first_month(at->gpu);
    for (uint bits = v_bits(late); bits; bits &= bits - 1) {
        const int lane = (int)lowest_bit(bits);
        const int until = v_geti(end, lane), layer = v_geti(at->bind, lane), amount = v_geti(units, lane);
        const int stranded = v_geti(gpus, lane) <= start ? start : v_geti(gpus, lane);
        if (until < months)
            LANE(h->s_late_delta + until * 2 * MM_LAYERS + layer, lane) -= amount;
        if (layer == 0 || stranded >= until)
            continue;
        if (stranded > start)
            LANE(h->s_late_delta + stranded * 2 * MM_LAYERS + MM_LAYERS + layer, lane) += amount;
        if (until < months)
            LANE(h->s_late_delta + until * 2 * MM_LAYERS + MM_LAYERS + layer, lane) -= amount;
    }
}

/* Books the phases of a group, scaled by `scale` (c_j). */
static void book_group(const struct mm_context *k, int index, vreal scale) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_group *group = TABLE(mm_group, groups) + index;
    vuint word[4];
    if (group->draws)
        draw(k, group->c2, group->c3, word);
    for (int i = 0; i < 4; i++) {
        const int j = group->phase[i];
        if (j < 0)
            continue;
        GLOBAL const struct mm_phase *phase = TABLE(mm_phase, phases) + j;
        struct mm_arrival at;
        at.off = v_i(0);
        if (group->draws)
            at.off = v_lt(v_uniform24(word[i]), v_r(group->probability[i]));
        draw_arrival(k, phase, &at);
        vreal mw = v_r(phase->mw) * scale;
        book_capacity(k, phase, &at, mw);
        book_late(k, phase, &at, mw);
        if (h->keeps_arrivals) {
            W(h->s_arrival + j) = v_sel(at.off, v_r(MM_FAR), at.last);
            W(h->s_gpu + j) = at.gpu;
            WI(h->s_bind + j) = at.bind | at.off; /* -1 when cancelled */
        }
    }
}

static void reset_capacity(const struct mm_context *k) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_own *own = TABLE(mm_own, owns);
    for (int o = 0; o < h->n_own; o++)
        WI(h->s_units + o) = v_i(own[o].existing);
    for (int i = 0; i < h->n_deltas; i++)
        WI(h->s_delta + i) = v_i(0);
    for (int i = 0; i < 2 * MM_LAYERS; i++)
        WI(h->s_late + i) = v_i(0);
    for (int i = 0; i < h->months * 2 * MM_LAYERS; i++)
        WI(h->s_late_delta + i) = v_i(0);
    if (h->keeps_arrivals)
        for (int j = 0; j < h->n_phases; j++) {
            W(h->s_arrival + j) = v_r(MM_FAR);
            W(h->s_gpu + j) = v_r(MM_FAR);
            WI(h->s_bind + j) = v_i(-1);
        }
}

#endif
