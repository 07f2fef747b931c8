"""One chunk of paths, month by month."""
import numpy as np

from nm_alloc import TINY, allocate, apply_contracts, market, ratio
from nm_config import LAYERS
from nm_draws import draw_growth, draw_inference, draw_phases, draw_regimes, draw_training


def weighted(xp, weights, rows):
    """Sum of rows by weights, [path]."""
    total = rows[0] * weights[0]
    for w, row in zip(weights[1:], rows[1:]):
        total += row * w
    return total


def at_least(v, a):
    """v >= a with the tolerance of section 0."""
    return v >= v.dtype.type(a - 1e-6 * max(1.0, abs(a)))


class Workspace:
    """Arrays that are allocated once and used by every chunk of the same size."""

    def __init__(self, ar, model, P, dtype):
        self.ar, self.xp = ar, ar.xp
        self.P, self.dt = P, np.dtype(dtype).type
        xp = self.xp
        T, F, R, G, n = model.T, model.F, model.R, model.G, len(model.phases.mw)
        cells = {(g, f, r) for g, f, r in zip(*np.nonzero(model.installed))}
        cells |= set(zip(model.phases.gen, model.phases.firm, model.phases.region))
        self.cells = sorted(tuple(int(v) for v in c) for c in cells)
        self.cell_of = {c: i for i, c in enumerate(self.cells)}
        self.rows = np.array([(g * F + f) * R + r for g, f, r in self.cells], int)
        self.row_at = xp.asarray(self.rows)
        self.future = xp.empty((len(self.cells), T, P), dtype)
        self.own = xp.empty((G, F, R, P), dtype)
        self.layers = xp.empty((len(LAYERS), n, P), dtype)
        self.inference = xp.empty((T, F, P), dtype)
        self.training = xp.empty((T, F, P), dtype)
        self.scale = xp.empty((T, F, P), dtype)
        self.ramp_buf = xp.empty((T, P), dtype)
        self.late = xp.empty((T, len(LAYERS), P), dtype)
        self.stranded = xp.empty((T, len(LAYERS), P), dtype)
        self.usable = xp.empty((T, P), dtype)
        self.months = xp.arange(T + 1, dtype=dtype)[:, None]
        put = lambda v: xp.asarray(np.array(v).astype(dtype))
        col = lambda v: put(v)[:, None]
        fr = model.firms
        self.flex = put([f.demand_shares * (1 - f.frontier) for f in fr])[:, :, None]
        self.front = put([f.demand_shares * f.frontier for f in fr])[:, :, None]
        self.keep = put([1 - f.reserve for f in fr])[None, :, None, None]
        self.has_reserve = any(f.reserve for f in fr)
        self.offer = col([f.offer for f in fr])
        self.hurdle = col([f.hurdle - 1e-6 * max(1.0, abs(f.hurdle)) for f in fr])
        self.merchant = xp.asarray(np.array([f.merchant for f in fr]))[:, None]
        self.omega = col([f.own_signal for f in fr])
        self.by_month = [np.flatnonzero(model.decided == t) for t in range(T)] if n else [[]] * T
        self.decided_mw = np.zeros((T, F))
        for j in np.flatnonzero((model.decided >= 0) & (model.decided < T)):
            self.decided_mw[model.decided[j], model.phases.firm[j]] += model.phases.mw[j]
        first = np.full(G, T)
        first[model.installed.sum(axis=(1, 2)) > 0] = 0
        np.minimum.at(first, model.phases.gen, np.maximum(0, model.phases.planned))
        self.first_month = [int(v) for v in first]


class Month:
    """What one month of a chunk shows to those who count."""

    def __init__(self, t, xp):
        self.t, self.xp = t, xp

    def spare_by_cell(self, unsold):
        """Idle share in old and in new cells, [firm, region, path]."""
        old, new = (self.unsold_old, self.unsold_new) if unsold else (self.spare_old, self.spare_new)
        return ratio(self.xp, old, self.old_u), ratio(self.xp, new, self.new_u)


class Chunk:
    def __init__(self, model, ws, rng, wants_own=False):
        self.m, self.ws, self.rng, self.wants_own = model, ws, rng, wants_own
        self.ar, self.xp, self.P, self.dt = ws.ar, ws.xp, ws.P, ws.dt
        xp, P, dt = self.xp, self.P, self.dt
        self.regimes = draw_regimes(xp, model, rng, P, dt)
        growth = draw_growth(xp, model, rng, P, dt, self.regimes)
        draw_inference(xp, model, rng, P, dt, growth, ws.inference)
        draw_training(self.ar, model, rng, P, dt, self.regimes, ws.training)
        n = len(model.phases.mw)
        if n:
            self.ready, self.bind, self.a_gpu, self.alive = draw_phases(self.ar, model, rng, P, dt, ws.layers)
        self._start_capacity()
        self.log_q = xp.zeros(P, dt)
        self.y_f = self.y = self.run = self.last_selling = None

    def _start_capacity(self):
        m, ws = self.m, self.ws
        for i, (g, f, r) in enumerate(ws.cells):
            ws.future[i] = m.installed[g, f, r] * m.kh[g]
        for j in np.flatnonzero(m.decided < 0):
            self._add_phase(j, None)

    def _add_phase(self, j, scale):
        """Add the usable share of phase j, scaled, to its cell from its planned month on."""
        m, ws, dt, xp = self.m, self.ws, self.dt, self.xp
        ph = m.phases
        g = ph.gen[j]
        t0, t1 = max(0, int(ph.planned[j])), min(m.T, m.retires[g])
        if t0 >= t1:
            return
        w = self.alive[j] * dt(ph.mw[j] * m.kh[g])
        if scale is not None:
            w *= scale
        part = ws.ramp_buf[:t1 - t0]
        xp.subtract(ws.months[t0 + 1:t1 + 1], self.ready[j], out=part)
        part *= w * dt(1.0 / m.ramp[g])
        xp.maximum(part, dt(0), out=part)
        xp.minimum(part, w, out=part)
        cell = ws.future[ws.cell_of[(int(g), int(ph.firm[j]), int(ph.region[j]))], t0:t1]
        cell += part

    def run_months(self, observers):
        for t in range(self.m.T):
            mo = self._month(t)
            for ob in observers:
                ob(mo)
        self._late()

    def _held(self, t):
        """U[gen, firm, region, path] of the generations that can be there, and the slice of them."""
        m, ws = self.m, self.ws
        now = ws.future[:, t]
        own = ws.own
        g1 = max([g + 1 for g in range(m.G) if ws.first_month[g] <= t], default=0)
        live = [g for g in range(g1) if m.retires[g] > t]
        g0 = live[0] if live else g1
        own[g0:g1] = 0
        flat = own.reshape(-1, self.P)
        ws.usable[t] = 0
        lo, hi = np.searchsorted(ws.rows, [g0 * m.F * m.R, g1 * m.F * m.R])
        flat[ws.row_at[lo:hi]] = now[lo:hi]
        for g in range(g0, g1):
            if g not in live:
                own[g] = 0
        for g in live:
            a, b = np.searchsorted(ws.rows, [g * m.F * m.R, (g + 1) * m.F * m.R])
            ws.usable[t] += now[a:b].sum(axis=0) * self.dt(1.0 / m.kh[g])
        held = own[g0:g1]
        self.own = held.copy() if self.wants_own else None
        apply_contracts(self.xp, m, t, held, g0)
        if ws.has_reserve:
            held *= ws.keep
        return held, g0, g1

    def _month(self, t):
        m, ws, dt, xp = self.m, self.ws, self.dt, self.xp
        mo = Month(t, xp)
        mo.regime = self.regimes[t]
        held, g0, g1 = self._held(t)
        mo.held, mo.own, mo.g0, mo.g1, e = held, self.own, g0, g1, m.frontier[t]
        zero = xp.zeros((m.F, m.R, self.P), dt)
        cut = min(max(e - g0, 0), g1 - g0)
        mo.cut = cut
        mo.old_u = held[:cut].sum(axis=0) if cut else zero
        mo.new_u = held[cut:].sum(axis=0) if g1 - g0 > cut else zero.copy()
        inf = ws.inference[t]
        if m.eps > 0:
            inf = inf * xp.exp(self.log_q * dt(-m.eps))
        train = ws.training[t]
        mo.spare_old, mo.spare_new = mo.old_u.copy(), mo.new_u.copy()
        u_n, u_a, u_t = allocate(xp, mo.spare_old, mo.spare_new, inf[:, None] * ws.flex, inf[:, None] * ws.front, train, m.psi)
        mo.served_f = inf - (u_n + u_a).sum(axis=1)
        mo.demand_f = inf + train
        mo.U_f = (mo.old_u + mo.new_u).sum(axis=1)
        mo.spare_f = (mo.spare_old + mo.spare_new).sum(axis=1)
        mo.unmet_f = (u_n + u_a).sum(axis=1) + u_t
        mo.D, mo.S = mo.demand_f.sum(axis=0), mo.U_f.sum(axis=0)
        self._price(mo)
        self._signals(mo)
        self._sell(mo, u_n, u_a, u_t)
        self._state(mo)
        if m.lam > 0:
            self.log_q += dt(m.lam) * (mo.log_p - self.log_q)
        return mo

    def _price(self, mo):
        m, dt, xp = self.m, self.dt, self.xp
        mk = m.market
        q = mo.D / xp.maximum(mo.S, dt(TINY))
        xp.clip(q, dt(1e-6), dt(1e6), out=q)
        mo.ds, mo.log_ds = q, xp.log(q)
        low = dt(np.log(mk["price_min"]))
        mo.log_p = xp.clip(mo.log_ds * dt(mk["elasticity"]), low, dt(np.log(mk["price_max"])))
        nothing = (mo.D <= 0) & (mo.S <= 0)
        mo.log_p = xp.where(nothing, low, mo.log_p)
        mo.p = xp.exp(mo.log_p)
        diff = mo.D - mo.S
        floor = dt(-1e6)
        mo.gap = xp.maximum(diff / xp.maximum(mo.D, dt(TINY)), floor)
        mo.slack = xp.maximum(-diff / xp.maximum(mo.S, dt(TINY)), floor)

    def _signals(self, mo):
        """Pressure, smoothed logs, and the phases that are decided this month."""
        m, ws, dt, t, xp = self.m, self.ws, self.dt, mo.t, self.xp
        has = mo.U_f > 0
        mo.R = xp.where(has, mo.demand_f / xp.maximum(mo.U_f, dt(TINY)), mo.ds)
        xp.clip(mo.R, dt(1e-6), dt(1e6), out=mo.R)
        log_r = xp.log(mo.R)
        a = dt(m.rsp["adjustment"])
        if t == 0:
            self.y_f, self.y = log_r, mo.log_ds.copy()
        else:
            self.y_f += a * (log_r - self.y_f)
            self.y += a * (mo.log_ds - self.y)
        if len(ws.by_month[t]):
            signal = self.y_f * ws.omega + (1 - ws.omega) * self.y
            signal *= dt(m.rsp["strength"])
            xp.exp(signal, out=signal)
            xp.clip(signal, dt(m.rsp["low"]), dt(m.rsp["high"]), out=ws.scale[t])
            for j in ws.by_month[t]:
                self._add_phase(j, ws.scale[t, m.phases.firm[j]])
        mo.build_response = self._response(t)

    def _response(self, t):
        """build_response[firm, path]: only firms that decided in this month or 12 months ago have changed."""
        ws, m = self.ws, self.m
        if t == 0:
            self.response = self.xp.ones((m.F, self.P), self.dt)
        window = np.arange(max(0, t - 11), t + 1)
        changed = ws.decided_mw[t] > 0
        if t >= 12:
            changed = changed | (ws.decided_mw[t - 12] > 0)
        for f in np.flatnonzero(changed):
            when = window[ws.decided_mw[window, f] > 0]
            self.response[f] = 1
            if len(when):
                weight = (ws.decided_mw[when, f] / ws.decided_mw[when, f].sum()).astype(self.dt)
                self.response[f] = weighted(self.xp, weight, [ws.scale[s, f] for s in when])
        return self.response

    def _sell(self, mo, u_n, u_a, u_t):
        m, ws, xp = self.m, self.ws, self.xp
        need = int(m.market["months"])
        ok = (mo.p * mo.spare_f >= ws.hurdle * mo.U_f) & (mo.U_f > 0)
        if mo.t == 0:
            self.run = xp.where(ok, need, 0).astype(np.int8)
        else:
            self.run += 1
            self.run *= ok
            xp.minimum(self.run, need, out=self.run)
        mo.selling = self.run >= need
        mo.selling |= ws.merchant
        mo.starts = mo.selling & ~self.last_selling if mo.t else xp.zeros_like(mo.selling)
        self.last_selling = mo.selling
        offer = mo.selling * ws.offer
        sold_old, sold_new, mo.bought_f, filled = market(xp, offer, mo.spare_old, mo.spare_new, u_n, u_a, u_t)
        mo.unsold_old = xp.subtract(mo.spare_old, sold_old, out=sold_old)
        mo.unsold_new = xp.subtract(mo.spare_new, sold_new, out=sold_new)
        mo.unsold_f = (mo.unsold_old + mo.unsold_new).sum(axis=1)
        left = xp.maximum(mo.unmet_f.sum(axis=0) - filled, 0)
        mo.unmet = ratio(xp, left, mo.D)

    def _state(self, mo):
        th = self.m.thresholds
        short = at_least(mo.gap, th["shortage"])
        glut = at_least(mo.slack, th["glut"]) & ~short
        friction = at_least(mo.unmet, th["friction"]) & ~(short | glut)
        mo.states = self.xp.stack([short, glut, friction, ~(short | glut | friction)])

    def _late(self):
        """Late and stranded MW by layer and month: every late phase starts and ends once, the sum runs over months."""
        m, ws, xp, P, T, L = self.m, self.ws, self.xp, self.P, self.m.T, len(LAYERS)
        ph, every = m.phases, xp.arange(P)
        late, stranded = (xp.zeros((T + 1) * L * P, self.dt) for _ in range(2))
        for j in range(len(ph.mw)):
            ret = min(m.retires[ph.gen[j]], T)
            start = max(int(ph.planned[j]) - 1, 0)
            if start >= ret:
                continue
            hit = self.alive[j] & (self.ready[j] > start + 1)
            # few paths have it late: go on with those alone, where telling them apart means no wait
            at = xp.flatnonzero(hit) if self.ar.looks else None
            pick = (lambda v: v) if at is None else (lambda v: v[at])
            mw = self.dt(ph.mw[j])
            w = mw * pick(ws.scale[m.decided[j], ph.firm[j]]) if m.decided[j] >= 0 else xp.full(P if at is None else len(at), mw, self.dt)
            here = pick(self.bind[j]).astype(np.int64) * P + (every if at is None else at)
            end = xp.minimum(xp.ceil(pick(self.ready[j])).astype(np.int64) - 1, ret)
            since = xp.maximum(xp.ceil(pick(self.a_gpu[j])).astype(np.int64) - 1, start)
            if at is None:
                w, end = w * hit, xp.maximum(end, start)
            late[here + start * L * P] += w
            late[here + end * L * P] -= w
            if at is None:
                w, since = w * (since < end), xp.minimum(since, end)
            else:
                ok = xp.flatnonzero(since < end)
                here, w, since, end = here[ok], w[ok], since[ok], end[ok]
            stranded[here + since * L * P] += w
            stranded[here + end * L * P] -= w
        for src, out in ((late, ws.late), (stranded, ws.stranded)):
            running = src.reshape(T + 1, L, P)
            out[0] = running[0]
            for t in range(1, T):
                xp.add(out[t - 1], running[t], out=out[t])
            xp.maximum(out, 0, out=out)
            xp.multiply(out, out > 1e-3, out=out)
