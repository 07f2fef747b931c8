/* What stands behind the public handle of a study. */
#ifndef MISMATCH_HOST_STUDY_STUDY_H
#define MISMATCH_HOST_STUDY_STUDY_H

#include <jansson.h>

#include <mismatch/study.h>

struct mm_study {
    json_t *document; /* docs/studies.md; "type" says which study */
};

/* Takes over `document` (NULL: memory ran out). \return MM_OK or MM_INTERNAL (message). */
mm_status study_new(json_t *document, mm_study **study, mm_messages *messages);

/* What a study's function returns at its end, where mm_memory_failures() was `before` at its beginning: with a study
 * that may lack a part MM_INTERNAL (message), and *study is freed. */
mm_status study_end(size_t before, mm_status status, mm_study **study, mm_messages *messages);

/* A number, or null where it is not finite. */
json_t *study_number(double value);

#endif
