"""Configuration of the NumPy peer: YAML, overlays, --set, dates, and the expansion of phases, contracts and launches."""
import bisect
import csv
import math
import os
from dataclasses import dataclass, field

import numpy as np
import yaml

LAYERS = ("gpu", "power", "shell", "network")
STATES = ("shortage", "glut", "friction", "balanced")
NEVER = 10 ** 7


def merge(base, over):
    """Overlay `over` on `base`: mappings by key, lists of named items by name, null removes."""
    for key, val in over.items():
        if isinstance(base, list):
            _merge_named(base, key, val)
        elif val is None:
            base.pop(key, None)
        elif isinstance(val, dict) and isinstance(base.get(key), (dict, list)):
            merge(base[key], val)
        else:
            base[key] = val
    return base


def _merge_named(items, name, val):
    at = next((i for i, it in enumerate(items) if isinstance(it, dict) and it.get("name") == name), None)
    if val is None:
        if at is None:
            raise SystemExit("overlay: no item %r to remove" % name)
        del items[at]
    elif at is None:
        items.append(dict(val, name=name))
    else:
        merge(items[at], val)


def set_key(cfg, assignment):
    """`firms.meta.inference=1000`: a dotted path through mappings and named lists."""
    path, text = assignment.split("=", 1)
    val = yaml.safe_load(text)
    node = {}
    top = node
    parts = path.split(".")
    for part in parts[:-1]:
        node[part] = {}
        node = node[part]
    node[parts[-1]] = val
    return merge(cfg, top)


def load(path, overlays=(), sets=()):
    with open(path) as fh:
        cfg = yaml.safe_load(fh)
    for extra in overlays:
        with open(extra) as fh:
            merge(cfg, yaml.safe_load(fh) or {})
    for one in sets:
        set_key(cfg, one)
    return cfg, os.path.dirname(os.path.abspath(path))


class Trend:
    """Integral from month 0 of a log growth per year that steps at dates; the first value also holds before."""

    def __init__(self, table, month):
        rows = sorted((month(k), float(v)) for k, v in table.items()) if isinstance(table, dict) else [(0, float(table or 0))]
        self.at = [m for m, _ in rows]
        self.rate = [r / 12.0 for _, r in rows]
        self.cum = [0.0]
        for i in range(1, len(rows)):
            self.cum.append(self.cum[-1] + self.rate[i - 1] * (self.at[i] - self.at[i - 1]))
        self.zero = self._raw(0.0)

    def _raw(self, x):
        i = max(0, bisect.bisect_right(self.at, x) - 1)
        return self.cum[i] + self.rate[i] * (x - self.at[i])

    def __call__(self, x):
        return self._raw(x) - self.zero


@dataclass
class Firm:
    name: str
    merchant: bool = False
    reserve: float = 0.0
    offer: float = 0.0
    hurdle: float = 0.1
    own_signal: float = 0.5
    beta: float = 1.0
    frontier: float = 0.0
    sigma: float = 0.0
    inference: float = 0.0
    shares: np.ndarray = None
    demand_shares: np.ndarray = None
    profile: np.ndarray = None
    training: dict = None


@dataclass
class Phases:
    """Not existing phases, as columns."""
    firm: list = field(default_factory=list)
    region: list = field(default_factory=list)
    gen: list = field(default_factory=list)
    mw: list = field(default_factory=list)
    planned: list = field(default_factory=list)
    committed: list = field(default_factory=list)
    cancel: list = field(default_factory=list)

    def add(self, firm, region, gen, mw, planned, committed, cancel):
        for col, v in zip((self.firm, self.region, self.gen, self.mw, self.planned, self.committed, self.cancel),
                          (firm, region, gen, mw, planned, committed, cancel)):
            col.append(v)

    def freeze(self):
        order = sorted(range(len(self.mw)), key=lambda i: (self.planned[i], self.firm[i], self.region[i]))
        for name, kind in (("firm", int), ("region", int), ("gen", int), ("mw", float), ("planned", int), ("committed", bool), ("cancel", float)):
            setattr(self, name, np.array([getattr(self, name)[i] for i in order], dtype=kind))
        return self


class Model:
    """The configuration with every default filled in and every list expanded."""

    def __init__(self, cfg, folder):
        self.cfg, self.folder = cfg, folder
        y, m = str(cfg["time"]["start"]).split("-")[:2]
        self.start = int(y) * 12 + int(m) - 1
        self.T = int(cfg["time"]["months"])
        self.regions = list(cfg["regions"])
        self.R = len(self.regions)
        self._generations(cfg)
        self._sections(cfg)
        self.firm_index = {f["name"]: i for i, f in enumerate(cfg["firms"])}
        self.firms = [self._firm(f) for f in cfg["firms"]]
        self.F = len(self.firms)
        self._build_out(cfg)
        self._contracts(cfg)
        self._shocks(cfg)
        self._launches(cfg)
        self.events = cfg.get("events", {}) or {}
        self.questions = cfg.get("questions", []) or []

    def month(self, date):
        y, m = str(date).split("-")[:2]
        return int(y) * 12 + int(m) - 1 - self.start

    def label(self, t):
        if self.T > 1200:
            return t
        return "%04d-%02d" % ((self.start + t) // 12, (self.start + t) % 12 + 1)

    def _generations(self, cfg):
        gens = cfg["generations"]
        self.gens = [g["name"] for g in gens]
        self.G = len(gens)
        self.kh = [float(g["kh100e_per_mw"]) for g in gens]
        self.available = [self.month(g["available"]) if "available" in g else -NEVER for g in gens]
        self.ships = [self.month(g["ships"]) if "ships" in g else -NEVER for g in gens]
        self.ramp = [float(g.get("ramp", 1)) for g in gens]
        self.retires = [self.month(g["retires"]) if g.get("retires") is not None else NEVER for g in gens]
        self.span = int(cfg.get("training_span", 1))
        self.frontier = []
        for t in range(self.T):
            newest = max([i for i in range(self.G) if self.available[i] <= t], default=0)
            self.frontier.append(max(0, newest - self.span))

    def _sections(self, cfg):
        slips = cfg.get("slips", {}) or {}
        self.common = float(slips.get("common", 0))
        base = {"median": 0.0, "sigma": 0.0, "rho": 0.0, "buffer": 0.0, "max": 120.0}
        self.slips = [dict(base, **(slips.get(l, {}) or {})) for l in LAYERS]
        reg = cfg.get("regimes") or {}
        self.regime_names = reg.get("names", ["base"])
        n = len(self.regime_names)
        self.initial = np.array(reg.get("initial", [1.0] + [0.0] * (n - 1)), float)
        self.monthly = np.array(reg.get("monthly", np.eye(n)), float)
        self.growth = np.array(reg.get("growth", [0.0] * n), float)
        self.train_factor = np.array(reg.get("training", [1.0] * n), float)
        inf = cfg.get("inference", {}) or {}
        self.inf_trend = Trend(inf.get("trend", 0), self.month)
        self.sigma_g = float(inf.get("sigma", 0))
        self.phi = float(inf.get("persistence", 0))
        self.firm_sigma = float(inf.get("firm_sigma", 0))
        self.initial_sigma = float(inf.get("initial_sigma", 0))
        pr = inf.get("price_response", {}) or {}
        self.eps, self.lam = float(pr.get("elasticity", 0)), float(pr.get("monthly_adjustment", 0))
        self.psi = float(inf.get("portable", 1))
        self.frontier_share = float(inf.get("frontier_share", 0))
        self.train_trend = Trend((cfg.get("training", {}) or {}).get("trend", 0), self.month)
        rsp = dict({"lead": 12, "strength": 0, "low": 1, "high": 1, "own_signal": 0.5, "adjustment": 1}, **(cfg.get("response") or {}))
        self.lead, self.rsp = int(round(float(rsp["lead"]))), rsp
        self.market = dict({"elasticity": 1, "price_min": 0.1, "price_max": 10, "offer": 0, "hurdle": 0.1, "months": 1}, **(cfg.get("market") or {}))
        self.thresholds = dict({"shortage": 0.05, "glut": 0.10, "friction": 0.05}, **(cfg.get("thresholds") or {}))

    def _vector(self, shares):
        return np.array([float((shares or {}).get(r, 0)) for r in self.regions])

    def _firm(self, f):
        out = Firm(f["name"], bool(f.get("merchant", False)), float(f.get("reserve", 0)), float(f.get("offer", self.market["offer"])),
                   float(f.get("hurdle", self.market["hurdle"])), float(f.get("own_signal", self.rsp["own_signal"])),
                   float(f.get("beta", 1)), float(f.get("frontier_share", self.frontier_share)),
                   float(f.get("inference_sigma", self.firm_sigma)), float(f.get("inference", 0)))
        out.shares, out.demand_shares = self._vector(f.get("shares")), self._vector(f.get("demand_shares"))
        if out.inference > 0 and "demand_shares" not in f:
            raise SystemExit("firm %s has inference and no demand_shares" % out.name)
        out.profile = np.ones(self.T)
        if f.get("profile"):
            with open(os.path.join(self.folder, f["profile"])) as fh:
                rows = {int(r["month"]): float(r["factor"]) for r in csv.DictReader(fh)}
            out.profile = np.array([rows[t] for t in range(self.T)])
        out.training = f.get("training")
        return out

    def _build_out(self, cfg):
        self.installed = np.zeros((self.G, self.F, self.R))
        ph = Phases()
        for i, f in enumerate(cfg["firms"]):
            for g, mw in (f.get("installed") or {}).items():
                self.installed[self.gens.index(g), i] += float(mw) * self.firms[i].shares
            if f.get("build"):
                self._programme(ph, i, f["build"])
            for one in f.get("phases") or []:
                m = self.month(one["ready"])
                ph.add(i, self.regions.index(one["region"]), self.gens.index(one["generation"]), float(one["mw"]), m,
                       bool(one.get("committed", False)) or m < 1, float(one.get("cancel", 0)))
        self.phases = ph.freeze()
        self.decided = np.where(ph.committed, -1, np.maximum(0, ph.planned - self.lead)) if len(ph.mw) else np.zeros(0, int)

    def _programme(self, ph, i, b):
        first, every = self.month(b["from"]), int(b.get("every", 3))
        until = self.month(b["committed_until"]) if "committed_until" in b else first
        cancel = b.get("cancel", {}) or {}
        for m in range(first, self.T, every):
            mw = float(b["mw_per_year"]) * every / 12.0 * (1.0 + float(b.get("growth", 0))) ** ((m - first) / 12.0)
            gen = max([g for g in range(self.G) if self.ships[g] <= m])
            committed = m < until or m < 1
            for r in range(self.R):
                if self.firms[i].shares[r] > 0 and mw > 0:
                    ph.add(i, r, gen, mw * self.firms[i].shares[r], m, committed, float(cancel.get("committed" if committed else "planned", 0)))

    def _contracts(self, cfg):
        self.share_contracts, self.mw_contracts = [], []
        for c in cfg.get("contracts") or []:
            lo = self.month(c["from"]) if "from" in c else 0
            hi = self.month(c["until"]) if "until" in c else self.T
            ends = (lo, hi, self.firm_index[c["lessor"]], self.firm_index[c["lessee"]])
            if "share" in c:
                self.share_contracts.append(ends + (float(c["share"]),))
            else:
                g, r = self.gens.index(c["generation"]), self.regions.index(c["region"])
                self.mw_contracts.append(ends + (g, r, float(c["mw"]) * self.kh[g]))
        for t in range(self.T):
            total = np.zeros(self.F)
            for lo, hi, a, _, s in self.share_contracts:
                total[a] += s if lo <= t < hi else 0
            if total.max(initial=0) > 1 + 1e-9:
                raise SystemExit("shares of a lessor sum over 1")

    def _shocks(self, cfg):
        self.supply_shocks, self.demand_shocks = [], []
        base = {"times": 3, "sigma": 0.0, "reach": 120, "ramp": 1.0}
        for s in cfg.get("shocks") or []:
            s = dict(base, **s)
            (self.supply_shocks if "layer" in s else self.demand_shocks).append(s)

    def shock_rows(self, s):
        ph = self.phases
        keep = np.ones(len(ph.mw), bool)
        for key, col, names in (("region", ph.region, self.regions), ("generation", ph.gen, self.gens), ("firm", ph.firm, list(self.firm_index))):
            if s.get(key) is not None:
                keep &= col == names.index(s[key])
        return np.flatnonzero(keep)

    def _launches(self, cfg):
        self.launches = []
        for e in cfg.get("launches") or []:
            slip = e.get("slip", {}) or {}
            for date in e.get("planned") or []:
                self.launches.append((self.firm_index[e["firm"]], self.month(date), float(e.get("uplift", 0)), float(e.get("ramp", 1)),
                                      float(slip.get("median", 0)), float(slip.get("sigma", 0)), float(e.get("success_sigma", 0))))

    def campaigns(self):
        """(firm, planned month, mean size at that month, its training section) of every campaign."""
        out = []
        for i, f in enumerate(self.firms):
            tr = f.training
            if not tr or "first" not in tr or "cadence" not in tr:
                continue
            for p in range(self.month(tr["first"]), self.T, int(tr["cadence"])):
                out.append((i, p, float((tr.get("size") or {}).get("mean", 0)) * math.exp(self.train_trend(p)), tr))
        return out
