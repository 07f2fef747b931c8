/* What an interrupted run leaves behind, so that the same command goes on with it. */
#ifndef MISMATCH_HOST_CHECKPOINT_H
#define MISMATCH_HOST_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include <mismatch/status.h>

#include "host/engine/tallies.h"

/* Which run it belongs to, and how far that has come: paths first_path ... first_path + done - 1. A run that ends when
 * it has enough paths looks at `goal` whether that is so, and sets the next goal; for others goal = paths. */
struct checkpoint {
    const char *sha256;  /* of the effective configuration */
    const char *sampler; /* NULL: the default one */
    uint64_t seed, first_path, paths;
    const char *until; /* how a run is to end that ends when it has enough; NULL: with its last path */
    uint64_t goal;
    uint64_t done;
    double seconds; /* spent on simulating so far */
};

/* Reads the checkpoint of this very run into `tallies`, `goal`, `done` and `seconds`; leaves them alone where there is
 * no file. \return MM_OK; MM_USAGE: it is of another run, or damaged (message); MM_IO: can't be read (message);
 * MM_INTERNAL. */
mm_status checkpoint_load(const char *file, struct checkpoint *checkpoint, struct tallies *tallies,
                          mm_messages *messages);

/* Writes it, making the folders above it where they are missing (mode 0700). The one before is renamed to
 * FILE.previous until the new one is in place, and is read from there if the process dies between the two.
 * \return MM_OK; MM_IO (message); MM_INTERNAL. */
mm_status checkpoint_save(const char *file, const struct checkpoint *checkpoint, const struct tallies *tallies,
                          mm_messages *messages);

#endif
