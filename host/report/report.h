/* Reports and expressions, all read from the document of a result (docs/result.md) and nothing else.
 *
 * The functions here take the document itself, so that they can be tested on any JSON; api.c wraps them for mm_result.
 * They expect the C locale for numbers, which api.c sets. */
#ifndef MISMATCH_HOST_REPORT_H
#define MISMATCH_HOST_REPORT_H

#include <jansson.h>
#include <stdio.h>

#include <mismatch/result.h>

/* \return MM_OK, MM_IO when writing failed, MM_INTERNAL when memory ran out. */
mm_status report_text(const json_t *document, const mm_text_style *style, FILE *out);
/* At most five sentences and their tables, for pages. */
mm_status report_markdown(const json_t *document, FILE *out);
mm_status report_csv(const json_t *document, FILE *out);

/* \return MM_OK; MM_USAGE with a message; MM_INTERNAL. */
mm_status report_evaluate(const json_t *document, const char *expression, mm_value *value, mm_messages *messages);
/* The same checks against an effective configuration alone. */
mm_status report_check(const json_t *effective, const char *expression, mm_messages *messages);

/* [[name, value, se], ...]: the headline answers, each under the expression that asks for it; null where there is none.
 * NULL when memory ran out. */
json_t *report_headlines(const json_t *document);
/* The same for the document of a study (docs/studies.md). */
mm_status report_study_text(const json_t *document, const mm_text_style *style, FILE *out);
mm_status report_study_csv(const json_t *document, FILE *out);

#endif
