/* What one further question costs: time and instructions of a path with it, against those without. */
#include "host/study/bench.h"

#include <mismatch/file.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_SECONDS 20.0
enum { KINDS = 3 };

static const struct {
    const char *name, *about, *time, *instructions;
} kinds[KINDS] = {
    {"probability", "a further probability question", "questions.probability", "questions.probability.instructions"},
    {"fan", "a further fan", "questions.fan", "questions.fan.instructions"},
    {"map", "a further mismatch map", "questions.map", "questions.map.instructions"},
};

/* The last event of the configuration that needs no firm to be filled in; NULL: none. */
static const char *plain_event(json_t *events) {
    const char *name, *found = NULL;
    json_t *event;
    json_object_foreach(events, name, event) {
        char *text = json_dumps(event, JSON_ENCODE_ANY);
        if (text && !strstr(text, "$firm") && !strstr(text, "\"event\""))
            found = name;
        free(text);
    }
    return found;
}

static json_t *question(json_t *effective, int kind) {
    const char *event = plain_event(json_object_get(effective, "events"));
    if (kind == 0)
        return event ? json_pack("{s:s, s:{s:s}}", "name", "bench-further", "probability", "event", event) : NULL;
    if (kind == 1)
        return json_pack("{s:s, s:{s:s}}", "name", "bench-further", "fan", "series", "demand");
    return json_pack("{s:s, s:{s:s, s:f, s:i, s:[[s], [s, s], [s, s], [s, s, s]]}}", "name", "bench-further",
                     "coexistence", "series", "idle_share", "at_least", 0.15, "for", 2, "by", "firm", "firm", "region",
                     "firm", "generation", "firm", "region", "generation");
}

/* The effective configuration of the scenario. The caller lets it go. */
static json_t *effective_of(const mm_scenario *scenario) {
    char *text = NULL;
    size_t size = 0;
    json_t *effective = NULL;
    FILE *out = mm_text_stream(&text, &size);
    if (out && mm_scenario_print_json(scenario, out) == MM_OK && fflush(out) == 0) {
        json_t *document = json_loadb(text, size, 0, NULL);
        effective = json_incref(json_object_get(document, "effective"));
        json_decref(document);
    }
    if (out)
        fclose(out);
    free(text);
    return effective;
}

static mm_status further(struct bench_work *work, int kind, mm_scenario **scenario) {
    json_t *effective = effective_of(work->scenario), *added = effective ? question(effective, kind) : NULL;
    json_t *questions = json_object_get(effective, "questions");
    mm_status status = MM_OK;
    *scenario = NULL;
    if (!questions && effective) {
        questions = json_array();
        json_object_set_new(effective, "questions", questions);
    }
    if (added) {
        json_array_append_new(questions, added);
        char *text = json_dumps(effective, JSON_REAL_PRECISION(17));
        status = text ? mm_scenario_from_json(work->options->file, text, strlen(text), scenario, work->messages)
                      : MM_INTERNAL;
        free(text);
    }
    json_decref(effective);
    return status;
}

/* Shares of the time of a path: both run in turn, and each round gives one. */
static mm_status time_further(struct bench_work *work, const mm_scenario *with, double *shares) {
    struct bench_engine base = {0}, more = {0};
    uint64_t n = 0;
    mm_status status = bench_engine_open(&base, work, work->scenario, 1, true);
    if (status == MM_OK)
        status = bench_engine_open(&more, work, with, 1, true);
    if (status == MM_OK)
        status = bench_engine_size(&more, work->seconds, &n, work->messages);
    for (int i = 0; i < work->rounds && status == MM_OK; i++) {
        double without, seconds;
        base.next = more.next;
        status = bench_engine_run(&base, n, &without, work->messages);
        if (status == MM_OK)
            status = bench_engine_run(&more, n, &seconds, work->messages);
        if (status == MM_OK)
            shares[i] = seconds / without - 1;
    }
    bench_engine_close(&base);
    bench_engine_close(&more);
    return status;
}

/* Of the months alone, unless `whole`: no question changes what comes before them. */
static bool instructions_of(struct bench_work *work, const mm_scenario *scenario, bool whole, double *instructions) {
    struct bench_counts *counts = calloc(1, sizeof *counts);
    struct plan *plan = NULL;
    bool counted = counts && plan_build(scenario_data(scenario), NULL, &plan, work->messages) == MM_OK &&
                   bench_count(work, plan, whole, COUNT_SECONDS, counts);
    if (counted)
        *instructions = counts->all;
    plan_free(plan);
    free(counts);
    return counted;
}

mm_status bench_questions(struct bench_work *work) {
    double path = 0, without = 0, shares[BENCH_MOST_ROUNDS];
    bool counted = !work->options->quick && instructions_of(work, work->scenario, true, &path) &&
                   instructions_of(work, work->scenario, false, &without);
    mm_status status = MM_OK;
    for (int kind = 0; kind < KINDS && status == MM_OK; kind++) {
        mm_scenario *with = NULL;
        char about[96];
        double instructions;
        status = further(work, kind, &with);
        if (status == MM_OK && with)
            status = time_further(work, with, shares);
        if (status == MM_OK && with) {
            snprintf(about, sizeof about, "%s, of a path's time", kinds[kind].about);
            bench_add(work, kinds[kind].time, about, "share", BENCH_LESS, shares, work->rounds);
        }
        if (status == MM_OK && with && counted && instructions_of(work, with, false, &instructions)) {
            const double share = (instructions - without) / path;
            snprintf(about, sizeof about, "%s, of its instructions", kinds[kind].about);
            bench_add(work, kinds[kind].instructions, about, "share", BENCH_LESS, &share, 1);
        }
        mm_scenario_free(with);
    }
    return status;
}
