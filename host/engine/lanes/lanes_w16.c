#define MM_LANES 16
#define LANES_NAME lanes_w16
#include "host/engine/lanes/lanes_body.h"
