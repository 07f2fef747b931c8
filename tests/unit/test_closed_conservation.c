/* Nothing is lost: on every path and in every month, what a firm may use is what it serves and what it has spare; what
 * it asks for is served or unmet; what is sold is bought, and no more than is offered; contracts pass on and make
 * nothing (docs/model.md, sections 3 to 7). Over configurations made at random and the two large ones of the tree. */
#include "support/closed.h"
#include "support/scene.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TOLERANCE 4e-6 /* of the totals: roundings of single precision in some dozen steps */

enum {
    C_USED,      /* U = served + spare */
    C_RANGE,     /* amounts are not negative, spare is not more than U, unmet not more than asked for */
    C_CONTRACTS, /* held before the reserves = owned */
    C_TOTALS,    /* D, S, gap, slack are those of the firms */
    C_SOLD,      /* sold = bought */
    C_OFFERS,    /* sold is at most offered, bought at most lacked, by region */
    C_UNSOLD,    /* spare = sold + unsold, by firm and in all */
    C_UNMET,     /* unmet after the market = unmet before - bought */
    C_PARTS,     /* spare by generation adds up to spare by firm */
    C_STATES,    /* one state at a time */
    C_PATHS,
    C_COUNT
};

static const char *const laws[C_COUNT] = {"U = served + spare",
                                          "amounts in range",
                                          "held = owned",
                                          "totals",
                                          "sold = bought",
                                          "sold <= offers",
                                          "spare = sold + unsold",
                                          "unmet",
                                          "spare by generation",
                                          "one state",
                                          "paths"};

static int near(double a, double b, double scale) {
    return fabs(a - b) <= TOLERANCE * scale;
}

struct totals {
    double demand, supply, unmet, bought, unsold_gap, owned, held;
};

/* One firm: fills the totals. */
static void check_firm(const struct group *g, int lane, int f, double *sums, struct totals *all) {
    const struct mm_head *h = g->head;
    const struct mm_firm *firm = PLAN_TABLE(g->plan, mm_firm, firms) + f;
    const int at = f * h->n_regions, cells = h->n_regions * h->n_generations;
    const double demand = real_at(g, h->s_inference + f, lane) + real_at(g, h->s_training + f, lane);
    const double capacity = real_at(g, h->s_capacity + f, lane), unmet = real_at(g, h->s_unmet + f, lane);
    double spare = 0, lacking = real_at(g, h->s_ut + f, lane), held = 0, unsold = 0, low = 0;
    for (int r = at; r < at + h->n_regions; r++) {
        const double old_spare = real_at(g, h->s_spare_old + r, lane), new_spare = real_at(g, h->s_spare_new + r, lane);
        spare += old_spare + new_spare;
        lacking += real_at(g, h->s_un + r, lane) + real_at(g, h->s_ua + r, lane);
        unsold += old_spare * real_at(g, h->s_tau_old + r, lane) + new_spare * real_at(g, h->s_tau_new + r, lane);
        low = fmin(low, fmin(old_spare, new_spare));
        low = fmin(low, fmin(real_at(g, h->s_un + r, lane), real_at(g, h->s_ua + r, lane)));
        low = fmin(low, real_at(g, h->s_old + r, lane) - old_spare + TOLERANCE * capacity);
        low = fmin(low, real_at(g, h->s_new + r, lane) - new_spare + TOLERANCE * capacity);
    }
    for (int c = f * cells; c < (f + 1) * cells; c++) {
        held += real_at(g, h->s_held + c, lane);
        all->owned += real_at(g, h->s_own + c, lane);
    }
    sums[C_USED] += !near(capacity - spare, demand - unmet, capacity + demand) || !near(unmet, lacking, demand) ||
                    !near(held, capacity, capacity);
    sums[C_RANGE] += low < 0 || unmet > demand * (1 + TOLERANCE) || real_at(g, h->s_ut + f, lane) < 0;
    all->demand += demand;
    all->supply += capacity;
    all->unmet += unmet;
    all->bought += real_at(g, h->s_bought + f, lane);
    all->unsold_gap += spare - unsold;
    all->held += firm->kept > 0 ? held / (double)firm->kept : 0;
    /* series of the firm: unsold, bought, then spare by generation */
    const int slot = h->s_slot + f * (2 + h->n_generations);
    double parts = 0;
    for (int i = 0; i < h->n_generations; i++) {
        double of = 0;
        for (int r = 0; r < h->n_regions; r++)
            of += real_at(g, h->s_held + f * cells + r * h->n_generations + i, lane);
        parts += of * real_at(g, slot + 2 + i, lane);
    }
    sums[C_PARTS] += !near(parts, spare, capacity);
    sums[C_UNSOLD] += !near(real_at(g, slot, lane) * capacity, unsold, capacity);
    sums[C_UNMET] += !near(real_at(g, slot + 1, lane) * demand, real_at(g, h->s_bought + f, lane), demand);
}

static double check_regions(const struct group *g, int lane, double *sums) {
    const struct mm_head *h = g->head;
    double sold = 0;
    for (int r = 0; r < h->n_regions; r++) {
        double m[MM_M_COUNT];
        for (int i = 0; i < MM_M_COUNT; i++)
            m[i] = real_at(g, h->s_market + r * MM_M_COUNT + i, lane);
        sold += m[MM_M_OFFER_OLD] * m[MM_M_SOLD_OLD] + m[MM_M_OFFER_NEW] * m[MM_M_SOLD_NEW];
        for (int i = MM_M_SOLD_OLD; i < MM_M_COUNT; i++)
            sums[C_OFFERS] += !(m[i] >= 0 && m[i] <= 1 + TOLERANCE);
    }
    return sold;
}

static void visit_books(const struct group *g, int lane, int month, double *sums, const void *context) {
    const struct mm_head *h = g->head;
    struct totals all = {0};
    int states = 0;
    (void)context;
    if (month < 0)
        return;
    for (int f = 0; f < h->n_firms; f++)
        check_firm(g, lane, f, sums, &all);
    const double sold = check_regions(g, lane, sums), scale = all.supply + all.demand;
    const double d = real_at(g, h->s_industry + MM_I_DEMAND, lane), s = real_at(g, h->s_industry + MM_I_SUPPLY, lane);
    sums[C_CONTRACTS] += !near(all.held, all.owned, all.owned);
    sums[C_TOTALS] += !near(d, all.demand, all.demand) || !near(s, all.supply, all.supply);
    if (d > 0 && s > 0) {
        sums[C_TOTALS] += !near(real_at(g, h->s_industry + MM_I_GAP, lane) * d, d - s, d + s);
        sums[C_TOTALS] += !near(real_at(g, h->s_industry + MM_I_SLACK, lane) * s, s - d, d + s);
    }
    sums[C_SOLD] += !near(sold, all.bought, scale);
    sums[C_UNSOLD] += !near(all.unsold_gap, sold, scale);
    sums[C_UNMET] += !near(real_at(g, h->s_industry + MM_I_UNMET, lane) * d, all.unmet - all.bought, scale);
    for (int i = 0; i < MM_STATES; i++)
        states += whole_at(g, h->s_industry + MM_I_STATE + i, lane) == -1;
    sums[C_STATES] += states != 1;
    sums[C_PATHS] += month == h->months - 1;
}

/* Takes the scene over. */
static void check_books(struct scene scene, uint64_t paths) {
    struct sc_series_ref refs[64 * (2 + MM_MAX_GENERATIONS)];
    double sums[C_COUNT];
    int n = 0;
    for (int f = 0; f < scene.data->n_firms; f++) {
        refs[n++] = series_of(SC_UNSOLD_SHARE, f);
        refs[n++] = series_of(SC_BOUGHT_SHARE, f);
        for (int i = 0; i < scene.data->n_generations; i++) {
            refs[n] = series_of(SC_SPARE_SHARE, f);
            refs[n++].generation = i;
        }
    }
    scene_series(&scene, n, refs);
    visit_paths(&scene, paths, scene.data->months, visit_books, NULL, C_COUNT, sums);
    for (int i = 0; i < C_PATHS; i++)
        if (sums[i] > 0) {
            print_error("%s is broken %g times\n", laws[i], sums[i]);
            fail();
        }
    assert_close("paths", sums[C_PATHS], (double)paths, 0);
    scene_free(&scene);
}

static uint64_t some_paths(uint64_t part) {
    const uint64_t paths = test_paths() / part;
    return paths > 256 ? paths : 256;
}

static void books_of_the_baseline(void **state) {
    (void)state;
    check_books(scene_file("configs/ai-2026.yaml", NULL, 0), some_paths(400));
}

static void books_of_every_key(void **state) {
    (void)state;
    check_books(scene_file("tests/data/every-key.yaml", NULL, 0), some_paths(50));
}

/* --- configurations made at random --- */

struct text {
    char *at, *end;
    uint64_t state;
};

#define put(text, ...) put_length((text), snprintf((text)->at, (size_t)((text)->end - (text)->at), __VA_ARGS__))
static void put_length(struct text *text, int n) {
    assert_true(n >= 0 && n < text->end - text->at);
    text->at += n;
}

/* Evenly in low ... high (Knuth's MMIX generator; what is drawn is only a configuration). */
static double any(struct text *text, double low, double high) {
    text->state = text->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return low + (high - low) * ((double)(text->state >> 11) * 0x1p-53);
}

static int below(struct text *text, int n) {
    const int i = (int)any(text, 0, n);
    return i < n ? i : n - 1;
}

/* Shares of the regions that sum to 1; now and then all in one. */
static void put_shares(struct text *text, const char *key, int regions) {
    double share[16], sum = 0;
    const int only = below(text, 4) == 0 ? below(text, regions) : -1;
    for (int r = 0; r < regions; r++)
        sum += share[r] = only < 0 || only == r ? any(text, 0.01, 1) : 0;
    put(text, "    %s: {", key);
    for (int r = 0; r < regions; r++)
        put(text, "%sr%d: %.17g", r ? ", " : "", r, share[r] / sum);
    put(text, "}\n");
}

static void put_firm(struct text *text, int f, int regions, int generations) {
    const int kind = below(text, 4); /* 0: owns nothing, 1: asks for nothing, else both */
    put(text, "  - name: f%d\n", f);
    if (kind != 0 || f == 0) {
        put_shares(text, "shares", regions);
        put(text, "    installed: {g0: %.6g, g%d: %.6g}\n", any(text, 1, 300), generations - 1, any(text, 0, 200));
        put(text,
            "    build: {from: 2029-06, every: %d, mw_per_year: %.6g, growth: %.3g, committed_until: 2030-09, "
            "cancel: {committed: 0.1, planned: 0.3}}\n",
            1 + below(text, 5), any(text, 0, 300), any(text, 0, 0.5));
        put(text, "    reserve: %.3g\n    merchant: %s\n    offer: %.3g\n", any(text, 0, 0.3),
            below(text, 3) == 0 ? "true" : "false", any(text, 0, 1));
    }
    if (kind == 1 && f > 1)
        return;
    put_shares(text, "demand_shares", regions);
    put(text, "    inference: %.6g\n    frontier_share: %.3g\n    beta: %.3g\n", any(text, 1, 500), any(text, 0, 1),
        any(text, -1, 2));
    if (below(text, 2))
        put(text,
            "    training: {first: 2029-08, cadence: %d, duration: {median: 3, sigma: 0.5}, size: {mean: %.6g, "
            "sigma: 0.6}, slip: {median: 1, sigma: 0.8}, research: %.6g}\n",
            1 + below(text, 8), any(text, 1, 300), any(text, 0, 100));
}

static void put_contracts(struct text *text, int firms, int regions, int generations) {
    put(text, "contracts:\n");
    for (int i = 0; i < 3 * firms; i++) {
        const int lessor = below(text, firms), lessee = (lessor + 1 + below(text, firms - 1)) % firms;
        put(text, "  - {lessor: f%d, lessee: f%d, from: %s, until: %s, ", lessor, lessee, date(below(text, 8)),
            date(8 + below(text, 12)));
        if (i < firms)
            put(text, "share: %.3g}\n", any(text, 0, 1.0 / firms));
        else
            put(text, "mw: %.6g, region: r%d, generation: g%d}\n", any(text, 1, 150), below(text, regions),
                below(text, generations));
    }
}

static struct scene made_up(uint64_t seed) {
    static char memory[16384];
    struct text text = {memory, memory + sizeof memory, seed};
    const int regions = 1 + below(&text, 5), generations = 2 + below(&text, 3), firms = 2 + below(&text, 6);
    put(&text, "mismatch: 1\ntime: {start: 2030-01, months: 20}\nregions: [");
    for (int r = 0; r < regions; r++)
        put(&text, "%sr%d", r ? ", " : "", r);
    put(&text, "]\ngenerations:\n");
    for (int i = 0; i < generations; i++)
        put(&text, "  - {name: g%d, kh100e_per_mw: %.3g, available: %s, ships: %s, ramp: %.3g}\n", i,
            any(&text, 0.5, 4), date(-12 + 8 * i), date(-12 + 8 * i), any(&text, 1, 5));
    put(&text,
        "training_span: %d\nslips: {common: 0.3, gpu: {median: 2, sigma: 0.8, rho: 0.5}, power: {median: 3, sigma: "
        "1, rho: 0.5, buffer: 2}}\n",
        below(&text, 3));
    put(&text,
        "inference: {trend: {2030-01: 0.5}, sigma: 0.5, persistence: 0.9, firm_sigma: 0.5, initial_sigma: 0.5, "
        "portable: %.3g, price_response: {elasticity: 0.4, monthly_adjustment: 0.3}}\n",
        below(&text, 3) == 0 ? 0 : any(&text, 0, 1));
    put(&text,
        "response: {lead: 4, strength: 1, low: 0.2, high: 2}\nmarket: {elasticity: 2, offer: 0.6, hurdle: 0.05, "
        "months: %d}\nfirms:\n",
        1 + below(&text, 3));
    for (int f = 0; f < firms; f++)
        put_firm(&text, f, regions, generations);
    put_contracts(&text, firms, regions, generations);
    return scene_new(memory);
}

static void books_of_random_configurations(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 24; seed++)
        check_books(made_up(seed * 7919), some_paths(100));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(books_of_random_configurations),
        cmocka_unit_test(books_of_every_key),
        cmocka_unit_test(books_of_the_baseline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
