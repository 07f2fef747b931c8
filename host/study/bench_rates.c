/* What a core and the memory can do at most, and rates of variates and functions. */
#include "host/study/bench.h"

#include <math.h>
#include <stdio.h>

static const struct {
    enum bench_rate rate;
    const char *name, *about;
} units[] = {
    {BENCH_FMA, "fma", "fused multiply-adds"},
    {BENCH_ADD, "add", "additions"},
    {BENCH_INTEGER, "integer", "whole-number and logical operations"},
    {BENCH_INTEGER_MULTIPLY, "integer-multiply", "whole-number products"},
    {BENCH_LOAD, "load", "numbers loaded from the first-level cache"},
    {BENCH_STORE, "store", "numbers stored into it"},
    {BENCH_SCALAR, "scalar", "operations on general registers"},
    {BENCH_ISSUE, "issue", "instructions of any kind"},
};
#define N_UNITS (sizeof units / sizeof units[0])

static const struct {
    enum bench_rate rate;
    const char *name, *about;
} functions[] = {
    {BENCH_PHILOX, "philox", "Philox words"},
    {BENCH_NORMAL, "normal", "normals, with Philox"},
    {BENCH_EXPONENTIAL, "exponential", "exponentials, with Philox"},
    {BENCH_QUANTILE, "quantile", "normal quantile alone"},
    {BENCH_EXP, "exp", "exp"},
    {BENCH_LOG, "log", "log"},
    {BENCH_DIVIDE, "divide", "division"},
    {BENCH_ROOT, "root", "square root"},
};
#define N_FUNCTIONS (sizeof functions / sizeof functions[0])

/* One thread, and all, where there is more than one. */
static void add_rate(struct bench_work *work, const char *part, const char *name, const char *about,
                     enum bench_rate rate) {
    const struct bench_ops *ops = bench_get(work->setup.engine.lanes);
    const int all = work->setup.engine.threads;
    double alone[BENCH_MOST_ROUNDS], together[BENCH_MOST_ROUNDS];
    char row[64], text[96];
    if (!ops)
        return;
    for (int i = 0; i < work->rounds; i++) {
        alone[i] = bench_rate_run(ops, rate, 1, work->seconds / 4);
        if (all > 1)
            together[i] = bench_rate_run(ops, rate, all, work->seconds / 4);
    }
    snprintf(row, sizeof row, "%s.%s.1", part, name);
    snprintf(text, sizeof text, "%s, 1 thread", about);
    bench_add(work, row, text, "1/s", BENCH_MORE, alone, work->rounds);
    snprintf(row, sizeof row, "%s.%s.%d", part, name, all);
    snprintf(text, sizeof text, "%s, %d threads", about, all);
    if (all > 1)
        bench_add(work, row, text, "1/s", BENCH_MORE, together, work->rounds);
}

void bench_units(struct bench_work *work) {
    if (work->has_units)
        return;
    work->has_units = true;
    for (int w = 0; w < BENCH_WIDTHS; w++) {
        const struct bench_ops *ops = bench_get(bench_widths[w]);
        for (size_t u = 0; ops && u < N_UNITS; u++)
            for (int i = 0; i < work->rounds; i++)
                work->units[units[u].rate][w] =
                    fmax(work->units[units[u].rate][w], bench_rate_run(ops, units[u].rate, 1, work->seconds / 16));
    }
}

mm_status bench_machine(struct bench_work *work) {
    double alone[BENCH_MOST_ROUNDS], together[BENCH_MOST_ROUNDS];
    const int all = work->setup.engine.threads;
    char text[96];
    for (size_t u = 0; u < N_UNITS; u++)
        add_rate(work, "machine", units[u].name, units[u].about, units[u].rate);
    for (int i = 0; i < work->rounds; i++) {
        alone[i] = bench_memory_rate(1);
        together[i] = all > 1 ? bench_memory_rate(all) : 0;
    }
    bench_add(work, "machine.memory.1", "memory read and written, 1 thread", "B/s", BENCH_MORE, alone, work->rounds);
    snprintf(text, sizeof text, "memory read and written, %d threads", all);
    if (all > 1)
        bench_add(work, "machine.memory.all", text, "B/s", BENCH_MORE, together, work->rounds);
    bench_units(work);
    return MM_OK;
}

mm_status bench_variates(struct bench_work *work) {
    for (size_t f = 0; f < N_FUNCTIONS; f++)
        add_rate(work, "variates", functions[f].name, functions[f].about, functions[f].rate);
    return MM_OK;
}
