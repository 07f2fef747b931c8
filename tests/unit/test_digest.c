/* The same bits for any number of threads, any lane width, any batch size, and for pieces that are merged. */
#include "support/closed.h"
#include "support/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/engine/lanes/lanes.h"

/* 64 hex digits of a run; an empty text where this machine has no such lanes. */
static void run_digest(const struct scene *scene, mm_run_options options, char digest[65]) {
    if (scene_digest(scene, options, digest) != MM_NO_DEVICE)
        return;
    digest[0] = '\0';
}

/* Every lane width with every batch size; the threads go round. */
static void check_matrix(struct scene scene, uint64_t paths) {
    static const int threads[] = {1, 2, 7}, lanes[] = {1, 4, 8, 16};
    const uint64_t few = paths / 10 + 1; /* batches of one path are many batches */
    const struct { uint64_t batch, paths; } batches[] = {{0, paths}, {137, paths}, {paths, paths}, {1, few}};
    char all_paths[65], few_paths[65], digest[65];
    run_digest(&scene, (mm_run_options){.paths = paths, .threads = 1, .lanes = 1}, all_paths);
    run_digest(&scene, (mm_run_options){.paths = few, .threads = 1, .lanes = 1}, few_paths);
    for (size_t l = 0; l < 4; l++) {
        if (!lanes_get(lanes[l]))
            print_message("no %d lanes on this machine\n", lanes[l]);
        for (size_t i = 0; i < 4 && lanes_get(lanes[l]); i++) {
            mm_run_options options = {.paths = batches[i].paths,
                                      .batch = batches[i].batch,
                                      .threads = threads[(i + l) % 3],
                                      .lanes = lanes[l]};
            run_digest(&scene, options, digest);
            assert_string_equal(digest, batches[i].batch == 1 ? few_paths : all_paths);
        }
    }
    scene_free(&scene);
}

static void every_key(void **state) {
    (void)state;
    check_matrix(scene_file("tests/data/every-key.yaml", NULL, 0), test_paths() / 1000 + 203);
}

static void baseline(void **state) {
    (void)state;
    check_matrix(scene_file("configs/ai-2026.yaml", NULL, 0), test_paths() / 5000 + 53);
}

/* More paths than one thread's tallies can take at once, when the test runs in full. */
static void many_paths(void **state) {
    (void)state;
    struct scene scene = scene_file("tests/data/every-key.yaml", NULL, 0);
    uint64_t paths = test_paths() / 3 + 1;
    char one[65], two[65], whole[65];
    run_digest(&scene, (mm_run_options){.paths = paths, .threads = 1, .batch = paths}, one);
    run_digest(&scene, (mm_run_options){.paths = paths, .threads = 2, .batch = paths}, whole);
    run_digest(&scene, (mm_run_options){.paths = paths, .threads = 2}, two);
    assert_string_equal(one, two);
    assert_string_equal(one, whole);
    scene_free(&scene);
}

static mm_result *piece(const struct scene *scene, uint64_t first, uint64_t n) {
    mm_result *result = NULL;
    mm_messages *messages = mm_messages_new();
    mm_run_options options = {.first_path = first, .paths = n, .seed = 7, .seed_given = true};
    assert_int_equal(mm_run(scene->scenario, &options, &result, messages), MM_OK);
    mm_messages_free(messages);
    return result;
}

static void pieces(void **state) {
    (void)state;
    struct scene scene = scene_file("tests/data/every-key.yaml", NULL, 0);
    uint64_t paths = test_paths() / 100 + 31, cut = paths / 3;
    mm_messages *messages = mm_messages_new();
    mm_result *results[3] = {piece(&scene, cut, 1), piece(&scene, cut + 1, paths - cut - 1), piece(&scene, 0, cut)};
    mm_result *whole = piece(&scene, 0, paths), *merged = NULL;
    assert_int_equal(mm_result_merge(results, 3, &merged, messages), MM_OK);
    assert_string_equal(mm_result_digest(merged), mm_result_digest(whole));
    /* other paths, other bits */
    assert_string_not_equal(mm_result_digest(results[0]), mm_result_digest(whole));
    mm_result *twice[2] = {whole, results[0]}, *none = NULL;
    assert_int_equal(mm_result_merge(twice, 2, &none, messages), MM_USAGE);
    assert_null(none);
    for (size_t i = 0; i < 3; i++)
        mm_result_free(results[i]);
    mm_result_free(whole);
    mm_result_free(merged);
    mm_messages_free(messages);
    scene_free(&scene);
}

/* The first path of a batch, and the last of all path numbers. */
static void far_paths(void **state) {
    (void)state;
    struct scene scene = scene_file("tests/data/every-key.yaml", NULL, 0);
    uint64_t last = (UINT64_C(1) << 40) - 100;
    char one[65], other[65];
    run_digest(&scene, (mm_run_options){.first_path = last, .paths = 100, .lanes = 1}, one);
    run_digest(&scene, (mm_run_options){.first_path = last, .paths = 100}, other);
    assert_string_equal(one, other);
    mm_messages *messages = mm_messages_new();
    mm_result *none = NULL;
    mm_run_options beyond = {.first_path = last, .paths = 101};
    assert_int_equal(mm_run(scene.scenario, &beyond, &none, messages), MM_USAGE);
    assert_null(none);
    mm_messages_free(messages);
    scene_free(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key), cmocka_unit_test(baseline),  cmocka_unit_test(many_paths),
        cmocka_unit_test(pieces),    cmocka_unit_test(far_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
