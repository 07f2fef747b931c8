/* Several processes at work on one run, on one machine or many: the ranks of an MPI job (mpirun -n N mismatch run ...).
 *
 * Rank 0 is the program: it reads the configuration, hands out paths, keeps checkpoints, writes the result. All others
 * only simulate what it hands to them. A build without MPI, and a process that no MPI launcher started, is one rank. */
#ifndef MISMATCH_RANKS_H
#define MISMATCH_RANKS_H

#include <stdbool.h>

#include <mismatch/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Joins the other ranks. To be called first in main(), where the program is to run under an MPI launcher; all ranks
 * must be of the same build. All ranks but 0 ignore INT and TERM from then on: rank 0, which hears the same signals,
 * says when they stop. \return MM_OK; MM_USAGE: the ranks don't fit together (message, in rank 0 alone); MM_INTERNAL.
 */
mm_status mm_ranks_begin(mm_messages *messages);
/* How many ranks there are, from 1, and which this is, from 0. */
int mm_ranks_count(void);
int mm_ranks_own(void);
/* For all ranks but 0 (there it does nothing): simulates for rank 0 until that calls mm_ranks_end(). \return the code
 * given there, or MM_DEVICE_FAILED when rank 0 is gone (message). */
int mm_ranks_serve(mm_messages *messages);
/* To be called last, in every rank: rank 0 lets the others go, with `code`. \return whether MPI was left in order, or
 * there is none. If not, since a rank has died, the program flushes what it has written and leaves by _exit(): what MPI
 * does at an ordinary end may wait for the dead one. */
bool mm_ranks_end(int code);
/* An MPI launcher started several processes of a build that has no MPI: each of them believes to be alone. */
bool mm_ranks_unheard(void);

#ifdef __cplusplus
}
#endif

#endif
