/* Profiles: CSV files with the header `month,factor`, months from 0, every month once. */
#include <stdlib.h>
#include <string.h>

#include "host/scenario/load.h"

#define SHOWN_MAX 60
#define MONTHS_MAX 1000000
#define PROFILES_MAX 64 /* files read: there are at most 32 firms, and an overlay may name as many */

struct table {
    struct load *load;
    int source, line, n, rows;
    const char *path;
    struct node **factors; /* by month */
    bool failed;
};

static void complain(struct table *table, int column, const char *text) {
    table->failed = true;
    problem_add(table->load, (struct origin){table->source, table->line, column}, table->path, "%s", text);
}

static bool read_month(const char *text, int *month) {
    int value = 0;
    const char *at = text;
    while (*at >= '0' && *at <= '9' && value < MONTHS_MAX)
        value = value * 10 + (*at++ - '0');
    *month = value;
    return at > text && !*at && value < MONTHS_MAX;
}

static void read_row(struct table *table, char *line) {
    struct load *load = table->load;
    int month;
    char *comma = strchr(line, ',');
    if (!comma || strchr(comma + 1, ',')) {
        complain(table, 1,
                 memory_format(load->memory, "found '%s'; expected a month and a factor, as in 0,1.0",
                               problem_cut(load, line, SHOWN_MAX)));
        return;
    }
    *comma = '\0';
    if (!read_month(line, &month)) {
        complain(table, 1,
                 memory_format(load->memory, "found '%s'; expected a month, a whole number from 0",
                               problem_cut(load, line, SHOWN_MAX)));
        return;
    }
    if (month >= table->rows) {
        complain(table, 1,
                 memory_format(load->memory, "found month %d in a file of %d lines; expected every month from 0, once",
                               month, table->rows));
        return;
    }
    if (table->factors[month]) {
        complain(table, 1,
                 memory_format(load->memory, "month %d a second time; the first is in line %d", month,
                               table->factors[month]->at.line));
        return;
    }
    struct node *factor =
        node_new(load, NODE_TEXT, (struct origin){table->source, table->line, (int)(comma - line) + 2});
    factor->text = memory_copy(load->memory, comma + 1);
    table->factors[month] = factor;
    table->n++;
}

static void read_lines(struct table *table, char *text) {
    struct load *load = table->load;
    while (*text) {
        size_t length = strcspn(text, "\n");
        char *next = text + length + (text[length] == '\n');
        text[length] = '\0';
        if (length && text[length - 1] == '\r')
            text[length - 1] = '\0';
        table->line++;
        if (table->line == 1) {
            if (strcmp(text, "month,factor") == 0) {
                text = next;
                continue;
            }
            complain(table, 1,
                     memory_format(load->memory, "found '%s'; expected the header month,factor",
                                   problem_cut(load, text, SHOWN_MAX)));
            return; /* what stands below another header means something else */
        } else if (*text) {
            read_row(table, text);
        } else if (strspn(next, "\r\n") != strlen(next)) {
            complain(table, 1, "an empty line; expected a month and a factor, as in 0,1.0");
        }
        text = next;
    }
    if (table->line == 0) {
        table->line = 1;
        complain(table, 1, "the file is empty; expected the header month,factor");
    }
}

/* Lines that hold something, the header among them: months stay below this. */
static int count_rows(const char *text) {
    int rows = 0;
    while (*text) {
        size_t length = strcspn(text, "\n");
        rows += strspn(text, "\r") < length;
        text += length + (text[length] == '\n');
    }
    return rows;
}

/* The list of factors that takes the place of the file's name. */
static struct node *as_list(struct table *table, const struct node *name) {
    struct load *load = table->load;
    struct node *list = node_new(load, NODE_LIST, name->at);
    for (int month = 0; month < table->n && !table->failed; month++) {
        if (table->factors[month])
            node_append(load, list, table->factors[month]);
        else
            complain(table, 1, memory_format(load->memory, "month %d is missing; expected every month from 0", month));
    }
    return table->failed ? NULL : list;
}

static void inline_one(struct load *load, struct node *name) {
    const char *folder = name->text[0] == '/' ? "" : load->sources[name->at.source].folder;
    const char *file = memory_format(load->memory, "%s%s", folder, name->text), *path = node_path(load, name);
    size_t length;
    name->bad = true; /* until it is replaced */
    if (strcmp(name->text, "-") == 0) {
        problem_value(load, name, "a profile cannot come from standard input; expected the name of a CSV file");
        return;
    }
    char *text = read_file(load, file, &length, name->at, path);
    if (!text)
        return;
    struct table table = {.load = load, .source = source_add(load, SOURCE_TABLE, file, ""), .path = path};
    table.rows = count_rows(text);
    load->n_values += table.rows;
    if (load->n_values > LOAD_MAX_VALUES) {
        problem_value(load, name, "too many values: more than %d", LOAD_MAX_VALUES);
        return;
    }
    table.factors = memory_get(load->memory, (size_t)table.rows + 1, sizeof(struct node *));
    read_lines(&table, text);
    struct node *list = as_list(&table, name);
    if (list)
        node_replace(name, list);
}

void profile_inline(struct load *load, struct node *root) {
    /* a list of firms, or in an overlay a map by name */
    const struct node *firms = node_child(root, "firms");
    for (int i = 0; firms && i < firms->n && i < PROFILES_MAX; i++) {
        struct node *profile = node_child(firms->items[i], "profile");
        if (profile && profile->kind == NODE_TEXT)
            inline_one(load, profile);
    }
}
