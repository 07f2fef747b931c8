#!/usr/bin/python3
"""Self-checks of the NumPy peer: python3 test_numpy_model.py"""
import json
import os
import sys
import unittest

try:
    import numpy as np
    import yaml  # noqa: F401
except ImportError as error:
    print("1..0 # SKIP %s" % error)
    sys.exit(77)

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import nm_alloc
import nm_draws
import nm_events
import nm_names
import numpy_model
from nm_arrays import HOST
from nm_chunk import Chunk, Workspace
from nm_config import Model, Trend, merge, set_key
from plain_path import allocate_one, walk

CONFIG = """
mismatch: 1
time: {start: 2030-01, months: 30}
regions: [north, south]
generations:
  - {name: old, kh100e_per_mw: 1.0, available: 2028-01, ships: 2028-01, ramp: 1, retires: 2032-01}
  - {name: new, kh100e_per_mw: 2.0, available: 2029-06, ships: 2029-06, ramp: 3}
training_span: 0
slips:
  common: 0.3
  gpu: {median: 1, sigma: 0.5, rho: 0.5, buffer: 1, max: 12}
  power: {median: 3, sigma: 1.0, rho: 0.4, buffer: 2, max: 24}
  shell: {median: 2, sigma: 0.6, rho: 0.3, buffer: 1, max: 24}
  network: {median: 1, sigma: 0.6, rho: 0.2, buffer: 1, max: 12}
shocks:
  - {name: grid, per_year: 0.6, times: 2, layer: power, region: south, generation: new, firm: alpha, reach: 12, months: 6, sigma: 0.3}
  - {name: leap, per_year: 0.5, times: 3, log_demand: -0.2, ramp: 3, sigma: 0.4}
regimes: {names: [up, down], initial: [0.7, 0.3], monthly: [[0.9, 0.1], [0.2, 0.8]], growth: [0.4, -0.5], training: [1.1, 0.6]}
inference: {trend: {2030-01: 0.5, 2031-01: 0.3}, sigma: 0.2, persistence: 0.9, firm_sigma: 0.2, initial_sigma: 0.1,
            price_response: {elasticity: 0.5, monthly_adjustment: 0.3}, portable: 0.4, frontier_share: 0.5}
training: {trend: {2030-01: 0.4}}
response: {lead: 6, strength: 1.0, low: 0.2, high: 1.8, own_signal: 0.5, adjustment: 0.5}
market: {elasticity: 1.5, price_min: 0.2, price_max: 5, offer: 0.5, hurdle: 0.1, months: 2}
firms:
  - name: alpha
    shares: {north: 0.6, south: 0.4}
    installed: {old: 100, new: 100}
    build: {from: 2029-10, every: 3, mw_per_year: 80, growth: 0.2, committed_until: 2030-10, cancel: {committed: 0.05, planned: 0.2}}
    phases: [{name: big, region: south, generation: old, mw: 60, ready: 2030-09, committed: false, cancel: 0.1}]
    reserve: 0.05
    inference: 250
    demand_shares: {north: 0.5, south: 0.5}
    training: {first: 2029-09, cadence: 6, duration: {median: 3, sigma: 0.4}, size: {mean: 80, sigma: 0.5},
               slip: {median: 1, sigma: 0.8}, research: 40}
  - {name: cloud, shares: {north: 1.0}, installed: {new: 60}, merchant: true, offer: 0.9}
  - {name: market, inference: 60, demand_shares: {north: 0.5, south: 0.5}}
contracts:
  - {name: one, lessor: cloud, lessee: alpha, share: 0.2, from: 2030-01, until: 2031-06}
  - {name: two, lessor: cloud, lessee: alpha, mw: 35, region: north, generation: new, from: 2030-06, until: 2032-06}
launches:
  - {name: app, firm: alpha, planned: [2030-04, 2031-02], uplift: 0.3, ramp: 4, slip: {median: 2, sigma: 0.8}, success_sigma: 0.5}
events:
  short: {all_of: [{series: state_shortage, at_least: 1}], for: 2}
  late: {all_of: [{series: late_share, layer: power, at_least: 0.05}]}
questions:
  - {name: short, probability: {event: short}}
  - name: map
    coexistence: {series: idle_share, at_least: 0.1, for: 2, by: [[firm], [firm, region], [firm, generation], [firm, region, generation]]}
  - name: late
    evidence: {firm: alpha, as_of: 2030-12, hypothesis: {event: short, within: 9}, evidence: [{event: late, within: 3}]}
  - {name: fan, fan: {series: spare_share, firm: alpha, region: south}}
  - {name: layers, binding: {}}
"""


def model(extra=None):
    import yaml
    cfg = yaml.safe_load(CONFIG)
    if extra:
        merge(cfg, extra)
    return Model(cfg, ".")


def chunk(m, P=200, dtype="float64", seed=1, look=lambda mo: None):
    """A chunk and its months; `held` of a month is only valid while `look` is called."""
    c = Chunk(m, Workspace(HOST, m, P, dtype), np.random.Generator(np.random.SFC64(seed)))
    months = []
    c.run_months([look, months.append])
    return c, months


class Allocation(unittest.TestCase):
    def draw(self, rng, F, R, P):
        zero = lambda shape: rng.random(shape) * (rng.random(shape) > 0.2) * np.exp(rng.standard_normal(shape))
        return zero((F, R, P)), zero((F, R, P)), zero((F, R, P)), zero((F, R, P)), zero((F, P))

    def test_against_plain_numbers(self):
        rng = np.random.default_rng(3)
        old, new, a, n, t = self.draw(rng, 2, 3, 300)
        so, sn = old.copy(), new.copy()
        un, ua, ut = nm_alloc.allocate(np, so, sn, a, n, t, 0.4)
        for f in range(2):
            for p in range(300):
                want = allocate_one(old[f, :, p], new[f, :, p], a[f, :, p], n[f, :, p], t[f, p], 0.4)
                for got, ref in zip((so[f, :, p], sn[f, :, p], un[f, :, p], ua[f, :, p], ut[f, p]), want):
                    np.testing.assert_allclose(got, ref, atol=1e-9)

    def test_conserves(self):
        rng = np.random.default_rng(4)
        old, new, a, n, t = self.draw(rng, 3, 4, 1000)
        so, sn = old.copy(), new.copy()
        un, ua, ut = nm_alloc.allocate(np, so, sn, a, n, t, 0.5)
        for x in (so, sn, un, ua, ut):
            self.assertGreaterEqual(x.min(), -1e-12)
        used = (old + new - so - sn).sum(axis=1)
        served = (a + n - un - ua).sum(axis=1) + t - ut
        np.testing.assert_allclose(used, served, atol=1e-9)
        offer = rng.random((3, 1000)) * (rng.random((3, 1000)) > 0.3)
        xo, xn, bought, filled = nm_alloc.market(np, offer, so, sn, un, ua, ut)
        np.testing.assert_allclose((xo + xn).sum(axis=(0, 1)), filled, atol=1e-9)
        np.testing.assert_allclose(bought.sum(axis=0), filled, atol=1e-9)
        self.assertTrue((xo <= so * offer[:, None] + 1e-9).all() and (xn <= sn * offer[:, None] + 1e-9).all())
        self.assertTrue((bought <= un.sum(1) + ua.sum(1) + ut + 1e-9).all())

    def test_contracts_conserve(self):
        m = model()
        own = np.random.default_rng(5).random((2, 3, 2, 50)) * 100
        held = nm_alloc.apply_contracts(np, m, 8, own.copy(), 0)
        np.testing.assert_allclose(held.sum(axis=1), own.sum(axis=1))
        np.testing.assert_allclose(held[1, 1, 0], np.maximum(0, own[1, 1, 0] * 0.8 - 70))


class Months(unittest.TestCase):
    def test_states_and_bounds(self):
        _, months = chunk(model())
        for mo in months:
            self.assertTrue((mo.states.sum(axis=0) == 1).all())
            self.assertTrue((mo.unmet >= 0).all() and (mo.unmet <= 1 + 1e-9).all())
            np.testing.assert_allclose(mo.demand_f - mo.unmet_f + mo.spare_f, mo.U_f, atol=1e-6)
            self.assertTrue((mo.unsold_f <= mo.spare_f + 1e-9).all())
            np.testing.assert_allclose(mo.p, np.clip((mo.D / mo.S) ** 1.5, 0.2, 5), rtol=1e-9)

    def test_against_plain_paths(self):
        m = model()
        names = ("build_response",)
        kept = []
        c, months = chunk(m, P=40, look=lambda mo: kept.append({k: np.array(getattr(mo, k)) for k in names}))
        for p in range(40):
            for t, ref in enumerate(walk(m, c, p)):
                for key, want in ref.items():
                    got = kept[t][key] if key in names else getattr(months[t], key)
                    np.testing.assert_allclose(got[..., p], want, rtol=1e-7, atol=1e-7, err_msg="%s, month %d, path %d" % (key, t, p))

    def test_late_and_usable_by_definition(self):
        m = model()
        c, _ = chunk(m, P=64)
        ph, ws = m.phases, c.ws
        for t in range(m.T):
            late, stranded, usable = np.zeros((4, 64)), np.zeros((4, 64)), np.zeros(64)
            for g in range(m.G):
                usable += m.installed[g].sum() * (t < m.retires[g])
            for j in range(len(ph.mw)):
                scale = ws.scale[m.decided[j], ph.firm[j]] if m.decided[j] >= 0 else np.ones(64)
                w = ph.mw[j] * scale * c.alive[j] * (t < m.retires[ph.gen[j]])
                usable += w * np.clip((t + 1 - c.ready[j]) / m.ramp[ph.gen[j]], 0, 1)
                is_late = (ph.planned[j] <= t + 1) & (t + 1 < c.ready[j])
                for l in range(4):
                    late[l] += w * is_late * (c.bind[j] == l)
                    stranded[l] += w * is_late * (c.bind[j] == l) * (c.a_gpu[j] <= t + 1)
            np.testing.assert_allclose(ws.late[t], late, atol=2e-3)
            np.testing.assert_allclose(ws.stranded[t], stranded, atol=2e-3)
            np.testing.assert_allclose(ws.usable[t], usable, rtol=1e-9)

    def test_generation_spare_adds_up(self):
        from nm_tally import cell_amounts
        m = model()

        def look(mo):
            for f in range(m.F):
                total = sum(cell_amounts(mo, m, "spare_share", f, r, g)[0] for r in range(m.R) for g in range(m.G))
                np.testing.assert_allclose(total, mo.spare_f[f], atol=1e-8)
        chunk(m, P=64, look=look)


class Draws(unittest.TestCase):
    def test_slips(self):
        """Median, spread and correlations of the slips: rho in a group, kappa rho across groups and layers."""
        free = {"buffer": 0, "max": 1e9}
        m = model({"slips": {l: free for l in ("gpu", "power", "shell", "network")}})
        n, P = len(m.phases.mw), 20000
        rng = np.random.default_rng(8)
        a = nm_draws.layer_readiness(np, m, rng, P, np.float64, np.empty((4, n, P)))
        z = np.log(a - m.phases.planned[:, None])
        for l, s in enumerate(m.slips):
            np.testing.assert_allclose(z[l].mean(), np.log(s["median"]), atol=0.03)
            z[l] = (z[l] - np.log(s["median"])) / s["sigma"]
            np.testing.assert_allclose(z[l].std(), 1, atol=0.02)
        cov = lambda x, y: (x * y).mean()
        ph = m.phases
        same = [(i, j) for i in range(6) for j in range(i) if ph.region[i] == ph.region[j]]
        other = [(i, j) for i in range(6) for j in range(i) if ph.region[i] != ph.region[j]]
        self.assertAlmostEqual(np.mean([cov(z[1][i], z[1][j]) for i, j in same]), 0.4, delta=0.02)
        self.assertAlmostEqual(np.mean([cov(z[1][i], z[1][j]) for i, j in other]), 0.3 * 0.4, delta=0.02)
        self.assertAlmostEqual(cov(z[1][0], z[2][0]), 0.3 * np.sqrt(0.4 * 0.3), delta=0.03)
        self.assertAlmostEqual(np.mean([cov(z[3][i], z[3][j]) for i, j in other]), 0.2, delta=0.02)

    def test_supply_shocks_by_definition(self):
        m = model({"shocks": {"grid": {"per_year": 3.0}}})
        n, P = len(m.phases.mw), 50
        before = np.tile(np.linspace(1, 30, n)[:, None], (1, P))
        a = np.stack([before] * 4)
        nm_draws.apply_supply_shocks(HOST, m, np.random.default_rng(9), P, np.float64, a)
        rng = np.random.default_rng(9)
        tau = np.cumsum(rng.standard_exponential((2, P)) * 4, axis=0)
        want = before.copy()
        for k in range(2):
            delay = 6 * np.exp(0.3 * rng.standard_normal(P))
            for j in np.flatnonzero((m.phases.region == 1) & (m.phases.gen == 1) & (m.phases.firm == 0)):
                for p in range(P):
                    if tau[k, p] < want[j, p] <= tau[k, p] + 12:
                        want[j, p] += delay[p]
        np.testing.assert_allclose(a[1], want)
        np.testing.assert_array_equal(a[0], before)

    def test_demand_moments(self):
        m = model({"shocks": {"leap": {"per_year": 0.0}}})
        rng = np.random.default_rng(10)
        s = nm_draws.draw_regimes(np, m, rng, 40000, np.float64)
        p = np.array([0.7, 0.3])
        for t in range(5):
            self.assertAlmostEqual((s[t] == 1).mean(), p[1], delta=0.012)
            p = p @ m.monthly
        g = nm_draws.draw_growth(np, m, rng, 40000, np.float64, np.zeros_like(s))
        self.assertEqual(np.abs(g[0]).max(), 0)
        self.assertAlmostEqual(g[18].mean(), 0.5 + 0.15 + 18 * 0.4 / 12, delta=0.01)
        self.assertAlmostEqual(g[12].std(), 0.2, delta=0.005)
        inf = nm_draws.draw_inference(np, m, rng, 40000, np.float64, g * 0, np.empty((m.T, m.F, 40000)))
        self.assertAlmostEqual(np.log(inf[0, 2] / 60).std(), 0.1, delta=0.003)
        self.assertAlmostEqual(np.log(inf[29, 2] / 60).std(), 0.2, delta=0.005)
        self.assertEqual(np.abs(inf[:, 1]).max(), 0)

    def test_launches_on_plan_are_neutral(self):
        m = model({"launches": {"app": {"slip": None, "success_sigma": 0}}})
        for late in nm_draws.launch_factors(np, m, np.random.default_rng(1), 5, np.float64).values():
            np.testing.assert_allclose(late, 1)
        hole = nm_draws.launch_factors(np, model(), np.random.default_rng(1), 5, np.float64)[0]
        np.testing.assert_allclose(hole[:4], 1)
        self.assertLess(hole[5].min(), 1)


class Events(unittest.TestCase):
    def setUp(self):
        self.m = model({"events": {
            "x": {"all_of": [{"series": "slack", "at_least": 0.5}]}, "x2": {"all_of": [{"series": "slack", "at_least": 0.5}], "for": 2},
            "no": {"not": {"event": "x2"}}, "in": {"all_of": [{"event": "x2"}], "from": "2030-03", "to": "2030-05"}}})
        self.h = {("slack", None, None, None, None, None): np.array([1, 1, 1, 0, 1, 1.0] + [0] * 24)[:, None]}

    def run_event(self, name, window=(None, None)):
        h, r = nm_events.evaluate(self.m, self.h, name, None, window)
        return h[:7, 0].astype(int).tolist(), r[:7, 0].astype(int).tolist()

    def test_for(self):
        self.assertEqual(self.run_event("x2")[0], [0, 1, 1, 0, 0, 1, 0])

    def test_window(self):
        self.assertEqual(self.run_event("x2", (1, 5))[0], [0, 0, 1, 0, 0, 1, 0])
        self.assertEqual(self.run_event("in")[0], [0, 0, 0, 0, 0, 0, 0])

    def test_not_of_undecided(self):
        self.assertEqual(self.run_event("no", (1, 5))[0], [0, 0, 0, 1, 1, 0, 0])

    def test_tolerance(self):
        v = np.array([0.1 - 5e-7, 0.1 - 2e-6])
        self.assertEqual(nm_events.compare(v, {"at_least": 0.1}).tolist(), [True, False])
        self.assertEqual(nm_events.compare(v, {"below": 0.1}).tolist(), [False, True])


class Whole(unittest.TestCase):
    def report(self, dtype, seed=1, paths=4000):
        return numpy_model.Run(model(), dtype).simulate(paths, seed, 500).report()

    def test_deterministic(self):
        self.assertEqual(json.dumps(self.report("float32", paths=1000)), json.dumps(self.report("float32", paths=1000)))

    def test_dtypes_agree_and_probabilities(self):
        a, b = self.report("float32"), self.report("float64", seed=2)
        worst = 0.0
        for st in ("shortage", "glut", "friction", "balanced"):
            p, q = np.array(a["industry"][st]["p"]), np.array(b["industry"][st]["p"])
            se = np.hypot(a["industry"][st]["se"], b["industry"][st]["se"])
            worst = max(worst, (np.abs(p - q) / np.maximum(se, 1e-3)).max())
            self.assertTrue((p >= 0).all() and (p <= 1).all())
        for s in a["series_mean"]["industry"]:
            x, y = a["series_mean"]["industry"][s], b["series_mean"]["industry"][s]
            d = np.abs(np.subtract(x["value"], y["value"])) / np.maximum(np.hypot(x["se"], y["se"]), 1e-6 * (1 + np.abs(x["value"])))
            worst = max(worst, d.max())
        self.assertLess(worst, 5.0)
        total = sum(np.array(a["industry"][s]["p"]) for s in ("shortage", "glut", "friction", "balanced"))
        np.testing.assert_allclose(total, 1)
        for e in a["coexistence"]:
            for part in (e["ever"], e["idle_given_shortage"], e["shortage_given_idle"]):
                self.assertTrue(part["p"] is None or -1e-12 <= part["p"] <= 1 + 1e-12)


class Names(unittest.TestCase):
    """Names of a world without chance, by hand: one chunk of two states would need no more."""

    NAMES = [{"name": "sells", "supplier": {"lead": 4, "per_mw": {"old": 2, "new": 3}}},
             {"name": "lets", "cloud": {"firm": "cloud", "contract_rate": 5}},
             {"name": "serves", "cloud": {"firm": "alpha", "service_rate": 7, "spot_rate": 11, "other": 1}}]

    def revenue(self, seed=5):
        m = model({"slips": None, "shocks": None})
        rows = nm_names.Revenue(HOST, m, self.NAMES)
        c = Chunk(m, Workspace(HOST, m, 50, "float64"), np.random.Generator(np.random.SFC64(seed)), True)
        months = []
        c.run_months([rows, lambda mo: months.append((mo.spare_f.copy(), mo.unsold_f.copy(), mo.p.copy(), mo.served_f.copy()))])
        rows.after(c)
        return m, c, months, rows.rows

    def test_clouds(self):
        m, _, months, rows = self.revenue()
        cloud = 60 * 2.0  # new: 2 kH100e a MW
        for t in range(m.T):
            share = 0.2 if t < 17 else 0.0
            block = min(70.0, cloud * (1 - share)) if 5 <= t < 29 else 0.0
            np.testing.assert_allclose(rows[1, t], 5 * (cloud * share + block))
            spare, unsold, p, served = months[t]
            np.testing.assert_allclose(rows[2, t], 7 * served[0] + 11 * p * (spare[0] - unsold[0]) + 1, rtol=1e-9)

    def test_suppliers(self):
        m, c, _, rows = self.revenue()
        ph, want = m.phases, np.zeros_like(rows[0])
        for j in range(len(ph.mw)):
            price = (2, 3)[ph.gen[j]] * ph.mw[j]
            if m.decided[j] < 0:
                if ph.planned[j] >= 4:
                    want[ph.planned[j] - 4] += price * c.alive[j]
            else:
                want[max(ph.planned[j] - 4, m.decided[j])] += price * c.alive[j] * c.ws.scale[m.decided[j], ph.firm[j]]
        np.testing.assert_allclose(rows[0], want)
        self.assertGreater(want.sum(), 0)

    def test_moves(self):
        cfg = {"as_of": "2030-03", "news": {"event": "short", "within": 2}, "outcome": {"event": "late", "within": 3}}
        q = nm_names.Pattern(HOST, model(), cfg, self.NAMES[:1], {"horizon": 2, "discount": 0.0})
        counts, sums = np.array([4.0, 1.0, 3.0]), np.array([[8.0], [1.0], [9.0]])
        np.testing.assert_allclose(q._moves(counts, sums), [[10 / 4 / (18 / 8) - 1, 1 / 2.25 - 1, 3 / 2.25 - 1]])


class Config(unittest.TestCase):
    def test_trend(self):
        m = lambda d: {"a": 6, "b": 18}[d]
        th = Trend({"a": 1.2, "b": 0.6}, m)
        for x, want in ((0, 0), (6, 0.6), (18, 1.8), (30, 2.4), (-12, -1.2)):
            self.assertAlmostEqual(th(x), want)

    def test_overlay_and_set(self):
        m = model({"contracts": {"one": {"until": "2031-01"}, "two": None}})
        self.assertEqual([c[1] for c in m.share_contracts], [12])
        self.assertEqual(m.mw_contracts, [])
        self.assertEqual(set_key({"a": [{"name": "b", "c": 1}]}, "a.b.c=2.5"), {"a": [{"name": "b", "c": 2.5}]})

    def test_phases(self):
        m = model()
        ph = m.phases
        alpha = [(ph.planned[j], ph.region[j], bool(ph.committed[j])) for j in range(4)]
        self.assertEqual(alpha, [(-3, 0, True), (-3, 1, True), (0, 0, True), (0, 1, True)])
        self.assertAlmostEqual(ph.mw[0], 80 * 3 / 12 * 0.6)
        self.assertEqual(len(ph.mw), 11 * 2 + 1)


if __name__ == "__main__":
    unittest.main()
