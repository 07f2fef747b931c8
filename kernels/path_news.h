/* News: whether events were seen in their stretches of months, and what is counted of them when a path has ended
 * (docs/model.md, section 8, evidence). */
#ifndef MISMATCH_KERNELS_PATH_NEWS_H
#define MISMATCH_KERNELS_PATH_NEWS_H

#include "kernels/context.h"
#include "kernels/path_events.h"
#include "kernels/tallies.h"

static void reset_news(const struct mm_context *k) {
    GLOBAL const struct mm_within *within = TABLE(mm_within, withins);
    for (int i = 0; i < k->h->n_withins; i++)
        WI(within[i].seen) = v_i(0);
}

static void news_month(const struct mm_context *k, int t) {
    GLOBAL const struct mm_within *within = TABLE(mm_within, withins);
    for (int i = 0; i < k->h->n_withins; i++, within++)
        if (t >= within->from && t <= within->to)
            WI(within->seen) = WI(within->seen) | node_true(k, within->node);
}

/* Evidence: the hypothesis, and for each piece the paths that have it and all before it, and that have it, both with
 * and without the hypothesis. */
static void tally_cases(const struct mm_context *k) {
    GLOBAL const struct mm_case *item = TABLE(mm_case, cases);
    for (int i = 0; i < k->h->n_cases; i++, item++) {
        GLOBAL const struct mm_within *within = TABLE(mm_within, withins) + item->first;
        const vint with = WI(within->seen) & k->valid, without = v_not(WI(within->seen)) & k->valid;
        vint all = v_i(-1);
        int at = item->counts;
        tally_lanes(k, at++, v_bits(with));
        for (int p = 1; p <= item->n_pieces; p++, at += MM_CASE_STEP) {
            const vint one = WI(within[p].seen);
            all = all & one;
            tally_lanes(k, at + MM_CASE_ALL_WITH, v_bits(all & with));
            tally_lanes(k, at + MM_CASE_ALL_WITHOUT, v_bits(all & without));
            tally_lanes(k, at + MM_CASE_ONE_WITH, v_bits(one & with));
            tally_lanes(k, at + MM_CASE_ONE_WITHOUT, v_bits(one & without));
        }
    }
}

#endif
