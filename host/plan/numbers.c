/* Numbers of a plan: single precision, thresholds, trends, straight copies, the scales of the fixed-point sums. */
#include "host/plan/build.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#define TOLERANCE 1e-6
#define SUM_TARGET 22 /* bits that the largest expected value may take of a sum's 23 */
#define SUM_BOUND 8388607.0f
#define DEMAND_SLACK 64.0 /* demand may exceed the trend by this factor before its sums are clipped */

bool build_fail(struct build *b, mm_status status, const char *format, ...) {
    if (b->status != MM_OK)
        return false;
    b->status = status;
    if (b->messages != NULL) {
        char text[512];
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(text, sizeof text, format, arguments);
        va_end(arguments);
        mm_messages_add(b->messages, "%s", text);
    }
    return false;
}

float build_float(struct build *b, double x) {
    if (!(fabs(x) <= (double)FLT_MAX)) {
        build_fail(b, MM_USAGE, "%s: a figure that follows from it (%g) is beyond single precision", b->where, x);
        return 0;
    }
    return (float)x;
}

double build_threshold(double a) {
    return a - TOLERANCE * fmax(1, fabs(a));
}

/* Integral of the rate from the trend's first date to x; the first rate also holds before that date. */
static double since_first(const struct sc_trend *trend, double x) {
    double sum = 0;
    for (int i = 0; i < trend->n; i++) {
        bool last = i + 1 == trend->n;
        double begin = trend->month[i], end = last || x < trend->month[i + 1] ? x : trend->month[i + 1];
        if (i > 0 && x <= begin)
            break;
        sum += trend->rate[i] * (end - begin);
    }
    return sum;
}

double build_trend(const struct sc_trend *trend, double x) {
    return trend->n > 0 ? (since_first(trend, x) - since_first(trend, 0)) / 12 : 0;
}

long long build_steps(const struct build *b, int first, int every) {
    long long months = (long long)b->s->months - first;
    return months > 0 ? (months - 1) / every + 1 : 0;
}

int build_cell(const struct build *b, int firm, int region, int generation) {
    return (firm * b->s->n_regions + region) * b->s->n_generations + generation;
}

/* Limits of the kernels' layout and of the addresses of the variates. */
bool build_limits(struct build *b) {
    const struct sc_scenario *s = b->s;
    const struct {
        const char *what;
        int n, least, most;
    } limits[] = {
        {"months", s->months, 1, INT32_MAX / 16},
        {"regions", s->n_regions, 1, MM_MAX_REGIONS},
        {"generations", s->n_generations, 1, MM_MAX_GENERATIONS},
        {"regimes", s->n_regimes, 0, MM_MAX_REGIMES},
        {"firms", s->n_firms, 0, BUILD_WHAT_LIMIT / (MM_MAX_REGIONS * MM_MAX_GENERATIONS)},
        {"launches", s->n_launches, 0, BUILD_WHAT_LIMIT},
        {"shocks", s->n_shocks, 0, BUILD_WHAT_LIMIT},
    };
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        if (limits[i].n < limits[i].least || limits[i].n > limits[i].most)
            return build_fail(b, MM_USAGE, "%s: %d; allowed: %d ... %d", limits[i].what, limits[i].n, limits[i].least,
                              limits[i].most);
    return true;
}

static void slip_numbers(struct build *b) {
    const struct sc_scenario *s = b->s;
    struct mm_head *h = b->head;
    for (int l = 0; l < MM_LAYERS; l++) {
        h->slip_median[l] = build_float(b, s->slips[l].median);
        h->slip_sigma[l] = build_float(b, s->slips[l].sigma);
        h->slip_buffer[l] = build_float(b, s->slips[l].buffer);
        h->slip_max[l] = build_float(b, s->slips[l].max);
        h->slip_common[l] = build_float(b, sqrt(s->slips[l].rho));
        h->slip_own[l] = build_float(b, sqrt(1 - s->slips[l].rho));
    }
    h->factor_common = build_float(b, sqrt(s->slips_common));
    h->factor_own = build_float(b, sqrt(1 - s->slips_common));
}

static void industry_numbers(struct build *b) {
    const struct sc_scenario *s = b->s;
    struct mm_head *h = b->head;
    h->index_sigma = build_float(b, s->inference_sigma / sqrt(12));
    h->persistence = build_float(b, s->persistence);
    h->price_elasticity = build_float(b, s->price_elasticity);
    h->price_adjustment = build_float(b, s->price_adjustment);
    h->portable = build_float(b, s->portable);
    h->market_elasticity = build_float(b, s->market.elasticity);
    h->price_min = build_float(b, s->market.price_min);
    h->price_max = build_float(b, s->market.price_max);
    h->log_price_min = build_float(b, log(s->market.price_min));
    h->log_price_max = build_float(b, log(s->market.price_max));
    h->market_months = s->market.months;
    h->strength = build_float(b, s->response.strength);
    h->low = build_float(b, s->response.low);
    h->high = build_float(b, s->response.high);
    h->adjustment = build_float(b, s->response.adjustment);
    h->shortage = build_float(b, build_threshold(s->thresholds.shortage));
    h->glut = build_float(b, build_threshold(s->thresholds.glut));
    h->friction = build_float(b, build_threshold(s->thresholds.friction));
}

static void firm_numbers(struct build *b, const struct sc_firm *firm, struct mm_firm *f) {
    double phi = b->s->persistence;
    f->merchant = firm->merchant ? 1 : 0;
    f->kept = build_float(b, 1 - firm->reserve);
    f->offer = build_float(b, firm->offer);
    f->hurdle = build_float(b, build_threshold(firm->hurdle));
    f->own_signal = build_float(b, firm->own_signal);
    f->frontier_share = build_float(b, firm->frontier_share);
    f->beta = build_float(b, firm->beta);
    f->x0_sigma = build_float(b, b->s->initial_sigma);
    f->x_sigma = build_float(b, firm->inference_sigma * sqrt(1 - phi * phi));
    f->slip_median = build_float(b, firm->training.slip.median);
    f->slip_sigma = build_float(b, firm->training.slip.sigma);
    f->duration_median = build_float(b, firm->training.duration.median);
    f->duration_sigma = build_float(b, firm->training.duration.sigma);
    f->size_sigma = build_float(b, firm->training.size_sigma);
    f->base = f->research = f->keep = -1;
}

bool build_numbers(struct build *b) {
    const struct sc_scenario *s = b->s;
    struct mm_head *h = b->head;
    h->months = s->months;
    h->n_firms = s->n_firms;
    h->n_regions = s->n_regions;
    h->n_generations = s->n_generations;
    h->n_cells = s->n_firms * s->n_regions * s->n_generations;
    snprintf(b->where, sizeof b->where, "configuration");
    slip_numbers(b);
    industry_numbers(b);
    for (int f = 0; f < s->n_firms; f++) {
        snprintf(b->where, sizeof b->where, "firms.%s", s->firms[f].name);
        firm_numbers(b, &s->firms[f], &b->firms[f]);
    }
    return b->status == MM_OK;
}

/* The largest power of two that keeps `most` times it within SUM_TARGET bits. */
static float sum_scale(double most) {
    if (!(most > 0))
        return 1;
    int exponent;
    double mantissa = frexp(most, &exponent); /* most = mantissa * 2^exponent, mantissa in [0.5, 1) */
    int scale = SUM_TARGET - exponent + (mantissa > 0.5 ? 0 : 1);
    return (float)ldexp(1, scale < -100 ? -100 : scale > 100 ? 100 : scale);
}

bool build_bounds(struct build *b) {
    const struct sc_scenario *s = b->s;
    b->max_compute = b->capacity;
    for (int t = 0; t < s->months; t++)
        b->max_compute = fmax(b->max_compute, DEMAND_SLACK * b->load[t]);
    snprintf(b->where, sizeof b->where, "firms");
    build_float(b, b->max_mw); /* for their messages */
    build_float(b, b->max_compute);
    b->head->mw_scale = sum_scale(b->max_mw);
    b->head->compute_scale = sum_scale(b->max_compute);
    b->head->total_scale = sum_scale(b->max_compute * s->months);
    b->head->mw_bound = b->head->compute_bound = SUM_BOUND;
    return b->status == MM_OK;
}
