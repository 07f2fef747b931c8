/* Second half of dialect.h, which includes it: conversions, masks to scalars, single lanes, wide products. These two
 * and dialect_opencl.h are the only kernel files that ask which language or lane width they are compiled for. */
#ifndef MM_DIALECT_WORDS_H
#define MM_DIALECT_WORDS_H

/* ---- conversions -------------------------------------------------------- */

#ifdef MM_OPENCL
INLINE vreal v_i2f(vint x) {
    return MM_T(convert_float)(x);
}
INLINE vint v_f2i(vreal x) {
    return MM_T(convert_int)(x);
}
#elif MM_LANES == 1
INLINE vreal v_i2f(vint x) {
    return (float)x;
}
INLINE vint v_f2i(vreal x) {
    return (int)x;
}
#else
INLINE vreal v_i2f(vint x) {
    return __builtin_convertvector(x, vreal);
}
INLINE vint v_f2i(vreal x) {
    return __builtin_convertvector(x, vint);
}
#endif

/* Adding 1.5 * 2^23 leaves the integer, rounded to nearest even, in the low
 * bits.  Valid for |x| < 2^22. */
INLINE vint v_round2i(vreal x) {
    return v_as_i(x + v_r(12582912.0f)) - v_i(0x4b400000);
}

/* The same for 0 <= x < 2^24, where the magic constant would lose bits:
 * truncate, then round on the exactly known fraction. */
INLINE vint v_round2i_wide(vreal x) {
    vint t = v_f2i(x);
    vreal frac = x - v_i2f(t);
    vint up = v_gt(frac, v_r(0.5f)) | (v_eq(frac, v_r(0.5f)) & v_ieq(t & v_i(1), v_i(1)));
    return t - up;
}

/* ---- masks to scalars, single lanes ------------------------------------- */

#if MM_LANES == 1
INLINE uint v_bits(vint m) {
    return (uint)m & 1u;
}
INLINE int v_any_neg(vint x) {
    return x < 0;
}
INLINE int v_any(vint m) {
    return m != 0;
}
INLINE int v_all(vint m) {
    return m != 0;
}
INLINE float v_get(vreal x, int i) {
    (void)i;
    return x;
}
INLINE int v_geti(vint x, int i) {
    (void)i;
    return x;
}

#elif defined(MM_OPENCL)
#include "kernels/dialect_opencl.h"

#else
/* The sign bits of the lanes: equal to the mask bits where m is a mask. */
INLINE uint v_bits(vint m) {
#if MM_LANES == 16 && defined(__AVX512DQ__)
    return (uint)_mm512_movepi32_mask((__m512i)m);
#elif MM_LANES == 8 && defined(__AVX__)
    return (uint)_mm256_movemask_ps((__m256)m);
#elif MM_LANES == 4 && defined(__SSE2__)
    return (uint)_mm_movemask_ps((__m128)m);
#else
    uint r = 0;
    for (int i = 0; i < MM_LANES; i++)
        r |= ((uint)m[i] >> 31) << i;
    return r;
#endif
}

/* Is any lane negative?  Saves making a mask where a sign will do. */
INLINE int v_any_neg(vint x) {
#if MM_LANES == 4 && defined(__ARM_NEON) && defined(__aarch64__)
    return vminvq_s32((int32x4_t)x) < 0;
#else
    return v_bits(x) != 0;
#endif
}

INLINE int v_any(vint m) {
    return v_any_neg(m);
}

INLINE int v_all(vint m) {
#if MM_LANES == 4 && defined(__ARM_NEON) && defined(__aarch64__)
    return vminvq_u32((uint32x4_t)m) != 0;
#else
    return v_bits(m) == (1u << MM_LANES) - 1u;
#endif
}

INLINE float v_get(vreal x, int i) {
    return x[i];
}
INLINE int v_geti(vint x, int i) {
    return x[i];
}
#endif

/* Comparisons as bits: v_bits(v_ge(a, b)), without a mask in between where the vector unit compares to bits. */
#ifndef MM_DIALECT_OPENCL_H
INLINE uint v_bits_ge(vreal a, vreal b) {
#if MM_LANES == 16 && defined(__AVX512F__)
    return (uint)_mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_GE_OS);
#else
    return v_bits(v_ge(a, b));
#endif
}
INLINE uint v_bits_gt(vreal a, vreal b) {
#if MM_LANES == 16 && defined(__AVX512F__)
    return (uint)_mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_GT_OS);
#else
    return v_bits(v_gt(a, b));
#endif
}
#endif
INLINE int v_any_positive(vreal a) {
    return v_bits_gt(a, v_r(0.0f)) != 0;
}

#ifdef MM_OPENCL
INLINE uint u_mulhi(uint a, uint b) {
    return mul_hi(a, b);
}
INLINE uint popc(uint x) {
    return popcount(x);
}
#else
INLINE uint u_mulhi(uint a, uint b) {
    return (uint)(((uint64_t)a * b) >> 32);
}
INLINE uint popc(uint x) {
    return (uint)__builtin_popcount(x);
}
#endif

/* ---- table look-up ------------------------------------------------------- */
/* t has 64 entries.  v_lookup reads entry i (0..63) in each lane.
 * v_lookup_hot reads the same entries but only for MM_HOT_FROM <= i: where the
 * vector unit can permute a table held in registers that is much faster.  It
 * may look at the low bits of i only, so i may carry garbage above bit 5. */

#if MM_LANES == 1
#define MM_HOT_FROM 0
INLINE vreal v_lookup(MM_TABLE_PTR t, vint i) {
    return t[i & 63];
}
INLINE vreal v_lookup_hot(MM_TABLE_PTR t, vint i) {
    return t[i & 63];
}

#elif !defined(MM_OPENCL)
INLINE vreal v_lookup(MM_TABLE_PTR t, vint i) {
    vint at = i & 63;
#if MM_LANES == 16 && defined(__AVX512F__)
    __m512 lo = _mm512_permutex2var_ps(_mm512_loadu_ps(t), (__m512i)at, _mm512_loadu_ps(t + 16));
    __m512 hi = _mm512_permutex2var_ps(_mm512_loadu_ps(t + 32), (__m512i)at, _mm512_loadu_ps(t + 48));
    return v_sel(v_igt(at, v_i(31)), (vreal)hi, (vreal)lo);
#elif MM_LANES == 8 && defined(__AVX2__)
    return (vreal)_mm256_i32gather_ps(t, (__m256i)at, 4);
#else
    vreal r = {t[at[0]]};
    for (int k = 1; k < MM_LANES; k++)
        r[k] = t[at[k]];
    return r;
#endif
}
#if MM_LANES == 16 && defined(__AVX512F__)
#define MM_HOT_FROM 32
INLINE vreal v_lookup_hot(MM_TABLE_PTR t, vint i) {
    return (vreal)_mm512_permutex2var_ps(_mm512_loadu_ps(t + 32), (__m512i)i, _mm512_loadu_ps(t + 48));
}
#elif MM_LANES == 8 && defined(__AVX2__)
#define MM_HOT_FROM 48
INLINE vreal v_lookup_hot(MM_TABLE_PTR t, vint i) {
    __m256 lo = _mm256_permutevar8x32_ps(_mm256_loadu_ps(t + 48), (__m256i)i);
    __m256 hi = _mm256_permutevar8x32_ps(_mm256_loadu_ps(t + 56), (__m256i)i);
    return (vreal)_mm256_blendv_ps(lo, hi, (__m256)(i << 28));
}
#else
#define MM_HOT_FROM 0
INLINE vreal v_lookup_hot(MM_TABLE_PTR t, vint i) {
    return v_lookup(t, i);
}
#endif
#endif

/* ---- 32 x 32 -> 64 bit products ------------------------------------------ */
/* Philox lives on them; a vector unit multiplies the even words of a vector,
 * so lanes are handled as two sets of 64-bit words (even and odd lanes).
 * Only the low half of the first operand counts. */

#if MM_LANES == 1
#ifdef MM_OPENCL
typedef ulong vwide;
#else
typedef uint64_t vwide;
#endif
INLINE vwide v_mulwide(vwide a, uint m) {
    return (a & 0xffffffffu) * m;
}
INLINE vwide v_even(vuint x) {
    return x;
}
INLINE vwide v_wide(uint x) {
    return x;
}
INLINE vwide v_high(vwide x) {
    return x >> 32;
}
/* One lane has no odd partner; what is computed for it is dead code. */
INLINE vwide v_odd(vuint x) {
    (void)x;
    return 0;
}
INLINE vuint v_join(vwide even, vwide odd) {
    (void)odd;
    return (uint)even;
}

#elif !defined(MM_OPENCL)
typedef uint64_t vwide __attribute__((vector_size(4 * MM_LANES)));
#if MM_LANES == 4
#define MM_REPW(x) (x), (x)
#elif MM_LANES == 8
#define MM_REPW(x) MM_REP4(x)
#else
#define MM_REPW(x) MM_REP8(x)
#endif
INLINE vwide v_wide(uint x) {
    return (vwide){MM_REPW((uint64_t)x)};
}
INLINE vwide v_mulwide(vwide a, uint m) {
#if MM_LANES == 16 && defined(__AVX512F__)
    return (vwide)_mm512_mul_epu32((__m512i)a, (__m512i)v_wide(m));
#elif MM_LANES == 8 && defined(__AVX2__)
    return (vwide)_mm256_mul_epu32((__m256i)a, (__m256i)v_wide(m));
#elif MM_LANES == 4 && defined(__SSE2__)
    return (vwide)_mm_mul_epu32((__m128i)a, (__m128i)v_wide(m));
#elif MM_LANES == 4 && defined(__ARM_NEON) && defined(__aarch64__)
    return (vwide)vmull_n_u32(vmovn_u64((uint64x2_t)a), m);
#else
    return (a & v_wide(0xffffffffu)) * v_wide(m);
#endif
}
/* The even words are the low halves on the little-endian machines served. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "wide lanes assume a little-endian machine"
#endif
INLINE vwide v_even(vuint x) {
    return (vwide)x;
}
INLINE vwide v_odd(vuint x) {
    return (vwide)x >> 32;
}
INLINE vwide v_high(vwide x) {
    return x >> 32;
}
INLINE vuint v_join(vwide even, vwide odd) {
#if MM_LANES == 16 && defined(__AVX512F__)
    return (vuint)_mm512_mask_blend_epi32(0xaaaa, (__m512i)even, (__m512i)(odd << 32));
#else
    return (vuint)((even & v_wide(0xffffffffu)) | (odd << 32));
#endif
}
#endif

/* ---- sums over lanes ------------------------------------------------------ */

#ifndef MM_DIALECT_OPENCL_H
/* Of words below 2^27: the sum fits a word. */
INLINE uint v_sum(vuint x) {
#if MM_LANES == 16 && defined(__AVX512F__)
    return (uint)_mm512_reduce_add_epi32((__m512i)x);
#elif MM_LANES == 8 && defined(__AVX2__)
    __m128i four = _mm_add_epi32(_mm256_castsi256_si128((__m256i)x), _mm256_extracti128_si256((__m256i)x, 1));
    four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4e));
    return (uint)_mm_cvtsi128_si32(_mm_add_epi32(four, _mm_shuffle_epi32(four, 0xb1)));
#else
    uint sum = 0;
    for (int i = 0; i < MM_LANES; i++)
        sum += (uint)v_geti(v_as_i(x), i);
    return sum;
#endif
}

/* Of the products of words; the sum must fit 64 bits. */
INLINE mm_u64 v_sum_products(vuint x, vuint y) {
#if MM_LANES == 16 && defined(__AVX512F__)
    __m512i even = _mm512_mul_epu32((__m512i)x, (__m512i)y);
    __m512i odd = _mm512_mul_epu32(_mm512_srli_epi64((__m512i)x, 32), _mm512_srli_epi64((__m512i)y, 32));
    return (mm_u64)_mm512_reduce_add_epi64(_mm512_add_epi64(even, odd));
#elif MM_LANES == 8 && defined(__AVX2__)
    __m256i even = _mm256_mul_epu32((__m256i)x, (__m256i)y);
    __m256i odd = _mm256_mul_epu32(_mm256_srli_epi64((__m256i)x, 32), _mm256_srli_epi64((__m256i)y, 32));
    __m256i four = _mm256_add_epi64(even, odd);
    __m128i two = _mm_add_epi64(_mm256_castsi256_si128(four), _mm256_extracti128_si256(four, 1));
    return (mm_u64)_mm_cvtsi128_si64(_mm_add_epi64(two, _mm_unpackhi_epi64(two, two)));
#else
    mm_u64 sum = 0;
    for (int i = 0; i < MM_LANES; i++)
        sum += (mm_u64)(uint)v_geti(v_as_i(x), i) * (mm_u64)(uint)v_geti(v_as_i(y), i);
    return sum;
#endif
}

/* ---- lanes to memory, for loops over single lanes -------------------------- */

INLINE void v_lanes(vint x, int lane[MM_LANES]) {
#if MM_LANES == 1
    lane[0] = x;
#else
    memcpy(lane, &x, sizeof x);
#endif
}
#endif

/* ---- words that hold one bit for each lane, many at a time ---------------- */

/* Is any bit of any word set? */
#ifndef MM_DIALECT_OPENCL_H
INLINE int v_any_word(vint x) {
#if MM_LANES == 16 && defined(__AVX512F__)
    return _mm512_test_epi32_mask((__m512i)x, (__m512i)x) != 0;
#else
    return v_any(v_not(v_ieq(x, v_i(0))));
#endif
}
#endif

#if !defined(MM_OPENCL) && MM_LANES == 16 && defined(__AVX512BW__)
/* Bits set in each 16 bits. A table of 16 for each half of a byte. */
INLINE __m512i mm_popc_halves(__m512i x) {
    const __m512i bits = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
    const __m512i half = _mm512_set1_epi8(15);
    __m512i low = _mm512_shuffle_epi8(bits, _mm512_and_si512(x, half));
    __m512i high = _mm512_shuffle_epi8(bits, _mm512_and_si512(_mm512_srli_epi16(x, 4), half));
    return _mm512_maddubs_epi16(_mm512_add_epi8(low, high), _mm512_set1_epi8(1));
}
#endif

/* Bits set in each word; the words hold at most 16. */
INLINE vuint v_popc(vuint x) {
#if defined(MM_OPENCL) && MM_LANES == 1
    return popcount(x);
#elif !defined(MM_OPENCL) && MM_LANES == 16 && defined(__AVX512VPOPCNTDQ__)
    return (vuint)_mm512_popcnt_epi32((__m512i)x);
#elif !defined(MM_OPENCL) && MM_LANES == 16 && defined(__AVX512BW__)
    return (vuint)mm_popc_halves((__m512i)x);
#else
    x = x - ((x >> 1) & v_u(0x5555u));
    x = (x & v_u(0x3333u)) + ((x >> 2) & v_u(0x3333u));
    x = (x + (x >> 4)) & v_u(0x0f0fu);
    return (x + (x >> 8)) & v_u(0x1fu);
#endif
}

/* The same by narrow words, MM_MASKS to a vector, where the compiler has vectors of such. */
#if defined(MM_OPENCL) || MM_LANES == 1
typedef uint mm_mask;
typedef vuint vmask;
#define MM_MASKS MM_LANES
INLINE vmask v_mask(uint bits) {
    return v_u(bits);
}
INLINE int v_any_mask(vmask x) {
    return v_any_word(v_as_i(x));
}
INLINE vmask v_popc_masks(vmask x) {
    return v_popc(x);
}

#else
#if MM_LANES <= 8
typedef uint8_t mm_mask;
#else
typedef uint16_t mm_mask;
#endif
#define MM_MASKS (4 * MM_LANES / (int)sizeof(mm_mask))
typedef mm_mask vmask __attribute__((vector_size(4 * MM_LANES), may_alias)); /* masks are written one by one too */

INLINE vmask v_mask(uint bits) {
    const vmask none = {0};
    return none | (mm_mask)bits;
}

INLINE int v_any_mask(vmask x) {
#if MM_LANES == 8 && defined(__AVX2__)
    return !_mm256_testz_si256((__m256i)x, (__m256i)x);
#else
    return v_any_word((vint)x);
#endif
}

INLINE vmask v_popc_masks(vmask x) {
#if MM_LANES == 8 && defined(__AVX2__)
    const __m128i few = _mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i bits = _mm256_broadcastsi128_si256(few), half = _mm256_set1_epi8(15);
    __m256i low = _mm256_shuffle_epi8(bits, _mm256_and_si256((__m256i)x, half));
    __m256i high = _mm256_shuffle_epi8(bits, _mm256_and_si256(_mm256_srli_epi16((__m256i)x, 4), half));
    return (vmask)_mm256_add_epi8(low, high);
#elif MM_LANES == 16 && defined(__AVX512BW__)
    return (vmask)mm_popc_halves((__m512i)x);
#else
    x = x - ((x >> 1) & v_mask(0x5555u));
    x = (x & v_mask(0x3333u)) + ((x >> 2) & v_mask(0x3333u));
    x = (x + (x >> 4)) & v_mask(0x0f0fu);
#if MM_LANES == 16
    x = (x + (x >> 8)) & v_mask(0x1fu);
#endif
    return x;
#endif
}
#endif

/* Lane i holds bit i of `word`, at place `place`. */
INLINE vint v_lane_bits(uint word, int place) {
#if MM_LANES == 1
    return (int)((word & 1u) << place);
#else
    return ((v_i((int)word) >> v_lane_ids()) & v_i(1)) << place;
#endif
}

/* MM_LANES words from memory of any alignment. */
#if MM_LANES == 1
INLINE vuint v_load(GLOBAL const uint *from) {
    return *from;
}
INLINE void v_store(GLOBAL uint *to, vuint x) {
    *to = x;
}
#elif !defined(MM_OPENCL)
INLINE vuint v_load(GLOBAL const uint *from) {
    vuint x;
    memcpy(&x, from, sizeof x);
    return x;
}
INLINE void v_store(GLOBAL uint *to, vuint x) {
    memcpy(to, &x, sizeof x);
}
#endif

#endif
