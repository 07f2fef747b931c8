#include <math.h>
#include <stdio.h>
#include <string.h>

#include "host/scenario/keys.h"
#include "host/scenario/text.h"

static const char *const layers[] = {"gpu", "power", "shell", "network", NULL};
static const char *const scopes[] = {"firm", "region", "generation", NULL};
static const char *const grades[] = {"A", "B", "C", "D", "J", NULL};

const char *const *keys_words(enum key_of of) {
    switch (of) {
    case OF_LAYER:
        return layers;
    case OF_SCOPE:
        return scopes;
    case OF_GRADE:
        return grades;
    default:
        return NULL;
    }
}

const char *keys_of_word(enum key_of of) {
    static const char *const words[OF_COUNT] = {"thing", "region",       "generation", "firm",   "regime",
                                                "name",  "event",        "layer",      "series", "scope",
                                                "grade", "date YYYY-MM", "key"};
    return words[of];
}

static const char *article_of(enum key_of of) {
    return strchr("aeiou", keys_of_word(of)[0]) != NULL ? "an" : "a";
}

/* The path of the row that a row is in, as a length; and where its own last part begins. */
static size_t parent_length(const char *path, const char **last) {
    size_t length = strlen(path);
    if (length >= 2 && path[length - 1] == ']') {
        *last = path + length - 2;
        return length - 2;
    }
    size_t i = length;
    while (i > 0 && path[i - 1] != '.')
        i--;
    *last = path + i;
    return i ? i - 1 : 0;
}

/* Rows stand behind what they are in, so walking up from the last one finds it fast. */
static struct key_node *find_parent(struct key_node *from, const char *path, size_t length) {
    for (struct key_node *key = from; key; key = (struct key_node *)key->up)
        if (strlen(key->row->path) == length && strncmp(key->row->path, path, length) == 0)
            return key;
    return NULL;
}

static void attach(struct key_node *parent, struct key_node *key) {
    key->up = parent;
    if (key->name[0] == '[') {
        parent->item = key;
    } else if (key->name[0] == '<') {
        parent->any = key;
    } else {
        if (parent->last)
            parent->last->next = key;
        else
            parent->first = key;
        parent->last = key;
    }
}

const struct key_node *keys_build(struct sc_memory *memory) {
    size_t n = keys_n_world + keys_n_claims;
    struct key_node *nodes = memory_get(memory, n, sizeof *nodes);
    for (size_t i = 0; i < n; i++) {
        struct key_node *key = &nodes[i];
        key->row = i < keys_n_world ? &keys_world[i] : &keys_claims[i - keys_n_world];
        if (i == 0) {
            key->name = "";
            continue;
        }
        size_t length = parent_length(key->row->path, &key->name);
        struct key_node *parent = find_parent(&nodes[i - 1], key->row->path, length);
        if (!parent)
            memory_out(memory); /* a defect of the table; the tests build it */
        attach(parent, key);
    }
    return nodes;
}

const struct key_node *keys_fixed(const struct key_node *key, const char *name) {
    if (!key || !name)
        return NULL;
    for (const struct key_node *child = key->first; child; child = child->next)
        if (strcmp(child->name, name) == 0)
            return child;
    return NULL;
}

const struct key_node *keys_child(const struct key_node *key, const char *name) {
    const struct key_node *child = keys_fixed(key, name);
    return child || !key ? child : key->any;
}

const struct key_node *keys_step(const struct key_node *key, const char *part) {
    if (!key || !key->item)
        return keys_child(key, part);
    bool single = (key->row->flags & KEY_ONE) && keys_fixed(key->item, part);
    return single ? keys_fixed(key->item, part) : key->item;
}

bool keys_in_range(const struct key *row, double value) {
    if (!isfinite(value))
        return false;
    if (row->flags & KEY_ABOVE ? !(value > row->low) : !(value >= row->low))
        return false;
    return row->flags & KEY_BELOW ? value < row->high : value <= row->high;
}

static const char *range_text(struct sc_memory *memory, const struct key *row) {
    char low[TEXT_NUMBER], high[TEXT_NUMBER];
    text_number(row->low, low);
    text_number(row->high, high);
    bool above = row->flags & KEY_ABOVE, below = row->flags & KEY_BELOW;
    if (row->low <= -KEY_ANY && row->high >= KEY_ANY)
        return "";
    if (row->high >= KEY_ANY)
        return memory_format(memory, above ? " above %s" : ", at least %s", low);
    if (row->low == row->high)
        return memory_format(memory, ": exactly %s", low);
    if (above && below)
        return memory_format(memory, " between %s and %s, both excluded", low, high);
    if (above)
        return memory_format(memory, " above %s and at most %s", low, high);
    if (below)
        return memory_format(memory, ", at least %s and below %s", low, high);
    return memory_format(memory, " from %s to %s", low, high);
}

static const char *count_text(struct sc_memory *memory, const struct key *row, const char *what) {
    char high[TEXT_NUMBER];
    text_number(row->high, high);
    if (row->low == row->high)
        return row->low == 1 ? "a single item" : memory_format(memory, "a list of exactly %s %s", high, what);
    return memory_format(memory, "a list of %s%s %s", row->low > 0 ? "1 to " : "at most ", high, what);
}

const char *keys_expects(struct sc_memory *memory, const struct key_node *key) {
    const struct key *row = key->row;
    const char *range = row->kind == KEY_REAL || row->kind == KEY_INT ? range_text(memory, row) : "";
    const char *open = row->unit[0] ? " (" : "", *close = row->unit[0] ? ")" : "";
    switch (row->kind) {
    case KEY_MAP:
        return key->any && !key->first
                   ? memory_format(memory, "a map with %s %s as key", article_of(row->of), keys_of_word(row->of))
                   : "a map of keys";
    case KEY_LIST:
        return count_text(memory, row, key->item->row->kind == KEY_MAP ? "maps" : "values");
    case KEY_REAL:
        return memory_format(memory, "a number%s%s%s%s", open, row->unit, close, range);
    case KEY_INT:
        return memory_format(memory, "a whole number%s%s%s%s", open, row->unit, close, range);
    case KEY_BOOL:
        return "true or false";
    case KEY_DATE:
        return "a date YYYY-MM";
    case KEY_NAME:
        return "a name of small letters, digits and hyphens, such as us-east";
    case KEY_REF:
        return memory_format(memory, "%s %s", article_of(row->of), keys_of_word(row->of));
    case KEY_PROFILE:
        return "the name of a CSV file, or a list of factors";
    case KEY_OVERLAY:
        return "the name of an overlay file, or its content as a map";
    }
    return "something else";
}
