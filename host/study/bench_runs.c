/* Whole runs, threads, and the start of a small run. */
#include "host/study/bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SMALL_RUN 1000

/* Seconds of a whole run: plan, engine, paths, estimates. */
static mm_status time_run(struct bench_work *work, uint64_t paths, int threads, double *seconds) {
    mm_run_options run = work->options->run;
    mm_result *result = NULL;
    run.paths = paths;
    if (threads)
        run.threads = threads;
    const double begin = bench_now();
    mm_status status = mm_run(work->scenario, &run, &result, work->messages);
    *seconds = bench_now() - begin;
    mm_result_free(result);
    return status;
}

static mm_status run_size(struct bench_work *work, uint64_t paths, const char *name) {
    double rates[BENCH_MOST_ROUNDS], seconds;
    char row[64], about[96];
    mm_status status = time_run(work, paths < 100000 ? paths : paths / 10, 0, &seconds); /* a warm-up */
    for (int i = 0; i < work->rounds && status == MM_OK; i++) {
        status = time_run(work, paths, 0, &seconds);
        rates[i] = (double)paths / seconds;
    }
    snprintf(row, sizeof row, "runs.%s", name);
    snprintf(about, sizeof about, "a whole run of %s paths", name);
    if (status == MM_OK)
        bench_add(work, row, about, "paths/s", BENCH_MORE, rates, work->rounds);
    return status;
}

static mm_status run_threads(struct bench_work *work) {
    double ratios[BENCH_MOST_ROUNDS], alone, together;
    const int all = work->setup.engine.threads;
    struct bench_engine one = {0}, every = {0};
    uint64_t n = 0;
    char about[96];
    mm_status status = bench_engine_open(&one, work, work->scenario, 1, true);
    if (status == MM_OK)
        status = bench_engine_open(&every, work, work->scenario, 0, true);
    if (status == MM_OK)
        status = bench_engine_size(&every, 2 * work->seconds, &n, work->messages);
    for (int i = 0; i < work->rounds && status == MM_OK; i++) {
        status = bench_engine_run(&one, n, &alone, work->messages);
        if (status == MM_OK)
            status = bench_engine_run(&every, n, &together, work->messages);
        ratios[i] = status == MM_OK ? alone / together : 0;
    }
    snprintf(about, sizeof about, "%d threads against one", all);
    if (status == MM_OK)
        bench_add(work, "runs.threads", about, "ratio", BENCH_MORE, ratios, work->rounds);
    bench_engine_close(&one);
    bench_engine_close(&every);
    return status;
}

mm_status bench_runs(struct bench_work *work) {
    static const struct {
        uint64_t paths;
        const char *name;
    } sizes[] = {{10000, "1e4"}, {100000, "1e5"}, {1000000, "1e6"}, {10000000, "1e7"}};
    struct bench_engine engine = {0};
    mm_status status = bench_engine_open(&engine, work, work->scenario, 0, false);
    const bool device = status == MM_OK && engine.choice.backend != &engine_openmp;
    bench_engine_close(&engine);
    if (work->options->quick)
        status = status == MM_OK ? run_size(work, SMALL_RUN, "1e3") : status;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0] && status == MM_OK && !work->options->quick; i++)
        if (sizes[i].paths < 10000000 || device)
            status = run_size(work, sizes[i].paths, sizes[i].name);
    if (status == MM_OK && work->setup.engine.threads > 1)
        status = run_threads(work);
    return status;
}

/* Seconds from the start of the program to its end; it prints the answer alone, or everything as JSON. Its output goes
 * nowhere. \return false: it failed. */
static bool time_process(const struct bench_work *work, bool json, double *seconds) {
    char paths[16];
    snprintf(paths, sizeof paths, "%d", SMALL_RUN);
    const char *const words[] = {work->options->program,
                                 "run",
                                 work->options->file,
                                 "--paths",
                                 paths,
                                 "-q",
                                 "--backend",
                                 "openmp",
                                 json ? "--json" : NULL,
                                 "--no-tallies",
                                 NULL};
    const double begin = bench_now();
    pid_t child = fork();
    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
        if (nowhere >= 0 && dup2(nowhere, 1) == 1 && dup2(nowhere, 2) == 2)
            execv(words[0], (char *const *)words);
        _exit(127);
    }
    int how = 0;
    bool good = child > 0 && waitpid(child, &how, 0) == child && WIFEXITED(how) && WEXITSTATUS(how) == 0;
    *seconds = bench_now() - begin;
    return good;
}

/* Seconds of each step of a small run in this process: reading, planning, all of the run. */
static mm_status time_steps(struct bench_work *work, double *load, double *plan, double *whole) {
    mm_scenario *scenario = NULL;
    struct plan *built = NULL;
    mm_result *result = NULL;
    mm_run_options run = work->options->run;
    run.paths = SMALL_RUN;
    run.backend = "openmp";
    run.n_devices = 0;
    double begin = bench_now();
    mm_status status = mm_scenario_load(work->options->file, NULL, 0, NULL, 0, &scenario, work->messages);
    *load = bench_now() - begin;
    begin = bench_now();
    if (status == MM_OK)
        status = plan_build(scenario_data(scenario), NULL, &built, work->messages);
    *plan = bench_now() - begin;
    begin = bench_now();
    if (status == MM_OK)
        status = mm_run(scenario, &run, &result, work->messages);
    *whole = bench_now() - begin;
    mm_result_free(result);
    plan_free(built);
    mm_scenario_free(scenario);
    return status;
}

mm_status bench_start(struct bench_work *work) {
    double load[BENCH_MOST_ROUNDS], plan[BENCH_MOST_ROUNDS], whole[BENCH_MOST_ROUNDS];
    double process[BENCH_MOST_ROUNDS], as_json[BENCH_MOST_ROUNDS];
    mm_status status = time_steps(work, load, plan, whole);
    bool processes = work->options->program != NULL;
    for (int i = 0; i < work->rounds && status == MM_OK; i++) {
        status = time_steps(work, &load[i], &plan[i], &whole[i]);
        if (status == MM_OK && processes)
            processes = time_process(work, false, &process[i]) && time_process(work, true, &as_json[i]);
    }
    if (status != MM_OK)
        return status;
    bench_add(work, "start.configuration", "reading the configuration", "s", BENCH_LESS, load, work->rounds);
    bench_add(work, "start.plan", "planning", "s", BENCH_LESS, plan, work->rounds);
    bench_add(work, "start.run", "planning and 1,000 paths", "s", BENCH_LESS, whole, work->rounds);
    if (processes) {
        bench_add(work, "start.process", "a process of 1,000 paths, start to end", "s", BENCH_LESS, process,
                  work->rounds);
        bench_add(work, "start.json", "the same, which prints all of it as JSON", "s", BENCH_LESS, as_json,
                  work->rounds);
    }
    return MM_OK;
}
