/* JSON text to what reads it, in memory that stays small: `both` of coexistence entries, which is nearly all of a long
 * horizon's result, is kept in short. */
#ifndef MISMATCH_HOST_READ_H
#define MISMATCH_HOST_READ_H

#include <jansson.h>
#include <stdbool.h>

struct read_source {
    json_load_callback_t more; /* bytes into a buffer; 0 at the end, (size_t)-1 where it fails */
    void *context;
    bool failed;    /* out: `more` has failed */
    bool no_memory; /* out */
};

/* As json_load_callback() with JSON_REJECT_DUPLICATES, but that both_open() opens a long `both`. Lines are counted as
 * in the text; columns behind a long `both`, in the same line, are not. */
json_t *read_json(struct read_source *source, json_error_t *error);

#endif
