/* What would have to be true: the smallest change of the inputs that makes a statement hold. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/report/expression.h"
#include "host/scenario/scenario_data.h"
#include "host/scenario/text.h"
#include "host/store/journal.h"
#include "host/store/json_text.h"
#include "host/store/store.h"
#include "host/study/gsl_errors.h"
#include "host/study/measure.h"
#include "host/study/search.h"
#include "host/study/study.h"

#define DEFAULT_PATHS 20000
#define FRESH_SEEDS 2         /* that confirm what was found, */
#define FRESH_FACTOR 2        /* each with so many times the paths */
#define CONFIRM_ERRORS 3      /* standard errors from the bound that still confirm it, */
#define CONFIRM_BEYOND 0.1    /* and beyond it so much of the way from the central answer more */
#define POINTS_OF_AN_INPUT 11 /* about, for the time that is left */
#define POINTS_OF_A_STEP 2
#define STEPS_EXPECTED 4

struct reversing {
    const struct sc_scenario *scenario;
    char *expression;       /* without its comparison */
    const char *comparison; /* text of it */
    const char **keys;
    struct search search;
    struct spread spread;
    struct keeping keeping;
    struct pace pace;
    struct search_point base, joint, *alone;         /* alone: [spread.n] */
    struct problem_answer joint_fresh, *alone_fresh; /* on fresh seeds */
    double needs_paths;                              /* about, for an answer at the centre; 0: not known */
};

static mm_status read_target(struct reversing *r, const char *target, mm_messages *messages) {
    static const char *const words[] = {"", "<", "<=", ">", ">="};
    struct expression expression;
    locale_t before = text_plain();
    mm_status status = expression_parse(target, &expression, messages);
    text_restore(before);
    if (status == MM_OK && expression.comparison == COMPARE_NONE) {
        mm_messages_add(messages, "'%s' compares nothing; write for example '%s >= 0.5'", target, target);
        status = MM_USAGE;
    }
    if (status == MM_OK) {
        r->comparison = words[expression.comparison];
        r->search.sign = expression.comparison == COMPARE_ABOVE || expression.comparison == COMPARE_AT_LEAST ? 1 : -1;
        r->search.bound = expression.bound;
        size_t length = strcspn(target, "<>");
        while (length > 0 && target[length - 1] == ' ')
            length--;
        r->expression = strndup(target, length);
        if (!r->expression)
            status = store_no_memory(messages);
    }
    expression_free(&expression);
    return status;
}

static mm_status make_room(struct reversing *r, mm_messages *messages) {
    const struct sc_scenario *s = r->scenario;
    size_t n = (size_t)s->n_ranges;
    r->keys = calloc(n, sizeof *r->keys);
    r->alone = calloc(n, sizeof *r->alone);
    r->alone_fresh = calloc(n, sizeof *r->alone_fresh);
    bool good = r->keys && r->alone && r->alone_fresh &&
                spread_open(&r->spread, s->ranges, n, s->correlations, (size_t)s->n_correlations) &&
                search_point_make(&r->base, n) && search_point_make(&r->joint, n);
    for (size_t i = 0; good && i < n; i++) {
        r->keys[i] = s->ranges[i].key;
        good = search_point_make(&r->alone[i], n);
    }
    return good ? MM_OK : store_no_memory(messages);
}

static mm_status prepare(struct reversing *r, const mm_scenario *scenario, const char *target,
                         const mm_run_options *run, mm_messages *messages) {
    if (r->scenario->n_ranges == 0) {
        mm_messages_add(messages, "%s has no `ranges` to search in", r->scenario->file);
        return MM_USAGE;
    }
    mm_status status = read_target(r, target, messages);
    if (status == MM_OK)
        status = make_room(r, messages);
    if (status != MM_OK)
        return status;
    size_t n = r->spread.n;
    pace_begin(&r->pace, run, 1 + n * (POINTS_OF_AN_INPUT + POINTS_OF_A_STEP * STEPS_EXPECTED));
    const char *expressions[] = {r->expression};
    status = problem_of_runs(scenario, r->keys, n, expressions, 1, &r->pace.inner, &r->search.problem, messages);
    if (status == MM_OK)
        status = journal_open(r->keeping.store ? NULL : run->checkpoint, &r->keeping.journal, messages);
    if (status == MM_OK)
        problem_of_runs_keep(r->search.problem, &r->keeping);
    r->search.spread = &r->spread;
    r->search.reach = SPREAD_REACH;
    r->search.pace = &r->pace;
    r->search.messages = messages;
    return status;
}

/* The answer at a point on seeds that the search has not seen: their mean. */
static mm_status confirm(struct reversing *r, const struct search_point *point, struct problem_answer *fresh,
                         mm_messages *messages) {
    double sum = 0, squares = 0;
    *fresh = (struct problem_answer){true, NAN, NAN, 0};
    for (uint64_t k = 1; k <= FRESH_SEEDS; k++) {
        struct problem_sample sample = r->search.sample;
        struct problem_point evaluated = {0};
        sample.seed += k;
        sample.paths *= FRESH_FACTOR;
        mm_status status = pace_should_stop(&r->pace)
                               ? MM_INTERRUPTED
                               : problem_evaluate(r->search.problem, point->x, &sample, &evaluated, messages);
        if (status != MM_OK) {
            problem_point_free(&evaluated);
            return status;
        }
        pace_point(&r->pace, !evaluated.remembered);
        fresh->known = fresh->known && evaluated.answers[0].known;
        sum += evaluated.answers[0].value / FRESH_SEEDS;
        squares += evaluated.answers[0].se * evaluated.answers[0].se / (FRESH_SEEDS * FRESH_SEEDS);
        problem_point_free(&evaluated);
    }
    fresh->value = sum;
    fresh->se = sqrt(squares);
    return MM_OK;
}

/* How many paths an answer takes that is unknown at the centre. */
static mm_status find_need(struct reversing *r, const mm_scenario *scenario, mm_messages *messages) {
    const char *expressions[] = {r->expression};
    mm_scenario *asking;
    mm_result *result = NULL;
    mm_value value = {0};
    mm_run_options run = r->pace.inner;
    run.checkpoint = NULL;
    run.paths = r->search.sample.paths;
    run.first_path = r->search.sample.first_path;
    run.seed = r->search.sample.seed;
    run.seed_given = true;
    mm_status status = mm_scenario_asking(scenario, expressions, 1, &asking, messages);
    mm_study_store *kept = r->keeping.store;
    mm_stored_options stored = {.recompute = kept && kept->recompute};
    if (status == MM_OK && kept)
        status = mm_run_stored(asking ? asking : scenario, &run, kept->store, &stored, &result, messages);
    else if (status == MM_OK)
        status = mm_run(asking ? asking : scenario, &run, &result, messages);
    if (status == MM_OK)
        status = mm_result_evaluate(result, r->expression, &value, messages);
    r->needs_paths = value.needs_paths;
    mm_result_free(result);
    mm_scenario_free(asking);
    return status;
}

static mm_status search_all(struct reversing *r, mm_messages *messages) {
    mm_status status = search_at(&r->search, &r->base);
    if (status != MM_OK || r->base.holds || !r->base.answer.known)
        return status;
    for (size_t i = 0; i < r->spread.n && status == MM_OK; i++)
        status = search_alone(&r->search, i, &r->alone[i]);
    if (status == MM_OK)
        status = search_joint(&r->search, &r->joint);
    for (size_t i = 0; i < r->spread.n && status == MM_OK; i++)
        if (r->alone[i].holds)
            status = confirm(r, &r->alone[i], &r->alone_fresh[i], messages);
    if (status == MM_OK && r->joint.holds)
        status = confirm(r, &r->joint, &r->joint_fresh, messages);
    return status;
}

/* ---- The document ---- */

/* Whether fresh seeds leave the answer no further from the bound than chance explains: the point lies where the
 * statement just begins to hold. Far beyond the bound it holds with room to spare. */
static bool is_confirmed(const struct reversing *r, const struct search_point *point,
                         const struct problem_answer *fresh, bool *room) {
    double margin = r->search.sign * (fresh->value - r->search.bound);
    double error = hypot(isfinite(fresh->se) ? fresh->se : 0, isfinite(point->answer.se) ? point->answer.se : 0);
    double beyond = CONFIRM_BEYOND * fabs(r->search.bound - r->base.answer.value);
    *room = fresh->known && margin > CONFIRM_ERRORS * error + beyond;
    return fresh->known && margin >= -CONFIRM_ERRORS * error && !*room;
}

static void add_answer(const struct reversing *r, json_t *json, const struct search_point *point,
                       const struct problem_answer *fresh) {
    json_object_set_new(json, "holds", json_boolean(point->holds));
    json_object_set_new(json, "answer", study_number(point->answer.value));
    json_object_set_new(json, "answer_se", study_number(point->answer.se));
    if (point->holds && fresh) {
        bool room, confirmed = is_confirmed(r, point, fresh, &room);
        json_object_set_new(json, "fresh",
                            json_pack("{s:o, s:o, s:b, s:b}", "value", study_number(fresh->value), "se",
                                      study_number(fresh->se), "confirmed", confirmed, "room_to_spare", room));
    }
}

static json_t *alone_json(const struct reversing *r, size_t i) {
    const struct search_point *point = &r->alone[i];
    json_t *json =
        json_pack("{s:s, s:o, s:o}", "key", r->keys[i], "value", json_real(point->x[i]), "z", json_real(point->z[i]));
    add_answer(r, json, point, &r->alone_fresh[i]);
    return json;
}

static json_t *joint_json(const struct reversing *r) {
    const struct search_point *point = &r->joint;
    json_t *inputs = json_array();
    for (size_t i = 0; i < r->spread.n; i++)
        json_array_append_new(inputs,
                              json_pack("{s:s, s:f, s:f}", "key", r->keys[i], "value", point->x[i], "z", point->z[i]));
    json_t *json = json_pack("{s:f, s:f, s:o}", "distance", point->distance, "first_order_probability",
                             gsl_cdf_ugaussian_Q(point->distance), "inputs", inputs);
    add_answer(r, json, point, &r->joint_fresh);
    return json;
}

static json_t *inputs_json(const struct reversing *r) {
    json_t *inputs = json_array();
    for (size_t i = 0; i < r->spread.n; i++) {
        const struct sc_range *range = &r->spread.ranges[i];
        const char grade[] = {range->grade, '\0'};
        json_array_append_new(inputs, json_pack("{s:s, s:f, s:f, s:f, s:s, s:o}", "key", range->key, "low", range->low,
                                                "central", range->central, "high", range->high, "grade", grade,
                                                "configured", study_number(range->value)));
    }
    return inputs;
}

static json_t *document_of(const struct reversing *r, const mm_scenario *scenario) {
    json_t *target = json_pack("{s:s, s:s, s:f}", "expression", r->expression, "comparison", r->comparison, "bound",
                               r->search.bound);
    json_t *central = json_object(), *alone = json_array();
    bool searched = !r->base.holds && r->base.answer.known;
    add_answer(r, central, &r->base, NULL);
    if (r->needs_paths > 0)
        json_object_set_new(central, "needs_paths", json_integer((json_int_t)r->needs_paths));
    for (size_t i = 0; i < r->spread.n && searched; i++)
        json_array_append_new(alone, alone_json(r, i));
    json_t *run = json_pack("{s:o, s:o, s:o, s:o}", "paths", json_text_u64(r->search.sample.paths), "seed",
                            json_text_u64(r->search.sample.seed), "points", json_text_u64(r->search.evaluated),
                            "failed", json_text_u64(r->search.failed));
    return json_pack("{s:i, s:s, s:o, s:{s:s, s:s}, s:o, s:o, s:o, s:o, s:o, s:o}", "schema_version",
                     STORE_SCHEMA_VERSION, "type", "reverse", "program", store_program_json(), "scenario", "file",
                     r->scenario->file, "sha256", mm_scenario_sha256(scenario), "target", target, "run", run, "inputs",
                     inputs_json(r), "central", central, "alone", alone, "joint",
                     searched ? joint_json(r) : json_null());
}

static void close_reversing(struct reversing *r) {
    problem_close(r->search.problem);
    journal_close(r->keeping.journal);
    search_point_free(&r->base);
    search_point_free(&r->joint);
    for (size_t i = 0; r->alone && i < (size_t)r->scenario->n_ranges; i++)
        search_point_free(&r->alone[i]);
    free(r->alone);
    free(r->alone_fresh);
    free(r->keys);
    free(r->expression);
    spread_close(&r->spread);
}

mm_status mm_reverse(const mm_scenario *scenario, const char *target, const mm_reverse_options *options,
                     mm_study **study, uint64_t *failed, mm_messages *messages) {
    static const mm_reverse_options defaults;
    const size_t failures = mm_memory_failures();
    const mm_run_options *run = options ? &options->run : &defaults.run;
    struct reversing r = {.scenario = scenario_data(scenario), .keeping.store = options ? options->store : NULL};
    gsl_errors_quiet();
    *study = NULL;
    r.search.sample = (struct problem_sample){.seed = run->seed_given ? run->seed : 1,
                                              .first_path = run->first_path,
                                              .paths = run->paths ? run->paths : DEFAULT_PATHS,
                                              .pieces = 0};
    mm_status status = prepare(&r, scenario, target, run, messages);
    if (status == MM_OK)
        status = search_all(&r, messages);
    if (status == MM_OK && !r.base.answer.known)
        status = find_need(&r, scenario, messages);
    if (status == MM_OK)
        status = study_new(document_of(&r, scenario), study, messages);
    if (failed)
        *failed = r.search.failed;
    close_reversing(&r);
    gsl_errors_loud();
    return study_end(failures, status, study, messages);
}
