/* The report for people and the CSV, on a small document. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/report/page.h"
#include "host/report/report.h"
#include "host/report/text.h"
#include "test_report.h"

static char *text_of(const json_t *document, const mm_text_style *style) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    assert_int_equal(report_text(document, style, out), MM_OK);
    assert_int_equal(fclose(out), 0);
    return text;
}

static char *csv_of(const json_t *document) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    assert_int_equal(report_csv(document, out), MM_OK);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void assert_holds(const char *text, const char *part) {
    if (strstr(text, part) == NULL) {
        fputs(text, stderr);
        fail_msg("not in it: %s", part);
    }
}

static void test_the_answer_comes_first(void **state) {
    (void)state;
    const mm_text_style quiet = {.width = 1000, .verbosity = -1};
    json_t *document = test_document();
    char *text = text_of(document, &quiet);

    assert_string_equal(
        text,
        "With probability 0.812 ± 0.004 there is a time when alpha has at least 10 % of its old compute in "
        "north spare while the industry is short for 3 months running; in half of all paths by 2030-01.\n"
        "That alpha starts to sell compute (in the 2 months up to 2029-12) takes the probability that it is not so "
        "that there is no glut (in the 2 months after 2029-12) from 20.0 % to 40.0 %: a Bayes factor of 2.50 (2.00 "
        "– 3.12), which points to it.\n"
        "Of the readings of the observed moves 'mismatch' fits best, then 'demand failing': with all alike before, "
        "the first has 25.0 %.\n"
        "Idle while the industry is short, most often: beta (33.3 % of the months of shortage), then alpha "
        "(25.0 %).\n"
        "The industry is short most likely in 2030 (80 % of its months), a glut is likeliest in 2029 (50 "
        "%).\n");
    free(text);
    json_decref(document);
}

/* No path has it: not "0 ± 0", but what the interval allows. */
static void test_an_answer_of_no_hits(void **state) {
    (void)state;
    const mm_text_style quiet = {.width = 1000, .verbosity = -1};
    json_t *document = test_document();
    json_t *ever = json_object_get(json_object_get(json_object_get(document, "questions"), "both"), "ever");
    char *text;

    json_object_set_new(ever, "p", json_real(0));
    json_object_set_new(ever, "ci", json_pack("[f, f]", 0.0, 3.84e-6));
    text = text_of(document, &quiet);
    assert_holds(text, "With probability below 0.0000038 there is a time when");
    free(text);
    json_object_set_new(ever, "p", json_real(1));
    json_object_set_new(ever, "ci", json_pack("[f, f]", 1 - 3.84e-6, 1.0));
    text = text_of(document, &quiet);
    assert_holds(text, "With probability above 0.9999962 there is a time when");
    free(text);
    json_decref(document);
}

static void test_tables(void **state) {
    (void)state;
    const mm_text_style style = {.width = 110};
    json_t *document = test_document();
    char *text = text_of(document, &style);

    assert_holds(text, "\n  both       0.812  0.805 – 0.819    2029-12  2030-01    never    1.30\n");
    assert_holds(text, "\n  never      0.000  0.0000 – 0.0003    never    never    never    0.00\n");
    assert_holds(text, "\n  beta           33.3  0.3            20  1         60    0.40  ███████\n");
    assert_holds(text, "\n  alpha          25.0  0.4             –            50    0.40  █████\n");
    assert_holds(text, "\n  alpha  north   old                 12.5  0.2            10  1         50    0.40  ███\n");
    assert_holds(text, "\n  2029 H2        20        30         0    50  ████████▓▓▓▓▓▓▓▓▓▓▓▓░░░░░░░░░░░░░░░░░░░░\n");
    assert_holds(text, "\n  2030 H1  -20.0  5.0\n");
    assert_holds(text, "\n  2029        4   25     75      0        0            2    100      0        0\n");
    /* (0.75 * 0.05 + 0.25 * 0) / 4 is the most that the error of a quarter can be */
    assert_holds(text, "\n  95 % intervals of the layers' shares reach at most 1.9 points to either side.\n");
    assert_holds(text, "Outside the bins: 25 % of all months below, 0 % above.");
    free(text);
    json_decref(document);
}

static void test_what_the_figures_rest_on(void **state) {
    (void)state;
    const mm_text_style style = {.width = 1000};
    json_t *document = test_document();
    char *text = text_of(document, &style);

    assert_holds(text, "a path has 3.00 ± 0.02 months of shortage in 6.");
    assert_holds(text, "12,345 paths from number 0 on, seed 7.");
    assert_holds(text, "The largest standard error of a probability here is 0.01.");
    assert_holds(text,
                 "1 B (from press and analysts who cite one), 1 J (judgement). On judgement alone rest market.offer.");
    assert_null(strstr(text, "Not answered"));
    assert_holds(text, "mismatch 0.1.0 abc1234; small.yaml, sha256 fedcba987654; digest 0123456789ab.");
    assert_null(strstr(text, "beyond the bounds"));
    free(text);

    json_object_set_new(json_object_get(document, "run"), "clipped", json_integer(1234));
    json_object_del(json_object_get(document, "questions"), "prices"); /* a result of an earlier version */
    text = text_of(document, &style);
    assert_holds(text, "Not answered here: prices (pattern).");
    assert_holds(text, "1,234 values lay beyond the bounds of their sums");
    free(text);
    json_decref(document);
}

/* The ladder: what is known before, then piece by piece; where paths are too few, how many it takes. */
static void test_odds_ladder(void **state) {
    (void)state;
    const mm_text_style style = {.width = 200};
    json_t *document = test_document();
    char *text = text_of(document, &style), *csv = csv_of(document);

    assert_holds(text, "Hypothesis: it is not so that there is no glut, in the 2 months after 2029-12.");
    assert_holds(text, "1 sells: alpha starts to sell compute, in the 2 months up to 2029-12.");
    assert_holds(text, "2 short: the industry is short for 3 months running, in 2029-12.");
    assert_holds(text, "\n  alpha    seen %  then %  factor  95 %         alone  with : without\n");
    assert_holds(text, "\n  before             20.0\n");
    assert_holds(text, "\n  1 sells    30.0    40.0    2.50  2.00 – 3.12   2.50   1,482 : 2,222  points to it\n");
    assert_holds(text, "\n  2 short     1.0      25       –                1.20         31 : 93  needs 80,000 paths\n");
    assert_holds(text, "The product of the single factors is 3; the joint one needs more paths.");
    assert_holds(csv, "\nsale,alpha,,,,,prior,0.2,0.004\n");
    assert_holds(csv, "\nsale,alpha,,,1 sells,,bayes_factor_high,3.125,\n");
    assert_holds(csv, "\nsale,alpha,,,2 short,,bayes_factor,,\n");
    assert_holds(csv, "\nsale,alpha,,,,,product_of_singles,3,\n");
    free(text);
    free(csv);
    json_decref(document);
}

/* Certain evidence needs no paths; where a side has none, the need is a bound, rounded down. */
static void test_steps_without_a_factor(void **state) {
    (void)state;
    const mm_text_style style = {.width = 400};
    json_t *document = test_document();
    char *text;

    set_step(document, 0,
             "{\"bayes_factor\": null, \"ci\": [null, null], \"posterior\": {\"p\": 1, \"se\": 0.0001},"
             " \"paths\": {\"with_hypothesis\": 900, \"without\": 0}, \"verdict\": \"seen only where it holds\"}");
    set_step(document, 1, "{\"paths\": {\"with_hypothesis\": 31, \"without\": 0}, \"needs_paths\": 66667}");
    text = text_of(document, &style);
    assert_holds(text, ": it was seen only where the hypothesis holds.");
    assert_null(strstr(text, "How much likelier"));
    assert_holds(text, " 31 : 0  needs more than 66,000 paths\n");
    free(text);
    set_step(document, 0,
             "{\"posterior\": {\"p\": null, \"se\": null}, \"paths\": {\"with_hypothesis\": 0, \"without\": 0},"
             " \"needs_paths\": 1266667, \"verdict\": \"never seen\"}");
    text = text_of(document, &style);
    assert_holds(text, " was never seen; how much likelier it then is that ");
    assert_holds(text, " takes more than 1,200,000 paths to tell.");
    assert_holds(text, " 0 : 0  never seen; needs more than 1.2 M paths\n");
    free(text);
    json_decref(document);
}

/* Names by what the news is worth to them, and the readings. */
static void test_names(void **state) {
    (void)state;
    const mm_text_style style = {.width = 300};
    json_t *document = test_document();
    char *text = text_of(document, &style), *csv = csv_of(document);

    assert_holds(text, "News: beta starts to sell compute, in the 3 months up to 2029-12 (in 20.0 % of all paths). "
                       "Outcome: the industry is short for 3 months running, in the month after 2029-12 (in 15.0 % of "
                       "those: 370 of 2,469 paths).");
    assert_holds(text, "\n          news  without it  with it  observed  explained  implied  95 %\n");
    assert_holds(text, "\n  optics  -4.5        -1.0    -25.0     -10.6         42       40  38 – 42\n");
    assert_holds(text, "\n  rival   +1.0        +5.0    -20.0     +10.0         10      -20  -22 – -18\n");
    assert_holds(text, "\n  quiet    0.0         0.0     +0.1\n");
    assert_holds(text, "No probability of the outcome explains the move of: rival.");
    assert_holds(text, "Moves that contradict each other: optics and rival.");
    assert_holds(text, "\n  mismatch                  1.50         25.0                    30.0\n");
    assert_holds(text, "\n          observed  mismatch  demand failing  for mismatch\n");
    assert_holds(text, "\n  optics     -10.6      -1.0           -25.0          +3.0\n");
    assert_holds(csv, "\nprices,,,,optics,,implied_high,0.42,\n");
    assert_holds(csv, "\nprices,,,,quiet,,implied,,\n");
    assert_holds(csv, "\nprices,,,,demand_failing,,posterior,0.05,0.01\n");
    free(text);
    free(csv);
    json_decref(document);
}

/* No line is wider than asked for, whatever the width; no colour unless it is asked for. */
static void test_width_and_colour(void **state) {
    (void)state;
    json_t *document = test_document();

    for (int width = 50; width <= 160; width += 7) {
        const mm_text_style style = {.width = width, .verbosity = 1};
        char *text = text_of(document, &style);
        assert_null(strchr(text, '\033'));
        for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
            *end = '\0';
            if (page_width_of(line) > width) {
                fail_msg("%d columns, asked for %d: %s", page_width_of(line), width, line);
            }
            if (end > line && end[-1] == ' ') {
                fail_msg("blanks at the end of: %s", line);
            }
        }
        free(text);
    }
    const mm_text_style coloured = {.colour = true};
    char *text = text_of(document, &coloured);
    assert_holds(text, "\033[1mEvents\033[0m");
    free(text);
    json_decref(document);
}

/* Without UTF-8 the columns stand as they do with it, and every sign has a stand-in. */
static void test_ascii(void **state) {
    (void)state;
    const mm_text_style style = {.width = 100, .ascii = true};
    json_t *document = test_document();
    char text[] = "0.5 ± 0.1 – █▓░· μ* σ z² ü", *page = text_of(document, &style);

    page_ascii(text);
    assert_string_equal(text, "0.5 +- 0.1 - #+-. mu* sd z^2 ?");
    assert_holds(page, "With probability 0.812 +- 0.004 there");
    for (const char *c = page; *c != '\0'; c++) {
        assert_true((unsigned char)*c < 128);
    }
    free(page);
    json_decref(document);
}

/* Words in the last column are wrapped where enough columns are left for them, and go on below where not. */
static void test_words_are_wrapped(void **state) {
    (void)state;
    static const char *const wanted[] = {"  a  b     some words to be\n           wrapped\n  1  2222  few\n",
                                         "  a  b\n  1  2222\n\n  a  some words to be wrapped\n  1  few\n"};

    for (int i = 0; i < 2; i++) {
        char *text = NULL;
        size_t size = 0;
        struct page page = {.width = i == 0 ? 28 : 26, .out = open_memstream(&text, &size)};
        struct table table;
        table_begin(&table, "llw");
        table_cell(&table, "a");
        table_cell(&table, "b");
        table_cell(&table, "some words to be wrapped");
        table_cell(&table, "1");
        table_cell(&table, "2222");
        table_cell(&table, "few");
        table_end(&table, &page, 1);
        assert_int_equal(fclose(page.out), 0);
        assert_string_equal(text, wanted[i]);
        free(text);
    }
}

/* A file name may hold anything: what a terminal would obey is not printed. */
static void test_control_characters(void **state) {
    (void)state;
    const mm_text_style style = {.width = 0};
    json_t *document = test_document();
    char *text;

    json_object_set_new(json_object_get(document, "scenario"), "file", json_string("a\033[31mb\tc"));
    text = text_of(document, &style);
    assert_holds(text, "a?[31mb?c");
    free(text);
    json_decref(document);
}

static void test_events_in_words(void **state) {
    (void)state;
    json_t *document = test_document();
    const json_t *effective = json_object_get(json_object_get(document, "scenario"), "effective");
    char *text = phrase_event(effective, "sells", "beta");

    assert_string_equal(text, "beta starts to sell compute");
    free(text);
    text = phrase_event(effective, "calm", NULL);
    assert_string_equal(text, "it is not so that there is no glut");
    free(text);
    json_decref(document);
}

/* A document with parts missing is reported as far as it goes. */
static void test_odd_documents(void **state) {
    (void)state;
    static const char *const missing[] = {"program", "run", "scenario", "industry", "coexistence", "questions"};

    for (size_t i = 0; i <= sizeof missing / sizeof *missing; i++) {
        const mm_text_style style = {.verbosity = 1};
        json_t *document = i == 0 ? json_object() : test_document();
        if (i > 0) {
            json_object_del(document, missing[i - 1]);
        }
        free(text_of(document, &style));
        free(csv_of(document));
        json_decref(document);
    }
}

static void test_numbers(void **state) {
    (void)state;
    char number[PAGE_NUMBER];

    page_count(number, 1234567);
    assert_string_equal(number, "1,234,567");
    page_count(number, -1000);
    assert_string_equal(number, "-1,000");
    page_count(number, 999);
    assert_string_equal(number, "999");
    page_nearly(number, 0.99901);
    assert_string_equal(number, "over 99.9");
    page_nearly(number, 0.999);
    assert_string_equal(number, "99.9");
    page_nearly(number, 0.00099);
    assert_string_equal(number, "under 0.1");
    page_nearly(number, NAN);
    assert_string_equal(number, "–");
    assert_int_equal(page_decimals(0.001), 3);
    assert_int_equal(page_decimals(0.00046), 4);
    assert_int_equal(page_decimals(0.4), 1);
    assert_int_equal(page_decimals(0), 3);
}

static void test_csv(void **state) {
    (void)state;
    json_t *document = test_document();
    char *text = csv_of(document);

    assert_int_equal(strncmp(text, "question,firm,region,generation,name,month,statistic,value,se\n", 62), 0);
    assert_holds(text, "\n,,,,,2029-10,shortage,0.1,0.01\n");
    assert_holds(text, "\n,,,,power,2030-03,late_mw,3,0\n");
    assert_holds(text, "\n,,,,,,shortage_months,3,0.02\n");
    assert_holds(text, "\nboth,,,,,,ever,0.812,0.0035\n");
    assert_holds(text, "\nboth,,,,,,ever_low,0.805,\n");
    assert_holds(text, "\nboth,,,,,2030-01,first_passage_0.5,3,\n");
    assert_holds(text, "\nboth,,,,,,first_passage_0.9,,\n");
    assert_holds(text, "\nboth,,,,,2030-01,had_by,0.6,0.004\n");
    assert_holds(text, "\nboth,,,,,2030-01,held,0.5,0.004\n");
    assert_holds(text, "\nmap,alpha,north,old,,,idle_given_shortage,0.125,0.002\n");
    assert_holds(text, "\nmap,alpha,,,,,shortage_given_idle,,\n");
    assert_holds(text, "\nmap,alpha,,,,2029-12,idle_and_shortage,0.1,0.01\n");
    assert_holds(text, "\ngap,,,,,2029-12,gap_0.1,-0.2,\n");
    assert_holds(text, "\ngap,,,,,,outside_below,0.25,\n");
    assert_holds(text, "\nlayers,,,,gpu,2029-11,late_share,,\n");
    assert_holds(text, "\nlayers,,,,gpu,2029-10,late_share_low,0.125,\n");
    assert_holds(text, "\nlayers,,,,gpu,2029-10,late_share_high,0.5,\n");
    /* every line has nine fields */
    for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        int commas = 0;
        for (char *c = line; c < end; c++) {
            commas += *c == ',';
        }
        assert_int_equal(commas, 8);
    }
    free(text);
    json_decref(document);
}

static void test_csv_quotes(void **state) {
    (void)state;
    json_t *document = json_loads("{\"questions\": {\"a,\\\"b\\\"\": {\"type\": \"probability\", \"ever\": {\"p\": 1, "
                                  "\"se\": 0}}}}",
                                  0, NULL);
    char *text = csv_of(document);

    assert_holds(text, "\n\"a,\"\"b\"\"\",,,,,,ever,1,0\n");
    free(text);
    json_decref(document);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_answer_comes_first),
        cmocka_unit_test(test_an_answer_of_no_hits),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_what_the_figures_rest_on),
        cmocka_unit_test(test_odds_ladder),
        cmocka_unit_test(test_steps_without_a_factor),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_width_and_colour),
        cmocka_unit_test(test_ascii),
        cmocka_unit_test(test_words_are_wrapped),
        cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_events_in_words),
        cmocka_unit_test(test_odd_documents),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_csv_quotes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
