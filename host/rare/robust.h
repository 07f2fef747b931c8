/* How far events are from happening: their robustness, month by month, for the lanes of a group. Private to this room.
 */
#ifndef MISMATCH_HOST_RARE_ROBUST_H
#define MISMATCH_HOST_RARE_ROBUST_H

#include <stdbool.h>

#include "host/plan/plan.h"

/* Slots that every plan for a rare event begins with. */
enum robust_slot { ROBUST_GAP, ROBUST_SLACK, ROBUST_UNMET, ROBUST_SLOTS };

struct robust_node {
    int op;           /* MM_NODE_... */
    int slot, series; /* of a condition */
    bool at_least;
    float threshold;
    double scale; /* of its margin */
    int first, n; /* operands */
    int for_months, from, to;
    int values; /* where its state begins: true, false, and the last for_months of both; [lanes] each */
};

struct robust_event {
    int n_nodes, n_operands, root, from, to;
    struct robust_node *nodes;
    int *operands;
    int n_values; /* state, in numbers for one lane */
    float shortage, glut, friction;
};

/* Of the plan's first probability. \return false when memory ran out */
bool robust_of_probability(const struct plan *plan, struct robust_event *event);
/* Of slot `idle` having reached the threshold of the plan's first map for its months, in a month of shortage. */
bool robust_of_map(const struct plan *plan, int idle, struct robust_event *event);
void robust_free(struct robust_event *event);

/* state: [n_values][lanes], scores: [lanes]. */
void robust_begin(const struct robust_event *event, int lanes, double *state, double *scores);
/* slots: [slots][lanes] as they stand after month t; months in order from 0 on. */
void robust_month(const struct robust_event *event, int t, const float *slots, int lanes, double *state,
                  double *scores);

#endif
