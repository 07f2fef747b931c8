/* The sizes of batches, from made-up times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/study/batch.h"

#define STEP 100

static uint64_t after(struct batch batch, double seconds) {
    batch_learn(&batch, seconds);
    return batch.paths;
}

static void by_time(void **state) {
    (void)state;
    struct batch batch = batch_first(0, STEP, 0.25);
    assert_int_equal(batch.paths, STEP);
    batch_learn(&batch, 0.125); /* twice as many would take as long as wanted */
    assert_int_equal(batch.paths, 2 * STEP);
    assert_int_equal(after(batch, 0.25), 2 * STEP);
    assert_int_equal(after(batch, 0.2), 2 * STEP);   /* 250: whole steps */
    assert_int_equal(after(batch, 0.001), 8 * STEP); /* no more than four times as many ... */
    assert_int_equal(after(batch, 0), 8 * STEP);     /* ... also where no time was measured */
    assert_int_equal(after(batch, 0.5), STEP);       /* it took too long */
    assert_int_equal(after(batch, 1000), STEP);      /* but a step is the least */
    batch = batch_first(0, STEP, 1.0);
    assert_int_equal(after(batch, 0.5), 2 * STEP);
}

static void fixed(void **state) {
    (void)state;
    const struct batch batch = batch_first(7, STEP, 0.25);
    assert_int_equal(batch.paths, 7);
    assert_int_equal(after(batch, 0.001), 7);
    assert_int_equal(after(batch, 1000), 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_time), cmocka_unit_test(fixed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
