/* Random configurations with every feature in them, for comparisons of whole runs. */
#ifndef TEST_SUPPORT_RANDOM_SCENE_H
#define TEST_SUPPORT_RANDOM_SCENE_H

#include "support/scene.h"

/* The configuration of this number, always the same one: shocks of all kinds, regimes, contracts of both kinds,
 * launches, programmes, profiles, and every kind of question. 18 to 48 months. */
struct scene random_scene(unsigned number);

#endif
