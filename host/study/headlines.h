/* The expressions that stand for the answers of a configuration. */
#ifndef MISMATCH_HOST_STUDY_HEADLINES_H
#define MISMATCH_HOST_STUDY_HEADLINES_H

#include <stdbool.h>
#include <stddef.h>

#include <mismatch/scenario.h>
#include <mismatch/status.h>

struct headlines {
    size_t n;
    char **texts;
};

/* In the order of the questions: a probability question's name; idle() of every firm that holds compute (or of every
 * scope, where firms are not listed alone) of the first coexistence question; the middle quantile of a fan at the end
 * of each calendar year; bayes() and posterior() of each firm of an evidence question, of the first piece and of all
 * together; move() of each name of a pattern question, and implied() of those with an observed move. Then, with
 * `events`, p() of events that no question asks for. Only what this version answers. \return MM_OK or MM_INTERNAL. */
mm_status headlines_of(const mm_scenario *scenario, bool events, struct headlines *headlines, mm_messages *messages);
void headlines_free(struct headlines *headlines);

#endif
