#include "host/engine/choose.h"

#include <mismatch/ranks.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/engine/gpus.h"
#include "host/engine/mpi/world.h"

#define MOST_DEVICES 64

/* Devices by their places in the list; HOST stands for this machine's cores. */
#define HOST ((size_t)-1)

struct selection {
    size_t n;
    size_t places[MOST_DEVICES];
};

static bool is(const char *text, const char *word) {
    return text && strcmp(text, word) == 0;
}

void engine_choice_free(struct engine_choice *choice) {
    mm_devices_free(choice->devices);
    free(choice->members);
    *choice = (struct engine_choice){0};
}

static void select_place(struct selection *selection, size_t place) {
    for (size_t i = 0; i < selection->n; i++)
        if (selection->places[i] == place)
            return;
    if (selection->n < MOST_DEVICES)
        selection->places[selection->n++] = place;
}

static void list_devices(const mm_devices *devices, mm_messages *messages) {
    for (size_t i = 0; i < devices->n; i++) {
        const mm_device *info = &devices->items[i].info;
        mm_messages_add(messages, "    %d: %s (%s)%s%s", info->index, info->name, mm_device_type_name(info->type),
                        info->usable ? "" : ", not usable: ", info->usable ? "" : info->problem);
    }
    if (devices->n == 0)
        mm_messages_add(messages, "    OpenCL shows no device here");
    for (size_t i = 0; i < devices->n_problems; i++)
        mm_messages_add(messages, "    %s", devices->problems[i]);
}

mm_status engine_select(const mm_devices *devices, const char *selector, size_t *places, size_t most, size_t *n,
                        mm_messages *messages) {
    size_t found = 0;
    const mm_device *unusable = NULL;
    *n = 0;
    for (size_t i = 0; i < devices->n; i++) {
        const mm_device *info = &devices->items[i].info;
        if (!device_matches(info, selector))
            continue;
        found++;
        if (!info->usable)
            unusable = info;
        else if (*n < most)
            places[(*n)++] = i;
    }
    if (*n > 0)
        return MM_OK;
    if (found) {
        mm_messages_add(messages, "device '%s': %s can't be used: %s", selector, unusable->name, unusable->problem);
        return MM_NO_DEVICE;
    }
    mm_messages_add(
        messages,
        "device '%s' is not here; a device is named by its number, its type (gpu, cpu, accelerator), a part "
        "of its name, its PCI bus id, or 'openmp' for this machine's cores. There are:",
        selector);
    list_devices(devices, messages);
    return MM_NO_DEVICE;
}

/* What --device names, each once. */
static mm_status select_asked(const struct engine_wish *wish, const mm_devices *devices, struct selection *selection,
                              mm_messages *messages) {
    mm_status status = MM_OK;
    for (size_t i = 0; i < wish->n_devices && status == MM_OK; i++) {
        size_t places[MOST_DEVICES], n = 0;
        if (is(wish->devices[i], engine_openmp.name)) {
            select_place(selection, HOST);
            continue;
        }
        status = engine_select(devices, wish->devices[i], places, MOST_DEVICES, &n, messages);
        for (size_t j = 0; j < n; j++)
            select_place(selection, places[j]);
    }
    return status;
}

static void select_type(const mm_devices *devices, mm_device_type type, struct selection *selection) {
    for (size_t i = 0; i < devices->n; i++)
        if (devices->items[i].info.usable && devices->items[i].info.type == type)
            select_place(selection, i);
}

/* --backend opencl alone: GPUs, else accelerators, else CPUs. */
static mm_status select_best(const mm_devices *devices, struct selection *selection, mm_messages *messages) {
    static const mm_device_type order[] = {MM_DEVICE_GPU, MM_DEVICE_ACCELERATOR, MM_DEVICE_CPU, MM_DEVICE_OTHER};
    for (size_t i = 0; i < sizeof order / sizeof order[0] && selection->n == 0; i++)
        select_type(devices, order[i], selection);
    if (selection->n > 0)
        return MM_OK;
    mm_messages_add(messages, "OpenCL has no device here that can be used:");
    list_devices(devices, messages);
    return MM_NO_DEVICE;
}

/* The members of a team; chosen automatically, those that can't be opened are left out, and the cores stand in where
 * none is left. */
static mm_status make_team(const struct engine_wish *wish, const struct engine_options *common,
                           const struct selection *selection, bool automatic, struct engine_choice *choice,
                           mm_messages *messages) {
    choice->members = calloc(selection->n + 1, sizeof *choice->members);
    if (!choice->members) {
        mm_messages_add(messages, "memory ran out");
        return MM_INTERNAL;
    }
    size_t n = 0;
    for (size_t i = 0; i < selection->n; i++) {
        struct engine_member *member = &choice->members[n++];
        *member = (struct engine_member){&engine_openmp, automatic ? ENGINE_OFFERED : ENGINE_ASKED, *common};
        if (selection->places[i] == HOST)
            continue;
        member->backend = &engine_opencl;
        member->options.device = &choice->devices->items[selection->places[i]];
        member->options.lanes = wish->device_lanes;
    }
    if (automatic)
        choice->members[n++] = (struct engine_member){&engine_openmp, ENGINE_INSTEAD, *common};
    choice->backend = &engine_team;
    choice->options = *common;
    choice->options.members = choice->members;
    choice->options.n_members = n;
    return MM_OK;
}

/* Of several ranks on a machine each takes one of the devices in turn. */
static void take_turn(struct selection *selection) {
    if (world_local_count() > 1 && selection->n > 1)
        *selection = (struct selection){1, {selection->places[(size_t)world_local_own() % selection->n]}};
}

/* The other ranks join what this one has chosen. */
static mm_status add_ranks(struct engine_choice *choice, mm_messages *messages) {
    const size_t n = choice->members ? choice->options.n_members : 1, others = (size_t)mm_ranks_count() - 1;
    struct engine_member *members = realloc(choice->members, (n + others) * sizeof *members);
    if (!members) {
        mm_messages_add(messages, "memory ran out");
        return MM_INTERNAL;
    }
    if (!choice->members)
        members[0] = (struct engine_member){choice->backend, ENGINE_ASKED, choice->options};
    for (size_t i = 0; i < others; i++) {
        struct engine_member *member = &members[n + i];
        *member = (struct engine_member){&engine_rank, ENGINE_ASKED, members[0].options};
        member->options.rank = (int)i + 1;
        member->options.wish = &choice->wish;
    }
    choice->members = members;
    choice->backend = &engine_team;
    choice->options.members = members;
    choice->options.n_members = n + others;
    size_t at = strlen(choice->why);
    snprintf(choice->why + at, sizeof choice->why - at, "; with %s", world_text());
    return MM_OK;
}

static void tell_devices(const mm_devices *devices, const struct selection *selection, const char *because, char *text,
                         size_t size) {
    size_t at = (size_t)snprintf(text, size, "simulating on ");
    for (size_t i = 0; i < selection->n && at < size; i++) {
        const size_t place = selection->places[i];
        const char *name = place == HOST ? "this machine's cores (OpenMP)" : devices->items[place].name;
        at += (size_t)snprintf(text + at, size - at, "%s%s", i ? ", " : "", name);
    }
    if (at < size)
        snprintf(text + at, size - at, "%s", because);
}

void engine_explain(const mm_devices *devices, char *text, size_t size) {
    struct selection gpus = {0};
    select_type(devices, MM_DEVICE_GPU, &gpus);
    if (gpus.n > 0) {
        tell_devices(devices, &gpus, ": every GPU that was found; --backend openmp takes the cores instead", text,
                     size);
        return;
    }
    int n = snprintf(text, size, "simulating on this machine's cores (OpenMP): no GPU was found");
    for (size_t i = 0; i < devices->n; i++)
        if (devices->items[i].info.type == MM_DEVICE_GPU)
            n = snprintf(text, size, "simulating on this machine's cores (OpenMP): %s can't be used: %s",
                         devices->items[i].name, devices->items[i].problem);
    if (devices->n == 0 && devices->n_problems > 0)
        snprintf(text + n, size - (size_t)n, "; `mismatch devices` says what stands in the way");
}

static void take_openmp(const struct engine_options *common, struct engine_choice *choice) {
    choice->backend = &engine_openmp;
    choice->options = *common;
}

static mm_status choose_automatically(const struct engine_wish *wish, const struct engine_options *common,
                                      struct engine_choice *choice, mm_messages *messages) {
    struct selection gpus = {0};
    snprintf(choice->why, sizeof choice->why, "%s", choice->devices->automatic);
    select_type(choice->devices, MM_DEVICE_GPU, &gpus);
    take_turn(&gpus);
    if (gpus.n > 0)
        return make_team(wish, common, &gpus, true, choice, messages);
    take_openmp(common, choice);
    return MM_OK;
}

static mm_status check_wish(const struct engine_wish *wish, mm_messages *messages) {
    const char *backend = wish->backend ? wish->backend : "auto";
    if (!is(backend, "auto") && !is(backend, "openmp") && !is(backend, "opencl")) {
        mm_messages_add(messages, "backend '%s': auto, openmp and opencl are allowed", backend);
        return MM_USAGE;
    }
    for (size_t i = 0; i < wish->n_devices; i++) {
        if (!wish->devices[i][0]) {
            mm_messages_add(messages, "device: an empty name means none");
            return MM_USAGE;
        }
        if (is(backend, "openmp") && !is(wish->devices[i], "openmp")) {
            mm_messages_add(messages, "device '%s' belongs to the backend opencl, and the backend is to be openmp",
                            wish->devices[i]);
            return MM_USAGE;
        }
    }
    return MM_OK;
}

static mm_status choose_own(const struct engine_wish *wish, const struct engine_options *common,
                            struct engine_choice *choice, mm_messages *messages) {
    struct selection selection = {0};
    bool only_host = wish->n_devices > 0;
    mm_status status = check_wish(wish, messages);
    if (status != MM_OK)
        return status;
    for (size_t i = 0; i < wish->n_devices; i++)
        only_host = only_host && is(wish->devices[i], "openmp");
    if (only_host || is(wish->backend, "openmp")) {
        take_openmp(common, choice);
        snprintf(choice->why, sizeof choice->why, "simulating on this machine's cores (OpenMP), as asked");
        return MM_OK;
    }
    const bool automatic = wish->n_devices == 0 && !is(wish->backend, "opencl");
    if (automatic && !gpus_possible("/etc/OpenCL/vendors", "/dev")) {
        take_openmp(common, choice);
        snprintf(choice->why, sizeof choice->why,
                 "simulating on this machine's cores (OpenMP): no GPU was found (none has a file in /dev)");
        return MM_OK;
    }
    status = mm_devices_find(&choice->devices, messages);
    if (status == MM_OK && automatic)
        return choose_automatically(wish, common, choice, messages);
    if (status == MM_OK)
        status = wish->n_devices ? select_asked(wish, choice->devices, &selection, messages)
                                 : select_best(choice->devices, &selection, messages);
    if (status != MM_OK)
        return status;
    take_turn(&selection);
    tell_devices(choice->devices, &selection, wish->n_devices ? ", as asked" : ": the best that OpenCL shows",
                 choice->why, sizeof choice->why);
    return make_team(wish, common, &selection, false, choice, messages);
}

mm_status engine_choose(const struct engine_wish *wish, const struct engine_options *common,
                        struct engine_choice *choice, mm_messages *messages) {
    *choice = (struct engine_choice){.wish = *wish};
    mm_status status = choose_own(wish, common, choice, messages);
    return status == MM_OK && wish->ranks && mm_ranks_count() > 1 ? add_ranks(choice, messages) : status;
}
