/* A plan in the making: what the parts of plan_build() share. Private to this room.
 *
 * Every part returns whether it went well; when it did not, build.status says why and the plan is given up. */
#ifndef MISMATCH_HOST_PLAN_BUILD_H
#define MISMATCH_HOST_PLAN_BUILD_H

#include <stdbool.h>

#include "host/plan/plan.h"

/* Widths of the fields of a variate's address (docs/random-numbers.md). */
#define BUILD_STEP_LIMIT (1 << 20) /* steps of a programme; campaigns of a firm */
#define BUILD_WHAT_LIMIT (1 << 24) /* firms, launch entries, shocks */

/* A growing array of records of one type. */
struct build_list {
    void *items;
    int n, capacity;
};

#define BUILD_ITEM(list, type, i) (((struct type *)(list).items) + (i))

/* A phase with what the kernels need not know. */
struct build_phase {
    struct mm_phase phase;
    double mw, cancel;
    int single, index; /* 0: step `index` of the programme; 1: single phase `index` */
    bool committed;
};

/* One use of an event: the node that answers for it with this window and this firm. */
struct build_instance {
    int event, from, to, firm, node;
};

struct build {
    const struct sc_scenario *s;
    const char *only; /* the one question that is planned, or NULL: all */
    struct plan *plan;
    struct mm_head *head; /* that of the plan */
    mm_messages *messages;
    mm_status status;
    char where[128]; /* what is being built, for messages */
    size_t pool_capacity;
    struct mm_firm *firms;
    struct build_list phases /* build_phase */, owns, decisions, groups, epochs, runs, shares, lease_cells, leases,
        shocks, campaigns, launches, nodes, node_list /* int */, instances, probabilities, maps, entries, strips, fans,
        named_entries, refs, withins, cases, names, lets, patterns, tails;
    double *load;                         /* [months] kH100e that the trend and the plans ask for, all firms */
    double max_mw, capacity, max_compute; /* MW, kH100e: nothing should exceed them */
    long long counts, sums;               /* tallies taken so far */
    int heaviest;                         /* question, or SC_NONE */
};

/* memory.c: the only place that allocates. All of them note the failure in build.status. */
/* \return a new record of `size` bytes, zeroed, valid until the next call for this list; NULL when memory ran out. */
void *build_add(struct build *b, struct build_list *list, size_t size);
/* \return n zeroed records that build_release() frees; NULL when memory ran out. */
void *build_alloc(struct build *b, size_t n, size_t size);
char *build_text(struct build *b, const char *text);
void build_release(void *memory);
/* \return the word offset of a copy of n_words words at the end of the pool, or -1 when memory ran out. */
int build_pool(struct build *b, const void *words, size_t n_words);
/* The same for numbers, rounded to single precision. */
int build_pool_floats(struct build *b, const double *values, int n);

/* numbers.c */
/* Sets status and adds a message. \return false, for `return build_fail(...)`. */
bool build_fail(struct build *b, mm_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* \return x rounded to single precision; a number beyond its range fails the build. */
float build_float(struct build *b, double x);
/* The number that a value is compared with so that v >= a holds within the tolerance of the model. */
double build_threshold(double a);
/* Integral of a trend from month 0 to x, in log units. */
double build_trend(const struct sc_trend *trend, double x);
/* \return how many months first, first + every, ... lie before the end of the horizon. */
long long build_steps(const struct build *b, int first, int every);
int build_cell(const struct build *b, int firm, int region, int generation);
bool build_limits(struct build *b);
bool build_numbers(struct build *b);
bool build_bounds(struct build *b); /* after phases and demand */

bool build_phases(struct build *b);    /* phases.c: phases, owns, decisions, groups */
bool build_contracts(struct build *b); /* contracts.c: shares, leases, keep, n_held; after phases */
bool build_demand(struct build *b);    /* demand.c: base, research, campaigns, launches */
bool build_shocks(struct build *b);    /* industry.c */
bool build_regimes(struct build *b);
bool build_frontier(struct build *b);

/* slots.c */
/* \return the index of the slot of a series, new if `always` or if there is none yet; -1 on failure. */
int build_slot(struct build *b, const struct sc_series_ref *ref, bool always);
/* Notes what the kernels must work out so that this series of a firm can be read. */
void build_wants(struct build *b, enum sc_series series, int firm);
bool build_fan(struct build *b, const struct sc_series_ref *ref, struct mm_fan *fan);

/* events.c: \return the node of an event bound to a window and a firm (SC_NONE: none); -1 on failure. */
int build_event(struct build *b, int event, int from, int to, int firm);

bool build_epochs(struct build *b);    /* epochs.c; after contracts and the frontier */
bool build_questions(struct build *b); /* questions.c */
/* Hands question q its tallies. \return false when they can't be addressed. */
bool build_take(struct build *b, int q, long long counts, long long sums, int *first_count, int *first_sum);

bool build_tail(struct build *b, int q);     /* tails.c */
bool build_evidence(struct build *b, int q); /* news.c */
/* \return the index of an event that is looked for in the months up to `as_of`, or after it, `firm` being `$firm` where
 * the event has none of its own; -1 on failure. */
int build_within_back(struct build *b, const struct sc_within *asked, int firm, int as_of);
int build_within_ahead(struct build *b, const struct sc_within *asked, int firm, int as_of);

bool build_pattern(struct build *b, int q); /* names.c; after phases, contracts and demand */
/* Makes revenue known from month `from` to before `to`, through build_names(). */
void build_wants_revenue(struct build *b, int from, int to);
double build_revenue_most(const struct build *b, int name); /* $M in a month */
bool build_names(struct build *b);                          /* after the questions */
bool build_scratch(struct build *b);                        /* scratch.c; after everything */

#endif
