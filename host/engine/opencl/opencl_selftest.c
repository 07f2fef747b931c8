#include "host/engine/opencl/opencl_selftest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/engine/probe.h"

enum { IN_A, IN_B, OUT, SIZES, N_PARTS };

/* Arguments, what the device makes of them, what the host does. */
struct questions {
    size_t words[N_PARTS];
    uint32_t *device[N_PARTS], *host_out, *host_sizes;
};

static void free_questions(struct questions *q) {
    for (int i = 0; i < N_PARTS; i++)
        free(q->device[i]);
    free(q->host_out);
    free(q->host_sizes);
}

static bool ask_host(struct questions *q) {
    const size_t words = probe_functions() * PROBE_ARGUMENTS;
    *q = (struct questions){.words = {words, words, words, probe_sizes()}};
    bool good = true;
    for (int i = 0; i < N_PARTS; i++)
        good = (q->device[i] = calloc(q->words[i], sizeof(uint32_t))) && good;
    q->host_out = calloc(words, sizeof(uint32_t));
    q->host_sizes = calloc(probe_sizes(), sizeof(uint32_t));
    if (!good || !q->host_out || !q->host_sizes)
        return false;
    probe_arguments(q->device[IN_A], q->device[IN_B]);
    probe_answers(q->device[IN_A], q->device[IN_B], q->host_out, q->host_sizes);
    return true;
}

static cl_int run_probe(const struct opencl_program *program, cl_kernel kernel, const cl_mem *buffers,
                        const struct questions *q) {
    const struct opencl_api *cl = program->cl;
    const cl_uint n = PROBE_ARGUMENTS;
    const size_t global = PROBE_ARGUMENTS / (size_t)program->lanes;
    cl_int error = CL_SUCCESS;
    for (int i = 0; i <= IN_B && error == CL_SUCCESS; i++)
        error = cl->clEnqueueWriteBuffer(program->queue, buffers[i], CL_TRUE, 0, q->words[i] * sizeof(uint32_t),
                                         q->device[i], 0, NULL, NULL);
    for (cl_uint i = 0; i < N_PARTS && error == CL_SUCCESS; i++)
        error = cl->clSetKernelArg(kernel, i < OUT ? i : i + 1, sizeof(cl_mem), &buffers[i]);
    if (error == CL_SUCCESS)
        error = cl->clSetKernelArg(kernel, 2, sizeof n, &n);
    if (error == CL_SUCCESS)
        error = cl->clEnqueueNDRangeKernel(program->queue, kernel, 1, NULL, &global, NULL, 0, NULL, NULL);
    for (int i = OUT; i < N_PARTS && error == CL_SUCCESS; i++)
        error = cl->clEnqueueReadBuffer(program->queue, buffers[i], CL_TRUE, 0, q->words[i] * sizeof(uint32_t),
                                        q->device[i], 0, NULL, NULL);
    return error;
}

static mm_status ask_device(struct opencl_program *program, const struct questions *q, mm_messages *messages) {
    const struct opencl_api *cl = program->cl;
    cl_mem buffers[N_PARTS] = {NULL};
    cl_int error;
    cl_kernel kernel = cl->clCreateKernel(program->program, "mm_probe", &error);
    for (int i = 0; i < N_PARTS && error == CL_SUCCESS; i++)
        buffers[i] =
            cl->clCreateBuffer(program->context, CL_MEM_READ_WRITE, q->words[i] * sizeof(uint32_t), NULL, &error);
    if (error == CL_SUCCESS)
        error = run_probe(program, kernel, buffers, q);
    for (int i = 0; i < N_PARTS; i++)
        if (buffers[i])
            cl->clReleaseMemObject(buffers[i]);
    if (kernel)
        cl->clReleaseKernel(kernel);
    return error == CL_SUCCESS ? MM_OK : opencl_failed(program, "the self-test can't be run", error, messages);
}

static void compare_function(const struct questions *q, size_t function, struct selftest *test) {
    const size_t first = function * PROBE_ARGUMENTS;
    size_t wrong = 0, at = 0;
    for (size_t i = first; i < first + PROBE_ARGUMENTS; i++)
        if (q->device[OUT][i] != q->host_out[i] && wrong++ == 0)
            at = i;
    struct selftest_row *row = selftest_add(test, probe_name(function), wrong == 0);
    if (wrong)
        snprintf(row->detail, sizeof row->detail,
                 "%zu of %d arguments differ; for 0x%08x, 0x%08x the device gives 0x%08x, the host 0x%08x", wrong,
                 PROBE_ARGUMENTS, q->device[IN_A][at], q->device[IN_B][at], q->device[OUT][at], q->host_out[at]);
}

static void compare(const struct questions *q, struct selftest *test) {
    const size_t philox = (probe_functions() - 1) * PROBE_ARGUMENTS;
    uint32_t a, b, known = probe_known_philox(&a, &b);
    struct selftest_row *row = selftest_add(test, "philox known answer", q->device[OUT][philox] == known);
    if (!row->passed)
        snprintf(row->detail, sizeof row->detail, "the device gives 0x%08x instead of 0x%08x", q->device[OUT][philox],
                 known);
    for (size_t f = 0; f < probe_functions(); f++)
        compare_function(q, f, test);
    row = selftest_add(test, "sizes of records", true);
    for (size_t i = 0; i < probe_sizes() && row->passed; i++)
        if (q->device[SIZES][i] != q->host_sizes[i]) {
            row->passed = false;
            snprintf(row->detail, sizeof row->detail, "record %zu has %u bytes on the device, %u on the host", i,
                     q->device[SIZES][i], q->host_sizes[i]);
        }
}

mm_status opencl_selftest(struct opencl_program *program, struct selftest *test, mm_messages *messages) {
    struct questions q;
    mm_status status = MM_INTERNAL;
    if (ask_host(&q)) {
        status = ask_device(program, &q, messages);
        if (status == MM_OK)
            compare(&q, test);
    } else {
        mm_messages_add(messages, "memory ran out");
    }
    free_questions(&q);
    return status;
}

mm_status opencl_selftest_short(struct opencl_program *program, mm_messages *messages) {
    struct selftest test = {0};
    mm_status status = opencl_selftest(program, &test, messages);
    for (size_t i = 0; i < test.n && status == MM_OK; i++)
        if (!test.rows[i].passed) {
            mm_messages_add(messages,
                            "device %d, %s: it does not compute what the host does, so it can't be used: %s: %s; "
                            "`mismatch selftest` tells all. A newer driver may help",
                            program->device->info.index, program->device->info.name, test.rows[i].check,
                            test.rows[i].detail);
            status = MM_SELFTEST;
        }
    if (status == MM_OK)
        opencl_program_passed(program);
    return status;
}

mm_status opencl_selftest_device(const struct device_entry *device, int lanes, bool no_cache, struct selftest *test,
                                 mm_messages *messages) {
    struct opencl_program *program;
    mm_status status = opencl_program_open(device, lanes, no_cache, &program, messages);
    if (status == MM_OK)
        status = opencl_selftest(program, test, messages);
    opencl_program_close(program);
    return status;
}
