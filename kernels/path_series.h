/* Series of docs/model.md, section 7, for what reads them: conditions, fans, maps, samples. */
#ifndef MISMATCH_KERNELS_PATH_SERIES_H
#define MISMATCH_KERNELS_PATH_SERIES_H

#include "kernels/context.h"

/* The values of enum sc_series (host/scenario/scenario.h), which tests/unit/test_series.c holds to be the same. */
enum mm_series {
    MM_GAP,
    MM_SLACK,
    MM_UNMET,
    MM_PRICE,
    MM_DEMAND,
    MM_SUPPLY,
    MM_STATE_SHORTAGE,
    MM_STATE_GLUT,
    MM_STATE_FRICTION,
    MM_STATE_BALANCED,
    MM_REGIME,
    MM_LATE_MW,
    MM_STRANDED_MW,
    MM_LATE_SHARE,
    MM_STRANDED_SHARE,
    MM_SPARE_SHARE,
    MM_UNSOLD_SHARE,
    MM_IDLE_SHARE,
    MM_UTILISATION,
    MM_SELLING,
    MM_STARTS_SELLING,
    MM_UNMET_SHARE,
    MM_BOUGHT_SHARE,
    MM_PRESSURE,
    MM_BUILD_RESPONSE,
    MM_REVENUE
};

INLINE vreal zero_or_one(vint mask) {
    return v_and0(mask, v_r(1.0f));
}

/* Spare (or, after the market, unsold) compute of a firm in one region, and what it could use there. */
INLINE void region_spare(const struct mm_context *k, int at, int unsold, vreal *spare, vreal *usable) {
    GLOBAL const struct mm_head *h = k->h;
    vreal old_spare = W(h->s_spare_old + at), new_spare = W(h->s_spare_new + at);
    if (unsold) {
        old_spare = old_spare * W(h->s_tau_old + at);
        new_spare = new_spare * W(h->s_tau_new + at);
    }
    *spare = old_spare + new_spare;
    *usable = W(h->s_old + at) + W(h->s_new + at);
}

/* Spare and usable compute in a scope; region or generation < 0: all. Within a class (below or within the frontier)
 * every generation of a region has the same share spare. */
static void scope_spare(const struct mm_context *k, int t, int firm, int region, int generation, int unsold,
                        vreal *spare, vreal *usable) {
    GLOBAL const struct mm_head *h = k->h;
    const int regions = h->n_regions, first = region < 0 ? 0 : region, last = region < 0 ? regions - 1 : region;
    vreal sum = v_r(0.0f), of = v_r(0.0f);
    if (generation < 0) {
        for (int r = first; r <= last; r++) {
            vreal s, u;
            region_spare(k, firm * regions + r, unsold, &s, &u);
            sum = sum + s;
            of = of + u;
        }
    } else {
        const int old = generation < INTS(h->frontier)[t];
        for (int r = first; r <= last; r++) {
            const int at = firm * regions + r;
            vreal share =
                quotient(W((old ? h->s_spare_old : h->s_spare_new) + at), W((old ? h->s_old : h->s_new) + at));
            if (unsold)
                share = share * W((old ? h->s_tau_old : h->s_tau_new) + at);
            vreal u = W(h->s_held + at * h->n_generations + generation);
            sum = v_fma(share, u, sum);
            of = of + u;
        }
    }
    *spare = sum;
    *usable = of;
}

static vreal spare_series(const struct mm_context *k, int t, GLOBAL const struct mm_slot *slot) {
    const int merchant = TABLE(mm_firm, firms)[slot->firm].merchant;
    const int unsold = slot->series == MM_UNSOLD_SHARE || (slot->series == MM_IDLE_SHARE && merchant);
    vreal spare, usable;
    scope_spare(k, t, slot->firm, slot->region, slot->generation, unsold, &spare, &usable);
    vreal share = v_min(quotient(spare, usable), v_r(1.0f));
    return slot->series == MM_UTILISATION ? v_r(1.0f) - share : share;
}

/* Mean of c_j over the phases decided in months t - 11 ... t, weighted by MW; 1 where there are none. */
static vreal build_response(const struct mm_context *k, int t, GLOBAL const struct mm_firm *firm) {
    GLOBAL const struct mm_decision *decision = TABLE(mm_decision, decisions);
    const int s_decision = k->h->s_decision, end = firm->first_decision + firm->n_decisions;
    int i = firm->first_decision;
    float weight = 0.0f;
    vreal sum = v_r(0.0f);
    while (i < end && decision[i].month < t - 11) /* a firm's decisions stand in the order of their months */
        i++;
    for (; i < end && decision[i].month <= t; i++) {
        weight += decision[i].weight;
        sum = v_fma(v_r(decision[i].weight), W(s_decision + i), sum);
    }
    return weight > 0.0f ? v_div(sum, v_r(weight)) : v_r(1.0f);
}

/* MW of a layer, or of all (layer < 0), from `at` on. */
INLINE vreal layer_mw(const struct mm_context *k, int at, int layer) {
    if (layer >= 0)
        return W(at + layer);
    return (W(at) + W(at + 1)) + (W(at + 2) + W(at + 3));
}

static vreal industry_series(const struct mm_context *k, GLOBAL const struct mm_slot *slot) {
    const int at = k->h->s_industry;
    switch (slot->series) {
    case MM_GAP:
        return W(at + MM_I_GAP);
    case MM_SLACK:
        return W(at + MM_I_SLACK);
    case MM_UNMET:
        return W(at + MM_I_UNMET);
    case MM_PRICE:
        return W(at + MM_I_PRICE);
    case MM_DEMAND:
        return W(at + MM_I_DEMAND);
    case MM_SUPPLY:
        return W(at + MM_I_SUPPLY);
    case MM_STATE_SHORTAGE:
    case MM_STATE_GLUT:
    case MM_STATE_FRICTION:
    case MM_STATE_BALANCED:
        return zero_or_one(WI(at + MM_I_STATE + (slot->series - MM_STATE_SHORTAGE)));
    case MM_REGIME:
        return zero_or_one(v_ieq(WI(k->h->s_index + MM_S_REGIME), v_i(slot->regime)));
    case MM_LATE_MW:
        return layer_mw(k, at + MM_I_LATE, slot->layer);
    case MM_STRANDED_MW:
        return layer_mw(k, at + MM_I_STRANDED, slot->layer);
    case MM_REVENUE:
        return W(k->h->s_revenue + slot->name) + v_r(TABLE(mm_name, names)[slot->name].other);
    default:
        break;
    }
    vreal of = W(at + MM_I_USABLE_MW) + layer_mw(k, at + MM_I_LATE, -1);
    vreal mw = layer_mw(k, slot->series == MM_LATE_SHARE ? at + MM_I_LATE : at + MM_I_STRANDED, slot->layer);
    return v_min(quotient(mw, of), v_r(1.0f));
}

static vreal firm_series(const struct mm_context *k, int t, GLOBAL const struct mm_slot *slot) {
    GLOBAL const struct mm_head *h = k->h;
    const int f = slot->firm;
    vreal demand = W(h->s_inference + f) + W(h->s_training + f);
    switch (slot->series) {
    case MM_SELLING:
        return zero_or_one(WI(h->s_selling + f));
    case MM_STARTS_SELLING:
        return zero_or_one(WI(h->s_starts + f));
    case MM_UNMET_SHARE:
        return v_min(quotient(W(h->s_unmet + f), demand), v_r(1.0f));
    case MM_BOUGHT_SHARE:
        return v_min(quotient(W(h->s_bought + f), demand), v_r(1.0f));
    case MM_PRESSURE:
        return W(h->s_ratio + f);
    case MM_BUILD_RESPONSE:
        return build_response(k, t, TABLE(mm_firm, firms) + f);
    default:
        return spare_series(k, t, slot);
    }
}

static void series_month(const struct mm_context *k, int t) {
    GLOBAL const struct mm_slot *slot = TABLE(mm_slot, slots);
    for (int i = 0; i < k->h->n_slots; i++, slot++)
        W(k->h->s_slot + i) = slot->firm < 0 ? industry_series(k, slot) : firm_series(k, t, slot);
}

#endif
