/* Which draws of a path are inputs of a rare-event problem, and how their values reach the kernels. Private to this
 * room. */
#ifndef MISMATCH_HOST_RARE_INPUTS_H
#define MISMATCH_HOST_RARE_INPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/plan/plan.h"

#define INPUTS_MOST 256   /* of importance sampling, whose weights more inputs make more unequal */
#define INPUTS_FINE 16384 /* of Markov chains */

enum input_kind {
    INPUT_COMMON, /* factor of all slips; of the network's */
    INPUT_GPU,    /* a generation's factor */
    INPUT_POWER,  /* a region's */
    INPUT_SHELL,
    INPUT_GAP,      /* time to a strike of a shock, as a normal */
    INPUT_SIZE,     /* of a strike */
    INPUT_SUCCESS,  /* of a launch */
    INPUT_CAMPAIGN, /* size of a training campaign */
    INPUT_INDEX,  /* steps of the industry's demand over some months: their sum over the square root of their number */
    INPUT_REGIME, /* likewise of the regimes' draws, as normals */
    INPUT_FIRM    /* likewise of a firm's demand */
};

struct input {
    enum input_kind kind;
    int what;     /* generation, region, strike, launch, firm */
    int at;       /* where it stands, or where month 0 would, among what is given (MM_GIVEN_... of kernels/layout.h) */
    int from, to; /* months, inclusive */
};

struct inputs {
    const struct plan *plan;
    bool fine;   /* every month's steps are inputs, and all that can be given */
    int n, last; /* last month that is looked at */
    int room;
    struct input *items; /* freed by inputs_free(), as are */
    bool *firms;         /* [firms] whose steps are given */
};

/* `firms`: those that the event names, which are looked at more closely. \return false when memory ran
 * out */
bool inputs_choose(const struct plan *plan, const bool *firms, int last, bool fine, struct inputs *inputs);
void inputs_free(struct inputs *inputs);
/* The coarse inputs of a point of the fine ones of the same plan. */
void inputs_coarsen(const struct inputs *coarse, const struct inputs *fine, const double *from, double *z);
/* Everything that is given to one path, `given` being [mm_given_size()] apart by `stride`: the inputs at z, the rest as
 * path number `path` draws it. */
void inputs_give(const struct inputs *inputs, uint64_t seed, uint64_t path, const double *z, float *given,
                 size_t stride);

#endif
