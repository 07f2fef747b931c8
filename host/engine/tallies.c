#include "host/engine/tallies.h"

#include <math.h>
#include <sha256.h>
#include <stdlib.h>
#include <string.h>

#define WORD 8 /* bytes */

struct tallies *tallies_new(size_t n_counts, size_t n_sums) {
    struct tallies *tallies = calloc(1, sizeof *tallies);
    if (!tallies)
        return NULL;
    tallies->n_counts = n_counts;
    tallies->n_sums = n_sums;
    /* calloc(0, ...) may return NULL, which here means that memory ran out. */
    tallies->counts = calloc(n_counts ? n_counts : 1, sizeof *tallies->counts);
    tallies->sums = calloc(n_sums ? n_sums : 1, sizeof *tallies->sums);
    if (!tallies->counts || !tallies->sums) {
        tallies_free(tallies);
        return NULL;
    }
    return tallies;
}

void tallies_free(struct tallies *tallies) {
    if (!tallies)
        return;
    free(tallies->counts);
    free(tallies->sums);
    free(tallies);
}

struct tallies tallies_part(const struct tallies *all, size_t first_count, size_t n_counts, size_t first_sum,
                            size_t n_sums) {
    return (struct tallies){n_counts, n_sums, all->counts + first_count, all->sums + first_sum};
}

void tallies_add(struct tallies *a, const struct tallies *b) {
    for (size_t i = 0; i < a->n_counts; i++)
        a->counts[i] += b->counts[i];
    for (size_t i = 0; i < a->n_sums; i++) {
        uint64_t low = a->sums[i].low + b->sums[i].low;
        a->sums[i].high += b->sums[i].high + (low < b->sums[i].low);
        a->sums[i].low = low;
    }
}

void tallies_subtract(struct tallies *a, const struct tallies *b) {
    for (size_t i = 0; i < a->n_counts; i++)
        a->counts[i] -= b->counts[i];
    for (size_t i = 0; i < a->n_sums; i++) {
        a->sums[i].high -= b->sums[i].high + (a->sums[i].low < b->sums[i].low);
        a->sums[i].low -= b->sums[i].low;
    }
}

void tallies_clear(struct tallies *tallies) {
    memset(tallies->counts, 0, tallies->n_counts * sizeof *tallies->counts);
    memset(tallies->sums, 0, tallies->n_sums * sizeof *tallies->sums);
}

long double tally_value(struct tally_sum sum) {
    return ldexpl((long double)sum.high, 64) + (long double)sum.low;
}

static void put_word(unsigned char *bytes, uint64_t word) {
    for (int i = 0; i < WORD; i++)
        bytes[i] = (unsigned char)(word >> (8 * i));
}

static uint64_t get_word(const unsigned char *bytes) {
    uint64_t word = 0;
    for (int i = 0; i < WORD; i++)
        word |= (uint64_t)bytes[i] << (8 * i);
    return word;
}

/* The i-th of all words: counts, then (low, high) of each sum. */
static uint64_t *word_at(const struct tallies *tallies, size_t i) {
    if (i < tallies->n_counts)
        return &tallies->counts[i];
    i -= tallies->n_counts;
    struct tally_sum *sum = &tallies->sums[i / 2];
    return i % 2 ? &sum->high : &sum->low;
}

size_t tallies_words(const struct tallies *tallies) {
    return tallies->n_counts + 2 * tallies->n_sums;
}

void tallies_get_words(const struct tallies *tallies, size_t first, size_t n, unsigned char *bytes) {
    for (size_t i = 0; i < n; i++)
        put_word(bytes + i * WORD, *word_at(tallies, first + i));
}

void tallies_set_words(struct tallies *tallies, size_t first, size_t n, const unsigned char *bytes) {
    for (size_t i = 0; i < n; i++)
        *word_at(tallies, first + i) = get_word(bytes + i * WORD);
}

void tallies_digest(const struct tallies *tallies, char digest[65]) {
    enum { PIECE = 512 };
    unsigned char bytes[PIECE * WORD];
    SHA2_CTX context;
    SHA256Init(&context);
    put_word(bytes, tallies->n_counts);
    put_word(bytes + WORD, tallies->n_sums);
    SHA256Update(&context, bytes, 2 * WORD);
    size_t n_words = tallies_words(tallies);
    for (size_t first = 0; first < n_words; first += PIECE) {
        size_t n = n_words - first < PIECE ? n_words - first : PIECE;
        tallies_get_words(tallies, first, n, bytes);
        SHA256Update(&context, bytes, n * WORD);
    }
    SHA256End(&context, digest);
}

unsigned char *tallies_to_bytes(const struct tallies *tallies, size_t *size) {
    *size = tallies_words(tallies) * WORD;
    unsigned char *bytes = malloc(*size ? *size : 1);
    if (bytes)
        tallies_get_words(tallies, 0, tallies_words(tallies), bytes);
    return bytes;
}

int tallies_from_bytes(struct tallies *tallies, const unsigned char *bytes, size_t size) {
    if (size != tallies_words(tallies) * WORD)
        return -1;
    tallies_set_words(tallies, 0, tallies_words(tallies), bytes);
    return 0;
}
