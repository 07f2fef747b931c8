#include "host/study/watch.h"

#include <time.h>

#include "host/report/report.h"
#include "host/scenario/text.h"
#include "host/study/measure.h"

#define SHARE 30             /* a look may take one part in so many of the time */
#define MOST_CELLS (1 << 22) /* of a plan whose estimates are soon worked out */

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static const char *first_probability(const struct sc_scenario *scenario) {
    const json_t *question, *list = json_object_get(scenario->effective, "questions");
    size_t i;
    json_array_foreach(list, i, question) if (json_object_get(question, "probability")) return json_string_value(
        json_object_get(question, "name"));
    return NULL;
}

void watch_begin(struct watch *watch, const struct sc_scenario *scenario, const mm_run_options *options) {
    *watch = (struct watch){.scenario = scenario};
    if (options->watch)
        watch->expression = options->n_asked ? options->asked[0] : first_probability(scenario);
}

bool watch_waits(const struct watch *watch) {
    return watch->expression && watch->looked <= 0;
}

void watch_look(struct watch *watch, const struct plan *plan, const struct tallies *tallies, uint64_t paths) {
    const double began = now();
    if (plan_counts(plan) + plan_sums(plan) > MOST_CELLS)
        watch->expression = NULL;
    if (!watch->expression || paths == 0 || began - watch->looked < SHARE * watch->cost)
        return;
    locale_t before = text_plain();
    mm_messages *unheard = mm_messages_new();
    json_t *document = measure_document(watch->scenario, plan, tallies, paths);
    if (!document || report_evaluate(document, watch->expression, &watch->value, unheard) != MM_OK)
        watch->expression = NULL;
    json_decref(document);
    mm_messages_free(unheard);
    text_restore(before);
    watch->looked = now();
    watch->cost = watch->looked - began;
}
