/* Results: estimates with their errors, and the exact integers behind them; docs/result.md is the reference. */
#ifndef MISMATCH_RESULT_H
#define MISMATCH_RESULT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <mismatch/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mm_result mm_result;

void mm_result_free(mm_result *result);

/* SHA-256 over all integer tallies, 64 hex digits; valid as long as the result. */
const char *mm_result_digest(const mm_result *result);

/* Reads a result file. \return MM_OK: *result is new; MM_USAGE: not a result, damaged, or of another schema version
 * (message); MM_IO: can't be read; MM_INTERNAL: memory ran out. */
mm_status mm_result_load(const char *file, mm_result **result, mm_messages *messages);

/* Writes the JSON to a temporary beside `file` and renames it. An existing file is kept unless `force`.
 * \return MM_OK; MM_USAGE: the file exists and `force` is not set; MM_IO. */
mm_status mm_result_save(const mm_result *result, const char *file, bool force, bool with_tallies,
                         mm_messages *messages);

/* Exactly adds results of the same effective configuration and seed with disjoint paths.
 * \return MM_OK: *merged is new; MM_USAGE: they don't fit together, or one has no tallies (message); MM_INTERNAL. */
mm_status mm_result_merge(mm_result *const *results, size_t n, mm_result **merged, mm_messages *messages);

/* Forgets the estimates, which take most of a result's memory, and keeps what mm_result_merge() needs. Nothing else may
 * be done with it then but to merge and to free it. */
void mm_result_lighten(mm_result *result);

/* How the run was made, so that it can be repeated. The pointers are valid as long as the result. */
typedef struct mm_run_origin {
    uint64_t paths, first_path, seed;
    const char *effective; /* the effective configuration as JSON text */
    const char *file;      /* the configuration's name as it was given then */
    const char *sampler;   /* mm_run_options.sampler */
} mm_run_origin;
/* \return MM_OK; MM_USAGE: the paths have gaps (pieces were merged), so no single run makes them; MM_INTERNAL. */
mm_status mm_result_origin(mm_result *result, mm_run_origin *origin);

mm_status mm_result_write_json(const mm_result *result, FILE *out, bool with_tallies);
mm_status mm_result_write_csv(const mm_result *result, FILE *out);

typedef struct mm_text_style {
    int width;     /* columns; 0: 100 */
    bool colour;   /* ANSI colours */
    bool ascii;    /* "+-" and "#" in the place of plus-minus signs and blocks; otherwise UTF-8 */
    int verbosity; /* -1 quiet: the answer alone; 0; 1: every table in full */
} mm_text_style;
/* The answer for a page that a program writes: at most five sentences in a numbered list, then tables, as Markdown
 * (with the tables of GitHub's). \return MM_OK, MM_IO when writing failed, MM_INTERNAL when memory ran out. */
mm_status mm_result_write_markdown(const mm_result *result, FILE *out);
mm_status mm_result_write_text(const mm_result *result, const mm_text_style *style, FILE *out);

/* The value of an expression (grammar in docs/expressions.md), for example "p(glut by 2028-12)",
 * "idle(meta, us-east) >= 0.1", "spare-at-meta-while-short". */
typedef struct mm_value {
    bool known;         /* false: a quotient with no paths behind it */
    double value, se;   /* se NaN when the figure has none (a quantile) */
    bool compared;      /* the expression has a comparison */
    bool holds;         /* when compared; an unknown value holds nothing */
    double needs_paths; /* of a Bayes factor with too few paths: about how many a run needs; 0 otherwise */
    bool needs_more;    /* needs_paths is a lower bound: one of its sides has no path yet */
    const char *why;    /* of a Bayes factor that no number of paths tells: why; static; NULL otherwise */
} mm_value;
/* \return MM_OK; MM_USAGE: syntax, or a name that the result does not have (message with the nearest one). */
mm_status mm_result_evaluate(const mm_result *result, const char *expression, mm_value *value, mm_messages *messages);
/* Checks an expression against a scenario before anything is run: syntax, names, dates. \return as above. */
struct mm_scenario;
mm_status mm_expression_check(const struct mm_scenario *scenario, const char *expression, mm_messages *messages);

#ifdef __cplusplus
}
#endif

#endif
