/* Names that OpenCL C has and ISO C lacks, for kernels/layout.h on the host. */
#ifndef MISMATCH_HOST_WORDS_H
#define MISMATCH_HOST_WORDS_H

#include <sys/types.h> /* uint, in glibc and musl under _DEFAULT_SOURCE */

#endif
