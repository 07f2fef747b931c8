/* The tree as JSON: the effective configuration. */
#ifndef MISMATCH_HOST_SCENARIO_EFFECTIVE_H
#define MISMATCH_HOST_SCENARIO_EFFECTIVE_H

#include <jansson.h>

#include "host/scenario/load.h"

/* A new reference, or NULL when memory ran out. */
json_t *effective_json(const struct load *load, const struct node *node, const struct key_node *key);
/* Sets data->effective and data->sha256. */
void effective_set(struct load *load);

#endif
