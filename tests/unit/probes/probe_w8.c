#define MM_LANES 8
#define PROBE_BODY
#include "../lanes_probe.h"
