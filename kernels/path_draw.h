/* What is drawn once per path before month 0: common factors, shock strikes, arrivals and cancellations of phases,
 * launches, training campaigns (docs/model.md, sections 1 and 2). */
#ifndef MISMATCH_KERNELS_PATH_DRAW_H
#define MISMATCH_KERNELS_PATH_DRAW_H

#include "kernels/context.h"

/* C_{l,k} = sqrt(kappa) M + sqrt(1 - kappa) Z, `n` of them addressed in blocks of four. */
static void draw_factor_block(const struct mm_context *k, int kind, int n, int to, vreal common)
{
    for (int i = 0; i < n; i += 4) {
        vuint word[4];
        draw(k, (uint)(i / 4), MM_ADDRESS(kind, 0), word);
        for (int j = 0; j < 4 && i + j < n; j++)
            W(to + i + j) = v_fma(v_r(k->h->factor_own), v_normal(word[j]), common);
    }
}

static void draw_factors(const struct mm_context *k)
{
    GLOBAL const struct mm_head *h = k->h;
    vuint word[4];
    draw(k, 0, MM_ADDRESS(MM_KIND_COMMON, 0), word);
    vreal common = v_r(h->factor_common) * v_normal(word[0]);
    int to = h->s_factor;
    draw_factor_block(k, MM_KIND_FACTOR_GPU, h->n_generations, to, common);
    to += h->n_generations;
    draw_factor_block(k, MM_KIND_FACTOR_POWER, h->n_regions, to, common);
    to += h->n_regions;
    draw_factor_block(k, MM_KIND_FACTOR_SHELL, h->n_regions, to, common);
    to += h->n_regions;
    W(to) = v_fma(v_r(h->factor_own), v_normal(word[1]), common);
}

static void draw_shocks(const struct mm_context *k)
{
    GLOBAL const struct mm_shock *shock = TABLE(mm_shock, shocks);
    for (int s = 0; s < k->h->n_shocks; s++, shock++) {
        vreal tau = v_r(0.0f);
        for (int i = 0; i < shock->times; i++) {
            vuint word[4];
            draw(k, (uint)i, MM_ADDRESS(MM_KIND_SHOCK, shock->id), word);
            tau = v_fma(v_r(shock->gap), v_expo(word[0]), tau);
            W(k->h->s_strike + shock->first_strike + i) = tau;
            W(k->h->s_strike_size + shock->first_strike + i) = lognormal(shock->size, shock->sigma, v_normal(word[1]));
        }
    }
}

/* Supply shocks in configuration order, strike after strike: those that find a layer's arrival within reach move it. */
static void strike_phase(const struct mm_context *k, GLOBAL const struct mm_phase *phase, vreal arrival[MM_LAYERS])
{
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
static void draw_phase(const struct mm_context *k, int j)
{
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_phase *phase = TABLE(mm_phase, phases) + j;
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
    W(h->s_arrival + j) = last;
    W(h->s_gpu + j) = arrival[0];
    WI(h->s_bind + j) = bind;
}

static void draw_cancellations(const struct mm_context *k)
{
    GLOBAL const struct mm_cancel *group = TABLE(mm_cancel, cancels);
    for (int i = 0; i < k->h->n_cancels; i++, group++) {
        vuint word[4];
        draw(k, group->c2, group->c3, word);
        for (int j = 0; j < 4; j++) {
            int phase = group->phase[j];
            if (phase < 0)
                continue;
            vint off = v_lt(v_uniform24(word[j]), v_r(group->probability[j]));
            W(k->h->s_arrival + phase) = v_sel(off, v_r(MM_FAR), W(k->h->s_arrival + phase));
            WI(k->h->s_bind + phase) = WI(k->h->s_bind + phase) | off; /* -1 when cancelled */
        }
    }
}

static void draw_launches(const struct mm_context *k)
{
    GLOBAL const struct mm_launch *launch = TABLE(mm_launch, launches);
    for (int i = 0; i < k->h->n_launches; i++, launch++) {
        vuint word[4];
        draw(k, launch->c2, launch->c3, word);
        W(k->h->s_launch + i) =
            v_r((float)launch->planned) + lognormal(launch->slip_median, launch->slip_sigma, v_normal(word[0]));
        W(k->h->s_gain + i) =
            lognormal(launch->uplift * launch->success_factor, launch->success_sigma, v_normal(word[1]));
    }
}

static void draw_campaigns(const struct mm_context *k, int f)
{
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_firm *firm = TABLE(mm_firm, firms) + f;
    GLOBAL const struct mm_campaign *campaign = TABLE(mm_campaign, campaigns);
    for (int i = firm->first_campaign; i < firm->first_campaign + firm->n_campaigns; i++) {
        vuint word[4];
        draw(k, campaign[i].c2, MM_ADDRESS(MM_KIND_CAMPAIGN, f), word);
        vreal start = v_r((float)campaign[i].planned) +
                      lognormal(firm->slip_median, firm->slip_sigma, v_normal(word[0]));
        W(h->s_start + i) = start;
        W(h->s_end + i) = start + lognormal(firm->duration_median, firm->duration_sigma, v_normal(word[1]));
        W(h->s_size + i) = lognormal(campaign[i].size, firm->size_sigma, v_normal(word[2]));
    }
}

/* Everything that a path carries from month to month starts from here, never from what the area held before. */
static void reset_state(const struct mm_context *k)
{
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_own *own = TABLE(mm_own, owns);
    for (int o = 0; o < h->n_own; o++) {
        WI(h->s_prefix + o) = v_i(own[o].first_phase);
        W(h->s_prefix_sum + o) = v_r(own[o].existing);
    }
    for (int d = 0; d < h->n_decisions; d++)
        W(h->s_decision + d) = v_r(1.0f);
    for (int c = 0; c < h->n_cells; c++) {
        W(h->s_own + c) = v_r(0.0f);
        W(h->s_held + c) = v_r(0.0f);
    }
    for (int f = 0; f < h->n_firms; f++) {
        W(h->s_inference + f) = v_r(0.0f);
        W(h->s_training + f) = v_r(0.0f);
        W(h->s_y + f) = v_r(0.0f);
        W(h->s_ratio + f) = v_r(0.0f);
        WI(h->s_sell_run + f) = v_i(0);
        WI(h->s_selling + f) = v_i(0);
        WI(h->s_starts + f) = v_i(0);
    }
    for (int i = 0; i < MM_S_COUNT; i++)
        if (i != MM_S_REGIME)
            W(h->s_index + i) = v_r(0.0f);
    WI(h->s_index + MM_S_REGIME) = v_i(0);
    WI(h->s_short_months) = v_i(0);
    GLOBAL const struct mm_node *node = TABLE(mm_node, nodes);
    for (int n = 0; n < h->n_nodes; n++) {
        for (int i = 0; i < 3; i++)
            WI(node[n].state + i) = v_i(0);
        WI(node[n].state + 3) = v_i(1 << 24); /* no false seen yet */
    }
    GLOBAL const struct mm_probability *probability = TABLE(mm_probability, probabilities);
    for (int i = 0; i < h->n_probabilities; i++) {
        WI(probability[i].scratch) = v_i(0);
        WI(probability[i].scratch + 1) = v_i(0);
    }
    GLOBAL const struct mm_entry *entry = TABLE(mm_entry, entries);
    for (int i = 0; i < h->n_entries; i++)
        for (int j = 0; j < 3; j++)
            WI(entry[i].scratch + j) = v_i(0);
}

static void path_begin(const struct mm_context *k)
{
    reset_state(k);
    draw_factors(k);
    draw_shocks(k);
    for (int j = 0; j < k->h->n_phases; j++)
        draw_phase(k, j);
    draw_cancellations(k);
    draw_launches(k);
    for (int f = 0; f < k->h->n_firms; f++)
        draw_campaigns(k, f);
}

#endif
