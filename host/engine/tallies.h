/* Tallies: exact integers, so that order, batches, threads, devices and merges never change a bit.
 *
 * counts[i]: how often something happened, 64 bits (safe for 2^40 paths).
 * sums[i]: sum of fixed-point values or products, 128 bits as two words, since a square may have 46 bits. */
#ifndef MISMATCH_HOST_TALLIES_H
#define MISMATCH_HOST_TALLIES_H

#include <stddef.h>
#include <stdint.h>

struct tally_sum {
    uint64_t low, high;
};

struct tallies {
    size_t n_counts, n_sums;
    uint64_t *counts;
    struct tally_sum *sums;
};

/* \return NULL when memory ran out. All zero. */
struct tallies *tallies_new(size_t n_counts, size_t n_sums);
void tallies_free(struct tallies *tallies);
/* A stretch of other tallies, seen as tallies of their own. Nothing is to be freed; valid as long as `all`. */
struct tallies tallies_part(const struct tallies *all, size_t first_count, size_t n_counts, size_t first_sum,
                            size_t n_sums);
/* a += b; the shapes must be equal. */
void tallies_add(struct tallies *a, const struct tallies *b);
/* a -= b, which was added to it before. */
void tallies_subtract(struct tallies *a, const struct tallies *b);
/* All zero again. */
void tallies_clear(struct tallies *tallies);
/* The value of a sum as long double (rounded). */
long double tally_value(struct tally_sum sum);
/* SHA-256 over shape and all integers in little-endian order, 64 hex digits and a NUL. */
void tallies_digest(const struct tallies *tallies, char digest[65]);
/* Little-endian bytes of all integers, counts first, then sums (low, high); size 8 * n_counts + 16 * n_sums. The caller
 * frees. \return NULL when memory ran out. */
unsigned char *tallies_to_bytes(const struct tallies *tallies, size_t *size);
/* The same by pieces: words first ... first + n - 1 of all, 8 bytes each. */
void tallies_get_words(const struct tallies *tallies, size_t first, size_t n, unsigned char *bytes);
void tallies_set_words(struct tallies *tallies, size_t first, size_t n, const unsigned char *bytes);
/* Number of 8-byte words: n_counts + 2 * n_sums. */
size_t tallies_words(const struct tallies *tallies);
/* \return 0, or -1 when the size does not fit the shape. */
int tallies_from_bytes(struct tallies *tallies, const unsigned char *bytes, size_t size);

#endif
