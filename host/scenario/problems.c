#include <stdarg.h>
#include <string.h>

#include "host/scenario/load.h"

#define LINE_MAX_BYTES 1200

int source_add(struct load *load, enum source_kind kind, const char *name, const char *folder) {
    struct source *source = MEMORY_GROW(load->memory, load->sources, load->n_sources, load->sources_room);
    *source = (struct source){kind, memory_copy(load->memory, name), memory_copy(load->memory, folder)};
    return load->n_sources - 1;
}

const char *origin_place(struct load *load, struct origin at) {
    if (at.source < 0)
        return "";
    const struct source *source = &load->sources[at.source];
    if (source->kind == SOURCE_SET || at.line == 0)
        return source->name;
    return memory_format(load->memory, "%s:%d:%d", source->name, at.line, at.column);
}

const char *origin_text(struct load *load, struct origin at) {
    if (at.source < 0)
        return "";
    const struct source *source = &load->sources[at.source];
    if (source->kind == SOURCE_SET)
        return "--set";
    return memory_format(load->memory, "%s%s:%d", source->kind == SOURCE_OVERLAY ? "overlay " : "", source->name,
                         at.line);
}

const char *problem_cut(struct load *load, const char *text, size_t most) {
    size_t length = strlen(text);
    if (length <= most)
        return text;
    while (most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80)
        most--; /* not inside a character */
    return memory_format(load->memory, "%.*s...", (int)most, text);
}

/* One line, and not a long one, whatever was in the input. */
static const char *one_line(struct load *load, const char *text) {
    char *line = memory_copy(load->memory, problem_cut(load, text, LINE_MAX_BYTES));
    for (char *at = line; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = ' ';
    return line;
}

static void add(struct load *load, struct origin at, const char *path, const char *format, va_list arguments) {
    if (load->n_problems >= PROBLEMS_KEPT) {
        load->n_problems++;
        return;
    }
    const char *place = origin_place(load, at);
    const char *text = memory_vformat(load->memory, format, arguments);
    struct problem *problem = MEMORY_GROW(load->memory, load->problems, load->n_problems, load->problems_room);
    problem->at = at;
    problem->order = load->n_problems;
    problem->text = one_line(load, memory_format(load->memory, "%s%s%s%s%s%s", place, place[0] ? ": " : "", path,
                                                 path[0] ? ": " : "", text, load->suffix));
}

void problem_add(struct load *load, struct origin at, const char *path, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add(load, at, path, format, arguments);
    va_end(arguments);
}

void problem_value(struct load *load, const struct node *node, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add(load, node->at, node_path(load, node), format, arguments);
    va_end(arguments);
}

void problem_key(struct load *load, const struct node *node, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add(load, node->key_at, node_path(load, node), format, arguments);
    va_end(arguments);
}
