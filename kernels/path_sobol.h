/* What a path of --sampler sobol is given before it begins: its scrambled Sobol point, brought to the variates that
 * matter most; everything else is drawn as ever (docs/sampling.md). */
#ifndef MISMATCH_KERNELS_PATH_SOBOL_H
#define MISMATCH_KERNELS_PATH_SOBOL_H

#include "kernels/context.h"
#include "kernels/path_demand.h"
#include "kernels/sobol.h"

#define SOBOL_TABLE(s) ((GLOBAL const struct mm_sobol *)(GLOBAL const void *)(k->pool + k->h->sobol))
#define GIVE(at) W(s->s_given + (at))

/* All coordinates of the path's point. */
static void sobol_coordinates(const struct mm_context *k, GLOBAL const struct mm_sobol *s) {
    const vuint scramble = k->path_low & v_u(MM_SCRAMBLES - 1);
    const struct sobol_point point = sobol_point((k->path_low >> 6) | (k->path_high << 26));
    GLOBAL const uint *directions = k->pool + s->directions;
    for (int d = 0; d < s->n_dimensions; d += 2) {
        vuint word[4];
        philox(scramble, v_u(0), (uint)(d / 2), MM_ADDRESS(MM_KIND_SOBOL, 0), k->key_low, k->key_high, word);
        for (int i = 0; i < 2 && d + i < s->n_dimensions; i++)
            WI(s->s_point + d + i) = v_as_i(sobol_scramble(sobol_reversed(&point, directions + (d + i) * SOBOL_BITS),
                                                           word[2 * i], word[2 * i + 1]));
    }
}

INLINE vuint coordinate(const struct mm_context *k, GLOBAL const struct mm_sobol *s, int dimension) {
    return v_as_u(WI(s->s_point + dimension));
}

static void give_bridge(const struct mm_context *k, GLOBAL const struct mm_sobol *s,
                        GLOBAL const struct mm_bridge *row) {
    const int months = k->h->months, at = row->at;
    GLOBAL const struct mm_span *span = (GLOBAL const struct mm_span *)(GLOBAL const void *)(k->pool + s->spans);
    GLOBAL const int *dimension = INTS(row->dimensions);
    for (int t = 0; t < months; t += 4) {
        vuint word[4];
        draw(k, (uint)t >> 2, row->c3, word);
        for (int i = 0; i < 4 && t + i < months; i++)
            GIVE(at + t + i) = v_normal(word[i]);
    }
    for (int i = 0; i < row->n; i++)
        GIVE(at + span[i].mid) = v_normal(coordinate(k, s, dimension[i]));
    for (int i = 0; i < s->n_spans; i++) {
        vreal value = v_r(span[i].spread) * GIVE(at + span[i].mid);
        value = v_fma(v_r(span[i].from_left), GIVE(at + span[i].left), value);
        GIVE(at + span[i].mid) = v_fma(v_r(span[i].from_right), GIVE(at + span[i].right), value);
    }
    for (int t = months - 1; t > 1; t--)
        GIVE(at + t) = GIVE(at + t) - GIVE(at + t - 1);
}

static void give_spots(const struct mm_context *k, GLOBAL const struct mm_sobol *s) {
    GLOBAL const struct mm_spot *spot = (GLOBAL const struct mm_spot *)(GLOBAL const void *)(k->pool + s->spots);
    for (int i = 0; i < s->n_spots; i++, spot++) {
        vuint word[4];
        if (spot->dimension >= 0)
            word[0] = coordinate(k, s, spot->dimension);
        else
            draw(k, spot->c2, spot->c3, word);
        const vuint w = spot->dimension >= 0 ? word[0] : word[spot->word];
        GIVE(spot->at) = spot->exponential ? v_expo(w) : v_normal(w);
    }
}

/* A uniform that chose the bin low ... low + width of a row, made uniform again, and independent of the choice. */
INLINE vreal used_again(vreal u, vreal low, vreal width) {
    return v_clip(v_div(u - low, v_max(width, v_r(1e-30f))), v_r(0.0f), v_r(0x1.fffffep-1f));
}

/* The uniforms of all months. One coordinate leads to the month of the first change and to the regime after it, the
 * next one to the second, and so on; it is replaced by what is drawn for the month where there is none left, and where
 * so many months have used it that its digits run out. */
static void give_regimes(const struct mm_context *k, GLOBAL const struct mm_sobol *s) {
    const int n = k->h->n_regimes;
    GLOBAL const float *initial = FLOATS(k->h->regime_initial), *monthly = FLOATS(k->h->regime_monthly);
    const vreal one = v_r(1.0f);
    vuint word[4];
    draw(k, 0, MM_ADDRESS(MM_KIND_REGIME_MONTH, 0), word);
    vreal u = v_uniform24(coordinate(k, s, s->regime[0]));
    GIVE(MM_GIVEN_REGIME(k->h)) = u;
    vint state = pick(u, initial, n), changes = v_i(0);
    vreal mass = one;
    u = v_uniform24(coordinate(k, s, s->regime[1]));
    for (int t = 1; t < k->h->months; t++) {
        if ((t & 3) == 0)
            draw(k, (uint)t >> 2, MM_ADDRESS(MM_KIND_REGIME_MONTH, 0), word);
        GIVE(MM_GIVEN_REGIME(k->h) + t) = u;
        vint after = v_i(0);
        vreal low = v_r(0.0f), high = one;
        for (int from = 0; from < n; from++) {
            const vint here = v_ieq(state, v_i(from));
            const vint to = pick(u, monthly + from * n, n);
            after = v_seli(here, to, after);
            for (int i = 0; i < n; i++) {
                const vint bin = here & v_ieq(to, v_i(i));
                low = v_sel(bin, v_r(i > 0 ? monthly[from * n + i - 1] : 0.0f), low);
                high = v_sel(bin, v_r(i + 1 < n ? monthly[from * n + i] : 1.0f), high);
            }
        }
        const vint changed = v_not(v_ieq(after, state));
        changes = changes - changed;
        mass = mass * (high - low);
        const vint fresh = changed | v_lt(mass, v_r(0x1p-8f));
        vreal next = v_uniform24(word[t & 3]);
        for (int i = 2; i < MM_REGIME_POINTS; i++)
            next = v_sel(changed & v_ieq(changes, v_i(i - 1)), v_uniform24(coordinate(k, s, s->regime[i])), next);
        u = v_sel(fresh, next, used_again(u, low, high - low));
        mass = v_sel(fresh, one, mass);
        state = after;
    }
}

/* Fills what the path reads instead of drawing it. */
static void sobol_give(const struct mm_context *k) {
    GLOBAL const struct mm_sobol *s = SOBOL_TABLE(k);
    GLOBAL const struct mm_bridge *bridge =
        (GLOBAL const struct mm_bridge *)(GLOBAL const void *)(k->pool + s->bridges);
    sobol_coordinates(k, s);
    for (int i = 0; i < s->n_bridges; i++)
        give_bridge(k, s, bridge + i);
    give_spots(k, s);
    if (k->h->n_regimes > 1)
        give_regimes(k, s);
}

#endif
