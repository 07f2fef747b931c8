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

/* The ten rounds on words kept in the low half of 64-bit lanes.  The high
 * halves hold garbage: the next multiply reads the low half only.  c2 and c3
 * are the same in all lanes, so the first round needs only one product. */
INLINE void mm_philox_rounds(vwide a0, vwide a1, uint c2, uint c3, uint k0,
                             uint k1, vwide out[4])
{
    vwide p = v_mulwide(a0, PHILOX_M0), q;
    a0 = a1 ^ v_wide(u_mulhi(c2, PHILOX_M1) ^ k0);
    a1 = v_wide(c2 * PHILOX_M1);
    vwide a2 = v_high(p) ^ v_wide(c3 ^ k1), a3 = p;
    k0 += PHILOX_W0;
    k1 += PHILOX_W1;
    for (int round = 1; round < 10; round++) {
        p = v_mulwide(a0, PHILOX_M0);
        q = v_mulwide(a2, PHILOX_M1);
        a0 = v_high(q) ^ a1 ^ v_wide(k0);
        a1 = q;
        a2 = v_high(p) ^ a3 ^ v_wide(k1);
        a3 = p;
        k0 += PHILOX_W0;
        k1 += PHILOX_W1;
    }
    out[0] = a0;
    out[1] = a1;
    out[2] = a2;
    out[3] = a3;
}

INLINE void philox(vuint c0, vuint c1, uint c2, uint c3, uint k0, uint k1,
                   vuint out[4])
{
    vwide even[4];
    mm_philox_rounds(v_even(c0), v_even(c1), c2, c3, k0, k1, even);
    vwide odd[4];
    mm_philox_rounds(v_odd(c0), v_odd(c1), c2, c3, k0, k1, odd);
    for (int i = 0; i < 4; i++)
        out[i] = v_join(even[i], odd[i]);
}

#endif
