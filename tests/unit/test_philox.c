/* Philox against its published known answers and against Random123, on every
 * lane of every width this processor can run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "random123.h"

#include "lanes_probe.h"

static const struct lanes_probe *const all_probes[] = {&probe_w1, &probe_w4, &probe_w8, &probe_w16};
enum { PROBES = sizeof all_probes / sizeof *all_probes, BATCH = 16 };

struct answer {
    uint32_t c[4], k[2], out[4];
};

/* kat_vectors of Random123, philox4x32 with 10 rounds. */
static const struct answer answers[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

/* The answer is asked of one lane while the others hold something else. */
static void known_answer_on_lane(const struct lanes_probe *p, const struct answer *a, int lane) {
    uint32_t c0[BATCH], c1[BATCH], out[4 * BATCH];
    for (uint32_t i = 0; i < BATCH; i++) {
        c0[i] = 0x12345u * (i + 1);
        c1[i] = 0xdeadbeefu ^ i;
    }
    c0[lane] = a->c[0];
    c1[lane] = a->c[1];
    p->philox(c0, c1, a->c[2], a->c[3], a->k[0], a->k[1], out, BATCH);
    for (int w = 0; w < 4; w++)
        assert_int_equal(out[w * BATCH + lane], a->out[w]);
}

static void test_known_answers(void **state) {
    (void)state;
    for (int p = 0; p < PROBES; p++) {
        if (!probe_usable(all_probes[p]))
            continue;
        for (size_t a = 0; a < sizeof answers / sizeof *answers; a++)
            for (int lane = 0; lane < BATCH; lane++)
                known_answer_on_lane(all_probes[p], &answers[a], lane);
    }
}

static void compare_batch(const struct lanes_probe *p, philox4x32_ctr_t *ctr) {
    philox4x32_key_t key = {{0, 0}};
    uint32_t c0[BATCH], c1[BATCH], out[4 * BATCH];
    /* The reference stream itself, under key 0, supplies the arguments. */
    for (int i = 0; i < BATCH; i++) {
        ctr->v[0]++;
        philox4x32_ctr_t r = philox4x32(*ctr, key);
        c0[i] = r.v[0];
        c1[i] = r.v[1];
    }
    ctr->v[0]++;
    philox4x32_ctr_t u = philox4x32(*ctr, key);
    p->philox(c0, c1, u.v[0], u.v[1], u.v[2], u.v[3], out, BATCH);
    for (int i = 0; i < BATCH; i++) {
        philox4x32_ctr_t c = {{c0[i], c1[i], u.v[0], u.v[1]}};
        philox4x32_key_t k = {{u.v[2], u.v[3]}};
        philox4x32_ctr_t r = philox4x32(c, k);
        for (int w = 0; w < 4; w++)
            assert_int_equal(out[w * BATCH + i], r.v[w]);
    }
}

static void test_random_blocks(void **state) {
    (void)state;
    for (int p = 0; p < PROBES; p++) {
        philox4x32_ctr_t ctr = {{0, 0, 0, 17}};
        if (!probe_usable(all_probes[p]))
            continue;
        for (int b = 0; b < 100000; b += BATCH)
            compare_batch(all_probes[p], &ctr);
    }
}

/* Counts the widths this processor cannot run as a skipped test. */
static void test_all_widths_ran(void **state) {
    int missing = 0;
    (void)state;
    for (int p = 0; p < PROBES; p++)
        if (!probe_usable(all_probes[p])) {
            print_message("skipped: %d lanes, not on this processor\n", all_probes[p]->lanes);
            missing++;
        }
    if (missing)
        skip();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers),
        cmocka_unit_test(test_random_blocks),
        cmocka_unit_test(test_all_widths_ran),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
