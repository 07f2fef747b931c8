/* What every part of a path needs: its tables, its scratch area, its random numbers, its tallies. */
#ifndef MISMATCH_KERNELS_CONTEXT_H
#define MISMATCH_KERNELS_CONTEXT_H

#include "kernels/dialect.h"
#include "kernels/elementary.h"
#include "kernels/layout.h"
#include "kernels/philox.h"
#include "kernels/stages.h"

/* The elements of one lane group's scratch area stand MM_STRIDE apart: 1, or, where work-items of one lane run side by
 * side, the number of them in a work-group, so that neighbours touch neighbouring words. */
#ifndef MM_STRIDE
#define MM_STRIDE 1
#endif
#if MM_STRIDE > 1 && MM_LANES > 1
#error "scratch areas are interleaved for single lanes only"
#endif
#define MM_AT(i) ((i)*MM_STRIDE)

/* A count. No path adds more than 1 to any but that of clipped values: for a few paths at a time a byte is enough. */
#ifdef MM_OPENCL
typedef uint mm_count;
#else
typedef uint8_t mm_count;
#endif

struct mm_context {
    GLOBAL const struct mm_head *h;
    GLOBAL const uint *pool;
    GLOBAL vreal *ws; /* the scratch area, seen as reals ... */
    GLOBAL vint *wi;  /* ... and as integers; each element is always used as one of the two */
    vuint path_low, path_high;
    uint key_low, key_high;
#if MM_LANES > 1
    struct mm_stream stream; /* of the two */
#endif
    vint valid; /* lanes that count */
    GLOBAL mm_count *counts;
    GLOBAL mm_u64 *sums;
#ifdef MM_STAGE_CLOCK
    struct bench_clock *clock;
#endif
#ifdef MM_SHARED_TALLIES
    struct mm_gather *gather; /* kernels/tallies_shared.h */
#endif
#ifndef MM_OPENCL
    uint *clipped;         /* the count of clipped values, which has no bound */
    const vreal *given;    /* MM_GIVEN_...; NULL: everything is drawn */
    const int *given_firm; /* [firms] where a firm's months are given, or -1 */
#endif
};

/* A variate: what is given, or what is drawn. Devices draw everything. */
#ifdef MM_OPENCL
#define GIVEN(at, drawn) ((void)(at), (drawn))
#define GIVEN_FIRM(f, t, drawn) ((void)(f), (void)(t), (drawn))
#define GIVEN_FIRM_OF(f, at, drawn) ((void)(f), (void)(at), (drawn))
#else
#define GIVEN(at, drawn) (MM_UNLIKELY(k->given != NULL) ? k->given[at] : (drawn))
#define GIVEN_FIRM(f, t, drawn)                                                                                        \
    (MM_UNLIKELY(k->given != NULL) && k->given_firm[f] >= 0 ? k->given[k->given_firm[f] + (t)] : (drawn))
/* The same of something else of the firm's. */
#define GIVEN_FIRM_OF(f, at, drawn) (MM_UNLIKELY(k->given != NULL) && k->given_firm[f] >= 0 ? k->given[at] : (drawn))
#endif

#ifdef MM_OPENCL
#define W(i) (k->ws[MM_AT(i)])
#define WI(i) (k->wi[MM_AT(i)])
#define LANE(i, lane) (((GLOBAL int *)k->wi)[MM_AT(i) * MM_LANES + (lane)]) /* one lane of WI(i) */
#else
/* In records of their own: a vector alone could, as far as a compiler knows, be any number in the head or in a table,
 * which would then be read again after each store. */
struct mm_real {
    vreal x;
};
struct mm_whole {
    vint x;
};
typedef int mm_lane __attribute__((may_alias));
#define W(i) (((struct mm_real *)k->ws)[i].x)
#define WI(i) (((struct mm_whole *)k->wi)[i].x)
#define LANE(i, lane) (((mm_lane *)k->wi)[(i)*MM_LANES + (lane)]) /* one lane of WI(i) */
#endif
/* Masks: a region of WI seen word by word, and vector by vector. */
#if defined(MM_OPENCL) || MM_LANES == 1
#define MASK(offset, i) (((GLOBAL mm_mask *)(k->wi + MM_AT(offset)))[MM_AT(i)])
#else
struct mm_mask_at { /* for the same reason: a byte alone could be a part of anything */
    uint x : 8 * sizeof(mm_mask);
} __attribute__((packed));
_Static_assert(sizeof(struct mm_mask_at) == sizeof(mm_mask), "masks side by side");
#define MASK(offset, i) (((struct mm_mask_at *)(k->wi + (offset)))[i].x)
#endif
#define MASKS(offset, i) (((GLOBAL vmask *)(k->wi + MM_AT(offset)))[MM_AT((i) / MM_MASKS)])
#define TABLE(type, member) ((GLOBAL const struct type *)(GLOBAL const void *)(k->pool + k->h->member))
#define FLOATS(offset) ((GLOBAL const float *)(GLOBAL const void *)(k->pool + (offset)))
#define INTS(offset) ((GLOBAL const int *)(GLOBAL const void *)(k->pool + (offset)))

/* Once the numbers of the paths and the key stand: what all their random numbers have in common. */
INLINE void context_stream(struct mm_context *k) {
#if MM_LANES > 1
    philox_stream(&k->stream, k->path_low, k->path_high, k->key_low, k->key_high);
#else
    (void)k;
#endif
}

/* The lanes are paths first ... first + n_valid - 1; those beyond run too, but don't count. */
INLINE void context_paths(struct mm_context *k, mm_u64 first, uint n_valid, mm_u64 seed) {
    const vint id = v_lane_ids();
    const vuint low = v_u((uint)first) + v_as_u(id);
    /* A carry out of the low word: the sum is smaller, unsigned, than what was added to. */
    const vint carry = v_ilt(v_as_i(low ^ v_u(0x80000000u)), v_i((int)((uint)first ^ 0x80000000u)));
    k->path_low = low;
    k->path_high = v_u((uint)(first >> 32)) - v_as_u(carry);
    k->key_low = (uint)seed;
    k->key_high = (uint)(seed >> 32);
    context_stream(k);
    k->valid = v_ilt(id, v_i((int)n_valid));
}

/* Loops over so many regions (generations) are laid out flat, with their values in registers: most scenarios have as
 * many. A GPU gets the loop alone, since its compiler would take long over two. */
#if defined(MM_OPENCL) && MM_LANES == 1
#define MM_FLAT 0
#define FLAT
#elif defined(MM_OPENCL)
#define MM_FLAT 4
#ifdef __clang__
#define FLAT _Pragma("unroll 4")
#pragma clang diagnostic ignored "-Wpass-failed" /* where the other number of regions leaves nothing to lay out */
#else
#define FLAT
#endif
#else
#define MM_FLAT 4
#define FLAT _Pragma("GCC unroll 4")
#endif

INLINE void draw(const struct mm_context *k, uint c2, uint c3, vuint word[4]) {
#if MM_LANES > 1
    philox_block(&k->stream, c2, c3, word);
#else
    philox(k->path_low, k->path_high, c2, c3, k->key_low, k->key_high, word);
#endif
}

/* Index of the lowest bit set. */
INLINE uint lowest_bit(uint bits) {
    return popc((bits & (0u - bits)) - 1u);
}

/* a / b with 0/0 = x/0 = 0; a, b >= 0. */
INLINE vreal quotient(vreal a, vreal b) {
    return v_and0(v_gt(b, v_r(0.0f)), v_div(a, v_max(b, v_r(1e-30f))));
}

/* median * exp(sigma * z): exact for sigma = 0, so that whole months stay whole. */
INLINE vreal lognormal(float median, float sigma, vreal z) {
    return v_r(median) * v_exp(v_r(sigma) * z);
}

/* clip((t - from) / ramp, 0, 1) */
INLINE vreal ramp(float t, vreal from, float inv_ramp) {
    return v_clip((v_r(t) - from) * v_r(inv_ramp), v_r(0.0f), v_r(1.0f));
}

#endif
