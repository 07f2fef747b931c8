#include "host/rare/inputs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MM_LANES 1
#include "kernels/dialect.h"
#include "kernels/elementary.h"
#include "kernels/layout.h"
#include "kernels/philox.h"

#define INDEX_MONTHS 12 /* of a stretch */
#define FIRM_MONTHS 6   /* a firm's demand returns to its trend */
#define OTHER_MONTHS 12 /* of firms that the event does not name */
#define STRIKES 2       /* of a shock, from the first on */

/* What is beyond the room is left to the rest. */
static void add_stretch(struct inputs *inputs, enum input_kind kind, int what, int at, int from, int to) {
    if (inputs->n < inputs->room)
        inputs->items[inputs->n++] = (struct input){kind, what, at, from, to};
}

static void add(struct inputs *inputs, enum input_kind kind, int what, int at) {
    add_stretch(inputs, kind, what, at, 0, 0);
}

static void add_stretches(struct inputs *inputs, enum input_kind kind, int what, int at, int from, int length) {
    for (length = inputs->fine ? 1 : length; from <= inputs->last; from += length) {
        const int to = from + length - 1;
        add_stretch(inputs, kind, what, at, from, to < inputs->last ? to : inputs->last);
    }
}

static void add_factors(struct inputs *inputs) {
    const struct mm_head *h = &inputs->plan->head;
    const bool gpu = h->slip_sigma[0] > 0 && h->slip_common[0] > 0,
               power = h->slip_sigma[1] > 0 && h->slip_common[1] > 0,
               shell = h->slip_sigma[2] > 0 && h->slip_common[2] > 0,
               network = h->slip_sigma[3] > 0 && h->slip_common[3] > 0;
    if (h->factor_common > 0 && (gpu || power || shell || network))
        add(inputs, INPUT_COMMON, 0, MM_GIVEN_COMMON);
    if (!(h->factor_own > 0))
        return;
    if (network)
        add(inputs, INPUT_COMMON, 1, MM_GIVEN_COMMON + 1);
    for (int i = 0; gpu && i < h->n_generations; i++)
        add(inputs, INPUT_GPU, i, MM_GIVEN_GPU + i);
    for (int i = 0; power && i < h->n_regions; i++)
        add(inputs, INPUT_POWER, i, MM_GIVEN_POWER(h) + i);
    for (int i = 0; shell && i < h->n_regions; i++)
        add(inputs, INPUT_SHELL, i, MM_GIVEN_SHELL(h) + i);
}

static void add_strikes(struct inputs *inputs) {
    const struct mm_head *h = &inputs->plan->head;
    const struct mm_shock *shock = PLAN_TABLE(inputs->plan, mm_shock, shocks);
    for (int s = 0; s < h->n_shocks; s++)
        for (int i = 0; i < shock[s].times && (i < STRIKES || inputs->fine); i++) {
            const int strike = shock[s].first_strike + i;
            add(inputs, INPUT_GAP, strike, MM_GIVEN_STRIKE(h) + 2 * strike);
            if (shock[s].sigma > 0)
                add(inputs, INPUT_SIZE, strike, MM_GIVEN_STRIKE(h) + 2 * strike + 1);
        }
}

bool inputs_choose(const struct plan *plan, const bool *firms, int last, bool fine, struct inputs *inputs) {
    const struct mm_head *h = &plan->head;
    const struct mm_firm *firm = PLAN_TABLE(plan, mm_firm, firms);
    const struct mm_launch *launch = PLAN_TABLE(plan, mm_launch, launches);
    const struct mm_campaign *campaign = PLAN_TABLE(plan, mm_campaign, campaigns);
    *inputs = (struct inputs){.plan = plan, .fine = fine, .last = last, .room = fine ? INPUTS_FINE : INPUTS_MOST};
    inputs->firms = calloc((size_t)h->n_firms, sizeof *inputs->firms);
    inputs->items = calloc((size_t)inputs->room, sizeof *inputs->items);
    if (!inputs->firms || !inputs->items) {
        inputs_free(inputs);
        return false;
    }
    if (h->index_sigma > 0)
        add_stretches(inputs, INPUT_INDEX, 0, MM_GIVEN_INDEX(h), 1, INDEX_MONTHS);
    for (int f = 0; f < h->n_firms; f++) {
        inputs->firms[f] = firm[f].base >= 0 && (firm[f].x0_sigma > 0 || firm[f].x_sigma > 0);
        if (inputs->firms[f] && firm[f].x0_sigma > 0)
            add_stretch(inputs, INPUT_FIRM, f, MM_GIVEN_FIRM(h, f), 0, 0);
        if (inputs->firms[f] && firm[f].x_sigma > 0)
            add_stretches(inputs, INPUT_FIRM, f, MM_GIVEN_FIRM(h, f), 1, firms[f] ? FIRM_MONTHS : OTHER_MONTHS);
        const bool close = firms[f] || fine;
        for (int i = firm[f].first_launch; close && i < firm[f].first_launch + firm[f].n_launches; i++)
            if (launch[i].success_sigma > 0 && launch[i].planned < last)
                add(inputs, INPUT_SUCCESS, i, MM_GIVEN_LAUNCH(h) + i);
        const bool trains = close && inputs->firms[f] && firm[f].research >= 0 && firm[f].size_sigma > 0;
        for (int i = firm[f].first_campaign; trains && i < firm[f].first_campaign + firm[f].n_campaigns; i++)
            if (campaign[i].planned < last)
                add(inputs, INPUT_CAMPAIGN, i, MM_GIVEN_CAMPAIGN(h) + i);
    }
    add_factors(inputs);
    if (h->n_regimes > 1)
        add_stretches(inputs, INPUT_REGIME, 0, MM_GIVEN_REGIME(h), 0, INDEX_MONTHS);
    add_strikes(inputs);
    return true;
}

void inputs_free(struct inputs *inputs) {
    free(inputs->firms);
    free(inputs->items);
    inputs->firms = NULL;
    inputs->items = NULL;
}

void inputs_coarsen(const struct inputs *coarse, const struct inputs *fine, const double *from, double *z) {
    int at = 0; /* both stand in the same order, a stretch as its months */
    for (int i = 0; i < coarse->n; i++) {
        const struct input *input = &coarse->items[i];
        const int n = input->to - input->from + 1;
        double sum = 0;
        while (at < fine->n && (fine->items[at].at != input->at || fine->items[at].from != input->from))
            at++;
        for (int m = 0; m < n && at < fine->n; m++)
            sum += from[at++];
        z[i] = sum / sqrt(n);
    }
}

struct path_draws {
    const struct inputs *inputs;
    uint64_t seed, path;
    float *given;
    size_t stride;
};

static void draw_block(const struct path_draws *draws, uint c2, uint c3, uint words[4]) {
    philox((uint)draws->path, (uint)(draws->path >> 32), c2, c3, (uint)draws->seed, (uint)(draws->seed >> 32), words);
}

static void give(const struct path_draws *draws, int at, float value) {
    draws->given[(size_t)at * draws->stride] = value;
}

/* The path's own normals of a kind whose blocks hold four of one sort. */
static void own_row(const struct path_draws *draws, int kind, int whose, int n, int at) {
    for (int i = 0; i < n; i += 4) {
        uint words[4];
        draw_block(draws, (uint)(i / 4), MM_ADDRESS(kind, whose), words);
        for (int j = 0; j < 4 && i + j < n; j++)
            give(draws, at + i + j, v_normal(words[j]));
    }
}

/* Of each month; where all of them are inputs, the first alone, which is none where nothing hangs on it. */
static void own_months(const struct path_draws *draws, int kind, int whose, int at) {
    own_row(draws, kind, whose, draws->inputs->fine ? 1 : draws->inputs->last + 1, at);
}

static void own_draws(const struct path_draws *draws) {
    const struct plan *plan = draws->inputs->plan;
    const struct mm_head *h = &plan->head;
    uint words[4];
    draw_block(draws, 0, MM_ADDRESS(MM_KIND_COMMON, 0), words);
    give(draws, MM_GIVEN_COMMON, v_normal(words[0]));
    give(draws, MM_GIVEN_COMMON + 1, v_normal(words[1]));
    own_row(draws, MM_KIND_FACTOR_GPU, 0, h->n_generations, MM_GIVEN_GPU);
    own_row(draws, MM_KIND_FACTOR_POWER, 0, h->n_regions, MM_GIVEN_POWER(h));
    own_row(draws, MM_KIND_FACTOR_SHELL, 0, h->n_regions, MM_GIVEN_SHELL(h));
    const struct mm_shock *shock = PLAN_TABLE(plan, mm_shock, shocks);
    for (int s = 0; s < h->n_shocks; s++)
        for (int i = 0; i < shock[s].times; i++) {
            const int at = MM_GIVEN_STRIKE(h) + 2 * (shock[s].first_strike + i);
            draw_block(draws, (uint)i, MM_ADDRESS(MM_KIND_SHOCK, shock[s].id), words);
            give(draws, at, v_expo(words[0]));
            give(draws, at + 1, v_normal(words[1]));
        }
    const struct mm_launch *launch = PLAN_TABLE(plan, mm_launch, launches);
    for (int i = 0; i < h->n_launches; i++) {
        draw_block(draws, launch[i].c2, launch[i].c3, words);
        give(draws, MM_GIVEN_LAUNCH(h) + i, v_normal(words[1]));
    }
    if (h->index_sigma > 0)
        own_months(draws, MM_KIND_INDEX_MONTH, 0, MM_GIVEN_INDEX(h));
    if (h->n_regimes > 1)
        own_months(draws, MM_KIND_REGIME_MONTH, 0, MM_GIVEN_REGIME(h));
    const struct mm_firm *firm = PLAN_TABLE(plan, mm_firm, firms);
    const struct mm_campaign *campaign = PLAN_TABLE(plan, mm_campaign, campaigns);
    for (int f = 0; f < h->n_firms; f++) {
        if (!draws->inputs->firms[f])
            continue;
        own_months(draws, MM_KIND_FIRM_MONTH, f, MM_GIVEN_FIRM(h, f));
        for (int i = firm[f].first_campaign; i < firm[f].first_campaign + firm[f].n_campaigns; i++) {
            draw_block(draws, campaign[i].c2, MM_ADDRESS(MM_KIND_CAMPAIGN, f), words);
            give(draws, MM_GIVEN_CAMPAIGN(h) + i, v_normal(words[2]));
        }
    }
}

/* Moves a stretch of normals so that their sum over the square root of their number is z. What is left of them is
 * independent of that, so that they are independent normals again when z is one. */
static void give_stretch(const struct path_draws *draws, const struct input *input, double z) {
    const int n = input->to - input->from + 1;
    double sum = 0;
    if (draws->inputs->fine) {
        give(draws, input->at + input->from, (float)z);
        return;
    }
    for (int t = input->from; t <= input->to; t++)
        sum += (double)draws->given[(size_t)(input->at + t) * draws->stride];
    const double shift = (z - sum / sqrt(n)) / sqrt(n);
    for (int t = input->from; t <= input->to; t++) {
        float *value = draws->given + (size_t)(input->at + t) * draws->stride;
        *value = (float)((double)*value + shift);
    }
}

/* P(Z <= z) */
static double below(double z) {
    return 0.5 * erfc(-z * M_SQRT1_2);
}

void inputs_give(const struct inputs *inputs, uint64_t seed, uint64_t path, const double *z, float *given,
                 size_t stride) {
    const struct mm_head *h = &inputs->plan->head;
    const struct path_draws draws = {inputs, seed, path, given, stride};
    own_draws(&draws);
    for (int i = 0; i < inputs->n; i++) {
        const struct input *input = &inputs->items[i];
        switch (input->kind) {
        case INPUT_INDEX:
        case INPUT_REGIME:
        case INPUT_FIRM:
            give_stretch(&draws, input, z[i]);
            break;
        case INPUT_GAP:
            give(&draws, input->at, (float)-log(below(z[i])));
            break;
        default:
            give(&draws, input->at, (float)z[i]);
        }
    }
    for (int t = 0; h->n_regimes > 1 && t <= inputs->last; t++) { /* a uniform below 1, as the kernels take it */
        float *value = given + (size_t)(MM_GIVEN_REGIME(h) + t) * stride;
        *value = fminf((float)below((double)*value), 0x1.fffffep-1f);
    }
}
