#include <stdlib.h>

#include "host/rare/points.h"

#define CHUNK ((size_t)4096)

bool rare_points_new(struct rare_points *points, int n_inputs, size_t n, mm_messages *messages) {
    const size_t inputs = (size_t)n_inputs;
    *points = (struct rare_points){.n = n};
    points->z = calloc(n * (inputs + 2) + 2 * inputs, sizeof *points->z);
    points->rest = calloc(n, sizeof *points->rest);
    if (!points->z || !points->rest) {
        rare_points_free(points);
        mm_messages_add(messages, "memory ran out for %zu points of %d inputs", n, n_inputs);
        return false;
    }
    points->log_ratio = points->z + n * inputs;
    points->score = points->log_ratio + n;
    points->work = points->score + n;
    return true;
}

void rare_points_free(struct rare_points *points) {
    free(points->z);
    free(points->rest);
    *points = (struct rare_points){0};
}

/* Numbers of the rest: the estimate's are its samples', as paths of a run are; those of the pilot lie above 2^40, where
 * no path of a run is, each level by itself. */
static uint64_t rest_of(uint32_t stage, uint64_t index) {
    return stage == RARE_STAGE_FINAL ? index : ((uint64_t)stage + 1) << 40 | index;
}

mm_status rare_points_draw(const struct rare_problem *problem, const struct rare_mixture *mixture, uint64_t seed,
                           uint32_t stage, uint64_t first, size_t n, struct rare_points *points,
                           mm_messages *messages) {
    struct rare_address address = {.seed = seed, .purpose = RARE_IMPORTANCE, .stage = stage};
    for (size_t i = 0; i < n; i++) {
        double *z = points->z + i * (size_t)problem->n_inputs;
        address.index = first + i;
        points->rest[i] = rest_of(stage, address.index);
        rare_mixture_draw(mixture, &address, z, points->work);
        points->log_ratio[i] = rare_mixture_log_ratio(mixture, z, points->work);
    }
    return problem->score(problem->context, n, points->z, points->rest, points->score, messages);
}

mm_status rare_sample(const struct rare_problem *problem, const struct rare_mixture *mixture, uint64_t seed,
                      uint64_t first, uint64_t n, struct rare_sums *sums, mm_messages *messages) {
    struct rare_points points;
    mm_status status = MM_OK;
    if (!rare_points_new(&points, problem->n_inputs, CHUNK, messages))
        return MM_INTERNAL;
    for (uint64_t done = 0; done < n && status == MM_OK; done += CHUNK) {
        const size_t now = n - done < CHUNK ? (size_t)(n - done) : CHUNK;
        status = rare_points_draw(problem, mixture, seed, RARE_STAGE_FINAL, first + done, now, &points, messages);
        for (size_t i = 0; i < now && status == MM_OK; i++)
            rare_sums_add(sums, first + done + i, points.log_ratio[i], points.score[i] >= 0);
    }
    rare_points_free(&points);
    return status;
}
