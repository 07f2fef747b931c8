/* What every part of a path needs: its tables, its scratch area, its random numbers, its tallies. */
#ifndef MISMATCH_KERNELS_CONTEXT_H
#define MISMATCH_KERNELS_CONTEXT_H

#include "kernels/dialect.h"
#include "kernels/elementary.h"
#include "kernels/layout.h"
#include "kernels/philox.h"

struct mm_context {
    GLOBAL const struct mm_head *h;
    GLOBAL const uint *pool;
    GLOBAL vreal *ws; /* the scratch area, seen as reals ... */
    GLOBAL vint *wi;  /* ... and as integers; each element is always used as one of the two */
    vuint path_low, path_high;
    uint key_low, key_high;
    vint valid; /* lanes that count */
    GLOBAL uint *counts;
    GLOBAL mm_u64 *sums;
};

#define W(i) (k->ws[(i)])
#define WI(i) (k->wi[(i)])
#define LANE(i, lane) (((GLOBAL int *)k->wi)[(i)*MM_LANES + (lane)]) /* one lane of WI(i) */
#define TABLE(type, member) ((GLOBAL const struct type *)(GLOBAL const void *)(k->pool + k->h->member))
#define FLOATS(offset) ((GLOBAL const float *)(GLOBAL const void *)(k->pool + (offset)))
#define INTS(offset) ((GLOBAL const int *)(GLOBAL const void *)(k->pool + (offset)))

INLINE void draw(const struct mm_context *k, uint c2, uint c3, vuint word[4]) {
    philox(k->path_low, k->path_high, c2, c3, k->key_low, k->key_high, word);
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
