/* A configuration. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mm_messages *messages = mm_messages_new();
    mm_scenario *scenario = NULL;
    fuzz_judge(mm_scenario_load(fuzz_file(".yaml", data, size), NULL, 0, NULL, 0, &scenario, messages), scenario,
               messages);
    return 0;
}
