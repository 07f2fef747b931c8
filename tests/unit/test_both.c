/* The curves of coexistence entries in short, and JSON text that is read without holding them whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/estimate/figures.h"
#include "host/estimate/hits.h"
#include "host/store/both.h"
#include "host/store/json_text.h"
#include "host/store/read.h"

#define MONTHS 700 /* curves of so many are beyond BOTH_SHORTEST */
#define STATES 4
#define STRIDE 3

static const char *const states[STATES] = {"shortage", "glut", "friction", "balanced"};

static uint64_t hits_of(int month, int state, uint64_t paths) {
    const uint64_t hits[] = {0, 1, 127, 128, 300, (uint64_t)month, paths / 3, paths};
    const uint64_t wanted = hits[(month + 3 * state) % 8];

    return wanted < paths ? wanted : paths;
}

static json_t *packed(uint64_t paths) {
    uint64_t *counts = calloc((size_t)MONTHS * STATES * STRIDE, sizeof *counts);
    json_t *made;

    assert_non_null(counts);
    for (int month = 0; month < MONTHS; month++) {
        for (int state = 0; state < STATES; state++) {
            counts[(month * STATES + state) * STRIDE] = hits_of(month, state, paths);
        }
    }
    made = hits_pack(counts, STRIDE, MONTHS, paths);
    free(counts);
    assert_true(both_is_short(made));
    return made;
}

static double item(json_t *curves, const char *state, const char *name, int month) {
    json_t *value = json_array_get(json_object_get(json_object_get(curves, state), name), (size_t)month);

    assert_true(json_is_real(value));
    return json_real_value(value);
}

/* Exactly the shares and errors of the numbers of paths, and few bytes for each. */
static void test_hits(void **state) {
    static const uint64_t paths[] = {1, 64, 1000000, (uint64_t)1 << 40};

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        json_t *short_form = packed(paths[i]), *curves = both_open(short_form);
        assert_true(json_string_length(short_form) < (paths[i] > 64 ? 4 : 2) * MONTHS * STATES);
        assert_int_equal(json_object_size(curves), STATES);
        for (int k = 0; k < STATES; k++) {
            assert_int_equal(json_array_size(json_object_get(json_object_get(curves, states[k]), "p")), MONTHS);
            assert_int_equal(json_array_size(json_object_get(json_object_get(curves, states[k]), "se")), MONTHS);
            for (int month = 0; month < MONTHS; month++) {
                const struct figure share = figure_share(hits_of(month, k, paths[i]), paths[i]);
                assert_true(item(curves, states[k], "p", month) == share.value);
                assert_true(item(curves, states[k], "se", month) == share.se);
            }
        }
        json_decref(curves);
        json_decref(short_form);
    }
}

/* What a writer of estimates makes of a document with this `both`. */
static char *written(json_t *both) {
    json_t *document = json_pack("{s:[{s:s, s:O}]}", "entries", "firm", "alpha", "both", both);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    assert_true(json_text_write_estimates(out, document, 1));
    assert_int_equal(fclose(out), 0);
    json_decref(document);
    return text;
}

struct text {
    const char *at;
    size_t left, piece;
};

static size_t more(void *buffer, size_t n, void *context) {
    struct text *text = context;

    n = n < text->piece ? n : text->piece;
    n = n < text->left ? n : text->left;
    memcpy(buffer, text->at, n);
    text->at += n;
    text->left -= n;
    return n;
}

static json_t *read_text(const char *text, size_t piece, json_error_t *error) {
    struct text from = {text, strlen(text), piece};
    struct read_source source = {.more = more, .context = &from};
    json_t *read = read_json(&source, error);

    assert_false(source.failed);
    assert_false(source.no_memory);
    return read;
}

static json_t *both_of(json_t *document) {
    return json_object_get(json_array_get(json_object_get(document, "entries"), 0), "both");
}

/* Written, read, written again: the same text, whatever the form and the pieces. */
static void test_there_and_back(void **state) {
    static const size_t pieces[] = {1, 7, 4096, (size_t)1 << 20};
    json_t *short_form = packed(1000);
    char *text = written(short_form);
    json_t *whole = json_loads(text, 0, NULL);

    (void)state;
    assert_non_null(whole);
    assert_true(json_is_object(both_of(whole)));
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        json_error_t error;
        json_t *read = read_text(text, pieces[i], &error), *curves;
        char *again;
        assert_non_null(read);
        assert_true(both_is_short(both_of(read)));
        assert_true(json_string_length(both_of(read)) < strlen(text) / 2);
        curves = both_open(both_of(read));
        assert_true(json_equal(curves, both_of(whole)));
        again = written(both_of(read));
        assert_string_equal(again, text);
        free(again);
        json_decref(curves);
        json_decref(read);
    }
    json_decref(whole);
    json_decref(short_form);
    free(text);
}

/* A long `both` that is in any way different from what this program writes is read as it is. */
static void test_what_is_left_alone(void **state) {
    static const struct {
        const char *from, *to;
    } edits[] = {{"\"glut\"", "\"glud\""},
                 {"\"se\"", "\"sf\""},
                 {"[0,", "[00,"},
                 {"[0,", "[\"0\","},
                 {"[0,", "[1e999,"},
                 {"[0,", "[-,"},
                 {"[0,", "[.5,"},
                 {"[0,", "[0,,"},
                 {"[0,", "[1.,"},
                 {"[0,", "[9999999999999999,"},
                 {"}, \"glut", "},, \"glut"}};
    json_t *short_form = packed(1000), *curves = both_open(short_form);
    char *text = json_dumps(curves, JSON_REAL_PRECISION(10)), *bad = malloc(strlen(text) + 40);

    (void)state;
    for (char *c = text; (c = strstr(c, "0.0,")) != NULL;) { /* as the writer has it */
        memmove(c + 1, c + 3, strlen(c + 3) + 1);
    }
    assert_true(both_is_plain(text, strlen(text)));
    assert_false(both_is_plain(text, strlen(text) - 1));
    assert_false(both_is_plain("{}", 2));
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        char *found = strstr(text, edits[i].from);
        if (found == NULL) {
            fail_msg("no %s", edits[i].from);
        }
        snprintf(bad, strlen(text) + 40, "%.*s%s%s", (int)(found - text), text, edits[i].to,
                 found + strlen(edits[i].from));
        if (both_is_plain(bad, strlen(bad))) {
            fail_msg("%s in the place of %s is taken", edits[i].to, edits[i].from);
        }
    }
    free(bad);
    free(text);
    json_decref(curves);
    json_decref(short_form);
}

/* Neither short ones, nor those of other things of that name, nor strings. */
static void test_other_values_of_that_name(void **state) {
    static const char *const texts[] = {
        "{\"both\": {\"shortage\": {\"p\": [0], \"se\": [0]}}}",
        "{\"both\": \"x\", \"a\": {\"both\": [{\"both\": 1}]}}",
        "{\"a\\\"both\": {\"b\": \"{\\\"both\\\": {\"}, \"both\" :\n {}, \"c\": \"both\", \"d\": {}}",
        "[\"both\", {}]"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        json_error_t error;
        json_t *read = read_text(texts[i], 5, &error), *whole = json_loads(texts[i], 0, NULL);
        assert_non_null(whole);
        assert_true(json_equal(read, whole));
        json_decref(read);
        json_decref(whole);
    }
}

/* Mistakes are told in their lines, also behind long curves and inside them. */
static void test_mistakes(void **state) {
    json_t *short_form = packed(1000);
    char *text = written(short_form), *bad = malloc(strlen(text) + 40);
    json_error_t error;

    (void)state;
    strstr(text, "\"glut\"")[-1] = '\n'; /* inside what is kept in short */
    snprintf(bad, strlen(text) + 40, "{\"a\":\n%s,\n\n\"b\": oops}", text);
    assert_null(read_text(bad, 4096, &error));
    assert_int_equal(error.line, 7); /* the writer breaks one */
    snprintf(bad, strlen(text) + 40, "%.*s", (int)strlen(text) / 2, text);
    assert_null(read_text(bad, 4096, &error));
    assert_int_equal(json_error_code(&error), json_error_premature_end_of_input);
    snprintf(bad, strlen(text) + 40, "{\"a\": 1, \"a\": 2}");
    assert_null(read_text(bad, 4096, &error));
    free(bad);
    free(text);
    json_decref(short_form);
}

static void test_what_is_no_short_form(void **state) {
    static const char *const texts[] = {
        "both:", "both:5:", "both:5:AAAA", "both:99999999999:eJwD", "both:1000000:eJwDAAAAAAE=", "both:x:AAAA",
        "hits",  "",        "curves"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        json_t *text = json_string(texts[i]);
        assert_null(both_open(text));
        json_decref(text);
    }
    assert_null(both_open(NULL));
    json_t *short_form = packed(64);
    for (size_t cut = 1; cut < json_string_length(short_form); cut += 97) {
        json_t *part = json_stringn_nocheck(json_string_value(short_form), json_string_length(short_form) - cut);
        assert_null(both_open(part));
        json_decref(part);
    }
    json_decref(short_form);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hits),
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_what_is_left_alone),
        cmocka_unit_test(test_other_values_of_that_name),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_what_is_no_short_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
