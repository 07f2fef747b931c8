/* The model in plain scalar C, one path after the other: GSL's generators, one OpenMP pragma. A peer for speed; the
 * answers are checked against the others before anything is timed (side_by_side.py). c_model.py hands over the flat
 * model and takes the tallies; model_fields.h, with both structures, is made from flat_model.py. */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model_fields.h" /* struct model, struct tally, tally_copy(), tally_add(), FAN_BINS, BATCHES */

enum { CONDITION, ALL, ANY, NOT };
enum {
    GAP,
    SLACK,
    UNMET,
    PRICE,
    DEMAND,
    SUPPLY,
    SHORTAGE,
    GLUT,
    FRICTION,
    BALANCED,
    REGIME,
    LATE_MW,
    STRANDED_MW,
    LATE_SHARE,
    STRANDED_SHARE,
    SPARE,
    UNSOLD,
    IDLE,
    UTILISATION,
    SELLING,
    STARTS,
    UNMET_SHARE,
    BOUGHT_SHARE,
    PRESSURE,
    BUILD_RESPONSE
};
#define TINY 1e-30f

/* Everything of one path. */
struct work {
    const struct model *m;
    gsl_rng *rng;
    float *ready, *a, *factor, *delta, *own_now, *late_d, *stranded_d, *training, *come, *gain, *tau, *size, *x, *own,
        *held;
    float *r_old, *r_new, *u_old, *u_new, *old_u, *new_u, *spare_old, *spare_new, *un, *ua, *ut, *offer, *sold_old,
        *sold_new, *inference, *train, *capacity;
    float *spare, *unsold, *unmet, *bought, *pressure, *y_f, *scale, *served, *given, *slots, *level[4], *whole[4],
        *value;
    float late[4], stranded[4], y, log_q, g, gap, slack, price, ratio, demand, supply, left, usable;
    int *bind, *alive, *run, *selling, *starts, *e_run, *e_both, *e_idle, *held_n, *refuted_n, *n_run, *n_since,
        *p_ever, *p_n, *seen;
    int regime, state, short_months;
};

static float normal(struct work *w) {
    return (float)gsl_ran_gaussian_ziggurat(w->rng, 1);
}
static float clip(float x, float a, float b) {
    return x < a ? a : x > b ? b : x;
}
static float ratio(float a, float b) {
    return b > 0 ? a / b : 0;
}
static float lognormal(struct work *w, float median, float sigma) {
    return median == 0 || sigma == 0 ? median : median * expf(sigma * normal(w));
}

#include "c_world.h"

#include "c_answers.h"

static float *reals(size_t n) {
    return calloc(n + 1, sizeof(float));
}
static int *wholes(size_t n) {
    return calloc(n + 1, sizeof(int));
}

static struct work *work_new(const struct model *m, unsigned long seed) {
    struct work *w = calloc(1, sizeof *w);
    const size_t n = m->n_phases, F = m->F, FR = F * m->R, cells = FR * m->G, T = m->T;
    float **by_firm[] = {&w->x,      &w->ut,    &w->offer,  &w->inference, &w->train, &w->capacity, &w->spare,
                         &w->unsold, &w->unmet, &w->bought, &w->pressure,  &w->y_f,   &w->served,   &w->given};
    float **by_site[] = {&w->r_old,     &w->r_new,     &w->u_old, &w->u_new, &w->old_u,    &w->new_u,
                         &w->spare_old, &w->spare_new, &w->un,    &w->ua,    &w->sold_old, &w->sold_new};
    for (size_t i = 0; i < sizeof by_firm / sizeof *by_firm; i++)
        *by_firm[i] = reals(F);
    for (size_t i = 0; i < sizeof by_site / sizeof *by_site; i++)
        *by_site[i] = reals(FR);
    w->m = m;
    w->rng = gsl_rng_alloc(gsl_rng_taus2);
    gsl_rng_set(w->rng, seed);
    w->ready = reals(n), w->a = reals(4 * n), w->factor = reals(m->G + m->R), w->delta = reals(cells * T),
    w->own_now = reals(cells);
    w->own = reals(cells), w->held = reals(cells), w->late_d = reals(4 * (T + 1)), w->stranded_d = reals(4 * (T + 1));
    w->training = reals(F * T), w->scale = reals(F * T), w->come = reals(m->n_launches), w->gain = reals(m->n_launches);
    w->tau = reals(m->n_demand * 16), w->size = reals(m->n_demand * 16), w->slots = reals(m->n_slots);
    w->value = reals(m->n_names * (m->n_pattern + 1));
    const size_t levels[4] = {cells, FR, F * m->G, F};
    for (int l = 0; l < 4; l++)
        w->level[l] = reals(levels[l]), w->whole[l] = reals(levels[l]);
    w->bind = wholes(n), w->alive = wholes(n), w->run = wholes(F), w->selling = wholes(F), w->starts = wholes(F);
    w->e_run = wholes(m->n_entry), w->e_both = wholes(m->n_entry), w->e_idle = wholes(m->n_entry);
    w->held_n = wholes(m->n_nodes), w->refuted_n = wholes(m->n_nodes), w->n_run = wholes(m->n_nodes),
    w->n_since = wholes(m->n_nodes);
    w->p_ever = wholes(m->n_prob), w->p_n = wholes(m->n_prob), w->seen = wholes(m->n_piece + 2 * m->n_pattern);
    return w;
}

/* Paths 0 ... n - 1 of a seed into the tallies; memory is left to the end of the process. */
void simulate(const struct model *m, struct tally *all, long n, unsigned long seed, int threads) {
#pragma omp parallel num_threads(threads)
    {
        struct work *w = work_new(m, seed * 1000003 + (unsigned long)omp_get_thread_num());
        struct tally own = tally_copy(all);
#pragma omp for schedule(dynamic, 64)
        for (long path = 0; path < n; path++) {
            begin(w);
            for (int t = 0; t < m->T; t++) {
                demand_month(w, t);
                capacity_month(w, t);
                allocate(w);
                balance(w, t);
                sell(w, t);
                names_month(w, t);
                events_month(w, t);
                maps_month(w, &own, t);
                tally_month(w, &own, t);
            }
            names_path(w);
            tally_path(w, &own, path);
        }
#pragma omp critical
        tally_add(all, &own);
    }
}
