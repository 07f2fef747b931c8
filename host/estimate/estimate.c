#include "host/estimate/estimate.h"

#include <math.h>

#include "host/estimate/parts.h"
#include "host/scenario/scenario_data.h"

const char *const estimate_layer_names[SC_LAYERS] = {"gpu", "power", "shell", "network"};
const char *const estimate_state_names[MM_STATES] = {"shortage", "glut", "friction", "balanced"};

json_t *estimate_month(const struct sc_scenario *scenario, int month) {
    char date[SCENARIO_DATE];

    if (scenario->months > SCENARIO_DATED_MONTHS) {
        return json_integer(month);
    }
    scenario_date(scenario, month, date);
    return json_string(date);
}

json_t *estimate_ends(const double interval[2]) {
    return json_pack("[o, o]", isfinite(interval[0]) ? json_real(interval[0]) : json_null(),
                     isfinite(interval[1]) ? json_real(interval[1]) : json_null());
}

static json_t *figure_json(const char *name, const struct figure *figure, const double interval[2]) {
    json_t *object = json_object();
    int bad = 0;

    bad |= json_object_set_new(object, name, figure->known ? json_real(figure->value) : json_null());
    bad |= json_object_set_new(object, "se", figure->known && figure->has_se ? json_real(figure->se) : json_null());
    bad |= json_object_set_new(object, "ci", estimate_ends(interval));
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

json_t *estimate_share_figure(struct figure share) {
    double interval[2];

    estimate_interval(&share, interval);
    return figure_json("p", &share, interval);
}

json_t *estimate_mean_figure(const struct estimator *estimator, struct figure mean, double most) {
    double interval[2];

    estimate_mean_interval(estimator, &mean, most, interval);
    return figure_json("value", &mean, interval);
}

/* Month after month: the hits of that month, or of all up to it. */
static json_t *curve(const struct estimator *estimator, const uint64_t *hits, size_t stride, bool cumulative, int from,
                     int to) {
    json_t *object = json_object(), *p = json_array(), *se = json_array();
    const size_t first = (size_t)(hits - estimator->tallies->counts);
    uint64_t so_far = 0;
    int bad = 0;

    bad |= json_object_set_new(object, "p", p);
    bad |= json_object_set_new(object, "se", se);
    for (int month = 0; month < estimator->scenario->months && !bad; month++) {
        const size_t at = (size_t)month * stride;
        so_far = hits[at] + (cumulative ? so_far : 0);
        if (so_far == 0) {
            const int inside = month >= from && month <= to;
            bad |= json_array_append(p, estimator->none);
            bad |= json_array_append(se, inside ? estimator->none_se : estimator->none);
        } else {
            const struct figure share =
                cumulative ? estimate_share(estimator, first, at + 1) : estimate_share(estimator, first + at, 1);
            bad |= json_array_append_new(p, json_real(share.value));
            bad |= json_array_append_new(se, json_real(share.se));
        }
    }
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

json_t *estimate_curve(const struct estimator *estimator, const uint64_t *hits, size_t stride, int from, int to) {
    return curve(estimator, hits, stride, false, from, to);
}

json_t *estimate_passage(const struct estimator *estimator, const uint64_t *hits, int from) {
    return curve(estimator, hits, 1, true, from, estimator->scenario->months - 1);
}

void estimate_number_text(double number, char text[TEXT_NUMBER]) {
    text_number(number, text);
    for (char *c = text; *c != '\0'; c++) {
        *c = *c == ',' ? '.' : *c; /* some locales write a comma */
    }
}

/* The answer to question `i`, or NULL with *failed 0 where this version has none. */
static json_t *answer(const struct estimator *estimator, int i, int *failed) {
    const struct plan *plan = estimator->plan;
    const struct sc_question *question = &estimator->scenario->questions[i];
    const struct plan_question *where = &plan->questions[i];
    json_t *object = NULL;

    *failed = 0;
    switch (question->kind) {
    case SC_PROBABILITY:
        object = estimate_probability(estimator, PLAN_TABLE(plan, mm_probability, probabilities) + where->probability);
        break;
    case SC_COEXISTENCE:
        object = json_pack("{s:s, s:o}", "type", "coexistence", "entries",
                           estimate_entries(estimator, PLAN_TABLE(plan, mm_map, maps) + where->map));
        break;
    case SC_FAN:
        object = estimate_fan(estimator, question, PLAN_TABLE(plan, mm_fan, fans) + where->fan);
        break;
    case SC_TAIL:
        object = estimate_tail(estimator, question, PLAN_TABLE(plan, mm_tail, tails) + where->tail);
        break;
    case SC_BINDING:
        object = estimate_binding(estimator);
        break;
    case SC_EVIDENCE:
        object = estimate_evidence(estimator, i);
        break;
    case SC_PATTERN:
        object = estimate_pattern(estimator, i);
        break;
    }
    *failed = object == NULL;
    return object;
}

/* Questions, and in *coexistence (borrowed) the entries of the first coexistence question, or NULL. */
static json_t *answers(const struct estimator *estimator, json_t **coexistence) {
    json_t *questions = json_object();
    int bad = questions == NULL;

    *coexistence = NULL;
    for (int i = 0; i < estimator->scenario->n_questions && !bad; i++) {
        const struct sc_question *question = &estimator->scenario->questions[i];
        json_t *object = answer(estimator, i, &bad);
        if (object != NULL) {
            bad |= json_object_set_new(questions, question->name, object);
        }
        if (!bad && question->kind == SC_COEXISTENCE && *coexistence == NULL) {
            *coexistence = json_object_get(object, "entries");
        }
    }
    if (bad) {
        *coexistence = NULL;
        json_decref(questions);
        return NULL;
    }
    return questions;
}

static json_t *estimate(struct estimator *estimator) {
    const struct figure none = figure_share(0, estimator->paths);
    json_t *all = json_object(), *questions, *entries = NULL;
    int bad;

    estimator->none = json_real(0);
    estimator->none_se = json_real(none.se);
    bad = estimator->none == NULL || estimator->none_se == NULL;
    if (!bad && !estimator->brief) {
        bad |= json_object_set_new(all, "industry", estimate_industry(estimator));
    }
    if (!bad) {
        questions = answers(estimator, &entries);
        /* the same array in both places: it may be large */
        bad |= json_object_set_new(all, "coexistence", entries != NULL ? json_incref(entries) : json_array());
        bad |= json_object_set_new(all, "questions", questions);
    }
    json_decref(estimator->none);
    json_decref(estimator->none_se);
    if (bad) {
        json_decref(all);
        return NULL;
    }
    return all;
}

json_t *estimate_all(const struct sc_scenario *scenario, const struct plan *plan, const struct tallies *tallies,
                     uint64_t paths) {
    struct estimator estimator = {.scenario = scenario, .plan = plan, .tallies = tallies, .paths = paths};

    return estimate(&estimator);
}

json_t *estimate_answers(const struct sc_scenario *scenario, const struct plan *plan, const struct tallies *tallies,
                         uint64_t paths) {
    struct estimator estimator = {
        .scenario = scenario, .plan = plan, .tallies = tallies, .paths = paths, .brief = true};

    return estimate(&estimator);
}
