/* Questions: what each needs evaluated, and where its tallies lie. */
#include "host/plan/build.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define BYTES_OF_COUNT 8
#define BYTES_OF_SUM 16

bool build_take(struct build *b, int q, long long counts, long long sums, int *first_count, int *first_sum) {
    size_t bytes = (size_t)counts * BYTES_OF_COUNT + (size_t)sums * BYTES_OF_SUM;
    if (bytes > b->plan->heaviest_bytes) {
        b->plan->heaviest_bytes = bytes;
        b->heaviest = q;
    }
    if (b->counts + counts > INT_MAX || b->sums + sums > INT_MAX)
        return build_fail(b, MM_USAGE,
                          "questions.%s: needs %.3g counters, %.3g in all so far; at most %d can be addressed (ask by "
                          "fewer scopes, or for fewer months)",
                          b->s->questions[b->heaviest].name, (double)b->plan->heaviest_bytes / BYTES_OF_COUNT,
                          (double)(b->counts + counts), INT_MAX);
    *first_count = (int)b->counts;
    *first_sum = (int)b->sums;
    b->counts += counts;
    b->sums += sums;
    return true;
}

static bool add_probability(struct build *b, int q) {
    const struct sc_question *question = &b->s->questions[q];
    int node = build_event(b, question->event, question->from, question->to, question->firm);
    struct mm_probability *item = node >= 0 ? build_add(b, &b->probabilities, sizeof *item) : NULL;
    if (item == NULL)
        return false;
    const struct mm_node *root = BUILD_ITEM(b->nodes, mm_node, node);
    item->node = node;
    item->from = root->from;
    item->to = root->to;
    b->plan->questions[q].probability = b->probabilities.n - 1;
    return build_take(b, q, 2LL * b->s->months + 1, 2, &item->counts, &item->sums);
}

static int scope_of(enum sc_series series, const struct sc_by *by) {
    if (series != SC_SPARE_SHARE && series != SC_UNSOLD_SHARE && series != SC_IDLE_SHARE)
        return MM_ENTRY_SLOT;
    if (by->region)
        return by->generation ? MM_ENTRY_CELL : MM_ENTRY_REGION;
    return by->generation ? MM_ENTRY_GENERATION : MM_ENTRY_FIRM;
}

static bool add_entry(struct build *b, const struct sc_question *question, const struct sc_by *by,
                      const struct plan_entry *named) {
    enum sc_series series = question->series.series;
    struct mm_entry *entry = build_add(b, &b->entries, sizeof *entry);
    struct plan_entry *name = build_add(b, &b->named_entries, sizeof *name);
    if (entry == NULL || name == NULL)
        return false;
    *name = *named;
    entry->scope = scope_of(series, by);
    entry->firm = named->firm;
    entry->region = named->region;
    entry->generation = named->generation;
    entry->unsold = series == SC_UNSOLD_SHARE || (series == SC_IDLE_SHARE && b->s->firms[named->firm].merchant);
    entry->slot = -1;
    build_wants(b, series, named->firm);
    if (entry->scope != MM_ENTRY_SLOT)
        return true;
    struct sc_series_ref ref = question->series;
    ref.firm = named->firm;
    if (by->region)
        ref.region = named->region;
    if (by->generation)
        ref.generation = named->generation;
    entry->slot = build_slot(b, &ref, false);
    return entry->slot >= 0;
}

/* The strip of a firm, of those from `first` on, that has no entries of this scope yet; NULL: none. */
static struct mm_strip *open_strip(struct build *b, int first, int firm, int scope) {
    for (int i = first; i < b->strips.n; i++) {
        struct mm_strip *strip = BUILD_ITEM(b->strips, mm_strip, i);
        if (strip->firm == firm && strip->n_slots == 0 && strip->first[scope] < 0)
            return strip;
    }
    return NULL;
}

/* The entries of one firm and scope join its strip. One that holds nothing is never idle at a threshold above 0 and
 * needs none. */
static bool add_strip(struct build *b, const struct mm_map *map, int first_entry, double at_least) {
    const struct mm_entry entry = *BUILD_ITEM(b->entries, mm_entry, first_entry);
    const bool is_slot = entry.scope == MM_ENTRY_SLOT;
    if (!is_slot && build_threshold(at_least) > 0 && b->firms[entry.firm].n_held == 0)
        return true;
    struct mm_strip *strip = is_slot ? NULL : open_strip(b, map->first_strip, entry.firm, entry.scope);
    if (strip == NULL) {
        strip = build_add(b, &b->strips, sizeof *strip);
        if (strip == NULL)
            return false;
        *strip = (struct mm_strip){.firm = entry.firm, .unsold = entry.unsold, .first = {-1, -1, -1, -1}};
    }
    if (is_slot) {
        strip->first_slot = first_entry;
        strip->n_slots = b->entries.n - first_entry;
    } else {
        strip->first[entry.scope] = first_entry - map->first_entry;
    }
    return true;
}

static bool add_entries(struct build *b, const struct sc_question *question, const struct mm_map *map,
                        const struct sc_by *by) {
    int regions = by->region ? b->s->n_regions : 1, generations = by->generation ? b->s->n_generations : 1;
    for (int f = 0; f < b->s->n_firms; f++) {
        int first = b->entries.n;
        for (int r = 0; r < regions; r++)
            for (int g = 0; g < generations; g++) {
                const struct plan_entry named = {f, by->region ? r : SC_NONE, by->generation ? g : SC_NONE};
                if (!add_entry(b, question, by, &named))
                    return false;
            }
        if (!add_strip(b, map, first, question->at_least))
            return false;
    }
    return true;
}

static bool add_map(struct build *b, int q) {
    const struct sc_question *question = &b->s->questions[q];
    struct mm_map *map = build_add(b, &b->maps, sizeof *map);
    if (map == NULL)
        return false;
    map->threshold = build_float(b, build_threshold(question->at_least));
    map->for_months = question->for_months;
    map->first_entry = b->entries.n;
    map->first_strip = b->strips.n;
    for (int i = 0; i < question->n_by; i++)
        if (!add_entries(b, question, map, &question->by[i]))
            return false;
    map->n_entries = b->entries.n - map->first_entry;
    map->n_strips = b->strips.n - map->first_strip;
    b->plan->questions[q].map = b->maps.n - 1;
    map->stride = (map->n_entries + 15) / 16 * 16;
    for (map->planes = 1; map->planes < 31 && b->s->months >> map->planes > 0;)
        map->planes++;
    return build_take(b, q, map->stride * (1LL * b->s->months * MM_STATES + 1), 1LL * map->n_entries * MM_MAP_SUMS,
                      &map->counts, &map->sums);
}

static bool add_fan(struct build *b, int q) {
    struct mm_fan *fan = build_add(b, &b->fans, sizeof *fan);
    int no_sum;
    if (fan == NULL || !build_fan(b, &b->s->questions[q].series, fan))
        return false;
    b->plan->questions[q].fan = b->fans.n - 1;
    return build_take(b, q, 1LL * b->s->months * (fan->n + 2), 0, &fan->counts, &no_sum);
}

static bool add_question(struct build *b, int q) {
    b->plan->questions[q] = (struct plan_question){-1, -1, -1, -1, 0, -1, -1, -1};
    if (b->only != NULL && strcmp(b->only, b->s->questions[q].name) != 0)
        return true;
    snprintf(b->where, sizeof b->where, "questions.%s", b->s->questions[q].name);
    switch (b->s->questions[q].kind) {
    case SC_PROBABILITY:
        return add_probability(b, q);
    case SC_COEXISTENCE:
        return add_map(b, q);
    case SC_FAN:
        return add_fan(b, q);
    case SC_EVIDENCE:
        return build_evidence(b, q);
    case SC_PATTERN:
        return build_pattern(b, q);
    case SC_TAIL:
        return build_tail(b, q);
    case SC_BINDING: /* answered from the industry's own tallies */
        break;
    }
    return true;
}

bool build_questions(struct build *b) {
    struct mm_head *h = b->head;
    struct plan *plan = b->plan;
    plan->n_questions = b->s->n_questions;
    plan->questions = build_alloc(b, (size_t)b->s->n_questions, sizeof *plan->questions);
    if (plan->questions == NULL)
        return false;
    h->c_states = 0;
    h->c_clipped = h->months * MM_STATES;
    b->counts = h->c_clipped + 1;
    h->m_industry = 0;
    h->m_short = h->months * MM_INDUSTRY_MEANS * 2;
    h->m_totals = h->m_short + 2;
    b->sums = h->m_totals + 4;
    for (int q = 0; q < b->s->n_questions; q++)
        if (!add_question(b, q))
            return false;
    h->n_counts = (int)b->counts;
    h->n_sums = (int)b->sums;
    if (b->heaviest != SC_NONE)
        plan->heaviest = build_text(b, b->s->questions[b->heaviest].name);
    return b->status == MM_OK;
}
