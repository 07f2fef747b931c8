/* Stands in for this folder where the build had no OpenCL headers (cmake/opencl.cmake). */
#include "host/engine/devices.h"
#include "host/engine/engine.h"

#include "host/engine/selftest.h"

/* Nothing below is reached: no device is ever found. */
static mm_status none(mm_messages *messages) {
    mm_messages_add(messages, "this program was built without OpenCL");
    return MM_NO_DEVICE;
}

static mm_status absent_open(const struct plan *plan, const struct engine_options *options, struct tallies *tallies,
                             struct engine **engine, mm_messages *messages) {
    (void)plan;
    (void)options;
    (void)tallies;
    *engine = NULL;
    return none(messages);
}

static uint64_t absent_memory(const struct plan *plan, const struct engine_options *options) {
    (void)plan;
    (void)options;
    return 0;
}

static void absent_close(struct engine *engine) {
    (void)engine;
}

const struct engine_backend engine_opencl = {
    .name = "opencl", .memory = absent_memory, .open = absent_open, .close = absent_close};

mm_status opencl_selftest_device(const struct device_entry *device, int lanes, bool no_cache, struct selftest *test,
                                 mm_messages *messages) {
    (void)device;
    (void)lanes;
    (void)no_cache;
    (void)test;
    return none(messages);
}

bool opencl_find_devices(mm_devices *devices) {
    devices_problem(devices, "this program was built without OpenCL; build it again with the OpenCL headers (Debian, "
                             "Ubuntu: opencl-headers)");
    return true;
}
