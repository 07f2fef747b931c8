"""What a path draws before its months are walked: slips, shocks, cancellations, regimes, demand, launches, campaigns.

Every array has the path as its last axis. Draws come from one generator per chunk, in the order of this file.
"""
import numpy as np

from nm_config import LAYERS


def lognormal(xp, rng, median, sigma, shape, dt):
    """LN(median, sigma); no draw where it is a constant."""
    if median == 0 or sigma == 0:
        return xp.full(shape, median, dt)
    z = rng.standard_normal(shape, dtype=dt)
    z *= dt(sigma)
    xp.exp(z, out=z)
    z *= dt(median)
    return z


def strikes(xp, rng, shock, P, dt):
    """Times of the strikes of one shock, one row each; none where the rate is 0."""
    rate = float(shock["per_year"])
    if rate <= 0:
        return xp.zeros((0, P), dt)
    gaps = rng.standard_exponential((int(shock["times"]), P), dtype=dt)
    gaps *= dt(12.0 / rate)
    for k in range(1, len(gaps)):
        gaps[k] += gaps[k - 1]
    return gaps


def layer_readiness(xp, model, rng, P, dt, out):
    """a[l, j, path]: when layer l of phase j is there, before shocks."""
    ph, n = model.phases, len(model.phases.mw)
    common = rng.standard_normal(P, dtype=dt)
    planned = xp.asarray(ph.planned.astype(dt))[:, None]
    owner = (ph.gen, ph.region, ph.region, np.zeros(n, int))
    groups = (model.G, model.R, model.R, 1)
    for l in range(len(LAYERS)):
        s, a = model.slips[l], out[l]
        if s["median"] == 0 or s["sigma"] == 0:
            a[...] = planned + dt(max(0.0, min(s["max"], s["median"]) - s["buffer"]))
            continue
        factor = rng.standard_normal((groups[l], P), dtype=dt)
        factor *= dt(np.sqrt(1 - model.common) * np.sqrt(s["rho"]) * s["sigma"])
        factor += dt(np.sqrt(model.common) * np.sqrt(s["rho"]) * s["sigma"]) * common
        factor += dt(np.log(s["median"]))
        rng.standard_normal(dtype=dt, out=a)
        a *= dt(np.sqrt(1 - s["rho"]) * s["sigma"])
        for k in range(groups[l]):
            rows = np.flatnonzero(owner[l] == k)
            if len(rows):
                a[xp.asarray(rows)] += factor[k]
        xp.exp(a, out=a)
        xp.minimum(a, dt(s["max"]), out=a)
        a -= dt(s["buffer"])
        xp.maximum(a, dt(0), out=a)
        a += planned
    return out


def apply_supply_shocks(ar, model, rng, P, dt, a):
    xp = ar.xp
    for s in model.supply_shocks:
        tau = strikes(xp, rng, s, P, dt)
        rows = xp.asarray(model.shock_rows(s))
        layer = a[LAYERS.index(s["layer"])]
        for k in range(len(tau)):
            delay = lognormal(xp, rng, float(s["months"]), float(s["sigma"]), P, dt)
            if not len(rows):
                continue
            few = False
            if ar.looks:  # most strikes come late in most paths
                hit_paths = xp.flatnonzero(tau[k] < layer[rows].max())
                if not len(hit_paths):
                    continue
                few = len(hit_paths) < P // 4
            every = len(rows) == len(layer)
            part = layer[xp.ix_(rows, hit_paths)] if few else layer if every else layer[rows]
            t, d = (tau[k][hit_paths], delay[hit_paths]) if few else (tau[k], delay)
            part += ((part > t) & (part <= t + dt(s["reach"]))) * d
            if few:
                layer[xp.ix_(rows, hit_paths)] = part
            elif not every:
                layer[rows] = part


def draw_phases(ar, model, rng, P, dt, buf):
    """Readiness by layer, A and the binding layer, and which phases are not cancelled."""
    xp = ar.xp
    a = layer_readiness(xp, model, rng, P, dt, buf)
    apply_supply_shocks(ar, model, rng, P, dt, a)
    ready = a[0].copy()
    bind = xp.zeros(ready.shape, np.int8)
    for l in range(1, len(LAYERS)):
        later = a[l] > ready
        xp.putmask(bind, later, l)
        xp.maximum(ready, a[l], out=ready)
    alive = rng.random(ready.shape, dtype=dt) >= xp.asarray(model.phases.cancel.astype(dt))[:, None]
    return ready, bind, a[0], alive


def draw_regimes(xp, model, rng, P, dt):
    T, K = model.T, len(model.regime_names)
    s = xp.zeros((T, P), np.int8)
    if K == 1:
        return s
    u = rng.random((T, P), dtype=dt)
    first = xp.asarray(np.cumsum(model.initial)[:-1].astype(dt))
    step = xp.asarray(np.ascontiguousarray(np.cumsum(model.monthly, axis=1)[:, :-1].astype(dt).T))
    s[0] = (u[0][None] >= first[:, None]).sum(axis=0).astype(np.int8)
    for t in range(1, T):
        for k in range(K - 1):
            s[t] += u[t] >= step[k][s[t - 1]]
    return s


def draw_growth(xp, model, rng, P, dt, regimes):
    """G_t + H_t, one row a month."""
    T = model.T
    g = rng.standard_normal((T, P), dtype=dt)
    g *= dt(model.sigma_g / np.sqrt(12.0))
    g[0] = 0
    drift = np.array([0.0] + [model.inf_trend(t) - model.inf_trend(t - 1) for t in range(1, T)]).astype(dt)
    g += xp.asarray(drift)[:, None]
    g[1:] += xp.asarray((model.growth / 12.0).astype(dt))[regimes[1:]]
    for t in range(1, T):
        g[t] += g[t - 1]
    months = xp.arange(T, dtype=dt)[:, None]
    for s in model.demand_shocks:
        tau = strikes(xp, rng, s, P, dt)
        for k in range(len(tau)):
            size = rng.standard_normal(P, dtype=dt)
            size = dt(s["log_demand"]) * xp.exp(size * dt(s["sigma"]))
            part = months - tau[k]
            part *= dt(1.0 / float(s["ramp"]))
            xp.maximum(part, dt(0), out=part)
            xp.minimum(part, dt(1), out=part)
            part *= size
            g += part
    return g


def launch_factors(xp, model, rng, P, dt):
    """L_f(t) of the firms that launch anything: {firm: [month, path]}."""
    T, out, plan = model.T, {}, {}
    steps, months = xp.arange(T, dtype=dt), np.arange(T, dtype=dt)
    for f, m, uplift, ramp, median, sigma, success in model.launches:
        come = dt(m) + lognormal(xp, rng, median, sigma, P, dt)
        gain = xp.full(P, uplift, dt)
        if success > 0:
            z = rng.standard_normal(P, dtype=dt)
            gain *= xp.exp(z * dt(success) - dt(0.5 * success * success))
        if f not in out:
            out[f], plan[f] = xp.ones((T, P), dt), np.ones(T, dt)
        lo = min(T, max(0, m))
        part = steps[lo:, None] - come
        part *= dt(1.0 / ramp)
        xp.maximum(part, dt(0), out=part)
        xp.minimum(part, dt(1), out=part)
        part *= gain
        out[f][lo:] += part
        plan[f] += dt(uplift) * np.clip((months - dt(m)) / dt(ramp), 0, 1)
    for f in out:
        out[f] /= xp.asarray(plan[f])[:, None]
    return out


def draw_inference(xp, model, rng, P, dt, growth, out):
    """Inference by firm before the price response: out[month, firm, path]."""
    T = model.T
    launch = launch_factors(xp, model, rng, P, dt)
    users = [i for i, f in enumerate(model.firms) if f.inference > 0]
    out[...] = 0
    if not users:
        return out
    x = rng.standard_normal((len(users), P), dtype=dt)
    x *= dt(model.initial_sigma)
    put = lambda v: xp.asarray(np.array(v).astype(dt))
    sig = put([model.firms[i].sigma * np.sqrt(1 - model.phi ** 2) for i in users])[:, None]
    beta = put([model.firms[i].beta for i in users])[:, None]
    base = put([model.firms[i].inference * model.firms[i].profile for i in users])
    noise = xp.empty(x.shape, dt)
    for t in range(T):
        if t:
            rng.standard_normal(dtype=dt, out=noise)
            noise *= sig
            x *= dt(model.phi)
            x += noise
        e = xp.exp(beta * growth[t] + x)
        e *= base[:, t, None]
        for k, i in enumerate(users):
            if i in launch:
                xp.multiply(e[k], launch[i][t], out=out[t, i])
            else:
                out[t, i] = e[k]
    return out


def draw_training(ar, model, rng, P, dt, regimes, out):
    """Training by firm: out[month, firm, path]."""
    xp, T = ar.xp, model.T
    out[...] = 0
    for i, f in enumerate(model.firms):
        if f.training and f.training.get("research"):
            level = np.array([float(f.training["research"]) * np.exp(model.train_trend(t)) for t in range(T)])
            out[:, i] += xp.asarray(level.astype(dt))[:, None]
    for i, p, mean, tr in model.campaigns():
        slip, dur, size = tr.get("slip") or {}, tr.get("duration") or {}, tr.get("size") or {}
        start = dt(p) + lognormal(xp, rng, float(slip.get("median", 0)), float(slip.get("sigma", 0)), P, dt)
        end = start + lognormal(xp, rng, float(dur.get("median", 0)), float(dur.get("sigma", 0)), P, dt)
        need = xp.full(P, mean, dt)
        sg = float(size.get("sigma", 0))
        if sg > 0:
            z = rng.standard_normal(P, dtype=dt)
            need *= xp.exp(z * dt(sg) - dt(0.5 * sg * sg))
        lo, hi = max(0, p), T  # it never starts before its plan
        if ar.looks:
            lo = max(0, int(np.floor(start.min())))
            hi = min(T, int(np.ceil(end.max())))
        if lo < hi:
            months = xp.arange(lo, hi, dtype=dt)[:, None]
            out[lo:hi, i] += ((months >= start) & (months < end)) * need
    if len(model.regime_names) > 1 or model.train_factor[0] != 1:
        factor = xp.asarray(model.train_factor.astype(dt))[regimes]
        for i in range(model.F):
            if model.firms[i].training:
                out[:, i] *= factor
    return out
