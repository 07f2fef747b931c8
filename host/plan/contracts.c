/* Contracts between firms, and in how many cells each may hold something. */
#include "host/plan/build.h"

#include <math.h>
#include <stdio.h>

/* The months of the horizon in which a contract holds: from <= t < until. */
struct term {
    int from, until;
};

static struct term term_of(const struct build *b, const struct sc_contract *contract) {
    int months = b->s->months;
    return (struct term){contract->from > 0 ? contract->from : 0, contract->until < months ? contract->until : months};
}

static bool is_active(const struct build *b, const struct sc_contract *contract) {
    struct term term = term_of(b, contract);
    return term.from < term.until && (contract->is_share ? contract->share : contract->mw) > 0;
}

static bool owns_cell(const struct build *b, int firm, int cell) {
    const struct mm_firm *f = &b->firms[firm];
    for (int i = f->first_own; i < f->first_own + f->n_own; i++)
        if (BUILD_ITEM(b->owns, mm_own, i)->cell == cell)
            return true;
    return false;
}

static bool build_shares(struct build *b) {
    for (int i = 0; i < b->s->n_contracts; i++) {
        const struct sc_contract *contract = &b->s->contracts[i];
        if (!contract->is_share || !is_active(b, contract))
            continue;
        struct mm_share *share = build_add(b, &b->shares, sizeof *share);
        if (share == NULL)
            return false;
        struct term term = term_of(b, contract);
        share->lessor = contract->lessor;
        share->lessee = contract->lessee;
        share->from = term.from;
        share->until = term.until;
        share->share = build_float(b, contract->share);
    }
    return b->status == MM_OK;
}

/* What remains with a lessor by month when its `share` contracts are served. */
static bool build_keep(struct build *b, int f, double *keep) {
    bool gives = false;
    for (int t = 0; t < b->s->months; t++)
        keep[t] = 1;
    for (int i = 0; i < b->s->n_contracts; i++) {
        const struct sc_contract *contract = &b->s->contracts[i];
        if (!contract->is_share || contract->lessor != f || !is_active(b, contract))
            continue;
        struct term term = term_of(b, contract);
        for (int t = term.from; t < term.until; t++)
            keep[t] -= contract->share;
        gives = true;
    }
    if (!gives)
        return true;
    for (int t = 0; t < b->s->months; t++)
        if (fabs(keep[t]) < 1e-9) /* shares that sum to 1 but for rounding */
            keep[t] = 0;
    b->firms[f].keep = build_pool_floats(b, keep, b->s->months);
    return b->firms[f].keep >= 0;
}

static bool add_lease(struct build *b, const struct sc_contract *contract) {
    struct mm_lease *lease = build_add(b, &b->leases, sizeof *lease);
    if (lease == NULL)
        return false;
    struct term term = term_of(b, contract);
    lease->cell = build_cell(b, contract->lessee, contract->region, contract->generation);
    lease->from = term.from;
    lease->until = term.until;
    lease->amount = build_float(b, contract->mw * b->s->generations[contract->generation].kh100e_per_mw);
    return b->status == MM_OK;
}

static int lessors_cell(const struct build *b, const struct sc_contract *contract) {
    return build_cell(b, contract->lessor, contract->region, contract->generation);
}

/* `mw` contracts by the lessor's cell; a lessor that owns nothing there gives nothing. */
static bool build_leases(struct build *b) {
    for (int i = 0; i < b->owns.n; i++) {
        int cell = BUILD_ITEM(b->owns, mm_own, i)->cell, first = b->leases.n;
        for (int c = 0; c < b->s->n_contracts; c++) {
            const struct sc_contract *contract = &b->s->contracts[c];
            if (contract->is_share || !is_active(b, contract) || lessors_cell(b, contract) != cell)
                continue;
            if (!add_lease(b, contract))
                return false;
        }
        if (b->leases.n == first)
            continue;
        struct mm_lease_cell *lease_cell = build_add(b, &b->lease_cells, sizeof *lease_cell);
        if (lease_cell == NULL)
            return false;
        *lease_cell = (struct mm_lease_cell){cell, first, b->leases.n - first};
    }
    return true;
}

static void mark_owned(const struct build *b, int owner, int holder, bool *held) {
    const struct mm_firm *f = &b->firms[owner];
    for (int i = f->first_own; i < f->first_own + f->n_own; i++) {
        const struct mm_own *own = BUILD_ITEM(b->owns, mm_own, i);
        held[build_cell(b, holder, own->region, own->generation)] = true;
    }
}

static void count_held(struct build *b, bool *held) {
    const struct sc_scenario *s = b->s;
    for (int f = 0; f < s->n_firms; f++)
        mark_owned(b, f, f, held);
    for (int i = 0; i < s->n_contracts; i++) {
        const struct sc_contract *contract = &s->contracts[i];
        if (!is_active(b, contract))
            continue;
        if (contract->is_share)
            mark_owned(b, contract->lessor, contract->lessee, held);
        else if (owns_cell(b, contract->lessor, lessors_cell(b, contract)))
            held[build_cell(b, contract->lessee, contract->region, contract->generation)] = true;
    }
    for (int cell = 0; cell < b->head->n_cells; cell++)
        if (held[cell])
            b->firms[cell / s->n_generations / s->n_regions].n_held++;
}

bool build_contracts(struct build *b) {
    snprintf(b->where, sizeof b->where, "contracts");
    double *keep = build_alloc(b, (size_t)b->s->months, sizeof *keep);
    bool *held = build_alloc(b, (size_t)b->head->n_cells, sizeof *held);
    bool good = keep != NULL && held != NULL && build_shares(b) && build_leases(b);
    if (good)
        count_held(b, held);
    for (int f = 0; good && f < b->s->n_firms; f++)
        good = build_keep(b, f, keep);
    build_release(keep);
    build_release(held);
    return good;
}
