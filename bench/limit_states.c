/* Limit states of structural reliability by the rare-event methods, each seed an estimate of its own, for races:
 *
 *     limit_states [--seeds N] [--first SEED] [--inputs MOST]
 *
 * One line for each estimate, with tabs: problem, its probability, method, seed, p, standard error, evaluations,
 * seconds of processor time; p and error are nan where the estimate is refused. `importance` is the estimate without
 * its check, `checked` with it, `subset` the check alone. One thread. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "support/limit_states.h"

static double now(void) { // the processor's time: on a machine that others use, the clock on the wall tells of them
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void line(const struct limit_state *state, const char *method, uint64_t seed, double p, double se,
                 uint64_t evaluations, double seconds) {
    printf("%s, %d inputs\t%.9g\t%s\t%llu\t%.9g\t%.3g\t%llu\t%.6f\n", state->name, state->problem.n_inputs, state->p,
           method, (unsigned long long)seed, p, se, (unsigned long long)evaluations, seconds);
}

static bool race(const struct limit_state *state, uint64_t seed, mm_messages *messages) {
    for (int checked = 0; checked < 2; checked++) {
        const struct rare_options options = {.seed = seed, .no_check = !checked};
        struct rare_result result;
        const double begin = now();
        if (rare_estimate(&state->problem, &options, &result, messages) != MM_OK)
            return false;
        struct rare_answer answer = rare_answer(&result);
        if (!rare_stands(result.verdict))
            answer.p = answer.se = NAN;
        line(state, checked ? "checked" : "importance", seed, answer.p, answer.se, result.evaluations, now() - begin);
    }
    struct rare_subset subset;
    const double begin = now();
    if (rare_subset_run(&state->problem, RARE_PART_CHECK, seed, 4000, UINT64_MAX, &subset, messages) != MM_OK)
        return false;
    line(state, "subset", seed, subset.p, subset.se, subset.evaluations, now() - begin);
    return true;
}

int main(int argc, char **argv) {
    unsigned long long seeds = 1, first = 1;
    int most = 100; /* inputs of a problem */
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 < argc && strcmp(argv[i], "--seeds") == 0) {
            seeds = strtoull(argv[i + 1], NULL, 10);
        } else if (i + 1 < argc && strcmp(argv[i], "--first") == 0) {
            first = strtoull(argv[i + 1], NULL, 10);
        } else if (i + 1 < argc && strcmp(argv[i], "--inputs") == 0) {
            most = (int)strtol(argv[i + 1], NULL, 10);
        } else {
            fprintf(stderr, "limit_states [--seeds N] [--first SEED] [--inputs MOST]\n");
            return 2;
        }
    }
    const struct limit_state states[] = {normal_tail(1, 4), normal_tail(10, 4), normal_tail(10, 6), rp22(), rp28(),
                                         rp111(),           four_branch()};
    mm_messages *messages = mm_messages_new();
    int code = 0;
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        for (uint64_t seed = first; seed < first + seeds && states[i].problem.n_inputs <= most; seed++)
            if (!race(&states[i], seed, messages)) {
                fprintf(stderr, "%s, seed %llu: no estimate\n", states[i].name, (unsigned long long)seed);
                code = 1;
            }
    mm_messages_free(messages);
    return code;
}
