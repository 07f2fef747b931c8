#define MM_LANES 8
#define LANES_NAME lanes_w8
#include "host/engine/lanes/lanes_body.h"
