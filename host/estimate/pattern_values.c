#include "host/estimate/pattern_values.h"

#include <math.h>
#include <stdlib.h>

#include "host/estimate/interval.h"

#define LEAST_OBSERVED 3 /* moves that readings are compared with */

int pattern_index(int name, enum pattern_figure figure) {
    return name * PATTERN_FIGURES + (int)figure;
}

int pattern_posterior(const struct pattern_values *values, enum pattern_reading reading, bool split) {
    return values->n_names * PATTERN_FIGURES + (int)reading + (split ? PATTERN_READINGS : 0);
}

/* Sums of one run over all batches, or over all but one. */
struct totals {
    long double paths[MM_NEWS_CELLS];
    long double *values; /* [MM_NEWS_CELLS][names], fixed point */
};

static void total(const struct pattern_side *side, int without, struct totals *totals) {
    const int n = side->scenario->n_names;
    const uint64_t *counts = side->tallies->counts + side->pattern->counts;
    const struct tally_sum *sums = side->tallies->sums + side->pattern->sums;

    for (int cell = 0; cell < MM_NEWS_CELLS; cell++) {
        totals->paths[cell] = 0;
        for (int i = 0; i < n; i++) {
            totals->values[cell * n + i] = 0;
        }
    }
    for (int row = 0; row < MM_BATCHES * MM_NEWS_CELLS; row++) {
        const int cell = row % MM_NEWS_CELLS;
        if (row / MM_NEWS_CELLS == without) {
            continue;
        }
        totals->paths[cell] += (long double)counts[row];
        for (int i = 0; i < n; i++) {
            totals->values[cell * n + i] += tally_value(sums[(size_t)row * (size_t)n + (size_t)i]);
        }
    }
}

/* The part of a name's value that is the same on all paths. */
static double constant(const struct pattern_side *side, int name) {
    double sum = 0;

    for (int t = 0; t < side->pattern->to - side->pattern->from; t++) {
        sum += plan_discount(side->scenario, t);
    }
    return side->scenario->names[name].is_supplier ? 0 : side->scenario->names[name].other * sum;
}

/* Mean value of a name over the cells first ... last; NAN without paths. */
static double mean(const struct pattern_side *side, const struct totals *totals, int name, int first, int last) {
    const int n = side->scenario->n_names;
    const float *scales = (const float *)(const void *)(side->plan->pool + side->pattern->scales);
    long double paths = 0, sum = 0;

    for (int cell = first; cell <= last; cell++) {
        paths += totals->paths[cell];
        sum += totals->values[cell * n + name];
    }
    return paths > 0 ? (double)(sum / paths / (long double)scales[name]) + constant(side, name) : NAN;
}

double pattern_likelihood(const struct sc_question *question, double observed, double predicted) {
    const double distance = (observed - predicted) / question->spread;

    return -0.5 * distance * distance - log(question->spread * sqrt(2 * M_PI));
}

double pattern_predicted(const struct pattern_values *values, int name, enum pattern_reading reading) {
    static const enum pattern_figure predicts[] = {PATTERN_IF_NOT, PATTERN_RIVAL, PATTERN_IF_OUTCOME};

    return values->all[pattern_index(name, predicts[reading])];
}

/* Moves of one name, and what follows from its observation. `base`: its value before the news. */
static void name_figures(const struct sc_name *name, double base, const double means[4], double *figures) {
    for (int i = 0; i < 4; i++) {
        figures[PATTERN_MOVE + i] = base > 0 ? name->leverage * (means[i] / base - 1) : NAN;
    }
    figures[PATTERN_IMPLIED] = figures[PATTERN_EXPLAINED] = NAN;
    if (name->has_observed) {
        const double step = figures[PATTERN_IF_OUTCOME] - figures[PATTERN_IF_NOT];
        if (step > 0 || step < 0) {
            figures[PATTERN_IMPLIED] = (name->observed - figures[PATTERN_IF_NOT]) / step;
        }
        if (name->observed > 0 || name->observed < 0) {
            figures[PATTERN_EXPLAINED] = figures[PATTERN_MOVE] / name->observed;
        }
    }
}

/* Both posteriors of the readings, from the moves already in `figures`. */
static void weigh_readings(const struct pattern_values *values, const struct sc_question *question,
                           const struct sc_scenario *scenario, double outcome, double *figures) {
    struct pattern_values seen = *values;
    double likelihood[PATTERN_READINGS] = {0}, best = -INFINITY, equal = 0, split = 0, prior[PATTERN_READINGS];
    const int others = values->has_rival ? 2 : 1;

    seen.all = figures;
    for (int reading = 0; reading < PATTERN_READINGS; reading++) {
        prior[reading] = reading == PATTERN_FAILING ? outcome : (1 - outcome) / others;
        for (int i = 0; i < values->n_names; i++) {
            if (scenario->names[i].has_observed) {
                likelihood[reading] += pattern_likelihood(question, scenario->names[i].observed,
                                                          pattern_predicted(&seen, i, (enum pattern_reading)reading));
            }
        }
        if (reading != PATTERN_COMPETITOR || values->has_rival) {
            best = likelihood[reading] > best ? likelihood[reading] : best;
        }
    }
    for (int reading = 0; reading < PATTERN_READINGS; reading++) {
        const bool there = reading != PATTERN_COMPETITOR || values->has_rival;
        likelihood[reading] = there ? exp(likelihood[reading] - best) : 0;
        equal += likelihood[reading];
        split += likelihood[reading] * prior[reading];
    }
    for (int reading = 0; reading < PATTERN_READINGS; reading++) {
        const enum pattern_reading own = (enum pattern_reading)reading;
        figures[pattern_posterior(values, own, false)] = likelihood[reading] / equal;
        figures[pattern_posterior(values, own, true)] = split > 0 ? likelihood[reading] * prior[reading] / split : NAN;
    }
}

/* All figures without one batch (-1: with all). */
static void work_out(struct pattern_values *values, const struct sc_question *question, const struct pattern_side *own,
                     const struct pattern_side *rival, int without, struct totals totals[2], double *figures) {
    const struct sc_scenario *scenario = own->scenario;

    total(own, without, &totals[0]);
    if (rival != NULL) {
        total(rival, without, &totals[1]);
    }
    for (int i = 0; i < values->n_names; i++) {
        const double means[4] = {mean(own, &totals[0], i, 1, 2), mean(own, &totals[0], i, 1, 1),
                                 mean(own, &totals[0], i, 2, 2),
                                 rival != NULL ? mean(rival, &totals[1], i, 2, 2) : (double)NAN};
        name_figures(&scenario->names[i], mean(own, &totals[0], i, 0, 2), means, figures + pattern_index(i, 0));
    }
    if (values->has_readings) {
        const long double news = totals[0].paths[1] + totals[0].paths[2];
        weigh_readings(values, question, scenario, news > 0 ? (double)(totals[0].paths[1] / news) : (double)NAN,
                       figures);
    }
}

static void count_batches(struct pattern_values *values, const struct pattern_side *own) {
    const uint64_t *counts = own->tallies->counts + own->pattern->counts;

    for (int batch = 0; batch < MM_BATCHES; batch++) {
        const uint64_t *row = counts + (size_t)batch * MM_NEWS_CELLS;
        for (int cell = 0; cell < MM_NEWS_CELLS; cell++) {
            values->paths[cell] += row[cell];
            values->all_paths += row[cell];
            values->behind[cell] += row[cell] > 0;
        }
        values->behind_news += row[1] + row[2] > 0;
        values->used[batch] = row[0] + row[1] + row[2] > 0;
        values->n_batches += values->used[batch];
    }
}

static int count_observed(const struct sc_scenario *scenario) {
    int n = 0;

    for (int i = 0; i < scenario->n_names; i++) {
        n += scenario->names[i].has_observed;
    }
    return n;
}

bool pattern_values_make(struct pattern_values *values, const struct sc_question *question,
                         const struct pattern_side *own, const struct pattern_side *rival) {
    const int n = own->scenario->n_names, all = n * PATTERN_FIGURES + 2 * PATTERN_READINGS;
    struct totals totals[2] = {{.values = calloc((size_t)n * MM_NEWS_CELLS + 1, sizeof(long double))},
                               {.values = calloc((size_t)n * MM_NEWS_CELLS + 1, sizeof(long double))}};
    bool good;

    *values = (struct pattern_values){.n_names = n,
                                      .n_figures = all,
                                      .has_rival = rival != NULL,
                                      .has_readings = count_observed(own->scenario) >= LEAST_OBSERVED};
    values->all = calloc((size_t)all, sizeof *values->all);
    values->without = calloc((size_t)all * MM_BATCHES, sizeof *values->without);
    good = totals[0].values != NULL && totals[1].values != NULL && values->all != NULL && values->without != NULL;
    if (good) {
        count_batches(values, own);
        work_out(values, question, own, rival, -1, totals, values->all);
        for (int batch = 0; batch < MM_BATCHES; batch++) {
            work_out(values, question, own, rival, batch, totals, values->without + (size_t)batch * (size_t)all);
        }
    } else {
        pattern_values_free(values);
    }
    free(totals[0].values);
    free(totals[1].values);
    return good;
}

void pattern_values_free(struct pattern_values *values) {
    free(values->all);
    free(values->without);
    values->all = values->without = NULL;
}

/* Batches behind a figure: the fewest of the cells that it needs. */
static int batches_behind(const struct pattern_values *values, int i) {
    const int with = values->behind[1], without = values->behind[2], both = with < without ? with : without;

    if (i >= values->n_names * PATTERN_FIGURES) {
        return both;
    }
    switch ((enum pattern_figure)(i % PATTERN_FIGURES)) {
    case PATTERN_IF_OUTCOME:
        return with;
    case PATTERN_IF_NOT:
    case PATTERN_RIVAL:
        return without;
    case PATTERN_IMPLIED:
        return both;
    default:
        return values->behind_news;
    }
}

double pattern_se(const struct pattern_values *values, int i, int k) {
    double sum = 0, squares = 0;
    const int n = values->n_batches;

    if (batches_behind(values, i) < PATTERN_LEAST_BATCHES ||
        (k >= 0 && batches_behind(values, k) < PATTERN_LEAST_BATCHES)) {
        return NAN;
    }
    for (int pass = 0; pass < 2; pass++) { /* the mean first, so that the squares are those of differences */
        for (int batch = 0; batch < MM_BATCHES; batch++) {
            const double *figures = values->without + (size_t)batch * (size_t)values->n_figures;
            if (values->used[batch]) {
                const double figure = figures[i] - (k >= 0 ? figures[k] : 0);
                sum += pass == 0 ? figure / n : 0;
                squares += pass == 1 ? (figure - sum) * (figure - sum) : 0;
            }
        }
    }
    return sqrt(squares * (n - 1) / n);
}

double pattern_width(const struct pattern_values *values) {
    return interval_student(values->n_batches - 1);
}

/* Figure i (or that less figure k, k >= 0) without each batch in turn that has paths. \return how many. */
static int without_batches(const struct pattern_values *values, int i, int k, double without[MM_BATCHES]) {
    int n = 0;

    for (int batch = 0; batch < MM_BATCHES; batch++) {
        const double *figures = values->without + (size_t)batch * (size_t)values->n_figures;
        if (values->used[batch]) {
            without[n++] = figures[i] - (k >= 0 ? figures[k] : 0);
        }
    }
    return n;
}

void pattern_interval(const struct pattern_values *values, int i, double whole, double interval[2]) {
    double without[MM_BATCHES];

    interval[0] = interval[1] = NAN;
    if (isfinite(values->all[i]) && !isnan(pattern_se(values, i, -1))) {
        const int n = without_batches(values, i, -1, without);
        interval_jackknife(values->all[i], without, n, values->all[i] + whole, interval);
    }
}

/* What an implied probability is the quotient of: the observed move less the move without the outcome, over the move
 * with it less that without. */
struct implied {
    double a, b, a_without[MM_BATCHES], b_without[MM_BATCHES];
};

/* \return how many batches there are; 0: the moves have too few. */
static int implied_of(const struct pattern_values *values, int name, double observed, struct implied *implied) {
    const int with = pattern_index(name, PATTERN_IF_OUTCOME), without = pattern_index(name, PATTERN_IF_NOT);
    int n;

    if (!isfinite(values->all[with]) || !isfinite(values->all[without]) || isnan(pattern_se(values, with, without))) {
        return 0;
    }
    n = without_batches(values, without, -1, implied->a_without);
    without_batches(values, with, without, implied->b_without);
    for (int i = 0; i < n; i++) {
        implied->a_without[i] = observed - implied->a_without[i];
    }
    implied->a = observed - values->all[without];
    implied->b = values->all[with] - values->all[without];
    return n;
}

bool pattern_implied(const struct pattern_values *values, int name, double observed, double interval[2]) {
    struct implied implied;
    const int n = implied_of(values, name, observed, &implied);

    interval[0] = interval[1] = NAN;
    if (n > 0) {
        interval_fieller(implied.a, implied.b, implied.a_without, implied.b_without, n, interval);
    }
    return isfinite(interval[0]) && isfinite(interval[1]);
}

bool pattern_apart(const struct pattern_values *values, const int names[2], const double observed[2],
                   double interval[2]) {
    struct implied one, two;
    const int n = implied_of(values, names[0], observed[0], &one), m = implied_of(values, names[1], observed[1], &two);

    interval[0] = interval[1] = NAN;
    if (n > 0 && n == m) { /* a / b - c / d = (a d - c b) / (b d) */
        const double cross = one.a * two.b - two.a * one.b, both = one.b * two.b;
        for (int i = 0; i < n; i++) {
            const double b = one.b_without[i];
            one.b_without[i] = b * two.b_without[i];
            one.a_without[i] = one.a_without[i] * two.b_without[i] - two.a_without[i] * b;
        }
        interval_fieller(cross, both, one.a_without, one.b_without, n, interval);
    }
    return isfinite(interval[0]) && isfinite(interval[1]);
}
