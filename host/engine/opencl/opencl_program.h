/* The kernels, compiled for one device. */
#ifndef MISMATCH_HOST_OPENCL_PROGRAM_H
#define MISMATCH_HOST_OPENCL_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include <mismatch/status.h>

#include "host/engine/devices.h"
#include "host/engine/opencl/opencl_api.h"

/* The flattened source of kernels/device.cl; made by the build. */
extern const unsigned char opencl_source[];
extern const size_t opencl_source_size;

struct opencl_program {
    const struct opencl_api *cl;
    const struct device_entry *device; /* of whoever has it open */
    cl_device_id id;
    cl_context context;
    cl_command_queue queue;
    cl_program program;
    int lanes;  /* MM_LANES */
    int stride; /* work-items of a work-group: more than 1 only for single lanes */
    char options[128];
    bool failed;           /* the device refused something: nobody shall have it again */
    bool cached;           /* came from the cache */
    bool tested;           /* and has passed the self-test before */
    unsigned char *binary; /* NULL: the driver gives none, or the cache is off */
    size_t binary_size;
    char *key; /* of the cache */
};

/* Context, queue and program. `lanes`: 1, 4, 8, 16, or 0 for what suits the device.
 * \return MM_OK: *program is the caller's; MM_DEVICE_FAILED: the device refused (message, with the compiler's own
 * words); MM_INTERNAL: memory ran out (message). */
mm_status opencl_program_open(const struct device_entry *device, int lanes, bool no_cache,
                              struct opencl_program **program, mm_messages *messages);
/* It may wait for the next opencl_program_open() of the same, also when that one wants no cache. NULL is allowed. */
void opencl_program_close(struct opencl_program *program);
/* Frees those that wait, so that the next one is loaded or compiled: tests see that. */
void opencl_program_forget(void);
/* Remembers in the cache that the self-test was passed. */
void opencl_program_passed(struct opencl_program *program);

/* The compiler's options for a lane width: what the device is, never how exactly it may compute. */
void opencl_options(const mm_device *device, int lanes, int *stride, char *text, size_t size);

/* "DEVICE: WHAT: CL_ERROR", and MM_DEVICE_FAILED. */
mm_status opencl_failed(struct opencl_program *program, const char *what, cl_int error, mm_messages *messages);

#endif
