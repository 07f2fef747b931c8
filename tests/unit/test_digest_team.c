/* Several engines at work on one run, some of which fail: whatever happens, the tallies are those of an undisturbed
 * run, or those of the last time all was settled. */
#include "support/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/engine/engine.h"
#include "host/engine/lanes/lanes.h"

/* OpenMP, until it fails: at its run or settle of this number, from 1; 0: never. */
struct plot {
    int fail_run, fail_settle, fail_open;
};
static struct plot plots[3];
static int opened;

struct engine {
    struct engine *inner;
    struct tallies *own, *to; /* what it runs goes to `own`, and reaches `to` when it is settled */
    struct plot plot;
    int runs, settles;
};

static size_t frail_describe(const struct engine *engine, struct engine_description *descriptions, size_t most) {
    if (most > 0)
        *descriptions = (struct engine_description){.device = "frail", .backend = "frail", .lanes = engine->runs};
    return 1;
}

static uint64_t frail_memory(const struct plan *plan, const struct engine_options *options) {
    return engine_openmp.memory(plan, options);
}

static mm_status frail_open(const struct plan *plan, const struct engine_options *options, struct tallies *tallies,
                            struct engine **engine, mm_messages *messages) {
    struct plot plot = plots[opened++];
    *engine = NULL;
    if (plot.fail_open) {
        mm_messages_add(messages, "it can't be opened");
        return MM_DEVICE_FAILED;
    }
    struct engine *made = calloc(1, sizeof *made);
    assert_non_null(made);
    made->plot = plot;
    made->to = tallies;
    made->own = tallies_new(tallies->n_counts, tallies->n_sums);
    assert_non_null(made->own);
    *engine = made;
    return engine_openmp.open(plan, options, made->own, &made->inner, messages);
}

static uint64_t frail_step(const struct engine *engine) {
    return engine_openmp.step(engine->inner);
}

static mm_status frail_run(struct engine *engine, uint64_t first_path, uint64_t n, mm_messages *messages) {
    bool fails = ++engine->runs == engine->plot.fail_run;
    mm_status status = engine_openmp.run(engine->inner, first_path, fails ? n / 2 : n, messages);
    if (!fails)
        return status;
    mm_messages_add(messages, "it broke in run %d", engine->runs);
    return MM_DEVICE_FAILED;
}

static mm_status frail_settle(struct engine *engine, mm_messages *messages) {
    if (++engine->settles == engine->plot.fail_settle) {
        mm_messages_add(messages, "it broke when settled");
        return MM_DEVICE_FAILED;
    }
    mm_status status = engine_openmp.settle(engine->inner, messages);
    tallies_add(engine->to, engine->own);
    tallies_clear(engine->own);
    return status;
}

static void frail_close(struct engine *engine) {
    if (!engine)
        return;
    engine_openmp.close(engine->inner);
    tallies_free(engine->own);
    free(engine);
}

static const struct engine_backend frail = {.name = "frail",
                                            .describe = frail_describe,
                                            .memory = frail_memory,
                                            .open = frail_open,
                                            .step = frail_step,
                                            .run = frail_run,
                                            .settle = frail_settle,
                                            .close = frail_close};

struct notices {
    int n;
    char last[512];
};

static void take_notice(const char *text, bool important, void *context) {
    struct notices *notices = context;
    assert_true(important);
    snprintf(notices->last, sizeof notices->last, "%s", text);
    notices->n++;
}

/* How a run went. */
struct outcome {
    mm_status status;
    uint64_t paths; /* that the members say they settled */
    size_t failed;
    int notices;
    char digest[65], last[512];
};

/* PATHS paths in batches, settled after each `every` of them and at the end. */
#define PATHS 1003
static struct outcome run_team(const struct engine_member *members, size_t n, uint64_t batch, int every) {
    struct scene scene = scene_file("tests/data/every-key.yaml", NULL, 0);
    struct notices notices = {0};
    struct outcome outcome = {.status = MM_OK};
    struct engine_options options = {
        .seed = 7, .members = members, .n_members = n, .notice = take_notice, .notice_context = &notices};
    mm_messages *messages = mm_messages_new();
    const struct mm_head *head = &scene.plan->head;
    struct tallies *tallies = tallies_new((size_t)head->n_counts, (size_t)head->n_sums);
    struct engine *team = NULL;
    opened = 0;
    outcome.status = engine_team.open(scene.plan, &options, tallies, &team, messages);
    int batches = 0;
    for (uint64_t done = 0; done < PATHS && outcome.status == MM_OK; done += batch) {
        uint64_t left = PATHS - done;
        outcome.status = engine_team.run(team, done, left < batch ? left : batch, messages);
        if (outcome.status == MM_OK && ++batches % every == 0)
            outcome.status = engine_team.settle(team, messages);
    }
    if (outcome.status == MM_OK)
        outcome.status = engine_team.settle(team, messages);
    struct engine_description description[4];
    size_t described = team ? engine_team.describe(team, description, 4) : 0;
    for (size_t i = 0; i < described; i++) {
        outcome.paths += description[i].paths;
        outcome.failed += description[i].failed;
    }
    engine_team.close(team);
    tallies_digest(tallies, outcome.digest);
    outcome.notices = notices.n;
    snprintf(outcome.last, sizeof outcome.last, "%s", notices.last);
    for (size_t i = 0; i < mm_messages_count(messages) && outcome.status != MM_OK; i++)
        snprintf(outcome.last, sizeof outcome.last, "%s", mm_messages_text(messages, i));
    tallies_free(tallies);
    mm_messages_free(messages);
    scene_free(&scene);
    return outcome;
}

static struct engine_member member(enum engine_role role) {
    return (struct engine_member){&frail, role, {.seed = 7, .threads = 1, .lanes = lanes_best()}};
}

/* The digest of the first `paths` paths. */
static void alone(uint64_t paths, char digest[65]) {
    struct scene scene = scene_file("tests/data/every-key.yaml", NULL, 0);
    struct engine_options options = {.seed = 7, .threads = 1, .lanes = 1};
    struct tallies *tallies = tallies_new((size_t)scene.plan->head.n_counts, (size_t)scene.plan->head.n_sums);
    mm_messages *messages = mm_messages_new();
    struct engine *engine = NULL;
    assert_int_equal(engine_openmp.open(scene.plan, &options, tallies, &engine, messages), MM_OK);
    assert_int_equal(engine_openmp.run(engine, 0, paths, messages), MM_OK);
    assert_int_equal(engine_openmp.settle(engine, messages), MM_OK);
    engine_openmp.close(engine);
    tallies_digest(tallies, digest);
    tallies_free(tallies);
    mm_messages_free(messages);
    scene_free(&scene);
}

static void none_fails(void **state) {
    (void)state;
    char whole[65];
    alone(PATHS, whole);
    memset(plots, 0, sizeof plots);
    const struct engine_member members[3] = {member(ENGINE_ASKED), member(ENGINE_ASKED), member(ENGINE_ASKED)};
    for (size_t n = 1; n <= 3; n++) {
        struct outcome outcome = run_team(members, n, 400, 2);
        assert_int_equal(outcome.status, MM_OK);
        assert_string_equal(outcome.digest, whole);
        assert_int_equal(outcome.paths, PATHS);
        assert_int_equal(outcome.notices, 0);
    }
}

/* One of them fails at its first, second ... run or settlement; with large batches and small ones. */
static void one_fails(void **state) {
    (void)state;
    char whole[65];
    alone(PATHS, whole);
    const struct engine_member members[3] = {member(ENGINE_ASKED), member(ENGINE_ASKED), member(ENGINE_ASKED)};
    static const uint64_t batches[] = {PATHS, 100};
    for (int at = 1; at <= 4; at++)
        for (int settles = 0; settles < 2; settles++)
            for (size_t b = 0; b < 2; b++) {
                memset(plots, 0, sizeof plots);
                if (settles)
                    plots[1].fail_settle = at;
                else
                    plots[1].fail_run = at;
                struct outcome outcome = run_team(members, 3, batches[b], 2);
                assert_int_equal(outcome.status, MM_OK);
                assert_string_equal(outcome.digest, whole);
                assert_int_equal(outcome.paths, PATHS);
                if (outcome.failed > 0)
                    assert_non_null(strstr(outcome.last, "frail is dropped; "));
                assert_int_equal(outcome.failed > 0, outcome.notices > 0);
            }
}

/* The first run of each but the last. */
static void one_is_left(void **state) {
    (void)state;
    char whole[65];
    alone(PATHS, whole);
    memset(plots, 0, sizeof plots);
    plots[0].fail_run = plots[1].fail_settle = 1;
    const struct engine_member members[3] = {member(ENGINE_ASKED), member(ENGINE_ASKED), member(ENGINE_ASKED)};
    struct outcome outcome = run_team(members, 3, PATHS, 1);
    assert_int_equal(outcome.status, MM_OK);
    assert_string_equal(outcome.digest, whole);
    assert_int_equal(outcome.paths, PATHS);
}

/* None is left: the tallies are those of the last settlement. */
static void all_fail(void **state) {
    (void)state;
    char settled[65], nothing[65];
    alone(200, settled);
    alone(0, nothing);
    const struct engine_member members[1] = {member(ENGINE_ASKED)};
    memset(plots, 0, sizeof plots);
    plots[0].fail_run = 4; /* two batches of 100 are settled, the third is not */
    struct outcome outcome = run_team(members, 1, 100, 2);
    assert_int_equal(outcome.status, MM_DEVICE_FAILED);
    assert_string_equal(outcome.digest, settled);
    assert_string_equal(outcome.last, "it broke in run 4");
    plots[0] = (struct plot){.fail_settle = 1};
    outcome = run_team(members, 1, 100, 2);
    assert_int_equal(outcome.status, MM_DEVICE_FAILED);
    assert_string_equal(outcome.digest, nothing);
}

/* What is only offered is left out when it can't be opened, and what stands in is opened only then. */
static void roles(void **state) {
    (void)state;
    char whole[65];
    alone(PATHS, whole);
    const struct engine_member offered[3] = {member(ENGINE_OFFERED), member(ENGINE_OFFERED), member(ENGINE_INSTEAD)};
    memset(plots, 0, sizeof plots);
    struct outcome outcome = run_team(offered, 3, PATHS, 1);
    assert_int_equal(outcome.status, MM_OK);
    assert_int_equal(opened, 2);
    plots[0].fail_open = plots[1].fail_open = 1;
    outcome = run_team(offered, 3, PATHS, 1);
    assert_int_equal(outcome.status, MM_OK);
    assert_int_equal(opened, 3);
    assert_int_equal(outcome.notices, 2);
    assert_string_equal(outcome.digest, whole);
    const struct engine_member asked[2] = {member(ENGINE_ASKED), member(ENGINE_ASKED)};
    outcome = run_team(asked, 2, PATHS, 1);
    assert_int_equal(outcome.status, MM_DEVICE_FAILED);
    assert_string_equal(outcome.last, "it can't be opened");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_fails), cmocka_unit_test(one_fails), cmocka_unit_test(one_is_left),
        cmocka_unit_test(all_fail),   cmocka_unit_test(roles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
