/* How far events are from happening, month by month, for the lanes of a group, in two ways. Private to this room. */
#ifndef MISMATCH_HOST_RARE_ROBUST_H
#define MISMATCH_HOST_RARE_ROBUST_H

#include <stdbool.h>

#include "host/plan/plan.h"

/* Slots that every plan for a rare event begins with. */
enum robust_slot { ROBUST_GAP, ROBUST_SLACK, ROBUST_UNMET, ROBUST_SLOTS };

/* Both are at least 0 exactly where the event has happened, and have other levels on the way to it. */
enum robust_way {
    ROBUST_NEAREST, /* robustness: the least of what must all hold, the most of what may, the nearest month */
    ROBUST_TOTAL    /* all that is lacking: sums of what must all hold, means over `for`, a mean over the window */
};

struct robust_node {
    int op;           /* MM_NODE_... */
    int slot, series; /* of a condition */
    bool at_least;
    float threshold;
    double scale; /* of its margin */
    int pressure; /* slot of its firm's pressure, -1: none: where a share stops at 0, it says how far that is */
    int first, n; /* operands */
    int for_months, from, to;
    int values; /* where its state begins: true, false, and the last for_months of both; [lanes] each */
};

struct robust_event {
    enum robust_way way;
    int n_nodes, n_operands, root, from, to;
    struct robust_node *nodes;
    int *operands;
    int n_values; /* state, in numbers for one lane; the last is the window's */
    float shortage, glut, friction;
};

/* Of the plan's first probability. \return false when memory ran out */
bool robust_of_probability(const struct plan *plan, struct robust_event *event);
/* Of slot `idle` having reached the threshold of the plan's first map for its months, in a month of shortage. */
bool robust_of_map(const struct plan *plan, int idle, struct robust_event *event);
void robust_free(struct robust_event *event);

/* Whether shares of a firm stop at an end beyond which its pressure goes on. */
bool robust_wants_pressure(int series);
/* Whether the two ways differ: with one condition in one month they don't. */
bool robust_ways_differ(const struct robust_event *event);

/* state: [n_values][lanes], scores: [lanes]. */
void robust_begin(const struct robust_event *event, int lanes, double *state, double *scores);
/* slots: [slots][lanes] as they stand after month t; months in order from 0 on. */
void robust_month(const struct robust_event *event, int t, const float *slots, int lanes, double *state,
                  double *scores);

#endif
