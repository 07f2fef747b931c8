/* What the files of this room share while a configuration is read: where things came from, the tree of what was
 * written, and the list of what is wrong with it. */
#ifndef MISMATCH_HOST_SCENARIO_LOAD_H
#define MISMATCH_HOST_SCENARIO_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "host/scenario/keys.h"
#include "host/scenario/memory.h"
#include "host/scenario/scenario.h"

#define LOAD_MAX_BYTES ((size_t)16 << 20)
#define LOAD_MAX_DEPTH 32       /* maps and lists inside each other; the format needs 8 */
#define LOAD_MAX_VALUES 1000000 /* of all files together; bounds memory on hostile input */
#define LOAD_MAX_KEYS 10000     /* of one map, and items of one named list: merging compares all pairs */
#define PROBLEMS_KEPT 2000      /* only the first 20 by place are shown; what goes beyond is counted */

enum source_kind { SOURCE_FILE, SOURCE_OVERLAY, SOURCE_SET, SOURCE_TABLE };

struct source {
    enum source_kind kind;
    const char *name;   /* as messages show it: the file, or the whole --set setting */
    const char *folder; /* where file names in it start, with a trailing slash; "" for the working directory */
};

/* A place in the input; line and column from 1, 0 where there is none. */
struct origin {
    int source, line, column;
};

enum node_kind { NODE_NULL, NODE_TEXT, NODE_LIST, NODE_MAP };

/* A value as written. Children of a map carry their key. */
struct node {
    enum node_kind kind;
    bool quoted; /* the text stood in quotes: neither a number nor true or false */
    bool empty;  /* nothing was written, where NULL was meant or not */
    bool bad;    /* reported as wrong: nothing is concluded from it */
    const char *text;
    const char *key;
    struct origin key_at, at;
    struct node *parent;
    int index; /* in the parent */
    int n, room;
    struct node **items;
};

struct problem {
    struct origin at;
    int order; /* of being found, to keep sorting stable */
    const char *text;
};

/* The names that a kind of reference may take. */
struct names {
    bool known; /* false: what defines them is itself wrong, so references are not checked */
    int n, room;
    const char **names;
};

struct load {
    struct sc_memory *memory;
    const struct key_node *keys;
    int n_sources, sources_room;
    struct source *sources;
    int n_values; /* read so far */
    int n_problems, problems_room;
    struct problem *problems;
    bool unreadable;    /* a file could not be read */
    bool nested;        /* checking what a competitor overlay makes of the scenario */
    const char *suffix; /* ends every message; "" */
    struct node *root;
    struct names names[OF_COUNT];
    struct sc_scenario *data;
};

/* problems.c */
void problem_add(struct load *load, struct origin at, const char *path, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A problem with the value of a node, or with its key. */
void problem_value(struct load *load, const struct node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void problem_key(struct load *load, const struct node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The text, or its beginning and "..." where it is longer than `most` bytes. */
const char *problem_cut(struct load *load, const char *text, size_t most);
int source_add(struct load *load, enum source_kind kind, const char *name, const char *folder);
/* "ai.yaml:12", "overlay hot.yaml:3" or "--set". */
const char *origin_text(struct load *load, struct origin at);
/* "ai.yaml:12:9", for pointing at a second place inside a message. */
const char *origin_place(struct load *load, struct origin at);

/* tree.c */
struct node *node_new(struct load *load, enum node_kind kind, struct origin at);
void node_append(struct load *load, struct node *parent, struct node *child);
void node_replace(struct node *old, struct node *by);
void node_remove(struct node *child);
struct node *node_child(const struct node *map, const char *key); /* NULL when absent or not a map */
struct node *node_named(const struct node *list, const char *name);
const char *node_name(const struct node *item); /* the text of `name`, or NULL */
bool node_is_named_list(const struct node *list);
struct node *node_copy(struct load *load, const struct node *node);
/* Dotted, with names for named items and indices for others: firms.meta.phases.big.mw. "" for the root. */
const char *node_path(struct load *load, const struct node *node);

/* read.c: the text of a file or of one setting as a tree; NULL: not readable, problems say why. */
struct node *read_yaml(struct load *load, int source, const char *text, size_t length);
/* The whole of a file ("-": standard input); `at` and `path` say who asked for it (source -1: the command line). */
char *read_file(struct load *load, const char *file, size_t *length, struct origin at, const char *path);
/* The folder of a file, with its slash. */
const char *read_folder(struct load *load, const char *file);

/* profile.c, competitor.c: file names are replaced by what the files hold. */
void profile_inline(struct load *load, struct node *root);
void competitor_inline(struct load *load);
void competitor_check(struct load *load);

/* merge.c, set.c */
void merge_into(struct load *load, struct node *into, const struct node *from);
/* A copy of a value without the keys that are null. */
struct node *merge_fresh(struct load *load, const struct node *from, const struct key_node *key);
void set_apply(struct load *load, const char *text);

/* check.c: keys, types, ranges, references against the option table. */
void check_tree(struct load *load);

/* bind*.c: plain data with names resolved, and what no table can say. */
void bind_scenario(struct load *load);

#endif
