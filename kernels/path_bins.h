/* The bins of a histogram (struct mm_fan in layout.h). */
#ifndef MISMATCH_KERNELS_PATH_BINS_H
#define MISMATCH_KERNELS_PATH_BINS_H

#include "kernels/context.h"

/* Index of a value's bin among the month's counts: 0 below, 1 ... n the bins, n + 1 above. */
INLINE vint fan_bin(GLOBAL const struct mm_fan *fan, vreal value) {
    const vint last = v_i(fan->n), one = v_i(1);
    vint below, above, bin;
    if (fan->relative) {
        const int first = (fan->low_exponent + 127) << 8; /* exponent and the upper 8 bits of the fraction */
        bin = (v_as_i(value) >> 15) - v_i(first) + v_i(2);
        below = v_lt(value, v_r(0.0f));
        above = v_igt(bin, last);
    } else {
        vreal x = (value - v_r(fan->low)) * v_r(fan->inv_width);
        bin = v_f2i(v_clip(x, v_r(0.0f), v_r((float)fan->n))) + one;
        below = v_lt(value, v_r(fan->low));
        above = v_gt(value, v_r(fan->high));
    }
    bin = v_seli(v_ilt(bin, one), one, bin);
    bin = v_seli(v_igt(bin, last), last, bin);
    bin = v_seli(below, v_i(0), bin);
    return v_seli(above & v_not(below), v_i(fan->n + 1), bin);
}

/* Where in its bin a value lies, from its lower edge 0 to its upper edge MM_BIN_PARTS, rounded down; 0 outside the
 * bins. A relative histogram's first bin is the one part that needs inv_width = 2^-low_exponent. */
INLINE vint fan_part(GLOBAL const struct mm_fan *fan, vint bin, vreal value) {
    const vint inside = v_igt(bin, v_i(0)) & v_not(v_igt(bin, v_i(fan->n)));
    vint part;
    if (fan->relative) {
        vreal first = v_clip(value * v_r(fan->inv_width), v_r(0.0f), v_r(1.0f));
        part = v_seli(v_ieq(bin, v_i(1)), v_f2i(first * v_r((float)MM_BIN_PARTS)),
                      v_as_i(value) & v_i(MM_BIN_PARTS - 1)); /* the fraction's bits below those of the bin */
    } else {
        vreal x = (value - v_r(fan->low)) * v_r(fan->inv_width) - v_i2f(bin - v_i(1));
        part = v_f2i(v_clip(x, v_r(0.0f), v_r(1.0f)) * v_r((float)MM_BIN_PARTS));
    }
    return part & inside;
}

#endif
