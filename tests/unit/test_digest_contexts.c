/* Several threads, each with objects of its own, at once. */
#include <gsl/gsl_errno.h>
#include <pthread.h>
#include <string.h>

#include <mismatch/result.h>
#include <mismatch/run.h>

#include "test_scenario.h"

#include "host/study/gsl_errors.h"

#define THREADS 4

static void own_handler(const char *reason, const char *file, int line, int number) {
    fail_msg("%s:%d: %s (%d)", file, line, reason, number);
}

struct work {
    pthread_barrier_t *start; /* so that they do run at once; NULL: alone */
    const char *file, *set;
    char digest[65], text[8192];
    double value;
};

static void *work(void *context) {
    struct work *const own = context;
    mm_messages *messages = mm_messages_new();
    mm_scenario *scenario = NULL;
    mm_result *result = NULL;
    mm_value value = {0};
    FILE *out = fmemopen(own->text, sizeof own->text, "w");
    const mm_text_style style = {.width = 80, .verbosity = -1};
    const mm_run_options options = {.paths = 3000, .threads = 2};

    if (own->start != NULL) {
        pthread_barrier_wait(own->start);
    }
    if (out != NULL && mm_scenario_load(own->file, NULL, 0, &own->set, 1, &scenario, messages) == MM_OK &&
        mm_run(scenario, &options, &result, messages) == MM_OK &&
        mm_result_evaluate(result, "idle-ever", &value, messages) == MM_OK &&
        mm_result_write_text(result, &style, out) == MM_OK) {
        memcpy(own->digest, mm_result_digest(result), sizeof own->digest);
        own->value = value.value;
    }
    if (out != NULL) {
        fclose(out);
    }
    mm_result_free(result);
    mm_scenario_free(scenario);
    mm_messages_free(messages);
    return NULL;
}

static void test_threads_do_not_meet(void **state) {
    (void)state;
    static const char *const sets[] = {"firms.alpha.reserve=0", "firms.alpha.reserve=0.4"};
    static struct work alone[2], together[THREADS];
    pthread_t threads[THREADS];
    pthread_barrier_t start;
    char *file = strdup(source_file("tests/data/every-key.yaml"));

    for (int i = 0; i < 2; i++) {
        alone[i] = (struct work){.file = file, .set = sets[i]};
        work(&alone[i]);
        assert_int_equal(strlen(alone[i].digest), 64);
    }
    assert_string_not_equal(alone[0].digest, alone[1].digest);
    assert_int_equal(pthread_barrier_init(&start, NULL, THREADS), 0);
    for (int i = 0; i < THREADS; i++) {
        together[i] = (struct work){.start = &start, .file = file, .set = sets[i % 2]};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &together[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_string_equal(together[i].digest, alone[i % 2].digest);
        assert_string_equal(together[i].text, alone[i % 2].text);
        assert_true(together[i].value == alone[i % 2].value);
    }
    pthread_barrier_destroy(&start);
    free(file);
}

/* One handler of GSL's for all: it is off while anybody needs that, and then what it was. */
static void test_gsl(void **state) {
    (void)state;
    gsl_error_handler_t *const before = gsl_set_error_handler(own_handler);
    gsl_error_handler_t *off, *now;

    gsl_errors_quiet();
    gsl_errors_quiet();
    gsl_errors_loud(); /* one has ended, the other goes on */
    off = gsl_set_error_handler(NULL);
    gsl_set_error_handler(off);
    assert_true(off != own_handler && off != NULL);
    gsl_errors_loud();
    now = gsl_set_error_handler(before);
    assert_true(now == own_handler);
}

/* The short way is the long one with the defaults. */
static void test_simple(void **state) {
    (void)state;
    struct loaded loaded = load_with(source_file("tests/data/every-key.yaml"), NULL, 0, NULL, 0);
    const mm_run_options options = {.paths = 500, .seed = 9, .seed_given = true};
    mm_result *a = NULL, *b = NULL;

    assert_int_equal(loaded.status, MM_OK);
    assert_int_equal(mm_run(loaded.scenario, &options, &a, loaded.messages), MM_OK);
    assert_int_equal(mm_run_simple(loaded.scenario, 500, 9, &b, loaded.messages), MM_OK);
    assert_string_equal(mm_result_digest(a), mm_result_digest(b));
    mm_result_free(a);
    mm_result_free(b);
    mm_scenario_free(loaded.scenario);
    mm_messages_free(loaded.messages);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_threads_do_not_meet), cmocka_unit_test(test_gsl),
                                       cmocka_unit_test(test_simple)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
