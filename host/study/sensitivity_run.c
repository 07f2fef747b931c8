/* The sensitivity of a configuration's answers to its `ranges`. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "host/estimate/interval.h"
#include "host/scenario/scenario_data.h"
#include "host/store/json_text.h"
#include "host/store/store.h"
#include "host/study/gsl_errors.h"
#include "host/study/measure.h"
#include "host/study/sensitivity.h"
#include "host/study/spread.h"
#include "host/study/study.h"

#define DEFAULT_PATHS 20000
#define DEFAULT_TRAJECTORIES 20
#define DEFAULT_ROWS 128
#define LEAST_ROWS 2
#define MOST_ROWS 100000

struct study_of {
    const mm_sensitivity_options *options;
    const struct sc_scenario *scenario;
    struct spread spread;
    const char **keys;
    struct problem *problem;
    struct keeping keeping;
    struct problem_sample sample;
    struct pace pace;
    struct sensitivity found;
    uint64_t rows;
};

static double value_of(const void *context, size_t input, double u) {
    return spread_value(context, input, gsl_cdf_ugaussian_Pinv(u), NULL);
}

static mm_status check(const struct study_of *s, mm_messages *messages) {
    if (s->scenario->n_ranges == 0) {
        mm_messages_add(messages, "%s has no `ranges`, so nothing says how far its inputs may go", s->scenario->file);
        return MM_USAGE;
    }
    if (s->options->n_expressions == 0) {
        mm_messages_add(messages, "sensitivity of which answer?");
        return MM_USAGE;
    }
    if (s->options->method != MM_TORNADO && (s->rows < LEAST_ROWS || s->rows > MOST_ROWS)) {
        mm_messages_add(messages, "%d to %d trajectories or rows are allowed", LEAST_ROWS, MOST_ROWS);
        return MM_USAGE;
    }
    if (s->scenario->n_correlations)
        mm_messages_add(messages, "the ranges are correlated; inputs are varied as if they were independent");
    return MM_OK;
}

static mm_status prepare(struct study_of *s, const mm_scenario *scenario, mm_messages *messages) {
    size_t n = (size_t)s->scenario->n_ranges;
    s->keys = calloc(n, sizeof *s->keys);
    if (!s->keys || !spread_open(&s->spread, s->scenario->ranges, n, NULL, 0))
        return store_no_memory(messages);
    for (size_t i = 0; i < n; i++)
        s->keys[i] = s->scenario->ranges[i].key;
    pace_begin(&s->pace, &s->options->run, sensitivity_evaluations(s->options->method, n, (size_t)s->rows));
    mm_status status = problem_of_runs(scenario, s->keys, n, s->options->expressions, s->options->n_expressions,
                                       &s->pace.inner, &s->problem, messages);
    if (status == MM_OK)
        status = journal_open(s->options->run.checkpoint, &s->keeping.journal, messages);
    if (status == MM_OK)
        problem_of_runs_keep(s->problem, &s->keeping);
    return status;
}

/* `pieces`: that a change's error is from; 0 of an answer. */
static json_t *answer_json(const struct problem_answer *answer, size_t pieces) {
    double reach = (pieces < 2 ? INTERVAL_Z : interval_student((double)pieces - 1)) * answer->se;
    return json_pack("{s:o, s:o, s:[o, o]}", "value", study_number(answer->value), "se", study_number(answer->se), "ci",
                     study_number(answer->value - reach), study_number(answer->value + reach));
}

static json_t *index_json(const struct indices_value *index) {
    return json_pack("{s:o, s:[o, o]}", "value", study_number(index->value), "ci", study_number(index->low),
                     study_number(index->high));
}

static json_t *input_json(const struct study_of *s, size_t i, const struct sensitivity_input *one) {
    const struct sc_range *range = &s->scenario->ranges[i];
    const char grade[2] = {range->grade, '\0'};
    const size_t pieces = measure_pieces(&s->sample);
    json_t *json = json_pack("{s:s, s:s, s:f, s:f, s:f}", "key", range->key, "grade", grade, "low",
                             value_of(&s->spread, i, INDICES_LOW), "central", value_of(&s->spread, i, 0.5), "high",
                             value_of(&s->spread, i, INDICES_HIGH));
    if (!json)
        return NULL;
    if (s->found.method == MM_TORNADO) {
        json_object_set_new(json, "at_low", answer_json(&one->low, 0));
        json_object_set_new(json, "at_high", answer_json(&one->high, 0));
        json_object_set_new(json, "change_low", answer_json(&one->low_change, pieces));
        json_object_set_new(json, "change_high", answer_json(&one->high_change, pieces));
        json_object_set_new(json, "swing", answer_json(&one->swing, pieces));
    } else if (s->found.method == MM_MORRIS) {
        json_object_set_new(json, "absolute", index_json(&one->morris.absolute));
        json_object_set_new(json, "deviation", index_json(&one->morris.deviation));
        json_object_set_new(json, "mean", index_json(&one->morris.mean));
    } else {
        json_object_set_new(json, "total", index_json(&one->sobol.total));
        json_object_set_new(json, "first", index_json(&one->sobol.first));
    }
    return json;
}

static json_t *expression_json(const struct study_of *s, size_t a, const size_t *order) {
    const struct sensitivity *found = &s->found;
    json_t *inputs = json_array();
    for (size_t k = 0; k < found->n_inputs; k++)
        json_array_append_new(inputs, input_json(s, order[k], &found->inputs[a * found->n_inputs + order[k]]));
    json_t *json = json_pack("{s:s}", "expression", s->options->expressions[a]);
    if (found->method == MM_TORNADO) {
        json_object_set_new(json, "base", answer_json(&found->base[a], 0));
    } else {
        json_object_set_new(json, "rows", json_integer((json_int_t)found->used[a]));
        if (found->method == MM_SOBOL) {
            json_object_set_new(json, "mean", study_number(found->mean[a]));
            json_object_set_new(json, "variance", study_number(found->variance[a]));
        }
    }
    json_object_set_new(json, "inputs", inputs);
    return json;
}

static json_t *document_of(const struct study_of *s, const mm_scenario *scenario) {
    static const char *const methods[] = {"tornado", "morris", "sobol"};
    const struct sensitivity *found = &s->found;
    size_t *order = calloc(found->n_inputs, sizeof *order);
    json_t *answers = json_array();
    for (size_t a = 0; a < found->n_answers && order; a++) {
        sensitivity_rank(found, a, order);
        json_array_append_new(answers, expression_json(s, a, order));
    }
    free(order);
    uint64_t total = (uint64_t)(found->evaluations - found->failed) * s->sample.paths;
    return json_pack("{s:i, s:s, s:s, s:o, s:{s:s, s:s}, s:{s:o, s:o, s:o, s:o, s:o, s:o, s:o}, s:o}", "schema_version",
                     STORE_SCHEMA_VERSION, "type", "sensitivity", "method", methods[found->method], "program",
                     store_program_json(), "scenario", "file", s->scenario->file, "sha256",
                     mm_scenario_sha256(scenario), "run", "evaluations", json_integer((json_int_t)found->evaluations),
                     "failed", json_integer((json_int_t)found->failed), "rows",
                     found->rows ? json_integer((json_int_t)found->rows) : json_null(), "paths",
                     json_text_u64(s->sample.paths), "paths_in_all", json_text_u64(total), "first_path",
                     json_text_u64(s->sample.first_path), "seed", json_text_u64(s->sample.seed), "answers", answers);
}

static void close_study(struct study_of *s) {
    problem_close(s->problem);
    journal_close(s->keeping.journal);
    spread_close(&s->spread);
    sensitivity_free(&s->found);
    free(s->keys);
}

mm_status mm_sensitivity(const mm_scenario *scenario, const mm_sensitivity_options *options, mm_study **study,
                         mm_messages *messages) {
    const size_t failures = mm_memory_failures();
    const mm_run_options *run = &options->run;
    struct study_of s = {.options = options,
                         .scenario = scenario_data(scenario),
                         .sample = {.seed = run->seed_given ? run->seed : 1,
                                    .first_path = run->first_path,
                                    .paths = run->paths ? run->paths : DEFAULT_PATHS,
                                    .pieces = options->method == MM_TORNADO ? PROBLEM_PIECES : 0},
                         .rows = options->rows};
    if (s.rows == 0)
        s.rows = options->method == MM_MORRIS ? DEFAULT_TRAJECTORIES : DEFAULT_ROWS;
    gsl_errors_quiet();
    *study = NULL;
    mm_status status = check(&s, messages);
    if (status == MM_OK)
        status = prepare(&s, scenario, messages);
    if (status == MM_OK) {
        const struct sensitivity_inputs inputs = {s.spread.n, value_of, &s.spread};
        status = sensitivity_find(s.problem, &inputs, options->method, (size_t)s.rows, &s.sample, &s.pace, &s.found,
                                  messages);
    }
    if (status == MM_OK)
        status = study_new(document_of(&s, scenario), study, messages);
    if (status == MM_OK && s.found.failed) {
        mm_messages_add(messages, "%zu of %zu evaluations were not possible; the first: %s", s.found.failed,
                        s.found.evaluations, s.found.first_message ? s.found.first_message : "unknown");
        status = MM_STUDY_PARTIAL;
    }
    close_study(&s);
    gsl_errors_loud();
    return study_end(failures, status, study, messages);
}
