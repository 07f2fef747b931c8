/* The bench's copy of the kernel for one lane width, from the same source, with a clock where stages begin; and loops
 * that time single functions and units. Included once by each bench_w*.c, which defines MM_LANES and BENCH_NAME. */
#define MM_STAGE_CLOCK
#define MM_STAGE(k, stage_name) enter((k)->clock, stage_name)
#include "host/engine/lanes/bench.h"
#include "host/engine/lanes/bench_clock.h"
#include "host/engine/lanes/bench_table.h"

static inline void enter(struct bench_clock *clock, int stage) {
    const uint64_t now = bench_ticks();
    clock->ticks[clock->stage] += now - clock->since;
    clock->since = now;
    clock->stage = stage;
}

#include "kernels/path.h"

/* ---- a path ---- */

static void open_clock(const struct lanes_job *job, struct bench_clock *clock, struct mm_context *k) {
    *k = (struct mm_context){.h = job->head,
                             .pool = job->pool,
                             .ws = (vreal *)job->scratch,
                             .wi = (vint *)job->scratch,
                             .clock = clock,
                             .counts = job->few,
                             .clipped = job->counts + job->head->c_clipped,
                             .sums = job->sums};
    context_paths(k, job->first_path, job->n_valid, job->seed);
    clock->since = bench_ticks();
}

static void bench_begin(const struct lanes_job *job, struct bench_clock *clock) {
    struct mm_context k;
    open_clock(job, clock, &k);
    path_begin(&k);
    enter(clock, clock->stage);
}

static void bench_month(const struct lanes_job *job, struct bench_clock *clock, int t) {
    struct mm_context k;
    open_clock(job, clock, &k);
    path_month(&k, t);
    tally_month(&k, t);
    enter(clock, clock->stage);
}

static void bench_end(const struct lanes_job *job, struct bench_clock *clock) {
    struct mm_context k;
    (void)path_run; /* it is these three in a row */
    open_clock(job, clock, &k);
    tally_path(&k);
    enter(clock, clock->stage);
}

/* ---- rates ---- */

/* Whatever the compiler knows of x ends here, so that it can neither leave work out nor join it. */
#if defined(__x86_64__) && MM_LANES == 16
#define KEEP(x) __asm__ volatile("" : "+v"(x))
#elif defined(__x86_64__)
#define KEEP(x) __asm__ volatile("" : "+x"(x))
#elif defined(__aarch64__) && MM_LANES <= 4
#define KEEP(x) __asm__ volatile("" : "+w"(x))
#else
#define KEEP(x) __asm__ volatile("" : "+m"(x))
#endif
#define CHAINS 12 /* independent, enough to keep every unit busy */

static uint32_t fold(vuint x) {
    uint32_t lane[MM_LANES], r = 0;
    memcpy(lane, &x, sizeof x);
    for (int i = 0; i < MM_LANES; i++)
        r ^= lane[i];
    return r;
}

static uint32_t rate_philox(uint64_t n) {
    vuint sum = v_u(0), ids = v_as_u(v_lane_ids());
    for (uint32_t b = 0; b < n / (4 * MM_LANES); b++) {
        vuint w[4];
        philox(ids, v_u(0), b, 1, 2, 3, w);
        sum ^= w[0] ^ w[1] ^ w[2] ^ w[3];
    }
    return fold(sum);
}

#define RATE_VARIATES(name, f)                                                                                         \
    static uint32_t name(uint64_t n) {                                                                                 \
        vuint ids = v_as_u(v_lane_ids());                                                                              \
        vreal sum[4] = {v_r(0), v_r(0), v_r(0), v_r(0)};                                                               \
        for (uint32_t b = 0; b < n / (4 * MM_LANES); b++) {                                                            \
            vuint w[4];                                                                                                \
            philox(ids, v_u(0), b, 1, 2, 3, w);                                                                        \
            for (int i = 0; i < 4; i++)                                                                                \
                sum[i] = sum[i] + f(w[i]);                                                                             \
        }                                                                                                              \
        return fold(v_as_u((sum[0] + sum[1]) + (sum[2] + sum[3])));                                                    \
    }
RATE_VARIATES(rate_normal, v_normal)
RATE_VARIATES(rate_exponential, v_expo)

/* A cheap generator in place of Philox. */
static uint32_t rate_quantile(uint64_t n) {
    vuint w = v_as_u(v_lane_ids()) * v_u(0x9e3779b9u);
    vreal sum = v_r(0);
    for (uint64_t b = 0; b < n / MM_LANES; b++) {
        w += v_u(0x6a09e667u);
        sum = sum + v_normal(w);
    }
    return fold(v_as_u(sum));
}

#define RATE_FUNCTION(name, first, step, f)                                                                            \
    static uint32_t name(uint64_t n) {                                                                                 \
        vreal x = v_i2f(v_lane_ids()) * v_r(0.5f) + v_r(first);                                                        \
        vreal start = x;                                                                                               \
        vuint sum = v_u(0);                                                                                            \
        for (uint64_t b = 0; b < n / MM_LANES; b++) {                                                                  \
            sum += v_as_u(f);                                                                                          \
            x = (b & 1023) == 1023 ? start : x + v_r(step);                                                            \
        }                                                                                                              \
        return fold(sum);                                                                                              \
    }
RATE_FUNCTION(rate_exp, -20.0f, 0.03125f, v_exp(x))
RATE_FUNCTION(rate_log, 0.125f, 0.03125f, v_log(x))
RATE_FUNCTION(rate_divide, 0.125f, 0.03125f, v_div(start, x))
RATE_FUNCTION(rate_root, 0.125f, 0.03125f, v_sqrt(x))

/* Independent chains in registers of their own: x0 ... x11. */
#define EACH(m) m(0) m(1) m(2) m(3) m(4) m(5) m(6) m(7) m(8) m(9) m(10) m(11)
#define RATE_UNIT(name, type, zero, step)                                                                              \
    static uint32_t name(uint64_t n) {                                                                                 \
        type x0 = zero, x1 = x0, x2 = x0, x3 = x0, x4 = x0, x5 = x0, x6 = x0, x7 = x0, x8 = x0, x9 = x0, x10 = x0,     \
             x11 = x0, a = UNIT_A(type), b = UNIT_B(type);                                                             \
        KEEP(a);                                                                                                       \
        KEEP(b);                                                                                                       \
        for (uint64_t i = 0; i < n / (4 * CHAINS * MM_LANES); i++) {                                                   \
            EACH(step) EACH(step) EACH(step) EACH(step)                                                                \
        }                                                                                                              \
        return fold(v_as_u(x0)) ^ fold(v_as_u(x1)) ^ fold(v_as_u(x2)) ^ fold(v_as_u(x3)) ^ fold(v_as_u(x4)) ^          \
               fold(v_as_u(x5)) ^ fold(v_as_u(x6)) ^ fold(v_as_u(x7)) ^ fold(v_as_u(x8)) ^ fold(v_as_u(x9)) ^          \
               fold(v_as_u(x10)) ^ fold(v_as_u(x11)) ^ fold(v_as_u(b));                                                \
    }
#define UNIT_A(type) (type) UNIT_A_##type
#define UNIT_B(type) (type) UNIT_B_##type
#define UNIT_A_vreal v_r(0.999f)
#define UNIT_A_vuint v_u(0x9e3779b9u)
#define UNIT_B_vreal v_r(0.001f)
#define UNIT_B_vuint v_u(1)
#define STEP_FMA_(c)                                                                                                   \
    x##c = v_fma(x##c, a, b);                                                                                          \
    KEEP(x##c);
#define STEP_ADD_(c)                                                                                                   \
    x##c = x##c + a;                                                                                                   \
    KEEP(x##c);
#define STEP_XOR_(c)                                                                                                   \
    x##c = x##c ^ a;                                                                                                   \
    KEEP(x##c);
#define STEP_TIMES_(c)                                                                                                 \
    x##c = x##c * a;                                                                                                   \
    KEEP(x##c);
RATE_UNIT(rate_fma, vreal, v_r(0.5f), STEP_FMA_)
RATE_UNIT(rate_add, vreal, v_r(0.5f), STEP_ADD_)
RATE_UNIT(rate_integer, vuint, v_u(1), STEP_XOR_)
RATE_UNIT(rate_integer_multiply, vuint, v_u(1), STEP_TIMES_)

enum { BUFFER = 4 * CHAINS }; /* vectors, well inside the first-level cache */

static uint32_t rate_load(uint64_t n) {
    _Alignas(64) static _Thread_local vuint buffer[BUFFER];
    const volatile vuint *from = buffer;
    for (uint64_t i = 0; i < n / (4 * CHAINS * MM_LANES); i++) {
#define STEP_LOAD_(c)                                                                                                  \
    {                                                                                                                  \
        vuint x = from[c];                                                                                             \
        KEEP(x);                                                                                                       \
    }
        EACH(STEP_LOAD_) EACH(STEP_LOAD_) EACH(STEP_LOAD_) EACH(STEP_LOAD_)
    }
    return fold(buffer[0]);
}

static uint32_t rate_store(uint64_t n) {
    _Alignas(64) static _Thread_local vuint buffer[BUFFER];
    volatile vuint *to = buffer;
    vuint x = v_u((uint)n);
    KEEP(x);
    for (uint64_t i = 0; i < n / (4 * CHAINS * MM_LANES); i++) {
#define STEP_STORE_(c) to[c] = x;
        EACH(STEP_STORE_) EACH(STEP_STORE_) EACH(STEP_STORE_) EACH(STEP_STORE_)
    }
    return fold(buffer[1]);
}

static uint32_t rate_scalar(uint64_t n) {
    uint32_t x0 = (uint32_t)n, x1 = x0, x2 = x0, x3 = x0, x4 = x0, x5 = x0;
#define STEP_SCALAR_(c)                                                                                                \
    x##c += 3;                                                                                                         \
    __asm__ volatile("" : "+r"(x##c));
#define SIX STEP_SCALAR_(0) STEP_SCALAR_(1) STEP_SCALAR_(2) STEP_SCALAR_(3) STEP_SCALAR_(4) STEP_SCALAR_(5)
    for (uint64_t i = 0; i < n / 50; i++) { /* and two of the loop */
        SIX SIX SIX SIX SIX SIX SIX SIX
    }
    return x0 ^ x1 ^ x2 ^ x3 ^ x4 ^ x5;
}

/* Copies of registers need no unit in most processors: what is left is how many instructions come through at all. */
static uint32_t rate_issue(uint64_t n) {
    for (uint64_t i = 0; i < n / 62; i++) {
#if defined(__x86_64__)
        __asm__ volatile(".rept 15\n\tmovl %%eax, %%ecx\n\tmovl %%edx, %%esi\n\tmovl %%eax, %%edi\n\tmovl %%edx, "
                         "%%r8d\n\t.endr"
                         :
                         :
                         : "ecx", "esi", "edi", "r8");
#else
        __asm__ volatile(".rept 60\n\tnop\n\t.endr");
#endif
    }
    return (uint32_t)n;
}

const struct bench_ops BENCH_NAME = {
    .width = MM_LANES,
    .rate = {[BENCH_PHILOX] = rate_philox,
             [BENCH_NORMAL] = rate_normal,
             [BENCH_EXPONENTIAL] = rate_exponential,
             [BENCH_QUANTILE] = rate_quantile,
             [BENCH_EXP] = rate_exp,
             [BENCH_LOG] = rate_log,
             [BENCH_DIVIDE] = rate_divide,
             [BENCH_ROOT] = rate_root,
             [BENCH_FMA] = rate_fma,
             [BENCH_ADD] = rate_add,
             [BENCH_INTEGER] = rate_integer,
             [BENCH_INTEGER_MULTIPLY] = rate_integer_multiply,
             [BENCH_LOAD] = rate_load,
             [BENCH_STORE] = rate_store,
             [BENCH_SCALAR] = rate_scalar,
             [BENCH_ISSUE] = rate_issue},
    .begin = bench_begin,
    .month = bench_month,
    .end = bench_end,
};
