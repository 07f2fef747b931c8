/* Reading a document: parts that are not there read as unknown, so that a report of an odd document stays a report. */
#ifndef MISMATCH_HOST_REPORT_DOCUMENT_H
#define MISMATCH_HOST_REPORT_DOCUMENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Follows a path of keys, "run.seconds.total". \return NULL where it ends. */
json_t *document_at(const json_t *from, const char *path);
/* NAN where there is no number. */
double document_number(const json_t *from, const char *path);
/* NAN beyond the array's end and where it holds no number. */
double document_item(const json_t *array, size_t i);
/* The 95 % interval of a figure {"p" or "value": `part`, "se", "ci"}. Where the document has none (an earlier version
 * wrote it), it is worked out from value and error. Ends that are not known are NAN. */
void document_interval(const json_t *figure, const char *part, double interval[2]);
/* "" where there is no text. */
const char *document_text(const json_t *from, const char *path);
/* The kind of an item of the configuration's `questions`, and in *body its map; "" when it has none. */
const char *document_kind(const json_t *question, const json_t **body);

#endif
