/* The points of sweeps: grids, Latin hypercubes, Sobol sequences, and what is no range. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/study/design.h"

#define AXES 3

static struct design laid_out(mm_design kind, size_t points, size_t n, const char *const *vary) {
    struct design design;
    mm_messages *messages = mm_messages_new();
    mm_status status = design_read(vary, n, kind, points, &design, messages);
    for (size_t i = 0; i < mm_messages_count(messages); i++)
        print_message("%s\n", mm_messages_text(messages, i));
    assert_int_equal(status, MM_OK);
    mm_messages_free(messages);
    return design;
}

static void expect_point(const struct design *design, size_t point, const char *wanted) {
    char *sets[AXES] = {0}, text[256] = "";
    size_t used = 0;
    assert_true(design_point(design, point, sets));
    for (size_t i = 0; i < design->n_axes; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i ? " " : "", sets[i]);
        free(sets[i]);
    }
    assert_string_equal(text, wanted);
}

static void a_grid_has_every_combination(void **state) {
    (void)state;
    static const char *const vary[] = {"a.b=0:0.3:4", "c=x,[1, 2],\"p,q\"", "d=1:100:3:log"};
    struct design design = laid_out(MM_DESIGN_GRID, 0, 3, vary);
    assert_int_equal(design.n_points, 4 * 3 * 3);
    expect_point(&design, 0, "a.b=0 c=x d=1");
    expect_point(&design, 1, "a.b=0 c=x d=10");
    expect_point(&design, 2, "a.b=0 c=x d=100");
    expect_point(&design, 3, "a.b=0 c=[1, 2] d=1");
    expect_point(&design, 8, "a.b=0 c=\"p,q\" d=100");
    expect_point(&design, 9, "a.b=0.1 c=x d=1");
    expect_point(&design, 18, "a.b=0.2 c=x d=1"); /* and not 0.20000000000000001 */
    expect_point(&design, 35, "a.b=0.3 c=\"p,q\" d=100");
    design_free(&design);
    static const char *const one[] = {"a=5:9:1", "b=2", "c=-1:1:3"};
    design = laid_out(MM_DESIGN_GRID, 0, 3, one);
    assert_int_equal(design.n_points, 3);
    expect_point(&design, 0, "a=5 b=2 c=-1");
    expect_point(&design, 1, "a=5 b=2 c=0");
    design_free(&design);
}

/* Each of n strata of each axis is used once, and the same points come again. */
static void a_hypercube_uses_each_stratum_once(void **state) {
    (void)state;
    static const char *const vary[] = {"a=0:1", "b=10:20", "c=x,y"};
    struct design design = laid_out(MM_DESIGN_LHS, 64, 3, vary), again = laid_out(MM_DESIGN_LHS, 64, 3, vary);
    assert_int_equal(design.n_points, 64);
    assert_memory_equal(design.unit, again.unit, 64 * 3 * sizeof(double));
    size_t same_order = 0;
    for (size_t axis = 0; axis < 3; axis++) {
        int used[64] = {0};
        for (size_t i = 0; i < 64; i++) {
            double unit = design.unit[i * 3 + axis];
            assert_true(unit >= 0 && unit < 1);
            used[(int)(unit * 64)]++;
            same_order += axis == 1 && (int)(unit * 64) == (int)(design.unit[i * 3] * 64);
        }
        for (size_t i = 0; i < 64; i++)
            assert_int_equal(used[i], 1);
    }
    assert_true(same_order < 8); /* 1 is expected of independent orders */
    size_t xs = 0;
    for (size_t i = 0; i < 64; i++) {
        char *sets[AXES];
        assert_true(design_point(&design, i, sets));
        double b = strtod(sets[1] + 2, NULL);
        assert_true(b >= 10 && b <= 20);
        xs += strcmp(sets[2], "c=x") == 0;
        for (size_t k = 0; k < 3; k++)
            free(sets[k]);
    }
    assert_int_equal(xs, 32);
    design_free(&design);
    design_free(&again);
}

/* Sobol's sequence begins 1/2; 3/4, 1/4; 3/8 ... in every dimension's first points. */
static void a_sobol_sequence(void **state) {
    (void)state;
    static const char *const vary[] = {"a=0:1", "b=0:8"};
    struct design design = laid_out(MM_DESIGN_SOBOL, 7, 2, vary);
    expect_point(&design, 0, "a=0.5 b=4");
    expect_point(&design, 1, "a=0.75 b=2");
    expect_point(&design, 2, "a=0.25 b=6");
    int quarters[4][4] = {{0}};
    design_free(&design);
    design = laid_out(MM_DESIGN_SOBOL, 15, 2, vary);
    for (size_t i = 0; i < 15; i++)
        quarters[(int)(design.unit[2 * i] * 4)][(int)(design.unit[2 * i + 1] * 4)]++;
    for (int i = 0; i < 16; i++)
        assert_int_equal(quarters[i / 4][i % 4], i == 0 ? 0 : 1); /* the point at 0 is left out */
    design_free(&design);
}

static void what_is_no_design(void **state) {
    (void)state;
    static const struct {
        const char *vary;
        mm_design kind;
        size_t points;
        const char *message;
    } cases[] = {{"a", MM_DESIGN_GRID, 0, "write key=lo:hi:n"},
                 {"=1,2", MM_DESIGN_GRID, 0, "write key=lo:hi:n"},
                 {"a=", MM_DESIGN_GRID, 0, "a value is missing"},
                 {"a=1,,2", MM_DESIGN_GRID, 0, "a value is missing"},
                 {"a=1:2", MM_DESIGN_GRID, 0, "how many values"},
                 {"a=1:2:0", MM_DESIGN_GRID, 0, "whole number from 1"},
                 {"a=1:2:2.5", MM_DESIGN_GRID, 0, "whole number from 1"},
                 {"a=1:2:3:lin", MM_DESIGN_GRID, 0, "lo:hi:n:log"},
                 {"a=0:2:3:log", MM_DESIGN_GRID, 0, "above 0"},
                 {"a=1:2:3", MM_DESIGN_LHS, 5, "--points says how many"},
                 {"a=1:2", MM_DESIGN_LHS, 0, "needs --points"},
                 {"a=1:2:3", MM_DESIGN_GRID, 5, "--points goes with"},
                 {"a=1:2:2000000", MM_DESIGN_GRID, 0, "whole number from 1"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct design design;
        mm_messages *messages = mm_messages_new();
        assert_int_equal(design_read(&cases[i].vary, 1, cases[i].kind, cases[i].points, &design, messages), MM_USAGE);
        assert_int_equal(mm_messages_count(messages), 1);
        if (!strstr(mm_messages_text(messages, 0), cases[i].message))
            fail_msg("'%s' has no '%s'", mm_messages_text(messages, 0), cases[i].message);
        mm_messages_free(messages);
        design_free(&design);
    }
    static const char *const twice[] = {"a=1,2", "a=3,4"}, *const large[] = {"a=0:1:2000", "b=0:1:2000"};
    struct design design;
    mm_messages *messages = mm_messages_new();
    assert_int_equal(design_read(twice, 2, MM_DESIGN_GRID, 0, &design, messages), MM_USAGE);
    design_free(&design);
    assert_int_equal(design_read(large, 2, MM_DESIGN_GRID, 0, &design, messages), MM_USAGE);
    design_free(&design);
    mm_messages_free(messages);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_grid_has_every_combination),
                                       cmocka_unit_test(a_hypercube_uses_each_stratum_once),
                                       cmocka_unit_test(a_sobol_sequence), cmocka_unit_test(what_is_no_design)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
