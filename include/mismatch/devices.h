/* Devices that can simulate: what OpenCL shows on this machine, what is wrong with it, and what helps. */
#ifndef MISMATCH_DEVICES_H
#define MISMATCH_DEVICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <mismatch/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum mm_device_type { MM_DEVICE_GPU, MM_DEVICE_CPU, MM_DEVICE_ACCELERATOR, MM_DEVICE_OTHER } mm_device_type;

/* The texts are never NULL; they live as long as the list. Source: clGetDeviceInfo and clGetPlatformInfo. */
typedef struct mm_device {
    int index; /* what --device takes it by; from 0, over all platforms in the loader's order */
    mm_device_type type;
    const char *name, *vendor, *platform, *driver, *version; /* version: of OpenCL, and of the driver's build */
    const char *bus;                                         /* PCI, "0000:65:00.0"; empty when unknown */
    unsigned units, megahertz;                               /* compute units; 0 when unknown */
    uint64_t memory, largest, local; /* bytes: global memory, its largest single piece, local memory */
    int lanes;                       /* paths side by side in one work-item: 1, 4, 8, 16 */
    /* single precision: rounds to nearest, keeps denormals, fma in hardware, divides exactly (not needed) */
    bool rounds, denormals, fma, exact_divide;
    bool usable;         /* gives the same bits as every other, as far as can be told without running it */
    bool automatic;      /* the backend `auto` would take it */
    const char *problem; /* why it is not usable, or what is worth knowing, and what helps; else empty */
} mm_device;

typedef struct mm_devices mm_devices;

/* Looks for devices. It is no error to find none.
 * \return MM_OK: *devices is new; MM_INTERNAL: memory ran out. */
mm_status mm_devices_find(mm_devices **devices, mm_messages *messages);
void mm_devices_free(mm_devices *devices);
size_t mm_devices_count(const mm_devices *devices);
const mm_device *mm_devices_get(const mm_devices *devices, size_t i);
/* What is wrong with the machine rather than with one device, with its remedy: no loader, no vendor file, a platform
 * that shows nothing. */
size_t mm_devices_problem_count(const mm_devices *devices);
const char *mm_devices_problem(const mm_devices *devices, size_t i);
/* What the backend `auto` would simulate on here, and why. */
const char *mm_devices_automatic(const mm_devices *devices);
/* The processor's name, and how many of its cores this process may use, for the backend `openmp`; *lanes: paths side by
 * side in each thread. */
const char *mm_devices_cores(const mm_devices *devices, int *cores, int *lanes);
/* "gpu", "cpu", "accelerator", "other". */
const char *mm_device_type_name(mm_device_type type);

#ifdef __cplusplus
}
#endif

#endif
