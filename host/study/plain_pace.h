/* What a path of a plain run costs. */
#ifndef MISMATCH_HOST_STUDY_PLAIN_PACE_H
#define MISMATCH_HOST_STUDY_PLAIN_PACE_H

#include "host/engine/engine.h"
#include "host/scenario/scenario.h"

/* Seconds that a path of this scenario takes with question number q alone, on the cores: of a stretch of a quarter of a
 * second or more. \return MM_OK, or as plan_build() and the engine do (message) */
mm_status plain_pace(const struct sc_scenario *scenario, int q, const struct engine_options *options, double *seconds,
                     mm_messages *messages);

#endif
