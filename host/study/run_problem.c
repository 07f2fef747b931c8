/* Runs of one configuration as a problem: inputs are settings laid over it. */
#include <stdlib.h>
#include <string.h>

#include "host/scenario/text.h"
#include "host/store/store.h"
#include "host/study/measure.h"

struct run_problem {
    struct problem problem; /* first: the handle is a pointer to it */
    mm_scenario *asked;
    mm_run_options options;
    char **keys, **expressions;
    const struct keeping *keeping; /* NULL: nothing is kept */
};

static void texts_free(char **texts, size_t n) {
    for (size_t i = 0; texts && i < n; i++)
        free(texts[i]);
    free(texts);
}

static void close_runs(struct problem *problem) {
    struct run_problem *runs = (struct run_problem *)problem;
    texts_free(runs->keys, problem->n_inputs);
    texts_free(runs->expressions, problem->n_answers);
    mm_scenario_free(runs->asked);
    free(runs);
}

/* "key=number". */
static char *setting(const char *key, double value) {
    char number[TEXT_NUMBER], *text = NULL;
    text_number(value, number);
    size_t size = strlen(key) + strlen(number) + 2;
    text = malloc(size);
    if (text)
        snprintf(text, size, "%s=%s", key, number);
    return text;
}

static char **settings(const struct run_problem *runs, const double *inputs) {
    char **sets = calloc(runs->problem.n_inputs + 1, sizeof(char *));
    locale_t before = text_plain();
    for (size_t i = 0; sets && i < runs->problem.n_inputs; i++) {
        sets[i] = setting(runs->keys[i], inputs[i]);
        if (!sets[i]) {
            texts_free(sets, i);
            sets = NULL;
        }
    }
    text_restore(before);
    return sets;
}

static mm_status evaluate_run(struct problem *problem, const double *inputs, const struct problem_sample *sample,
                              struct problem_point *point, mm_messages *messages) {
    struct run_problem *runs = (struct run_problem *)problem;
    char **sets = settings(runs, inputs);
    mm_scenario *scenario = NULL;
    mm_status status =
        sets ? mm_scenario_vary(runs->asked, (const char *const *)sets, problem->n_inputs, &scenario, messages)
             : store_no_memory(messages);
    if (status == MM_OK)
        status = measure_kept(runs->keeping, scenario, problem->answers, problem->n_answers, &runs->options, sample,
                              point, &point->remembered, messages);
    mm_scenario_free(scenario);
    texts_free(sets, problem->n_inputs);
    return status;
}

static char **texts_copy(const char *const *texts, size_t n) {
    char **copies = calloc(n + 1, sizeof(char *));
    for (size_t i = 0; copies && i < n; i++) {
        copies[i] = strdup(texts[i]);
        if (!copies[i]) {
            texts_free(copies, i);
            return NULL;
        }
    }
    return copies;
}

mm_status problem_of_runs(const mm_scenario *base, const char *const *keys, size_t n_keys,
                          const char *const *expressions, size_t n_expressions, const mm_run_options *options,
                          struct problem **problem, mm_messages *messages) {
    static const struct problem_kind kind = {.evaluate = evaluate_run, .close = close_runs};
    mm_run_options chosen = options ? *options : (mm_run_options){0};
    *problem = NULL;
    mm_status status = measure_choose(&chosen, messages);
    if (status != MM_OK)
        return status;
    struct run_problem *runs = calloc(1, sizeof *runs);
    if (!runs)
        return store_no_memory(messages);
    runs->options = chosen;
    runs->keys = texts_copy(keys, n_keys);
    runs->expressions = texts_copy(expressions, n_expressions);
    runs->problem = (struct problem){&kind, n_keys, n_expressions, (const char *const *)runs->keys,
                                     (const char *const *)runs->expressions};
    status = runs->keys && runs->expressions
                 ? measure_scenario(base, expressions, n_expressions, keys, n_keys, &runs->asked, messages)
                 : store_no_memory(messages);
    if (status == MM_OK)
        *problem = &runs->problem;
    else
        close_runs(&runs->problem);
    return status;
}

void problem_of_runs_keep(struct problem *problem, const struct keeping *keeping) {
    ((struct run_problem *)problem)->keeping = keeping;
}
