/* Subset simulation with conditional sampling: the event is reached through levels, each of which a tenth of the points
 * of the level before reach; from those, Markov chains fill the next level up. All chains take a step together. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/rare/draws.h"
#include "host/rare/rare.h"

/* Replicates have numbers: those of the check from 0 on, those of rare_chain_points(), those of the other parts. */
#define CHAIN_RUNS 4
#define CHAINS_FROM RARE_REPLICATES
#define PARTS_FROM (2 * RARE_REPLICATES)
#define SHARE 0.1
#define MOST_LEVELS 60
#define WANTED_ACCEPTANCE 0.44
#define REST_FROM (UINT64_C(1) << 63) /* numbers of the rest: above all others */

struct chains {
    const struct rare_problem *problem;
    uint64_t seed, replicate;
    size_t n, n_chains;         /* points of a level; those among them that moved on */
    double *z, *score, *sorted; /* [n][inputs], [n], [n] */
    double *new_z, *new_score;  /* the proposals, at most n of them */
    uint64_t *rest, *new_rest;
    uint64_t evaluations, most;
    bool by_other; /* score */
    int threads;
    double spread; /* of a proposal: z' = sqrt(1 - spread^2) z + spread * normal */
    mm_messages *messages;
};

static double *at(const struct chains *chains, double *z, size_t i) {
    return z + i * (size_t)chains->problem->n_inputs;
}

static struct rare_address address_of(const struct chains *chains, int level, size_t step, size_t i) {
    return (struct rare_address){.seed = chains->seed,
                                 .purpose = RARE_SUBSET,
                                 .stage = (uint32_t)(chains->replicate << 16 | (uint64_t)level << 8 | step),
                                 .index = i};
}

static uint64_t rest_of(const struct rare_address *address) {
    return REST_FROM | (uint64_t)address->stage << 32 | address->index;
}

static mm_status score(struct chains *chains, size_t n, const double *z, const uint64_t *rest, double *scores) {
    const struct rare_problem *problem = chains->problem;
    chains->evaluations += n;
    return (chains->by_other ? problem->other : problem->score)(problem->context, n, z, rest, scores, chains->messages);
}

/* Whether n more evaluations are allowed. */
static bool affords(const struct chains *chains, size_t n) {
    return chains->evaluations <= chains->most && n <= chains->most - chains->evaluations;
}

static mm_status begin(struct chains *chains) {
#pragma omp parallel for num_threads(chains->threads) default(none) shared(chains)
    for (size_t i = 0; i < chains->n; i++) {
        const struct rare_address address = address_of(chains, 0, 0, i);
        rare_normals(&address, chains->problem->n_inputs, at(chains, chains->z, i));
        chains->rest[i] = rest_of(&address);
    }
    return score(chains, chains->n, chains->z, chains->rest, chains->score);
}

static int descending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* Keeps the points that reach the level, in front. \return their number */
static size_t keep(struct chains *chains, double level) {
    size_t n = 0;
    for (size_t i = 0; i < chains->n; i++)
        if (chains->score[i] >= level) {
            memmove(at(chains, chains->z, n), at(chains, chains->z, i),
                    (size_t)chains->problem->n_inputs * sizeof *chains->z);
            chains->rest[n] = chains->rest[i];
            chains->score[n++] = chains->score[i];
        }
    return n;
}

/* The proposal of the chain's next state after that at `from`, in the place i. Every other step draws the rest anew,
 * where there is one, instead of moving the inputs. */
static void propose_one(struct chains *chains, const struct rare_address *address, bool moves_rest, size_t from,
                        size_t i) {
    const int inputs = chains->problem->n_inputs;
    const double stay = sqrt(1 - chains->spread * chains->spread), *z = at(chains, chains->z, from);
    double *to = at(chains, chains->new_z, i);
    chains->new_rest[i] = moves_rest ? rest_of(address) : chains->rest[from];
    if (moves_rest) {
        memcpy(to, z, (size_t)inputs * sizeof *to);
        return;
    }
    rare_normals(address, inputs, to);
    for (int j = 0; j < inputs; j++)
        to[j] = stay * z[j] + chains->spread * to[j];
}

/* Of all chains, whose states stand at from ... from + n - 1 of the points. */
static void propose(struct chains *chains, int level, size_t step, size_t from, size_t n) {
    const bool moves_rest = chains->problem->has_rest && step % 2 == 0;
#pragma omp parallel for num_threads(chains->threads) default(none) shared(chains, level, step, from, n, moves_rest)
    for (size_t i = 0; i < n; i++) {
        const struct rare_address address = address_of(chains, level, step, i);
        propose_one(chains, &address, moves_rest, from + i, i);
    }
}

/* Fills the level up: step by step, every chain adds its next state behind what is there. */
static mm_status grow(struct chains *chains, int level, double threshold) {
    const int inputs = chains->problem->n_inputs;
    size_t filled = chains->n_chains;
    for (size_t step = 1; filled < chains->n; step++) {
        const size_t left = chains->n - filled, n = left < chains->n_chains ? left : chains->n_chains;
        const size_t from = filled - chains->n_chains;
        propose(chains, level, step, from, n);
        mm_status status = score(chains, n, chains->new_z, chains->new_rest, chains->new_score);
        if (status != MM_OK)
            return status;
        size_t accepted = 0;
        for (size_t i = 0; i < n; i++) {
            const bool takes = chains->new_score[i] >= threshold;
            accepted += takes;
            memcpy(at(chains, chains->z, filled + i),
                   takes ? at(chains, chains->new_z, i) : at(chains, chains->z, from + i),
                   (size_t)inputs * sizeof *chains->z);
            chains->rest[filled + i] = takes ? chains->new_rest[i] : chains->rest[from + i];
            chains->score[filled + i] = takes ? chains->new_score[i] : chains->score[from + i];
        }
        if (!(chains->problem->has_rest && step % 2 == 0)) {
            const double rate = (double)accepted / (double)n;
            chains->spread *= exp((rate - WANTED_ACCEPTANCE) / sqrt((double)step));
            chains->spread = fmin(fmax(chains->spread, 0.01), 1);
        }
        filled += n;
    }
    return MM_OK;
}

/* The next level, at most 0: that is the event. It lies just above the highest of the points that are left behind:
 * those that reach it are a fair sample beyond it, and their share times the rest of the way has no bias; beyond the
 * lowest of those that go on, it would be one part in their number too high. Where too many are alike, they go on
 * together. */
static double level_of(const struct chains *chains) {
    const size_t wanted = (size_t)(SHARE * (double)chains->n);
    const double behind = chains->sorted[wanted];
    if (isinf(behind))
        return -1e300;
    if (behind >= 0)
        return 0;
    return chains->sorted[wanted / 2] > behind ? nextafter(behind, 0) : behind;
}

/* One replicate. *p is 0 where the event was not reached. */
static mm_status replicate(struct chains *chains, double *p, int *levels) {
    double share = 1;
    *p = 0;
    if (!affords(chains, chains->n))
        return MM_OK;
    mm_status status = begin(chains);
    chains->spread = 0.6;
    for (int level = 1; level <= MOST_LEVELS && status == MM_OK; level++) {
        memcpy(chains->sorted, chains->score, chains->n * sizeof *chains->sorted);
        qsort(chains->sorted, chains->n, sizeof *chains->sorted, descending);
        const double threshold = level_of(chains);
        chains->n_chains = keep(chains, threshold);
        share *= (double)chains->n_chains / (double)chains->n;
        *levels = level > *levels ? level : *levels;
        if (threshold >= 0) {
            *p = share;
            return MM_OK;
        }
        /* too many alike, or none: the score does not lead on */
        if (chains->n_chains == 0 || (double)chains->n_chains > 0.9 * (double)chains->n ||
            chains->n / chains->n_chains > 200 || !affords(chains, chains->n - chains->n_chains))
            return MM_OK;
        status = grow(chains, level, threshold);
    }
    return status;
}

static bool make_room(struct chains *chains) {
    const size_t n = chains->n, inputs = (size_t)chains->problem->n_inputs;
    chains->threads = chains->problem->threads > 0 ? chains->problem->threads : 1;
    chains->z = calloc(n * (2 * inputs + 3), sizeof *chains->z);
    chains->rest = calloc(2 * n, sizeof *chains->rest);
    if (!chains->z || !chains->rest)
        return false;
    chains->new_z = chains->z + n * inputs;
    chains->score = chains->new_z + n * inputs;
    chains->new_score = chains->score + n;
    chains->sorted = chains->new_score + n;
    chains->new_rest = chains->rest + n;
    return true;
}

static void summarise(struct rare_subset *subset) {
    double squares = 0;
    subset->p = 0;
    subset->reached = true;
    for (int r = 0; r < RARE_REPLICATES; r++) {
        subset->p += subset->replicates[r] / RARE_REPLICATES;
        subset->reached &= subset->replicates[r] > 0;
    }
    for (int r = 0; r < RARE_REPLICATES; r++)
        squares += (subset->replicates[r] - subset->p) * (subset->replicates[r] - subset->p);
    subset->se = sqrt(squares / RARE_REPLICATES / (RARE_REPLICATES - 1));
    const double half = gsl_cdf_tdist_Pinv(0.975, RARE_REPLICATES - 1) * subset->se;
    subset->low = fmax(subset->p - half, 0);
    subset->high = subset->p + half;
}

mm_status rare_chain_points(const struct rare_problem *problem, uint64_t seed, uint64_t samples, size_t *n, double **z,
                            uint64_t *evaluations, mm_messages *messages) {
    const size_t inputs = (size_t)problem->n_inputs, most = CHAIN_RUNS * samples;
    struct chains chains = {.problem = problem, .seed = seed, .n = samples, .most = UINT64_MAX, .messages = messages};
    mm_status status = MM_OK;
    if (problem->coarsen)
        chains.problem = problem->fine;
    *n = 0;
    *z = calloc(most * inputs, sizeof **z);
    if (!make_room(&chains) || !*z) {
        mm_messages_add(messages, "memory ran out for %zu points of %d inputs", most, problem->n_inputs);
        status = MM_INTERNAL;
    }
    for (uint64_t r = 0; r < CHAIN_RUNS && status == MM_OK; r++) {
        double p;
        int levels = 0;
        chains.replicate = CHAINS_FROM + r;
        status = replicate(&chains, &p, &levels);
        if (status == MM_OK && p > 0)
            status = grow(&chains, levels + 1, 0);
        for (size_t i = 0; status == MM_OK && p > 0 && i < samples; i++, ++*n)
            if (problem->coarsen)
                problem->coarsen(problem->context, at(&chains, chains.z, i), *z + *n * inputs);
            else
                memcpy(*z + *n * inputs, at(&chains, chains.z, i), inputs * sizeof **z);
    }
    *evaluations += chains.evaluations;
    free(chains.z);
    free(chains.rest);
    return status;
}

mm_status rare_subset_run(const struct rare_problem *problem, enum rare_part part, uint64_t seed, uint64_t samples,
                          uint64_t most, struct rare_subset *subset, mm_messages *messages) {
    struct chains chains = {.problem = problem,
                            .seed = seed,
                            .n = samples,
                            .most = most,
                            .by_other = part == RARE_PART_OTHER,
                            .messages = messages};
    if (problem->fine)
        chains.problem = problem = problem->fine;
    const int first = part == RARE_PART_CHECK ? 0 : PARTS_FROM + ((int)part - RARE_PART_FIRST) * RARE_REPLICATES;
    mm_status status = MM_OK;
    *subset = (struct rare_subset){0};
    if (make_room(&chains)) {
        for (int r = 0; r < RARE_REPLICATES && status == MM_OK; r++) {
            chains.replicate = (uint64_t)first + (uint64_t)r;
            status = replicate(&chains, &subset->replicates[r], &subset->levels);
        }
        subset->evaluations = chains.evaluations;
        summarise(subset);
    } else {
        mm_messages_add(messages, "memory ran out for %llu points of %d inputs", (unsigned long long)samples,
                        problem->n_inputs);
        status = MM_INTERNAL;
    }
    free(chains.z);
    free(chains.rest);
    return status;
}
