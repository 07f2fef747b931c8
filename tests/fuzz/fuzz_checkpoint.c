/* A checkpoint, from which a small run is to go on. With SEED=FILE in the environment a good one is written there. */
#include "fuzz.h"

#include <signal.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    if (getenv("SEED") != NULL) {
        volatile sig_atomic_t stop = 1;
        const mm_run_options options = {.paths = 64, .threads = 1, .stop = &stop, .checkpoint = getenv("SEED")};
        mm_messages *messages = mm_messages_new();
        mm_result *result = NULL;
        const mm_status status = mm_run(fuzz_base(), &options, &result, messages);
        mm_messages_free(messages);
        exit(status == MM_INTERRUPTED ? 0 : 1);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    volatile sig_atomic_t stop = 1; /* nothing is to be simulated */
    const mm_run_options options = {
        .paths = 64, .threads = 1, .stop = &stop, .checkpoint = fuzz_file(".checkpoint", data, size)};
    mm_messages *messages = mm_messages_new();
    mm_result *result = NULL;
    const mm_status status = mm_run(fuzz_base(), &options, &result, messages);
    if (status != MM_INTERRUPTED && status != MM_OK && mm_messages_count(messages) == 0) {
        abort();
    }
    mm_result_free(result);
    mm_messages_free(messages);
    return 0;
}
