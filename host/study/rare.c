/* How likely a question's event is, however rare: host/rare/ at work on its paths. */
#include <math.h>
#include <mismatch/study.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/rare/path.h"
#include "host/rare/rare.h"
#include "host/scenario/scenario_data.h"
#include "host/scenario/text.h"
#include "host/store/json_text.h"
#include "host/store/store.h"
#include "host/study/gsl_errors.h"
#include "host/study/plain_pace.h"
#include "host/study/series.h"
#include "host/study/setup.h"
#include "host/study/study.h"

#define DEFAULT_PRECISION 0.02
#define DEFAULT_MOST 2000000
#define LEAST_MOST 600000
#define LEVEL_SAMPLES 20000 /* of many inputs */

struct asked {
    const struct sc_scenario *scenario;
    int question;
    const char *scope; /* in the option's text; NULL: none */
    struct sc_series_ref idle;
};

static mm_status unknown_question(const struct sc_scenario *s, const char *name, mm_messages *messages) {
    const char **names = calloc((size_t)s->n_questions + 1, sizeof *names);
    if (!names)
        return store_no_memory(messages);
    for (int q = 0; q < s->n_questions; q++)
        names[q] = s->questions[q].name;
    const char *near = text_nearest(name, names, s->n_questions);
    mm_messages_add(messages, "no question is called '%s'%s%s%s", name, near ? "; did you mean '" : "",
                    near ? near : "", near ? "'?" : "");
    free(names);
    return MM_USAGE;
}

/* The series of a coexistence question with the scope that was asked for. */
static mm_status read_scope(struct asked *asked, mm_messages *messages) {
    const struct sc_question *question = &asked->scenario->questions[asked->question];
    const char *word = scenario_series_word(question->series.series);
    if (!asked->scope) {
        mm_messages_add(messages, "questions.%s is about many scopes; say which: '%s:FIRM', '%s:FIRM:REGION'",
                        question->name, question->name, question->name);
        return MM_USAGE;
    }
    const size_t size = strlen(word) + strlen(asked->scope) + 2;
    char *text = malloc(size);
    if (!text)
        return store_no_memory(messages);
    snprintf(text, size, "%s:%s", word, asked->scope);
    struct series_list list;
    mm_status status = series_parse(asked->scenario, text, &list, messages);
    free(text);
    if (status != MM_OK)
        return status;
    if (list.n != 1) {
        mm_messages_add(messages, "'%s': one scope is wanted", asked->scope);
        status = MM_USAGE;
    }
    asked->idle = list.refs[0];
    series_free(&list);
    return status;
}

static mm_status read_question(const char *text, struct asked *asked, mm_messages *messages) {
    const struct sc_scenario *s = asked->scenario;
    const char *colon = strchr(text, ':');
    char *name = strndup(text, colon ? (size_t)(colon - text) : strlen(text));
    if (!name)
        return store_no_memory(messages);
    asked->scope = colon ? colon + 1 : NULL;
    for (asked->question = 0; asked->question < s->n_questions; asked->question++)
        if (strcmp(s->questions[asked->question].name, name) == 0)
            break;
    mm_status status = asked->question < s->n_questions ? MM_OK : unknown_question(s, name, messages);
    free(name);
    if (status != MM_OK)
        return status;
    const struct sc_question *question = &s->questions[asked->question];
    if (question->kind == SC_COEXISTENCE)
        return read_scope(asked, messages);
    if (question->kind != SC_PROBABILITY) {
        mm_messages_add(messages, "questions.%s: rare events are those of probability and coexistence questions",
                        question->name);
        return MM_USAGE;
    }
    if (asked->scope) {
        mm_messages_add(messages, "questions.%s is a probability; it has no scope ':%s'", question->name, asked->scope);
        return MM_USAGE;
    }
    return MM_OK;
}

static json_t *estimate_json(double p, double se, double low, double high) {
    return json_pack("{s:o, s:o, s:[o, o]}", "p", study_number(p), "se", study_number(se), "ci", study_number(low),
                     study_number(high));
}

/* Null where it did not run. */
static json_t *subset_json(const struct rare_subset *subset) {
    return subset->evaluations ? estimate_json(subset->p, subset->se, subset->low, subset->high) : json_null();
}

static json_t *scores_json(const struct rare_pair *pair) {
    return pair->first.evaluations
               ? json_pack("{s:o, s:o}", "nearest", subset_json(&pair->first), "total", subset_json(&pair->other))
               : json_null();
}

static json_t *inputs_json(const struct rare_path *path, const struct rare_result *result, const double *shift) {
    json_t *inputs = json_array();
    const int n = result->samples ? rare_path_problem(path)->n_inputs : 0;
    for (int i = 0; i < n; i++) {
        char text[160];
        rare_path_input(path, i, text, sizeof text);
        json_array_append_new(inputs, json_pack("{s:s, s:o}", "input", text, "mean", study_number(shift[i])));
    }
    return inputs;
}

/* seconds: of the estimate, and of a path of a plain run. */
static json_t *document_of(const mm_scenario *scenario, const struct asked *asked, uint64_t seed,
                           const struct rare_path *path, const struct rare_result *result, const double *shift,
                           const double seconds[2]) {
    const struct rare_figures *f = &result->figures;
    const bool stands = rare_stands(result->verdict);
    const uint64_t pair = result->scores.first.evaluations + result->scores.other.evaluations;
    const struct rare_answer answer = rare_answer(result);
    const double plain = answer.p * (1 - answer.p) * seconds[1], in_time = plain / (answer.se * answer.se * seconds[0]);
    json_t *estimate = result->samples || stands ? estimate_json(answer.p, answer.se, answer.low, answer.high) : NULL;
    json_t *document = json_pack(
        "{s:i, s:s, s:o, s:{s:s, s:s}, s:s, s:o, s:b, s:s, s:s, s:o, s:o, s:o, s:o, s:{s:o, s:o}, s:i, s:i, s:o, s:o, "
        "s:o, "
        "s:{s:o, s:f, s:f, s:{s:o, s:o, s:o, s:o, s:o}}}",
        "schema_version", STORE_SCHEMA_VERSION, "type", "rare", "program", store_program_json(), "scenario", "file",
        asked->scenario->file, "sha256", mm_scenario_sha256(scenario), "question",
        asked->scenario->questions[asked->question].name, "scope",
        asked->scope ? json_string(asked->scope) : json_null(), "stands", stands, "verdict",
        rare_verdict_text(result->verdict), "method", answer.method, "effective_hits", study_number(f->effective),
        "largest_share", study_number(f->largest_share), "gain", study_number(estimate ? result->gain : NAN),
        "gain_in_time", study_number(estimate ? in_time : NAN), "likelihood_ratio", "mean", study_number(f->ratio_mean),
        "se", study_number(f->ratio_se), "levels", result->levels, "components", result->fitted, "check",
        subset_json(&result->check), "scores", scores_json(&result->scores), "inputs", inputs_json(path, result, shift),
        "run", "seed", json_text_u64(seed), "seconds", seconds[0], "plain_path_seconds", seconds[1], "evaluations",
        "pilot", json_text_u64(result->pilot_evaluations), "check", json_text_u64(result->check.evaluations),
        "estimate", json_text_u64(result->samples), "scores", json_text_u64(pair), "all",
        json_text_u64(result->evaluations));
    if (document && estimate && stands)
        json_object_update_missing(document, estimate);
    if (document && !stands) {
        json_object_set_new(document, "p", json_null());
        json_object_set(document, "refused", estimate ? estimate : json_null());
    }
    json_decref(estimate);
    return document;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static mm_status estimate(const mm_scenario *scenario, const struct asked *asked, const struct rare_path *path,
                          const struct rare_options *options, const struct engine_options *engine, mm_study **study,
                          mm_messages *messages) {
    struct rare_result result;
    double seconds[2] = {0, 0};
    const size_t failures = mm_memory_failures();
    const double begin = now();
    mm_status status = rare_estimate(rare_path_problem(path), options, &result, messages);
    seconds[0] = now() - begin;
    if (status == MM_OK)
        status = plain_pace(asked->scenario, asked->question, engine, &seconds[1], messages);
    if (status != MM_OK)
        return status;
    status =
        study_new(document_of(scenario, asked, options->seed, path, &result, options->shift, seconds), study, messages);
    if (status == MM_OK && !rare_stands(result.verdict)) {
        mm_messages_add(messages, "questions.%s: no estimate: %s", asked->scenario->questions[asked->question].name,
                        rare_verdict_text(result.verdict));
        status = MM_STUDY_PARTIAL;
    }
    return study_end(failures, status, study, messages);
}

mm_status mm_rare(const mm_scenario *scenario, const mm_rare_options *options, mm_study **study,
                  mm_messages *messages) {
    struct asked asked = {.scenario = scenario_data(scenario)};
    struct rare_path *path = NULL;
    struct setup setup;
    *study = NULL;
    const uint64_t most = options->run.paths ? options->run.paths : DEFAULT_MOST;
    if (most < LEAST_MOST) {
        mm_messages_add(messages, "a rare event needs %d paths at least to be found, checked and estimated",
                        LEAST_MOST);
        return MM_USAGE;
    }
    mm_status status = setup_read(&options->run, &setup, messages);
    if (status == MM_OK)
        status = read_question(options->question, &asked, messages);
    if (status != MM_OK)
        return status;
    const struct rare_path_options wanted = {.seed = setup.engine.seed,
                                             .lanes = setup.engine.lanes,
                                             .threads = setup.engine.threads,
                                             .question = asked.question,
                                             .idle = asked.idle,
                                             .stop = options->run.stop};
    status = rare_path_new(asked.scenario, &wanted, &path, messages);
    if (status != MM_OK)
        return status;
    double *shift = calloc((size_t)rare_path_problem(path)->n_inputs, sizeof *shift);
    const struct rare_options how = {
        .seed = setup.engine.seed,
        .precision = options->run.precision > 0 ? options->run.precision : DEFAULT_PRECISION,
        .most_evaluations = most,
        .level_samples = rare_path_problem(path)->n_inputs > RARE_FULL_INPUTS ? LEVEL_SAMPLES : 0,
        .shift = shift};
    gsl_errors_quiet();
    status = shift ? estimate(scenario, &asked, path, &how, &setup.engine, study, messages) : store_no_memory(messages);
    gsl_errors_loud();
    free(shift);
    rare_path_free(path);
    return status;
}
