#include <stdlib.h>
#include <string.h>

#include "host/scenario/check.h"
#include "host/scenario/text.h"

#define FOUND_MAX 60
#define NAME_MAX_LENGTH 64

const char *check_found(struct load *load, const struct node *node) {
    switch (node->kind) {
    case NODE_LIST:
        return "a list";
    case NODE_MAP:
        return "a map";
    case NODE_NULL:
        return node->empty ? "nothing" : "null";
    case NODE_TEXT:
        break;
    }
    return memory_format(load->memory, "'%s'%s", problem_cut(load, node->text, FOUND_MAX),
                         node->quoted ? " in quotes" : "");
}

static void wrong(struct load *load, struct node *node, const struct key_node *key) {
    node->bad = true;
    problem_value(load, node, "found %s; expected %s", check_found(load, node), keys_expects(load->memory, key));
}

static int by_name(const void *a, const void *b) {
    const struct node *const *left = a, *const *right = b;
    int order = strcmp(node_name(*left), node_name(*right));
    return order ? order : (*left)->index - (*right)->index;
}

void check_distinct_names(struct load *load, const struct node *list) {
    struct node **sorted = memory_get(load->memory, (size_t)list->n + 1, sizeof *sorted);
    int n = 0;
    for (int i = 0; i < list->n; i++)
        if (node_name(list->items[i]))
            sorted[n++] = list->items[i];
    if (n)
        qsort(sorted, (size_t)n, sizeof *sorted, by_name);
    for (int i = 1; i < n; i++)
        if (strcmp(node_name(sorted[i - 1]), node_name(sorted[i])) == 0)
            problem_value(load, node_child(sorted[i], "name"), "a second item named '%s'; the first is at %s",
                          node_name(sorted[i]), origin_place(load, node_child(sorted[i - 1], "name")->at));
}

/* What may be behind a number that is none. */
static const char *number_hint(const struct node *node) {
    double value;
    if (node->kind != NODE_TEXT)
        return "";
    if (node->quoted)
        return text_real(node->text, &value) ? "; write it without quotes" : "";
    if (strchr(node->text, ','))
        return "; the decimal sign is a point";
    if (strcasestr(node->text, "nan") || strcasestr(node->text, "inf"))
        return "; it must be finite";
    bool large = text_real_form(node->text) && !text_real_fits(node->text, KEY_ANY);
    return large ? "; numbers go up to 1e30 in size" : "";
}

static void check_number(struct load *load, struct node *node, const struct key_node *key) {
    const struct key *row = key->row;
    double value = 0;
    bool fits = node->kind == NODE_TEXT && !node->quoted && text_real(node->text, &value) && keys_in_range(row, value);
    if (fits && row->kind == KEY_INT)
        fits = value == (double)(long)value;
    if (fits)
        return;
    node->bad = true;
    problem_value(load, node, "found %s; expected %s%s", check_found(load, node), keys_expects(load->memory, key),
                  number_hint(node));
}

static void check_reference(struct load *load, struct node *node, const struct key_node *key) {
    enum key_of of = key->row->of;
    if (node->kind != NODE_TEXT) {
        wrong(load, node, key);
    } else if (of == OF_FIRM && strcmp(node->text, "$firm") == 0) {
        if (!(key->row->flags & KEY_BOUND)) {
            node->bad = true;
            problem_value(load, node, "found '$firm', which stands for a firm inside `events` only; expected a firm");
        }
    } else if (of != OF_KEY && load->names[of].known && check_index(load, of, node->text) == SC_NONE) {
        check_unknown_name(load, node, of, false);
    }
}

static void check_name(struct load *load, struct node *node, const struct key_node *key) {
    if (node->kind != NODE_TEXT || !text_is_name(node->text) || strlen(node->text) > NAME_MAX_LENGTH)
        wrong(load, node, key);
}

static void check_node(struct load *load, struct node *node, const struct key_node *key);

static void check_list(struct load *load, struct node *node, const struct key_node *key) {
    const struct key *row = key->row;
    if (node->kind != NODE_LIST && (row->flags & KEY_ONE)) {
        check_node(load, node, key->item);
        return;
    }
    if (node->kind != NODE_LIST) {
        wrong(load, node, key);
        return;
    }
    if (node->n < (int)row->low || node->n > (int)row->high) {
        node->bad = true;
        problem_value(load, node, "found %s; expected %s",
                      node->n ? memory_format(load->memory, "a list of %d", node->n) : "an empty list",
                      keys_expects(load->memory, key));
    }
    for (int i = 0; i < node->n; i++)
        check_node(load, node->items[i], key->item);
    if (row->flags & KEY_NAMED)
        check_distinct_names(load, node);
}

/* The key of a map whose keys are names. \return whether its value is worth looking at. */
static bool check_table_key(struct load *load, struct node *child, const struct key_node *key) {
    enum key_of of = key->row->of;
    int months;
    if (of == OF_DATE && !text_date(child->key, &months)) {
        problem_key(load, child, "found '%s' as key; expected a date YYYY-MM",
                    problem_cut(load, child->key, FOUND_MAX));
        child->bad = true;
    } else if (of == OF_EVENT && (!text_is_name(child->key) || strlen(child->key) > NAME_MAX_LENGTH)) {
        problem_key(load, child, "found '%s' as key; expected a name of small letters, digits and hyphens",
                    problem_cut(load, child->key, FOUND_MAX));
    } else if ((of == OF_REGION || of == OF_GENERATION) && load->names[of].known &&
               check_index(load, of, child->key) == SC_NONE) {
        check_unknown_name(load, child, of, true);
    } else if (of == OF_LAYER && check_index(load, of, child->key) == SC_NONE) {
        check_unknown_key(load, child, key);
        return false;
    }
    return true;
}

static void check_map(struct load *load, struct node *node, const struct key_node *key) {
    if (node->kind != NODE_MAP) {
        wrong(load, node, key);
        return;
    }
    for (int i = 0; i < node->n; i++) {
        struct node *child = node->items[i];
        const struct key_node *child_key = keys_child(key, child->key);
        if (!child_key)
            check_unknown_key(load, child, key);
        else if (child_key != key->any || check_table_key(load, child, key))
            check_node(load, child, child_key);
    }
    if (key->any && node->n > (int)(key->row->high < KEY_ANY ? key->row->high : LOAD_MAX_KEYS))
        problem_value(load, node, "found %d; at most %d are allowed", node->n, (int)key->row->high);
    const char *path = node_path(load, node);
    for (const struct key_node *child = key->first; child; child = child->next)
        if ((child->row->flags & KEY_REQUIRED) && !node_child(node, child->name))
            problem_add(load, node->at, memory_format(load->memory, "%s%s%s", path, path[0] ? "." : "", child->name),
                        "required key is missing; expected %s", keys_expects(load->memory, child));
}

static void check_node(struct load *load, struct node *node, const struct key_node *key) {
    int months;
    switch (key->row->kind) {
    case KEY_MAP:
        check_map(load, node, key);
        break;
    case KEY_PROFILE:
        if (!node->bad && node->kind == NODE_TEXT)
            break; /* not read: a competitor overlay inside another, or nothing to read it for */
        if (!node->bad)
            check_list(load, node, key);
        break;
    case KEY_LIST:
        check_list(load, node, key);
        break;
    case KEY_REAL:
    case KEY_INT:
        check_number(load, node, key);
        break;
    case KEY_BOOL:
        if (node->kind != NODE_TEXT || node->quoted ||
            (strcmp(node->text, "true") != 0 && strcmp(node->text, "false") != 0))
            wrong(load, node, key);
        break;
    case KEY_DATE: {
        bool date = node->kind == NODE_TEXT && text_date(node->text, &months);
        if (!date)
            wrong(load, node, key);
        break;
    }
    case KEY_NAME:
        check_name(load, node, key);
        break;
    case KEY_REF:
        check_reference(load, node, key);
        break;
    case KEY_OVERLAY:
        if (!node->bad && node->kind != NODE_MAP && node->kind != NODE_TEXT)
            wrong(load, node, key);
        break;
    }
}

void check_tree(struct load *load) {
    check_collect_names(load);
    check_node(load, load->root, load->keys);
}
