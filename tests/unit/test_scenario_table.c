/* The option table, its words, and the numbers they are made of. */
#include "test_scenario.h"

#include "host/scenario/keys.h"
#include "host/scenario/text.h"

static void check_rows(const struct key *rows, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const struct key *row = &rows[i];
        double value;
        if (!row->help || !row->help[0] || row->help[strlen(row->help) - 1] != '.')
            fail_msg("%s: the text is missing, or ends without a full stop", row->path);
        if (!(row->low <= row->high))
            fail_msg("%s: low is above high", row->path);
        bool number = row->kind == KEY_REAL || row->kind == KEY_INT;
        bool plain = row->standard && row->standard[0] != '(';
        if (number && plain && !(text_real(row->standard, &value) && keys_in_range(row, value)))
            fail_msg("%s: the default %s is not in range", row->path, row->standard);
        if (row->standard && (row->flags & KEY_REQUIRED) && row->standard[0] != '[')
            fail_msg("%s: required, and yet with a default", row->path);
    }
}

static void every_row_is_whole(void **state) {
    (void)state;
    check_rows(keys_world, keys_n_world);
    check_rows(keys_claims, keys_n_claims);
}

static void schema_is_json(void **state) {
    (void)state;
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_int_equal(mm_reference_schema(out), MM_OK);
    fclose(out);
    json_t *schema = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(schema);
    assert_int_equal(json_array_size(json_object_get(schema, "required")), 5);
    json_decref(schema);
    free(text);
}

static void page_names_every_key(void **state) {
    (void)state;
    char *text = NULL, path[128];
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_int_equal(mm_reference_markdown(out), MM_OK);
    fclose(out);
    for (size_t i = 1; i < keys_n_world + keys_n_claims; i++) {
        const struct key *row = i < keys_n_world ? &keys_world[i] : &keys_claims[i - keys_n_world];
        snprintf(path, sizeof path, "`%s`", row->path);
        assert_non_null(strstr(text, path));
    }
    free(text);
}

static void numbers(void **state) {
    (void)state;
    double value;
    char text[TEXT_NUMBER];
    static const char *const right[] = {"0", "-1", "+1.5", ".5", "5.", "1e6", "1E-6", "007", "1e308"};
    static const char *const wrong[] = {"",    " 1",  "1 ",  "1e",  "e1",  ".",     "1e6x", "0,5",   "0x1p3", "inf",
                                        "nan", "1_0", "1e+", "--1", "1..", "1e1.5", "½",    "1e309", "-1e999"};
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
        assert_true(text_real(right[i], &value));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(text_real(wrong[i], &value));
    static const double values[] = {0.1, 1.0 / 3, 1e-300, 123456789.125, 5e-324, 1e22, 999999999999999.0};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        text_number(values[i], text);
        assert_true(text_real(text, &value) && value == values[i]);
    }
    text_number(0.1, text);
    assert_string_equal(text, "0.1");
    text_number(-0.0, text);
    assert_string_equal(text, "0");
}

static void dates(void **state) {
    (void)state;
    int months;
    char text[TEXT_NUMBER];
    assert_true(text_date("2030-01", &months));
    assert_int_equal(months, 2030 * 12);
    text_from_date(months - 1, text);
    assert_string_equal(text, "2029-12");
    static const char *const wrong[] = {"2030",       "2030-1", "2030-13", "2030-00",
                                        "2030-01-01", "30-01",  "2030/01", "2030-0a"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(text_date(wrong[i], &months));
}

static void nearest(void **state) {
    (void)state;
    static const char *const names[] = {"reserve", "retires", "offer", "to"};
    assert_string_equal(text_nearest("reserv", names, 4), "reserve");
    assert_string_equal(text_nearest("ofefr", names, 4), "offer");
    assert_string_equal(text_nearest("retire", names, 4), "retires");
    assert_null(text_nearest("something", names, 4));
    assert_null(text_nearest("", names, 4));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_row_is_whole),
                                       cmocka_unit_test(schema_is_json),
                                       cmocka_unit_test(page_names_every_key),
                                       cmocka_unit_test(numbers),
                                       cmocka_unit_test(dates),
                                       cmocka_unit_test(nearest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
