/* When `auto` may leave OpenCL alone: folders that stand for /etc/OpenCL/vendors and /dev. */
#include "support/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/engine/gpus.h"

static const char *const variables[] = {"OCL_ICD_VENDORS",    "OCL_ICD_FILENAMES",    "OCL_ICD_ASSUME_ICD_EXTENSION",
                                        "OPENCL_VENDOR_PATH", "POCL_DEVICES",         "LD_LIBRARY_PATH",
                                        "LD_PRELOAD",         "OCL_ICD_PLATFORM_SORT"};
#define N_VARIABLES (sizeof variables / sizeof variables[0])

static void put(const char *file, const char *text) {
    FILE *out = fopen(file, "w");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    fclose(out);
}

/* A machine with PoCL and nothing else. */
static int lay_out(void **state) {
    (void)state;
    for (size_t i = 0; i < N_VARIABLES; i++)
        unsetenv(variables[i]);
    mkdir("vendors", 0700);
    mkdir("dev", 0700);
    put("vendors/pocl.icd", "libpocl.so.2.10.0\n");
    put("dev/null", "");
    put("dev/tty", "");
    return 0;
}

static void pocl_alone(void **state) {
    (void)state;
    assert_false(gpus_possible("vendors", "dev"));
    put("vendors/pocl.icd", "/usr/lib/somewhere/libpocl.so.2\n");
    assert_false(gpus_possible("vendors", "dev"));
}

static void a_gpu_s_file(void **state) {
    (void)state;
    static const char *const files[] = {"dev/nvidiactl", "dev/nvidia0", "dev/kfd", "dev/dri", "dev/dxg", "dev/mali0"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        put(files[i], "");
        assert_true(gpus_possible("vendors", "dev"));
        assert_int_equal(unlink(files[i]), 0);
        assert_false(gpus_possible("vendors", "dev"));
    }
}

static void another_driver(void **state) {
    (void)state;
    put("vendors/other.icd", "libnvidia-opencl.so.1\n");
    assert_true(gpus_possible("vendors", "dev"));
    put("vendors/other.icd", "");
    assert_true(gpus_possible("vendors", "dev"));
    assert_int_equal(unlink("vendors/other.icd"), 0);
    put("vendors/pocl.icd", "libpocl-of-somebody/libgpu.so\n");
    assert_true(gpus_possible("vendors", "dev"));
    assert_int_equal(unlink("vendors/pocl.icd"), 0); /* the loader may know another folder */
    assert_true(gpus_possible("vendors", "dev"));
    assert_true(gpus_possible("no-such-folder", "dev"));
}

static void who_can_t_look(void **state) {
    (void)state;
    assert_true(gpus_possible("vendors", "no-such-folder"));
}

static void told_otherwise(void **state) {
    (void)state;
    for (size_t i = 0; i < N_VARIABLES; i++) {
        setenv(variables[i], "something", 1);
        assert_true(gpus_possible("vendors", "dev"));
        unsetenv(variables[i]);
        assert_false(gpus_possible("vendors", "dev"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(pocl_alone, lay_out),     cmocka_unit_test_setup(a_gpu_s_file, lay_out),
        cmocka_unit_test_setup(another_driver, lay_out), cmocka_unit_test_setup(who_can_t_look, lay_out),
        cmocka_unit_test_setup(told_otherwise, lay_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
