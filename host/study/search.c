#include "host/study/search.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/store/store.h"

#define RINGS 4         /* values that are looked at on each side */
#define ROOT_STEPS 20   /* of Brent's method at most */
#define ROOT_WIDTH 2e-3 /* in z: near enough */
#define GRADIENT_STEP 0.3
#define WIDEST_STEP 1.2 /* of differences, where answers are noisy */
#define JOINT_STEPS 6   /* of the first descent, */
#define RESTARTS 3      /* then from the best point so far, so often at most, */
#define RESTART_STEPS 2 /* with so many steps each */
#define GAIN 0.01       /* of the distance: less is not worth another restart */
#define HALVINGS 3
#define SETTLED 0.01 /* in u */
#define AIM 2e-3     /* of the margin at the centre */

bool search_point_make(struct search_point *point, size_t n) {
    *point = (struct search_point){.answer = {false, NAN, NAN, 0}};
    point->z = calloc(2 * n + 1, sizeof *point->z);
    point->x = point->z ? point->z + n : NULL;
    return point->z != NULL;
}

void search_point_free(struct search_point *point) {
    free(point->z);
    *point = (struct search_point){0};
}

static void copy_point(const struct search *search, struct search_point *to, const struct search_point *from) {
    size_t n = search->spread->n;
    to->holds = from->holds;
    to->answer = from->answer;
    to->distance = from->distance;
    memcpy(to->z, from->z, n * sizeof *to->z);
    memcpy(to->x, from->x, n * sizeof *to->x);
}

/* How far the statement is from holding: not negative where it holds; NAN where the answer is unknown. */
static double margin_of(const struct search *search, const struct search_point *point) {
    return point->answer.known ? search->sign * (point->answer.value - search->bound) : NAN;
}

/* The independent normals behind z. */
static void independent(const struct spread *spread, const double *z, double *u) {
    for (size_t i = 0; i < spread->n; i++) {
        u[i] = z[i];
        if (!spread->factor)
            continue;
        const double *row = spread->factor + i * spread->n;
        for (size_t k = 0; k < i; k++)
            u[i] -= row[k] * u[k];
        u[i] /= row[i];
    }
}

static double length_of(const double *v, size_t n) {
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += v[i] * v[i];
    return sqrt(squares);
}

mm_status search_at(struct search *search, struct search_point *point) {
    size_t n = search->spread->n;
    struct problem_point evaluated = {0};
    mm_messages *own = mm_messages_new();
    double *u = calloc(n + 1, sizeof *u);
    if (!u || !own) {
        free(u);
        mm_messages_free(own);
        return store_no_memory(search->messages);
    }
    for (size_t i = 0; i < n; i++)
        point->x[i] = spread_value(search->spread, i, point->z[i], NULL);
    independent(search->spread, point->z, u);
    point->distance = length_of(u, n);
    free(u);
    mm_status status = search->pace && pace_should_stop(search->pace)
                           ? MM_INTERRUPTED
                           : problem_evaluate(search->problem, point->x, &search->sample, &evaluated, own);
    point->answer = (struct problem_answer){false, NAN, NAN, 0};
    if (status == MM_OK)
        point->answer = evaluated.answers[0];
    point->holds = margin_of(search, point) >= 0;
    if (status == MM_OK || status == MM_USAGE) {
        search->evaluated++;
        if (search->pace)
            pace_point(search->pace, !evaluated.remembered);
    }
    if ((status == MM_USAGE && search->failed++ == 0) || (status != MM_OK && status != MM_USAGE))
        for (size_t i = 0; i < mm_messages_count(own); i++)
            mm_messages_add(search->messages, "%s", mm_messages_text(own, i));
    problem_point_free(&evaluated);
    mm_messages_free(own);
    return status == MM_USAGE ? MM_OK : status;
}

/* ---- Along a line ---- */

/* Points t * direction; the best one so far: the nearest that holds, else the one nearest to holding. */
struct line {
    struct search *search;
    const double *direction;
    struct search_point *at, *best;
    mm_status status;
};

static bool is_better(const struct search *search, const struct search_point *a, const struct search_point *b) {
    if (a->holds != b->holds)
        return a->holds;
    if (a->holds)
        return a->distance < b->distance;
    double x = margin_of(search, a), y = margin_of(search, b);
    return !isnan(x) && (isnan(y) || x > y);
}

static double along(double t, void *context) {
    struct line *line = context;
    if (line->status != MM_OK)
        return NAN;
    for (size_t i = 0; i < line->search->spread->n; i++)
        line->at->z[i] = t * line->direction[i];
    line->status = search_at(line->search, line->at);
    if (line->status == MM_OK && is_better(line->search, line->at, line->best))
        copy_point(line->search, line->best, line->at);
    return line->status == MM_OK ? margin_of(line->search, line->at) : NAN;
}

/* Where the statement begins to hold between t = a, where it does not, and b, where it does. */
static mm_status refine(struct line *line, double a, double b) {
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    gsl_function function;
    function.function = along;
    function.params = line;
    if (!solver)
        return store_no_memory(line->search->messages);
    int state = gsl_root_fsolver_set(solver, &function, fmin(a, b), fmax(a, b));
    for (int step = 0; state == GSL_SUCCESS && step < ROOT_STEPS && line->status == MM_OK; step++) {
        state = gsl_root_fsolver_iterate(solver); /* an answer that is unknown ends it */
        if (gsl_root_fsolver_x_upper(solver) - gsl_root_fsolver_x_lower(solver) < ROOT_WIDTH)
            break;
    }
    gsl_root_fsolver_free(solver);
    return line->status;
}

mm_status search_alone(struct search *search, size_t i, struct search_point *point) {
    size_t n = search->spread->n;
    struct search_point at = {0};
    double *direction = calloc(n + 1, sizeof *direction), inner[2] = {0, 0};
    struct line line = {search, direction, &at, point, MM_OK};
    if (!direction || !search_point_make(&at, n)) {
        free(direction);
        return store_no_memory(search->messages);
    }
    direction[i] = 1;
    memset(point->z, 0, n * sizeof *point->z);
    mm_status status = search_at(search, point); /* all central */
    for (int ring = 1; ring <= RINGS && status == MM_OK && !point->holds; ring++) {
        double outer[2] = {-search->reach * ring / RINGS, search->reach * ring / RINGS}, margin[2];
        for (int side = 0; side < 2; side++)
            margin[side] = along(outer[side], &line);
        for (int side = 0; side < 2 && line.status == MM_OK; side++) {
            if (margin[side] >= 0)
                (void)refine(&line, inner[side], outer[side]);
            else if (!isnan(margin[side]))
                inner[side] = outer[side];
        }
        status = line.status;
    }
    search_point_free(&at);
    free(direction);
    return status;
}

/* ---- Jointly ---- */

struct joint {
    struct search *search;
    size_t n;
    double aim; /* a margin a little above 0, so that a point at the reach holds in spite of rounding */
    double *u, *gradient, *wanted, *moved; /* [n] */
    double *width;                         /* [n] of the differences, in u */
    struct search_point at, best, trial;
};

/* The point at u, drawn back into the reach. */
static mm_status joint_at(struct joint *joint, double *u, struct search_point *point) {
    spread_normals(joint->search->spread, u, point->z);
    for (size_t i = 0; i < joint->n; i++)
        point->z[i] = fmin(joint->search->reach, fmax(-joint->search->reach, point->z[i]));
    independent(joint->search->spread, point->z, u);
    mm_status status = search_at(joint->search, point);
    if (status == MM_OK && is_better(joint->search, point, &joint->best))
        copy_point(joint->search, &joint->best, point);
    return status;
}

/* Differences must stand out from the noise of two answers: the more so the more inputs share the way to the bound. */
static void choose_widths(struct joint *joint) {
    double se = joint->at.answer.se, way = fabs(margin_of(joint->search, &joint->at)), width = GRADIENT_STEP;
    if (isfinite(se) && way > 0)
        width = fmin(WIDEST_STEP, fmax(GRADIENT_STEP, 2 * se * sqrt(2 * (double)joint->n) / way));
    for (size_t i = 0; i < joint->n; i++)
        joint->width[i] = width;
}

/* The slope of the margin at u in each direction, by differences over what the reach leaves; 0 where it is unknown.
 * A difference that is below its error is taken over twice the width the next time. */
static mm_status find_gradient(struct joint *joint) {
    mm_status status = MM_OK;
    for (size_t i = 0; i < joint->n && status == MM_OK; i++) {
        double at[2] = {0, 0}, margin[2] = {NAN, NAN}, error = 0;
        joint->gradient[i] = 0;
        for (int side = 0; side < 2 && status == MM_OK; side++) {
            memcpy(joint->moved, joint->u, joint->n * sizeof *joint->moved);
            joint->moved[i] += side ? joint->width[i] : -joint->width[i];
            joint->moved[i] = fmin(joint->search->reach, fmax(-joint->search->reach, joint->moved[i]));
            at[side] = joint->moved[i];
            spread_normals(joint->search->spread, joint->moved, joint->trial.z);
            status = search_at(joint->search, &joint->trial);
            margin[side] = margin_of(joint->search, &joint->trial);
            error = hypot(error, isfinite(joint->trial.answer.se) ? joint->trial.answer.se : 0);
            if (status == MM_OK && is_better(joint->search, &joint->trial, &joint->best))
                copy_point(joint->search, &joint->best, &joint->trial);
        }
        if (fabs(margin[1] - margin[0]) < error)
            joint->width[i] = fmin(WIDEST_STEP, 2 * joint->width[i]);
        if (!isnan(margin[0]) && !isnan(margin[1]) && at[1] > at[0])
            joint->gradient[i] = (margin[1] - margin[0]) / (at[1] - at[0]);
    }
    return status;
}

/* wanted = the point nearest to the centre, inside the reach, where the margin would be `aim` if its slopes were the
 * same everywhere: multiples of the gradient, cut off at the reach. */
static void find_wanted(struct joint *joint, double margin) {
    double reach = joint->search->reach, needed = joint->aim - margin, low = 0, high = 1, most = 0;
    for (size_t i = 0; i < joint->n; i++) {
        needed += joint->gradient[i] * joint->u[i];
        most += fabs(joint->gradient[i]) * reach;
    }
    double sign = needed < 0 ? -1 : 1;
    double length = length_of(joint->gradient, joint->n);
    if (length > 0)
        high = 1e3 * reach / length * sqrt((double)joint->n) + fabs(needed) / (length * length);
    for (int step = 0; step < 200; step++) {
        double scale = fabs(needed) >= most ? high : (low + high) / 2, reached = 0;
        for (size_t i = 0; i < joint->n; i++) {
            joint->wanted[i] = fmin(reach, fmax(-reach, sign * scale * joint->gradient[i]));
            reached += joint->gradient[i] * joint->wanted[i];
        }
        if (fabs(reached) < fabs(needed))
            low = scale;
        else
            high = scale;
    }
}

/* Moves u towards `wanted`, half as far where that makes both distance and shortfall no better. */
static mm_status take_step(struct joint *joint, double *step) {
    double length = length_of(joint->gradient, joint->n), before = margin_of(joint->search, &joint->at);
    double distance = length_of(joint->u, joint->n);
    double price = length > 0 ? 2 * (fmax(distance, length_of(joint->wanted, joint->n)) + 0.1) / length : 0;
    double merit = distance * distance / 2 + price * fabs(before);
    for (int halving = 0;; halving++) {
        double share = ldexp(1, -halving);
        for (size_t i = 0; i < joint->n; i++)
            joint->moved[i] = joint->u[i] + share * (joint->wanted[i] - joint->u[i]);
        mm_status status = joint_at(joint, joint->moved, &joint->trial);
        if (status != MM_OK)
            return status;
        double after = margin_of(joint->search, &joint->trial), far = length_of(joint->moved, joint->n);
        if (halving < HALVINGS && !(far * far / 2 + price * fabs(after) < merit))
            continue;
        *step = 0;
        for (size_t i = 0; i < joint->n; i++)
            *step = hypot(*step, joint->moved[i] - joint->u[i]);
        if (isnan(after))
            return MM_OK; /* stays where it is: no way on */
        memcpy(joint->u, joint->moved, joint->n * sizeof *joint->u);
        copy_point(joint->search, &joint->at, &joint->trial);
        return MM_OK;
    }
}

/* Along the ray through the last point, to where the statement just holds. */
static mm_status finish(struct joint *joint) {
    double largest = 0, *direction = joint->moved;
    for (size_t i = 0; i < joint->n; i++) {
        direction[i] = joint->at.z[i];
        largest = fmax(largest, fabs(direction[i]));
    }
    struct line line = {joint->search, direction, &joint->trial, &joint->best, MM_OK};
    if (!(largest > 0))
        return MM_OK;
    double inner = 0, end = joint->search->reach / largest, steps[] = {0.95, 1, 1.05, 1.25, 1.6, 2.5};
    for (size_t k = 0; k < sizeof steps / sizeof steps[0] && line.status == MM_OK; k++) {
        double outer = fmin(steps[k], end), margin = along(outer, &line);
        if (margin >= 0)
            return refine(&line, inner, outer);
        inner = isnan(margin) ? inner : outer;
        if (outer >= end)
            break;
    }
    return line.status;
}

/* Back along the ray through the best point, which holds, to where the statement begins to. */
static mm_status draw_back(struct joint *joint) {
    static const double shares[] = {1 - 2 * ROOT_WIDTH, 0.9, 0.75, 0.5, 0.25, 0};
    struct line line = {joint->search, joint->moved, &joint->trial, &joint->best, MM_OK};
    double outer = 1;
    memcpy(joint->moved, joint->best.z, joint->n * sizeof *joint->moved);
    for (size_t k = 0; k < sizeof shares / sizeof shares[0]; k++) {
        double margin = along(shares[k], &line);
        if (line.status != MM_OK || isnan(margin) || (k == 0 && margin < 0))
            break;
        if (margin < 0)
            return refine(&line, shares[k], outer);
        outer = shares[k];
    }
    return line.status;
}

/* Goes on from joint->at until a step is small or there is no slope. */
static mm_status iterate(struct joint *joint, int steps, bool *settled) {
    mm_status status = MM_OK;
    double step = 1;
    for (int k = 0; k < steps && status == MM_OK && step > SETTLED; k++) {
        status = find_gradient(joint);
        if (status != MM_OK || !(length_of(joint->gradient, joint->n) > 0))
            break;
        find_wanted(joint, margin_of(joint->search, &joint->at));
        status = take_step(joint, &step);
    }
    *settled = step <= SETTLED;
    if (status == MM_OK)
        status = finish(joint);
    if (status == MM_OK && joint->best.holds)
        status = draw_back(joint);
    return status;
}

/* A descent on noisy answers may end anywhere: it goes on from the best point for as long as that brings it nearer. */
static mm_status descend(struct joint *joint) {
    mm_status status = joint_at(joint, joint->u, &joint->at);
    bool settled = false;
    if (status != MM_OK || joint->at.holds || !joint->at.answer.known)
        return status;
    joint->aim = AIM * fabs(margin_of(joint->search, &joint->at));
    choose_widths(joint);
    status = iterate(joint, JOINT_STEPS, &settled);
    for (int restart = 0; restart < RESTARTS && status == MM_OK && joint->best.holds; restart++) {
        double before = joint->best.distance;
        if (settled && joint->at.distance < (1 + GAIN) * before)
            break;
        copy_point(joint->search, &joint->at, &joint->best);
        independent(joint->search->spread, joint->at.z, joint->u);
        status = iterate(joint, RESTART_STEPS, &settled);
        if (joint->best.distance > (1 - GAIN) * before)
            break;
    }
    return status;
}

mm_status search_joint(struct search *search, struct search_point *point) {
    struct joint joint = {.search = search, .n = search->spread->n};
    size_t n = joint.n;
    joint.u = calloc(5 * n + 1, sizeof *joint.u);
    mm_status status = MM_INTERNAL;
    if (joint.u && search_point_make(&joint.at, n) && search_point_make(&joint.best, n) &&
        search_point_make(&joint.trial, n)) {
        joint.gradient = joint.u + n;
        joint.wanted = joint.gradient + n;
        joint.moved = joint.wanted + n;
        joint.width = joint.moved + n;
        status = descend(&joint);
        copy_point(search, point, &joint.best);
    } else {
        store_no_memory(search->messages);
    }
    search_point_free(&joint.at);
    search_point_free(&joint.best);
    search_point_free(&joint.trial);
    free(joint.u);
    return status;
}
