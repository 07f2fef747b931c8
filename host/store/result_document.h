/* What the reports may see of a result: its document, in the layout of docs/result.md. */
#ifndef MISMATCH_HOST_RESULT_DOCUMENT_H
#define MISMATCH_HOST_RESULT_DOCUMENT_H

#include <jansson.h>

#include <mismatch/result.h>

/* The whole document (schema_version, program, scenario, run, industry, coexistence, questions) but for the tallies,
 * which are laid in only when it is written. Borrowed: read it, don't change it; valid as long as the result. */
const json_t *result_document(const mm_result *result);
/* The curves `both` of a coexistence entry, of which the document holds a short form. \return a new reference; NULL
 * where there are none. */
json_t *result_both(const json_t *entry);

#endif
