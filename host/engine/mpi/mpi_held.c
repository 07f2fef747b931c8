/* Paths that a rank has at hand, for the message when it dies. */
#include <inttypes.h>
#include <stdio.h>

#include "host/engine/mpi/mpi_wire.h"

#define MOST_NAMED 8 /* ranges in a message */

void held_add(struct held *held, uint64_t first, uint64_t n) {
    struct held_range *last = held->n ? &held->ranges[held->n - 1] : NULL;
    if (last && last->first + last->n == first)
        last->n += n;
    else if (held->n < (int)(sizeof held->ranges / sizeof held->ranges[0]))
        held->ranges[held->n++] = (struct held_range){first, n};
    else
        held->more += n;
}

void held_text(const struct held *held, char *text, size_t size) {
    uint64_t rest = held->more;
    size_t at = (size_t)snprintf(text, size, "%s", held->n ? "paths" : "no paths");
    for (int i = 0; i < held->n && at < size; i++)
        if (i < MOST_NAMED)
            at += (size_t)snprintf(text + at, size - at, "%s %" PRIu64 " to %" PRIu64, i ? "," : "",
                                   held->ranges[i].first, held->ranges[i].first + held->ranges[i].n - 1);
        else
            rest += held->ranges[i].n;
    if (rest && at < size)
        snprintf(text + at, size - at, " and %" PRIu64 " more", rest);
}
