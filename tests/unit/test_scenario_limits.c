/* Limits, files that a configuration names, and what many errors at once look like. */
#include <sys/stat.h>

#include "test_scenario.h"

struct text {
    char bytes[1 << 20];
    size_t used;
};

static struct text built;

static void add(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void add(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    built.used += (size_t)vsnprintf(built.bytes + built.used, sizeof built.bytes - built.used, format, arguments);
    va_end(arguments);
    assert_true(built.used < sizeof built.bytes);
}

static void begin(int months, int regions, int generations) {
    built.used = 0;
    add("mismatch: 1\ntime: {start: 2030-01, months: %d}\nregions: [", months);
    for (int i = 0; i < regions; i++)
        add("%sr%d", i ? ", " : "", i);
    add("]\ngenerations:\n");
    for (int i = 0; i < generations; i++)
        add("  - {name: g%d, kh100e_per_mw: 1}\n", i);
}

static struct loaded load_built(void) {
    return load_text("c", built.bytes);
}

static void good_then_bad(const char *message) {
    if (message) {
        bad(load_built(), message);
        return;
    }
    struct loaded loaded = load_built();
    good(loaded);
    unload(loaded);
}

static void counts(void **state) {
    (void)state;
    for (int more = 0; more < 2; more++) {
        begin(12, 1, 1);
        add("firms:\n");
        for (int i = 0; i < 32 + more; i++)
            add("  - {name: f%d}\n", i);
        good_then_bad(more ? "c:7:3: firms: found a list of 33; expected a list of 1 to 32 maps" : NULL);
        begin(12, 16 + more, 1);
        add("firms: [{name: f}]\n");
        good_then_bad(more ? "c:3:10: regions: found a list of 17; expected a list of 1 to 16 values" : NULL);
        begin(12, 1, 8 + more);
        add("firms: [{name: f}]\n");
        good_then_bad(more ? "c:5:3: generations: found a list of 9; expected a list of 1 to 8 maps" : NULL);
        begin(20000 + more, 1, 1);
        add("firms: [{name: f}]\n");
        good_then_bad(more ? "c:2:32: time.months: found '20001'; expected a whole number (months) from 1 to 20000"
                           : NULL);
    }
}

static void blocks(void **state) {
    (void)state;
    /* 2 regions: 2 of `installed`, 2 for each of 2,046 steps, 2 single ones: 4,096 */
    for (int more = 0; more < 2; more++) {
        begin(2046 + more, 2, 1);
        add("firms:\n  - name: f\n    shares: {r0: 0.5, r1: 0.5}\n    installed: {g0: 5}\n"
            "    build: {from: 2030-01, every: 1, mw_per_year: 1}\n"
            "    phases: [{name: a, region: r0, generation: g0, mw: 1, ready: 2031-01}, "
            "{name: b, region: r0, generation: g0, mw: 1, ready: 2031-01}]\n");
        good_then_bad(
            more ? "c:7:3: firms: the firms come to 4098 blocks of capacity; at most 4096 are allowed ('f' alone has "
                   "4098: build less often, or in fewer regions)"
                 : NULL);
    }
}

static void events(void **state) {
    (void)state;
    /* 60 plain ones, and one with $firm inside another, for each of 2 firms: 64 */
    for (int more = 0; more < 2; more++) {
        begin(12, 1, 1);
        add("firms: [{name: f}, {name: g}]\nevents:\n");
        for (int i = 0; i < 60 + more; i++)
            add("  e%d: {all_of: {series: gap, at_least: 0}}\n", i);
        add("  inner: {all_of: {series: selling, firm: $firm, at_least: 1}}\n  outer: {all_of: {event: inner}, for: "
            "2}\n"
            "questions:\n  - {name: q, evidence: {for_each: [f, g], as_of: 2030-06, hypothesis: {event: e0, within: "
            "3}, "
            "evidence: {event: outer, within: 2}}}\n  - {name: again, probability: {event: inner, firm: g}}\n");
        good_then_bad(
            more ? "c:8:3: events: the events come to 65, one with $firm counted for each firm that it is asked "
                   "for; at most 64 are allowed"
                 : NULL);
    }
}

static void many_errors(void **state) {
    (void)state;
    begin(12, 1, 1);
    add("firms: [{name: f}]\nshocks:\n");
    for (int i = 0; i < 25; i++)
        add("  - {name: s%d, per_year: -1, layer: gpu, months: 1}\n", i);
    struct loaded loaded = load_built();
    assert_int_equal(loaded.status, MM_USAGE);
    assert_int_equal(mm_messages_count(loaded.messages), 21);
    assert_string_equal(mm_messages_text(loaded.messages, 0),
                        "c:8:26: shocks.s0.per_year: found '-1'; expected a number (1/year), at least 0");
    assert_string_equal(mm_messages_text(loaded.messages, 20), "and 5 more");
    unload(loaded);
    begin(12, 1, 1);
    add("firms: [{name: f}]\ntraining: {trend: {");
    for (int i = 0; i < 3000; i++)
        add("x%d: 1, ", i);
    add("}}\n");
    loaded = load_built();
    assert_int_equal(mm_messages_count(loaded.messages), 21);
    assert_string_equal(mm_messages_text(loaded.messages, 20), "and 2980 more");
    unload(loaded);
}

static void load_profile(const char *csv, const char *message) {
    if (csv)
        write_file("in/p.csv", csv);
    struct loaded loaded = load_with("in/c.yaml", NULL, 0, NULL, 0);
    if (message) {
        assert_int_equal(loaded.status, csv ? MM_USAGE : MM_IO);
        assert_string_equal(mm_messages_text(loaded.messages, 0), message);
        assert_int_equal(mm_messages_count(loaded.messages), 1);
    } else {
        const struct sc_scenario *data = good(loaded);
        assert_int_equal(data->firms[0].n_profile, 3);
        assert_near(data->firms[0].profile[1], 1.5);
    }
    unload(loaded);
}

static void profiles(void **state) {
    (void)state;
    mkdir("in", 0700);
    begin(2, 1, 1);
    add("firms: [{name: f, profile: p.csv}]\n");
    write_file("in/c.yaml", built.bytes);
    remove("in/p.csv");
    load_profile(NULL, "in/c.yaml:6:28: firms.f.profile: cannot read 'in/p.csv': No such file or directory");
    load_profile("month,factor\n0,1\n1,1.5\n2,2\n", NULL);
    load_profile("month,factor\r\n2,2\r\n0,1\r\n1,1.5\r\n\r\n", NULL);
    load_profile("", "in/p.csv:1:1: firms.f.profile: the file is empty; expected the header month,factor");
    load_profile("0,1\n1,1\n", "in/p.csv:1:1: firms.f.profile: found '0,1'; expected the header month,factor");
    load_profile(
        "month,factor\n0,1\n",
        "in/p.csv:2:3: firms.f.profile: found factors for 1 months; expected at least 2, as many as time.months");
    load_profile("month,factor\n0,1\n0,2\n1,1\n",
                 "in/p.csv:3:1: firms.f.profile: month 0 a second time; the first is in line 2");
    load_profile("month,factor\n0,1\n2,2\n",
                 "in/p.csv:3:1: firms.f.profile: month 1 is missing; expected every month from 0");
    load_profile("month,factor\n0,1\n1,-2\n",
                 "in/p.csv:3:3: firms.f.profile.1: found '-2'; expected a number (factor), at least 0");
    load_profile("month,factor\n0,1\n1,1x\n",
                 "in/p.csv:3:3: firms.f.profile.1: found '1x'; expected a number (factor), at least 0");
    load_profile("month,factor\n0,1\n1\n",
                 "in/p.csv:3:1: firms.f.profile: found '1'; expected a month and a factor, as in 0,1.0");
    load_profile("month,factor\n0,1\n-1,1\n",
                 "in/p.csv:3:1: firms.f.profile: found '-1'; expected a month, a whole number from 0");
    load_profile(
        "month,factor\n0,1\n1,1\n9,1\n",
        "in/p.csv:4:1: firms.f.profile: found month 9 in a file of 4 lines; expected every month from 0, once");
    load_profile("month,factor\n0,1\n\n1,1\n",
                 "in/p.csv:3:1: firms.f.profile: an empty line; expected a month and a factor, as in 0,1.0");
}

static void competitor_case(const char *overlay, mm_status status, const char *message) {
    if (overlay)
        write_file("rival.yaml", overlay);
    struct loaded loaded = load_with("c.yaml", NULL, 0, NULL, 0);
    assert_int_equal(loaded.status, status);
    assert_string_equal(mm_messages_text(loaded.messages, 0), message);
    assert_int_equal(mm_messages_count(loaded.messages), 1);
    unload(loaded);
}

static void competitors(void **state) {
    (void)state;
    char *base = read_whole(source_file("tests/data/wrong/base.yaml"));
    char *at = strstr(base, "outcome: {event: glut, within: 9}");
    built.used = 0;
    add("%.*scompetitor: rival.yaml, %s", (int)(at - base), base, at);
    free(base);
    write_file("c.yaml", built.bytes);
    remove("rival.yaml");
    competitor_case(
        NULL, MM_IO,
        "c.yaml:58:104: questions.prices.pattern.competitor: cannot read 'rival.yaml': No such file or directory");
    competitor_case(
        "contracts: {lease-tow: null}", MM_USAGE,
        "rival.yaml:1:13: questions.prices.pattern.competitor.contracts.lease-tow: there is no item of this name to "
        "change or remove; did you mean 'lease-two'? (under the competitor overlay of question 'prices')");
    competitor_case(
        "contracts: {lease-one: {share: 2}}", MM_USAGE,
        "rival.yaml:1:32: contracts.lease-one.share: found '2'; expected a number (share) from 0 to 1 (under the "
        "competitor overlay of question 'prices')");
    competitor_case("names: null", MM_USAGE,
                    "c.yaml:58:29: questions.prices.pattern: there is nothing to value: `names` is empty (under the "
                    "competitor overlay of question 'prices')");
    competitor_case(
        "time: {months: 48}", MM_USAGE,
        "rival.yaml:1:1: questions.prices.pattern.competitor: the competitor overlay changes `time`; expected the "
        "same months");
    competitor_case(
        "questions: {prices: null}", MM_USAGE,
        "rival.yaml:1:1: questions.prices.pattern.competitor: the competitor overlay takes question 'prices' away, or "
        "changes its kind or `as_of`; expected the same");
    competitor_case(
        "questions: {prices: {pattern: {as_of: 2030-11}}}", MM_USAGE,
        "rival.yaml:1:1: questions.prices.pattern.competitor: the competitor overlay takes question 'prices' away, or "
        "changes its kind or `as_of`; expected the same");
    competitor_case(
        "valuation: {horizon: 11}", MM_USAGE,
        "rival.yaml:1:1: questions.prices.pattern.competitor: the competitor overlay changes `valuation.horizon`; "
        "expected the same");
    competitor_case(
        "questions: {prices: {pattern: {competitor: other.yaml}}}", MM_USAGE,
        "rival.yaml:1:32: questions.prices.pattern.competitor: not allowed here: a competitor overlay must not "
        "name another");
    competitor_case("[1]", MM_USAGE, "rival.yaml:1:1: expected a map of keys in the competitor overlay");
}

static void files(void **state) {
    (void)state;
    struct loaded loaded = load_with("nowhere/c.yaml", NULL, 0, NULL, 0);
    assert_int_equal(loaded.status, MM_IO);
    assert_string_equal(mm_messages_text(loaded.messages, 0),
                        "cannot read 'nowhere/c.yaml': No such file or directory");
    unload(loaded);
    mkdir("folder", 0700);
    loaded = load_with("folder", NULL, 0, NULL, 0);
    assert_int_equal(loaded.status, MM_IO);
    assert_string_equal(mm_messages_text(loaded.messages, 0), "cannot read 'folder': Is a directory");
    unload(loaded);
    write_file("latin1.yaml", "mismatch: 1 # caf\xe9\n");
    bad(load_with("latin1.yaml", NULL, 0, NULL, 0), "'latin1.yaml' is not a text file in UTF-8");
    FILE *large = fopen("large.yaml", "wb");
    assert_non_null(large);
    assert_int_equal(fseek(large, (16 << 20) + 1, SEEK_SET), 0);
    fputc('\n', large);
    fclose(large);
    bad(load_with("large.yaml", NULL, 0, NULL, 0), "'large.yaml' is too large: more than 16 MiB");
    write_file("empty.yaml", "# nothing\n");
    loaded = load_with("empty.yaml", NULL, 0, NULL, 0);
    assert_int_equal(loaded.status, MM_USAGE);
    assert_int_equal(mm_messages_count(loaded.messages), 5);
    assert_string_equal(mm_messages_text(loaded.messages, 0),
                        "empty.yaml:1:1: mismatch: required key is missing; expected a whole number: exactly 1");
    unload(loaded);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(counts),   cmocka_unit_test(blocks),
                                       cmocka_unit_test(events),   cmocka_unit_test(many_errors),
                                       cmocka_unit_test(profiles), cmocka_unit_test(competitors),
                                       cmocka_unit_test(files)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
