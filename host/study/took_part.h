/* Which devices took part in a run, for its result. */
#ifndef MISMATCH_HOST_STUDY_TOOK_PART_H
#define MISMATCH_HOST_STUDY_TOOK_PART_H

#include <jansson.h>

#include "host/engine/choose.h"

#define TOOK_PART_MOST 256 /* devices that a result names */

struct took_part {
    const struct engine_backend *backend;
    size_t n;
    struct engine_description items[TOOK_PART_MOST];
};

/* To be called before the engine is closed. */
void took_part_read(struct took_part *devices, const struct engine_backend *backend, const struct engine *engine);
/* One object for each; `paths` are those of one that was alone. NULL when memory ran out. */
json_t *took_part_json(const struct took_part *devices, uint64_t paths);
/* The name of the backend that all of them share, or "several". */
const char *took_part_backend(const struct took_part *devices);

#endif
