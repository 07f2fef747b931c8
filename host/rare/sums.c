#include "host/rare/sums.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

__extension__ typedef unsigned __int128 wide;

static void add(struct tally_sum *sum, wide x) {
    const wide total = ((wide)sum->high << 64 | sum->low) + x;
    sum->low = (uint64_t)total;
    sum->high = (uint64_t)(total >> 64);
}

int rare_exponent(double log_largest) {
    return RARE_WEIGHT_BITS - RARE_ROOM_BITS - (int)ceil(log_largest / M_LN2);
}

static uint64_t fixed(double log_weight, int exponent, uint64_t bound, uint64_t *clipped) {
    const double x = exp(log_weight + exponent * M_LN2) + 0.5;
    if (x < (double)bound)
        return (uint64_t)x;
    ++*clipped;
    return bound - 1;
}

void rare_sums_add(struct rare_sums *sums, uint64_t index, double log_ratio, bool hit) {
    uint64_t beyond = 0; /* no likelihood ratio is: the mixture holds the inputs' own law */
    const uint64_t ratio = fixed(log_ratio, RARE_RATIO_BITS, UINT64_C(1) << RARE_WEIGHT_BITS, &beyond);
    const size_t batch = index % RARE_BATCHES;
    sums->n++;
    sums->batches[batch].n++;
    add(&sums->ratios, ratio);
    add(&sums->ratio_squares, (wide)ratio * ratio);
    if (!hit)
        return;
    const uint64_t weight = fixed(log_ratio, sums->exponent, UINT64_C(1) << RARE_WEIGHT_BITS, &sums->clipped);
    sums->hits++;
    sums->largest = weight > sums->largest ? weight : sums->largest;
    add(&sums->weights, weight);
    add(&sums->squares, (wide)weight * weight);
    add(&sums->batches[batch].weights, weight);
}

static void merge(struct tally_sum *a, struct tally_sum b) {
    add(a, (wide)b.high << 64 | b.low);
}

void rare_sums_merge(struct rare_sums *a, const struct rare_sums *b) {
    a->n += b->n;
    a->hits += b->hits;
    a->clipped += b->clipped;
    a->largest = b->largest > a->largest ? b->largest : a->largest;
    merge(&a->weights, b->weights);
    merge(&a->squares, b->squares);
    merge(&a->ratios, b->ratios);
    merge(&a->ratio_squares, b->ratio_squares);
    for (int i = 0; i < RARE_BATCHES; i++) {
        a->batches[i].n += b->batches[i].n;
        merge(&a->batches[i].weights, b->batches[i].weights);
    }
}

/* Standard error of p from the means of the batches; they are of equal size but for one sample. */
static double batch_error(const struct rare_sums *sums, double p, int *batches) {
    long double squares = 0;
    *batches = 0;
    for (int i = 0; i < RARE_BATCHES; i++) {
        if (sums->batches[i].n == 0)
            continue;
        const long double mean = ldexpl(tally_value(sums->batches[i].weights), -sums->exponent) / sums->batches[i].n;
        squares += (mean - p) * (mean - p);
        ++*batches;
    }
    return *batches > 1 ? sqrt((double)squares / *batches / (*batches - 1)) : NAN;
}

struct rare_figures rare_figures(const struct rare_sums *sums) {
    struct rare_figures figures = {.se = NAN, .low = NAN, .high = NAN};
    const long double n = (long double)sums->n, sum = tally_value(sums->weights), squares = tally_value(sums->squares);
    if (sums->n == 0)
        return figures;
    const long double ratio = ldexpl(tally_value(sums->ratios), -RARE_RATIO_BITS) / n;
    const long double ratio_square = ldexpl(tally_value(sums->ratio_squares), -2 * RARE_RATIO_BITS) / n;
    figures.ratio_mean = (double)ratio;
    figures.ratio_se = sqrt(fmax((double)(ratio_square - ratio * ratio), 0) / (double)n);
    if (sums->hits == 0)
        return figures;
    figures.p = (double)ldexpl(sum / n, -sums->exponent);
    figures.variance = (double)ldexpl(squares / n - sum / n * (sum / n), -2 * sums->exponent);
    figures.effective = (double)(sum * sum / squares);
    figures.largest_share = (double)((long double)sums->largest / sum);
    int batches;
    figures.se = batch_error(sums, figures.p, &batches);
    if (batches > 1) {
        const double half = gsl_cdf_tdist_Pinv(0.975, batches - 1) * figures.se;
        figures.low = fmax(figures.p - half, 0);
        figures.high = figures.p + half;
    }
    return figures;
}
