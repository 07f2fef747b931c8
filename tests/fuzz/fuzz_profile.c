/* The CSV file of a profile. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *const set = "firms.alpha.profile=input.csv";
    mm_messages *messages = mm_messages_new();
    mm_scenario *scenario = NULL;
    fuzz_file(".csv", data, size);
    fuzz_judge(mm_scenario_load(fuzz_base_file(), NULL, 0, &set, 1, &scenario, messages), scenario, messages);
    return 0;
}
