/* The parts of the report for people. */
#ifndef MISMATCH_HOST_REPORT_TEXT_H
#define MISMATCH_HOST_REPORT_TEXT_H

#include "host/report/page.h"

/* An event of a configuration in words: "meta has at least 10 % of its compute spare for 3 months running".
 * `firm` stands for `$firm`, or NULL. \return a new string, or NULL when memory ran out. */
char *phrase_event(const json_t *effective, const char *event, const char *firm);
/* "at least 10 % of its compute is spare": what a coexistence question calls idle. \return as above. */
char *phrase_idle(const json_t *coexistence);

/* Whether a firm has compute at any time: its own, or by contract. */
bool firm_holds_compute(const json_t *effective, const char *firm);

void text_answer(struct page *page);
void text_industry(struct page *page);
void text_fans(struct page *page);
void text_coexistence(struct page *page);
void text_events(struct page *page);
void text_evidence(struct page *page);
void text_binding(struct page *page);
void text_basis(struct page *page);

#endif
