/* The parsed and checked scenario: what the user wrote, in plain C data, with all names resolved to indices.
 *
 * Produced by host/scenario (scenario_load), read by host/plan, host/estimate and host/report.
 * Units are those of docs/model.md: MW of IT load, kH100e, months since `time.start` (whole numbers, may be negative),
 * $M, log growth per year. Every array is owned by the scenario and freed by scenario_free().
 * Nothing in here changes after loading, so it may be read from any number of threads. */
#ifndef MISMATCH_HOST_SCENARIO_H
#define MISMATCH_HOST_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#define SC_ALWAYS (-1000000000) /* a date before everything */
#define SC_NEVER 1000000000     /* a date after everything */
#define SC_NONE (-1)            /* no firm, region, generation, layer, name, ... */
#define SC_FIRM_BOUND (-2)      /* `$firm`, filled in by the question that uses the event */
#define SC_MAX_EVENTS 64        /* after for_each */

enum sc_layer { SC_GPU, SC_POWER, SC_SHELL, SC_NETWORK, SC_LAYERS };

/* A piecewise constant rate: rate[i] (log growth per year) from month[i] on; rate[0] also before month[0]. */
struct sc_trend {
    int n; /* 0: no trend, rate 0 */
    int *month;
    double *rate;
};

struct sc_generation {
    char *name;
    double kh100e_per_mw;
    int available, ships, retires; /* months; SC_ALWAYS, SC_NEVER */
    double ramp;                   /* months >= 1 */
};

struct sc_slip {
    double median, sigma, rho, buffer, max;
};

struct sc_shock {
    char *name;
    double per_year, sigma;
    int times;
    bool is_demand;                      /* log_demand given; otherwise a supply shock on `layer` */
    int layer, region, generation, firm; /* SC_NONE: any */
    double months, reach;                /* supply */
    double log_demand, ramp;             /* demand */
};

/* A lognormal: median * exp(sigma * Z). */
struct sc_lognormal {
    double median, sigma;
};

struct sc_build {
    bool present;
    int from, every, committed_until;
    double mw_per_year, growth, cancel_committed, cancel_planned;
};

struct sc_phase {
    char *name;
    int region, generation, ready;
    double mw, cancel;
    bool committed;
};

struct sc_training {
    bool present; /* a `training` map was given; cadence 0: research alone, no campaigns */
    int first, cadence;
    struct sc_lognormal duration, slip;
    double size_mean, size_sigma, research;
};

struct sc_firm {
    char *name;
    double *shares;    /* [regions], sum 1, or all 0 when not given */
    double *installed; /* [generations] MW */
    struct sc_build build;
    int n_phases;
    struct sc_phase *phases;
    double reserve;
    bool merchant;
    double offer, hurdle, own_signal; /* defaults from market and response filled in */
    double inference;                 /* kH100e at month 0 */
    int n_profile;                    /* 0: none; otherwise at least time.months */
    double *profile;
    double *demand_shares;                        /* [regions], sum 1, or all 0 */
    double frontier_share, beta, inference_sigma; /* defaults from inference filled in */
    struct sc_training training;
};

struct sc_contract {
    char *name; /* NULL when not given */
    int lessor, lessee, from, until;
    bool is_share; /* otherwise mw + region + generation */
    double share, mw;
    int region, generation;
};

struct sc_launch {
    char *name; /* NULL when not given */
    int firm, n_planned;
    int *planned;
    double uplift, ramp, success_sigma;
    struct sc_lognormal slip;
};

struct sc_name {
    char *name;
    bool is_supplier; /* otherwise a cloud */
    int lead;
    double *per_mw; /* [generations] $M per MW */
    int firm;
    double contract_rate, spot_rate, service_rate, other;
    double leverage;
    bool has_observed;
    double observed;
};

/* Series of docs/model.md, section 7. */
enum sc_series {
    SC_GAP,
    SC_SLACK,
    SC_UNMET,
    SC_PRICE,
    SC_DEMAND,
    SC_SUPPLY,
    SC_STATE_SHORTAGE,
    SC_STATE_GLUT,
    SC_STATE_FRICTION,
    SC_STATE_BALANCED,
    SC_REGIME,
    SC_LATE_MW,
    SC_STRANDED_MW,
    SC_LATE_SHARE,
    SC_STRANDED_SHARE,
    SC_SPARE_SHARE,
    SC_UNSOLD_SHARE,
    SC_IDLE_SHARE,
    SC_UTILISATION,
    SC_SELLING,
    SC_STARTS_SELLING,
    SC_UNMET_SHARE,
    SC_BOUGHT_SHARE,
    SC_PRESSURE,
    SC_BUILD_RESPONSE,
    SC_REVENUE,
    SC_SERIES_COUNT
};

/* A series with its scope. regime: index into regimes for SC_REGIME (`regime_<name>`); name: index for SC_REVENUE. */
struct sc_series_ref {
    enum sc_series series;
    int firm, region, generation, layer, name, regime; /* SC_NONE where not given; firm may be SC_FIRM_BOUND */
};

/* One item of an event: another event, or a condition. */
struct sc_item {
    int event; /* index into events, or SC_NONE: a condition */
    struct sc_series_ref ref;
    bool at_least; /* otherwise `below` */
    double threshold;
};

enum sc_op { SC_ALL_OF, SC_ANY_OF, SC_NOT };

struct sc_event {
    char *name;
    enum sc_op op; /* SC_NOT has exactly one item */
    int n_items;
    struct sc_item *items;
    int for_months; /* >= 1 */
    int from, to;   /* inclusive; SC_ALWAYS / SC_NEVER when not given */
    bool uses_firm; /* `$firm` occurs in it or in an event inside it */
};

enum sc_question_kind { SC_PROBABILITY, SC_COEXISTENCE, SC_EVIDENCE, SC_FAN, SC_BINDING, SC_PATTERN, SC_TAIL };

/* An event looked for in a stretch of `within` months; firm: what `$firm` stands for, or SC_NONE. */
struct sc_within {
    int event, firm, within;
};

/* One `by` combination: which of the three scopes are listed. */
struct sc_by {
    bool region, generation; /* the firm is always listed */
};

struct sc_question {
    char *name;
    enum sc_question_kind kind;
    /* probability; a tail's too, its event or else its series */
    int event, firm, from, to; /* window inclusive, 0 ... months-1 when not given; firm binds `$firm`, or SC_NONE */
    /* coexistence; `series` is also the fan's and the tail's */
    struct sc_series_ref series;
    double at_least;
    int for_months, n_by;
    struct sc_by *by;
    /* evidence */
    int n_firms; /* for_each or firm; 0: neither given */
    int *firms;
    int as_of, n_pieces;
    struct sc_within hypothesis, *pieces;
    /* fan */
    int n_quantiles;
    double *quantiles;
    /* tail */
    bool mean; /* of the months; otherwise the highest of them */
    int n_levels, n_exceed;
    double *levels, *exceed;
    /* pattern */
    struct sc_within news, outcome;
    struct sc_scenario *competitor; /* the whole scenario under the overlay; NULL when not given */
    double spread;
};

struct sc_range {
    char *key; /* dotted */
    double low, central, high;
    char grade;         /* A B C D J */
    double value;       /* of the key in this configuration, its default where it is not written; NAN: unknown */
    double least, most; /* what the key itself allows; an excluded bound is left by a millionth */
    bool whole;         /* the key takes whole numbers only */
};

/* Correlation of the normals behind two ranges (indices into ranges, a != b). */
struct sc_correlation {
    int a, b;
    double rho;
};

struct sc_scenario {
    char *file;                  /* as the user named it; "-" for standard input */
    char sha256[65];             /* of the canonical JSON of the effective configuration, hex */
    int start_year, start_month; /* start_month 1..12 */
    int months;                  /* T */
    int n_regions, n_generations, n_shocks, n_regimes, n_firms, n_contracts, n_launches, n_names, n_events, n_questions,
        n_ranges, n_correlations;
    char **regions;
    struct sc_generation *generations;
    int training_span;
    double slips_common;
    struct sc_slip slips[SC_LAYERS];
    struct sc_shock *shocks;
    char **regimes;
    double *regime_initial, *regime_monthly /* [from*n+to] */, *regime_growth, *regime_training;
    struct sc_trend inference_trend, training_trend;
    double inference_sigma, persistence, firm_sigma, initial_sigma, price_elasticity, price_adjustment, portable,
        frontier_share;
    struct {
        int lead;
        double strength, low, high, own_signal, adjustment;
    } response;
    struct {
        double elasticity, price_min, price_max, offer, hurdle;
        int months;
    } market;
    struct {
        double shortage, glut, friction;
    } thresholds;
    struct sc_firm *firms;
    struct sc_contract *contracts;
    struct sc_launch *launches;
    struct sc_name *names;
    int horizon; /* valuation */
    double discount;
    struct sc_event *events;
    struct sc_question *questions;
    struct sc_range *ranges; /* sorted by key, as events are by name: the order of a map must not matter */
    struct sc_correlation *correlations;
    void *effective; /* json_t *: the effective configuration (files inline), for the result and for sha256 */
    void *memory;    /* what owns all arrays and texts above */
};

void scenario_free(struct sc_scenario *scenario);

#endif
