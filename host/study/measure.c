#include "host/study/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/estimate/estimate.h"
#include "host/estimate/figures.h"
#include "host/report/expression.h"
#include "host/report/report.h"
#include "host/scenario/scenario_data.h"
#include "host/scenario/text.h"
#include "host/store/store.h"
#include "host/study/made.h"
#include "host/study/parts.h"
#include "host/study/setup.h"
#include "host/study/took_part.h"

#define STEPS_BETWEEN_LOOKS 32 /* of the backend, between two looks at `stop` */

struct measuring {
    const struct sc_scenario *scenario;
    const char *const *expressions;
    const mm_run_options *options;
    struct setup setup;
    struct engine_choice choice;
    struct plan *plan;
    size_t n_pieces;
    struct tallies *all, *now, **pieces; /* `now` is what the engine adds to */
    uint64_t done;
    struct took_part devices;
    double entered, began, simulated; /* times; seconds */
};

static uint64_t piece_end(const struct measuring *m, size_t piece) {
    return m->n_pieces == 0 ? m->setup.paths : (uint64_t)((__uint128_t)m->setup.paths * (piece + 1) / m->n_pieces);
}

static uint64_t piece_start(const struct measuring *m, size_t piece) {
    return piece == 0 ? 0 : piece_end(m, piece - 1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void tell(const struct measuring *m) {
    const mm_run_options *options = m->options;
    mm_progress progress = {.done = m->done, .paths = m->setup.paths, .seconds_left = -1};
    if (options && options->progress)
        options->progress(&progress, options->progress_context);
}

/* Paths up to number `end` (from the first one), looking at `stop` now and then. */
static mm_status run_to(struct measuring *m, struct parts *parts, uint64_t end, mm_messages *messages) {
    uint64_t step = m->choice.backend->step(parts->items[0].engine) * STEPS_BETWEEN_LOOKS;
    mm_status status = MM_OK;
    step = m->setup.batch ? m->setup.batch : step;
    while (status == MM_OK && m->done < end) {
        uint64_t n = end - m->done < step ? end - m->done : step;
        if (m->options && engine_asked_to_stop(m->options->stop))
            return MM_INTERRUPTED;
        status = parts_run(parts, m->setup.first_path + m->done, n, messages);
        m->done += n;
        tell(m);
    }
    return status == MM_OK ? parts_settle(parts, messages) : status;
}

static mm_status simulate(struct measuring *m, mm_messages *messages) {
    struct parts parts;
    mm_status status = parts_open(&parts, m->choice.backend, m->plan, &m->choice.options, m->now, messages);
    m->began = now();
    for (size_t piece = 0; status == MM_OK && piece < (m->n_pieces ? m->n_pieces : 1); piece++) {
        status = run_to(m, &parts, piece_end(m, piece), messages);
        tallies_add(m->all, m->now);
        if (m->n_pieces)
            tallies_add(m->pieces[piece], m->now);
        tallies_clear(m->now);
    }
    m->simulated = now() - m->began;
    if (status == MM_OK)
        took_part_read(&m->devices, m->choice.backend, parts.items[0].engine);
    parts_close(&parts);
    return status;
}

static bool make_tallies(struct measuring *m) {
    size_t n_counts = plan_counts(m->plan), n_sums = plan_sums(m->plan);
    m->all = tallies_new(n_counts, n_sums);
    m->now = tallies_new(n_counts, n_sums);
    m->pieces = calloc(m->n_pieces + 1, sizeof(struct tallies *));
    bool good = m->all && m->now && m->pieces;
    for (size_t piece = 0; good && piece < m->n_pieces; piece++)
        good = (m->pieces[piece] = tallies_new(n_counts, n_sums)) != NULL;
    return good;
}

static void close_measuring(struct measuring *m) {
    for (size_t piece = 0; m->pieces && piece < m->n_pieces; piece++)
        tallies_free(m->pieces[piece]);
    free(m->pieces);
    tallies_free(m->all);
    tallies_free(m->now);
    plan_free(m->plan);
    engine_choice_free(&m->choice);
}

json_t *measure_document(const struct sc_scenario *scenario, const struct plan *plan, const struct tallies *tallies,
                         uint64_t paths) {
    json_t *answers = estimate_answers(scenario, plan, tallies, paths);
    json_t *document = json_pack("{s:{s:O}}", "scenario", "effective", (json_t *)scenario->effective);
    bool good = answers && document && json_object_update(document, answers) == 0;
    json_decref(answers);
    if (good)
        return document;
    json_decref(document);
    return NULL;
}

/* Whether an expression asks for a share of paths, or of months. */
static bool is_share(const char *text) {
    struct expression expression;
    mm_messages *messages = mm_messages_new();
    mm_status status = expression_parse(text, &expression, messages);
    bool share = status == MM_OK && (expression.kind == EXPRESSION_P || expression.kind == EXPRESSION_QUESTION ||
                                     expression.kind == EXPRESSION_IDLE || expression.kind == EXPRESSION_POSTERIOR);
    expression_free(&expression);
    mm_messages_free(messages);
    return share;
}

static struct problem_answer answer_of(const char *text, const mm_value *value, uint64_t paths) {
    struct problem_answer answer = {value->known, value->value, value->se, 0};
    if (!is_share(text) || !value->known)
        return answer;
    /* at 0 and 1 the error is already that of a share which no path has, or every one */
    bool edge = value->value <= 0 || value->value >= 1;
    answer.resolution = edge && isfinite(value->se) ? value->se : figure_share(0, paths).se;
    return answer;
}

mm_status measure_read(const json_t *document, const char *const *expressions, uint64_t paths,
                       struct problem_point *point, mm_messages *messages) {
    mm_status status = MM_OK;
    locale_t before = text_plain();
    for (size_t i = 0; i < point->n_answers && status == MM_OK; i++) {
        mm_value value;
        status = report_evaluate(document, expressions[i], &value, messages);
        if (status == MM_OK)
            point->answers[i] = answer_of(expressions[i], &value, paths);
    }
    text_restore(before);
    return status;
}

void measure_errors(struct problem_point *point) {
    const double one = 1;
    const struct problem_point *alone = point;
    for (size_t i = 0; i < point->n_answers && point->n_pieces > 1; i++)
        if (point->answers[i].known && isnan(point->answers[i].se)) /* quantiles come without an error */
            point->answers[i].se = problem_combine(&alone, &one, 1, i).se;
}

static mm_status fill_answers(const struct measuring *m, struct problem_point *point, mm_messages *messages) {
    json_t *document = measure_document(m->scenario, m->plan, m->all, m->setup.paths);
    mm_status status =
        document ? measure_read(document, m->expressions, m->setup.paths, point, messages) : store_no_memory(messages);
    json_decref(document);
    return status;
}

static mm_status fill_without(struct measuring *m, size_t piece, struct problem_point *point, mm_messages *messages) {
    tallies_subtract(m->all, m->pieces[piece]);
    json_t *document =
        measure_document(m->scenario, m->plan, m->all, m->setup.paths - (piece_end(m, piece) - piece_start(m, piece)));
    mm_status status = document ? MM_OK : store_no_memory(messages);
    for (size_t i = 0; i < point->n_answers && status == MM_OK; i++) {
        mm_value value;
        status = report_evaluate(document, m->expressions[i], &value, messages);
        point->without[piece * point->n_answers + i] = status == MM_OK && value.known ? value.value : NAN;
    }
    json_decref(document);
    tallies_add(m->all, m->pieces[piece]);
    return status;
}

static mm_status fill_point(struct measuring *m, struct problem_point *point, mm_messages *messages) {
    locale_t before = text_plain();
    mm_status status = fill_answers(m, point, messages);
    for (size_t piece = 0; piece < m->n_pieces && status == MM_OK; piece++)
        status = fill_without(m, piece, point, messages);
    text_restore(before);
    if (status == MM_OK)
        measure_errors(point);
    return status;
}

size_t measure_pieces(const struct problem_sample *sample) {
    const size_t n = sample->pieces < sample->paths ? sample->pieces : (size_t)sample->paths;
    return n < 2 ? 0 : n; /* without the only piece there is nothing */
}

/* What mm_run() would have given; takes the tallies. */
static mm_status make_result(struct measuring *m, mm_result **result, mm_messages *messages) {
    const struct made made = {.scenario = m->scenario,
                              .plan = m->plan,
                              .setup = &m->setup,
                              .devices = &m->devices,
                              .paths = m->setup.paths,
                              .here = m->setup.paths,
                              .build = m->began - m->entered,
                              .simulate = m->simulated,
                              .total = now() - m->entered,
                              .stopped_by = "paths"};
    return made_result(&made, &m->all, result, messages);
}

static mm_status read_setup(struct measuring *m, const struct problem_sample *sample, mm_messages *messages) {
    mm_run_options options = m->options ? *m->options : (mm_run_options){0};
    options.paths = sample->paths;
    options.first_path = sample->first_path;
    options.seed = sample->seed;
    options.seed_given = true;
    options.time_limit = 0;
    m->n_pieces = measure_pieces(sample);
    mm_status status = setup_read(&options, &m->setup, messages);
    if (status == MM_OK)
        status = plan_build(m->scenario, NULL, &m->plan, messages);
    if (status != MM_OK)
        return status;
    uint64_t one = 8 * (uint64_t)plan_counts(m->plan) + 16 * (uint64_t)plan_sums(m->plan);
    m->setup.beside = one * (m->n_pieces + 1);
    status = setup_choose(&options, &m->setup, &m->choice, messages);
    return status == MM_OK ? setup_check_memory(m->scenario, m->plan, &m->setup, &m->choice, messages) : status;
}

mm_status measure_choose(mm_run_options *options, mm_messages *messages) {
    struct setup setup;
    struct engine_choice choice = {0};
    mm_status status = setup_read(options, &setup, messages);
    if (status == MM_OK)
        status = setup_choose(options, &setup, &choice, messages);
    if (status == MM_OK && options->notice)
        options->notice(choice.why, choice.backend != &engine_openmp, options->notice_context);
    if (status == MM_OK && choice.backend == &engine_openmp)
        options->backend = engine_openmp.name; /* points need not look for devices again */
    engine_choice_free(&choice);
    return status;
}

mm_status measure(const mm_scenario *scenario, const char *const *expressions, size_t n_expressions,
                  const mm_run_options *options, const struct problem_sample *sample, struct problem_point *point,
                  mm_result **result, mm_messages *messages) {
    struct measuring m = {
        .scenario = scenario_data(scenario), .expressions = expressions, .options = options, .entered = now()};
    mm_status status = read_setup(&m, sample, messages);
    if (status == MM_OK && (!make_tallies(&m) || !problem_point_make(point, n_expressions, m.n_pieces)))
        status = store_no_memory(messages);
    if (status == MM_OK)
        status = simulate(&m, messages);
    if (status == MM_OK)
        status = fill_point(&m, point, messages);
    if (status == MM_OK && result)
        status = make_result(&m, result, messages);
    close_measuring(&m);
    return status;
}
