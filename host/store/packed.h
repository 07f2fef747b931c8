/* Tallies as they lie in a file: {"format", "n_counts", "n_sums", "encoding": "zlib+base64", "data"}. */
#ifndef MISMATCH_HOST_PACKED_H
#define MISMATCH_HOST_PACKED_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "host/engine/tallies.h"

/* What the tallies of one configuration mean, and in which order they lie. Raised whenever either changes, since
 * tallies of different formats must not be added. */
#define PACKED_FORMAT 3

/* Writes the object, piece by piece, without a copy of the tallies. \return false when memory ran out; other errors
 * stay with the stream. */
bool packed_write(FILE *out, const struct tallies *tallies);

/* \return the tallies, or NULL and in *why a text that says what is wrong. */
struct tallies *packed_read(const json_t *packed, json_int_t *format, const char **why);

#endif
