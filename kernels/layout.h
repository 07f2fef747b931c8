/* What crosses the boundary between the plan (host) and the kernels: one head, one pool of 4-byte words that holds
 * every table, one scratch area for each group of lanes, and the tallies.
 *
 * All members are 4 bytes wide, so that the layout is the same for every compiler; the host asserts sizes. An offset
 * into the pool counts words; an offset into the scratch area counts lane vectors (vreal or vint); an offset into the
 * tallies counts their elements. */
#ifndef MISMATCH_KERNELS_LAYOUT_H
#define MISMATCH_KERNELS_LAYOUT_H

/* Kinds of variate addresses: the top byte of the fourth counter word. The rest of the two address words says which
 * one, by what it is (docs/random-numbers.md); words 0 and 1 of the counter are the path number. */
#define MM_KIND_COMMON 1        /* c2 = 0: word 0 the common factor M, word 1 the network factor */
#define MM_KIND_FACTOR_GPU 2    /* c2 = generation / 4, word generation % 4 */
#define MM_KIND_FACTOR_POWER 3  /* c2 = region / 4 */
#define MM_KIND_FACTOR_SHELL 4  /* c2 = region / 4 */
#define MM_KIND_STEP_SLIP 5     /* c3 low = firm, c2 = region << 20 | step; words: gpu, power, shell, network */
#define MM_KIND_STEP_CANCEL 6   /* c3 low = firm, c2 = (region / 4) << 20 | step, word region % 4 */
#define MM_KIND_PHASE_SLIP 7    /* c3 low = firm, c2 = index of the single phase */
#define MM_KIND_PHASE_CANCEL 8  /* c3 low = firm, c2 = index / 4, word index % 4 */
#define MM_KIND_FIRM_MONTH 9    /* c3 low = firm, c2 = month / 4 */
#define MM_KIND_INDEX_MONTH 10  /* c2 = month / 4 */
#define MM_KIND_REGIME_MONTH 11 /* c2 = month / 4 */
#define MM_KIND_CAMPAIGN 12     /* c3 low = firm, c2 = campaign; words: slip, duration, size */
#define MM_KIND_LAUNCH 13       /* c3 low = launch entry, c2 = index in its list; words: slip, success */
#define MM_KIND_SHOCK 14        /* c3 low = shock, c2 = strike; words: gap, size */
#define MM_KIND_RARE 15         /* host/rare: c3 low = stage, c2 = block; words 0 and 1 of the counter: the sample */
#define MM_KIND_SOBOL                                                                                                  \
    17 /* --sampler sobol: word 0 of the counter the scramble, c2 = dimension / 2; seed, shift of each */
#define MM_KIND_SUBSET 16 /* host/rare: c3 low = replicate, level, step, c2 = block; words 0 and 1: the chain */
#define MM_ADDRESS(kind, what) (((uint)(kind) << 24) | (uint)(what))

#define MM_LAYERS 4
#define MM_STATES 4 /* shortage, glut, friction, balanced */
#define MM_MAX_REGIONS 16
#define MM_MAX_GENERATIONS 8
#define MM_MAX_REGIMES 8
#define MM_INDUSTRY_MEANS 10 /* late by layer, stranded by layer, shortfall, surplus */
#define MM_FAR 1e30f         /* an arrival that never comes */

/* A phase that is not existing. */
struct mm_phase {
    int month, firm, region, generation;
    int decision; /* index of the decision that scales it, -1: none */
    int own;      /* the cell that it adds to */
    int struck;   /* pool: by layer the number of strikes that may hit it, then their indices */
    uint slip_c2, slip_c3;
    float mw;
};

/* Up to four phases whose cancellations share one address block: one step of a programme in up to four regions, or
 * single phases. They are booked together: all have the same decision. */
struct mm_group {
    uint c2, c3;
    int draws;                /* whether any of them can be cancelled */
    int n, phase[4], word[4]; /* word: which one of the block */
    float probability[4];
};

/* A cell (firm, region, generation) in which the firm owns something. Its MW are whole numbers of a unit that is a
 * power of two, so that phases may be added in any order; what changes from month to month stands in a table of
 * differences that covers the months from `from` to the cell's end (the horizon's, or the generation's retirement). */
struct mm_own {
    int cell, region, generation, retires;
    int from, end, delta; /* delta: scratch offset of the differences, from s_delta on */
    int unit;             /* where its units stand, from s_units on */
    int existing;         /* units */
    int rise;             /* months in which a phase comes up: the ramp, and one more for the part of a month */
    float units_per_mw, mw_per_unit, kh100e_per_unit, inv_ramp;
};

/* The owned cells of one generation that change from month to month, in a row. */
struct mm_run {
    int from, end, n, unit, delta;
    int cells, kh100e_per_unit; /* pool: [n] */
};

/* Months from `from` on in which the same contracts hold, the frontier stands still and the same cells can hold
 * something; its lists lie in the pool. */
struct mm_epoch {
    int from;
    int fixed, n_fixed;   /* owned cells (indices) that hold something and do not change from month to month */
    int leases, n_leases; /* by lessor's cell: cell, its index, kH100e asked for, share that the owner keeps */
    /* By firm: number of sites. By site: firm * regions + region, number of cells held below the frontier, and of those
     * within. By cell, generations ascending: cell, number of terms, of transfers. By term: owned cell, share of it. By
     * transfer: index of the lessor's cell, kH100e received, or -1 where it gives. */
    int sites;
};

/* All phases of one firm that are decided in one month. */
struct mm_decision {
    int firm, month, first_group, n_groups;
    float weight; /* their MW */
};

struct mm_shock {
    int layer, region, generation, firm; /* layer -1: demand */
    int times, first_strike, id;
    float gap; /* months: 12 / per_year */
    float size, sigma, reach, inv_ramp;
};

struct mm_campaign {
    int planned;
    uint c2;
    float size; /* mean, with the trend at the planned month, and exp(-sigma^2/2) of LN1 */
};

struct mm_launch {
    int planned;
    uint c2, c3;
    float uplift, inv_ramp, slip_median, slip_sigma, success_sigma, success_factor; /* exp(-sigma^2/2) */
};

struct mm_share {
    int lessor, lessee, from, until;
    float share;
};

/* One lessor's cell with `mw` contracts, and one such contract. */
struct mm_lease_cell {
    int cell, first, n;
};
struct mm_lease {
    int cell; /* the lessee's */
    int from, until;
    float amount; /* kH100e */
};

struct mm_firm {
    int first_own, n_own, n_held, first_campaign, n_campaigns, first_launch, n_launches, first_decision, n_decisions;
    int base;         /* pool: [months] inference * profile * exp(beta * Theta) / launches as planned; -1: none */
    int research;     /* pool: [months]; -1: no training */
    int keep;         /* pool: [months] 1 - shares given; -1: gives none */
    int demand_share; /* pool: [regions] */
    int merchant;
    int wants_unsold; /* likewise after the market */
    int wants_bought;
    int wants_pressure; /* R_f is read: pressure, or decisions with a weight on it */
    float kept;         /* 1 - reserve */
    float offer, hurdle, own_signal, frontier_share, beta, x0_sigma, x_sigma;
    float slip_median, slip_sigma, duration_median, duration_sigma, size_sigma;
};

/* A series that something reads, evaluated each month. `series` is enum sc_series. */
struct mm_slot {
    int series, firm, region, generation, layer, regime, name;
};

#define MM_NODE_CONDITION 0
#define MM_NODE_ALL 1
#define MM_NODE_ANY 2
#define MM_NODE_NOT 3

/* A condition, or one use of an event: its operands, its `for`, its window. In order: operands come first. */
struct mm_node {
    int op;
    int slot, at_least; /* condition */
    float threshold;    /* tolerance included */
    int first, n;       /* operands: indices into node_list */
    int for_months, from, to;
    int state; /* scratch: true, false, run of trues, run without a false */
};

struct mm_probability {
    int node, from, to;
    int counts;  /* [months] held, [months] first passage, [1] ever */
    int sums;    /* months held, its square */
    int scratch; /* ever (mask), months held */
};

/* An event looked for in a stretch of months. */
struct mm_within {
    int node, from, to;
    int seen; /* scratch: mask */
};

/* One case of an evidence question: its hypothesis and behind it its pieces, in the order in which they are weighed. */
struct mm_case {
    int first, n_pieces; /* withins: the hypothesis, then the pieces */
    int counts;          /* [1] hypothesis, then MM_CASE_STEP for each piece */
};

/* What is counted for each piece: paths with it and all before it, with and without the hypothesis; and with it alone
 * looked at. */
#define MM_CASE_ALL_WITH 0
#define MM_CASE_ALL_WITHOUT 1
#define MM_CASE_ONE_WITH 2
#define MM_CASE_ONE_WITHOUT 3
#define MM_CASE_STEP 4

/* A name whose revenue follows from the path: a supplier, or a cloud. */
struct mm_name {
    int per_unit;           /* supplier: pool [generations] $M for each unit booked; -1: a cloud */
    int lead, lead_planned; /* supplier: months before the planned month; of phases that are decided on the way */
    int firm;               /* cloud: the firm; -1: a supplier */
    int given;              /* cloud: pool [months] share of what it owns that others use by contract; -1: none */
    int first_let, n_lets;  /* cloud: cells of which it lets MW */
    float contract_rate, spot_rate, service_rate, other;
};

/* A cell of which a lessor lets MW: the kH100e asked for by month. */
struct mm_let {
    int cell, amount; /* amount: pool [months] */
};

/* A pattern question: values of all names as of a month, and which paths have the news and the outcome. */
struct mm_pattern {
    int news, outcome; /* withins */
    int from, to;      /* months from <= t < to are valued */
    int discount;      /* pool: [to - from] */
    int scales;        /* pool: [names] fixed-point scale */
    int values;        /* scratch: [names] */
    int counts;        /* [MM_BATCHES][MM_NEWS_CELLS] paths */
    int sums;          /* [MM_BATCHES][MM_NEWS_CELLS][names] values, `other` left out */
};

/* Batches for errors: path number mod MM_BATCHES, so that merged pieces have the batches of the whole. */
#define MM_BATCHES 64
/* No news; news with the outcome; news without it. */
#define MM_NEWS_CELLS 3
/* A value in fixed point: value * scale <= MM_VALUE_BOUND = 2^30. */
#define MM_VALUE_BOUND 1073741824.0f

#define MM_ENTRY_FIRM 0
#define MM_ENTRY_REGION 1
#define MM_ENTRY_GENERATION 2
#define MM_ENTRY_CELL 3
#define MM_ENTRY_SLOT 4

struct mm_entry {
    int scope, firm, region, generation;
    int unsold; /* after the market */
    int slot;
};

/* Entries of one firm that are tested together: `first` by scope is where the one, [regions], [generations] and
 * [regions][generations] of them lie, -1 where they are not asked for. With n_slots > 0 only entries of slots. */
struct mm_strip {
    int firm, unsold;
    int first[4];
    int first_slot, n_slots; /* indices into entries */
};

struct mm_map {
    float threshold; /* tolerance included */
    int for_months, first_entry, n_entries, first_strip, n_strips;
    int stride; /* n_entries, up to a multiple of 16: widths of the tables that are worked on many entries at a time */
    int masks;  /* scratch words: [for_months][stride] which lanes are idle, in turn */
    int idle, both; /* scratch words: [MM_LOW_PLANES + planes][stride] months so far, bit by bit */
    int planes;     /* bits of a number of months */
    int counts;     /* [months][MM_STATES][stride], then [stride] ever both */
    int sums;       /* [entries]: both, both^2, both*short, idle, idle^2, idle*both */
};

/* Months are counted in a few low bits first, which go into the others every so many months. */
#define MM_LOW_PLANES 3
#define MM_LOW_MONTHS 7

#define MM_MAP_SUMS 6

/* A histogram of a series by month: counts [months][n + 2], index 0 below, 1 ... n the bins, n + 1 above.
 * Linear: bin i is [low + i / inv_width, low + (i + 1) / inv_width), the last one closed at `high`.
 * Relative: below is negative, bin 0 is [0, 2^low_exponent), then 2^8 equal bins for each power of two. */
struct mm_fan {
    int slot, relative, n;
    float low, high, inv_width;
    int low_exponent;
    int counts;
};

/* Parts of a bin: 2^15, what a single-precision fraction has below the 8 bits that choose a relative bin. */
#define MM_BIN_PARTS 32768

/* What a tail question takes of each path. */
#define MM_TAIL_HIGHEST 0
#define MM_TAIL_MEAN 1
#define MM_TAIL_MONTHS 2

/* The tail of a path's own value in the months from ... to: counts of its bins and, behind them, of paths at or above
 * each level. bins.slot: the series; -1: the months that a node holds. */
struct mm_tail {
    struct mm_fan bins;
    int of, node, from, to;
    int levels, n_levels; /* pool: [n_levels], tolerance included */
    int sums;             /* [bins.n] parts of the bin, see MM_BIN_PARTS; none for months */
    float share;          /* what the value is multiplied by at the end: 1, or 1 / months for a mean */
    int scratch;
};

/* Scrambles of --sampler sobol: path number mod MM_SCRAMBLES says which one a path is of, the quotient which of its
 * points it has. The same as MM_BATCHES, so that errors from batches are right there too. */
#define MM_SCRAMBLES MM_BATCHES
#define MM_REGIME_POINTS 4 /* the regime of month 0, then the first changes */

/* A variate that is given: from a coordinate of the path's point, or drawn as ever. */
struct mm_spot {
    int at;                     /* MM_GIVEN_... */
    int exponential, dimension; /* -1: drawn */
    uint c2, c3;
    int word;
};

/* A row of monthly normals by Brownian bridge: the steps of their sum, whose value in the last month comes first, then
 * that halfway, and so on. The first of them come from coordinates, the others from what is drawn for their month. */
struct mm_bridge {
    int at;
    uint c3;
    int n, dimensions; /* pool: [n], in the order of the spans */
};

/* One value of a bridge: mid = from_left * left + from_right * right + spread * normal. */
struct mm_span {
    int mid, left, right;
    float from_left, from_right, spread;
};

struct mm_sobol {
    int n_dimensions, directions; /* pool: [dimensions][32], bits reversed (kernels/sobol.h) */
    int n_spots, spots, n_bridges, bridges, n_spans, spans;
    int given_firm;               /* pool: [firms] MM_GIVEN_FIRM where its months are given, or -1 */
    int s_point;                  /* scratch: [dimensions] coordinates (vuint) */
    int s_given;                  /* scratch: [MM_GIVEN_SIZE] */
    int regime[MM_REGIME_POINTS]; /* dimensions, or -1 */
};

struct mm_head {
    int months, n_firms, n_regions, n_generations, n_phases, n_groups, n_committed_groups, n_own, n_runs, n_decisions,
        n_shocks, n_strikes, n_campaigns, n_launches, n_shares, n_lease_cells, n_regimes, n_slots, n_nodes,
        n_probabilities, n_maps, n_entries, n_strips, n_fans, n_cells, n_withins, n_cases, n_names, n_patterns, n_tails;
    /* pool */
    int phases, groups, owns, runs, epochs, decisions, shocks, campaigns, launches, shares, lease_cells, leases, firms,
        slots, nodes, node_list, probabilities, maps, entries, strips, fans, withins, cases, names, lets, patterns,
        tails;
    int first_decided; /* [months + 1] where each month's begin in the list `decided` of decisions */
    int decided;
    int epoch;           /* [months] index into epochs */
    int frontier;        /* [months] first generation of the frontier */
    int regime_initial;  /* [regimes] cumulative */
    int regime_monthly;  /* [regimes][regimes] cumulative */
    int regime_growth;   /* [regimes] log per month */
    int regime_training; /* [regimes] factor */
    /* scratch */
    int s_factor; /* gpu [generations], power [regions], shell [regions], network */
    int s_strike; /* [strikes] x 3: when, until when it reaches (both inclusive of what it hits), size */
    int s_arrival, s_gpu, s_bind; /* [phases]; bind (vint): layer, -1 when cancelled or not yet decided */
    int s_launch, s_gain;         /* [launches] */
    int s_start, s_end, s_size;   /* [campaigns] */
    int s_decision;               /* [decisions] */
    int s_units, s_delta;         /* vint: [own] units up; differences by cell and month */
    int n_deltas;
    int s_late, s_late_delta; /* vint: [2 layers] late, then stranded; [months + 1][2 layers] differences */
    int s_index;              /* G, log q, log p, smoothed ln D/S, regime (vint), H */
    int s_month_z;            /* 4 normals of the index, 4 uniforms of the regime */
    int s_firm_z;             /* [firms][4] */
    int s_x, s_y, s_sell_run, s_selling, s_starts; /* [firms]; the last three vint */
    int s_running;     /* vint: [firms] first campaign that has not ended in all lanes; the same in each */
    int s_lease;       /* [lease cells] x 2: given, share served */
    int s_own, s_held; /* [cells] kH100e owned; held and usable */
    int s_holds;       /* words: [cells] lanes in which the cell is held at all */
    int s_inference, s_training, s_capacity, s_ratio, s_bought, s_unmet; /* [firms] I, T, U, R, bought, unmet before */
    int s_spare, s_offer;         /* [firms] spare; share of it that is offered */
    int s_old, s_new;             /* [firms][regions] usable */
    int s_spare_old, s_spare_new; /* [firms][regions] amounts */
    int s_tau_old, s_tau_new;     /* [firms][regions] share of the spare that the market leaves */
    int s_un, s_ua, s_ut;         /* [firms][regions], [firms][regions], [firms] */
    int s_market;       /* [regions] x 8: offers old, new, unmet n, a, sold fraction old, new, bought fraction n, a */
    int s_industry;     /* MM_I_... */
    int s_slot;         /* [slots] */
    int s_short_months; /* vint */
    int s_totals;       /* [2] shortfall, surplus: kH100e, summed over the months so far */
    int s_booked;       /* vint: [committed, planned][generations][months + 1] units by planned month */
    int s_revenue;      /* [names] $M of the month, `other` left out */
    int s_fixed;        /* vint: [names] a value in fixed point */
    int s_vectors;      /* size of the scratch area, in lane vectors */
    /* tallies */
    int c_states;   /* counts [months][MM_STATES] */
    int c_clipped;  /* counts: values beyond the bound of their sum */
    int m_industry; /* sums [months][MM_INDUSTRY_MEANS][value, square] */
    int m_short;    /* sums: months of shortage, square */
    int m_totals;   /* sums [2]: shortfall, surplus summed over a path's months, square */
    int n_counts, n_sums;
    /* what is computed only when something reads it */
    int keeps_arrivals; /* s_arrival, s_gpu, s_bind are filled in */
    int wants_usable_mw;
    int books;                    /* s_booked is filled in */
    int revenue_from, revenue_to; /* s_revenue is in months from <= t < to */
    /* numbers */
    float slip_median[MM_LAYERS], slip_sigma[MM_LAYERS], slip_buffer[MM_LAYERS], slip_max[MM_LAYERS];
    float slip_common[MM_LAYERS], slip_own[MM_LAYERS]; /* sqrt(rho), sqrt(1 - rho) */
    float factor_common, factor_own;                   /* sqrt(kappa), sqrt(1 - kappa) */
    float index_sigma;                                 /* sigma_G / sqrt(12) */
    float persistence, price_elasticity, price_adjustment, portable;
    float market_elasticity, price_min, price_max, log_price_min, log_price_max;
    int market_months;
    float strength, low, high, adjustment;
    float shortage, glut, friction;                         /* tolerance included */
    float booked_per_mw;                                    /* units */
    float mw_scale, mw_bound, compute_scale, compute_bound; /* fixed point: value * scale <= bound < 2^23 */
    float total_scale;                                      /* of sums over the months, with compute_bound */
    int sobol;                                              /* pool: struct mm_sobol; 0: none, everything is drawn */
};

/* Late and stranded MW are kept in units finer than those of their tallies by this power of two. */
#define MM_LATE_SHIFT 7

/* Industry values of the month, in scratch at s_industry. */
#define MM_I_DEMAND 0
#define MM_I_SUPPLY 1
#define MM_I_GAP 2
#define MM_I_SLACK 3
#define MM_I_UNMET 4
#define MM_I_PRICE 5
#define MM_I_RATIO 6
#define MM_I_LOG_RATIO 7
#define MM_I_USABLE_MW 8
#define MM_I_LATE 9      /* [layers] */
#define MM_I_STRANDED 13 /* [layers] */
#define MM_I_STATE 17    /* vint [states], masks */
#define MM_I_COUNT 21

/* Path state at s_index. */
#define MM_S_G 0
#define MM_S_LOG_Q 1
#define MM_S_LOG_P 2
#define MM_S_Y 3
#define MM_S_REGIME 4 /* vint */
#define MM_S_H 5
#define MM_S_REGIME_TRAINING 6
#define MM_S_COUNT 7

/* What may be given to a path instead of being drawn (struct mm_context), in lane vectors: normals, but for gaps, which
 * are exponentials, and for regimes, which are uniforms. */
#define MM_GIVEN_COMMON 0 /* of all slips, of the network's */
#define MM_GIVEN_GPU 2    /* [generations] */
#define MM_GIVEN_POWER(h) (MM_GIVEN_GPU + (h)->n_generations)
#define MM_GIVEN_SHELL(h) (MM_GIVEN_POWER(h) + (h)->n_regions)
#define MM_GIVEN_STRIKE(h) (MM_GIVEN_SHELL(h) + (h)->n_regions)            /* [strikes]: gap, size */
#define MM_GIVEN_LAUNCH(h) (MM_GIVEN_STRIKE(h) + 2 * (h)->n_strikes)       /* [launches] success */
#define MM_GIVEN_CAMPAIGN(h) (MM_GIVEN_LAUNCH(h) + (h)->n_launches)        /* [campaigns] size */
#define MM_GIVEN_INDEX(h) (MM_GIVEN_CAMPAIGN(h) + (h)->n_campaigns)        /* [months] */
#define MM_GIVEN_REGIME(h) (MM_GIVEN_INDEX(h) + (h)->months)               /* [months] */
#define MM_GIVEN_FIRM(h, f) (MM_GIVEN_REGIME(h) + (1 + (f)) * (h)->months) /* [months] */
#define MM_GIVEN_SIZE(h) ((size_t)MM_GIVEN_FIRM(h, (h)->n_firms))

/* s_market, by region. */
#define MM_M_OFFER_OLD 0
#define MM_M_OFFER_NEW 1
#define MM_M_UNMET_N 2
#define MM_M_UNMET_A 3
#define MM_M_SOLD_OLD 4
#define MM_M_SOLD_NEW 5
#define MM_M_BOUGHT_N 6
#define MM_M_BOUGHT_A 7
#define MM_M_COUNT 8

#endif
