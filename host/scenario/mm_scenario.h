/* What stands behind the public handle. */
#ifndef MISMATCH_HOST_SCENARIO_MM_SCENARIO_H
#define MISMATCH_HOST_SCENARIO_MM_SCENARIO_H

#include <mismatch/scenario.h>

#include "host/scenario/load.h"

struct mm_scenario {
    struct load load; /* kept for its tree and origins, which printing shows */
};

#endif
