/* What is drawn once per path before month 0: common factors, shock strikes, phases that need no decision,
 * launches, training campaigns (docs/model.md, sections 1 and 2). */
#ifndef MISMATCH_KERNELS_PATH_DRAW_H
#define MISMATCH_KERNELS_PATH_DRAW_H

#include "kernels/context.h"
#include "kernels/path_book.h"
#include "kernels/path_map.h"
#include "kernels/path_names.h"
#include "kernels/path_news.h"

/* C_{l,k} = sqrt(kappa) M + sqrt(1 - kappa) Z, `n` of them addressed in blocks of four. */
static void draw_factor_block(const struct mm_context *k, int kind, int n, int to, int given, vreal common) {
    for (int i = 0; i < n; i += 4) {
        vuint word[4];
        draw(k, (uint)(i / 4), MM_ADDRESS(kind, 0), word);
        for (int j = 0; j < 4 && i + j < n; j++)
            W(to + i + j) = v_fma(v_r(k->h->factor_own), GIVEN(given + i + j, v_normal(word[j])), common);
    }
}

static void draw_factors(const struct mm_context *k) {
    GLOBAL const struct mm_head *h = k->h;
    vuint word[4];
    draw(k, 0, MM_ADDRESS(MM_KIND_COMMON, 0), word);
    vreal common = v_r(h->factor_common) * GIVEN(MM_GIVEN_COMMON, v_normal(word[0]));
    int to = h->s_factor;
    draw_factor_block(k, MM_KIND_FACTOR_GPU, h->n_generations, to, MM_GIVEN_GPU, common);
    to += h->n_generations;
    draw_factor_block(k, MM_KIND_FACTOR_POWER, h->n_regions, to, MM_GIVEN_POWER(h), common);
    to += h->n_regions;
    draw_factor_block(k, MM_KIND_FACTOR_SHELL, h->n_regions, to, MM_GIVEN_SHELL(h), common);
    to += h->n_regions;
    W(to) = v_fma(v_r(h->factor_own), GIVEN(MM_GIVEN_COMMON + 1, v_normal(word[1])), common);
}

static void draw_shocks(const struct mm_context *k) {
    GLOBAL const struct mm_shock *shock = TABLE(mm_shock, shocks);
    for (int s = 0; s < k->h->n_shocks; s++, shock++) {
        vreal tau = v_r(0.0f);
        for (int i = 0; i < shock->times; i++) {
            vuint word[4];
            draw(k, (uint)i, MM_ADDRESS(MM_KIND_SHOCK, shock->id), word);
            const int given = MM_GIVEN_STRIKE(k->h) + 2 * (shock->first_strike + i);
            tau = v_fma(v_r(shock->gap), GIVEN(given, v_expo(word[0])), tau);
            const int strike = k->h->s_strike + 3 * (shock->first_strike + i);
            W(strike) = tau;
            W(strike + 1) = tau + v_r(shock->reach);
            W(strike + 2) = lognormal(shock->size, shock->sigma, GIVEN(given + 1, v_normal(word[1])));
        }
    }
}

static void draw_launches(const struct mm_context *k) {
    GLOBAL const struct mm_launch *launch = TABLE(mm_launch, launches);
    for (int i = 0; i < k->h->n_launches; i++, launch++) {
        vuint word[4];
        draw(k, launch->c2, launch->c3, word);
        W(k->h->s_launch + i) =
            v_r((float)launch->planned) + lognormal(launch->slip_median, launch->slip_sigma, v_normal(word[0]));
        W(k->h->s_gain + i) = lognormal(launch->uplift * launch->success_factor, launch->success_sigma,
                                        GIVEN(MM_GIVEN_LAUNCH(k->h) + i, v_normal(word[1])));
    }
}

static void draw_campaigns(const struct mm_context *k, int f) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_firm *firm = TABLE(mm_firm, firms) + f;
    GLOBAL const struct mm_campaign *campaign = TABLE(mm_campaign, campaigns);
    for (int i = firm->first_campaign; i < firm->first_campaign + firm->n_campaigns; i++) {
        vuint word[4];
        draw(k, campaign[i].c2, MM_ADDRESS(MM_KIND_CAMPAIGN, f), word);
        vreal start =
            v_r((float)campaign[i].planned) + lognormal(firm->slip_median, firm->slip_sigma, v_normal(word[0]));
        W(h->s_start + i) = start;
        W(h->s_end + i) = start + lognormal(firm->duration_median, firm->duration_sigma, v_normal(word[1]));
        W(h->s_size + i) = lognormal(campaign[i].size, firm->size_sigma,
                                     GIVEN_FIRM_OF(f, MM_GIVEN_CAMPAIGN(h) + i, v_normal(word[2])));
    }
}

/* Everything that a path carries from month to month starts from here, never from what the area held before. */
static void reset_state(const struct mm_context *k) {
    GLOBAL const struct mm_head *h = k->h;
    for (int d = 0; d < h->n_decisions; d++)
        W(h->s_decision + d) = v_r(1.0f);
    for (int f = 0; f < h->n_firms; f++) {
        W(h->s_inference + f) = v_r(0.0f);
        W(h->s_training + f) = v_r(0.0f);
        W(h->s_y + f) = v_r(0.0f);
        W(h->s_ratio + f) = v_r(0.0f);
        WI(h->s_sell_run + f) = v_i(0);
        WI(h->s_selling + f) = v_i(0);
        WI(h->s_starts + f) = v_i(0);
        WI(h->s_running + f) = v_i(TABLE(mm_firm, firms)[f].first_campaign);
    }
    for (int i = 0; i < MM_S_COUNT; i++)
        if (i != MM_S_REGIME)
            W(h->s_index + i) = v_r(0.0f);
    WI(h->s_index + MM_S_REGIME) = v_i(0);
    WI(h->s_short_months) = v_i(0);
    W(h->s_totals) = v_r(0.0f);
    W(h->s_totals + 1) = v_r(0.0f);
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
    reset_maps(k);
    reset_news(k);
    reset_names(k);
}

static void path_begin(const struct mm_context *k) {
    MM_STAGE(k, MM_STAGE_ARRIVALS);
    reset_state(k);
    reset_capacity(k);
    draw_factors(k);
    draw_shocks(k);
    for (int i = 0; i < k->h->n_committed_groups; i++)
        book_group(k, i, v_r(1.0f));
    MM_STAGE(k, MM_STAGE_DEMAND);
    draw_launches(k);
    for (int f = 0; f < k->h->n_firms; f++)
        draw_campaigns(k, f);
}

#endif
