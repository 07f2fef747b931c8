/* estimate_all() on a plan and tallies made by hand: 3 months from November 2030, 4 paths. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/estimate/estimate.h"
#include "host/estimate/hits.h"
#include "host/estimate/interval.h"
#include "host/estimate/parts.h"
#include "host/estimate/rungs.h"

#define PATHS 4
#define MONTHS 3
#define BINS 4
#define Z 1.959963984540054
#define assert_close(value, expected) check_close((value), (expected), __FILE__, __LINE__)

/* Where the tallies lie. */
enum {
    STATES = 0,
    CLIPPED = STATES + MONTHS * MM_STATES,
    HELD,
    FIRST = HELD + MONTHS,
    EVER = FIRST + MONTHS,
    MAP,
    MAP_EVER = MAP + 2 * MONTHS * MM_STATES,
    FAN = MAP_EVER + 2,
    N_COUNTS = FAN + MONTHS * (BINS + 2)
};
enum {
    INDUSTRY = 0,
    SHORT = INDUSTRY + MONTHS * MM_INDUSTRY_MEANS * 2,
    TOTALS = SHORT + 2,
    HELD_MONTHS = TOTALS + 4,
    MAP_SUMS = HELD_MONTHS + 2,
    N_SUMS = MAP_SUMS + 2 * MM_MAP_SUMS
};

struct fixture {
    struct sc_scenario scenario;
    struct plan plan;
    struct tallies *tallies;
    struct sc_firm firms[1];
    struct sc_generation generations[1];
    struct sc_question questions[4];
    struct plan_question where[4];
    struct plan_entry entries[2];
    char *regions[1];
    double quantiles[3];
    struct {
        struct mm_probability probability;
        struct mm_map map;
        struct mm_fan fan;
    } pool;
};

static void check_close(double value, double expected, const char *file, int line) {
    if (!(fabs(value - expected) <= 1e-12 * fmax(1, fabs(expected)))) {
        print_error("%.17g is not %.17g\n", value, expected);
        _fail(file, line);
    }
}

static char names[][16] = {"meta", "east", "old", "event", "map", "fan", "layers"};

static void set_up_questions(struct fixture *f) {
    f->questions[0] = (struct sc_question){.name = names[3], .kind = SC_PROBABILITY, .from = 0, .to = 1};
    f->questions[1] = (struct sc_question){.name = names[4], .kind = SC_COEXISTENCE};
    f->questions[2] = (struct sc_question){.name = names[5],
                                           .kind = SC_FAN,
                                           .series = {SC_SPARE_SHARE, 0, 0, SC_NONE, SC_NONE, SC_NONE, SC_NONE},
                                           .n_quantiles = 3,
                                           .quantiles = f->quantiles};
    f->questions[3] = (struct sc_question){.name = names[6], .kind = SC_BINDING};
    f->pool.probability = (struct mm_probability){.from = 0, .to = 1, .counts = HELD, .sums = HELD_MONTHS};
    f->pool.map = (struct mm_map){.first_entry = 0, .n_entries = 2, .stride = 2, .counts = MAP, .sums = MAP_SUMS};
    f->pool.fan = (struct mm_fan){.n = BINS, .low = -1, .high = 1, .inv_width = 2, .counts = FAN};
    f->entries[0] = (struct plan_entry){0, SC_NONE, SC_NONE};
    f->entries[1] = (struct plan_entry){0, 0, 0};
}

static void set_up_tallies(struct tallies *t) {
    static const uint64_t states[] = {4, 0, 0, 0, 2, 1, 1, 0, 0, 0, 0, 4};
    static const uint64_t held[] = {1, 2, 0, 1, 1, 0, 2};
    static const uint64_t map[] = {2, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0};
    static const uint64_t fan[] = {1, 0, 2, 0, 1, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4};
    /* short months on the paths 2, 2, 1, 1; both 2, 1, 0, 0 */
    static const uint64_t map_sums[] = {3, 5, 6, 5, 9, 7};

    memcpy(t->counts + STATES, states, sizeof states);
    memcpy(t->counts + HELD, held, sizeof held);
    for (int entry = 0; entry < 2; entry++) { /* by entry above, for the eye; entries lie innermost */
        for (int i = 0; i < MONTHS * MM_STATES; i++)
            t->counts[MAP + 2 * i + entry] = map[entry * MONTHS * MM_STATES + i];
        t->counts[MAP_EVER + entry] = map[2 * MONTHS * MM_STATES + entry];
    }
    memcpy(t->counts + FAN, fan, sizeof fan);
    t->sums[SHORT].low = 6;
    t->sums[SHORT + 1].low = 10;
    t->sums[HELD_MONTHS].low = 3;
    t->sums[HELD_MONTHS + 1].low = 5;
    for (size_t i = 0; i < MM_MAP_SUMS; i++) {
        t->sums[MAP_SUMS + i].low = map_sums[i];
    }
    /* month 1: late gpu 8 and power 24 (fixed point, scale 4), stranded power 8; shortfall 6 (scale 2) */
    t->sums[INDUSTRY + 20].low = 8;
    t->sums[INDUSTRY + 21].low = 64;
    t->sums[INDUSTRY + 22].low = 24;
    t->sums[INDUSTRY + 23].low = 144;
    t->sums[INDUSTRY + 30].low = 8;
    t->sums[INDUSTRY + 31].low = 16;
    t->sums[INDUSTRY + 36].low = 6;
    t->sums[INDUSTRY + 37].low = 12;
    /* and 1 in month 2, so 3.5 in all; the paths' totals in units of 2: 1, 1, 0, 0 */
    t->sums[INDUSTRY + 56].low = 1;
    t->sums[INDUSTRY + 57].low = 1;
    t->sums[TOTALS].low = 2;
    t->sums[TOTALS + 1].low = 2;
}

static int set_up(void **state) {
    struct fixture *f = calloc(1, sizeof *f);

    if (f == NULL) {
        return -1;
    }
    f->firms[0].name = names[0];
    f->regions[0] = names[1];
    f->generations[0].name = names[2];
    f->quantiles[0] = 0.05;
    f->quantiles[1] = 0.5;
    f->quantiles[2] = 0.95;
    f->scenario = (struct sc_scenario){.start_year = 2030,
                                       .start_month = 11,
                                       .months = MONTHS,
                                       .n_firms = 1,
                                       .firms = f->firms,
                                       .n_regions = 1,
                                       .regions = f->regions,
                                       .n_generations = 1,
                                       .generations = f->generations,
                                       .n_questions = 4,
                                       .questions = f->questions};
    set_up_questions(f);
    for (int i = 0; i < 4; i++) {
        f->where[i] = (struct plan_question){i == 0 ? 0 : -1, i == 1 ? 0 : -1, i == 2 ? 0 : -1, -1, 0, -1, -1, -1};
    }
    f->plan.questions = f->where;
    f->plan.n_questions = 4;
    f->plan.entries = f->entries;
    f->plan.pool = (uint32_t *)(void *)&f->pool;
    f->plan.head.probabilities = 0;
    f->plan.head.maps = (int)(sizeof f->pool.probability / 4);
    f->plan.head.fans = f->plan.head.maps + (int)(sizeof f->pool.map / 4);
    f->plan.head.months = MONTHS;
    f->plan.head.c_states = STATES;
    f->plan.head.c_clipped = CLIPPED;
    f->plan.head.m_industry = INDUSTRY;
    f->plan.head.m_short = SHORT;
    f->plan.head.m_totals = TOTALS;
    f->plan.head.total_scale = 0.5F;
    f->plan.head.mw_scale = 4;
    f->plan.head.compute_scale = 2;
    f->tallies = tallies_new(N_COUNTS, N_SUMS);
    set_up_tallies(f->tallies);
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *f = *state;

    tallies_free(f->tallies);
    free(f);
    return 0;
}

static json_t *estimated(struct fixture *f) {
    json_t *all = estimate_all(&f->scenario, &f->plan, f->tallies, PATHS);

    assert_non_null(all);
    return all;
}

/* The part of a document at keys joined by '/'; a number is an index. */
static json_t *part(json_t *from, const char *path) {
    char key[64];

    while (*path != '\0') {
        const size_t length = strcspn(path, "/");
        assert_true(length < sizeof key);
        memcpy(key, path, length);
        key[length] = '\0';
        from = json_is_array(from) ? json_array_get(from, strtoul(key, NULL, 10)) : json_object_get(from, key);
        if (from == NULL) {
            fail_msg("no %s", path);
        }
        path += length + (path[length] == '/');
    }
    return from;
}

static double number(json_t *from, const char *path) {
    json_t *value = part(from, path);

    assert_true(json_is_real(value));
    return json_real_value(value);
}

static void test_industry(void **state) {
    json_t *all = estimated(*state);

    assert_string_equal(json_string_value(part(all, "industry/months/0")), "2030-11");
    assert_string_equal(json_string_value(part(all, "industry/months/2")), "2031-01");
    assert_close(number(all, "industry/shortage/p/0"), 1);
    assert_close(number(all, "industry/shortage/se/0"), Z / (4 + Z * Z));
    assert_close(number(all, "industry/shortage/p/1"), 0.5);
    assert_close(number(all, "industry/shortage/se/1"), 0.25);
    assert_close(number(all, "industry/glut/p/1"), 0.25);
    assert_close(number(all, "industry/balanced/p/2"), 1);
    assert_close(number(all, "industry/shortage_months/value"), 1.5);
    assert_close(number(all, "industry/shortage_months/se"), sqrt((10 - 9.0) / 3 / 4));
    assert_close(number(all, "industry/late_mw/gpu/value/1"), 0.5);
    assert_close(number(all, "industry/late_mw/power/value/1"), 1.5);
    assert_close(number(all, "industry/late_mw/power/se/1"), 0);
    assert_close(number(all, "industry/late_mw/gpu/se/1"), sqrt((64 - 16.0) / 3 / 4) / 4);
    assert_close(number(all, "industry/stranded_mw/power/value/1"), 0.5);
    assert_close(number(all, "industry/expected_shortfall/value/1"), 0.75);
    assert_close(number(all, "industry/expected_shortfall/se/1"), sqrt((12 - 9.0) / 3 / 4) / 2);
    assert_close(number(all, "industry/expected_surplus/value/1"), 0);
    assert_close(number(all, "industry/total_shortfall/value"), 3.5 / 4);
    assert_close(number(all, "industry/total_shortfall/se"), sqrt((2 - 1.0) / 3 / 4) / 0.5);
    assert_close(number(all, "industry/total_surplus/value"), 0);
    assert_close(number(all, "industry/total_surplus/se"), 0);
    json_decref(all);
}

static void test_probability(void **state) {
    json_t *all = estimated(*state), *answer = part(all, "questions/event");

    assert_string_equal(json_string_value(part(answer, "type")), "probability");
    assert_close(number(answer, "ever/p"), 0.5);
    assert_close(number(answer, "ever/se"), 0.25);
    /* Wilson for 2 of 4 */
    assert_close(number(answer, "ever/ci/0"), 0.5 - Z / (1 + Z * Z / 4) * sqrt(1.0 / 16 + Z * Z / 64));
    assert_close(number(answer, "ever/ci/1"), 0.5 + Z / (1 + Z * Z / 4) * sqrt(1.0 / 16 + Z * Z / 64));
    assert_close(number(answer, "by_month/p/1"), 0.5);
    /* outside the question's window the share is 0 by definition */
    assert_close(number(answer, "by_month/p/2"), 0);
    assert_close(number(answer, "by_month/se/2"), 0);
    assert_close(number(answer, "first_passage/by_month/p/0"), 0.25);
    assert_close(number(answer, "first_passage/by_month/p/1"), 0.5);
    assert_close(number(answer, "first_passage/by_month/p/2"), 0.5);
    assert_close(number(answer, "first_passage/by_month/se/2"), 0.25);
    assert_string_equal(json_string_value(part(answer, "first_passage/quantiles/0.25")), "2030-11");
    assert_string_equal(json_string_value(part(answer, "first_passage/quantiles/0.5")), "2030-12");
    assert_true(json_is_null(part(answer, "first_passage/quantiles/0.75")));
    assert_close(number(answer, "mean_months/value"), 0.75);
    assert_close(number(answer, "mean_months/se"), sqrt((5 - 9.0 / 4) / 3 / 4));
    json_decref(all);
}

/* Both 2, 1, 0, 0 and shortage 2, 2, 1, 1 months: 1/2, residuals 1, 0, -1/2, -1/2. */
static void test_coexistence(void **state) {
    json_t *all = estimated(*state), *entry = part(all, "coexistence/0"), *never = part(all, "coexistence/1");
    json_t *both = hits_curves(part(entry, "both"));

    assert_true(json_equal(part(all, "coexistence"), part(all, "questions/map/entries")));
    assert_string_equal(json_string_value(part(entry, "firm")), "meta");
    assert_true(json_is_null(part(entry, "region")));
    assert_close(number(entry, "ever/p"), 0.75);
    assert_close(number(both, "shortage/p/0"), 0.5);
    assert_close(number(both, "glut/p/1"), 0.25);
    assert_close(number(both, "balanced/p/2"), 0.25);
    json_decref(both);
    assert_close(number(entry, "idle_given_shortage/p"), 0.5);
    assert_close(number(entry, "idle_given_shortage/se"), sqrt(1.5 * 4 / 3) / 6);
    /* idle 2, 2, 1, 0: 3/5; residuals 0.8, -0.2, -0.6, 0 */
    assert_close(number(entry, "shortage_given_idle/p"), 0.6);
    assert_close(number(entry, "mean_months/value"), 0.75);
    /* never idle: listed, and P(shortage | idle) has nothing behind it */
    assert_string_equal(json_string_value(part(never, "region")), "east");
    assert_string_equal(json_string_value(part(never, "generation")), "old");
    assert_close(number(never, "ever/p"), 0);
    assert_close(number(never, "idle_given_shortage/p"), 0);
    assert_close(number(never, "idle_given_shortage/se"), Z / (3.6 + Z * Z));
    assert_true(json_is_null(part(never, "shortage_given_idle/p")));
    assert_true(json_is_null(part(never, "shortage_given_idle/se")));
    json_decref(all);
}

static void test_fan(void **state) {
    json_t *all = estimated(*state), *answer = part(all, "questions/fan");

    assert_string_equal(json_string_value(part(answer, "series")), "spare_share");
    assert_string_equal(json_string_value(part(answer, "scope/firm")), "meta");
    assert_string_equal(json_string_value(part(answer, "scope/region")), "east");
    assert_int_equal(json_object_size(part(answer, "scope")), 2);
    assert_close(number(answer, "quantiles/0.05/0"), -1);
    assert_close(number(answer, "quantiles/0.5/0"), -0.25);
    assert_close(number(answer, "quantiles/0.95/0"), 0.9);
    assert_close(number(answer, "quantiles/0.5/1"), -0.75);
    assert_close(number(answer, "quantiles/0.5/2"), 1);
    assert_close(number(answer, "outside/0"), 1.0 / 12);
    assert_close(number(answer, "outside/1"), 4.0 / 12);
    json_decref(all);
}

/* Relative bins: [0, 1/4), then 256 for each power of two. */
static void test_relative_bins(void **state) {
    (void)state;
    const struct mm_fan fan = {.relative = 1, .n = 1 + 512, .low_exponent = -2};
    uint64_t *counts = calloc(515, sizeof *counts);

    assert_non_null(counts);
    counts[1] = 2;       /* [0, 1/4) */
    counts[2 + 256] = 2; /* from 1/2 on */
    assert_close(estimate_quantile(&fan, counts, 4, 0.25), 0.125);
    assert_close(estimate_quantile(&fan, counts, 4, 0.5), 0.25);
    assert_close(estimate_quantile(&fan, counts, 4, 0.75), 0.5 + 0.5 / 512);
    counts[514] = 4; /* above: at least 1 */
    assert_close(estimate_quantile(&fan, counts, 8, 0.99), 1);
    free(counts);
}

static void test_binding(void **state) {
    json_t *all = estimated(*state), *answer = part(all, "questions/layers");

    assert_true(json_is_null(part(answer, "late/gpu/0")));
    assert_close(number(answer, "late/gpu/1"), 0.25);
    assert_close(number(answer, "late/power/1"), 0.75);
    assert_close(number(answer, "late/shell/1"), 0);
    assert_close(number(answer, "stranded/power/1"), 1);
    assert_true(json_is_null(part(answer, "late_ci/gpu/low/0")));
    /* gpu: 8 on one path of four, power: 6 on each, so (8 * 0.75 + 0 * 0.25) / 32 */
    const struct backing backing = {32.0 * 32 / ((8 + 12) * (8 + 12)), 0};
    double ends[2];
    interval_share(0.25, 0.1875, &backing, ends);
    assert_close(number(answer, "late_ci/gpu/low/1"), ends[0]);
    assert_close(number(answer, "late_ci/gpu/high/1"), ends[1]);
    assert_close(number(answer, "stranded_ci/power/high/1"), 1);
    json_decref(all);
}

static void test_numbers_for_months_of_long_horizons(void **state) {
    struct fixture *f = *state;
    json_t *month;

    f->scenario.months = 1201;
    month = estimate_month(&f->scenario, 14);
    assert_true(json_is_integer(month));
    assert_int_equal(json_integer_value(month), 14);
    json_decref(month);
}

static void check_rung(struct rung_paths seen, struct rung_paths all, const struct rung *before, enum rung_state state,
                       uint64_t needs) {
    const struct rung rung = rungs_look(seen, all, before);

    if (rung.state != state || rung.needs != needs) {
        fail_msg("%d : %d: state %d, needs %d; expected %d, %d", (int)seen.with, (int)seen.without, (int)rung.state,
                 (int)rung.needs, (int)state, (int)needs);
    }
}

/* Of 1000 paths: 200 x 1000 / 50 = 4000, / 199 = 1005.03, / 3 = 66,666.67 where there are none; never fewer than the
 * rung before. */
static void test_needs_of_rungs(void **state) {
    const struct rung_paths all = {400, 600};
    const struct rung before = {RUNG_SCARCE, 200000}, told = {RUNG_TOLD, 0};
    (void)state;

    check_rung((struct rung_paths){200, 200}, all, NULL, RUNG_TOLD, 0);
    check_rung((struct rung_paths){50, 100}, all, NULL, RUNG_SCARCE, 4000);
    check_rung((struct rung_paths){100, 50}, all, &told, RUNG_SCARCE, 4000);
    check_rung((struct rung_paths){199, 300}, all, NULL, RUNG_SCARCE, 1006);
    check_rung((struct rung_paths){1, 30}, all, NULL, RUNG_SCARCE, 200000);
    check_rung((struct rung_paths){0, 30}, all, NULL, RUNG_SCARCE, 66667);
    check_rung((struct rung_paths){0, 30}, all, &before, RUNG_SCARCE, 200000);
    check_rung((struct rung_paths){0, 0}, all, &told, RUNG_NEVER, 66667);
    check_rung((struct rung_paths){0, 0}, all, &before, RUNG_NEVER, 200000);
}

/* A table of factors at the bounds of the verdicts and beside them; the other words are those of the interval's ends.
 */
static void test_verdicts(void **state) {
    static const struct {
        struct factor factor;
        const char *words;
    } wanted[] = {
        {{1e9, 1e8, 1e10, true}, "points strongly to it"},
        {{10, 10, 10, true}, "points strongly to it"},
        {{10.1, 9.99, 10.3, true}, "points strongly to it (perhaps points to it)"},
        {{9.99, 9.98, 9.999, true}, "points to it"},
        {{9.99, 9.98, 10, true}, "points to it (perhaps points strongly to it)"},
        {{1.5, 1.5, 1.5, true}, "points to it"},
        {{1.5, 1.49, 1.6, true}, "points to it (perhaps says little)"},
        {{1.499, 1.4, 1.4999, true}, "says little"},
        {{1.499, 1.4, 1.5, true}, "says little (perhaps points to it)"},
        {{1, 0.6, 1.6, true}, "says little (perhaps speaks against it, or points to it)"},
        {{2.0 / 3, 2.0 / 3, 1, true}, "says little"},
        {{0.667, 0.666, 0.67, true}, "says little (perhaps speaks against it)"},
        {{0.666, 0.66, 0.6665, true}, "speaks against it"},
        {{0.66, 0.65, 2.0 / 3, true}, "speaks against it (perhaps says little)"},
        {{0.1, 0.1, 0.1, true}, "speaks against it"},
        {{0.1, 0.0999, 0.11, true}, "speaks against it (perhaps speaks strongly against it)"},
        {{0.0999, 0.09, 0.09999, true}, "speaks strongly against it"},
        {{0.0999, 0.09, 0.1, true}, "speaks strongly against it (perhaps speaks against it)"},
        {{1e-9, 0, 1e-8, true}, "speaks strongly against it"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        json_t *words = estimate_verdict(&wanted[i].factor);
        assert_string_equal(json_string_value(words), wanted[i].words);
        json_decref(words);
    }
}

/* Seen on one side alone. 300 of 600 without the hypothesis: 200 of the 400 with it, if the evidence said nothing. */
static void test_certain_rungs(void **state) {
    const struct rung_paths all = {400, 600}, rare = {1, 999}, always = {1000, 0};
    const struct rung with = {RUNG_ONLY_WITH, 0}, without = {RUNG_ONLY_WITHOUT, 0};
    (void)state;

    check_rung((struct rung_paths){200, 0}, all, NULL, RUNG_ONLY_WITH, 0);
    check_rung((struct rung_paths){199, 0}, all, NULL, RUNG_SCARCE, 66667);
    check_rung((struct rung_paths){0, 300}, all, NULL, RUNG_ONLY_WITHOUT, 0);
    check_rung((struct rung_paths){0, 299}, all, NULL, RUNG_SCARCE, 66667);
    check_rung((struct rung_paths){0, 500}, rare, NULL, RUNG_SCARCE, 66667);
    check_rung((struct rung_paths){500, 0}, always, NULL, RUNG_SCARCE, 66667);
    check_rung((struct rung_paths){5, 0}, all, &with, RUNG_ONLY_WITH, 0);
    check_rung((struct rung_paths){0, 5}, all, &without, RUNG_ONLY_WITHOUT, 0);
    check_rung((struct rung_paths){0, 0}, all, &with, RUNG_NEVER, 66667);
}

/* What all ladders need: the first has 250 : 0, then 120 : 0, and is certain; the second 50 : 100, 1 : 90, 0 : 80. */
static void test_needs_of_a_plan(void **state) {
    const struct mm_case items[] = {{.n_pieces = 2, .counts = 0}, {.n_pieces = 3, .counts = 9}};
    uint64_t counts[] = {400, 250, 0, 0, 0, 120, 0, 0, 0, 400, 50, 100, 0, 0, 1, 90, 0, 0, 0, 80, 0, 0};
    const struct tallies tallies = {.counts = counts};
    struct plan plan;
    (void)state;

    memset(&plan, 0, sizeof plan);
    plan.pool = (void *)(uintptr_t)items;
    assert_int_equal(rungs_need(&plan, &tallies, 1000), 0);
    plan.head.n_cases = 1;
    assert_int_equal(rungs_need(&plan, &tallies, 1000), 0);
    plan.head.n_cases = 2;
    assert_int_equal(rungs_need(&plan, &tallies, 1000), 200000);
    counts[14] = 70; /* 70 : 90, then 0 : 80 */
    assert_int_equal(rungs_need(&plan, &tallies, 1000), 66667);
}

static long allocations_left;

static void *failing_malloc(size_t size) {
    return allocations_left-- > 0 ? malloc(size) : NULL;
}

/* Memory runs out at every allocation in turn: NULL each time, nothing leaks (the address sanitizer looks), no crash.
 */
static void test_memory_runs_out(void **state) {
    struct fixture *f = *state;
    json_t *all = NULL;

    json_set_alloc_funcs(failing_malloc, free);
    for (long allowed = 0; all == NULL; allowed++) {
        assert_true(allowed < 100000);
        allocations_left = allowed;
        all = estimate_all(&f->scenario, &f->plan, f->tallies, PATHS);
    }
    json_set_alloc_funcs(malloc, free);
    assert_int_equal(json_object_size(all), 3);
    json_decref(all);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_industry, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_probability, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_coexistence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_fan, set_up, tear_down),
        cmocka_unit_test(test_relative_bins),
        cmocka_unit_test_setup_teardown(test_binding, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_numbers_for_months_of_long_horizons, set_up, tear_down),
        cmocka_unit_test(test_needs_of_rungs),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_certain_rungs),
        cmocka_unit_test(test_needs_of_a_plan),
        cmocka_unit_test_setup_teardown(test_memory_runs_out, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
