#include "host/store/store.h"

#include <mismatch/file.h>
#include <stdlib.h>
#include <string.h>

#include "host/estimate/estimate.h"
#include "host/store/json_text.h"
#include "host/store/packed.h"
#include "host/store/result_document.h"

#if defined(__has_include)
#if __has_include("mismatch_build.h")
#include "mismatch_build.h"
#endif
#endif
#ifndef MISMATCH_VERSION
#define MISMATCH_VERSION "unknown"
#define MISMATCH_GIT "unknown"
#define MISMATCH_COMPILER "unknown"
#define MISMATCH_FLAGS ""
#endif

mm_status store_no_memory(mm_messages *messages) {
    mm_messages_add(messages, "memory ran out");
    return MM_INTERNAL;
}

void mm_result_free(mm_result *result) {
    if (!result)
        return;
    json_decref(result->document);
    tallies_free(result->tallies);
    ranges_free(&result->ranges);
    free(result->source);
    free(result->effective);
    free(result);
}

const char *mm_result_digest(const mm_result *result) {
    return result->digest;
}

const char *store_sampler(const struct plan *plan) {
    return plan->scrambles ? STORE_SOBOL : STORE_SAMPLER;
}

const json_t *result_document(const mm_result *result) {
    return result->document;
}

void store_program(const char **version, const char **commit) {
    *version = MISMATCH_VERSION;
    *commit = MISMATCH_GIT;
}

json_t *store_program_json(void) {
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", "mismatch", "version", MISMATCH_VERSION, "git", MISMATCH_GIT,
                     "compiler", MISMATCH_COMPILER, "flags", MISMATCH_FLAGS);
}

static json_t *scenario_json(const struct sc_scenario *scenario) {
    return json_pack("{s:s, s:s, s:O}", "file", scenario->file, "sha256", scenario->sha256, "effective",
                     (json_t *)scenario->effective);
}

static json_t *run_json(const struct mm_result *result, const struct store_run *run, const char *sampler,
                        uint64_t clipped) {
    uint64_t paths = ranges_paths(&run->ranges);
    double rate = run->simulate > 0 ? (double)paths / run->simulate : 0;
    return json_pack("{s:o, s:o, s:o, s:o, s:s, s:s, s:O, s:i, s:{s:f, s:f, s:f, s:f}, s:f, s:s?, s:s, s:s, s:o}",
                     "paths", json_text_u64(paths), "first_path", json_text_u64(run->ranges.items[0].first), "ranges",
                     ranges_to_json(&run->ranges), "seed", json_text_u64(run->seed), "sampler", sampler, "backend",
                     run->backend, "devices", run->devices, "threads", run->threads, "seconds", "build", run->build,
                     "simulate", run->simulate, "reduce", run->reduce, "total", run->total, "paths_per_second", rate,
                     "until", run->until, "stopped_by", run->stopped_by, "digest", result->digest, "clipped",
                     json_text_u64(clipped));
}

/* The whole document, or NULL when memory ran out. */
static json_t *document_json(const struct mm_result *result, const struct sc_scenario *scenario,
                             const struct plan *plan, const struct store_run *run) {
    uint64_t clipped = 0;
    for (int i = 0; i < plan_n_parts(plan); i++) {
        const struct plan_part part = plan_part(plan, i);
        clipped += result->tallies->counts[part.first_count + (size_t)part.plan->head.c_clipped];
    }
    json_t *estimates = estimate_all(scenario, plan, result->tallies, ranges_paths(&run->ranges));
    json_t *document = json_object();
    int bad = json_object_set_new(document, "schema_version", json_integer(STORE_SCHEMA_VERSION));
    bad |= json_object_set_new(document, "program", store_program_json());
    bad |= json_object_set_new(document, "scenario", scenario_json(scenario));
    bad |= json_object_set_new(document, "run", run_json(result, run, store_sampler(plan), clipped));
    bad |= estimates == NULL || json_object_update(document, estimates) != 0;
    json_decref(estimates);
    if (!bad)
        return document;
    json_decref(document);
    return NULL;
}

mm_status store_result(const struct sc_scenario *scenario, const struct plan *plan, struct tallies *tallies,
                       const struct store_run *run, mm_result **result, mm_messages *messages) {
    const size_t failures = mm_memory_failures();
    *result = NULL;
    mm_result *made = calloc(1, sizeof *made);
    if (!made) {
        tallies_free(tallies);
        return store_no_memory(messages);
    }
    made->tallies = tallies;
    made->tally_format = PACKED_FORMAT;
    made->seed = run->seed;
    tallies_digest(tallies, made->digest);
    bool good = true;
    for (size_t i = 0; i < run->ranges.n; i++)
        good = good && ranges_add(&made->ranges, run->ranges.items[i].first, run->ranges.items[i].n);
    if (good)
        made->document = document_json(made, scenario, plan, run);
    if (!made->document || mm_memory_failures() != failures) {
        mm_result_free(made);
        return store_no_memory(messages);
    }
    *result = made;
    return MM_OK;
}

static const char *const estimates[] = {"industry", "coexistence", "questions", "ranges"};

static bool is_estimate(const char *key) {
    for (size_t i = 0; i < sizeof estimates / sizeof estimates[0]; i++)
        if (strcmp(key, estimates[i]) == 0)
            return true;
    return false;
}

void mm_result_lighten(mm_result *result) {
    for (size_t i = 0; i < sizeof estimates / sizeof estimates[0]; i++)
        json_object_del(result->document, estimates[i]);
}

void store_set_seconds(mm_result *result, double reduce, double total) {
    json_t *seconds = json_object_get(json_object_get(result->document, "run"), "seconds");
    json_real_set(json_object_get(seconds, "reduce"), reduce);
    json_real_set(json_object_get(seconds, "total"), total);
}

mm_status mm_result_origin(mm_result *result, mm_run_origin *origin) {
    if (result->ranges.n != 1)
        return MM_USAGE;
    const json_t *scenario = json_object_get(result->document, "scenario");
    if (!result->effective) {
        result->effective = json_dumps(json_object_get(scenario, "effective"), JSON_COMPACT);
        if (!result->effective)
            return MM_INTERNAL;
    }
    *origin = (mm_run_origin){
        .paths = result->ranges.items[0].n,
        .first_path = result->ranges.items[0].first,
        .seed = result->seed,
        .sampler = json_string_value(json_object_get(json_object_get(result->document, "run"), "sampler")),
        .effective = result->effective,
        .file = json_string_value(json_object_get(scenario, "file"))};
    return MM_OK;
}

mm_status mm_result_write_json(const mm_result *result, FILE *out, bool with_tallies) {
    const char *key;
    json_t *member;
    bool good = true;
    fputc('{', out);
    json_object_foreach(result->document, key, member) {
        fputs(strcmp(key, "schema_version") == 0 ? "\n  " : ",\n  ", out);
        json_text_string(out, key);
        fputs(": ", out);
        good = (is_estimate(key) ? json_text_write_estimates : json_text_write)(out, member, 1) && good;
    }
    if (with_tallies && result->tallies) {
        fputs(",\n  \"tallies\": ", out);
        good = packed_write(out, result->tallies) && good;
    }
    fputs("\n}\n", out);
    if (!good)
        return MM_INTERNAL;
    return ferror(out) ? MM_IO : MM_OK;
}

mm_status mm_result_save(const mm_result *result, const char *file, bool force, bool with_tallies,
                         mm_messages *messages) {
    mm_file *saved;
    mm_status status = mm_file_create(file, force, &saved, messages);
    if (status != MM_OK)
        return status;
    if (mm_result_write_json(result, mm_file_stream(saved), with_tallies) == MM_INTERNAL) {
        mm_file_abandon(saved);
        return store_no_memory(messages);
    }
    return mm_file_commit(saved, messages);
}
