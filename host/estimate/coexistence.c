/* Coexistence questions: idle compute beside each state of the industry, by scope. */
#include "host/estimate/hits.h"
#include "host/estimate/parts.h"

/* The six sums of an entry (kernels/layout.h). */
enum { BOTH, BOTH2, BOTH_SHORT, IDLE, IDLE2, IDLE_BOTH };

/* The share of the paths that ever had both, which are counted there. */
static json_t *ever_both(const struct estimator *estimator, const uint64_t *hits) {
    return estimate_share_figure(estimate_share(estimator, (size_t)(hits - estimator->tallies->counts), 1));
}

/* `events`: paths that ever had both. */
static json_t *pooled(const struct estimator *estimator, const struct tally_sum *sums, double events, json_t *object) {
    const struct tally_sum *shortage = estimator->tallies->sums + estimator->plan->head.m_short;
    const struct ratio_sums of_short = {sums[BOTH], sums[BOTH2], sums[BOTH_SHORT], shortage[0], shortage[1]};
    const struct ratio_sums of_idle = {sums[BOTH], sums[BOTH2], sums[IDLE_BOTH], sums[IDLE], sums[IDLE2]};
    const size_t at = (size_t)(sums - estimator->tallies->sums), short_at = (size_t)estimator->plan->head.m_short;
    struct figure mean = estimate_mean(estimator, at + BOTH, at + BOTH2, 1);
    struct figure idle_given_short = estimate_ratio(estimator, &of_short, at + BOTH, short_at);
    struct figure short_given_idle = estimate_ratio(estimator, &of_idle, at + BOTH, at + IDLE);
    int bad = 0;

    mean.events = idle_given_short.events = short_given_idle.events = events;

    bad |= json_object_set_new(object, "idle_given_shortage", estimate_share_figure(idle_given_short));
    bad |= json_object_set_new(object, "shortage_given_idle", estimate_share_figure(short_given_idle));
    bad |=
        json_object_set_new(object, "mean_months", estimate_mean_figure(estimator, mean, estimator->scenario->months));
    if (estimator->plan->scrambles != NULL) {
        bad |= json_object_set_new(object, "variance_ratio",
                                   json_pack("{s:o, s:o}", "idle_given_shortage",
                                             estimate_variance_ratio(&idle_given_short), "mean_months",
                                             estimate_variance_ratio(&mean)));
    }
    return bad ? NULL : object;
}

static json_t *name_or_null(const char *name) {
    return name != NULL ? json_string(name) : json_null();
}

static json_t *one_entry(const struct estimator *estimator, const struct mm_map *map, int i) {
    const struct sc_scenario *scenario = estimator->scenario;
    const struct plan_entry *entry = &estimator->plan->entries[map->first_entry + i];
    const size_t block = (size_t)scenario->months * MM_STATES;
    const uint64_t *counts = estimator->tallies->counts + map->counts, *ever = counts + (size_t)map->stride * block + i;
    const char *region = entry->region == SC_NONE ? NULL : scenario->regions[entry->region];
    const char *generation = entry->generation == SC_NONE ? NULL : scenario->generations[entry->generation].name;
    json_t *object = json_object();
    int bad = 0;

    bad |= json_object_set_new(object, "firm", json_string(scenario->firms[entry->firm].name));
    bad |= json_object_set_new(object, "region", name_or_null(region));
    bad |= json_object_set_new(object, "generation", name_or_null(generation));
    bad |= json_object_set_new(object, "ever", ever_both(estimator, ever));
    if (!estimator->brief) {
        bad |= json_object_set_new(object, "both",
                                   hits_pack(counts + i, (size_t)map->stride, scenario->months, estimator->paths));
    }
    bad |= pooled(estimator, estimator->tallies->sums + map->sums + (size_t)i * MM_MAP_SUMS, (double)*ever, object) ==
           NULL;
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

json_t *estimate_entries(const struct estimator *estimator, const struct mm_map *map) {
    json_t *entries = json_array();
    int bad = entries == NULL;

    for (int i = 0; i < map->n_entries && !bad; i++) {
        bad |= json_array_append_new(entries, one_entry(estimator, map, i));
    }
    if (bad) {
        json_decref(entries);
        return NULL;
    }
    return entries;
}
