#define MM_LANES 4
#define LANES_NAME lanes_w4
#include "host/engine/lanes/lanes_body.h"
