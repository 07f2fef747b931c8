/* How little the inputs must move from their central values for a statement about one answer to hold. Inputs are
 * measured by the normals of their ranges (host/study/spread.h): z = 0 is the central value, |z| = 1.645 its ends.
 *
 * All points share their random numbers, so the answer is a fixed function of the inputs, and what is found is exact
 * for these paths; how it fares on others is for the caller to see. */
#ifndef MISMATCH_HOST_STUDY_SEARCH_H
#define MISMATCH_HOST_STUDY_SEARCH_H

#include "host/study/pace.h"
#include "host/study/problem.h"
#include "host/study/spread.h"

struct search {
    struct problem *problem; /* its inputs are those of the spread; its first answer counts */
    const struct spread *spread;
    double sign;  /* 1: the answer is to be at least `bound`; -1: at most */
    double bound; /* of the statement */
    double reach; /* no |z| beyond it */
    struct problem_sample sample;
    struct pace *pace;          /* may be NULL */
    uint64_t evaluated, failed; /* points; `failed` made no valid configuration */
    mm_messages *messages;      /* why the first one failed, and errors */
};

/* A place and what was found there. */
struct search_point {
    bool holds;
    double *z, *x; /* [n]; x: values of the inputs */
    struct problem_answer answer;
    double distance; /* square root of the sum of squares of the independent normals behind z */
};

/* \return false when memory ran out. */
bool search_point_make(struct search_point *point, size_t n);
void search_point_free(struct search_point *point);

/* Each function: \return MM_OK; MM_INTERRUPTED, MM_IO, MM_NO_DEVICE, MM_INTERNAL (message). */

/* The answer at point->z. Unknown where the inputs make no valid configuration. */
mm_status search_at(struct search *search, struct search_point *point);
/* Moves input i alone, looking outwards at four values on each side, then between the two where the statement begins to
 * hold (Brent). point->holds tells whether it does anywhere; if not, the point is where it is nearest to it. */
mm_status search_alone(struct search *search, size_t i, struct search_point *point);
/* The most likely place where the statement holds: the one with the smallest distance, by steps of Hasofer and Lind
 * with Rackwitz and Fiessler's formula on central differences, inside the reach, and at last along the ray from the
 * centre (Brent). Starts where all are central, and again from the best point for as long as that brings it nearer.
 * Differences are the wider the noisier the answers are. Of all points that were looked at, the nearest that holds. */
mm_status search_joint(struct search *search, struct search_point *point);

#endif
