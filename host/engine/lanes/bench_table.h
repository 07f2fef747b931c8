#ifndef MISMATCH_HOST_BENCH_TABLE_H
#define MISMATCH_HOST_BENCH_TABLE_H

#include "host/engine/lanes/bench.h"

extern const struct bench_ops bench_w1, bench_w4, bench_w8, bench_w16;

#endif
