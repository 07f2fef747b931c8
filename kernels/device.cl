/* What an OpenCL device runs: this file with everything it includes is the program.
 *
 * MM_LANES 1: work-groups of MM_STRIDE work-items, a path for each, tallies shared (GPUs). MM_LANES 4, 8, 16: a
 * work-item is a whole lane group with tallies of its own (CPUs). */
#if MM_LANES == 1
#define MM_SHARED_TALLIES
#endif
#include "kernels/path.h"
#include "kernels/probe.h"

/* Runs paths first ... first + n - 1 of each of `points` plans of one shape: their heads one after the other, their
 * pools `pool_words` apart, and for each point `copies` tallies in `counts` and `sums`. `next` starts at 0. No
 * work-item takes more than `most` lane groups, so that no tally can overflow. */
#if MM_LANES == 1

/* The work-groups are shared out evenly: each works on one point. */
__kernel __attribute__((reqd_work_group_size(MM_STRIDE, 1, 1))) void
mm_paths(GLOBAL const struct mm_head *head, GLOBAL const uint *pool, GLOBAL float *scratch, GLOBAL uint *counts,
         GLOBAL mm_u64 *sums, GLOBAL uint *next, uint copies, uint points, uint pool_words, uint most, mm_u64 seed,
         mm_u64 first, uint n) {
    LOCAL uint words[MM_GATHER_WORDS];
    LOCAL struct mm_row rows[MM_ROWS];
    const uint groups = (uint)get_num_groups(0) / points, me = (uint)get_local_id(0);
    const uint point = (uint)get_group_id(0) / groups, group = (uint)get_group_id(0) % groups;
    const size_t tally = (size_t)point * copies + group % copies;
    struct mm_gather gather = {words, rows, 0, 0};
    struct mm_context k;
    for (uint i = me; i < MM_GATHER_WORDS; i += MM_STRIDE)
        words[i] = 0;
    barrier(CLK_LOCAL_MEM_FENCE);
    k.h = head + point;
    k.pool = pool + (size_t)point * pool_words;
    k.ws = scratch + (size_t)get_group_id(0) * (size_t)head->s_vectors * MM_STRIDE + me;
    k.wi = (GLOBAL int *)k.ws;
    k.counts = counts + tally * (size_t)head->n_counts;
    k.sums = sums + tally * (size_t)head->n_sums;
    k.gather = &gather;
    uint from = group * MM_STRIDE;
    for (uint taken = 0; taken < most && from < n; taken++, from += groups * MM_STRIDE) {
        context_paths(&k, first + from + me, from + me < n ? 1u : 0u, seed);
        path_run(&k);
    }
    (void)next;
}

#else

__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void
mm_paths(GLOBAL const struct mm_head *head, GLOBAL const uint *pool, GLOBAL float *scratch, GLOBAL uint *counts,
         GLOBAL mm_u64 *sums, GLOBAL uint *next, uint copies, uint points, uint pool_words, uint most, mm_u64 seed,
         mm_u64 first, uint n) {
    const size_t me = get_global_id(0);
    const uint of_point = (n - 1) / MM_LANES + 1; /* lane groups */
    struct mm_context k;
    k.ws = (GLOBAL vreal *)scratch + me * (size_t)head->s_vectors;
    k.wi = (GLOBAL vint *)k.ws;
    for (uint taken = 0; taken < most; taken++) {
        const uint group = atomic_inc(next), point = group / of_point;
        if (point >= points)
            return;
        const size_t tally = (size_t)point * copies + me % copies;
        const uint from = group % of_point * MM_LANES, left = n - from;
        k.h = head + point;
        k.pool = pool + (size_t)point * pool_words;
        k.counts = counts + tally * (size_t)head->n_counts;
        k.sums = sums + tally * (size_t)head->n_sums;
        context_paths(&k, first + from, left < MM_LANES ? left : MM_LANES, seed);
        path_run(&k);
    }
}

#endif

/* Adds all copies to the totals of their point and empties them; total_sums holds a low and a high word for each sum.
 */
__kernel void mm_reduce(GLOBAL const struct mm_head *head, GLOBAL uint *counts, GLOBAL mm_u64 *sums, uint copies,
                        uint points, GLOBAL mm_u64 *total_counts, GLOBAL mm_u64 *total_sums) {
    const size_t n_counts = (size_t)head->n_counts, n_sums = (size_t)head->n_sums, both = n_counts + n_sums;
    const size_t point = get_global_id(0) / both, i = get_global_id(0) % both;
    if (point >= points)
        return;
    counts += point * copies * n_counts;
    sums += point * copies * n_sums;
    if (i < n_counts) {
        mm_u64 total = total_counts[point * n_counts + i];
        for (uint c = 0; c < copies; c++) {
            total += counts[c * n_counts + i];
            counts[c * n_counts + i] = 0;
        }
        total_counts[point * n_counts + i] = total;
    } else {
        const size_t s = i - n_counts, at = 2 * (point * n_sums + s);
        mm_u64 low = total_sums[at], high = total_sums[at + 1];
        for (uint c = 0; c < copies; c++) {
            const mm_u64 x = sums[c * n_sums + s];
            low += x;
            high += low < x ? 1 : 0;
            sums[c * n_sums + s] = 0;
        }
        total_sums[at] = low;
        total_sums[at + 1] = high;
    }
}

/* out[function][i] for n pairs of arguments a[function][i], b[function][i], n a multiple of 16; and the sizes of all
 * records. */
__kernel void mm_probe(GLOBAL const uint *a, GLOBAL const uint *b, uint n, GLOBAL uint *out, GLOBAL uint *sizes) {
    const size_t i = get_global_id(0) * MM_LANES;
    if (i < n)
        for (int function = 0; function < MM_PROBE_FUNCTIONS; function++) {
            const size_t at = (size_t)function * n + i;
            v_store(out + at, probe(function, v_load(a + at), v_load(b + at)));
        }
    if (i == 0) {
        const uint size[MM_PROBE_SIZES] = MM_PROBE_SIZE_LIST;
        for (int s = 0; s < MM_PROBE_SIZES; s++)
            sizes[s] = size[s];
    }
}
