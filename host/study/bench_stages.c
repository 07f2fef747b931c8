/* A path stage by stage: time, what is counted, and how far it is from what the machine can do. */
#include "host/study/bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/engine/step.h"

#define COUNT_SECONDS 30.0

static const struct {
    const char *name, *about;
} stages[MM_STAGES] = {
    [MM_STAGE_ARRIVALS] = {"arrivals", "arrivals: slips, shocks, decisions to build"},
    [MM_STAGE_CAPACITY] = {"capacity", "capacity and contracts"},
    [MM_STAGE_DEMAND] = {"demand", "demand"},
    [MM_STAGE_ALLOCATION] = {"allocation", "allocation inside firms"},
    [MM_STAGE_MARKET] = {"market", "balance, price, market, state"},
    [MM_STAGE_EVENTS] = {"events", "revenue, series, events"},
    [MM_STAGE_INDUSTRY] = {"tally-industry", "tallies of the industry"},
    [MM_STAGE_PROBABILITIES] = {"tally-probabilities", "tallies of probabilities"},
    [MM_STAGE_MAPS] = {"tally-maps", "tallies of mismatch maps"},
    [MM_STAGE_FANS] = {"tally-fans", "tallies of fans"},
    [MM_STAGE_NEWS] = {"tally-news", "tallies of evidence and patterns"},
};

/* Units that a stage can saturate. */
enum limit {
    LIMIT_MULTIPLY,
    LIMIT_ADD,
    LIMIT_VECTOR,
    LIMIT_INTEGER_MULTIPLY,
    LIMIT_LOAD,
    LIMIT_STORE,
    LIMIT_SCALAR,
    LIMIT_ISSUE,
    LIMITS
};
static const char *const limit_names[LIMITS] = {"multiply", "add",   "vector operations", "integer multiply",
                                                "load",     "store", "general registers", "issue"};

/* Seconds that the unit behind `rate` needs for n instructions of the width at least. */
static double least(const struct bench_work *work, enum bench_rate rate, int width, double n) {
    /* a rate is of lanes: an instruction does as many at once */
    const int lanes = rate == BENCH_SCALAR || rate == BENCH_ISSUE ? 1 : bench_widths[width];
    const double instructions = work->units[rate][width] / lanes;
    return n > 0 && instructions > 0 ? n / instructions : 0;
}

static void limits_of(const struct bench_work *work, const struct bench_counts *counts, int s, double limits[LIMITS]) {
    double all = 0;
    for (int l = 0; l < LIMITS; l++)
        limits[l] = 0;
    for (int w = 0; w < BENCH_WIDTHS; w++) {
        double n[STEP_KINDS], vector = 0;
        for (int k = 0; k < STEP_KINDS; k++) {
            n[k] = counts->n[s][k][w];
            all += n[k];
            if (k != STEP_SCALAR && k != STEP_MASK && k != STEP_MOVE)
                vector += n[k];
        }
        limits[LIMIT_MULTIPLY] += least(work, BENCH_FMA, w, n[STEP_FMA] + n[STEP_MULTIPLY]);
        limits[LIMIT_ADD] += least(work, BENCH_ADD, w, n[STEP_ADD] + n[STEP_COMPARE] + n[STEP_CONVERT]);
        limits[LIMIT_VECTOR] += least(work, BENCH_INTEGER, w ? w : 1, vector);
        limits[LIMIT_INTEGER_MULTIPLY] += least(work, BENCH_INTEGER_MULTIPLY, w, n[STEP_INTEGER_MULTIPLY]);
        limits[LIMIT_LOAD] += least(work, BENCH_LOAD, w, counts->loads[s][w]);
        limits[LIMIT_STORE] += least(work, BENCH_STORE, w, counts->stores[s][w]);
        limits[LIMIT_SCALAR] += least(work, BENCH_SCALAR, 0, n[STEP_SCALAR]);
    }
    limits[LIMIT_ISSUE] = least(work, BENCH_ISSUE, 0, all);
}

/* Operations on single elements: an fma counts two, floating-point comparisons and conversions one. */
static double elements(const struct bench_counts *counts, int s, bool floats) {
    static const double flops[STEP_KINDS] = {
        [STEP_FMA] = 2, [STEP_MULTIPLY] = 1, [STEP_ADD] = 1, [STEP_DIVIDE] = 1, [STEP_COMPARE] = 1, [STEP_CONVERT] = 1};
    static const double integer[STEP_KINDS] = {
        [STEP_INTEGER] = 1, [STEP_INTEGER_MULTIPLY] = 1, [STEP_SCALAR] = 1, [STEP_MASK] = 1};
    double sum = 0;
    for (int k = 0; k < STEP_KINDS; k++)
        for (int w = 0; w < BENCH_WIDTHS; w++)
            sum += counts->n[s][k][w] * (floats ? flops[k] : integer[k]) * bench_widths[w];
    return sum;
}

struct timing {
    double stage[MM_STAGES][BENCH_MOST_ROUNDS]; /* ns a path */
    double all[BENCH_MOST_ROUNDS];
    double ordinary[BENCH_MOST_ROUNDS]; /* without the clock */
};

/* As a run does it, in no stage's ticks. */
static void drain(const struct lanes_ops *ops, const struct lanes_job *job, int group) {
    if ((unsigned)(group + 1) % lanes_few(ops->width) == 0)
        ops->drain(job);
}

static void time_groups(const struct bench_work *work, struct lanes_job *job, int groups, double ns[MM_STAGES]) {
    const struct bench_ops *ops = bench_get(work->setup.engine.lanes);
    struct bench_clock clock = {0};
    uint64_t all = 0;
    const double begin = bench_thread_time();
    for (int g = 0; g < groups; g++, job->first_path += job->n_valid) {
        ops->begin(job, &clock);
        for (int t = 0; t < job->head->months; t++)
            ops->month(job, &clock, t);
        ops->end(job, &clock);
        drain(lanes_get(ops->width), job, g);
    }
    const double spent = 1e9 * (bench_thread_time() - begin) / groups / job->n_valid;
    for (int s = 0; s < MM_STAGES; s++)
        all += clock.ticks[s];
    for (int s = 0; s < MM_STAGES; s++) /* the thread's own time, shared out as the ticks are */
        ns[s] = spent * (double)clock.ticks[s] / (double)all;
}

static double time_ordinary(const struct bench_work *work, struct lanes_job *job, int groups) {
    const struct lanes_ops *ops = lanes_get(work->setup.engine.lanes);
    const double begin = bench_thread_time();
    for (int g = 0; g < groups; g++, job->first_path += job->n_valid) {
        ops->block(job);
        drain(ops, job, g);
    }
    return 1e9 * (bench_thread_time() - begin) / groups / job->n_valid;
}

static bool time_stages(const struct bench_work *work, const struct plan *plan, struct timing *timing) {
    struct lanes_job job;
    void *memory;
    double ns[MM_STAGES];
    if (!bench_job(work, plan, &job, &memory))
        return false;
    time_groups(work, &job, 1, ns);
    double alone = time_ordinary(work, &job, 1) * job.n_valid;
    int groups = (int)fmin(fmax(1e9 * work->seconds / alone, 1), 1e6);
    for (int i = 0; i < work->rounds; i++) {
        time_groups(work, &job, groups, ns);
        timing->ordinary[i] = time_ordinary(work, &job, groups);
        timing->all[i] = 0;
        for (int s = 0; s < MM_STAGES; s++) {
            timing->stage[s][i] = ns[s];
            timing->all[i] += ns[s];
        }
    }
    free(memory);
    return true;
}

/* One line of the table, `s` of MM_STAGES for all of them together. */
static void add_stage(struct bench_work *work, const struct bench_counts *counts, const char *name, const char *about,
                      int first, int end, double ns, double whole) {
    double limits[LIMITS], sum[LIMITS] = {0}, instructions = 0, flops = 0, integer = 0, bound = 0;
    json_t *row = json_pack("{s:s, s:s, s:f, s:f}", "name", name, "about", about, "ns", ns, "share", ns / whole);
    if (counts->months > 0) {
        int tightest = 0;
        for (int s = first; s < end; s++) {
            limits_of(work, counts, s, limits);
            for (int l = 0; l < LIMITS; l++)
                sum[l] += limits[l];
            for (int k = 0; k < STEP_KINDS; k++)
                for (int w = 0; w < BENCH_WIDTHS; w++)
                    instructions += counts->n[s][k][w];
            flops += elements(counts, s, true);
            integer += elements(counts, s, false);
        }
        json_t *units = json_object();
        for (int l = 0; l < LIMITS; l++) {
            json_object_set_new(units, limit_names[l], json_real(1e9 * sum[l]));
            tightest = sum[l] > sum[tightest] ? l : tightest;
        }
        bound = 1e9 * sum[tightest];
        const double peak = work->units[BENCH_FMA][0] > 0 ? flops / (ns * 1e-9) : 0;
        double best = 0;
        for (int w = 0; w < BENCH_WIDTHS; w++)
            best = fmax(best, 2 * work->units[BENCH_FMA][w]);
        json_object_set_new(row, "months_counted", json_integer(counts->months));
        json_object_set_new(row, "instructions", json_real(instructions));
        json_object_set_new(row, "flops", json_real(flops));
        json_object_set_new(row, "integer_operations", json_real(integer));
        json_object_set_new(row, "bound_ns", json_real(bound));
        json_object_set_new(row, "bound_by", json_string(limit_names[tightest]));
        json_object_set_new(row, "share_of_bound", json_real(bound / ns));
        json_object_set_new(row, "share_of_fma_peak", json_real(best > 0 ? peak / best : 0));
        json_object_set_new(row, "units_ns", units);
    }
    json_array_append_new(work->stages, row);
}

static void report(struct bench_work *work, const struct timing *timing, const struct bench_counts *counts) {
    const double whole = bench_median(timing->all, work->rounds);
    char name[64];
    for (int s = 0; s < MM_STAGES; s++) {
        snprintf(name, sizeof name, "stages.%s", stages[s].name);
        bench_add(work, name, stages[s].about, "ns", BENCH_LESS, timing->stage[s], work->rounds);
        add_stage(work, counts, stages[s].name, stages[s].about, s, s + 1, bench_median(timing->stage[s], work->rounds),
                  whole);
    }
    bench_add(work, "stages.all", "a path, with the clock", "ns", BENCH_LESS, timing->all, work->rounds);
    bench_add(work, "stages.path", "a path, without it", "ns", BENCH_LESS, timing->ordinary, work->rounds);
    add_stage(work, counts, "path", "a whole path", 0, MM_STAGES, bench_median(timing->ordinary, work->rounds),
              bench_median(timing->ordinary, work->rounds));
    if (counts->months > 0)
        bench_add(work, "stages.instructions", "instructions of a path", "1", BENCH_LESS, &counts->all, 1);
}

mm_status bench_stages(struct bench_work *work) {
    struct plan *plan = NULL;
    struct timing *timing = calloc(1, sizeof *timing);
    struct bench_counts *counts = calloc(1, sizeof *counts);
    mm_status status = timing && counts ? MM_OK : MM_INTERNAL;
    if (status == MM_OK)
        status = plan_build(scenario_data(work->scenario), NULL, &plan, work->messages);
    if (status == MM_OK) {
        bench_units(work);
        if (!time_stages(work, plan, timing))
            status = MM_INTERNAL;
    }
    if (status == MM_OK) {
        if (!work->options->quick && !bench_count(work, plan, true, COUNT_SECONDS, counts))
            mm_messages_add(work->messages, "operations are not counted: that needs Linux on x86-64");
        report(work, timing, counts);
    }
    plan_free(plan);
    free(timing);
    free(counts);
    return status;
}
