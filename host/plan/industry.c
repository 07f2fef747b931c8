/* What all firms share: shocks, regimes, the frontier. */
#include "host/plan/build.h"

#include <math.h>
#include <stdio.h>

#define LONGEST_GAP 1e30 /* months between the strikes of a shock that is as good as none */

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
    return b->status == MM_OK;
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
