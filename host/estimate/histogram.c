#include "host/estimate/histogram.h"

#include <math.h>

#include "host/estimate/interval.h"

#define STEPS_PER_OCTAVE 256

double histogram_edge(const struct mm_fan *bins, int i) {
    if (!bins->relative) {
        return i >= bins->n ? (double)bins->high : (double)bins->low + (double)i / (double)bins->inv_width;
    }
    if (i == 0) {
        return 0;
    }
    return ldexp(1 + (double)((i - 1) % STEPS_PER_OCTAVE) / STEPS_PER_OCTAVE,
                 bins->low_exponent + (i - 1) / STEPS_PER_OCTAVE);
}

/* Where the values of counts[i] lie. */
struct stretch {
    double low, high;
};

static struct stretch stretch_of(const struct histogram *h, int i) {
    const int n = h->bins->n;
    struct stretch all;
    double mean;

    if (i == 0 || i > n) {
        const double edge = histogram_edge(h->bins, i == 0 ? 0 : n);
        return (struct stretch){edge, edge};
    }
    all = (struct stretch){histogram_edge(h->bins, i - 1), histogram_edge(h->bins, i)};
    if (h->points) {
        return (struct stretch){all.low, all.low};
    }
    if (h->parts == NULL || h->counts[i] == 0) {
        return all;
    }
    mean = (double)(tally_value(h->parts[i - 1]) / (long double)h->counts[i] / MM_BIN_PARTS);
    return (struct stretch){all.low + fmax(0, 2 * mean - 1) * (all.high - all.low),
                            all.low + fmin(1, 2 * mean) * (all.high - all.low)};
}

double histogram_quantile(const struct histogram *h, double level) {
    const double rank = level * (double)h->total;
    uint64_t before = 0;
    int last = 0;

    for (int i = 0; i <= h->bins->n + 1; i++) {
        const uint64_t here = h->counts[i];
        if (here > 0 && (double)(before + here) >= rank) {
            const struct stretch values = stretch_of(h, i);
            return values.low + fmax(0, (rank - (double)before) / (double)here) * (values.high - values.low);
        }
        last = here > 0 ? i : last;
        before += here;
    }
    return stretch_of(h, last).high;
}

void histogram_quantile_interval(const struct histogram *h, double level, double interval[2]) {
    const double total = (double)h->total;
    double ends[2];

    if (h->points) {
        interval_whole_ranks(level, total, ends);
    } else {
        interval_ranks(level, total, ends);
    }
    for (int side = 0; side < 2; side++) {
        const double share = h->points ? (ends[side] - 0.5) / total : ends[side];
        interval[side] = isnan(share) ? (double)NAN : histogram_quantile(h, share);
    }
}

/* Sums of powers of what lies above the quantile. */
struct excess {
    double quantile;
    long double one, two, three;
};

static void add_stretch(struct excess *excess, struct stretch values, double count) {
    const double a = values.low - excess->quantile, b = values.high - excess->quantile;

    excess->one += count * (a + b) / 2;
    excess->two += count * (a * a + a * b + b * b) / 3;
    excess->three += count * (a + b) * (a * a + b * b) / 4;
}

/* Sums over the `wanted` highest values. */
static struct excess excess_of(const struct histogram *h, double wanted) {
    struct excess excess = {0};
    struct stretch edge = {0, 0};
    double above = 0;
    int i = h->bins->n + 1;

    for (; i > 0 && above + (double)h->counts[i] < wanted; i--) {
        above += (double)h->counts[i];
    }
    edge = stretch_of(h, i);
    if (h->counts[i] > 0) {
        edge.low = edge.high - (edge.high - edge.low) * fmin(1, (wanted - above) / (double)h->counts[i]);
    }
    excess.quantile = edge.low;
    add_stretch(&excess, edge, wanted - above);
    for (int k = i + 1; k <= h->bins->n + 1; k++) {
        if (h->counts[k] > 0) {
            add_stretch(&excess, stretch_of(h, k), (double)h->counts[k]);
        }
    }
    return excess;
}

struct expected_tail histogram_tail(const struct histogram *h, double level) {
    const double n = (double)h->total, wanted = n * (1 - level);
    const struct excess excess = excess_of(h, wanted);
    const double mean = (double)(excess.one / n), square = (double)(excess.two / n);
    const double variance = fmax(0, square - mean * mean);
    struct expected_tail tail = {.value = excess.quantile + mean / (1 - level), .has_se = h->total > 1};
    double skewness = 0, ends[2];

    if (!tail.has_se) {
        tail.low = tail.high = tail.value;
        return tail;
    }
    tail.se = sqrt(variance / (n - 1)) / (1 - level);
    if (variance > 0) {
        const double third = (double)(excess.three / n) - 3 * mean * square + 2 * mean * mean * mean;
        skewness = third / (variance * sqrt(variance)) / sqrt(n);
    }
    interval_skewed(tail.value, tail.se, skewness, INTERVAL_Z, ends);
    tail.low = ends[0];
    tail.high = ends[1];
    return tail;
}
