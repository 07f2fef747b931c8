/* A rank other than 0: simulates what rank 0 hands to it, on what it finds on its own machine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mismatch/file.h>
#include <mismatch/ranks.h>

#include "host/engine/choose.h"
#include "host/engine/lanes/lanes.h"
#include "host/engine/machine.h"
#include "host/engine/mpi/mpi_wire.h"

struct served {
    int number;
    struct plan plan;
    struct tallies *tallies;
    struct engine_choice choice;
    const char **devices;
    unsigned char *payload; /* the plan's pool and the texts lie in it */
    uint32_t *pool;
    struct engine *engine;
    struct held held;
    struct served *next;
};

static struct served *all;

static struct served **find(int number) {
    struct served **at = &all;
    while (*at && (*at)->number != number)
        at = &(*at)->next;
    return at;
}

static void drop(struct served *served) {
    if (!served)
        return;
    if (served->engine)
        served->choice.backend->close(served->engine);
    engine_choice_free(&served->choice);
    tallies_free(served->tallies);
    free(served->devices);
    free(served->payload);
    free(served->pool);
    free(served);
}

/* Answers with the messages behind. \return false: rank 0 is gone. */
static bool reply(int number, struct wire_answer *answer, mm_messages *messages) {
    char *texts = NULL;
    size_t size = 0;
    FILE *out = mm_text_stream(&texts, &size);
    for (size_t i = 0; out && i < mm_messages_count(messages); i++)
        fwrite(mm_messages_text(messages, i), 1, strlen(mm_messages_text(messages, i)) + 1, out);
    if (out)
        fclose(out);
    answer->text_size = size;
    bool good = world_send(answer, sizeof *answer, 0, TAG_ANSWERS + number);
    if (good && size)
        good = world_send(texts, size, 0, TAG_ANSWERS + number);
    free(texts);
    return good;
}

static mm_status unpack(struct served *served, struct engine_wish *wish, struct engine_options *common,
                        mm_messages *messages) {
    struct wire_open open;
    memcpy(&open, served->payload, sizeof open);
    const char *text = (const char *)served->payload + sizeof open;
    served->devices = calloc((size_t)open.n_devices + 1, sizeof *served->devices);
    served->pool = malloc(4 * open.pool_words + 4);
    served->tallies = tallies_new((size_t)open.head.n_counts, (size_t)open.head.n_sums);
    if (!served->devices || !served->pool || !served->tallies) {
        mm_messages_add(messages, "memory ran out");
        return MM_INTERNAL;
    }
    memcpy(served->pool, text + open.texts_size, 4 * open.pool_words);
    served->plan = (struct plan){.head = open.head, .pool = served->pool, .pool_words = open.pool_words};
    if (open.has_backend) {
        wish->backend = text;
        text += strlen(text) + 1;
    }
    for (int i = 0; i < open.n_devices; i++) {
        served->devices[i] = text;
        text += strlen(text) + 1;
    }
    wish->devices = served->devices;
    wish->n_devices = (size_t)open.n_devices;
    wish->device_lanes = open.lanes;
    common->seed = open.seed;
    common->threads = open.threads ? open.threads : machine_cores();
    common->lanes = open.lanes ? open.lanes : lanes_best();
    common->no_cache = open.no_cache;
    return MM_OK;
}

static mm_status start(struct served *served, struct wire_answer *answer, mm_messages *messages) {
    struct engine_wish wish = {0};
    struct engine_options common = {0};
    mm_status status = unpack(served, &wish, &common, messages);
    if (status == MM_OK)
        status = engine_choose(&wish, &common, &served->choice, messages);
    if (status == MM_OK)
        status = served->choice.backend->open(&served->plan, &served->choice.options, served->tallies, &served->engine,
                                              messages);
    if (status != MM_OK)
        return status;
    answer->step = served->choice.backend->step(served->engine);
    served->choice.backend->describe(served->engine, &answer->description, 1);
    answer->opencl = strcmp(answer->description.backend, engine_opencl.name) == 0;
    return MM_OK;
}

static bool serve_open(const struct wire_command *command, mm_messages *messages) {
    struct wire_answer answer = {.status = MM_INTERNAL};
    struct served *served = calloc(1, sizeof *served);
    unsigned char *payload = malloc(command->size);
    if (!served || !payload || !world_receive(payload, command->size, 0, TAG_PAYLOAD)) {
        free(served);
        free(payload);
        return false;
    }
    served->number = command->engine;
    served->payload = payload;
    answer.status = (int)start(served, &answer, messages);
    if (answer.status == MM_OK) {
        served->next = all;
        all = served;
    } else {
        drop(served);
    }
    return reply(command->engine, &answer, messages);
}

static bool serve_run(const struct wire_command *command, mm_messages *messages) {
    struct served *served = *find(command->engine);
    if (!served)
        return false; /* rank 0 asks nothing of an engine that it has not opened */
    held_add(&served->held, command->first, command->n);
    struct wire_answer answer = {
        .status = (int)served->choice.backend->run(served->engine, command->first, command->n, messages)};
    return reply(command->engine, &answer, messages);
}

static bool serve_settle(const struct wire_command *command, mm_messages *messages) {
    struct served *served = *find(command->engine);
    if (!served)
        return false;
    struct tallies *tallies = served->tallies;
    struct wire_answer answer = {.status = (int)served->choice.backend->settle(served->engine, messages)};
    const size_t n = tallies_words(tallies);
    uint64_t *words = answer.status == MM_OK ? malloc(n * sizeof *words + 1) : NULL;
    if (answer.status == MM_OK && !words) {
        mm_messages_add(messages, "memory ran out");
        answer.status = MM_INTERNAL;
    }
    bool good = reply(command->engine, &answer, messages);
    if (words && good) {
        memcpy(words, tallies->counts, tallies->n_counts * sizeof *words);
        for (size_t i = 0; i < tallies->n_sums; i++) {
            words[tallies->n_counts + 2 * i] = tallies->sums[i].low;
            words[tallies->n_counts + 2 * i + 1] = tallies->sums[i].high;
        }
        good = world_send_words(words, n, 0, TAG_ANSWERS + command->engine);
        tallies_clear(tallies);
        served->held = (struct held){0};
    }
    free(words);
    return good;
}

static bool serve(const struct wire_command *command) {
    mm_messages *messages = mm_messages_new();
    bool good = true;
    if (command->kind == WIRE_OPEN) {
        good = serve_open(command, messages);
    } else if (command->kind == WIRE_RUN) {
        good = serve_run(command, messages);
    } else if (command->kind == WIRE_SETTLE) {
        good = serve_settle(command, messages);
    } else {
        struct served **at = find(command->engine), *closed = *at;
        if (closed)
            *at = closed->next;
        drop(closed);
    }
    mm_messages_free(messages);
    return good;
}

static int tell_gone(mm_messages *messages) {
    struct held held = {0};
    char paths[1024];
    const struct world_rank *first = world_rank(0);
    for (const struct served *served = all; served; served = served->next)
        for (int i = 0; i < served->held.n && served == all; i++)
            held_add(&held, served->held.ranges[i].first, served->held.ranges[i].n);
    held_text(&held, paths, sizeof paths);
    mm_messages_add(messages,
                    "rank 0 (process %ld on %s) is gone; rank %d had %s that no checkpoint holds; the same command "
                    "goes on from the last checkpoint",
                    first->process, first->host, mm_ranks_own(), paths);
    return MM_DEVICE_FAILED;
}

int mm_ranks_serve(mm_messages *messages) {
    struct wire_command command;
    int size;
    if (mm_ranks_own() == 0)
        return MM_OK;
    for (bool good = true; good;) {
        good = world_expect(0, TAG_COMMAND, &size) && world_receive(&command, sizeof command, 0, TAG_COMMAND);
        if (good && command.kind == WIRE_END)
            break;
        good = good && serve(&command);
        if (!good) /* what is open stays: MPI may still hold on to it, and the process is to end */
            return tell_gone(messages);
    }
    while (all) {
        struct served *first = all;
        all = first->next;
        drop(first);
    }
    return command.code;
}
