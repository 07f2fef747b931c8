/* Paths of a configuration for controls.py: what a control variate could be made of, and whether each path has each
 * question's event.
 *
 *     controls CONFIG PATHS SEED [OVERLAY]
 *
 * To standard output: a line with the numbers of paths, controls and questions; a line for each control, then for each
 * question, with its name; then controls as float[paths][controls]; then for each question uint8_t[paths], and
 * again uint8_t[paths] of the same paths with everything drawn anew that no control sees (cancellations, slips of
 * single phases, durations and slips of campaigns, slips of launches). Questions are those of the kinds probability and
 * coexistence, the latter by firm. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mismatch/scenario.h>

#include "host/engine/lanes/lanes.h"
#include "host/plan/plan.h"
#include "host/rare/inputs.h"
#include "host/rare/robust.h"
#include "host/scenario/scenario_data.h"

#define MOST_CONTROLS 1024
#define MOST_QUESTIONS 128
#define STRETCH 12                     /* months */
#define OTHER_REST (UINT64_C(1) << 40) /* added to a path's number for what is drawn anew */
#define ALIGNMENT ((size_t)64)

static uint64_t n_paths, seed;

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "controls: %s\n", what);
    exit(2);
}

static void *room(size_t bytes) {
    void *memory = aligned_alloc(ALIGNMENT, (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    if (!memory)
        fail("memory ran out");
    memset(memory, 0, (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    return memory;
}

static struct plan *plan_of(const struct sc_scenario *scenario, struct sc_series_ref idle) {
    struct sc_series_ref refs[ROBUST_SLOTS + 1];
    const enum sc_series series[] = {[ROBUST_GAP] = SC_GAP, [ROBUST_SLACK] = SC_SLACK, [ROBUST_UNMET] = SC_UNMET};
    for (int i = 0; i < ROBUST_SLOTS; i++)
        refs[i] = (struct sc_series_ref){series[i], SC_NONE, SC_NONE, SC_NONE, SC_NONE, SC_NONE, SC_NONE};
    refs[ROBUST_SLOTS] = idle;
    const struct plan_extra extra = {ROBUST_SLOTS + 1, refs};
    struct plan *plan = NULL;
    mm_messages *messages = mm_messages_new();
    if (plan_build(scenario, &extra, &plan, messages) != MM_OK || plan_add_sobol(plan, messages) != MM_OK)
        fail(mm_messages_count(messages) ? mm_messages_text(messages, 0) : "no plan");
    mm_messages_free(messages);
    return plan;
}

/* All that can be given to a path, as the path itself draws it. */
static struct inputs own_draws(const struct plan *plan) {
    struct inputs inputs = {.plan = plan, .last = plan->head.months - 1};
    const struct mm_firm *firm = PLAN_TABLE(plan, mm_firm, firms);
    inputs.firms = room((size_t)plan->head.n_firms * sizeof *inputs.firms);
    for (int f = 0; f < plan->head.n_firms; f++)
        inputs.firms[f] = firm[f].base >= 0 && (firm[f].x0_sigma > 0 || firm[f].x_sigma > 0);
    return inputs;
}

struct controls {
    int n;
    FILE *names; /* NULL: values are wanted */
    float *values;
};

static void control(struct controls *controls, double value, const char *kind, int what, int which) {
    if (controls->n >= MOST_CONTROLS)
        fail("too many controls");
    if (controls->names)
        fprintf(controls->names, "%s %d %d\n", kind, what, which);
    else
        controls->values[controls->n] = (float)value;
    controls->n++;
}

static void single(struct controls *controls, const float *given, int at, int n, const char *kind) {
    for (int i = 0; i < n; i++)
        control(controls, (double)given[at + i], kind, i, 0);
}

/* Sums of steps over stretches. */
static void stretches(struct controls *controls, const float *given, int at, int months, const char *kind, int what) {
    for (int from = 1; from < months; from += STRETCH) {
        double sum = 0;
        for (int t = from; t < from + STRETCH && t < months; t++)
            sum += (double)given[at + t];
        control(controls, sum, kind, what, from);
    }
}

/* Months in each regime but the first, by stretch. */
static void regimes(struct controls *controls, const struct plan *plan, const float *given) {
    const struct mm_head *h = &plan->head;
    const float *initial = (const float *)(const void *)(plan->pool + h->regime_initial),
                *monthly = (const float *)(const void *)(plan->pool + h->regime_monthly);
    const int n = h->n_regimes;
    int state = 0, months[16] = {0};
    for (int t = 0; n > 1 && t < h->months; t++) {
        const float u = given[MM_GIVEN_REGIME(h) + t], *row = t ? monthly + state * n : initial;
        for (state = 0; state + 1 < n && u >= row[state];)
            state++;
        months[state & 15]++;
        if ((t + 1) % STRETCH == 0 || t + 1 == h->months) {
            for (int s = 1; s < n; s++)
                control(controls, months[s & 15], "regime", s, t);
            memset(months, 0, sizeof months);
        }
    }
}

/* Of each shock: strikes until the end of each stretch, and their sizes, as normals, together. */
static void shocks(struct controls *controls, const struct plan *plan, const float *given) {
    const struct mm_head *h = &plan->head;
    const struct mm_shock *shock = PLAN_TABLE(plan, mm_shock, shocks);
    for (int s = 0; s < h->n_shocks; s++)
        for (int until = STRETCH; until <= h->months; until += STRETCH) {
            double time = 0, count = 0, sizes = 0;
            for (int i = 0; i < shock[s].times; i++) {
                const float *strike = given + MM_GIVEN_STRIKE(h) + 2 * (shock[s].first_strike + i);
                time += (double)shock[s].gap * (double)strike[0];
                if (time >= until)
                    break;
                count++;
                sizes += (double)strike[1];
            }
            control(controls, count, "strikes", s, until);
            control(controls, sizes, "sizes", s, until);
        }
}

static void all_controls(struct controls *controls, const struct plan *plan, const bool *firms, const float *given) {
    const struct mm_head *h = &plan->head;
    controls->n = 0;
    single(controls, given, MM_GIVEN_COMMON, 2, "common");
    single(controls, given, MM_GIVEN_GPU, h->n_generations, "gpu");
    single(controls, given, MM_GIVEN_POWER(h), h->n_regions, "power");
    single(controls, given, MM_GIVEN_SHELL(h), h->n_regions, "shell");
    single(controls, given, MM_GIVEN_LAUNCH(h), h->n_launches, "launch");
    single(controls, given, MM_GIVEN_CAMPAIGN(h), h->n_campaigns, "campaign");
    stretches(controls, given, MM_GIVEN_INDEX(h), h->months, "index", 0);
    for (int f = 0; f < h->n_firms; f++)
        if (firms[f]) {
            control(controls, (double)given[MM_GIVEN_FIRM(h, f)], "first", f, 0);
            stretches(controls, given, MM_GIVEN_FIRM(h, f), h->months, "firm", f);
        }
    regimes(controls, plan, given);
    shocks(controls, plan, given);
}

/* Which paths: drawn ones; the same with another rest; those of --sampler sobol. */
enum side { DRAWN, ANEW, POINTS, SIDES };

struct runner {
    const struct plan *plan;
    const struct robust_event *event; /* NULL: controls are wanted */
    const struct lanes_ops *lanes;
    struct inputs inputs;
    int *given_firm;
    int n_controls;
};

/* For one thread. */
struct worker {
    void *scratch;
    float *given, *one; /* of a group; of one path */
    double *state;
    uint8_t *few; /* tallies of whole paths, which nobody reads */
    uint32_t *counts;
    uint64_t *sums;
};

static struct worker worker_new(const struct runner *runner) {
    const struct mm_head *h = &runner->plan->head;
    const size_t width = (size_t)runner->lanes->width, given = MM_GIVEN_SIZE(h) * sizeof(float),
                 values = runner->event ? (size_t)runner->event->n_values : 1;
    return (struct worker){room(lanes_scratch_bytes(h, (int)width)),
                           room(given * width),
                           room(given),
                           room(values * width * sizeof(double)),
                           room((size_t)h->n_counts),
                           room((size_t)h->n_counts * sizeof(uint32_t)),
                           room((size_t)h->n_sums * sizeof(uint64_t))};
}

static void worker_free(struct worker *worker) {
    free(worker->scratch);
    free(worker->given);
    free(worker->one);
    free(worker->state);
    free(worker->few);
    free(worker->counts);
    free(worker->sums);
}

static void write_group(const struct runner *runner, const struct worker *worker, uint64_t first, float *values) {
    const struct plan *plan = runner->plan;
    const size_t width = (size_t)runner->lanes->width, n = MM_GIVEN_SIZE(&plan->head);
    float own[MOST_CONTROLS] = {0};
    for (size_t lane = 0; lane < width && first + lane < n_paths; lane++) {
        struct controls controls = {.values = own};
        for (size_t i = 0; i < n; i++)
            worker->one[i] = worker->given[i * width + lane];
        all_controls(&controls, plan, runner->inputs.firms, worker->one);
        memcpy(values + (first + lane) * (size_t)runner->n_controls, own, (size_t)controls.n * sizeof *own);
    }
}

/* What the paths of a group are made of. Only a path that runs as a whole has a point of Sobol's sequence. */
static void give_group(const struct runner *runner, const struct worker *worker, enum side side, uint64_t first,
                       struct lanes_job *job) {
    const struct plan *plan = runner->plan;
    const size_t width = (size_t)runner->lanes->width;
    for (size_t lane = 0; lane < width && side != POINTS; lane++)
        inputs_give(&runner->inputs, seed, first + lane, NULL, worker->given + lane, width);
    if (side == POINTS) {
        const struct mm_sobol *points = (const struct mm_sobol *)(const void *)(plan->pool + plan->head.sobol);
        job->first_path = first;
        job->scrambled = true;
        job->few = worker->few;
        job->counts = worker->counts;
        job->sums = worker->sums;
        runner->lanes->block(job);
        runner->lanes->drain(job);
        memcpy(worker->given, (const float *)worker->scratch + (size_t)points->s_given * width,
               MM_GIVEN_SIZE(&plan->head) * width * sizeof(float));
    }
    job->given = worker->given;
    job->given_firm = runner->given_firm;
}

/* Paths first ... first + width - 1: controls, or whether each has the event. */
static void group(const struct runner *runner, const struct worker *worker, enum side side, uint64_t first,
                  uint8_t *hits, float *values) {
    const struct mm_head *h = &runner->plan->head;
    const size_t width = (size_t)runner->lanes->width;
    uint64_t numbers[16];
    double scores[16];
    struct lanes_job job = {
        .head = h, .pool = runner->plan->pool, .scratch = worker->scratch, .seed = seed, .n_valid = (unsigned)width};
    give_group(runner, worker, side, first, &job);
    if (!runner->event) {
        write_group(runner, worker, first, values);
        return;
    }
    for (size_t lane = 0; lane < width; lane++)
        numbers[lane] = first + lane + (side == ANEW ? OTHER_REST : 0);
    job.numbers = numbers;
    runner->lanes->begin(&job);
    robust_begin(runner->event, (int)width, worker->state, scores);
    for (int t = 0; t <= runner->event->to; t++) {
        runner->lanes->month(&job, t);
        robust_month(runner->event, t, (const float *)worker->scratch + (size_t)h->s_slot * width, (int)width,
                     worker->state, scores);
    }
    for (size_t lane = 0; lane < width && first + lane < n_paths; lane++)
        hits[first + lane] = scores[lane] >= 0;
}

/* All paths of a side, written. */
static void run(const struct runner *runner, enum side side) {
    const uint64_t width = (uint64_t)runner->lanes->width;
    const size_t each = runner->event ? sizeof(uint8_t) : (size_t)runner->n_controls * sizeof(float);
    void *out = room(n_paths * each);
#pragma omp parallel default(none) shared(runner, side, out, width, n_paths)
    {
        struct worker worker = worker_new(runner);
#pragma omp for schedule(dynamic, 16)
        for (uint64_t first = 0; first < n_paths; first += width)
            group(runner, &worker, side, first, out, out);
        worker_free(&worker);
    }
    fwrite(out, each, n_paths, stdout);
    free(out);
}

static struct runner runner_new(const struct plan *plan, const struct robust_event *event) {
    struct runner runner = {plan, event, lanes_get(lanes_best()), own_draws(plan), NULL, 0};
    runner.given_firm = room((size_t)plan->head.n_firms * sizeof *runner.given_firm);
    for (int f = 0; f < plan->head.n_firms; f++)
        runner.given_firm[f] = runner.inputs.firms[f] ? MM_GIVEN_FIRM(&plan->head, f) : -1;
    return runner;
}

static void runner_free(struct runner *runner) {
    free(runner->given_firm);
    free(runner->inputs.firms);
}

struct asked {
    int question, firm; /* firm: of a coexistence, else -1 */
};

static void answer(const struct sc_scenario *scenario, struct asked asked) {
    struct sc_scenario one = *scenario;
    struct sc_question *question = &scenario->questions[asked.question];
    struct sc_series_ref idle = {SC_IDLE_SHARE, SC_NONE, SC_NONE, SC_NONE, SC_NONE, SC_NONE, SC_NONE};
    struct robust_event event;
    one.questions = question;
    one.n_questions = 1;
    idle.firm = asked.firm >= 0 ? asked.firm : 0;
    struct plan *plan = plan_of(&one, idle);
    if (!(asked.firm < 0 ? robust_of_probability(plan, &event) : robust_of_map(plan, ROBUST_SLOTS, &event)))
        fail("memory ran out");
    struct runner runner = runner_new(plan, &event);
    for (enum side side = DRAWN; side < SIDES; side++)
        run(&runner, side);
    runner_free(&runner);
    robust_free(&event);
    plan_free(plan);
}

/* The firms of a coexistence that have something of their own. */
static int firms_of(const struct sc_scenario *scenario, const struct plan *plan, int question, struct asked *asked) {
    const struct plan_question *where = &plan->questions[question];
    const struct mm_map *map = PLAN_TABLE(plan, mm_map, maps) + where->map;
    int n = 0;
    for (int i = map->first_entry; i < map->first_entry + map->n_entries && n < scenario->n_firms; i++)
        if (plan->entries[i].region == SC_NONE && plan->entries[i].generation == SC_NONE)
            asked[n++] = (struct asked){question, plan->entries[i].firm};
    return n;
}

int main(int argc, char **argv) {
    if (argc < 4 || argc > 5)
        fail("controls CONFIG PATHS SEED [OVERLAY]");
    n_paths = strtoull(argv[2], NULL, 10);
    seed = strtoull(argv[3], NULL, 10);
    mm_messages *messages = mm_messages_new();
    mm_scenario *loaded = NULL;
    const char *overlay = argc > 4 ? argv[4] : NULL;
    if (mm_scenario_load(argv[1], &overlay, argc > 4, NULL, 0, &loaded, messages) != MM_OK)
        fail(mm_messages_count(messages) ? mm_messages_text(messages, 0) : "no configuration");
    const struct sc_scenario *scenario = scenario_data(loaded);
    struct plan *plan =
        plan_of(scenario, (struct sc_series_ref){SC_GAP, SC_NONE, SC_NONE, SC_NONE, SC_NONE, SC_NONE, SC_NONE});
    struct asked asked[MOST_QUESTIONS];
    int n = 0;
    for (int q = 0; q < scenario->n_questions && n + scenario->n_firms < MOST_QUESTIONS; q++)
        if (scenario->questions[q].kind == SC_PROBABILITY)
            asked[n++] = (struct asked){q, -1};
        else if (scenario->questions[q].kind == SC_COEXISTENCE)
            n += firms_of(scenario, plan, q, asked + n);
    struct runner runner = runner_new(plan, NULL);
    float *none = room(MM_GIVEN_SIZE(&plan->head) * sizeof *none), values[MOST_CONTROLS];
    struct controls controls = {.values = values};
    all_controls(&controls, plan, runner.inputs.firms, none);
    runner.n_controls = controls.n;
    printf("%llu %d %d\n", (unsigned long long)n_paths, controls.n, n);
    controls.names = stdout;
    all_controls(&controls, plan, runner.inputs.firms, none);
    for (int i = 0; i < n; i++)
        printf("%s%s%s\n", scenario->questions[asked[i].question].name, asked[i].firm < 0 ? "" : ":",
               asked[i].firm < 0 ? "" : scenario->firms[asked[i].firm].name);
    run(&runner, DRAWN);
    run(&runner, POINTS);
    for (int i = 0; i < n; i++)
        answer(scenario, asked[i]);
    free(none);
    runner_free(&runner);
    plan_free(plan);
    mm_scenario_free(loaded);
    mm_messages_free(messages);
    return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
