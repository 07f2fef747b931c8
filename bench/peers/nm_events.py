"""Events over the history of a chunk, three-valued: a pair of arrays [month, path], held and refuted; neither = undecided."""
import numpy as np

from nm_arrays import module_of

SCOPE = ("firm", "region", "generation", "layer", "name")


def as_list(items):
    return items if isinstance(items, list) else [items]


def series_key(item, firm=None):
    """The address of a series: its name and its scope, with $firm filled in."""
    scope = tuple(firm if item.get(k) == "$firm" else item.get(k) for k in SCOPE)
    return (item["series"],) + scope


def needed_series(model, event, firm, found):
    """Every series that an event reads, into the set `found`."""
    body = model.events[event]
    for kind in ("all_of", "any_of", "not"):
        for item in as_list(body.get(kind, [])):
            if "event" in item:
                needed_series(model, item["event"], firm, found)
            else:
                found.add(series_key(item, firm))
    return found


def compare(v, item):
    if "at_least" in item:
        a, positive = float(item["at_least"]), True
    else:
        a, positive = float(item["below"]), False
    held = v >= np.float64(a - 1e-6 * max(1.0, abs(a))).astype(v.dtype) if v.dtype.kind == "f" else v >= a - 1e-6 * max(1.0, abs(a))
    return held if positive else ~held


def evaluate(model, history, event, firm=None, window=(None, None)):
    """(held, refuted) of `event` in every month, months outside its window undecided."""
    body = model.events[event]
    lo, hi = window
    lo, hi = 0 if lo is None else lo, model.T - 1 if hi is None else hi
    if "from" in body:
        lo = max(lo, model.month(body["from"]))
    if "to" in body:
        hi = min(hi, model.month(body["to"]))
    parts = [_combine(model, history, kind, as_list(body[kind]), firm, (lo, hi)) for kind in ("all_of", "any_of", "not") if kind in body]
    held, refuted = parts[0]
    for h, r in parts[1:]:
        held, refuted = held & h, refuted | r
    return _sustain(held, refuted, int(body.get("for", 1)))


def _combine(model, history, kind, items, firm, window):
    pairs = [_item(model, history, item, firm, window) for item in items]
    held, refuted = pairs[0][0].copy(), pairs[0][1].copy()
    for h, r in pairs[1:]:
        if kind == "all_of":
            held &= h
            refuted |= r
        else:
            held |= h
            refuted &= r
    return (refuted, held) if kind == "not" else (held, refuted)


def _item(model, history, item, firm, window):
    if "event" in item:
        return evaluate(model, history, item["event"], firm, window)
    values = history[series_key(item, firm)]
    lo, hi = window
    xp = module_of(values)
    held, refuted = xp.zeros(values.shape, bool), xp.zeros(values.shape, bool)
    if lo <= hi:
        seen = compare(values[lo:hi + 1], item)
        held[lo:hi + 1] = seen
        refuted[lo:hi + 1] = ~seen
    return held, refuted


def _sustain(held, refuted, k):
    """`for: k`: the conjunction over months t-k+1 .. t; months before 0 are undecided."""
    if k <= 1:
        return held, refuted
    h, r = held.copy(), refuted.copy()
    T = len(h)
    for back in range(1, min(k, T)):
        h[back:] &= held[:T - back]
        r[back:] |= refuted[:T - back]
    h[:k - 1] = False
    return h, r
