/* Wide lanes of OpenCL devices, included by dialect_words.h: masks to scalars, lanes to memory, table look-up,
 * wide products, sums.
 *
 * What OpenCL C has for these goes through one lane at a time in some compilers (any, all, shuffle2, popcount, vload,
 * vstore). So they are written as folds of halves, and, where the compiler is clang for an x86 processor, as PoCL's is,
 * as the instruction of the vector unit. */
#ifndef MM_DIALECT_OPENCL_H
#define MM_DIALECT_OPENCL_H

#ifdef __clang__
/* These may lie anywhere: a type that asks for less alignment, which clang has, moves all lanes at once. */
typedef vint mm_vint_anywhere __attribute__((aligned(4)));
typedef vuint mm_vuint_anywhere __attribute__((aligned(4)));
typedef vreal mm_vreal_anywhere __attribute__((aligned(4)));
#define MM_VLOAD(type, space, from) (*(space const mm_##type##_anywhere *)(from))
#define MM_VSTORE(type, space, to, x) (*(space mm_##type##_anywhere *)(to) = (x))
#else
#define MM_VLOAD(type, space, from) MM_CAT(vload, MM_LANES)(0, from)
#define MM_VSTORE(type, space, to, x) MM_CAT(vstore, MM_LANES)(x, 0, to)
#endif

/* ---- masks to scalars ----------------------------------------------------- */

INLINE int mm_or4(int4 x) {
    int2 y = x.lo | x.hi;
    return y.x | y.y;
}
#if MM_LANES == 4
#define MM_BIT_WEIGHTS (vint)(1, 2, 4, 8)
INLINE int mm_or(vint x) {
    return mm_or4(x);
}
#elif MM_LANES == 8
#define MM_BIT_WEIGHTS (vint)(1, 2, 4, 8, 16, 32, 64, 128)
INLINE int mm_or(vint x) {
    return mm_or4(x.lo | x.hi);
}
#else
#define MM_BIT_WEIGHTS (vint)(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768)
INLINE int mm_or(vint x) {
    int8 y = x.lo | x.hi;
    return mm_or4(y.lo | y.hi);
}
#endif

/* MM_X86_SIGNS(x): the sign bits of all lanes. */
#if defined(__clang__) && MM_LANES == 16 && defined(__AVX512F__) && defined(__AVX512DQ__)
#define MM_X86_16
typedef float mm_x86_f __attribute__((__vector_size__(64)));
typedef int mm_x86_i __attribute__((__vector_size__(64)));
#define MM_X86_F(x) __builtin_astype((x), mm_x86_f)
#define MM_X86_I(x) __builtin_astype((x), mm_x86_i)
#define MM_X86_SIGNS(x) ((uint)(ushort)__builtin_ia32_cvtd2mask512(MM_X86_I(x)))
#elif defined(__clang__) && MM_LANES == 8 && defined(__AVX__)
typedef float mm_x86_f __attribute__((__vector_size__(32)));
#define MM_X86_SIGNS(x) ((uint)__builtin_ia32_movmskps256(__builtin_astype((x), mm_x86_f)))
#elif defined(__clang__) && MM_LANES == 4 && defined(__SSE__)
typedef float mm_x86_f __attribute__((__vector_size__(16)));
#define MM_X86_SIGNS(x) ((uint)__builtin_ia32_movmskps(__builtin_astype((x), mm_x86_f)))
#endif

#ifdef MM_X86_SIGNS
INLINE uint v_bits(vint m) {
    return MM_X86_SIGNS(m);
}
INLINE int v_any_neg(vint x) {
    return MM_X86_SIGNS(x) != 0;
}
INLINE int v_any(vint m) {
    return MM_X86_SIGNS(m) != 0;
}
INLINE int v_all(vint m) {
    return MM_X86_SIGNS(m) == (1u << MM_LANES) - 1u;
}
#else
INLINE uint v_bits(vint m) {
    return (uint)mm_or(m & MM_BIT_WEIGHTS);
}
INLINE int v_any_neg(vint x) {
    return mm_or(x) < 0;
}
INLINE int v_any(vint m) {
    return mm_or(m) != 0;
}
INLINE int v_all(vint m) {
    return mm_or(~m) == 0;
}
#endif

#ifdef MM_X86_16
#define MM_X86_COMPARE(a, b, how)                                                                                      \
    ((uint)(ushort)__builtin_ia32_cmpps512_mask(MM_X86_F(a), MM_X86_F(b), (how), (ushort)0xffff, 4))
INLINE uint v_bits_ge(vreal a, vreal b) {
    return MM_X86_COMPARE(a, b, 0x0d);
}
INLINE uint v_bits_gt(vreal a, vreal b) {
    return MM_X86_COMPARE(a, b, 0x0e);
}
#else
INLINE uint v_bits_ge(vreal a, vreal b) {
    return v_bits(v_ge(a, b));
}
INLINE uint v_bits_gt(vreal a, vreal b) {
    return v_bits(v_gt(a, b));
}
#endif

INLINE int v_any_word(vint x) {
#ifdef MM_X86_16
    return (ushort)__builtin_ia32_cmpd512_mask(MM_X86_I(x), MM_X86_I(v_i(0)), 4, (ushort)0xffff) != 0;
#else
    return mm_or(x) != 0;
#endif
}

/* ---- lanes to memory ------------------------------------------------------ */

INLINE void v_lanes(vint x, int lane[MM_LANES]) {
    MM_VSTORE(vint, __private, lane, x);
}
INLINE vuint v_load(GLOBAL const uint *from) {
    return MM_VLOAD(vuint, __global, from);
}
INLINE void v_store(GLOBAL uint *to, vuint x) {
    MM_VSTORE(vuint, __global, to, x);
}

/* ---- table look-up -------------------------------------------------------- */

INLINE vreal v_lookup(MM_TABLE_PTR t, vint i) {
    int at[MM_LANES];
    float r[MM_LANES];
    MM_VSTORE(vint, __private, at, i & 63);
    for (int k = 0; k < MM_LANES; k++)
        r[k] = t[at[k]];
    return MM_VLOAD(vreal, __private, r);
}
#ifdef MM_X86_16
#define MM_HOT_FROM 32
INLINE vreal v_lookup_hot(MM_TABLE_PTR t, vint i) {
    const vreal lo = MM_VLOAD(vreal, __constant, t + 32), hi = MM_VLOAD(vreal, __constant, t + 48);
    return __builtin_astype(__builtin_ia32_vpermi2varps512(MM_X86_F(lo), MM_X86_I(i), MM_X86_F(hi)), vreal);
}
#else
#define MM_HOT_FROM 0
INLINE vreal v_lookup_hot(MM_TABLE_PTR t, vint i) {
    return v_lookup(t, i);
}
#endif

/* ---- 32 x 32 -> 64 bit products, even and odd lanes apart ------------------- */

#if MM_LANES == 16
typedef ulong8 vwide;
#define MM_AS_WIDE as_ulong8
#elif MM_LANES == 8
typedef ulong4 vwide;
#define MM_AS_WIDE as_ulong4
#else
typedef ulong2 vwide;
#define MM_AS_WIDE as_ulong2
#endif
/* Compilers turn this form into a 32-bit widening multiply. */
INLINE vwide v_mulwide(vwide a, uint m) {
    return (a & (vwide)(0xffffffffUL)) * (vwide)((ulong)m);
}
INLINE vwide v_even(vuint x) {
    return MM_AS_WIDE(x);
}
INLINE vwide v_odd(vuint x) {
    return MM_AS_WIDE(x) >> (vwide)(32UL);
}
INLINE vwide v_wide(uint x) {
    return (vwide)((ulong)x);
}
INLINE vwide v_high(vwide x) {
    return x >> (vwide)(32UL);
}
INLINE vuint v_join(vwide even, vwide odd) {
    return v_as_u((even & (vwide)(0xffffffffUL)) | (odd << (vwide)(32UL)));
}

/* ---- sums ----------------------------------------------------------------- */

/* As bits are: adding halves is the same on every device. */
INLINE uint v_sum(vuint x) {
#if MM_LANES == 16
    const uint8 eight = x.lo + x.hi;
    const uint4 part = eight.lo + eight.hi;
#elif MM_LANES == 8
    const uint4 part = x.lo + x.hi;
#else
    const uint4 part = x;
#endif
    const uint2 pair = part.lo + part.hi;
    return pair.x + pair.y;
}

/* Products of the even and of the odd words: compilers turn this form into a 32-bit widening multiply. */
INLINE mm_u64 v_sum_products(vuint x, vuint y) {
    const vwide low = (vwide)(0xffffffffUL), word = (vwide)(32UL);
    const vwide a = MM_AS_WIDE(x), b = MM_AS_WIDE(y);
    const vwide sum = (a & low) * (b & low) + (a >> word) * (b >> word);
#if MM_LANES == 16
    const ulong4 part = sum.lo + sum.hi;
    const ulong2 pair = part.lo + part.hi;
#elif MM_LANES == 8
    const ulong2 pair = sum.lo + sum.hi;
#else
    const ulong2 pair = sum;
#endif
    return pair.x + pair.y;
}

#endif
