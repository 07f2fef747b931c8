/* Direction numbers from primitive polynomials, by Sobol's recurrence (Bratley and Fox, Algorithm 659). */
#include "host/plan/sobol.h"

#include "host/plan/sobol_table.h"

_Static_assert(SOBOL_MOST == SOBOL_DIMENSIONS, "the table has as many dimensions as its user believes");

static int degree_of(unsigned polynomial) {
    int degree = 0;
    while (polynomial >> (degree + 1))
        degree++;
    return degree;
}

static uint32_t reverse(uint32_t x) {
    uint32_t r = 0;
    for (int i = 0; i < SOBOL_WORDS; i++)
        r |= (x >> i & 1) << (SOBOL_WORDS - 1 - i);
    return r;
}

void sobol_directions(int dimension, uint32_t directions[SOBOL_WORDS]) {
    uint32_t v[SOBOL_WORDS] = {0};
    int degree = 0, first = 0;
    unsigned polynomial = 0;
    for (int d = 1; d <= dimension; d++) {
        first += degree;
        polynomial = sobol_polynomials[d - 1];
        degree = degree_of(polynomial);
    }
    for (int i = 0; i < SOBOL_WORDS; i++) {
        if (dimension == 0 || i < degree) {
            v[i] = (dimension == 0 ? UINT32_C(1) : sobol_first_numbers[first + i]) << (SOBOL_WORDS - 1 - i);
        } else {
            v[i] = v[i - degree] ^ v[i - degree] >> degree;
            for (int k = 1; k < degree; k++) /* the coefficient of z^(degree - k) */
                v[i] ^= (polynomial >> (degree - k) & 1) * v[i - k];
        }
        directions[i] = reverse(v[i]);
    }
}
