/* A pattern question over hand-made tallies: names whose values are given path by path. */
#ifndef TEST_SUPPORT_PATTERN_WORLD_H
#define TEST_SUPPORT_PATTERN_WORLD_H

#include "host/estimate/pattern_values.h"

#define WORLD_NAMES 3
#define WORLD_SCALE 1024.0F /* of fixed-point values */

/* The question, and a plan whose pool holds the pattern and its scales. Name i has the leverage 1 + i. Points into
 * itself, so it must stay where it was made. */
struct world {
    struct sc_name names[WORLD_NAMES];
    struct sc_question question;
    struct sc_event event;
    struct sc_scenario scenario;
    struct plan plan;
    struct plan_question where;
    struct {
        struct mm_pattern pattern;
        float scales[WORLD_NAMES];
    } pool;
    struct tallies *tallies;
};

void world_make(struct world *w);
void world_free(struct world *w);
/* Forgets the paths. */
void world_clear(struct world *w);
/* A path of a batch: 0 without the news, 1 with it and the outcome, 2 with it and without the outcome. */
void world_add(struct world *w, int batch, int cell, const double values[WORLD_NAMES]);
struct pattern_values world_values(struct world *w);

#endif
