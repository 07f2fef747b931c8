/* What happens when a device, its compiler or its cache misbehaves: functions of OpenCL are replaced by ones that do.
 * Skipped where OpenCL shows no device that can be used, or where the build has no OpenCL. */
#include "support/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mismatch/devices.h>
#include <mismatch/selftest.h>
#include <mismatch/study.h>
#include <mismatch/sweep.h>

#ifdef MM_HAVE_OPENCL

#include "host/engine/opencl/opencl_cache.h"
#include "host/engine/opencl/opencl_program.h"

static const struct opencl_api *real;
static struct opencl_api bent;
static int calls, fail_at; /* of the function that is replaced */

/* Bends one function of the table until straighten(). */
#define BEND(function, replacement)                                                                                    \
    do {                                                                                                               \
        bent = *real;                                                                                                  \
        bent.function = replacement;                                                                                   \
        calls = 0;                                                                                                     \
        opencl_api_replace(&bent);                                                                                     \
    } while (0)

static char usual_cache[512];

static void cache_in(const char *folder) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", getenv("HOME"), folder);
    setenv("XDG_CACHE_HOME", path, 1);
}

static int straighten(void **state) {
    (void)state;
    opencl_api_replace(NULL);
    setenv("XDG_CACHE_HOME", usual_cache, 1);
    return 0;
}

struct outcome {
    mm_status status;
    char digest[65], messages[4096], notices[4096];
    bool failed; /* the result names a device that did */
};

static void add_line(char *lines, size_t size, const char *line) {
    const size_t length = strlen(lines);
    snprintf(lines + length, size - length, "%s\n", line);
}

static void take_notice(const char *text, bool important, void *context) {
    struct outcome *outcome = context;
    if (important)
        add_line(outcome->notices, sizeof outcome->notices, text);
}

static struct outcome run_with(mm_run_options options) {
    struct outcome outcome = {.status = MM_OK};
    static const char *const sets[] = {"questions.prices=null"}; /* one part, so that launches can be counted */
    struct scene scene = scene_file("tests/data/every-key.yaml", sets, 1);
    mm_messages *messages = mm_messages_new();
    mm_result *result = NULL;
    opencl_program_forget();
    options.seed = 7;
    options.seed_given = true;
    options.notice = take_notice;
    options.notice_context = &outcome;
    outcome.status = mm_run(scene.scenario, &options, &result, messages);
    for (size_t i = 0; i < mm_messages_count(messages); i++)
        add_line(outcome.messages, sizeof outcome.messages, mm_messages_text(messages, i));
    mm_messages_free(messages);
    if (result) {
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        snprintf(outcome.digest, sizeof outcome.digest, "%s", mm_result_digest(result));
        assert_int_equal(mm_result_write_json(result, out, false), MM_OK);
        fclose(out);
        outcome.failed = strstr(text, "\"failed\": true") != NULL;
        free(text);
        mm_result_free(result);
    }
    scene_free(&scene);
    return outcome;
}

static void says(const char *text, const char *wanted) {
    if (!strstr(text, wanted))
        fail_msg("no '%s' in: %s", wanted, text);
}

static cl_int CL_API_CALL launch_fails(cl_command_queue queue, cl_kernel kernel, cl_uint dimensions,
                                       const size_t *offset, const size_t *global, const size_t *local, cl_uint n,
                                       const cl_event *events, cl_event *event) {
    if (++calls >= fail_at)
        return CL_OUT_OF_RESOURCES;
    return real->clEnqueueNDRangeKernel(queue, kernel, dimensions, offset, global, local, n, events, event);
}

static cl_int CL_API_CALL build_fails(cl_program program, cl_uint n, const cl_device_id *devices, const char *options,
                                      void(CL_CALLBACK *notify)(cl_program, void *), void *data) {
    /* a real error, so that the log is a real one too */
    char bad[512];
    snprintf(bad, sizeof bad, "%s -DINLINE=mistake", options);
    cl_int error = real->clBuildProgram(program, n, devices, bad, notify, data);
    return error == CL_SUCCESS ? CL_BUILD_PROGRAM_FAILURE : error;
}

/* One bit of what the device computed. */
static cl_int CL_API_CALL read_lies(cl_command_queue queue, cl_mem buffer, cl_bool wait, size_t offset, size_t size,
                                    void *to, cl_uint n, const cl_event *events, cl_event *event) {
    cl_int error = real->clEnqueueReadBuffer(queue, buffer, wait, offset, size, to, n, events, event);
    ((uint32_t *)to)[7000 % (size / 4)] ^= 1;
    return error;
}

static cl_int CL_API_CALL no_platforms(cl_uint n, cl_platform_id *platforms, cl_uint *found) {
    (void)n;
    (void)platforms;
    *found = 0;
    return -1001; /* what the loader says */
}

/* A settlement is due after the first launch, however fast the machine is. */
static cl_int CL_API_CALL slow_finish(cl_command_queue queue) {
    if (calls == 3) /* the self-test's, and two */
        usleep(1100000);
    return real->clFinish(queue);
}

static void a_device_fails_and_the_cores_go_on(void **state) {
    (void)state;
    static const char *const devices[] = {"0", "openmp"};
    struct outcome whole = run_with((mm_run_options){.paths = 3000, .backend = "openmp"});
    for (fail_at = 1; fail_at < 5; fail_at++) {
        struct outcome warm = run_with((mm_run_options){.paths = 10, .backend = "opencl"}); /* the self-test has run */
        assert_int_equal(warm.status, MM_OK);
        BEND(clEnqueueNDRangeKernel, launch_fails);
        struct outcome outcome =
            run_with((mm_run_options){.paths = 3000, .devices = devices, .n_devices = 2, .batch = 700});
        straighten(NULL);
        assert_int_equal(outcome.status, MM_OK);
        assert_string_equal(outcome.digest, whole.digest);
        if (calls >= fail_at) {
            assert_true(outcome.failed);
            says(outcome.notices, "CL_OUT_OF_RESOURCES");
            says(outcome.notices, "is dropped");
        }
    }
}

/* What a study finds, as text, and what it says. */
struct study_outcome {
    mm_status status;
    char *text;
    struct outcome said;
};

typedef mm_status ask_function(const struct scene *scene, const mm_run_options *run, FILE *out, mm_messages *messages);

static mm_status ask_compare(const struct scene *scene, const mm_run_options *run, FILE *out, mm_messages *messages) {
    static const char *const sets[] = {"questions.prices=null", "slips.power.median=9"};
    struct scene other = scene_file("tests/data/every-key.yaml", sets, 2);
    const mm_compared both[] = {{"as-it-is", scene->scenario}, {"slower", other.scenario}};
    const mm_compare_options options = {.run = *run};
    mm_study *study = NULL;
    mm_status status = mm_compare(both, 2, &options, &study, messages);
    if (status == MM_OK)
        status = mm_study_write_csv(study, out);
    mm_study_free(study);
    scene_free(&other);
    return status;
}

static mm_status ask_sweep(const struct scene *scene, const mm_run_options *run, FILE *out, mm_messages *messages) {
    static const char *const vary[] = {"slips.power.median=2:9:3"};
    const mm_sweep_options options = {.vary = vary, .n_vary = 1, .run = *run};
    const mm_listing listing = {.form = MM_LISTING_CSV, .columns = "slips.power.median,digest"};
    mm_sweep *sweep = NULL;
    mm_sweep_progress progress;
    mm_store *store = NULL;
    mm_status status = mm_sweep_plan(scene->scenario, &options, &sweep, messages);
    if (status == MM_OK)
        status = mm_sweep_run(sweep, "sweep.db", &progress, messages);
    if (status == MM_OK)
        status = mm_store_open("sweep.db", MM_STORE_READ, &store, messages);
    if (status == MM_OK)
        status = mm_sweep_list(sweep, store, &listing, out, messages);
    mm_store_close(store);
    mm_sweep_free(sweep);
    unlink("sweep.db");
    return status;
}

static mm_status ask_over_ranges(const struct scene *scene, const mm_run_options *run, FILE *out,
                                 mm_messages *messages) {
    const mm_over_ranges_options options = {.draws = 20, .run = *run};
    mm_study *study = NULL;
    mm_status status = mm_over_ranges(scene->scenario, &options, &study, NULL, messages);
    if (status == MM_OK)
        status = mm_study_write_csv(study, out);
    mm_study_free(study);
    return status;
}

static mm_status ask_sensitivity(const struct scene *scene, const mm_run_options *run, FILE *out,
                                 mm_messages *messages) {
    static const char *const expressions[] = {"idle-ever"};
    const mm_sensitivity_options options = {.expressions = expressions, .n_expressions = 1, .run = *run};
    mm_study *study = NULL;
    mm_status status = mm_sensitivity(scene->scenario, &options, &study, messages);
    if (status == MM_OK)
        status = mm_study_write_csv(study, out);
    mm_study_free(study);
    return status;
}

static struct study_outcome study_with(ask_function *ask, mm_run_options options) {
    static const char *const sets[] = {"questions.prices=null"};
    struct study_outcome outcome = {.status = MM_OK};
    struct scene scene = scene_file("tests/data/every-key.yaml", sets, 1);
    mm_messages *messages = mm_messages_new();
    size_t size = 0;
    FILE *out = open_memstream(&outcome.text, &size);
    options.paths = 300;
    options.batch = 100;
    options.seed = 7;
    options.seed_given = true;
    options.notice = take_notice;
    options.notice_context = &outcome.said;
    outcome.status = ask(&scene, &options, out, messages);
    fclose(out);
    for (size_t i = 0; i < mm_messages_count(messages); i++)
        add_line(outcome.said.messages, sizeof outcome.said.messages, mm_messages_text(messages, i));
    mm_messages_free(messages);
    scene_free(&scene);
    return outcome;
}

/* In every run of the study, after the launches of the first ones: what it has begun is done again on the cores. */
static void a_device_fails_in_a_study(void **state) {
    (void)state;
    static ask_function *const studies[] = {ask_compare, ask_sweep, ask_over_ranges, ask_sensitivity};
    static const char *const devices[] = {"0", "openmp"};
    for (size_t i = 0; i < sizeof studies / sizeof studies[0]; i++) {
        struct study_outcome cores = study_with(studies[i], (mm_run_options){.backend = "openmp"});
        assert_int_equal(cores.status, MM_OK);
        assert_int_equal(run_with((mm_run_options){.paths = 10, .backend = "opencl"}).status, MM_OK);
        BEND(clEnqueueNDRangeKernel, launch_fails);
        fail_at = 2;
        struct study_outcome outcome = study_with(studies[i], (mm_run_options){.devices = devices, .n_devices = 2});
        straighten(NULL);
        assert_int_equal(outcome.status, MM_OK);
        assert_string_equal(outcome.text, cores.text);
        assert_true(calls >= fail_at);
        /* a sweep tells it at its end, once */
        const char *said = studies[i] == ask_sweep ? outcome.said.messages : outcome.said.notices;
        says(said, "CL_OUT_OF_RESOURCES");
        says(said, "is dropped");
        if (studies[i] == ask_sweep)
            assert_null(strstr(strstr(said, "is dropped") + 1, "is dropped"));
        free(outcome.text);
        free(cores.text);
    }
}

static void the_only_device_fails(void **state) {
    (void)state;
    char file[] = "run.checkpoint";
    struct outcome whole = run_with((mm_run_options){.paths = 3000, .backend = "openmp"});
    assert_int_equal(run_with((mm_run_options){.paths = 10, .backend = "opencl"}).status, MM_OK);
    BEND(clEnqueueNDRangeKernel, launch_fails);
    bent.clFinish = slow_finish;
    fail_at = 6;
    struct outcome outcome =
        run_with((mm_run_options){.paths = 3000, .backend = "opencl", .batch = 256, .checkpoint = file});
    straighten(NULL);
    assert_int_equal(outcome.status, MM_DEVICE_FAILED);
    says(outcome.messages, "it stopped in the middle of its work: CL_OUT_OF_RESOURCES");
    says(outcome.messages, "of 3000 paths are kept in run.checkpoint");
    struct stat at;
    assert_int_equal(stat(file, &at), 0);
    outcome = run_with((mm_run_options){.paths = 3000, .backend = "openmp", .checkpoint = file});
    assert_int_equal(outcome.status, MM_OK);
    assert_string_equal(outcome.digest, whole.digest);
    unlink(file);
}

static void the_compiler_fails(void **state) {
    (void)state;
    BEND(clBuildProgram, build_fails);
    struct outcome outcome = run_with((mm_run_options){.paths = 10, .backend = "opencl", .no_cache = true});
    assert_int_equal(outcome.status, MM_DEVICE_FAILED);
    says(outcome.messages, "its compiler rejects the kernels: CL_BUILD_PROGRAM_FAILURE");
    says(outcome.messages, "\n    "); /* the compiler's words */
}

static void a_wrong_device_is_refused(void **state) {
    (void)state;
    BEND(clEnqueueReadBuffer, read_lies);
    struct outcome outcome = run_with((mm_run_options){.paths = 10, .backend = "opencl", .no_cache = true});
    assert_int_equal(outcome.status, MM_SELFTEST);
    says(outcome.messages, "it does not compute what the host does");
    static const char *const devices[] = {"0"};
    mm_selftest *test = NULL;
    mm_messages *messages = mm_messages_new();
    assert_int_equal(mm_selftest_run(devices, 1, 0, true, &test, messages), MM_SELFTEST);
    mm_messages_free(messages);
    size_t wrong = 0;
    for (size_t i = 0; i < mm_selftest_count(test); i++) {
        mm_selftest_check check = mm_selftest_get(test, i);
        wrong += !check.passed;
        assert_int_equal(!check.passed, check.detail[0] != '\0');
    }
    assert_in_range(wrong, 1, 2); /* one function; and a record, since there too a word is bent */
    mm_selftest_free(test);
}

static void no_platform(void **state) {
    (void)state;
    BEND(clGetPlatformIDs, no_platforms);
    struct outcome outcome = run_with((mm_run_options){.paths = 10, .backend = "opencl"});
    assert_int_equal(outcome.status, MM_NO_DEVICE);
    says(outcome.messages, "finds no platform");
    assert_int_equal(run_with((mm_run_options){.paths = 10}).status, MM_OK);
}

/* Files of the cache in the folder of this test; returns how many end so, and the name of one. */
static int cache_files(const char *ending, char name[1024]) {
    char command[256];
    int n = 0;
    snprintf(command, sizeof command, "ls \"$XDG_CACHE_HOME\"/mismatch/*.%s 2>/dev/null", ending);
    FILE *list = popen(command, "r");
    while (fgets(name, 1024, list))
        n++;
    pclose(list);
    name[strcspn(name, "\n")] = '\0';
    return n;
}

static int builds;
static cl_program CL_API_CALL count_sources(cl_context context, cl_uint n, const char **texts, const size_t *sizes,
                                            cl_int *error) {
    builds++;
    return real->clCreateProgramWithSource(context, n, texts, sizes, error);
}

static void spoil(const char *file, long at) {
    FILE *out = fopen(file, "r+");
    assert_non_null(out);
    assert_int_equal(fseek(out, at, SEEK_SET), 0);
    int byte = fgetc(out);
    assert_int_equal(fseek(out, at, SEEK_SET), 0);
    fputc(byte ^ 1, out);
    fclose(out);
}

static void the_cache(void **state) {
    (void)state;
    char binary[1024], key[1024], temporary[1024];
    const mm_run_options options = {.paths = 100, .backend = "opencl"};
    cache_in("one");
    BEND(clCreateProgramWithSource, count_sources);
    builds = 0;
    struct outcome first = run_with(options);
    assert_int_equal(first.status, MM_OK);
    assert_int_equal(builds, 1);
    assert_int_equal(cache_files("bin", binary), 1);
    assert_int_equal(cache_files("key", key), 1);
    assert_string_equal(run_with(options).digest, first.digest);
    assert_int_equal(builds, 1);
    spoil(binary, 1000); /* one byte: compiled anew, and mended */
    assert_string_equal(run_with(options).digest, first.digest);
    assert_int_equal(builds, 2);
    assert_int_equal(truncate(key, 50), 0);
    assert_string_equal(run_with(options).digest, first.digest);
    assert_int_equal(builds, 3);
    assert_string_equal(run_with(options).digest, first.digest);
    assert_int_equal(builds, 3);
    mm_run_options without = options;
    without.no_cache = true;
    assert_int_equal(unlink(binary) + unlink(key), 0);
    assert_string_equal(run_with(without).digest, first.digest);
    assert_int_equal(builds, 4);
    assert_int_equal(cache_files("*", temporary), 0);
    setenv("XDG_CACHE_HOME", "/dev/null/nowhere", 1); /* nothing can be kept, and nothing is said */
    struct outcome outcome = run_with(options);
    assert_string_equal(outcome.digest, first.digest);
    assert_int_equal(builds, 5);
    assert_null(strstr(outcome.messages, "cache"));
}

/* A key's text decides, not its hash alone; and what is marked as tested is this binary. */
static void keys(void **state) {
    (void)state;
    struct cached_program program;
    const unsigned char bytes[] = "some binary", others[] = "other binary";
    cache_in("two");
    assert_false(opencl_cache_load("a\n", &program));
    assert_true(opencl_cache_save("a\n", bytes, sizeof bytes));
    assert_false(opencl_cache_load("b\n", &program));
    assert_true(opencl_cache_load("a\n", &program));
    assert_int_equal(program.size, sizeof bytes);
    assert_memory_equal(program.binary, bytes, sizeof bytes);
    assert_false(program.tested);
    free(program.binary);
    assert_true(opencl_cache_mark_tested("a\n", bytes, sizeof bytes));
    assert_true(opencl_cache_load("a\n", &program));
    assert_true(program.tested);
    free(program.binary);
    assert_true(opencl_cache_save("a\n", others, sizeof others));
    assert_true(opencl_cache_load("a\n", &program));
    assert_false(program.tested);
    free(program.binary);
}

/* Nothing that lets a compiler compute less exactly, for any device. */
static void options_are_strict(void **state) {
    (void)state;
    static const char *const relaxed[] = {"fast",   "relaxed", "mad",    "unsafe", "finite",
                                          "denorm", "signed",  "native", "single"};
    static const int lanes[] = {1, 4, 8, 16};
    for (uint64_t local = 0; local < 1 << 20; local = 2 * local + 1000)
        for (size_t i = 0; i < sizeof lanes / sizeof lanes[0]; i++) {
            char text[128];
            int stride;
            opencl_options(&(mm_device){.local = local}, lanes[i], &stride, text, sizeof text);
            assert_true(strlen(text) < sizeof text - 1);
            assert_int_equal(strncmp(text, "-cl-std=CL1.2 ", 14), 0);
            for (size_t r = 0; r < sizeof relaxed / sizeof relaxed[0]; r++)
                assert_null(strstr(text, relaxed[r]));
            assert_null(strstr(text + 1, "-cl"));
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(options_are_strict, straighten),
        cmocka_unit_test_teardown(keys, straighten),
        cmocka_unit_test_teardown(a_device_fails_and_the_cores_go_on, straighten),
        cmocka_unit_test_teardown(a_device_fails_in_a_study, straighten),
        cmocka_unit_test_teardown(the_only_device_fails, straighten),
        cmocka_unit_test_teardown(the_compiler_fails, straighten),
        cmocka_unit_test_teardown(a_wrong_device_is_refused, straighten),
        cmocka_unit_test_teardown(no_platform, straighten),
        cmocka_unit_test_teardown(the_cache, straighten),
    };
    const char *cache = getenv("XDG_CACHE_HOME");
    snprintf(usual_cache, sizeof usual_cache, "%s", cache ? cache : "");
    if (!scene_has_device()) {
        printf("OpenCL shows no device that can be used\n");
        return 77;
    }
    real = opencl_api(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void) {
    printf("this build has no OpenCL\n");
    return 77;
}

#endif
