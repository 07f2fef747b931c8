"""The model of nm_config as flat arrays, for peers that walk one path after the other: Numba and plain C. What a path reads is
in `flatten`, what it adds to in `tally_shapes`; `report` turns the tallies into the answers that numpy_model.py gives."""
import itertools
import math

import numpy as np

from nm_config import LAYERS, STATES
from nm_events import as_list
from nm_questions import PASSAGE, factor
from nm_tally import prob, quotient

I, D = np.int32, np.float32
BATCHES = 64
SERIES = ("gap", "slack", "unmet", "price", "demand", "supply", "state_shortage", "state_glut", "state_friction", "state_balanced",
          "regime", "late_mw", "stranded_mw", "late_share", "stranded_share", "spare_share", "unsold_share", "idle_share", "utilisation",
          "selling", "starts_selling", "unmet_share", "bought_share", "pressure", "build_response")
CONDITION, ALL, ANY, NOT = range(4)
FAN_BINS = 2500  # gap and shares: linear from -4 to 1; the rest: logarithmic from 1e-3 to 1e6


class Nodes:
    """Events as a list of nodes, each after those it reads: (event, firm, window) makes a node of its own."""

    def __init__(self, model):
        self.m, self.slots, self.rows, self.children, self.known = model, [], [], [], {}

    def slot(self, item, firm):
        m = self.m
        name, regime = item["series"], -1
        if name.startswith("regime_"):
            regime, name = m.regime_names.index(name[7:]), "regime"
        owner = firm if item.get("firm") == "$firm" else item.get("firm")
        at = lambda key, names: names.index(item[key]) if item.get(key) is not None else -1
        row = (SERIES.index(name), -1 if owner is None else m.firm_index[owner], at("region", m.regions), at("generation", m.gens),
               at("layer", list(LAYERS)), regime)
        if row not in self.slots:
            self.slots.append(row)
        return self.slots.index(row)

    def add(self, kind, slot, limit, at_least, months, window, children):
        self.rows.append((kind, slot, at_least, months, window[0], window[1], len(self.children), len(children)))
        self.rows[-1] = self.rows[-1] + (limit,)
        self.children += children
        return len(self.rows) - 1

    def event(self, name, firm, window):
        m, body = self.m, self.m.events[name]
        lo, hi = window
        if "from" in body:
            lo = max(lo, m.month(body["from"]))
        if "to" in body:
            hi = min(hi, m.month(body["to"]))
        key = (name, firm if "$firm" in str(m.events) else None, lo, hi)
        if key in self.known:
            return self.known[key]
        parts = []
        for kind, code in (("all_of", ALL), ("any_of", ANY), ("not", NOT)):
            if kind in body:
                items = [self.item(i, firm, (lo, hi)) for i in as_list(body[kind])]
                parts.append(self.add(code, -1, 0.0, 0, 1, (lo, hi), items))
        self.known[key] = self.add(ALL, -1, 0.0, 0, int(body.get("for", 1)), (lo, hi), parts)
        return self.known[key]

    def item(self, item, firm, window):
        if "event" in item:
            return self.event(item["event"], firm, window)
        a = float(item["at_least"] if "at_least" in item else item["below"])
        return self.add(CONDITION, self.slot(item, firm), a - 1e-6 * max(1.0, abs(a)), int("at_least" in item), 1, window, [])


def flatten(model):
    """Name -> number or array, in a fixed order; and the lists that the report needs."""
    m, cfg = model, model.cfg
    nodes, out, notes = Nodes(m), {}, {"probability": [], "map": [], "evidence": [], "fan": [], "pattern": [], "binding": []}
    ints = lambda name, v: out.__setitem__(name, np.ascontiguousarray(v, I).reshape(np.shape(v)))
    reals = lambda name, v: out.__setitem__(name, np.ascontiguousarray(v, D).reshape(np.shape(v)))
    ph = m.phases
    for name, v in (("T", m.T), ("F", m.F), ("R", m.R), ("G", m.G), ("n_phases", len(ph.mw)), ("n_regimes", len(m.regime_names))):
        out[name] = int(v)
    for name, col in (("ph_firm", ph.firm), ("ph_region", ph.region), ("ph_gen", ph.gen), ("ph_planned", ph.planned), ("ph_decided", m.decided)):
        ints(name, col)
    reals("ph_mw", ph.mw)
    reals("ph_cancel", ph.cancel)
    order = sorted((int(d), j) for j, d in enumerate(m.decided) if 0 <= d < m.T)
    ints("decided", [j for _, j in order] or [0])
    ints("decided_from", [sum(1 for d, _ in order if d < t) for t in range(m.T + 1)])
    weight = np.zeros((m.T, m.F))
    for d, j in order:
        weight[d, ph.firm[j]] += ph.mw[j]
    reals("decided_mw", weight)
    reals("kh", m.kh)
    reals("ramp", m.ramp)
    ints("retires", [min(r, m.T) for r in m.retires])
    ints("frontier", m.frontier)
    reals("installed", m.installed * np.array(m.kh)[:, None, None])
    # slips: for each layer median (log), sigma, own and common parts, buffer, max, whether it is drawn at all
    reals("slip", [[math.log(s["median"]) if s["median"] > 0 else 0, s["sigma"], math.sqrt(s["rho"]), math.sqrt(1 - s["rho"]), s["buffer"],
                    s["max"], float(s["median"] > 0 and s["sigma"] > 0), max(0.0, min(s["max"], s["median"]) - s["buffer"])] for s in m.slips])
    reals("factor", [math.sqrt(m.common), math.sqrt(1 - m.common)])
    rows, shocks = [], []
    for s in m.supply_shocks:
        here = m.shock_rows(s)
        shocks.append((12 / s["per_year"] if s["per_year"] > 0 else 0, s["times"], s["months"], s["sigma"], s["reach"], LAYERS.index(s["layer"]),
                       len(rows), len(here)))
        rows += list(here)
    out["n_supply"], out["n_demand"] = len(shocks), len(m.demand_shocks)
    reals("supply", shocks or [[0.0] * 8])
    ints("supply_rows", rows or [0])
    reals("surge", [(12 / s["per_year"] if s["per_year"] > 0 else 0, s["times"], s["log_demand"], s["sigma"], 1 / s["ramp"]) for s in m.demand_shocks]
          or [[0.0] * 5])
    reals("initial", np.cumsum(m.initial))
    reals("monthly", np.cumsum(m.monthly, axis=1))
    reals("growth", m.growth / 12)
    reals("train_factor", m.train_factor)
    reals("drift", [0.0] + [m.inf_trend(t) - m.inf_trend(t - 1) for t in range(1, m.T)])
    fr = m.firms
    reals("scalars", [m.sigma_g / math.sqrt(12), m.phi, m.initial_sigma, m.eps, m.lam, m.psi])
    reals("firm", [[f.sigma * math.sqrt(1 - m.phi ** 2), f.beta, f.frontier, 1 - f.reserve, f.offer, f.hurdle - 1e-6 * max(1.0, abs(f.hurdle)),
                    f.own_signal] for f in fr])
    ints("merchant", [f.merchant for f in fr])
    ints("trains", [bool(f.training) for f in fr])
    reals("base", [f.inference * f.profile for f in fr])
    reals("demand_share", [f.demand_shares for f in fr])
    reals("research", [[float((f.training or {}).get("research", 0)) * math.exp(m.train_trend(t)) for t in range(m.T)] for f in fr])
    camps = []
    ln = lambda d: [float((d or {}).get("median", 0)), float((d or {}).get("sigma", 0))]
    for f, p, mean, tr in m.campaigns():
        sg = float((tr.get("size") or {}).get("sigma", 0))
        camps.append([f, p, mean * math.exp(-0.5 * sg * sg), sg] + ln(tr.get("slip")) + ln(tr.get("duration")))
    out["n_campaigns"], out["n_launches"] = len(camps), len(m.launches)
    reals("campaign", camps or [[0.0] * 8])
    reals("launch", [[f, at, uplift * math.exp(-0.5 * suc * suc), 1 / ramp, med, sig, suc] for f, at, uplift, ramp, med, sig, suc in m.launches] or [[0.0] * 7])
    plan = np.ones((m.F, m.T))
    for f, at, uplift, ramp, *_ in m.launches:
        plan[f] += uplift * np.clip((np.arange(m.T) - at) / ramp, 0, 1)
    reals("launch_plan", 1 / plan)
    reals("response", [m.rsp["adjustment"], m.rsp["strength"], m.rsp["low"], m.rsp["high"]])
    reals("market", [m.market["elasticity"], math.log(m.market["price_min"]), math.log(m.market["price_max"]), m.market["months"]])
    th = [m.thresholds[s] - 1e-6 * max(1.0, abs(m.thresholds[s])) for s in ("shortage", "glut", "friction")]
    reals("thresholds", th)
    out["n_shares"], out["n_blocks"] = len(m.share_contracts), len(m.mw_contracts)
    reals("share_contract", [list(c) for c in m.share_contracts] or [[0.0] * 5])
    reals("block_contract", [list(c) for c in m.mw_contracts] or [[0.0] * 7])
    _questions(m, nodes, out, notes, ints, reals, cfg)
    return out, notes


def _questions(m, nodes, out, notes, ints, reals, cfg):
    window = lambda q: (m.month(q["from"]) if "from" in q else 0, m.month(q["to"]) if "to" in q else m.T - 1)
    ahead = lambda as_of, k: (as_of + 1, as_of + k)
    back = lambda as_of, k: (as_of - k + 1, as_of)
    probs, entries, maps, cases, pieces, fans, patterns = [], [], [], [], [], [], []
    for q in m.questions:
        if "probability" in q:
            p = q["probability"]
            probs.append(nodes.event(p["event"], p.get("firm"), window(p)))
            notes["probability"].append(q["name"])
        elif "coexistence" in q:
            c = q["coexistence"]
            first = len(entries)
            for b in c["by"]:
                for e in itertools.product(range(m.F), range(m.R) if "region" in b else [-1], range(m.G) if "generation" in b else [-1]):
                    entries.append(list(e))
            a = float(c["at_least"])
            maps.append([SERIES.index(c["series"]), a - 1e-6 * max(1.0, abs(a)), int(c.get("for", 1)), first, len(entries)])
            notes["map"].append((q["name"], first, len(entries)))
        elif "evidence" in q:
            e, as_of, names = q["evidence"], m.month(q["evidence"]["as_of"]), []
            for f in e.get("for_each") or [e.get("firm")]:
                cases.append([len(pieces), 1 + len(e["evidence"])])
                pieces.append(nodes.event(e["hypothesis"]["event"], f, ahead(as_of, int(e["hypothesis"]["within"]))))
                pieces += [nodes.event(i["event"], f, back(as_of, int(i["within"]))) for i in e["evidence"]]
                names.append(f)
            notes["evidence"].append((q["name"], e, len(cases) - len(names), names))
        elif "fan" in q:
            fans.append([nodes.slot(q["fan"], q["fan"].get("firm")), int(q["fan"]["series"] in ("gap", "slack", "unmet") or q["fan"]["series"].endswith("share"))])
            notes["fan"].append((q["name"], q["fan"]))
        elif "pattern" in q:
            p, as_of = q["pattern"], m.month(q["pattern"]["as_of"])
            patterns.append([nodes.event(p["news"]["event"], p["news"].get("firm"), back(as_of, int(p["news"]["within"]))),
                             nodes.event(p["outcome"]["event"], p["outcome"].get("firm"), ahead(as_of, int(p["outcome"]["within"]))), as_of + 1])
            notes["pattern"].append(q["name"])
        elif "binding" in q:
            notes["binding"].append(q["name"])
    for name, rows, width in (("prob", probs, 0), ("entry", entries, 3), ("case", cases, 2), ("piece", pieces, 0), ("fan", fans, 2), ("pattern", patterns, 3)):
        out["n_" + name] = len(rows)
        ints(name, rows or (np.zeros((1, width)) if width else [0]))
    out["n_map"] = len(maps)
    reals("map", maps or [[0.0] * 5])
    listed = cfg.get("names") or []
    val = cfg.get("valuation") or {}
    horizon = int(val.get("horizon", 24))
    out["n_names"], out["horizon"] = len(listed) if patterns else 0, horizon
    reals("discount", (1 + float(val.get("discount", 0.1))) ** (-np.arange(horizon) / 12.0))
    notes["names"] = listed
    cloud = lambda n: [m.firm_index[n["firm"]]] + [float(n.get(k, 0)) for k in ("contract_rate", "spot_rate", "service_rate", "other")]
    # kind (1: supplier), lead or firm, then per MW by generation, or the rates
    table = np.zeros((max(1, len(listed)), 2 + max(4, m.G)))
    for i, n in enumerate(listed):
        if "supplier" in n:
            table[i, :2] = 1, n["supplier"]["lead"]
            table[i, 2:2 + m.G] = [n["supplier"].get("per_mw", {}).get(g, 0) for g in m.gens]
        else:
            table[i, 1:6] = cloud(n["cloud"])
    reals("name", table)
    out["n_slots"], out["n_nodes"] = len(nodes.slots), len(nodes.rows)
    ints("slot", nodes.slots or np.zeros((1, 6)))
    ints("node", [r[:8] for r in nodes.rows] or np.zeros((1, 8)))
    reals("limit", [r[8] for r in nodes.rows] or [0.0])
    ints("child", nodes.children or [0])


def tally_shapes(k):
    """Name -> (type, shape) of what paths add to."""
    most = max([1] + [1 << int(n) for _, n in k["case"]])
    L, N = np.int64, np.float64
    T, one = k["T"], lambda n: max(1, n)
    return {"states": (L, (T, 4)), "late": (N, (T, 4)), "stranded": (N, (T, 4)), "gaps": (N, (T, 2)),
            "p_month": (L, (one(k["n_prob"]), T)), "p_first": (L, (one(k["n_prob"]), T)), "p_sums": (L, (one(k["n_prob"]), 2)),
            "both": (L, (one(k["n_entry"]), T, 4)), "m_sums": (N, (one(k["n_entry"]), 7)), "m_short": (N, (2,)),
            "table": (L, (one(k["n_case"]), most)), "bins": (L, (one(k["n_fan"]), T, FAN_BINS + 2)),
            "v_count": (L, (one(k["n_pattern"]), BATCHES, 3)), "v_sum": (N, (one(k["n_pattern"]), BATCHES, one(k["n_names"]), 3))}


def fan_edges(linear):
    return np.linspace(-4, 1, FAN_BINS + 1) if linear else np.geomspace(1e-3, 1e6, FAN_BINS + 1)


def report(model, k, notes, tally, n):
    out = {"questions": {}, "industry": {"months": [model.label(t) for t in range(model.T)]}}
    for s, name in enumerate(STATES):
        p = tally["states"][:, s] / n
        out["industry"][name] = {"p": p.tolist(), "se": np.sqrt(p * (1 - p) / n).tolist()}
    for i, name in enumerate(notes["probability"]):
        out["questions"][name] = _probability(model, tally, i, n)
    for name, first, end in notes["map"]:
        out["questions"][name] = {"type": "coexistence", "entries": [_entry(model, k, tally, e, n) for e in range(first, end)]}
    for name, q, first, firms in notes["evidence"]:
        out["questions"][name] = _evidence(tally["table"][first:first + len(firms)], q, firms, n)
    for i, (name, q) in enumerate(notes["fan"]):
        cum, edges = np.cumsum(tally["bins"][i], axis=1), fan_edges(k["fan"][i][1])
        quantile = lambda x: [float(edges[min(max(int(np.searchsorted(c, x * n)), 1), FAN_BINS) - 1]) for c in cum]
        out["questions"][name] = {"type": "fan", "quantiles": {str(x): quantile(x) for x in q.get("quantiles", [0.05, 0.25, 0.5, 0.75, 0.95])}}
    for name in notes["binding"]:
        share = lambda mw: np.divide(mw, mw.sum(axis=1)[:, None], out=np.zeros_like(mw), where=mw.sum(axis=1)[:, None] > 0)
        out["questions"][name] = {"type": "binding", **{kind: {l: share(tally[kind])[:, i].tolist() for i, l in enumerate(LAYERS)} for kind in ("late", "stranded")}}
    for i, name in enumerate(notes["pattern"]):
        out["questions"][name] = _pattern(notes["names"], tally["v_count"][i].astype(float), tally["v_sum"][i], n)
    return out


def _probability(model, tally, i, n):
    cum, p = np.cumsum(tally["p_first"][i]), tally["p_month"][i] / n
    hit = {x: np.flatnonzero(cum >= x * n - 1e-9) for x in PASSAGE}
    mean = tally["p_sums"][i, 0] / n
    return {"type": "probability", "ever": prob(tally["p_first"][i].sum(), n), "by_month": {"p": p.tolist(), "se": np.sqrt(p * (1 - p) / n).tolist()},
            "first_passage": {"quantiles": {str(x): model.label(int(h[0])) if len(h) else None for x, h in hit.items()}},
            "mean_months": {"value": mean, "se": float(np.sqrt(max(0.0, tally["p_sums"][i, 1] / n - mean ** 2) / n))}}


def _entry(model, k, tally, e, n):
    f, r, g = (int(v) for v in k["entry"][e])
    ever, a, aa, ab, ac, c, cc = tally["m_sums"][e]
    b, bb = tally["m_short"]
    p = tally["both"][e] / n
    return {"firm": model.firms[f].name, "region": None if r < 0 else model.regions[r], "generation": None if g < 0 else model.gens[g],
            "ever": prob(ever, n), "both": {s: {"p": p[:, i].tolist()} for i, s in enumerate(STATES)},
            "idle_given_shortage": quotient(a, aa, b, bb, ab, n), "shortage_given_idle": quotient(a, aa, c, cc, ac, n), "mean_months": {"value": a / n}}


def _evidence(tables, q, firms, n):
    cases = []
    for table, firm in zip(tables, firms):
        code = np.arange(len(table))
        has_h, joint, steps = (code & 1) == 1, np.ones(len(table), bool), []
        n_h = table[has_h].sum()
        for i, item in enumerate(q["evidence"]):
            joint = joint & ((code >> (i + 1) & 1) == 1)
            a, b = table[joint & has_h].sum(), table[joint & ~has_h].sum()
            bayes, ci = factor(a, b, n_h, n - n_h)
            steps.append({"event": item["event"], "evidence": prob(a + b, n), "posterior": prob(a, a + b), "bayes_factor": bayes, "ci": ci})
        cases.append({"firm": firm, "prior": prob(n_h, n), "steps": steps})
    return {"type": "evidence", "cases": cases}


def _pattern(names, counts, sums, n):
    """Sums by cell (no news; news and outcome; news without), jackknife over the batches."""
    def moves(c, s):
        base = s.sum(axis=1) / c.sum()
        with np.errstate(all="ignore"):
            mean = np.stack([(s[:, 1] + s[:, 2]) / (c[1] + c[2]), s[:, 1] / c[1], s[:, 2] / c[2]], axis=1)
        return np.array([float(x.get("leverage", 1)) for x in names])[:, None] * (mean / base[:, None] - 1)
    c, s, b = counts.sum(axis=0), sums.sum(axis=0), len(counts)
    at = moves(c, s)
    without = np.array([moves(c - counts[i], s - sums[i]) for i in range(b)])
    se = np.sqrt((b - 1) / b * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
    return {"type": "pattern", "news": prob(int(c[1] + c[2]), n), "outcome_given_news": prob(int(c[1]), int(c[1] + c[2])),
            "names": {x["name"]: {key: {"value": float(at[i, j]), "se": float(se[i, j])} for j, key in enumerate(("move", "if_outcome", "if_not"))}
                      for i, x in enumerate(names)}}
