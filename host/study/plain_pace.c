#include "host/study/plain_pace.h"

#include <time.h>

#define LEAST_SECONDS 0.25

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Twice as many paths each time, until they take long enough to be timed. The tallies are cleared of them: a run of
 * paths this short never fills them. */
static mm_status time_paths(struct engine *engine, struct tallies *tallies, const struct engine_options *options,
                            double *seconds, mm_messages *messages) {
    uint64_t first = 0, n = engine_openmp.step(engine);
    for (;; n *= 2) {
        const double begin = now();
        mm_status status = engine_openmp.run(engine, first, n, messages);
        if (status == MM_OK)
            status = engine_openmp.settle(engine, messages);
        const double spent = now() - begin;
        if (status != MM_OK)
            return status;
        if (engine_asked_to_stop(options->stop))
            return MM_INTERRUPTED;
        tallies_clear(tallies);
        if (spent >= LEAST_SECONDS) {
            *seconds = spent / (double)n;
            return MM_OK;
        }
        first += n;
    }
}

mm_status plain_pace(const struct sc_scenario *scenario, int q, const struct engine_options *options, double *seconds,
                     mm_messages *messages) {
    struct sc_scenario one = *scenario;
    struct plan *plan = NULL;
    struct tallies *tallies = NULL;
    struct engine *engine = NULL;
    one.questions = &scenario->questions[q];
    one.n_questions = 1;
    mm_status status = plan_build(&one, NULL, &plan, messages);
    if (status == MM_OK) {
        tallies = tallies_new(plan_counts(plan), plan_sums(plan));
        if (tallies) {
            status = engine_openmp.open(plan, options, tallies, &engine, messages);
        } else {
            mm_messages_add(messages, "memory ran out");
            status = MM_INTERNAL;
        }
    }
    if (status == MM_OK)
        status = time_paths(engine, tallies, options, seconds, messages);
    engine_openmp.close(engine);
    tallies_free(tallies);
    plan_free(plan);
    return status;
}
