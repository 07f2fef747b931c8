/* mm_scenario_print_json: the effective configuration, the origin of each value, and the defaults beside it. */
#include <stdlib.h>
#include <string.h>

#include "host/scenario/mm_scenario.h"
#include "host/scenario/print.h"
#include "host/scenario/scenario_data.h"
#include "host/scenario/text.h"

struct collector {
    struct load *load;
    json_t *origins, *defaults;
    bool failed; /* memory ran out in a JSON value */
};

static void set(struct collector *to, json_t *object, const char *path, json_t *value) {
    to->failed = json_object_set_new(object, path, value) != 0 || to->failed;
}

static const char *below(struct load *load, const char *path, const char *name) {
    return memory_format(load->memory, "%s%s%s", path, path[0] ? "." : "", name);
}

/* A default as JSON: a number, true, false, a list, or a text. */
static json_t *as_json(const char *text) {
    double value;
    if (text_real(text, &value))
        return json_real(value);
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return json_boolean(text[0] == 't');
    json_t *list = text[0] == '[' ? json_loads(text, 0, NULL) : NULL;
    return list ? list : json_string(text);
}

static void collect_default(struct collector *to, const struct node *map, const struct key_node *key,
                            const char *path) {
    if (print_whole_default(key)) {
        for (const struct key_node *child = key->first; child; child = child->next)
            collect_default(to, NULL, child, below(to->load, path, child->name));
        return;
    }
    const char *text = key->row->kind == KEY_MAP ? NULL : print_default(to->load, map, key);
    if (!text || text[0] == '(')
        return;
    set(to, to->defaults, path, as_json(text));
    set(to, to->origins, path, json_string("default"));
}

static bool holds_map(const struct node *node) {
    for (int i = 0; i < node->n; i++)
        if (node->items[i]->kind == NODE_MAP || holds_map(node->items[i]))
            return true;
    return false;
}

static void collect(struct collector *to, const struct node *node, const struct key_node *key) {
    struct load *load = to->load;
    const char *path = node_path(load, node);
    if (key && key->row->kind == KEY_OVERLAY)
        key = NULL;
    if (node->kind == NODE_TEXT || node->kind == NODE_NULL || (node->kind == NODE_LIST && !holds_map(node))) {
        set(to, to->origins, path, json_string(origin_text(load, node->at)));
        return;
    }
    if (node->kind == NODE_MAP && key && key->item)
        key = key->item;
    for (int i = 0; i < node->n; i++)
        collect(to, node->items[i],
                node->kind == NODE_LIST ? (key ? key->item : NULL) : keys_child(key, node->items[i]->key));
    for (const struct key_node *child = key && node->kind == NODE_MAP ? key->first : NULL; child; child = child->next)
        if (!node_child(node, child->name))
            collect_default(to, node, child, below(load, path, child->name));
    if (node->kind != NODE_MAP || !key || key->row->of != OF_LAYER)
        return;
    for (const char *const *word = keys_words(OF_LAYER); *word; word++)
        for (const struct key_node *child = node_child(node, *word) ? NULL : key->any->first; child;
             child = child->next)
            collect_default(to, NULL, child, below(load, below(load, path, *word), child->name));
}

static json_t *describe(const mm_scenario *scenario, struct collector *to) {
    jmp_buf escape;
    to->load->memory->escape = &escape;
    if (setjmp(escape))
        return NULL;
    collect(to, to->load->root, to->load->keys);
    to->load->memory->escape = NULL;
    return json_pack("{s:i, s:s, s:O, s:O, s:O}", "schema_version", 1, "sha256", mm_scenario_sha256(scenario),
                     "effective", (json_t *)scenario->load.data->effective, "origins", to->origins, "defaults",
                     to->defaults);
}

mm_status mm_scenario_print_json(const mm_scenario *scenario, FILE *out) {
    struct load scratch = scenario->load;
    scratch.memory = memory_new();
    struct collector to = {&scratch, json_object(), json_object(), false};
    locale_t before = text_plain();
    json_t *all = scratch.memory && to.origins && to.defaults ? describe(scenario, &to) : NULL;
    text_restore(before);
    char *text = all && !to.failed ? scenario_json_text(all, 2) : NULL;
    mm_status status = text ? MM_OK : MM_INTERNAL;
    if (text && (fprintf(out, "%s\n", text) < 0 || fflush(out)))
        status = MM_IO;
    free(text);
    json_decref(all);
    json_decref(to.origins);
    json_decref(to.defaults);
    memory_free(scratch.memory);
    return status;
}
