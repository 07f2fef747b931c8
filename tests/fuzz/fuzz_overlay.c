/* An overlay over the configuration with every key. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mm_messages *messages = mm_messages_new();
    mm_scenario *scenario = NULL;
    const char *overlay = fuzz_file(".yaml", data, size);
    fuzz_judge(mm_scenario_load(fuzz_base_file(), &overlay, 1, NULL, 0, &scenario, messages), scenario, messages);
    return 0;
}
