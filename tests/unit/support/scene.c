#include "support/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mismatch/devices.h>

#include "host/engine/lanes/lanes.h"

#define ALIGNMENT ((size_t)64)
#define CHUNK UINT64_C(4096) /* paths that one piece of work has */

const char *date(int month) {
    static char texts[64][16];
    static unsigned next;
    char *text = texts[next++ % 64];
    int months = 2030 * 12 + month;
    snprintf(text, sizeof texts[0], "%04d-%02d", months / 12, months % 12 + 1);
    return text;
}

static void told(mm_messages *messages, mm_status status, const char *what) {
    for (size_t i = 0; i < mm_messages_count(messages); i++)
        print_error("%s\n", mm_messages_text(messages, i));
    mm_messages_free(messages);
    if (status != MM_OK)
        fail_msg("%s: status %d", what, (int)status);
}

/* MISMATCH_TEST_SEED, far enough apart that no two tests of different seeds share one: tests/tools/closed_seeds.py */
static uint64_t other_seed(void) {
    const char *text = getenv("MISMATCH_TEST_SEED");
    return text ? 1000 * strtoull(text, NULL, 10) : 0;
}

/* `temporary`: the file is removed once it has been read, before anything can fail. */
static struct scene scene_load(const char *file, const char *const *sets, size_t n_sets, int temporary) {
    struct scene scene = {.seed = 7 + other_seed()};
    mm_messages *messages = mm_messages_new();
    assert_non_null(messages);
    mm_status status = mm_scenario_load(file, NULL, 0, sets, n_sets, &scene.scenario, messages);
    if (temporary)
        unlink(file);
    told(messages, status, file);
    scene.data = scenario_data(scene.scenario);
    scene_series(&scene, 0, NULL);
    return scene;
}

struct scene scene_new(const char *text) {
    char file[] = "/tmp/mismatch-test-XXXXXX.yaml";
    int descriptor = mkstemps(file, 5);
    assert_true(descriptor >= 0);
    FILE *out = fdopen(descriptor, "w");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
    return scene_load(file, NULL, 0, 1);
}

struct scene scene_format(const char *format, ...) {
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    assert_true(length > 0);
    struct scene scene = scene_new(text);
    free(text);
    return scene;
}

struct scene scene_file(const char *name, const char *const *sets, size_t n_sets) {
    char path[1024];
    const char *folder = getenv("SOURCE_DIR");
    snprintf(path, sizeof path, "%s/%s", folder ? folder : ".", name);
    return scene_load(path, sets, n_sets, 0);
}

void scene_free(struct scene *scene) {
    plan_free(scene->plan);
    mm_scenario_free(scene->scenario);
    *scene = (struct scene){0};
}

void scene_series(struct scene *scene, int n, const struct sc_series_ref *refs) {
    const struct plan_extra extra = {n, refs};
    mm_messages *messages = mm_messages_new();
    assert_non_null(messages);
    plan_free(scene->plan);
    scene->plan = NULL;
    mm_status status = plan_build(scene->data, &extra, &scene->plan, messages);
    told(messages, status, "the plan");
}

struct sc_series_ref series_of(enum sc_series series, int firm) {
    return (struct sc_series_ref){series, firm, SC_NONE, SC_NONE, SC_NONE, SC_NONE, SC_NONE};
}

int phase_of(const struct plan *plan, int firm, int region, int generation, int month) {
    const struct mm_phase *phase = PLAN_TABLE(plan, mm_phase, phases);
    for (int j = 0; j < plan->head.n_phases; j++)
        if (phase[j].firm == firm && phase[j].region == region && phase[j].generation == generation &&
            phase[j].month == month)
            return j;
    fail_msg("the plan has no phase of firm %d, region %d, generation %d, month %d", firm, region, generation, month);
    return -1;
}

uint64_t test_paths(void) {
    const char *text = getenv("MISMATCH_TEST_PATHS");
    uint64_t paths = text ? strtoull(text, NULL, 10) : 0;
    return paths > 0 ? paths : 1000000;
}

/* The paths first ... first + n - 1. */
static void visit_chunk(const struct scene *scene, const struct lanes_ops *lanes, void *scratch,
                        const uint64_t range[2], int months, visit_function visit, const void *context, double *sums) {
    const struct group group = {scene->plan, &scene->plan->head, scratch, lanes->width};
    for (uint64_t done = 0; done < range[1]; done += (uint64_t)lanes->width) {
        uint64_t left = range[1] - done;
        int n = left < (uint64_t)lanes->width ? (int)left : lanes->width;
        const struct lanes_job job = {.head = group.head,
                                      .pool = scene->plan->pool,
                                      .scratch = scratch,
                                      .seed = scene->seed,
                                      .first_path = range[0] + done,
                                      .n_valid = (unsigned)n};
        lanes->begin(&job);
        for (int lane = 0; lane < n; lane++)
            visit(&group, lane, -1, sums, context);
        for (int t = 0; t < months; t++) {
            lanes->month(&job, t);
            for (int lane = 0; lane < n; lane++)
                visit(&group, lane, t, sums, context);
        }
    }
}

static void *scratch_new(const struct mm_head *head, int width) {
    size_t bytes = (lanes_scratch_bytes(head, width) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    void *scratch = aligned_alloc(ALIGNMENT, bytes);
    if (scratch)
        memset(scratch, 0xff, bytes); /* nothing may be read that was not written: all NaN */
    return scratch;
}

void visit_paths(const struct scene *scene, uint64_t paths, int months, visit_function visit, const void *context,
                 int n_sums, double *sums) {
    const struct lanes_ops *lanes = lanes_get(lanes_best());
    const int64_t chunks = (int64_t)((paths + CHUNK - 1) / CHUNK);
    double *parts = calloc((size_t)chunks * (size_t)n_sums, sizeof *parts);
    int failed = parts == NULL;
    assert_false(failed);
#pragma omp parallel default(none) shared(scene, lanes, paths, months, visit, context, n_sums, parts, chunks, failed)
    {
        void *scratch = scratch_new(&scene->plan->head, lanes->width);
        if (!scratch) {
#pragma omp atomic write
            failed = 1;
        }
#pragma omp for schedule(dynamic)
        for (int64_t i = 0; i < chunks; i++) {
            const uint64_t first = (uint64_t)i * CHUNK, left = paths - first;
            const uint64_t range[2] = {first, left < CHUNK ? left : CHUNK};
            if (scratch)
                visit_chunk(scene, lanes, scratch, range, months, visit, context, parts + i * n_sums);
        }
        free(scratch);
    }
    for (int s = 0; s < n_sums; s++)
        sums[s] = 0;
    for (int64_t i = 0; i < chunks; i++)
        for (int s = 0; s < n_sums; s++)
            sums[s] += parts[i * n_sums + s];
    free(parts);
    assert_false(failed);
}

struct history history_of(struct scene scene) {
    const struct lanes_ops *lanes = lanes_get(lanes_best());
    struct history history = {scene, &scene.plan->head, lanes->width, NULL};
    const size_t bytes = lanes_scratch_bytes(history.head, lanes->width);
    void *scratch = scratch_new(history.head, lanes->width);
    history.memory = malloc((size_t)history.head->months * bytes);
    if (!scratch || !history.memory) {
        print_error("memory ran out\n");
        abort();
    }
    const struct lanes_job job = {.head = history.head,
                                  .pool = scene.plan->pool,
                                  .scratch = scratch,
                                  .seed = scene.seed,
                                  .n_valid = (unsigned)lanes->width};
    lanes->begin(&job);
    for (int t = 0; t < history.head->months; t++) {
        lanes->month(&job, t);
        memcpy(history.memory + (size_t)t * bytes, scratch, bytes);
    }
    free(scratch);
    return history;
}

void history_free(struct history *history) {
    free(history->memory);
    scene_free(&history->scene);
}

static const unsigned char *history_word(const struct history *history, int month, int offset) {
    assert_true(month >= 0 && month < history->head->months && offset >= 0);
    const size_t bytes = lanes_scratch_bytes(history->head, history->width);
    return history->memory + (size_t)month * bytes + (size_t)offset * (size_t)history->width * sizeof(float);
}

double history_at(const struct history *history, int month, int offset) {
    float value;
    memcpy(&value, history_word(history, month, offset), sizeof value);
    return (double)value;
}

int history_whole_at(const struct history *history, int month, int offset) {
    int32_t value;
    memcpy(&value, history_word(history, month, offset), sizeof value);
    return value;
}

static mm_result *result_of(const struct scene *scene, uint64_t paths) {
    const mm_run_options options = {.paths = paths, .seed = scene->seed, .seed_given = true};
    mm_result *result = NULL;
    mm_messages *messages = mm_messages_new();
    assert_non_null(messages);
    mm_status status = mm_run(scene->scenario, &options, &result, messages);
    told(messages, status, "the run");
    return result;
}

json_t *scene_run(const struct scene *scene, uint64_t paths) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    mm_result *result = result_of(scene, paths);
    assert_int_equal(mm_result_write_json(result, out, false), MM_OK);
    assert_int_equal(fclose(out), 0);
    mm_result_free(result);
    json_error_t error;
    json_t *root = json_loadb(text, size, 0, &error);
    free(text);
    if (!root)
        fail_msg("the result is no JSON: %s", error.text);
    return root;
}

const json_t *json_at(const json_t *root, const char *path) {
    const json_t *node = root;
    for (const char *at = path; node && *at;) {
        char key[128];
        size_t length = strcspn(at, "/");
        assert_true(length > 0 && length < sizeof key);
        memcpy(key, at, length);
        key[length] = 0;
        node = json_is_array(node) ? json_array_get(node, strtoul(key, NULL, 10)) : json_object_get(node, key);
        at += length;
        at += *at == '/';
    }
    if (!node)
        fail_msg("the result has no %s", path);
    return node;
}

double number_at(const json_t *root, const char *path) {
    const json_t *node = json_at(root, path);
    if (!json_is_number(node))
        fail_msg("%s is no number", path);
    return json_number_value(node);
}

double number_in(const json_t *root, const char *path, int index) {
    const json_t *node = json_array_get(json_at(root, path), (size_t)index);
    if (!json_is_number(node))
        fail_msg("%s has no number %d", path, index);
    return json_number_value(node);
}

mm_value scene_value(const struct scene *scene, uint64_t paths, const char *expression) {
    mm_value value;
    mm_result *result = result_of(scene, paths);
    mm_messages *messages = mm_messages_new();
    assert_non_null(messages);
    mm_status status = mm_result_evaluate(result, expression, &value, messages);
    told(messages, status, expression);
    mm_result_free(result);
    return value;
}

mm_status scene_digest(const struct scene *scene, mm_run_options options, char digest[65]) {
    mm_messages *messages = mm_messages_new();
    mm_result *result = NULL;
    options.seed = 7;
    options.seed_given = true;
    mm_status status = mm_run(scene->scenario, &options, &result, messages);
    if (status == MM_NO_DEVICE) {
        mm_messages_free(messages);
        return status;
    }
    told(messages, status, "run");
    snprintf(digest, 65, "%s", mm_result_digest(result));
    mm_result_free(result);
    return status;
}

bool scene_has_device(void) {
    mm_devices *devices = NULL;
    mm_messages *messages = mm_messages_new();
    bool usable = false;
    if (mm_devices_find(&devices, messages) == MM_OK) {
        for (size_t i = 0; i < mm_devices_count(devices); i++)
            usable = usable || mm_devices_get(devices, i)->usable;
        for (size_t i = 0; i < mm_devices_problem_count(devices); i++)
            print_message("%s\n", mm_devices_problem(devices, i));
        mm_devices_free(devices);
    }
    mm_messages_free(messages);
    return usable;
}
