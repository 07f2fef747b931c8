/* The scratch area of a group of lanes: where each part lies, in lane vectors. */
#include "host/plan/build.h"

#include <limits.h>

/* Parts are laid one behind the other; a total too large to address is noticed at the end. */
static int lay(long long *total, long long n) {
    int offset = *total <= INT_MAX ? (int)*total : 0;
    *total += n;
    return offset;
}

static void lay_draws(struct mm_head *h, long long *total) {
    h->s_factor = lay(total, h->n_generations + 2 * h->n_regions + 1);
    h->s_strike = lay(total, 3LL * h->n_strikes);
    int kept = h->keeps_arrivals ? h->n_phases : 0;
    h->s_arrival = lay(total, kept);
    h->s_gpu = lay(total, kept);
    h->s_bind = lay(total, kept);
    h->s_launch = lay(total, h->n_launches);
    h->s_gain = lay(total, h->n_launches);
    h->s_start = lay(total, h->n_campaigns);
    h->s_end = lay(total, h->n_campaigns);
    h->s_size = lay(total, h->n_campaigns);
    h->s_decision = lay(total, h->n_decisions);
    h->s_units = lay(total, h->n_own);
    h->s_delta = lay(total, h->n_deltas);
    h->s_late = lay(total, 2LL * MM_LAYERS);
    h->s_late_delta = lay(total, 2LL * MM_LAYERS * (h->months + 1));
    h->s_index = lay(total, MM_S_COUNT);
    h->s_month_z = lay(total, 8);
    h->s_firm_z = lay(total, 4LL * h->n_firms);
}

static void lay_months(struct mm_head *h, long long *total) {
    int firms = h->n_firms, regional = h->n_firms * h->n_regions;
    int *const by_firm[] = {&h->s_x,         &h->s_y,        &h->s_sell_run, &h->s_selling, &h->s_starts,
                            &h->s_inference, &h->s_training, &h->s_capacity, &h->s_ratio,   &h->s_bought,
                            &h->s_unmet,     &h->s_ut,       &h->s_spare,    &h->s_offer,   &h->s_running};
    int *const by_region[] = {&h->s_old,     &h->s_new,     &h->s_spare_old, &h->s_spare_new,
                              &h->s_tau_old, &h->s_tau_new, &h->s_un,        &h->s_ua};
    for (size_t i = 0; i < sizeof by_firm / sizeof by_firm[0]; i++)
        *by_firm[i] = lay(total, firms);
    for (size_t i = 0; i < sizeof by_region / sizeof by_region[0]; i++)
        *by_region[i] = lay(total, regional);
    h->s_lease = lay(total, 2LL * h->n_lease_cells);
    h->s_own = lay(total, h->n_cells);
    h->s_held = lay(total, h->n_cells);
    h->s_holds = lay(total, h->n_cells);
    h->s_market = lay(total, 1LL * MM_M_COUNT * h->n_regions);
    h->s_industry = lay(total, MM_I_COUNT);
    h->s_slot = lay(total, h->n_slots);
    h->s_short_months = lay(total, 1);
    h->s_totals = lay(total, 2);
    h->s_booked = lay(total, h->books ? 2LL * h->n_generations * (h->months + 1) : 0);
    h->s_revenue = lay(total, h->n_names);
    h->s_fixed = lay(total, h->n_names);
}

bool build_scratch(struct build *b) {
    struct mm_head *h = b->head;
    long long total = 0;
    lay_draws(h, &total);
    lay_months(h, &total);
    for (int i = 0; i < b->probabilities.n; i++)
        BUILD_ITEM(b->probabilities, mm_probability, i)->scratch = lay(&total, 2);
    for (int i = 0; i < b->maps.n; i++) { /* in words: as many vectors are enough for every lane width */
        struct mm_map *map = BUILD_ITEM(b->maps, mm_map, i);
        map->masks = lay(&total, 1LL * map->for_months * map->stride);
        map->idle = lay(&total, 1LL * (MM_LOW_PLANES + map->planes) * map->stride);
        map->both = lay(&total, 1LL * (MM_LOW_PLANES + map->planes) * map->stride);
    }
    for (int i = 0; i < b->nodes.n; i++)
        BUILD_ITEM(b->nodes, mm_node, i)->state = lay(&total, 4);
    for (int i = 0; i < b->withins.n; i++)
        BUILD_ITEM(b->withins, mm_within, i)->seen = lay(&total, 1);
    for (int i = 0; i < b->patterns.n; i++)
        BUILD_ITEM(b->patterns, mm_pattern, i)->values = lay(&total, h->n_names);
    for (int i = 0; i < b->tails.n; i++)
        BUILD_ITEM(b->tails, mm_tail, i)->scratch = lay(&total, 1);
    if (total > INT_MAX)
        return build_fail(b, MM_USAGE, "the scenario is too large: one path needs %lld numbers of memory", total);
    h->s_vectors = (int)total;
    return true;
}
