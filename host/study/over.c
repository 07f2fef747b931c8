/* What the inputs leave open: all ranges drawn again and again. */
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/scenario/scenario_data.h"
#include "host/store/json_text.h"
#include "host/store/store.h"
#include "host/study/gsl_errors.h"
#include "host/study/headlines.h"
#include "host/study/measure.h"
#include "host/study/pace.h"
#include "host/study/spread.h"
#include "host/study/study.h"

#define DEFAULT_DRAWS 100
#define LEAST_DRAWS 20
#define MOST_DRAWS 100000
#define DEFAULT_PATHS 20000

struct drawing {
    const struct sc_scenario *scenario;
    uint64_t draws, failed, clipped;
    struct problem_sample sample;
    struct headlines asked;
    const char **keys; /* [spread.n] */
    struct spread spread;
    struct spread_points *points;
    struct problem *problem;
    struct keeping keeping;
    struct pace pace;
    double *u, *z, *x; /* [spread.n] */
    double *values;    /* [asked.n][draws]; NAN: unknown */
};

static mm_status check(const struct drawing *d, mm_messages *messages) {
    if (d->scenario->n_ranges == 0) {
        mm_messages_add(messages, "%s has no `ranges` to draw from", d->scenario->file);
        return MM_USAGE;
    }
    if (d->draws < LEAST_DRAWS || d->draws > MOST_DRAWS) {
        mm_messages_add(messages, "%d to %d draws are allowed: fewer have no 5 %% point", LEAST_DRAWS, MOST_DRAWS);
        return MM_USAGE;
    }
    return MM_OK;
}

static mm_status prepare(struct drawing *d, const mm_scenario *scenario, const mm_run_options *run,
                         mm_messages *messages) {
    const struct sc_scenario *s = d->scenario;
    size_t n = (size_t)s->n_ranges;
    mm_status status = headlines_of(scenario, false, &d->asked, messages);
    if (status == MM_OK && d->asked.n == 0) {
        mm_messages_add(messages, "%s asks nothing", s->file);
        status = MM_USAGE;
    }
    if (status != MM_OK)
        return status;
    d->keys = calloc(n, sizeof *d->keys);
    d->u = calloc(3 * n, sizeof *d->u);
    d->values = calloc(d->asked.n * d->draws, sizeof *d->values);
    d->points = spread_points_open(n);
    if (!d->keys || !d->u || !d->values || !d->points ||
        !spread_open(&d->spread, s->ranges, n, s->correlations, (size_t)s->n_correlations))
        return store_no_memory(messages);
    d->z = d->u + n;
    d->x = d->z + n;
    for (size_t i = 0; i < n; i++)
        d->keys[i] = s->ranges[i].key;
    pace_begin(&d->pace, run, d->draws);
    status = problem_of_runs(scenario, d->keys, n, (const char *const *)d->asked.texts, d->asked.n, &d->pace.inner,
                             &d->problem, messages);
    if (status == MM_OK)
        status = journal_open(run->checkpoint, &d->keeping.journal, messages);
    if (status == MM_OK)
        problem_of_runs_keep(d->problem, &d->keeping);
    return status;
}

/* The next draw of the sequence. A failed one leaves its message only if it is the first. */
static mm_status draw(struct drawing *d, uint64_t k, struct problem_point *point, mm_messages *messages) {
    mm_messages *own = mm_messages_new();
    spread_points_next(d->points, d->u);
    spread_normals(&d->spread, d->u, d->z);
    for (size_t i = 0; i < d->spread.n; i++) {
        bool clipped;
        d->x[i] = spread_value(&d->spread, i, d->z[i], &clipped);
        d->clipped += clipped;
    }
    mm_status status = problem_evaluate(d->problem, d->x, &d->sample, point, own);
    for (size_t i = 0; i < d->asked.n; i++)
        d->values[i * d->draws + k] = status == MM_OK && point->answers[i].known ? point->answers[i].value : NAN;
    if (status == MM_USAGE && d->failed++ == 0)
        mm_messages_add(messages, "draw %llu: %s", (unsigned long long)k + 1, mm_messages_text(own, 0));
    else if (status != MM_OK && status != MM_USAGE && mm_messages_count(own))
        mm_messages_add(messages, "%s", mm_messages_text(own, 0));
    mm_messages_free(own);
    if (status != MM_OK && status != MM_USAGE)
        return status;
    pace_point(&d->pace, !point->remembered);
    return MM_OK;
}

static mm_status draw_all(struct drawing *d, mm_messages *messages) {
    struct problem_point point = {0};
    mm_status status = MM_OK;
    for (uint64_t k = 0; k < d->draws && status == MM_OK; k++)
        status = pace_should_stop(&d->pace) ? MM_INTERRUPTED : draw(d, k, &point, messages);
    problem_point_free(&point);
    if (status == MM_OK && d->failed == d->draws) {
        mm_messages_add(messages, "not one of %llu draws makes a valid configuration", (unsigned long long)d->draws);
        status = MM_USAGE;
    }
    return status;
}

/* {"low", "median", "high", "known"} of what is known of an answer. */
static json_t *span_json(double *values, size_t n) {
    static const struct {
        const char *name;
        double share;
    } points[] = {{"low", 0.05}, {"median", 0.5}, {"high", 0.95}};
    size_t known = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(values[i]))
            values[known++] = values[i];
    if (known)
        gsl_sort(values, 1, known);
    json_t *span = json_object();
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++)
        json_object_set_new(span, points[i].name,
                            known < LEAST_DRAWS / 2
                                ? json_null()
                                : json_real(gsl_stats_quantile_from_sorted_data(values, 1, known, points[i].share)));
    json_object_set_new(span, "known", json_integer((json_int_t)known));
    return span;
}

static json_t *document_of(struct drawing *d, const mm_scenario *scenario) {
    json_t *spans = json_object();
    for (size_t i = 0; i < d->asked.n; i++)
        json_object_set_new(spans, d->asked.texts[i], span_json(d->values + i * d->draws, (size_t)d->draws));
    return json_pack("{s:i, s:s, s:o, s:{s:s, s:s}, s:o, s:{s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:i}}", "schema_version",
                     STORE_SCHEMA_VERSION, "type", "ranges", "program", store_program_json(), "scenario", "file",
                     d->scenario->file, "sha256", mm_scenario_sha256(scenario), "ranges", spans, "over_ranges", "draws",
                     json_text_u64(d->draws), "failed", json_text_u64(d->failed), "clipped", json_text_u64(d->clipped),
                     "paths", json_text_u64(d->sample.paths), "first_path", json_text_u64(d->sample.first_path), "seed",
                     json_text_u64(d->sample.seed), "points", spread_points_name(d->points), "inputs",
                     d->scenario->n_ranges);
}

static void close_drawing(struct drawing *d) {
    problem_close(d->problem);
    journal_close(d->keeping.journal);
    spread_points_close(d->points);
    spread_close(&d->spread);
    headlines_free(&d->asked);
    free(d->keys);
    free(d->u);
    free(d->values);
}

mm_status mm_over_ranges(const mm_scenario *scenario, const mm_over_ranges_options *options, mm_study **study,
                         uint64_t *failed, mm_messages *messages) {
    static const mm_over_ranges_options defaults;
    const size_t failures = mm_memory_failures();
    const mm_run_options *run = options ? &options->run : &defaults.run;
    struct drawing d = {.scenario = scenario_data(scenario),
                        .draws = options && options->draws ? options->draws : DEFAULT_DRAWS,
                        .sample = {.seed = run->seed_given ? run->seed : 1,
                                   .first_path = run->first_path,
                                   .paths = run->paths ? run->paths : DEFAULT_PATHS}};
    gsl_errors_quiet();
    *study = NULL;
    mm_status status = check(&d, messages);
    if (status == MM_OK)
        status = prepare(&d, scenario, run, messages);
    if (status == MM_OK)
        status = draw_all(&d, messages);
    if (status == MM_OK)
        status = study_new(document_of(&d, scenario), study, messages);
    if (failed)
        *failed = d.failed;
    close_drawing(&d);
    gsl_errors_loud();
    return study_end(failures, status, study, messages);
}

mm_status mm_result_add_ranges(mm_result *result, const mm_study *study) {
    json_t *ranges = json_object_get(study->document, "ranges"), *run = json_object_get(result->document, "run");
    json_t *drawn = json_object_get(study->document, "over_ranges");
    if (!ranges || !drawn)
        return MM_USAGE;
    return json_object_set(result->document, "ranges", ranges) == 0 && json_object_set(run, "over_ranges", drawn) == 0
               ? MM_OK
               : MM_INTERNAL;
}
