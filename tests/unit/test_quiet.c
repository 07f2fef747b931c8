/* The library says what went wrong by its status and its messages alone: whatever fails, nothing goes to the standard
 * streams, what was to be filled is NULL, and the process lives on. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mismatch/ranks.h>
#include <mismatch/result.h>
#include <mismatch/run.h>
#include <mismatch/store.h>

#include "test_scenario.h"

/* The standard streams go into a file meanwhile. */
struct caught {
    int file, out, err;
};

static struct caught catch_streams(void) {
    fflush(stdout);
    fflush(stderr);
    struct caught caught = {open("said", O_CREAT | O_TRUNC | O_RDWR, 0600), dup(STDOUT_FILENO), dup(STDERR_FILENO)};
    assert_true(caught.file >= 0 && caught.out >= 0 && caught.err >= 0);
    dup2(caught.file, STDOUT_FILENO);
    dup2(caught.file, STDERR_FILENO);
    return caught;
}

/* The bytes that were written to them. */
static long let_go(struct caught caught) {
    struct stat said;
    fflush(stdout);
    fflush(stderr);
    dup2(caught.out, STDOUT_FILENO);
    dup2(caught.err, STDERR_FILENO);
    const int status = fstat(caught.file, &said);
    close(caught.file);
    close(caught.out);
    close(caught.err);
    return status == 0 ? (long)said.st_size : -1;
}

/* What one call gave: its status, whether it left a pointer, and its first message. */
struct given {
    mm_status status;
    bool left;
    char message[512];
};

static struct given given(mm_status status, const void *left, mm_messages *messages) {
    struct given given = {.status = status, .left = left != NULL};
    if (mm_messages_count(messages) > 0)
        snprintf(given.message, sizeof given.message, "%s", mm_messages_text(messages, 0));
    mm_messages_free(messages);
    return given;
}

static struct given load(const char *file, const char *set) {
    mm_scenario *scenario = (mm_scenario *)"";
    mm_messages *messages = mm_messages_new();
    const mm_status status = mm_scenario_load(file, NULL, 0, &set, set != NULL, &scenario, messages);
    return given(status, scenario, messages);
}

static struct given run(const mm_scenario *scenario, const mm_run_options *options) {
    mm_result *result = (mm_result *)"";
    mm_messages *messages = mm_messages_new();
    const mm_status status = mm_run(scenario, options, &result, messages);
    return given(status, result, messages);
}

static struct given read_result(const char *file) {
    mm_result *result = (mm_result *)"";
    mm_messages *messages = mm_messages_new();
    const mm_status status = mm_result_load(file, &result, messages);
    return given(status, result, messages);
}

static struct given open_store(const char *file) {
    mm_store *store = (mm_store *)"";
    mm_messages *messages = mm_messages_new();
    const mm_status status = mm_store_open(file, MM_STORE_READ, &store, messages);
    return given(status, store, messages);
}

static void is(const struct given *given, mm_status status, const char *words) {
    assert_int_equal(given->status, status);
    assert_false(given->left);
    if (strstr(given->message, words) == NULL) /* shows both */
        assert_string_equal(given->message, words);
}

static void test_input_and_output(void **state) {
    (void)state;
    const char *const file = source_file("tests/data/every-key.yaml");
    write_file("no.yaml", "firms: [1, {\n");
    write_file("no.json", "{\"schema_version\": 1, \"run\": {\"paths\": 3}}");
    const struct caught caught = catch_streams();
    const struct given none = load("none.yaml", NULL), broken = load("no.yaml", NULL),
                       key = load(file, "firms.alpha.reserv=0"), value = load(file, "firms.alpha.reserve=7"),
                       folder = load(".", NULL), no_result = read_result("none.json"),
                       bad_result = read_result("no.json"), no_store = open_store("none.db"),
                       bad_store = open_store("no.json");
    assert_int_equal(let_go(caught), 0);
    is(&none, MM_IO, "none.yaml");
    is(&broken, MM_USAGE, "no.yaml:");
    is(&key, MM_USAGE, "did you mean 'reserve'?");
    is(&value, MM_USAGE, "firms.alpha.reserve");
    is(&folder, MM_IO, "directory");
    is(&no_result, MM_IO, "none.json");
    is(&bad_result, MM_USAGE, "no.json");
    is(&no_store, MM_IO, "none.db");
    is(&bad_store, MM_USAGE, "no.json");
}

static void test_runs(void **state) {
    (void)state;
    volatile sig_atomic_t stop = 1;
    const char *const devices[] = {"no-such-device"};
    const mm_run_options many = {.paths = (uint64_t)1 << 50}, lanes = {.paths = 100, .lanes = 3},
                         backend = {.paths = 100, .backend = "cuda"},
                         device = {.paths = 100, .devices = devices, .n_devices = 1},
                         memory = {.paths = 100, .memory = 1000}, stopped = {.paths = 1000000, .stop = &stop},
                         checkpoint = {.paths = 100, .checkpoint = "no.yaml"}, good_run = {.paths = 1000};
    struct loaded loaded = load_with(source_file("tests/data/every-key.yaml"), NULL, 0, NULL, 0);
    mm_result *result = NULL;
    mm_value value;

    write_file("no.yaml", "firms: [1, {\n");
    good(loaded);
    const struct caught caught = catch_streams();
    const struct given too_many = run(loaded.scenario, &many), odd_lanes = run(loaded.scenario, &lanes),
                       no_backend = run(loaded.scenario, &backend), no_device = run(loaded.scenario, &device),
                       no_memory = run(loaded.scenario, &memory), interrupted = run(loaded.scenario, &stopped),
                       no_checkpoint = run(loaded.scenario, &checkpoint);
    const mm_status status = mm_run(loaded.scenario, &good_run, &result, loaded.messages);
    mm_messages *syntax = mm_messages_new(), *name = mm_messages_new(), *place = mm_messages_new();
    const struct given bad_syntax = given(mm_result_evaluate(result, "p(((", &value, syntax), NULL, syntax),
                       bad_name = given(mm_result_evaluate(result, "idle-evr", &value, name), NULL, name),
                       bad_place = given(mm_result_save(result, "none/r.json", false, true, place), NULL, place);
    assert_int_equal(let_go(caught), 0);
    assert_int_equal(status, MM_OK);
    is(&too_many, MM_USAGE, "paths");
    is(&odd_lanes, MM_USAGE, "lanes");
    is(&no_backend, MM_USAGE, "cuda");
    is(&no_device, MM_NO_DEVICE, "no-such-device");
    is(&no_memory, MM_USAGE, "memory");
    is(&interrupted, MM_INTERRUPTED, "");
    is(&no_checkpoint, MM_USAGE, "no.yaml");
    is(&bad_syntax, MM_USAGE, "p(((");
    is(&bad_name, MM_USAGE, "did you mean 'idle-ever'?");
    is(&bad_place, MM_IO, "none/r.json");
    mm_result_free(result);
    unload(loaded);
}

/* Nothing may be freed, too. */
static void test_free_nothing(void **state) {
    (void)state;
    mm_messages_free(NULL);
    mm_result_free(NULL);
    mm_scenario_free(NULL);
    mm_store_close(NULL);
}

/* A process that no MPI launcher started, with MPI or without. */
static void test_one_rank(void **state) {
    (void)state;
    mm_messages *messages = mm_messages_new();
    const struct caught caught = catch_streams();
    const mm_status status = mm_ranks_begin(messages);
    const int count = mm_ranks_count(), own = mm_ranks_own(), served = mm_ranks_serve(messages);
    const bool ended = mm_ranks_end(MM_DEVICE_FAILED);
    assert_int_equal(let_go(caught), 0);
    assert_int_equal(status, MM_OK);
    assert_int_equal(count, 1);
    assert_int_equal(own, 0);
    assert_int_equal(served, MM_OK); /* rank 0 serves nobody */
    assert_true(ended);
    assert_int_equal(mm_messages_count(messages), 0);
    mm_messages_free(messages);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_input_and_output), cmocka_unit_test(test_runs),
                                       cmocka_unit_test(test_free_nothing), cmocka_unit_test(test_one_rank)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
