/* Fields of CSV. */
#ifndef MISMATCH_HOST_REPORT_CSV_TEXT_H
#define MISMATCH_HOST_REPORT_CSV_TEXT_H

#include <jansson.h>
#include <stdio.h>

/* Quoted where RFC 4180 asks for it; NULL: empty. */
void csv_field(FILE *out, const char *text);
/* The fewest digits that read back as the same number; empty for anything but a number. */
void csv_number(FILE *out, const json_t *number);

#endif
