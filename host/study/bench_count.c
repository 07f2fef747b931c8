/* Instructions of a path, counted on one group of lanes. */
#include "host/engine/step.h"
#include "host/study/bench.h"

#include <stdlib.h>
#include <string.h>

#define ALIGNMENT ((size_t)64)

_Static_assert((int)STEP_STAGES >= (int)MM_STAGES && (int)STEP_WIDTHS == (int)BENCH_WIDTHS && STEP_KINDS == 12,
               "the tables fit");

static size_t lines(size_t bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

bool bench_job(const struct bench_work *work, const struct plan *plan, struct lanes_job *job, void **memory) {
    const size_t scratch = lines(lanes_scratch_bytes(&plan->head, work->setup.engine.lanes));
    const size_t few = lines((size_t)plan->head.n_counts), counts = lines(few * sizeof(uint32_t));
    const size_t sums = lines((size_t)plan->head.n_sums * sizeof(uint64_t));
    unsigned char *bytes = aligned_alloc(ALIGNMENT, scratch + few + counts + sums);
    *memory = bytes;
    if (!bytes)
        return false;
    memset(bytes, 0, scratch + few + counts + sums);
    *job = (struct lanes_job){.head = &plan->head,
                              .pool = plan->pool,
                              .scratch = bytes,
                              .seed = work->setup.engine.seed,
                              .n_valid = (unsigned)work->setup.engine.lanes,
                              .few = bytes + scratch,
                              .counts = (void *)(bytes + scratch + few),
                              .sums = (void *)(bytes + scratch + few + counts)};
    return true;
}

static void add(struct bench_counts *to, const struct step_counts *from, double factor) {
    for (int s = 0; s < MM_STAGES; s++)
        for (int w = 0; w < BENCH_WIDTHS; w++) {
            to->loads[s][w] += factor * (double)from->loads[s][w];
            to->stores[s][w] += factor * (double)from->stores[s][w];
            for (int k = 0; k < STEP_KINDS; k++) {
                to->n[s][k][w] += factor * (double)from->n[s][k][w];
                to->all += factor * (double)from->n[s][k][w];
            }
        }
}

/* Months between two that are counted: no multiple of 2 or 3 beyond 1, since much happens every quarter. */
static int choose_stride(int months, double seconds_a_month, double seconds) {
    static const int strides[] = {1, 5, 7, 11, 13, 17, 19, 23, 25, 29, 31, 35, 37, 41};
    for (size_t i = 0; i < sizeof strides / sizeof strides[0]; i++)
        if (seconds_a_month * months / strides[i] <= seconds)
            return strides[i];
    return months / 2 > 41 ? months / 2 : 41;
}

bool bench_count(const struct bench_work *work, const struct plan *plan, bool whole, double seconds,
                 struct bench_counts *counts) {
    const struct bench_ops *ops = bench_get(work->setup.engine.lanes);
    struct step_counts *rest = calloc(1, sizeof *rest), *months = calloc(1, sizeof *months);
    struct bench_clock clock = {0};
    struct lanes_job job;
    void *memory = NULL;
    memset(counts, 0, sizeof *counts);
    if (!step_possible() || !ops || !rest || !months || !bench_job(work, plan, &job, &memory)) {
        free(rest);
        free(months);
        return false;
    }
    if (whole)
        step_begin(rest, &clock.stage);
    ops->begin(&job, &clock);
    if (whole)
        step_end();
    int stride = 1, counted = 0;
    double begin = bench_now();
    for (int t = 0; t < plan->head.months; t++) {
        if (t % stride == 0) {
            step_begin(months, &clock.stage);
            ops->month(&job, &clock, t);
            step_end();
            counted++;
        } else {
            ops->month(&job, &clock, t);
        }
        if (t == 0)
            stride = choose_stride(plan->head.months, bench_now() - begin, seconds);
    }
    step_begin(rest, &clock.stage);
    ops->end(&job, &clock);
    step_end();
    const double lanes = work->setup.engine.lanes;
    add(counts, rest, 1 / lanes);
    add(counts, months, (double)plan->head.months / counted / lanes);
    counts->months = counted;
    free(memory);
    free(rest);
    free(months);
    return counts->all > 0;
}
