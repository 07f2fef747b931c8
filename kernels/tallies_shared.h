/* Tallies that many work-items add to, included by tallies.h: atomically, and what falls into one month first in local
 * memory, so that each work-group adds to global memory once for each counter and month.
 *
 * The work-items of a group open the same rows in the same order. A row that finds no room is added to directly. Sums
 * have 64 bits, the atomic operations of OpenCL 1.2 have 32: the low word's carry goes to the high word on its own, so
 * that a sum is right once all have added. */
#ifndef MISMATCH_KERNELS_TALLIES_SHARED_H
#define MISMATCH_KERNELS_TALLIES_SHARED_H

#if MM_LANES != 1
#error "tallies are shared between single lanes only"
#endif

#define MM_ROWS 64             /* rows of a month that are gathered */
#define MM_GATHERED 0x40000000 /* marks a place in local memory; offsets into the tallies are below it */
#define MM_PLACE(at) ((at) & ~MM_GATHERED)

/* A row in local memory: words `from` ... `from + n - 1` belong to counts (or, two words each, sums) from `at` on. */
struct mm_row {
    int at, from, n, sums;
};

/* One for each work-item; the two tables are the group's. */
struct mm_gather {
    LOCAL uint *words;         /* [MM_GATHER_WORDS], zero between months */
    LOCAL struct mm_row *rows; /* [MM_ROWS] */
    int used, n_rows;
};

INLINE int gather_row(const struct mm_context *k, int at, int n, int sums) {
    struct mm_gather *gather = k->gather;
    const int from = gather->used, words = sums ? 2 * n : n;
    if (gather->n_rows == MM_ROWS || words > MM_GATHER_WORDS - from)
        return at;
    if (get_local_id(0) == 0) {
        LOCAL struct mm_row *row = gather->rows + gather->n_rows;
        row->at = at;
        row->from = from;
        row->n = n;
        row->sums = sums;
    }
    gather->n_rows++;
    gather->used = from + words;
    return from | MM_GATHERED;
}

INLINE int tally_row(const struct mm_context *k, int at, int n) {
    return gather_row(k, at, n, 0);
}

INLINE void tally_count(const struct mm_context *k, int at, uint n) {
    if (n == 0)
        return;
    if (at & MM_GATHERED)
        atomic_add(k->gather->words + MM_PLACE(at), n);
    else
        atomic_add(k->counts + at, n);
}

INLINE void tally_count_masks(const struct mm_context *k, int at, vmask n) {
    tally_count(k, at, n);
}

/* sums[at] as two words, the low one first: devices are little-endian. */
INLINE void add_global_sum(const struct mm_context *k, int at, mm_u64 x) {
    GLOBAL uint *to = (GLOBAL uint *)(k->sums + at);
    const uint low = (uint)x, before = atomic_add(to, low), high = (uint)(x >> 32) + (before + low < low ? 1u : 0u);
    if (high)
        atomic_add(to + 1, high);
}

/* A row of sums: sum i of the row has the words 2 i and 2 i + 1. Places are those of sums, so that row + i is the
 * i-th: `from` is made even. */
INLINE int tally_sum_row(const struct mm_context *k, int at, int n) {
    k->gather->used = (k->gather->used + 1) & ~1;
    const int row = gather_row(k, at, n, 1);
    return row & MM_GATHERED ? MM_PLACE(row) / 2 | MM_GATHERED : row;
}

INLINE void tally_sum(const struct mm_context *k, int at, mm_u64 x) {
    if (!(at & MM_GATHERED)) {
        add_global_sum(k, at, x);
        return;
    }
    LOCAL uint *to = k->gather->words + 2 * MM_PLACE(at);
    const uint low = (uint)x, before = atomic_add(to, low), high = (uint)(x >> 32) + (before + low < low ? 1u : 0u);
    if (high)
        atomic_add(to + 1, high);
}

/* Every work-item of the group comes here after each month: what was gathered goes to global memory. */
INLINE void tally_month_end(const struct mm_context *k) {
    struct mm_gather *gather = k->gather;
    const int me = (int)get_local_id(0), size = (int)get_local_size(0);
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int r = 0; r < gather->n_rows; r++) {
        const LOCAL struct mm_row *row = gather->rows + r;
        LOCAL uint *word = gather->words + row->from;
        for (int i = me; i < row->n; i += size) {
            if (row->sums) {
                const mm_u64 sum = word[2 * i] | (mm_u64)word[2 * i + 1] << 32;
                word[2 * i] = word[2 * i + 1] = 0;
                if (sum)
                    add_global_sum(k, row->at + i, sum);
            } else {
                const uint n = word[i];
                word[i] = 0;
                if (n)
                    atomic_add(k->counts + row->at + i, n);
            }
        }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    gather->used = gather->n_rows = 0;
}

#endif
