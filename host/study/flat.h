/* An effective configuration as a flat list: dotted keys, as --set writes them, and their values. */
#ifndef MISMATCH_HOST_STUDY_FLAT_H
#define MISMATCH_HOST_STUDY_FLAT_H

#include <jansson.h>
#include <stdbool.h>

/* \return a new object {"firms.meta.reserve": 0.1, ...}, in the order of the configuration, or NULL when memory ran
 * out. Items of lists go by their names, or by their places from 0. */
json_t *flat_keys(const json_t *effective);

/* Adds the keys of `flat` that are not in `union_of` yet. \return false when memory ran out. */
bool flat_join(json_t *union_of, const json_t *flat);

#endif
