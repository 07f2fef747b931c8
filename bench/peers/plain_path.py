"""One path in plain Python numbers, straight from the description: what the vectorised months are tested against.

Takes the draws of a chunk (readiness, cancellations, demand before the price response) and walks the months of path p.
"""
import math


def allocate_one(old, new, a, n, t, psi):
    """Section 4 for one firm and path, with plain numbers."""
    R = len(old)
    old, new = list(old), list(new)
    ua, un = [], []
    for r in range(R):
        s = min(a[r], old[r])
        old[r] -= s
        ua.append(a[r] - s)
    tot = sum(new)
    s = min(t, tot)
    new = [x - (x / tot * s if tot else 0) for x in new]
    ut = t - s
    for r in range(R):
        want = n[r] + ua[r]
        s = min(want, new[r])
        new[r] -= s
        q = s / want if want else 0
        un.append(n[r] * (1 - q))
        ua[r] *= 1 - q
    part = [min(un[r], psi * n[r]) for r in range(R)]
    tot, room = sum(part), sum(new)
    s = min(tot, room)
    un = [un[r] - (part[r] / tot * s if tot else 0) for r in range(R)]
    new = [x - (x / room * s if room else 0) for x in new]
    part = [min(ua[r], psi * a[r]) for r in range(R)]
    tot, room = sum(part), sum(new) + sum(old)
    s = min(tot, room)
    ua = [ua[r] - (part[r] / tot * s if tot else 0) for r in range(R)]
    return [x - (x / room * s if room else 0) for x in old], [x - (x / room * s if room else 0) for x in new], un, ua, ut


def own_compute(m, c, p, t, scale):
    own = {}
    for g in range(m.G):
        for f in range(m.F):
            for r in range(m.R):
                own[g, f, r] = m.installed[g, f, r] * m.kh[g] if t < m.retires[g] else 0.0
    ph = m.phases
    for j in range(len(ph.mw)):
        g = ph.gen[j]
        share = min(1.0, max(0.0, (t + 1 - c.ready[j][p]) / m.ramp[g]))
        if c.alive[j][p] and t < m.retires[g] and share > 0:
            own[g, ph.firm[j], ph.region[j]] += ph.mw[j] * share * scale.get(j, 1.0) * m.kh[g]
    return own


def held_compute(m, t, own):
    hold = dict(own)
    remain = dict(own)
    for lo, hi, a, b, s in m.share_contracts:
        if lo <= t < hi:
            for g in range(m.G):
                for r in range(m.R):
                    part = own[g, a, r] * s
                    hold[g, a, r] -= part
                    remain[g, a, r] -= part
                    hold[g, b, r] += part
    for cell in own:
        g, f, r = cell
        takers = [c for c in m.mw_contracts if c[0] <= t < c[1] and (c[4], c[2], c[5]) == cell]
        total = sum(c[6] for c in takers)
        for c in takers:
            part = c[6] * min(1.0, max(0.0, remain[cell]) / total)
            hold[cell] -= part
            hold[g, c[3], r] += part
    return {(g, f, r): max(0.0, v) * (1 - m.firms[f].reserve) for (g, f, r), v in hold.items()}


def trade(m, offer, old, new, un, ua, ut):
    """Bought by firm, sold by firm, and what was filled in all."""
    F, R = range(m.F), range(m.R)
    bought, sold, room, offers = [0.0] * m.F, [0.0] * m.F, [0.0] * m.R, [0.0] * m.R
    q = lambda a, b: a / b if b > 0 else 0.0
    for r in R:
        o_old, o_new = sum(offer[f] * old[f][r] for f in F), sum(offer[f] * new[f][r] for f in F)
        t_a, t_n = sum(ua[f][r] for f in F), sum(un[f][r] for f in F)
        m1 = min(o_old, t_a)
        m2 = min(o_new, t_n + t_a - m1)
        for f in F:
            first = q(m1 * ua[f][r], t_a)
            rest = un[f][r] + ua[f][r] - first
            bought[f] += first + q(m2 * rest, t_n + t_a - m1)
            sold[f] += q(m1 * offer[f] * old[f][r], o_old) + q(m2 * offer[f] * new[f][r], o_new)
        room[r], offers[r] = o_new - m2, o_new
    m3, t_t = min(sum(room), sum(ut)), sum(ut)
    for f in F:
        bought[f] += q(m3 * ut[f], t_t)
        sold[f] += sum(q(q(m3 * room[r], sum(room)) * offer[f] * new[f][r], offers[r]) for r in R)
    return bought, sold


def decide(m, t, y_f, y, scale):
    for j in range(len(m.phases.mw)):
        if m.decided[j] == t:
            w = m.firms[m.phases.firm[j]].own_signal
            c = math.exp(m.rsp["strength"] * (w * y_f[m.phases.firm[j]] + (1 - w) * y))
            scale[j] = min(m.rsp["high"], max(m.rsp["low"], c))


def build_response(m, t, f, scale):
    """Mean scale of the firm's phases decided in the last 12 months."""
    rows = [j for j in range(len(m.phases.mw)) if m.phases.firm[j] == f and max(0, t - 11) <= m.decided[j] <= t]
    total = sum(m.phases.mw[j] for j in rows)
    return sum(m.phases.mw[j] * scale[j] for j in rows) / total if total else 1.0


def walk(m, c, p):
    """A dict of figures for every month."""
    F, R, out, scale, met = range(m.F), range(m.R), [], {}, []
    log_q, y_f, y, log_p = 0.0, None, None, None
    for t in range(m.T):
        if t:
            log_q += m.lam * (log_p - log_q)
        U = held_compute(m, t, own_compute(m, c, p, t, scale))
        e = m.frontier[t]
        old, new, un, ua, ut, demand = [], [], [], [], [], []
        for f in F:
            firm = m.firms[f]
            inf, train = float(c.ws.inference[t, f, p]) * math.exp(-m.eps * log_q), float(c.ws.training[t, f, p])
            a = [inf * firm.demand_shares[r] * (1 - firm.frontier) for r in R]
            n = [inf * firm.demand_shares[r] * firm.frontier for r in R]
            before = [sum(U[g, f, r] for g in range(e)) for r in R]
            since = [sum(U[g, f, r] for g in range(e, m.G)) for r in R]
            got = allocate_one(before, since, a, n, train, m.psi)
            for col, v in zip((old, new, un, ua, ut), got):
                col.append(v)
            demand.append(inf + train)
        u_f = [sum(U[g, f, r] for g in range(m.G) for r in R) for f in F]
        D, S = sum(demand), sum(u_f)
        price = min(m.market["price_max"], max(m.market["price_min"], (D / S) ** m.market["elasticity"]))
        log_p, lds = math.log(price), math.log(D / S)
        lr = [math.log(max(1e-6, demand[f] / u_f[f])) if u_f[f] > 0 else lds for f in F]
        a = m.rsp["adjustment"]
        y_f = lr if t == 0 else [y_f[f] + a * (lr[f] - y_f[f]) for f in F]
        y = lds if t == 0 else y + a * (lds - y)
        decide(m, t, y_f, y, scale)
        spare = [sum(old[f]) + sum(new[f]) for f in F]
        met.append([u_f[f] > 0 and price * spare[f] / u_f[f] >= m.firms[f].hurdle - 1e-6 for f in F])
        sells = [m.firms[f].merchant or all(met[max(0, t - k)][f] for k in range(int(m.market["months"]))) for f in F]
        bought, sold = trade(m, [m.firms[f].offer if sells[f] else 0.0 for f in F], old, new, un, ua, ut)
        unmet = [sum(un[f]) + sum(ua[f]) + ut[f] for f in F]
        out.append({"D": D, "S": S, "p": price, "spare_f": spare, "unmet_f": unmet, "selling": sells, "bought_f": bought,
                    "unsold_f": [spare[f] - sold[f] for f in F], "unmet": (sum(unmet) - sum(bought)) / D,
                    "build_response": [build_response(m, t, f, scale) for f in F]})
    return out
