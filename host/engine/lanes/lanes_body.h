/* The kernel for one lane width; included once by each lanes_w*.c, which defines MM_LANES and LANES_NAME. */
#include "host/engine/lanes/lanes.h"
#include "host/engine/lanes/lanes_table.h"

#include "kernels/path.h"
#include "kernels/path_sobol.h"

static void make_context(const struct lanes_job *job, struct mm_context *k) {
    k->h = job->head;
    k->pool = job->pool;
    k->ws = (vreal *)job->scratch;
    k->wi = (vint *)job->scratch;
    context_paths(k, job->first_path, job->n_valid, job->seed);
    k->counts = job->few;
    k->clipped = job->counts ? job->counts + job->head->c_clipped : NULL;
    k->sums = job->sums;
    k->given = (const vreal *)job->given;
    k->given_firm = job->given_firm;
    if (job->numbers) {
        uint low[MM_LANES], high[MM_LANES];
        for (int i = 0; i < MM_LANES; i++) {
            low[i] = (uint)job->numbers[i];
            high[i] = (uint)(job->numbers[i] >> 32);
        }
        k->path_low = v_load(low);
        k->path_high = v_load(high);
        context_stream(k);
    }
}

/* Fills and hands over what a path of --sampler sobol is given. */
static void give_points(const struct lanes_job *job, struct mm_context *k) {
    if (!job->scrambled || !k->h->sobol)
        return;
    const struct mm_sobol *sobol = SOBOL_TABLE(k);
    sobol_give(k);
    k->given = k->ws + sobol->s_given;
    k->given_firm = (const int *)(const void *)(k->pool + sobol->given_firm);
}

static void lanes_block(const struct lanes_job *job) {
    struct mm_context k;
    make_context(job, &k);
    give_points(job, &k);
    path_run(&k);
}

/* Most counts are 0, those of the bins of histograms above all: a cache line of them is looked at at once. */
static void lanes_drain(const struct lanes_job *job) {
    const size_t n = (size_t)job->head->n_counts, line = 64;
    for (size_t from = 0; from < n; from += line) {
        const size_t to = n - from < line ? n : from + line;
        uint any = 0;
        for (size_t i = from; i < to; i++)
            any |= job->few[i];
        if (!any)
            continue;
        for (size_t i = from; i < to; i++)
            job->counts[i] += job->few[i];
        memset(job->few + from, 0, to - from);
    }
}

static void lanes_begin(const struct lanes_job *job) {
    struct mm_context k;
    make_context(job, &k);
    path_begin(&k);
}

static void lanes_month(const struct lanes_job *job, int t) {
    struct mm_context k;
    make_context(job, &k);
    path_month(&k, t);
}

const struct lanes_ops LANES_NAME = {MM_LANES, lanes_block, lanes_drain, lanes_begin, lanes_month};
