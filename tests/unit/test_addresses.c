/* No two variates share a word of random numbers (docs/random-numbers.md): every block that a path asks for is
 * recorded, on small configurations with every feature, and held to the map of the addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MM_LANES 1
#include "kernels/philox.h"

#include <stdlib.h>
#include <string.h>

#define MOST_BLOCKS (1 << 16)

struct block {
    uint32_t c0, c1, c2, c3;
};
static struct {
    size_t n;
    struct block blocks[MOST_BLOCKS];
} drawn;

static void recorded_philox(vuint c0, vuint c1, uint c2, uint c3, uint k0, uint k1, vuint out[4]) {
    assert_true(drawn.n < MOST_BLOCKS);
    memcpy(&drawn.blocks[drawn.n].c0, &c0, 4);
    memcpy(&drawn.blocks[drawn.n].c1, &c1, 4);
    drawn.blocks[drawn.n].c2 = c2;
    drawn.blocks[drawn.n].c3 = c3;
    drawn.n++;
    philox(c0, c1, c2, c3, k0, k1, out);
}

#define philox recorded_philox
#define LANES_NAME lanes_recorded
#include "host/engine/lanes/lanes_body.h"
#undef philox

#include "support/random_scene.h"
#include "support/scene.h"

#define PATH UINT64_C(0x12345678ab) /* needs both words */

static int by_address(const void *a, const void *b) {
    return memcmp(a, b, sizeof(struct block));
}

/* All blocks of one path, sorted. */
static void draw_path(const struct scene *scene) {
    const struct mm_head *head = &scene->plan->head;
    void *scratch = aligned_alloc(64, (lanes_scratch_bytes(head, 1) + 63) / 64 * 64);
    struct lanes_job job = {
        .head = head, .pool = scene->plan->pool, .scratch = scratch, .seed = 1, .first_path = PATH, .n_valid = 1};
    assert_non_null(scratch);
    drawn.n = 0;
    lanes_recorded.begin(&job);
    for (int t = 0; t < head->months; t++)
        lanes_recorded.month(&job, t);
    free(scratch);
    qsort(drawn.blocks, drawn.n, sizeof *drawn.blocks, by_address);
}

static int firm_phases(const struct sc_scenario *s, int firm) {
    return firm < s->n_firms ? s->firms[firm].n_phases : 0;
}

static int all_strikes(const struct sc_scenario *s, int shock) {
    return shock < s->n_shocks ? s->shocks[shock].times : 0;
}

static int launch_dates(const struct sc_scenario *s, int entry) {
    return entry < s->n_launches ? s->launches[entry].n_planned : 0;
}

/* Whether the map has this block, in a configuration of this size. */
static bool is_on_map(const struct sc_scenario *s, const struct block *block) {
    const int whose = (int)(block->c3 & 0xffffff), c2 = (int)block->c2, region = c2 >> 20, months = (s->months + 3) / 4;
    switch (block->c3 >> 24) {
    case MM_KIND_COMMON:
        return whose == 0 && c2 == 0;
    case MM_KIND_FACTOR_GPU:
        return whose == 0 && c2 < (s->n_generations + 3) / 4;
    case MM_KIND_FACTOR_POWER:
    case MM_KIND_FACTOR_SHELL:
        return whose == 0 && c2 < (s->n_regions + 3) / 4;
    case MM_KIND_STEP_SLIP:
        return whose < s->n_firms && region < s->n_regions;
    case MM_KIND_STEP_CANCEL:
        return whose < s->n_firms && region < (s->n_regions + 3) / 4;
    case MM_KIND_PHASE_SLIP:
        return c2 < firm_phases(s, whose);
    case MM_KIND_PHASE_CANCEL:
        return c2 < (firm_phases(s, whose) + 3) / 4;
    case MM_KIND_FIRM_MONTH:
        return whose < s->n_firms && c2 < months;
    case MM_KIND_INDEX_MONTH:
    case MM_KIND_REGIME_MONTH:
        return whose == 0 && c2 < months;
    case MM_KIND_CAMPAIGN:
        return whose < s->n_firms && c2 < s->months + 1200;
    case MM_KIND_LAUNCH:
        return c2 < launch_dates(s, whose);
    case MM_KIND_SHOCK:
        return c2 < all_strikes(s, whose);
    default:
        return false;
    }
}

static void every_block_is_asked_for_once(void **state) {
    bool kinds[256] = {false};
    size_t all = 0;
    (void)state;
    for (unsigned number = 0; number < 20; number++) {
        struct scene scene = random_scene(number);
        draw_path(&scene);
        assert_true(drawn.n > 50);
        for (size_t i = 0; i < drawn.n; i++) {
            const struct block *block = &drawn.blocks[i];
            assert_true(block->c0 == (uint32_t)PATH && block->c1 == (uint32_t)(PATH >> 32));
            if (!is_on_map(scene.data, block))
                fail_msg("block %08x %08x of configuration %u is not on the map", block->c3, block->c2, number);
            if (i > 0 && by_address(block - 1, block) == 0)
                fail_msg("block %08x %08x of configuration %u is drawn twice", block->c3, block->c2, number);
            kinds[block->c3 >> 24] = true;
        }
        all += drawn.n;
        scene_free(&scene);
    }
    for (int kind = MM_KIND_COMMON; kind <= MM_KIND_SHOCK; kind++)
        if (!kinds[kind])
            fail_msg("no configuration draws kind %d", kind);
    assert_true(all > 2000);
}

/* Inside a block, each word belongs to one phase. */
static void every_word_has_one_phase(void **state) {
    (void)state;
    for (unsigned number = 0; number < 20; number++) {
        struct scene scene = random_scene(number);
        const struct mm_head *head = &scene.plan->head;
        const struct mm_group *groups = (const struct mm_group *)(const void *)(scene.plan->pool + head->groups);
        const struct mm_phase *phases = (const struct mm_phase *)(const void *)(scene.plan->pool + head->phases);
        for (int i = 0; i < head->n_phases; i++)
            for (int j = 0; j < i; j++)
                assert_false(phases[i].slip_c2 == phases[j].slip_c2 && phases[i].slip_c3 == phases[j].slip_c3);
        for (int i = 0; i < head->n_groups; i++) {
            for (int a = 0; a < groups[i].n; a++)
                for (int b = 0; b < a; b++)
                    assert_int_not_equal(groups[i].word[a], groups[i].word[b]);
            for (int j = 0; j < i; j++)
                for (int a = 0; a < groups[i].n; a++)
                    for (int b = 0; b < groups[j].n; b++)
                        assert_false(groups[i].c2 == groups[j].c2 && groups[i].c3 == groups[j].c3 &&
                                     groups[i].word[a] == groups[j].word[b]);
        }
        scene_free(&scene);
    }
}

/* The fields of an address do not run into each other at the limits of a configuration. */
static void fields_keep_apart(void **state) {
    static const uint32_t whose[] = {0, 1, (1U << 17) - 1}, step[] = {0, 1, (1U << 20) - 1};
    struct block seen[16 * 3 * 16 * 3];
    size_t n = 0;
    (void)state;
    for (uint32_t kind = MM_KIND_COMMON; kind <= MM_KIND_SUBSET; kind++)
        for (int w = 0; w < 3; w++)
            for (uint32_t region = 0; region < MM_MAX_REGIONS; region++)
                for (int k = 0; k < 3; k++)
                    seen[n++] = (struct block){0, 0, region << 20 | step[k], MM_ADDRESS(kind, whose[w])};
    qsort(seen, n, sizeof *seen, by_address);
    for (size_t i = 1; i < n; i++)
        assert_int_not_equal(by_address(&seen[i - 1], &seen[i]), 0);
    assert_true(MM_KIND_SUBSET < 256 && MM_MAX_REGIONS <= 1 << 12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_block_is_asked_for_once),
        cmocka_unit_test(every_word_has_one_phase),
        cmocka_unit_test(fields_keep_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
