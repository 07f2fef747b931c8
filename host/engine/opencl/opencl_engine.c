/* One OpenCL device at work on one plan, or on several of one shape, which share its launches. The device holds tables,
 * scratch areas and tallies; only totals come back, when the run is settled. Launches are kept to a fraction of a
 * second, since the driver of a display may end longer ones. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/engine/engine.h"
#include "host/engine/opencl/opencl_program.h"
#include "host/engine/opencl/opencl_selftest.h"

#define LAUNCH_SECONDS 0.2
#define MAX_GROWTH 4                   /* of a launch from one to the next, while the device's speed is being learnt */
#define GROUPS_A_UNIT 8                /* work-groups of single lanes for each compute unit */
#define SHARED_COPIES 8                /* of the tallies, so that fewer work-groups wait for each other */
#define MOST_PATHS (UINT64_C(1) << 30) /* of a launch */
#define REDUCE_GROUP 64

enum buffer { HEAD, POOL, SCRATCH, COUNTS, SUMS, NEXT, TOTAL_COUNTS, TOTAL_SUMS, N_BUFFERS };

struct engine {
    const struct plan **plans; /* [points] */
    struct tallies **tallies;  /* [points] */
    uint64_t points;
    uint64_t pool_words; /* from one pool to the next */
    struct opencl_program *program;
    cl_kernel paths_kernel, reduce_kernel;
    cl_mem buffers[N_BUFFERS];
    uint64_t seed;
    uint64_t groups; /* work-groups, each with scratch areas of its own; of single lanes: whole ones for each point */
    uint64_t width;  /* paths of one work-group */
    uint64_t copies; /* of the tallies, for each point */
    uint64_t budget; /* paths that one copy can take */
    uint64_t filled; /* paths that a copy may hold by now */
    uint64_t batch;  /* paths of each point in the next launch */
    uint64_t *total_counts;
    struct tally_sum *total_sums;
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static uint64_t smaller(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static uint64_t quotient_up(uint64_t a, uint64_t b) {
    return b > 1 ? (a + b - 1) / b : a;
}

static size_t opencl_describe(const struct engine *engine, struct engine_description *descriptions, size_t most) {
    if (most == 0)
        return 1;
    *descriptions = (struct engine_description){.backend = engine_opencl.name, .lanes = engine->program->lanes};
    snprintf(descriptions->device, sizeof descriptions->device, "%s", engine->program->device->name);
    snprintf(descriptions->driver, sizeof descriptions->driver, "%s", engine->program->device->driver);
    return 1;
}

static size_t totals_bytes(const struct plan *plan) {
    return (size_t)plan->head.n_counts * sizeof(uint64_t) + (size_t)plan->head.n_sums * sizeof(struct tally_sum);
}

static uint64_t opencl_memory(const struct plan *plan, const struct engine_options *options) {
    (void)options;
    return totals_bytes(plan) + (UINT64_C(64) << 20); /* and what a driver usually takes */
}

static void opencl_close(struct engine *engine) {
    if (!engine)
        return;
    const struct opencl_api *cl = engine->program ? engine->program->cl : NULL;
    for (int i = 0; i < N_BUFFERS; i++)
        if (cl && engine->buffers[i])
            cl->clReleaseMemObject(engine->buffers[i]);
    if (cl && engine->paths_kernel)
        cl->clReleaseKernel(engine->paths_kernel);
    if (cl && engine->reduce_kernel)
        cl->clReleaseKernel(engine->reduce_kernel);
    opencl_program_close(engine->program);
    free(engine->total_counts);
    free(engine->total_sums);
    free(engine->plans);
    free(engine->tallies);
    free(engine);
}

static const struct mm_head *shape(const struct engine *engine) {
    return &engine->plans[0]->head;
}

/* Work-groups and copies of the tallies where there is room for `groups` of them. */
static void share_groups(struct engine *engine, uint64_t groups) {
    if (engine->program->lanes > 1) {
        engine->groups = engine->copies = groups;
    } else {
        engine->groups = groups / engine->points * engine->points;
        engine->copies = smaller(groups / engine->points, quotient_up(SHARED_COPIES, engine->points));
    }
}

/* How many work-groups at once, and how many copies of the tallies, so that all of it fits. */
static mm_status choose_sizes(struct engine *engine, mm_messages *messages) {
    const mm_device *info = &engine->program->device->info;
    const struct mm_head *head = shape(engine);
    const uint64_t units = info->units ? info->units : 1, lanes = (uint64_t)engine->program->lanes;
    const uint64_t scratch = 4 * (uint64_t)head->s_vectors * engine->width; /* of a work-group */
    const uint64_t tallies = engine->points * (4 * (uint64_t)head->n_counts + 8 * (uint64_t)head->n_sums);
    const uint64_t fixed = engine->points * (4 * engine->pool_words + sizeof *head + totals_bytes(engine->plans[0]));
    const uint64_t most = info->memory / 4 * 3;
    uint64_t groups = lanes > 1 ? units : units * GROUPS_A_UNIT;
    if (groups < engine->points)
        groups = engine->points;
    for (; groups > 0; groups = groups > 1 ? groups * 3 / 4 : 0) {
        share_groups(engine, groups);
        uint64_t all = engine->groups * scratch + engine->copies * tallies + fixed;
        if (all <= most && engine->groups * scratch <= info->largest && engine->copies * tallies <= info->largest)
            break;
    }
    if (groups == 0)
        engine->groups = 0;
    if (engine->groups > 0 && (uint64_t)head->s_vectors * (uint64_t)engine->program->stride <= INT32_MAX &&
        head->n_counts < 1 << 30 && head->n_sums < 1 << 30 && engine->pool_words <= UINT32_MAX)
        return MM_OK;
    mm_messages_add(messages,
                    "device %d, %s: too little memory for this configuration: %llu MiB for one work-group, %llu MiB "
                    "for its tallies; the device has %llu MiB, %llu MiB in one piece",
                    info->index, info->name, (unsigned long long)(scratch >> 20), (unsigned long long)(tallies >> 20),
                    (unsigned long long)(info->memory >> 20), (unsigned long long)(info->largest >> 20));
    return MM_NO_DEVICE;
}

static cl_int fill_zero(const struct engine *engine, enum buffer buffer, size_t bytes) {
    const cl_uint zero = 0;
    return engine->program->cl->clEnqueueFillBuffer(engine->program->queue, engine->buffers[buffer], &zero, sizeof zero,
                                                    0, bytes, 0, NULL, NULL);
}

/* A buffer of at least one word. */
static cl_int make_buffer(struct engine *engine, enum buffer buffer, uint64_t bytes) {
    cl_int error;
    engine->buffers[buffer] = engine->program->cl->clCreateBuffer(engine->program->context, CL_MEM_READ_WRITE,
                                                                  bytes ? (size_t)bytes : 4, NULL, &error);
    return error;
}

/* Heads and pools of all points, each in its place. */
static cl_int write_plans(const struct engine *engine) {
    const struct opencl_api *cl = engine->program->cl;
    cl_command_queue queue = engine->program->queue;
    cl_int error = CL_SUCCESS;
    for (uint64_t i = 0; i < engine->points && error == CL_SUCCESS; i++) {
        const struct plan *plan = engine->plans[i];
        error = cl->clEnqueueWriteBuffer(queue, engine->buffers[HEAD], CL_TRUE, i * sizeof plan->head,
                                         sizeof plan->head, &plan->head, 0, NULL, NULL);
        if (error == CL_SUCCESS && plan->pool_words)
            error = cl->clEnqueueWriteBuffer(queue, engine->buffers[POOL], CL_TRUE, 4 * i * engine->pool_words,
                                             4 * (size_t)plan->pool_words, plan->pool, 0, NULL, NULL);
    }
    return error;
}

static mm_status make_buffers(struct engine *engine, mm_messages *messages) {
    const struct mm_head *head = shape(engine);
    const uint64_t counts = engine->points * (uint64_t)head->n_counts, sums = engine->points * (uint64_t)head->n_sums;
    const struct {
        enum buffer buffer;
        uint64_t bytes;
        bool zero;
    } buffers[N_BUFFERS] = {
        {HEAD, engine->points * sizeof *head, false},
        {POOL, 4 * engine->points * engine->pool_words, false},
        {SCRATCH, 4 * engine->groups * (uint64_t)head->s_vectors * engine->width, false},
        {COUNTS, 4 * engine->copies * counts, true},
        {SUMS, 8 * engine->copies * sums, true},
        {NEXT, 4, true},
        {TOTAL_COUNTS, 8 * counts, true},
        {TOTAL_SUMS, 16 * sums, true},
    };
    cl_int error = CL_SUCCESS;
    for (size_t i = 0; i < N_BUFFERS && error == CL_SUCCESS; i++) {
        error = make_buffer(engine, buffers[i].buffer, buffers[i].bytes);
        if (error == CL_SUCCESS && buffers[i].zero && buffers[i].bytes)
            error = fill_zero(engine, buffers[i].buffer, (size_t)buffers[i].bytes);
    }
    if (error == CL_SUCCESS)
        error = write_plans(engine);
    if (error == CL_SUCCESS)
        error = engine->program->cl->clFinish(engine->program->queue);
    return error == CL_SUCCESS ? MM_OK : opencl_failed(engine->program, "memory can't be had", error, messages);
}

struct argument {
    size_t size;
    const void *value;
};

static cl_int set_arguments(const struct opencl_api *cl, cl_kernel kernel, const struct argument *arguments,
                            cl_uint n) {
    cl_int error = CL_SUCCESS;
    for (cl_uint i = 0; i < n && error == CL_SUCCESS; i++)
        error = cl->clSetKernelArg(kernel, i, arguments[i].size, arguments[i].value);
    return error;
}

/* The kernels and those of their arguments that never change. */
static mm_status make_kernels(struct engine *engine, mm_messages *messages) {
    const struct opencl_api *cl = engine->program->cl;
    const cl_uint copies = (cl_uint)engine->copies, points = (cl_uint)engine->points,
                  pool_words = (cl_uint)engine->pool_words;
    cl_mem *buffers = engine->buffers;
    cl_int error;
    engine->paths_kernel = cl->clCreateKernel(engine->program->program, "mm_paths", &error);
    if (error == CL_SUCCESS)
        engine->reduce_kernel = cl->clCreateKernel(engine->program->program, "mm_reduce", &error);
    const struct argument paths[] = {
        {sizeof(cl_mem), &buffers[HEAD]},   {sizeof(cl_mem), &buffers[POOL]}, {sizeof(cl_mem), &buffers[SCRATCH]},
        {sizeof(cl_mem), &buffers[COUNTS]}, {sizeof(cl_mem), &buffers[SUMS]}, {sizeof(cl_mem), &buffers[NEXT]},
        {sizeof copies, &copies},           {sizeof points, &points},         {sizeof pool_words, &pool_words},
    };
    const struct argument reduce[] = {
        {sizeof(cl_mem), &buffers[HEAD]},
        {sizeof(cl_mem), &buffers[COUNTS]},
        {sizeof(cl_mem), &buffers[SUMS]},
        {sizeof copies, &copies},
        {sizeof points, &points},
        {sizeof(cl_mem), &buffers[TOTAL_COUNTS]},
        {sizeof(cl_mem), &buffers[TOTAL_SUMS]},
    };
    if (error == CL_SUCCESS)
        error = set_arguments(cl, engine->paths_kernel, paths, sizeof paths / sizeof paths[0]);
    if (error == CL_SUCCESS)
        error = set_arguments(cl, engine->reduce_kernel, reduce, sizeof reduce / sizeof reduce[0]);
    return error == CL_SUCCESS ? MM_OK : opencl_failed(engine->program, "the kernels can't be used", error, messages);
}

static mm_status allocate(const struct plan *const *plans, struct tallies *const *tallies, size_t points,
                          const struct engine_options *options, struct engine **engine, mm_messages *messages) {
    struct engine *made = calloc(1, sizeof *made);
    if (made) {
        const struct mm_head *head = &plans[0]->head;
        made->plans = calloc(points, sizeof *made->plans);
        made->tallies = calloc(points, sizeof *made->tallies);
        made->points = points;
        made->seed = options->seed;
        made->budget = engine_budget(head->months);
        made->total_counts = malloc(points * (size_t)head->n_counts * sizeof *made->total_counts + 1);
        made->total_sums = malloc(points * (size_t)head->n_sums * sizeof *made->total_sums + 1);
    }
    *engine = made;
    if (!made || !made->plans || !made->tallies || !made->total_counts || !made->total_sums) {
        mm_messages_add(messages, "memory ran out");
        return MM_INTERNAL;
    }
    for (size_t i = 0; i < points; i++) {
        made->plans[i] = plans[i];
        made->tallies[i] = tallies[i];
        if (made->pool_words < (uint64_t)plans[i]->pool_words)
            made->pool_words = (uint64_t)plans[i]->pool_words;
    }
    return MM_OK;
}

static mm_status opencl_open_pack(const struct plan *const *plans, struct tallies *const *tallies, size_t points,
                                  const struct engine_options *options, struct engine **engine, mm_messages *messages) {
    struct engine *made = NULL;
    *engine = NULL;
    mm_status status = allocate(plans, tallies, points, options, &made, messages);
    if (status == MM_OK)
        status = opencl_program_open(options->device, options->lanes, options->no_cache, &made->program, messages);
    if (status == MM_OK && !made->program->tested)
        status = opencl_selftest_short(made->program, messages);
    if (status == MM_OK) {
        made->width = (uint64_t)made->program->lanes * (uint64_t)made->program->stride;
        status = choose_sizes(made, messages);
    }
    if (status == MM_OK)
        status = make_buffers(made, messages);
    if (status == MM_OK)
        status = make_kernels(made, messages);
    if (status != MM_OK) {
        opencl_close(made);
        return status;
    }
    /* a first launch that even a slow device ends soon */
    const uint64_t units = made->program->device->info.units ? made->program->device->info.units : 1;
    made->batch = made->width * quotient_up(units, made->points);
    *engine = made;
    return MM_OK;
}

static mm_status opencl_open(const struct plan *plan, const struct engine_options *options, struct tallies *tallies,
                             struct engine **engine, mm_messages *messages) {
    return opencl_open_pack(&plan, &tallies, 1, options, engine, messages);
}

static uint64_t opencl_at_once(const struct engine_options *options) {
    const mm_device *info = &options->device->info;
    const int lanes = options->lanes ? options->lanes : info->lanes;
    const uint64_t units = info->units ? info->units : 1;
    int stride;
    char text[128];
    opencl_options(info, lanes, &stride, text, sizeof text);
    return units * (uint64_t)lanes * (uint64_t)stride * (lanes > 1 ? 1 : GROUPS_A_UNIT);
}

static uint64_t opencl_step(const struct engine *engine) {
    return quotient_up(engine->groups, engine->points) * engine->width;
}

/* Adds the copies to the totals, on the device. */
static cl_int reduce(struct engine *engine) {
    const struct opencl_api *cl = engine->program->cl;
    const struct mm_head *head = shape(engine);
    const size_t all = engine->points * ((size_t)head->n_counts + (size_t)head->n_sums), local = REDUCE_GROUP;
    const size_t global = (all + local - 1) / local * local;
    if (engine->filled == 0)
        return CL_SUCCESS;
    cl_int error = cl->clEnqueueNDRangeKernel(engine->program->queue, engine->reduce_kernel, 1, NULL, &global, &local,
                                              0, NULL, NULL);
    if (error == CL_SUCCESS)
        error = cl->clFinish(engine->program->queue);
    engine->filled = 0;
    return error;
}

/* One launch: how it is cut into lane groups, and the most that one copy of the tallies can get of it. */
struct launch {
    uint64_t n, groups, most, share; /* n: paths of each point; groups: of all points */
};

static struct launch cut(const struct engine *engine, uint64_t n) {
    struct launch launch = {.n = n};
    const uint64_t of_point = quotient_up(n, engine->width); /* lane groups, or work-groups' turns */
    if (engine->program->lanes > 1) { /* they take lane groups as they get through them: up to twice their part */
        launch.groups = smaller(engine->groups, of_point * engine->points);
        launch.most = 2 * quotient_up(of_point * engine->points, launch.groups);
        launch.share = launch.most * engine->width;
    } else {
        const uint64_t groups = smaller(engine->groups / engine->points, of_point);
        launch.groups = groups * engine->points;
        launch.most = quotient_up(of_point, groups);
        launch.share = launch.most * engine->width * quotient_up(groups, engine->copies);
    }
    return launch;
}

static cl_int start(struct engine *engine, uint64_t first_path, const struct launch *launch) {
    const struct opencl_api *cl = engine->program->cl;
    const size_t local = (size_t)engine->program->stride, global = (size_t)launch->groups * local;
    const cl_uint most = (cl_uint)launch->most, n = (cl_uint)launch->n;
    const cl_ulong seed = engine->seed, first = first_path;
    cl_int error = cl->clSetKernelArg(engine->paths_kernel, 9, sizeof most, &most);
    if (error == CL_SUCCESS)
        error = cl->clSetKernelArg(engine->paths_kernel, 10, sizeof seed, &seed);
    if (error == CL_SUCCESS)
        error = cl->clSetKernelArg(engine->paths_kernel, 11, sizeof first, &first);
    if (error == CL_SUCCESS)
        error = cl->clSetKernelArg(engine->paths_kernel, 12, sizeof n, &n);
    if (error == CL_SUCCESS && engine->program->lanes > 1) /* single lanes know their paths without it */
        error = fill_zero(engine, NEXT, sizeof(cl_uint));
    if (error == CL_SUCCESS)
        error = cl->clEnqueueNDRangeKernel(engine->program->queue, engine->paths_kernel, 1, NULL, &global, &local, 0,
                                           NULL, NULL);
    if (error == CL_SUCCESS)
        error = cl->clFinish(engine->program->queue);
    return error;
}

/* The size of the next launch, from what the last one took. */
static void tune(struct engine *engine, uint64_t n, double seconds) {
    const double most = (double)engine->batch * MAX_GROWTH;
    double wanted = seconds > 0 ? (double)n * LAUNCH_SECONDS / seconds : most;
    if (n < engine->batch && wanted < (double)engine->batch)
        return; /* a small rest says little */
    wanted = wanted < most ? wanted : most;
    uint64_t step = opencl_step(engine), batch = (uint64_t)wanted;
    if (batch > step)
        batch = batch / step * step;
    if (engine->width > 1)
        batch = batch / engine->width * engine->width;
    engine->batch = smaller(batch > engine->width ? batch : engine->width, MOST_PATHS / engine->points);
}

static mm_status opencl_run(struct engine *engine, uint64_t first_path, uint64_t n, mm_messages *messages) {
    while (n > 0) {
        struct launch launch = cut(engine, smaller(n, engine->batch));
        while (launch.share > engine->budget && launch.n > engine->width)
            launch = cut(engine, quotient_up(launch.n / 2, engine->width) * engine->width);
        cl_int error = CL_SUCCESS;
        if (engine->filled + launch.share > engine->budget)
            error = reduce(engine);
        if (error != CL_SUCCESS)
            return opencl_failed(engine->program, "the tallies can't be added up", error, messages);
        double before = now();
        error = start(engine, first_path, &launch);
        if (error != CL_SUCCESS)
            return opencl_failed(engine->program, "it stopped in the middle of its work", error, messages);
        tune(engine, launch.n, now() - before);
        engine->filled += launch.share;
        first_path += launch.n;
        n -= launch.n;
    }
    return MM_OK;
}

/* The totals reach the host's tallies only when the device holds none any more. */
static mm_status opencl_settle(struct engine *engine, mm_messages *messages) {
    const struct opencl_api *cl = engine->program->cl;
    const size_t n_counts = engine->tallies[0]->n_counts, n_sums = engine->tallies[0]->n_sums;
    const size_t counts = engine->points * n_counts * sizeof *engine->total_counts;
    const size_t sums = engine->points * n_sums * sizeof *engine->total_sums;
    cl_command_queue queue = engine->program->queue;
    cl_int error = reduce(engine);
    if (error == CL_SUCCESS && counts)
        error = cl->clEnqueueReadBuffer(queue, engine->buffers[TOTAL_COUNTS], CL_TRUE, 0, counts, engine->total_counts,
                                        0, NULL, NULL);
    if (error == CL_SUCCESS && sums)
        error = cl->clEnqueueReadBuffer(queue, engine->buffers[TOTAL_SUMS], CL_TRUE, 0, sums, engine->total_sums, 0,
                                        NULL, NULL);
    if (error == CL_SUCCESS && counts)
        error = fill_zero(engine, TOTAL_COUNTS, counts);
    if (error == CL_SUCCESS && sums)
        error = fill_zero(engine, TOTAL_SUMS, sums);
    if (error == CL_SUCCESS)
        error = cl->clFinish(queue);
    if (error != CL_SUCCESS)
        return opencl_failed(engine->program, "its tallies can't be read", error, messages);
    for (uint64_t i = 0; i < engine->points; i++) {
        struct tallies totals = {n_counts, n_sums, engine->total_counts + i * n_counts,
                                 engine->total_sums + i * n_sums};
        tallies_add(engine->tallies[i], &totals);
    }
    return MM_OK;
}

const struct engine_backend engine_opencl = {
    .name = "opencl",
    .describe = opencl_describe,
    .memory = opencl_memory,
    .open = opencl_open,
    .open_pack = opencl_open_pack,
    .at_once = opencl_at_once,
    .step = opencl_step,
    .run = opencl_run,
    .settle = opencl_settle,
    .close = opencl_close,
};
