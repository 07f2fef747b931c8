#include "host/scenario/effective.h"

#include <math.h>
#include <string.h>

#include "host/scenario/scenario_data.h"
#include "host/scenario/text.h"

static json_t *from_text(const struct node *node, const struct key_node *key) {
    double value;
    enum key_kind kind = key ? key->row->kind : KEY_NAME;
    if ((kind == KEY_REAL || kind == KEY_INT) && text_real(node->text, &value)) {
        bool whole = value == floor(value) && fabs(value) < 1e15;
        return whole ? json_integer((json_int_t)value) : json_real(value);
    }
    if (kind == KEY_BOOL)
        return json_boolean(strcmp(node->text, "true") == 0);
    return json_string(node->text);
}

json_t *effective_json(const struct load *load, const struct node *node, const struct key_node *key) {
    if (node->kind == NODE_NULL)
        return json_null();
    if (node->kind == NODE_TEXT)
        return from_text(node, key);
    if (key && key->row->kind == KEY_OVERLAY)
        key = load->keys; /* its content is laid over the whole configuration */
    bool list = node->kind == NODE_LIST, by_name = key && key->row->kind == KEY_LIST && (key->row->flags & KEY_NAMED);
    json_t *json = list ? json_array() : json_object();
    if (!list && key && key->item && !by_name)
        key = key->item; /* one item in place of a list */
    for (int i = 0; json && i < node->n; i++) {
        const struct node *child = node->items[i];
        bool item = list || by_name; /* a map laid over a list of named items: its keys are their names */
        json_t *value = effective_json(load, child, item ? (key ? key->item : NULL) : keys_child(key, child->key));
        int failed = list ? json_array_append_new(json, value) : json_object_set_new(json, child->key, value);
        if (failed) {
            json_decref(json);
            return NULL;
        }
    }
    return json;
}

static void release_json(void *json) {
    json_decref(json);
}

void effective_set(struct load *load) {
    void **slot = memory_slot(load->memory, release_json);
    *slot = effective_json(load, load->root, load->keys);
    if (!*slot || !scenario_json_sha256(*slot, load->data->sha256))
        memory_out(load->memory);
    load->data->effective = *slot;
}
