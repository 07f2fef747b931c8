/* Pattern questions: the answer to what news is worth to names. */
#include "host/estimate/parts.h"

#include <math.h>

#include "host/estimate/pattern_values.h"

#define APART 0.15 /* implied probabilities that differ by more contradict each other, if the difference is certain */

static const char *const reading_names[PATTERN_READINGS] = {"mismatch", "competitor", "demand_failing"};

/* What the parts of one answer share. */
struct pattern {
    const struct estimator *estimator;
    const struct sc_question *question;
    struct pattern_values values;
};

static json_t *number_or_null(double number) {
    return isfinite(number) ? json_real(number) : json_null();
}

/* {"value", "se", "ci"} of a figure of a name. */
static json_t *figure_json(const struct pattern *p, int i, double whole) {
    const double value = p->values.all[i], se = isfinite(value) ? pattern_se(&p->values, i, -1) : (double)NAN;
    double ends[2];

    pattern_interval(&p->values, i, whole, ends);
    return json_pack("{s:o, s:o, s:o}", "value", number_or_null(value), "se", number_or_null(se), "ci",
                     estimate_ends(ends));
}

/* The interval of an implied probability. \return whether there is one. */
static bool implied_interval(const struct pattern *p, int name, double ci[2]) {
    const struct sc_name *listed = &p->estimator->scenario->names[name];

    return listed->has_observed && pattern_implied(&p->values, name, listed->observed, ci);
}

static json_t *implied_json(const struct pattern *p, int name) {
    double ci[2];

    if (!p->estimator->scenario->names[name].has_observed) {
        return json_null();
    }
    if (!implied_interval(p, name, ci)) {
        return json_pack("{s:n, s:[n, n]}", "value", "ci");
    }
    return json_pack("{s:f, s:[f, f]}", "value", p->values.all[pattern_index(name, PATTERN_IMPLIED)], "ci", ci[0],
                     ci[1]);
}

static json_t *name_json(const struct pattern *p, int i) {
    const struct sc_name *name = &p->estimator->scenario->names[i];
    json_t *object = json_object();
    int bad = 0;

    bad |= json_object_set_new(object, "move", figure_json(p, pattern_index(i, PATTERN_MOVE), name->leverage));
    bad |=
        json_object_set_new(object, "if_outcome", figure_json(p, pattern_index(i, PATTERN_IF_OUTCOME), name->leverage));
    bad |= json_object_set_new(object, "if_not", figure_json(p, pattern_index(i, PATTERN_IF_NOT), name->leverage));
    bad |= json_object_set_new(object, "observed", name->has_observed ? json_real(name->observed) : json_null());
    bad |= json_object_set_new(object, "implied", implied_json(p, i));
    bad |= json_object_set_new(
        object, "explained",
        name->has_observed ? figure_json(p, pattern_index(i, PATTERN_EXPLAINED), name->leverage / name->observed)
                           : json_null());
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static json_t *names_json(const struct pattern *p) {
    json_t *object = json_object();
    int bad = object == NULL;

    for (int i = 0; i < p->values.n_names && !bad; i++) {
        bad |= json_object_set_new(object, p->estimator->scenario->names[i].name, name_json(p, i));
    }
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/* Whether the moves of two names imply probabilities that differ, by more than APART and for certain. */
static bool contradict(const struct pattern *p, int a, int b) {
    const int i = pattern_index(a, PATTERN_IMPLIED), k = pattern_index(b, PATTERN_IMPLIED);
    const struct sc_name *names = p->estimator->scenario->names;
    const int pair[2] = {a, b};
    const double observed[2] = {names[a].observed, names[b].observed};
    double ci[2];

    return implied_interval(p, a, ci) && implied_interval(p, b, ci) &&
           fabs(p->values.all[i] - p->values.all[k]) > APART && pattern_apart(&p->values, pair, observed, ci) &&
           (ci[0] > 0 || ci[1] < 0);
}

static json_t *contradictions_json(const struct pattern *p) {
    const struct sc_name *names = p->estimator->scenario->names;
    json_t *pairs = json_array();
    int bad = pairs == NULL;

    for (int a = 0; a < p->values.n_names && !bad; a++) {
        for (int b = a + 1; b < p->values.n_names && names[a].has_observed && !bad; b++) {
            if (names[b].has_observed && contradict(p, a, b)) {
                bad |= json_array_append_new(pairs, json_pack("[s, s]", names[a].name, names[b].name));
            }
        }
    }
    if (bad) {
        json_decref(pairs);
        return NULL;
    }
    return pairs;
}

/* Names whose move no probability of the outcome explains. */
static json_t *alone_json(const struct pattern *p) {
    json_t *alone = json_array();
    int bad = alone == NULL;

    for (int i = 0; i < p->values.n_names && !bad; i++) {
        double ci[2];
        if (implied_interval(p, i, ci) && (ci[0] > 1 || ci[1] < 0)) {
            bad |= json_array_append_new(alone, json_string(p->estimator->scenario->names[i].name));
        }
    }
    if (bad) {
        json_decref(alone);
        return NULL;
    }
    return alone;
}

static json_t *by_name_json(const struct pattern *p, enum pattern_reading reading, double *likelihood) {
    json_t *by_name = json_object();
    int bad = by_name == NULL;

    for (int i = 0; i < p->values.n_names && !bad; i++) {
        const struct sc_name *name = &p->estimator->scenario->names[i];
        if (name->has_observed) {
            const double predicted = pattern_predicted(&p->values, i, reading);
            const double part = pattern_likelihood(p->question, name->observed, predicted);
            *likelihood += part;
            bad |= json_object_set_new(by_name, name->name,
                                       json_pack("{s:o, s:o}", "predicted", number_or_null(predicted), "log_likelihood",
                                                 number_or_null(part)));
        }
    }
    if (bad) {
        json_decref(by_name);
        return NULL;
    }
    return by_name;
}

static json_t *reading_json(const struct pattern *p, enum pattern_reading reading) {
    const int equal = pattern_posterior(&p->values, reading, false),
              split = pattern_posterior(&p->values, reading, true);
    double likelihood = 0;
    json_t *object = json_object(), *by_name = by_name_json(p, reading, &likelihood);
    int bad = 0;

    bad |= json_object_set_new(object, "log_likelihood", number_or_null(likelihood));
    bad |= json_object_set_new(object, "posterior", number_or_null(p->values.all[equal]));
    bad |= json_object_set_new(object, "posterior_se", number_or_null(pattern_se(&p->values, equal, -1)));
    bad |= json_object_set_new(object, "posterior_at_split", number_or_null(p->values.all[split]));
    bad |= json_object_set_new(object, "posterior_at_split_se", number_or_null(pattern_se(&p->values, split, -1)));
    bad |= json_object_set_new(object, "by_name", by_name);
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static json_t *readings_json(const struct pattern *p) {
    json_t *object;
    int bad;

    if (!p->values.has_readings) {
        return json_null();
    }
    object = json_object();
    bad = object == NULL;
    for (int reading = 0; reading < PATTERN_READINGS && !bad; reading++) {
        if (reading != PATTERN_COMPETITOR || p->values.has_rival) {
            bad |= json_object_set_new(object, reading_names[reading], reading_json(p, (enum pattern_reading)reading));
        }
    }
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static json_t *answer_json(const struct pattern *p) {
    const uint64_t with = p->values.paths[1], without = p->values.paths[2];
    const struct figure unknown = {.known = false};
    json_t *object = json_object();
    int bad = 0;

    bad |= json_object_set_new(object, "type", json_string("pattern"));
    bad |= json_object_set_new(object, "as_of", estimate_month(p->estimator->scenario, p->question->as_of));
    bad |=
        json_object_set_new(object, "news", estimate_share_figure(figure_share(with + without, p->values.all_paths)));
    bad |=
        json_object_set_new(object, "outcome_given_news",
                            estimate_share_figure(with + without > 0 ? figure_share(with, with + without) : unknown));
    bad |= json_object_set_new(
        object, "paths", json_pack("{s:I, s:I}", "with_outcome", (json_int_t)with, "without", (json_int_t)without));
    bad |= json_object_set_new(object, "names", names_json(p));
    bad |= json_object_set_new(object, "contradictions", contradictions_json(p));
    bad |= json_object_set_new(object, "alone", alone_json(p));
    bad |= json_object_set_new(object, "readings", readings_json(p));
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/* The run under the question's competitor overlay. \return whether there is one: it has been planned, and its paths are
 * among the tallies (a measurement of single answers leaves it out). */
static bool find_rival(const struct estimator *estimator, int index, struct tallies *tallies,
                       struct pattern_side *rival) {
    const struct plan *plan = estimator->plan;
    struct plan_part part;

    if (plan->questions[index].overlay < 0 || estimator->tallies->n_counts < plan_counts(plan)) {
        return false;
    }
    part = plan_part(plan, 1 + plan->questions[index].overlay);
    *tallies = tallies_part(estimator->tallies, part.first_count, (size_t)part.plan->head.n_counts, part.first_sum,
                            (size_t)part.plan->head.n_sums);
    *rival = (struct pattern_side){estimator->scenario->questions[index].competitor, part.plan,
                                   PLAN_TABLE(part.plan, mm_pattern, patterns), tallies};
    return true;
}

json_t *estimate_pattern(const struct estimator *estimator, int index) {
    const struct sc_scenario *scenario = estimator->scenario;
    const struct plan *plan = estimator->plan;
    const struct pattern_side own = {
        scenario, plan, PLAN_TABLE(plan, mm_pattern, patterns) + plan->questions[index].pattern, estimator->tallies};
    struct pattern p = {.estimator = estimator, .question = &scenario->questions[index]};
    struct pattern_side rival;
    struct tallies tallies;
    json_t *object;

    if (!pattern_values_make(&p.values, p.question, &own,
                             find_rival(estimator, index, &tallies, &rival) ? &rival : NULL)) {
        return NULL;
    }
    object = answer_json(&p);
    pattern_values_free(&p.values);
    return object;
}
