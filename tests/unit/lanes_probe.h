/* The kernel functions at one lane width, behind plain array functions.
 *
 * With PROBE_BODY this header defines the table of the width MM_LANES; each
 * probes/probe_w*.c does so with its own instruction set.  Without it, it
 * declares the tables.  Array lengths are multiples of 16. */
#ifndef MM_LANES_PROBE_H
#define MM_LANES_PROBE_H

#include <stddef.h>
#include <stdint.h>

enum {
    PROBE_RECIP,
    PROBE_SQRT,
    PROBE_EXP,
    PROBE_LOG, /* float */
    PROBE_NORMAL,
    PROBE_UNIFORM,
    PROBE_UNIFORM24,
    PROBE_EXPO, /* word */
    PROBE_MAPS
};
enum { NEEDS_AVX2 = 1, NEEDS_AVX512 = 2 };

struct lanes_probe {
    int lanes;
    int needs; /* instruction sets the table was compiled for */
    /* out[i] = f(in[i]); in holds float bits or words, out float bits */
    void (*map[PROBE_MAPS])(const uint32_t *in, uint32_t *out, size_t n);
    void (*div)(const uint32_t *a, const uint32_t *b, uint32_t *out, size_t n);
    /* Block i has counter {c0[i], c1[i], c2, c3}; its word w goes to
     * out[w * n + i]. */
    void (*philox)(const uint32_t *c0, const uint32_t *c1, uint32_t c2, uint32_t c3, uint32_t k0, uint32_t k1,
                   uint32_t *out, size_t n);
    /* Every other operation of dialect.h; result r goes to out[r * n + i]. */
    void (*dialect)(const uint32_t *a, const uint32_t *b, uint32_t *out, size_t n);
};

enum { DIALECT_RESULTS = 31 };

extern const struct lanes_probe probe_w1, probe_w4, probe_w8, probe_w16;

/* Can this processor run the table? */
static inline int probe_usable(const struct lanes_probe *p) {
#if defined(__x86_64__)
    if ((p->needs & NEEDS_AVX2) && !(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")))
        return 0;
    if ((p->needs & NEEDS_AVX512) && !(__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                                       __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")))
        return 0;
#endif
    return p->needs >= 0;
}

#ifdef PROBE_BODY

#include "elementary.h"
#include "philox.h"

static inline vreal probe_load(const uint32_t *in) {
    vreal x;
    memcpy(&x, in, sizeof x);
    return x;
}

static inline vuint probe_loadu(const uint32_t *in) {
    vuint x;
    memcpy(&x, in, sizeof x);
    return x;
}

#define PROBE_MAP(name, load, f)                                                                                       \
    static void name(const uint32_t *in, uint32_t *out, size_t n) {                                                    \
        for (size_t i = 0; i < n; i += MM_LANES) {                                                                     \
            vreal r = f(load(in + i));                                                                                 \
            memcpy(out + i, &r, sizeof r);                                                                             \
        }                                                                                                              \
    }
PROBE_MAP(map_recip, probe_load, v_recip_built)
PROBE_MAP(map_sqrt, probe_load, v_sqrt)
PROBE_MAP(map_exp, probe_load, v_exp)
PROBE_MAP(map_log, probe_load, v_log)
PROBE_MAP(map_normal, probe_loadu, v_normal)
PROBE_MAP(map_uniform, probe_loadu, v_uniform)
PROBE_MAP(map_uniform24, probe_loadu, v_uniform24)
PROBE_MAP(map_expo, probe_loadu, v_expo)

static void do_div(const uint32_t *a, const uint32_t *b, uint32_t *out, size_t n) {
    for (size_t i = 0; i < n; i += MM_LANES) {
        vreal r = v_div_built(probe_load(a + i), probe_load(b + i));
        memcpy(out + i, &r, sizeof r);
    }
}

static void do_philox(const uint32_t *c0, const uint32_t *c1, uint32_t c2, uint32_t c3, uint32_t k0, uint32_t k1,
                      uint32_t *out, size_t n) {
    for (size_t i = 0; i < n; i += MM_LANES) {
        vuint r[4];
        philox(probe_loadu(c0 + i), probe_loadu(c1 + i), c2, c3, k0, k1, r);
        for (size_t w = 0; w < 4; w++)
            memcpy(out + w * n + i, &r[w], sizeof r[w]);
    }
}

/* Stores lane results one after another. */
struct probe_sink {
    uint32_t *at;
    size_t step;
};

static inline void put(struct probe_sink *s, vuint r) {
    memcpy(s->at, &r, sizeof r);
    s->at += s->step;
}

static void dialect_floats(struct probe_sink *s, vreal a, vreal b) {
    put(s, v_as_u(v_min(a, b)));
    put(s, v_as_u(v_max(a, b)));
    put(s, v_as_u(v_clip(a, v_r(-2.0f), v_r(3.0f))));
    put(s, v_as_u(v_abs(a)));
    put(s, v_as_u(v_fma(a, b, v_r(1.0f))));
    put(s, v_as_u(v_lt(a, b)));
    put(s, v_as_u(v_le(a, b)));
    put(s, v_as_u(v_gt(a, b)));
    put(s, v_as_u(v_ge(a, b)));
    put(s, v_as_u(v_eq(a, b)));
    put(s, v_as_u(v_sel(v_lt(a, b), a, v_r(7.0f))));
    put(s, v_as_u(v_and0(v_lt(a, b), a)));
}

static void dialect_ints(struct probe_sink *s, vint a, vint b) {
    put(s, v_as_u(v_ilt(a, b)));
    put(s, v_as_u(v_ile(a, b)));
    put(s, v_as_u(v_igt(a, b)));
    put(s, v_as_u(v_ige(a, b)));
    put(s, v_as_u(v_ieq(a, b)));
    put(s, v_as_u(v_not(v_ilt(a, b))));
    put(s, v_as_u(v_seli(v_ilt(a, b), a, v_i(-5))));
    put(s, v_selu(v_ilt(a, b), v_u(9u), v_as_u(b)));
    put(s, v_as_u(v_i2f(a)));
}

/* b is brought into each conversion's range before use. */
static void dialect_conversions(struct probe_sink *s, vint a) {
    vreal small = v_i2f(a >> 9) * v_r(0.25f);
    vreal wide = v_i2f(v_as_i(v_as_u(a) >> 8)) * v_r(0.5f);
    put(s, v_as_u(v_f2i(small)));
    put(s, v_as_u(v_round2i(small)));
    put(s, v_as_u(v_round2i_wide(wide)));
    put(s, v_as_u(v_as_i(v_as_f(a))));
}

/* Whole-vector results, written so that they do not depend on the width. */
static void dialect_masks(struct probe_sink *s, vint a, vint b) {
    vint m = v_ilt(a, b);
    vint ids = v_lane_ids();
    uint bits = v_bits(m);
    vint mine = v_i(0), floats = v_i(0);
    uint count = 0;
    for (int k = 0; k < MM_LANES; k++) {
        vint here = v_ieq(ids, v_i(k));
        int lane = (int)((bits >> k) & 1u);
        mine = v_seli(here, v_i(-lane), mine);
        floats = v_seli(here, v_as_i(v_r(v_get(v_as_f(a), k))), floats);
        count += (uint)(v_geti(m, k) & 1);
    }
    put(s, v_as_u(mine));
    put(s, v_as_u(floats));
    put(s, v_u(popc(bits) == count));
    put(s, v_u((v_any(m) != 0) == (count != 0)));
    put(s, v_u((v_all(m) != 0) == (count == MM_LANES)));
    put(s, v_u((v_any(v_not(m)) != 0) == (count != MM_LANES)));
}

/* NOLINTNEXTLINE(readability-non-const-parameter): written through the sink */
static void do_dialect(const uint32_t *a, const uint32_t *b, uint32_t *out, size_t n) {
    for (size_t i = 0; i < n; i += MM_LANES) {
        struct probe_sink s = {out + i, n};
        dialect_floats(&s, probe_load(a + i), probe_load(b + i));
        dialect_ints(&s, v_as_i(probe_loadu(a + i)), v_as_i(probe_loadu(b + i)));
        dialect_conversions(&s, v_as_i(probe_loadu(a + i)));
        dialect_masks(&s, v_as_i(probe_loadu(a + i)), v_as_i(probe_loadu(b + i)));
    }
}

#define PROBE_NAME_(n) probe_w##n
#define PROBE_NAME(n) PROBE_NAME_(n)
const struct lanes_probe PROBE_NAME(MM_LANES) = {
    .lanes = MM_LANES,
#if defined(__AVX512F__)
    .needs = NEEDS_AVX2 | NEEDS_AVX512,
#elif defined(__AVX2__)
    .needs = NEEDS_AVX2,
#endif
    .map = {map_recip, map_sqrt, map_exp, map_log, map_normal, map_uniform, map_uniform24, map_expo},
    .div = do_div,
    .philox = do_philox,
    .dialect = do_dialect,
};

#endif
#endif
