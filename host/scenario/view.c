#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/scenario/bind.h"
#include "host/scenario/check.h"
#include "host/scenario/text.h"

struct view view_root(struct load *load) {
    return (struct view){load, load->root, load->keys};
}

struct view view_get(struct view map, const char *key) {
    struct view child = {map.load, NULL, keys_child(map.key, key)};
    if (map.node && map.node->kind == NODE_MAP)
        child.node = node_child(map.node, key);
    return child;
}

int view_count(struct view list) {
    if (!list.node || list.node->bad)
        return 0;
    if (list.node->kind == NODE_LIST)
        return list.node->n;
    return list.key->row->flags & KEY_ONE ? 1 : 0;
}

struct view view_item(struct view list, int i) {
    struct node *node = list.node->kind == NODE_LIST ? list.node->items[i] : list.node;
    return (struct view){list.load, node, list.key->item};
}

bool view_has(struct view view) {
    return view.node != NULL;
}

bool view_ok(struct view view) {
    return view.node && !view.node->bad;
}

/* What is in effect: the text that was written, or the default of the table; NULL where there is neither. */
static const char *effective_text(struct view view) {
    if (view_ok(view) && view.node->kind == NODE_TEXT)
        return view.node->text;
    const char *standard = view.key->row->standard;
    return standard && standard[0] != '(' ? standard : NULL;
}

double view_real(struct view view) {
    double value = 0;
    const char *text = effective_text(view);
    return text && text_real(text, &value) ? value : 0;
}

double view_real_or(struct view view, double otherwise) {
    return view_ok(view) ? view_real(view) : otherwise;
}

int view_int(struct view view) {
    return (int)view_real(view);
}

bool view_bool(struct view view) {
    const char *text = effective_text(view);
    return text && strcmp(text, "true") == 0;
}

char *view_text(struct view view) {
    return view_ok(view) && view.node->kind == NODE_TEXT ? memory_copy(view.load->memory, view.node->text) : NULL;
}

int view_date(struct view view, int otherwise) {
    int months;
    const struct sc_scenario *data = view.load->data;
    if (!view_ok(view) || view.node->kind != NODE_TEXT || !text_date(view.node->text, &months))
        return otherwise;
    return months - (data->start_year * 12 + data->start_month - 1);
}

int view_ref(struct view view) {
    if (!view_ok(view) || view.node->kind != NODE_TEXT)
        return SC_NONE;
    if (strcmp(view.node->text, "$firm") == 0)
        return SC_FIRM_BOUND;
    return check_index(view.load, view.key->row->of, view.node->text);
}

void view_problem(struct view view, struct view missing_from, const char *format, ...) {
    struct load *load = view.load;
    va_list arguments;
    va_start(arguments, format);
    const char *text = memory_vformat(load->memory, format, arguments);
    va_end(arguments);
    if (view.node) {
        problem_value(load, view.node, "%s", text);
        return;
    }
    const char *path = node_path(load, missing_from.node);
    problem_add(load, missing_from.node->at,
                memory_format(load->memory, "%s%s%s", path, path[0] ? "." : "", view.key->name), "%s", text);
}

int view_one_of(struct view map, const char *const *keys) {
    struct load *load = map.load;
    int found = -1, n = 0;
    const char *all = "", *given = "";
    for (int i = 0; keys[i]; i++) {
        all = memory_format(load->memory, "%s%s%s", all, i ? ", " : "", keys[i]);
        if (!view_has(view_get(map, keys[i])))
            continue;
        given = memory_format(load->memory, "%s%s%s", given, n ? " and " : "", keys[i]);
        found = i;
        n++;
    }
    if (n == 1)
        return found;
    if (map.node->kind == NODE_MAP)
        problem_value(load, map.node, "found %s; expected exactly one of %s", n ? given : "none", all);
    return -1;
}

void view_need(struct view map, const char *key, const char *because) {
    struct view view = view_get(map, key);
    if (!view_has(view))
        view_problem(view, map, "required key is missing: %s; expected %s", because,
                     keys_expects(map.load->memory, view.key));
}

void view_refuse(struct view map, const char *key, const char *because) {
    struct view view = view_get(map, key);
    if (view_has(view))
        problem_key(map.load, view.node, "not allowed here: %s", because);
}

bool bind_has_time(const struct load *load) {
    struct view time = view_get(view_root((struct load *)load), "time");
    return view_ok(view_get(time, "start")) && view_ok(view_get(time, "months"));
}

const char *bind_date(struct load *load, int month) {
    char text[TEXT_NUMBER];
    text_from_date(load->data->start_year * 12 + load->data->start_month - 1 + month, text);
    return memory_copy(load->memory, text);
}

const char *bind_number(struct load *load, double value) {
    char text[TEXT_NUMBER];
    snprintf(text, sizeof text, "%.12g", value);
    return memory_copy(load->memory, text);
}

void bind_in_horizon(struct view view, int month) {
    struct load *load = view.load;
    int months = load->data->months;
    if (!view_ok(view) || !bind_has_time(load) || (month >= 0 && month < months))
        return;
    view_problem(view, view, "found '%s'; expected a month of the horizon, from %s to %s", view.node->text,
                 bind_date(load, 0), bind_date(load, months - 1));
}
