/* Which variates of a path come from a scrambled Sobol point, the most important first (docs/sampling.md). */
#include "host/plan/sobol.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "host/plan/build.h"

#define INDEX_POINTS 32 /* values of the industry's bridge that have a coordinate ... */
#define FIRM_POINTS 8   /* ... and of a firm's */
#define FIRST_STRIKES 2 /* of a shock, that come before the firms */

struct choosing {
    struct build *b;
    const struct mm_head *head;
    struct mm_sobol sobol;
    int *given_firm;                  /* [firms] */
    struct build_list spots, bridges; /* mm_spot; mm_bridge, `dimensions` being the row of `coordinates` */
    struct build_list spans;          /* mm_span */
    int (*coordinates)[INDEX_POINTS]; /* [1 + firms] */
};

static int next_dimension(struct choosing *c) {
    return c->sobol.n_dimensions < SOBOL_MOST ? c->sobol.n_dimensions++ : -1;
}

static void add_spot(struct choosing *c, struct mm_spot spot) {
    struct mm_spot *added = build_add(c->b, &c->spots, sizeof *added);
    if (added != NULL)
        *added = spot;
}

/* `n` normals of one kind, four to a block. */
static void add_factors(struct choosing *c, int kind, int n, int at) {
    for (int i = 0; i < n; i++)
        add_spot(c, (struct mm_spot){at + i, 0, next_dimension(c), (uint)(i / 4), MM_ADDRESS(kind, 0), i % 4});
}

static void add_common(struct choosing *c) {
    const struct mm_head *h = c->head;
    for (int i = 0; i < 2; i++)
        add_spot(c, (struct mm_spot){MM_GIVEN_COMMON + i, 0, next_dimension(c), 0, MM_ADDRESS(MM_KIND_COMMON, 0), i});
    add_factors(c, MM_KIND_FACTOR_POWER, h->n_regions, MM_GIVEN_POWER(h));
    add_factors(c, MM_KIND_FACTOR_GPU, h->n_generations, MM_GIVEN_GPU);
    add_factors(c, MM_KIND_FACTOR_SHELL, h->n_regions, MM_GIVEN_SHELL(h));
}

/* Strikes from <= i < to of every shock. */
static void add_strikes(struct choosing *c, int from, int to) {
    const struct mm_head *h = c->head;
    const struct mm_shock *shock = PLAN_TABLE(c->b->plan, mm_shock, shocks);
    for (int i = from; i < to; i++)
        for (int s = 0; s < h->n_shocks; s++) {
            if (i >= shock[s].times)
                continue;
            const int at = MM_GIVEN_STRIKE(h) + 2 * (shock[s].first_strike + i);
            const uint c3 = MM_ADDRESS(MM_KIND_SHOCK, shock[s].id);
            add_spot(c, (struct mm_spot){at, 1, next_dimension(c), (uint)i, c3, 0});
            add_spot(c, (struct mm_spot){at + 1, 0, shock[s].sigma > 0 ? next_dimension(c) : -1, (uint)i, c3, 1});
        }
}

/* Values from <= i < to of a bridge. */
static void add_values(struct choosing *c, int bridge, int from, int to) {
    struct mm_bridge *row = BUILD_ITEM(c->bridges, mm_bridge, bridge);
    for (int i = from; i < to && i < c->head->months - 1; i++) {
        const int dimension = next_dimension(c);
        if (dimension >= 0)
            c->coordinates[bridge][row->n++] = dimension;
    }
}

static void add_bridge(struct choosing *c, int at, uint c3) {
    struct mm_bridge *row = build_add(c->b, &c->bridges, sizeof *row);
    if (row != NULL)
        *row = (struct mm_bridge){.at = at, .c3 = c3};
}

/* What firms draw besides their months: sizes of campaigns, success of launches. */
static void add_firms_own(struct choosing *c) {
    const struct mm_head *h = c->head;
    const struct mm_firm *firm = PLAN_TABLE(c->b->plan, mm_firm, firms);
    const struct mm_launch *launch = PLAN_TABLE(c->b->plan, mm_launch, launches);
    const struct mm_campaign *campaign = PLAN_TABLE(c->b->plan, mm_campaign, campaigns);
    for (int i = 0; i < h->n_launches; i++)
        add_spot(c, (struct mm_spot){MM_GIVEN_LAUNCH(h) + i, 0, next_dimension(c), launch[i].c2, launch[i].c3, 1});
    for (int f = 0; f < h->n_firms; f++)
        for (int i = firm[f].first_campaign; c->given_firm[f] >= 0 && i < firm[f].first_campaign + firm[f].n_campaigns;
             i++)
            add_spot(c, (struct mm_spot){MM_GIVEN_CAMPAIGN(h) + i, 0, -1, campaign[i].c2,
                                         MM_ADDRESS(MM_KIND_CAMPAIGN, f), 2});
}

/* Bridges: the industry's first where it has one, then those of firms. */
static void add_bridges(struct choosing *c) {
    const struct mm_head *h = c->head;
    const struct mm_firm *firm = PLAN_TABLE(c->b->plan, mm_firm, firms);
    if (h->index_sigma > 0)
        add_bridge(c, MM_GIVEN_INDEX(h), MM_ADDRESS(MM_KIND_INDEX_MONTH, 0));
    for (int f = 0; f < h->n_firms; f++) {
        const bool drawn = firm[f].base >= 0 && (firm[f].x0_sigma > 0 || firm[f].x_sigma > 0);
        c->given_firm[f] = drawn ? MM_GIVEN_FIRM(h, f) : -1;
        if (drawn)
            add_bridge(c, MM_GIVEN_FIRM(h, f), MM_ADDRESS(MM_KIND_FIRM_MONTH, f));
    }
}

static void add_firm_values(struct choosing *c, int from, int to) {
    const struct mm_firm *firm = PLAN_TABLE(c->b->plan, mm_firm, firms);
    int bridge = c->head->index_sigma > 0 ? 1 : 0;
    for (int f = 0; f < c->head->n_firms; f++) {
        if (c->given_firm[f] < 0)
            continue;
        if (from == 0 && firm[f].x0_sigma > 0)
            add_spot(c,
                     (struct mm_spot){c->given_firm[f], 0, next_dimension(c), 0, MM_ADDRESS(MM_KIND_FIRM_MONTH, f), 0});
        if (firm[f].x_sigma > 0)
            add_values(c, bridge, from, to);
        bridge++;
    }
}

static void add_regimes(struct choosing *c, int from, int to) {
    for (int i = from; i < to; i++)
        c->sobol.regime[i] = c->head->n_regimes > 1 ? next_dimension(c) : -1;
}

static void choose_dimensions(struct choosing *c) {
    const bool index = c->head->index_sigma > 0;
    add_bridges(c);
    if (c->b->status != MM_OK)
        return;
    add_regimes(c, 0, 2);
    if (index)
        add_values(c, 0, 0, 4);
    add_strikes(c, 0, 1);
    add_regimes(c, 2, MM_REGIME_POINTS);
    add_strikes(c, 1, FIRST_STRIKES);
    add_common(c);
    add_firm_values(c, 0, 2);
    if (index)
        add_values(c, 0, 4, 12);
    add_firm_values(c, 2, 4);
    add_strikes(c, FIRST_STRIKES, INT_MAX > c->head->n_strikes ? c->head->n_strikes : 0);
    if (index)
        add_values(c, 0, 12, INDEX_POINTS);
    add_firm_values(c, 4, FIRM_POINTS);
    add_firms_own(c);
}

static void add_span(struct choosing *c, int mid, int left, int right, double from_right, double spread) {
    struct mm_span *span = build_add(c->b, &c->spans, sizeof *span);
    if (span != NULL)
        *span = (struct mm_span){mid,
                                 left,
                                 right,
                                 left > 0 ? (float)(1 - from_right) : 0, /* the sum of no steps is 0 */
                                 (float)from_right,
                                 (float)spread};
}

/* The order of a bridge over months 1 ... months - 1: the last one, then the middles of what lies between two known
 * ones, the widest gaps first. */
static void make_spans(struct choosing *c) {
    const int last = c->head->months - 1;
    if (last < 1)
        return;
    add_span(c, last, 0, 0, 0, sqrt(last));
    struct build_list gaps = {0};
    int *gap = build_add(c->b, &gaps, 2 * sizeof *gap);
    if (gap != NULL)
        gap[1] = last;
    for (int i = 0; i < gaps.n && c->b->status == MM_OK; i++) {
        const int *at = (const int *)gaps.items + (ptrdiff_t)2 * i;
        const int left = at[0], right = at[1], mid = left + (right - left) / 2;
        if (mid == left)
            continue;
        const double n = right - left, before = mid - left, after = right - mid;
        add_span(c, mid, left, right, before / n, sqrt(before * after / n));
        const int halves[2][2] = {{left, mid}, {mid, right}};
        for (int half = 0; half < 2; half++) {
            int *added = build_add(c->b, &gaps, 2 * sizeof *added);
            if (added != NULL)
                memcpy(added, halves[half], sizeof halves[half]);
        }
    }
    build_release(gaps.items);
}

static int store(struct choosing *c, const struct build_list *list, size_t size) {
    return build_pool(c->b, list->items, (size_t)list->n * size / 4);
}

static void store_all(struct choosing *c) {
    struct mm_sobol *s = &c->sobol;
    struct mm_head *h = &c->b->plan->head;
    for (int i = 0; i < c->bridges.n; i++) {
        struct mm_bridge *row = BUILD_ITEM(c->bridges, mm_bridge, i);
        row->dimensions = build_pool(c->b, c->coordinates[i], (size_t)row->n);
    }
    s->n_spots = c->spots.n;
    s->spots = store(c, &c->spots, sizeof(struct mm_spot));
    s->n_bridges = c->bridges.n;
    s->bridges = store(c, &c->bridges, sizeof(struct mm_bridge));
    s->n_spans = c->spans.n;
    s->spans = store(c, &c->spans, sizeof(struct mm_span));
    s->given_firm = build_pool(c->b, c->given_firm, (size_t)h->n_firms);
    s->directions = (int)c->b->plan->pool_words;
    for (int d = 0; d < s->n_dimensions; d++) {
        uint32_t directions[SOBOL_WORDS];
        sobol_directions(d, directions);
        build_pool(c->b, directions, SOBOL_WORDS);
    }
    const long long total = (long long)h->s_vectors + s->n_dimensions + (long long)MM_GIVEN_SIZE(h);
    if (total > INT_MAX) {
        build_fail(c->b, MM_USAGE, "the scenario is too large for --sampler sobol");
        return;
    }
    s->s_point = h->s_vectors;
    s->s_given = s->s_point + s->n_dimensions;
    h->s_vectors = (int)total;
    h->sobol = build_pool(c->b, s, sizeof *s / 4);
}

static mm_status add_points(struct plan *plan, mm_messages *messages) {
    struct build b = {
        .plan = plan, .head = &plan->head, .messages = messages, .status = MM_OK, .pool_capacity = plan->pool_words};
    struct choosing c = {.b = &b, .head = &plan->head, .sobol.regime = {-1, -1, -1, -1}};
    const size_t firms = (size_t)plan->head.n_firms;
    c.given_firm = build_alloc(&b, firms, sizeof *c.given_firm);
    c.coordinates = build_alloc(&b, 1 + firms, sizeof *c.coordinates);
    if (b.status == MM_OK)
        choose_dimensions(&c);
    if (b.status == MM_OK)
        make_spans(&c);
    if (b.status == MM_OK)
        store_all(&c);
    build_release(c.given_firm);
    build_release(c.coordinates);
    build_release(c.spots.items);
    build_release(c.bridges.items);
    build_release(c.spans.items);
    return b.status;
}

mm_status plan_add_sobol(struct plan *plan, mm_messages *messages) {
    mm_status status = MM_OK;
    for (int i = 0; i < plan_n_parts(plan) && status == MM_OK; i++)
        status = add_points(i == 0 ? plan : plan->overlays[i - 1], messages);
    return status == MM_OK ? plan_keep_scrambles(plan) : status;
}
