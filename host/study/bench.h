/* The bench at work: what its parts share. */
#ifndef MISMATCH_HOST_STUDY_BENCH_H
#define MISMATCH_HOST_STUDY_BENCH_H

#include <jansson.h>
#include <mismatch/bench.h>

#include "host/engine/lanes/bench.h"
#include "host/scenario/scenario_data.h"
#include "host/study/parts.h"
#include "host/study/setup.h"

#define BENCH_SCHEMA 1
#define BENCH_MOST_ROUNDS 1000

struct mm_bench {
    json_t *document;
};

/* Rates of the units of a core, one thread, by width in lanes: 1, 4, 8, 16. 0 where the machine lacks it. */
enum { BENCH_WIDTHS = 4 };
extern const int bench_widths[BENCH_WIDTHS];

struct bench_work {
    const mm_bench_options *options;
    mm_scenario *scenario;
    struct setup setup; /* threads and lanes as they will be used */
    int rounds;
    double seconds; /* that one timed stretch should take */
    json_t *rows;   /* measurements */
    json_t *stages;
    bool has_units;
    double units[BENCH_RATES][BENCH_WIDTHS]; /* results a second, the best of the rounds */
    mm_messages *messages;
};

double bench_now(void);

enum bench_better { BENCH_MORE, BENCH_LESS, BENCH_NEITHER };
/* Adds a measurement: `n` runs of it. `name`: "part.what". */
void bench_add(struct bench_work *work, const char *name, const char *about, const char *unit, enum bench_better better,
               const double *runs, int n);
double bench_median(const double *runs, int n);

/* An engine on a plan, ready to be timed. */
struct bench_engine {
    struct setup setup;
    struct engine_choice choice;
    struct plan *plan;
    struct tallies *tallies;
    struct parts parts;
    uint64_t next; /* path */
};
/* Zero-initialise; bench_engine_close() in any case. `threads` 0: as asked for. `cores`: on the cores alone, whatever
 * device was asked for. */
mm_status bench_engine_open(struct bench_engine *engine, struct bench_work *work, const mm_scenario *scenario,
                            int threads, bool cores);
void bench_engine_close(struct bench_engine *engine);
/* Seconds that n further paths take, their tallies included. */
mm_status bench_engine_run(struct bench_engine *engine, uint64_t n, double *seconds, mm_messages *messages);
/* Paths that take about `seconds`, after a warm-up. */
mm_status bench_engine_size(struct bench_engine *engine, double seconds, uint64_t *n, mm_messages *messages);

/* Instructions of a path, by stage, kind and width; loads and stores likewise. */
struct bench_counts {
    double n[MM_STAGES][12][BENCH_WIDTHS];
    double loads[MM_STAGES][BENCH_WIDTHS], stores[MM_STAGES][BENCH_WIDTHS];
    double all;
    int months; /* of how many months this was counted, 0: not at all */
};
/* Everything that a group of lanes writes to, in one piece; the caller frees *memory. \return false: no memory. */
bool bench_job(const struct bench_work *work, const struct plan *plan, struct lanes_job *job, void **memory);
/* Counts on a group of lanes, in about `seconds`: as many months as that allows, the end of the path, and, if it is to
 * be the `whole` path, what comes before them. \return false: this machine can't. */
bool bench_count(const struct bench_work *work, const struct plan *plan, bool whole, double seconds,
                 struct bench_counts *counts);
/* Fills work->units. */
void bench_units(struct bench_work *work);

/* The parts. */
mm_status bench_machine(struct bench_work *work);
mm_status bench_variates(struct bench_work *work);
mm_status bench_stages(struct bench_work *work);
mm_status bench_questions(struct bench_work *work);
mm_status bench_runs(struct bench_work *work);
mm_status bench_start(struct bench_work *work);
mm_status bench_cost(struct bench_work *work);
/* Looks, before minutes are spent, whether the largest worlds of the last part can be made. */
mm_status bench_worlds(mm_messages *messages);

#endif
