/* Capacity: what is up, what is late, and what contracts pass on (docs/model.md, sections 1 and 3). */
#ifndef MISMATCH_KERNELS_PATH_BUILD_H
#define MISMATCH_KERNELS_PATH_BUILD_H

#include "kernels/context.h"

/* A new epoch: what no list of it names holds nothing. */
static void begin_epoch(const struct mm_context *k, GLOBAL const struct mm_epoch *epoch) {
    GLOBAL const struct mm_head *h = k->h;
    for (int c = 0; c < h->n_cells; c++) {
        W(h->s_own + c) = v_r(0.0f);
        W(h->s_held + c) = v_r(0.0f);
        MASK(h->s_holds, c) = 0;
    }
    for (int i = 0; i < h->n_firms * h->n_regions; i++) {
        W(h->s_old + i) = v_r(0.0f);
        W(h->s_new + i) = v_r(0.0f);
    }
    GLOBAL const int *fixed = INTS(epoch->fixed);
    for (int i = 0; i < epoch->n_fixed; i++) {
        GLOBAL const struct mm_own *own = TABLE(mm_own, owns) + fixed[i];
        W(h->s_own + own->cell) = v_i2f(WI(h->s_units + own->unit)) * v_r(own->kh100e_per_unit);
    }
}

/* own_{f,r,g}(t): what the differences of the month have come to. */
static void own_capacity(const struct mm_context *k, int t) {
    GLOBAL const struct mm_run *run = TABLE(mm_run, runs);
    const int s_own = k->h->s_own;
    for (int i = 0; i < k->h->n_runs; i++, run++) {
        if (t < run->from || t >= run->end)
            continue;
        const int n = run->n, at = k->h->s_units + run->unit, months = run->end - run->from;
        const int by = k->h->s_delta + run->delta + (t - run->from);
        GLOBAL const int *cell = INTS(run->cells);
        GLOBAL const float *kh100e_per_unit = FLOATS(run->kh100e_per_unit);
        for (int o = 0; o < n; o++) {
            vint units = WI(at + o) + WI(by + o * months);
            WI(at + o) = units;
            W(s_own + cell[o]) = v_i2f(units) * v_r(kh100e_per_unit[o]);
        }
    }
}

/* MW that are up, retired generations apart. */
static void usable_mw(const struct mm_context *k, int t) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_own *own = TABLE(mm_own, owns);
    vreal usable = v_r(0.0f);
    for (int o = 0; o < h->n_own; o++)
        if (t < own[o].retires)
            usable = v_fma(v_i2f(WI(h->s_units + own[o].unit)), v_r(own[o].mw_per_unit), usable);
    W(h->s_industry + MM_I_USABLE_MW) = usable;
}

/* Late MW by binding layer, and the part of it whose GPUs are there. After the month's decisions, which may book phases
 * that are late in the same month. */
static void late_capacity(const struct mm_context *k, int t) {
    GLOBAL const struct mm_head *h = k->h;
    const vreal mw_per_unit = v_r(1.0f / (h->mw_scale * (float)(1 << MM_LATE_SHIFT))); /* a power of two: exact */
    for (int i = 0; i < 2 * MM_LAYERS; i++) {
        vint units = WI(h->s_late + i) + WI(h->s_late_delta + t * 2 * MM_LAYERS + i);
        WI(h->s_late + i) = units;
        W(h->s_industry + MM_I_LATE + i) = v_i2f(units) * mw_per_unit;
    }
}

/* `mw` contracts give of what remains of the lessor's own cell; where that is too small for all, all get less. */
static void serve_leases(const struct mm_context *k, GLOBAL const struct mm_epoch *epoch) {
    GLOBAL const int *item = INTS(epoch->leases);
    GLOBAL const float *number = FLOATS(epoch->leases);
    for (int i = 0; i < epoch->n_leases; i++, item += 4, number += 4) {
        const vreal total = v_r(number[2]);
        vreal given = v_min(total, W(k->h->s_own + item[0]) * v_r(number[3]));
        W(k->h->s_lease + 2 * item[1]) = given;
        W(k->h->s_lease + 2 * item[1] + 1) = quotient(given, total);
    }
}

/* Where the cells' values stand: read once, since what is stored between two cells could, as far as a compiler knows,
 * be the head itself. */
struct mm_places {
    int own, held, holds, lease;
};

/* U_{f,r,g} = held (1 - reserve) of the cell whose list begins at *list, which moves on to the next one. */
INLINE vreal held_cell(const struct mm_context *k, GLOBAL const int **list, vreal kept, struct mm_places at) {
    GLOBAL const int *item = *list;
    GLOBAL const float *number = (GLOBAL const float *)(GLOBAL const void *)item;
    const int cell = item[0], terms = item[1], transfers = item[2];
    vreal held = W(at.own + item[3]) * v_r(number[4]);
    item += 5;
    number += 5;
    for (int i = 1; i < terms; i++, item += 2, number += 2)
        held = v_fma(W(at.own + item[0]), v_r(number[1]), held);
    for (int i = 0; i < transfers; i++, item += 2, number += 2) {
        const int lease = at.lease + 2 * item[0];
        held = number[1] < 0.0f ? v_max(held - W(lease), v_r(0.0f)) : v_fma(v_r(number[1]), W(lease + 1), held);
    }
    *list = item;
    held = held * kept;
    W(at.held + cell) = held;
    MASK(at.holds, cell) = (mm_mask)v_bits_gt(held, v_r(0.0f));
    return held;
}

/* What each firm may use, and its sums by region below and within the frontier. */
static void usable_capacity(const struct mm_context *k, GLOBAL const struct mm_epoch *epoch) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_firm *firm = TABLE(mm_firm, firms);
    const struct mm_places places = {h->s_own, h->s_held, h->s_holds, h->s_lease};
    const int n_firms = h->n_firms, s_old = h->s_old, s_new = h->s_new, s_capacity = h->s_capacity;
    GLOBAL const int *list = INTS(epoch->sites);
    for (int f = 0; f < n_firms; f++) {
        const vreal kept = v_r(firm[f].kept);
        vreal sum = v_r(0.0f);
        for (int n = *list++; n > 0; n--) {
            const int site = list[0], n_old = list[1], n_new = list[2];
            vreal old_sum = v_r(0.0f), new_sum = v_r(0.0f);
            list += 3;
            for (int i = 0; i < n_old; i++)
                old_sum = old_sum + held_cell(k, &list, kept, places);
            for (int i = 0; i < n_new; i++)
                new_sum = new_sum + held_cell(k, &list, kept, places);
            W(s_old + site) = old_sum;
            W(s_new + site) = new_sum;
            sum = sum + (old_sum + new_sum);
        }
        W(s_capacity + f) = sum;
    }
}

static void capacity_month(const struct mm_context *k, int t) {
    GLOBAL const struct mm_epoch *epoch = TABLE(mm_epoch, epochs) + INTS(k->h->epoch)[t];
    if (t == epoch->from)
        begin_epoch(k, epoch);
    own_capacity(k, t);
    if (k->h->wants_usable_mw)
        usable_mw(k, t);
    serve_leases(k, epoch);
    usable_capacity(k, epoch);
}

#endif
