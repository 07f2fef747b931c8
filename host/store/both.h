/* `both` of a coexistence entry as it was read, in short where it is long: its own text, compressed. */
#ifndef MISMATCH_HOST_BOTH_H
#define MISMATCH_HOST_BOTH_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Shorter ones are left as they are. */
#define BOTH_SHORTEST ((size_t)1 << 14)

/* Whether a text is exactly what this program writes there: the four states, and of each "p" and "se" with numbers or
 * nulls that any reader takes. Blanks and line feeds may stand between. */
bool both_is_plain(const char *text, size_t size);
/* The JSON text of a string that both_open() reads; the caller frees. \return NULL when memory ran out. */
char *both_shorten(const char *text, size_t size);

/* Whether it is a string of both_shorten() or hits_pack(). */
bool both_is_short(const json_t *both);
/* A new reference to the curves of a `both` in any form: whole, of both_shorten(), of hits_pack(). \return NULL when
 * memory ran out, or when it is none of these. */
json_t *both_open(const json_t *both);

#endif
