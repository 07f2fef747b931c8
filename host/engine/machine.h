/* What this machine has for this process. */
#ifndef MISMATCH_HOST_MACHINE_H
#define MISMATCH_HOST_MACHINE_H

#include <stddef.h>
#include <stdint.h>

/* Cores that this process may use: the affinity mask, OMP_NUM_THREADS, and the share a control group grants. >= 1. */
int machine_cores(void);
/* So many processes use the same cores: each may use that part of them. */
void machine_share(int processes);
/* Bytes of memory: the physical memory, or less where a control group grants less. 0 when unknown. */
uint64_t machine_memory(void);
/* The name of the processor, always terminated. */
void machine_processor(char *name, size_t size);

#endif
