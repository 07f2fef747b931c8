#include "support/pattern_world.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HORIZON 2

static char texts[][8] = {"alpha", "beta", "gamma", "news", "q"};

void world_make(struct world *w) {
    memset(w, 0, sizeof *w);
    for (int i = 0; i < WORLD_NAMES; i++) {
        w->names[i] = (struct sc_name){.name = texts[i], .is_supplier = true, .leverage = 1 + i};
        w->pool.scales[i] = WORLD_SCALE;
    }
    w->event = (struct sc_event){.name = texts[3]};
    w->question = (struct sc_question){.name = texts[4], .kind = SC_PATTERN, .spread = 0.05};
    w->scenario = (struct sc_scenario){.start_year = 2030,
                                       .start_month = 1,
                                       .months = 10,
                                       .n_names = WORLD_NAMES,
                                       .names = w->names,
                                       .n_events = 1,
                                       .events = &w->event,
                                       .n_questions = 1,
                                       .questions = &w->question,
                                       .horizon = HORIZON};
    w->pool.pattern =
        (struct mm_pattern){.from = 1, .to = 1 + HORIZON, .scales = (int)(offsetof(__typeof__(w->pool), scales) / 4)};
    w->where = (struct plan_question){-1, -1, -1, -1, 0, 0, -1, -1};
    w->plan.pool = (uint32_t *)(void *)&w->pool;
    w->plan.questions = &w->where;
    w->plan.n_questions = 1;
    w->plan.head.n_patterns = 1;
    w->plan.head.n_counts = MM_BATCHES * MM_NEWS_CELLS;
    w->plan.head.n_sums = MM_BATCHES * MM_NEWS_CELLS * WORLD_NAMES;
    w->tallies = tallies_new((size_t)MM_BATCHES * MM_NEWS_CELLS, (size_t)MM_BATCHES * MM_NEWS_CELLS * WORLD_NAMES);
    assert_non_null(w->tallies);
}

void world_free(struct world *w) {
    tallies_free(w->tallies);
}

void world_clear(struct world *w) {
    memset(w->tallies->counts, 0, w->tallies->n_counts * sizeof *w->tallies->counts);
    memset(w->tallies->sums, 0, w->tallies->n_sums * sizeof *w->tallies->sums);
}

void world_add(struct world *w, int batch, int cell, const double values[WORLD_NAMES]) {
    const size_t row = (size_t)batch * MM_NEWS_CELLS + (size_t)cell;

    w->tallies->counts[row]++;
    for (size_t i = 0; i < WORLD_NAMES; i++) {
        w->tallies->sums[row * WORLD_NAMES + i].low += (uint64_t)llround(values[i] * (double)WORLD_SCALE);
    }
}

struct pattern_values world_values(struct world *w) {
    const struct pattern_side own = {&w->scenario, &w->plan, &w->pool.pattern, w->tallies};
    struct pattern_values values;

    assert_true(pattern_values_make(&values, &w->question, &own, NULL));
    return values;
}
