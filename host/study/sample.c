/* Series of single paths, month by month: the kernels' own values, from the same steps as inside a run. */
#include <mismatch/run.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/engine/lanes/lanes.h"
#include "host/scenario/scenario_data.h"
#include "host/study/series.h"
#include "host/study/setup.h"

struct sample {
    const struct sc_scenario *scenario;
    struct series_list series;
    struct setup setup;
    struct plan *plan;
    const struct lanes_ops *lanes;
    float *scratch;
    float *values; /* [months][series][width] of one group */
};

/* The fewest digits that read back as the same single-precision number. */
static void write_number(FILE *out, float value) {
    char text[32];
    for (int digits = 6; digits <= 9; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, (double)value);
        float back = strtof(text, NULL);
        if (back <= value && back >= value)
            break;
    }
    char *comma = strchr(text, ',');
    if (comma)
        *comma = '.';
    fprintf(out, ",%s", text);
}

static void write_month(FILE *out, const struct sc_scenario *scenario, int month) {
    char text[SCENARIO_DATE];
    scenario_month(scenario, month, text);
    fprintf(out, ",%s", text);
}

static void write_path(FILE *out, const struct sample *sample, uint64_t path, size_t lane) {
    size_t n = (size_t)sample->series.n, width = (size_t)sample->lanes->width;
    for (int t = 0; t < sample->scenario->months; t++) {
        fprintf(out, "%" PRIu64, path);
        write_month(out, sample->scenario, t);
        for (size_t i = 0; i < n; i++)
            write_number(out, sample->values[((size_t)t * n + i) * width + lane]);
        fputc('\n', out);
    }
}

/* One group of lanes through all months. */
static void step_group(const struct sample *sample, uint64_t first_path, unsigned n_valid) {
    const struct mm_head *head = &sample->plan->head;
    struct lanes_job job = {.head = head,
                            .pool = sample->plan->pool,
                            .scratch = sample->scratch,
                            .seed = sample->setup.engine.seed,
                            .first_path = first_path,
                            .n_valid = n_valid};
    size_t width = (size_t)sample->lanes->width, month = (size_t)sample->series.n * width;
    sample->lanes->begin(&job);
    for (int t = 0; t < head->months; t++) {
        sample->lanes->month(&job, t);
        memcpy(sample->values + (size_t)t * month, sample->scratch + (size_t)head->s_slot * width,
               month * sizeof(float));
    }
}

static void write_paths(const struct sample *sample, FILE *out) {
    uint64_t width = (uint64_t)sample->lanes->width;
    fputs("path,month", out);
    for (int i = 0; i < sample->series.n; i++)
        fprintf(out, ",%s", sample->series.texts[i]);
    fputc('\n', out);
    for (uint64_t from = 0; from < sample->setup.paths && !ferror(out); from += width) {
        uint64_t left = sample->setup.paths - from, n = left < width ? left : width, first = sample->setup.first_path;
        step_group(sample, first + from, (unsigned)n);
        for (uint64_t lane = 0; lane < n; lane++)
            write_path(out, sample, first + from + lane, (size_t)lane);
    }
}

static mm_status get_memory(struct sample *sample, mm_messages *messages) {
    size_t width = (size_t)sample->lanes->width, bytes, one = (size_t)sample->series.n * width * sizeof(float);
    if (!__builtin_mul_overflow(one, (size_t)sample->scenario->months, &bytes)) {
        size_t scratch = lanes_scratch_bytes(&sample->plan->head, sample->lanes->width);
        sample->scratch = aligned_alloc(64, (scratch + 63) / 64 * 64);
        sample->values = malloc(bytes);
    }
    if (sample->scratch && sample->values) {
        memset(sample->scratch, 0, lanes_scratch_bytes(&sample->plan->head, sample->lanes->width));
        return MM_OK;
    }
    mm_messages_add(messages, "memory ran out");
    return MM_INTERNAL;
}

mm_status mm_sample_paths(const mm_scenario *scenario, const mm_run_options *options, uint64_t n_paths,
                          const char *series, FILE *out, mm_messages *messages) {
    mm_run_options sampled = options ? *options : (mm_run_options){0};
    sampled.paths = n_paths;
    struct sample sample = {.scenario = scenario_data(scenario)};
    if (n_paths == 0) {
        mm_messages_add(messages, "0 paths can't be sampled");
        return MM_USAGE;
    }
    mm_status status = setup_read(&sampled, &sample.setup, messages);
    if (status == MM_OK)
        status = series_parse(sample.scenario, series, &sample.series, messages);
    if (status == MM_OK) {
        struct plan_extra extra = {.n = sample.series.n, .refs = sample.series.refs};
        status = plan_build(sample.scenario, &extra, &sample.plan, messages);
    }
    if (status == MM_OK) {
        sample.lanes = lanes_get(sample.setup.engine.lanes);
        status = get_memory(&sample, messages);
    }
    if (status == MM_OK) {
        write_paths(&sample, out);
        status = ferror(out) ? MM_IO : MM_OK;
    }
    free(sample.scratch);
    free(sample.values);
    plan_free(sample.plan);
    series_free(&sample.series);
    return status;
}
