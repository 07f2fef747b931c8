/* Slots: the series that something reads, each once, what the kernels must work out for them, and the bins of fans. */
#include "host/plan/build.h"

#include <math.h>

#define BINS_PER_OCTAVE 256
#define EDGE 1e-5 /* a value at the end of a range may lie beyond it by rounding */

static bool is_same(const struct sc_series_ref *a, const struct sc_series_ref *b) {
    return a->series == b->series && a->firm == b->firm && a->region == b->region && a->generation == b->generation &&
           a->layer == b->layer && a->name == b->name && a->regime == b->regime;
}

void build_wants(struct build *b, enum sc_series series, int firm) {
    if (firm < 0)
        return;
    struct mm_firm *f = &b->firms[firm];
    switch (series) {
    case SC_PRESSURE:
        f->wants_pressure = 1;
        break;
    case SC_BOUGHT_SHARE:
        f->wants_bought = 1;
        break;
    case SC_SPARE_SHARE:
    case SC_UNSOLD_SHARE:
    case SC_IDLE_SHARE:
    case SC_UTILISATION:
        if (series == SC_UNSOLD_SHARE || (series == SC_IDLE_SHARE && f->merchant))
            f->wants_unsold = 1;
        break;
    default:
        break;
    }
}

int build_slot(struct build *b, const struct sc_series_ref *ref, bool always) {
    for (int i = 0; !always && i < b->refs.n; i++)
        if (is_same(BUILD_ITEM(b->refs, sc_series_ref, i), ref))
            return i;
    if (ref->series == SC_REVENUE)
        build_wants_revenue(b, 0, b->s->months);
    if (ref->firm == SC_FIRM_BOUND) {
        build_fail(b, MM_USAGE, "%s: $firm is not filled in", b->where);
        return -1;
    }
    struct sc_series_ref *item = build_add(b, &b->refs, sizeof *item);
    if (item == NULL)
        return -1;
    *item = *ref;
    build_wants(b, ref->series, ref->firm);
    if (ref->series == SC_LATE_SHARE || ref->series == SC_STRANDED_SHARE)
        b->head->wants_usable_mw = 1;
    return b->refs.n - 1;
}

static void linear(struct mm_fan *fan, double low, double high, int bins) {
    fan->low = (float)low;
    fan->high = (float)high;
    fan->n = bins;
    fan->inv_width = (float)(bins / (high - low));
}

static void octaves(struct mm_fan *fan, int low, int top) {
    low = low < -120 ? -120 : low;
    top = top > 120 ? 120 : top;
    top = top > low ? top : low + 1;
    fan->relative = 1;
    fan->low_exponent = low;
    fan->n = 1 + BINS_PER_OCTAVE * (top - low);
    fan->low = (float)ldexp(1, low);
    fan->high = (float)ldexp(1, top);
}

/* The first power of two above a value that may be reached. */
static int top_of(double value) {
    return value > 0 ? ilogb(value * (1 + EDGE)) + 1 : 0;
}

static int bottom_of(double value) {
    return ilogb(value * (1 - EDGE));
}

bool build_fan(struct build *b, const struct sc_series_ref *ref, struct mm_fan *fan) {
    const struct sc_scenario *s = b->s;
    fan->slot = build_slot(b, ref, false);
    if (fan->slot < 0)
        return false;
    switch (ref->series) {
    case SC_GAP:
    case SC_SLACK:
        linear(fan, -4, 1, 2500);
        break;
    case SC_PRICE:
        octaves(fan, bottom_of(s->market.price_min), top_of(s->market.price_max));
        break;
    case SC_PRESSURE:
        octaves(fan, -20, 20);
        break;
    case SC_BUILD_RESPONSE:
        octaves(fan, bottom_of(fmin(1, s->response.low)), top_of(fmax(1, s->response.high)));
        break;
    case SC_LATE_MW:
    case SC_STRANDED_MW:
        octaves(fan, top_of(b->max_mw) - 24, top_of(b->max_mw));
        break;
    case SC_REVENUE:
        octaves(fan, top_of(build_revenue_most(b, ref->name)) - 32, top_of(build_revenue_most(b, ref->name)));
        break;
    case SC_DEMAND:
    case SC_SUPPLY:
        octaves(fan, top_of(b->max_compute) - 32, top_of(b->max_compute));
        break;
    default:
        linear(fan, 0, 1, 1000);
        break;
    }
    return true;
}
