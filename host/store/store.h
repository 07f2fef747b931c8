/* A result as this room holds it, and how it comes to be. */
#ifndef MISMATCH_HOST_STORE_H
#define MISMATCH_HOST_STORE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mismatch/result.h>

#include "host/engine/tallies.h"
#include "host/plan/plan.h"
#include "host/scenario/scenario.h"
#include "host/store/ranges.h"

#define STORE_SCHEMA_VERSION 1
#define STORE_SAMPLER "philox" /* the default */
#define STORE_SOBOL "sobol"
#define STORE_MAX_PATHS (UINT64_C(1) << 40) /* path numbers lie below it */

struct mm_result {
    json_t *document;        /* docs/result.md, without the tallies */
    struct tallies *tallies; /* NULL: the file left them out */
    json_int_t tally_format;
    char digest[65];
    struct range_list ranges;
    uint64_t seed;
    char *source;    /* the file it was read from; NULL: made here */
    char *effective; /* made by mm_result_origin() when it is first asked for */
};

/* How a run was made. */
struct store_run {
    uint64_t seed;
    struct range_list ranges; /* sorted and joined */
    const char *backend;
    json_t *devices; /* array of {"name", "lanes"}; borrowed */
    int threads;
    double build, simulate, reduce, total; /* seconds */
    const char *until;                     /* how it was to end; NULL: with its last path */
    const char *stopped_by;
};

/* Estimates everything and makes the document. Owns `tallies` from here on, also when it fails.
 * \return MM_OK: *result is new; MM_INTERNAL: memory ran out (message). */
mm_status store_result(const struct sc_scenario *scenario, const struct plan *plan, struct tallies *tallies,
                       const struct store_run *run, mm_result **result, mm_messages *messages);

/* {"name", "version", "git", "compiler", "flags"}: which program made it; NULL when memory ran out. */
json_t *store_program_json(void);

/* What is known only when the result is made. */
void store_set_seconds(mm_result *result, double reduce, double total);

/* A result from its document, tallies included, which is taken over also when it fails. `source` names it in messages.
 * \return as mm_result_load(). */
mm_status store_from_document(const char *source, json_t *document, mm_result **result, mm_messages *messages);

/* What a function returns at its end that makes a result, where mm_memory_failures() was `before` at its beginning:
 * with one that may lack a part MM_INTERNAL (message), and *result is freed. */
mm_status store_end(size_t before, mm_status status, mm_result **result, mm_messages *messages);

/* Release and commit of this program. */
void store_program(const char **version, const char **commit);

/* How a plan's paths come about: STORE_SAMPLER or STORE_SOBOL. */
const char *store_sampler(const struct plan *plan);

/* "memory ran out", and MM_INTERNAL. */
mm_status store_no_memory(mm_messages *messages);

#endif
