#include "host/engine/devices.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "host/engine/choose.h"
#include "host/engine/lanes/lanes.h"
#include "host/engine/machine.h"

mm_status mm_devices_find(mm_devices **devices, mm_messages *messages) {
    *devices = calloc(1, sizeof **devices);
    if (*devices && opencl_find_devices(*devices)) {
        engine_explain(*devices, (*devices)->automatic, sizeof(*devices)->automatic);
        machine_processor((*devices)->processor, sizeof(*devices)->processor);
        return MM_OK;
    }
    mm_devices_free(*devices);
    *devices = NULL;
    mm_messages_add(messages, "memory ran out");
    return MM_INTERNAL;
}

void mm_devices_free(mm_devices *devices) {
    if (!devices)
        return;
    free(devices->items);
    free(devices);
}

size_t mm_devices_count(const mm_devices *devices) {
    return devices->n;
}

const mm_device *mm_devices_get(const mm_devices *devices, size_t i) {
    return &devices->items[i].info;
}

size_t mm_devices_problem_count(const mm_devices *devices) {
    return devices->n_problems;
}

const char *mm_devices_problem(const mm_devices *devices, size_t i) {
    return devices->problems[i];
}

const char *mm_devices_automatic(const mm_devices *devices) {
    return devices->automatic;
}

const char *mm_devices_cores(const mm_devices *devices, int *cores, int *lanes) {
    *cores = machine_cores();
    *lanes = lanes_best();
    return devices->processor;
}

const char *mm_device_type_name(mm_device_type type) {
    static const char *const names[] = {"gpu", "cpu", "accelerator", "other"};
    return names[type];
}

void devices_problem(mm_devices *devices, const char *format, ...) {
    if (devices->n_problems == sizeof devices->problems / sizeof devices->problems[0])
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(devices->problems[devices->n_problems++], sizeof devices->problems[0], format, arguments);
    va_end(arguments);
}

static bool same_name(const char *a, const char *b) {
    return strcasecmp(a, b) == 0;
}

static bool matches_bus(const char *bus, const char *selector) {
    if (!bus[0] || !strchr(selector, ':'))
        return false;
    const char *short_form = strchr(bus, ':') + 1;
    return same_name(bus, selector) || same_name(short_form, selector);
}

static bool matches_name(const char *name, const char *selector) {
    if (strpbrk(selector, "*?["))
        return fnmatch(selector, name, FNM_CASEFOLD) == 0;
    return strcasestr(name, selector) != NULL;
}

bool device_matches(const mm_device *device, const char *selector) {
    if (!selector[0])
        return false;
    if (selector[strspn(selector, "0123456789")] == '\0')
        return strtol(selector, NULL, 10) == device->index;
    if (same_name(selector, "gpu") || same_name(selector, "cpu") || same_name(selector, "accelerator"))
        return same_name(selector, mm_device_type_name(device->type));
    return matches_bus(device->bus, selector) || matches_name(device->name, selector);
}
