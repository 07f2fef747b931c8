/* The rows of a self-test. */
#ifndef MISMATCH_HOST_SELFTEST_H
#define MISMATCH_HOST_SELFTEST_H

#include <stdbool.h>
#include <stddef.h>

#include <mismatch/status.h>

#include "host/engine/devices.h"

#define SELFTEST_ROWS 48

struct selftest_row {
    char check[48];
    bool passed;
    char detail[160]; /* what differs */
};

struct selftest {
    size_t n;
    struct selftest_row rows[SELFTEST_ROWS];
};

/* Adds a row; those beyond the last place are dropped. \return it, or the last one. */
struct selftest_row *selftest_add(struct selftest *test, const char *check, bool passed);

/* The kernels on one device: compiles them, and adds the rows of what they compute.
 * \return MM_OK; MM_DEVICE_FAILED (message); MM_INTERNAL (message). */
mm_status opencl_selftest_device(const struct device_entry *device, int lanes, bool no_cache, struct selftest *test,
                                 mm_messages *messages);

#endif
