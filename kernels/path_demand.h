/* Demand: regimes, the industry index, firms, launches, shocks, the price response, training (docs/model.md, section
 * 2). */
#ifndef MISMATCH_KERNELS_PATH_DEMAND_H
#define MISMATCH_KERNELS_PATH_DEMAND_H

#include "kernels/context.h"

/* Where u falls among the cumulative probabilities: the number of them that it reaches. */
INLINE vint pick(vreal u, GLOBAL const float *cumulative, int n) {
    vint state = v_i(0);
    for (int i = 0; i + 1 < n; i++)
        state = state - v_ge(u, v_r(cumulative[i]));
    return state;
}

static void regime_month(const struct mm_context *k, int t) {
    GLOBAL const struct mm_head *h = k->h;
    const int n = h->n_regimes;
    GLOBAL const float *growth = FLOATS(h->regime_growth), *training = FLOATS(h->regime_training);
    vreal g = v_r(growth[0]), tr = v_r(training[0]);
    if (n > 1) {
        vuint word[4];
        if ((t & 3) == 0) {
            draw(k, (uint)t >> 2, MM_ADDRESS(MM_KIND_REGIME_MONTH, 0), word);
            for (int i = 0; i < 4; i++)
                W(h->s_month_z + 4 + i) = v_uniform24(word[i]);
        }
        vreal u = GIVEN(MM_GIVEN_REGIME(h) + t, W(h->s_month_z + 4 + (t & 3)));
        vint state;
        if (t == 0) {
            state = pick(u, FLOATS(h->regime_initial), n);
        } else {
            vint before = WI(h->s_index + MM_S_REGIME);
            state = pick(u, FLOATS(h->regime_monthly), n);
            for (int s = 1; s < n; s++)
                state = v_seli(v_ieq(before, v_i(s)), pick(u, FLOATS(h->regime_monthly) + s * n, n), state);
        }
        WI(h->s_index + MM_S_REGIME) = state;
        for (int s = 1; s < n; s++) {
            vint is = v_ieq(state, v_i(s));
            g = v_sel(is, v_r(growth[s]), g);
            tr = v_sel(is, v_r(training[s]), tr);
        }
    }
    W(h->s_index + MM_S_REGIME_TRAINING) = tr;
    if (t > 0) /* G_0 = 0; the trend's part of G stands in the firms' tables */
        W(h->s_index + MM_S_G) = W(h->s_index + MM_S_G) + g;
}

static void index_month(const struct mm_context *k, int t) {
    GLOBAL const struct mm_head *h = k->h;
    if (h->index_sigma > 0.0f) {
        if ((t & 3) == 0) {
            vuint word[4];
            draw(k, (uint)t >> 2, MM_ADDRESS(MM_KIND_INDEX_MONTH, 0), word);
            for (int i = 0; i < 4; i++)
                W(h->s_month_z + i) = v_normal(word[i]);
        }
        if (t > 0)
            W(h->s_index + MM_S_G) = v_fma(v_r(h->index_sigma), GIVEN(MM_GIVEN_INDEX(h) + t, W(h->s_month_z + (t & 3))),
                                           W(h->s_index + MM_S_G));
    }
    vreal sum = v_r(0.0f);
    GLOBAL const struct mm_shock *shock = TABLE(mm_shock, shocks);
    for (int s = 0; s < h->n_shocks; s++, shock++) {
        if (shock->layer >= 0)
            continue;
        for (int i = shock->first_strike; i < shock->first_strike + shock->times; i++)
            sum = v_fma(W(h->s_strike + 3 * i + 2), ramp((float)t, W(h->s_strike + 3 * i), shock->inv_ramp), sum);
    }
    W(h->s_index + MM_S_H) = sum;
    if (t > 0) { /* log q follows the price of the month before */
        vreal q = W(h->s_index + MM_S_LOG_Q);
        W(h->s_index + MM_S_LOG_Q) = v_fma(v_r(h->price_adjustment), W(h->s_index + MM_S_LOG_P) - q, q);
    }
}

/* x_{f,t}: autoregressive, from its initial spread. */
static vreal firm_level(const struct mm_context *k, int f, int t) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_firm *firm = TABLE(mm_firm, firms) + f;
    if (!(firm->x0_sigma > 0.0f) && !(firm->x_sigma > 0.0f))
        return v_r(0.0f);
    if ((t & 3) == 0) {
        vuint word[4];
        draw(k, (uint)t >> 2, MM_ADDRESS(MM_KIND_FIRM_MONTH, f), word);
        for (int i = 0; i < 4; i++)
            W(h->s_firm_z + 4 * f + i) = v_normal(word[i]);
    }
    vreal z = GIVEN_FIRM(f, t, W(h->s_firm_z + 4 * f + (t & 3)));
    vreal x = t == 0 ? v_r(firm->x0_sigma) * z : v_fma(v_r(firm->x_sigma), z, v_r(h->persistence) * W(h->s_x + f));
    W(h->s_x + f) = x;
    return x;
}

static vreal launches_month(const struct mm_context *k, GLOBAL const struct mm_firm *firm, int t) {
    GLOBAL const struct mm_launch *launch = TABLE(mm_launch, launches);
    vreal sum = v_r(1.0f);
    for (int i = firm->first_launch; i < firm->first_launch + firm->n_launches && launch[i].planned < t; i++)
        sum = v_fma(W(k->h->s_gain + i), ramp((float)t, W(k->h->s_launch + i), launch[i].inv_ramp), sum);
    return sum;
}

static vreal campaigns_month(const struct mm_context *k, int f, int t) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_firm *firm = TABLE(mm_firm, firms) + f;
    GLOBAL const struct mm_campaign *campaign = TABLE(mm_campaign, campaigns);
    const vreal now = v_r((float)t);
    const int running = h->s_running + f, end = firm->first_campaign + firm->n_campaigns;
    const int s_start = h->s_start, s_end = h->s_end, s_size = h->s_size;
    vreal sum = v_r(FLOATS(firm->research)[t]);
    int first = LANE(running, 0);
    while (first < end && campaign[first].planned <= t && !v_any(v_lt(now, W(s_end + first))))
        first++; /* what has ended in every lane would add 0 from now on */
    WI(running) = v_i(first);
    for (int i = first; i < end && campaign[i].planned <= t; i++) {
        vint runs = v_le(W(s_start + i), now) & v_lt(now, W(s_end + i));
        sum = sum + v_and0(runs, W(s_size + i));
    }
    return sum;
}

static void demand_month(const struct mm_context *k, int t) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_firm *firm = TABLE(mm_firm, firms);
    regime_month(k, t);
    index_month(k, t);
    const vreal level = W(h->s_index + MM_S_G) + W(h->s_index + MM_S_H);
    const vreal response = v_r(-h->price_elasticity) * W(h->s_index + MM_S_LOG_Q);
    const vreal training = W(h->s_index + MM_S_REGIME_TRAINING);
    for (int f = 0; f < h->n_firms; f++, firm++) {
        if (firm->base >= 0) {
            vreal x = firm_level(k, f, t);
            vreal log_demand = v_fma(v_r(firm->beta), level, x) + response;
            W(h->s_inference + f) = v_r(FLOATS(firm->base)[t]) * v_exp(log_demand) * launches_month(k, firm, t);
        }
        if (firm->research >= 0)
            W(h->s_training + f) = training * campaigns_month(k, f, t);
    }
}

#endif
