/* The ranks of a run, as the engine sees them. Without MPI there is one (absent.c). */
#ifndef MISMATCH_HOST_MPI_WORLD_H
#define MISMATCH_HOST_MPI_WORLD_H

/* This process among those on its machine: its place, from 0, and how many they are. */
int world_local_own(void);
int world_local_count(void);
/* "3 ranks on 2 machines" */
const char *world_text(void);

#endif
