/* Tail questions: bins of a path's own value. */
#include "host/plan/build.h"

#include <math.h>

/* One bin for each number of months. */
static void month_bins(struct mm_fan *bins, int months) {
    *bins = (struct mm_fan){.slot = -1, .n = months + 1, .high = (float)(months + 1), .inv_width = 1};
}

static bool add_event(struct build *b, const struct sc_question *question, struct mm_tail *tail) {
    tail->of = MM_TAIL_MONTHS;
    tail->share = 1;
    tail->node = build_event(b, question->event, question->from, question->to, question->firm);
    if (tail->node < 0)
        return false;
    const struct mm_node *root = BUILD_ITEM(b->nodes, mm_node, tail->node);
    tail->from = root->from;
    tail->to = root->to;
    month_bins(&tail->bins, tail->to - tail->from + 1);
    return true;
}

static bool add_series(struct build *b, const struct sc_question *question, struct mm_tail *tail) {
    tail->of = question->mean ? MM_TAIL_MEAN : MM_TAIL_HIGHEST;
    tail->node = -1;
    tail->from = question->from;
    tail->to = question->to;
    tail->share = question->mean ? (float)(1.0 / (tail->to - tail->from + 1)) : 1.0f;
    if (!build_fan(b, &question->series, &tail->bins))
        return false;
    if (tail->bins.relative)
        tail->bins.inv_width = (float)ldexp(1, -tail->bins.low_exponent);
    return true;
}

bool build_tail(struct build *b, int q) {
    const struct sc_question *question = &b->s->questions[q];
    struct mm_tail tail = {.n_levels = question->n_exceed};
    float *levels = build_alloc(b, (size_t)question->n_exceed, sizeof *levels);
    if (levels == NULL ||
        !(question->event != SC_NONE ? add_event(b, question, &tail) : add_series(b, question, &tail))) {
        build_release(levels);
        return false;
    }
    for (int i = 0; i < question->n_exceed; i++)
        levels[i] = build_float(b, build_threshold(question->exceed[i]));
    tail.levels = build_pool(b, levels, (size_t)question->n_exceed);
    build_release(levels);
    const long long sums = tail.of == MM_TAIL_MONTHS ? 0 : tail.bins.n;
    if (tail.levels < 0 || !build_take(b, q, tail.bins.n + 2LL + tail.n_levels, sums, &tail.bins.counts, &tail.sums))
        return false;
    struct mm_tail *item = build_add(b, &b->tails, sizeof *item);
    if (item == NULL)
        return false;
    *item = tail;
    b->plan->questions[q].tail = b->tails.n - 1;
    return true;
}
