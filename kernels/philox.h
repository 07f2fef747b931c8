/* Philox4x32-10 (Salmon et al., 2011), one block per lane.
 *
 * Counter-based: the words are a pure function of counter and key, so a path
 * draws the same numbers wherever and in whatever order it runs.  Equal word
 * for word to Random123's philox4x32 with 10 rounds, counter {c0,c1,c2,c3}
 * and key {k0,k1}. */
#ifndef MM_PHILOX_H
#define MM_PHILOX_H

#include "dialect.h"

#define PHILOX_M0 0xD2511F53u
#define PHILOX_M1 0xCD9E8D57u
#define PHILOX_W0 0x9E3779B9u
#define PHILOX_W1 0xBB67AE85u

/* Words are kept in the low halves of 64-bit lanes, even and odd lanes apart
 * (x and y below).  The high halves hold garbage: a product reads the low half
 * only, and the join at the end drops the rest.  The two sets go through the
 * rounds side by side because the processor sees too few independent
 * operations in one.  c2 and c3 are the same in all lanes, so the first round
 * needs only one product. */

#if MM_LANES == 1

INLINE void philox(vuint c0, vuint c1, uint c2, uint c3, uint k0, uint k1, vuint out[4]) {
    vwide xp = v_mulwide(v_even(c0), PHILOX_M0);
    vwide x0 = v_even(c1) ^ v_wide(u_mulhi(c2, PHILOX_M1) ^ k0), x1 = v_wide(c2 * PHILOX_M1);
    vwide x2 = v_high(xp) ^ v_wide(c3 ^ k1), x3 = xp;
    for (int round = 1; round < 10; round++) {
        k0 += PHILOX_W0;
        k1 += PHILOX_W1;
        xp = v_mulwide(x0, PHILOX_M0);
        vwide xq = v_mulwide(x2, PHILOX_M1);
        x0 = v_high(xq) ^ x1 ^ v_wide(k0);
        x1 = xq;
        x2 = v_high(xp) ^ x3 ^ v_wide(k1);
        x3 = xp;
    }
    out[0] = v_join(x0, x0);
    out[1] = v_join(x1, x1);
    out[2] = v_join(x2, x2);
    out[3] = v_join(x3, x3);
}

#else

/* What all blocks of one path and one key have in common: the first round's product and the keys of the rounds. */
struct mm_stream {
    vwide x_product, y_product, x1, y1;
    vwide key[9][2]; /* of the second round to the tenth */
    uint k0, k1;
};

INLINE void philox_stream(struct mm_stream *s, vuint c0, vuint c1, uint k0, uint k1) {
    s->x_product = v_mulwide(v_even(c0), PHILOX_M0);
    s->y_product = v_mulwide(v_odd(c0), PHILOX_M0);
    s->x1 = v_even(c1);
    s->y1 = v_odd(c1);
    s->k0 = k0;
    s->k1 = k1;
    for (int round = 0; round < 9; round++) {
        k0 += PHILOX_W0;
        k1 += PHILOX_W1;
        s->key[round][0] = v_wide(k0);
        s->key[round][1] = v_wide(k1);
    }
}

INLINE void philox_block(const struct mm_stream *s, uint c2, uint c3, vuint out[4]) {
    const vwide t = v_wide(u_mulhi(c2, PHILOX_M1) ^ s->k0), u = v_wide(c3 ^ s->k1);
    vwide xp = s->x_product, yp = s->y_product;
    vwide x0 = s->x1 ^ t, x1 = v_wide(c2 * PHILOX_M1);
    vwide y0 = s->y1 ^ t, y1 = x1;
    vwide x2 = v_high(xp) ^ u, x3 = xp;
    vwide y2 = v_high(yp) ^ u, y3 = yp;
    for (int round = 0; round < 9; round++) {
        xp = v_mulwide(x0, PHILOX_M0);
        yp = v_mulwide(y0, PHILOX_M0);
        const vwide xq = v_mulwide(x2, PHILOX_M1), yq = v_mulwide(y2, PHILOX_M1);
        x0 = v_high(xq) ^ x1 ^ s->key[round][0];
        y0 = v_high(yq) ^ y1 ^ s->key[round][0];
        x1 = xq;
        y1 = yq;
        x2 = v_high(xp) ^ x3 ^ s->key[round][1];
        y2 = v_high(yp) ^ y3 ^ s->key[round][1];
        x3 = xp;
        y3 = yp;
    }
    out[0] = v_join(x0, y0);
    out[1] = v_join(x1, y1);
    out[2] = v_join(x2, y2);
    out[3] = v_join(x3, y3);
}

INLINE void philox(vuint c0, vuint c1, uint c2, uint c3, uint k0, uint k1, vuint out[4]) {
    struct mm_stream stream;
    philox_stream(&stream, c0, c1, k0, k1);
    philox_block(&stream, c2, c3, out);
}

#endif

#endif
