/* Several backends at work on one run. Each has a thread (one alone needs none) and tallies of its own; it takes a
 * piece of the paths when it is free. What a member has run since it was last settled is remembered, so that the others
 * can do it again when it fails. Only when all that was asked for is settled do the members' tallies go to the team's.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "host/engine/engine.h"

#define PIECE_SECONDS 0.2

struct range {
    uint64_t first, n;
};

struct range_stack {
    size_t n, capacity;
    struct range *items;
};

struct member {
    struct engine *team;
    const struct engine_backend *backend;
    struct engine *engine;
    struct tallies *tallies;
    struct range_stack unsettled;
    uint64_t settled; /* paths */
    double rate;      /* paths a second, 0: unknown */
    bool failed;
    mm_messages *messages;
    struct engine_description description;
    pthread_t thread;
    bool has_thread;
};

struct engine {
    struct tallies *tallies;
    engine_notice notice;
    void *notice_context;
    pthread_mutex_t lock; /* of all below, and of the members but for their engines */
    pthread_cond_t changed;
    struct range_stack to_do;
    size_t busy; /* members that have a piece */
    bool closing, no_memory;
    bool lost; /* a process that can't be spared: the run ends */
    size_t n_members;
    struct member members[];
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Joins it to the last one where they meet. */
static bool push(struct range_stack *stack, uint64_t first, uint64_t n) {
    struct range *last = stack->n ? &stack->items[stack->n - 1] : NULL;
    if (n == 0)
        return true;
    if (last && last->first + last->n == first) {
        last->n += n;
        return true;
    }
    if (!stack->items || stack->n == stack->capacity) {
        size_t capacity = stack->capacity ? 2 * stack->capacity : 16;
        struct range *items = realloc(stack->items, capacity * sizeof *items);
        if (!items)
            return false;
        stack->items = items;
        stack->capacity = capacity;
    }
    stack->items[stack->n++] = (struct range){first, n};
    return true;
}

/* Up to n paths from the range on top. */
static struct range take(struct range_stack *stack, uint64_t n) {
    struct range *top = &stack->items[stack->n - 1], taken = {top->first, n < top->n ? n : top->n};
    top->first += taken.n;
    top->n -= taken.n;
    if (top->n == 0)
        stack->n--;
    return taken;
}

static uint64_t paths_in(const struct range_stack *stack) {
    uint64_t paths = 0;
    for (size_t i = 0; i < stack->n; i++)
        paths += stack->items[i].n;
    return paths;
}

/* A member's next piece: short enough that all end at about the same time, and whole steps of it. */
static uint64_t piece_size(const struct engine *team, const struct member *member) {
    const uint64_t step = member->backend->step(member->engine), left = paths_in(&team->to_do);
    double all = 0;
    size_t others = 0;
    for (size_t i = 0; i < team->n_members; i++)
        if (!team->members[i].failed) {
            all += team->members[i].rate;
            others += &team->members[i] != member;
        }
    if (others == 0)
        return left;
    if (!(member->rate > 0))
        return step;
    double wanted = member->rate * PIECE_SECONDS, part = (double)left * member->rate / all / 2;
    uint64_t steps = (uint64_t)((wanted < part ? wanted : part) / (double)step);
    return step * (steps ? steps : 1);
}

/* With the lock: the member is out, and what it has not settled is to be done again. */
static void drop(struct engine *team, struct member *member, mm_status status) {
    char text[512];
    uint64_t again = paths_in(&member->unsettled);
    size_t left = 0;
    member->failed = true;
    team->lost = team->lost || status == MM_IO;
    for (size_t i = 0; i < team->n_members; i++)
        left += !team->members[i].failed;
    for (size_t i = 0; i < member->unsettled.n; i++)
        team->no_memory |= !push(&team->to_do, member->unsettled.items[i].first, member->unsettled.items[i].n);
    member->unsettled.n = 0;
    if (!team->notice || left == 0 || team->lost)
        return;
    for (size_t i = 0; i < mm_messages_count(member->messages); i++)
        team->notice(mm_messages_text(member->messages, i), true, team->notice_context);
    snprintf(text, sizeof text, "%s is dropped; %llu of its paths are done again by the other device%s",
             member->description.device, (unsigned long long)again, left == 1 ? "" : "s");
    team->notice(text, true, team->notice_context);
}

static void run_piece(struct engine *team, struct member *member) {
    struct range piece = take(&team->to_do, piece_size(team, member));
    team->busy++;
    pthread_mutex_unlock(&team->lock);
    double before = now();
    mm_status status = member->backend->run(member->engine, piece.first, piece.n, member->messages);
    double seconds = now() - before;
    pthread_mutex_lock(&team->lock);
    team->busy--;
    team->no_memory |= !push(&member->unsettled, piece.first, piece.n);
    if (seconds > 0)
        member->rate = (double)piece.n / seconds;
    if (status != MM_OK)
        drop(team, member, status);
    pthread_cond_broadcast(&team->changed);
}

static void *work(void *argument) {
    struct member *member = argument;
    struct engine *team = member->team;
    pthread_mutex_lock(&team->lock);
    while (!team->closing && !member->failed)
        if (team->to_do.n > 0 && !team->no_memory && !team->lost)
            run_piece(team, member);
        else
            pthread_cond_wait(&team->changed, &team->lock);
    pthread_mutex_unlock(&team->lock);
    return NULL;
}

static size_t members_left(const struct engine *team) {
    size_t left = 0;
    for (size_t i = 0; i < team->n_members; i++)
        left += !team->members[i].failed;
    return left;
}

/* With the lock: all failed, or one without whom the others end too. */
static mm_status all_failed(const struct engine *team, mm_messages *messages) {
    for (size_t m = 0; m < team->n_members; m++) /* those still at work may be writing theirs */
        for (size_t i = 0; team->members[m].failed && i < mm_messages_count(team->members[m].messages); i++)
            mm_messages_add(messages, "%s", mm_messages_text(team->members[m].messages, i));
    if (team->n_members > 1 && !team->lost)
        mm_messages_add(messages, "no device is left to go on with");
    return MM_DEVICE_FAILED;
}

/* With the lock: until all that is to do is done. */
static mm_status finish_work(struct engine *team, mm_messages *messages) {
    while (team->n_members == 1 && team->to_do.n > 0 && !team->members[0].failed && !team->no_memory)
        run_piece(team, &team->members[0]);
    pthread_cond_broadcast(&team->changed);
    while (((team->to_do.n > 0 && members_left(team) > 0 && !team->no_memory) || team->busy > 0) && !team->lost)
        pthread_cond_wait(&team->changed, &team->lock);
    if (team->no_memory) {
        mm_messages_add(messages, "memory ran out");
        return MM_INTERNAL;
    }
    return team->to_do.n > 0 || team->lost ? all_failed(team, messages) : MM_OK;
}

static mm_status team_run(struct engine *team, uint64_t first_path, uint64_t n, mm_messages *messages) {
    pthread_mutex_lock(&team->lock);
    mm_status status = MM_OK;
    if (!push(&team->to_do, first_path, n))
        team->no_memory = true;
    status = finish_work(team, messages);
    pthread_mutex_unlock(&team->lock);
    return status;
}

/* Everything into the members' own tallies; one that fails at it leaves its work to the others. */
static mm_status settle_members(struct engine *team, mm_messages *messages) {
    mm_status status = MM_OK;
    for (size_t i = 0; i < team->n_members && status == MM_OK; i++) {
        struct member *member = &team->members[i];
        if (member->failed || member->unsettled.n == 0)
            continue;
        status = member->backend->settle(member->engine, member->messages);
        if (status == MM_OK) {
            member->settled += paths_in(&member->unsettled);
            member->unsettled.n = 0;
        } else {
            drop(team, member, status);
            status = finish_work(team, messages);
            i = (size_t)-1; /* the others have new work: from the start */
        }
    }
    return status;
}

static mm_status team_settle(struct engine *team, mm_messages *messages) {
    pthread_mutex_lock(&team->lock);
    mm_status status = settle_members(team, messages);
    for (size_t m = 0; m < team->n_members && status == MM_OK; m++) {
        struct tallies *own = team->members[m].tallies;
        tallies_add(team->tallies, own);
        tallies_clear(own);
    }
    pthread_mutex_unlock(&team->lock);
    return status;
}

static uint64_t team_step(const struct engine *team) {
    uint64_t steps = 0;
    for (size_t i = 0; i < team->n_members; i++)
        if (!team->members[i].failed)
            steps += team->members[i].backend->step(team->members[i].engine);
    return steps ? steps : 1;
}

static size_t team_describe(const struct engine *team, struct engine_description *descriptions, size_t most) {
    for (size_t i = 0; i < team->n_members && i < most; i++) {
        descriptions[i] = team->members[i].description;
        descriptions[i].paths = team->members[i].settled;
        descriptions[i].failed = team->members[i].failed;
    }
    return team->n_members;
}

static uint64_t team_memory(const struct plan *plan, const struct engine_options *options) {
    uint64_t bytes = 0;
    const uint64_t tallies = 8 * (uint64_t)plan->head.n_counts + 16 * (uint64_t)plan->head.n_sums;
    for (size_t i = 0; i < options->n_members; i++)
        bytes += tallies + options->members[i].backend->memory(plan, &options->members[i].options);
    return bytes;
}

static void release(struct member *member) {
    if (member->engine)
        member->backend->close(member->engine);
    tallies_free(member->tallies);
    mm_messages_free(member->messages);
    free(member->unsettled.items);
    *member = (struct member){0};
}

static void team_close(struct engine *team) {
    if (!team)
        return;
    pthread_mutex_lock(&team->lock);
    team->closing = true;
    pthread_cond_broadcast(&team->changed);
    pthread_mutex_unlock(&team->lock);
    for (size_t i = 0; i < team->n_members; i++) {
        struct member *member = &team->members[i];
        if (member->has_thread)
            pthread_join(member->thread, NULL);
        release(member);
    }
    free(team->to_do.items);
    pthread_cond_destroy(&team->changed);
    pthread_mutex_destroy(&team->lock);
    free(team);
}

static mm_status open_engine(const struct plan *plan, const struct engine_member *wanted, struct member *member) {
    mm_status status =
        wanted->backend->open(plan, &wanted->options, member->tallies, &member->engine, member->messages);
    if (status == MM_OK)
        wanted->backend->describe(member->engine, &member->description, 1);
    return status;
}

/* The team's next member, if it can be had. */
static mm_status open_member(struct engine *team, const struct plan *plan, const struct engine_member *wanted,
                             mm_messages *messages) {
    struct member *member = &team->members[team->n_members];
    if (wanted->role == ENGINE_INSTEAD && team->n_members > 0)
        return MM_OK;
    member->team = team;
    member->backend = wanted->backend;
    member->messages = mm_messages_new();
    member->tallies = tallies_new((size_t)plan->head.n_counts, (size_t)plan->head.n_sums);
    mm_status status = MM_INTERNAL;
    if (member->tallies && member->messages)
        status = open_engine(plan, wanted, member);
    else
        mm_messages_add(messages, "memory ran out");
    const size_t n = member->messages ? mm_messages_count(member->messages) : 0;
    const bool leave_out = status != MM_OK && status != MM_INTERNAL && wanted->role == ENGINE_OFFERED;
    for (size_t i = 0; i < n; i++)
        if (!leave_out)
            mm_messages_add(messages, "%s", mm_messages_text(member->messages, i));
        else if (team->notice)
            team->notice(mm_messages_text(member->messages, i), true, team->notice_context);
    if (status == MM_OK)
        team->n_members++;
    else
        release(member);
    return leave_out ? MM_OK : status;
}

/* The signals of the user go to the thread that can act on them. A single member works in the caller's thread. */
static bool start_threads(struct engine *team) {
    sigset_t all, before;
    bool good = true;
    if (team->n_members == 1)
        return true;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (size_t i = 0; i < team->n_members && good; i++)
        good = team->members[i].has_thread =
            pthread_create(&team->members[i].thread, NULL, work, &team->members[i]) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return good;
}

static mm_status team_open(const struct plan *plan, const struct engine_options *options, struct tallies *tallies,
                           struct engine **engine, mm_messages *messages) {
    struct engine *made = calloc(1, sizeof *made + options->n_members * sizeof made->members[0]);
    *engine = NULL;
    if (!made) {
        mm_messages_add(messages, "memory ran out");
        return MM_INTERNAL;
    }
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->changed, NULL);
    made->tallies = tallies;
    made->notice = options->notice;
    made->notice_context = options->notice_context;
    mm_status status = MM_OK;
    for (size_t i = 0; i < options->n_members && status == MM_OK; i++)
        status = open_member(made, plan, &options->members[i], messages);
    if (status == MM_OK && !start_threads(made)) {
        mm_messages_add(messages, "no thread can be started for a device");
        status = MM_INTERNAL;
    }
    if (status == MM_OK)
        *engine = made;
    else
        team_close(made);
    return status;
}

const struct engine_backend engine_team = {
    .name = "team",
    .describe = team_describe,
    .memory = team_memory,
    .open = team_open,
    .step = team_step,
    .run = team_run,
    .settle = team_settle,
    .close = team_close,
};
