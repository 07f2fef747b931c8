/* Laying an overlay over what is there: maps merge, lists of named items merge by name, other lists are replaced whole,
 * null removes. The base itself is laid over an empty map, so that null means the same in it. */
#include <stdlib.h>
#include <string.h>

#include "host/scenario/check.h"
#include "host/scenario/load.h"
#include "host/scenario/text.h"

static void merge_map(struct load *load, struct node *into, const struct node *from, const struct key_node *key);

struct node *merge_fresh(struct load *load, const struct node *from, const struct key_node *key) {
    if (from->kind == NODE_TEXT || from->kind == NODE_NULL || (key && key->row->kind == KEY_OVERLAY)) {
        return node_copy(load, from); /* an overlay's content keeps its nulls */
    }
    struct node *copy = node_new(load, from->kind, from->at);
    copy->key = from->key;
    copy->key_at = from->key_at;
    if (from->kind == NODE_MAP)
        merge_map(load, copy, from, key);
    else
        for (int i = 0; i < from->n; i++)
            node_append(load, copy, merge_fresh(load, from->items[i], key ? key->item : NULL));
    return copy;
}

static void unknown_item(struct load *load, const struct node *at, const struct node *list) {
    const char **names = memory_get(load->memory, (size_t)list->n + 1, sizeof *names);
    for (int i = 0; i < list->n; i++)
        names[i] = node_name(list->items[i]);
    const char *near = text_nearest(at->key, names, list->n);
    problem_key(load, at, "there is no item of this name to change or remove%s%s%s", near ? "; did you mean '" : "",
                near ? near : "", near ? "'?" : "");
}

/* A map laid over a list of named items: each key is the name of an item. */
static void merge_by_key(struct load *load, struct node *list, const struct node *from, const struct key_node *key) {
    for (int i = 0; i < from->n; i++) {
        const struct node *change = from->items[i];
        struct node *item = node_named(list, change->key);
        if (!item)
            unknown_item(load, change, list);
        else if (change->kind == NODE_NULL)
            node_remove(item);
        else if (change->kind == NODE_MAP)
            merge_map(load, item, change, key ? key->item : NULL);
        else
            problem_value(load, change, "found %s; expected a map of keys, or null to remove the item",
                          check_found(load, change));
    }
}

static void merge_named(struct load *load, struct node *list, const struct node *from, const struct key_node *key) {
    check_distinct_names(load, from);
    for (int i = 0; i < from->n; i++) {
        struct node *item = node_named(list, node_name(from->items[i]));
        if (item)
            merge_map(load, item, from->items[i], key ? key->item : NULL);
        else
            node_append(load, list, merge_fresh(load, from->items[i], key ? key->item : NULL));
    }
}

static bool too_long(struct load *load, const struct node *list) {
    if (list->n <= LOAD_MAX_KEYS)
        return false;
    problem_value(load, list, "too many items: more than %d", LOAD_MAX_KEYS);
    return true;
}

static void merge_value(struct load *load, struct node *old, const struct node *from, const struct key_node *key) {
    bool plain = !key || key->row->kind != KEY_OVERLAY;
    if (plain && old->kind == NODE_MAP && from->kind == NODE_MAP) {
        merge_map(load, old, from, key);
    } else if (key && (key->row->flags & KEY_NAMED) && node_is_named_list(old) && node_is_named_list(from)) {
        if (!too_long(load, old) && !too_long(load, from))
            merge_named(load, old, from, key);
    } else if (old->kind == NODE_LIST && from->kind == NODE_MAP && key && (key->row->flags & KEY_NAMED) &&
               (node_is_named_list(old) || old->n == 0)) {
        if (!too_long(load, old))
            merge_by_key(load, old, from, key);
    } else {
        struct node *copy = merge_fresh(load, from, key);
        struct origin key_at = from->key_at;
        node_replace(old, copy);
        copy->key_at = key_at;
    }
}

static void merge_map(struct load *load, struct node *into, const struct node *from, const struct key_node *key) {
    for (int i = 0; i < from->n; i++) {
        const struct node *child = from->items[i];
        const struct key_node *child_key = keys_child(key, child->key);
        struct node *old = node_child(into, child->key);
        if (child->kind == NODE_NULL) {
            if (key && !child_key)
                check_unknown_key(load, child, key);
            else if (child->empty && old)
                problem_key(load, child, "has no value; write null to remove it");
            else if (old)
                node_remove(old);
        } else if (old) {
            merge_value(load, old, child, child_key);
        } else {
            node_append(load, into, merge_fresh(load, child, child_key));
        }
    }
}

void merge_into(struct load *load, struct node *into, const struct node *from) {
    if (from->kind == NODE_NULL && from->empty)
        return; /* an empty file, or one of comments alone */
    if (from->kind != NODE_MAP) {
        problem_value(load, from, "found %s; expected a map of keys", check_found(load, from));
        return;
    }
    merge_map(load, into, from, load->keys);
}
