/* The CPU backend. Each thread owns a scratch area and its own 32- and 64-bit tallies, takes blocks of lane groups as
 * it gets through them, and adds its tallies to the master's when they could overflow, or when the run is settled.
 * Since all of it is integers, neither the order nor the number of threads can change a bit. */
#include <omp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host/engine/engine.h"
#include "host/engine/lanes/lanes.h"
#include "host/engine/machine.h"

#define LINE ((size_t)64)        /* bytes of a cache line, and the alignment of the scratch area */
#define CHUNK ((size_t)4096)     /* elements that one thread adds at a time */
#define MAX_BLOCK UINT64_C(64)   /* lane groups handed out at a time */
#define BLOCKS_EACH UINT64_C(16) /* blocks that each thread should get at least, so that all end together */
struct worker {
    void *scratch;
    uint8_t *few;
    uint32_t *counts;
    uint64_t *sums;
    uint64_t paths; /* in the tallies since they were last drained */
};

struct engine {
    const struct plan *plan;
    const struct lanes_ops *lanes;
    struct tallies *tallies;
    uint64_t seed;
    bool scrambled;
    uint64_t budget; /* paths that a thread's tallies can take */
    int n_workers;
    struct worker *workers[];
};

static size_t lines(size_t bytes) {
    return (bytes + LINE - 1) / LINE * LINE;
}

static size_t worker_bytes(const struct plan *plan, int lanes) {
    return lines(sizeof(struct worker)) + lines(lanes_scratch_bytes(&plan->head, lanes)) +
           lines((size_t)plan->head.n_counts) + lines((size_t)plan->head.n_counts * sizeof(uint32_t)) +
           lines((size_t)plan->head.n_sums * sizeof(uint64_t));
}

/* One piece of memory for each thread, touched first by the thread that will use it. */
static struct worker *worker_new(const struct plan *plan, int lanes) {
    const size_t scratch = lines(lanes_scratch_bytes(&plan->head, lanes)), bytes = worker_bytes(plan, lanes);
    unsigned char *memory = aligned_alloc(LINE, bytes);
    if (!memory)
        return NULL;
    struct worker *worker = (void *)memory;
    memory += lines(sizeof *worker);
    memset(worker, 0, sizeof *worker);
    worker->scratch = memory; /* each path fills what it reads: left as it is, so that Valgrind can tell */
    memory += scratch;
    memset(memory, 0, bytes - lines(sizeof *worker) - scratch);
    worker->few = memory;
    memory += lines((size_t)plan->head.n_counts);
    worker->counts = (void *)memory;
    memory += lines((size_t)plan->head.n_counts * sizeof(uint32_t));
    worker->sums = (void *)memory;
    return worker;
}

static size_t openmp_describe(const struct engine *engine, struct engine_description *descriptions, size_t most) {
    if (most == 0)
        return 1;
    *descriptions = (struct engine_description){.backend = engine_openmp.name, .lanes = engine->lanes->width};
    machine_processor(descriptions->device, sizeof descriptions->device);
    return 1;
}

static uint64_t openmp_memory(const struct plan *plan, const struct engine_options *options) {
    return (uint64_t)options->threads * worker_bytes(plan, options->lanes);
}

static void openmp_close(struct engine *engine) {
    if (!engine)
        return;
    for (int i = 0; i < engine->n_workers; i++)
        free(engine->workers[i]);
    free(engine);
}

/* The threads are born here, with all signals blocked: those of the user go to the thread that can act on them. */
static bool make_workers(struct engine *engine) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
#pragma omp parallel num_threads(engine->n_workers) default(none) shared(engine)
    for (int i = omp_get_thread_num(); i < engine->n_workers; i += omp_get_num_threads())
        engine->workers[i] = worker_new(engine->plan, engine->lanes->width);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    for (int i = 0; i < engine->n_workers; i++)
        if (!engine->workers[i])
            return false;
    return true;
}

static mm_status openmp_open(const struct plan *plan, const struct engine_options *options, struct tallies *tallies,
                             struct engine **engine, mm_messages *messages) {
    const struct lanes_ops *lanes = lanes_get(options->lanes);
    if (!lanes) {
        mm_messages_add(messages, "this machine, or this build, has no kernel of %d lanes", options->lanes);
        return MM_NO_DEVICE;
    }
    size_t n = (size_t)options->threads;
    struct engine *made = calloc(1, sizeof *made + n * sizeof(made->workers[0]));
    if (made) {
        made->plan = plan;
        made->lanes = lanes;
        made->tallies = tallies;
        made->seed = options->seed;
        made->scrambled = options->scrambled && plan->head.sobol;
        made->n_workers = options->threads;
        made->budget = engine_budget(plan->head.months);
    }
    if (!made || !make_workers(made)) {
        openmp_close(made);
        mm_messages_add(messages, "memory ran out for %d threads", options->threads);
        return MM_INTERNAL;
    }
    *engine = made;
    return MM_OK;
}

static void drain_counts(const struct engine *engine, size_t from, size_t to) {
    uint64_t *master = engine->tallies->counts;
    for (int w = 0; w < engine->n_workers; w++) {
        uint32_t *own = engine->workers[w]->counts;
        if (engine->workers[w]->paths == 0)
            continue;
        for (size_t i = from; i < to; i++)
            master[i] += own[i];
        memset(own + from, 0, (to - from) * sizeof *own);
    }
}

static void drain_sums(const struct engine *engine, size_t from, size_t to) {
    struct tally_sum *master = engine->tallies->sums;
    for (int w = 0; w < engine->n_workers; w++) {
        uint64_t *own = engine->workers[w]->sums;
        if (engine->workers[w]->paths == 0)
            continue;
        for (size_t i = from; i < to; i++) {
            master[i].low += own[i];
            master[i].high += master[i].low < own[i];
        }
        memset(own + from, 0, (to - from) * sizeof *own);
    }
}

/* All threads' tallies into the master's, each element by one thread. */
static void drain(struct engine *engine) {
    size_t n_counts = engine->tallies->n_counts, n_sums = engine->tallies->n_sums;
#pragma omp parallel num_threads(engine->n_workers) default(none) shared(engine, n_counts, n_sums)
    {
#pragma omp for schedule(static) nowait
        for (size_t from = 0; from < n_counts; from += CHUNK)
            drain_counts(engine, from, from + CHUNK < n_counts ? from + CHUNK : n_counts);
#pragma omp for schedule(static)
        for (size_t from = 0; from < n_sums; from += CHUNK)
            drain_sums(engine, from, from + CHUNK < n_sums ? from + CHUNK : n_sums);
    }
    for (int w = 0; w < engine->n_workers; w++)
        engine->workers[w]->paths = 0;
}

static uint64_t block_groups(const struct engine *engine, uint64_t n_groups) {
    uint64_t block = n_groups / ((uint64_t)engine->n_workers * BLOCKS_EACH);
    uint64_t most = engine->budget / (uint64_t)engine->lanes->width;
    block = block > MAX_BLOCK ? MAX_BLOCK : block;
    block = block > most ? most : block;
    return block ? block : 1;
}

/* Path numbers of a group of lanes, those of one scramble. */
static void number_lanes(struct lanes_job *job, uint64_t first, uint64_t width, uint64_t *numbers) {
    for (uint64_t i = 0; i < width; i++)
        numbers[i] = first + MM_SCRAMBLES * i;
    job->numbers = numbers;
    job->scrambled = true;
}

/* One thread: takes blocks until none is left or its tallies could overflow; its counts are all in the wide ones then.
 */
static void work(const struct engine *engine, uint64_t first_path, uint64_t n, uint64_t block, uint64_t *next) {
    struct worker *worker = engine->workers[omp_get_thread_num()];
    uint64_t width = (uint64_t)engine->lanes->width, numbers[16];
    const unsigned few = lanes_few(engine->lanes->width);
    unsigned groups = 0; /* in `few` */
    struct lanes_job job = {.head = &engine->plan->head,
                            .pool = engine->plan->pool,
                            .scratch = worker->scratch,
                            .seed = engine->seed,
                            .few = worker->few,
                            .counts = worker->counts,
                            .sums = worker->sums};
    while (worker->paths == 0 || worker->paths + block * width <= engine->budget) {
        uint64_t from;
#pragma omp atomic capture
        {
            from = *next;
            *next += block * width;
        }
        if (from >= n)
            break;
        uint64_t to = n - from < block * width ? n : from + block * width;
        for (uint64_t path = from; path < to; path += width) {
            job.first_path = first_path + path;
            job.n_valid = (unsigned)(to - path < width ? to - path : width);
            if (engine->scrambled)
                number_lanes(&job, first_path + MM_SCRAMBLES * path, width, numbers);
            engine->lanes->block(&job);
            if (++groups == few) {
                engine->lanes->drain(&job);
                groups = 0;
            }
        }
        worker->paths += to - from;
    }
    engine->lanes->drain(&job);
}

static uint64_t openmp_step(const struct engine *engine) {
    return (uint64_t)engine->n_workers * (uint64_t)engine->lanes->width;
}

static mm_status openmp_run(struct engine *engine, uint64_t first_path, uint64_t n, mm_messages *messages) {
    (void)messages;
    uint64_t width = (uint64_t)engine->lanes->width, next = 0;
    uint64_t block = block_groups(engine, (n + width - 1) / width);
    for (;;) {
#pragma omp parallel num_threads(engine->n_workers) default(none) shared(engine, first_path, n, block, next)
        work(engine, first_path, n, block, &next);
        if (next >= n)
            return MM_OK;
        drain(engine);
    }
}

static mm_status openmp_settle(struct engine *engine, mm_messages *messages) {
    (void)messages;
    drain(engine);
    return MM_OK;
}

const struct engine_backend engine_openmp = {
    .name = "openmp",
    .describe = openmp_describe,
    .memory = openmp_memory,
    .open = openmp_open,
    .step = openmp_step,
    .run = openmp_run,
    .settle = openmp_settle,
    .close = openmp_close,
};
