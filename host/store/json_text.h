/* JSON as the project's files hold it: real numbers with the fewest digits that read back as the same number, and one
 * line for each member of the two outer levels, so that files can be compared by line. */
#ifndef MISMATCH_HOST_JSON_TEXT_H
#define MISMATCH_HOST_JSON_TEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Writes a value that stands `depth` levels deep; depth >= 2: on one line. Errors of writing stay with the stream. A
 * `both` in short (both.h) is written whole. \return false when memory ran out for that. */
bool json_text_write(FILE *out, const json_t *value, int depth);
/* The same for estimates: 10 significant digits, and 6 of the members "se" and "..._se". The tallies hold the exact
 * integers; the figures of a long horizon are most of its file. */
bool json_text_write_estimates(FILE *out, const json_t *value, int depth);
/* On one line, with 17 digits for each real number at most, which is the fastest way to write what reads back the same.
 */
bool json_text_write_exact(FILE *out, const json_t *value);
/* The same for a string. */
void json_text_string(FILE *out, const char *text);

/* A 64-bit number: an integer, or beyond 2^63 - 1, which JSON libraries can't hold, a string of digits. */
json_t *json_text_u64(uint64_t value);
/* \return whether it is one. */
bool json_text_read_u64(const json_t *value, uint64_t *number);

#endif
