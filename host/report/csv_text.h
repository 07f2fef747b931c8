/* Fields of CSV. */
#ifndef MISMATCH_HOST_REPORT_CSV_TEXT_H
#define MISMATCH_HOST_REPORT_CSV_TEXT_H

#include <jansson.h>
#include <stdio.h>

/* Quoted where RFC 4180 asks for it; NULL: empty. */
void csv_field(FILE *out, const char *text);
/* The fewest digits that read back as the same number; empty for anything but a number. */
void csv_number(FILE *out, const json_t *number);

/* "low", "median" and "high" of each answer in `ranges`, as rows of the long form; nothing for NULL. */
void csv_ranges(FILE *out, json_t *ranges);

#endif
