/* Which inputs an answer depends on, by any method, over any problem. */
#ifndef MISMATCH_HOST_STUDY_SENSITIVITY_H
#define MISMATCH_HOST_STUDY_SENSITIVITY_H

#include <mismatch/study.h>

#include "host/study/indices.h"
#include "host/study/pace.h"
#include "host/study/problem.h"

/* What is believed of the inputs, one by one and independently. */
struct sensitivity_inputs {
    size_t n;
    double (*value)(const void *context, size_t input, double u); /* the value below which the input lies with u */
    const void *context;
};

/* One input and one answer. */
struct sensitivity_input {
    /* tornado: the answer with this input alone at its 5 % and its 95 % point, and how it changes from the base, and
     * from one to the other */
    struct problem_answer low, high, low_change, high_change, swing;
    struct indices_morris morris;
    struct indices_sobol sobol;
};

struct sensitivity {
    mm_sensitivity_method method;
    size_t n_inputs, n_answers;
    size_t rows;                      /* trajectories, or rows of the matrices */
    size_t evaluations, failed;       /* of the model */
    size_t remembered;                /* evaluations that a journal had */
    struct problem_answer *base;      /* [n_answers], tornado: all inputs at their centres */
    struct sensitivity_input *inputs; /* [n_answers][n_inputs] */
    size_t *used;                     /* [n_answers] rows behind the figures */
    double *mean, *variance;          /* [n_answers], Sobol: of the answer over all inputs */
    char *first_message;              /* why the first evaluation that failed did; NULL */
};

/* Evaluations that it takes. */
size_t sensitivity_evaluations(mm_sensitivity_method method, size_t n_inputs, size_t rows);

/* `rows` is not used by a tornado. `pace` may be NULL.
 * \return MM_OK, also when some evaluations failed; MM_INTERRUPTED; MM_USAGE: too many inputs for the method, or all
 * evaluations failed (message); MM_NO_DEVICE, MM_IO, MM_INTERNAL. sensitivity_free() in any case. */
mm_status sensitivity_find(struct problem *problem, const struct sensitivity_inputs *inputs,
                           mm_sensitivity_method method, size_t rows, const struct problem_sample *sample,
                           struct pace *pace, struct sensitivity *found, mm_messages *messages);
void sensitivity_free(struct sensitivity *found);

/* Inputs of an answer, the one that matters most first: by the widest change, mu*, the total index. */
void sensitivity_rank(const struct sensitivity *found, size_t answer, size_t *order);

#endif
