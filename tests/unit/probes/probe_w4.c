#define MM_LANES 4
#define PROBE_BODY
#include "../lanes_probe.h"
