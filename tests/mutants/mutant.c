/* The kernel with one mutation, in the place of the library's: linked before it, so that the linker needs none of
 * host/engine/lanes. tests/tools/mutants.sh compiles it, against a copy of kernels/ in which the mutations of
 * kernels.txt stand under MISMATCH_MUTANT, for a width that this machine has. */
const struct lanes_ops lanes_mutant;
#define LANES_NAME lanes_mutant
#include "host/engine/lanes/lanes_body.h"

const struct lanes_ops *lanes_get(int width) {
    return width == MM_LANES ? &lanes_mutant : NULL;
}

int lanes_best(void) {
    return MM_LANES;
}

size_t lanes_scratch_bytes(const struct mm_head *head, int width) {
    return (size_t)head->s_vectors * (size_t)width * sizeof(float);
}
