/* A run of scrambled Sobol points at work: its paths scramble by scramble, with what is kept of each
 * (docs/sampling.md). */
#ifndef MISMATCH_HOST_STUDY_SCRAMBLED_H
#define MISMATCH_HOST_STUDY_SCRAMBLED_H

#include "host/study/parts.h"

struct scrambled {
    const struct plan *plan; /* of plan_add_sobol() */
    struct tallies *all;     /* of the run; borrowed */
    struct tallies *now;     /* of the scramble at work */
    struct parts parts;
};

/* As parts_open(); scrambled_close() in any case. */
mm_status scrambled_open(struct scrambled *run, const struct engine_backend *backend, const struct plan *plan,
                         const struct engine_options *options, struct tallies *all, mm_messages *messages);
/* Runs paths first_path ... first_path + n - 1; all of them are in the tallies when this returns MM_OK. */
mm_status scrambled_run(struct scrambled *run, uint64_t first_path, uint64_t n, mm_messages *messages);
void scrambled_close(struct scrambled *run);

#endif
