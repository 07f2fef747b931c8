#include "host/engine/opencl/opencl_program.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/engine/opencl/opencl_cache.h"

#define MOST_STRIDE 64        /* work-items of a work-group of single lanes */
#define MOST_GATHER 4096      /* words of local memory for the counts of a month */
#define LEAST_GATHER 64       /* below it, gathering isn't worth its barriers, but still right */
#define LOG_LINES 12          /* of the compiler's words that are passed on */
#define LONGEST_LOG (1 << 20) /* bytes */

/* Programs that were closed in good order wait here for the next who wants the same: the points of a study, which would
 * else load and link each its own. */
#define MOST_WAITING 8
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct opencl_program *waiting[MOST_WAITING];

static bool serves(const struct opencl_program *program, const struct opencl_program *wanted) {
    return program->cl == wanted->cl && program->id == wanted->id && program->lanes == wanted->lanes &&
           strcmp(program->options, wanted->options) == 0;
}

/* One that serves as `wanted` would, or NULL. */
static struct opencl_program *take_waiting(const struct opencl_program *wanted) {
    struct opencl_program *found = NULL;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < MOST_WAITING && !found; i++)
        if (waiting[i] && serves(waiting[i], wanted)) {
            found = waiting[i];
            waiting[i] = NULL;
        }
    pthread_mutex_unlock(&lock);
    return found;
}

/* \return false: there is no room */
static bool let_wait(struct opencl_program *program) {
    bool room = false;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < MOST_WAITING && !room; i++)
        if (!waiting[i]) {
            waiting[i] = program;
            room = true;
        }
    pthread_mutex_unlock(&lock);
    return room;
}

mm_status opencl_failed(struct opencl_program *program, const char *what, cl_int error, mm_messages *messages) {
    char text[32];
    program->failed = true;
    mm_messages_add(messages, "device %d, %s: %s: %s", program->device->info.index, program->device->info.name, what,
                    opencl_error(error, text));
    return MM_DEVICE_FAILED;
}

void opencl_options(const mm_device *device, int lanes, int *stride, char *text, size_t size) {
    uint64_t gather = device->local / 2 / sizeof(uint32_t);
    gather = gather > MOST_GATHER ? MOST_GATHER : gather < LEAST_GATHER ? LEAST_GATHER : gather;
    *stride = lanes > 1 ? 1 : MOST_STRIDE;
    snprintf(text, size, "-cl-std=CL1.2 -DMM_LANES=%d -DMM_STRIDE=%d -DMM_GATHER_WORDS=%d", lanes, *stride,
             lanes > 1 ? 1 : (int)gather);
}

/* Everything that the binary depends on. NULL when memory ran out. */
static char *make_key(const struct opencl_program *program) {
    const mm_device *info = &program->device->info;
    char hash[65], *key = NULL;
    opencl_cache_hash(opencl_source, opencl_source_size, hash);
    int n = asprintf(&key,
                     "mismatch OpenCL program, format 1\nsource: sha256 %s\noptions: %s\nplatform: %s\ndevice: %s\n"
                     "vendor: %s\ndriver: %s\nversion: %s\n",
                     hash, program->options, info->platform, info->name, info->vendor, info->driver, info->version);
    return n < 0 ? NULL : key;
}

static bool load_cached(struct opencl_program *program) {
    const struct opencl_api *cl = program->cl;
    cl_device_id id = program->device->id;
    struct cached_program cached;
    if (!opencl_cache_load(program->key, &cached))
        return false;
    cl_int error, status = CL_INVALID_BINARY;
    const unsigned char *binary = cached.binary;
    program->program = cl->clCreateProgramWithBinary(program->context, 1, &id, &cached.size, &binary, &status, &error);
    if (error == CL_SUCCESS && status == CL_SUCCESS)
        error = cl->clBuildProgram(program->program, 1, &id, program->options, NULL, NULL);
    if (error == CL_SUCCESS && status == CL_SUCCESS) {
        program->cached = true;
        program->tested = cached.tested;
        program->binary = cached.binary;
        program->binary_size = cached.size;
        return true;
    }
    if (program->program)
        cl->clReleaseProgram(program->program);
    program->program = NULL;
    free(cached.binary);
    return false;
}

static void save_binary(struct opencl_program *program) {
    const struct opencl_api *cl = program->cl;
    size_t size = 0;
    if (cl->clGetProgramInfo(program->program, CL_PROGRAM_BINARY_SIZES, sizeof size, &size, NULL) != CL_SUCCESS ||
        size == 0)
        return;
    unsigned char *binary = malloc(size);
    if (binary &&
        cl->clGetProgramInfo(program->program, CL_PROGRAM_BINARIES, sizeof binary, &binary, NULL) == CL_SUCCESS &&
        opencl_cache_save(program->key, binary, size)) {
        program->binary = binary;
        program->binary_size = size;
        return;
    }
    free(binary);
}

static mm_status build_failed(struct opencl_program *program, cl_int error, mm_messages *messages) {
    const struct opencl_api *cl = program->cl;
    size_t size = 0;
    cl_device_id id = program->device->id;
    opencl_failed(program, "its compiler rejects the kernels", error, messages);
    if (cl->clGetProgramBuildInfo(program->program, id, CL_PROGRAM_BUILD_LOG, 0, NULL, &size) != CL_SUCCESS ||
        size == 0 || size > LONGEST_LOG)
        return MM_DEVICE_FAILED;
    char *log = calloc(1, size + 1), *at = log;
    if (log)
        cl->clGetProgramBuildInfo(program->program, id, CL_PROGRAM_BUILD_LOG, size, log, NULL);
    for (int lines = 0; at && *at && lines < LOG_LINES; lines++) {
        size_t length = strcspn(at, "\n");
        mm_messages_add(messages, "    %.*s", (int)(length < 300 ? length : 300), at);
        at += length + (at[length] == '\n');
    }
    free(log);
    return MM_DEVICE_FAILED;
}

static mm_status build(struct opencl_program *program, mm_messages *messages) {
    const struct opencl_api *cl = program->cl;
    const char *source = (const char *)opencl_source;
    cl_device_id id = program->device->id;
    cl_int error;
    if (program->key && load_cached(program))
        return MM_OK;
    program->program = cl->clCreateProgramWithSource(program->context, 1, &source, &opencl_source_size, &error);
    if (error != CL_SUCCESS)
        return opencl_failed(program, "the kernels can't be loaded", error, messages);
    error = cl->clBuildProgram(program->program, 1, &id, program->options, NULL, NULL);
    if (error != CL_SUCCESS)
        return build_failed(program, error, messages);
    if (program->key)
        save_binary(program);
    return MM_OK;
}

mm_status opencl_program_open(const struct device_entry *device, int lanes, bool no_cache,
                              struct opencl_program **program, mm_messages *messages) {
    struct opencl_program *made = calloc(1, sizeof *made);
    *program = NULL;
    if (!made) {
        mm_messages_add(messages, "memory ran out");
        return MM_INTERNAL;
    }
    made->cl = opencl_api(NULL);
    made->device = device;
    made->id = device->id;
    made->lanes = lanes ? lanes : device->info.lanes;
    opencl_options(&device->info, made->lanes, &made->stride, made->options, sizeof made->options);
    struct opencl_program *found = take_waiting(made);
    if (found) {
        free(made);
        found->device = device;
        *program = found;
        return MM_OK;
    }
    if (!no_cache)
        made->key = make_key(made);
    cl_context_properties properties[] = {CL_CONTEXT_PLATFORM, (cl_context_properties)device->platform, 0};
    cl_device_id id = device->id;
    cl_int error;
    mm_status status = MM_OK;
    made->context = made->cl->clCreateContext(properties, 1, &id, NULL, NULL, &error);
    if (error != CL_SUCCESS)
        status = opencl_failed(made, "no context can be made", error, messages);
    if (status == MM_OK) {
        made->queue = made->cl->clCreateCommandQueue(made->context, id, 0, &error);
        if (error != CL_SUCCESS)
            status = opencl_failed(made, "no queue can be made", error, messages);
    }
    if (status == MM_OK)
        status = build(made, messages);
    if (status == MM_OK)
        *program = made;
    else
        opencl_program_close(made);
    return status;
}

static void release(struct opencl_program *program) {
    if (program->program)
        program->cl->clReleaseProgram(program->program);
    if (program->queue)
        program->cl->clReleaseCommandQueue(program->queue);
    if (program->context)
        program->cl->clReleaseContext(program->context);
    free(program->binary);
    free(program->key);
    free(program);
}

void opencl_program_close(struct opencl_program *program) {
    if (!program || (program->program && program->tested && !program->failed && let_wait(program)))
        return;
    release(program);
}

void opencl_program_forget(void) {
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < MOST_WAITING; i++) {
        if (waiting[i])
            release(waiting[i]);
        waiting[i] = NULL;
    }
    pthread_mutex_unlock(&lock);
}

void opencl_program_passed(struct opencl_program *program) {
    program->tested = true;
    if (program->key && program->binary)
        opencl_cache_mark_tested(program->key, program->binary, program->binary_size);
}
