/* What a path costs as one size of the world grows and all others stay. */
#include "host/study/bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum size { FIRMS, REGIONS, PHASES, MONTHS, EVENTS, SIZES };
enum { STEPS = 5 };

static const int usual[SIZES] = {[FIRMS] = 8, [REGIONS] = 4, [PHASES] = 64, [MONTHS] = 60, [EVENTS] = 8};

static const struct {
    const char *name;
    int from; /* then twice as many, and so on */
} sizes[SIZES] = {[FIRMS] = {"firms", 2},
                  [REGIONS] = {"regions", 1},
                  [PHASES] = {"phases", 256},
                  [MONTHS] = {"months", 1250},
                  [EVENTS] = {"events", 4}};

static json_t *equal_shares(int regions) {
    json_t *shares = json_object();
    char name[16];
    for (int r = 0; r < regions; r++) {
        snprintf(name, sizeof name, "r%d", r);
        json_object_set_new(shares, name, json_real(1.0 / regions));
    }
    return shares;
}

/* A firm with capacity, inference, training and its part of the phases, spread over regions and the first years. */
static json_t *make_firm(const int n[SIZES], int f) {
    char name[16], region[16];
    json_t *phases = json_array();
    snprintf(name, sizeof name, "f%d", f);
    for (int p = f; p < n[PHASES]; p += n[FIRMS]) {
        const int k = p / n[FIRMS], month = 1 + k % 48;
        char ready[16], phase[16];
        snprintf(phase, sizeof phase, "p%d", k);
        snprintf(region, sizeof region, "r%d", k % n[REGIONS]);
        snprintf(ready, sizeof ready, "%d-%02d", 2030 + month / 12, month % 12 + 1);
        json_array_append_new(phases,
                              json_pack("{s:s, s:s, s:s, s:f, s:s, s:f}", "name", phase, "region", region, "generation",
                                        k % 3 ? "new" : "old", "mw", 10.0, "ready", ready, "cancel", 0.05));
    }
    return json_pack("{s:s, s:o, s:{s:i, s:i}, s:o, s:f, s:o, s:{s:s, s:i, s:{s:f, s:f}, s:{s:f, s:f}, s:f}}", "name",
                     name, "shares", equal_shares(n[REGIONS]), "installed", "old", 100, "new", 50, "phases", phases,
                     "inference", 150.0, "demand_shares", equal_shares(n[REGIONS]), "training", "first", "2030-01",
                     "cadence", 2000, "duration", "median", 3.0, "sigma", 0.4, "size", "mean", 30.0, "sigma", 0.4,
                     "research", 20.0);
}

/* Each event asks about a firm of its own, each has a probability question; and there is one map. */
static void add_events(json_t *world, const int n[SIZES]) {
    json_t *events = json_object(), *questions = json_array();
    for (int e = 0; e < n[EVENTS]; e++) {
        char name[16], firm[16];
        snprintf(name, sizeof name, "e%d", e);
        snprintf(firm, sizeof firm, "f%d", e % n[FIRMS]);
        json_object_set_new(events, name,
                            json_pack("{s:[{s:s, s:s, s:f}, {s:s, s:f}], s:i}", "all_of", "series", "spare_share",
                                      "firm", firm, "at_least", 0.05 + 0.005 * e, "series", "gap", "at_least",
                                      0.01 * (e % 7), "for", 1 + e % 4));
        json_array_append_new(questions, json_pack("{s:s, s:{s:s}}", "name", name, "probability", "event", name));
    }
    json_array_append_new(questions,
                          json_pack("{s:s, s:{s:s, s:f, s:i, s:[[s], [s, s]]}}", "name", "map", "coexistence", "series",
                                    "idle_share", "at_least", 0.1, "for", 2, "by", "firm", "firm", "region"));
    json_object_set_new(world, "events", events);
    json_object_set_new(world, "questions", questions);
}

static mm_status make_world(const int n[SIZES], mm_scenario **scenario, mm_messages *messages) {
    json_t *regions = json_array(), *firms = json_array();
    for (int r = 0; r < n[REGIONS]; r++)
        json_array_append_new(regions, json_sprintf("r%d", r));
    for (int f = 0; f < n[FIRMS]; f++)
        json_array_append_new(firms, make_firm(n, f));
    json_t *world = json_pack(
        "{s:i, s:{s:s, s:i}, s:o, s:[{s:s, s:f}, {s:s, s:f}], s:i, s:{s:f, s:{s:f, s:f, s:f, s:f}, s:{s:f, s:f}}, "
        "s:{s:f, s:f, s:f, s:f, s:f}, s:{s:f}, s:o}",
        "mismatch", 1, "time", "start", "2030-01", "months", n[MONTHS], "regions", regions, "generations", "name",
        "old", "kh100e_per_mw", 1.0, "name", "new", "kh100e_per_mw", 2.0, "training_span", 0, "slips", "common", 0.3,
        "gpu", "median", 2.0, "sigma", 0.8, "rho", 0.4, "buffer", 1.0, "power", "median", 3.0, "sigma", 1.0,
        "inference", "sigma", 0.2, "persistence", 0.9, "firm_sigma", 0.2, "frontier_share", 0.4, "portable", 0.5,
        "response", "strength", 1.0, "firms", firms);
    if (!world)
        return MM_INTERNAL;
    add_events(world, n);
    char *text = json_dumps(world, JSON_REAL_PRECISION(17));
    mm_status status = text ? mm_scenario_from_json("bench", text, strlen(text), scenario, messages) : MM_INTERNAL;
    free(text);
    json_decref(world);
    return status;
}

/* Slope of log cost against log size, by least squares. */
static double exponent(const double *x, const double *y, int n) {
    double mx = 0, my = 0, xx = 0, xy = 0;
    for (int i = 0; i < n; i++) {
        mx += log(x[i]) / n;
        my += log(y[i]) / n;
    }
    for (int i = 0; i < n; i++) {
        xx += (log(x[i]) - mx) * (log(x[i]) - mx);
        xy += (log(x[i]) - mx) * (log(y[i]) - my);
    }
    return xy / xx;
}

/* One step of an axis, each twice the one before. \return its size. What firms have at the start counts as phases, as
 * it does against the most that a configuration may have: of two generations in each region. */
static int size_at(enum size which, int step, int n[SIZES]) {
    const int size = sizes[which].from << step;
    memcpy(n, usual, sizeof usual);
    n[which] = size;
    if (which == PHASES)
        n[PHASES] -= n[FIRMS] * n[REGIONS] * 2;
    return size;
}

/* Nanoseconds of a path in each round, at one size. */
static mm_status time_world(struct bench_work *work, const int n[SIZES], double *ns) {
    mm_scenario *scenario = NULL;
    struct bench_engine engine = {0};
    uint64_t paths = 0;
    mm_status status = make_world(n, &scenario, work->messages);
    if (status == MM_OK)
        status = bench_engine_open(&engine, work, scenario, 0, false);
    if (status == MM_OK)
        status = bench_engine_size(&engine, work->seconds, &paths, work->messages);
    for (int i = 0; i < work->rounds && status == MM_OK; i++) {
        double seconds;
        status = bench_engine_run(&engine, paths, &seconds, work->messages);
        ns[i] = 1e9 * seconds / (double)paths;
    }
    bench_engine_close(&engine);
    mm_scenario_free(scenario);
    return status;
}

static mm_status grow(struct bench_work *work, enum size which) {
    const int steps = work->options->quick ? 2 : STEPS;
    double x[STEPS], y[STEPS][BENCH_MOST_ROUNDS], fits[BENCH_MOST_ROUNDS];
    char row[64], about[96];
    for (int s = 0; s < steps; s++) {
        int n[SIZES];
        const int size = size_at(which, s, n);
        x[s] = size;
        mm_status status = time_world(work, n, y[s]);
        if (status != MM_OK)
            return status;
        snprintf(row, sizeof row, "cost.%s.%d", sizes[which].name, size);
        snprintf(about, sizeof about, "a path with %d %s", size, sizes[which].name);
        bench_add(work, row, about, "ns", BENCH_LESS, y[s], work->rounds);
    }
    for (int i = 0; i < work->rounds; i++) {
        double round[STEPS];
        for (int s = 0; s < steps; s++)
            round[s] = y[s][i];
        fits[i] = exponent(x, round, steps);
    }
    snprintf(row, sizeof row, "cost.%s.exponent", sizes[which].name);
    snprintf(about, sizeof about, "exponent of cost against %s", sizes[which].name);
    bench_add(work, row, about, "exponent", BENCH_LESS, fits, work->rounds);
    return MM_OK;
}

mm_status bench_worlds(mm_messages *messages) {
    mm_status status = MM_OK;
    for (int which = 0; which < SIZES && status == MM_OK; which++) {
        mm_scenario *scenario = NULL;
        int n[SIZES];
        (void)size_at((enum size)which, STEPS - 1, n);
        status = make_world(n, &scenario, messages);
        mm_scenario_free(scenario);
    }
    return status;
}

mm_status bench_cost(struct bench_work *work) {
    mm_status status = MM_OK;
    for (int which = 0; which < SIZES && status == MM_OK; which++)
        status = grow(work, (enum size)which);
    return status;
}
