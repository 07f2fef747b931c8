/* Phases: programmes expanded, sorted by cell; what each firm owns; decisions to build; what is booked together. */
#include "host/plan/build.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int order(long long a, long long b) {
    return (a > b) - (a < b);
}

/* Whether a phase can be felt within the horizon: up or late by its last month, or decided within it. */
static bool is_felt(const struct sc_scenario *s, int month, bool committed) {
    return month <= s->months || (!committed && month - s->response.lead < s->months);
}

static bool add_phase(struct build *b, const struct build_phase *phase) {
    struct build_phase p = *phase;
    if (p.phase.month < 1)
        p.committed = true;
    if (p.mw <= 0 || !is_felt(b->s, p.phase.month, p.committed))
        return true;
    p.phase.decision = -1;
    p.phase.mw = build_float(b, p.mw);
    uint firm = (uint)p.phase.firm, region = (uint)p.phase.region;
    if (p.single) {
        p.phase.slip_c2 = (uint)p.index;
        p.phase.slip_c3 = MM_ADDRESS(MM_KIND_PHASE_SLIP, firm);
    } else {
        p.phase.slip_c2 = region << 20 | (uint)p.index;
        p.phase.slip_c3 = MM_ADDRESS(MM_KIND_STEP_SLIP, firm);
    }
    struct build_phase *item = b->status == MM_OK ? build_add(b, &b->phases, sizeof *item) : NULL;
    if (item == NULL)
        return false;
    *item = p;
    return true;
}

/* The newest generation that ships by a month, or SC_NONE. */
static int newest_shipping(const struct sc_scenario *s, int month) {
    for (int g = s->n_generations - 1; g >= 0; g--)
        if (s->generations[g].ships <= month)
            return g;
    return SC_NONE;
}

static bool add_step(struct build *b, int f, int k, int month) {
    const struct sc_firm *firm = &b->s->firms[f];
    const struct sc_build *build = &firm->build;
    int generation = newest_shipping(b->s, month);
    if (generation == SC_NONE)
        return true;
    double mw = build->mw_per_year * build->every / 12 * pow(1 + build->growth, (month - build->from) / 12.0);
    bool committed = month < build->committed_until || month < 1;
    for (int r = 0; r < b->s->n_regions; r++) {
        const struct build_phase phase = {.phase = {.month = month, .firm = f, .region = r, .generation = generation},
                                          .mw = firm->shares[r] > 0 ? mw * firm->shares[r] : 0,
                                          .cancel = committed ? build->cancel_committed : build->cancel_planned,
                                          .index = k,
                                          .committed = committed};
        if (!add_phase(b, &phase))
            return false;
    }
    return true;
}

static bool add_programme(struct build *b, int f) {
    const struct sc_build *build = &b->s->firms[f].build;
    if (!build->present || build->every < 1)
        return true;
    long long n = build_steps(b, build->from, build->every);
    if (n > BUILD_STEP_LIMIT)
        return build_fail(b, MM_USAGE, "%s.build: %lld steps; allowed: %d (a later `from`, a larger `every`)", b->where,
                          n, BUILD_STEP_LIMIT);
    for (int k = 0; k < n; k++)
        if (!add_step(b, f, k, build->from + k * build->every))
            return false;
    return true;
}

static bool add_singles(struct build *b, int f) {
    const struct sc_firm *firm = &b->s->firms[f];
    for (int i = 0; i < firm->n_phases; i++) {
        const struct sc_phase *p = &firm->phases[i];
        const struct build_phase phase = {
            .phase = {.month = p->ready, .firm = f, .region = p->region, .generation = p->generation},
            .mw = p->mw,
            .cancel = p->cancel,
            .single = 1,
            .index = i,
            .committed = p->committed};
        if (!add_phase(b, &phase))
            return false;
    }
    return true;
}

static int by_cell(const void *left, const void *right) {
    const struct build_phase *a = left, *b = right;
    const int keys[][2] = {{a->phase.firm, b->phase.firm},
                           {a->phase.region, b->phase.region},
                           {a->phase.generation, b->phase.generation},
                           {a->phase.month, b->phase.month},
                           {a->single, b->single},
                           {a->index, b->index}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (keys[i][0] != keys[i][1])
            return order(keys[i][0], keys[i][1]);
    return 0;
}

/* Units of a cell: the largest power of two by which its MW, decisions at their highest, stay below 2^29. */
static void set_units(struct build *b, struct mm_own *own, double existing, double planned, double kh100e_per_mw) {
    double most = existing + planned * fmax(1, b->s->response.high);
    build_float(b, most); /* for its message */
    b->max_mw += most;
    b->capacity += most * kh100e_per_mw;
    int exponent = 0;
    frexp(most, &exponent); /* most <= 2^exponent */
    double units = ldexp(1, 29 - exponent);
    own->existing = (int)lrint(existing * units);
    own->units_per_mw = build_float(b, units);
    own->mw_per_unit = build_float(b, 1 / units);
    own->kh100e_per_unit = build_float(b, kh100e_per_mw / units);
}

static bool add_own(struct build *b, int f, int r, int g, int *next) {
    const struct sc_scenario *s = b->s;
    const struct sc_generation *generation = &s->generations[g];
    const int first = *next;
    double existing = s->firms[f].installed[g] * s->firms[f].shares[r], planned = 0;
    int earliest = s->months;
    for (; *next < b->phases.n; ++*next) {
        struct build_phase *p = BUILD_ITEM(b->phases, build_phase, *next);
        if (p->phase.firm != f || p->phase.region != r || p->phase.generation != g)
            break;
        p->phase.own = b->owns.n;
        planned += p->mw;
        if (p->phase.month < earliest)
            earliest = p->phase.month;
    }
    if (*next == first && !(existing > 0))
        return true;
    struct mm_own *own = build_add(b, &b->owns, sizeof *own);
    if (own == NULL)
        return false;
    own->cell = build_cell(b, f, r, g);
    own->region = r;
    own->generation = g;
    own->retires = generation->retires < 0 ? 0 : generation->retires > s->months ? s->months : generation->retires;
    own->end = own->retires;
    own->from = *next == first || earliest > own->end ? own->end : earliest < 0 ? 0 : earliest;
    own->inv_ramp = build_float(b, 1 / generation->ramp);
    own->rise = (int)fmin(ceil(generation->ramp), s->months) + 1;
    set_units(b, own, existing, planned, generation->kh100e_per_mw);
    return b->status == MM_OK;
}

/* Cells of one generation that change go through the months side by side, from the first one's first month on. */
static bool build_run(struct build *b, int generation, int *unit) {
    struct mm_run run = {.unit = *unit, .delta = b->head->n_deltas, .cells = (int)b->plan->pool_words};
    run.from = b->s->months;
    for (int i = 0; i < b->owns.n; i++) {
        struct mm_own *own = BUILD_ITEM(b->owns, mm_own, i);
        if (own->generation != generation || own->from >= own->end)
            continue;
        const int from = own->existing > 0 ? 0 : own->from;
        run.from = from < run.from ? from : run.from;
        run.end = own->end;
        run.n++;
        if (build_pool(b, &own->cell, 1) < 0)
            return false;
    }
    if (run.n == 0)
        return true;
    run.kh100e_per_unit = (int)b->plan->pool_words;
    for (int i = 0, n = 0; i < b->owns.n; i++) {
        struct mm_own *own = BUILD_ITEM(b->owns, mm_own, i);
        if (own->generation != generation || own->from >= own->end)
            continue;
        own->from = run.from;
        own->delta = run.delta + n++ * (run.end - run.from);
        own->unit = (*unit)++;
        if (build_pool(b, &own->kh100e_per_unit, 1) < 0)
            return false;
    }
    const long long deltas = b->head->n_deltas + 1LL * run.n * (run.end - run.from);
    if (deltas > INT_MAX)
        return build_fail(b, MM_USAGE, "the scenario is too large: %lld changes of capacity for each path", deltas);
    b->head->n_deltas = (int)deltas;
    struct mm_run *item = build_add(b, &b->runs, sizeof *item);
    if (item != NULL)
        *item = run;
    return item != NULL;
}

static bool build_runs(struct build *b) {
    int unit = 0;
    for (int g = 0; g < b->s->n_generations; g++)
        if (!build_run(b, g, &unit))
            return false;
    for (int i = 0; i < b->owns.n; i++) {
        struct mm_own *own = BUILD_ITEM(b->owns, mm_own, i);
        if (own->from >= own->end)
            own->unit = unit++;
    }
    return true;
}

static bool build_owns(struct build *b) {
    int next = 0;
    for (int f = 0; f < b->s->n_firms; f++) {
        b->firms[f].first_own = b->owns.n;
        snprintf(b->where, sizeof b->where, "firms.%s", b->s->firms[f].name);
        for (int r = 0; r < b->s->n_regions; r++)
            for (int g = 0; g < b->s->n_generations; g++)
                if (!add_own(b, f, r, g, &next))
                    return false;
        b->firms[f].n_own = b->owns.n - b->firms[f].first_own;
    }
    return true;
}

/* A planned phase and the month it is decided in. */
struct decided {
    int firm, month, phase;
};

static int by_month(const void *left, const void *right) {
    const struct decided *a = left, *b = right;
    if (a->firm != b->firm)
        return order(a->firm, b->firm);
    return a->month != b->month ? order(a->month, b->month) : order(a->phase, b->phase);
}

static bool add_decisions(struct build *b, const struct decided *decided, int n) {
    double weight = 0;
    for (int i = 0; i < n; i++) {
        const struct decided *d = &decided[i];
        struct build_phase *phase = BUILD_ITEM(b->phases, build_phase, d->phase);
        if (i == 0 || d->firm != d[-1].firm || d->month != d[-1].month) {
            struct mm_decision *decision = build_add(b, &b->decisions, sizeof *decision);
            if (decision == NULL)
                return false;
            decision->firm = d->firm;
            decision->month = d->month;
            weight = 0;
            struct mm_firm *firm = &b->firms[d->firm];
            if (firm->n_decisions++ == 0)
                firm->first_decision = b->decisions.n - 1;
        }
        weight += phase->mw;
        phase->phase.decision = b->decisions.n - 1;
        BUILD_ITEM(b->decisions, mm_decision, b->decisions.n - 1)->weight = build_float(b, weight);
    }
    return b->status == MM_OK;
}

/* The decisions of each month, firm by firm. */
static bool list_decisions(struct build *b) {
    struct mm_head *h = b->head;
    const int months = b->s->months, n = b->decisions.n;
    int32_t *first = build_alloc(b, (size_t)months + 2, sizeof *first);
    int32_t *list = build_alloc(b, (size_t)n, sizeof *list);
    if (first != NULL && list != NULL) {
        for (int i = 0; i < n; i++)
            first[BUILD_ITEM(b->decisions, mm_decision, i)->month + 2]++;
        for (int t = 2; t <= months + 1; t++)
            first[t] += first[t - 1];
        for (int i = 0; i < n; i++)
            list[first[BUILD_ITEM(b->decisions, mm_decision, i)->month + 1]++] = i;
        h->first_decided = build_pool(b, first, (size_t)months + 1);
        h->decided = build_pool(b, list, (size_t)n);
    }
    build_release(first);
    build_release(list);
    return b->status == MM_OK;
}

static bool build_decisions(struct build *b) {
    struct decided *decided = build_alloc(b, (size_t)b->phases.n, sizeof *decided);
    if (decided == NULL)
        return false;
    int n = 0;
    for (int i = 0; i < b->phases.n; i++) {
        const struct build_phase *p = BUILD_ITEM(b->phases, build_phase, i);
        if (p->committed)
            continue;
        int month = p->phase.month - b->s->response.lead;
        decided[n++] = (struct decided){p->phase.firm, month > 0 ? month : 0, i};
    }
    if (n > 0)
        qsort(decided, (size_t)n, sizeof *decided, by_month);
    bool good = add_decisions(b, decided, n) && list_decisions(b);
    build_release(decided);
    return good;
}

/* A phase with the address of its cancellation, and its word there. */
struct grouped {
    uint c2, c3;
    int decision, slot, phase;
};

static int by_address(const void *left, const void *right) {
    const struct grouped *a = left, *b = right;
    if (a->decision != b->decision)
        return order(a->decision, b->decision);
    if (a->c3 != b->c3)
        return order(a->c3, b->c3);
    return a->c2 != b->c2 ? order(a->c2, b->c2) : order(a->slot, b->slot);
}

static bool add_groups(struct build *b, const struct grouped *grouped, int n) {
    struct mm_group *group = NULL;
    for (int i = 0; i < n; i++) {
        const struct grouped *g = &grouped[i];
        if (i == 0 || g->decision != g[-1].decision || g->c3 != g[-1].c3 || g->c2 != g[-1].c2) {
            group = build_add(b, &b->groups, sizeof *group);
            if (group == NULL)
                return false;
            group->c2 = g->c2;
            group->c3 = g->c3;
            if (g->decision < 0) {
                b->head->n_committed_groups++;
            } else {
                struct mm_decision *decision = BUILD_ITEM(b->decisions, mm_decision, g->decision);
                if (decision->n_groups++ == 0)
                    decision->first_group = b->groups.n - 1;
            }
        }
        double cancel = BUILD_ITEM(b->phases, build_phase, g->phase)->cancel;
        group->phase[group->n] = g->phase;
        group->word[group->n] = g->slot;
        group->probability[group->n] = build_float(b, cancel);
        group->n++;
        if (cancel > 0)
            group->draws = 1;
    }
    return b->status == MM_OK;
}

static bool build_groups(struct build *b) {
    struct grouped *grouped = build_alloc(b, (size_t)b->phases.n, sizeof *grouped);
    if (grouped == NULL)
        return false;
    for (int i = 0; i < b->phases.n; i++) {
        const struct build_phase *p = BUILD_ITEM(b->phases, build_phase, i);
        struct grouped *g = &grouped[i];
        uint firm = (uint)p->phase.firm, index = (uint)p->index, region = (uint)p->phase.region;
        g->phase = i;
        g->decision = p->phase.decision;
        g->slot = (int)((p->single ? index : region) % 4);
        g->c2 = p->single ? index / 4 : (region / 4) << 20 | index;
        g->c3 = p->single ? MM_ADDRESS(MM_KIND_PHASE_CANCEL, firm) : MM_ADDRESS(MM_KIND_STEP_CANCEL, firm);
    }
    if (b->phases.n > 0)
        qsort(grouped, (size_t)b->phases.n, sizeof *grouped, by_address);
    bool good = add_groups(b, grouped, b->phases.n);
    build_release(grouped);
    return good;
}

bool build_phases(struct build *b) {
    for (int f = 0; f < b->s->n_firms; f++) {
        snprintf(b->where, sizeof b->where, "firms.%s", b->s->firms[f].name);
        if (!add_programme(b, f) || !add_singles(b, f))
            return false;
    }
    if (b->phases.n > 0)
        qsort(b->phases.items, (size_t)b->phases.n, sizeof(struct build_phase), by_cell);
    return build_owns(b) && build_runs(b) && build_decisions(b) && build_groups(b);
}
