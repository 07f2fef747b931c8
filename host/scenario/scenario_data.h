/* What the other rooms may use of a loaded scenario. */
#ifndef MISMATCH_HOST_SCENARIO_DATA_H
#define MISMATCH_HOST_SCENARIO_DATA_H

#include <jansson.h>

#include <mismatch/scenario.h>

#include "host/scenario/scenario.h"

/* The parsed data; valid as long as the scenario. */
const struct sc_scenario *scenario_data(const mm_scenario *scenario);
/* The effective configuration: what was written, after overlays and settings, without defaults, with the files it
 * names inline. Borrowed; valid as long as the scenario. mm_scenario_from_json() of it gives the same scenario. */
const json_t *scenario_effective(const mm_scenario *scenario);

/* Canonical text of JSON: keys sorted, no blanks, each number as the shortest decimal that reads back as the same
 * double, whole numbers below 1e15 without a point (so 1, 1.0 and 1e0 are one). With `indent` > 0 over several lines.
 * \return text to be freed with free(), or NULL when memory ran out. */
char *scenario_json_text(const json_t *json, int indent);
/* SHA-256 of the canonical text as 64 hex digits. \return false when memory ran out. */
bool scenario_json_sha256(const json_t *json, char out[65]);

#define SCENARIO_DATE 16
/* A month as "YYYY-MM". */
void scenario_date(const struct sc_scenario *scenario, int month, char out[SCENARIO_DATE]);
/* Beyond this horizon results write a month as its plain number. */
#define SCENARIO_DATED_MONTHS 1200
/* A month as results write it: its date, or its number. */
void scenario_month(const struct sc_scenario *scenario, int month, char out[SCENARIO_DATE]);
/* Word of a series as written in configurations; of SC_REGIME the beginning, "regime_". */
const char *scenario_series_word(enum sc_series series);
/* gpu, power, shell, network */
const char *scenario_layer_word(int layer);

#endif
