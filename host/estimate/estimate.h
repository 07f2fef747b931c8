/* Tallies to estimates with errors. The estimates are built as the JSON of docs/result.md, which is what the reports,
 * the expressions and the files read: one form, made in one place. */
#ifndef MISMATCH_HOST_ESTIMATE_H
#define MISMATCH_HOST_ESTIMATE_H

#include <jansson.h>
#include <stdint.h>

#include "host/engine/tallies.h"
#include "host/plan/plan.h"
#include "host/scenario/scenario.h"

/* \return a new object {"industry": ..., "coexistence": [...], "questions": {...}}, owned by the caller, or NULL when
 * memory ran out; `both` of coexistence entries is that of hits_pack(). `paths` > 0 is the number of paths in the
 * tallies. */
json_t *estimate_all(const struct sc_scenario *scenario, const struct plan *plan, const struct tallies *tallies,
                     uint64_t paths);
/* The same without `industry` and without the curves by month of coexistence entries: all that an expression can ask
 * for, in a fraction of the time. */
json_t *estimate_answers(const struct sc_scenario *scenario, const struct plan *plan, const struct tallies *tallies,
                         uint64_t paths);

#endif
