/* Random words as the model asks for them, without end, for batteries of tests (battery.sh).
 *
 *   streams list                   the names of the streams, one a line
 *   streams ORDER KIND [SEED]      32-bit words to standard output, of the byte order of the machine
 *
 * Orders: paths  all words of the kind of path 0, then of path 1, ... : what stands together in a path
 *         blocks one word over 2^20 neighbouring paths, then the next word: what stands side by side in lanes
 *         seeds  all words of the kind of path 0 with seed 0, then 1, ...
 * Kinds are those of docs/random-numbers.md; "all" is one after the other. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MM_LANES 1
#include "kernels/layout.h"
#include "kernels/philox.h"

enum { FIRMS = 32, PATHS_TOGETHER = 1 << 20, BUFFER = 1 << 14 };

struct kind {
    const char *name;
    uint32_t kind, n_whose, n_regions, n_c2;
    int n_words;
};

/* The sizes are those of the largest world that the limits promise, or more than it can ask for. */
static const struct kind kinds[] = {
    {"common", MM_KIND_COMMON, 1, 1, 1, 2},
    {"gpu-factors", MM_KIND_FACTOR_GPU, 1, 1, 2, 4},
    {"power-factors", MM_KIND_FACTOR_POWER, 1, 1, 4, 4},
    {"shell-factors", MM_KIND_FACTOR_SHELL, 1, 1, 4, 4},
    {"step-slips", MM_KIND_STEP_SLIP, FIRMS, 16, 60, 4},
    {"step-cancellations", MM_KIND_STEP_CANCEL, FIRMS, 4, 60, 4},
    {"phase-slips", MM_KIND_PHASE_SLIP, FIRMS, 1, 128, 4},
    {"phase-cancellations", MM_KIND_PHASE_CANCEL, FIRMS, 1, 32, 4},
    {"firm-months", MM_KIND_FIRM_MONTH, FIRMS, 1, 313, 4},
    {"index-months", MM_KIND_INDEX_MONTH, 1, 1, 5000, 4},
    {"regime-months", MM_KIND_REGIME_MONTH, 1, 1, 5000, 4},
    {"campaigns", MM_KIND_CAMPAIGN, FIRMS, 1, 1200, 3},
    {"launches", MM_KIND_LAUNCH, 64, 1, 32, 2},
    {"shocks", MM_KIND_SHOCK, 64, 1, 16, 2},
    {"rare", MM_KIND_RARE, 16, 1, 256, 4},
    {"subset", MM_KIND_SUBSET, 4096, 1, 256, 4},
    {"scrambles", MM_KIND_SOBOL, 1, 1, 64, 4},
};
enum { KINDS = (int)(sizeof kinds / sizeof *kinds) };

static uint32_t buffer[BUFFER];
static size_t n_buffered;

/* Ends the program when nobody reads any more. */
static void put(uint32_t word) {
    buffer[n_buffered++] = word;
    if (n_buffered == BUFFER) {
        if (fwrite(buffer, sizeof *buffer, BUFFER, stdout) != BUFFER)
            exit(0);
        n_buffered = 0;
    }
}

static void block(const struct kind *k, uint64_t seed, uint64_t path, uint32_t index, vuint out[4]) {
    const uint32_t c2 = index % k->n_c2, region = index / k->n_c2 % k->n_regions,
                   whose = index / k->n_c2 / k->n_regions;
    philox(v_u((uint32_t)path), v_u((uint32_t)(path >> 32)), region << 20 | c2, k->kind << 24 | whose, (uint32_t)seed,
           (uint32_t)(seed >> 32), out);
}

static uint32_t word_of(const vuint *out) {
    uint32_t word;
    memcpy(&word, out, sizeof word);
    return word;
}

static void put_all(const struct kind *k, uint64_t seed, uint64_t path) {
    vuint out[4];
    for (uint32_t i = 0; i < k->n_whose * k->n_regions * k->n_c2; i++) {
        block(k, seed, path, i, out);
        for (int w = 0; w < k->n_words; w++)
            put(word_of(&out[w]));
    }
}

static void put_blocks(const struct kind *k, uint64_t seed, uint64_t first) {
    vuint out[4];
    for (uint32_t i = 0; i < k->n_whose * k->n_regions * k->n_c2; i++)
        for (int w = 0; w < k->n_words; w++)
            for (uint64_t path = first; path < first + PATHS_TOGETHER; path++) {
                block(k, seed, path, i, out);
                put(word_of(&out[w]));
            }
}

static void stream(const char *order, int from, int to, uint64_t seed) {
    for (uint64_t turn = 0;; turn++)
        for (int k = from; k < to; k++)
            if (strcmp(order, "paths") == 0)
                put_all(&kinds[k], seed, turn);
            else if (strcmp(order, "seeds") == 0)
                put_all(&kinds[k], seed + turn, 0);
            else
                put_blocks(&kinds[k], seed, turn * PATHS_TOGETHER);
}

int main(int argc, char **argv) {
    static const char *const orders[] = {"paths", "blocks", "seeds"};
    const uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    if (argc == 2 && strcmp(argv[1], "list") == 0) {
        for (int o = 0; o < 3; o++) {
            for (int k = 0; k < KINDS; k++)
                printf("%s %s\n", orders[o], kinds[k].name);
            printf("%s all\n", orders[o]);
        }
        return 0;
    }
    for (int o = 0; argc >= 3 && o < 3; o++) {
        if (strcmp(argv[1], orders[o]) != 0)
            continue;
        if (strcmp(argv[2], "all") == 0)
            stream(orders[o], 0, KINDS, seed);
        for (int k = 0; k < KINDS; k++)
            if (strcmp(argv[2], kinds[k].name) == 0)
                stream(orders[o], k, k + 1, seed);
    }
    fprintf(stderr, "usage: streams list | streams paths|blocks|seeds KIND [SEED]\n");
    return 2;
}
