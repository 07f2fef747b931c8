/* Measures the errors of kernels/elementary.h over whole argument ranges and
 * prints a Markdown table.
 *
 *   accuracy_elementary [normal-stride]
 *
 * References: libm in double for exp, log and the reciprocal, with MPFR at 128
 * bits wherever the error would be a new maximum; the C
 * library's sqrtf and the machine's '/' for square root and quotient; GSL's
 * gsl_cdf_ugaussian_Pinv for the normal quantile. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <mpfr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tests/unit/lanes_probe.h"

enum { CHUNK = 1 << 14 };

static const struct lanes_probe *probe;

struct worst {
    double error, sum_squares;
    uint32_t at;
    uint64_t count, inexact, broken; /* broken: order or rounding violated */
};

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

/* Unit in the last place of the float binade that holds want, from the
 * exponent bits: frexp and ldexp would dominate the run time. */
static double unit(double want) {
    uint64_t b;
    double r;
    memcpy(&b, &want, sizeof b);
    b &= 0x7ff0000000000000u;
    b = b < (uint64_t)897 << 52 ? (uint64_t)897 << 52 : b;
    b -= (uint64_t)23 << 52;
    memcpy(&r, &b, sizeof r);
    return r;
}

static double mpfr_error(int map, uint32_t x, float got) {
    mpfr_t v;
    double r;
    mpfr_init2(v, 128);
    mpfr_set_flt(v, as_float(x), MPFR_RNDN);
    if (map == PROBE_EXP)
        mpfr_exp(v, v, MPFR_RNDN);
    else if (map == PROBE_LOG)
        mpfr_log(v, v, MPFR_RNDN);
    else
        mpfr_ui_div(v, 1, v, MPFR_RNDN);
    double size = unit(mpfr_get_d(v, MPFR_RNDN));
    mpfr_sub_d(v, v, (double)got, MPFR_RNDN);
    r = fabs(mpfr_get_d(v, MPFR_RNDN)) / size;
    mpfr_clear(v);
    return r;
}

static double reference(int map, double x) {
    if (map == PROBE_EXP)
        return exp(x);
    if (map == PROBE_LOG)
        return log(x);
    return 1.0 / x;
}

static void note(struct worst *w, double error, uint32_t at) {
    if (error > w->error) {
        w->error = error;
        w->at = at;
    }
    w->sum_squares += error * error;
    w->count++;
}

static void merge(struct worst *a, const struct worst *b) {
    if (b->error > a->error) {
        a->error = b->error;
        a->at = b->at;
    }
    a->sum_squares += b->sum_squares;
    a->count += b->count;
    a->inexact += b->inexact;
    a->broken += b->broken;
}

/* One chunk of adjacent float bit patterns. */
static void unary_chunk(int map, uint32_t first, uint32_t last, struct worst *w) {
    static _Thread_local uint32_t in[CHUNK], out[CHUNK];
    uint32_t n = last - first < CHUNK ? last - first : CHUNK;
    for (uint32_t i = 0; i < CHUNK; i++)
        in[i] = i < n ? first + i : last - 1;
    probe->map[map](in, out, CHUNK);
    for (uint32_t i = 0; i < n; i++) {
        double x = (double)as_float(in[i]);
        float got = as_float(out[i]);
        if (map == PROBE_SQRT) {
            double want = sqrt(x);
            note(w, fabs((double)got - want) / unit(want), in[i]);
            w->inexact += got != sqrtf((float)x);
            continue;
        }
        double want = reference(map, x);
        double e = fabs((double)got - want) / unit(want);
        if (e > 0.5 && e > w->error - 1e-7)
            e = mpfr_error(map, in[i], got);
        note(w, e, in[i]);
        w->inexact += got != (float)want;
        if (map == PROBE_EXP && i > 0) {
            float before = as_float(out[i - 1]);
            w->broken += x > 0.0 ? got < before : got > before;
        }
    }
}

/* All floats from lo up to hi (same sign), by bit pattern.  Chunks overlap by
 * one argument so that monotony is checked across their joints, too. */
static struct worst unary(int map, float lo, float hi) {
    struct worst all = {0};
    uint32_t first = as_bits(lo), last = as_bits(hi) + 1;
    int64_t chunks = (last - first + CHUNK - 2) / (CHUNK - 1);
#ifdef _OPENMP
#pragma omp parallel
#endif
    {
        struct worst mine = {0};
#ifdef _OPENMP
#pragma omp for schedule(dynamic, 64)
#endif
        for (int64_t c = 0; c < chunks; c++)
            unary_chunk(map, first + (uint32_t)c * (CHUNK - 1), last, &mine);
#ifdef _OPENMP
#pragma omp critical
#endif
        merge(&all, &mine);
    }
    return all;
}

static struct worst normal(uint32_t stride) {
    struct worst all = {0};
    int64_t chunks = (0x80000000LL / stride + CHUNK - 1) / CHUNK;
#ifdef _OPENMP
#pragma omp parallel
#endif
    {
        static _Thread_local uint32_t in[CHUNK], out[CHUNK];
        struct worst mine = {0};
#ifdef _OPENMP
#pragma omp for schedule(dynamic, 16)
#endif
        for (int64_t c = 0; c < chunks; c++) {
            for (uint32_t i = 0; i < CHUNK; i++) {
                uint64_t m = ((uint64_t)c * CHUNK + i) * stride;
                in[i] = m < 0x80000000u ? (uint32_t)m : 0x7fffffffu;
            }
            probe->map[PROBE_NORMAL](in, out, CHUNK);
            for (uint32_t i = 0; i < CHUNK; i++) {
                double want = -gsl_cdf_ugaussian_Pinv((in[i] + 0.5) * 0x1p-32);
                note(&mine, fabs((double)as_float(out[i]) - want), in[i]);
            }
        }
#ifdef _OPENMP
#pragma omp critical
#endif
        merge(&all, &mine);
    }
    return all;
}

static uint64_t step(uint64_t *s) {
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s;
}

static void quotient(struct worst *w, uint32_t *a, uint32_t *b) {
    uint32_t out[CHUNK];
    probe->div(a, b, out, CHUNK);
    for (int i = 0; i < CHUNK; i++) {
        float x = as_float(a[i]), y = as_float(b[i]);
        float want = x / y;
        double exact = (double)x / (double)y;
        note(w, fabs((double)as_float(out[i]) - exact) / unit(exact), b[i]);
        w->inexact += as_float(out[i]) != want;
    }
}

static struct worst random_quotients(int chunks) {
    static uint32_t a[CHUNK], b[CHUNK];
    struct worst w = {0};
    uint64_t s = 88172645463325252u;
    for (int c = 0; c < chunks; c++) {
        for (int i = 0; i < CHUNK; i++) {
            uint32_t p = (uint32_t)(step(&s) >> 32), q = (uint32_t)step(&s);
            a[i] = (p & 0x807fffffu) | (97 + (p >> 23 & 0xff) % 61) << 23;
            b[i] = (q & 0x7fffff) | (97 + (q >> 23) % 61) << 23;
        }
        quotient(&w, a, b);
    }
    return w;
}

struct pairs {
    uint32_t a[CHUNK], b[CHUNK];
    int n;
};

static void add_pair(struct pairs *p, struct worst *w, uint64_t a, uint64_t b) {
    p->a[p->n] = as_bits((float)a);
    p->b[p->n] = as_bits((float)b);
    if (++p->n == CHUNK) {
        quotient(w, p->a, p->b);
        p->n = 0;
    }
}

/* All a with (2q+1) b - a 2^shift = r for 24-bit a, b and a 25-bit 2q+1:
 * quotients that lie |r| / (2 b) ulp from the midpoint of two floats. */
static void near_midpoint(struct pairs *p, struct worst *w, uint32_t b, int r, int shift) {
    int even = (b & 1) == 0;
    uint32_t odd = even ? b >> 1 : b;
    int residue = even ? r / 2 : r;
    uint64_t modulus = (uint64_t)1 << (shift - even);
    uint32_t inverse = odd;
    for (int k = 0; k < 5; k++)
        inverse *= 2u - odd * inverse;
    uint64_t q2 = (inverse * (uint32_t)residue) & (modulus - 1);
    for (; q2 < (1u << 25); q2 += modulus) {
        if (q2 < (1u << 24) || (q2 & 1) == 0)
            continue;
        uint64_t a = (q2 * b - (uint64_t)(int64_t)r) >> shift;
        if (a >= 0x800000 && a < 0x1000000)
            add_pair(p, w, a, b);
    }
}

/* Enumerates every pair of mantissas that comes within 3/(2b) ulp of a
 * midpoint.  Where v_div rounds these correctly it does so everywhere: its
 * error before the last rounding is below 4/(2b). */
static struct worst hard_quotients(void) {
    static struct pairs p;
    struct worst w = {0};
    for (uint32_t b = 0x800000; b < 0x1000000; b++) {
        if (b % 4 == 0)
            continue; /* |r| would be at least 4 */
        for (int shift = 24; shift <= 25; shift++)
            for (int r = -3; r <= 3; r++)
                if (r != 0 && (b & 1) == ((uint32_t)r & 1))
                    near_midpoint(&p, &w, b, r, shift);
    }
    while (p.n != 0)
        add_pair(&p, &w, 0x800000, 0x800000);
    return w;
}

static void row(const char *what, const char *range, const struct worst *w, const char *measure) {
    printf("| %s | %s | %.3g | %.4g %s | %.2g | %.7g (0x%08x) | ", what, range, (double)w->count, w->error, measure,
           sqrt(w->sum_squares / (double)w->count), (double)as_float(w->at), (unsigned)w->at);
    if (strcmp(measure, "ulp") == 0)
        printf("%llu", (unsigned long long)w->inexact);
    printf(" |\n");
    fflush(stdout);
}

static void print_unary(void) {
    struct worst w = unary(PROBE_EXP, 0.0f, 88.7f);
    struct worst v = unary(PROBE_EXP, -0.0f, -87.3f);
    uint64_t broken = w.broken + v.broken;
    row("exp", "0 .. 88.7, all", &w, "ulp");
    row("exp", "-87.3 .. -0, all", &v, "ulp");
    w = unary(PROBE_LOG, 0x1p-126f, 0x1.fffffep127f);
    row("log", "2^-126 .. largest, all", &w, "ulp");
    w = unary(PROBE_RECIP, 0x1p-125f, 0x1p125f);
    row("reciprocal", "2^-125 .. 2^125, all", &w, "ulp");
    w = unary(PROBE_SQRT, 0x1p-100f, 0x1p125f);
    row("square root", "2^-100 .. 2^125, all", &w, "ulp");
    w = random_quotients(1 << 14);
    row("quotient", "random, operands 2^-30 .. 2^31", &w, "ulp");
    w = hard_quotients();
    row("quotient", "all within 3/(2b) ulp of a midpoint", &w, "ulp");
    printf("\nexp: %llu adjacent pairs out of order.\n\n", (unsigned long long)broken);
}

int main(int argc, char **argv) {
    const struct lanes_probe *all[] = {&probe_w1, &probe_w4, &probe_w8, &probe_w16};
    uint32_t stride = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1;
    char range[64];
    for (size_t p = 0; p < sizeof all / sizeof *all; p++)
        if (probe_usable(all[p]))
            probe = all[p];
    snprintf(range, sizeof range, "every %u. of 2^31 magnitudes", stride ? stride : 1u);
    printf("| function | arguments | number | largest error | rms | where "
           "| not correctly rounded |\n|---|---|--:|--:|--:|---|--:|\n");
    struct worst w = normal(stride ? stride : 1u);
    row("normal quantile", range, &w, "absolute");
    print_unary();
    return 0;
}
