#include "host/engine/opencl/opencl_api.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct opencl_api loaded;
static const struct opencl_api *replaced;
static char trouble[256]; /* empty: loaded */

static void load(void) {
    static const char *const names[] = {"libOpenCL.so.1", "libOpenCL.so"};
    void *library = NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && !library; i++)
        library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL); /* stays: devices' threads may outlive every use */
    if (!library) {
        snprintf(trouble, sizeof trouble,
                 "there is no OpenCL loader (libOpenCL.so.1); install one (Debian, Ubuntu: ocl-icd-libopencl1) and the "
                 "driver of the device");
        return;
    }
#define OPENCL_FIND(name)                                                                                              \
    {                                                                                                                  \
        void *symbol = dlsym(library, #name);                                                                          \
        memcpy(&loaded.name, &symbol, sizeof symbol);                                                                  \
        if (!symbol && !trouble[0])                                                                                    \
            snprintf(trouble, sizeof trouble,                                                                          \
                     "the OpenCL loader lacks %s: it is older than OpenCL 1.2; install a newer one", #name);           \
    }
    OPENCL_FUNCTIONS(OPENCL_FIND)
#undef OPENCL_FIND
}

const struct opencl_api *opencl_api(const char **problem) {
    if (replaced)
        return replaced;
    pthread_once(&once, load);
    if (!trouble[0])
        return &loaded;
    if (problem)
        *problem = trouble;
    return NULL;
}

void opencl_api_replace(const struct opencl_api *api) {
    replaced = api;
}

const char *opencl_error(cl_int error, char text[32]) {
#define OPENCL_NAME(name)                                                                                              \
    case name:                                                                                                         \
        return #name;
    switch (error) {
        OPENCL_NAME(CL_DEVICE_NOT_FOUND)
        OPENCL_NAME(CL_DEVICE_NOT_AVAILABLE)
        OPENCL_NAME(CL_COMPILER_NOT_AVAILABLE)
        OPENCL_NAME(CL_MEM_OBJECT_ALLOCATION_FAILURE)
        OPENCL_NAME(CL_OUT_OF_RESOURCES)
        OPENCL_NAME(CL_OUT_OF_HOST_MEMORY)
        OPENCL_NAME(CL_BUILD_PROGRAM_FAILURE)
        OPENCL_NAME(CL_INVALID_VALUE)
        OPENCL_NAME(CL_INVALID_DEVICE)
        OPENCL_NAME(CL_INVALID_BINARY)
        OPENCL_NAME(CL_INVALID_BUILD_OPTIONS)
        OPENCL_NAME(CL_INVALID_COMMAND_QUEUE)
        OPENCL_NAME(CL_INVALID_KERNEL_ARGS)
        OPENCL_NAME(CL_INVALID_WORK_GROUP_SIZE)
        OPENCL_NAME(CL_INVALID_BUFFER_SIZE)
        OPENCL_NAME(CL_INVALID_EVENT_WAIT_LIST)
    default:
        snprintf(text, 32, "error %d", error);
        return text;
    }
#undef OPENCL_NAME
}
