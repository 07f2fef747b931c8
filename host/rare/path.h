/* A question of a scenario as a rare-event problem: did the event happen on the path, and if not, how near did it come?
 *
 * The inputs are normals that a path draws anyway: the factors of the slips, strikes of shocks, and the means of the
 * industry's, the regimes' and the firms' steps over stretches of months, as far as the question hangs on them. All
 * other draws are the rest, and follow from a path number as they do in a run. The path itself is that of the kernels.
 *
 * The score is the event's robustness (Fainekos and Pappas, 2009): of a condition the distance to its threshold, of
 * all_of the least, of any_of the most, over `for` the least of the months, over the window the most. Its sign is the
 * kernels' verdict. The other score adds up what is lacking instead: over all_of, over `for`, over the window. */
#ifndef MISMATCH_HOST_RARE_PATH_H
#define MISMATCH_HOST_RARE_PATH_H

#include <signal.h>

#include "host/rare/problem.h"
#include "host/scenario/scenario.h"

struct rare_path;

struct rare_path_options {
    uint64_t seed;
    int lanes, threads;
    int question;                /* of the scenario: a probability, or a coexistence */
    struct sc_series_ref idle;   /* of a coexistence: the series and scope that is looked at */
    volatile sig_atomic_t *stop; /* becomes non-zero when scoring is to end with MM_INTERRUPTED; may be NULL */
};

/* The scenario must outlive it. \return MM_OK, or as plan_build() does; MM_NO_DEVICE: no such lanes here (message) */
mm_status rare_path_new(const struct sc_scenario *scenario, const struct rare_path_options *options,
                        struct rare_path **result, mm_messages *messages);
void rare_path_free(struct rare_path *path);
const struct rare_problem *rare_path_problem(const struct rare_path *path);
/* What input i is, such as "industry demand, months 12 to 23". */
void rare_path_input(const struct rare_path *path, int i, char *text, size_t size);

#endif
