#include <stdlib.h>
#include <string.h>

#include "host/scenario/bind.h"
#include "host/scenario/series.h"

static void bind_item(struct view map, struct sc_item *item) {
    static const char *const kinds[] = {"event", "series", NULL};
    static const char *const tests[] = {"at_least", "below", NULL};
    static const char *const scopes[] = {"firm", "region", "generation", "layer", "name", "at_least", "below", NULL};
    item->event = SC_NONE;
    item->ref = (struct sc_series_ref){SC_GAP, SC_NONE, SC_NONE, SC_NONE, SC_NONE, SC_NONE, SC_NONE};
    if (!view_ok(map) || map.node->kind != NODE_MAP)
        return;
    int kind = view_one_of(map, kinds);
    if (kind == 0) {
        item->event = view_ref(view_get(map, "event"));
        for (int i = 0; scopes[i]; i++)
            view_refuse(map, scopes[i], "it belongs to `series`; this item names an event");
    } else if (kind == 1) {
        int test = view_one_of(map, tests);
        item->ref = series_bind(map, false);
        item->at_least = test == 0;
        item->threshold = view_real(view_get(map, test == 0 ? "at_least" : "below"));
    }
}

static void bind_event(struct view map, struct sc_event *event) {
    static const char *const kinds[] = {"all_of", "any_of", "not", NULL};
    static const enum sc_op ops[] = {SC_ALL_OF, SC_ANY_OF, SC_NOT};
    event->for_months = 1;
    event->from = SC_ALWAYS;
    event->to = SC_NEVER;
    if (!view_ok(map) || map.node->kind != NODE_MAP)
        return;
    int kind = view_one_of(map, kinds);
    if (kind >= 0) {
        struct view items = view_get(map, kinds[kind]);
        event->op = ops[kind];
        event->n_items = view_count(items);
        event->items = memory_get(map.load->memory, (size_t)event->n_items + 1, sizeof *event->items);
        for (int i = 0; i < event->n_items; i++)
            bind_item(view_item(items, i), &event->items[i]);
    }
    struct view from = view_get(map, "from"), to = view_get(map, "to");
    event->for_months = view_int(view_get(map, "for"));
    event->from = view_date(from, SC_ALWAYS);
    event->to = view_date(to, SC_NEVER);
    bind_in_horizon(from, event->from);
    bind_in_horizon(to, event->to);
    if (view_ok(from) && view_ok(to) && event->from > event->to)
        view_problem(to, map, "found '%s', before `from` (%s)", to.node->text, from.node->text);
}

#define CYCLE_SHOWN 8

enum { UNSEEN, OPEN, DONE };

struct walk {
    struct load *load;
    struct view events;
    int *state, *path, depth;
    bool *reported;
};

/* One cycle for each event that one comes back to, and not all of a long one. */
static void report_cycle(struct walk *walk, int event) {
    struct load *load = walk->load;
    int start = 0;
    if (walk->reported[event])
        return;
    walk->reported[event] = true;
    while (walk->path[start] != event)
        start++;
    const char *cycle = "";
    for (int i = start; i < walk->depth && i < start + CYCLE_SHOWN; i++)
        cycle = memory_format(load->memory, "%s%s -> ", cycle, load->names[OF_EVENT].names[walk->path[i]]);
    const char *name = load->names[OF_EVENT].names[event];
    problem_key(load, node_child(walk->events.node, name), "the event contains itself: %s%s%s", cycle,
                walk->depth - start > CYCLE_SHOWN ? "... -> " : "", name);
}

/* Finds cycles, and whether `$firm` occurs in an event or inside it. */
static void visit(struct walk *walk, int index) {
    struct sc_event *event = &walk->load->data->events[index];
    walk->state[index] = OPEN;
    walk->path[walk->depth++] = index;
    for (int i = 0; i < event->n_items; i++) {
        const struct sc_item *item = &event->items[i];
        if (item->event < 0) {
            event->uses_firm = event->uses_firm || item->ref.firm == SC_FIRM_BOUND;
            continue;
        }
        if (walk->state[item->event] == OPEN)
            report_cycle(walk, item->event);
        else if (walk->state[item->event] == UNSEEN)
            visit(walk, item->event);
        event->uses_firm = event->uses_firm || walk->load->data->events[item->event].uses_firm;
    }
    walk->depth--;
    walk->state[index] = DONE;
}

void bind_events(struct load *load) {
    struct sc_scenario *data = load->data;
    struct view map = view_get(view_root(load), "events");
    int n = view_ok(map) && map.node->kind == NODE_MAP ? load->names[OF_EVENT].n : 0;
    data->n_events = n;
    data->events = memory_get(load->memory, (size_t)n + 1, sizeof *data->events);
    for (int i = 0; i < n; i++) {
        const char *name = load->names[OF_EVENT].names[i];
        data->events[i].name = memory_copy(load->memory, name);
        bind_event(view_get(map, name), &data->events[i]);
    }
    struct walk walk = {load,
                        map,
                        memory_get(load->memory, (size_t)n + 1, sizeof(int)),
                        memory_get(load->memory, (size_t)n + 1, sizeof(int)),
                        0,
                        memory_get(load->memory, (size_t)n + 1, sizeof(bool))};
    for (int i = 0; i < n; i++)
        if (walk.state[i] == UNSEEN)
            visit(&walk, i);
}
