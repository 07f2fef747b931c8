/* A worker of a sweep: reads points, simulates what the store lacks, and puts it in. On devices, points that are too
 * small to fill one wait for others of their shape, and share launches with them. */
#include "host/study/sweep_work.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/scenario/failures.h"
#include "host/scenario/scenario_data.h"
#include "host/store/kept.h"
#include "host/study/pack.h"
#include "host/study/store.h"

#define PACKS_AT_HAND 4 /* points of a worker: so many shapes may take turns, and each pack is still full */

void sweep_free_sets(char **sets, size_t n) {
    for (size_t i = 0; sets && i < n; i++)
        free(sets[i]);
    free(sets);
}

mm_status sweep_read_point(struct mm_sweep *sweep, size_t point, char ***sets, mm_scenario **scenario,
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
    if (!known && mm_messages_count(sweep->messages) < 2 * SWEEP_MESSAGES)
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
    if (sweep->told++ < SWEEP_MESSAGES) {
        char *point = sets_text(sets, sweep->design.n_axes);
        mm_messages_add(sweep->messages, "point %s failed: %s", point ? point : "", message);
        free(point);
    }
    pthread_mutex_unlock(&sweep->lock);
    return status;
}

static void begin_point(struct worker *worker, size_t i, struct point *point) {
    *point = (struct point){.messages = mm_messages_new(), .failures = mm_memory_failures()};
    point->status = sweep_read_point(worker->sweep, i, &point->sets, &point->scenario, point->messages);
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
    worker->paths = worker->paths > sweep->wanted.n ? worker->paths - sweep->wanted.n : 0; /* others of its pack */
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
    plan_free(point->plan);
    mm_scenario_free(point->scenario);
    sweep_free_sets(point->sets, sweep->design.n_axes);
    *point = (struct point){.done = true};
    return status;
}

/* A point by itself, from wherever it stands. */
static mm_status do_point(struct worker *worker, struct point *point) {
    plan_free(point->plan); /* mm_run() makes its own */
    point->plan = NULL;
    if (point->status == MM_OK)
        point->status = run_point(worker, point->scenario, &point->found, point->messages);
    return end_point(worker, point);
}

/* Whether the store has nothing of it: what is there in part is gone on with alone. */
static bool is_new(struct worker *worker, const struct point *point) {
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

/* Whether the point may share launches: then it has a plan. */
static bool can_share(struct worker *worker, struct point *point) {
    struct mm_sweep *sweep = worker->sweep;
    struct setup setup = sweep->setup;
    if (sweep->pack < 2 || !is_new(worker, point))
        return false;
    mm_messages *unheard = mm_messages_new(); /* alone, it will say the same */
    const bool good = unheard && setup_plan(scenario_data(point->scenario), &setup, &point->plan, unheard) == MM_OK;
    mm_messages_free(unheard);
    return good;
}

/* Puts a point among those that wait. One that is there already, by its configuration, waits for the end of that one,
 * and then finds it in the store. */
static void put_at_hand(struct worker *worker, struct point *point) {
    const char *sha256 = mm_scenario_sha256(point->scenario);
    bool there = false, twin = false;
    for (size_t i = 0; i < worker->n_points; i++) {
        const struct point *other = &worker->points[i];
        twin = twin || (!worker->sweep->options.recompute && strcmp(mm_scenario_sha256(other->scenario), sha256) == 0);
        if (there || !pack_same_shape(other->plan, point->plan))
            continue;
        there = true;
        point->shape = other->shape;
    }
    if (!there || twin)
        point->shape = worker->shapes++;
    worker->points[worker->n_points++] = *point;
}

/* Of the shape of which most points are at hand, these; of several shapes, the one that came first. */
static size_t largest(struct worker *worker, struct point **group) {
    size_t n = 0;
    for (size_t i = 0; i < worker->n_points; i++) {
        size_t alike = 0;
        for (size_t k = i; k < worker->n_points; k++)
            alike += worker->points[k].shape == worker->points[i].shape;
        if (alike <= n)
            continue;
        n = 0;
        for (size_t k = i; k < worker->n_points; k++)
            if (worker->points[k].shape == worker->points[i].shape)
                group[n++] = &worker->points[k];
    }
    return n;
}

static size_t number_of(const struct worker *worker, size_t shape) {
    size_t n = 0;
    for (size_t i = 0; i < worker->n_points; i++)
        n += worker->points[i].shape == shape;
    return n;
}

/* Bytes of the plans at hand. */
static uint64_t plans_bytes(const struct worker *worker) {
    uint64_t bytes = 0;
    for (size_t i = 0; i < worker->n_points; i++)
        for (int k = 0; worker->points[i].plan && k < plan_n_parts(worker->points[i].plan); k++)
            bytes += 4 * (uint64_t)plan_part(worker->points[i].plan, k).plan->pool_words;
    return bytes;
}

/* Runs points of one shape in launches that they share, and puts them into the store. Where the device fails nothing
 * happens to them: they are then run one by one, which says why. \return MM_OK, or what ends the sweep */
static mm_status share_launches(struct worker *worker, struct point **points, size_t n) {
    struct mm_sweep *sweep = worker->sweep;
    struct pack_item items[PACK_MOST];
    mm_result *results[PACK_MOST] = {NULL};
    mm_run_options options = {.stop = &sweep->halt, .progress = tell_paths, .progress_context = worker};
    const struct pack pack = {.member = &sweep->choice.options.members[worker->device],
                              .setup = &sweep->setup,
                              .options = &options,
                              .plans_bytes = plans_bytes(worker)};
    for (size_t i = 0; i < n; i++)
        items[i] = (struct pack_item){points[i]->scenario, points[i]->plan};
    mm_messages *unheard = mm_messages_new();
    mm_status status = unheard ? pack_run(&pack, items, n, results, unheard) : MM_INTERNAL;
    mm_messages_free(unheard);
    if (status != MM_OK)
        return status == MM_INTERRUPTED ? status : MM_OK;
    pthread_mutex_lock(&sweep->lock);
    sweep->progress.packs++;
    sweep->progress.packed += n;
    pthread_mutex_unlock(&sweep->lock);
    for (size_t i = 0; i < n && status == MM_OK; i++) {
        mm_store_outcome outcome;
        points[i]->status =
            mm_store_put(worker->store, results[i], sweep->options.recompute, &outcome, points[i]->messages);
        status = end_point(worker, points[i]);
    }
    for (size_t i = 0; i < n; i++)
        mm_result_free(results[i]);
    return status;
}

static bool halted(struct mm_sweep *sweep) {
    pthread_mutex_lock(&sweep->lock);
    const bool halt = sweep->halt || sweep->fatal != MM_OK;
    pthread_mutex_unlock(&sweep->lock);
    return halt;
}

/* The next point of the design. A worker has a pack at hand, and more, while it waits for a full one, as long as there
 * is one for each of the others. \return false: it gets none now */
static bool take(struct worker *worker, size_t *i) {
    struct mm_sweep *sweep = worker->sweep;
    const size_t others = sweep->pack * (size_t)(sweep->jobs - 1);
    pthread_mutex_lock(&sweep->lock);
    const bool halt = sweep->halt || sweep->fatal != MM_OK;
    const size_t left = halt ? 0 : sweep->design.n_points - sweep->next;
    const bool more =
        worker->n_points < sweep->pack ? left > 0 : left > others && worker->n_points < sweep_at_hand(sweep);
    *i = sweep->next;
    sweep->next += more;
    pthread_mutex_unlock(&sweep->lock);
    return more;
}

/* Takes points until a pack of one shape is at hand, or there are no more. Those that can't share launches are run.
 * \return MM_OK, or what ends the sweep */
static mm_status gather(struct worker *worker) {
    size_t i;
    mm_status status = MM_OK;
    while (status == MM_OK && take(worker, &i)) {
        struct point point;
        begin_point(worker, i, &point);
        if (!can_share(worker, &point)) {
            status = do_point(worker, &point);
            continue;
        }
        put_at_hand(worker, &point);
        if (number_of(worker, worker->points[worker->n_points - 1].shape) == worker->sweep->pack)
            break;
    }
    return status;
}

/* Runs the most points at hand that can share launches, and those of them alone that can't after all. */
static mm_status run_group(struct worker *worker) {
    struct point *group[PACK_MOST], *fresh[PACK_MOST];
    const size_t n = largest(worker, group);
    size_t n_fresh = 0, left = 0;
    mm_status status = MM_OK;
    for (size_t i = 0; i < n; i++)
        if (!group[i]->waited || is_new(worker, group[i])) /* another process may have put it in meanwhile */
            fresh[n_fresh++] = group[i];
    if (n_fresh > 1)
        status = share_launches(worker, fresh, n_fresh);
    for (size_t i = 0; i < n && status == MM_OK; i++) {
        if (group[i]->done)
            continue;
        status = i > 0 && halted(worker->sweep) ? MM_INTERRUPTED : do_point(worker, group[i]);
    }
    for (size_t i = 0; i < worker->n_points; i++) {
        worker->points[i].waited = true;
        if (!worker->points[i].done)
            worker->points[left++] = worker->points[i];
    }
    worker->n_points = left;
    return status;
}

size_t sweep_at_hand(const struct mm_sweep *sweep) {
    return sweep->pack > 1 ? PACKS_AT_HAND * sweep->pack : 1;
}

void *sweep_work(void *context) {
    struct worker *worker = context;
    struct mm_sweep *sweep = worker->sweep;
    while (gather(worker) == MM_OK && worker->n_points > 0 && !halted(sweep))
        if (run_group(worker) != MM_OK)
            break;
    for (size_t i = 0; i < worker->n_points; i++) { /* the sweep ends before their turn */
        worker->points[i].status = MM_INTERRUPTED;
        end_point(worker, &worker->points[i]);
    }
    pthread_mutex_lock(&sweep->lock);
    sweep->living--;
    pthread_cond_signal(&sweep->changed);
    pthread_mutex_unlock(&sweep->lock);
    return NULL;
}
