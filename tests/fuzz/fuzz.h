/* What the fuzz targets share: a file for what the fuzzer made up, and a scenario to try it on. */
#ifndef TEST_FUZZ_H
#define TEST_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mismatch/result.h>
#include <mismatch/run.h>
#include <mismatch/scenario.h>
#include <mismatch/store.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Puts the bytes into a file of this process in the current folder, and returns its name. */
static inline const char *fuzz_file(const char *ending, const uint8_t *data, size_t size) {
    static char name[64];
    snprintf(name, sizeof name, "input%s", ending);
    FILE *file = fopen(name, "wb");
    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0) {
        abort();
    }
    return name;
}

/* The configuration with every key, made once. */
static inline const char *fuzz_base_file(void) {
    static char name[1024];
    const char *folder = getenv("SOURCE_DIR");
    snprintf(name, sizeof name, "%s/tests/data/every-key.yaml", folder != NULL ? folder : ".");
    return name;
}

static inline mm_scenario *fuzz_base(void) {
    static mm_scenario *base;
    if (base == NULL) {
        mm_messages *messages = mm_messages_new();
        if (mm_scenario_load(fuzz_base_file(), NULL, 0, NULL, 0, &base, messages) != MM_OK) {
            abort();
        }
        mm_messages_free(messages);
    }
    return base;
}

/* A wrong input is to have a message, and a right one to be printed and freed. */
static inline void fuzz_judge(mm_status status, mm_scenario *scenario, mm_messages *messages) {
    if ((status == MM_OK) != (scenario != NULL) || (status != MM_OK && mm_messages_count(messages) == 0)) {
        abort();
    }
    for (size_t i = 0; i < mm_messages_count(messages); i++) {
        if (strlen(mm_messages_text(messages, i)) == 0) {
            abort();
        }
    }
    if (scenario != NULL) {
        FILE *nowhere = fopen("/dev/null", "w");
        if (nowhere == NULL || mm_scenario_print(scenario, nowhere) != MM_OK || fclose(nowhere) != 0) {
            abort();
        }
    }
    mm_scenario_free(scenario);
    mm_messages_free(messages);
}

#endif
