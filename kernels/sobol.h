/* Points of Sobol's sequence, scrambled as Owen proposed, one for each lane.
 *
 * Coordinates are 32-bit words, whose quotient by 2^32 lies in [0, 1). Inside this file they stand with their bits
 * reversed: what scrambling may do to a bit depends on the bits above it alone, which multiplication does downwards. */
#ifndef MISMATCH_KERNELS_SOBOL_H
#define MISMATCH_KERNELS_SOBOL_H

#include "kernels/dialect.h"

#define SOBOL_BITS 32

/* The bits of each lane's point number, as masks, up to the highest that any of them has. */
struct sobol_point {
    vuint masks[SOBOL_BITS];
    int n;
};

INLINE struct sobol_point sobol_point(vuint number) {
    struct sobol_point point;
    point.n = 0;
    for (vuint left = number; point.n < SOBOL_BITS && v_any(v_not(v_ieq(v_as_i(left), v_i(0)))); left = left >> 1)
        point.masks[point.n++] = v_u(0) - (left & v_u(1));
    return point;
}

/* One coordinate, its bits reversed. `directions`: [SOBOL_BITS], likewise. */
INLINE vuint sobol_reversed(const struct sobol_point *point, GLOBAL const uint *directions) {
    vuint x = v_u(0);
    for (int i = 0; i < point->n; i++)
        x ^= point->masks[i] & v_u(directions[i]);
    return x;
}

INLINE vuint sobol_reverse(vuint x) {
    x = ((x >> 1) & v_u(0x55555555u)) | ((x & v_u(0x55555555u)) << 1);
    x = ((x >> 2) & v_u(0x33333333u)) | ((x & v_u(0x33333333u)) << 2);
    x = ((x >> 4) & v_u(0x0f0f0f0fu)) | ((x & v_u(0x0f0f0f0fu)) << 4);
    x = ((x >> 8) & v_u(0x00ff00ffu)) | ((x & v_u(0x00ff00ffu)) << 8);
    return (x >> 16) | (x << 16);
}

/* The coordinate itself, scrambled: each bit is flipped or not by a hash of `seed` and of the bits above it (Laine and
 * Karras, 2011; Burley, Journal of Computer Graphics Techniques 9, 2020; constants: Vegdahl, 2021), and by `shift`,
 * which alone makes each point uniform, whatever the hash is worth. */
INLINE vuint sobol_scramble(vuint reversed, vuint seed, vuint shift) {
    vuint x = reversed;
    x ^= x * v_u(0x3d20adeau);
    x += seed;
    x *= (seed >> 16) | v_u(1);
    x ^= x * v_u(0x05526c56u);
    x ^= x * v_u(0x53a22864u);
    return sobol_reverse(x) ^ shift;
}

#endif
