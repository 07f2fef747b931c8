#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/scenario/bind.h"
#include "host/scenario/check.h"
#include "host/scenario/text.h"

#define RANGES_MAX 1000 /* as the option table says; the matrix of correlations is not looked at beyond */

/* One part of a dotted key, on the way through the option table and the configuration. */
struct place {
    const struct key_node *key;
    const struct node *node; /* NULL where nothing was written */
};

static const char *const no_items[1] = {NULL};

static bool into_list(struct view range, struct place *place, const char *part) {
    struct load *load = range.load;
    const struct node *list = place->node;
    place->node = NULL;
    if (list && list->kind == NODE_LIST && node_is_named_list(list)) {
        place->node = node_named(list, part);
    } else if (list && list->kind == NODE_LIST) {
        int index = 0;
        const char *at = part;
        while (*at >= '0' && *at <= '9' && index <= list->n)
            index = index * 10 + (*at++ - '0');
        place->node = at > part && !*at && index < list->n ? list->items[index] : NULL;
    }
    place->key = place->key->item;
    if (place->node)
        return true;
    const char **names = memory_get(load->memory, (size_t)(list ? list->n : 0) + 1, sizeof *names);
    int n = 0;
    bool named = list && node_is_named_list(list);
    for (int i = 0; named && i < list->n; i++)
        names[n++] = node_name(list->items[i]);
    const char *near = text_nearest(part, n ? names : no_items, n);
    problem_key(load, range.node, "the configuration has no item '%s'%s%s%s%s", part,
                named || !list || list->n == 0 ? "" : " (its items go by index, since not all have a name)",
                near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return false;
}

static bool into_map(struct view range, struct place *place, const char *part) {
    struct load *load = range.load;
    const struct key_node *map = place->key, *child = keys_child(map, part);
    if (!child) {
        problem_key(load, range.node, "'%s': %s", part, check_unknown_key_text(load, part, map));
        return false;
    }
    bool layers = child == map->any && map->row->of == OF_LAYER;
    if (layers && check_index(load, OF_LAYER, part) == SC_NONE) {
        problem_key(load, range.node, "'%s': %s", part, check_unknown_key_text(load, part, map));
        return false;
    }
    const struct node *node = node_child(place->node, part);
    bool must_be = child == map->any && !layers;
    for (const struct key_node *inner = child->first; inner && !node; inner = inner->next)
        must_be = must_be || (inner->row->flags & KEY_REQUIRED);
    if (child->row->kind == KEY_MAP || child == map->any ? !node && must_be : false) {
        problem_key(load, range.node, "the configuration has no '%s' here", part);
        return false;
    }
    *place = (struct place){child, node};
    return true;
}

/* The row of the option table that a dotted key leads to; NULL after a problem. *value: what the configuration has. */
static const struct key *resolve(struct view range, const char *dotted, double *value) {
    struct load *load = range.load;
    struct place place = {load->keys, load->root};
    *value = NAN;
    while (*dotted) {
        size_t length = strcspn(dotted, ".");
        const char *part = memory_text(load->memory, dotted, length);
        bool single = place.node && place.node->kind == NODE_MAP && place.key->item;
        if (single)
            place.key = place.key->item; /* one item in place of a list */
        if (!(place.key->item ? into_list(range, &place, part) : into_map(range, &place, part)))
            return NULL;
        dotted += length + (dotted[length] == '.');
    }
    enum key_kind kind = place.key->row->kind;
    if (kind == KEY_REAL || kind == KEY_INT) {
        const char *text = place.node ? place.node->text : place.key->row->standard;
        if (text && !text_real(text, value))
            *value = NAN;
        return place.key->row;
    }
    problem_key(load, range.node, "not a number; expected the dotted key of a number, such as slips.power.median");
    return NULL;
}

static void check_point(struct view view, const struct key *row) {
    double value = view_real(view);
    struct key_node as = {.row = row};
    if (!view_ok(view) || !row || keys_in_range(row, value))
        return;
    struct key real = *row;
    real.kind = KEY_REAL; /* a whole number may have a range with a fraction; draws are rounded */
    as.row = &real;
    view_problem(view, view, "found '%s'; expected %s, as for the key itself", view.node->text,
                 keys_expects(view.load->memory, &as));
}

#define INSIDE 1e-6 /* how far an excluded bound is left */

static void bind_bounds(const struct key *row, struct sc_range *range) {
    range->least = row->low;
    range->most = row->high;
    range->whole = row->kind == KEY_INT;
    if (row->flags & KEY_ABOVE)
        range->least += INSIDE * fmax(1, fabs(row->low));
    if (row->flags & KEY_BELOW)
        range->most -= INSIDE * fmax(1, fabs(row->high));
}

static void bind_range(struct view map, struct sc_range *range) {
    struct view low = view_get(map, "low"), central = view_get(map, "central"), high = view_get(map, "high"),
                grade = view_get(map, "grade");
    range->key = memory_copy(map.load->memory, map.node->key);
    const struct key *row = resolve(map, range->key, &range->value);
    if (row)
        bind_bounds(row, range);
    range->low = view_real(low);
    range->central = view_real(central);
    range->high = view_real(high);
    range->grade = view_ok(grade) ? grade.node->text[0] : '?';
    check_point(low, row);
    check_point(central, row);
    check_point(high, row);
    if (view_ok(low) && view_ok(central) && range->low > range->central)
        view_problem(central, map, "found central %s below low %s; expected low <= central <= high", central.node->text,
                     low.node->text);
    if (view_ok(central) && view_ok(high) && range->central > range->high)
        view_problem(high, map, "found high %s below central %s; expected low <= central <= high", high.node->text,
                     central.node->text);
}

static int by_key(const void *a, const void *b) {
    const struct node *const *left = a, *const *right = b;
    return strcmp((*left)->key, (*right)->key);
}

static int range_index(const struct sc_scenario *data, const char *key) {
    for (int i = 0; i < data->n_ranges; i++)
        if (strcmp(data->ranges[i].key, key) == 0)
            return i;
    return SC_NONE;
}

/* Cholesky's first failing pivot tells that no normals have these correlations. */
static bool is_possible(struct load *load, const struct sc_scenario *data) {
    size_t n = (size_t)data->n_ranges;
    double *m = memory_get(load->memory, n * n + 1, sizeof *m);
    for (size_t i = 0; i < n; i++)
        m[i * n + i] = 1;
    for (int i = 0; i < data->n_correlations; i++) {
        size_t a = (size_t)data->correlations[i].a, b = (size_t)data->correlations[i].b;
        m[a * n + b] = m[b * n + a] = data->correlations[i].rho;
    }
    for (size_t j = 0; j < n; j++) {
        for (size_t k = 0; k < j; k++)
            m[j * n + j] -= m[j * n + k] * m[j * n + k];
        if (!(m[j * n + j] > 1e-12))
            return false;
        double pivot = m[j * n + j] = sqrt(m[j * n + j]);
        for (size_t i = j + 1; i < n; i++) {
            for (size_t k = 0; k < j; k++)
                m[i * n + j] -= m[i * n + k] * m[j * n + k];
            m[i * n + j] /= pivot;
        }
    }
    return true;
}

static bool bind_pair(struct view item, struct sc_correlation *pair) {
    struct load *load = item.load;
    struct view keys = view_get(item, "keys");
    int index[2] = {SC_NONE, SC_NONE};
    for (int i = 0; i < view_count(keys) && i < 2; i++) {
        struct view key = view_item(keys, i);
        if (!view_ok(key))
            continue;
        index[i] = range_index(load->data, key.node->text);
        if (index[i] == SC_NONE)
            view_problem(key, keys, "found '%s'; expected a key of `ranges`", key.node->text);
    }
    *pair = (struct sc_correlation){index[0], index[1], view_real(view_get(item, "rho"))};
    if (index[0] < 0 || index[1] < 0)
        return false;
    if (index[0] == index[1])
        view_problem(keys, item, "the same key twice; expected two keys");
    return index[0] != index[1];
}

static void bind_correlations(struct load *load, struct view list) {
    struct sc_scenario *data = load->data;
    int n = view_count(list);
    bool ok = n > 0;
    data->correlations = memory_get(load->memory, (size_t)n + 1, sizeof *data->correlations);
    for (int i = 0; i < n; i++) {
        struct view item = view_item(list, i);
        struct sc_correlation *pair = &data->correlations[i];
        ok = bind_pair(item, pair) && ok;
        for (int k = 0; ok && k < i; k++) {
            const struct sc_correlation *other = &data->correlations[k];
            if ((other->a == pair->a && other->b == pair->b) || (other->a == pair->b && other->b == pair->a))
                view_problem(item, item, "this pair is already given");
        }
    }
    data->n_correlations = ok ? n : 0;
    if (ok && data->n_ranges <= RANGES_MAX && !is_possible(load, data))
        view_problem(list, list, "no numbers can be correlated like this: the matrix is not positive definite");
}

void bind_ranges(struct load *load) {
    struct sc_scenario *data = load->data;
    struct view map = view_get(view_root(load), "ranges"), pairs = view_get(map, "correlate");
    int n = 0, all = view_ok(map) && map.node->kind == NODE_MAP ? map.node->n : 0;
    struct node **sorted = memory_get(load->memory, (size_t)all + 1, sizeof *sorted);
    for (int i = 0; i < all; i++)
        if (map.node->items[i] != pairs.node)
            sorted[n++] = map.node->items[i];
    if (n)
        qsort(sorted, (size_t)n, sizeof *sorted, by_key);
    data->n_ranges = n;
    data->ranges = memory_get(load->memory, (size_t)n + 1, sizeof *data->ranges);
    for (int i = 0; i < n; i++)
        bind_range((struct view){load, sorted[i], map.key->any}, &data->ranges[i]);
    if (view_ok(pairs))
        bind_correlations(load, pairs);
}
