/* The house's random numbers on the host, by address (docs/random-numbers.md): a number says what it is for, so that no
 * two of them share a word. */
#ifndef MISMATCH_HOST_RARE_DRAWS_H
#define MISMATCH_HOST_RARE_DRAWS_H

#include <stdint.h>

/* Stages of an estimate, the lower 24 bits of counter word 3. A level of the pilot is its own number. */
#define RARE_STAGE_LEVELS 0xffffu /* above all levels */
#define RARE_STAGE_FINAL 0x10000u /* what is estimated from */

enum rare_purpose { RARE_IMPORTANCE, RARE_SUBSET }; /* kinds 15 and 16 */

struct rare_address {
    uint64_t seed;
    enum rare_purpose purpose;
    uint32_t stage; /* below 2^24 */
    uint64_t index; /* of the sample, or of the chain */
};

/* The four words of a block: block 0 holds choices, block 1 + i / 4 the normals of inputs 4 * (i / 4) ... + 3. */
void rare_block(const struct rare_address *address, uint32_t block, uint32_t words[4]);
/* In (0, 1), 2^32 values at half-points. */
double rare_uniform(uint32_t word);
/* n standard normals. They reach to 6.34 and no further: what lies beyond comes from shifted draws. */
void rare_normals(const struct rare_address *address, int n, double *z);

#endif
