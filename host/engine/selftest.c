#include "host/engine/selftest.h"

#include <stdio.h>

struct selftest_row *selftest_add(struct selftest *test, const char *check, bool passed) {
    struct selftest_row *row = &test->rows[test->n < SELFTEST_ROWS ? test->n++ : SELFTEST_ROWS - 1];
    *row = (struct selftest_row){.passed = passed};
    snprintf(row->check, sizeof row->check, "%s", check);
    return row;
}
