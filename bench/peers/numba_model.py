#!/usr/bin/python3
"""The Numba peer: one fused loop over the months of a path, paths in parallel with prange, float32, fastmath.

    numba_model.py CONFIG [--paths N] [--seed S] [--threads N] [--warm] [--json] [--output FILE]

Without --warm the time taken includes compiling, as it does in a process of its own.
"""
import collections
import math
import sys

import numba
import numpy as np
from numba import njit, prange

import flat_run
from flat_model import (ALL, BATCHES, CONDITION, FAN_BINS, NOT, SERIES, tally_shapes)

F4 = np.float32
TINY = F4(1e-30)
S = {name: i for i, name in enumerate(SERIES)}
(GAP, SLACK, UNMET, PRICE, DEMAND, SUPPLY, SHORTAGE, _, _, BALANCED, REGIME, LATE_MW, STRANDED_MW, LATE_SHARE, STRANDED_SHARE, SPARE, UNSOLD, IDLE,
 UTILISATION, SELLING, STARTS, UNMET_SHARE, BOUGHT_SHARE, PRESSURE, BUILD_RESPONSE) = range(len(SERIES))
# single numbers of a path, in w.s
X_DEMAND, X_SUPPLY, X_GAP, X_SLACK, X_PRICE, X_RATIO, X_LEFT, X_USABLE, X_Y, X_LOGQ, X_G = range(11)
# rows of the tables of a path: by firm, by firm and region, by region, by entry of a map, by node of an event, by question
(I_X, I_UT, I_OFFER, I_INFERENCE, I_TRAIN, I_CAPACITY, I_SPARE, I_UNSOLD, I_UNMET, I_BOUGHT, I_PRESSURE, I_Y_F, I_SERVED,
 I_GIVEN) = range(14)
(I_RUN, I_SELLING, I_STARTS) = range(3)
(I_OLD_U, I_NEW_U, I_SPARE_OLD, I_SPARE_NEW, I_UN, I_UA, I_SOLD_OLD, I_SOLD_NEW, I_R_OLD, I_R_NEW, I_U_OLD, I_U_NEW) = range(12)
(I_PART, I_M2, I_SHARE_OLD, I_SHARE_A, I_SHARE_N, I_OLD_OFFER, I_NEW_OFFER, I_TN, I_TA) = range(9)
(I_E_RUN, I_E_BOTH, I_E_IDLE) = range(3)
(I_YES, I_NO, I_N_RUN, I_N_SINCE) = range(4)
(I_P_EVER, I_P_N) = range(2)
(I_COME, I_GAIN), (I_TAU, I_SIZE), (I_LATE_D, I_STRANDED_D) = range(2), range(2), range(2)
fast = njit(fastmath=True, inline="never")
Work = collections.namedtuple("Work", "firm site region ready a factor delta own_now own held levels lateness training scale launched surges slots "
                                      "value late stranded taken s firm_n entry node question bind alive seen n")


def shapes_of(k):
    """Of a path's tables: name -> shape."""
    F, R, G, T, n = k["F"], k["R"], k["G"], k["T"], k["n_phases"]
    FR, cells, one = F * R, F * R * G, lambda v: max(1, v)
    return {"firm": (14, F), "site": (12, FR), "region": (9, R), "ready": n, "a": 4 * n, "factor": G + R, "delta": cells * T, "own_now": cells,
            "own": cells, "held": cells, "levels": (2, cells + FR + F * G + F), "lateness": (2, 4 * (T + 1)), "training": F * T, "scale": F * T,
            "launched": (2, one(k["n_launches"])), "surges": (2, one(16 * k["n_demand"])),
            "slots": one(k["n_slots"]), "value": one(k["n_names"] * k["n_pattern"]), "late": 4, "stranded": 4, "taken": one(k["n_blocks"]), "s": 16,
            "firm_n": (3, F), "entry": (3, one(k["n_entry"])), "node": (4, one(k["n_nodes"])), "question": (2, one(k["n_prob"])),
            "bind": n, "alive": n, "seen": one(k["n_piece"] + 2 * k["n_pattern"]), "n": 4}


@fast
def normal():
    return F4(np.random.standard_normal())


@fast
def lognormal(median, sigma):
    if median == 0 or sigma == 0:
        return median
    return median * F4(math.exp(sigma * normal()))


@fast
def clip(x, a, b):
    return F4(min(max(x, a), b))


@fast
def ratio(a, b):
    return F4(a / b) if b > 0 else F4(0)


@fast
def book(delta, lateness, ready_at, gpu, bind, alive, j, scale):
    """A phase's usable share in its cell, as differences from month to month; and what of it is late."""
    if not alive[j]:
        return
    g, T = K_PH_GEN[j], K_T
    cells = K_G * K_F * K_R
    cell = (g * K_F + K_PH_FIRM[j]) * K_R + K_PH_REGION[j]
    end = min(K_RETIRES[g], T)
    mw = K_PH_MW[j] * scale
    ready = ready_at[j]
    before = F4(0)
    t = max(0, K_PH_PLANNED[j])
    if ready - 1 > t:
        t = end if ready - 1 > end else max(0, int(math.floor(ready)) - 1)
    while t < end and before < 1:
        up = clip((t + 1 - ready) / K_RAMP[g], F4(0), F4(1))
        delta[t * cells + cell] += (up - before) * mw * K_KH[g]
        before = up
        t += 1
    start = max(0, K_PH_PLANNED[j] - 1)
    if start >= end or ready <= start + 1:
        return
    stop = int(min(math.ceil(ready) - 1, end))
    since = max(start, int(min(math.ceil(gpu[j]) - 1, 1e6)))
    lateness[I_LATE_D, start * 4 + bind[j]] += mw
    lateness[I_LATE_D, stop * 4 + bind[j]] -= mw
    if since < stop:
        lateness[I_STRANDED_D, since * 4 + bind[j]] += mw
        lateness[I_STRANDED_D, stop * 4 + bind[j]] -= mw


@fast
def draw_phases(w):
    n = K_N_PHASES
    common = normal()
    for l in range(4):
        s = K_SLIP[l]
        if s[6] == 0:
            for j in range(n):
                w.a[l * n + j] = K_PH_PLANNED[j] + s[7]
            continue
        for i in range(K_G if l == 0 else 1 if l == 3 else K_R):
            w.factor[i] = s[2] * (K_FACTOR[0] * common + K_FACTOR[1] * normal())
        for j in range(n):
            own = K_PH_GEN[j] if l == 0 else 0 if l == 3 else K_PH_REGION[j]
            z = w.factor[own] + s[3] * normal()
            w.a[l * n + j] = K_PH_PLANNED[j] + max(F4(0), min(F4(math.exp(s[0] + s[1] * z)), s[5]) - s[4])
    for i in range(K_N_SUPPLY):
        s = K_SUPPLY[i]
        if s[0] <= 0:
            continue
        tau, layer = F4(0), int(s[5]) * n
        for _ in range(int(s[1])):
            tau += F4(np.random.standard_exponential()) * s[0]
            delay = lognormal(s[2], s[3])
            for r in range(int(s[6]), int(s[6]) + int(s[7])):
                at = layer + K_SUPPLY_ROWS[r]
                if tau < w.a[at] <= tau + s[4]:
                    w.a[at] += delay
    for j in range(n):
        late, b = w.a[j], 0
        for l in range(1, 4):
            if w.a[l * n + j] > late:
                late, b = w.a[l * n + j], l
        w.ready[j], w.bind[j] = late, b
        w.alive[j] = np.random.random() >= K_PH_CANCEL[j]


@fast
def begin(w):
    T = K_T
    draw_phases(w)
    w.lateness[:, :] = 0
    for array in (w.delta, w.value, w.late, w.stranded, w.s):
        array[:] = 0
    for table in (w.firm_n, w.entry, w.node, w.question):
        table[:, :] = 0
    w.seen[:] = 0
    w.n[:] = 0
    w.node[I_N_SINCE, :] = 1 << 24
    w.own_now[:] = K_INSTALLED.ravel()
    for j in range(K_N_PHASES):
        if K_PH_DECIDED[j] < 0:
            book(w.delta, w.lateness, w.ready, w.a, w.bind, w.alive, j, F4(1))
    at = 0
    for i in range(K_N_DEMAND):
        s, tau = K_SURGE[i], F4(0)
        for _ in range(int(s[1])):
            tau += F4(np.random.standard_exponential()) * s[0] if s[0] > 0 else F4(1e9)
            w.surges[I_TAU, at] = tau
            w.surges[I_SIZE, at] = s[2] * F4(math.exp(s[3] * normal()))
            at += 1
    for i in range(K_N_LAUNCHES):
        l = K_LAUNCH[i]
        w.launched[I_COME, i] = l[1] + lognormal(l[4], l[5])
        w.launched[I_GAIN, i] = lognormal(l[2], l[6])
    for f in range(K_F):
        for t in range(T):
            w.training[f * T + t] = K_RESEARCH[f, t]
    for i in range(K_N_CAMPAIGNS):
        c = K_CAMPAIGN[i]
        start = c[1] + lognormal(c[4], c[5])
        end = start + lognormal(c[6], c[7])
        need = lognormal(c[2], c[3])
        for t in range(max(0, int(math.ceil(start))), min(T, int(math.ceil(end)))):
            w.training[int(c[0]) * T + t] += need


@fast
def demand_month(w, t):
    regime = 0
    if K_N_REGIMES > 1:
        u = np.random.random()
        before = w.n[0]
        while regime < K_N_REGIMES - 1 and u >= (K_INITIAL[regime] if t == 0 else K_MONTHLY[before, regime]):
            regime += 1
    w.n[0] = regime
    if t > 0:
        w.s[X_G] += K_DRIFT[t] + K_GROWTH[regime] + K_SCALARS[0] * normal()
    h, at = F4(0), 0
    for i in range(K_N_DEMAND):
        for _ in range(int(K_SURGE[i, 1])):
            if t > w.surges[I_TAU, at]:
                h += w.surges[I_SIZE, at] * clip((t - w.surges[I_TAU, at]) * K_SURGE[i, 4], F4(0), F4(1))
            at += 1
    for f in range(K_F):
        w.firm[I_INFERENCE, f] = 0
        if K_BASE[f, t] > 0 or K_BASE[f, 0] > 0:
            w.firm[I_X, f] = K_SCALARS[2] * normal() if t == 0 else K_SCALARS[1] * w.firm[I_X, f] + K_FIRM[f, 0] * normal()
            w.firm[I_INFERENCE, f] = K_BASE[f, t] * F4(math.exp(K_FIRM[f, 1] * (w.s[X_G] + h) + w.firm[I_X, f] - K_SCALARS[3] * w.s[X_LOGQ]))
        w.firm[I_TRAIN, f] = w.training[f * K_T + t] * (K_TRAIN_FACTOR[regime] if K_TRAINS[f] else F4(1))
        w.firm[I_GIVEN, f] = 1
    for i in range(K_N_LAUNCHES):
        if t > w.launched[I_COME, i]:
            w.firm[I_GIVEN, int(K_LAUNCH[i, 0])] += w.launched[I_GAIN, i] * clip((t - w.launched[I_COME, i]) * K_LAUNCH[i, 3], F4(0), F4(1))
    for f in range(K_F):
        w.firm[I_INFERENCE, f] *= w.firm[I_GIVEN, f] * K_LAUNCH_PLAN[f, t]


@fast
def capacity_month(w, t):
    F, R, G = K_F, K_R, K_G
    FR, usable = F * R, F4(0)
    for g in range(G):
        total = F4(0)
        for i in range(g * FR, (g + 1) * FR):
            w.own_now[i] += w.delta[t * G * FR + i]
            w.own[i] = max(w.own_now[i], F4(0)) if t < K_RETIRES[g] else F4(0)
            w.held[i] = w.own[i]
            total += w.own[i]
        usable += total / K_KH[g]
    w.s[X_USABLE] = usable
    w.firm[I_GIVEN, :] = 0
    for i in range(K_N_SHARES):
        c = K_SHARE_CONTRACT[i]
        if c[0] <= t < c[1]:
            w.firm[I_GIVEN, int(c[2])] += c[4]
    for f in range(F):
        if w.firm[I_GIVEN, f] > 0:
            for g in range(G):
                for r in range(R):
                    w.held[(g * F + f) * R + r] *= max(F4(0), 1 - w.firm[I_GIVEN, f])
    for i in range(K_N_BLOCKS):
        c = K_BLOCK_CONTRACT[i]
        w.taken[i] = 0
        if c[0] <= t < c[1]:
            total = F4(0)
            for b in range(K_N_BLOCKS):
                d = K_BLOCK_CONTRACT[b]
                if d[0] <= t < d[1] and d[2] == c[2] and d[4] == c[4] and d[5] == c[5]:
                    total += d[6]
            remain = w.held[(int(c[4]) * F + int(c[2])) * R + int(c[5])]
            w.taken[i] = min(remain, total) * c[6] / total if total > 0 else F4(0)
    for f in range(F):
        own = F4(0)
        for g in range(G):
            for r in range(R):
                own += w.own[(g * F + f) * R + r]
        w.firm[I_GIVEN, f] *= own
    for i in range(K_N_SHARES):
        c = K_SHARE_CONTRACT[i]
        if c[0] <= t < c[1]:
            for g in range(G):
                for r in range(R):
                    w.held[(g * F + int(c[3])) * R + r] += c[4] * w.own[(g * F + int(c[2])) * R + r]
    for i in range(K_N_BLOCKS):
        if w.taken[i] > 0:
            c = K_BLOCK_CONTRACT[i]
            at = int(c[4]) * FR + int(c[5])
            w.held[at + int(c[2]) * R] -= w.taken[i]
            w.held[at + int(c[3]) * R] += w.taken[i]
            w.firm[I_GIVEN, int(c[2])] += w.taken[i]
    w.site[I_OLD_U, :] = 0
    w.site[I_NEW_U, :] = 0
    for g in range(G):
        for f in range(F):
            for r in range(R):
                i = (g * F + f) * R + r
                w.held[i] = max(w.held[i], F4(0)) * K_FIRM[f, 3]
                if g < K_FRONTIER[t]:
                    w.site[I_OLD_U, f * R + r] += w.held[i]
                else:
                    w.site[I_NEW_U, f * R + r] += w.held[i]
    for f in range(F):
        w.firm[I_CAPACITY, f] = 0
        for i in range(f * R, (f + 1) * R):
            w.firm[I_CAPACITY, f] += w.site[I_OLD_U, i] + w.site[I_NEW_U, i]


@fast
def carry(site, region, inference, f, flexible):
    """Step 4 for one kind of inference."""
    R, psi, share = K_R, K_SCALARS[5], K_FIRM[f, 2]
    want = room = F4(0)
    for r in range(R):
        i = f * R + r
        demand = inference * K_DEMAND_SHARE[f, r]
        demand *= 1 - share if flexible else share
        region[I_PART, r] = min(demand * psi, site[I_UA, i] if flexible else site[I_UN, i])
        want += region[I_PART, r]
        room += site[I_SPARE_NEW, i] + (site[I_SPARE_OLD, i] if flexible else F4(0))
    used = min(want, room)
    if not used > 0:
        return
    served, left = used / want, 1 - used / room
    for r in range(R):
        i = f * R + r
        if flexible:
            site[I_UA, i] = max(F4(0), site[I_UA, i] - region[I_PART, r] * served)
            site[I_SPARE_OLD, i] *= left
        else:
            site[I_UN, i] = max(F4(0), site[I_UN, i] - region[I_PART, r] * served)
        site[I_SPARE_NEW, i] *= left


@fast
def allocate(w):
    R = K_R
    for f in range(K_F):
        total = F4(0)
        for r in range(R):
            i = f * R + r
            flexible = w.firm[I_INFERENCE, f] * K_DEMAND_SHARE[f, r] * (1 - K_FIRM[f, 2])
            s = min(flexible, w.site[I_OLD_U, i])
            w.site[I_UA, i] = flexible - s
            w.site[I_SPARE_OLD, i] = w.site[I_OLD_U, i] - s
            w.site[I_SPARE_NEW, i] = w.site[I_NEW_U, i]
            total += w.site[I_NEW_U, i]
        trained = min(w.firm[I_TRAIN, f], total)
        left = 1 - ratio(trained, total)
        w.firm[I_UT, f] = w.firm[I_TRAIN, f] - trained
        for r in range(R):
            i = f * R + r
            frontier = w.firm[I_INFERENCE, f] * K_DEMAND_SHARE[f, r] * K_FIRM[f, 2]
            new = w.site[I_SPARE_NEW, i] * left
            want = frontier + w.site[I_UA, i]
            s = min(want, new)
            keep = 1 - ratio(s, want)
            w.site[I_SPARE_NEW, i] = new - s
            w.site[I_UN, i] = frontier * keep
            w.site[I_UA, i] *= keep
        if R > 1 and K_SCALARS[5] > 0:
            carry(w.site, w.region, w.firm[I_INFERENCE, f], f, False)
            carry(w.site, w.region, w.firm[I_INFERENCE, f], f, True)
        spare, unmet = F4(0), w.firm[I_UT, f]
        for i in range(f * R, (f + 1) * R):
            spare += w.site[I_SPARE_OLD, i] + w.site[I_SPARE_NEW, i]
            unmet += w.site[I_UN, i] + w.site[I_UA, i]
        w.firm[I_SPARE, f], w.firm[I_UNMET, f] = spare, unmet
        w.firm[I_SERVED, f] = w.firm[I_INFERENCE, f] - (unmet - w.firm[I_UT, f])


@fast
def balance(w, t):
    F = K_F
    demand = supply = F4(0)
    for f in range(F):
        demand += w.firm[I_INFERENCE, f] + w.firm[I_TRAIN, f]
        supply += w.firm[I_CAPACITY, f]
    q = clip(demand / max(supply, TINY), F4(1e-6), F4(1e6))
    log_q = F4(math.log(q))
    log_price = clip(K_MARKET[0] * log_q, K_MARKET[1], K_MARKET[2])
    if demand <= 0 and supply <= 0:
        log_price = K_MARKET[1]
    s = w.s
    s[X_DEMAND], s[X_SUPPLY], s[X_RATIO], s[X_PRICE] = demand, supply, q, math.exp(log_price)
    s[X_GAP] = max((demand - supply) / max(demand, TINY), F4(-1e6))
    s[X_SLACK] = max((supply - demand) / max(supply, TINY), F4(-1e6))
    a = K_RESPONSE[0]
    s[X_Y] = log_q if t == 0 else s[X_Y] + a * (log_q - s[X_Y])
    for f in range(F):
        u = w.firm[I_CAPACITY, f]
        w.firm[I_PRESSURE, f] = clip((w.firm[I_INFERENCE, f] + w.firm[I_TRAIN, f]) / u if u > 0 else q, F4(1e-6), F4(1e6))
        own = F4(math.log(w.firm[I_PRESSURE, f]))
        w.firm[I_Y_F, f] = own if t == 0 else w.firm[I_Y_F, f] + a * (own - w.firm[I_Y_F, f])
        if K_DECIDED_MW[t, f] > 0:
            omega = K_FIRM[f, 6]
            w.scale[t * F + f] = clip(math.exp(K_RESPONSE[1] * (omega * w.firm[I_Y_F, f] + (1 - omega) * s[X_Y])), K_RESPONSE[2], K_RESPONSE[3])
    for i in range(K_DECIDED_FROM[t], K_DECIDED_FROM[t + 1]):
        j = K_DECIDED[i]
        book(w.delta, w.lateness, w.ready, w.a, w.bind, w.alive, j, w.scale[t * F + K_PH_FIRM[j]])
    s[X_LOGQ] += K_SCALARS[4] * (log_price - s[X_LOGQ])
    for l in range(4):
        w.late[l] += w.lateness[I_LATE_D, t * 4 + l]
        w.stranded[l] += w.lateness[I_STRANDED_D, t * 4 + l]


@fast
def sell(w, t):
    F, R, need = K_F, K_R, int(K_MARKET[3])
    w.region[I_OLD_OFFER, :] = 0
    w.region[I_NEW_OFFER, :] = 0
    w.region[I_TN, :] = 0
    w.region[I_TA, :] = 0
    tt = F4(0)
    for f in range(F):
        ok = w.firm[I_CAPACITY, f] > 0 and w.s[X_PRICE] * w.firm[I_SPARE, f] >= K_FIRM[f, 5] * w.firm[I_CAPACITY, f]
        w.firm_n[I_RUN, f] = 0 if not ok else need if t == 0 else min(need, w.firm_n[I_RUN, f] + 1)
        sells = 1 if w.firm_n[I_RUN, f] >= need or K_MERCHANT[f] else 0
        w.firm_n[I_STARTS, f] = 1 if t > 0 and sells and not w.firm_n[I_SELLING, f] else 0
        w.firm_n[I_SELLING, f] = sells
        w.firm[I_OFFER, f] = K_FIRM[f, 4] if sells else F4(0)
        for r in range(R):
            i = f * R + r
            w.region[I_OLD_OFFER, r] += w.firm[I_OFFER, f] * w.site[I_SPARE_OLD, i]
            w.region[I_NEW_OFFER, r] += w.firm[I_OFFER, f] * w.site[I_SPARE_NEW, i]
            w.region[I_TN, r] += w.site[I_UN, i]
            w.region[I_TA, r] += w.site[I_UA, i]
        tt += w.firm[I_UT, f]
    room = left = F4(0)
    for r in range(R):
        m1 = min(w.region[I_OLD_OFFER, r], w.region[I_TA, r])
        want = w.region[I_TA, r] - m1 + w.region[I_TN, r]
        w.region[I_M2, r] = min(w.region[I_NEW_OFFER, r], want)
        w.region[I_SHARE_N, r] = ratio(w.region[I_M2, r], want)
        first = ratio(m1, w.region[I_TA, r])
        w.region[I_SHARE_A, r] = first + (1 - first) * w.region[I_SHARE_N, r]
        w.region[I_SHARE_OLD, r] = ratio(m1, w.region[I_OLD_OFFER, r])
        room += w.region[I_NEW_OFFER, r] - w.region[I_M2, r]
        left += want - w.region[I_M2, r]
    m3 = min(room, tt)
    share_t, taken = ratio(m3, tt), ratio(m3, room)
    w.s[X_LEFT] = ratio(max(F4(0), left + tt - m3), w.s[X_DEMAND])
    for f in range(F):
        bought, unsold = w.firm[I_UT, f] * share_t, F4(0)
        for r in range(R):
            i = f * R + r
            bought += w.site[I_UN, i] * w.region[I_SHARE_N, r] + w.site[I_UA, i] * w.region[I_SHARE_A, r]
            w.site[I_SOLD_OLD, i] = w.site[I_SPARE_OLD, i] * (1 - w.firm[I_OFFER, f] * w.region[I_SHARE_OLD, r])
            w.site[I_SOLD_NEW, i] = w.site[I_SPARE_NEW, i] * (1 - w.firm[I_OFFER, f] * min(F4(1), ratio(w.region[I_M2, r] + (w.region[I_NEW_OFFER, r] - w.region[I_M2, r]) * taken, w.region[I_NEW_OFFER, r])))
            unsold += w.site[I_SOLD_OLD, i] + w.site[I_SOLD_NEW, i]
            w.site[I_R_OLD, i] = ratio(w.site[I_SPARE_OLD, i], w.site[I_OLD_U, i])
            w.site[I_R_NEW, i] = ratio(w.site[I_SPARE_NEW, i], w.site[I_NEW_U, i])
            w.site[I_U_OLD, i] = ratio(w.site[I_SOLD_OLD, i], w.site[I_OLD_U, i])
            w.site[I_U_NEW, i] = ratio(w.site[I_SOLD_NEW, i], w.site[I_NEW_U, i])
        w.firm[I_BOUGHT, f], w.firm[I_UNSOLD, f] = bought, unsold
    th = K_THRESHOLDS
    w.n[1] = 0 if w.s[X_GAP] >= th[0] else 1 if w.s[X_SLACK] >= th[1] else 2 if w.s[X_LEFT] >= th[2] else 3


@fast
def amounts(w, t, unsold, f, r, g):
    """What is left of a firm's (region's, generation's) capacity, and that capacity."""
    R = K_R
    lo, hi = (0, R) if r < 0 else (r, r + 1)
    top = whole = F4(0)
    for i in range(f * R + lo, f * R + hi):
        if g < 0:
            top += w.site[I_SOLD_OLD, i] + w.site[I_SOLD_NEW, i] if unsold else w.site[I_SPARE_OLD, i] + w.site[I_SPARE_NEW, i]
            whole += w.site[I_OLD_U, i] + w.site[I_NEW_U, i]
        else:
            u = w.held[g * K_F * R + i]
            if g < K_FRONTIER[t]:
                top += u * (w.site[I_U_OLD, i] if unsold else w.site[I_R_OLD, i])
            else:
                top += u * (w.site[I_U_NEW, i] if unsold else w.site[I_R_NEW, i])
            whole += u
    return top, whole


@fast
def layers(mw, layer):
    return mw[layer] if layer >= 0 else mw[0] + mw[1] + mw[2] + mw[3]


@fast
def series(w, t, slot):
    what, f, layer = slot[0], slot[1], slot[4]
    if what == GAP:
        return w.s[X_GAP]
    if what == SLACK:
        return w.s[X_SLACK]
    if what == UNMET:
        return w.s[X_LEFT]
    if what == PRICE:
        return w.s[X_PRICE]
    if what == DEMAND:
        return w.s[X_DEMAND]
    if what == SUPPLY:
        return w.s[X_SUPPLY]
    if SHORTAGE <= what <= BALANCED:
        return F4(w.n[1] == what - SHORTAGE)
    if what == REGIME:
        return F4(w.n[0] == slot[5])
    if what == LATE_MW:
        return layers(w.late, layer)
    if what == STRANDED_MW:
        return layers(w.stranded, layer)
    if what == LATE_SHARE:
        return ratio(layers(w.late, layer), w.s[X_USABLE] + layers(w.late, -1))
    if what == STRANDED_SHARE:
        return ratio(layers(w.stranded, layer), w.s[X_USABLE] + layers(w.late, -1))
    if what == SELLING:
        return F4(w.firm_n[I_SELLING, f])
    if what == STARTS:
        return F4(w.firm_n[I_STARTS, f])
    if what == UNMET_SHARE:
        return ratio(w.firm[I_UNMET, f], w.firm[I_INFERENCE, f] + w.firm[I_TRAIN, f])
    if what == BOUGHT_SHARE:
        return ratio(w.firm[I_BOUGHT, f], w.firm[I_INFERENCE, f] + w.firm[I_TRAIN, f])
    if what == PRESSURE:
        return w.firm[I_PRESSURE, f]
    if what == BUILD_RESPONSE:
        top = whole = F4(0)
        for s in range(max(0, t - 11), t + 1):
            if K_DECIDED_MW[s, f] > 0:
                top += K_DECIDED_MW[s, f] * w.scale[s * K_F + f]
                whole += K_DECIDED_MW[s, f]
        return F4(top / whole) if whole > 0 else F4(1)
    top, whole = amounts(w, t, what == UNSOLD or (what == IDLE and K_MERCHANT[f] != 0), f, slot[2], slot[3])
    return 1 - ratio(top, whole) if what == UTILISATION else ratio(top, whole)


@fast
def events_month(w, t):
    for i in range(K_N_SLOTS):
        w.slots[i] = series(w, t, K_SLOT[i])
    for i in range(K_N_NODES):
        node = K_NODE[i]
        yes = no = 0
        if node[4] <= t <= node[5]:
            if node[0] == CONDITION:
                yes = 1 if (w.slots[node[1]] >= K_LIMIT[i]) == (node[2] != 0) else 0
                no = 1 - yes
            else:
                first = node[6]
                yes, no = w.node[I_YES, K_CHILD[first]], w.node[I_NO, K_CHILD[first]]
                for c in range(first + 1, first + node[7]):
                    if node[0] == ALL:
                        yes, no = yes & w.node[I_YES, K_CHILD[c]], no | w.node[I_NO, K_CHILD[c]]
                    else:
                        yes, no = yes | w.node[I_YES, K_CHILD[c]], no & w.node[I_NO, K_CHILD[c]]
                if node[0] == NOT:
                    yes, no = no, yes
                if node[3] > 1:
                    w.node[I_N_RUN, i] = w.node[I_N_RUN, i] + 1 if yes else 0
                    w.node[I_N_SINCE, i] = 0 if no else w.node[I_N_SINCE, i] + 1
                    yes, no = (1 if w.node[I_N_RUN, i] >= node[3] else 0), (1 if w.node[I_N_SINCE, i] < node[3] else 0)
        w.node[I_YES, i], w.node[I_NO, i] = yes, no


@fast
def names_month(w, t):
    for p in range(K_N_PATTERN):
        at = t - K_PATTERN[p, 2]
        if 0 <= at < K_HORIZON:
            for i in range(K_N_NAMES):
                n = K_NAME[i]
                f = int(n[1])
                if n[0] == 0:
                    w.value[p * K_N_NAMES + i] += K_DISCOUNT[at] * (n[2] * w.firm[I_GIVEN, f] + n[3] * w.s[X_PRICE] * (w.firm[I_SPARE, f] - w.firm[I_UNSOLD, f])
                                                                    + n[4] * w.firm[I_SERVED, f] + n[5])


@fast
def names_path(w):
    for p in range(K_N_PATTERN):
        for i in range(K_N_NAMES):
            n = K_NAME[i]
            if n[0] == 0:
                continue
            for j in range(K_N_PHASES):
                decided = K_PH_DECIDED[j]
                when = K_PH_PLANNED[j] - int(n[1])
                if decided >= 0:
                    when = max(when, decided)
                at = when - K_PATTERN[p, 2]
                if 0 <= at < K_HORIZON and when < K_T and w.alive[j]:
                    scale = w.scale[decided * K_F + K_PH_FIRM[j]] if decided >= 0 else F4(1)
                    w.value[p * K_N_NAMES + i] += K_DISCOUNT[at] * scale * K_PH_MW[j] * n[2 + K_PH_GEN[j]]


@fast
def map_levels(site, held, levels, t, what):
    """A map's numerators and capacities: by cell, by site, by firm and generation, by firm, one behind the other."""
    F, R, G = K_F, K_R, K_G
    FR = F * R
    for f in range(F):
        unsold = what == UNSOLD or (what == IDLE and K_MERCHANT[f] != 0)
        i_old, i_new = (I_SOLD_OLD, I_SOLD_NEW) if unsold else (I_SPARE_OLD, I_SPARE_NEW)
        r_old, r_new = (I_U_OLD, I_U_NEW) if unsold else (I_R_OLD, I_R_NEW)
        all_top = all_whole = F4(0)
        for i in range(f * R, (f + 1) * R):
            top, whole = site[i_old, i] + site[i_new, i], site[I_OLD_U, i] + site[I_NEW_U, i]
            levels[0, G * FR + i], levels[1, G * FR + i] = top, whole
            all_top += top
            all_whole += whole
        levels[0, (G + 1) * FR + F * G + f], levels[1, (G + 1) * FR + F * G + f] = all_top, all_whole
        for g in range(G):
            share = r_old if g < K_FRONTIER[t] else r_new
            all_top = all_whole = F4(0)
            for i in range(f * R, (f + 1) * R):
                u = held[g * FR + i]
                top = u * site[share, i]
                levels[0, g * FR + i], levels[1, g * FR + i] = top, u
                all_top += top
                all_whole += u
            levels[0, (G + 1) * FR + f * G + g], levels[1, (G + 1) * FR + f * G + g] = all_top, all_whole


@fast
def map_entries(levels, entry, both, t, state, q):
    limit, months = K_MAP[q, 1], int(K_MAP[q, 2])
    for e in range(int(K_MAP[q, 3]), int(K_MAP[q, 4])):
        top, whole = levels[0, K_ENTRY_AT[e]], levels[1, K_ENTRY_AT[e]]
        idle = (whole > 0 and top >= limit * whole) if limit > 0 else True
        entry[I_E_RUN, e] = entry[I_E_RUN, e] + 1 if idle else 0
        if entry[I_E_RUN, e] >= months:
            both[e, t, state] += 1
            entry[I_E_IDLE, e] += 1
            entry[I_E_BOTH, e] += 1 if state == 0 else 0


@fast
def maps_month(w, y, t):
    for q in range(K_N_MAP):
        map_levels(w.site, w.held, w.levels, t, int(K_MAP[q, 0]))
        map_entries(w.levels, w.entry, y.both, t, w.n[1], q)


def entry_places(k):
    """Where each entry of a map stands among the levels."""
    F, R, G = k["F"], k["R"], k["G"]
    out = []
    for f, r, g in k["entry"]:
        if g >= 0:
            out.append((g * F + f) * R + r if r >= 0 else (G + 1) * F * R + f * G + g)
        else:
            out.append(G * F * R + f * R + r if r >= 0 else (G + 1) * F * R + F * G + f)
    return np.array(out or [0], np.int64)


@fast
def tally_month(w, y, t):
    state = w.n[1]
    y.states[t, state] += 1
    w.n[2] += 1 if state == 0 else 0
    for l in range(4):
        y.late[t, l] += w.late[l]
        y.stranded[t, l] += w.stranded[l]
    y.gaps[t, 0] += max(F4(0), w.s[X_DEMAND] - w.s[X_SUPPLY])
    y.gaps[t, 1] += max(F4(0), w.s[X_SUPPLY] - w.s[X_DEMAND])
    for i in range(K_N_PROB):
        if w.node[I_YES, K_PROB[i]]:
            y.p_month[i, t] += 1
            y.p_first[i, t] += 1 - w.question[I_P_EVER, i]
            w.question[I_P_EVER, i] = 1
            w.question[I_P_N, i] += 1
    for i in range(K_N_PIECE):
        w.seen[i] |= w.node[I_YES, K_PIECE[i]]
    for i in range(K_N_PATTERN):
        w.seen[K_N_PIECE + 2 * i] |= w.node[I_YES, K_PATTERN[i, 0]]
        w.seen[K_N_PIECE + 2 * i + 1] |= w.node[I_YES, K_PATTERN[i, 1]]
    for i in range(K_N_FAN):
        v = w.slots[K_FAN[i, 0]]
        x = (v + 4) * F4(FAN_BINS / 5) if K_FAN[i, 1] else F4((math.log10(max(v, F4(1e-9))) + 3) * (FAN_BINS / 9))
        y.bins[i, t, 0 if x < 0 else FAN_BINS + 1 if x >= FAN_BINS else 1 + int(x)] += 1


@fast
def tally_path(w, y, path):
    b = float(w.n[2])
    for i in range(K_N_PROB):
        y.p_sums[i, 0] += w.question[I_P_N, i]
        y.p_sums[i, 1] += w.question[I_P_N, i] * w.question[I_P_N, i]
    for e in range(K_N_ENTRY):
        a, c = float(w.entry[I_E_BOTH, e]), float(w.entry[I_E_IDLE, e])
        m = y.m_sums[e]
        m[0] += 1.0 if a > 0 else 0.0
        m[1] += a
        m[2] += a * a
        m[3] += a * b
        m[4] += a * c
        m[5] += c
        m[6] += c * c
    y.m_short[0] += b
    y.m_short[1] += b * b
    for i in range(K_N_CASE):
        code = 0
        for p in range(K_CASE[i, 1]):
            code |= w.seen[K_CASE[i, 0] + p] << p
        y.table[i, code] += 1
    for i in range(K_N_PATTERN):
        at = K_N_PIECE + 2 * i
        cell = 0 if not w.seen[at] else 1 if w.seen[at + 1] else 2
        y.v_count[i, path % BATCHES, cell] += 1
        for n in range(K_N_NAMES):
            y.v_sum[i, path % BATCHES, n, cell] += w.value[i * K_N_NAMES + n]


@fast
def one_path(w, y, path):
    begin(w)
    for t in range(K_T):
        demand_month(w, t)
        capacity_month(w, t)
        allocate(w)
        balance(w, t)
        sell(w, t)
        names_month(w, t)
        events_month(w, t)
        maps_month(w, y, t)
        tally_month(w, y, t)
    names_path(w)
    tally_path(w, y, path)


Tally = collections.namedtuple("Tally", "states late stranded gaps p_month p_first p_sums both m_sums m_short table bins v_count v_sum")


@fast
def block(y, b, blocks, paths, seed):
    """A thread's share of the paths, with its own workspace and tallies."""
    w = Work(np.zeros(Z_FIRM, np.float32), np.zeros(Z_SITE, np.float32), np.zeros(Z_REGION, np.float32), np.zeros(Z_READY, np.float32),
             np.zeros(Z_A, np.float32), np.zeros(Z_FACTOR, np.float32), np.zeros(Z_DELTA, np.float32), np.zeros(Z_OWN_NOW, np.float32),
             np.zeros(Z_OWN, np.float32), np.zeros(Z_HELD, np.float32), np.zeros(Z_LEVELS, np.float32), np.zeros(Z_LATENESS, np.float32), np.zeros(Z_TRAINING, np.float32),
             np.zeros(Z_SCALE, np.float32), np.zeros(Z_LAUNCHED, np.float32), np.zeros(Z_SURGES, np.float32), np.zeros(Z_SLOTS, np.float32),
             np.zeros(Z_VALUE, np.float32), np.zeros(Z_LATE, np.float32), np.zeros(Z_STRANDED, np.float32), np.zeros(Z_TAKEN, np.float32),
             np.zeros(Z_S, np.float32), np.zeros(Z_FIRM_N, np.int64), np.zeros(Z_ENTRY, np.int64), np.zeros(Z_NODE, np.int64),
             np.zeros(Z_QUESTION, np.int64), np.zeros(Z_BIND, np.int64), np.zeros(Z_ALIVE, np.int64), np.zeros(Z_SEEN, np.int64),
             np.zeros(Z_N, np.int64))
    np.random.seed(seed * 1009 + b)
    for path in range(paths * b // blocks, paths * (b + 1) // blocks):
        one_path(w, y, path)


@njit(parallel=True, fastmath=True)
def simulate(states, late, stranded, gaps, p_month, p_first, p_sums, both, m_sums, m_short, table, bins, v_count, v_sum, paths, seed, blocks):
    for b in prange(blocks):
        y = Tally(states[b], late[b], stranded[b], gaps[b], p_month[b], p_first[b], p_sums[b], both[b], m_sums[b], m_short[b], table[b], bins[b], v_count[b], v_sum[b])
        block(y, b, blocks, paths, seed)


class Peer:
    name = "Numba"

    def __init__(self, k):
        """The configuration becomes constants of the module, which Numba compiles in: it is told everything that it can use."""
        self.shapes = tally_shapes(k)
        globals().update({"K_" + name.upper(): v for name, v in k.items()})
        globals()["K_ENTRY_AT"] = entry_places(k)
        globals().update({"Z_" + name.upper(): v for name, v in shapes_of(k).items()})

    def run(self, paths, seed, threads):
        numba.set_num_threads(threads)
        ys = [np.zeros((threads,) + shape, kind) for kind, shape in self.shapes.values()]
        simulate(*ys, paths, seed, threads)
        return {name: y.sum(axis=0) for name, y in zip(self.shapes, ys)}


if __name__ == "__main__":
    sys.exit(flat_run.main(Peer, __doc__))
