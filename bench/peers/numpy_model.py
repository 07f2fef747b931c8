#!/usr/bin/python3
"""An independent implementation of the model in NumPy, vectorised over paths: a peer for speed and an oracle for figures.

    numpy_model.py CONFIG [--set key=value ...] [--overlay FILE] [--paths N] [--seed S] [--chunk C]
                   [--dtype float32|float64] [--sweep] [--json] [--output FILE]

Only distributions are comparable with another implementation: the random numbers are NumPy's (SFC64, one stream per
chunk). Left out: revenue as a series, what moves imply and readings (section 9), `ranges`, validation. Fan quantiles are exact order statistics
and `needs_paths` and `verdict` are null.

Readings, where the description of the model leaves a choice:

Build-out
 1. A programme step is of the last generation in the list whose `ships` <= its month; a region with share 0 gets no phase.
 2. A phase with planned month < 1 is committed in every respect: c = 1, never "decided", and the cancel probability of
    the committed kind. A single phase has the one cancel probability it states.
 3. One M per path for all layers. Power and shell have separate factors per region. Factors are per path, not per firm.
 4. A strike sees the readiness that earlier strikes (of the same and of earlier shocks) have already moved. Strikes
    after month T still count, as they can change which layer binds of a phase that is late at T.
 5. Ramp, scale and retirement: usable share is clip((t+1-A)/ramp, 0, 1), 0 from `retires` on, installed capacity included.
 6. Late MW count at t = m_j - 1 already (m_j <= t+1). With lead = 1 that is the month of the decision itself, so late
    MW are counted after the month's decisions.
 7. The denominator of late_share: usable MW of all firms (installed included, scaled, not retired, before contracts and
    reserve) plus late MW of all layers. Without a `layer` the shares add up the layers.
 8. A fractional response.lead (from `--set`) is rounded to whole months.
Demand
 9. growth(s_t) acts from t = 1, with the state of the same month; training(s_t) from t = 0.
10. A firm's inference_sigma replaces firm_sigma only, not initial_sigma.
11. Demand strikes are part of H, multiplied by beta; strikes are shared by all firms.
12. All launches of a firm, over all entries, stand in one numerator and one denominator.
13. Month t has a campaign if start <= t < end at the whole number t: no part months.
14. demand_shares are required where inference > 0.
15. Research is multiplied by the regime's training factor, as campaigns are.
Contracts, allocation
16. Shares apply to own compute after ramp and scale, before reserve. Nothing received is let on.
17. MW contracts take mw x kh100e_per_mw from what share contracts leave of the lessor's own cell, pro rata to contract
    size where that is too small. Reserve is held by whoever holds the compute, lessees too.
18. The reserve is outside U: S and spare do not contain it.
19. Step 4 for flexible demand takes old and new of all regions in one pool, pro rata to what is left.
20. Spare of a generation in a cell: U of the cell times the spare share of its class (old or new) in that region. Over
    regions: the sum of these over the sum of U.
Price, market, state
21. A firm without capacity has R = D/S also where it has no demand. R = 0 (capacity, no demand) becomes 1e-6.
22. gap and slack are bounded below by -1e6 throughout; D = S = 0 gives gap = slack = 0 and p = price_min.
23. Month 0: q = 1, smoothed logs start at the month's own value, the hurdle run counts as complete if month 0 meets it.
24. The hurdle comparison has the tolerance of section 0. With hurdle 0 a firm with capacity always meets it.
25. A merchant has selling = 1 even with no capacity; starts_selling is then never 1.
26. starts_selling compares with t-1 even where t-1 is outside a window.
27. unmet is left-over demand of all firms after the market over D; unmet_share and bought_share are over the firm's demand.
28. build_response weights by S_j before cancellation and before scale; months before 0 have no decisions.
Events, questions
29. Undecided is Kleene's: `for: k` is the conjunction of k months, so it is refuted as soon as one readable month is, even
    where another one is outside the window. Months before 0 are unread too, so the first k-1 months are never held.
30. An event inside an event reads the intersection of all windows around it. Months outside are undecided, not held.
31. `not` over several items holds when none of them does. Several of all_of, any_of, not in one event: all must hold.
32. by_month of a probability covers 0 .. T-1, 0 outside its window. First passage: the first month with P(so far) >= q.
33. Evidence and hypothesis windows bound inner `for`s: a `for: 3` needs its 3 months inside them.
34. Coexistence: `mean_months` counts months idle and in shortage. Entries come for every firm, also those without capacity.
"""
import argparse
import json
import sys
import time

import numpy as np

from nm_arrays import HOST, MODULES
from nm_chunk import Chunk, Workspace
from nm_config import LAYERS, STATES, Model, load
from nm_names import Pattern, Revenue
from nm_questions import Evidence, Fan, Probability, binding
from nm_tally import INDUSTRY, Coexistence, History, SeriesMeans

KINDS = {"probability": Probability, "evidence": Evidence, "fan": Fan}


class Run:
    """The questions of a configuration and their tallies over all chunks."""

    def __init__(self, model, dtype="float32", ar=HOST):
        self.ar, self.model, self.dtype, self.n = ar, model, dtype, 0
        self.whole, self.coexistence, keys = {}, {}, set()
        for q in model.questions:
            for kind, cls in KINDS.items():
                if kind in q:
                    self.whole[q["name"]] = cls(ar, model, q[kind])
                    keys |= self.whole[q["name"]].keys()
            if "coexistence" in q:
                self.coexistence[q["name"]] = Coexistence(ar, model, q)
        self.patterns = {}
        listed = model.cfg.get("names") or []
        for q in model.questions:
            if "pattern" in q:
                self.patterns[q["name"]] = Pattern(ar, model, q["pattern"], listed, model.cfg.get("valuation") or {})
                keys |= self.patterns[q["name"]].keys()
        self.revenue = Revenue(ar, model, listed) if self.patterns else None
        self.means = SeriesMeans(ar, model)
        self.history = History(ar, model, keys)
        self.ws = None

    def simulate(self, paths, seed, chunk):
        """Chunk i has its own generator, keyed by (seed, i): the same seed and chunk give the same figures."""
        observers = [self.means, self.history] + list(self.coexistence.values())
        observers += [self.revenue] if self.revenue else []
        done = 0
        for i in range((paths + chunk - 1) // chunk):
            size = min(chunk, paths - done)
            if self.ws is None or self.ws.P != size:
                self.ws = None  # before the next one takes its memory
                self.ws = Workspace(self.ar, self.model, size, self.dtype)
            self._one(self.ar.generator(seed, i), observers)
            done += size
        self.n += done
        self.ar.wait()
        return self

    def _one(self, rng, observers):
        part = Chunk(self.model, self.ws, rng, self.revenue is not None)
        part.run_months(observers)
        for ob in observers:
            ob.after(part)
        for q in self.whole.values():
            q.add(self.history.data)
        for q in self.patterns.values():
            q.add(self.history.data, self.revenue.rows)

    def report(self):
        n, m, sums = self.n, self.model, self.means.sums
        out = {"industry": self._industry(), "coexistence": [], "questions": {}}
        for q in m.questions:
            name = q["name"]
            if name in self.whole:
                out["questions"][name] = self.whole[name].report(n)
            elif name in self.patterns:
                out["questions"][name] = self.patterns[name].report(n)
            elif name in self.coexistence:
                entries = self.coexistence[name].report(n)
                out["coexistence"] = out["coexistence"] or entries
                out["questions"][name] = {"type": "coexistence", "entries": entries}
            elif "binding" in q:
                out["questions"][name] = binding({k: sums.sum(k) / n for k in ("late_mw", "stranded_mw")})
        out["series_mean"] = self._series()
        return out

    def _industry(self):
        n, m, sums = self.n, self.model, self.means.sums
        out = {"months": [m.label(t) for t in range(m.T)]}
        p, se = sums.mean_se("states", n)
        for k, st in enumerate(STATES):
            out[st] = {"p": p[:, k].tolist(), "se": se[:, k].tolist()}
        for name in ("late_mw", "stranded_mw"):
            v, se = sums.mean_se(name, n)
            out[name] = {l: {"value": v[:, i].tolist(), "se": se[:, i].tolist()} for i, l in enumerate(LAYERS)}
        for name in ("shortfall", "surplus"):
            v, se = sums.mean_se(name, n)
            out["expected_" + name] = {"value": v.tolist(), "se": se.tolist()}
        return out

    def _series(self):
        n, m, sums = self.n, self.model, self.means.sums
        out = {"industry": {}, "firm": {f.name: {} for f in m.firms}}
        for name in INDUSTRY:
            v, se = sums.mean_se(name, n)
            out["industry"][name] = {"value": v.tolist(), "se": se.tolist()}
        for name in self.means.names:
            v, se = sums.mean_se(("firm", name), n)
            for i, f in enumerate(m.firms):
                out["firm"][f.name][name] = {"value": v[:, i].tolist(), "se": se[:, i].tolist()}
        return out


def rate_of(model, dtype, ar, size, todo, seed):
    """Paths per second of a chunk size, after a chunk that no clock sees."""
    run = Run(model, dtype, ar).simulate(size, seed, size)
    begin = time.perf_counter()
    run.simulate(todo, seed, size)
    return todo / (time.perf_counter() - begin)


def sweep(model, dtype, ar, paths, seed):
    """Paths per second by chunk size; the best size of those that fit."""
    best = (0.0, ar.chunk)
    for size in ar.sizes:
        ar.free()
        try:
            rate = rate_of(model, dtype, ar, size, max(size, paths // size * size), seed)
        except ar.full:
            print("chunk %6d: does not fit into the memory" % size, file=sys.stderr, flush=True)
            break
        print("chunk %6d: %8.0f paths/s" % (size, rate), file=sys.stderr, flush=True)
        best = max(best, (rate, size))
    return best[1]


def summary(model, rep, n):
    lines = ["%d paths, %d months" % (n, model.T)]
    ind = rep["industry"]
    for t in range(0, model.T, 6):
        lines.append("  %s  " % ind["months"][t] + "  ".join("%s %.3f" % (s, ind[s]["p"][t]) for s in STATES))
    for name, q in rep["questions"].items():
        if q["type"] == "probability":
            lines.append("%s: %.4f +- %.4f" % (name, q["ever"]["p"], q["ever"]["se"]))
        elif q["type"] == "evidence":
            for c in q["cases"]:
                lines.append("%s, %s: prior %.4f, Bayes factors %s" % (name, c["firm"], c["prior"]["p"], [s["bayes_factor"] for s in c["steps"]]))
    return "\n".join(lines)


def main(argv=None):
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("config")
    ap.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    ap.add_argument("--overlay", action="append", default=[], metavar="FILE")
    ap.add_argument("--paths", type=int, default=10000)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--chunk", type=int, default=None, help="paths at a time (default: numpy %d, cupy %d)" % tuple(MODULES[m].chunk for m in ("numpy", "cupy")))
    ap.add_argument("--dtype", choices=("float32", "float64"), default="float32")
    ap.add_argument("--array-module", choices=sorted(MODULES), default="numpy", help="cupy: the same on a GPU")
    ap.add_argument("--warm", action="store_true", help="run a chunk first that no clock sees: kernels compiled, memory at hand")
    ap.add_argument("--sweep", action="store_true", help="time several chunk sizes first and use the best")
    ap.add_argument("--json", action="store_true")
    ap.add_argument("--output", metavar="FILE", help="write the JSON here")
    args = ap.parse_args(argv)
    model = Model(*load(args.config, args.overlay, args.set))
    ar = MODULES[args.array_module]()
    chunk = args.chunk or ar.chunk
    if args.sweep:
        chunk = sweep(model, args.dtype, ar, 2 * ar.chunk, args.seed)
        ar.free()
    if args.warm:
        Run(model, args.dtype, ar).simulate(min(chunk, args.paths), args.seed, chunk)
    begin = time.perf_counter()
    run = Run(model, args.dtype, ar).simulate(args.paths, args.seed, chunk)
    spent = time.perf_counter() - begin
    print("%d paths in %.2f s: %.0f paths/s (chunk %d, %s, %s)"
          % (args.paths, spent, args.paths / spent, chunk, args.dtype, ar.name), file=sys.stderr)
    rep = run.report()
    if args.output:
        with open(args.output, "w") as fh:
            json.dump(rep, fh)
    if args.json:
        json.dump(rep, sys.stdout)
        print()
    elif not args.output:
        print(summary(model, rep, args.paths))


if __name__ == "__main__":
    main()
