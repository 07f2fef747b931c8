/* Allocation inside firms, the industry's balance and price, decisions to build, selling and the market
 * (docs/model.md, sections 4, 5 and 6). */
#ifndef MISMATCH_KERNELS_PATH_MARKET_H
#define MISMATCH_KERNELS_PATH_MARKET_H

#include "kernels/context.h"
#include "kernels/path_book.h"

/* One firm's demand and what is left of its capacity, by region, while it is allocated. */
struct mm_allocation {
    vreal old_left[MM_MAX_REGIONS], new_left[MM_MAX_REGIONS]; /* capacity not yet used */
    vreal frontier[MM_MAX_REGIONS], flexible[MM_MAX_REGIONS]; /* inference not yet served */
    vreal inference[MM_MAX_REGIONS];                          /* I_{f,r} */
    vreal training;
};

/* Training uses new capacity, over regions pro rata. */
INLINE void allocate_training(struct mm_allocation *a, int regions) {
    vreal sum = v_r(0.0f);
    FLAT for (int r = 0; r < regions; r++) sum = sum + a->new_left[r];
    vreal used = v_min(a->training, sum);
    vreal left = quotient(sum - used, sum);
    a->training = a->training - used;
    FLAT for (int r = 0; r < regions; r++) a->new_left[r] = a->new_left[r] * left;
}

/* In each region what is left of the frontier-only and of the flexible demand uses what is left of new, pro rata. */
INLINE void allocate_new(struct mm_allocation *a, int regions) {
    FLAT for (int r = 0; r < regions; r++) {
        vreal want = a->frontier[r] + a->flexible[r];
        if (v_bits_gt(want, a->new_left[r])) {
            vreal served = v_min(want, a->new_left[r]);
            vreal left = quotient(want - served, want);
            a->frontier[r] = a->frontier[r] * left;
            a->flexible[r] = a->flexible[r] * left;
            a->new_left[r] = a->new_left[r] - served;
        } else { /* all of it in every lane */
            a->frontier[r] = a->flexible[r] = v_r(0.0f);
            a->new_left[r] = a->new_left[r] - want;
        }
    }
}

/* The portable part of what is unserved uses what is left anywhere: of new alone for the frontier-only demand, of old
 * and new for the flexible one. */
INLINE void allocate_portable(struct mm_allocation *a, int regions, vreal portable, int flexible) {
    vreal move[MM_MAX_REGIONS], want = v_r(0.0f), have = v_r(0.0f);
    FLAT for (int r = 0; r < regions; r++) {
        vreal open = flexible ? a->flexible[r] : a->frontier[r];
        move[r] = v_min(open, portable * a->inference[r]);
        want = want + move[r];
        have = have + (flexible ? a->old_left[r] + a->new_left[r] : a->new_left[r]);
    }
    vreal used = v_min(want, have);
    if (!v_any_positive(used))
        return; /* no lane would change: the quotients would be exactly 0 and 1 */
    vreal served = quotient(used, want), left = quotient(have - used, have);
    FLAT for (int r = 0; r < regions; r++) {
        vreal open = flexible ? a->flexible[r] : a->frontier[r];
        open = v_max(open - move[r] * served, v_r(0.0f));
        if (flexible) {
            a->flexible[r] = open;
            a->old_left[r] = a->old_left[r] * left;
        } else {
            a->frontier[r] = open;
        }
        a->new_left[r] = a->new_left[r] * left;
    }
}

INLINE void allocate_regions(const struct mm_context *k, int f, const int regions) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_firm *firm = TABLE(mm_firm, firms) + f;
    GLOBAL const float *share = FLOATS(firm->demand_share);
    const int at = f * regions;
    const float frontier_share = firm->frontier_share, flexible_share = 1.0f - firm->frontier_share;
    struct mm_allocation a;
    a.training = W(h->s_training + f);
    FLAT for (int r = 0; r < regions; r++) {
        a.inference[r] = W(h->s_inference + f) * v_r(share[r]);
        a.frontier[r] = a.inference[r] * v_r(frontier_share);
        a.flexible[r] = a.inference[r] * v_r(flexible_share);
        a.old_left[r] = W(h->s_old + at + r);
        a.new_left[r] = W(h->s_new + at + r);
        vreal used = v_min(a.flexible[r], a.old_left[r]);
        a.flexible[r] = a.flexible[r] - used;
        a.old_left[r] = a.old_left[r] - used;
    }
    if (firm->n_held > 0 && (firm->base >= 0 || firm->research >= 0)) {
        if (firm->research >= 0)
            allocate_training(&a, regions);
        allocate_new(&a, regions);
        if (h->portable > 0.0f && regions > 1) {
            allocate_portable(&a, regions, v_r(h->portable * frontier_share), 0);
            allocate_portable(&a, regions, v_r(h->portable * flexible_share), 1);
        }
    }
    vreal unmet = a.training, spare = v_r(0.0f);
    FLAT for (int r = 0; r < regions; r++) {
        W(h->s_un + at + r) = a.frontier[r];
        W(h->s_ua + at + r) = a.flexible[r];
        W(h->s_spare_old + at + r) = a.old_left[r];
        W(h->s_spare_new + at + r) = a.new_left[r];
        unmet = unmet + (a.frontier[r] + a.flexible[r]);
        spare = spare + (a.old_left[r] + a.new_left[r]);
    }
    W(h->s_spare + f) = spare;
    W(h->s_ut + f) = a.training;
    W(h->s_unmet + f) = unmet;
}

static void allocate_firm(const struct mm_context *k, int f) {
    if (k->h->n_regions == MM_FLAT)
        allocate_regions(k, f, MM_FLAT);
    else
        allocate_regions(k, f, k->h->n_regions);
}

/* D, S, gap, slack, price: section 5 with its rules for empty sides. */
static void balance_month(const struct mm_context *k) {
    GLOBAL const struct mm_head *h = k->h;
    const vreal zero = v_r(0.0f);
    vreal demand = zero, supply = zero;
    for (int f = 0; f < h->n_firms; f++) {
        demand = demand + (W(h->s_inference + f) + W(h->s_training + f));
        supply = supply + W(h->s_capacity + f);
    }
    const vint has_demand = v_gt(demand, zero), has_supply = v_gt(supply, zero);
    const vreal tiny = v_r(1e-30f), worst = v_r(-1e6f);
    vreal gap = v_max(v_div(demand - supply, v_max(demand, tiny)), worst);
    vreal slack = v_max(v_div(supply - demand, v_max(supply, tiny)), worst);
    vreal ratio = v_clip(quotient(demand, supply), v_r(1e-6f), v_r(1e6f));
    gap = v_sel(has_demand, gap, v_and0(has_supply, worst));
    slack = v_sel(has_supply, slack, v_and0(has_demand, worst));
    ratio = v_sel(has_demand & v_not(has_supply), v_r(1e6f), ratio);
    vreal log_ratio = v_log(ratio);
    vreal log_price = v_clip(v_r(h->market_elasticity) * log_ratio, v_r(h->log_price_min), v_r(h->log_price_max));
    log_price = v_sel(has_demand | has_supply, log_price, v_r(h->log_price_min));
    vreal price = v_clip(v_exp(log_price), v_r(h->price_min), v_r(h->price_max));
    price = v_sel(has_demand | has_supply, price, v_r(h->price_min));
    W(h->s_industry + MM_I_DEMAND) = demand;
    W(h->s_industry + MM_I_SUPPLY) = supply;
    W(h->s_industry + MM_I_GAP) = gap;
    W(h->s_industry + MM_I_SLACK) = slack;
    W(h->s_industry + MM_I_RATIO) = ratio;
    W(h->s_industry + MM_I_LOG_RATIO) = log_ratio;
    W(h->s_industry + MM_I_PRICE) = price;
    W(h->s_index + MM_S_LOG_P) = log_price;
}

/* ln R_f, smoothed: y_{f,t}. */
static void pressure_month(const struct mm_context *k, int t, int f) {
    GLOBAL const struct mm_head *h = k->h;
    vreal u = W(h->s_capacity + f);
    vreal pressure = quotient(W(h->s_inference + f) + W(h->s_training + f), u);
    pressure = v_clip(pressure, v_r(1e-6f), v_r(1e6f));
    pressure = v_sel(v_gt(u, v_r(0.0f)), pressure, W(h->s_industry + MM_I_RATIO));
    W(h->s_ratio + f) = pressure;
    vreal own = v_log(pressure);
    W(h->s_y + f) = t == 0 ? own : v_fma(v_r(h->adjustment), own - W(h->s_y + f), W(h->s_y + f));
}

/* y_t and y_{f,t}, and the decisions that fall in this month. */
static void decisions_month(const struct mm_context *k, int t) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_firm *firm = TABLE(mm_firm, firms);
    GLOBAL const int *first = INTS(h->first_decided), *decided = INTS(h->decided);
    const vreal log_ratio = W(h->s_industry + MM_I_LOG_RATIO);
    vreal y =
        t == 0 ? log_ratio : v_fma(v_r(h->adjustment), log_ratio - W(h->s_index + MM_S_Y), W(h->s_index + MM_S_Y));
    W(h->s_index + MM_S_Y) = y;
    for (int f = 0; f < h->n_firms; f++)
        if (firm[f].wants_pressure)
            pressure_month(k, t, f);
    for (int i = first[t]; i < first[t + 1]; i++) {
        GLOBAL const struct mm_decision *decision = TABLE(mm_decision, decisions) + decided[i];
        const float own_signal = firm[decision->firm].own_signal;
        vreal own = W(h->s_y + decision->firm);
        vreal signal = v_fma(v_r(own_signal), own, v_r(1.0f - own_signal) * y);
        vreal scale = v_clip(v_exp(v_r(h->strength) * signal), v_r(h->low), v_r(h->high));
        W(h->s_decision + decided[i]) = scale;
        for (int g = decision->first_group; g < decision->first_group + decision->n_groups; g++)
            book_group(k, g, scale);
    }
}

/* Who sells this month, and what share of its spare it offers. */
static void sellers_month(const struct mm_context *k, int t) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_firm *firm = TABLE(mm_firm, firms);
    const vreal price = W(h->s_industry + MM_I_PRICE);
    for (int f = 0; f < h->n_firms; f++, firm++) {
        vint sells = v_i(-1);
        if (!firm->merchant) {
            vreal spare = W(h->s_spare + f), u = W(h->s_capacity + f);
            vint worth = v_gt(u, v_r(0.0f)) & v_ge(price * spare, v_r(firm->hurdle) * u);
            vint run = t == 0 ? worth & v_i(h->market_months) : worth & (WI(h->s_sell_run + f) + v_i(1));
            WI(h->s_sell_run + f) = run;
            sells = v_ige(run, v_i(h->market_months));
        }
        WI(h->s_starts + f) = t == 0 ? v_i(0) : sells & v_not(WI(h->s_selling + f));
        WI(h->s_selling + f) = sells;
        W(h->s_offer + f) = v_and0(sells, v_r(firm->offer));
    }
}

/* What all offer and lack by region. */
static void offers_month(const struct mm_context *k) {
    GLOBAL const struct mm_head *h = k->h;
    const int regions = h->n_regions, end = h->n_firms * regions;
    const int s_spare_old = h->s_spare_old, s_spare_new = h->s_spare_new, s_un = h->s_un, s_ua = h->s_ua;
    for (int r = 0; r < regions; r++) {
        vreal old_offer = v_r(0.0f), new_offer = v_r(0.0f), n = v_r(0.0f), a = v_r(0.0f);
        for (int i = r, s_offer = h->s_offer; i < end; i += regions, s_offer++) {
            old_offer = v_fma(W(s_offer), W(s_spare_old + i), old_offer);
            new_offer = v_fma(W(s_offer), W(s_spare_new + i), new_offer);
            n = n + W(s_un + i);
            a = a + W(s_ua + i);
        }
        const int m = h->s_market + r * MM_M_COUNT;
        W(m + MM_M_OFFER_OLD) = old_offer;
        W(m + MM_M_OFFER_NEW) = new_offer;
        W(m + MM_M_UNMET_N) = n;
        W(m + MM_M_UNMET_A) = a;
    }
}

/* m1, m2, m3 of section 6; what fraction of each offer is sold and of each lack is filled; what stays unmet.
 * \return the fraction of unmet training that is filled */
static vreal clear_market(const struct mm_context *k) {
    GLOBAL const struct mm_head *h = k->h;
    vreal training = v_r(0.0f), left = v_r(0.0f), unmet = v_r(0.0f);
    for (int f = 0; f < h->n_firms; f++)
        training = training + W(h->s_ut + f);
    for (int r = 0; r < h->n_regions; r++) {
        const int m = h->s_market + r * MM_M_COUNT;
        vreal old_offer = W(m + MM_M_OFFER_OLD), new_offer = W(m + MM_M_OFFER_NEW), a = W(m + MM_M_UNMET_A);
        vreal m1 = v_min(old_offer, a);
        vreal rest = a - m1, want = W(m + MM_M_UNMET_N) + rest;
        vreal m2 = v_min(new_offer, want);
        vreal filled = quotient(m2, want);
        W(m + MM_M_SOLD_OLD) = quotient(m1, old_offer);
        W(m + MM_M_SOLD_NEW) = m2; /* finished below */
        W(m + MM_M_BOUGHT_N) = filled;
        W(m + MM_M_BOUGHT_A) = quotient(v_fma(rest, filled, m1), a);
        left = left + (new_offer - m2);
        unmet = unmet + (want - m2);
    }
    vreal m3 = v_min(left, training);
    vreal taken = quotient(m3, left);
    for (int r = 0; r < h->n_regions; r++) {
        const int m = h->s_market + r * MM_M_COUNT;
        vreal new_offer = W(m + MM_M_OFFER_NEW), m2 = W(m + MM_M_SOLD_NEW);
        W(m + MM_M_SOLD_NEW) = v_min(quotient(v_fma(new_offer - m2, taken, m2), new_offer), v_r(1.0f));
    }
    W(h->s_industry + MM_I_UNMET) = quotient(unmet + (training - m3), W(h->s_industry + MM_I_DEMAND));
    return quotient(m3, training);
}

/* What the market filled of each firm's lack, and what share of its spare it leaves, where something reads them. */
static void settle_firms(const struct mm_context *k, vreal filled_training) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_firm *firm = TABLE(mm_firm, firms);
    for (int f = 0; f < h->n_firms; f++, firm++) {
        const int at = f * h->n_regions;
        if (firm->wants_bought) {
            vreal bought = W(h->s_ut + f) * filled_training;
            for (int r = 0; r < h->n_regions; r++) {
                const int m = h->s_market + r * MM_M_COUNT;
                bought = v_fma(W(h->s_un + at + r), W(m + MM_M_BOUGHT_N), bought);
                bought = v_fma(W(h->s_ua + at + r), W(m + MM_M_BOUGHT_A), bought);
            }
            W(h->s_bought + f) = bought;
        }
        if (firm->wants_unsold) {
            const vreal offer = W(h->s_offer + f), one = v_r(1.0f);
            for (int r = 0; r < h->n_regions; r++) {
                const int m = h->s_market + r * MM_M_COUNT;
                W(h->s_tau_old + at + r) = one - offer * W(m + MM_M_SOLD_OLD);
                W(h->s_tau_new + at + r) = one - offer * W(m + MM_M_SOLD_NEW);
            }
        }
    }
}

/* Shortage before glut before friction. */
static void state_month(const struct mm_context *k) {
    GLOBAL const struct mm_head *h = k->h;
    vint shortage = v_ge(W(h->s_industry + MM_I_GAP), v_r(h->shortage));
    vint rest = v_not(shortage);
    vint glut = rest & v_ge(W(h->s_industry + MM_I_SLACK), v_r(h->glut));
    rest = rest & v_not(glut);
    vint friction = rest & v_ge(W(h->s_industry + MM_I_UNMET), v_r(h->friction));
    WI(h->s_industry + MM_I_STATE) = shortage;
    WI(h->s_industry + MM_I_STATE + 1) = glut;
    WI(h->s_industry + MM_I_STATE + 2) = friction;
    WI(h->s_industry + MM_I_STATE + 3) = rest & v_not(friction);
}

static void market_month(const struct mm_context *k, int t) {
    MM_STAGE(k, MM_STAGE_ALLOCATION);
    for (int f = 0; f < k->h->n_firms; f++)
        allocate_firm(k, f);
    MM_STAGE(k, MM_STAGE_MARKET);
    balance_month(k);
    MM_STAGE(k, MM_STAGE_ARRIVALS);
    decisions_month(k, t);
    MM_STAGE(k, MM_STAGE_MARKET);
    sellers_month(k, t);
    offers_month(k);
    settle_firms(k, clear_market(k));
    state_month(k);
}

#endif
