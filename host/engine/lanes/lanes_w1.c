#define MM_LANES 1
#define LANES_NAME lanes_w1
#include "host/engine/lanes/lanes_body.h"
