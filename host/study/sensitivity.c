#include "host/study/sensitivity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/store/store.h"

#define CENTRE 0.5
#define MOST_SOBOL 20 /* inputs: the sequence has 40 dimensions */

size_t sensitivity_evaluations(mm_sensitivity_method method, size_t n_inputs, size_t rows) {
    switch (method) {
    case MM_TORNADO:
        return 2 * n_inputs + 1;
    case MM_MORRIS:
        return rows * (n_inputs + 1);
    case MM_SOBOL:
        return rows * (n_inputs + 2);
    }
    return 0;
}

void sensitivity_free(struct sensitivity *found) {
    free(found->base);
    free(found->inputs);
    free(found->used);
    free(found->mean);
    free(found->variance);
    free(found->first_message);
    *found = (struct sensitivity){0};
}

/* The work at hand. */
struct finding {
    struct problem *problem;
    const struct sensitivity_inputs *inputs;
    const struct problem_sample *sample;
    struct pace *pace;
    struct sensitivity *found;
    double *x; /* [n_inputs] */
};

/* One evaluation at probabilities u[n_inputs]. *known: whether the model could be evaluated there. */
static mm_status evaluate(struct finding *finding, const double *u, struct problem_point *point, bool *known,
                          mm_messages *messages) {
    struct sensitivity *found = finding->found;
    *known = false;
    if (finding->pace && pace_should_stop(finding->pace))
        return MM_INTERRUPTED;
    for (size_t i = 0; i < found->n_inputs; i++)
        finding->x[i] = finding->inputs->value(finding->inputs->context, i, u[i]);
    mm_messages *own = mm_messages_new();
    mm_status status = problem_evaluate(finding->problem, finding->x, finding->sample, point, own);
    *known = status == MM_OK;
    if (status == MM_USAGE) {
        if (found->failed++ == 0 && mm_messages_count(own))
            found->first_message = strdup(mm_messages_text(own, 0));
        status = MM_OK;
    } else if (status != MM_OK) {
        for (size_t k = 0; k < mm_messages_count(own); k++)
            mm_messages_add(messages, "%s", mm_messages_text(own, k));
    }
    mm_messages_free(own);
    if (status == MM_OK) {
        found->remembered += *known && point->remembered;
        if (finding->pace)
            pace_point(finding->pace, !(*known && point->remembered));
    }
    return status;
}

/* What three evaluations say about one input. */
static void compare(struct sensitivity *found, size_t input, const struct problem_point *base,
                    const struct problem_point *low, const struct problem_point *high, const bool known[3]) {
    static const struct problem_answer unknown = {false, NAN, NAN, 0};
    for (size_t a = 0; a < found->n_answers; a++) {
        struct sensitivity_input *one = &found->inputs[a * found->n_inputs + input];
        one->low = known[1] ? low->answers[a] : unknown;
        one->high = known[2] ? high->answers[a] : unknown;
        one->low_change = known[0] && known[1] ? problem_difference(base, low, a) : unknown;
        one->high_change = known[0] && known[2] ? problem_difference(base, high, a) : unknown;
        one->swing = known[1] && known[2] ? problem_difference(low, high, a) : unknown;
    }
}

static mm_status find_tornado(struct finding *finding, double *u, mm_messages *messages) {
    struct sensitivity *found = finding->found;
    struct problem_point base = {0}, ends[2] = {{0}, {0}};
    bool known[3];
    for (size_t i = 0; i < found->n_inputs; i++)
        u[i] = CENTRE;
    mm_status status = evaluate(finding, u, &base, &known[0], messages);
    for (size_t a = 0; a < found->n_answers && status == MM_OK; a++)
        found->base[a] = known[0] ? base.answers[a] : (struct problem_answer){false, NAN, NAN, 0};
    for (size_t i = 0; i < found->n_inputs && status == MM_OK; i++) {
        u[i] = INDICES_LOW;
        status = evaluate(finding, u, &ends[0], &known[1], messages);
        u[i] = INDICES_HIGH;
        if (status == MM_OK)
            status = evaluate(finding, u, &ends[1], &known[2], messages);
        u[i] = CENTRE;
        if (status == MM_OK)
            compare(found, i, &base, &ends[0], &ends[1], known);
    }
    problem_point_free(&base);
    problem_point_free(&ends[0]);
    problem_point_free(&ends[1]);
    return status;
}

/* All answers at all points, y[n_answers][evaluations]. */
static mm_status evaluate_all(struct finding *finding, const double *u, double *y, mm_messages *messages) {
    struct sensitivity *found = finding->found;
    struct problem_point point = {0};
    mm_status status = MM_OK;
    for (size_t k = 0; k < found->evaluations && status == MM_OK; k++) {
        bool known;
        status = evaluate(finding, u + k * found->n_inputs, &point, &known, messages);
        for (size_t a = 0; a < found->n_answers && status == MM_OK; a++)
            y[a * found->evaluations + k] = known && point.answers[a].known ? point.answers[a].value : NAN;
    }
    problem_point_free(&point);
    return status;
}

static bool work_out(struct sensitivity *found, size_t a, const double *u, const double *y) {
    size_t n = found->n_inputs;
    struct sensitivity_input *inputs = &found->inputs[a * n];
    struct indices_morris *morris = calloc(n, sizeof *morris);
    struct indices_sobol *sobol = calloc(n, sizeof *sobol);
    bool good = morris && sobol;
    if (good && found->method == MM_MORRIS)
        good = indices_morris(n, found->rows, u, y, morris, &found->used[a]);
    else if (good)
        good = indices_sobol(n, found->rows, y, sobol, &found->mean[a], &found->variance[a], &found->used[a]);
    for (size_t i = 0; i < n && good; i++) {
        inputs[i].morris = morris[i];
        inputs[i].sobol = sobol[i];
    }
    free(morris);
    free(sobol);
    return good;
}

static mm_status find_indices(struct finding *finding, double *u, mm_messages *messages) {
    struct sensitivity *found = finding->found;
    size_t n = found->n_inputs;
    double *y = calloc(found->evaluations * found->n_answers, sizeof *y);
    bool good = y && (found->method == MM_MORRIS ? indices_morris_points(n, found->rows, u)
                                                 : indices_sobol_points(n, found->rows, u));
    mm_status status = good ? evaluate_all(finding, u, y, messages) : store_no_memory(messages);
    for (size_t a = 0; a < found->n_answers && status == MM_OK; a++)
        if (!work_out(found, a, u, y + a * found->evaluations))
            status = store_no_memory(messages);
    free(y);
    return status;
}

mm_status sensitivity_find(struct problem *problem, const struct sensitivity_inputs *inputs,
                           mm_sensitivity_method method, size_t rows, const struct problem_sample *sample,
                           struct pace *pace, struct sensitivity *found, mm_messages *messages) {
    size_t n = inputs->n, m = problem->n_answers;
    *found = (struct sensitivity){.method = method,
                                  .n_inputs = n,
                                  .n_answers = m,
                                  .rows = method == MM_TORNADO ? 0 : rows,
                                  .evaluations = sensitivity_evaluations(method, n, rows)};
    if (method == MM_SOBOL && n > MOST_SOBOL) {
        mm_messages_add(messages,
                        "Sobol indices are to be had for up to %d inputs, and there are %zu; --method morris "
                        "takes any number",
                        MOST_SOBOL, n);
        return MM_USAGE;
    }
    found->base = calloc(m, sizeof *found->base);
    found->inputs = calloc(m * n, sizeof *found->inputs);
    found->used = calloc(m, sizeof *found->used);
    found->mean = calloc(m, sizeof *found->mean);
    found->variance = calloc(m, sizeof *found->variance);
    double *x = calloc(n, sizeof *x), *u = calloc(found->evaluations * n, sizeof *u);
    struct finding finding = {problem, inputs, sample, pace, found, x};
    mm_status status = MM_INTERNAL;
    if (!found->base || !found->inputs || !found->used || !found->mean || !found->variance || !x || !u)
        status = store_no_memory(messages);
    else if (method == MM_TORNADO)
        status = find_tornado(&finding, u, messages);
    else
        status = find_indices(&finding, u, messages);
    if (status == MM_OK && found->failed == found->evaluations) {
        mm_messages_add(messages, "not one of %zu evaluations was possible; the first: %s", found->evaluations,
                        found->first_message ? found->first_message : "unknown");
        status = MM_USAGE;
    }
    free(x);
    free(u);
    return status;
}

static double larger(double a, double b) {
    return isnan(a) || fabs(b) > a ? (isnan(b) ? a : fabs(b)) : a;
}

/* Unknown ones come last. */
static double weight(const struct sensitivity *found, const struct sensitivity_input *input) {
    double weight = NAN;
    if (found->method == MM_TORNADO)
        weight = larger(larger(larger(NAN, input->swing.value), input->low_change.value), input->high_change.value);
    else
        weight = found->method == MM_MORRIS ? input->morris.absolute.value : input->sobol.total.value;
    return isnan(weight) ? -INFINITY : weight;
}

void sensitivity_rank(const struct sensitivity *found, size_t answer, size_t *order) {
    const struct sensitivity_input *inputs = &found->inputs[answer * found->n_inputs];
    for (size_t i = 0; i < found->n_inputs; i++) {
        size_t place = i; /* insertion: equal ones stay in the order of the configuration */
        while (place > 0 && weight(found, &inputs[order[place - 1]]) < weight(found, &inputs[i])) {
            order[place] = order[place - 1];
            place--;
        }
        order[place] = i;
    }
}
