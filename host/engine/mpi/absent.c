/* Stands in for this folder where the build has no MPI (cmake/mpi.cmake): one rank, which is this process. */
#include <stdlib.h>

#include <mismatch/ranks.h>

#include "host/engine/engine.h"
#include "host/engine/mpi/world.h"

/* Nothing below is reached: there is no other rank. */
static mm_status absent_open(const struct plan *plan, const struct engine_options *options, struct tallies *tallies,
                             struct engine **engine, mm_messages *messages) {
    (void)plan;
    (void)options;
    (void)tallies;
    *engine = NULL;
    mm_messages_add(messages, "this program was built without MPI");
    return MM_NO_DEVICE;
}

const struct engine_backend engine_rank = {.name = "rank", .open = absent_open};

int world_local_own(void) {
    return 0;
}

int world_local_count(void) {
    return 1;
}

const char *world_text(void) {
    return "1 rank";
}

mm_status mm_ranks_begin(mm_messages *messages) {
    (void)messages;
    return MM_OK;
}

int mm_ranks_count(void) {
    return 1;
}

int mm_ranks_own(void) {
    return 0;
}

int mm_ranks_serve(mm_messages *messages) {
    (void)messages;
    return MM_OK;
}

bool mm_ranks_end(int code) {
    (void)code;
    return true;
}

bool mm_ranks_unheard(void) {
    const char *processes = getenv("OMPI_COMM_WORLD_SIZE");
    return processes && strtol(processes, NULL, 10) > 1;
}
