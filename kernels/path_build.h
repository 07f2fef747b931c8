/* Capacity: what is up, what is late, and what contracts pass on (docs/model.md, sections 1 and 3). */
#ifndef MISMATCH_KERNELS_PATH_BUILD_H
#define MISMATCH_KERNELS_PATH_BUILD_H

#include "kernels/context.h"

/* own_{f,r,g}(t): what the differences of the month have come to. */
static void own_capacity(const struct mm_context *k, int t) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_own *own = TABLE(mm_own, owns);
    const int n = h->n_own, s_units = h->s_units, s_delta = h->s_delta, s_own = h->s_own;
    vreal usable = v_r(0.0f);
    for (int o = 0; o < n; o++, own++) {
        if (t >= own->retires) {
            W(s_own + own->cell) = v_r(0.0f);
            continue;
        }
        vint units = WI(s_units + o);
        if (t >= own->from && t < own->end) {
            units = units + WI(s_delta + own->delta + (t - own->from));
            WI(s_units + o) = units;
        }
        vreal amount = v_i2f(units);
        W(s_own + own->cell) = amount * v_r(own->kh100e_per_unit);
        usable = v_fma(amount, v_r(own->mw_per_unit), usable);
    }
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

static void lease_cells(const struct mm_context *k, int t) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_lease_cell *cell = TABLE(mm_lease_cell, lease_cells);
    for (int i = 0; i < h->n_lease_cells; i++, cell++) {
        GLOBAL const struct mm_lease *lease = TABLE(mm_lease, leases) + cell->first;
        float total = 0.0f;
        for (int j = 0; j < cell->n; j++)
            if (lease[j].from <= t && t < lease[j].until)
                total += lease[j].amount;
        if (!(total > 0.0f))
            continue;
        int lessor = cell->cell / (h->n_regions * h->n_generations);
        int keep = TABLE(mm_firm, firms)[lessor].keep;
        vreal left = W(h->s_own + cell->cell) * v_r(keep < 0 ? 1.0f : FLOATS(keep)[t]);
        vreal given = v_min(v_r(total), left);
        vreal scale = quotient(given, v_r(total));
        W(h->s_held + cell->cell) = v_max(W(h->s_held + cell->cell) - given, v_r(0.0f));
        for (int j = 0; j < cell->n; j++)
            if (lease[j].from <= t && t < lease[j].until)
                W(h->s_held + lease[j].cell) = v_fma(v_r(lease[j].amount), scale, W(h->s_held + lease[j].cell));
    }
}

/* Share contracts give of what the lessor owns; then `mw` contracts of what remains of its own. */
static void apply_contracts(const struct mm_context *k, int t) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_own *own = TABLE(mm_own, owns);
    GLOBAL const struct mm_held *held = TABLE(mm_held, helds);
    GLOBAL const struct mm_firm *firm = TABLE(mm_firm, firms);
    GLOBAL const struct mm_share *share = TABLE(mm_share, shares);
    const int per_firm = h->n_regions * h->n_generations;
    for (int f = 0; f < h->n_firms; f++) {
        vreal keep = v_r(firm[f].keep < 0 ? 1.0f : FLOATS(firm[f].keep)[t]);
        for (int i = firm[f].first_held; i < firm[f].first_held + firm[f].n_held; i++)
            W(h->s_held + held[i].cell) = W(h->s_own + held[i].cell) * keep;
    }
    for (int i = 0; i < h->n_shares; i++, share++) {
        if (t < share->from || t >= share->until)
            continue;
        int shift = (share->lessee - share->lessor) * per_firm;
        int end = firm[share->lessor].first_own + firm[share->lessor].n_own;
        for (int o = firm[share->lessor].first_own; o < end; o++) {
            int to = h->s_held + own[o].cell + shift;
            W(to) = v_fma(W(h->s_own + own[o].cell), v_r(share->share), W(to));
        }
    }
    lease_cells(k, t);
}

/* U_{f,r,g} = held (1 - reserve), and its sums by region below and within the frontier. */
static void usable_capacity(const struct mm_context *k, int t) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_firm *firm = TABLE(mm_firm, firms);
    GLOBAL const struct mm_held *held = TABLE(mm_held, helds);
    const int frontier = INTS(h->frontier)[t], regions = h->n_regions;
    for (int f = 0; f < h->n_firms; f++) {
        for (int r = 0; r < regions; r++) {
            W(h->s_old + f * regions + r) = v_r(0.0f);
            W(h->s_new + f * regions + r) = v_r(0.0f);
        }
        const vreal kept = v_r(firm[f].kept);
        for (int i = firm[f].first_held; i < firm[f].first_held + firm[f].n_held; i++) {
            vreal u = W(h->s_held + held[i].cell) * kept;
            int to = (held[i].generation < frontier ? h->s_old : h->s_new) + f * regions + held[i].region;
            W(h->s_held + held[i].cell) = u;
            W(to) = W(to) + u;
        }
        vreal sum = v_r(0.0f);
        for (int r = 0; r < regions; r++)
            sum = sum + (W(h->s_old + f * regions + r) + W(h->s_new + f * regions + r));
        W(h->s_capacity + f) = sum;
    }
}

static void capacity_month(const struct mm_context *k, int t) {
    own_capacity(k, t);
    apply_contracts(k, t);
    usable_capacity(k, t);
}

#endif
