/* Lane types and lane operations, in OpenCL C 1.2 and in C11.
 *
 * With dialect_words.h this is the only kernel file that asks which language or lane width it is
 * compiled for.  MM_LANES in {1, 4, 8, 16} is the number of lanes; a lane is
 * one path.  The result in a lane never depends on MM_LANES or on what the
 * other lanes hold.
 *
 * Bit-exactness contract.  Every backend must produce the same bits, so the
 * kernels use only operations whose result IEEE 754 fixes completely:
 *   - single precision; +, -, *, fma, comparisons, conversions, and integer
 *     operations.  Nothing else is rounded identically everywhere.
 *   - no library transcendental: their error is the library's choice.
 *   - no native '/' and no sqrt: OpenCL 1.2 lets a device round division
 *     loosely.  v_div and v_sqrt (elementary.h) are built from fma.
 *   - contraction off on both sides (-ffp-contract=off, FP_CONTRACT OFF):
 *     otherwise a compiler may fuse a*b+c and change the last bit.  Where a
 *     fused operation is wanted, write v_fma.
 *   - denormals are never relied upon: no result may depend on whether a
 *     device keeps them.
 *   - a mask is a vint holding 0 or -1 in each lane at every width, width 1
 *     included; combine masks with & | ^ and v_not, count them with
 *     popc(v_bits(m)).
 *   - NaN and infinity are outside the valid range of every function.
 */
#ifndef MM_DIALECT_H
#define MM_DIALECT_H

#ifndef MM_LANES
#error "MM_LANES must be defined as 1, 4, 8 or 16"
#endif
#if MM_LANES != 1 && MM_LANES != 4 && MM_LANES != 8 && MM_LANES != 16
#error "MM_LANES must be 1, 4, 8 or 16"
#endif

/* The compiler defines the second name, the OpenCL runtime the first. */
#if defined(__OPENCL_VERSION__) || defined(__OPENCL_C_VERSION__)
#define MM_OPENCL 1
#endif

/* Repeats x once per lane.  Broadcasts are written with this list because a
 * loop over lanes costs a broadcast several instructions in some compilers. */
#define MM_REP4(x) (x), (x), (x), (x)
#define MM_REP8(x) MM_REP4(x), MM_REP4(x)
#define MM_REP16(x) MM_REP8(x), MM_REP8(x)
#if MM_LANES == 4
#define MM_REP(x) MM_REP4(x)
#elif MM_LANES == 8
#define MM_REP(x) MM_REP8(x)
#elif MM_LANES == 16
#define MM_REP(x) MM_REP16(x)
#endif

#ifdef MM_OPENCL

#pragma OPENCL FP_CONTRACT OFF
#define GLOBAL __global
#define LOCAL __local
typedef ulong mm_u64;
#define MM_TABLE __constant
#define MM_TABLE_PTR __constant const float *
#if MM_LANES == 1
#define INLINE static inline __attribute__((unused))
#else /* GPUs' compilers inline by themselves; a CPU's would pass wide lanes through memory */
#define INLINE static inline __attribute__((always_inline, unused))
#endif
#ifdef __clang__
#define MM_UNLIKELY(x) __builtin_expect((x), 0)
#else
#define MM_UNLIKELY(x) (x)
#endif

#else

#include <stdint.h>
#include <string.h>
#define GLOBAL
#define MM_TABLE static const
#define MM_TABLE_PTR const float *
#define INLINE static inline __attribute__((always_inline, unused))
#define MM_UNLIKELY(x) __builtin_expect((x), 0)
typedef unsigned int uint;
typedef uint64_t mm_u64;
_Static_assert(sizeof(int) == 4 && sizeof(float) == 4, "32-bit int and float");
#if defined(__FAST_MATH__)
#error "the kernels need IEEE arithmetic: compile without -ffast-math"
#endif
#if defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ != 0
#error "the kernels need float arithmetic without excess precision"
#endif
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif
#if defined(__SSE2__)
#include <immintrin.h>
#elif defined(__ARM_NEON) && defined(__aarch64__)
#include <arm_neon.h>
#endif

#endif

/* ---- types, bit casts, broadcasts --------------------------------------- */

#ifdef MM_OPENCL
#define MM_CAT_(a, b) a##b
#define MM_CAT(a, b) MM_CAT_(a, b)
#if MM_LANES == 1
typedef float vreal;
typedef int vint;
typedef uint vuint;
#define MM_T(name) name
#else
#define MM_T(name) MM_CAT(name, MM_LANES)
typedef MM_T(float) vreal;
typedef MM_T(int) vint;
typedef MM_T(uint) vuint;
#endif
/* Bit casts take any of vreal, vint, vuint. */
#define v_as_f(x) MM_T(as_float)(x)
#define v_as_i(x) MM_T(as_int)(x)
#define v_as_u(x) MM_T(as_uint)(x)

#elif MM_LANES == 1
typedef float vreal;
typedef int vint;
typedef uint vuint;
INLINE float mm_f_of_i(int x) {
    float r;
    memcpy(&r, &x, sizeof r);
    return r;
}
INLINE float mm_f_of_u(uint x) {
    float r;
    memcpy(&r, &x, sizeof r);
    return r;
}
INLINE float mm_f_of_f(float x) {
    return x;
}
INLINE int mm_i_of_f(float x) {
    int r;
    memcpy(&r, &x, sizeof r);
    return r;
}
INLINE int mm_i_of_u(uint x) {
    int r;
    memcpy(&r, &x, sizeof r);
    return r;
}
INLINE int mm_i_of_i(int x) {
    return x;
}
INLINE uint mm_u_of_f(float x) {
    uint r;
    memcpy(&r, &x, sizeof r);
    return r;
}
INLINE uint mm_u_of_i(int x) {
    return (uint)x;
}
INLINE uint mm_u_of_u(uint x) {
    return x;
}
#define v_as_f(x) _Generic((x), float : mm_f_of_f, int : mm_f_of_i, uint : mm_f_of_u)(x)
#define v_as_i(x) _Generic((x), float : mm_i_of_f, int : mm_i_of_i, uint : mm_i_of_u)(x)
#define v_as_u(x) _Generic((x), float : mm_u_of_f, int : mm_u_of_i, uint : mm_u_of_u)(x)

#else
typedef float vreal __attribute__((vector_size(4 * MM_LANES)));
typedef int vint __attribute__((vector_size(4 * MM_LANES)));
typedef uint vuint __attribute__((vector_size(4 * MM_LANES)));
#define v_as_f(x) ((vreal)(x))
#define v_as_i(x) ((vint)(x))
#define v_as_u(x) ((vuint)(x))
#endif

#if MM_LANES == 1
INLINE vreal v_r(float x) {
    return x;
}
INLINE vint v_i(int x) {
    return x;
}
INLINE vuint v_u(uint x) {
    return x;
}
INLINE vint v_lane_ids(void) {
    return 0;
}
#elif defined(MM_OPENCL)
INLINE vreal v_r(float x) {
    return (vreal)(x);
}
INLINE vint v_i(int x) {
    return (vint)(x);
}
INLINE vuint v_u(uint x) {
    return (vuint)(x);
}
#else
INLINE vreal v_r(float x) {
    return (vreal){MM_REP(x)};
}
INLINE vint v_i(int x) {
    return (vint){MM_REP(x)};
}
INLINE vuint v_u(uint x) {
    return (vuint){MM_REP(x)};
}
#endif

#if MM_LANES == 4
#define MM_IDS 0, 1, 2, 3
#elif MM_LANES == 8
#define MM_IDS 0, 1, 2, 3, 4, 5, 6, 7
#elif MM_LANES == 16
#define MM_IDS 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
#endif
#if MM_LANES != 1
#ifdef MM_OPENCL
INLINE vint v_lane_ids(void) {
    return (vint)(MM_IDS);
}
#else
INLINE vint v_lane_ids(void) {
    return (vint){MM_IDS};
}
#endif
#endif

/* ---- comparisons: lanes to masks ---------------------------------------- */

/* OpenCL and C compare scalars to 0 or 1 but vectors to 0 or -1. */
#if MM_LANES == 1
#define MM_MASK(c) (-(int)(c))
#else
#define MM_MASK(c) (c)
#endif
INLINE vint v_lt(vreal a, vreal b) {
    return MM_MASK(a < b);
}
INLINE vint v_le(vreal a, vreal b) {
    return MM_MASK(a <= b);
}
INLINE vint v_gt(vreal a, vreal b) {
    return MM_MASK(a > b);
}
INLINE vint v_ge(vreal a, vreal b) {
    return MM_MASK(a >= b);
}
INLINE vint v_eq(vreal a, vreal b) {
    return MM_MASK(a == b);
}
INLINE vint v_ilt(vint a, vint b) {
    return MM_MASK(a < b);
}
INLINE vint v_ile(vint a, vint b) {
    return MM_MASK(a <= b);
}
INLINE vint v_igt(vint a, vint b) {
    return MM_MASK(a > b);
}
INLINE vint v_ige(vint a, vint b) {
    return MM_MASK(a >= b);
}
INLINE vint v_ieq(vint a, vint b) {
    return MM_MASK(a == b);
}
INLINE vint v_not(vint m) {
    return ~m;
}

/* ---- fma, select, min, max ---------------------------------------------- */

#if defined(MM_OPENCL)
INLINE vreal v_fma(vreal a, vreal b, vreal c) {
    return fma(a, b, c);
}
INLINE vreal v_sel(vint m, vreal a, vreal b) {
    return m ? a : b;
}
INLINE vint v_seli(vint m, vint a, vint b) {
    return m ? a : b;
}
INLINE vuint v_selu(vint m, vuint a, vuint b) {
    return m ? a : b;
}
INLINE vreal v_min(vreal a, vreal b) {
    return (b < a) ? b : a;
}
INLINE vreal v_max(vreal a, vreal b) {
    return (b > a) ? b : a;
}

#elif MM_LANES == 1
/* __builtin_fmaf is one instruction where the target has it and the C
 * library's fmaf, also a true fused operation, where it has not. */
INLINE vreal v_fma(vreal a, vreal b, vreal c) {
    return __builtin_fmaf(a, b, c);
}
INLINE vreal v_sel(vint m, vreal a, vreal b) {
    return m ? a : b;
}
INLINE vint v_seli(vint m, vint a, vint b) {
    return m ? a : b;
}
INLINE vuint v_selu(vint m, vuint a, vuint b) {
    return m ? a : b;
}
INLINE vreal v_min(vreal a, vreal b) {
    return b < a ? b : a;
}
INLINE vreal v_max(vreal a, vreal b) {
    return b > a ? b : a;
}

#else
INLINE vreal v_fma(vreal a, vreal b, vreal c) {
#if MM_LANES == 16 && defined(__AVX512F__)
    return (vreal)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif MM_LANES == 8 && defined(__FMA__)
    return (vreal)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif MM_LANES == 4 && defined(__FMA__)
    return (vreal)_mm_fmadd_ps((__m128)a, (__m128)b, (__m128)c);
#elif MM_LANES == 4 && defined(__ARM_NEON) && defined(__aarch64__)
    return (vreal)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
    vreal r = c;
    for (int i = 0; i < MM_LANES; i++)
        r[i] = __builtin_fmaf(a[i], b[i], c[i]);
    return r;
#endif
}

INLINE vint v_seli(vint m, vint a, vint b) {
#if MM_LANES == 8 && defined(__AVX2__)
    return (vint)_mm256_blendv_epi8((__m256i)b, (__m256i)a, (__m256i)m);
#elif MM_LANES == 4 && defined(__SSE4_1__)
    return (vint)_mm_blendv_epi8((__m128i)b, (__m128i)a, (__m128i)m);
#else
    return (m & a) | (~m & b);
#endif
}

INLINE vreal v_sel(vint m, vreal a, vreal b) {
#if MM_LANES == 8 && defined(__AVX__)
    return (vreal)_mm256_blendv_ps((__m256)b, (__m256)a, (__m256)m);
#elif MM_LANES == 4 && defined(__SSE4_1__)
    return (vreal)_mm_blendv_ps((__m128)b, (__m128)a, (__m128)m);
#else
    return (vreal)v_seli(m, (vint)a, (vint)b);
#endif
}

INLINE vuint v_selu(vint m, vuint a, vuint b) {
    return (vuint)v_seli(m, (vint)a, (vint)b);
}

/* minps(x, y) is x < y ? x : y, so the arguments go in swapped. */
INLINE vreal v_min(vreal a, vreal b) {
#if MM_LANES == 16 && defined(__AVX512F__)
    return (vreal)_mm512_min_ps((__m512)b, (__m512)a);
#elif MM_LANES == 8 && defined(__AVX__)
    return (vreal)_mm256_min_ps((__m256)b, (__m256)a);
#elif MM_LANES == 4 && defined(__SSE2__)
    return (vreal)_mm_min_ps((__m128)b, (__m128)a);
#else
    return v_sel(v_lt(b, a), b, a);
#endif
}

INLINE vreal v_max(vreal a, vreal b) {
#if MM_LANES == 16 && defined(__AVX512F__)
    return (vreal)_mm512_max_ps((__m512)b, (__m512)a);
#elif MM_LANES == 8 && defined(__AVX__)
    return (vreal)_mm256_max_ps((__m256)b, (__m256)a);
#elif MM_LANES == 4 && defined(__SSE2__)
    return (vreal)_mm_max_ps((__m128)b, (__m128)a);
#else
    return v_sel(v_gt(b, a), b, a);
#endif
}
#endif

/* Equal arguments (and zeros of either sign) give the first one. */
INLINE vreal v_clip(vreal x, vreal lo, vreal hi) {
    return v_min(v_max(x, lo), hi);
}

INLINE vreal v_abs(vreal x) {
    return v_as_f(v_as_i(x) & 0x7fffffff);
}

/* x where the mask is set, +0 elsewhere: one AND instead of a select. */
INLINE vreal v_and0(vint m, vreal x) {
    return v_as_f(m & v_as_i(x));
}

#include "kernels/dialect_words.h"

#endif
