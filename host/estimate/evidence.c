/* Evidence questions: the odds ladder. What is counted stands in kernels/path_news.h. */
#include "host/estimate/parts.h"

#include <math.h>
#include <stdio.h>

#include "host/estimate/rungs.h"

/* Verdicts, from the factor's lower bound on; the bounds are those of docs/result.md. */
static const struct {
    double from;
    const char *words;
} verdicts[] = {{10, "points strongly to it"},
                {1.5, "points to it"},
                {1 / 1.5, "says little"},
                {0.1, "speaks against it"},
                {0, "speaks strongly against it"}};

uint64_t rungs_need(uint64_t fewer, uint64_t paths) {
    const double share = (double)(fewer > 0 ? fewer : 3) / (double)paths;

    return (uint64_t)ceil(RUNGS_LEAST_PATHS / share);
}

/* The counts of piece `p` from 0 of a case; those of the hypothesis stand before the first. */
static const uint64_t *piece_counts(const struct tallies *tallies, const struct mm_case *item, int p) {
    return tallies->counts + item->counts + 1 + (size_t)MM_CASE_STEP * (size_t)p;
}

static uint64_t fewer_of(const uint64_t *counts, int with) {
    return counts[with] < counts[with + 1] ? counts[with] : counts[with + 1];
}

uint64_t rungs_fewest(const struct plan *plan, const struct tallies *tallies) {
    const struct mm_case *item = PLAN_TABLE(plan, mm_case, cases);
    uint64_t fewest = UINT64_MAX;

    for (int i = 0; i < plan->head.n_cases; i++) {
        /* each rung's paths are among those of the rung before */
        const uint64_t fewer = fewer_of(piece_counts(tallies, &item[i], item[i].n_pieces - 1), MM_CASE_ALL_WITH);
        fewest = fewer < fewest ? fewer : fewest;
    }
    return fewest;
}

static size_t verdict_of(double factor) {
    size_t i = 0;

    while (factor < verdicts[i].from * (1 - 1e-12)) { /* a bound itself belongs to the stronger words */
        i++;
    }
    return i;
}

/* In words; where the interval reaches into other words, those too. */
static json_t *verdict(const struct factor *factor) {
    const size_t own = verdict_of(factor->value), low = verdict_of(factor->low), high = verdict_of(factor->high);

    if (low != own && high != own) {
        return json_sprintf("%s (perhaps %s, or %s)", verdicts[own].words, verdicts[low].words, verdicts[high].words);
    }
    if (low != own || high != own) {
        return json_sprintf("%s (perhaps %s)", verdicts[own].words, verdicts[low != own ? low : high].words);
    }
    return json_string(verdicts[own].words);
}

/* Why there is no factor. */
static json_t *missing(uint64_t with, uint64_t without) {
    if (with == 0 && without == 0) {
        return json_string("never seen");
    }
    if (without == 0 && with >= RUNGS_LEAST_PATHS) {
        return json_string("seen only where it holds");
    }
    if (with == 0 && without >= RUNGS_LEAST_PATHS) {
        return json_string("seen only where it does not hold");
    }
    return json_string("too few paths");
}

/* Paths of a case: with its hypothesis, and all. */
struct sides {
    uint64_t with, all;
};

static struct factor factor_of(const struct sides *sides, const uint64_t *counts, int with) {
    struct factor factor = figure_factor(counts[with], sides->with, counts[with + 1], sides->all - sides->with);

    factor.known = factor.known && fewer_of(counts, with) >= RUNGS_LEAST_PATHS;
    return factor;
}

static json_t *number_or_null(bool known, double number) {
    return known ? json_real(number) : json_null();
}

static json_t *one_step(const struct sides *sides, const uint64_t *counts, const char *event) {
    const uint64_t with = counts[MM_CASE_ALL_WITH], without = counts[MM_CASE_ALL_WITHOUT];
    const struct factor factor = factor_of(sides, counts, MM_CASE_ALL_WITH);
    const struct factor single = factor_of(sides, counts, MM_CASE_ONE_WITH);
    const struct figure unknown = {.known = false};
    const uint64_t fewer = fewer_of(counts, MM_CASE_ALL_WITH);
    json_t *step = json_object();
    int bad = 0;

    bad |= json_object_set_new(step, "event", json_string(event));
    bad |= json_object_set_new(step, "evidence", estimate_share_figure(figure_share(with + without, sides->all)));
    bad |= json_object_set_new(
        step, "posterior", estimate_share_figure(with + without > 0 ? figure_share(with, with + without) : unknown));
    bad |= json_object_set_new(step, "bayes_factor", number_or_null(factor.known, factor.value));
    bad |= json_object_set_new(
        step, "ci",
        json_pack("[o, o]", number_or_null(factor.known, factor.low), number_or_null(factor.known, factor.high)));
    bad |= json_object_set_new(step, "single_factor", number_or_null(single.known, single.value));
    bad |= json_object_set_new(
        step, "paths", json_pack("{s:I, s:I}", "with_hypothesis", (json_int_t)with, "without", (json_int_t)without));
    bad |= json_object_set_new(step, "needs_paths",
                               fewer < RUNGS_LEAST_PATHS ? json_integer((json_int_t)rungs_need(fewer, sides->all))
                                                         : json_null());
    bad |= json_object_set_new(step, "verdict", factor.known ? verdict(&factor) : missing(with, without));
    if (bad) {
        json_decref(step);
        return NULL;
    }
    return step;
}

static json_t *one_case(const struct estimator *estimator, const struct sc_question *question,
                        const struct mm_case *item, const char *firm) {
    const struct sides sides = {estimator->tallies->counts[item->counts], estimator->paths};
    json_t *object = json_object(), *steps = json_array();
    double product = 1;
    bool known = true;
    int bad = 0;

    bad |= json_object_set_new(object, "firm", firm != NULL ? json_string(firm) : json_null());
    bad |= json_object_set_new(object, "prior", estimate_share_figure(figure_share(sides.with, sides.all)));
    bad |= json_object_set_new(object, "steps", steps);
    for (int p = 0; p < item->n_pieces && !bad; p++) {
        const uint64_t *counts = piece_counts(estimator->tallies, item, p);
        const struct factor single = factor_of(&sides, counts, MM_CASE_ONE_WITH);
        known = known && single.known;
        product *= single.value;
        bad |= json_array_append_new(
            steps, one_step(&sides, counts, estimator->scenario->events[question->pieces[p].event].name));
    }
    bad |= json_object_set_new(object, "product_of_singles", number_or_null(known, product));
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

json_t *estimate_evidence(const struct estimator *estimator, int index) {
    const struct sc_scenario *scenario = estimator->scenario;
    const struct sc_question *question = &scenario->questions[index];
    const struct plan_question *where = &estimator->plan->questions[index];
    const struct mm_case *items = PLAN_TABLE(estimator->plan, mm_case, cases) + where->first_case;
    json_t *object = json_object(), *cases = json_array();
    int bad = 0;

    bad |= json_object_set_new(object, "type", json_string("evidence"));
    bad |= json_object_set_new(object, "as_of", estimate_month(scenario, question->as_of));
    bad |= json_object_set_new(object, "hypothesis", json_string(scenario->events[question->hypothesis.event].name));
    bad |= json_object_set_new(object, "cases", cases);
    for (int i = 0; i < where->n_cases && !bad; i++) {
        const char *firm = question->n_firms > 0 ? scenario->firms[question->firms[i]].name : NULL;
        bad |= json_array_append_new(cases, one_case(estimator, question, &items[i], firm));
    }
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}
