/* One function of the kernels on given words, so that what a device computes can be compared with what the host's
 * compiler made of the same source, bit by bit. */
#ifndef MISMATCH_KERNELS_PROBE_H
#define MISMATCH_KERNELS_PROBE_H

#include "kernels/dialect.h"
#include "kernels/elementary.h"
#include "kernels/layout.h"
#include "kernels/philox.h"

enum mm_probe_function {
    MM_PROBE_ADD,
    MM_PROBE_MULTIPLY,
    MM_PROBE_FMA,
    MM_PROBE_RECIP,
    MM_PROBE_DIV,
    MM_PROBE_SQRT,
    MM_PROBE_EXP,
    MM_PROBE_LOG,
    MM_PROBE_NORMAL,
    MM_PROBE_UNIFORM,
    MM_PROBE_EXPO,
    MM_PROBE_ROUND,
    MM_PROBE_CONVERT,
    MM_PROBE_BITS,   /* comparisons as bits, each lane's given back to it, and the bits of a word counted */
    MM_PROBE_PHILOX, /* counter (a, b, c2, c3): exclusive or of the four words, each shifted by its place */
    MM_PROBE_FUNCTIONS
};

/* The key of the probe's random numbers. */
#define MM_PROBE_KEY_LOW 0xa4093822u
#define MM_PROBE_KEY_HIGH 0x299f31d0u

INLINE vuint probe_philox(vuint a, vuint b) {
    vuint word[4];
    philox(a, b, 0x13198a2eu, 0x03707344u, MM_PROBE_KEY_LOW, MM_PROBE_KEY_HIGH, word);
    return word[0] ^ (word[1] << 1) ^ (word[2] << 2) ^ (word[3] << 3);
}

INLINE vuint probe_bits(vuint a, vreal x, vreal y) {
    const vint sign = v_lane_bits(v_bits(v_ilt(v_as_i(a), v_i(0))), 0), less = v_lane_bits(v_bits(v_lt(x, y)), 1),
               not_less = v_lane_bits(v_bits_ge(x, y), 2), more = v_lane_bits(v_bits_gt(x, y), 3);
    return v_as_u(sign | less | not_less | more) | v_popc(a & v_u(0xffffu)) << 4;
}

/* a and b as bit patterns of reals or as whole numbers, whatever the function takes. */
INLINE vuint probe(int function, vuint a, vuint b) {
    const vreal x = v_as_f(a), y = v_as_f(b);
    switch (function) {
    case MM_PROBE_ADD:
        return v_as_u(x + y);
    case MM_PROBE_MULTIPLY:
        return v_as_u(x * y);
    case MM_PROBE_FMA:
        return v_as_u(v_fma(x, y, -x));
    case MM_PROBE_RECIP:
        return v_as_u(v_recip_built(x));
    case MM_PROBE_DIV:
        return v_as_u(v_div(x, y));
    case MM_PROBE_SQRT:
        return v_as_u(v_sqrt(x));
    case MM_PROBE_EXP:
        return v_as_u(v_exp(x));
    case MM_PROBE_LOG:
        return v_as_u(v_log(x));
    case MM_PROBE_NORMAL:
        return v_as_u(v_normal(a));
    case MM_PROBE_UNIFORM:
        return v_as_u(v_uniform(a)) ^ v_as_u(v_uniform24(b));
    case MM_PROBE_EXPO:
        return v_as_u(v_expo(a));
    case MM_PROBE_ROUND:
        return v_as_u(v_round2i_wide(x));
    case MM_PROBE_CONVERT:
        return v_as_u(v_f2i(x)) ^ v_as_u(v_i2f(v_as_i(b)));
    case MM_PROBE_BITS:
        return probe_bits(a, x, y);
    default:
        return probe_philox(a, b);
    }
}

/* Sizes of what crosses from the host to a device. */
#define MM_PROBE_SIZES 28
#define MM_PROBE_SIZE_LIST                                                                                             \
    {                                                                                                                  \
        sizeof(struct mm_head), sizeof(struct mm_phase), sizeof(struct mm_group), sizeof(struct mm_own),               \
            sizeof(struct mm_run), sizeof(struct mm_epoch), sizeof(struct mm_decision), sizeof(struct mm_shock),       \
            sizeof(struct mm_campaign), sizeof(struct mm_launch), sizeof(struct mm_share),                             \
            sizeof(struct mm_lease_cell), sizeof(struct mm_lease), sizeof(struct mm_firm), sizeof(struct mm_slot),     \
            sizeof(struct mm_node), sizeof(struct mm_probability), sizeof(struct mm_entry), sizeof(struct mm_strip),   \
            sizeof(struct mm_map), sizeof(struct mm_fan), sizeof(struct mm_within), sizeof(struct mm_case),            \
            sizeof(struct mm_name), sizeof(struct mm_let), sizeof(struct mm_pattern), sizeof(struct mm_tail),          \
            sizeof(mm_u64)                                                                                             \
    }

#endif
