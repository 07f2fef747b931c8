/* Another rank as a member of rank 0's team: what it is asked to do, it does there (mpi_serve.c). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/engine/choose.h"
#include "host/engine/mpi/mpi_wire.h"

struct engine {
    int rank, number; /* of the engine: its answers' tag */
    struct tallies *tallies;
    uint64_t *words; /* the tallies of one settling */
    size_t n_words;
    struct held held; /* what ran since it was last settled */
    uint64_t step;
    struct engine_description description;
    bool open;
};

static mm_status gone(const struct engine *engine, mm_messages *messages) {
    char paths[1024];
    const struct world_rank *rank = world_rank(engine->rank);
    if (!world_lost(engine->rank))
        return MM_IO; /* another one is, and all end */
    held_text(&engine->held, paths, sizeof paths);
    mm_messages_add(messages, "rank %d (process %ld on %s) is gone, and with it %s since it last told its counts",
                    engine->rank, rank->process, rank->host, paths);
    return MM_IO;
}

/* Messages of the rank, with its name before them. */
static void pass_on(const struct engine *engine, const char *texts, size_t size, mm_messages *messages) {
    for (size_t at = 0; at < size; at += strlen(texts + at) + 1)
        mm_messages_add(messages, "rank %d on %s: %s", engine->rank, world_rank(engine->rank)->host, texts + at);
}

static mm_status answer(struct engine *engine, struct wire_answer *answer, mm_messages *messages) {
    const int tag = TAG_ANSWERS + engine->number;
    int size;
    if (!world_expect(engine->rank, tag, &size) || !world_receive(answer, sizeof *answer, engine->rank, tag))
        return gone(engine, messages);
    if (answer->text_size) {
        char *texts = calloc(1, answer->text_size + 1);
        bool came = texts && world_receive(texts, answer->text_size, engine->rank, tag);
        if (came)
            pass_on(engine, texts, answer->text_size, messages);
        free(texts);
        if (!came)
            return gone(engine, messages);
    }
    return (mm_status)answer->status;
}

static mm_status ask(struct engine *engine, const struct wire_command *command, struct wire_answer *back,
                     mm_messages *messages) {
    if (!world_send(command, sizeof *command, engine->rank, TAG_COMMAND))
        return gone(engine, messages);
    return answer(engine, back, messages);
}

/* The payload of WIRE_OPEN. NULL when memory ran out. */
static unsigned char *pack(const struct plan *plan, const struct engine_options *options, uint64_t *size) {
    const struct engine_wish *wish = options->wish;
    struct wire_open open = {.head = plan->head,
                             .seed = options->seed,
                             .pool_words = plan->pool_words,
                             .threads = wish->threads,
                             .lanes = wish->device_lanes,
                             .n_devices = (int)wish->n_devices,
                             .no_cache = options->no_cache,
                             .has_backend = wish->backend != NULL};
    open.texts_size = wish->backend ? strlen(wish->backend) + 1 : 0;
    for (size_t i = 0; i < wish->n_devices; i++)
        open.texts_size += strlen(wish->devices[i]) + 1;
    *size = sizeof open + open.texts_size + 4 * open.pool_words;
    unsigned char *bytes = malloc(*size), *at = bytes;
    if (!bytes)
        return NULL;
    memcpy(at, &open, sizeof open);
    at += sizeof open;
    for (size_t i = wish->backend ? 0 : 1; i <= wish->n_devices; i++) {
        const char *text = i == 0 ? wish->backend : wish->devices[i - 1];
        memcpy(at, text, strlen(text) + 1);
        at += strlen(text) + 1;
    }
    memcpy(at, plan->pool, 4 * open.pool_words);
    return bytes;
}

static void member_close(struct engine *engine) {
    struct wire_command command = {.kind = WIRE_CLOSE};
    if (!engine)
        return;
    command.engine = engine->number;
    if (engine->open)
        world_send(&command, sizeof command, engine->rank, TAG_COMMAND); /* one that is gone needs no closing */
    free(engine->words);
    free(engine);
}

static mm_status open_there(struct engine *engine, const struct plan *plan, const struct engine_options *options,
                            mm_messages *messages) {
    struct wire_answer back;
    struct wire_command command = {.kind = WIRE_OPEN, .engine = engine->number};
    unsigned char *payload = pack(plan, options, &command.size);
    if (!payload) {
        mm_messages_add(messages, "memory ran out");
        return MM_INTERNAL;
    }
    mm_status status = MM_OK;
    if (!world_send(&command, sizeof command, engine->rank, TAG_COMMAND) ||
        !world_send(payload, command.size, engine->rank, TAG_PAYLOAD))
        status = gone(engine, messages);
    free(payload);
    if (status == MM_OK)
        status = answer(engine, &back, messages);
    if (status != MM_OK)
        return status;
    engine->open = true;
    engine->step = back.step;
    engine->description = back.description;
    engine->description.backend = back.opencl ? engine_opencl.name : engine_openmp.name;
    return MM_OK;
}

static mm_status member_open(const struct plan *plan, const struct engine_options *options, struct tallies *tallies,
                             struct engine **engine, mm_messages *messages) {
    static int next; /* engines are opened by one thread, one after the other */
    struct engine *made = calloc(1, sizeof *made);
    *engine = NULL;
    if (made) {
        made->rank = options->rank;
        made->number = next++ % MOST_ENGINES;
        made->tallies = tallies;
        made->n_words = tallies_words(tallies);
        made->words = calloc(made->n_words + 1, sizeof *made->words);
    }
    if (!made || !made->words) {
        free(made);
        mm_messages_add(messages, "memory ran out");
        return MM_INTERNAL;
    }
    world_watch(options->stop);
    mm_status status = open_there(made, plan, options, messages);
    if (status == MM_OK)
        *engine = made;
    else
        member_close(made);
    return status;
}

static mm_status member_run(struct engine *engine, uint64_t first_path, uint64_t n, mm_messages *messages) {
    struct wire_answer back;
    const struct wire_command command = {.kind = WIRE_RUN, .engine = engine->number, .first = first_path, .n = n};
    held_add(&engine->held, first_path, n);
    return ask(engine, &command, &back, messages);
}

static mm_status member_settle(struct engine *engine, mm_messages *messages) {
    struct wire_answer back;
    const struct wire_command command = {.kind = WIRE_SETTLE, .engine = engine->number};
    mm_status status = ask(engine, &command, &back, messages);
    if (status != MM_OK)
        return status;
    if (!world_receive_words(engine->words, engine->n_words, engine->rank, TAG_ANSWERS + engine->number))
        return gone(engine, messages);
    struct tallies *own = engine->tallies;
    for (size_t i = 0; i < own->n_counts; i++)
        own->counts[i] += engine->words[i];
    const uint64_t *sums = engine->words + own->n_counts;
    for (size_t i = 0; i < own->n_sums; i++) {
        own->sums[i].low += sums[2 * i];
        own->sums[i].high += sums[2 * i + 1] + (own->sums[i].low < sums[2 * i]);
    }
    engine->held = (struct held){0};
    return MM_OK;
}

static uint64_t member_step(const struct engine *engine) {
    return engine->step;
}

static size_t member_describe(const struct engine *engine, struct engine_description *descriptions, size_t most) {
    if (most == 0)
        return 1;
    descriptions[0] = engine->description;
    size_t at = strlen(descriptions[0].device);
    snprintf(descriptions[0].device + at, sizeof descriptions[0].device - at, " (rank %d, %s)", engine->rank,
             world_rank(engine->rank)->host);
    return 1;
}

static uint64_t member_memory(const struct plan *plan, const struct engine_options *options) {
    (void)options;
    return 8 * (uint64_t)plan->head.n_counts + 16 * (uint64_t)plan->head.n_sums + sizeof(struct engine);
}

const struct engine_backend engine_rank = {
    .name = "rank",
    .describe = member_describe,
    .memory = member_memory,
    .open = member_open,
    .step = member_step,
    .run = member_run,
    .settle = member_settle,
    .close = member_close,
};
