#define MM_LANES 1
#define PROBE_BODY
#include "../lanes_probe.h"
