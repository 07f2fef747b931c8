/* A result: read, shown, asked, and added to itself. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mm_messages *messages = mm_messages_new();
    mm_result *result = NULL, *merged = NULL;
    const mm_status status = mm_result_load(fuzz_file(".json", data, size), &result, messages);
    if ((status == MM_OK) != (result != NULL) || (status != MM_OK && mm_messages_count(messages) == 0)) {
        abort();
    }
    if (result != NULL) {
        const mm_text_style style = {.width = 100, .verbosity = 1};
        mm_run_origin origin;
        mm_value value;
        FILE *nowhere = fopen("/dev/null", "w");
        if (nowhere == NULL) {
            abort();
        }
        mm_result_write_text(result, &style, nowhere);
        mm_result_write_csv(result, nowhere);
        mm_result_write_json(result, nowhere, true);
        fclose(nowhere);
        mm_result_evaluate(result, "idle-ever", &value, messages);
        mm_result_origin(result, &origin);
        mm_result_merge((mm_result *[]){result, result}, 2, &merged, messages);
    }
    mm_result_free(merged);
    mm_result_free(result);
    mm_messages_free(messages);
    return 0;
}
