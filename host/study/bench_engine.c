/* An engine that can be timed. */
#include "host/study/bench.h"

mm_status bench_engine_open(struct bench_engine *engine, struct bench_work *work, const mm_scenario *scenario,
                            int threads, bool cores) {
    mm_run_options run = work->options->run;
    const struct sc_scenario *data = scenario_data(scenario);
    if (threads)
        run.threads = threads;
    if (cores) {
        run.backend = "openmp";
        run.devices = NULL;
        run.n_devices = 0;
    }
    mm_status status = setup_read(&run, &engine->setup, work->messages);
    if (status == MM_OK)
        status = setup_choose(&run, &engine->setup, &engine->choice, work->messages);
    if (status == MM_OK)
        status = plan_build(data, NULL, &engine->plan, work->messages);
    if (status == MM_OK)
        status = setup_check_memory(data, engine->plan, &engine->setup, &engine->choice, work->messages);
    if (status != MM_OK)
        return status;
    engine->tallies = tallies_new(plan_counts(engine->plan), plan_sums(engine->plan));
    if (!engine->tallies) {
        mm_messages_add(work->messages, "memory ran out");
        return MM_INTERNAL;
    }
    return parts_open(&engine->parts, engine->choice.backend, engine->plan, &engine->choice.options, engine->tallies,
                      work->messages);
}

void bench_engine_close(struct bench_engine *engine) {
    parts_close(&engine->parts);
    tallies_free(engine->tallies);
    plan_free(engine->plan);
    engine_choice_free(&engine->choice);
}

mm_status bench_engine_run(struct bench_engine *engine, uint64_t n, double *seconds, mm_messages *messages) {
    const double begin = bench_now();
    mm_status status = parts_run(&engine->parts, engine->next, n, messages);
    if (status == MM_OK)
        status = parts_settle(&engine->parts, messages);
    *seconds = bench_now() - begin;
    engine->next += n;
    return status;
}

mm_status bench_engine_size(struct bench_engine *engine, double seconds, uint64_t *n, mm_messages *messages) {
    const uint64_t step = engine->choice.backend->step(engine->parts.items[0].engine);
    double spent = 0;
    mm_status status = bench_engine_run(engine, step, &spent, messages);
    for (*n = step; status == MM_OK && spent < seconds / 4 && *n < UINT64_C(1) << 32;) {
        *n *= 2;
        status = bench_engine_run(engine, *n, &spent, messages);
    }
    double steps = spent > 0 ? (double)*n * seconds / spent / (double)step : 1;
    *n = step * (steps > 1 ? (uint64_t)steps : 1);
    return status;
}
