"""Allocation inside a firm (section 4), the market (section 6) and contracts (section 3), over arrays [.., firm, region, path]."""
import numpy as np

TINY = 1e-30


def ratio(xp, a, b):
    """a / b where 0 <= a <= b or b > 0; 0 / 0 = 0."""
    q = xp.maximum(b, b.dtype.type(TINY))
    xp.divide(a, q, out=q)
    return q


def apply_contracts(xp, model, t, own, g0):
    """Turn `own` [gen from g0 on, firm, region, path] into what is held: own - given + received. No reserve yet."""
    shares = [c for c in model.share_contracts if c[0] <= t < c[1]]
    blocks = [c for c in model.mw_contracts if c[0] <= t < c[1]]
    dt = own.dtype.type
    given = np.zeros(model.F)
    for _, _, a, _, s in shares:
        given[a] += s
    received = [(own[:, b], own[:, a] * dt(s)) for _, _, a, b, s in shares]
    if given.any():
        for a in np.flatnonzero(given):
            own[:, a] *= dt(max(0.0, 1.0 - given[a]))
    asked = {}
    for _, _, a, b, g, r, size in blocks:
        if g0 <= g < g0 + len(own):
            asked.setdefault((a, g - g0, r), []).append((b, size))
    for (a, g, r), takers in asked.items():
        total = sum(s for _, s in takers)
        if total <= 0:
            continue
        remain = own[g, a, r]
        taken = xp.minimum(remain, dt(total))
        remain -= taken
        for b, s in takers:
            received.append((own[g, b, r], taken * dt(s / total)))
    for view, part in received:
        view += part
    return own


def allocate(xp, old, new, flexible, frontier, training, psi):
    """Section 4. old, new (consumed: they become the spare), flexible, frontier: [firm, region, path]; training: [firm, path].

    Returns what is unserved: frontier-only, flexible, training."""
    dt = old.dtype.type
    s = xp.minimum(flexible, old)
    u_a = flexible - s
    old -= s
    total = new.sum(axis=1)
    s_t = xp.minimum(training, total)
    u_t = training - s_t
    new *= (1 - ratio(xp, s_t, total))[:, None]
    want = frontier + u_a
    xp.minimum(want, new, out=s)
    new -= s
    keep = ratio(xp, s, want)
    xp.subtract(dt(1), keep, out=keep)
    u_n = frontier * keep
    u_a *= keep
    if old.shape[1] > 1 and psi > 0:
        carry(xp, new, None, u_n, frontier, psi)
        carry(xp, new, old, u_a, flexible, psi)
    return u_n, u_a, u_t


def carry(xp, new, old, unserved, demand, psi):
    """Step 4 for one kind of inference: the portable part runs on what is left anywhere."""
    part = demand * demand.dtype.type(psi)
    xp.minimum(part, unserved, out=part)
    want = part.sum(axis=1)
    room = new.sum(axis=1)
    if old is not None:
        room += old.sum(axis=1)
    s = xp.minimum(want, room)
    part *= ratio(xp, s, want)[:, None]
    unserved -= part
    xp.maximum(unserved, unserved.dtype.type(0), out=unserved)
    left = 1 - ratio(xp, s, room)
    new *= left[:, None]
    if old is not None:
        old *= left[:, None]


def market(xp, offer, old, new, u_n, u_a, u_t):
    """Section 6. offer: [firm, path], 0 where the firm does not sell.

    Returns sold old, sold new [firm, region, path], bought [firm, path], and what the market filled in all [path]."""
    o_old, o_new = old * offer[:, None], new * offer[:, None]
    s_old, s_new = o_old.sum(axis=0), o_new.sum(axis=0)
    t_a, t_n, t_t = u_a.sum(axis=0), u_n.sum(axis=0), u_t.sum(axis=0)
    m1 = xp.minimum(s_old, t_a)
    need = xp.maximum(t_a - m1, 0) + t_n
    m2 = xp.minimum(s_new, need)
    room_r = s_new - m2
    room = room_r.sum(axis=0)
    m3 = xp.minimum(room, t_t)
    f1, f2, f3 = ratio(xp, m1, t_a), ratio(xp, m2, need), ratio(xp, m3, t_t)
    share_a = f1 + (1 - f1) * f2
    got = u_a * share_a
    got += u_n * f2
    bought = got.sum(axis=1)
    bought += u_t * f3
    o_old *= ratio(xp, m1, s_old)
    m2 += room_r * ratio(xp, m3, room)
    o_new *= ratio(xp, m2, s_new)
    f2 *= need
    filled = m1.sum(axis=0) + f2.sum(axis=0) + m3
    return o_old, o_new, bought, filled
