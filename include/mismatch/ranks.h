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
 * must be of the same build. \return MM_OK; MM_USAGE: the ranks don't fit together (message, in rank 0 alone);
 * MM_INTERNAL. */
mm_status mm_ranks_begin(mm_messages *messages);
/* How many ranks there are, from 1, and which this is, from 0. */
int mm_ranks_count(void);
int mm_ranks_own(void);
/* For all ranks but 0: simulates for rank 0 until that calls mm_ranks_end(). \return the code given there, or
 * MM_DEVICE_FAILED when rank 0 is gone (after a message on stderr). */
int mm_ranks_serve(void);
/* The end of the program in every rank: rank 0 lets the others go, with `code`. Where one of them has died, the
 * process ends here, since MPI can't be left in order any more. \return code */
int mm_ranks_end(int code);
/* An MPI launcher started several processes of a build that has no MPI: each of them believes to be alone. */
bool mm_ranks_unheard(void);

#ifdef __cplusplus
}
#endif

#endif
