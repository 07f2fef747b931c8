#define MM_LANES 1
#define BENCH_NAME bench_w1
#include "host/engine/lanes/bench_body.h"
