#include <string.h>

#include "host/scenario/bind.h"
#include "host/scenario/check.h"
#include "host/scenario/series.h"

/* Which events are asked for with which firms: each pair is an event of its own when paths are run. */
struct instances {
    bool *used; /* [event * firms + firm] */
};

static void mark(struct load *load, struct instances *instances, int event, int firm) {
    const struct sc_scenario *data = load->data;
    if (event < 0 || firm < 0 || firm >= data->n_firms || !data->events[event].uses_firm)
        return;
    bool *used = &instances->used[(size_t)event * (size_t)data->n_firms + (size_t)firm];
    if (*used)
        return; /* also ends cycles, which are reported elsewhere */
    *used = true;
    for (int i = 0; i < data->events[event].n_items; i++)
        mark(load, instances, data->events[event].items[i].event, firm);
}

static void check_bound(struct view map, int event, bool bound) {
    struct view view = view_get(map, "event");
    const struct sc_scenario *data = map.load->data;
    if (event >= 0 && data->events[event].uses_firm && !bound)
        view_problem(view, map, "event '%s' uses $firm, and nothing says which firm that is; put `firm` beside it",
                     data->events[event].name);
}

static struct sc_within bind_within(struct view map, bool bound) {
    struct view firm = view_get(map, "firm");
    struct sc_within within = {view_ref(view_get(map, "event")), view_ref(firm), view_int(view_get(map, "within"))};
    if (view_ok(map))
        check_bound(map, within.event, bound || view_has(firm));
    return within;
}

#define REACH_STEPS 100000 /* events inside events that are looked at; more may hold */

struct reach {
    const struct sc_scenario *data;
    int steps, depth;
};

/* The first month from `from` on in which an event can hold that is read in the months from ... to alone; SC_NEVER:
 * none up to `to`. `no`: in which it can be refuted. */
static int earliest(struct reach *reach, int index, int from, int to, bool no) {
    const struct sc_event *event = &reach->data->events[index];
    from = event->from > from ? event->from : from;
    to = event->to < to ? event->to : to;
    if (from > to)
        return SC_NEVER;
    if (reach->steps++ > REACH_STEPS || reach->depth >= reach->data->n_events)
        return from; /* an event that contains itself is reported elsewhere */
    reach->depth++;
    const bool inner_no = event->op == SC_NOT ? !no : no;
    const bool every = (event->op == SC_ALL_OF && !no) || (event->op == SC_ANY_OF && no); /* items are needed */
    int found = every ? from : SC_NEVER;
    for (int i = 0; i < event->n_items; i++) {
        const struct sc_item *item = &event->items[i];
        const int own = item->event < 0 ? from : earliest(reach, item->event, from, to, inner_no);
        found = every == (own > found) ? own : found;
    }
    reach->depth--;
    if (!no && found < SC_NEVER) /* a single month refutes, all of them are needed to hold */
        found += event->for_months - 1;
    return found <= to ? found : SC_NEVER;
}

/* An event that can't hold in its months would be looked for in vain. */
static void check_possible(struct view map, int within, int first, int last) {
    struct view event = view_get(map, "event");
    const int index = view_ref(event);
    struct reach reach = {map.load->data, 0, 0};
    if (index >= 0 && earliest(&reach, index, first, last, false) > last)
        view_problem(
            view_get(map, "within"), map,
            "found %d month%s, that is %s to %s, in which event '%s' can never hold: see its `for`, `from` and "
            "`to`, and those of the events inside it",
            within, within == 1 ? "" : "s", bind_date(map.load, first), bind_date(map.load, last),
            map.load->data->events[index].name);
}

/* The months first ... last of `within` must lie in the horizon, and the event be possible there. */
static void check_reach(struct view map, int as_of, int within, bool ahead) {
    struct load *load = map.load;
    struct view view = view_get(map, "within");
    int first = ahead ? as_of + 1 : as_of - within + 1, last = ahead ? as_of + within : as_of;
    if (!view_ok(view) || as_of < 0 || as_of >= load->data->months)
        return;
    if (first < 0 || last >= load->data->months)
        view_problem(view, map, "found %d months, that is %s to %s; expected months of the horizon, from %s to %s",
                     within, bind_date(load, first), bind_date(load, last), bind_date(load, 0),
                     bind_date(load, load->data->months - 1));
    else
        check_possible(map, within, first, last);
}

static void bind_window(struct view map, struct sc_question *question) {
    struct load *load = map.load;
    struct view from = view_get(map, "from"), to = view_get(map, "to");
    question->from = view_date(from, 0);
    question->to = view_date(to, load->data->months - 1);
    bind_in_horizon(from, question->from);
    bind_in_horizon(to, question->to);
    if (view_ok(from) && view_ok(to) && question->from > question->to)
        view_problem(to, map, "found '%s', before `from` (%s)", to.node->text, from.node->text);
}

static void bind_asked_event(struct view map, struct sc_question *question) {
    struct view firm = view_get(map, "firm");
    question->event = view_ref(view_get(map, "event"));
    question->firm = view_ref(firm);
    check_bound(map, question->event, view_has(firm));
}

static void bind_probability(struct view map, struct sc_question *question) {
    bind_asked_event(map, question);
    bind_window(map, question);
}

static bool bind_scope(struct view list, struct sc_by *by) {
    bool firm = false, ok = true;
    for (int i = 0; i < view_count(list); i++) {
        struct view word = view_item(list, i);
        int scope = view_ref(word);
        bool *seen = scope == 0 ? &firm : scope == 1 ? &by->region : &by->generation;
        if (scope < 0) {
            ok = false;
        } else if (*seen) {
            view_problem(word, list, "'%s' stands twice in this scope", word.node->text);
            ok = false;
        } else {
            *seen = true;
        }
    }
    if (ok && view_ok(list) && !firm)
        view_problem(list, list,
                     "a scope without `firm`; expected [firm], [firm, region], [firm, generation] or "
                     "[firm, region, generation]");
    return ok;
}

static void bind_coexistence(struct view map, struct sc_question *question) {
    struct load *load = map.load;
    struct view by = view_get(map, "by"), word = view_get(map, "series");
    question->series = series_bind(map, true);
    question->at_least = view_real(view_get(map, "at_least"));
    question->for_months = view_int(view_get(map, "for"));
    int n = view_has(by) ? view_count(by) : 1;
    question->n_by = n;
    question->by = memory_get(load->memory, (size_t)n + 1, sizeof *question->by);
    for (int i = 0; view_has(by) && i < n; i++) {
        struct view scope = view_item(by, i);
        struct sc_by *own = &question->by[i];
        bool ok = bind_scope(scope, own);
        if (ok && view_ok(word) && (own->region || own->generation) && !series_has_cells(question->series.series))
            view_problem(scope, map, "'%s' has no regions and generations; expected [firm]", word.node->text);
        for (int k = 0; ok && k < i; k++)
            if (question->by[k].region == own->region && question->by[k].generation == own->generation)
                view_problem(scope, map, "the same scope stands twice");
    }
}

static void bind_evidence_firms(struct view map, struct sc_question *question) {
    struct view each = view_get(map, "for_each"), firm = view_get(map, "firm");
    if (view_has(firm))
        view_refuse(map, "for_each", "the question names a `firm`");
    int n = view_has(firm) ? 1 : view_count(each);
    question->n_firms = n;
    question->firms = memory_get(map.load->memory, (size_t)n + 1, sizeof *question->firms);
    for (int i = 0; i < n; i++) {
        struct view item = view_has(firm) ? firm : view_item(each, i);
        question->firms[i] = view_ref(item);
        for (int k = 0; k < i; k++)
            if (question->firms[k] >= 0 && question->firms[k] == question->firms[i])
                view_problem(item, map, "'%s' stands twice", item.node->text);
    }
}

static void bind_evidence(struct view map, struct sc_question *question) {
    struct load *load = map.load;
    struct view as_of = view_get(map, "as_of"), pieces = view_get(map, "evidence"),
                hypothesis = view_get(map, "hypothesis");
    bool bound = view_has(view_get(map, "for_each")) || view_has(view_get(map, "firm"));
    bind_evidence_firms(map, question);
    question->as_of = view_date(as_of, -1);
    bind_in_horizon(as_of, question->as_of);
    bool judged = bind_has_time(load) && view_ok(as_of);
    question->hypothesis = bind_within(hypothesis, bound);
    if (judged)
        check_reach(hypothesis, question->as_of, question->hypothesis.within, true);
    question->n_pieces = view_count(pieces);
    question->pieces = memory_get(load->memory, (size_t)question->n_pieces + 1, sizeof *question->pieces);
    for (int i = 0; i < question->n_pieces; i++) {
        struct view piece = view_item(pieces, i);
        question->pieces[i] = bind_within(piece, bound);
        if (judged)
            check_reach(piece, question->as_of, question->pieces[i].within, false);
    }
}

static void bind_fan(struct view map, struct sc_question *question) {
    static const double standard[] = {0.05, 0.25, 0.5, 0.75, 0.95};
    struct view list = view_get(map, "quantiles");
    int n = view_has(list) ? view_count(list) : (int)(sizeof standard / sizeof standard[0]);
    question->series = series_bind(map, false);
    question->n_quantiles = n;
    question->quantiles = memory_get(map.load->memory, (size_t)n + 1, sizeof *question->quantiles);
    for (int i = 0; i < n; i++) {
        question->quantiles[i] = view_has(list) ? view_real(view_item(list, i)) : standard[i];
        for (int k = 0; k < i; k++)
            if (question->quantiles[k] > 0 && question->quantiles[k] == question->quantiles[i])
                view_problem(view_item(list, i), map, "the quantile %s stands twice",
                             bind_number(map.load, question->quantiles[i]));
    }
}

/* A list of numbers, each once; `standard` where it is not written. \return how many */
static int bind_numbers(struct view map, const char *key, const double *standard, int n_standard, double **numbers) {
    struct view list = view_get(map, key);
    int n = view_has(list) ? view_count(list) : n_standard;
    *numbers = memory_get(map.load->memory, (size_t)n + 1, sizeof **numbers);
    if (!view_has(list)) {
        for (int i = 0; i < n_standard; i++)
            (*numbers)[i] = standard[i];
        return n_standard;
    }
    for (int i = 0; i < n; i++) {
        (*numbers)[i] = view_real(view_item(list, i));
        for (int k = 0; k < i; k++)
            if (view_ok(view_item(list, i)) && view_ok(view_item(list, k)) && (*numbers)[k] == (*numbers)[i])
                view_problem(view_item(list, i), map, "%s stands twice", bind_number(map.load, (*numbers)[i]));
    }
    return n;
}

static void bind_tail(struct view map, struct sc_question *question) {
    static const char *const kinds[] = {"series", "event", NULL};
    static const char *const scopes[] = {"region", "generation", "layer", "name", NULL};
    static const double standard[] = {0.95, 0.99};
    int kind = view_one_of(map, kinds);
    if (kind == 0)
        question->series = series_bind(map, false);
    if (kind == 1)
        bind_asked_event(map, question);
    for (int i = 0; kind == 1 && scopes[i]; i++)
        view_refuse(map, scopes[i], "it belongs to `series`; this question names an event");
    question->mean = view_has(view_get(map, "mean")) && view_bool(view_get(map, "mean"));
    if (kind == 1 && question->mean) /* false is what is printed where nothing is written */
        view_refuse(map, "mean", "it belongs to `series`; this question names an event");
    bind_window(map, question);
    question->n_levels = bind_numbers(map, "levels", standard, 2, &question->levels);
    question->n_exceed = bind_numbers(map, "exceed", NULL, 0, &question->exceed);
}

static void check_valuation(struct view map, int as_of) {
    struct load *load = map.load;
    const struct sc_scenario *data = load->data;
    struct view view = view_get(map, "as_of"), valuation = view_get(view_root(load), "valuation");
    struct view horizon = view_get(valuation, "horizon");
    int lead = 0;
    if ((view_has(valuation) && !view_ok(valuation)) || (view_has(horizon) && !view_ok(horizon)))
        return;
    for (int i = 0; i < data->n_names; i++)
        if (data->names[i].is_supplier && data->names[i].lead > lead)
            lead = data->names[i].lead;
    int needed = as_of + 1 + data->horizon + lead;
    if (as_of >= 0 && needed > data->months)
        view_problem(view, map,
                     "found '%s'; valuation from the month after it takes %d months and the longest lead %d, so that "
                     "time.months must be at least %d, but is %d",
                     view.node->text, data->horizon, lead, needed, data->months);
}

static void bind_pattern(struct view map, struct sc_question *question) {
    struct load *load = map.load;
    struct view as_of = view_get(map, "as_of"), news = view_get(map, "news"), outcome = view_get(map, "outcome");
    question->as_of = view_date(as_of, -1);
    bind_in_horizon(as_of, question->as_of);
    question->news = bind_within(news, false);
    question->outcome = bind_within(outcome, false);
    question->spread = view_real(view_get(map, "spread"));
    if (load->data->n_names == 0 && load->names[OF_NAME].known)
        view_problem(map, map, "there is nothing to value: `names` is empty");
    if (!bind_has_time(load) || !view_ok(as_of))
        return;
    check_reach(news, question->as_of, question->news.within, false);
    check_reach(outcome, question->as_of, question->outcome.within, true);
    check_valuation(map, question->as_of);
}

static void bind_question(struct view item, struct sc_question *question) {
    static const char *const kinds[] = {"probability", "coexistence", "evidence", "fan",
                                        "binding",     "pattern",     "tail",     NULL};
    static void (*const binders[])(struct view, struct sc_question *) = {
        bind_probability, bind_coexistence, bind_evidence, bind_fan, NULL, bind_pattern, bind_tail};
    struct sc_series_ref none = {SC_GAP, SC_NONE, SC_NONE, SC_NONE, SC_NONE, SC_NONE, SC_NONE};
    question->name = view_text(view_get(item, "name"));
    question->event = question->firm = SC_NONE;
    question->series = none;
    question->hypothesis = question->news = question->outcome = (struct sc_within){SC_NONE, SC_NONE, 0};
    int kind = view_one_of(item, kinds);
    if (kind < 0)
        return;
    question->kind = (enum sc_question_kind)kind;
    struct view map = view_get(item, kinds[kind]);
    if (binders[kind] && view_ok(map) && map.node->kind == NODE_MAP)
        binders[kind](map, question);
}

static void mark_question(struct load *load, struct instances *instances, const struct sc_question *question) {
    if (question->kind == SC_PROBABILITY || question->kind == SC_TAIL)
        mark(load, instances, question->event, question->firm);
    mark(load, instances, question->news.event, question->news.firm);
    mark(load, instances, question->outcome.event, question->outcome.firm);
    for (int p = -1; question->kind == SC_EVIDENCE && p < question->n_pieces; p++) {
        const struct sc_within *within = p < 0 ? &question->hypothesis : &question->pieces[p];
        mark(load, instances, within->event, within->firm);
        for (int f = 0; within->firm == SC_NONE && f < question->n_firms; f++)
            mark(load, instances, within->event, question->firms[f]);
    }
}

static void count_events(struct load *load, const struct instances *instances) {
    const struct sc_scenario *data = load->data;
    struct view events = view_get(view_root(load), "events");
    long count = 0;
    for (int e = 0; e < data->n_events; e++)
        count += !data->events[e].uses_firm;
    for (int i = 0; i < data->n_events * data->n_firms; i++)
        count += instances->used[i];
    if (count > SC_MAX_EVENTS)
        view_problem(
            events, events,
            "the events come to %ld, one with $firm counted for each firm that it is asked for; at most %d are "
            "allowed",
            count, SC_MAX_EVENTS);
}

void bind_questions(struct load *load) {
    struct sc_scenario *data = load->data;
    struct view list = view_get(view_root(load), "questions");
    int n = data->n_questions = view_count(list);
    struct instances instances = {
        memory_get(load->memory, (size_t)data->n_events * (size_t)data->n_firms + 1, sizeof(bool))};
    data->questions = memory_get(load->memory, (size_t)n + 1, sizeof *data->questions);
    for (int i = 0; i < n; i++) {
        bind_question(view_item(list, i), &data->questions[i]);
        mark_question(load, &instances, &data->questions[i]);
    }
    count_events(load, &instances);
}
