/* --set dotted.key=value. Items of named lists go by name, others by index from 0. */
#include <stdlib.h>
#include <string.h>

#include "host/scenario/check.h"
#include "host/scenario/load.h"
#include "host/scenario/text.h"

#define PARTS_MAX LOAD_MAX_DEPTH

struct setting {
    struct load *load;
    int n;
    const char *parts[PARTS_MAX];
    struct origin at;
};

/* The path up to and with part i, for messages. */
static const char *path_to(const struct setting *setting, int i) {
    const char *path = setting->parts[0];
    for (int k = 1; k <= i; k++)
        path = memory_format(setting->load->memory, "%s.%s", path, setting->parts[k]);
    return path;
}

/* The keys of `ranges` hold dots themselves: what lies between `ranges` and a key of a range is one part. */
static void join_range_key(struct setting *setting, const struct key_node *keys) {
    const struct key_node *ranges = keys_fixed(keys, "ranges");
    if (setting->n < 3 || strcmp(setting->parts[0], "ranges") != 0 || keys_fixed(ranges, setting->parts[1]))
        return;
    int last = setting->n - 1;
    bool has_field = keys_fixed(ranges->any, setting->parts[last]) != NULL;
    int end = has_field ? last - 1 : last;
    const char *joined = setting->parts[1];
    for (int i = 2; i <= end; i++)
        joined = memory_format(setting->load->memory, "%s.%s", joined, setting->parts[i]);
    setting->parts[1] = joined;
    if (has_field)
        setting->parts[2] = setting->parts[last];
    setting->n = has_field ? 3 : 2;
}

static bool split(struct setting *setting, const char *text, size_t length) {
    struct load *load = setting->load;
    const char *end = text + length;
    for (;;) {
        const char *dot = memchr(text, '.', (size_t)(end - text));
        const char *stop = dot ? dot : end;
        if (stop == text || setting->n == PARTS_MAX) {
            problem_add(load, setting->at, "", "%s in the key; expected dotted.key=value",
                        stop == text ? "an empty part" : "too many parts");
            return false;
        }
        setting->parts[setting->n++] = memory_text(load->memory, text, (size_t)(stop - text));
        if (!dot)
            break;
        text = dot + 1;
    }
    join_range_key(setting, load->keys);
    return true;
}

static struct node *list_item(struct setting *setting, int i, const struct node *list) {
    struct load *load = setting->load;
    const char *part = setting->parts[i], *path = path_to(setting, i);
    if (node_is_named_list(list)) {
        struct node *item = node_named(list, part);
        if (item)
            return item;
        const char **names = memory_get(load->memory, (size_t)list->n + 1, sizeof *names);
        for (int k = 0; k < list->n; k++)
            names[k] = node_name(list->items[k]);
        const char *near = text_nearest(part, names, list->n);
        problem_add(load, setting->at, path, "there is no item named '%s'%s%s%s", part, near ? "; did you mean '" : "",
                    near ? near : "", near ? "'?" : "");
        return NULL;
    }
    char *end = NULL;
    unsigned long index = part[0] >= '0' && part[0] <= '9' ? strtoul(part, &end, 10) : 0;
    if (!end || *end || index >= (unsigned long)list->n) {
        if (list->n)
            problem_add(load, setting->at, path, "found '%s'; expected an index from 0 to %d: the items have no names",
                        part, list->n - 1);
        else
            problem_add(load, setting->at, path, "there is no item '%s': the list is empty", part);
        return NULL;
    }
    return list->items[index];
}

/* The map or list of part i in `node`, made where there is none. */
static struct node *step(struct setting *setting, int i, struct node *node) {
    struct load *load = setting->load;
    if (node->kind == NODE_LIST)
        return list_item(setting, i, node);
    if (node->kind != NODE_MAP) {
        problem_add(load, setting->at, path_to(setting, i), "cannot be set: '%s' is a single value",
                    path_to(setting, i - 1));
        return NULL;
    }
    struct node *child = node_child(node, setting->parts[i]);
    if (!child) {
        child = node_new(load, NODE_MAP, setting->at);
        child->key = setting->parts[i];
        node_append(load, node, child);
    }
    return child;
}

static void remove_last(struct setting *setting) {
    struct load *load = setting->load;
    struct node *node = load->root;
    const struct key_node *key = load->keys;
    for (int i = 0; i < setting->n; i++) {
        const struct key_node *key_in = key;
        key = node->kind == NODE_LIST ? (key ? key->item : NULL) : keys_child(key, setting->parts[i]);
        struct node *child = node->kind == NODE_MAP    ? node_child(node, setting->parts[i])
                             : node->kind == NODE_LIST ? list_item(setting, i, node)
                                                       : NULL;
        if (!child) {
            if (key_in && !key && node->kind == NODE_MAP) {
                struct node wrong = {.key = setting->parts[i], .key_at = setting->at, .parent = node};
                check_unknown_key(load, &wrong, key_in);
            }
            return; /* nothing there to remove */
        }
        node = child;
    }
    node_remove(node);
}

static void put(struct setting *setting, struct node *value) {
    struct node *node = setting->load->root;
    for (int i = 0; i + 1 < setting->n; i++) {
        node = step(setting, i, node);
        if (!node)
            return;
    }
    int last = setting->n - 1;
    value->key = setting->parts[last];
    value->key_at = setting->at;
    if (node->kind == NODE_MAP) {
        struct node *old = node_child(node, value->key);
        if (!old) {
            node_append(setting->load, node, value);
        } else {
            node_replace(old, value);
            value->key_at = setting->at;
        }
        return;
    }
    struct node *old = step(setting, last, node);
    if (old)
        node_replace(old, value);
}

static struct node *value_of(struct setting *setting, const char *text) {
    struct load *load = setting->load;
    struct node *read = read_yaml(load, setting->at.source, text, strlen(text));
    if (!read)
        return NULL;
    if (read->kind == NODE_NULL && read->empty) {
        problem_add(load, setting->at, path_to(setting, setting->n - 1), "has no value; write null to remove it");
        return NULL;
    }
    const struct key_node *key = load->keys;
    for (int i = 0; i < setting->n; i++)
        key = keys_step(key, setting->parts[i]);
    return read->kind == NODE_NULL ? read : merge_fresh(load, read, key);
}

void set_apply(struct load *load, const char *text) {
    const char *equals = strchr(text, '=');
    if (!equals || equals == text) {
        problem_add(load, (struct origin){-1, 0, 0}, "", "--set %s: expected dotted.key=value", text);
        return;
    }
    int source = source_add(load, SOURCE_SET, memory_format(load->memory, "--set %s", text), "");
    struct setting setting = {.load = load, .at = {source, 0, 0}};
    if (!split(&setting, text, (size_t)(equals - text)))
        return;
    struct node *value = value_of(&setting, equals + 1);
    if (!value)
        return;
    if (value->kind == NODE_NULL)
        remove_last(&setting);
    else
        put(&setting, value);
}
