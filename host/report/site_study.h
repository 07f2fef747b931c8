/* Sections of a report that come from other documents than results. */
#ifndef MISMATCH_HOST_REPORT_SITE_STUDY_H
#define MISMATCH_HOST_REPORT_SITE_STUDY_H

#include "host/report/picture.h"

/* Whether it is one that a report can show; a message where not. */
bool site_knows(const json_t *document, const char *name, mm_messages *messages);
/* The listing of a store: answers against the keys that vary. Nothing where none does. */
void site_sweep(struct studio *studio, const json_t *listing, const char *name);
/* A study of sensitivity. */
void site_sensitivity(struct studio *studio, const json_t *study, const char *name);

#endif
