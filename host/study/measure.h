/* A scenario's answers to a list of expressions, with what the errors of differences need (host/study/problem.h). */
#ifndef MISMATCH_HOST_STUDY_MEASURE_H
#define MISMATCH_HOST_STUDY_MEASURE_H

#include <mismatch/study.h>

#include "host/engine/tallies.h"
#include "host/plan/plan.h"
#include "host/scenario/scenario.h"
#include "host/store/journal.h"
#include "host/study/problem.h"

/* `base` with the questions that the expressions need and no others: those of p(EVENT) and scopes of idle()
 * are added where they are missing, those that a key of `keys` leads into stay, `ranges` go. Paths are the same as
 * those of `base`. \return MM_OK: *asked is new; MM_USAGE: an expression is wrong (message); MM_INTERNAL. */
mm_status measure_scenario(const mm_scenario *base, const char *const *expressions, size_t n_expressions,
                           const char *const *keys, size_t n_keys, mm_scenario **asked, mm_messages *messages);

/* Whether measure_scenario() would take an expression. \return MM_OK; MM_USAGE (message); MM_INTERNAL. */
mm_status measure_check(const mm_scenario *base, const char *expression, mm_messages *messages);

/* Chooses the backend and the devices for all points of a study and tells the user; what is wrong with them is said
 * here, before the first point. \return as setup_choose() does; MM_USAGE: an option is out of range (message). */
mm_status measure_choose(mm_run_options *options, mm_messages *messages);

/* The document that expressions are read from, of what `paths` paths gave. A new reference; NULL when memory ran out.
 */
json_t *measure_document(const struct sc_scenario *scenario, const struct plan *plan, const struct tallies *tallies,
                         uint64_t paths);

/* What expressions say of a document of `paths` paths. The point has been made for them. Quantiles have no error yet.
 * \return MM_OK; MM_USAGE (message), MM_INTERNAL. */
mm_status measure_read(const json_t *document, const char *const *expressions, uint64_t paths,
                       struct problem_point *point, mm_messages *messages);
/* The errors that answers come without, from the pieces of a point that is known but for them. */
void measure_errors(struct problem_point *point);
/* The pieces that so many paths are split into, of those that are wanted. */
size_t measure_pieces(const struct problem_sample *sample);

/* Runs a scenario and works out the expressions. `options` as for problem_of_runs(). `result` may be NULL, or: *result
 * is new, what mm_run() would have given. The scenario must outlive it.
 * \return MM_OK; MM_USAGE (message), MM_INTERRUPTED, MM_NO_DEVICE, MM_DEVICE_FAILED (message), MM_INTERNAL. */
mm_status measure(const mm_scenario *scenario, const char *const *expressions, size_t n_expressions,
                  const mm_run_options *options, const struct problem_sample *sample, struct problem_point *point,
                  mm_result **result, mm_messages *messages);

/* Where points are kept. Both are borrowed. */
struct keeping {
    struct journal *journal;
    mm_study_store *store; /* NULL: none */
};

/* measure(), but a point that is kept is not computed again, and one that isn't is then: in the journal, and where
 * there is one in the store, as a row of its own. *remembered (may be NULL): whether it was kept. `keeping` NULL:
 * measure() alone. \return also MM_IO (message). */
mm_status measure_kept(const struct keeping *keeping, const mm_scenario *scenario, const char *const *expressions,
                       size_t n_expressions, const mm_run_options *options, const struct problem_sample *sample,
                       struct problem_point *point, bool *remembered, mm_messages *messages);

#endif
