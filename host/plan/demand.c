/* Demand of each firm as planned: inference with its launches, research, campaigns. */
#include "host/plan/build.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define CAMPAIGN_MONTHS 24 /* a campaign counts for so long in the bound of demand */

/* One launch of a firm: entry and place in its list. */
struct planned {
    int month, entry, k;
};

static int by_date(const void *left, const void *right) {
    const struct planned *a = left, *b = right;
    if (a->month != b->month)
        return a->month < b->month ? -1 : 1;
    if (a->entry != b->entry)
        return a->entry < b->entry ? -1 : 1;
    return (a->k > b->k) - (a->k < b->k);
}

static bool add_launch(struct build *b, const struct planned *p) {
    const struct sc_launch *launch = &b->s->launches[p->entry];
    double sigma = launch->success_sigma;
    struct mm_launch *item = build_add(b, &b->launches, sizeof *item);
    if (item == NULL)
        return false;
    item->planned = p->month;
    item->c2 = (uint)p->k;
    item->c3 = MM_ADDRESS(MM_KIND_LAUNCH, p->entry);
    item->uplift = build_float(b, launch->uplift);
    item->inv_ramp = build_float(b, 1 / launch->ramp);
    item->slip_median = build_float(b, launch->slip.median);
    item->slip_sigma = build_float(b, launch->slip.sigma);
    item->success_sigma = build_float(b, sigma);
    item->success_factor = build_float(b, exp(-sigma * sigma / 2));
    return b->status == MM_OK;
}

/* Launches within the horizon; later ones can't be felt. */
static bool firm_launches(struct build *b, int f) {
    const struct sc_scenario *s = b->s;
    size_t most = 0;
    for (int e = 0; e < s->n_launches; e++)
        most += (size_t)s->launches[e].n_planned;
    struct planned *planned = build_alloc(b, most, sizeof *planned);
    if (planned == NULL)
        return false;
    size_t n = 0;
    for (int e = 0; e < s->n_launches; e++)
        for (int k = 0; s->launches[e].firm == f && k < s->launches[e].n_planned; k++)
            if (s->launches[e].planned[k] < s->months)
                planned[n++] = (struct planned){s->launches[e].planned[k], e, k};
    if (n > 0)
        qsort(planned, n, sizeof *planned, by_date);
    bool good = true;
    b->firms[f].first_launch = b->launches.n;
    for (size_t i = 0; good && i < n; i++)
        good = add_launch(b, &planned[i]);
    b->firms[f].n_launches = b->launches.n - b->firms[f].first_launch;
    build_release(planned);
    return good;
}

/* 1 + what the launches of a firm would add by month t if all came as planned. */
static double launches_as_planned(const struct build *b, int f, int t) {
    double sum = 1;
    for (int e = 0; e < b->s->n_launches; e++) {
        const struct sc_launch *launch = &b->s->launches[e];
        for (int k = 0; launch->firm == f && k < launch->n_planned; k++)
            sum += launch->uplift * fmin(fmax((t - launch->planned[k]) / launch->ramp, 0), 1);
    }
    return sum;
}

static bool firm_base(struct build *b, int f, double *by_month) {
    const struct sc_firm *firm = &b->s->firms[f];
    if (!(firm->inference > 0))
        return true;
    for (int t = 0; t < b->s->months; t++) {
        double profile = firm->n_profile > t ? firm->profile[t] : 1;
        double growth = exp(firm->beta * build_trend(&b->s->inference_trend, t));
        by_month[t] = firm->inference * profile * growth / launches_as_planned(b, f, t);
        b->load[t] += by_month[t];
    }
    b->firms[f].base = build_pool_floats(b, by_month, b->s->months);
    return b->firms[f].base >= 0;
}

static bool firm_research(struct build *b, int f, double *by_month) {
    const struct sc_training *training = &b->s->firms[f].training;
    if (!training->present)
        return true;
    for (int t = 0; t < b->s->months; t++) {
        by_month[t] = training->research * exp(build_trend(&b->s->training_trend, t));
        b->load[t] += by_month[t];
    }
    b->firms[f].research = build_pool_floats(b, by_month, b->s->months);
    return b->firms[f].research >= 0;
}

static bool add_campaign(struct build *b, const struct sc_training *training, int k, int planned) {
    double mean = training->size_mean * exp(build_trend(&b->s->training_trend, planned)), sigma = training->size_sigma;
    struct mm_campaign *item = build_add(b, &b->campaigns, sizeof *item);
    if (item == NULL)
        return false;
    item->planned = planned;
    item->c2 = (uint)k;
    item->size = build_float(b, mean * exp(-sigma * sigma / 2));
    for (int t = planned > 0 ? planned : 0; t <= planned + CAMPAIGN_MONTHS && t < b->s->months; t++)
        b->load[t] += mean;
    return b->status == MM_OK;
}

static bool firm_campaigns(struct build *b, int f) {
    const struct sc_training *training = &b->s->firms[f].training;
    b->firms[f].first_campaign = b->campaigns.n;
    if (!training->present || training->cadence < 1)
        return true;
    long long n = build_steps(b, training->first, training->cadence);
    if (n > BUILD_STEP_LIMIT)
        return build_fail(b, MM_USAGE, "%s.training: %lld campaigns; allowed: %d (a later `first`, a larger `cadence`)",
                          b->where, n, BUILD_STEP_LIMIT);
    for (int k = 0; k < n; k++)
        if (!add_campaign(b, training, k, training->first + k * training->cadence))
            return false;
    b->firms[f].n_campaigns = b->campaigns.n - b->firms[f].first_campaign;
    return true;
}

bool build_demand(struct build *b) {
    const struct sc_scenario *s = b->s;
    double *by_month = build_alloc(b, (size_t)s->months, sizeof *by_month);
    bool good = by_month != NULL;
    for (int f = 0; good && f < s->n_firms; f++) {
        snprintf(b->where, sizeof b->where, "firms.%s", s->firms[f].name);
        b->firms[f].demand_share = build_pool_floats(b, s->firms[f].demand_shares, s->n_regions);
        good = b->firms[f].demand_share >= 0 && firm_launches(b, f) && firm_base(b, f, by_month) &&
               firm_research(b, f, by_month) && firm_campaigns(b, f);
    }
    build_release(by_month);
    return good;
}
