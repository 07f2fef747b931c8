#include "host/cli/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONG_ONLY 256 /* values above any letter */
#define MAX_ROWS MOST_OPTIONS

void options_free(struct options *options) {
    free(options->devices.items);
    free(options->overlays.items);
    free(options->sets.items);
    free(options->questions.items);
    free(options->expects.items);
    free(options->wheres.items);
    free(options->varies.items);
    free(options->ons.items);
    free(options->operands.items);
    for (size_t i = 0; i < options->n_found; i++)
        free(options->found[i]);
    free(options->found);
}

bool options_given(const struct options *options, const char *name) {
    for (size_t i = 0; i < option_count; i++) /* a name may have a row for each of several commands */
        if (strcmp(option_table[i].name, name) == 0 && options->given[i])
            return true;
    return false;
}

static bool list_add(struct option_list *list, const char *item) {
    const char **items = realloc(list->items, (list->n + 1) * sizeof *items);
    if (!items)
        return false;
    list->items = items;
    items[list->n++] = item;
    return true;
}

static mm_status no_memory(void) {
    fputs("mismatch: memory ran out\n", stderr);
    return MM_INTERNAL;
}

static mm_status bad_value(const struct option_row *row, const char *value, const char *allowed) {
    fprintf(stderr, "mismatch: --%s: '%s' is not %s\n", row->name, value, allowed);
    return MM_USAGE;
}

/* Puts one option's value where the table says. */
static mm_status take(const struct option_row *row, const char *value, struct options *options) {
    void *at = (char *)options + row->offset;
    uint64_t count;
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)at = true;
        return MM_OK;
    case OPTION_LEVEL:
        *(int *)at = row->letter == 'q' ? -1 : 1;
        return MM_OK;
    case OPTION_COUNT:
        return number_count(value, at) ? MM_OK : bad_value(row, value, "a whole number, such as 1000000 or 1e6");
    case OPTION_AMOUNT:
        if (strcmp(value, "auto") == 0) {
            *(uint64_t *)at = OPTION_AUTO;
            return MM_OK;
        }
        return number_count(value, at) && *(uint64_t *)at < OPTION_AUTO
                   ? MM_OK
                   : bad_value(row, value, "a whole number, such as 1000000 or 1e6, or auto");
    case OPTION_ORDINAL:
        if (!number_count(value, &count) || count == 0 || count > 1000000)
            return bad_value(row, value, "a whole number from 1 on");
        *(int *)at = (int)count;
        return MM_OK;
    case OPTION_SIZE:
        return number_size(value, at) ? MM_OK : bad_value(row, value, "a size, such as 800M or 2.5G");
    case OPTION_SHARE:
        return number_share(value, at) ? MM_OK : bad_value(row, value, "a share between 0 and 1, such as 0.01 or 1%");
    case OPTION_TIME:
        return number_time(value, at) ? MM_OK : bad_value(row, value, "a time above 0, such as 90, 10m or 2h");
    case OPTION_WHEN:
        if (strcmp(value, "auto") != 0 && strcmp(value, "always") != 0 && strcmp(value, "never") != 0)
            return bad_value(row, value, "auto, always or never");
        *(const char **)at = value;
        return MM_OK;
    case OPTION_TEXT:
        *(const char **)at = value;
        return *value ? MM_OK : bad_value(row, value, "a name");
    case OPTION_LIST:
        return list_add(at, value) ? MM_OK : no_memory();
    }
    return MM_INTERNAL;
}

/* What getopt_long() wants, for the options of one command. */
struct getopt_tables {
    struct option longs[MAX_ROWS + 1];
    char letters[2 * MAX_ROWS + 2];
};

static void fill_tables(const struct command *command, struct getopt_tables *tables) {
    size_t n = 0, letters = 0;
    memset(tables, 0, sizeof *tables);
    tables->letters[letters++] = ':';
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_table[i];
        if (!(row->commands & command->bit))
            continue;
        tables->longs[n++] = (struct option){
            .name = row->name, .has_arg = row->argument ? required_argument : no_argument, .val = LONG_ONLY + (int)i};
        if (row->letter) {
            tables->letters[letters++] = row->letter;
            if (row->argument)
                tables->letters[letters++] = ':';
        }
    }
}

static const struct option_row *find_row(const struct command *command, int value) {
    if (value >= LONG_ONLY)
        return &option_table[value - LONG_ONLY];
    for (size_t i = 0; i < option_count; i++)
        if (option_table[i].letter == value && (option_table[i].commands & command->bit))
            return &option_table[i];
    return NULL;
}

/* An option that this command doesn't know, with or without a value behind it. */
static mm_status unknown_long(const struct command *command, const char *word) {
    const char *names[MAX_ROWS + 1];
    size_t n = 0;
    int length = (int)strcspn(word + 2, "=");
    char name[64];
    snprintf(name, sizeof name, "%.*s", length, word + 2);
    for (size_t i = 0; i < option_count; i++) {
        if (option_table[i].commands & command->bit)
            names[n++] = option_table[i].name;
        else if (strcmp(option_table[i].name, name) == 0) {
            fprintf(stderr, "mismatch %s: it has no option --%s\n", command->name, name);
            return MM_USAGE;
        }
    }
    names[n] = NULL;
    const char *near = nearest_name(name, names);
    fprintf(stderr, "mismatch %s: unknown option '--%s'", command->name, name);
    if (near)
        fprintf(stderr, "; did you mean '--%s'?", near);
    fprintf(stderr, " (mismatch %s --help)\n", command->name);
    return MM_USAGE;
}

static mm_status fault(const struct command *command, int got, int value, const char *word) {
    const struct option_row *row = value ? find_row(command, value) : NULL;
    if (!row && value) {
        fprintf(stderr, "mismatch %s: unknown option '-%c' (mismatch %s --help)\n", command->name, value,
                command->name);
        return MM_USAGE;
    }
    if (!row)
        return unknown_long(command, word);
    fprintf(stderr, got == ':' ? "mismatch %s: --%s needs a value\n" : "mismatch %s: --%s takes no value\n",
            command->name, row->name);
    return MM_USAGE;
}

mm_status options_parse(const struct command *command, int argc, char **argv, struct options *options) {
    struct getopt_tables tables;
    fill_tables(command, &tables);
    *options = (struct options){0};
    opterr = 0;
    optind = 1;
    for (;;) {
        int got = getopt_long(argc, argv, tables.letters, tables.longs, NULL);
        if (got == -1)
            break;
        if (got == '?' || got == ':')
            return fault(command, got, optopt, argv[optind - 1]);
        const struct option_row *row = find_row(command, got);
        mm_status status = row ? take(row, optarg, options) : MM_INTERNAL;
        if (status != MM_OK)
            return status;
        options->given[row - option_table] = true;
    }
    for (int i = optind; i < argc; i++)
        if (!list_add(&options->operands, argv[i]))
            return no_memory();
    return MM_OK;
}
