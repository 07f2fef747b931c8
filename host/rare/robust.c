#include "host/rare/robust.h"

#include <math.h>
#include <stdlib.h>

#include "kernels/layout.h"

#define MOST_MARGIN 3.0
#define NO_SLOPE 0.1 /* margin of a condition that holds or does not, without more or less */
#define LEAST_MARGIN 1e-12

bool robust_wants_pressure(int series) {
    switch (series) {
    case SC_SPARE_SHARE:
    case SC_UNSOLD_SHARE:
    case SC_IDLE_SHARE:
    case SC_UTILISATION:
    case SC_UNMET_SHARE:
    case SC_BOUGHT_SHARE:
        return true;
    default:
        return false;
    }
}

bool robust_ways_differ(const struct robust_event *event) {
    bool differ = event->to > event->from;
    for (int i = 0; i < event->n_nodes; i++)
        differ |= event->nodes[i].for_months > 1 || (event->nodes[i].op == MM_NODE_ALL && event->nodes[i].n > 1);
    return differ;
}

static int pressure_slot(const struct plan *plan, int slot) {
    if (robust_wants_pressure((int)plan->slots[slot].series))
        for (int i = ROBUST_SLOTS; i < plan->n_slots; i++)
            if (plan->slots[i].series == SC_PRESSURE && plan->slots[i].firm == plan->slots[slot].firm)
                return i;
    return -1;
}

static double scale_of(int series, float threshold) {
    switch (series) {
    case SC_PRICE:
    case SC_DEMAND:
    case SC_SUPPLY:
    case SC_LATE_MW:
    case SC_STRANDED_MW:
    case SC_PRESSURE:
    case SC_BUILD_RESPONSE:
    case SC_REVENUE:
        return 1 / fmax(fabs((double)threshold), 1e-6);
    default:
        return 1;
    }
}

static bool make_room(struct robust_event *event, int n_nodes, int n_operands) {
    event->nodes = calloc((size_t)n_nodes, sizeof *event->nodes);
    event->operands = calloc((size_t)n_operands + 1, sizeof *event->operands);
    event->n_nodes = n_nodes;
    event->n_operands = n_operands;
    if (event->nodes && event->operands)
        return true;
    robust_free(event);
    return false;
}

/* Gives every node its place among the values. */
static void place(const struct plan *plan, struct robust_event *event) {
    event->n_values = 0;
    for (int i = 0; i < event->n_nodes; i++) {
        struct robust_node *node = &event->nodes[i];
        node->values = event->n_values;
        event->n_values += 2 + (node->for_months > 1 ? 2 * node->for_months : 0);
    }
    event->n_values++;
    event->shortage = plan->head.shortage;
    event->glut = plan->head.glut;
    event->friction = plan->head.friction;
}

bool robust_of_probability(const struct plan *plan, struct robust_event *event) {
    const struct mm_probability *probability = PLAN_TABLE(plan, mm_probability, probabilities);
    const struct mm_node *from = PLAN_TABLE(plan, mm_node, nodes);
    const int *list = (const int *)(const void *)(plan->pool + plan->head.node_list);
    int n_operands = 0;
    *event = (struct robust_event){.root = probability->node, .from = probability->from, .to = probability->to};
    for (int i = 0; i < plan->head.n_nodes; i++)
        if (from[i].op != MM_NODE_CONDITION && from[i].first + from[i].n > n_operands)
            n_operands = from[i].first + from[i].n;
    if (!make_room(event, plan->head.n_nodes, n_operands))
        return false;
    for (int i = 0; i < n_operands; i++)
        event->operands[i] = list[i];
    for (int i = 0; i < event->n_nodes; i++) {
        struct robust_node *node = &event->nodes[i];
        *node = (struct robust_node){.op = from[i].op,
                                     .first = from[i].first,
                                     .n = from[i].n,
                                     .for_months = from[i].for_months,
                                     .from = from[i].from,
                                     .to = from[i].to};
        if (node->op == MM_NODE_CONDITION) {
            node->slot = from[i].slot;
            node->series = (int)plan->slots[node->slot].series;
            node->at_least = from[i].at_least;
            node->threshold = from[i].threshold;
            node->scale = scale_of(node->series, node->threshold);
            node->pressure = pressure_slot(plan, node->slot);
            node->for_months = 1;
        }
    }
    place(plan, event);
    return true;
}

bool robust_of_map(const struct plan *plan, int idle, struct robust_event *event) {
    const struct mm_map *map = PLAN_TABLE(plan, mm_map, maps);
    const int last = plan->head.months - 1;
    enum { IDLE, SHORT, LONG_IDLE, BOTH, NODES };
    *event = (struct robust_event){.root = BOTH, .from = 0, .to = last};
    if (!make_room(event, NODES, 3))
        return false;
    event->operands[0] = IDLE;
    event->operands[1] = LONG_IDLE;
    event->operands[2] = SHORT;
    event->nodes[IDLE] = (struct robust_node){.op = MM_NODE_CONDITION,
                                              .slot = idle,
                                              .series = (int)plan->slots[idle].series,
                                              .at_least = true,
                                              .threshold = map->threshold,
                                              .scale = 1,
                                              .pressure = pressure_slot(plan, idle),
                                              .for_months = 1};
    event->nodes[SHORT] = (struct robust_node){.op = MM_NODE_CONDITION,
                                               .slot = ROBUST_GAP,
                                               .series = SC_GAP,
                                               .at_least = true,
                                               .threshold = plan->head.shortage,
                                               .scale = 1,
                                               .pressure = -1,
                                               .for_months = 1};
    event->nodes[LONG_IDLE] = (struct robust_node){
        .op = MM_NODE_ALL, .first = 0, .n = 1, .for_months = map->for_months, .from = 0, .to = last};
    event->nodes[BOTH] =
        (struct robust_node){.op = MM_NODE_ALL, .first = 1, .n = 2, .for_months = 1, .from = 0, .to = last};
    place(plan, event);
    return true;
}

void robust_free(struct robust_event *event) {
    free(event->nodes);
    free(event->operands);
    *event = (struct robust_event){0};
}

/* How far a state of the industry is from holding: by the thresholds that make it. */
static double state_margin(const struct robust_event *event, int series, double gap, double slack, double unmet) {
    const double short_of = gap - (double)event->shortage, glut = slack - (double)event->glut,
                 friction = unmet - (double)event->friction;
    switch (series) {
    case SC_STATE_SHORTAGE:
        return short_of;
    case SC_STATE_GLUT:
        return fmin(glut, -short_of);
    case SC_STATE_FRICTION:
        return fmin(friction, fmin(-short_of, -glut));
    default:
        return fmin(-friction, fmin(-short_of, -glut));
    }
}

/* A share that has come to its end, carried on beyond it: what a firm lacks of its demand's compute lies beyond a spare
 * share of 0, the spare compute that it has beyond an unmet one of 0. */
static double carried_on(const struct robust_node *node, const float *slots, int lanes, int i) {
    const double value = (double)slots[node->slot * lanes + i], gap = (double)slots[ROBUST_GAP * lanes + i];
    if (node->series == SC_UNMET)
        return value > 0 ? value : fmin(gap, 0);
    if (node->pressure < 0)
        return value;
    const double pressure = (double)slots[node->pressure * lanes + i], lacks = fmax(1 - 1 / pressure, 0);
    switch (node->series) {
    case SC_UTILISATION:
        return value < 1 ? value : 1 + lacks;
    case SC_UNMET_SHARE:
    case SC_BOUGHT_SHARE:
        return value > 0 ? value : -fmax(1 - pressure, 0);
    case SC_SPARE_SHARE:
        return value > 0 ? value : -lacks;
    default: /* idle or unsold: what is spare may all be sold, the more so the shorter the industry is */
        return value > 0 ? value : -lacks - fmax(gap, 0);
    }
}

static void condition(const struct robust_event *event, const struct robust_node *node, const float *slots, int lanes,
                      double *yes, double *no) {
    const float *value = slots + node->slot * lanes;
    for (int i = 0; i < lanes; i++) {
        const bool holds = (value[i] >= node->threshold) == node->at_least;
        double margin = node->scale * (carried_on(node, slots, lanes, i) - (double)node->threshold);
        if (node->series >= SC_STATE_SHORTAGE && node->series <= SC_STATE_BALANCED)
            margin = state_margin(event, node->series, (double)slots[ROBUST_GAP * lanes + i],
                                  (double)slots[ROBUST_SLACK * lanes + i], (double)slots[ROBUST_UNMET * lanes + i]);
        else if (node->series == SC_REGIME || node->series == SC_SELLING || node->series == SC_STARTS_SELLING)
            margin = value[i] >= node->threshold ? NO_SLOPE : -NO_SLOPE;
        margin = fmin(fmax(node->at_least ? margin : -margin, -MOST_MARGIN), MOST_MARGIN);
        yes[i] = holds ? fmax(margin, 0) : fmin(margin, -LEAST_MARGIN);
        no[i] = holds ? fmin(-margin, -LEAST_MARGIN) : fmax(-margin, 0);
    }
}

/* Of two that must both hold. */
static double both(enum robust_way way, double a, double b) {
    return way == ROBUST_TOTAL && a < 0 && b < 0 ? a + b : fmin(a, b);
}

static void combine(const struct robust_event *event, const struct robust_node *node, int lanes, const double *state,
                    double *yes, double *no) {
    const bool all = node->op == MM_NODE_ALL;
    for (int o = 0; o < node->n; o++) {
        const struct robust_node *operand = &event->nodes[event->operands[node->first + o]];
        const double *t = state + operand->values * lanes, *f = t + lanes;
        for (int i = 0; i < lanes; i++) {
            const double a = node->op == MM_NODE_NOT ? f[i] : t[i], b = node->op == MM_NODE_NOT ? t[i] : f[i];
            yes[i] = o == 0 ? a : all ? both(event->way, yes[i], a) : fmax(yes[i], a);
            no[i] = o == 0 ? b : all ? fmax(no[i], b) : both(event->way, no[i], b);
        }
    }
}

/* Over the last months: true where all are, false where one is. */
static void over_months(enum robust_way way, const struct robust_node *node, int t, int lanes, double *yes, double *no,
                        double *last) {
    const int k = node->for_months;
    double *now = last + t % k * 2 * lanes;
    for (int i = 0; i < lanes; i++) {
        double lacking = 0;
        now[i] = yes[i];
        now[lanes + i] = no[i];
        for (int m = 0; m < k; m++) {
            lacking += fmin(last[m * 2 * lanes + i], 0);
            yes[i] = fmin(yes[i], last[m * 2 * lanes + i]);
            no[i] = fmax(no[i], last[m * 2 * lanes + lanes + i]);
        }
        if (way == ROBUST_TOTAL && lacking < 0)
            yes[i] = lacking / k;
    }
}

/* Over the window: the nearest month; or a mean of all that is lacking, of power -2, so that near months count most. */
static void over_window(const struct robust_event *event, int lanes, const double *root, double *sums, double *scores) {
    const double months = event->to - event->from + 1;
    for (int i = 0; i < lanes; i++) {
        if (event->way == ROBUST_NEAREST || root[i] >= 0 || scores[i] >= 0) {
            scores[i] = fmax(scores[i], root[i]);
            continue;
        }
        sums[i] = fmax(sums[i], 0) + 1 / (root[i] * root[i]);
        scores[i] = -sqrt(months / sums[i]);
    }
}

void robust_begin(const struct robust_event *event, int lanes, double *state, double *scores) {
    for (int i = 0; i < event->n_values * lanes; i++)
        state[i] = -INFINITY;
    for (int i = 0; i < lanes; i++)
        scores[i] = -INFINITY;
}

void robust_month(const struct robust_event *event, int t, const float *slots, int lanes, double *state,
                  double *scores) {
    for (int n = 0; n < event->n_nodes; n++) {
        const struct robust_node *node = &event->nodes[n];
        double *yes = state + node->values * lanes, *no = yes + lanes;
        if (node->op == MM_NODE_CONDITION) {
            condition(event, node, slots, lanes, yes, no);
        } else if (t >= node->from && t <= node->to) {
            combine(event, node, lanes, state, yes, no);
            if (node->for_months > 1)
                over_months(event->way, node, t, lanes, yes, no, no + lanes);
        } else { /* undecided */
            for (int i = 0; i < 2 * lanes; i++)
                yes[i] = -INFINITY;
        }
    }
    const double *root = state + event->nodes[event->root].values * lanes;
    if (t >= event->from && t <= event->to)
        over_window(event, lanes, root, state + (event->n_values - 1) * lanes, scores);
}
