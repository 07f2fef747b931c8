/* The series of docs/model.md, section 7: their words and their scopes. */
#ifndef MISMATCH_HOST_SCENARIO_SERIES_H
#define MISMATCH_HOST_SCENARIO_SERIES_H

#include "host/scenario/bind.h"

/* The series of a map with `series`, `firm`, `region`, `generation`, `layer`, `name`; problems where the scope doesn't
 * fit. `of_each_firm`: the firm is given by the question. */
struct sc_series_ref series_bind(struct view map, bool of_each_firm);
/* Whether the series may be narrowed to a region or a generation. */
bool series_has_cells(enum sc_series series);
const char *series_word(enum sc_series series);

#endif
