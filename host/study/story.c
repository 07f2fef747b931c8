/* mm_path_story: replays one path alone. */
#include "host/study/story.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <mismatch/run.h>

#include "host/scenario/scenario_data.h"

static struct sc_series_ref reference(enum sc_series series, int firm) {
    struct sc_series_ref ref = {series, firm, SC_NONE, SC_NONE, SC_NONE, SC_NONE, SC_NONE};
    return ref;
}

/* The story's slots, in the order of its enums. The caller frees. */
static struct sc_series_ref *story_slots(const struct sc_scenario *scenario, int *n) {
    static const enum sc_series industry[STORY_INDUSTRY_SLOTS] = {SC_GAP, SC_PRICE, SC_DEMAND, SC_SUPPLY, SC_UNMET};
    static const enum sc_series firm[STORY_FIRM_SLOTS] = {SC_SPARE_SHARE, SC_UNSOLD_SHARE, SC_UNMET_SHARE,
                                                          SC_BOUGHT_SHARE, SC_PRESSURE};
    *n = STORY_INDUSTRY_SLOTS + STORY_FIRM_SLOTS * scenario->n_firms;
    struct sc_series_ref *refs = calloc((size_t)*n, sizeof *refs);
    if (!refs)
        return NULL;
    for (int i = 0; i < STORY_INDUSTRY_SLOTS; i++)
        refs[i] = reference(industry[i], SC_NONE);
    for (int f = 0; f < scenario->n_firms; f++)
        for (int i = 0; i < STORY_FIRM_SLOTS; i++)
            refs[STORY_INDUSTRY_SLOTS + f * STORY_FIRM_SLOTS + i] = reference(firm[i], f);
    return refs;
}

static json_t *tell(struct story *story, uint64_t path, uint64_t seed) {
    char number[32];
    snprintf(number, sizeof number, "%" PRIu64, seed);
    const struct lanes_ops *ops = lanes_get(1);
    json_t *document = json_pack("{s:i, s:s, s:s, s:I, s:s, s:[]}", "schema_version", 1, "file", story->scenario->file,
                                 "sha256", story->scenario->sha256, "path", (json_int_t)path, "seed", number, "months");
    json_t *months = json_object_get(document, "months");
    if (!months)
        return NULL;
    ops->begin(&story->job);
    if (json_object_set_new(document, "strikes", story_strikes(story)) != 0)
        goto failed;
    for (int t = 0; t < story->plan->head.months; t++) {
        ops->month(&story->job, t);
        if (json_array_append_new(months, story_month(story, t)) != 0)
            goto failed;
    }
    return document;
failed:
    json_decref(document);
    return NULL;
}

static mm_status write_story(const json_t *document, bool json, FILE *out) {
    if (json) {
        if (json_dumpf(document, out, JSON_INDENT(2) | JSON_REAL_PRECISION(7)) != 0)
            return ferror(out) ? MM_IO : MM_INTERNAL;
        fputc('\n', out);
    } else {
        story_print(document, out);
    }
    return fflush(out) == 0 && !ferror(out) ? MM_OK : MM_IO;
}

mm_status mm_path_story(const mm_scenario *scenario, const mm_run_options *options, uint64_t path, bool json, FILE *out,
                        mm_messages *messages) {
    const struct sc_scenario *data = scenario_data(scenario);
    struct plan *plan = NULL;
    void *scratch = NULL;
    json_t *document = NULL;
    mm_status status = MM_INTERNAL;
    struct plan_extra extra = {0, NULL};
    if (path >= (uint64_t)1 << 40) {
        mm_messages_add(messages, "path %" PRIu64 ": path numbers are below 2^40", path);
        return MM_USAGE;
    }
    struct sc_series_ref *refs = story_slots(data, &extra.n);
    extra.refs = refs;
    if (!refs)
        goto done;
    status = plan_build(data, &extra, &plan, messages);
    if (status != MM_OK)
        goto done;
    size_t size = (lanes_scratch_bytes(&plan->head, 1) + 63) / 64 * 64;
    scratch = aligned_alloc(64, size);
    status = MM_INTERNAL;
    if (!scratch)
        goto done;
    memset(scratch, 0, size);
    struct story story = {data, plan, {0}, scratch, scratch};
    uint64_t seed = options->seed_given ? options->seed : 1;
    story.job = (struct lanes_job){
        .head = &plan->head, .pool = plan->pool, .scratch = scratch, .seed = seed, .first_path = path, .n_valid = 1};
    const size_t failures = mm_memory_failures();
    document = tell(&story, path, seed);
    if (document && mm_memory_failures() == failures)
        status = write_story(document, json, out);
done:
    if (status == MM_INTERNAL)
        mm_messages_add(messages, "path %" PRIu64 ": out of memory", path);
    json_decref(document);
    free(scratch);
    plan_free(plan);
    free(refs);
    return status;
}
