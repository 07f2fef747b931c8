/* The answer as Markdown, on a small document. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/report/report.h"
#include "test_report.h"

static char *markdown_of(const json_t *document) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    assert_int_equal(report_markdown(document, out), MM_OK);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void assert_holds(const char *text, const char *part) {
    if (strstr(text, part) == NULL) {
        fputs(text, stderr);
        fail_msg("not in it: %s", part);
    }
}

/* One line each, as if the page were wide enough. */
static void unfold(char *text) {
    for (char *at = text; *at != '\0'; at++) {
        if (at[0] == '\n' && at[1] != '\n' && at[1] != '|' && !(at[1] >= '1' && at[1] <= '9' && at[2] == '.')) {
            *at = ' ';
        }
    }
}

static int sentences_of(const char *text) {
    int n = 0;
    char head[16];

    do {
        snprintf(head, sizeof head, "%d. ", ++n);
    } while (strstr(text, head) != NULL);
    return n - 1;
}

static void add_ranges(json_t *document) {
    static const char *const expressions[] = {"both", "idle(beta)", "bayes(sale, alpha, 1)",
                                              "posterior(sale, alpha, 1)", "move(prices, rival)"};

    json_object_set_new(document, "ranges", json_object());
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
        json_object_set_new(json_object_get(document, "ranges"), expressions[i],
                            json_pack("{s:f, s:f, s:f, s:i}", "low", 0.1 + 0.1 * (double)i, "median", 0.5, "high",
                                      0.6 + 0.1 * (double)i, "known", i == 2 ? 31 : 40));
    }
    json_object_set_new(json_object_get(document, "run"), "over_ranges",
                        json_pack("{s:i, s:i, s:i}", "draws", 40, "paths", 1000, "inputs", 2));
}

static void test_the_sentences(void **state) {
    (void)state;
    json_t *document = test_document();
    char *text = markdown_of(document);

    unfold(text);
    assert_holds(text, "1. With probability 0.812 ± 0.004 there is a time when alpha has at least 10 % of its old "
                       "compute in north spare while the industry is short for 3 months running; in half of all paths "
                       "by 2030-01; idle while the industry is short, most often: beta (33.3 % of the months of "
                       "shortage), then alpha (25.0 %).");
    assert_holds(text,
                 "2. That alpha starts to sell compute (in the 2 months up to 2029-12) takes the probability that "
                 "it is not so that there is no glut (in the 2 months after 2029-12) from 20.0 % to 40.0 %: a "
                 "Bayes factor of 2.50 (2.00 – 3.12), which points to it; known also that the industry is short "
                 "for 3 months running, about 80,000 paths are needed to tell.");
    assert_holds(text, "3. What that news is worth to each name, against the price before it: -4.5 to 1.0 % for "
                       "suppliers (optics, rival, quiet; observed: -10.6 to 10.0 %).");
    assert_holds(text, "4. The model's own probability of the outcome (short) after the news is 15.0 %; the observed "
                       "moves stand for -20.0 to 40.0 % for suppliers (optics, rival): they do not agree (1 of 1 pairs "
                       "contradict each other), and no probability explains the move of rival; of the readings "
                       "'mismatch' fits best, with 25.0 % when all are alike before, then 'demand failing'.");
    assert_holds(text, "5. The industry is short most likely in 2030 (80 % of its months), a glut is likeliest in 2029 "
                       "(50 %).");
    free(text);
    json_decref(document);
}

/* With ranges drawn their span takes the place of the last sentence. */
static void test_what_the_inputs_leave_open(void **state) {
    (void)state;
    json_t *document = test_document();
    char *text;

    add_ranges(document);
    text = markdown_of(document);
    unfold(text);
    assert_int_equal(sentences_of(text), 5);
    assert_holds(text,
                 "5. What the inputs leave open: 90 % of 40 draws of all 2 ranges have the first of these "
                 "probabilities (one standard error of the simulation is 0.0035) between 0.10 and 0.60, the Bayes "
                 "factor of sells between 0.30 and 0.80, the probability of calm given sells between 40 and 90 %.");
    assert_holds(text, "\n| months of shortage in which beta is idle | 33.3 % | 32.71 % – 33.89 % | 20 % – 70 % |\n");
    assert_holds(text, "\n| months of shortage in which alpha is idle | 25.0 % | 24.22 % – 25.79 % | |\n");
    assert_holds(text, "\n| Bayes factor of sells (alpha) | 2.50 | 2.00 – 3.12 | 0.30 – 0.80 (31 draws) |\n");
    assert_holds(text, "\n| rival | supplier | +10.0 % | +1.0 % | 50 % – 100 % | -20.0 % | -22.0 % – -18.0 % | |\n");
    free(text);
    json_decref(document);
}

static void test_the_tables(void **state) {
    (void)state;
    json_t *document = test_document();
    char *text = markdown_of(document);

    assert_holds(text,
                 "\n| | answer | 95 % |\n|---|--:|--:|\n| ever, alpha has at least 10 % of its old compute in north "
                 "spare while the industry is short for 3 months running | 81.2 % | 80.5 % – 81.9 % |\n");
    assert_holds(text, "\n| calm, in the 2 months after 2029-12 | 20.0 % | 19.23 % – 20.80 % |\n"
                       "| ... given sells: alpha | 40.0 % | 38.4 % – 41.6 % |\n"
                       "| ... and short | 25 % | 18.0 % – 33.5 % |\n"
                       "| Bayes factor of sells (alpha) | 2.50 | 2.00 – 3.12 |\n"
                       "| Bayes factor of all pieces together (alpha) | about 80,000 paths tell | |\n\n");
    assert_holds(text, "\n| optics | supplier | -10.6 % | -4.5 % | 40.0 % | 38.0 % – 42.0 % |\n");
    assert_holds(text, "\n| quiet | supplier | | 0.0 % | | |\n");
    assert_holds(text,
                 "12,345 paths from number 0 on, seed 7; configuration sha256 fedcba987654, digest 0123456789ab.");
    free(text);
    json_decref(document);
}

/* The interval of the document; where it has none, the share's own (above); of one path alone, none. */
static void test_intervals(void **state) {
    (void)state;
    json_t *document = test_document();
    json_t *item =
        json_array_get(json_object_get(json_object_get(json_object_get(document, "questions"), "sale"), "cases"), 0);
    json_t *posterior = json_object_get(json_array_get(json_object_get(item, "steps"), 0), "posterior");
    char *text;

    assert_int_equal(json_object_set_new(json_object_get(item, "prior"), "ci", json_pack("[f, f]", 0.11, 0.31)), 0);
    assert_int_equal(json_object_set_new(posterior, "ci", json_pack("[n, n]")), 0);
    text = markdown_of(document);
    assert_holds(text, "\n| calm, in the 2 months after 2029-12 | 20.0 % | 11.0 % – 31.0 % |\n"
                       "| ... given sells: alpha | 40.0 % | |\n");
    free(text);
    json_decref(document);
}

/* Clouds that only rent out stand together, others by themselves. */
static void test_kinds_of_names(void **state) {
    (void)state;
    json_t *document = test_document();
    json_t *effective = json_object_get(json_object_get(document, "scenario"), "effective");
    json_t *names = json_object_get(effective, "names"), *firms = json_object_get(effective, "firms");
    char *text;

    json_object_set_new(json_array_get(names, 0), "cloud", json_pack("{s:s}", "firm", "alpha"));
    json_object_set_new(json_array_get(names, 1), "cloud", json_pack("{s:s}", "firm", "beta"));
    json_object_set_new(json_array_get(firms, 0), "merchant", json_true());
    json_object_set_new(json_array_get(firms, 1), "merchant", json_true());
    json_object_set_new(json_array_get(firms, 1), "inference", json_integer(5));
    text = markdown_of(document);
    unfold(text);
    assert_holds(text, "0.0 % for suppliers (quiet), -4.5 % for clouds that only rent out (optics; observed: -10.6 %), "
                       "1.0 % for rival (+10.0 % observed).");
    free(text);
    json_decref(document);
}

/* Sentences follow the questions there are. */
static void test_fewer_questions(void **state) {
    (void)state;
    json_t *document = test_document();
    json_t *questions = json_object_get(document, "questions");
    char *text;

    json_object_del(questions, "sale");
    json_object_del(questions, "prices");
    json_object_set_new(document, "coexistence", json_array());
    text = markdown_of(document);
    assert_int_equal(sentences_of(text), 2);
    assert_null(strstr(text, "Bayes"));
    assert_null(strstr(text, "| name |"));
    free(text);
    json_object_clear(questions);
    text = markdown_of(document);
    assert_int_equal(sentences_of(text), 1);
    assert_holds(text, "1. The industry is short most likely in 2030");
    free(text);
    json_decref(document);
}

/* Certain evidence is said to be that; so is evidence that no path has. */
static void test_evidence_without_a_factor(void **state) {
    (void)state;
    json_t *document = test_document();
    char *text;

    set_step(document, 0,
             "{\"bayes_factor\": null, \"ci\": [null, null], \"posterior\": {\"p\": 1, \"se\": 0.0001},"
             " \"paths\": {\"with_hypothesis\": 900, \"without\": 0}, \"verdict\": \"seen only where it holds\"}");
    set_step(document, 1, "{\"paths\": {\"with_hypothesis\": 31, \"without\": 0}, \"needs_paths\": 66667}");
    text = markdown_of(document);
    unfold(text);
    assert_holds(text, ": it was seen only where the hypothesis holds; known also that ");
    assert_holds(text, ", more than 66,000 paths are needed to tell.");
    assert_holds(text, "| Bayes factor of sells (alpha) | seen only where the hypothesis holds | |\n");
    assert_holds(text, "| Bayes factor of all pieces together (alpha) | more than 66,000 paths tell | |\n");
    free(text);
    set_step(document, 1, "{\"needs_paths\": null, \"verdict\": \"seen only where it holds\"}");
    text = markdown_of(document);
    unfold(text);
    assert_holds(text, ", it is 25 %: all together were seen only where the hypothesis holds.");
    free(text);
    set_step(document, 0,
             "{\"posterior\": {\"p\": null, \"se\": null}, \"paths\": {\"with_hypothesis\": 0, \"without\": 0},"
             " \"needs_paths\": 66667, \"verdict\": \"never seen\"}");
    text = markdown_of(document);
    unfold(text);
    assert_holds(text, "2. That alpha starts to sell compute (in the 2 months up to 2029-12) was never seen; the "
                       "probability that it is not so that there is no glut (in the 2 months after 2029-12) is 20.0 % "
                       "before.");
    free(text);
    json_decref(document);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_sentences),
        cmocka_unit_test(test_what_the_inputs_leave_open),
        cmocka_unit_test(test_the_tables),
        cmocka_unit_test(test_intervals),
        cmocka_unit_test(test_kinds_of_names),
        cmocka_unit_test(test_fewer_questions),
        cmocka_unit_test(test_evidence_without_a_factor),
    };

    return cmocka_run_group_tests_name("markdown", tests, NULL, NULL);
}
