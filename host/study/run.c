/* One whole run: scenario, plan, engine, estimates, result. */
#include <mismatch/run.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "host/estimate/rungs.h"
#include "host/scenario/scenario_data.h"
#include "host/store/checkpoint.h"
#include "host/store/store.h"
#include "host/study/batch.h"
#include "host/study/made.h"
#include "host/study/parts.h"
#include "host/study/precision.h"
#include "host/study/scrambled.h"
#include "host/study/setup.h"
#include "host/study/took_part.h"
#include "host/study/watch.h"

#define SCRAMBLED_SECONDS 1.0          /* what a batch should take of all scrambles, one after the other */
#define FIRST_LOOK (UINT64_C(1) << 16) /* paths of a run that ends when it has enough, before the first look */
#define FIRST_PRECISION_LOOK (UINT64_C(1) << 13)
#define TALKS_A_SECOND 5 /* calls of the progress function */
#define SETTLE_SECONDS 1 /* at least, between two times that the backend is settled ... */
#define SETTLE_SHARE 50  /* ... and this many times what the last one took: that much is lost if all devices fail */
#define KEEP_SECONDS 2   /* at least, between two checkpoints of a run under way ... */
#define KEEP_SHARE 100   /* ... and this many times what the last one took */

struct run {
    const struct sc_scenario *scenario;
    const mm_run_options *options;
    struct setup setup;
    struct engine_choice choice;
    struct plan *plan;
    struct tallies *tallies;
    struct scrambled scrambled;   /* of --sampler sobol */
    struct checkpoint checkpoint; /* how far it has come */
    uint64_t resumed;             /* paths that the checkpoint held */
    uint64_t settled;             /* of checkpoint.done, those that are in the tallies */
    struct batch batch;
    struct took_part devices;
    double last_settled, settle_after;
    double last_kept, keep_after;
    double entered, began, told; /* times: mm_run() was called, simulating began, progress was last told */
    double build, reduce, simulate;
    bool interrupted;
    const char *stopped_by;
    struct precision precision;
    struct watch watch;
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void tell(struct run *run, bool always) {
    double time = now();
    if (!run->options->progress || (!always && time - run->told < 1.0 / TALKS_A_SECOND))
        return;
    run->told = time;
    uint64_t done = run->checkpoint.done;
    double seconds = time - run->began, rate = seconds > 0 ? (double)(done - run->resumed) / seconds : 0;
    mm_progress progress = {.done = done,
                            .paths = run->checkpoint.goal,
                            .seconds = seconds,
                            .paths_per_second = rate,
                            .seconds_left = rate > 0 ? (double)(run->checkpoint.goal - done) / rate : -1};
    if (run->watch.value.known) {
        progress.watched = run->watch.expression;
        progress.estimate = run->watch.value;
    }
    run->options->progress(&progress, run->options->progress_context);
}

static bool should_stop(const struct run *run) {
    if (engine_asked_to_stop(run->options->stop))
        return true;
    /* at least one batch is run, so that a run gets on however short its limit is */
    return run->setup.time_limit > 0 && run->checkpoint.done > run->resumed &&
           now() - run->entered >= run->setup.time_limit;
}

/* Paths of a batch. Those of scrambled points are settled at once, in a set of parts of their own. */
static mm_status run_batch(struct run *run, struct parts *parts, uint64_t n, mm_messages *messages) {
    const uint64_t first = run->setup.first_path + run->checkpoint.done;
    if (run->setup.sobol)
        return scrambled_run(&run->scrambled, first, n, messages);
    return parts_run(parts, first, n, messages);
}

static mm_status settle(struct run *run, struct parts *parts, mm_messages *messages) {
    double before = now();
    mm_status status = run->setup.sobol ? MM_OK : parts_settle(parts, messages);
    run->last_settled = now();
    run->settle_after = fmax(SETTLE_SECONDS, SETTLE_SHARE * (run->last_settled - before));
    if (status == MM_OK)
        run->settled = run->checkpoint.done;
    if (status == MM_OK && run->settled < run->checkpoint.goal)
        watch_look(&run->watch, run->plan, run->tallies, run->settled);
    return status;
}

/* Writes a checkpoint of what is settled, for the case that the process or one of its ranks is killed. Where that fails
 * the run goes on without; the one that an interruption leaves will say why. */
static void keep(struct run *run) {
    const double before = now();
    if (!run->options->checkpoint || before - run->last_kept < run->keep_after)
        return;
    struct checkpoint at = run->checkpoint;
    at.done = run->settled;
    at.seconds += before - run->began;
    mm_messages *unheard = mm_messages_new();
    mm_status status = unheard ? checkpoint_save(run->options->checkpoint, &at, run->tallies, unheard) : MM_INTERNAL;
    mm_messages_free(unheard);
    run->last_kept = now();
    run->keep_after = status == MM_OK ? fmax(KEEP_SECONDS, KEEP_SHARE * (run->last_kept - before)) : INFINITY;
}

/* Paths up to the goal, unless it is stopped before. */
static mm_status run_to_goal(struct run *run, struct parts *parts, mm_messages *messages) {
    mm_status status = MM_OK;
    while (status == MM_OK && run->checkpoint.done < run->checkpoint.goal) {
        if (should_stop(run)) {
            run->interrupted = true;
            tell(run, true);
            break;
        }
        uint64_t left = run->checkpoint.goal - run->checkpoint.done,
                 n = run->batch.paths < left ? run->batch.paths : left;
        double before = now();
        status = run_batch(run, parts, n, messages);
        if (status != MM_OK)
            break;
        run->checkpoint.done += n;
        batch_learn(&run->batch, now() - before);
        if (watch_waits(&run->watch) || now() - run->last_settled > run->settle_after) {
            status = settle(run, parts, messages);
            if (status == MM_OK && run->checkpoint.done < run->checkpoint.goal)
                keep(run);
        }
        tell(run, run->checkpoint.done == run->checkpoint.goal);
    }
    run->simulate = now() - run->began - run->reduce;
    if (status == MM_OK)
        status = settle(run, parts, messages);
    run->reduce = now() - run->began - run->simulate;
    return status;
}

/* Paths that the run is likely to need in all: for the rung that needs the most, and for the answer with the
 * largest relative error. 0: it has enough. */
static mm_status look(struct run *run, uint64_t *need, mm_messages *messages) {
    *need = 0;
    mm_status status =
        precision_look(&run->precision, run->scenario, run->plan, run->tallies, run->checkpoint.done, need, messages);
    uint64_t rungs = run->options->until_enough ? rungs_need(run->plan, run->tallies, run->checkpoint.done) : 0;
    *need = rungs > *need ? rungs : *need;
    return status;
}

static void tell_worst(const struct run *run, mm_messages *messages) {
    const struct precision *precision = &run->precision;
    char error[64] = "no relative error, being 0 or unknown";
    if (!(precision->relative > 0) || precision->worst <= precision->relative)
        return;
    if (isfinite(precision->worst))
        snprintf(error, sizeof error, "a relative error of %.2g", precision->worst);
    mm_messages_add(messages, "after %llu paths, the most that are allowed, '%s' has %s",
                    (unsigned long long)run->checkpoint.done, precision->worst_of, error);
}

/* Whether the run goes on, and how far. */
static bool set_goal(struct run *run, mm_status *status, mm_messages *messages) {
    struct checkpoint *at = &run->checkpoint;
    uint64_t need, most = 4 * at->done;
    if (run->interrupted || !run->setup.until_enough)
        return false;
    *status = look(run, &need, messages);
    if (*status != MM_OK)
        return false;
    if (need == 0) {
        run->stopped_by = run->precision.relative > 0 ? "precision" : "rungs";
        return false;
    }
    if (at->goal >= run->setup.paths) {
        run->stopped_by = "most_paths";
        tell_worst(run, messages);
        return false;
    }
    /* with few paths so far the need is a guess: no more than four times as many before the next look */
    need = need > UINT64_MAX / 2 ? most : need + need / 10;
    at->goal = need > most ? most : need <= at->done ? at->done + 1 : need;
    if (at->goal > run->setup.paths)
        at->goal = run->setup.paths;
    return true;
}

static mm_status simulate(struct run *run, struct parts *parts, mm_messages *messages) {
    const struct engine_backend *backend = run->choice.backend;
    mm_status status;
    watch_begin(&run->watch, run->scenario, run->options);
    run->batch =
        batch_first(run->setup.batch, backend->step(parts->items[0].engine) * (run->setup.sobol ? MM_SCRAMBLES : 1),
                    run->setup.sobol ? SCRAMBLED_SECONDS : BATCH_SECONDS);
    run->last_settled = now();
    run->settle_after = SETTLE_SECONDS;
    run->last_kept = run->last_settled;
    run->keep_after = KEEP_SECONDS;
    tell(run, true);
    do {
        status = run_to_goal(run, parts, messages);
    } while (status == MM_OK && set_goal(run, &status, messages));
    took_part_read(&run->devices, backend, parts->items[0].engine);
    return status;
}

/* Reads the checkpoint, then runs what is left. */
static mm_status fill_tallies(struct run *run, mm_messages *messages) {
    run->tallies = tallies_new(plan_counts(run->plan), plan_sums(run->plan));
    if (!run->tallies)
        return store_no_memory(messages);
    run->checkpoint = (struct checkpoint){.sha256 = run->scenario->sha256,
                                          .sampler = store_sampler(run->plan),
                                          .seed = run->setup.engine.seed,
                                          .first_path = run->setup.first_path,
                                          .paths = run->setup.paths,
                                          .until = run->precision.until,
                                          .goal = run->setup.paths};
    uint64_t first = run->options->until_enough ? FIRST_LOOK : FIRST_PRECISION_LOOK;
    if (run->setup.until_enough && run->setup.paths > first)
        run->checkpoint.goal = first;
    if (run->options->checkpoint) {
        mm_status status = checkpoint_load(run->options->checkpoint, &run->checkpoint, run->tallies, messages);
        if (status != MM_OK)
            return status;
    }
    run->resumed = run->settled = run->checkpoint.done;
    struct parts own = {0}, *parts = run->setup.sobol ? &run->scrambled.parts : &own;
    mm_status status = run->setup.sobol ? scrambled_open(&run->scrambled, run->choice.backend, run->plan,
                                                         &run->choice.options, run->tallies, messages)
                                        : parts_open(parts, run->choice.backend, run->plan, &run->choice.options,
                                                     run->tallies, messages);
    run->began = now();
    run->build = run->began - run->entered;
    if (status == MM_OK)
        status = simulate(run, parts, messages);
    if (run->setup.sobol)
        scrambled_close(&run->scrambled);
    else
        parts_close(parts);
    return status;
}

static mm_status make_result(struct run *run, mm_result **result, mm_messages *messages) {
    const struct made made = {.scenario = run->scenario,
                              .plan = run->plan,
                              .setup = &run->setup,
                              .devices = &run->devices,
                              .paths = run->checkpoint.done,
                              .here = run->checkpoint.done - run->resumed,
                              .build = run->build,
                              .simulate = run->checkpoint.seconds + run->simulate,
                              .reduce = run->reduce,
                              .total = run->checkpoint.seconds + now() - run->entered,
                              .until = run->precision.until,
                              .stopped_by = run->stopped_by};
    return made_result(&made, &run->tallies, result, messages);
}

/* Leaves a checkpoint of what is in the tallies. \return `why`, unless that fails */
static mm_status leave(struct run *run, mm_status why, mm_messages *messages) {
    run->checkpoint.seconds += run->simulate;
    run->checkpoint.done = run->settled;
    if (!run->options->checkpoint)
        return why;
    mm_status status = checkpoint_save(run->options->checkpoint, &run->checkpoint, run->tallies, messages);
    if (status == MM_OK && why == MM_DEVICE_FAILED)
        mm_messages_add(messages,
                        "%" PRIu64 " of %" PRIu64 " paths are kept in %s; the same command goes on from there, "
                        "on any backend",
                        run->settled, run->checkpoint.goal, run->options->checkpoint);
    return status == MM_OK ? why : status;
}

static void tell_choice(const struct run *run) {
    if (run->options->notice)
        run->options->notice(run->choice.why, run->choice.backend != &engine_openmp, run->options->notice_context);
}

mm_status mm_run(const mm_scenario *scenario, const mm_run_options *options, mm_result **result,
                 mm_messages *messages) {
    static const mm_run_options defaults;
    *result = NULL;
    struct run run = {.scenario = scenario_data(scenario),
                      .options = options ? options : &defaults,
                      .stopped_by = "paths",
                      .entered = now()};
    mm_status status = setup_read(run.options, &run.setup, messages);
    if (status == MM_OK)
        status = precision_read(run.scenario, run.options, &run.precision, messages);
    if (status == MM_OK)
        status = setup_choose(run.options, &run.setup, &run.choice, messages);
    if (status == MM_OK)
        status = setup_plan(run.scenario, &run.setup, &run.plan, messages);
    if (status == MM_OK)
        status = setup_check_memory(run.scenario, run.plan, &run.setup, &run.choice, messages);
    if (status == MM_OK) {
        tell_choice(&run);
        status = fill_tallies(&run, messages);
    }
    if (status == MM_OK)
        status = run.interrupted ? leave(&run, MM_INTERRUPTED, messages) : make_result(&run, result, messages);
    else if (status == MM_DEVICE_FAILED && run.settled > run.resumed)
        status = leave(&run, MM_DEVICE_FAILED, messages);
    tallies_free(run.tallies);
    engine_choice_free(&run.choice);
    plan_free(run.plan);
    precision_free(&run.precision);
    return status;
}

mm_status mm_run_memory(const mm_scenario *scenario, const mm_run_options *options, uint64_t *bytes,
                        const char **question, mm_messages *messages) {
    struct setup setup;
    struct engine_choice choice = {0};
    struct plan *plan = NULL;
    const struct sc_scenario *data = scenario_data(scenario);
    *bytes = 0;
    if (question)
        *question = NULL;
    mm_status status = setup_read(options, &setup, messages);
    if (status == MM_OK)
        status = setup_choose(options, &setup, &choice, messages);
    if (status == MM_OK)
        status = setup_plan(data, &setup, &plan, messages);
    if (status == MM_OK) {
        *bytes = setup_memory(plan, &setup, &choice);
        int heaviest = setup_heaviest(plan, &setup);
        if (question && heaviest >= 0)
            *question = data->questions[heaviest].name;
    }
    plan_free(plan);
    engine_choice_free(&choice);
    return status;
}
