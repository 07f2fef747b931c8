/* mm_scenario_print: the effective configuration as YAML, with where each value came from. */
#include "host/scenario/print.h"

#include <stdlib.h>
#include <string.h>

#include "host/scenario/mm_scenario.h"
#include "host/scenario/text.h"

#define COMMENT_COLUMN 64

struct printer {
    struct load *load;
    FILE *out;
    const char *lead; /* what the next line begins with */
};

/* The value at a dotted key, for defaults that are other keys' values. */
static const char *value_at(const struct load *load, const char *dotted, size_t length) {
    const char *dot = memchr(dotted, '.', length);
    if (!dot)
        return NULL;
    char section[32], name[32];
    snprintf(section, sizeof section, "%.*s", (int)(dot - dotted), dotted);
    snprintf(name, sizeof name, "%.*s", (int)(dotted + length - dot - 1), dot + 1);
    const struct node *node = node_child(node_child(load->root, section), name);
    const struct key_node *key = keys_fixed(keys_fixed(load->keys, section), name);
    return node ? node->text : key ? key->row->standard : NULL;
}

static bool both_or_none(const struct node *map, const char *a) {
    return !map || node_child(map, a);
}

const char *print_default(const struct load *load, const struct node *map, const struct key_node *key) {
    const char *standard = key->row->standard, *path = key->row->path;
    if (!standard || key->row->kind == KEY_PROFILE || key->row->kind == KEY_OVERLAY)
        return NULL;
    if (standard[0] != '(') {
        /* of the two kinds of shock each has its own keys */
        if (strcmp(path, "shocks[].reach") == 0)
            return both_or_none(map, "layer") ? standard : NULL;
        if (strcmp(path, "shocks[].ramp") == 0)
            return both_or_none(map, "log_demand") ? standard : NULL;
        return standard;
    }
    if (strcmp(standard, "(from)") == 0) {
        const struct node *from = node_child(map, "from");
        return from ? from->text : NULL;
    }
    if (key->row->kind == KEY_REF)
        return NULL;
    const char *value = value_at(load, standard + 1, strlen(standard) - 2);
    return value ? value : standard;
}

bool print_whole_default(const struct key_node *key) {
    if (key->row->kind != KEY_MAP || (!key->first && !key->any))
        return false;
    for (const struct key_node *child = key->first; child; child = child->next) {
        if (child->row->kind == KEY_MAP && child->any && !child->first)
            continue; /* a table: empty unless written */
        if (child->row->kind == KEY_MAP ? !print_whole_default(child) : !child->row->standard)
            return false;
    }
    return key->first != NULL;
}

/* One line: "lead text   # comment"; the lead of the following lines is blank. */
static void line(struct printer *printer, int indent, const char *text, const char *comment) {
    size_t length = strlen(text) + (size_t)indent;
    if (printer->lead) {
        fprintf(printer->out, "%*s- %s", indent - 2, "", text);
        printer->lead = NULL;
    } else {
        fprintf(printer->out, "%*s%s", indent, "", text);
    }
    int pad = comment && length < COMMENT_COLUMN ? (int)(COMMENT_COLUMN - length) : 1;
    if (comment)
        fprintf(printer->out, "%*s# %s", pad, "", comment);
    fputc('\n', printer->out);
}

static bool needs_quotes(const struct node *node) {
    return node->quoted || node->text[0] == '\0';
}

static const char *scalar_text(struct load *load, const struct node *node) {
    if (node->kind == NODE_NULL)
        return "null";
    if (!needs_quotes(node))
        return node->text;
    const char *text = "'";
    for (const char *at = node->text; *at; at++)
        text = memory_format(load->memory, *at == '\'' ? "%s''" : "%s%c", text, *at);
    return memory_format(load->memory, "%s'", text);
}

static bool is_flow(const struct node *node) {
    if (node->kind == NODE_TEXT || node->kind == NODE_NULL || node->n == 0)
        return true;
    for (int i = 0; i < node->n; i++)
        if (node->kind == NODE_MAP || !is_flow(node->items[i]))
            return false;
    return true;
}

/* Lists of single values stand on one line, whose parts are written as they come: a profile may be long. */
static void flow(struct printer *printer, const struct node *node) {
    if (node->kind != NODE_LIST && node->n == 0 && node->kind != NODE_MAP) {
        fputs(scalar_text(printer->load, node), printer->out);
        return;
    }
    fputc(node->kind == NODE_MAP ? '{' : '[', printer->out);
    for (int i = 0; i < node->n; i++) {
        if (i)
            fputs(", ", printer->out);
        flow(printer, node->items[i]);
    }
    fputc(node->kind == NODE_MAP ? '}' : ']', printer->out);
}

static void print_map(struct printer *printer, const struct node *map, const struct key_node *key, int indent);

static void print_list(struct printer *printer, const struct node *list, const struct key_node *key, int indent) {
    for (int i = 0; i < list->n; i++) {
        const struct node *item = list->items[i];
        if (item->kind == NODE_MAP && item->n > 0) {
            printer->lead = "- ";
            print_map(printer, item, key ? key->item : NULL, indent + 2);
        } else {
            fprintf(printer->out, "%*s- ", indent, "");
            flow(printer, item);
            fprintf(printer->out, "  # %s\n", origin_text(printer->load, item->at));
        }
    }
}

static void print_value(struct printer *printer, const struct node *node, const struct key_node *key, int indent) {
    struct load *load = printer->load;
    const char *name = memory_format(load->memory, "%s:", node->key);
    if (is_flow(node)) {
        const char *origin = origin_text(load, node->at);
        if (node->kind == NODE_TEXT || node->kind == NODE_NULL) {
            line(printer, indent, memory_format(load->memory, "%s %s", name, scalar_text(load, node)), origin);
            return;
        }
        fprintf(printer->out, "%*s%s%s ", printer->lead ? indent - 2 : indent, "", printer->lead ? "- " : "", name);
        printer->lead = NULL;
        flow(printer, node);
        fprintf(printer->out, "  # %s\n", origin);
        return;
    }
    line(printer, indent, name, NULL);
    if (node->kind == NODE_LIST) {
        print_list(printer, node, key, indent + 2);
        return;
    }
    if (key && key->row->kind == KEY_OVERLAY)
        key = NULL; /* shown as it is: what it leaves out is not a default */
    if (key && key->item)
        key = key->item;
    print_map(printer, node, key, indent + 2);
}

static void print_missing(struct printer *printer, const struct node *map, const struct key_node *key, int indent) {
    struct load *load = printer->load;
    if (print_whole_default(key)) {
        line(printer, indent, memory_format(load->memory, "%s:", key->name), NULL);
        print_map(printer, NULL, key, indent + 2);
        return;
    }
    const char *text = key->row->kind == KEY_MAP ? NULL : print_default(load, map, key);
    if (!text)
        return;
    if (text[0] == '(')
        line(printer, indent, memory_format(load->memory, "# %s: %.*s", key->name, (int)strlen(text) - 2, text + 1),
             "default");
    else
        line(printer, indent, memory_format(load->memory, "%s: %s", key->name, text), "default");
}

/* Written keys in the order of the table, defaults among them, and last the keys that are names. An item of a list
 * begins with what was written, since a comment can't carry its dash. */
static void print_map(struct printer *printer, const struct node *map, const struct key_node *key, int indent) {
    if (!key) {
        for (int i = 0; map && i < map->n; i++)
            print_value(printer, map->items[i], NULL, indent);
        return;
    }
    for (const struct key_node *child = key->first; child; child = child->next) {
        const struct node *node = node_child(map, child->name);
        if (node)
            print_value(printer, node, child, indent);
        else if (!printer->lead)
            print_missing(printer, map, child, indent);
    }
    for (int i = 0; map && i < map->n; i++)
        if (!keys_fixed(key, map->items[i]->key))
            print_value(printer, map->items[i], key->any, indent);
    if (key->row->of != OF_LAYER)
        return;
    for (const char *const *word = keys_words(OF_LAYER); *word; word++)
        if (!node_child(map, *word)) {
            line(printer, indent, memory_format(printer->load->memory, "%s:", *word), NULL);
            print_map(printer, NULL, key->any, indent + 2);
        }
}

/* Printing allocates from the scenario's memory, so it needs a way out too. */
static mm_status guarded(struct load *load, FILE *out) {
    jmp_buf escape;
    load->memory->escape = &escape;
    if (setjmp(escape))
        return MM_INTERNAL;
    struct printer printer = {load, out, NULL};
    print_map(&printer, load->root, load->keys, 0);
    load->memory->escape = NULL;
    return fflush(out) || ferror(out) ? MM_IO : MM_OK;
}

mm_status mm_scenario_print(const mm_scenario *scenario, FILE *out) {
    struct load scratch = scenario->load;
    scratch.memory = memory_new();
    if (!scratch.memory)
        return MM_INTERNAL;
    mm_status status = guarded(&scratch, out);
    memory_free(scratch.memory);
    return status;
}
