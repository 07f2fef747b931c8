/* Names: what suppliers and clouds earn from a path, the bounds of it, and the pattern questions that value it. */
#include "host/plan/build.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define BOOKED_BITS 29 /* all units that may be booked */
#define VALUE_BITS 29  /* the largest value, of the 30 of MM_VALUE_BOUND */

/* kH100e that a firm may own at most, up to a factor of 2: what the units of its cells can hold. */
static double most_owned(const struct build *b, int f) {
    const struct mm_firm *firm = &b->firms[f];
    double sum = 0;
    for (int i = firm->first_own; i < firm->first_own + firm->n_own; i++)
        sum += ldexp((double)BUILD_ITEM(b->owns, mm_own, i)->kh100e_per_unit, BOOKED_BITS);
    return sum;
}

/* What it may hold: its own, and what it receives. */
static double most_held(const struct build *b, int f) {
    double sum = most_owned(b, f);
    for (int i = 0; i < b->shares.n; i++) {
        const struct mm_share *share = BUILD_ITEM(b->shares, mm_share, i);
        if (share->lessee == f)
            sum += (double)share->share * most_owned(b, share->lessor);
    }
    for (int i = 0; i < b->leases.n; i++) {
        const struct mm_lease *lease = BUILD_ITEM(b->leases, mm_lease, i);
        if (lease->cell / (b->s->n_regions * b->s->n_generations) == f)
            sum += (double)lease->amount;
    }
    return sum;
}

/* $M that a supplier may book in all: every phase, scaled up as far as it goes. */
static double most_booked(const struct build *b, const struct sc_name *name) {
    double sum = 0;
    for (int i = 0; i < b->phases.n; i++) {
        const struct build_phase *phase = BUILD_ITEM(b->phases, build_phase, i);
        double scale = phase->committed ? 1 : fmax(1, b->s->response.high);
        sum += phase->mw * scale * name->per_mw[phase->phase.generation];
    }
    return sum;
}

/* $M a month that a cloud may earn, `other` left out. */
static double most_earned(const struct build *b, const struct sc_name *name) {
    double used = name->spot_rate * b->s->market.price_max + name->service_rate;
    return name->contract_rate * most_owned(b, name->firm) + used * most_held(b, name->firm);
}

double build_revenue_most(const struct build *b, int name) {
    const struct sc_name *item = &b->s->names[name];
    return item->is_supplier ? most_booked(b, item) : most_earned(b, item) + fmax(item->other, 0);
}

/* Makes revenue known from month `from` to before `to`. */
void build_wants_revenue(struct build *b, int from, int to) {
    struct mm_head *h = b->head;
    bool none = h->revenue_to <= h->revenue_from;
    h->revenue_from = none || from < h->revenue_from ? from : h->revenue_from;
    h->revenue_to = none || to > h->revenue_to ? to : h->revenue_to;
}

static bool add_supplier(struct build *b, const struct sc_name *name, struct mm_name *item) {
    double per_unit[MM_MAX_GENERATIONS];
    for (int g = 0; g < b->s->n_generations; g++)
        per_unit[g] = name->per_mw[g] / (double)b->head->booked_per_mw;
    item->firm = SC_NONE;
    item->lead = name->lead;
    item->lead_planned = name->lead < b->s->response.lead ? name->lead : b->s->response.lead;
    item->per_unit = build_pool_floats(b, per_unit, b->s->n_generations);
    b->head->books = 1;
    return item->per_unit >= 0;
}

static bool holds_at(const struct sc_contract *contract, int t) {
    return contract->from <= t && t < contract->until;
}

/* The share of all that the firm owns which others use, month by month. */
static bool add_given(struct build *b, struct mm_name *item, double *by_month) {
    bool gives = false;
    for (int t = 0; t < b->s->months; t++) {
        by_month[t] = 0;
        for (int i = 0; i < b->s->n_contracts; i++) {
            const struct sc_contract *contract = &b->s->contracts[i];
            if (contract->is_share && contract->lessor == item->firm && holds_at(contract, t))
                by_month[t] += contract->share;
        }
        by_month[t] = by_month[t] > 1 - 1e-9 ? 1 : by_month[t]; /* shares that sum to 1 but for rounding */
        gives = gives || by_month[t] > 0;
    }
    item->given = gives ? build_pool_floats(b, by_month, b->s->months) : -1;
    return b->status == MM_OK;
}

/* The MW that it lets of one of its cells. */
static bool add_let(struct build *b, struct mm_name *item, int cell, double *by_month) {
    bool lets = false;
    memset(by_month, 0, (size_t)b->s->months * sizeof *by_month);
    for (int i = 0; i < b->s->n_contracts; i++) {
        const struct sc_contract *contract = &b->s->contracts[i];
        if (contract->is_share || build_cell(b, contract->lessor, contract->region, contract->generation) != cell)
            continue;
        double amount = contract->mw * b->s->generations[contract->generation].kh100e_per_mw;
        for (int t = 0; t < b->s->months; t++)
            if (holds_at(contract, t)) {
                by_month[t] += amount;
                lets = lets || amount > 0;
            }
    }
    if (!lets)
        return true;
    struct mm_let *let = build_add(b, &b->lets, sizeof *let);
    if (let == NULL)
        return false;
    let->cell = cell;
    let->amount = build_pool_floats(b, by_month, b->s->months);
    item->n_lets++;
    return let->amount >= 0;
}

static bool add_cloud(struct build *b, const struct sc_name *name, struct mm_name *item, double *by_month) {
    item->firm = name->firm;
    item->per_unit = -1;
    item->contract_rate = build_float(b, name->contract_rate);
    item->spot_rate = build_float(b, name->spot_rate);
    item->service_rate = build_float(b, name->service_rate);
    item->other = build_float(b, name->other);
    item->first_let = b->lets.n;
    bool good = add_given(b, item, by_month);
    const struct mm_firm *firm = &b->firms[name->firm];
    for (int i = firm->first_own; good && i < firm->first_own + firm->n_own; i++)
        good = add_let(b, item, BUILD_ITEM(b->owns, mm_own, i)->cell, by_month);
    return good;
}

static float booked_scale(const struct build *b) {
    int exponent = 0;
    double most = 0;
    for (int i = 0; i < b->phases.n; i++) {
        const struct build_phase *phase = BUILD_ITEM(b->phases, build_phase, i);
        most += phase->mw * (phase->committed ? 1 : fmax(1, b->s->response.high));
    }
    frexp(most, &exponent); /* most <= 2^exponent */
    return (float)ldexp(1, BOOKED_BITS - exponent);
}

bool build_names(struct build *b) {
    struct mm_head *h = b->head;
    if (h->revenue_to <= h->revenue_from)
        return true;
    double *by_month = build_alloc(b, (size_t)b->s->months, sizeof *by_month);
    bool good = by_month != NULL;
    h->booked_per_mw = booked_scale(b);
    for (int i = 0; good && i < b->s->n_names; i++) {
        const struct sc_name *name = &b->s->names[i];
        snprintf(b->where, sizeof b->where, "names.%s", name->name);
        struct mm_name *item = build_add(b, &b->names, sizeof *item);
        good = item != NULL && (name->is_supplier ? add_supplier(b, name, item) : add_cloud(b, name, item, by_month));
    }
    build_release(by_month);
    return good && b->status == MM_OK;
}

double plan_discount(const struct sc_scenario *s, int months) {
    return pow(1 + s->discount, -months / 12.0);
}

/* The largest power of two that keeps every value within its bits. */
static double value_scale(const struct build *b, int name) {
    const struct sc_name *item = &b->s->names[name];
    double most = 0;
    for (int t = 0; t < b->s->horizon; t++) {
        double factor = plan_discount(b->s, t);
        if (item->is_supplier)
            most = fmax(most, factor * most_booked(b, item));
        else
            most += factor * most_earned(b, item);
    }
    if (!(most > 0))
        return 1;
    int exponent = 0;
    frexp(most, &exponent); /* most <= 2^exponent */
    int scale = VALUE_BITS - exponent;
    return ldexp(1, scale < -100 ? -100 : scale > 100 ? 100 : scale);
}

static bool add_tables(struct build *b, struct mm_pattern *pattern) {
    int n_months = pattern->to - pattern->from, n = b->s->n_names > n_months ? b->s->n_names : n_months;
    double *numbers = build_alloc(b, (size_t)n, sizeof *numbers);
    if (numbers == NULL)
        return false;
    for (int t = 0; t < n_months; t++)
        numbers[t] = plan_discount(b->s, t);
    pattern->discount = build_pool_floats(b, numbers, n_months);
    for (int i = 0; i < b->s->n_names; i++)
        numbers[i] = value_scale(b, i);
    pattern->scales = build_pool_floats(b, numbers, b->s->n_names);
    build_release(numbers);
    return b->status == MM_OK;
}

bool build_pattern(struct build *b, int q) {
    const struct sc_question *question = &b->s->questions[q];
    struct mm_pattern pattern = {.from = question->as_of + 1, .to = question->as_of + 1 + b->s->horizon};
    pattern.to = pattern.to > b->s->months ? b->s->months : pattern.to; /* a checked scenario has them all */
    pattern.from = pattern.from > pattern.to ? pattern.to : pattern.from;
    pattern.news = build_within_back(b, &question->news, SC_NONE, question->as_of);
    pattern.outcome = pattern.news < 0 ? -1 : build_within_ahead(b, &question->outcome, SC_NONE, question->as_of);
    long long counts = (long long)MM_BATCHES * MM_NEWS_CELLS;
    if (pattern.outcome < 0 || !add_tables(b, &pattern) ||
        !build_take(b, q, counts, counts * b->s->n_names, &pattern.counts, &pattern.sums))
        return false;
    struct mm_pattern *item = build_add(b, &b->patterns, sizeof *item);
    if (item == NULL)
        return false;
    *item = pattern;
    b->plan->questions[q].pattern = b->patterns.n - 1;
    build_wants_revenue(b, pattern.from, pattern.to);
    return true;
}
