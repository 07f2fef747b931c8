/* The curves by month of a coexistence entry, `both` of docs/result.md, as the numbers of paths behind them: a byte or
 * two for each month and state, where the curves themselves take eighty. A long horizon has tens of millions of them.
 */
#ifndef MISMATCH_HOST_ESTIMATE_HITS_H
#define MISMATCH_HOST_ESTIMATE_HITS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of counts[(month * MM_STATES + state) * stride], `paths` > 0 in all. \return a JSON string that holds bytes, which no
 * file may; NULL when memory ran out. */
json_t *hits_pack(const uint64_t *counts, size_t stride, int months, uint64_t paths);
/* Whether it is such a string. */
bool hits_are(const json_t *value);
/* \return {STATE: {"p": [], "se": []}}, a new reference; NULL when memory ran out, or when it isn't what hits_pack()
 * made. */
json_t *hits_curves(const json_t *packed);

#endif
