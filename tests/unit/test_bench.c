/* What the bench counts is what the program runs: its copy of the kernel gives the same tallies, its reader of
 * instructions knows them, its counter misses none. */
#include "support/scene.h"

#include <stdlib.h>
#include <string.h>

#include <mismatch/bench.h>

#include "host/engine/lanes/bench.h"
#include "host/engine/step.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define UNDER_TSAN
#endif
#endif

static void *zeroed(size_t bytes) {
    void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    assert_non_null(memory);
    memset(memory, 0, (bytes + 63) / 64 * 64);
    return memory;
}

/* Two groups, the second of fewer paths, through the ordinary kernel and through the bench's. */
static void same_tallies(struct scene scene, int width) {
    const struct lanes_ops *ordinary = lanes_get(width);
    const struct bench_ops *ops = bench_get(width);
    const struct mm_head *head = &scene.plan->head;
    const size_t few = (size_t)head->n_counts, counts = few * sizeof(uint32_t);
    const size_t sums = (size_t)head->n_sums * sizeof(uint64_t);
    struct lanes_job job = {.head = head,
                            .pool = scene.plan->pool,
                            .scratch = zeroed(lanes_scratch_bytes(head, width)),
                            .seed = 7,
                            .n_valid = (unsigned)width};
    uint8_t *first_counted[2] = {zeroed(few), zeroed(few)};
    uint32_t *counted[2] = {zeroed(counts), zeroed(counts)};
    uint64_t *summed[2] = {zeroed(sums), zeroed(sums)};
    struct bench_clock clock = {0};
    for (uint64_t first = 0; first < 2 * (uint64_t)width; first += (uint64_t)width) {
        job.first_path = first;
        job.n_valid = first ? (unsigned)(width + 1) / 2 : (unsigned)width;
        job.few = first_counted[0];
        job.counts = counted[0];
        job.sums = summed[0];
        ordinary->block(&job);
        ordinary->drain(&job);
        job.few = first_counted[1];
        job.counts = counted[1];
        job.sums = summed[1];
        ops->begin(&job, &clock);
        for (int t = 0; t < head->months; t++)
            ops->month(&job, &clock, t);
        ops->end(&job, &clock);
        ordinary->drain(&job);
    }
    assert_memory_equal(counted[0], counted[1], counts);
    assert_memory_equal(summed[0], summed[1], sums);
    uint64_t all = 0;
    for (size_t i = 0; i < (size_t)head->n_counts; i++)
        all += counted[0][i];
    assert_true(all > 0);
    for (int s = 0; s < MM_STAGES; s++)
        if (clock.ticks[s] == 0)
            fail_msg("stage %d was never entered", s);
    free(job.scratch);
    for (int i = 0; i < 2; i++) {
        free(first_counted[i]);
        free(counted[i]);
        free(summed[i]);
    }
}

static void kernel(void **state) {
    static const int widths[] = {1, 4, 8, 16};
    (void)state;
    struct scene scene = scene_file("tests/data/every-key.yaml", NULL, 0);
    for (size_t i = 0; i < 4; i++)
        if (lanes_get(widths[i]))
            same_tallies(scene, widths[i]);
        else
            print_message("no %d lanes on this machine\n", widths[i]);
    scene_free(&scene);
}

/* Encodings from the assembler: `objdump -d` of the text beside them. */
static void decoding(void **state) {
    static const struct {
        const char *code;
        enum step_kind kind;
        int width;
        bool loads, stores;
    } known[] = {
        {"\x62\xf2\x75\x48\x98\xc2", STEP_FMA, 3, false, false},              /* vfmadd132ps zmm0, zmm1, zmm2 */
        {"\x62\xf2\x75\x48\xb8\x00", STEP_FMA, 3, true, false},               /* vfmadd231ps zmm0, zmm1, [rax] */
        {"\xc4\xe2\x75\xb8\xc2", STEP_FMA, 2, false, false},                  /* vfmadd231ps ymm0, ymm1, ymm2 */
        {"\xc4\xe2\x71\xb9\xc2", STEP_FMA, 0, false, false},                  /* vfmadd231ss xmm0, xmm1, xmm2 */
        {"\xc5\xf4\x59\xc2", STEP_MULTIPLY, 2, false, false},                 /* vmulps ymm0, ymm1, ymm2 */
        {"\xc5\xf2\x59\xc2", STEP_MULTIPLY, 0, false, false},                 /* vmulss xmm0, xmm1, xmm2 */
        {"\x62\xf1\x74\x48\x58\xc2", STEP_ADD, 3, false, false},              /* vaddps zmm0, zmm1, zmm2 */
        {"\x62\xf1\x74\x48\x5f\xc2", STEP_COMPARE, 3, false, false},          /* vmaxps zmm0, zmm1, zmm2 */
        {"\x62\xf1\x7c\x48\x5b\xc1", STEP_CONVERT, 3, false, false},          /* vcvtdq2ps zmm0, zmm1 */
        {"\x62\xf1\xf5\x48\xf4\xc2", STEP_INTEGER_MULTIPLY, 3, false, false}, /* vpmuludq zmm0, zmm1, zmm2 */
        {"\x62\xf1\x75\x48\xef\xc2", STEP_INTEGER, 3, false, false},          /* vpxord zmm0, zmm1, zmm2 */
        {"\x62\xf3\x75\x48\x25\xc2\x96", STEP_INTEGER, 3, false, false},      /* vpternlogd */
        {"\x62\xf2\x75\x48\x36\xc2", STEP_SHUFFLE, 3, false, false},          /* vpermd zmm0, zmm1, zmm2 */
        {"\x62\xf1\x7c\x48\x29\x00", STEP_MOVE, 3, false, true},              /* vmovaps [rax], zmm0 */
        {"\xc5\xfc\x28\x00", STEP_MOVE, 2, true, false},                      /* vmovaps ymm0, [rax] */
        {"\xc5\xf8\x92\xc8", STEP_MASK, 0, false, false},                     /* kmovw k1, eax */
        {"\xf3\x0f\x58\xc1", STEP_ADD, 0, false, false},                      /* addss xmm0, xmm1 */
        {"\x0f\x58\xc1", STEP_ADD, 1, false, false},                          /* addps xmm0, xmm1 */
        {"\x48\x8b\x07", STEP_SCALAR, 0, true, false},                        /* mov rax, [rdi] */
        {"\x48\x89\x07", STEP_SCALAR, 0, false, true},                        /* mov [rdi], rax */
        {"\x48\x01\x07", STEP_SCALAR, 0, true, true},                         /* add [rdi], rax */
        {"\x48\x8d\x04\x37", STEP_SCALAR, 0, false, false},                   /* lea rax, [rdi+rsi] */
        {"\x83\x3f\x07", STEP_SCALAR, 0, true, false},                        /* cmp dword [rdi], 7 */
        {"\xc4\xe2\xf0\xf2\xc2", STEP_SCALAR, 0, false, false},               /* andn rax, rcx, rdx */
        {"\xf3\x48\x0f\xb8\xc1", STEP_SCALAR, 0, false, false},               /* popcnt rax, rcx */
        {"\x55", STEP_SCALAR, 0, false, true},                                /* push rbp */
    };
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        unsigned char code[16] = {0};
        memcpy(code, known[i].code, strlen(known[i].code)); /* a last byte of 0 is there already */
        struct step_instruction found = step_decode(code);
        if (found.kind != known[i].kind || found.width != known[i].width || found.loads != known[i].loads ||
            found.stores != known[i].stores)
            fail_msg("instruction %d: kind %d, width %d, loads %d, stores %d", (int)i, (int)found.kind, found.width,
                     found.loads, found.stores);
    }
}

/* 100 rounds of four instructions: two to add, one to load, one to go back; and a few around them. */
static void counting(void **state) {
    (void)state;
#if defined(UNDER_TSAN)
    skip(); /* its runtime holds signals back */
#elif defined(__x86_64__)
    struct step_counts *counts = calloc(1, sizeof *counts);
    volatile int stage = 3;
    uint64_t memory = 1, rounds = 100, sum = 0;
    assert_non_null(counts);
    step_begin(counts, &stage);
    __asm__ volatile("0: addq (%2), %0\n\taddss %%xmm0, %%xmm0\n\tdecq %1\n\tjnz 0b"
                     : "+r"(sum), "+r"(rounds)
                     : "r"(&memory)
                     : "xmm0", "cc", "memory");
    step_end();
    assert_int_equal(sum, 100);
    assert_int_equal(counts->n[3][STEP_ADD][0], 100);
    assert_in_range(counts->n[3][STEP_SCALAR][0], 300, 340);
    assert_in_range(counts->loads[3][0], 100, 125);
    const uint64_t once = counts->n[3][STEP_SCALAR][0];
    for (int i = 0; i < 1000; i++) /* nothing is counted any more */
        sum += memory;
    assert_int_equal(sum, 1100);
    assert_int_equal(counts->n[3][STEP_SCALAR][0], once);
    free(counts);
#else
    assert_false(step_possible());
#endif
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernel),
        cmocka_unit_test(decoding),
        cmocka_unit_test(counting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
