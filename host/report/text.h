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

/* Sentences of the answer, without a full stop, as new strings; NULL when memory ran out. */
/* "With probability 0.741 ± 0.002 there is a time when ...; in half of all paths by 2028-01". */
char *phrase_probability(const json_t *effective, const json_t *body, const json_t *answer);
/* "xai (45.1 % of the months of shortage), then meta (20.0 %); least others (0.2 %)"; "" where nothing is known. */
char *phrase_idle_firms(const json_t *document);
/* "The industry is short most likely in 2027 (81 % of its months), a glut is likeliest in 2032 (50 %)". */
char *phrase_states(const json_t *industry);
/* "meta starts to sell compute (in the 3 months up to 2026-07)"; `firm`: what `$firm` stands for, "" for none. */
char *phrase_within(const json_t *effective, const json_t *within, const char *firm, const char *as_of, bool ahead);

/* Firms as a whole by P(idle | shortage) of the first coexistence question, largest first. */
struct ranked_firm {
    const char *firm;
    double p, se;
    const json_t *figure; /* of the document */
};
/* \return how many; -1 when memory ran out. free() what is found. */
int rank_idle(const json_t *document, struct ranked_firm **found);
/* The two readings of a pattern question's answer that fit best, in words, and the first one's posterior. \return false
 * where there are not two. */
bool best_readings(const json_t *answer, const char **best, const char **second, double *posterior);

/* Of what a tail question's answer is: "highest gap, 2030-01 to 2032-06", "months of short-and-spare alpha, ...". */
#define PAGE_SUBJECT 352
void text_tail_subject(char out[PAGE_SUBJECT], const json_t *answer);
/* Point i of its exceedance curve; false: there are no more. */
struct tail_point {
    double at, p, se, low, high;
};
bool text_tail_point(const json_t *answer, size_t i, struct tail_point *point);

/* When an event is looked for: "in the 12 months after 2026-07", "in 2026-07", "in the 3 months up to 2026-07". */
#define PAGE_STRETCH 96
void text_stretch(char out[PAGE_STRETCH], const json_t *within, const char *as_of, bool ahead);
/* The month `as_of` of an answer: "2026-07", "month 143". */
void text_as_of(const json_t *answer, char out[32]);

/* Paths that are needed, two digits of them. */
void text_need(char out[PAGE_NUMBER], double paths);
/* Those that a step of an evidence question needs: "about 80,000", "more than 66,000" where a side has none. */
#define PAGE_NEED (PAGE_NUMBER + 16)
void text_step_need(char out[PAGE_NEED], const json_t *step);
/* "seen only where the hypothesis holds", or does not; NULL where the step is not certain. */
const char *text_certain(const json_t *step);
bool text_never_seen(const json_t *step);
/* "product of the single factors would be 3; counted together it is 2." of a case. \return false where it has none */
#define TEXT_PRODUCT 160
bool text_product(char out[TEXT_PRODUCT], const json_t *item);

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
void text_rare(struct page *page);

void text_answer(struct page *page);
/* Its sentences about the first evidence question, and the first pattern question. */
void answer_evidence(struct page *page);
void answer_pattern(struct page *page);
void text_industry(struct page *page);
void text_fans(struct page *page);
void text_tails(struct page *page);
void text_coexistence(struct page *page);
void text_events(struct page *page);
void text_evidence(struct page *page);
void text_patterns(struct page *page);
void text_binding(struct page *page);
void text_basis(struct page *page);

#endif
