/* The plan: a scenario as flat arrays, ready for any backend (kernels/layout.h), and the map of its tallies.
 *
 * Built by plan_build() from a checked scenario, owned by the caller, freed by plan_free(). Read-only afterwards and
 * so shared by all threads. It knows nothing of where it will run. */
#ifndef MISMATCH_HOST_PLAN_H
#define MISMATCH_HOST_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include <mismatch/status.h>

#include "host/plan/words.h"
#include "kernels/layout.h"

#include "host/scenario/scenario.h"

/* Where the tallies of one question lie; which members hold depends on the question's kind. A question
 * of the kind binding needs none. */
struct plan_question {
    int probability; /* index into head.probabilities, or -1 */
    int map;         /* index into head.maps, or -1 */
    int fan;         /* index into head.fans, or -1 */
    int first_case;  /* index into head.cases, or -1 */
    int n_cases;     /* one for each firm that an evidence question asks about; one where it names none */
    int pattern;     /* index into head.patterns, or -1 */
    int tail;        /* index into head.tails, or -1 */
    int overlay;     /* index into overlays of the competitor that it names, or -1 */
};

/* One entry of a coexistence question, in the order of its tallies: `by` combinations in order, and in each the firms,
 * then regions, then generations, in configuration order. */
struct plan_entry {
    int firm, region, generation; /* SC_NONE where not in the scope */
};

/* What is kept of each scramble of --sampler sobol, for errors: which of the plan's own tallies, ascending. It lies
 * behind the tallies of all parts: for each scramble its number of paths and then those counts; for each its sums. */
struct plan_scrambles {
    size_t n_counts, n_sums;
    size_t *counts, *sums;
};

struct plan {
    struct mm_head head;
    uint32_t *pool;
    size_t pool_words;
    int n_questions;
    struct plan_question *questions; /* parallel to the scenario's questions */
    struct plan_entry *entries;      /* [head.n_entries] */
    int n_slots;
    struct sc_series_ref *slots; /* parallel to the head's slots */
    char *heaviest;              /* the question that needs most tally memory, or NULL; for messages */
    size_t heaviest_bytes;
    /* Plans of the competitor overlays that pattern questions name, in the questions' order. Each has that question
     * alone, and no overlays of its own. */
    int n_overlays;
    struct plan **overlays;
    struct plan_scrambles *scrambles; /* NULL: every path is drawn (--sampler philox) */
};

/* A run is of several parts, all on the same paths: the plan itself, then its overlays. Their tallies lie one behind
 * the other: each part's from `first_count` and `first_sum` on. */
struct plan_part {
    const struct plan *plan;
    size_t first_count, first_sum;
};
int plan_n_parts(const struct plan *plan);
struct plan_part plan_part(const struct plan *plan, int i);
/* Counts and sums of all parts. */
size_t plan_counts(const struct plan *plan);
size_t plan_sums(const struct plan *plan);

/* Extra series to evaluate each month (for `--series` and `path`); NULL when none. Their slots are the first ones. */
struct plan_extra {
    int n;
    const struct sc_series_ref *refs;
};

/* \return MM_OK and a plan in *plan; MM_USAGE when the scenario needs more tallies than can be addressed (message);
 * MM_INTERNAL when memory ran out. */
mm_status plan_build(const struct sc_scenario *scenario, const struct plan_extra *extra, struct plan **plan,
                     mm_messages *messages);
void plan_free(struct plan *plan);

/* Makes a plan, overlays included, one of --sampler sobol (docs/sampling.md): which variates have a coordinate, and
 * what is kept of each scramble. A run of it that draws everything is still possible.
 * \return MM_OK, MM_INTERNAL: memory ran out; MM_USAGE: the scenario is too large (message) */
mm_status plan_add_sobol(struct plan *plan, mm_messages *messages);
/* Where the tallies of scramble r begin: its number of paths, and its first sum. */
size_t plan_scramble_counts(const struct plan *plan, int r);
size_t plan_scramble_sums(const struct plan *plan, int r);

/* What $1 of revenue is worth that many months before it comes. */
double plan_discount(const struct sc_scenario *scenario, int months);

/* Typed view of a table of the pool. */
#define PLAN_TABLE(plan, type, member) ((const struct type *)(const void *)((plan)->pool + (plan)->head.member))

#endif
