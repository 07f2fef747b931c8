/* The parts of the report for people. */
#ifndef MISMATCH_HOST_REPORT_TEXT_H
#define MISMATCH_HOST_REPORT_TEXT_H

#include <mismatch/result.h>

#include "host/report/page.h"

/* An event of a configuration in words: "meta has at least 10 % of its compute spare for 3 months running".
 * `firm` stands for `$firm`, or NULL. \return a new string, or NULL when memory ran out. */
char *phrase_event(const json_t *effective, const char *event, const char *firm);
/* "at least 10 % of its compute is spare": what a coexistence question calls idle. \return as above. */
char *phrase_idle(const json_t *coexistence);

/* When an event is looked for: "in the 12 months after 2026-07", "in 2026-07", "in the 3 months up to 2026-07". */
#define PAGE_STRETCH 96
void text_stretch(char out[PAGE_STRETCH], const json_t *within, const char *as_of, bool ahead);
/* The month `as_of` of an answer: "2026-07", "month 143". */
void text_as_of(const json_t *answer, char out[32]);

/* Whether a firm has compute at any time: its own, or by contract. */
bool firm_holds_compute(const json_t *effective, const char *firm);

/* The page that a style asks for. */
struct page text_page(const json_t *document, const mm_text_style *style, FILE *out);
/* "0.512", or with what the error allows; "–" when unknown. Errors of other figures than shares are large or absent. */
void text_figure(char out[PAGE_NUMBER], double value, double se);

void text_compare(struct page *page);
void text_reverse(struct page *page);
/* `drawn`: how the ranges were drawn. Nothing where they were not. */
void text_ranges(struct page *page, const json_t *drawn);
void text_sensitivity(struct page *page);

void text_answer(struct page *page);
/* Its sentences about the first evidence question, and the first pattern question. */
void answer_evidence(struct page *page);
void answer_pattern(struct page *page);
void text_industry(struct page *page);
void text_fans(struct page *page);
void text_coexistence(struct page *page);
void text_events(struct page *page);
void text_evidence(struct page *page);
void text_patterns(struct page *page);
void text_binding(struct page *page);
void text_basis(struct page *page);

#endif
