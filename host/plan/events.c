/* Events as a table of nodes, operands before those who use them. An event is compiled once for each window and firm
 * it is used with: windows bound what an event's own `for` may look back on, so uses with other windows differ. */
#include "host/plan/build.h"

static int condition(struct build *b, const struct sc_item *item, int firm) {
    struct sc_series_ref ref = item->ref;
    if (ref.firm == SC_FIRM_BOUND)
        ref.firm = firm == SC_NONE ? SC_FIRM_BOUND : firm;
    int slot = build_slot(b, &ref, false);
    if (slot < 0)
        return -1;
    float threshold = build_float(b, build_threshold(item->threshold));
    int at_least = item->at_least ? 1 : 0;
    for (int i = 0; i < b->nodes.n; i++) {
        const struct mm_node *node = BUILD_ITEM(b->nodes, mm_node, i);
        if (node->op == MM_NODE_CONDITION && node->slot == slot && node->at_least == at_least &&
            !(node->threshold < threshold) && !(node->threshold > threshold))
            return i;
    }
    struct mm_node *node = b->status == MM_OK ? build_add(b, &b->nodes, sizeof *node) : NULL;
    if (node == NULL)
        return -1;
    *node = (struct mm_node){.op = MM_NODE_CONDITION,
                             .slot = slot,
                             .at_least = at_least,
                             .threshold = threshold,
                             .for_months = 1,
                             .to = b->s->months - 1};
    return b->nodes.n - 1;
}

static int find_instance(const struct build *b, const struct build_instance *wanted) {
    for (int i = 0; i < b->instances.n; i++) {
        const struct build_instance *have = BUILD_ITEM(b->instances, build_instance, i);
        if (have->event == wanted->event && have->from == wanted->from && have->to == wanted->to &&
            have->firm == wanted->firm)
            return have->node;
    }
    return -1;
}

static int event_node(struct build *b, const struct build_instance *instance, const int *operands) {
    static const int ops[] = {[SC_ALL_OF] = MM_NODE_ALL, [SC_ANY_OF] = MM_NODE_ANY, [SC_NOT] = MM_NODE_NOT};
    const struct sc_event *event = &b->s->events[instance->event];
    int first = b->node_list.n;
    for (int i = 0; i < event->n_items; i++) {
        int *operand = build_add(b, &b->node_list, sizeof *operand);
        if (operand == NULL)
            return -1;
        *operand = operands[i];
    }
    struct mm_node *node = build_add(b, &b->nodes, sizeof *node);
    struct build_instance *entry = build_add(b, &b->instances, sizeof *entry);
    if (node == NULL || entry == NULL)
        return -1;
    *node = (struct mm_node){.op = ops[event->op],
                             .slot = -1,
                             .first = first,
                             .n = event->n_items,
                             .for_months = event->for_months,
                             .from = instance->from,
                             .to = instance->to};
    *entry = *instance;
    entry->node = b->nodes.n - 1;
    return entry->node;
}

static int compile(struct build *b, int event_index, int from, int to, int firm, int depth) {
    const struct sc_event *event = &b->s->events[event_index];
    struct build_instance instance = {.event = event_index,
                                      .from = event->from > from ? event->from : from,
                                      .to = event->to < to ? event->to : to,
                                      .firm = event->uses_firm ? firm : SC_NONE};
    if (depth > b->s->n_events) {
        build_fail(b, MM_USAGE, "events.%s: refers to itself", event->name);
        return -1;
    }
    int node = find_instance(b, &instance);
    if (node >= 0)
        return node;
    int *operands = build_alloc(b, (size_t)event->n_items, sizeof *operands);
    bool good = operands != NULL;
    for (int i = 0; good && i < event->n_items; i++) {
        const struct sc_item *item = &event->items[i];
        operands[i] = item->event == SC_NONE ? condition(b, item, firm)
                                             : compile(b, item->event, instance.from, instance.to, firm, depth + 1);
        good = operands[i] >= 0;
    }
    node = good ? event_node(b, &instance, operands) : -1;
    build_release(operands);
    return node;
}

int build_event(struct build *b, int event, int from, int to, int firm) {
    int last = b->s->months - 1;
    return compile(b, event, from > 0 ? from : 0, to < last ? to : last, firm, 0);
}
