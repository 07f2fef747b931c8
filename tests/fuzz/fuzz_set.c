/* Settings, one a line, on the configuration with every key; the last line is an expression about it. */
#include "fuzz.h"

#define SETTINGS 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    const char *sets[SETTINGS];
    size_t n = 0;
    if (text == NULL) {
        return 0;
    }
    memcpy(text, data, size);
    text[size] = '\0';
    for (char *rest = text, *line; n < SETTINGS && (line = strsep(&rest, "\n")) != NULL;) {
        sets[n++] = line;
    }
    mm_messages *messages = mm_messages_new(), *about = mm_messages_new();
    mm_scenario *scenario = NULL;
    if (n > 0 && mm_expression_check(fuzz_base(), sets[n - 1], about) != MM_OK && mm_messages_count(about) == 0) {
        abort();
    }
    mm_messages_free(about);
    fuzz_judge(mm_scenario_vary(fuzz_base(), sets, n, &scenario, messages), scenario, messages);
    free(text);
    return 0;
}
