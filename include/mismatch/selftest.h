/* Whether every part of this machine computes the same bits. */
#ifndef MISMATCH_SELFTEST_H
#define MISMATCH_SELFTEST_H

#include <stdbool.h>
#include <stddef.h>

#include <mismatch/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mm_selftest mm_selftest;

/* One check of one device. The texts live as long as the self-test. */
typedef struct mm_selftest_check {
    const char *device; /* its name; the processor's for the cores */
    int index;          /* of the device, -1: the cores */
    const char *check;  /* such as "exp", "sizes of records", "digest of 49 paths" */
    bool passed;
    const char *detail; /* what differs; empty when passed */
} mm_selftest_check;

/* Runs it on the devices that the selectors mean (mismatch/run.h), or, without any, on the cores and on every device
 * that can be used. `lanes`: 1, 4, 8, 16, or 0 for what suits each. A device is held to Philox's known answer, to the
 * host on every function of the kernels with awkward arguments, to the sizes of the records, and to OpenMP on whole
 * runs of 1, 7, 49 and 600 paths of a small configuration with every feature; the cores to each other lane width.
 * \return MM_OK: all passed, or MM_SELFTEST: something differs; *test is new in both cases. MM_NO_DEVICE: a device that
 * is asked for is not there (message); MM_DEVICE_FAILED: one can't be used (message); MM_USAGE, MM_INTERNAL. */
mm_status mm_selftest_run(const char *const *devices, size_t n_devices, int lanes, bool no_cache, mm_selftest **test,
                          mm_messages *messages);
size_t mm_selftest_count(const mm_selftest *test);
mm_selftest_check mm_selftest_get(const mm_selftest *test, size_t i);
void mm_selftest_free(mm_selftest *test);

#ifdef __cplusplus
}
#endif

#endif
