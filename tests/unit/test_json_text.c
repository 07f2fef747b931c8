/* Numbers in files: what is exact stays exact, estimates have the digits that are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/store/json_text.h"

typedef void writer(FILE *out, const json_t *value, int depth);

static char *text_of(writer *write, const char *json) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    json_t *value = json_loads(json, 0, NULL);

    assert_non_null(out);
    assert_non_null(value);
    write(out, value, 2);
    assert_int_equal(fclose(out), 0);
    json_decref(value);
    return text;
}

static void gives(writer *write, const char *json, const char *expected) {
    char *text = text_of(write, json);

    assert_string_equal(text, expected);
    free(text);
}

static void test_exact(void **state) {
    (void)state;
    gives(json_text_write, "{\"p\": 0.1, \"se\": 0.12345678901234567}", "{\"p\": 0.1, \"se\": 0.12345678901234566}");
    gives(json_text_write, "[0.0, 1.0, 1, 0.33333333333333331, 1e300]", "[0.0, 1.0, 1, 0.3333333333333333, 1e+300]");
}

/* Ten digits, six of errors; as short as they can be. The same number after another kind of it is written anew. */
static void test_estimates(void **state) {
    (void)state;
    gives(json_text_write_estimates,
          "{\"p\": [0.12345678901, 0.5, 0.0, 1.0], \"se\": [0.12345678901, 0.12345678901, 0.0]}",
          "{\"p\": [0.123456789,0.5,0,1], \"se\": [0.123457,0.123457,0]}");
    gives(json_text_write_estimates,
          "{\"posterior_se\": 0.12345678901, \"posterior\": 0.12345678901, \"use\": 0.12345678901}",
          "{\"posterior_se\": 0.123457, \"posterior\": 0.123456789, \"use\": 0.123456789}");
    gives(json_text_write_estimates, "{\"late\": {\"value\": 12345.678901234, \"se\": null}}",
          "{\"late\": {\"value\": 12345.6789, \"se\": null}}");
}

/* Ten digits read back to within half of the tenth. */
static void test_estimates_are_near(void **state) {
    (void)state;
    for (int k = 1; k < 2000; k += 7) {
        const double p = k / 14417920.0;
        json_t *value = json_pack("[f]", p), *back;
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        json_text_write_estimates(out, value, 2);
        assert_int_equal(fclose(out), 0);
        back = json_loads(text, 0, NULL);
        const double read = json_number_value(json_array_get(back, 0));
        assert_true(read - p <= 5.1e-10 * p && p - read <= 5.1e-10 * p);
        json_decref(value);
        json_decref(back);
        free(text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact),
        cmocka_unit_test(test_estimates),
        cmocka_unit_test(test_estimates_are_near),
    };

    return cmocka_run_group_tests_name("json_text", tests, NULL, NULL);
}
