/* The kernel for one lane width; included once by each lanes_w*.c, which defines MM_LANES and LANES_NAME. */
#include "host/engine/lanes/lanes.h"
#include "host/engine/lanes/lanes_table.h"

typedef uint64_t mm_u64; /* ulong in OpenCL */
#include "kernels/path.h"

static void make_context(const struct lanes_job *job, struct mm_context *k) {
    const uint64_t first = job->first_path;
    vint id = v_lane_ids();
    vuint low = v_u((uint)first) + v_as_u(id);
    /* A carry out of the low word: the sum is smaller, unsigned, than what was added to. */
    vint carry = v_ilt(v_as_i(low ^ v_u(0x80000000u)), v_i((int)((uint)first ^ 0x80000000u)));
    vuint high = v_u((uint)(first >> 32)) - v_as_u(carry);
    k->h = job->head;
    k->pool = job->pool;
    k->ws = (vreal *)job->scratch;
    k->wi = (vint *)job->scratch;
    k->path_low = low;
    k->path_high = high;
    k->key_low = (uint)job->seed;
    k->key_high = (uint)(job->seed >> 32);
    k->valid = v_ilt(id, v_i((int)job->n_valid));
    k->counts = job->counts;
    k->sums = job->sums;
}

static void lanes_block(const struct lanes_job *job) {
    struct mm_context k;
    make_context(job, &k);
    path_run(&k);
}

static void lanes_begin(const struct lanes_job *job) {
    struct mm_context k;
    make_context(job, &k);
    path_begin(&k);
}

static void lanes_month(const struct lanes_job *job, int t) {
    struct mm_context k;
    make_context(job, &k);
    path_month(&k, t);
}

const struct lanes_ops LANES_NAME = {MM_LANES, lanes_block, lanes_begin, lanes_month};
