/* Points drawn from a mixture, and their scores. Private to this room. */
#ifndef MISMATCH_HOST_RARE_POINTS_H
#define MISMATCH_HOST_RARE_POINTS_H

#include "host/rare/rare.h"

struct rare_points {
    size_t n;
    double *z;         /* [n][inputs] */
    double *log_ratio; /* [n] ln of the likelihood ratio */
    double *score;     /* [n] */
    uint64_t *rest;    /* [n] */
    double *work;
};

/* Room for n points. \return false when memory ran out (message) */
bool rare_points_new(struct rare_points *points, int n_inputs, size_t n, mm_messages *messages);
void rare_points_free(struct rare_points *points);
/* Draws and scores samples first ... first + n - 1 of a stage; n <= points->n. */
mm_status rare_points_draw(const struct rare_problem *problem, const struct rare_mixture *mixture, uint64_t seed,
                           uint32_t stage, uint64_t first, size_t n, struct rare_points *points, mm_messages *messages);

#endif
