/* Sweeps: the points laid out, and shared out to workers (sweep_work.c), each with a store of its own open and one
 * thread (or a few, where there are fewer points than cores): while one reads, estimates or writes, the others
 * simulate. */
#include <mismatch/sweep.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/engine/choose.h"
#include "host/engine/machine.h"
#include "host/store/store.h"
#include "host/study/pack.h"
#include "host/study/sweep_work.h"

#define TICK_SECONDS 0.2
#define ENOUGH_POINTS 4 /* for each core, so that points of one thread each keep all of them busy to the end */
#define JOBS_ON_DEVICES 2
#define FILLS 4 /* times the paths that a device works on at a time, for a launch that keeps it busy */
#define MAX_JOBS 4096

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* At least one point must be a configuration: where none is, a key or a range is wrong rather than a point. */
static mm_status find_valid(struct mm_sweep *sweep, mm_messages *messages) {
    mm_status status = MM_USAGE;
    for (size_t i = 0; i < sweep->design.n_points && status == MM_USAGE; i++) {
        char **sets;
        mm_scenario *scenario;
        mm_messages *own = mm_messages_new();
        status = sweep_read_point(sweep, i, &sets, &scenario, own);
        for (size_t k = 0; i == 0 && status != MM_OK && k < mm_messages_count(own); k++)
            mm_messages_add(sweep->messages, "%s", mm_messages_text(own, k));
        mm_messages_free(own);
        mm_scenario_free(scenario);
        sweep_free_sets(sets, sweep->design.n_axes);
    }
    for (size_t k = 0; status != MM_OK && k < mm_messages_count(sweep->messages); k++)
        mm_messages_add(messages, "%s", mm_messages_text(sweep->messages, k));
    if (status == MM_USAGE && sweep->design.n_points > 1)
        mm_messages_add(messages, "none of the %zu points is a configuration; this is what is wrong with the first",
                        sweep->design.n_points);
    return status;
}

mm_status mm_sweep_plan(const mm_scenario *base, const mm_sweep_options *options, mm_sweep **sweep,
                        mm_messages *messages) {
    *sweep = NULL;
    struct mm_sweep *made = calloc(1, sizeof *made);
    if (!made)
        return store_no_memory(messages);
    made->base = base;
    made->options = *options;
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->changed, NULL);
    made->messages = mm_messages_new();
    mm_status status = setup_read(&options->run, &made->setup, messages);
    if (status == MM_OK && (options->jobs < 0 || options->jobs > MAX_JOBS || made->setup.until_enough)) {
        mm_messages_add(messages, "jobs: 1 to %d are allowed", MAX_JOBS);
        status = MM_USAGE;
    }
    if (status == MM_OK && (options->pack < 0 || options->pack > PACK_MOST)) {
        mm_messages_add(messages, "pack: 1 to %d are allowed", PACK_MOST);
        status = MM_USAGE;
    }
    made->wanted = (struct range){made->setup.first_path, made->setup.paths};
    if (status == MM_OK)
        status = design_read(options->vary, options->n_vary, options->design, options->points, &made->design, messages);
    if (status == MM_OK) {
        made->sha256 = calloc(made->design.n_points, sizeof *made->sha256);
        status = made->sha256 && made->messages ? find_valid(made, messages) : store_no_memory(messages);
    }
    if (status == MM_OK)
        *sweep = made;
    else
        mm_sweep_free(made);
    return status;
}

void mm_sweep_free(mm_sweep *sweep) {
    if (!sweep)
        return;
    pthread_mutex_destroy(&sweep->lock);
    pthread_cond_destroy(&sweep->changed);
    mm_messages_free(sweep->messages);
    design_free(&sweep->design);
    free(sweep->sha256);
    free(sweep);
}

size_t mm_sweep_points(const mm_sweep *sweep) {
    return sweep->design.n_points;
}

/* Points at a time on this machine's cores. With many points each gets one thread, and there is one more point than
 * cores, which goes on while another one waits for the disk. */
static int jobs_for(const struct mm_sweep *sweep, int cores) {
    size_t points = sweep->design.n_points;
    if (sweep->options.jobs)
        return sweep->options.jobs;
    if (points >= ENOUGH_POINTS * (size_t)cores)
        return cores + 1;
    return points / ENOUGH_POINTS > 0 ? (int)(points / ENOUGH_POINTS) : 1;
}

/* Points that fill a device when they share its launches. */
static size_t pack_for(const struct mm_sweep *sweep) {
    const struct engine_choice *choice = &sweep->choice;
    size_t devices = 0;
    uint64_t wanted = (uint64_t)sweep->options.pack, most = 0;
    for (size_t i = 0; i < choice->options.n_members; i++)
        devices += choice->options.members[i].backend->open_pack != NULL;
    if (choice->backend == &engine_openmp || devices == 0 || sweep->setup.sobol)
        return 1;
    for (size_t i = 0; i < choice->options.n_members && wanted == 0; i++) {
        const struct engine_member *member = &choice->options.members[i];
        const uint64_t fills = member->backend->open_pack ? FILLS * member->backend->at_once(&member->options) : 0;
        most = fills > most ? fills : most;
    }
    if (wanted == 0)
        wanted = most / sweep->wanted.n;
    /* every worker is to have some */
    const uint64_t each = (sweep->design.n_points + devices - 1) / devices;
    wanted = wanted < each ? wanted : each;
    return wanted < 1 ? 1 : wanted < PACK_MOST ? (size_t)wanted : PACK_MOST;
}

/* How many points at a time, and threads for each. Devices are chosen here once, for the message where there are none;
 * on them two workers take turns, so that one reads and writes while the other's run. */
static mm_status share_out(struct mm_sweep *sweep, mm_messages *messages) {
    int cores = sweep->options.run.threads ? sweep->options.run.threads : machine_cores(),
        jobs = jobs_for(sweep, cores);
    mm_status status = setup_choose(&sweep->options.run, &sweep->setup, &sweep->choice, messages);
    sweep->pack = status == MM_OK ? pack_for(sweep) : 1;
    if (status == MM_OK && sweep->choice.backend == &engine_openmp)
        sweep->options.run.backend = "openmp";
    else if (sweep->options.jobs == 0)
        jobs = JOBS_ON_DEVICES * (sweep->pack > 1 ? (int)sweep->choice.options.n_members : 1);
    snprintf(sweep->chosen, sizeof sweep->chosen, "%s", sweep->choice.why);
    if ((size_t)jobs > sweep->design.n_points)
        jobs = (int)sweep->design.n_points;
    jobs = jobs > 1 ? jobs : 1;
    mm_run_options one = sweep->options.run;
    uint64_t bytes = 0, most = sweep->setup.memory;
    one.threads = cores > jobs ? cores / jobs : 1;
    if (status == MM_OK)
        status = mm_run_memory(sweep->base, &one, &bytes, NULL, messages);
    if (sweep->options.jobs == 0 && most && bytes && (uint64_t)jobs > most / bytes)
        jobs = most / bytes ? (int)(most / bytes) : 1;
    jobs = jobs > 1 ? jobs : 1;
    sweep->jobs = jobs;
    sweep->threads = cores > jobs ? cores / jobs : 1;
    return status;
}

static void update(struct mm_sweep *sweep, const struct worker *workers, double began) {
    mm_sweep_progress *progress = &sweep->progress;
    progress->paths_done = sweep->finished_paths;
    for (int i = 0; i < sweep->jobs; i++)
        progress->paths_done += workers[i].paths;
    progress->seconds = now() - began;
    progress->seconds_left =
        progress->paths_done
            ? progress->seconds * (double)(progress->paths - progress->paths_done) / (double)progress->paths_done
            : -1;
}

/* Looks after the workers until the last one has gone. */
static void watch(struct mm_sweep *sweep, const struct worker *workers, double began) {
    double limit = sweep->options.run.time_limit;
    pthread_mutex_lock(&sweep->lock);
    while (sweep->living > 0) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += (long)(TICK_SECONDS * 1e9);
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&sweep->changed, &sweep->lock, &until);
        bool asked = engine_asked_to_stop(sweep->options.run.stop);
        if (asked || sweep->fatal != MM_OK || (limit > 0 && now() - began >= limit))
            __atomic_store_n(&sweep->halt, 1, __ATOMIC_RELAXED); /* runs read it without the lock */
        update(sweep, workers, began);
        if (!sweep->options.progress)
            continue;
        const mm_sweep_progress progress = sweep->progress;
        pthread_mutex_unlock(&sweep->lock);
        sweep->options.progress(&progress, sweep->options.progress_context);
        pthread_mutex_lock(&sweep->lock);
    }
    pthread_mutex_unlock(&sweep->lock);
}

/* The device that runs a worker's packs: they take turns. */
static size_t device_of(const struct mm_sweep *sweep, size_t worker) {
    size_t able = 0, found = 0;
    for (size_t i = 0; i < sweep->choice.options.n_members; i++)
        able += sweep->choice.options.members[i].backend->open_pack != NULL;
    for (size_t i = 0, left = able ? worker % able : 0; able && i < sweep->choice.options.n_members; i++)
        if (sweep->choice.options.members[i].backend->open_pack && left-- == 0)
            found = i;
    return found;
}

static mm_status run_all(struct mm_sweep *sweep, struct worker *workers, mm_messages *messages) {
    mm_status status = MM_OK;
    double began = now();
    for (int i = 0; i < sweep->jobs && status == MM_OK; i++) {
        workers[i].sweep = sweep;
        workers[i].device = device_of(sweep, (size_t)i);
        workers[i].points = calloc(sweep_at_hand(sweep), sizeof *workers[i].points);
        status = !workers[i].points ? store_no_memory(messages)
                                    : mm_store_open(sweep->store, MM_STORE_WRITE, &workers[i].store, messages);
    }
    for (int i = 0; i < sweep->jobs && status == MM_OK; i++) {
        pthread_mutex_lock(&sweep->lock);
        sweep->living++;
        pthread_mutex_unlock(&sweep->lock);
        workers[i].begun = pthread_create(&workers[i].thread, NULL, sweep_work, &workers[i]) == 0;
        if (!workers[i].begun) {
            pthread_mutex_lock(&sweep->lock);
            sweep->living--;
            pthread_mutex_unlock(&sweep->lock);
            status = i == 0 ? store_no_memory(messages) : MM_OK;
            break;
        }
    }
    watch(sweep, workers, began);
    for (int i = 0; i < sweep->jobs; i++)
        if (workers[i].begun)
            pthread_join(workers[i].thread, NULL);
    update(sweep, workers, began);
    for (int i = 0; i < sweep->jobs; i++) {
        mm_store_close(workers[i].store);
        free(workers[i].points);
    }
    return status;
}

mm_status mm_sweep_run(mm_sweep *sweep, const char *store, mm_sweep_progress *outcome, mm_messages *messages) {
    sweep->store = store;
    sweep->next = sweep->told = 0;
    sweep->halt = 0;
    sweep->fatal = MM_OK;
    sweep->finished_paths = 0;
    sweep->progress =
        (mm_sweep_progress){.points = sweep->design.n_points, .paths = sweep->design.n_points * sweep->wanted.n};
    mm_messages_free(sweep->messages);
    sweep->messages = mm_messages_new();
    mm_status status = share_out(sweep, messages);
    struct worker *workers = calloc((size_t)sweep->jobs + 1, sizeof *workers);
    if (status == MM_OK)
        status = workers ? run_all(sweep, workers, messages) : store_no_memory(messages);
    free(workers);
    engine_choice_free(&sweep->choice);
    *outcome = sweep->progress;
    for (size_t i = 0; i < mm_messages_count(sweep->messages); i++)
        mm_messages_add(messages, "%s", mm_messages_text(sweep->messages, i));
    if (sweep->told > SWEEP_MESSAGES)
        mm_messages_add(messages, "and %zu more points failed", sweep->told - SWEEP_MESSAGES);
    if (status == MM_OK)
        status = sweep->fatal;
    if (status == MM_OK && sweep->progress.done + sweep->progress.failed < sweep->design.n_points)
        return MM_INTERRUPTED;
    return status == MM_OK && sweep->progress.failed ? MM_STUDY_PARTIAL : status;
}

mm_status mm_sweep_list(const mm_sweep *sweep, mm_store *store, const mm_listing *wanted, FILE *out,
                        mm_messages *messages) {
    size_t n = sweep->design.n_points;
    const char **points = calloc(n, sizeof *points);
    if (!points)
        return store_no_memory(messages);
    for (size_t i = 0; i < n; i++)
        points[i] = *sweep->sha256[i] ? sweep->sha256[i] : NULL;
    mm_listing listing = *wanted;
    listing.points = points;
    listing.n_points = n;
    listing.seed = sweep->setup.engine.seed;
    mm_status status = mm_store_list(store, &listing, out, messages);
    free(points);
    return status;
}
