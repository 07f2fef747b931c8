/* The option table: every key of a configuration with its type, unit, range, default and text. From it come the checks,
 * the defaults, docs/configuration.md and docs/configuration.schema.json. */
#ifndef MISMATCH_HOST_SCENARIO_KEYS_H
#define MISMATCH_HOST_SCENARIO_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "host/scenario/memory.h"

enum key_kind {
    KEY_MAP,  /* fixed keys, and perhaps one row `<...>` for keys that are names */
    KEY_LIST, /* low ... high items of the row `[]` */
    KEY_REAL,
    KEY_INT,
    KEY_BOOL,
    KEY_DATE,    /* YYYY-MM */
    KEY_NAME,    /* defines a name: [a-z0-9][a-z0-9-]* */
    KEY_REF,     /* one of the names or words of `of` */
    KEY_PROFILE, /* a CSV file, or a list of factors */
    KEY_OVERLAY  /* an overlay file, or its content */
};

/* What a name stands for. */
enum key_of {
    OF_NOTHING,
    OF_REGION,
    OF_GENERATION,
    OF_FIRM,
    OF_REGIME,
    OF_NAME,
    OF_EVENT,
    OF_LAYER,
    OF_SERIES,
    OF_SCOPE,
    OF_GRADE,
    OF_DATE, /* a key of a table that is a date */
    OF_KEY,  /* a dotted key of the configuration */
    OF_COUNT
};

enum key_flags {
    KEY_REQUIRED = 1,
    KEY_ABOVE = 2, /* low itself is not allowed */
    KEY_BELOW = 4, /* high itself is not allowed */
    KEY_NAMED = 8, /* the items have a `name` by which overlays and --set find them */
    KEY_ONE = 16,  /* a single item may stand in place of the list */
    KEY_BOUND = 32 /* `$firm` is allowed */
};

#define KEY_ANY 1e30 /* no bound of its own; single precision ends at 3e38, and products must stay below it */

struct key {
    const char *path; /* firms[].build.from, slips.<layer>.median */
    enum key_kind kind;
    enum key_of of;
    unsigned flags;
    double low, high;
    const char *unit;     /* "" where there is none */
    const char *standard; /* default as written in YAML; "(...)" describes it; NULL: none */
    const char *help;
};

struct key_node {
    const struct key *row;
    const char *name; /* last part of the path: from, [], <layer> */
    const struct key_node *up;
    struct key_node *first, *last, *next; /* fixed keys, in the order of the table */
    struct key_node *any;                 /* the row <...> */
    struct key_node *item;                /* the row [] */
};

/* The table as a tree, built once for each load. */
const struct key_node *keys_build(struct sc_memory *memory);
/* The fixed child, else the `<...>` row, else NULL. */
const struct key_node *keys_child(const struct key_node *key, const char *name);
const struct key_node *keys_fixed(const struct key_node *key, const char *name);
/* One step along a dotted key: into a map by key, into a list by name or index (which, the table doesn't say). */
const struct key_node *keys_step(const struct key_node *key, const char *part);
/* "a whole number of months from 1 to 20000", "a number (kH100e/MW) above 0", "a date YYYY-MM". */
const char *keys_expects(struct sc_memory *memory, const struct key_node *key);
bool keys_in_range(const struct key *row, double value);
/* "a firm", "firm", "firms" for messages. */
const char *keys_of_word(enum key_of of);
/* Words of a fixed vocabulary (layers, scopes, grades, series), NULL-terminated; NULL for others. */
const char *const *keys_words(enum key_of of);

/* The rows, in two halves to keep the files readable. */
extern const struct key keys_world[], keys_claims[];
extern const size_t keys_n_world, keys_n_claims;

#endif
