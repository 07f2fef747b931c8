#define MM_LANES 4
#define BENCH_NAME bench_w4
#include "host/engine/lanes/bench_body.h"
