/* Sweeps: workers take points, simulate what the store lacks, and put it in. Each has a store of its own open, and one
 * thread (or a few, where there are fewer points than cores): while one reads, estimates or writes, the others
 * simulate. On devices, points that are too small to fill one are taken several at a time, and share its launches. */
#include <mismatch/sweep.h>

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/engine/choose.h"
#include "host/engine/machine.h"
#include "host/scenario/failures.h"
#include "host/scenario/scenario_data.h"
#include "host/store/kept.h"
#include "host/store/store.h"
#include "host/study/design.h"
#include "host/study/pack.h"
#include "host/study/setup.h"
#include "host/study/store.h"

#define TICK_SECONDS 0.2
#define ENOUGH_POINTS 4 /* for each core, so that points of one thread each keep all of them busy to the end */
#define JOBS_ON_DEVICES 2
#define FILLS 4 /* times the paths that a device works on at a time, for a launch that keeps it busy */
#define MAX_JOBS 4096
#define MESSAGES_KEPT 20

struct mm_sweep {
    const mm_scenario *base;
    mm_sweep_options options;
    struct design design;
    char (*sha256)[65]; /* [n_points]; "" until a point has been read */
    struct range wanted;
    struct setup setup;
    /* while it runs, all under the lock */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    const char *store;
    mm_messages *messages;
    char chosen[512]; /* the devices, in words */
    mm_sweep_progress progress;
    size_t next, told;
    int jobs, threads, living;
    struct engine_choice choice; /* the devices */
    size_t pack;                 /* points at a time on one of them; 1: each by itself */
    uint64_t finished_paths;
    mm_status fatal;
    volatile sig_atomic_t halt;
};

struct worker {
    struct mm_sweep *sweep;
    mm_store *store;
    pthread_t thread;
    bool begun;
    uint64_t paths; /* of the points at hand, so far */
    size_t device;  /* the member of the choice that runs its packs */
};

/* A point in a worker's hands. */
struct point {
    size_t i;
    char **sets;
    mm_scenario *scenario;
    mm_messages *messages;
    mm_status status;
    size_t failures; /* of the memory, when it was begun */
    bool done, found, failed;
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void free_sets(char **sets, size_t n) {
    for (size_t i = 0; sets && i < n; i++)
        free(sets[i]);
    free(sets);
}

/* The settings of a point, and the configuration they make. *sets is new also when the configuration is wrong. */
static mm_status read_point(struct mm_sweep *sweep, size_t point, char ***sets, mm_scenario **scenario,
                            mm_messages *messages) {
    size_t n = sweep->design.n_axes;
    *scenario = NULL;
    *sets = calloc(n + 1, sizeof(char *));
    if (!*sets || !design_point(&sweep->design, point, *sets))
        return store_no_memory(messages);
    mm_status status = mm_scenario_vary(sweep->base, (const char *const *)*sets, n, scenario, messages);
    if (status == MM_OK)
        memcpy(sweep->sha256[point], mm_scenario_sha256(*scenario), sizeof sweep->sha256[point]);
    return status;
}

/* At least one point must be a configuration: where none is, a key or a range is wrong rather than a point. */
static mm_status find_valid(struct mm_sweep *sweep, mm_messages *messages) {
    mm_status status = MM_USAGE;
    for (size_t i = 0; i < sweep->design.n_points && status == MM_USAGE; i++) {
        char **sets;
        mm_scenario *scenario;
        mm_messages *own = mm_messages_new();
        status = read_point(sweep, i, &sets, &scenario, own);
        for (size_t k = 0; i == 0 && status != MM_OK && k < mm_messages_count(own); k++)
            mm_messages_add(sweep->messages, "%s", mm_messages_text(own, k));
        mm_messages_free(own);
        mm_scenario_free(scenario);
        free_sets(sets, sweep->design.n_axes);
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

static void tell_paths(const mm_progress *progress, void *context) {
    struct worker *worker = context;
    pthread_mutex_lock(&worker->sweep->lock);
    worker->paths = progress->done;
    pthread_mutex_unlock(&worker->sweep->lock);
}

/* A device is dropped: told once, not for each point. Which ones are taken is known from the start. */
static void take_notice(const char *text, bool important, void *context) {
    struct mm_sweep *sweep = context;
    bool known = !important || strcmp(text, sweep->chosen) == 0;
    pthread_mutex_lock(&sweep->lock);
    for (size_t i = 0; i < mm_messages_count(sweep->messages) && !known; i++)
        known = strncmp(text, mm_messages_text(sweep->messages, i), strcspn(text, ";")) == 0; /* then numbers follow */
    if (!known && mm_messages_count(sweep->messages) < 2 * MESSAGES_KEPT)
        mm_messages_add(sweep->messages, "%s", text);
    pthread_mutex_unlock(&sweep->lock);
}

static mm_status run_point(struct worker *worker, const mm_scenario *scenario, bool *found, mm_messages *messages) {
    struct mm_sweep *sweep = worker->sweep;
    *found = false;
    if (!sweep->options.recompute) {
        mm_status status = store_covers(worker->store, mm_scenario_sha256(scenario), sweep->setup.engine.seed,
                                        &sweep->wanted, found, messages);
        if (status != MM_OK || *found)
            return status;
    }
    mm_run_options run = sweep->options.run;
    run.threads = sweep->threads;
    run.time_limit = 0;
    run.checkpoint = NULL;
    run.stop = &sweep->halt;
    run.notice = take_notice;
    run.notice_context = sweep;
    run.progress = tell_paths;
    run.progress_context = worker;
    mm_stored_options stored = {.recompute = sweep->options.recompute};
    mm_result *result = NULL;
    mm_status status = mm_run_stored(scenario, &run, worker->store, &stored, &result, messages);
    mm_result_free(result);
    return status;
}

/* The settings as JSON text; NULL when memory ran out. */
static char *sets_text(char **sets, size_t n) {
    json_t *list = json_array();
    bool good = list != NULL;
    for (size_t i = 0; i < n; i++)
        good = good && json_array_append_new(list, json_string(sets[i] ? sets[i] : "")) == 0;
    char *text = good ? json_dumps(list, JSON_COMPACT) : NULL;
    json_decref(list);
    return text;
}

/* Records that a point failed, or that it does no more. */
static mm_status record(struct worker *worker, char **sets, const char *message, mm_messages *messages) {
    struct mm_sweep *sweep = worker->sweep;
    char seed[KEPT_SEED], version[KEPT_VERSION];
    char *point = sets_text(sets, sweep->design.n_axes);
    if (!point)
        return store_no_memory(messages);
    snprintf(seed, sizeof seed, "%" PRIu64, sweep->setup.engine.seed);
    kept_version(version);
    const struct db_failure failure = {.base = mm_scenario_sha256(sweep->base),
                                       .point = point,
                                       .seed = seed,
                                       .version = version,
                                       .message = message,
                                       .first_path = sweep->wanted.first,
                                       .paths = sweep->wanted.n};
    mm_status status =
        message ? db_fail(worker->store->db, &failure, messages) : db_mend(worker->store->db, &failure, messages);
    free(point);
    return status;
}

static mm_status record_failure(struct worker *worker, char **sets, const mm_messages *why, mm_messages *messages) {
    struct mm_sweep *sweep = worker->sweep;
    size_t n = mm_messages_count(why);
    const char *message = n ? mm_messages_text(why, 0) : "unknown";
    mm_status status = record(worker, sets, message, messages);
    pthread_mutex_lock(&sweep->lock);
    if (sweep->told++ < MESSAGES_KEPT) {
        char *point = sets_text(sets, sweep->design.n_axes);
        mm_messages_add(sweep->messages, "point %s failed: %s", point ? point : "", message);
        free(point);
    }
    pthread_mutex_unlock(&sweep->lock);
    return status;
}

static void begin_point(struct worker *worker, size_t i, struct point *point) {
    *point = (struct point){.i = i, .messages = mm_messages_new(), .failures = mm_memory_failures()};
    point->status = read_point(worker->sweep, i, &point->sets, &point->scenario, point->messages);
}

/* Puts down what became of it. */
static mm_status end_point(struct worker *worker, struct point *point) {
    struct mm_sweep *sweep = worker->sweep;
    point->status = memory_check(point->failures, point->status, point->messages); /* no fault of the point */
    if (point->status == MM_USAGE || point->status == MM_DEVICE_FAILED) {
        mm_messages *recording = mm_messages_new();
        point->failed = true;
        point->status = record_failure(worker, point->sets, point->messages, recording);
        mm_messages_free(point->messages);
        point->messages = recording;
    } else if (point->status == MM_OK && !point->found) {
        point->status = record(worker, point->sets, NULL, point->messages);
    }
    const mm_status status = point->status;
    pthread_mutex_lock(&sweep->lock);
    worker->paths = 0;
    if (status == MM_OK) {
        sweep->progress.done += !point->failed;
        sweep->progress.failed += point->failed;
        sweep->progress.found += point->found;
        if (point->found || point->failed)
            sweep->progress.paths -= sweep->wanted.n;
        else
            sweep->finished_paths += sweep->wanted.n;
    } else if (status != MM_INTERRUPTED && sweep->fatal == MM_OK) {
        sweep->fatal = status;
        for (size_t k = 0; k < mm_messages_count(point->messages); k++)
            mm_messages_add(sweep->messages, "%s", mm_messages_text(point->messages, k));
    }
    pthread_cond_signal(&sweep->changed);
    pthread_mutex_unlock(&sweep->lock);
    mm_messages_free(point->messages);
    mm_scenario_free(point->scenario);
    free_sets(point->sets, sweep->design.n_axes);
    *point = (struct point){.done = true};
    return status;
}

/* A point by itself, from wherever it stands. */
static mm_status do_point(struct worker *worker, struct point *point) {
    if (point->status == MM_OK)
        point->status = run_point(worker, point->scenario, &point->found, point->messages);
    return end_point(worker, point);
}

/* Whether the store has nothing of it: what is there in part is gone on with alone. */
static bool is_new(struct worker *worker, struct point *point) {
    struct mm_sweep *sweep = worker->sweep;
    mm_result **results = NULL;
    size_t n = 0;
    if (sweep->options.recompute || point->status != MM_OK)
        return point->status == MM_OK;
    mm_messages *unheard = mm_messages_new(); /* run_point() will meet the same */
    mm_status status = unheard ? store_find(worker->store, mm_scenario_sha256(point->scenario),
                                            sweep->setup.engine.seed, &sweep->wanted, &results, &n, unheard)
                               : MM_INTERNAL;
    store_free_results(results, n);
    mm_messages_free(unheard);
    return status == MM_OK && n == 0;
}

/* Runs those of the points that can share launches, and puts them into the store. Nothing happens to those that can't:
 * they, and all where the device fails, are then run one by one, which says why.
 * \return MM_OK, or what ends the sweep */
static mm_status share_launches(struct worker *worker, struct point **points, size_t n) {
    struct mm_sweep *sweep = worker->sweep;
    const mm_scenario *scenarios[PACK_MOST];
    mm_result *results[PACK_MOST] = {NULL};
    size_t taken = 0;
    mm_run_options options = {.stop = &sweep->halt, .progress = tell_paths, .progress_context = worker};
    const struct pack pack = {&sweep->choice.options.members[worker->device], &sweep->setup, &options};
    for (size_t i = 0; i < n; i++)
        scenarios[i] = points[i]->scenario;
    mm_messages *unheard = mm_messages_new();
    mm_status status = unheard ? pack_run(&pack, scenarios, n, results, &taken, unheard) : MM_INTERNAL;
    mm_messages_free(unheard);
    if (status != MM_OK)
        return status == MM_INTERRUPTED ? status : MM_OK;
    for (size_t i = 0; i < taken && i < n && status == MM_OK; i++) {
        mm_store_outcome outcome;
        points[i]->status =
            mm_store_put(worker->store, results[i], sweep->options.recompute, &outcome, points[i]->messages);
        status = end_point(worker, points[i]);
    }
    for (size_t i = 0; i < taken; i++)
        mm_result_free(results[i]);
    return status;
}

static bool halted(struct mm_sweep *sweep) {
    pthread_mutex_lock(&sweep->lock);
    const bool halt = sweep->halt || sweep->fatal != MM_OK;
    pthread_mutex_unlock(&sweep->lock);
    return halt;
}

/* Several points, next to each other in the design. */
static mm_status do_points(struct worker *worker, size_t first, size_t n) {
    struct point points[PACK_MOST], *fresh[PACK_MOST];
    size_t n_fresh = 0;
    mm_status status = MM_OK;
    for (size_t i = 0; i < n; i++) {
        begin_point(worker, first + i, &points[i]);
        if (n > 1 && is_new(worker, &points[i]))
            fresh[n_fresh++] = &points[i];
    }
    if (n_fresh > 1)
        status = share_launches(worker, fresh, n_fresh);
    for (size_t i = 0; i < n; i++) {
        if (points[i].done)
            continue;
        if (status == MM_OK && i > 0 && halted(worker->sweep))
            status = MM_INTERRUPTED;
        if (status == MM_OK) {
            status = do_point(worker, &points[i]);
        } else { /* the sweep ends before its turn */
            points[i].status = MM_INTERRUPTED;
            end_point(worker, &points[i]);
        }
    }
    return status;
}

static void *work(void *context) {
    struct worker *worker = context;
    struct mm_sweep *sweep = worker->sweep;
    for (;;) {
        pthread_mutex_lock(&sweep->lock);
        bool more = !sweep->halt && sweep->fatal == MM_OK && sweep->next < sweep->design.n_points;
        const size_t first = sweep->next, left = more ? sweep->design.n_points - first : 0,
                     n = left < sweep->pack ? left : sweep->pack;
        sweep->next += n;
        pthread_mutex_unlock(&sweep->lock);
        if (!more || do_points(worker, first, n) != MM_OK)
            break;
    }
    pthread_mutex_lock(&sweep->lock);
    sweep->living--;
    pthread_cond_signal(&sweep->changed);
    pthread_mutex_unlock(&sweep->lock);
    return NULL;
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
        status = mm_store_open(sweep->store, MM_STORE_WRITE, &workers[i].store, messages);
    }
    for (int i = 0; i < sweep->jobs && status == MM_OK; i++) {
        pthread_mutex_lock(&sweep->lock);
        sweep->living++;
        pthread_mutex_unlock(&sweep->lock);
        workers[i].begun = pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
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
    for (int i = 0; i < sweep->jobs; i++)
        mm_store_close(workers[i].store);
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
    if (sweep->told > MESSAGES_KEPT)
        mm_messages_add(messages, "and %zu more points failed", sweep->told - MESSAGES_KEPT);
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
