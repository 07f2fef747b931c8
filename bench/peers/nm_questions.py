"""The questions that look at whole paths: probability, evidence, fan, binding."""
import numpy as np

from nm_config import LAYERS
from nm_events import evaluate, needed_series, series_key
from nm_tally import prob

PASSAGE = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)


def window_of(model, q):
    return (model.month(q["from"]) if "from" in q else None, model.month(q["to"]) if "to" in q else None)


class Probability:
    def __init__(self, ar, model, q):
        self.ar, self.model, self.q = ar, model, q
        self.firm = q.get("firm")
        self.window = window_of(model, q)
        self.month = np.zeros(model.T)
        self.first = np.zeros(model.T)
        self.months = self.months2 = 0.0

    def keys(self):
        return needed_series(self.model, self.q["event"], self.firm, set())

    def add(self, history):
        xp, host, T = self.ar.xp, self.ar.host, self.model.T
        held, _ = evaluate(self.model, history, self.q["event"], self.firm, self.window)
        self.month += host(xp.count_nonzero(held, axis=1))
        first = xp.where(held.any(axis=0), held.argmax(axis=0), T)
        self.first += host(xp.bincount(first, minlength=T + 1))[:T]
        count = held.sum(axis=0)
        self.months += float(count.sum())
        self.months2 += float((count * count).sum())

    def report(self, n):
        cum = np.cumsum(self.first)
        first = {}
        for x in PASSAGE:
            hit = np.flatnonzero(cum >= x * n - 1e-9)
            first[str(x)] = self.model.label(int(hit[0])) if len(hit) else None
        p = self.month / n
        mean = self.months / n
        return {"type": "probability", "ever": prob(self.first.sum(), n),
                "by_month": {"p": p.tolist(), "se": np.sqrt(p * (1 - p) / n).tolist()},
                "first_passage": {"quantiles": first},
                "mean_months": {"value": mean, "se": float(np.sqrt(max(0.0, self.months2 / n - mean ** 2) / n))}}


class Evidence:
    """Counts every combination of hypothesis and pieces; all figures come from that table."""

    def __init__(self, ar, model, q):
        self.ar, self.model, self.q = ar, model, q
        self.cases = q.get("for_each") or [q.get("firm")]
        self.as_of = model.month(q["as_of"])
        self.pieces = q["evidence"]
        self.table = {f: np.zeros(2 ** (len(self.pieces) + 1), np.int64) for f in self.cases}
        windows = [self._window(q["hypothesis"], True)] + [self._window(e, False) for e in self.pieces]
        if min(w[0] for w in windows) < 0 or max(w[1] for w in windows) >= model.T:
            raise SystemExit("evidence: a window leaves the horizon")

    def _window(self, item, ahead):
        k = int(item["within"])
        return (self.as_of + 1, self.as_of + k) if ahead else (self.as_of - k + 1, self.as_of)

    def keys(self):
        found = set()
        for f in self.cases:
            for item in [self.q["hypothesis"]] + self.pieces:
                needed_series(self.model, item["event"], f, found)
        return found

    def add(self, history):
        for f in self.cases:
            code = 0
            for i, item in enumerate([self.q["hypothesis"]] + self.pieces):
                held, _ = evaluate(self.model, history, item["event"], f, self._window(item, i == 0))
                code = code + (held.any(axis=0).astype(np.int64) << i)
            self.table[f] += self.ar.host(self.ar.xp.bincount(code, minlength=len(self.table[f])))

    def report(self, n):
        out = {"type": "evidence", "as_of": self.model.label(self.as_of), "hypothesis": self.q["hypothesis"]["event"], "cases": []}
        for f in self.cases:
            table = self.table[f]
            code = np.arange(len(table))
            has_h = (code & 1) == 1
            n_h = table[has_h].sum()
            steps, joint, product = [], np.ones(len(table), bool), 1.0
            for i, item in enumerate(self.pieces):
                here = (code >> (i + 1) & 1) == 1
                joint = joint & here
                single = factor(table[here & has_h].sum(), table[here & ~has_h].sum(), n_h, n - n_h)[0]
                product = None if product is None or single is None else product * single
                a, b = table[joint & has_h].sum(), table[joint & ~has_h].sum()
                bayes, ci = factor(a, b, n_h, n - n_h)
                steps.append({"event": item["event"], "evidence": prob(a + b, n), "posterior": prob(a, a + b), "bayes_factor": bayes, "ci": ci,
                              "single_factor": single, "paths": {"with_hypothesis": int(a), "without": int(b)}, "needs_paths": None, "verdict": None})
            out["cases"].append({"firm": f, "prior": prob(n_h, n), "steps": steps, "product_of_singles": product})
        return out


def factor(a, b, n_h, n_not):
    """Bayes factor and its interval on the log scale; null where it has no paths behind it."""
    if n_h == 0 or n_not == 0 or b == 0:
        return None, [None, None]
    bf = float((a / n_h) / (b / n_not))
    if a == 0:
        return 0.0, [None, None]
    se = np.sqrt(max(0.0, 1 / a - 1 / n_h + 1 / b - 1 / n_not))
    return bf, [float(bf * np.exp(-1.96 * se)), float(bf * np.exp(1.96 * se))]


class Fan:
    def __init__(self, ar, model, q):
        self.ar, self.model, self.q, self.kept = ar, model, q, []
        self.key = series_key(q, q.get("firm"))
        self.quantiles = q.get("quantiles", [0.05, 0.25, 0.5, 0.75, 0.95])

    def keys(self):
        return {self.key}

    def add(self, history):
        self.kept.append(self.ar.host(history[self.key].astype(np.float32)))

    def report(self, n):
        every = np.concatenate(self.kept, axis=1)
        rows = np.quantile(every, self.quantiles, axis=1, method="inverted_cdf")
        scope = {k: self.q[k] for k in ("firm", "region", "generation", "layer") if k in self.q}
        return {"type": "fan", "series": self.q["series"], "scope": scope, "outside": [0.0, 0.0],
                "quantiles": {str(x): [float(v) for v in rows[i]] for i, x in enumerate(self.quantiles)}}


def binding(sums):
    out = {"type": "binding"}
    for kind in ("late", "stranded"):
        mw = sums[kind + "_mw"]
        total = mw.sum(axis=1)
        share = np.divide(mw, total[:, None], out=np.zeros_like(mw), where=total[:, None] > 0)
        out[kind] = {l: share[:, i].tolist() for i, l in enumerate(LAYERS)}
    return out
