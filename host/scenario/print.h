/* Walking the effective configuration with the defaults that stand beside it. */
#ifndef MISMATCH_HOST_SCENARIO_PRINT_H
#define MISMATCH_HOST_SCENARIO_PRINT_H

#include "host/scenario/load.h"

/* The default of a key that was not written in `map` (NULL: the map itself was not written): as YAML, or in
 * parentheses a description; NULL where there is nothing to show. */
const char *print_default(const struct load *load, const struct node *map, const struct key_node *key);
/* Whether a map that was not written is shown with its defaults: all it holds has one. */
bool print_whole_default(const struct key_node *key);

#endif
