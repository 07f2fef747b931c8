/* Checks against the option table, and the words in which they speak. */
#ifndef MISMATCH_HOST_SCENARIO_CHECK_H
#define MISMATCH_HOST_SCENARIO_CHECK_H

#include "host/scenario/load.h"

/* What was found, for messages: 'text', a list, nothing, ... */
const char *check_found(struct load *load, const struct node *node);
/* Items of the same name in one list. */
void check_distinct_names(struct load *load, const struct node *list);
/* "unknown key; did you mean 'x'?", or with all that are allowed. `key` is what the node's map should be. */
const char *check_unknown_key_text(struct load *load, const char *name, const struct key_node *key);
void check_unknown_key(struct load *load, const struct node *node, const struct key_node *key);
/* Index of a name, or SC_NONE. */
int check_index(const struct load *load, enum key_of of, const char *name);
/* "unknown firm 'x'; did you mean 'y'? Known: ..." for the node's text; at its key when `by_key`. */
void check_unknown_name(struct load *load, struct node *node, enum key_of of, bool by_key);
/* check_names.c: fills load->names from the tree. */
void check_collect_names(struct load *load);

#endif
