/* Expressions: values, comparisons, and what is said about wrong ones. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/report/report.h"
#include "test_report.h"

static json_t *document;

static int set_up(void **state) {
    (void)state;
    document = test_document();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    json_decref(document);
    return 0;
}

static const json_t *effective(void) {
    return json_object_get(json_object_get(document, "scenario"), "effective");
}

/* The value of an expression that is right. */
static mm_value value_of(const char *expression) {
    mm_messages *messages = mm_messages_new();
    mm_value value;

    assert_non_null(messages);
    if (report_evaluate(document, expression, &value, messages) != MM_OK) {
        fail_msg("%s: %s", expression, mm_messages_count(messages) > 0 ? mm_messages_text(messages, 0) : "?");
    }
    assert_int_equal(report_check(effective(), expression, messages), MM_OK);
    assert_int_equal(mm_messages_count(messages), 0);
    mm_messages_free(messages);
    return value;
}

static void gives(const char *expression, double expected) {
    const mm_value value = value_of(expression);

    assert_true(value.known);
    if (!(fabs(value.value - expected) < 1e-12)) {
        fail_msg("%s is %g, not %g", expression, value.value, expected);
    }
}

/* Both functions refuse the expression, with one and the same message. */
static void complains(const char *expression, const char *message) {
    for (int check = 0; check < 2; check++) {
        mm_messages *messages = mm_messages_new();
        mm_value value;
        assert_non_null(messages);
        assert_int_equal(check ? report_check(effective(), expression, messages)
                               : report_evaluate(document, expression, &value, messages),
                         MM_USAGE);
        assert_int_equal(mm_messages_count(messages), 1);
        assert_string_equal(mm_messages_text(messages, 0), message);
        mm_messages_free(messages);
    }
}

static void test_probabilities(void **state) {
    (void)state;
    gives("both", 0.812);
    gives("p(both)", 0.812);
    gives(" p ( both ) ", 0.812);
    gives("p(spare-in-shortage)", 0.812); /* the event that `both` asks about */
    gives("p(both by 2029-11)", 0);
    gives("p(both by 2030-01)", 0.6);
    gives("p(spare-in-shortage by 2030-03)", 0.812);
    gives("p(both by 3)", 0.6); /* a month's number */
    gives("p(late-sale by 2030-03)", 0.3);
    assert_true(value_of("both").se == 0.0035);
    assert_true(value_of("p(both by 2030-01)").se == 0.004);
}

static void test_idle(void **state) {
    (void)state;
    gives("idle(alpha)", 0.25);
    gives("idle(beta)", 0.333);
    gives("idle(alpha, north, old)", 0.125);
    gives("idle(alpha,old,north)", 0.125);
    assert_false(value_of("idle(beta, south, new) >= 0").known);
    assert_false(value_of("idle(beta, south, new) >= 0").holds);
}

static void test_quantiles(void **state) {
    (void)state;
    gives("quantile(gap, 0.1, 2029-12)", -0.2);
    gives("quantile(gap, 0.50, 2030-03)", 0.05);
    gives("quantile(gap, 5e-1, 2030-03)", 0.05);
    assert_true(isnan(value_of("quantile(gap, 0.5, 2030-03)").se));
}

static void test_comparisons(void **state) {
    (void)state;
    assert_false(value_of("both").compared);
    assert_true(value_of("both >= 0.812").compared);
    assert_true(value_of("both >= 0.812").holds);
    assert_false(value_of("both > 0.812").holds);
    assert_true(value_of("both <= 0.812").holds);
    assert_false(value_of("both<.812").holds);
    assert_true(value_of("both > -1e-3").holds);
    assert_true(value_of("quantile(gap, 0.1, 2029-12)<-0.15").holds);
    assert_true(value_of("p(both by 2030-01)>0.5").holds);
}

static void test_names(void **state) {
    (void)state;
    complains("bth", "'bth', column 1: no question 'bth'; did you mean 'both'?");
    complains("p(shrt by 2030-01)", "'p(shrt by 2030-01)', column 3: no event or question 'shrt'; did you mean "
                                    "'short'?");
    complains("idle(alfa)", "'idle(alfa)', column 6: no firm 'alfa'; did you mean 'alpha'?");
    complains("idle(alpha, nroth)",
              "'idle(alpha, nroth)', column 13: no region or generation 'nroth'; did you mean 'north'?");
    complains("quantil(gap, 0.5, 2030-01)",
              "'quantil(gap, 0.5, 2030-01)', column 1: no function 'quantil'; there are p, bayes, posterior, idle, "
              "quantile, cvar, move and implied; did you mean 'quantile'?");
}

static void test_events_that_nobody_asks_about(void **state) {
    (void)state;
    complains("p(short)", "'p(short)', column 3: no question asks how probable event 'short' is; add one: {name: "
                          "p-short, probability: {event: short}}");
    complains("p(sells)", "'p(sells)', column 3: question 'late-sale' asks about event 'sells' for one firm or in a "
                          "narrower window; ask with p(late-sale), or add a question: {name: p-sells, probability: "
                          "{event: sells, firm: FIRM}}");
}

static void test_kinds(void **state) {
    (void)state;
    complains("p(gap)", "'p(gap)', column 3: question 'gap' is of the kind 'fan', not 'probability'; ask with "
                        "quantile(QUESTION, Q, DATE)");
    complains("map", "'map', column 1: a question of the kind 'coexistence' has no one number; ask with idle(FIRM [, "
                     "REGION] [, GENERATION])");
    complains("layers", "'layers', column 1: a question of the kind 'binding' has no one number; its figures stand "
                        "in the result only");
    complains("quantile(both, 0.5, 2030-01)", "'quantile(both, 0.5, 2030-01)', column 10: question 'both' is of the "
                                              "kind 'probability', not 'fan'; ask with p(QUESTION [by DATE])");
    complains("idle(alpha, north)", "'idle(alpha, north)', column 1: question 'map' does not list this scope; add "
                                    "[firm, region] to its `by`");
}

static void test_evidence(void **state) {
    (void)state;
    gives("bayes(sale, alpha, 1)", 2.5);
    gives("bayes(sale, alpha, sells)", 2.5);
    gives("posterior(sale, alpha, 1)", 0.4);
    gives("posterior(sale, alpha)", 0.25); /* the last step; the one firm may be left out */
    gives("posterior(sale)", 0.25);
    assert_true(fabs(value_of("bayes(sale, alpha, 1)").se - 2.5 * log(3.125 / 2) / 3.919927969080108) < 1e-12);
    assert_true(value_of("posterior(sale, alpha, 1)").se == 0.008);
    assert_false(value_of("bayes(sale, alpha) >= 0").known);
    assert_false(value_of("bayes(sale, alpha) >= 0").holds);
    assert_true(value_of("bayes(sale, alpha)").needs_paths == 79646);
    assert_false(value_of("bayes(sale, alpha)").needs_more);
    assert_null(value_of("bayes(sale, alpha)").why);
    complains("bayes(sale, beta)", "'bayes(sale, beta)', column 13: no firm of this question 'beta'");
    complains("bayes(sale, alpha, 3)", "'bayes(sale, alpha, 3)', column 20: no step '3': a step is a number from 1 to "
                                       "2, or the event of a piece of evidence");
    complains("bayes(sale, alpha, calm)", "'bayes(sale, alpha, calm)', column 20: no step 'calm': a step is a number "
                                          "from 1 to 2, or the event of a piece of evidence");
    complains("sale", "'sale', column 1: a question of the kind 'evidence' has no one number; ask with "
                      "bayes(QUESTION, FIRM [, STEP]) or posterior(QUESTION, FIRM [, STEP])");
}

/* A question about several firms, and one about none. */
static void test_firms_of_evidence(void **state) {
    (void)state;
    json_t *body = NULL;
    json_t *question;
    size_t i;
    json_array_foreach(json_object_get(effective(), "questions"), i, question) {
        if (json_object_get(question, "evidence") != NULL) {
            body = json_object_get(question, "evidence");
        }
    }
    json_object_set_new(body, "for_each", json_pack("[s, s]", "alpha", "beta"));
    complains("bayes(sale)", "'bayes(sale)', column 7: question 'sale' asks about several firms; name one: "
                             "bayes(sale, alpha)");
    json_object_del(body, "for_each");
    json_object_set_new(
        json_array_get(json_object_get(json_object_get(json_object_get(document, "questions"), "sale"), "cases"), 0),
        "firm", json_null());
    gives("bayes(sale, 1)", 2.5);
    gives("posterior(sale, short)", 0.25);
    complains("bayes(sale, 1, 2)", "'bayes(sale, 1, 2)', column 16: too many arguments: question 'sale' asks about no "
                                   "firm");
}

static void test_patterns(void **state) {
    (void)state;
    gives("move(prices, optics)", -0.045);
    gives("implied(prices, rival) < 0", -0.2);
    assert_true(value_of("implied(prices, rival) < 0").holds);
    assert_true(value_of("move(prices, optics)").se == 0.001);
    assert_true(fabs(value_of("implied(prices, optics)").se - 0.01) < 1e-4);
    gives("move(prices, quiet)", 0);
    assert_false(value_of("implied(prices, quiet) < 5").known); /* no observation */
    assert_false(value_of("implied(prices, quiet) < 5").holds);
    complains("bayes(both, alpha)", "'bayes(both, alpha)', column 7: question 'both' is of the kind 'probability', "
                                    "not 'evidence'; ask with p(QUESTION [by DATE])");
    complains("move(pirces, optics)", "'move(pirces, optics)', column 6: no question 'pirces'; did you mean "
                                      "'prices'?");
    complains("move(prices, optcis)", "'move(prices, optcis)', column 14: no name 'optcis'; did you mean 'optics'?");
}

/* A result of an earlier version, which did not answer all questions. */
static void test_unanswered(void **state) {
    (void)state;
    mm_value value;
    mm_messages *messages = mm_messages_new();
    assert_non_null(messages);
    json_object_del(json_object_get(document, "questions"), "prices");
    assert_int_equal(report_evaluate(document, "move(prices, optics)", &value, messages), MM_USAGE);
    assert_string_equal(mm_messages_text(messages, 0), "'move(prices, optics)', column 6: the result has no answer to "
                                                       "question 'prices' of the kind 'pattern'");
    mm_messages_free(messages);
}

static void test_dates_and_numbers(void **state) {
    (void)state;
    complains("p(both by 2031-01)",
              "'p(both by 2031-01)', column 11: 2031-01 lies outside the horizon, 2029-10 to 2030-03 (months 0 to 5)");
    complains("p(both by soon)", "'p(both by soon)', column 11: 'soon' is not a date (YYYY-MM, or a month's number "
                                 "from 0)");
    complains("quantile(gap, 0.2, 2030-01)",
              "'quantile(gap, 0.2, 2030-01)', column 15: question 'gap' has no quantile 0.2; it has 0.1, 0.5");
    complains("both > 1e6x", "'both > 1e6x', column 8: '1e6x' is not a number");
    complains("both > nan", "'both > nan', column 8: 'nan' is not a number");
}

static void test_syntax(void **state) {
    (void)state;
    complains("",
              "'', column 1: expected a question's name or p, bayes, posterior, idle, quantile, cvar, move, implied, "
              "but it ends here");
    complains("p(both", "'p(both', column 7: expected ',' or ')', but it ends here");
    complains("p(both at 2030-01)", "'p(both at 2030-01)', column 8: expected 'by' or ')', found 'at'");
    complains("p(both by)", "'p(both by)', column 10: expected a date (YYYY-MM), found ')'");
    complains("p(both, never)", "'p(both, never)', column 9: too many arguments: p(EVENT-or-QUESTION [by DATE])");
    complains("quantile(gap)", "'quantile(gap)', column 13: too few arguments: quantile(QUESTION, Q, DATE)");
    complains("both = 1", "'both = 1', column 6: expected <, <=, >, >= or the end, found '='");
    complains("both > 1 2", "'both > 1 2', column 10: expected the end, found '2'");
    complains("both >", "'both >', column 7: expected a number, but it ends here");
    complains("both; p(gap)", "'both; p(gap)', column 5: expected <, <=, >, >= or the end, found ';'");
}

/* No text, however long or odd, does harm. */
static void test_odd_texts(void **state) {
    (void)state;
    static const char letters[] = "p(both by 2030),idle<>=-.1e\t\"\\\x80 quantile";
    char text[200];
    unsigned seed = 1;

    for (int round = 0; round < 20000; round++) {
        mm_messages *messages = mm_messages_new();
        mm_value value;
        size_t length;
        assert_non_null(messages);
        seed = seed * 1664525 + 1013904223;
        length = seed >> 16 & 63;
        for (size_t i = 0; i < length; i++) {
            seed = seed * 1664525 + 1013904223;
            text[i] = letters[(seed >> 16) % (sizeof letters - 1)];
        }
        text[length] = '\0';
        if (report_evaluate(document, text, &value, messages) == MM_USAGE) {
            assert_int_equal(mm_messages_count(messages), 1);
        }
        mm_messages_free(messages);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_probabilities),
        cmocka_unit_test(test_idle),
        cmocka_unit_test(test_quantiles),
        cmocka_unit_test(test_comparisons),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_events_that_nobody_asks_about),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_evidence),
        cmocka_unit_test(test_firms_of_evidence),
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_unanswered),
        cmocka_unit_test(test_dates_and_numbers),
        cmocka_unit_test(test_syntax),
        cmocka_unit_test(test_odd_texts),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
