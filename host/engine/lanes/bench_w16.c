#define MM_LANES 16
#define BENCH_NAME bench_w16
#include "host/engine/lanes/bench_body.h"
