/* Events: conditions and their combinations in three values, true, false and undecided (neither), with `for` and
 * windows (docs/model.md, section 8). */
#ifndef MISMATCH_KERNELS_PATH_EVENTS_H
#define MISMATCH_KERNELS_PATH_EVENTS_H

#include "kernels/context.h"

INLINE vint node_true(const struct mm_context *k, int n) {
    return WI(TABLE(mm_node, nodes)[n].state);
}
INLINE vint node_false(const struct mm_context *k, int n) {
    return WI(TABLE(mm_node, nodes)[n].state + 1);
}

/* Kleene's and, or, not over the operands. */
INLINE void combine(const struct mm_context *k, GLOBAL const struct mm_node *node, vint *is_true, vint *is_false) {
    GLOBAL const int *operand = INTS(k->h->node_list) + node->first;
    vint yes = node_true(k, operand[0]), no = node_false(k, operand[0]);
    for (int i = 1; i < node->n; i++) {
        vint t = node_true(k, operand[i]), f = node_false(k, operand[i]);
        yes = node->op == MM_NODE_ALL ? yes & t : yes | t;
        no = node->op == MM_NODE_ALL ? no | f : no & f;
    }
    *is_true = node->op == MM_NODE_NOT ? no : yes;
    *is_false = node->op == MM_NODE_NOT ? yes : no;
}

static void node_month(const struct mm_context *k, int t, GLOBAL const struct mm_node *node) {
    const int at = node->state;
    if (node->op == MM_NODE_CONDITION) {
        vint reached = v_ge(W(k->h->s_slot + node->slot), v_r(node->threshold));
        vint yes = node->at_least ? reached : v_not(reached);
        WI(at) = yes;
        WI(at + 1) = v_not(yes);
        return;
    }
    vint yes = v_i(0), no = v_i(0);
    if (t >= node->from && t <= node->to) {
        combine(k, node, &yes, &no);
        if (node->for_months > 1) {
            /* true after k trues in a row, false while a false is among the last k months, else undecided */
            vint run = yes & (WI(at + 2) + v_i(1));
            vint since = v_not(no) & (WI(at + 3) + v_i(1));
            WI(at + 2) = run;
            WI(at + 3) = since;
            yes = v_ige(run, v_i(node->for_months));
            no = v_ilt(since, v_i(node->for_months));
        }
    }
    WI(at) = yes;
    WI(at + 1) = no;
}

static void events_month(const struct mm_context *k, int t) {
    GLOBAL const struct mm_node *node = TABLE(mm_node, nodes);
    for (int n = 0; n < k->h->n_nodes; n++)
        node_month(k, t, node + n);
}

#endif
