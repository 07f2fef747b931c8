#include "host/study/pack.h"

#include <stdlib.h>
#include <time.h>

#include "host/engine/engine.h"
#include "host/scenario/scenario_data.h"
#include "host/store/store.h"
#include "host/study/batch.h"
#include "host/study/made.h"
#include "host/study/setup.h"
#include "host/study/took_part.h"

struct packed {
    const struct pack *pack;
    const struct pack_item *items; /* [n] */
    size_t n;
    struct tallies **tallies; /* [n], of all parts of the plan */
    struct took_part devices;
    double entered, build, simulate, reduce;
    uint64_t done; /* paths, over all scenarios and the parts of their plans */
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

bool pack_same_shape(const struct plan *a, const struct plan *b) {
    bool same = plan_n_parts(a) == plan_n_parts(b);
    for (int i = 0; same && i < plan_n_parts(a); i++)
        same = engine_same_shape(plan_part(a, i).plan, plan_part(b, i).plan);
    return same;
}

static mm_status make_tallies(struct packed *packed, mm_messages *messages) {
    packed->tallies = calloc(packed->n, sizeof(struct tallies *));
    for (size_t i = 0; packed->tallies && i < packed->n; i++) {
        packed->tallies[i] = tallies_new(plan_counts(packed->items[i].plan), plan_sums(packed->items[i].plan));
        if (!packed->tallies[i])
            return store_no_memory(messages);
    }
    return packed->tallies ? MM_OK : store_no_memory(messages);
}

static void tell(const struct packed *packed, uint64_t of_part) {
    const mm_run_options *options = packed->pack->options;
    const int parts = plan_n_parts(packed->items[0].plan);
    if (!options->progress)
        return;
    const uint64_t all = packed->pack->setup->paths * packed->n;
    mm_progress progress = {.done = (packed->done + of_part * packed->n) / (uint64_t)parts,
                            .paths = all,
                            .seconds = now() - packed->entered,
                            .seconds_left = -1};
    options->progress(&progress, options->progress_context);
}

static mm_status run_paths(const struct packed *packed, struct engine *engine, mm_messages *messages) {
    const struct engine_backend *backend = packed->pack->member->backend;
    const struct setup *setup = packed->pack->setup;
    struct batch batch = batch_first(setup->batch, backend->step(engine), BATCH_SECONDS);
    for (uint64_t at = 0; at < setup->paths;) {
        if (engine_asked_to_stop(packed->pack->options->stop))
            return MM_INTERRUPTED;
        const uint64_t left = setup->paths - at, n = batch.paths < left ? batch.paths : left;
        const double before = now();
        mm_status status = backend->run(engine, setup->first_path + at, n, messages);
        if (status != MM_OK)
            return status;
        at += n;
        batch_learn(&batch, now() - before);
        tell(packed, at);
    }
    return MM_OK;
}

/* One part of all plans, into their tallies. */
static mm_status run_part(struct packed *packed, int part, struct tallies **own, struct tallies *all,
                          const struct plan **plans, mm_messages *messages) {
    const struct engine_backend *backend = packed->pack->member->backend;
    struct engine *engine = NULL;
    for (size_t i = 0; i < packed->n; i++) {
        const struct plan_part its = plan_part(packed->items[i].plan, part);
        plans[i] = its.plan;
        all[i] = tallies_part(packed->tallies[i], its.first_count, (size_t)its.plan->head.n_counts, its.first_sum,
                              (size_t)its.plan->head.n_sums);
        own[i] = &all[i];
    }
    double before = now();
    mm_status status = backend->open_pack(plans, own, packed->n, &packed->pack->member->options, &engine, messages);
    packed->build += now() - before;
    before = now();
    if (status == MM_OK)
        status = run_paths(packed, engine, messages);
    packed->simulate += now() - before;
    before = now();
    if (status == MM_OK)
        status = backend->settle(engine, messages);
    packed->reduce += now() - before;
    if (status == MM_OK) {
        took_part_read(&packed->devices, backend, engine);
        packed->done += packed->pack->setup->paths * packed->n;
    }
    if (engine)
        backend->close(engine);
    return status;
}

static mm_status simulate(struct packed *packed, mm_messages *messages) {
    struct tallies **own = calloc(packed->n, sizeof *own), *all = calloc(packed->n, sizeof *all);
    const struct plan **plans = calloc(packed->n, sizeof *plans);
    mm_status status = MM_INTERNAL;
    if (own && all && plans) {
        status = MM_OK;
        for (int i = 0; status == MM_OK && i < plan_n_parts(packed->items[0].plan); i++)
            status = run_part(packed, i, own, all, plans, messages);
    } else {
        store_no_memory(messages);
    }
    free(own);
    free(all);
    free(plans);
    return status;
}

/* Each has an equal part of the time. */
static mm_status make_result(struct packed *packed, size_t i, mm_result **result, mm_messages *messages) {
    const struct setup *setup = packed->pack->setup;
    const double part = 1.0 / (double)packed->n;
    const struct made made = {.scenario = scenario_data(packed->items[i].scenario),
                              .plan = packed->items[i].plan,
                              .setup = setup,
                              .devices = &packed->devices,
                              .paths = setup->paths,
                              .here = setup->paths,
                              .build = packed->build * part,
                              .simulate = packed->simulate * part,
                              .reduce = packed->reduce * part,
                              .total = (packed->build + packed->simulate + packed->reduce) * part,
                              .stopped_by = "paths"};
    return made_result(&made, &packed->tallies[i], result, messages);
}

/* Together they must fit where one alone would. */
static mm_status check_memory(const struct packed *packed, mm_messages *messages) {
    const struct plan *plan = packed->items[0].plan;
    struct setup setup = *packed->pack->setup;
    const struct engine_choice choice = {.backend = packed->pack->member->backend,
                                         .options = packed->pack->member->options};
    setup.beside += (packed->n - 1) * (16 * (uint64_t)plan_counts(plan) + 32 * (uint64_t)plan_sums(plan)) +
                    packed->pack->plans_bytes;
    return setup_check_memory(scenario_data(packed->items[0].scenario), plan, &setup, &choice, messages);
}

mm_status pack_run(const struct pack *pack, const struct pack_item *items, size_t n, mm_result **results,
                   mm_messages *messages) {
    struct packed packed = {.pack = pack, .items = items, .n = n, .entered = now()};
    size_t made = 0;
    mm_status status = check_memory(&packed, messages);
    if (status == MM_OK)
        status = make_tallies(&packed, messages);
    if (status == MM_OK)
        status = simulate(&packed, messages);
    for (; status == MM_OK && made < n; made++)
        status = make_result(&packed, made, &results[made], messages);
    for (size_t i = 0; status != MM_OK && i < made; i++) {
        mm_result_free(results[i]);
        results[i] = NULL;
    }
    for (size_t i = 0; packed.tallies && i < n; i++)
        tallies_free(packed.tallies[i]);
    free(packed.tallies);
    return status;
}
