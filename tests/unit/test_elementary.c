/* The elementary functions: the same bits at every width this processor can
 * run, error bounds against double precision, and the properties the model
 * relies on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <float.h>
#include <math.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>

#include "lanes_probe.h"

static const struct lanes_probe *const all_probes[] = {&probe_w1, &probe_w4, &probe_w8, &probe_w16};
enum {
    PROBES = sizeof all_probes / sizeof *all_probes,
    CHUNK = 1 << 12,
    CHUNKS = 1 << 10 /* 2^22 arguments in all */
};

static uint32_t arg_a[CHUNK], arg_b[CHUNK], res[CHUNK], other[CHUNK];
static uint32_t many[DIALECT_RESULTS * CHUNK], many_other[DIALECT_RESULTS * CHUNK];

static float as_float(uint32_t b) {
    float f;
    memcpy(&f, &b, sizeof f);
    return f;
}

static uint32_t as_bits(float f) {
    uint32_t b;
    memcpy(&b, &f, sizeof b);
    return b;
}

/* A fixed mixing function: argument i of stream s. */
static uint32_t mix(uint32_t i, uint32_t s) {
    uint64_t z = ((uint64_t)s << 32 | i) + 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ (z >> 31)) >> 16);
}

/* The widest usable table serves as reference for the error bounds. */
static const struct lanes_probe *widest(void) {
    const struct lanes_probe *best = all_probes[0];
    for (int p = 1; p < PROBES; p++)
        if (probe_usable(all_probes[p]))
            best = all_probes[p];
    return best;
}

/* Floats with exponent in lo..hi (biased) and, now and then, an awkward
 * mantissa: all zeros, all ones, or the neighbourhood of sqrt(2). */
static uint32_t positive_float(uint32_t w, uint32_t lo, uint32_t hi) {
    static const uint32_t awkward[] = {0, 0x7fffff, 1, 0x7ffffe, 0x3504f3, 0x3504f4, 0x400000, 0x3fffff};
    uint32_t e = lo + (w >> 23) % (hi - lo + 1);
    uint32_t m = w & 0x7fffff;
    if (mix(w, 99) % 16 == 0)
        m = awkward[w % 8];
    return e << 23 | m;
}

static void fill_args(int map, uint32_t chunk) {
    for (uint32_t i = 0; i < CHUNK; i++) {
        uint32_t w = mix(chunk * CHUNK + i, (uint32_t)map);
        switch (map) {
        case PROBE_EXP:
            arg_a[i] = as_bits((float)(int32_t)w * 0x1p-24f);
            if (i % 64 == 0) /* multiples of ln(2)/2, where n changes */
                arg_a[i] = as_bits((float)(int)(w % 251u - 125u) * 0.34657359f);
            break;
        case PROBE_LOG:
            arg_a[i] = positive_float(w, 1, 254);
            break;
        case PROBE_RECIP:
            arg_a[i] = positive_float(w, 2, 251);
            break;
        case PROBE_SQRT:
            arg_a[i] = i % 512 ? positive_float(w, 27, 252) : 0;
            break;
        default: /* words; every scale of the tail must occur */
            arg_a[i] = i % 4 ? w : w >> (mix(i, chunk) & 31);
            break;
        }
    }
}

static void test_maps_agree_between_widths(void **state) {
    (void)state;
    for (int map = 0; map < PROBE_MAPS; map++)
        for (uint32_t c = 0; c < CHUNKS; c++) {
            fill_args(map, c);
            all_probes[0]->map[map](arg_a, res, CHUNK);
            for (int p = 1; p < PROBES; p++) {
                if (!probe_usable(all_probes[p]))
                    continue;
                all_probes[p]->map[map](arg_a, other, CHUNK);
                assert_memory_equal(res, other, sizeof res);
            }
        }
}

/* What is built from fma equals the host's own division, which the kernels use on it, at every width. */
static void test_division(void **state) {
    (void)state;
    for (uint32_t c = 0; c < CHUNKS; c++) {
        for (uint32_t i = 0; i < CHUNK; i++) {
            uint32_t k = c * CHUNK + i;
            arg_a[i] = positive_float(mix(k, 50), 97, 157) | (k & 1) << 31;
            arg_b[i] = positive_float(mix(k, 51), 97, 157);
            if (i % 64 == 0)
                arg_a[i] = arg_b[i];
            if (i % 64 == 1)
                arg_a[i] = (k & 64) << 25; /* zeros of both signs */
            if (i % 64 == 2) {             /* the reciprocal's hardest case */
                arg_a[i] &= 0xff800000u;
                arg_b[i] |= 0x7fffffu;
            }
        }
        all_probes[0]->div(arg_a, arg_b, res, CHUNK);
        for (uint32_t i = 0; i < CHUNK; i++)
            assert_true(res[i] == as_bits(as_float(arg_a[i]) / as_float(arg_b[i]) + 0.0f));
        for (int p = 1; p < PROBES; p++) {
            if (!probe_usable(all_probes[p]))
                continue;
            all_probes[p]->div(arg_a, arg_b, other, CHUNK);
            assert_memory_equal(res, other, sizeof res);
        }
    }
}

static void test_sqrt_is_correctly_rounded(void **state) {
    const struct lanes_probe *p = widest();
    (void)state;
    for (uint32_t c = 0; c < CHUNKS; c++) {
        fill_args(PROBE_SQRT, c);
        p->map[PROBE_SQRT](arg_a, res, CHUNK);
        for (uint32_t i = 0; i < CHUNK; i++)
            assert_true(res[i] == as_bits(sqrtf(as_float(arg_a[i]))));
    }
}

/* Error of got in units of the last place of the float nearest to want. */
static double ulps(float got, double want) {
    int e;
    frexp(want, &e);
    if (e < -125)
        e = -125;
    return fabs((double)got - want) / ldexp(1.0, e - 24);
}

static double worst_ulps(int map, double (*f)(double)) {
    const struct lanes_probe *p = widest();
    double worst = 0.0;
    for (uint32_t c = 0; c < CHUNKS; c++) {
        fill_args(map, c);
        p->map[map](arg_a, res, CHUNK);
        for (uint32_t i = 0; i < CHUNK; i++) {
            double x = (double)as_float(arg_a[i]), e;
            if (map == PROBE_EXP && (x < -87.29 || x > 88.69))
                continue;
            e = ulps(as_float(res[i]), f(x));
            worst = e > worst ? e : worst;
        }
    }
    return worst;
}

static double inverse(double x) {
    return 1.0 / x;
}

static void test_error_bounds(void **state) {
    (void)state;
    assert_true(worst_ulps(PROBE_RECIP, inverse) <= 1.0);
    assert_true(worst_ulps(PROBE_EXP, exp) <= 1.3);
    assert_true(worst_ulps(PROBE_LOG, log) <= 1.3);
}

static float one(int map, float x) {
    uint32_t in[16], out[16];
    for (int i = 0; i < 16; i++)
        in[i] = as_bits(x);
    widest()->map[map](in, out, 16);
    return as_float(out[0]);
}

static void test_special_arguments(void **state) {
    (void)state;
    assert_true(one(PROBE_EXP, 0.0f) == 1.0f);
    assert_true(one(PROBE_LOG, 1.0f) == 0.0f);
    assert_true(one(PROBE_SQRT, 0.0f) == 0.0f);
    assert_true(one(PROBE_RECIP, 1.0f) == 1.0f);
    assert_true(one(PROBE_EXP, 1e30f) == one(PROBE_EXP, 88.7f));
    assert_true(one(PROBE_EXP, -1e30f) == one(PROBE_EXP, -87.3f));
    assert_true(one(PROBE_EXP, -87.3f) >= FLT_MIN);
    assert_true(one(PROBE_EXP, 88.7f) <= FLT_MAX);
}

/* Runs of adjacent floats all over the range. */
static void test_exp_is_monotone(void **state) {
    const struct lanes_probe *p = widest();
    (void)state;
    for (uint32_t c = 0; c < CHUNKS; c++) {
        uint32_t start = positive_float(mix(c, 7), 100, 133);
        uint32_t sign = (c & 1) << 31;
        for (uint32_t i = 0; i < CHUNK; i++)
            arg_a[i] = (start + i) | sign;
        p->map[PROBE_EXP](arg_a, res, CHUNK);
        for (uint32_t i = 1; i < CHUNK; i++) {
            float low = as_float(res[sign ? i : i - 1]);
            float high = as_float(res[sign ? i - 1 : i]);
            assert_true(low <= high);
        }
    }
}

static void test_uniforms_are_exact(void **state) {
    const struct lanes_probe *p = widest();
    (void)state;
    for (uint32_t c = 0; c < CHUNKS; c++) {
        fill_args(PROBE_UNIFORM, c);
        arg_a[5] = 0xffffffffu;
        arg_a[6] = 0;
        p->map[PROBE_UNIFORM](arg_a, res, CHUNK);
        p->map[PROBE_UNIFORM24](arg_a, other, CHUNK);
        for (uint32_t i = 0; i < CHUNK; i++) {
            double u = (double)as_float(res[i]);
            assert_true(u == ((arg_a[i] >> 9) + 0.5) * 0x1p-23);
            assert_true(u > 0.0 && u < 1.0);
            assert_true((double)as_float(other[i]) == (arg_a[i] >> 8) * 0x1p-24);
        }
    }
}

static void test_expo_is_minus_log_uniform(void **state) {
    const struct lanes_probe *p = widest();
    (void)state;
    for (uint32_t c = 0; c < 64; c++) {
        fill_args(PROBE_EXPO, c);
        p->map[PROBE_EXPO](arg_a, res, CHUNK);
        for (uint32_t i = 0; i < CHUNK; i++) {
            double want = -log(((arg_a[i] >> 9) + 0.5) * 0x1p-23);
            assert_true(ulps(as_float(res[i]), want) <= 1.3);
        }
    }
}

static void test_normal_error_and_symmetry(void **state) {
    const struct lanes_probe *p = widest();
    double worst = 0.0;
    (void)state;
    for (uint32_t c = 0; c < CHUNKS; c++) {
        fill_args(PROBE_NORMAL, c);
        for (uint32_t i = 0; i < CHUNK; i++)
            arg_b[i] = arg_a[i] ^ 0x80000000u;
        p->map[PROBE_NORMAL](arg_a, res, CHUNK);
        p->map[PROBE_NORMAL](arg_b, other, CHUNK);
        for (uint32_t i = 0; i < CHUNK; i++) {
            double h = ((arg_a[i] & 0x7fffffffu) + 0.5) * 0x1p-32;
            double want = -gsl_cdf_ugaussian_Pinv(h), e;
            assert_true(other[i] == (res[i] ^ 0x80000000u));
            e = fabs((double)as_float(res[i] ^ (arg_a[i] & 0x80000000u)) - want);
            worst = e > worst ? e : worst;
        }
    }
    assert_true(worst <= 6e-7);
}

/* What the neighbours hold must not matter: one tail word at a time is put
 * among central ones. */
static void test_normal_ignores_neighbours(void **state) {
    (void)state;
    for (int p = 0; p < PROBES; p++) {
        if (!probe_usable(all_probes[p]))
            continue;
        for (uint32_t k = 0; k < 31 * 16; k++) {
            uint32_t in[16], out[16], same[16], alone[16];
            for (uint32_t i = 0; i < 16; i++)
                in[i] = 0x40000000u + mix(i, k) % 0x3fffffffu;
            in[k % 16] = mix(k, 3) >> (1 + k / 16);
            for (uint32_t i = 0; i < 16; i++)
                same[i] = in[k % 16];
            all_probes[p]->map[PROBE_NORMAL](in, out, 16);
            all_probes[p]->map[PROBE_NORMAL](same, alone, 16);
            assert_true(out[k % 16] == alone[0]);
        }
    }
}

/* Moments over a fixed stream of 2^24 normals: each within five standard
 * errors of its value. */
static void test_normal_moments(void **state) {
    const struct lanes_probe *p = widest();
    static uint32_t c0[CHUNK], c1[CHUNK], words[4 * CHUNK], z[4 * CHUNK];
    double s[5] = {0};
    double n = 0.0;
    (void)state;
    for (uint32_t c = 0; c < CHUNKS; c++) {
        for (uint32_t i = 0; i < CHUNK; i++)
            c0[i] = c * CHUNK + i;
        p->philox(c0, c1, 0, 0, 20240229u, 7u, words, CHUNK);
        p->map[PROBE_NORMAL](words, z, 4 * CHUNK);
        for (uint32_t i = 0; i < 4 * CHUNK; i++) {
            double x = (double)as_float(z[i]);
            s[1] += x;
            s[2] += x * x;
            s[3] += x * x * x;
            s[4] += x * x * x * x;
            n += 1.0;
        }
    }
    assert_true(fabs(s[1] / n) < 5.0 * sqrt(1.0 / n));
    assert_true(fabs(s[2] / n - 1.0) < 5.0 * sqrt(2.0 / n));
    assert_true(fabs(s[3] / n) < 5.0 * sqrt(15.0 / n));
    assert_true(fabs(s[4] / n - 3.0) < 5.0 * sqrt(96.0 / n));
}

static void fill_dialect_args(uint32_t c) {
    for (uint32_t i = 0; i < CHUNK; i++) {
        uint32_t k = c * CHUNK + i;
        arg_a[i] = positive_float(mix(k, 60), 100, 150) | (k & 1) << 31;
        arg_b[i] = positive_float(mix(k, 61), 100, 150) | (k & 2) << 30;
        if (k % 8 == 0)
            arg_b[i] = arg_a[i];
        if (k % 1024 < 32) /* whole vectors of true and of false */
            arg_b[i] = k % 1024 < 16 ? 0x7f000000u : 0xff000000u;
    }
}

/* The plain C meaning of some of the results at one width. */
static void check_dialect_meaning(void) {
    for (uint32_t i = 0; i < CHUNK; i++) {
        float a = as_float(arg_a[i]), b = as_float(arg_b[i]);
        int32_t ia = (int32_t)arg_a[i], ib = (int32_t)arg_b[i];
        double wide = (double)(arg_a[i] >> 8) * 0.5;
        const uint32_t *r = many + i;
        assert_true(r[0 * CHUNK] == as_bits(b < a ? b : a));
        assert_true(r[1 * CHUNK] == as_bits(b > a ? b : a));
        assert_true(r[3 * CHUNK] == as_bits(fabsf(a)));
        assert_true(r[4 * CHUNK] == as_bits(fmaf(a, b, 1.0f)));
        assert_true(r[5 * CHUNK] == (a < b ? 0xffffffffu : 0u));
        assert_true(r[9 * CHUNK] == (as_float(arg_a[i]) <= b && a >= b ? 0xffffffffu : 0u));
        assert_true(r[10 * CHUNK] == as_bits(a < b ? a : 7.0f));
        assert_true(r[11 * CHUNK] == (a < b ? arg_a[i] : 0u));
        assert_true(r[12 * CHUNK] == (ia < ib ? 0xffffffffu : 0u));
        assert_true(r[20 * CHUNK] == as_bits((float)ia));
        assert_true((double)(int32_t)r[22 * CHUNK] == nearbyint((double)(ia >> 9) * 0.25));
        assert_true((double)r[23 * CHUNK] == nearbyint(wide));
        assert_true(r[24 * CHUNK] == arg_a[i]);
        assert_true(r[25 * CHUNK] == r[12 * CHUNK]);
        assert_true(r[26 * CHUNK] == arg_a[i]);
        for (int k = 27; k < DIALECT_RESULTS; k++)
            assert_true(r[k * CHUNK] == 1u);
    }
}

static void test_dialect(void **state) {
    (void)state;
    for (uint32_t c = 0; c < 64; c++) {
        fill_dialect_args(c);
        all_probes[0]->dialect(arg_a, arg_b, many, CHUNK);
        check_dialect_meaning();
        for (int p = 1; p < PROBES; p++) {
            if (!probe_usable(all_probes[p]))
                continue;
            all_probes[p]->dialect(arg_a, arg_b, many_other, CHUNK);
            assert_memory_equal(many, many_other, sizeof many);
        }
    }
}

/* Counts the widths this processor cannot run as a skipped test. */
static void test_all_widths_ran(void **state) {
    int missing = 0;
    (void)state;
    for (int p = 0; p < PROBES; p++)
        if (!probe_usable(all_probes[p])) {
            print_message("skipped: %d lanes, not on this processor\n", all_probes[p]->lanes);
            missing++;
        }
    if (missing)
        skip();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dialect),
        cmocka_unit_test(test_maps_agree_between_widths),
        cmocka_unit_test(test_division),
        cmocka_unit_test(test_sqrt_is_correctly_rounded),
        cmocka_unit_test(test_error_bounds),
        cmocka_unit_test(test_special_arguments),
        cmocka_unit_test(test_exp_is_monotone),
        cmocka_unit_test(test_uniforms_are_exact),
        cmocka_unit_test(test_expo_is_minus_log_uniform),
        cmocka_unit_test(test_normal_error_and_symmetry),
        cmocka_unit_test(test_normal_ignores_neighbours),
        cmocka_unit_test(test_normal_moments),
        cmocka_unit_test(test_all_widths_ran),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
