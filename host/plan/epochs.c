/* Epochs: the stretches of months in which the same contracts hold, the frontier stands still and the same cells can
 * hold something. For each, what every firm may use is written out as a list of sums, which the kernels only follow. */
#include "host/plan/build.h"

#include <stdlib.h>

struct epochs {
    struct build *b;
    int *starts; /* month by month: whether an epoch begins */
    int from, until;
};

static void start_at(struct epochs *e, int month) {
    if (month > 0 && month < e->b->s->months)
        e->starts[month] = 1;
}

static void find_starts(struct epochs *e) {
    const struct build *b = e->b;
    const int *frontier = (const int *)(const void *)(b->plan->pool + b->head->frontier);
    e->starts[0] = 1;
    for (int t = 1; t < b->s->months; t++)
        if (frontier[t] != frontier[t - 1])
            start_at(e, t);
    for (int i = 0; i < b->shares.n; i++) {
        const struct mm_share *share = BUILD_ITEM(b->shares, mm_share, i);
        start_at(e, share->from);
        start_at(e, share->until);
    }
    for (int i = 0; i < b->leases.n; i++) {
        const struct mm_lease *lease = BUILD_ITEM(b->leases, mm_lease, i);
        start_at(e, lease->from);
        start_at(e, lease->until);
    }
    for (int i = 0; i < b->owns.n; i++) {
        const struct mm_own *own = BUILD_ITEM(b->owns, mm_own, i);
        start_at(e, own->retires);
        if (own->existing == 0)
            start_at(e, own->from);
    }
}

/* Whether a cell can hold something in the epoch. */
static bool is_live(const struct epochs *e, const struct mm_own *own) {
    return own->retires > e->from && (own->existing > 0 || own->from < e->until);
}

static const struct mm_own *live_own(const struct epochs *e, int firm, int region, int generation) {
    const struct build *b = e->b;
    const struct mm_firm *f = &b->firms[firm];
    for (int i = f->first_own; i < f->first_own + f->n_own; i++) {
        const struct mm_own *own = BUILD_ITEM(b->owns, mm_own, i);
        if (own->region == region && own->generation == generation)
            return is_live(e, own) ? own : NULL;
    }
    return NULL;
}

static bool holds(const struct epochs *e, int from, int until) {
    return from <= e->from && e->from < until;
}

static bool add_word(struct build *b, int word) {
    return build_pool(b, &word, 1) >= 0;
}

static bool add_number(struct build *b, float x) {
    return build_pool(b, &x, 1) >= 0;
}

static void set_word(struct build *b, int at, int word) {
    b->plan->pool[at] = (uint32_t)word;
}

/* What remains with an owner when its `share` contracts are served. */
static float kept_share(const struct epochs *e, int firm) {
    int keep = e->b->firms[firm].keep;
    return keep < 0 ? 1.0f : ((const float *)(const void *)(e->b->plan->pool + keep))[e->from];
}

static float leased(const struct epochs *e, const struct mm_lease_cell *cell) {
    float total = 0.0f;
    for (int j = cell->first; j < cell->first + cell->n; j++) {
        const struct mm_lease *lease = BUILD_ITEM(e->b->leases, mm_lease, j);
        if (holds(e, lease->from, lease->until))
            total += lease->amount;
    }
    return total;
}

/* \return the lessor's own cell if it leases anything out in this epoch, else NULL. */
static const struct mm_own *leasing(const struct epochs *e, const struct mm_lease_cell *cell) {
    const struct build *b = e->b;
    const int generation = cell->cell % b->s->n_generations, region = cell->cell / b->s->n_generations;
    const struct mm_own *own = live_own(e, region / b->s->n_regions, region % b->s->n_regions, generation);
    return own != NULL && leased(e, cell) > 0 ? own : NULL;
}

/* The lease cells in use: count, then cell, its number, the total asked for, what the owner keeps. */
static bool add_leases(const struct epochs *e, struct mm_epoch *epoch) {
    struct build *b = e->b;
    epoch->leases = (int)b->plan->pool_words;
    for (int i = 0; i < b->lease_cells.n; i++) {
        const struct mm_lease_cell *cell = BUILD_ITEM(b->lease_cells, mm_lease_cell, i);
        if (leasing(e, cell) == NULL)
            continue;
        int firm = cell->cell / b->s->n_generations / b->s->n_regions;
        if (!add_word(b, cell->cell) || !add_word(b, i) || !add_number(b, leased(e, cell)) ||
            !add_number(b, kept_share(e, firm)))
            return false;
        epoch->n_leases++;
    }
    return true;
}

/* The shares of owned cells that make up one held cell: its own, then those received, in the contracts' order.
 * \return their number, or -1. */
static int add_terms(const struct epochs *e, int f, int r, int g) {
    struct build *b = e->b;
    int n = 0;
    const struct mm_own *own = live_own(e, f, r, g);
    if (own != NULL) {
        if (!add_word(b, own->cell) || !add_number(b, kept_share(e, f)))
            return -1;
        n++;
    }
    for (int i = 0; i < b->shares.n; i++) {
        const struct mm_share share = *BUILD_ITEM(b->shares, mm_share, i);
        if (share.lessee != f || !holds(e, share.from, share.until))
            continue;
        own = live_own(e, share.lessor, r, g);
        if (own == NULL)
            continue;
        if (!add_word(b, own->cell) || !add_number(b, share.share))
            return -1;
        n++;
    }
    return n;
}

/* What `mw` contracts take from the cell or add to it, in their order. \return their number, or -1. */
static int add_transfers(const struct epochs *e, int cell) {
    struct build *b = e->b;
    int n = 0;
    for (int i = 0; i < b->lease_cells.n; i++) {
        const struct mm_lease_cell *lessor = BUILD_ITEM(b->lease_cells, mm_lease_cell, i);
        if (leasing(e, lessor) == NULL)
            continue;
        if (lessor->cell == cell) {
            if (!add_word(b, i) || !add_number(b, -1.0f))
                return -1;
            n++;
        }
        for (int j = lessor->first; j < lessor->first + lessor->n; j++) {
            const struct mm_lease lease = *BUILD_ITEM(b->leases, mm_lease, j);
            if (lease.cell != cell || !holds(e, lease.from, lease.until))
                continue;
            if (!add_word(b, i) || !add_number(b, lease.amount))
                return -1;
            n++;
        }
    }
    return n;
}

/* One held cell. \return 1, 0 where nothing is held, -1 on failure. */
static int add_hold(const struct epochs *e, int f, int r, int g) {
    struct build *b = e->b;
    const int at = (int)b->plan->pool_words, cell = build_cell(b, f, r, g);
    if (!add_word(b, cell) || !add_word(b, 0) || !add_word(b, 0))
        return -1;
    int terms = add_terms(e, f, r, g);
    if (terms == 0) /* nothing of this kind: none of its own, which is empty */
        terms = add_word(b, cell) && add_number(b, 0.0f) ? 0 : -1;
    int transfers = terms < 0 ? -1 : add_transfers(e, cell);
    if (transfers < 0)
        return -1;
    if (terms + transfers == 0) {
        b->plan->pool_words = (size_t)at;
        return 0;
    }
    set_word(b, at + 1, terms > 0 ? terms : 1);
    set_word(b, at + 2, transfers);
    return 1;
}

/* One firm in one region. \return 1, 0 where nothing is held, -1 on failure. */
static int add_site(const struct epochs *e, int f, int r) {
    struct build *b = e->b;
    const int frontier = ((const int *)(const void *)(b->plan->pool + b->head->frontier))[e->from];
    const int at = (int)b->plan->pool_words;
    int n[2] = {0, 0};
    if (!add_word(b, f * b->s->n_regions + r) || !add_word(b, 0) || !add_word(b, 0))
        return -1;
    for (int g = 0; g < b->s->n_generations; g++) {
        int held = add_hold(e, f, r, g);
        if (held < 0)
            return -1;
        n[g >= frontier] += held;
    }
    if (n[0] + n[1] == 0) {
        b->plan->pool_words = (size_t)at;
        return 0;
    }
    set_word(b, at + 1, n[0]);
    set_word(b, at + 2, n[1]);
    return 1;
}

static bool add_firms(const struct epochs *e, struct mm_epoch *epoch) {
    struct build *b = e->b;
    epoch->sites = (int)b->plan->pool_words;
    for (int f = 0; f < b->s->n_firms; f++) {
        const int at = (int)b->plan->pool_words;
        int n = 0;
        if (!add_word(b, 0))
            return false;
        for (int r = 0; r < b->s->n_regions; r++) {
            int site = add_site(e, f, r);
            if (site < 0)
                return false;
            n += site;
        }
        set_word(b, at, n);
    }
    return true;
}

/* The owned cells that hold something and do not change. */
static bool add_fixed(const struct epochs *e, struct mm_epoch *epoch) {
    struct build *b = e->b;
    epoch->fixed = (int)b->plan->pool_words;
    for (int i = 0; i < b->owns.n; i++) {
        const struct mm_own *own = BUILD_ITEM(b->owns, mm_own, i);
        if (!is_live(e, own) || own->from < own->end)
            continue;
        if (!add_word(b, i))
            return false;
        epoch->n_fixed++;
    }
    return true;
}

static bool add_epoch(struct epochs *e) {
    struct mm_epoch epoch = {.from = e->from};
    if (!add_fixed(e, &epoch) || !add_leases(e, &epoch) || !add_firms(e, &epoch))
        return false;
    struct mm_epoch *item = build_add(e->b, &e->b->epochs, sizeof *item);
    if (item == NULL)
        return false;
    *item = epoch;
    return true;
}

bool build_epochs(struct build *b) {
    const int months = b->s->months;
    struct epochs e = {.b = b, .starts = build_alloc(b, (size_t)months, sizeof *e.starts)};
    if (e.starts == NULL)
        return false;
    find_starts(&e);
    b->head->epoch = (int)b->plan->pool_words;
    bool good = true;
    for (int t = 0, epoch = -1; good && t < months; t++) {
        epoch += e.starts[t];
        good = add_word(b, epoch);
    }
    for (int t = 0; good && t < months; t = e.until) {
        e.from = t;
        e.until = t + 1;
        while (e.until < months && !e.starts[e.until])
            e.until++;
        good = add_epoch(&e);
    }
    build_release(e.starts);
    return good;
}
