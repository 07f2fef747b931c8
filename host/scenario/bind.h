/* From the checked tree to plain data. A view is a value together with its row in the option table, which gives the
 * default where nothing was written. */
#ifndef MISMATCH_HOST_SCENARIO_BIND_H
#define MISMATCH_HOST_SCENARIO_BIND_H

#include "host/scenario/load.h"

struct view {
    struct load *load;
    struct node *node; /* NULL: not written */
    const struct key_node *key;
};

struct view view_root(struct load *load);
struct view view_get(struct view map, const char *key);
/* Items of a list; a single item that stands in place of a list counts as one. 0 where nothing was written. */
int view_count(struct view list);
struct view view_item(struct view list, int i);
bool view_has(struct view view); /* written, right or wrong */
bool view_ok(struct view view);  /* written, and right as far as the table can tell */
double view_real(struct view view);
int view_int(struct view view);
bool view_bool(struct view view);
char *view_text(struct view view); /* NULL where nothing was written */
/* Months since time.start; `otherwise` where nothing was written. */
int view_date(struct view view, int otherwise);
/* Index of what is referred to; SC_NONE; SC_FIRM_BOUND for $firm. */
int view_ref(struct view view);
double view_real_or(struct view view, double otherwise);

/* A problem with the value, or, where nothing was written, with what it is missing from. */
void view_problem(struct view view, struct view missing_from, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Exactly one of the keys must be there. \return its place in `keys` (NULL-terminated), or -1 after a problem. */
int view_one_of(struct view map, const char *const *keys);
/* `within` must be there: it is needed because of `because`. */
void view_need(struct view map, const char *key, const char *because);
void view_refuse(struct view map, const char *key, const char *because);
/* Whether time.start and time.months are right, so that months can be judged. */
bool bind_has_time(const struct load *load);
/* A month that must lie in the horizon: problem if not. */
void bind_in_horizon(struct view view, int month);
/* "2026-07" */
const char *bind_date(struct load *load, int month);
/* With 12 digits: enough to see what is wrong with a sum, and no noise of rounding. */
const char *bind_number(struct load *load, double value);

/* bind_firms.c, bind_claims.c, bind_events.c, bind_questions.c, bind_ranges.c */
void bind_firms(struct load *load);
void bind_contracts(struct load *load);
void bind_launches(struct load *load);
void bind_names(struct load *load);
void bind_events(struct load *load);
void bind_questions(struct load *load);
void bind_ranges(struct load *load);
struct sc_lognormal bind_lognormal(struct view map);

#endif
