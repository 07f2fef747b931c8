#include "host/study/scrambled.h"

#include "host/store/store.h"

mm_status scrambled_open(struct scrambled *run, const struct engine_backend *backend, const struct plan *plan,
                         const struct engine_options *options, struct tallies *all, mm_messages *messages) {
    *run = (struct scrambled){.plan = plan, .all = all, .now = tallies_new(all->n_counts, all->n_sums)};
    if (!run->now)
        return store_no_memory(messages);
    return parts_open(&run->parts, backend, plan, options, run->now, messages);
}

/* Adds what the last scramble's paths gave, and notes down what is kept of it. */
static void collect(struct scrambled *run, int scramble, uint64_t n) {
    const struct plan_scrambles *kept = run->plan->scrambles;
    uint64_t *counts = run->now->counts + plan_scramble_counts(run->plan, scramble);
    struct tally_sum *sums = run->now->sums + plan_scramble_sums(run->plan, scramble);
    *counts++ = n;
    for (size_t i = 0; i < kept->n_counts; i++)
        counts[i] = run->now->counts[kept->counts[i]];
    for (size_t i = 0; i < kept->n_sums; i++)
        sums[i] = run->now->sums[kept->sums[i]];
    tallies_add(run->all, run->now);
    tallies_clear(run->now);
}

mm_status scrambled_run(struct scrambled *run, uint64_t first_path, uint64_t n, mm_messages *messages) {
    mm_status status = MM_OK;
    for (uint64_t i = 0; i < MM_SCRAMBLES && i < n && status == MM_OK; i++) {
        const uint64_t paths = (n - i + MM_SCRAMBLES - 1) / MM_SCRAMBLES;
        status = parts_run(&run->parts, first_path + i, paths, messages);
        if (status == MM_OK)
            status = parts_settle(&run->parts, messages);
        if (status == MM_OK)
            collect(run, (int)((first_path + i) % MM_SCRAMBLES), paths);
    }
    return status;
}

void scrambled_close(struct scrambled *run) {
    parts_close(&run->parts);
    tallies_free(run->now);
}
