#include "host/study/setup.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "host/engine/lanes/lanes.h"
#include "host/engine/machine.h"
#include "host/study/parts.h"

#define DEFAULT_PATHS 1000000
#define DEFAULT_MOST_PATHS (UINT64_C(1) << 24)
#define DEFAULT_SEED 1
#define MAX_THREADS 4096
#define SETUP_MOST_SOBOL (UINT64_C(1) << 38)
#define BYTES_OF_NUMBER 48 /* one number of the result while it is being made */

static mm_status usage(mm_messages *messages, const char *text) {
    mm_messages_add(messages, "%s", text);
    return MM_USAGE;
}

static mm_status read_range(const mm_run_options *options, struct setup *setup, mm_messages *messages) {
    setup->until_enough = options->until_enough || options->precision > 0;
    setup->paths = options->paths ? options->paths : setup->until_enough ? DEFAULT_MOST_PATHS : DEFAULT_PATHS;
    setup->first_path = options->first_path;
    setup->batch = options->batch;
    if (setup->paths > SETUP_MAX_PATHS || setup->first_path > SETUP_MAX_PATHS - setup->paths) {
        mm_messages_add(messages, "paths %" PRIu64 " from number %" PRIu64 " on: path numbers end at 2^40 - 1",
                        setup->paths, setup->first_path);
        return MM_USAGE;
    }
    return MM_OK;
}

static mm_status read_sampler(const mm_run_options *options, struct setup *setup, mm_messages *messages) {
    const char *sampler = options->sampler ? options->sampler : "philox";
    setup->sobol = strcmp(sampler, "sobol") == 0;
    if (!setup->sobol && strcmp(sampler, "philox") != 0) {
        mm_messages_add(messages, "sampler '%s': philox and sobol are allowed", sampler);
        return MM_USAGE;
    }
    if (!setup->sobol)
        return MM_OK;
    const bool cores = !options->n_devices || (options->n_devices == 1 && strcmp(options->devices[0], "openmp") == 0);
    if ((options->backend && strcmp(options->backend, "opencl") == 0) || !cores)
        return usage(messages, "the sampler sobol runs on the cores alone (--backend openmp), not on OpenCL devices");
    if (setup->first_path + setup->paths > SETUP_MOST_SOBOL)
        return usage(messages, "the sampler sobol has points for path numbers below 2^38");
    return MM_OK;
}

/* Whether no core is asked for: then it matters to the devices alone which lane widths the cores have. */
static bool on_devices_alone(const mm_run_options *options) {
    bool alone = options->n_devices > 0 || (options->backend && strcmp(options->backend, "opencl") == 0);
    for (size_t i = 0; i < options->n_devices; i++)
        alone = alone && strcmp(options->devices[i], "openmp") != 0;
    return alone;
}

static mm_status read_engine(const mm_run_options *options, struct setup *setup, mm_messages *messages) {
    struct engine_options *engine = &setup->engine;
    engine->seed = options->seed_given ? options->seed : DEFAULT_SEED;
    engine->lanes = options->lanes ? options->lanes : lanes_best();
    if (engine->lanes != 1 && engine->lanes != 4 && engine->lanes != 8 && engine->lanes != 16)
        return usage(messages, "lanes: 1, 4, 8 or 16 are allowed");
    if (!lanes_get(engine->lanes) && on_devices_alone(options))
        engine->lanes = lanes_best();
    if (!lanes_get(engine->lanes)) {
        mm_messages_add(messages, "this machine, or this build, has no kernel of %d lanes", engine->lanes);
        return MM_NO_DEVICE;
    }
    if (options->threads < 0 || options->threads > MAX_THREADS)
        return usage(messages, "threads: 1 to 4096 are allowed");
    engine->threads = options->threads ? options->threads : machine_cores();
    /* more threads than lane groups would only take memory */
    uint64_t groups = (setup->paths + (uint64_t)engine->lanes - 1) / (uint64_t)engine->lanes;
    if ((uint64_t)engine->threads > groups)
        engine->threads = (int)groups;
    return MM_OK;
}

mm_status setup_read(const mm_run_options *options, struct setup *setup, mm_messages *messages) {
    static const mm_run_options defaults;
    options = options ? options : &defaults;
    *setup = (struct setup){.time_limit = options->time_limit};
    if (!(options->time_limit >= 0))
        return usage(messages, "the time limit must not be negative");
    mm_status status = read_range(options, setup, messages);
    if (status == MM_OK)
        status = read_sampler(options, setup, messages);
    if (status == MM_OK)
        status = read_engine(options, setup, messages);
    setup->memory = options->memory ? options->memory : machine_memory() / 2;
    return status;
}

/* Bytes of a number of paths in the curves of a coexistence entry (host/estimate/hits.h). */
static uint64_t hits_bytes(const struct setup *setup) {
    uint64_t bytes = 1;
    for (uint64_t paths = setup->paths; paths > 127; paths >>= 7)
        bytes++;
    return bytes;
}

/* Bytes of the result, an upper bound: industry and its states by month and a few numbers for each question and month,
 * all with their errors; for the scopes of a coexistence question the paths in each state and month, and the curves of
 * one scope, which is written. */
static uint64_t result_bytes(const struct plan *plan, const struct setup *setup) {
    const struct mm_head *head = &plan->head;
    uint64_t numbers = 2 * (MM_STATES + MM_INDUSTRY_MEANS) + 16 * (uint64_t)plan->n_questions + 2 * MM_STATES;
    uint64_t hits = MM_STATES * (uint64_t)head->n_entries * hits_bytes(setup);
    return (BYTES_OF_NUMBER * numbers + hits) * (uint64_t)head->months;
}

int setup_heaviest(const struct plan *plan, const struct setup *setup) {
    uint64_t months = (uint64_t)plan->head.months, count = 8 + 4 * (uint64_t)setup->engine.threads, most = 0;
    int heaviest = -1;
    for (int i = 0; i < plan->n_questions; i++) {
        const struct plan_question *question = &plan->questions[i];
        uint64_t bytes = 0; /* by month */
        if (question->probability >= 0)
            bytes = 2 * count + 2 * BYTES_OF_NUMBER;
        if (question->map >= 0)
            bytes = (uint64_t)PLAN_TABLE(plan, mm_map, maps)[question->map].n_entries * MM_STATES *
                    (count + hits_bytes(setup));
        if (question->fan >= 0)
            bytes = ((uint64_t)PLAN_TABLE(plan, mm_fan, fans)[question->fan].n + 2) * count;
        if (question->tail >= 0) /* once, not by month */
            bytes = 3 * (uint64_t)PLAN_TABLE(plan, mm_tail, tails)[question->tail].bins.n * count / months;
        if (bytes * months > most) {
            most = bytes * months;
            heaviest = i;
        }
    }
    return heaviest;
}

static uint64_t larger(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

mm_status setup_choose(const mm_run_options *options, const struct setup *setup, struct engine_choice *choice,
                       mm_messages *messages) {
    static const mm_run_options defaults;
    options = options ? options : &defaults;
    struct engine_wish wish = {.backend = setup->sobol ? engine_openmp.name : options->backend,
                               .devices = options->devices,
                               .n_devices = setup->sobol ? 0 : options->n_devices,
                               .device_lanes = options->lanes,
                               .threads = options->threads,
                               .ranks = options->ranks && !setup->sobol};
    struct engine_options common = setup->engine;
    common.scrambled = setup->sobol;
    common.stop = options->stop;
    common.no_cache = options->no_cache;
    common.notice = options->notice;
    common.notice_context = options->notice_context;
    return engine_choose(&wish, &common, choice, messages);
}

mm_status setup_plan(const struct sc_scenario *scenario, struct setup *setup, struct plan **plan,
                     mm_messages *messages) {
    mm_status status = plan_build(scenario, NULL, plan, messages);
    if (status == MM_OK && setup->sobol) {
        status = plan_add_sobol(*plan, messages);
        setup->beside += 8 * (uint64_t)plan_counts(*plan) + 16 * (uint64_t)plan_sums(*plan);
    }
    return status;
}

uint64_t setup_memory(const struct plan *plan, const struct setup *setup, const struct engine_choice *choice) {
    uint64_t master = 8 * (uint64_t)plan_counts(plan) + 16 * (uint64_t)plan_sums(plan), pools = 0;
    uint64_t before = 2 * master; /* a checkpoint, its text and what it holds, before the threads have theirs */
    struct engine_options options = choice->options;
    options.threads = setup->engine.threads;
    uint64_t during = parts_memory(choice->backend, plan, &options);
    uint64_t after = result_bytes(plan, setup); /* the threads' memory has been given back */
    for (int i = 0; i < plan_n_parts(plan); i++)
        pools += 4 * (uint64_t)plan_part(plan, i).plan->pool_words;
    return setup->beside + pools + master + larger(before, larger(during, after));
}

static const char *size_text(uint64_t bytes, char text[32]) {
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    double value = (double)bytes / 1024;
    size_t unit = 0;
    for (; value >= 1024 && unit < 3; unit++)
        value /= 1024;
    snprintf(text, 32, "%.1f %s", value, units[unit]);
    return text;
}

mm_status setup_check_memory(const struct sc_scenario *scenario, const struct plan *plan, const struct setup *setup,
                             const struct engine_choice *choice, mm_messages *messages) {
    uint64_t needed = setup_memory(plan, setup, choice);
    if (setup->memory == 0 || needed <= setup->memory)
        return MM_OK;
    struct setup fewer = *setup;
    while (fewer.engine.threads > 0 && setup_memory(plan, &fewer, choice) > setup->memory)
        fewer.engine.threads--;
    char need[32], limit[32], fits[64] = "", cause[256] = "";
    if (fewer.engine.threads > 0)
        snprintf(fits, sizeof fits, "; with %d thread%s it would fit", fewer.engine.threads,
                 fewer.engine.threads == 1 ? "" : "s");
    int heaviest = setup_heaviest(plan, setup);
    if (heaviest >= 0)
        snprintf(cause, sizeof cause, "; question '%.100s' needs most", scenario->questions[heaviest].name);
    mm_messages_add(messages, "this run needs %s of memory, and %s are allowed (--memory)%s%s", size_text(needed, need),
                    size_text(setup->memory, limit), cause, fits);
    return MM_USAGE;
}
