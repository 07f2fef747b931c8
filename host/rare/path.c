#include "host/rare/path.h"

#include <inttypes.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/engine/lanes/lanes.h"
#include "host/rare/inputs.h"
#include "host/rare/robust.h"

#define LINE ((size_t)64)

struct worker {
    void *scratch;
    float *given;  /* [given][lanes] */
    double *state; /* of the event */
};

/* The path as a problem of these inputs. */
struct side {
    const struct rare_path *path;
    struct inputs inputs;
    struct rare_problem problem;
};

struct rare_path {
    struct side coarse, fine;
    const struct sc_scenario *scenario;
    struct sc_scenario one; /* the scenario with its question alone */
    struct plan *plan;
    struct robust_event event, total; /* the same event in the other way; what it points to is the first one's */
    const struct lanes_ops *lanes;
    uint64_t seed;
    volatile sig_atomic_t *stop;
    int threads, n_workers;
    struct worker *workers;
    int *given_firm; /* [firms] where its months are given, or -1 */
};

static size_t lines(size_t bytes) {
    return (bytes + LINE - 1) / LINE * LINE;
}

static bool make_workers(struct rare_path *path, int n) {
    const size_t width = (size_t)path->lanes->width,
                 scratch = lines(lanes_scratch_bytes(&path->plan->head, (int)width)),
                 given = lines(MM_GIVEN_SIZE(&path->plan->head) * width * sizeof(float));
    path->workers = calloc((size_t)n, sizeof *path->workers);
    if (!path->workers)
        return false;
    for (; path->n_workers < n; path->n_workers++) {
        struct worker *worker = &path->workers[path->n_workers];
        worker->scratch = aligned_alloc(LINE, scratch);
        worker->given = aligned_alloc(LINE, given);
        worker->state = calloc((size_t)path->event.n_values * width, sizeof *worker->state);
        if (!worker->scratch || !worker->given || !worker->state) {
            path->n_workers++;
            return false;
        }
        memset(worker->scratch, 0, scratch);
        memset(worker->given, 0, given);
    }
    return true;
}

void rare_path_free(struct rare_path *path) {
    if (!path)
        return;
    for (int i = 0; i < path->n_workers; i++) {
        free(path->workers[i].scratch);
        free(path->workers[i].given);
        free(path->workers[i].state);
    }
    free(path->workers);
    free(path->given_firm);
    inputs_free(&path->coarse.inputs);
    inputs_free(&path->fine.inputs);
    robust_free(&path->event);
    plan_free(path->plan);
    free(path);
}

/* One group of lanes through the months; lanes beyond n repeat the last point. */
static void score_group(const struct side *side, const struct robust_event *event, const struct worker *worker,
                        size_t n, const double *z, const uint64_t *rest, double *scores) {
    const struct rare_path *path = side->path;
    const int width = path->lanes->width;
    const struct mm_head *h = &path->plan->head;
    const float *slots = (const float *)worker->scratch + (size_t)h->s_slot * (size_t)width;
    uint64_t numbers[16];
    double lane_scores[16];
    for (int lane = 0; lane < width; lane++) {
        const size_t i = (size_t)lane < n ? (size_t)lane : n - 1;
        numbers[lane] = rest[i];
        inputs_give(&side->inputs, path->seed, rest[i], z + i * (size_t)side->inputs.n, worker->given + lane,
                    (size_t)width);
    }
    const struct lanes_job job = {.head = h,
                                  .pool = path->plan->pool,
                                  .scratch = worker->scratch,
                                  .seed = path->seed,
                                  .n_valid = (unsigned)width,
                                  .numbers = numbers,
                                  .given = worker->given,
                                  .given_firm = path->given_firm};
    path->lanes->begin(&job);
    robust_begin(event, width, worker->state, lane_scores);
    for (int t = 0; t <= event->to; t++) {
        path->lanes->month(&job, t);
        robust_month(event, t, slots, width, worker->state, lane_scores);
    }
    memcpy(scores, lane_scores, n * sizeof *scores);
}

static mm_status score_by(const struct side *side, const struct robust_event *event, size_t n, const double *z,
                          const uint64_t *rest, double *scores) {
    const struct rare_path *path = side->path;
    const size_t width = (size_t)path->lanes->width, inputs = (size_t)side->inputs.n;
    if (path->stop && *path->stop)
        return MM_INTERRUPTED;
#pragma omp parallel for num_threads(path->n_workers) schedule(dynamic, 4) default(none)                               \
    shared(side, path, event, n, z, rest, scores, width, inputs)
    for (size_t i = 0; i < n; i += width)
        score_group(side, event, &path->workers[omp_get_thread_num()], n - i < width ? n - i : width, z + i * inputs,
                    rest + i, scores + i);
    return MM_OK;
}

static mm_status score_nearest(void *context, size_t n, const double *z, const uint64_t *rest, double *scores,
                               mm_messages *messages) {
    const struct side *side = context;
    (void)messages;
    return score_by(side, &side->path->event, n, z, rest, scores);
}

static mm_status score_total(void *context, size_t n, const double *z, const uint64_t *rest, double *scores,
                             mm_messages *messages) {
    const struct side *side = context;
    (void)messages;
    return score_by(side, &side->path->total, n, z, rest, scores);
}

static void coarsen(const void *context, const double *fine, double *z) {
    const struct rare_path *path = ((const struct side *)context)->path;
    inputs_coarsen(&path->coarse.inputs, &path->fine.inputs, fine, z);
}

/* The problem of a side. \return false when memory ran out */
static bool make_side(struct rare_path *path, const bool *named, bool fine, struct side *side) {
    if (!inputs_choose(path->plan, named, path->event.to, fine, &side->inputs))
        return false;
    side->path = path;
    side->problem = (struct rare_problem){.n_inputs = side->inputs.n,
                                          .has_rest = true,
                                          .score = score_nearest,
                                          .other = robust_ways_differ(&path->event) ? score_total : NULL,
                                          .fine = fine ? NULL : &path->fine.problem,
                                          .coarsen = fine ? NULL : coarsen,
                                          .threads = path->threads,
                                          .context = side};
    return true;
}

/* Firms whose series the event looks at. */
static bool choose_inputs(struct rare_path *path) {
    const struct plan *plan = path->plan;
    bool *named = calloc((size_t)plan->head.n_firms, sizeof *named);
    if (!named)
        return false;
    for (int i = ROBUST_SLOTS; i < plan->n_slots; i++)
        if (plan->slots[i].firm >= 0)
            named[plan->slots[i].firm] = true;
    const bool made = make_side(path, named, false, &path->coarse) && make_side(path, named, true, &path->fine);
    free(named);
    path->given_firm = made ? calloc((size_t)plan->head.n_firms, sizeof *path->given_firm) : NULL;
    if (!path->given_firm)
        return false;
    for (int f = 0; f < plan->head.n_firms; f++)
        path->given_firm[f] = path->coarse.inputs.firms[f] ? MM_GIVEN_FIRM(&plan->head, f) : -1;
    return true;
}

static struct sc_series_ref industry(enum sc_series series) {
    return (struct sc_series_ref){series, SC_NONE, SC_NONE, SC_NONE, SC_NONE, SC_NONE, SC_NONE};
}

/* The plan of the question, and in it the pressure of every firm whose shares the question looks at: which those are, a
 * first plan tells. */
static mm_status make_plan(struct rare_path *path, bool with_idle, struct sc_series_ref idle, mm_messages *messages) {
    const int n_firms = path->scenario->n_firms, n = with_idle ? ROBUST_SLOTS + 1 : ROBUST_SLOTS;
    struct sc_series_ref *refs = calloc((size_t)n_firms + ROBUST_SLOTS + 1, sizeof *refs);
    if (!refs) {
        mm_messages_add(messages, "memory ran out");
        return MM_INTERNAL;
    }
    refs[ROBUST_GAP] = industry(SC_GAP);
    refs[ROBUST_SLACK] = industry(SC_SLACK);
    refs[ROBUST_UNMET] = industry(SC_UNMET);
    refs[ROBUST_SLOTS] = idle; /* without it, overwritten or left out */
    struct plan_extra extra = {n, refs};
    mm_status status = plan_build(&path->one, &extra, &path->plan, messages);
    for (int f = 0; f < n_firms && status == MM_OK; f++)
        for (int i = ROBUST_SLOTS; path->plan && i < path->plan->n_slots; i++)
            if (path->plan->slots[i].firm == f && robust_wants_pressure((int)path->plan->slots[i].series)) {
                refs[extra.n] = industry(SC_PRESSURE);
                refs[extra.n++].firm = f;
                break;
            }
    if (status == MM_OK && extra.n > n) {
        plan_free(path->plan);
        path->plan = NULL;
        status = plan_build(&path->one, &extra, &path->plan, messages);
    }
    free(refs);
    return status;
}

/* What the event is, in both ways. \return false when memory ran out */
static bool read_event(struct rare_path *path, bool probability) {
    if (!(probability ? robust_of_probability(path->plan, &path->event)
                      : robust_of_map(path->plan, ROBUST_SLOTS, &path->event)))
        return false;
    path->total = path->event;
    path->total.way = ROBUST_TOTAL;
    return true;
}

mm_status rare_path_new(const struct sc_scenario *scenario, const struct rare_path_options *options,
                        struct rare_path **result, mm_messages *messages) {
    struct rare_path *path = calloc(1, sizeof *path);
    *result = NULL;
    if (!path) {
        mm_messages_add(messages, "memory ran out");
        return MM_INTERNAL;
    }
    struct sc_question *question = &scenario->questions[options->question];
    const bool probability = question->kind == SC_PROBABILITY;
    path->scenario = scenario;
    path->one = *scenario;
    path->one.questions = question;
    path->one.n_questions = 1;
    path->seed = options->seed;
    path->stop = options->stop;
    path->threads = options->threads;
    path->lanes = lanes_get(options->lanes);
    mm_status status = path->lanes ? make_plan(path, !probability, options->idle, messages) : MM_NO_DEVICE;
    if (!path->lanes)
        mm_messages_add(messages, "this machine, or this build, has no kernel of %d lanes", options->lanes);
    if (status == MM_OK) {
        if (!read_event(path, probability) || !choose_inputs(path) || !make_workers(path, options->threads)) {
            mm_messages_add(messages, "memory ran out for %d threads", options->threads);
            status = MM_INTERNAL;
        }
    }
    if (status == MM_OK && path->coarse.inputs.n == 0) {
        mm_messages_add(messages, "questions.%s: nothing in this configuration that it hangs on is random by degrees",
                        question->name);
        status = MM_USAGE;
    }
    if (status != MM_OK) {
        rare_path_free(path);
        return status;
    }
    *result = path;
    return MM_OK;
}

const struct rare_problem *rare_path_problem(const struct rare_path *path) {
    return &path->coarse.problem;
}

static const char *shock_of(const struct rare_path *path, int strike, int *which) {
    const struct mm_shock *shock = PLAN_TABLE(path->plan, mm_shock, shocks);
    int s = 0;
    while (strike >= shock[s].first_strike + shock[s].times)
        s++;
    *which = strike - shock[s].first_strike + 1;
    return path->scenario->shocks[shock[s].id].name;
}

static const char *launcher_of(const struct rare_path *path, int launch) {
    const struct mm_firm *firm = PLAN_TABLE(path->plan, mm_firm, firms);
    int f = 0;
    while (launch < firm[f].first_launch || launch >= firm[f].first_launch + firm[f].n_launches)
        f++;
    return path->scenario->firms[f].name;
}

void rare_path_input(const struct rare_path *path, int i, char *text, size_t size) {
    const struct input *input = &path->coarse.inputs.items[i];
    const struct sc_scenario *s = path->scenario;
    int which;
    const char *name;
    switch (input->kind) {
    case INPUT_COMMON:
        snprintf(text, size, "%s", input->what ? "slips of the network" : "slips of all layers");
        break;
    case INPUT_GPU:
        snprintf(text, size, "gpu slips of %s", s->generations[input->what].name);
        break;
    case INPUT_POWER:
        snprintf(text, size, "power slips in %s", s->regions[input->what]);
        break;
    case INPUT_SHELL:
        snprintf(text, size, "shell slips in %s", s->regions[input->what]);
        break;
    case INPUT_GAP:
    case INPUT_SIZE:
        name = shock_of(path, input->what, &which);
        snprintf(text, size, "%s of strike %d of %s", input->kind == INPUT_GAP ? "earliness" : "size", which, name);
        break;
    case INPUT_SUCCESS:
        snprintf(text, size, "success of a launch of %s", launcher_of(path, input->what));
        break;
    case INPUT_CAMPAIGN:
        snprintf(text, size, "size of the campaign planned for month %d",
                 PLAN_TABLE(path->plan, mm_campaign, campaigns)[input->what].planned);
        break;
    case INPUT_INDEX:
        snprintf(text, size, "industry demand, months %d to %d", input->from, input->to);
        break;
    case INPUT_REGIME:
        snprintf(text, size, "regimes, months %d to %d", input->from, input->to);
        break;
    case INPUT_FIRM:
        snprintf(text, size, "demand of %s, months %d to %d", s->firms[input->what].name, input->from, input->to);
        break;
    }
}
