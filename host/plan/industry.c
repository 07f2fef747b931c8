/* What all firms share: shocks, regimes, the frontier. */
#include "host/plan/build.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LONGEST_GAP 1e30 /* months between the strikes of a shock that is as good as none */

static bool strikes(const struct mm_shock *shock, const struct mm_phase *phase, int layer) {
    return shock->layer == layer && (shock->region < 0 || shock->region == phase->region) &&
           (shock->generation < 0 || shock->generation == phase->generation) &&
           (shock->firm < 0 || shock->firm == phase->firm);
}

/* Layer by layer, how many strikes may hit a phase and which, in configuration order. Phases of one kind share a list.
 * \return its words, at most MM_LAYERS + all strikes. */
static int list_strikes(const struct build *b, const struct mm_phase *phase, int32_t *list) {
    int n = 0;
    for (int layer = 0; layer < MM_LAYERS; layer++) {
        const int at = n++;
        for (int i = 0; i < b->shocks.n; i++) {
            const struct mm_shock *shock = BUILD_ITEM(b->shocks, mm_shock, i);
            for (int j = 0; strikes(shock, phase, layer) && j < shock->times; j++)
                list[n++] = shock->first_strike + j;
        }
        list[at] = n - at - 1;
    }
    return n;
}

static bool build_struck(struct build *b) {
    int32_t *list = build_alloc(b, (size_t)b->head->n_strikes + MM_LAYERS, sizeof *list);
    int last = -1, n_last = 0;
    for (int i = 0; list != NULL && b->status == MM_OK && i < b->phases.n; i++) {
        struct mm_phase *phase = &BUILD_ITEM(b->phases, build_phase, i)->phase;
        const int n = list_strikes(b, phase, list);
        if (n != n_last || memcmp(b->plan->pool + last, list, (size_t)n * sizeof *list) != 0) {
            last = build_pool(b, list, (size_t)n);
            n_last = n;
        }
        phase->struck = last;
    }
    build_release(list);
    return b->status == MM_OK;
}

bool build_shocks(struct build *b) {
    int strikes = 0;
    for (int i = 0; i < b->s->n_shocks; i++) {
        const struct sc_shock *shock = &b->s->shocks[i];
        snprintf(b->where, sizeof b->where, "shocks.%s", shock->name);
        struct mm_shock *item = build_add(b, &b->shocks, sizeof *item);
        if (item == NULL)
            return false;
        item->id = i;
        item->layer = shock->is_demand ? SC_NONE : shock->layer;
        item->region = shock->region;
        item->generation = shock->generation;
        item->firm = shock->firm;
        item->times = shock->per_year > 0 ? shock->times : 0;
        item->first_strike = strikes;
        strikes += item->times;
        item->gap = build_float(b, shock->per_year > 0 ? fmin(12 / shock->per_year, LONGEST_GAP) : LONGEST_GAP);
        item->size = build_float(b, shock->is_demand ? shock->log_demand : shock->months);
        item->sigma = build_float(b, shock->sigma);
        item->reach = build_float(b, shock->is_demand ? 0 : shock->reach);
        item->inv_ramp = build_float(b, shock->is_demand ? 1 / shock->ramp : 0);
    }
    b->head->n_strikes = strikes;
    return b->status == MM_OK && build_struck(b);
}

/* One row of probabilities as their running sum: the outcome is the first entry that a uniform is below. The last
 * outcome that can happen, and all behind it, stand at 2, so that rounding never picks an impossible one. */
static bool add_cumulative(struct build *b, const double *row, int n) {
    double sum[MM_MAX_REGIMES], total = 0;
    int last = n - 1;
    while (last > 0 && !(row[last] > 0))
        last--;
    for (int i = 0; i < n; i++) {
        total += row[i];
        sum[i] = i >= last ? 2 : total;
    }
    return build_pool_floats(b, sum, n) >= 0;
}

bool build_regimes(struct build *b) {
    const struct sc_scenario *s = b->s;
    struct mm_head *h = b->head;
    static const double one = 1, none = 0;
    bool given = s->n_regimes > 0;
    int n = h->n_regimes = given ? s->n_regimes : 1;
    double growth[MM_MAX_REGIMES];
    snprintf(b->where, sizeof b->where, "regimes");
    for (int i = 0; i < n; i++)
        growth[i] = (given ? s->regime_growth[i] : none) / 12;
    h->regime_initial = (int)b->plan->pool_words;
    if (!add_cumulative(b, given ? s->regime_initial : &one, n))
        return false;
    h->regime_monthly = (int)b->plan->pool_words;
    for (int i = 0; i < n; i++)
        if (!add_cumulative(b, given ? s->regime_monthly + i * n : &one, n))
            return false;
    h->regime_growth = build_pool_floats(b, growth, n);
    h->regime_training = build_pool_floats(b, given ? s->regime_training : &one, n);
    return b->status == MM_OK;
}

bool build_frontier(struct build *b) {
    const struct sc_scenario *s = b->s;
    b->head->frontier = (int)b->plan->pool_words;
    for (int t = 0; t < s->months; t++) {
        int newest = 0;
        for (int g = 0; g < s->n_generations; g++)
            if (s->generations[g].available <= t)
                newest = g;
        int32_t first = newest > s->training_span ? newest - s->training_span : 0;
        if (build_pool(b, &first, 1) < 0)
            return false;
    }
    return true;
}
