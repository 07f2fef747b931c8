"""Names and patterns (section 9): revenue of suppliers and clouds, values, what news is worth. Errors by the jackknife
over chunks, so that they need twenty chunks or more."""
import numpy as np

from nm_events import evaluate, needed_series
from nm_tally import prob


class Revenue:
    """Revenue by month of one chunk, [name, month, path]."""

    def __init__(self, ar, model, names):
        self.ar, self.m, self.names = ar, model, names
        self.rows = None

    def __call__(self, mo):
        if mo.t == 0:
            self.rows = mo.xp.zeros((len(self.names), self.m.T, mo.p.shape[0]))
        for i, name in enumerate(self.names):
            if "cloud" in name:
                self.rows[i, mo.t] = self._cloud(mo, name["cloud"])

    def _cloud(self, mo, c):
        f = self.m.firm_index[c["firm"]]
        sold = ((mo.spare_old - mo.unsold_old) + (mo.spare_new - mo.unsold_new))[f].sum(axis=0)
        return (c.get("contract_rate", 0) * self._given(mo, f) + c.get("spot_rate", 0) * mo.p * sold
                + c.get("service_rate", 0) * mo.served_f[f] + c.get("other", 0))

    def _given(self, mo, f):
        m, t = self.m, mo.t
        own = mo.own[:, f]
        share = sum(s for a, b, lessor, _, s in m.share_contracts if lessor == f and a <= t < b)
        given = own.sum(axis=(0, 1)) * share
        cells = {}
        for a, b, lessor, _, g, r, size in m.mw_contracts:
            if lessor == f and a <= t < b and mo.g0 <= g < mo.g1:
                cells[g - mo.g0, r] = cells.get((g - mo.g0, r), 0.0) + size
        for (g, r), size in cells.items():
            given = given + mo.xp.minimum(own[g, r] * (1 - share), size)
        return given

    def after(self, chunk):
        m, ph = self.m, self.m.phases
        for i, name in enumerate(self.names):
            if "supplier" not in name:
                continue
            lead, per_mw = int(name["supplier"]["lead"]), name["supplier"].get("per_mw", {})
            for j in range(len(ph.mw)):
                planned, decided = int(ph.planned[j]), int(m.decided[j])
                when = planned - lead if decided < 0 else max(planned - lead, decided)
                if not 0 <= when < m.T:
                    continue
                scale = chunk.ws.scale[decided, ph.firm[j]] if decided >= 0 else 1.0
                self.rows[i, when] += chunk.alive[j] * scale * ph.mw[j] * per_mw.get(m.gens[ph.gen[j]], 0)


class Pattern:
    def __init__(self, ar, model, q, names, valuation):
        self.ar, self.model, self.q, self.names = ar, model, q, names
        self.as_of = model.month(q["as_of"])
        self.horizon = int(valuation.get("horizon", 24))
        self.factor = (1 + float(valuation.get("discount", 0.1))) ** (-np.arange(self.horizon) / 12.0)
        self.counts, self.sums = [], []

    def keys(self):
        found = set()
        for item in (self.q["news"], self.q["outcome"]):
            needed_series(self.model, item["event"], item.get("firm"), found)
        return found

    def _seen(self, history, item, ahead):
        k = int(item["within"])
        window = (self.as_of + 1, self.as_of + k) if ahead else (self.as_of - k + 1, self.as_of)
        return evaluate(self.model, history, item["event"], item.get("firm"), window)[0].any(axis=0)

    def add(self, history, rows):
        news, outcome = self._seen(history, self.q["news"], False), self._seen(history, self.q["outcome"], True)
        v = self.as_of + 1
        xp, host = self.ar.xp, self.ar.host
        value = xp.einsum("t,ntp->np", xp.asarray(self.factor), rows[:, v:v + self.horizon])
        cells = [~news, news & outcome, news & ~outcome]
        self.counts.append([int(c.sum()) for c in cells])
        self.sums.append([host((value * c).sum(axis=1)) for c in cells])

    def _moves(self, counts, sums):
        """[name, (given the news, with the outcome, without it)]"""
        base = sums.sum(axis=0) / counts.sum()
        mean = np.stack([(sums[1] + sums[2]) / (counts[1] + counts[2]), sums[1] / counts[1], sums[2] / counts[2]], axis=1)
        leverage = np.array([float(n.get("leverage", 1)) for n in self.names])
        return leverage[:, None] * (mean / base[:, None] - 1)

    def report(self, n):
        counts, sums = np.array(self.counts, float), np.array(self.sums)
        c, s, k = counts.sum(axis=0), sums.sum(axis=0), len(counts)
        moves = self._moves(c, s)
        without = np.array([self._moves(c - counts[i], s - sums[i]) for i in range(k)])
        se = np.sqrt((k - 1) / k * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
        out = {"type": "pattern", "news": prob(int(c[1] + c[2]), n), "outcome_given_news": prob(int(c[1]), int(c[1] + c[2])), "names": {}}
        for i, name in enumerate(self.names):
            out["names"][name["name"]] = {key: {"value": float(moves[i, j]), "se": float(se[i, j])}
                                          for j, key in enumerate(("move", "if_outcome", "if_not"))}
        return out
