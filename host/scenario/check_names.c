/* What references may refer to, and what is said when they don't. */
#include <stdlib.h>
#include <string.h>

#include "host/scenario/check.h"
#include "host/scenario/series.h"
#include "host/scenario/text.h"

#define SHOWN_MAX 64
#define NAMES_MAX 1000 /* of a kind; no kind may have more */

/* More names than this are not listed in a message: where one is near, and where none is. */
#define LISTED_BESIDE_NEAR 12
#define LISTED 40

static void add_name(struct load *load, enum key_of of, const char *name) {
    struct names *names = &load->names[of];
    *MEMORY_GROW(load->memory, names->names, names->n, names->room) = name;
}

static void add_words(struct load *load, enum key_of of) {
    load->names[of].known = true;
    for (const char *const *word = keys_words(of); *word; word++)
        add_name(load, of, *word);
}

/* Texts of a list, or the `name` of its items. */
static void add_list(struct load *load, enum key_of of, const struct node *list, bool optional) {
    load->names[of].known = list ? list->kind == NODE_LIST && (optional || list->n > 0) : optional;
    for (int i = 0; list && list->kind == NODE_LIST && i < list->n; i++) {
        const struct node *item = list->items[i];
        const char *name = item->kind == NODE_TEXT ? item->text : node_name(item);
        if (load->names[of].n == NAMES_MAX) {
            load->names[of].known = false; /* far too many, which is said elsewhere */
            return;
        }
        add_name(load, of, name ? name : "?"); /* keeps the places of the others */
        if (!name)
            load->names[of].known = false;
    }
}

static int by_text(const void *a, const void *b) {
    const char *const *left = a, *const *right = b;
    return strcmp(*left, *right);
}

void check_collect_names(struct load *load) {
    const struct node *root = load->root, *events = node_child(root, "events");
    memset(load->names, 0, sizeof load->names);
    add_words(load, OF_LAYER);
    add_words(load, OF_SCOPE);
    add_words(load, OF_GRADE);
    add_list(load, OF_REGION, node_child(root, "regions"), false);
    add_list(load, OF_GENERATION, node_child(root, "generations"), false);
    add_list(load, OF_FIRM, node_child(root, "firms"), false);
    add_list(load, OF_NAME, node_child(root, "names"), true);
    add_list(load, OF_REGIME, node_child(node_child(root, "regimes"), "names"), true);
    if (load->names[OF_REGIME].known && load->names[OF_REGIME].n == 0)
        add_name(load, OF_REGIME, "base");
    load->names[OF_EVENT].known = !events || events->kind == NODE_MAP;
    load->names[OF_EVENT].known = load->names[OF_EVENT].known && (!events || events->n <= NAMES_MAX);
    for (int i = 0; events && events->kind == NODE_MAP && i < events->n && i < NAMES_MAX; i++)
        add_name(load, OF_EVENT, events->items[i]->key);
    if (load->names[OF_EVENT].n) /* in an order that does not hang on how the map was written */
        qsort(load->names[OF_EVENT].names, (size_t)load->names[OF_EVENT].n, sizeof(const char *), by_text);
    load->names[OF_SERIES].known = load->names[OF_REGIME].known;
    for (int i = 0; i < SC_SERIES_COUNT; i++)
        if (i != SC_REGIME)
            add_name(load, OF_SERIES, series_word((enum sc_series)i));
    for (int i = 0; i < load->names[OF_REGIME].n; i++)
        add_name(load, OF_SERIES, memory_format(load->memory, "regime_%s", load->names[OF_REGIME].names[i]));
}

int check_index(const struct load *load, enum key_of of, const char *name) {
    const struct names *names = &load->names[of];
    for (int i = 0; i < names->n; i++)
        if (strcmp(names->names[i], name) == 0)
            return i;
    return SC_NONE;
}

static const char *listed(struct load *load, const char *const *names, int n, int most) {
    if (n == 0 || n > most)
        return "";
    const char *list = names[0];
    for (int i = 1; i < n; i++)
        list = memory_format(load->memory, "%s, %s", list, names[i]);
    return list;
}

void check_unknown_name(struct load *load, struct node *node, enum key_of of, bool by_key) {
    const struct names *names = &load->names[of];
    const char *text = by_key ? node->key : node->text, *word = keys_of_word(of);
    const char *near = text_nearest(text, names->names, names->n),
               *all = listed(load, names->names, names->n, near ? LISTED_BESIDE_NEAR : LISTED);
    const char *tail = names->n == 0 ? memory_format(load->memory, "; no %ss are defined", word)
                       : near        ? memory_format(load->memory, "; did you mean '%s'?", near)
                                     : "";
    if (names->n && all[0])
        tail = memory_format(load->memory, near ? "%s Known: %s" : "%s; known: %s", tail, all);
    if (by_key)
        problem_key(load, node, "unknown %s '%s'%s", word, problem_cut(load, text, SHOWN_MAX), tail);
    else
        problem_value(load, node, "unknown %s '%s'%s", word, problem_cut(load, text, SHOWN_MAX), tail);
    node->bad = true;
}

const char *check_unknown_key_text(struct load *load, const char *name, const struct key_node *key) {
    const struct names none = {0}, *more = key->any ? &load->names[key->row->of] : &none;
    int n = 0, room = more->n + 1;
    for (const struct key_node *child = key->first; child; child = child->next)
        room++;
    const char **names = memory_get(load->memory, (size_t)room, sizeof *names);
    for (const struct key_node *child = key->first; child; child = child->next)
        names[n++] = child->name;
    for (int i = 0; i < more->n; i++)
        names[n++] = more->names[i];
    const char *near = text_nearest(name, names, n);
    if (near)
        return memory_format(load->memory, "unknown key; did you mean '%s'?", near);
    if (n == 0)
        return "unknown key; no keys are allowed here";
    const char *all = listed(load, names, n, LISTED);
    return all[0] ? memory_format(load->memory, "unknown key; allowed: %s", all) : "unknown key";
}

void check_unknown_key(struct load *load, const struct node *node, const struct key_node *key) {
    problem_key(load, node, "%s", check_unknown_key_text(load, node->key, key));
}
