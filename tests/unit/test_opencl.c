/* The OpenCL backend counts what the OpenMP backend counts, to the last bit. Skipped where OpenCL shows no device that
 * can be used. */
#include "support/random_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mismatch/devices.h>

#define RANDOM_SCENES 20

static void run_digest(const struct scene *scene, mm_run_options options, char digest[65]) {
    assert_int_equal(scene_digest(scene, options, digest), MM_OK);
}

/* Both backends with the same options. */
static void same_bits(const struct scene *scene, mm_run_options options) {
    char cores[65], device[65];
    mm_run_options openmp = {.paths = options.paths, .first_path = options.first_path, .backend = "openmp"};
    run_digest(scene, openmp, cores);
    options.backend = "opencl";
    run_digest(scene, options, device);
    assert_string_equal(device, cores);
}

static void every_key(void **state) {
    (void)state;
    struct scene scene = scene_file("tests/data/every-key.yaml", NULL, 0);
    same_bits(&scene, (mm_run_options){.paths = test_paths() / 100 + 7});
    scene_free(&scene);
}

static void baseline(void **state) {
    (void)state;
    struct scene scene = scene_file("configs/ai-2026.yaml", NULL, 0);
    same_bits(&scene, (mm_run_options){.paths = test_paths() / 200 + 7});
    scene_free(&scene);
}

static void random_scenes(void **state) {
    (void)state;
    for (unsigned i = 0; i < RANDOM_SCENES; i++) {
        struct scene scene = random_scene(i);
        same_bits(&scene, (mm_run_options){.paths = test_paths() / 2000 + i});
        scene_free(&scene);
    }
}

/* Fewer paths than lanes, one more than a lane group, and so on; batches that cut lane groups; the last path numbers.
 */
static void awkward_sizes(void **state) {
    (void)state;
    static const uint64_t sizes[] = {1, 7, 16, 17, 49, 333};
    const uint64_t last = UINT64_C(1) << 40;
    struct scene scene = scene_file("tests/data/every-key.yaml", NULL, 0);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        same_bits(&scene, (mm_run_options){.paths = sizes[i], .first_path = last - sizes[i]});
        same_bits(&scene, (mm_run_options){.paths = sizes[i], .first_path = (UINT64_C(1) << 32) - 3});
        same_bits(&scene, (mm_run_options){.paths = sizes[i], .batch = 5});
    }
    scene_free(&scene);
}

/* The form for GPUs: a path for each work-item, tallies that all share, rows gathered in local memory. */
static void single_lanes(void **state) {
    (void)state;
    struct scene scene = scene_file("tests/data/every-key.yaml", NULL, 0);
    static const uint64_t sizes[] = {1, 7, 49, 65, 1500};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        same_bits(&scene, (mm_run_options){.paths = sizes[i], .lanes = 1});
    scene_free(&scene);
    for (unsigned i = 0; i < 4; i++) {
        scene = random_scene(i);
        same_bits(&scene, (mm_run_options){.paths = 200 + i, .lanes = 1});
        scene_free(&scene);
    }
}

/* The forms for CPUs, also those that this one would not choose, or whose lanes its own kernels can't have. */
static void wide_lanes(void **state) {
    (void)state;
    static const int widths[] = {4, 8, 16};
    struct scene scene = scene_file("tests/data/every-key.yaml", NULL, 0);
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++)
        same_bits(&scene, (mm_run_options){.paths = 203, .lanes = widths[i]});
    scene_free(&scene);
}

/* A device and the cores at once. */
static void together(void **state) {
    (void)state;
    static const char *const devices[] = {"0", "openmp"};
    struct scene scene = scene_file("tests/data/every-key.yaml", NULL, 0);
    same_bits(&scene, (mm_run_options){.paths = test_paths() / 50 + 3, .devices = devices, .n_devices = 2});
    scene_free(&scene);
}

/* More paths than one copy of the tallies can take, when the test runs in full. */
static void many_paths(void **state) {
    (void)state;
    struct scene scene = scene_file("tests/data/every-key.yaml", NULL, 0);
    same_bits(&scene, (mm_run_options){.paths = test_paths() / 3 + 1, .batch = test_paths()});
    scene_free(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key),     cmocka_unit_test(baseline),     cmocka_unit_test(random_scenes),
        cmocka_unit_test(awkward_sizes), cmocka_unit_test(single_lanes), cmocka_unit_test(wide_lanes),
        cmocka_unit_test(together),      cmocka_unit_test(many_paths),
    };
    if (!scene_has_device()) {
        printf("OpenCL shows no device that can be used\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
