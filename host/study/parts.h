/* The parts of a run at work (host/plan/plan.h): one engine for each, all on the same paths. */
#ifndef MISMATCH_HOST_STUDY_PARTS_H
#define MISMATCH_HOST_STUDY_PARTS_H

#include "host/engine/engine.h"
#include "host/plan/plan.h"

struct part {
    struct tallies all;  /* its stretch of the run's tallies */
    struct tallies *own; /* what its engine adds to: `all` itself where it is the only part, else its own */
    struct engine *engine;
};

struct parts {
    const struct engine_backend *backend;
    int n;
    struct part *items; /* the run's own plan first */
};

/* `tallies` are those of all parts; they and the plan must outlive the parts. parts_close() in any case.
 * \return as engine_backend.open(). */
mm_status parts_open(struct parts *parts, const struct engine_backend *backend, const struct plan *plan,
                     const struct engine_options *options, const struct tallies *tallies, mm_messages *messages);
mm_status parts_run(const struct parts *parts, uint64_t first_path, uint64_t n, mm_messages *messages);
/* Everything that ran so far is in the run's tallies when this returns MM_OK. Otherwise, nothing of what ran since it
 * last did is, of no part, as far as the backend keeps that promise itself: all parts always have the same paths. */
mm_status parts_settle(const struct parts *parts, mm_messages *messages);
void parts_close(struct parts *parts);

/* Bytes that the parts take, all open at once. */
uint64_t parts_memory(const struct engine_backend *backend, const struct plan *plan,
                      const struct engine_options *options);

#endif
