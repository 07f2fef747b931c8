/* Patterns: what news is worth to names, from values summed by batch (kernels/path_names.h), with errors by the
 * delete-one jackknife over the batches. Every figure is a function of the sums, so that leaving out a batch is leaving
 * it out of them; figures that share paths, also those of a competitor's run, leave out the same paths. */
#ifndef MISMATCH_HOST_ESTIMATE_PATTERN_VALUES_H
#define MISMATCH_HOST_ESTIMATE_PATTERN_VALUES_H

#include <stdbool.h>

#include "host/engine/tallies.h"
#include "host/plan/plan.h"
#include "host/scenario/scenario.h"

/* A figure that fewer batches stand behind has no error. */
#define PATTERN_LEAST_BATCHES 20

/* One run of the question: the configuration's own, or that under its competitor overlay. */
struct pattern_side {
    const struct sc_scenario *scenario;
    const struct plan *plan;
    const struct mm_pattern *pattern;
    const struct tallies *tallies;
};

/* Figures of a name. Moves are NAN without paths behind them; those that need an observation without one. */
enum pattern_figure {
    PATTERN_MOVE,       /* given the news */
    PATTERN_IF_OUTCOME, /* given the news and the outcome */
    PATTERN_IF_NOT,     /* given the news without the outcome */
    PATTERN_RIVAL,      /* the same under the competitor overlay, against the value without it */
    PATTERN_IMPLIED,    /* probability of the outcome that the observed move implies */
    PATTERN_EXPLAINED,  /* share of the observed move that the news itself explains */
    PATTERN_FIGURES
};

enum pattern_reading { PATTERN_MISMATCH, PATTERN_COMPETITOR, PATTERN_FAILING, PATTERN_READINGS };

struct pattern_values {
    int n_names, n_figures; /* all figures: PATTERN_FIGURES for each name, then the two posteriors of each reading */
    bool has_rival, has_readings; /* three observed moves or more */
    double *all;                  /* [n_figures] */
    double *without;              /* [MM_BATCHES][n_figures]: without that batch */
    int n_batches;                /* that have paths */
    bool used[MM_BATCHES];
    int behind[MM_NEWS_CELLS], behind_news; /* batches with paths in each cell, and with the news at all */
    uint64_t paths[MM_NEWS_CELLS], all_paths;
};

/* `rival` may be NULL. \return false when memory ran out. */
bool pattern_values_make(struct pattern_values *values, const struct sc_question *question,
                         const struct pattern_side *own, const struct pattern_side *rival);
void pattern_values_free(struct pattern_values *values);

int pattern_index(int name, enum pattern_figure figure);
/* Posterior with equal priors, or with the model's own probability of the outcome. */
int pattern_posterior(const struct pattern_values *values, enum pattern_reading reading, bool split);
/* The standard error of figure i, or of figure i less figure k (k >= 0); NAN where too few batches stand behind it. */
double pattern_se(const struct pattern_values *values, int i, int k);
/* How many standard errors a 95 % interval has on either side: Student's t for the batches. */
double pattern_width(const struct pattern_values *values);
/* The 95 % interval of figure i; NAN where too few batches stand behind it. `whole`: the figure that a loss of all
 * value would be, with the sign turned: the leverage, for a share of an observed move the leverage over that. */
void pattern_interval(const struct pattern_values *values, int i, double whole, double interval[2]);
/* The 95 % interval of the probability of the outcome that a name's observed move implies, by Fieller. \return whether
 * there is one: not where its moves with and without the outcome can't be told apart, or have too few batches. */
bool pattern_implied(const struct pattern_values *values, int name, double observed, double interval[2]);
/* The same of the difference between those of two names. */
bool pattern_apart(const struct pattern_values *values, const int names[2], const double observed[2],
                   double interval[2]);
/* ln of the density of the observed move under a reading. */
double pattern_likelihood(const struct sc_question *question, double observed, double predicted);
/* What a reading predicts for a name. */
double pattern_predicted(const struct pattern_values *values, int name, enum pattern_reading reading);

#endif
