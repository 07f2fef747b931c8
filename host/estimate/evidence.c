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

/* The counts of piece `p` from 0 of a case; those of the hypothesis stand before the first. */
static const uint64_t *piece_counts(const struct tallies *tallies, const struct mm_case *item, int p) {
    return tallies->counts + item->counts + 1 + (size_t)MM_CASE_STEP * (size_t)p;
}

static struct rung_paths paths_of(const uint64_t *counts, int with) {
    return (struct rung_paths){counts[with], counts[with + 1]};
}

/* All paths of a case. */
static struct rung_paths all_of(const struct tallies *tallies, const struct mm_case *item, uint64_t paths) {
    const uint64_t with = tallies->counts[item->counts];

    return (struct rung_paths){with, paths - with};
}

static uint64_t fewer_of(struct rung_paths sides) {
    return sides.with < sides.without ? sides.with : sides.without;
}

/* Whether the side of `seen` of `of` paths is certain, though the other has none of `of_other`. */
static bool is_certain(uint64_t seen, uint64_t of, uint64_t of_other) {
    return seen >= RUNGS_LEAST_PATHS && (double)seen / (double)of * (double)of_other >= RUNGS_LEAST_PATHS;
}

static enum rung_state state_of(struct rung_paths seen, struct rung_paths all, const struct rung *before) {
    const enum rung_state earlier = before != NULL ? before->state : RUNG_TOLD;

    if (seen.with == 0 && seen.without == 0) {
        return RUNG_NEVER;
    }
    if (fewer_of(seen) >= RUNGS_LEAST_PATHS) {
        return RUNG_TOLD;
    }
    if (seen.without == 0 && (earlier == RUNG_ONLY_WITH || is_certain(seen.with, all.with, all.without))) {
        return RUNG_ONLY_WITH;
    }
    if (seen.with == 0 && (earlier == RUNG_ONLY_WITHOUT || is_certain(seen.without, all.without, all.with))) {
        return RUNG_ONLY_WITHOUT;
    }
    return RUNG_SCARCE;
}

struct rung rungs_look(struct rung_paths seen, struct rung_paths all, const struct rung *before) {
    struct rung rung = {state_of(seen, all, before), 0};
    const uint64_t fewer = fewer_of(seen);

    if (rung.state == RUNG_SCARCE || rung.state == RUNG_NEVER) {
        const double share = (double)(fewer > 0 ? fewer : 3) / (double)(all.with + all.without);
        rung.needs = (uint64_t)ceil(RUNGS_LEAST_PATHS / share);
        rung.needs = before != NULL && before->needs > rung.needs ? before->needs : rung.needs;
    }
    return rung;
}

uint64_t rungs_need(const struct plan *plan, const struct tallies *tallies, uint64_t paths) {
    const struct mm_case *item = PLAN_TABLE(plan, mm_case, cases);
    uint64_t most = 0;

    for (int i = 0; i < plan->head.n_cases; i++) {
        const struct rung_paths all = all_of(tallies, &item[i], paths);
        struct rung rung = {RUNG_TOLD, 0};
        for (int p = 0; p < item[i].n_pieces; p++) {
            rung = rungs_look(paths_of(piece_counts(tallies, &item[i], p), MM_CASE_ALL_WITH), all, &rung);
            most = rung.needs > most ? rung.needs : most;
        }
    }
    return most;
}

static size_t verdict_of(double factor) {
    size_t i = 0;

    while (factor < verdicts[i].from * (1 - 1e-12)) { /* a bound itself belongs to the stronger words */
        i++;
    }
    return i;
}

json_t *estimate_verdict(const struct factor *factor) {
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
static const char *const missing[] = {[RUNG_SCARCE] = "too few paths",
                                      [RUNG_NEVER] = "never seen",
                                      [RUNG_ONLY_WITH] = "seen only where it holds",
                                      [RUNG_ONLY_WITHOUT] = "seen only where it does not hold"};

static struct factor factor_of(struct rung_paths all, struct rung_paths seen) {
    struct factor factor = figure_factor(seen.with, all.with, seen.without, all.without);

    factor.known = factor.known && fewer_of(seen) >= RUNGS_LEAST_PATHS;
    return factor;
}

static json_t *number_or_null(bool known, double number) {
    return known ? json_real(number) : json_null();
}

static json_t *one_step(struct rung_paths all, const uint64_t *counts, const struct rung *rung, const char *event) {
    const struct rung_paths seen = paths_of(counts, MM_CASE_ALL_WITH);
    const struct factor factor = factor_of(all, seen), single = factor_of(all, paths_of(counts, MM_CASE_ONE_WITH));
    const struct figure unknown = {.known = false};
    const uint64_t with = seen.with, either = with + seen.without;
    json_t *step = json_object();
    int bad = 0;

    bad |= json_object_set_new(step, "event", json_string(event));
    bad |= json_object_set_new(step, "evidence", estimate_share_figure(figure_share(either, all.with + all.without)));
    bad |= json_object_set_new(step, "posterior",
                               estimate_share_figure(either > 0 ? figure_share(with, either) : unknown));
    bad |= json_object_set_new(step, "bayes_factor", number_or_null(factor.known, factor.value));
    bad |= json_object_set_new(
        step, "ci",
        json_pack("[o, o]", number_or_null(factor.known, factor.low), number_or_null(factor.known, factor.high)));
    bad |= json_object_set_new(step, "single_factor", number_or_null(single.known, single.value));
    bad |= json_object_set_new(
        step, "paths",
        json_pack("{s:I, s:I}", "with_hypothesis", (json_int_t)with, "without", (json_int_t)seen.without));
    bad |=
        json_object_set_new(step, "needs_paths", rung->needs > 0 ? json_integer((json_int_t)rung->needs) : json_null());
    bad |= json_object_set_new(
        step, "verdict", rung->state == RUNG_TOLD ? estimate_verdict(&factor) : json_string(missing[rung->state]));
    if (bad) {
        json_decref(step);
        return NULL;
    }
    return step;
}

static json_t *one_case(const struct estimator *estimator, const struct sc_question *question,
                        const struct mm_case *item, const char *firm) {
    const struct rung_paths all = all_of(estimator->tallies, item, estimator->paths);
    struct rung rung = {RUNG_TOLD, 0};
    json_t *object = json_object(), *steps = json_array();
    double product = 1;
    bool known = true;
    int bad = 0;

    bad |= json_object_set_new(object, "firm", firm != NULL ? json_string(firm) : json_null());
    bad |= json_object_set_new(object, "prior", estimate_share_figure(figure_share(all.with, estimator->paths)));
    bad |= json_object_set_new(object, "steps", steps);
    for (int p = 0; p < item->n_pieces && !bad; p++) {
        const uint64_t *counts = piece_counts(estimator->tallies, item, p);
        const struct factor single = factor_of(all, paths_of(counts, MM_CASE_ONE_WITH));
        rung = rungs_look(paths_of(counts, MM_CASE_ALL_WITH), all, &rung);
        known = known && single.known;
        product *= single.value;
        bad |= json_array_append_new(
            steps, one_step(all, counts, &rung, estimator->scenario->events[question->pieces[p].event].name));
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
