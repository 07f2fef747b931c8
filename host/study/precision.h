/* Runs that end when what is asked is known well enough. */
#ifndef MISMATCH_HOST_STUDY_PRECISION_H
#define MISMATCH_HOST_STUDY_PRECISION_H

#include <mismatch/run.h>

#include "host/engine/tallies.h"
#include "host/plan/plan.h"
#include "host/scenario/scenario.h"

struct precision {
    double relative;    /* 0: no such goal */
    const char **asked; /* expressions; borrowed from the options or the scenario */
    size_t n_asked;
    char *until;  /* how the run is to end, for its result and its checkpoint; NULL: with its last path */
    double worst; /* the largest relative error at the last look; infinite: unknown, or 0 */
    const char *worst_of;
};

/* What is asked: options->asked, or else all probability questions.
 * \return MM_OK; MM_USAGE: nothing has a standard error that could get smaller, or an expression is wrong (message);
 * MM_INTERNAL. precision_free() in any case. */
mm_status precision_read(const struct sc_scenario *scenario, const mm_run_options *options, struct precision *precision,
                         mm_messages *messages);
void precision_free(struct precision *precision);

/* About how many paths it takes in all, from what `paths` of them gave; 0: it is reached. Follows from the tallies
 * alone. \return MM_OK, MM_USAGE, MM_INTERNAL. */
mm_status precision_look(struct precision *precision, const struct sc_scenario *scenario, const struct plan *plan,
                         const struct tallies *tallies, uint64_t paths, uint64_t *need, mm_messages *messages);

#endif
