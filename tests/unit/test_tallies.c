/* Tallies: shape, carry, bytes, digest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/engine/tallies.h"

static struct tallies *filled(size_t n_counts, size_t n_sums, uint64_t start) {
    struct tallies *tallies = tallies_new(n_counts, n_sums);
    assert_non_null(tallies);
    for (size_t i = 0; i < n_counts; i++)
        tallies->counts[i] = start + i * UINT64_C(0x9E3779B97F4A7C15);
    for (size_t i = 0; i < n_sums; i++)
        tallies->sums[i] = (struct tally_sum){start * 3 + i, i << 40};
    return tallies;
}

static void empty_shapes(void **state) {
    (void)state;
    struct tallies *tallies = tallies_new(0, 0);
    char digest[65];
    size_t size;
    assert_non_null(tallies);
    tallies_digest(tallies, digest);
    assert_int_equal(strlen(digest), 64);
    unsigned char *bytes = tallies_to_bytes(tallies, &size);
    assert_non_null(bytes);
    assert_int_equal(size, 0);
    assert_int_equal(tallies_from_bytes(tallies, bytes, 0), 0);
    free(bytes);
    tallies_free(tallies);
    tallies_free(NULL);
}

static void addition_carries(void **state) {
    (void)state;
    struct tallies *a = tallies_new(1, 2), *b = tallies_new(1, 2);
    a->counts[0] = UINT64_C(1) << 39;
    b->counts[0] = UINT64_C(1) << 39;
    a->sums[0] = (struct tally_sum){UINT64_MAX, 4};
    b->sums[0] = (struct tally_sum){1, 1};
    a->sums[1] = (struct tally_sum){UINT64_MAX, 0};
    b->sums[1] = (struct tally_sum){UINT64_MAX, 0};
    tallies_add(a, b);
    assert_true(a->counts[0] == UINT64_C(1) << 40);
    assert_true(a->sums[0].low == 0 && a->sums[0].high == 6);
    assert_true(a->sums[1].low == UINT64_MAX - 1 && a->sums[1].high == 1);
    tallies_free(a);
    tallies_free(b);
}

static void values(void **state) {
    (void)state;
    assert_true(tally_value((struct tally_sum){5, 0}) == 5.0L);
    assert_true(tally_value((struct tally_sum){0, 1}) == 18446744073709551616.0L);
    assert_true(tally_value((struct tally_sum){1, 3}) == 3 * 18446744073709551616.0L + 1);
}

static void bytes_return(void **state) {
    (void)state;
    struct tallies *a = filled(700, 411, 12345), *b = tallies_new(700, 411);
    char digest_a[65], digest_b[65];
    size_t size;
    unsigned char *bytes = tallies_to_bytes(a, &size);
    assert_int_equal(size, 8 * 700 + 16 * 411);
    assert_int_equal(bytes[0], 12345 & 255); /* the low byte first, on every machine */
    assert_int_equal(bytes[1], 12345 >> 8);
    assert_int_equal(tallies_from_bytes(b, bytes, size), 0);
    assert_int_equal(tallies_from_bytes(b, bytes, size - 1), -1);
    assert_int_equal(tallies_from_bytes(b, bytes, size + 8), -1);
    tallies_digest(a, digest_a);
    tallies_digest(b, digest_b);
    assert_string_equal(digest_a, digest_b);
    free(bytes);
    tallies_free(a);
    tallies_free(b);
}

/* The words of [1 count, 1 sum] = {7; low 8, high 9} hashed by another program. */
static void known_digest(void **state) {
    (void)state;
    struct tallies *tallies = tallies_new(1, 1);
    char digest[65];
    tallies->counts[0] = 7;
    tallies->sums[0] = (struct tally_sum){8, 9};
    tallies_digest(tallies, digest);
    assert_string_equal(digest, "9b6686978772b78896031e8dc5225d1f0d3df50830d94f7293a4c4477599ed31");
    tallies_free(tallies);
}

static void digest_sees_everything(void **state) {
    (void)state;
    struct tallies *a = filled(3, 2, 1), *other = tallies_new(5, 1);
    char before[65], after[65];
    tallies_digest(a, before);
    a->sums[1].high ^= 1;
    tallies_digest(a, after);
    assert_string_not_equal(before, after);
    a->sums[1].high ^= 1;
    a->counts[2] ^= UINT64_C(1) << 63;
    tallies_digest(a, after);
    assert_string_not_equal(before, after);
    /* the same words in another shape */
    struct tallies *zero = tallies_new(3, 2);
    tallies_digest(zero, before);
    tallies_digest(other, after);
    assert_string_not_equal(before, after);
    tallies_free(a);
    tallies_free(other);
    tallies_free(zero);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_shapes), cmocka_unit_test(addition_carries), cmocka_unit_test(values),
        cmocka_unit_test(bytes_return), cmocka_unit_test(known_digest),     cmocka_unit_test(digest_sees_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
