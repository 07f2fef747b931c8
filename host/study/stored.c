/* A run with a store: what is there is taken, only the rest is simulated. */
#include "host/study/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host/scenario/scenario_data.h"
#include "host/store/store.h"
#include "host/study/precision.h"
#include "host/study/setup.h"

#define LEAST_SECONDS 1e-9 /* of a time limit that has passed: one batch */

struct stored {
    const struct sc_scenario *scenario;
    const mm_scenario *given;
    const mm_run_options *options;
    mm_store *store;
    mm_stored_options *how;
    struct setup setup;
    struct range_list gaps;
    mm_result **results; /* found ones, then new ones */
    size_t n;
    uint64_t done;      /* paths of the results */
    mm_status unstored; /* why something could not be put in */
    double began;
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* What the results do not hold of the paths that are wanted. */
static bool find_gaps(struct stored *stored, const struct range *wanted) {
    struct range_list held = {0};
    bool good = true;
    for (size_t i = 0; i < stored->n; i++)
        for (size_t j = 0; j < stored->results[i]->ranges.n; j++)
            good = good &&
                   ranges_add(&held, stored->results[i]->ranges.items[j].first, stored->results[i]->ranges.items[j].n);
    good = good && ranges_join(&held, NULL);
    uint64_t at = wanted->first, end = wanted->first + wanted->n;
    for (size_t i = 0; i < held.n && good; i++) {
        if (held.items[i].first > at)
            good = ranges_add(&stored->gaps, at, held.items[i].first - at);
        at = held.items[i].first + held.items[i].n;
    }
    if (good && at < end)
        good = ranges_add(&stored->gaps, at, end - at);
    stored->done = ranges_paths(&held);
    ranges_free(&held);
    return good;
}

/* Where the run ends is not known before: either the very run is there, or all of it is simulated. */
static mm_status look_up_ended(struct stored *stored, const struct range *wanted, mm_messages *messages) {
    mm_result *result = NULL;
    mm_status status = MM_OK;
    stored->results = calloc(1, sizeof(mm_result *));
    if (!stored->results)
        return store_no_memory(messages);
    if (!stored->how->recompute) {
        struct precision precision;
        status = precision_read(stored->scenario, stored->options, &precision, messages);
        if (status == MM_OK)
            status = store_find_ended(stored->store, stored->scenario->sha256, stored->setup.engine.seed, wanted,
                                      precision.until, &result, messages);
        precision_free(&precision);
    }
    if (status == MM_OK && !result)
        return ranges_add(&stored->gaps, wanted->first, wanted->n) ? MM_OK : store_no_memory(messages);
    if (status == MM_OK) {
        stored->results[stored->n++] = result;
        stored->how->found = stored->how->paths = ranges_paths(&result->ranges);
    }
    return status;
}

static mm_status look_up(struct stored *stored, mm_messages *messages) {
    const struct range wanted = {stored->setup.first_path, stored->setup.paths};
    stored->how->found = 0;
    stored->how->paths = wanted.n;
    if (stored->setup.until_enough)
        return look_up_ended(stored, &wanted, messages);
    if (!stored->how->recompute) {
        mm_status status = store_find(stored->store, stored->scenario->sha256, stored->setup.engine.seed, &wanted,
                                      &stored->results, &stored->n, messages);
        if (status != MM_OK)
            return status;
    }
    if (!find_gaps(stored, &wanted))
        return store_no_memory(messages);
    mm_result **results = realloc(stored->results, (stored->n + stored->gaps.n) * sizeof *results);
    if (!results)
        return store_no_memory(messages);
    stored->results = results;
    stored->how->found = stored->done;
    return MM_OK;
}

/* The progress of one piece as that of the whole. */
static void tell(const mm_progress *progress, void *context) {
    const struct stored *stored = context;
    mm_progress whole = *progress;
    whole.done += stored->done;
    whole.paths = stored->setup.until_enough ? progress->paths : stored->setup.paths;
    whole.seconds = now() - stored->began;
    if (whole.paths_per_second > 0)
        whole.seconds_left = (double)(whole.paths - whole.done) / whole.paths_per_second;
    stored->options->progress(&whole, stored->options->progress_context);
}

static char *checkpoint_name(const struct stored *stored, const struct range *gap) {
    char *name;
    if (!stored->how->checkpoints ||
        asprintf(&name, "%s/%s-%" PRIu64 "-%" PRIu64 "-%" PRIu64 ".checkpoint", stored->how->checkpoints,
                 stored->scenario->sha256, stored->setup.engine.seed, gap->first, gap->n) < 0)
        return NULL;
    return name;
}

static void remove_checkpoint(const char *name) {
    char *previous;
    unlink(name);
    if (asprintf(&previous, "%s.previous", name) >= 0) {
        unlink(previous);
        free(previous);
    }
}

/* Simulates one gap and puts it in. */
static mm_status fill_gap(struct stored *stored, const struct range *gap, mm_messages *messages) {
    char *checkpoint = checkpoint_name(stored, gap);
    mm_run_options options = *stored->options;
    options.first_path = gap->first;
    options.paths = gap->n;
    options.checkpoint = checkpoint;
    if (options.progress) {
        options.progress = tell;
        options.progress_context = stored;
    }
    if (options.time_limit > 0) {
        options.time_limit -= now() - stored->began;
        if (options.time_limit < LEAST_SECONDS)
            options.time_limit = LEAST_SECONDS;
    }
    mm_result *result = NULL;
    mm_status status = mm_run(stored->given, &options, &result, messages);
    if (status == MM_OK) {
        mm_status kept = mm_store_put(stored->store, result, stored->how->recompute, &stored->how->outcome, messages);
        if (kept == MM_OK && checkpoint)
            remove_checkpoint(checkpoint);
        stored->unstored = kept != MM_OK ? kept : stored->unstored;
        stored->results[stored->n++] = result;
        stored->done += gap->n;
    }
    free(checkpoint);
    return status;
}

static mm_status finish(struct stored *stored, mm_result **result, mm_messages *messages) {
    mm_status status = MM_OK;
    if (stored->n == 1) {
        *result = stored->results[0];
        stored->n = 0;
    } else {
        status = mm_result_merge(stored->results, stored->n, result, messages);
    }
    return status == MM_OK ? stored->unstored : status;
}

mm_status mm_run_stored(const mm_scenario *scenario, const mm_run_options *options, mm_store *store,
                        mm_stored_options *stored, mm_result **result, mm_messages *messages) {
    static const mm_run_options defaults;
    struct stored run = {.scenario = scenario_data(scenario),
                         .given = scenario,
                         .options = options ? options : &defaults,
                         .store = store,
                         .how = stored,
                         .began = now()};
    *result = NULL;
    stored->outcome = MM_STORE_KEPT;
    mm_status status = setup_read(run.options, &run.setup, messages);
    if (status == MM_OK)
        status = look_up(&run, messages);
    if (status == MM_OK && stored->begin)
        stored->begin(stored, stored->begin_context);
    for (size_t i = 0; i < run.gaps.n && status == MM_OK; i++)
        status = fill_gap(&run, &run.gaps.items[i], messages);
    if (status == MM_OK)
        status = finish(&run, result, messages);
    store_free_results(run.results, run.n);
    ranges_free(&run.gaps);
    return status;
}
