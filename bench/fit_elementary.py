#!/usr/bin/env python3
"""Derives the polynomial coefficients of kernels/elementary.h.

Needs numpy and mpmath.  Prints C text: paste it over the marked blocks.
Each polynomial is fitted at Chebyshev nodes (near-minimax), then its
coefficients are rounded to float one by one, lowest power first; after each
rounding the remaining ones are fitted again, so that they absorb the error.
"""
import numpy as np
from mpmath import mp, mpf, erfinv, log, exp, sqrt

mp.dps = 40


def nodes(lo, hi, n=60):
    x = np.cos(np.pi * (np.arange(n) + 0.5) / n)
    return lo + (hi - lo) * (x + 1) / 2


def fit(x, y, weight, powers, rounds=12):
    """Weighted near-minimax fit of y by sum c_p x^p (Lawson's iteration)."""
    a = x[:, None] ** np.array(powers)[None, :]
    w = np.ones_like(x)
    best = None
    for _ in range(rounds):
        s = np.sqrt(w) * weight
        m = a * s[:, None]
        norm = np.linalg.norm(m, axis=0)
        c = np.linalg.lstsq(m / norm, y * s, rcond=None)[0] / norm
        err = np.abs(a @ c - y) * weight
        if best is None or err.max() < best[0]:
            best = (err.max(), c)
        w *= err / err.max() + 1e-3
        w /= w.mean()
    return best


def fit_float(x, y, weight, degree):
    """As fit, with float coefficients; returns (error, coefficients)."""
    done = []
    rest = y.copy()
    for p in range(degree + 1):
        c = fit(x, rest, weight, list(range(p, degree + 1)))[1][0]
        c = float(np.float32(c))
        done.append(c)
        rest = rest - c * x ** p
    return np.abs(rest * weight).max(), done


def hexf(c):
    """Exact decimal text of a float (nine digits identify it)."""
    t = "%.9g" % c
    assert np.float32(t) == np.float32(c)
    return t + ("" if "." in t or "e" in t else ".0") + "f"


def exp_block():
    """exp(r) = 1 + r + r^2 q(r), |r| <= ln(2)/2 and a little."""
    half = float(log(2) / 2) * 1.001
    x = nodes(-half, half)
    y = np.array([float((exp(mpf(t)) - 1 - mpf(t)) / mpf(t) ** 2) for t in x])
    w = np.array([float(mpf(t) ** 2 / exp(mpf(t))) for t in x])
    err, c = fit_float(x, y, w, 4)
    print("exp q: relative error %.2g" % err)
    print(",\n".join("    " + hexf(t) for t in c))


def log_block():
    """log(1 + f) = f + f^2 q(f), 1 + f from sqrt(1/2) to sqrt(2)."""
    x = nodes(float(1 / sqrt(mpf(2)) - 1) * 1.0001,
              float(sqrt(mpf(2)) - 1) * 1.0001)
    y = np.array([float((log(1 + mpf(t)) - mpf(t)) / mpf(t) ** 2) for t in x])
    w = np.array([float(mpf(t) ** 2 / abs(log(1 + mpf(t)))) for t in x])
    err, c = fit_float(x, y, w, 8)
    print("log q: relative error %.2g" % err)
    print(",\n".join("    " + hexf(t) for t in c))


def normal_block():
    """Upper normal quantile z(h) in 64 half octaves of h.

    Segment 2k + j holds h = 2^(k-33) s with s in [1 + j/2, 1.5 + j/2); the
    polynomial's argument is s - 1.5.  The kernel's float image of h is one
    unit in the last place low once the 31-bit integer no longer fits 24 bits
    (see v_normal), so there the fit is made for s + 2^-23.
    """
    degree = 5
    table, worst = [], 0.0
    for seg in range(64):
        k, j = divmod(seg, 2)
        u = nodes(-0.5 + j * 0.5, j * 0.5, 24)
        low = mpf(2) ** -23 if k >= 24 else mpf(0)
        y = []
        for t in u:
            h = mpf(2) ** (k - 33) * (mpf(1.5) + mpf(float(t)) + low)
            y.append(float(sqrt(mpf(2)) * erfinv(1 - 2 * h)))
        err, c = fit_float(u, np.array(y), np.ones_like(u), degree)
        worst = max(worst, err)
        table.append(c)
    print("normal: absolute error %.2g before rounding" % worst)
    for p in range(degree + 1):
        print("    {   /* power %d */" % p)
        for i in range(0, 64, 4):
            row = ", ".join(hexf(table[s][p]) for s in range(i, i + 4))
            print("     " + row + ("," if i < 60 else "},"))


if __name__ == "__main__":
    exp_block()
    log_block()
    normal_block()
