/* Exact merging: integers are added, and everything else is worked out again from the sum. */
#include <mismatch/scenario.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host/scenario/scenario_data.h"
#include "host/store/store.h"

static const char *text_of(const mm_result *result, const char *part, const char *member) {
    return json_string_value(json_object_get(json_object_get(result->document, part), member));
}

static mm_status misfit(mm_result *const *results, size_t i, const char *why, mm_messages *messages) {
    if (results[i]->source)
        mm_messages_add(messages, "%s: %s", results[i]->source, why);
    else
        mm_messages_add(messages, "result %zu: %s", i + 1, why);
    return MM_USAGE;
}

static bool is_sobol(const mm_result *result) {
    return strcmp(text_of(result, "run", "sampler"), STORE_SOBOL) == 0;
}

/* Whether result i may be added to the first. */
static mm_status check_pair(mm_result *const *results, size_t i, mm_messages *messages) {
    const mm_result *a = results[0], *b = results[i];
    if (!b->tallies)
        return misfit(results, i, "it has no tallies (it was written with --no-tallies)", messages);
    if (strcmp(text_of(a, "scenario", "sha256"), text_of(b, "scenario", "sha256")) != 0)
        return misfit(results, i, "its configuration is not that of the first", messages);
    if (a->seed != b->seed)
        return misfit(results, i, "its seed is not that of the first", messages);
    if (strcmp(text_of(a, "run", "sampler"), text_of(b, "run", "sampler")) != 0)
        return misfit(results, i, "its sampler is not that of the first", messages);
    if (!is_sobol(b) && strcmp(text_of(b, "run", "sampler"), STORE_SAMPLER) != 0)
        return misfit(results, i, "this program doesn't know its sampler", messages);
    if (a->tally_format != b->tally_format || a->tallies->n_counts != b->tallies->n_counts ||
        a->tallies->n_sums != b->tallies->n_sums)
        return misfit(results, i, "its tallies were laid out by another version of the program", messages);
    return MM_OK;
}

/* All ranges in one list; overlapping ones are an error. */
static mm_status join_ranges(mm_result *const *results, size_t n, struct range_list *joined, mm_messages *messages) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < results[i]->ranges.n; j++)
            if (!ranges_add(joined, results[i]->ranges.items[j].first, results[i]->ranges.items[j].n))
                return store_no_memory(messages);
    struct range overlap;
    if (ranges_join(joined, &overlap))
        return MM_OK;
    mm_messages_add(messages, "paths %llu to %llu are in more than one of the results",
                    (unsigned long long)overlap.first, (unsigned long long)(overlap.first + overlap.n - 1));
    return MM_USAGE;
}

static double seconds_of(const mm_result *result, const char *part) {
    const json_t *seconds = json_object_get(json_object_get(result->document, "run"), "seconds");
    return json_number_value(json_object_get(seconds, part));
}

/* Every device once. NULL when memory ran out. */
static json_t *join_devices(mm_result *const *results, size_t n) {
    json_t *joined = json_array();
    for (size_t i = 0; i < n && joined; i++) {
        size_t j, k;
        json_t *device, *known;
        json_array_foreach(json_object_get(json_object_get(results[i]->document, "run"), "devices"), j, device) {
            bool is_new = true;
            json_array_foreach(joined, k, known) is_new = is_new && !json_equal(device, known);
            if (is_new && json_array_append(joined, device) != 0) {
                json_decref(joined);
                return NULL;
            }
        }
    }
    return joined;
}

static struct tallies *sum_tallies(mm_result *const *results, size_t n) {
    struct tallies *sum = tallies_new(results[0]->tallies->n_counts, results[0]->tallies->n_sums);
    for (size_t i = 0; i < n && sum; i++)
        tallies_add(sum, results[i]->tallies);
    return sum;
}

/* How the merged result was made: seconds are those of all pieces, threads the most that one of them had. */
static struct store_run join_runs(mm_result *const *results, size_t n) {
    struct store_run run = {.seed = results[0]->seed, .stopped_by = "paths"};
    run.backend = text_of(results[0], "run", "backend");
    for (size_t i = 0; i < n; i++) {
        const json_t *part = json_object_get(results[i]->document, "run");
        const char *backend = text_of(results[i], "run", "backend");
        int threads = (int)json_integer_value(json_object_get(part, "threads"));
        run.threads = threads > run.threads ? threads : run.threads;
        run.build += seconds_of(results[i], "build");
        run.simulate += seconds_of(results[i], "simulate");
        run.reduce += seconds_of(results[i], "reduce");
        run.total += seconds_of(results[i], "total");
        if (!run.backend || !backend || strcmp(run.backend, backend) != 0)
            run.backend = "several";
    }
    return run;
}

static mm_status merge_with(const mm_scenario *scenario, mm_result *const *results, size_t n, struct store_run *run,
                            mm_result **merged, mm_messages *messages) {
    struct plan *plan = NULL;
    const struct sc_scenario *data = scenario_data(scenario);
    if (strcmp(mm_scenario_sha256(scenario), text_of(results[0], "scenario", "sha256")) != 0)
        return misfit(results, 0, "damaged: its configuration doesn't have the hash that it names", messages);
    mm_status status = plan_build(data, NULL, &plan, messages);
    if (status == MM_OK && is_sobol(results[0]))
        status = plan_add_sobol(plan, messages);
    if (status != MM_OK) {
        plan_free(plan);
        return status;
    }
    const struct tallies *first = results[0]->tallies;
    if (plan_counts(plan) != first->n_counts || plan_sums(plan) != first->n_sums) {
        status = misfit(results, 0, "its tallies were laid out by another version of the program", messages);
    } else {
        struct tallies *sum = sum_tallies(results, n);
        run->devices = join_devices(results, n);
        status = sum && run->devices ? store_result(data, plan, sum, run, merged, messages) : store_no_memory(messages);
        if (!run->devices)
            tallies_free(sum);
        json_decref(run->devices);
    }
    plan_free(plan);
    return status;
}

mm_status mm_result_merge(mm_result *const *results, size_t n, mm_result **merged, mm_messages *messages) {
    const size_t failures = mm_memory_failures();
    *merged = NULL;
    if (n == 0) {
        mm_messages_add(messages, "there is nothing to merge");
        return MM_USAGE;
    }
    for (size_t i = 0; i < n; i++) {
        mm_status status = check_pair(results, i, messages);
        if (status != MM_OK)
            return status;
    }
    struct store_run run = join_runs(results, n);
    mm_scenario *scenario = NULL;
    char *text = NULL;
    mm_status status = join_ranges(results, n, &run.ranges, messages);
    if (status == MM_OK) {
        const json_t *effective = json_object_get(json_object_get(results[0]->document, "scenario"), "effective");
        text = json_dumps(effective, JSON_COMPACT);
        status = text ? mm_scenario_from_json(text_of(results[0], "scenario", "file"), text, strlen(text), &scenario,
                                              messages)
                      : store_no_memory(messages);
    }
    if (status == MM_OK)
        status = merge_with(scenario, results, n, &run, merged, messages);
    free(text);
    mm_scenario_free(scenario);
    ranges_free(&run.ranges);
    return store_end(failures, status, merged, messages);
}
