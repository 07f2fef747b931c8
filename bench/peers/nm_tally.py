"""What is counted while the months of a chunk go by, and what is kept for the events."""
import itertools

import numpy as np

from nm_alloc import TINY, ratio
from nm_config import LAYERS, STATES

INDUSTRY = ("gap", "slack", "unmet", "price", "demand", "supply", "late_share", "stranded_share")
FIRM = ("spare_share", "unsold_share", "idle_share", "utilisation", "selling", "starts_selling", "unmet_share", "bought_share",
        "pressure", "build_response")
SHARES = ("spare_share", "unsold_share", "idle_share", "utilisation")
AFTER = ("late_share", "stranded_share", "late_mw", "stranded_mw")


class Sums:
    """Sums and sums of squares by month; arrays may have leading axes. They stay where the arrays are until they are asked for."""

    def __init__(self, ar, T):
        self.ar, self.T, self.s, self.ss = ar, T, {}, {}

    def add(self, key, t, v):
        if key not in self.s:
            self.s[key] = self.ar.xp.zeros((self.T,) + v.shape[:-1])
            self.ss[key] = self.ar.xp.zeros((self.T,) + v.shape[:-1])
        if v.dtype == bool:
            n = self.ar.xp.count_nonzero(v, axis=v.ndim - 1)
            self.s[key][t] += n
            self.ss[key][t] += n
        else:
            self.s[key][t] += v.sum(axis=-1)
            self.ss[key][t] += self.ar.square_sums(v)

    def sum(self, key):
        return self.ar.host(self.s[key])

    def mean_se(self, key, n):
        mean = self.sum(key) / n
        var = np.maximum(self.ar.host(self.ss[key]) / n - mean ** 2, 0) * (n / max(1, n - 1))
        return mean, np.sqrt(var / n)


def firm_series(mo, model, name, merchant):
    """[firm, path] of a firm-scope series. merchant: [firm, 1]."""
    xp = mo.xp
    if name in ("spare_share", "utilisation"):
        v = ratio(xp, mo.spare_f, mo.U_f)
        return v if name == "spare_share" else 1 - v
    if name == "unsold_share":
        return ratio(xp, mo.unsold_f, mo.U_f)
    if name == "idle_share":
        return xp.where(merchant, ratio(xp, mo.unsold_f, mo.U_f), ratio(xp, mo.spare_f, mo.U_f))
    if name == "unmet_share":
        return ratio(xp, mo.unmet_f, mo.demand_f)
    if name == "bought_share":
        return ratio(xp, mo.bought_f, mo.demand_f)
    return {"selling": mo.selling, "starts_selling": mo.starts, "pressure": mo.R, "build_response": mo.build_response}[name]


def industry_series(mo, model, name):
    if name.startswith("state_"):
        return mo.states[STATES.index(name[6:])]
    if name.startswith("regime_"):
        return mo.regime == model.regime_names.index(name[7:])
    return {"gap": mo.gap, "slack": mo.slack, "unmet": mo.unmet, "price": mo.p, "demand": mo.D, "supply": mo.S}[name]


def cell_amounts(mo, model, name, f, r, g):
    """(numerator, U) of a share at firm f, region r (or None), generation g (or None), each [path]."""
    xp = mo.xp
    unsold = name == "unsold_share" or (name == "idle_share" and model.firms[f].merchant)
    old, new = (mo.unsold_old, mo.unsold_new) if unsold else (mo.spare_old, mo.spare_new)
    pick = slice(None) if r is None else slice(r, r + 1)
    if g is None:
        return (old[f, pick] + new[f, pick]).sum(axis=0), (mo.old_u[f, pick] + mo.new_u[f, pick]).sum(axis=0)
    k = g - mo.g0
    if not 0 <= k < len(mo.held):
        return xp.zeros_like(mo.D), xp.zeros_like(mo.D)
    left, whole = (old, mo.old_u) if k < mo.cut else (new, mo.new_u)
    U = mo.held[k, f, pick]
    return (U * ratio(xp, left[f, pick], whole[f, pick])).sum(axis=0), U.sum(axis=0)


def merchants(ar, model):
    return ar.xp.asarray(np.array([f.merchant for f in model.firms]))[:, None]


class SeriesMeans:
    def __init__(self, ar, model):
        self.ar, self.model, self.sums = ar, model, Sums(ar, model.T)
        self.merchant = merchants(ar, model)
        self.names = [n for n in FIRM if n != "idle_share"]

    def __call__(self, mo):
        xp = mo.xp
        for name in ("unmet", "price", "demand", "supply"):
            self.sums.add(name, mo.t, industry_series(mo, self.model, name))
        self.sums.add("gap", mo.t, xp.clip(mo.gap, -4, 1))
        self.sums.add("slack", mo.t, xp.clip(mo.slack, -4, 1))
        for name in self.names:
            self.sums.add(("firm", name), mo.t, firm_series(mo, self.model, name, self.merchant))
        diff = mo.D - mo.S
        self.sums.add("shortfall", mo.t, xp.maximum(diff, 0))
        self.sums.add("surplus", mo.t, xp.maximum(-diff, 0))
        self.sums.add("states", mo.t, mo.states)

    def after(self, chunk):
        ws, T = chunk.ws, self.model.T
        for name in ("late", "stranded"):
            mw = getattr(ws, name)
            share = late_share(ws, name, None)
            for t in range(T):
                self.sums.add(name + "_mw", t, mw[t])
                self.sums.add(name + "_share", t, share[t])


def late_share(ws, name, layer):
    top = getattr(ws, name)
    top = top.sum(axis=1) if layer is None else top[:, layer]
    below = ws.usable + ws.late.sum(axis=1)
    return ratio(ws.xp, top, below)


class History:
    """Series by month and path that events and fans ask for."""

    def __init__(self, ar, model, keys):
        self.model, self.keys, self.data = model, sorted(keys, key=str), {}
        self.merchant = merchants(ar, model)

    def __call__(self, mo):
        for key in self.keys:
            if key[0] in AFTER:
                continue
            v = self._value(mo, key)
            if mo.t == 0:
                self.data[key] = mo.xp.empty((self.model.T,) + v.shape, v.dtype)
            self.data[key][mo.t] = v

    def _value(self, mo, key):
        name, firm, region, gen = key[:4]
        m = self.model
        if firm is None:
            return industry_series(mo, m, name)
        f = m.firm_index[firm]
        if name in SHARES and (region is not None or gen is not None):
            top, U = cell_amounts(mo, m, "spare_share" if name == "utilisation" else name, f,
                                  None if region is None else m.regions.index(region), None if gen is None else m.gens.index(gen))
            v = ratio(mo.xp, top, U)
            return 1 - v if name == "utilisation" else v
        return firm_series(mo, m, name, self.merchant)[f]

    def after(self, chunk):
        ws = chunk.ws
        for key in self.keys:
            if key[0] in AFTER:
                kind, what = key[0].split("_")
                layer = None if key[4] is None else LAYERS.index(key[4])
                if what == "share":
                    self.data[key] = late_share(ws, kind, layer)
                else:
                    mw = getattr(ws, kind)
                    self.data[key] = mw.sum(axis=1) if layer is None else mw[:, layer].copy()


class Coexistence:
    """idle (a share, a threshold, `for`) with the state of the industry, in every scope of `by`."""

    def __init__(self, ar, model, question):
        xp = ar.xp
        q = question["coexistence"]
        self.ar, self.model, self.series, self.a, self.k = ar, model, q["series"], float(q["at_least"]), int(q.get("for", 1))
        self.by = [tuple(b) for b in q["by"]]
        self.entries = []
        for b in self.by:
            axes = [range(model.F), range(model.R) if "region" in b else [None], range(model.G) if "generation" in b else [None]]
            self.entries += list(itertools.product(*axes))
        E = len(self.entries)
        self.both = xp.zeros((model.T, E, 4))
        self.sums = {k: xp.zeros(E) for k in ("a", "aa", "ab", "ac", "c", "cc", "ever")}
        self.b = self.bb = 0.0
        self.months_type = np.uint8 if model.T <= 255 else np.uint16
        unsold = [self.series == "unsold_share" or (self.series == "idle_share" and f.merchant) for f in model.firms]
        self.unsold = xp.asarray(np.array(unsold))[:, None, None]

    def start(self, P):
        E, xp = len(self.entries), self.ar.xp
        self.last = []
        self.n_both, self.n_idle = xp.zeros((E, P), self.months_type), xp.zeros((E, P), self.months_type)
        self.n_short = xp.zeros(P, self.months_type)

    def _idle(self, mo):
        m, xp = self.model, mo.xp
        old = xp.where(self.unsold, mo.unsold_old, mo.spare_old)
        new = xp.where(self.unsold, mo.unsold_new, mo.spare_new)
        dt = old.dtype.type
        a = dt(self.a - 1e-6 * max(1.0, abs(self.a)))
        out = xp.empty((len(self.entries), old.shape[-1]), bool)
        tops = None
        at = 0
        for b in self.by:
            if "generation" in b:
                if tops is None:
                    ro, rn = ratio(xp, old, mo.old_u), ratio(xp, new, mo.new_u)
                    tops = xp.stack([mo.held[k] * (ro if k < mo.cut else rn) for k in range(len(mo.held))]) if len(mo.held) else mo.held
                n = m.F * (m.R if "region" in b else 1) * m.G
                shape = (m.F, m.R, m.G, -1) if "region" in b else (m.F, m.G, -1)
                part = out[at:at + n].reshape(shape)
                part[...] = self.a <= 0
                for k in range(len(mo.held)):
                    top, U = (tops[k], mo.held[k]) if "region" in b else (tops[k].sum(axis=1), mo.held[k].sum(axis=1))
                    part[..., mo.g0 + k, :] = self._test(top, U, a)
            else:
                n = m.F * (m.R if "region" in b else 1)
                top, U = old + new, mo.old_u + mo.new_u
                if "region" not in b:
                    top, U = top.sum(axis=1), U.sum(axis=1)
                out[at:at + n] = self._test(top, U, a).reshape(n, -1)
            at += n
        return out

    def _test(self, top, U, a):
        xp = self.ar.xp
        return (top >= a * xp.maximum(U, U.dtype.type(TINY))) & (U > 0) if self.a > 0 else xp.ones(U.shape, bool)

    def __call__(self, mo):
        if mo.t == 0:
            self.start(mo.D.shape[0])
        idle = self._idle(mo)
        self.last = (self.last + [idle])[-self.k:]
        if len(self.last) < self.k:
            held = mo.xp.zeros_like(idle)
        elif self.k == 1:
            held = idle
        else:
            held = mo.xp.logical_and(self.last[0], self.last[1])
            for more in self.last[2:]:
                held &= more
        self.both[mo.t] += self.ar.joint_counts(held, mo.states)
        short = mo.states[0]
        self.n_idle += held
        self.n_both += held & short
        self.n_short += short

    def after(self, chunk):
        s, xp = self.sums, self.ar.xp
        a, c, b = (v.astype(np.float32) for v in (self.n_both, self.n_idle, self.n_short))
        s["ever"] += xp.count_nonzero(self.n_both, axis=1)
        for key, u, v in (("aa", a, a), ("cc", c, c), ("ac", a, c)):
            s[key] += xp.einsum("ep,ep->e", u, v)
        s["ab"] += xp.einsum("ep,p->e", a, b)
        s["a"] += a.sum(axis=1)
        s["c"] += c.sum(axis=1)
        self.b += float(b.sum())
        self.bb += float((b * b).sum())

    def report(self, n):
        """The entries as in the result."""
        out, m = [], self.model
        both, s = self.ar.host(self.both), {k: self.ar.host(v) for k, v in self.sums.items()}
        for i, (f, r, g) in enumerate(self.entries):
            p = both[:, i] / n
            entry = {"firm": m.firms[f].name, "region": None if r is None else m.regions[r], "generation": None if g is None else m.gens[g],
                     "ever": prob(s["ever"][i], n)}
            entry["both"] = {st: {"p": p[:, k].tolist(), "se": np.sqrt(p[:, k] * (1 - p[:, k]) / n).tolist()} for k, st in enumerate(STATES)}
            entry["idle_given_shortage"] = quotient(s["a"][i], s["aa"][i], self.b, self.bb, s["ab"][i], n)
            entry["shortage_given_idle"] = quotient(s["a"][i], s["aa"][i], s["c"][i], s["cc"][i], s["ac"][i], n)
            mean = s["a"][i] / n
            entry["mean_months"] = {"value": mean, "se": float(np.sqrt(max(0.0, s["aa"][i] / n - mean ** 2) / n))}
            out.append(entry)
        return out


def prob(count, n):
    if n == 0:
        return {"p": None, "se": None}
    p = float(count) / n
    return {"p": p, "se": float(np.sqrt(p * (1 - p) / n))}


def quotient(a, aa, b, bb, ab, n):
    """Sum a / sum b over paths, with the error of a ratio estimator."""
    if b == 0:
        return {"p": None, "se": None}
    r = a / b
    var = max(0.0, (aa - 2 * r * ab + r * r * bb) / n)
    return {"p": float(r), "se": float(np.sqrt(var / n) / (b / n))}
