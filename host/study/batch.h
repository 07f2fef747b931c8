/* How many paths a batch takes: as many as last about so long, so that whoever runs them can be stopped soon. */
#ifndef MISMATCH_HOST_STUDY_BATCH_H
#define MISMATCH_HOST_STUDY_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#define BATCH_SECONDS 0.3

struct batch {
    uint64_t paths; /* of the next one */
    uint64_t step;  /* it is a multiple of these, unless its size is fixed */
    double seconds; /* that it should last */
    bool fixed;
};

/* `fixed`: the size of all; 0: the first is one step, and the others go by what they take. */
static inline struct batch batch_first(uint64_t fixed, uint64_t step, double seconds) {
    return (struct batch){.paths = fixed ? fixed : step, .step = step, .seconds = seconds, .fixed = fixed > 0};
}

/* The next one's size, from the seconds that the last one took. */
void batch_learn(struct batch *batch, double seconds);

#endif
