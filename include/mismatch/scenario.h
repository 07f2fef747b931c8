/* Reading a configuration: YAML file, overlays, single settings; docs/configuration.md is the reference of its keys. */
#ifndef MISMATCH_SCENARIO_H
#define MISMATCH_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <mismatch/status.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mm_scenario;
typedef struct mm_scenario mm_scenario;

/* Reads `file` ("-": standard input), lays the `n_overlays` overlay files over it in order, then the `n_sets` settings
 * ("dotted.key=value") in order, checks everything and resolves names.
 * \return MM_OK: *scenario is a new scenario, to be freed with mm_scenario_free();
 * \return MM_USAGE: something in the input is wrong, messages say what, where, and what is allowed; *scenario is NULL;
 * \return MM_IO: a file can't be read; MM_INTERNAL: memory ran out. */
mm_status mm_scenario_load(const char *file, const char *const *overlays, size_t n_overlays, const char *const *sets,
                           size_t n_sets, mm_scenario **scenario, mm_messages *messages);

/* The same from the text of an effective configuration (JSON), as a result holds it. `name` is used in messages. */
mm_status mm_scenario_from_json(const char *name, const char *text, size_t length, mm_scenario **scenario,
                                mm_messages *messages);

/* `base` with `n_sets` further settings ("dotted.key=value"), without reading a file again: the same scenario, with the
 * same SHA-256, as if they had been given to mm_scenario_load() last. `base` stays as it is.
 * \return MM_OK: *varied is new; MM_USAGE: a setting is wrong, alone or beside the others (message); MM_INTERNAL. */
mm_status mm_scenario_vary(const mm_scenario *base, const char *const *sets, size_t n_sets, mm_scenario **varied,
                           mm_messages *messages);

void mm_scenario_free(mm_scenario *scenario);

/* SHA-256 of the effective configuration as 64 hex digits; valid as long as the scenario. */
const char *mm_scenario_sha256(const mm_scenario *scenario);

/* Prints the effective configuration as YAML, each value with its origin in a comment (file:line, overlay, --set,
 * default). \return MM_OK or MM_IO. */
mm_status mm_scenario_print(const mm_scenario *scenario, FILE *out);
/* The effective configuration with origins as JSON: {"effective": {...}, "origins": {"dotted.key": "file:line", ...}}.
 */
mm_status mm_scenario_print_json(const mm_scenario *scenario, FILE *out);

/* The reference page of all keys in Markdown, and a JSON Schema (draft 2020-12) for editors, both from the option
 * table. \return MM_OK or MM_IO. */
mm_status mm_reference_markdown(FILE *out);
mm_status mm_reference_schema(FILE *out);

#ifdef __cplusplus
}
#endif

#endif
