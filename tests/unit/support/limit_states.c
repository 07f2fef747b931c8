#include "support/limit_states.h"

#include <math.h>

#include "support/closed.h"

struct tail {
    int n;
    double beta;
};

static struct tail *tail_new(int n, double beta) {
    static struct tail tails[16];
    static size_t next;
    struct tail *tail = &tails[next++ % 16];
    *tail = (struct tail){n, beta};
    return tail;
}

static double density(double x) {
    return exp(-x * x / 2) / sqrt(2 * M_PI);
}

/* integral() takes an absolute error that is large beside a rare event's probability. */
#define SCALE 1e9
static double integrated(double (*f)(double x, void *context), double low, double high) {
    return integral(f, NULL, low, high) / SCALE;
}

static double mean_direction(const double *z, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += z[i];
    return sum / sqrt(n);
}

/* The other score of each: the first one, below 0 up to half as far again the one way or the other of the last input,
 * so that it has other levels. */
static void bend(int n_inputs, size_t n, const double *z, double *scores) {
    for (size_t i = 0; i < n; i++)
        if (scores[i] < 0)
            scores[i] *= 1 + 0.5 * sin(z[(i + 1) * (size_t)n_inputs - 1]);
}

#define OTHER(name, n_inputs)                                                                                          \
    static mm_status other_##name(void *context, size_t n, const double *z, const uint64_t *rest, double *scores,      \
                                  mm_messages *messages) {                                                             \
        const mm_status status = score_##name(context, n, z, rest, scores, messages);                                  \
        bend(n_inputs, n, z, scores);                                                                                  \
        return status;                                                                                                 \
    }

#define PROBLEM(name, inputs, rest, of)                                                                                \
    { .n_inputs = (inputs), .has_rest = (rest), .score = score_##name, .context = (of), .other = other_##name }

static mm_status score_tail(void *context, size_t n, const double *z, const uint64_t *rest, double *scores,
                            mm_messages *messages) {
    const struct tail *tail = context;
    (void)rest;
    (void)messages;
    for (size_t i = 0; i < n; i++)
        scores[i] = mean_direction(z + i * (size_t)tail->n, tail->n) - tail->beta;
    return MM_OK;
}
OTHER(tail, ((const struct tail *)context)->n)

struct limit_state normal_tail(int n_inputs, double beta) {
    return (struct limit_state){.name = "normal tail",
                                .problem = PROBLEM(tail, n_inputs, false, tail_new(n_inputs, beta)),
                                .p = normal_above(beta)};
}

static mm_status score_rest(void *context, size_t n, const double *z, const uint64_t *rest, double *scores,
                            mm_messages *messages) {
    const struct tail *tail = context;
    (void)messages;
    for (size_t i = 0; i < n; i++) {
        const struct rare_address address = {.seed = 99, .index = rest[i]};
        double own;
        rare_normals(&address, 1, &own);
        scores[i] = (3 * mean_direction(z + i * (size_t)tail->n, tail->n) + own) / sqrt(10) - tail->beta;
    }
    return MM_OK;
}
OTHER(rest, ((const struct tail *)context)->n)

struct limit_state tail_with_rest(int n_inputs, double beta) {
    return (struct limit_state){.name = "tail with a rest",
                                .problem = PROBLEM(rest, n_inputs, true, tail_new(n_inputs, beta)),
                                .p = normal_above(beta)};
}

static mm_status score_two(void *context, size_t n, const double *z, const uint64_t *rest, double *scores,
                           mm_messages *messages) {
    const struct tail *tail = context;
    (void)rest;
    (void)messages;
    for (size_t i = 0; i < n; i++) {
        const double *at = z + i * (size_t)tail->n;
        scores[i] = fmax(at[0] - tail->beta, -at[1] - (tail->beta + 0.5));
    }
    return MM_OK;
}
OTHER(two, ((const struct tail *)context)->n)

struct limit_state two_tails(int n_inputs, double beta) {
    const double a = normal_above(beta), b = normal_above(beta + 0.5);
    return (struct limit_state){
        .name = "two tails", .problem = PROBLEM(two, n_inputs, false, tail_new(n_inputs, beta)), .p = a + b - a * b};
}

/* g = 2.5 - (x1 + x2) / sqrt(2) + 0.1 (x1 - x2)^2. With u and v, the half sum and difference times sqrt(2), failure is
 * u > 2.5 + 0.2 v^2. */
static mm_status score_22(void *context, size_t n, const double *z, const uint64_t *rest, double *scores,
                          mm_messages *messages) {
    (void)context;
    (void)rest;
    (void)messages;
    for (size_t i = 0; i < n; i++) {
        const double a = z[2 * i], b = z[2 * i + 1];
        scores[i] = -(2.5 - (a + b) / M_SQRT2 + 0.1 * (a - b) * (a - b));
    }
    return MM_OK;
}
OTHER(22, 2)

static double beyond_22(double v, void *context) {
    (void)context;
    return SCALE * density(v) * normal_above(2.5 + 0.2 * v * v);
}

struct limit_state rp22(void) {
    return (struct limit_state){"RP22", PROBLEM(22, 2, false, NULL), integrated(beyond_22, -12, 12), 0.00416, 0.02};
}

/* g = x1 x2 - 146.14, x1 ~ N(78064, 11710), x2 ~ N(0.0104, 0.00156). */
static const double mean_28[2] = {78064, 0.0104}, sigma_28[2] = {11710, 0.00156};

static mm_status score_28(void *context, size_t n, const double *z, const uint64_t *rest, double *scores,
                          mm_messages *messages) {
    (void)context;
    (void)rest;
    (void)messages;
    for (size_t i = 0; i < n; i++)
        scores[i] = 146.14 - (mean_28[0] + sigma_28[0] * z[2 * i]) * (mean_28[1] + sigma_28[1] * z[2 * i + 1]);
    return MM_OK;
}
OTHER(28, 2)

static double beyond_28(double z, void *context) {
    const double x = mean_28[0] + sigma_28[0] * z, bound = (146.14 / x - mean_28[1]) / sigma_28[1];
    (void)context;
    return SCALE * density(z) * (x > 0 ? normal_below(bound) : normal_above(bound));
}

struct limit_state rp28(void) {
    const double zero = -mean_28[0] / sigma_28[0]; /* where x1 = 0 */
    return (struct limit_state){"RP28", PROBLEM(28, 2, false, NULL),
                                integrated(beyond_28, zero, 12) + integrated(beyond_28, -20, zero), 1.46e-7, 0.01};
}

/* g = 12.5 - |x1 x2|: four regions. */
static mm_status score_111(void *context, size_t n, const double *z, const uint64_t *rest, double *scores,
                           mm_messages *messages) {
    (void)context;
    (void)rest;
    (void)messages;
    for (size_t i = 0; i < n; i++)
        scores[i] = fabs(z[2 * i] * z[2 * i + 1]) - 12.5;
    return MM_OK;
}
OTHER(111, 2)

static double beyond_111(double x, void *context) {
    (void)context;
    return SCALE * 4 * density(x) * normal_above(12.5 / x);
}

struct limit_state rp111(void) {
    return (struct limit_state){"RP111", PROBLEM(111, 2, false, NULL), integrated(beyond_111, 0.1, 20),
                                8.082737356734152e-7, 0.01};
}

/* min of 3 + 0.1 (x1 - x2)^2 -+ (x1 + x2) / sqrt(2) and +-(x1 - x2) + 7 / sqrt(2). In u and v as above: |u| > 3 +
 * 0.2 v^2 or |v| > 3.5. */
static mm_status score_four(void *context, size_t n, const double *z, const uint64_t *rest, double *scores,
                            mm_messages *messages) {
    (void)context;
    (void)rest;
    (void)messages;
    for (size_t i = 0; i < n; i++) {
        const double a = z[2 * i], b = z[2 * i + 1];
        const double curved = 3 + 0.1 * (a - b) * (a - b) - fabs(a + b) / M_SQRT2, flat = 7 / M_SQRT2 - fabs(a - b);
        scores[i] = -fmin(curved, flat);
    }
    return MM_OK;
}
OTHER(four, 2)

static double beyond_four(double v, void *context) {
    (void)context;
    return SCALE * density(v) * 2 * normal_above(3 + 0.2 * v * v);
}

struct limit_state four_branch(void) {
    return (struct limit_state){"four branches", PROBLEM(four, 2, false, NULL),
                                integrated(beyond_four, -3.5, 3.5) + 2 * normal_above(3.5), normal_above(2.85), 2e-2};
}

/* n_inputs are seen, MANY - n_inputs follow from the rest; the fine problem has all of them. */
#define MANY 60

static mm_status score_hidden(void *context, size_t n, const double *z, const uint64_t *rest, double *scores,
                              mm_messages *messages) {
    const struct tail *tail = context;
    (void)messages;
    for (size_t i = 0; i < n; i++) {
        const struct rare_address address = {.seed = 98, .index = rest[i]};
        double all[MANY];
        rare_normals(&address, MANY, all);
        for (int j = 0; j < tail->n; j++)
            all[j] = z[i * (size_t)tail->n + (size_t)j];
        scores[i] = mean_direction(all, MANY) - tail->beta;
    }
    return MM_OK;
}

OTHER(hidden, ((const struct tail *)context)->n)

struct limit_state hidden_tail(int n_inputs, double beta) {
    static struct rare_problem fine;
    fine = normal_tail(MANY, beta).problem;
    struct limit_state state = normal_tail(n_inputs, beta);
    state.name = "hidden tail";
    state.problem.has_rest = true;
    state.problem.score = score_hidden;
    state.problem.other = other_hidden;
    state.problem.fine = &fine;
    return state;
}
