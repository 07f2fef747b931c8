/* How likely is an event, and how does that hang on one value? Runs a configuration in memory at a few settings.
 *
 *   cc spare.c $(pkg-config --cflags --libs mismatch) -o spare
 *   ./spare CONFIG.yaml EXPRESSION KEY VALUE ...
 *   ./spare ai-2026.yaml spare-at-meta-while-short firms.meta.reserve 0 0.1 0.2
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mismatch/result.h>
#include <mismatch/run.h>
#include <mismatch/scenario.h>

/* Called now and then while paths are simulated; the library itself prints nothing. */
static void tell(const mm_progress *progress, void *context) {
    fprintf((FILE *)context, "\r%3.0f %%", 100.0 * (double)progress->done / (double)progress->paths);
}

static mm_status ask(const char *file, const char *expression, const char *setting, mm_messages *messages) {
    const mm_run_options options = {
        .paths = 20000, .seed = 1, .seed_given = true, .progress = tell, .progress_context = stderr};
    mm_scenario *scenario = NULL;
    mm_result *result = NULL;
    mm_value value;
    mm_status status = mm_scenario_load(file, NULL, 0, &setting, 1, &scenario, messages);
    if (status == MM_OK) /* wrong names show before anything is simulated */
        status = mm_expression_check(scenario, expression, messages);
    if (status == MM_OK)
        status = mm_run(scenario, &options, &result, messages);
    if (status == MM_OK)
        status = mm_result_evaluate(result, expression, &value, messages);
    if (status == MM_OK && value.known)
        printf("%s: %.4f, standard error %.4f\n", setting, value.value, value.se);
    else if (status == MM_OK)
        printf("%s: unknown, no path bears on it\n", setting);
    mm_result_free(result);
    mm_scenario_free(scenario);
    return status;
}

int main(int argc, char **argv) {
    mm_status status = MM_OK;
    mm_messages *messages = mm_messages_new();
    if (argc < 5) {
        fprintf(stderr, "usage: spare CONFIG EXPRESSION KEY VALUE ...\n");
        status = MM_USAGE;
    }
    for (int i = 4; i < argc && status == MM_OK; i++) {
        char setting[256];
        snprintf(setting, sizeof setting, "%s=%s", argv[3], argv[i]);
        status = ask(argv[1], argv[2], setting, messages);
    }
    for (size_t i = 0; i < mm_messages_count(messages); i++)
        fprintf(stderr, "%s\n", mm_messages_text(messages, i));
    mm_messages_free(messages);
    return (int)status;
}
