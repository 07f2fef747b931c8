#include "host/engine/probe.h"

#define MM_LANES 1
#include "kernels/probe.h"

static const char *const names[] = {"add",         "multiply", "fma",     "reciprocal", "divide",
                                    "square root", "exp",      "log",     "normal",     "uniform",
                                    "exponential", "round",    "convert", "bits",       "philox"};
_Static_assert(sizeof names / sizeof names[0] == MM_PROBE_FUNCTIONS, "one name for each function");

size_t probe_functions(void) {
    return MM_PROBE_FUNCTIONS;
}

const char *probe_name(size_t function) {
    return names[function];
}

size_t probe_sizes(void) {
    return MM_PROBE_SIZES;
}

/* What a function takes: words as they are, or reals between two exponents of two. */
struct domain {
    int words;
    int low, high; /* 2^low <= |x| < 2^high */
    int negative;  /* may be */
    const uint32_t *edges;
    size_t n_edges;
};

/* Well mixed bits of a number. */
static uint32_t mix(uint32_t x) {
    x = (x ^ (x >> 16)) * 0x7feb352du;
    x = (x ^ (x >> 15)) * 0x846ca68bu;
    return x ^ (x >> 16);
}

/* Mantissas of zeros, of ones, and of one bit come more often than others. */
static uint32_t mantissa(uint32_t bits) {
    static const uint32_t special[] = {0, 0x7fffff, 1, 0x400000, 0x7ffffe, 0x3504f3};
    return bits % 16 < 6 ? special[bits % 16] : bits >> 9;
}

static uint32_t argument(const struct domain *domain, uint32_t i, uint32_t salt) {
    if (i < domain->n_edges)
        return domain->edges[i];
    const uint32_t bits = mix(2 * i + salt);
    if (domain->words)
        return bits;
    const uint32_t span = (uint32_t)(domain->high - domain->low);
    const uint32_t exponent = (uint32_t)(domain->low + 127) + mix(bits) % span;
    return (domain->negative ? bits & 0x80000000u : 0) | exponent << 23 | mantissa(mix(bits + 1));
}

#define EDGES(list) list, sizeof list / sizeof list[0]

void probe_arguments(uint32_t *a, uint32_t *b) {
    static const uint32_t zeros[] = {0, 0x80000000u, 0x3f800000u, 0xbf800000u};
    static const uint32_t roots[] = {0, 0x3f800000u, 0x40000000u, 0x3f7fffffu, 0x3f800001u};
    static const uint32_t powers[] = {
        0,           0x80000000u, 0xc2ae999au /* -87.3 */, 0x42b16666u /* 88.7 */, 0x7f7fffffu, 0xff7fffffu,
        0x00800000u, 0x3f317218u};
    static const uint32_t logs[] = {0x3f800000u, 0x3f3504f3u, 0x3f3504f4u, 0x3fb504f3u, 0x00800000u, 0x7f7fffffu};
    static const uint32_t words[] = {0, 1, 0x1ff, 0x200, 0x7fffffff, 0x80000000u, 0x80000001u, 0xffffffffu, 0x7ffffe00};
    static const uint32_t halves[] = {0,          0x3f000000, 0x3fc00000, 0x40200000,
                                      0x4b7fffff, 0x4afffffe, 0x4affffff, 0x3effffff};
    const struct domain real = {0, -62, 62, 1, EDGES(zeros)}, positive = {0, -60, 60, 0, 0, 0},
                        word = {1, 0, 0, 0, EDGES(words)};
    const struct {
        struct domain a, b;
    } domains[MM_PROBE_FUNCTIONS] = {
        [MM_PROBE_ADD] = {real, real},
        [MM_PROBE_MULTIPLY] = {{0, -30, 62, 1, EDGES(zeros)}, {0, -30, 62, 1, 0, 0}},
        [MM_PROBE_FMA] = {{0, -30, 40, 1, 0, 0}, {0, -3, 3, 1, 0, 0}},
        [MM_PROBE_RECIP] = {{0, -125, 125, 0, roots + 1, sizeof roots / sizeof roots[0] - 1}, word},
        [MM_PROBE_DIV] = {{0, -38, 38, 1, EDGES(zeros)}, positive},
        [MM_PROBE_SQRT] = {{0, -100, 125, 0, EDGES(roots)}, word},
        [MM_PROBE_EXP] = {{0, -30, 8, 1, EDGES(powers)}, word},
        [MM_PROBE_LOG] = {{0, -126, 127, 0, EDGES(logs)}, word},
        [MM_PROBE_NORMAL] = {word, word},
        [MM_PROBE_UNIFORM] = {word, word},
        [MM_PROBE_EXPO] = {word, word},
        [MM_PROBE_ROUND] = {{0, -3, 24, 0, EDGES(halves)}, word},
        [MM_PROBE_CONVERT] = {{0, -10, 31, 1, EDGES(zeros)}, word},
        [MM_PROBE_BITS] = {real, real},
        [MM_PROBE_PHILOX] = {word, word},
    };
    for (uint32_t f = 0; f < MM_PROBE_FUNCTIONS; f++)
        for (uint32_t i = 0; i < PROBE_ARGUMENTS; i++) {
            a[f * PROBE_ARGUMENTS + i] = argument(&domains[f].a, i, 0x1000 * f);
            b[f * PROBE_ARGUMENTS + i] = argument(&domains[f].b, i, 0x1000 * f + 1);
        }
    probe_known_philox(&a[MM_PROBE_PHILOX * PROBE_ARGUMENTS], &b[MM_PROBE_PHILOX * PROBE_ARGUMENTS]);
}

void probe_answers(const uint32_t *a, const uint32_t *b, uint32_t *out, uint32_t *sizes) {
    static const uint32_t list[MM_PROBE_SIZES] = MM_PROBE_SIZE_LIST;
    for (int f = 0; f < MM_PROBE_FUNCTIONS; f++)
        for (int i = f * PROBE_ARGUMENTS; i < (f + 1) * PROBE_ARGUMENTS; i++)
            out[i] = probe(f, a[i], b[i]);
    for (int i = 0; i < MM_PROBE_SIZES; i++)
        sizes[i] = list[i];
}

uint32_t probe_known_philox(uint32_t *a, uint32_t *b) {
    static const uint32_t answer[4] = {0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u};
    *a = 0x243f6a88u;
    *b = 0x85a308d3u;
    return answer[0] ^ answer[1] << 1 ^ answer[2] << 2 ^ answer[3] << 3;
}
