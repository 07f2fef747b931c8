/* What an OpenCL device runs: this file with everything it includes is the program.
 *
 * MM_LANES 1: work-groups of MM_STRIDE work-items, a path for each, tallies shared (GPUs). MM_LANES 4, 8, 16: a
 * work-item is a whole lane group with tallies of its own (CPUs). */
#if MM_LANES == 1
#define MM_SHARED_TALLIES
#endif
#include "kernels/path.h"
#include "kernels/probe.h"

/* Runs paths first ... first + n - 1 and adds to `counts` and `sums`, each of which holds `copies` tallies one after
 * the other. `next` starts at 0. No work-item takes more than `most` lane groups, so that no tally can overflow. */
#if MM_LANES == 1

__kernel __attribute__((reqd_work_group_size(MM_STRIDE, 1, 1))) void
mm_paths(GLOBAL const struct mm_head *head, GLOBAL const uint *pool, GLOBAL float *scratch, GLOBAL uint *counts,
         GLOBAL mm_u64 *sums, GLOBAL uint *next, uint copies, uint most, mm_u64 seed, mm_u64 first, uint n) {
    LOCAL uint words[MM_GATHER_WORDS];
    LOCAL struct mm_row rows[MM_ROWS];
    const uint group = (uint)get_group_id(0), groups = (uint)get_num_groups(0), me = (uint)get_local_id(0);
    struct mm_gather gather = {words, rows, 0, 0};
    struct mm_context k;
    for (uint i = me; i < MM_GATHER_WORDS; i += MM_STRIDE)
        words[i] = 0;
    barrier(CLK_LOCAL_MEM_FENCE);
    k.h = head;
    k.pool = pool;
    k.ws = scratch + (size_t)group * (size_t)head->s_vectors * MM_STRIDE + me;
    k.wi = (GLOBAL int *)k.ws;
    k.counts = counts + (size_t)(group % copies) * (size_t)head->n_counts;
    k.sums = sums + (size_t)(group % copies) * (size_t)head->n_sums;
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
         GLOBAL mm_u64 *sums, GLOBAL uint *next, uint copies, uint most, mm_u64 seed, mm_u64 first, uint n) {
    const size_t me = get_global_id(0);
    struct mm_context k;
    k.h = head;
    k.pool = pool;
    k.ws = (GLOBAL vreal *)scratch + me * (size_t)head->s_vectors;
    k.wi = (GLOBAL vint *)k.ws;
    k.counts = counts + me % copies * (size_t)head->n_counts;
    k.sums = sums + me % copies * (size_t)head->n_sums;
    for (uint taken = 0; taken < most; taken++) {
        const uint group = atomic_inc(next);
        if (group > (n - 1) / MM_LANES)
            return;
        const uint from = group * MM_LANES, left = n - from;
        context_paths(&k, first + from, left < MM_LANES ? left : MM_LANES, seed);
        path_run(&k);
    }
}

#endif

/* Adds all copies to the totals and empties them; total_sums holds a low and a high word for each sum. */
__kernel void mm_reduce(GLOBAL const struct mm_head *head, GLOBAL uint *counts, GLOBAL mm_u64 *sums, uint copies,
                        GLOBAL mm_u64 *total_counts, GLOBAL mm_u64 *total_sums) {
    const size_t n_counts = (size_t)head->n_counts, n_sums = (size_t)head->n_sums, i = get_global_id(0);
    if (i < n_counts) {
        mm_u64 total = total_counts[i];
        for (uint c = 0; c < copies; c++) {
            total += counts[c * n_counts + i];
            counts[c * n_counts + i] = 0;
        }
        total_counts[i] = total;
    } else if (i - n_counts < n_sums) {
        const size_t s = i - n_counts;
        mm_u64 low = total_sums[2 * s], high = total_sums[2 * s + 1];
        for (uint c = 0; c < copies; c++) {
            const mm_u64 x = sums[c * n_sums + s];
            low += x;
            high += low < x ? 1 : 0;
            sums[c * n_sums + s] = 0;
        }
        total_sums[2 * s] = low;
        total_sums[2 * s + 1] = high;
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
