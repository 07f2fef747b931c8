#define MM_LANES 16
#define PROBE_BODY
#include "../lanes_probe.h"
