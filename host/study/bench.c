/* The bench: which parts there are, and the list of measurements. */
#include "host/study/bench.h"

#include <math.h>
#include <mismatch/file.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/engine/machine.h"
#include "host/scenario/text.h"
#include "host/store/json_text.h"
#include "host/store/store.h"
#include "mismatch_build.h"

#define ROUNDS 5
#define QUICK_ROUNDS 2
#define SECONDS 0.25
#define QUICK_SECONDS 0.004

const int bench_widths[BENCH_WIDTHS] = {1, 4, 8, 16};

static const struct {
    const char *name, *about;
    mm_status (*run)(struct bench_work *work);
} parts[] = {
    {"machine", "the most that a core's units and the memory can do", bench_machine},
    {"variates", "random numbers and elementary functions", bench_variates},
    {"stages", "a path stage by stage: time, operations, share of the limit", bench_stages},
    {"questions", "what one further question costs", bench_questions},
    {"runs", "whole runs, and all threads against one", bench_runs},
    {"start", "a small run from start to end", bench_start},
    {"cost", "cost against firms, regions, phases, months and events", bench_cost},
};
#define N_PARTS (sizeof parts / sizeof parts[0])

const char *mm_bench_part(size_t i, const char **about) {
    if (about)
        *about = i < N_PARTS ? parts[i].about : NULL;
    return i < N_PARTS ? parts[i].name : NULL;
}

double bench_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int by_value(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_median(const double *runs, int n) {
    double sorted[BENCH_MOST_ROUNDS];
    n = n > BENCH_MOST_ROUNDS ? BENCH_MOST_ROUNDS : n;
    if (n < 1)
        return NAN;
    memcpy(sorted, runs, (size_t)n * sizeof *runs);
    qsort(sorted, (size_t)n, sizeof *sorted, by_value);
    return n % 2 ? sorted[n / 2] : 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]);
}

void bench_add(struct bench_work *work, const char *name, const char *about, const char *unit, enum bench_better better,
               const double *runs, int n) {
    static const char *const better_name[] = {"more", "less", "neither"};
    json_t *list = json_array();
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i < n; i++) {
        low = fmin(low, runs[i]);
        high = fmax(high, runs[i]);
        json_array_append_new(list, json_real(runs[i]));
    }
    if (n > 0 && isfinite(low) && isfinite(high))
        json_array_append_new(work->rows, json_pack("{s:s, s:s, s:s, s:s, s:f, s:f, s:f, s:O}", "name", name, "about",
                                                    about, "unit", unit, "better", better_name[better], "median",
                                                    bench_median(runs, n), "low", low, "high", high, "runs", list));
    json_decref(list);
}

static bool wanted(const mm_bench_options *options, size_t part) {
    for (size_t i = 0; i < options->n_parts; i++)
        if (strcmp(options->parts[i], parts[part].name) == 0)
            return true;
    return options->n_parts == 0;
}

static mm_status check(const mm_bench_options *options, mm_messages *messages) {
    if (options->rounds < 0 || options->rounds > BENCH_MOST_ROUNDS) {
        mm_messages_add(messages, "rounds: 1 to %d are allowed", BENCH_MOST_ROUNDS);
        return MM_USAGE;
    }
    for (size_t i = 0; i < options->n_parts; i++) {
        size_t part = 0;
        while (part < N_PARTS && strcmp(options->parts[i], parts[part].name) != 0)
            part++;
        if (part == N_PARTS) {
            const char *names[N_PARTS];
            for (size_t k = 0; k < N_PARTS; k++)
                names[k] = parts[k].name;
            const char *near = text_nearest(options->parts[i], names, (int)N_PARTS);
            mm_messages_add(messages,
                            "'%s' is no part of the bench%s%s%s; there are machine, variates, stages, questions, runs, "
                            "start and cost",
                            options->parts[i], near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
            return MM_USAGE;
        }
    }
    return MM_OK;
}

static json_t *make_document(const struct bench_work *work, double seconds) {
    char processor[96], created[32];
    time_t now = time(NULL);
    struct tm utc;
    machine_processor(processor, sizeof processor);
    strftime(created, sizeof created, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    return json_pack(
        "{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:{s:s, s:i, s:i, s:i, s:I}, s:{s:s, s:s}, s:b, s:i, s:f, s:O, s:O}",
        "schema_version", BENCH_SCHEMA, "kind", "bench", "created", created, "version", MISMATCH_VERSION, "git",
        MISMATCH_GIT, "compiler", MISMATCH_COMPILER, "flags", MISMATCH_FLAGS, "machine", "processor", processor,
        "cores", machine_cores(), "threads", work->setup.engine.threads, "lanes", work->setup.engine.lanes, "memory",
        (json_int_t)machine_memory(), "configuration", "file", work->options->file, "sha256",
        mm_scenario_sha256(work->scenario), "quick", (int)work->options->quick, "rounds", work->rounds, "seconds",
        seconds, "measurements", work->rows, "stages", work->stages);
}

mm_status mm_bench_run(const mm_bench_options *options, mm_bench **bench, mm_messages *messages) {
    const double begin = bench_now();
    struct bench_work work = {.options = options, .messages = messages};
    *bench = NULL;
    work.rounds = options->rounds ? options->rounds : options->quick ? QUICK_ROUNDS : ROUNDS;
    work.seconds = options->quick ? QUICK_SECONDS : SECONDS;
    mm_status status = check(options, messages);
    if (status == MM_OK)
        status = setup_read(&options->run, &work.setup, messages);
    if (status == MM_OK)
        status = mm_scenario_load(options->file, NULL, 0, NULL, 0, &work.scenario, messages);
    if (status == MM_OK && wanted(options, N_PARTS - 1))
        status = bench_worlds(messages);
    work.rows = json_array();
    work.stages = json_array();
    for (size_t i = 0; i < N_PARTS && status == MM_OK; i++)
        if (wanted(options, i))
            status = parts[i].run(&work);
    if (status == MM_OK) {
        *bench = calloc(1, sizeof **bench);
        json_t *document = make_document(&work, bench_now() - begin);
        if (*bench && document) {
            (*bench)->document = document;
        } else {
            free(*bench);
            json_decref(document);
            *bench = NULL;
            status = store_no_memory(messages);
        }
    }
    json_decref(work.rows);
    json_decref(work.stages);
    mm_scenario_free(work.scenario);
    return status;
}

void mm_bench_free(mm_bench *bench) {
    if (!bench)
        return;
    json_decref(bench->document);
    free(bench);
}

mm_status mm_bench_write_json(const mm_bench *bench, FILE *out) {
    json_text_write(out, bench->document, 0);
    fputc('\n', out);
    return fflush(out) != 0 || ferror(out) ? MM_IO : MM_OK;
}

mm_status mm_bench_save(const mm_bench *bench, const char *file, bool force, mm_messages *messages) {
    mm_file *saved;
    mm_status status = mm_file_create(file, force, &saved, messages);
    if (status != MM_OK)
        return status;
    (void)mm_bench_write_json(bench, mm_file_stream(saved)); /* a failed write shows when it is committed */
    return mm_file_commit(saved, messages);
}
