#include <string.h>

#include "host/scenario/load.h"

#define PART_MAX 100 /* of a path shown in messages; names are at most 64 long */

struct node *node_new(struct load *load, enum node_kind kind, struct origin at) {
    struct node *node = memory_get(load->memory, 1, sizeof *node);
    node->kind = kind;
    node->at = node->key_at = at;
    return node;
}

void node_append(struct load *load, struct node *parent, struct node *child) {
    child->parent = parent;
    child->index = parent->n;
    *MEMORY_GROW(load->memory, parent->items, parent->n, parent->room) = child;
}

void node_replace(struct node *old, struct node *by) {
    by->key = old->key;
    by->key_at = old->key_at;
    by->parent = old->parent;
    by->index = old->index;
    old->parent->items[old->index] = by;
}

void node_remove(struct node *child) {
    struct node *parent = child->parent;
    for (int i = child->index; i + 1 < parent->n; i++) {
        parent->items[i] = parent->items[i + 1];
        parent->items[i]->index = i;
    }
    parent->n--;
}

struct node *node_child(const struct node *map, const char *key) {
    if (!map || map->kind != NODE_MAP)
        return NULL;
    for (int i = 0; i < map->n; i++)
        if (strcmp(map->items[i]->key, key) == 0)
            return map->items[i];
    return NULL;
}

const char *node_name(const struct node *item) {
    const struct node *name = node_child(item, "name");
    if (name && node_child(item, "series"))
        return NULL; /* a condition: its `name` says whose revenue is meant */
    return name && name->kind == NODE_TEXT ? name->text : NULL;
}

bool node_is_named_list(const struct node *list) {
    if (list->kind != NODE_LIST || list->n == 0)
        return false;
    for (int i = 0; i < list->n; i++)
        if (!node_name(list->items[i]))
            return false;
    return true;
}

struct node *node_named(const struct node *list, const char *name) {
    for (int i = 0; i < list->n; i++) {
        const char *own = node_name(list->items[i]);
        if (own && strcmp(own, name) == 0)
            return list->items[i];
    }
    return NULL;
}

struct node *node_copy(struct load *load, const struct node *node) {
    struct node *copy = memory_get(load->memory, 1, sizeof *copy);
    *copy = *node;
    copy->parent = NULL;
    copy->n = copy->room = 0;
    copy->items = NULL;
    for (int i = 0; i < node->n; i++)
        node_append(load, copy, node_copy(load, node->items[i]));
    return copy;
}

const char *node_path(struct load *load, const struct node *node) {
    if (!node || !node->parent)
        return "";
    const char *up = node_path(load, node->parent);
    const char *dot = up[0] ? "." : "";
    if (node->parent->kind == NODE_MAP)
        return memory_format(load->memory, "%s%s%s", up, dot, problem_cut(load, node->key, PART_MAX));
    const char *name = node_name(node);
    if (name)
        return memory_format(load->memory, "%s%s%s", up, dot, problem_cut(load, name, PART_MAX));
    return memory_format(load->memory, "%s%s%d", up, dot, node->index);
}
