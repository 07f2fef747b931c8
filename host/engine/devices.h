/* The devices of this machine, as the engine holds them, and which of them a selector means. */
#ifndef MISMATCH_HOST_DEVICES_H
#define MISMATCH_HOST_DEVICES_H

#include <mismatch/devices.h>

struct device_entry {
    mm_device info;      /* its texts are the ones below */
    void *platform, *id; /* the backend's own */
    char name[128], vendor[96], platform_name[96], driver[96], version[128], bus[24], problem[384];
};

struct mm_devices {
    size_t n, n_problems;
    struct device_entry *items;
    char problems[8][384];
    char automatic[512], processor[128];
};

/* Whether a selector means this device: an index, a type (gpu, cpu, accelerator), a PCI bus id (with or without the
 * domain), or a pattern of its name: * and ?, upper and lower case alike; without them, a part of the name. */
bool device_matches(const mm_device *device, const char *selector);

/* Adds a problem of the machine; those beyond the last place are dropped. */
void devices_problem(mm_devices *devices, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Fills an empty list with what OpenCL shows (host/engine/opencl). \return false when memory ran out. */
bool opencl_find_devices(mm_devices *devices);

#endif
