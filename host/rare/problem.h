/* What the rare-event methods work on: a score of standard normal inputs. A path of the model is one such problem, the
 * limit states of structural reliability in tests/ are others; the methods know nothing of either. */
#ifndef MISMATCH_HOST_RARE_PROBLEM_H
#define MISMATCH_HOST_RARE_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mismatch/status.h>

struct rare_problem {
    int n_inputs; /* independent standard normals, 1 or more */
    /* Whether the score depends on more than the inputs: on draws of its own, all of which follow from the number
     * `rest`, independent of the inputs and of all other numbers (of a path: the path's number). */
    bool has_rest;
    /* How near each of n points comes to the event: it has happened where score >= 0, and the higher the score below
     * that, the nearer. z: [n][n_inputs]; rest: [n]. May be -infinity, never NaN.
     * \return MM_OK, or another status that ends the estimate (message). */
    mm_status (*score)(void *context, size_t n, const double *z, const uint64_t *rest, double *scores,
                       mm_messages *messages);
    void *context;
    /* Another score: at least 0 exactly where the first one is, with other levels on the way there. NULL: none. */
    mm_status (*other)(void *context, size_t n, const double *z, const uint64_t *rest, double *scores,
                       mm_messages *messages);
    /* The same event of more inputs, which leave less to the rest: for Markov chains, which move many inputs as well as
     * few, and a rest only by drawing all of it anew. It has another score if this one has. NULL: this problem. */
    const struct rare_problem *fine;
    /* This problem's inputs of a point of the finer one's; NULL where there is none. */
    void (*coarsen)(const void *context, const double *fine, double *z);
    int threads; /* that points may be drawn with; 0: one */
};

#endif
