#ifndef MISMATCH_HOST_LANES_TABLE_H
#define MISMATCH_HOST_LANES_TABLE_H

#include "host/engine/lanes/lanes.h"

extern const struct lanes_ops lanes_w1, lanes_w4, lanes_w8, lanes_w16;

#endif
