#define MM_LANES 8
#define BENCH_NAME bench_w8
#include "host/engine/lanes/bench_body.h"
