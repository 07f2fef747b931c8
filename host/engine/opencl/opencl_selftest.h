/* Whether a device computes what the host does. */
#ifndef MISMATCH_HOST_OPENCL_SELFTEST_H
#define MISMATCH_HOST_OPENCL_SELFTEST_H

#include "host/engine/opencl/opencl_program.h"
#include "host/engine/selftest.h"

/* Adds to the rows: Philox's known answer, every function of the kernels on awkward arguments, sizes of the records.
 * \return MM_OK: all rows are there, passed or not; MM_DEVICE_FAILED (message); MM_INTERNAL (message). */
mm_status opencl_selftest(struct opencl_program *program, struct selftest *test, mm_messages *messages);

/* The same before a run. When all is well the program is marked as tested.
 * \return as above, or MM_SELFTEST: something differs (message). */
mm_status opencl_selftest_short(struct opencl_program *program, mm_messages *messages);

#endif
