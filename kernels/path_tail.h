/* Tails of a path's own value: the highest month or the mean of a series, or the months that an event holds, in a
 * window. A histogram over paths, and in each bin the sum of where in it the values lie, so that means of the tail are
 * exact but for the one bin that it begins in. */
#ifndef MISMATCH_KERNELS_PATH_TAIL_H
#define MISMATCH_KERNELS_PATH_TAIL_H

#include "kernels/context.h"
#include "kernels/path_bins.h"
#include "kernels/path_events.h"
#include "kernels/tallies.h"

static void tail_month(const struct mm_context *k, int t) {
    GLOBAL const struct mm_tail *tail = TABLE(mm_tail, tails);
    for (int i = 0; i < k->h->n_tails; i++, tail++) {
        if (t < tail->from || t > tail->to)
            continue;
        const int first = t == tail->from, at = tail->scratch;
        if (tail->of == MM_TAIL_MONTHS) {
            vint months = first ? v_i(0) : WI(at);
            WI(at) = months - node_true(k, tail->node);
            continue;
        }
        vreal value = W(k->h->s_slot + tail->bins.slot);
        if (!first)
            value = tail->of == MM_TAIL_MEAN ? W(at) + value : v_max(W(at), value);
        W(at) = value;
    }
}

static void tail_value(const struct mm_context *k, GLOBAL const struct mm_tail *tail, vreal value) {
    GLOBAL const struct mm_fan *bins = &tail->bins;
    const vint bin = fan_bin(bins, value);
    const vint part = tail->of == MM_TAIL_MONTHS ? v_i(0) : fan_part(bins, bin, value);
    int place[MM_LANES], parts[MM_LANES];
    v_lanes(bin, place);
    v_lanes(part, parts);
    for (uint bits = v_bits(k->valid); bits; bits &= bits - 1) {
        const int lane = (int)lowest_bit(bits);
        tally_count(k, bins->counts + place[lane], 1);
        if (parts[lane] > 0)
            tally_sum(k, tail->sums + place[lane] - 1, (mm_u64)(uint)parts[lane]);
    }
    for (int j = 0; j < tail->n_levels; j++)
        tally_lanes(k, bins->counts + bins->n + 2 + j, v_bits(v_ge(value, v_r(FLOATS(tail->levels)[j])) & k->valid));
}

static void tally_tails(const struct mm_context *k) {
    GLOBAL const struct mm_tail *tail = TABLE(mm_tail, tails);
    for (int i = 0; i < k->h->n_tails; i++, tail++) {
        if (tail->of == MM_TAIL_MONTHS)
            tail_value(k, tail, v_i2f(WI(tail->scratch)));
        else
            tail_value(k, tail, W(tail->scratch) * v_r(tail->share));
    }
}

#endif
