/* Revenue of suppliers and clouds, and what it is worth (docs/model.md, section 9). */
#ifndef MISMATCH_KERNELS_PATH_NAMES_H
#define MISMATCH_KERNELS_PATH_NAMES_H

#include "kernels/context.h"
#include "kernels/tallies.h"

static void reset_names(const struct mm_context *k) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_pattern *pattern = TABLE(mm_pattern, patterns);
    if (h->books)
        for (int i = 0; i < 2 * h->n_generations * (h->months + 1); i++)
            WI(h->s_booked + i) = v_i(0);
    for (int i = 0; i < h->n_names; i++)
        W(h->s_revenue + i) = v_r(0.0f);
    for (int p = 0; p < h->n_patterns; p++)
        for (int i = 0; i < h->n_names; i++)
            W(pattern[p].values + i) = v_r(0.0f);
}

/* Units of a generation that were planned for this month; 0 beyond the horizon. */
INLINE vint booked(const struct mm_context *k, int planned, int generation, int month) {
    GLOBAL const struct mm_head *h = k->h;
    if (month > h->months)
        return v_i(0);
    return WI(h->s_booked + ((planned ? h->n_generations : 0) + generation) * (h->months + 1) + month);
}

/* A phase is booked `lead` months before its planned month; one that is decided on the way not before its decision, so
 * that all decided in month 0 with an earlier booking are booked in month 0. */
static vreal supplier_revenue(const struct mm_context *k, int t, GLOBAL const struct mm_name *name) {
    GLOBAL const float *per_unit = FLOATS(name->per_unit);
    vreal sum = v_r(0.0f);
    for (int g = 0; g < k->h->n_generations; g++) {
        vint units = booked(k, 0, g, t + name->lead) + booked(k, 1, g, t + name->lead_planned);
        for (int m = 0; t == 0 && m < name->lead_planned; m++)
            units = units + booked(k, 1, g, m);
        sum = v_fma(v_i2f(units), v_r(per_unit[g]), sum);
    }
    return sum;
}

/* kH100e that others use by contract: shares of all that the firm owns, then MW out of what remains of single cells. */
static vreal compute_given(const struct mm_context *k, int t, GLOBAL const struct mm_name *name) {
    GLOBAL const struct mm_firm *firm = TABLE(mm_firm, firms) + name->firm;
    GLOBAL const struct mm_own *own = TABLE(mm_own, owns);
    GLOBAL const struct mm_let *let = TABLE(mm_let, lets) + name->first_let;
    const float share = name->given < 0 ? 0.0f : FLOATS(name->given)[t];
    vreal given = v_r(0.0f);
    if (share > 0.0f) {
        for (int o = firm->first_own; o < firm->first_own + firm->n_own; o++)
            given = given + W(k->h->s_own + own[o].cell);
        given = given * v_r(share);
    }
    for (int i = 0; i < name->n_lets; i++, let++)
        given = given + v_min(v_r(FLOATS(let->amount)[t]), W(k->h->s_own + let->cell) * v_r(1.0f - share));
    return given;
}

/* kH100e that the firm sells on the market. */
static vreal compute_sold(const struct mm_context *k, int f) {
    GLOBAL const struct mm_head *h = k->h;
    const vreal offer = v_and0(WI(h->s_selling + f), v_r(TABLE(mm_firm, firms)[f].offer));
    vreal sold = v_r(0.0f);
    for (int r = 0; r < h->n_regions; r++) {
        const int m = h->s_market + r * MM_M_COUNT, at = f * h->n_regions + r;
        sold = v_fma(W(h->s_spare_old + at), W(m + MM_M_SOLD_OLD), sold);
        sold = v_fma(W(h->s_spare_new + at), W(m + MM_M_SOLD_NEW), sold);
    }
    return offer * sold;
}

/* kH100e of its own inference that it serves before the market. */
static vreal compute_served(const struct mm_context *k, int f) {
    GLOBAL const struct mm_head *h = k->h;
    vreal unserved = v_r(0.0f);
    for (int r = f * h->n_regions; r < (f + 1) * h->n_regions; r++)
        unserved = unserved + (W(h->s_un + r) + W(h->s_ua + r));
    return v_max(W(h->s_inference + f) - unserved, v_r(0.0f));
}

static vreal cloud_revenue(const struct mm_context *k, int t, GLOBAL const struct mm_name *name) {
    vreal revenue = v_r(0.0f);
    if (name->contract_rate > 0.0f)
        revenue = compute_given(k, t, name) * v_r(name->contract_rate);
    if (name->spot_rate > 0.0f)
        revenue = v_fma(compute_sold(k, name->firm) * W(k->h->s_industry + MM_I_PRICE), v_r(name->spot_rate), revenue);
    if (name->service_rate > 0.0f)
        revenue = v_fma(compute_served(k, name->firm), v_r(name->service_rate), revenue);
    return revenue;
}

/* After the month's market. */
static void revenue_month(const struct mm_context *k, int t) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_name *name = TABLE(mm_name, names);
    if (t < h->revenue_from || t >= h->revenue_to)
        return;
    for (int i = 0; i < h->n_names; i++, name++)
        W(h->s_revenue + i) = name->firm < 0 ? supplier_revenue(k, t, name) : cloud_revenue(k, t, name);
}

static void value_month(const struct mm_context *k, int t) {
    GLOBAL const struct mm_pattern *pattern = TABLE(mm_pattern, patterns);
    for (int p = 0; p < k->h->n_patterns; p++, pattern++) {
        if (t < pattern->from || t >= pattern->to)
            continue;
        const vreal discount = v_r(FLOATS(pattern->discount)[t - pattern->from]);
        for (int i = 0; i < k->h->n_names; i++)
            W(pattern->values + i) = v_fma(discount, W(k->h->s_revenue + i), W(pattern->values + i));
    }
}

/* The values of one lane's path, in fixed point, to where it belongs by its number, the news and the outcome. */
static void tally_values(const struct mm_context *k, GLOBAL const struct mm_pattern *pattern, int cell, int batch,
                         int lane) {
    GLOBAL const struct mm_head *h = k->h;
    const int row = batch * MM_NEWS_CELLS + cell;
    tally_count(k, pattern->counts + row, 1u);
    for (int i = 0; i < h->n_names; i++)
        tally_sum(k, pattern->sums + row * h->n_names + i, (mm_u64)(uint)LANE(h->s_fixed + i, lane));
}

/* When the path has ended. */
static void tally_patterns(const struct mm_context *k) {
    GLOBAL const struct mm_head *h = k->h;
    GLOBAL const struct mm_pattern *pattern = TABLE(mm_pattern, patterns);
    GLOBAL const struct mm_within *within = TABLE(mm_within, withins);
    for (int p = 0; p < h->n_patterns; p++, pattern++) {
        GLOBAL const float *scale = FLOATS(pattern->scales);
        for (int i = 0; i < h->n_names; i++) {
            const vreal fixed = W(pattern->values + i) * v_r(scale[i]), bound = v_r(MM_VALUE_BOUND);
            tally_clipped(k, v_bits(v_gt(fixed, bound) & k->valid));
            WI(h->s_fixed + i) = v_round2i_wide(v_min(fixed, bound));
        }
        const vint news = WI(within[pattern->news].seen), outcome = WI(within[pattern->outcome].seen);
        const vint cell = news & (v_i(2) + outcome), batch = v_as_i(k->path_low) & v_i(MM_BATCHES - 1);
        int cells[MM_LANES], batches[MM_LANES];
        v_lanes(cell, cells);
        v_lanes(batch, batches);
        for (uint bits = v_bits(k->valid); bits; bits &= bits - 1) {
            const int lane = (int)lowest_bit(bits);
            tally_values(k, pattern, cells[lane], batches[lane], lane);
        }
    }
}

#endif
