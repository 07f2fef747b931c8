/* Numbers in files: what is exact stays exact, estimates have the digits that are told. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/store/json_text.h"

typedef bool writer(FILE *out, const json_t *value, int depth);

static char *text_of(writer *write, const char *json) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    json_t *value = json_loads(json, 0, NULL);

    assert_non_null(out);
    assert_non_null(value);
    assert_true(write(out, value, 2));
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

static void reads_back(double value) {
    char *text = NULL;
    size_t size = 0;
    json_t *number = json_real(value);
    FILE *out = open_memstream(&text, &size);
    json_text_write_exact(out, number);
    assert_int_equal(fclose(out), 0);
    json_decref(number);
    json_t *back = json_loads(text, JSON_DECODE_ANY, NULL);
    const double read = json_real_value(back); /* no zero among them: equal numbers have equal bits */
    if (!json_is_real(back) || read < value || read > value)
        fail_msg("%.17g became %s", value, text);
    json_decref(back);
    free(text);
}

/* Every double reads back, and stays a real number: neighbours of powers of two and of ten, where rounding is at its
 * limits, quotients as estimates are, and all sizes. */
static void test_exact_reads_back(void **state) {
    (void)state;
    static const double some[] = {1, 10, 0.1, 123456789, 1e9, 1e-5, 1e17, 1e22, 5e-324, 1.7976931348623157e308};
    uint64_t bits = 1;
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
        reads_back(some[i]);
        reads_back(-some[i]);
    }
    for (int e = -60; e <= 60; e++)
        for (int k = -2; k <= 2; k++) {
            reads_back(nextafter(ldexp(1, e), k < 0 ? 0 : INFINITY) * (1 + k * DBL_EPSILON));
            reads_back(nextafter(pow(10, floor(e / 3.0)), k < 0 ? 0 : INFINITY) * (1 + k * DBL_EPSILON));
        }
    for (int k = 0; k < 40000; k++) {
        bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        const double share = (double)(bits >> 11) * 0x1p-53;
        reads_back(share);
        reads_back(pow(10, 40 * share - 20));
        reads_back((double)(bits >> 40) / 1000003.0);
    }
    reads_back(-0.25);
    json_t *list = json_pack("[f, f, f, i, {s:f, s:f}]", 0.0, 0.25, 3.0, 7, "p", 12345.678, "se", 1e-7);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    json_text_write_exact(out, list);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(text, "[0.0,0.25,3.0,7,{\"p\": 12345.678, \"se\": 9.9999999999999995e-08}]");
    json_decref(list);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact),
        cmocka_unit_test(test_estimates),
        cmocka_unit_test(test_estimates_are_near),
        cmocka_unit_test(test_exact_reads_back),
    };

    return cmocka_run_group_tests_name("json_text", tests, NULL, NULL);
}
