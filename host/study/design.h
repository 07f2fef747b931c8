/* The points of a sweep: settings of a few keys. */
#ifndef MISMATCH_HOST_STUDY_DESIGN_H
#define MISMATCH_HOST_STUDY_DESIGN_H

#include <stdbool.h>
#include <stddef.h>

#include <mismatch/sweep.h>

/* One varied key: a range, or values one by one. */
struct design_axis {
    char *key;
    size_t n;      /* values of a grid */
    char **values; /* [n], NULL for a range */
    double low, high;
    bool logarithmic;
};

struct design {
    size_t n_axes, n_points;
    struct design_axis *axes;
    double *unit; /* [n_points][n_axes] in [0, 1), NULL for a grid */
};

/* Reads "key=lo:hi:n", "key=lo:hi:n:log", "key=a,b,c". `points`: of a Latin hypercube or a Sobol sequence.
 * \return MM_OK, MM_USAGE (message), MM_INTERNAL. design_free() in any case. */
mm_status design_read(const char *const *vary, size_t n_vary, mm_design kind, size_t points, struct design *design,
                      mm_messages *messages);
void design_free(struct design *design);

/* "key=value" for each axis, sets[0 ... n_axes - 1] to be freed. Numbers have at most 12 significant digits, so that a
 * point is the same run as one whose values were typed. \return false when memory ran out. */
bool design_point(const struct design *design, size_t point, char **sets);

#endif
