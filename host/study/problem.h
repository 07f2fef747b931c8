/* What a study works on: from inputs, numbers, to answers, numbers with errors. Runs of a configuration are one
 * implementation (problem_of_runs()); tests supply others.
 *
 * Common random numbers: two points that were evaluated with the same sample (seed and paths) share all of them, so
 * their difference has a smaller error than either. That error comes from pieces: the paths are split into contiguous
 * pieces, the same ones at every point, and each answer is worked out again without each piece in turn. The delete-one
 * jackknife over pieces then gives the error of any combination of points (problem_combine()), ratios and quantiles
 * included. With R pieces the error itself is known to about 1 / sqrt(2 (R - 1)): 13 % for 32. */
#ifndef MISMATCH_HOST_STUDY_PROBLEM_H
#define MISMATCH_HOST_STUDY_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mismatch/run.h>
#include <mismatch/scenario.h>
#include <mismatch/status.h>

#define PROBLEM_PIECES 32

/* Which paths stand behind a point. */
struct problem_sample {
    uint64_t seed, first_path, paths;
    size_t pieces; /* 0: the errors of differences are not wanted, which saves time. At most `paths` are made */
};

struct problem_answer {
    bool known; /* false: a quotient with no paths behind it; value and se are then NAN */
    double value;
    double se;         /* one standard error; NAN: unknown */
    double resolution; /* of a share: the error that one which no path has would get; 0 for others */
};

/* The answers at one point. Zero-initialise it. */
struct problem_point {
    size_t n_answers, n_pieces;
    struct problem_answer *answers; /* [n_answers] */
    double *without;                /* [n_pieces][n_answers]: the answer without that piece; NAN: unknown */
    bool remembered;                /* not computed now, but taken from where it was kept */
};

/* Memory for a point that has none yet; all answers unknown. \return false when memory ran out. */
bool problem_point_make(struct problem_point *point, size_t n_answers, size_t n_pieces);
void problem_point_free(struct problem_point *point);

/* The sum of weights[k] * (answer `i` of points[k]) over points of the same sample. Without pieces, or where an answer
 * is unknown without one of them, the points count as independent: too large an error, never too small a one as long
 * as the weights are those of a difference of points that go together. */
struct problem_answer problem_combine(const struct problem_point *const *points, const double *weights, size_t n_points,
                                      size_t i);
/* to - from. */
struct problem_answer problem_difference(const struct problem_point *from, const struct problem_point *to, size_t i);
/* The 95 % interval of a combination from the jackknife's error and skewness; where the error is not from pieces, that
 * of the normal distribution. NAN where the combination is unknown. */
void problem_interval(const struct problem_point *const *points, const double *weights, size_t n_points, size_t i,
                      double interval[2]);
/* The same of to - from. */
void problem_difference_interval(const struct problem_point *from, const struct problem_point *to, size_t i,
                                 double interval[2]);

struct problem;

struct problem_kind {
    /* The answers at inputs[n_inputs], into a point that is zero-initialised or was used before with this problem.
     * \return MM_OK; MM_USAGE: these inputs are not allowed, alone or together (message): other points may be;
     * MM_INTERRUPTED; MM_NO_DEVICE, MM_INTERNAL (message): no point can be evaluated. */
    mm_status (*evaluate)(struct problem *problem, const double *inputs, const struct problem_sample *sample,
                          struct problem_point *point, mm_messages *messages);
    void (*close)(struct problem *problem);
};

struct problem {
    const struct problem_kind *kind;
    size_t n_inputs, n_answers;
    const char *const *inputs;  /* dotted keys */
    const char *const *answers; /* expressions (docs/expressions.md); a comparison in one is ignored */
};

/* Runs of `base`, which must outlive the problem, with inputs laid over it as --set does; any key with a number will
 * do. Only what the expressions ask is counted, so a point costs less than a whole run; p(EVENT) needs no question in
 * the configuration here. Of `options` (NULL: defaults) backend, devices, threads, lanes, batch, memory, stop, notice
 * and progress count; done and paths of the progress are those of the point. Keys and expressions are copied. \return
 * MM_OK: *problem is new, freed by problem_close(); MM_USAGE: an expression is wrong, or an option (message);
 * MM_NO_DEVICE, MM_INTERNAL. */
mm_status problem_of_runs(const mm_scenario *base, const char *const *keys, size_t n_keys,
                          const char *const *expressions, size_t n_expressions, const mm_run_options *options,
                          struct problem **problem, mm_messages *messages);

/* For problem_of_runs() alone: from now on points are kept (host/study/measure.h), and not computed again where they
 * are. It is borrowed. */
struct keeping;
void problem_of_runs_keep(struct problem *problem, const struct keeping *keeping);

mm_status problem_evaluate(struct problem *problem, const double *inputs, const struct problem_sample *sample,
                           struct problem_point *point, mm_messages *messages);
/* NULL is allowed. */
void problem_close(struct problem *problem);

#endif
