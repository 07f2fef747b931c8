/* Adding to the tallies: the one place where the kernels write to them. Integers only, so that neither order nor
 * grouping changes a bit.
 *
 * A row is a few counters that lie side by side and belong to one month; a kernel opens it with tally_row() before it
 * adds to it, and tally_month_end() closes the month's rows. Where the tallies belong to the caller alone, as here, a
 * row is its own place in k->counts; where work-items share them, tallies_shared.h gathers rows in local memory. */
#ifndef MISMATCH_KERNELS_TALLIES_H
#define MISMATCH_KERNELS_TALLIES_H

#include "kernels/context.h"

#ifdef MM_SHARED_TALLIES
#include "kernels/tallies_shared.h"
#else

/* Opens k->counts[at] ... [at + n - 1]. \return where to add: row + 0 ... row + n - 1, never negative */
INLINE int tally_row(const struct mm_context *k, int at, int n) {
    (void)k;
    (void)n;
    return at;
}

/* The same for k->sums. */
INLINE int tally_sum_row(const struct mm_context *k, int at, int n) {
    (void)k;
    (void)n;
    return at;
}

INLINE void tally_month_end(const struct mm_context *k) {
    (void)k;
}

/* Adds n to one count; `at` may lie in a row, or be an offset into k->counts. */
INLINE void tally_count(const struct mm_context *k, int at, uint n) {
    k->counts[at] = (mm_count)(k->counts[at] + n);
}

/* The same for MM_MASKS counts side by side. */
INLINE void tally_count_masks(const struct mm_context *k, int at, vmask n) {
    GLOBAL mm_count *to = k->counts + at;
#ifdef MM_OPENCL
    v_store(to, v_load(to) + n);
#elif MM_LANES == 1
    *to = (mm_count)(*to + n);
#else
    typedef mm_count counts __attribute__((vector_size(MM_MASKS)));
    counts before;
    memcpy(&before, to, sizeof before);
    before += __builtin_convertvector(n, counts);
    memcpy(to, &before, sizeof before);
#endif
}

/* Adds to one sum; `at` may lie in a row of sums, or be an offset into k->sums. */
INLINE void tally_sum(const struct mm_context *k, int at, mm_u64 x) {
    k->sums[at] += x;
}

#endif

/* How many lanes something holds in. */
INLINE void tally_lanes(const struct mm_context *k, int at, uint bits) {
    if (bits)
        tally_count(k, at, popc(bits));
}

/* How many lanes hold a value beyond the bound of its sum. */
INLINE void tally_clipped(const struct mm_context *k, uint bits) {
#ifdef MM_OPENCL
    tally_lanes(k, k->h->c_clipped, bits);
#else
    if (MM_UNLIKELY(bits))
        *k->clipped += popc(bits);
#endif
}

/* Adds a and a * b of the lanes that count; both in 0 ... 2^23. value_at < 0: the product alone. */
INLINE void tally_products(const struct mm_context *k, int value_at, int product_at, vint a, vint b) {
    a = a & k->valid;
    if (!v_any_word(a))
        return;
    if (value_at >= 0)
        tally_sum(k, value_at, v_sum(v_as_u(a)));
    tally_sum(k, product_at, v_sum_products(v_as_u(a), v_as_u(b)));
}

#endif
