"""Whether two answers to the same questions agree: how many standard errors lie between them, answer by answer."""
import math


def answers(result):
    """(name, value, standard error) of every answer that has an error, as `mismatch run --json` and the peers lay them out."""
    for name, q in result["questions"].items():
        kind = q["type"]
        if kind == "probability":
            yield name, q["ever"]["p"], q["ever"]["se"]
            yield from monthly(name, q["by_month"])
        elif kind == "coexistence":
            for e in q["entries"]:
                scope = "/".join(str(e[k]) for k in ("firm", "region", "generation") if e[k])
                for key in ("ever", "idle_given_shortage", "shortage_given_idle"):
                    yield "%s: %s of %s" % (name, key, scope), e[key]["p"], e[key]["se"]
        elif kind == "evidence":
            for case in q["cases"]:
                yield "%s: %s" % (name, case["firm"]), case["prior"]["p"], case["prior"]["se"]
                for step in case["steps"]:
                    yield "%s: %s, %s" % (name, case["firm"], step["event"]), step["evidence"]["p"], step["evidence"]["se"]
        elif kind == "pattern":
            yield name, q["news"]["p"], q["news"]["se"]
            for who, n in q["names"].items():
                yield "%s: %s" % (name, who), n["move"]["value"], n["move"]["se"]
    for state in ("shortage", "glut", "friction", "balanced"):
        if state in result["industry"]:
            yield from monthly(state, result["industry"][state])


def monthly(name, by_month):
    """Every sixth month."""
    for t in range(0, len(by_month["p"]), 6):
        yield "%s, month %d" % (name, t), by_month["p"][t], by_month["se"][t]


def distance(a, b, n_a, n_b):
    """-> (largest distance in standard errors, of which answer, how many were compared). An answer that few paths stand behind
    has an error of a few of them at least."""
    theirs = {name: (p, se) for name, p, se in answers(b)}
    worst, of, n = 0.0, "", 0
    for name, p, se in answers(a):
        if name not in theirs or p is None or theirs[name][0] is None:
            continue
        q, other = theirs[name]
        floor = math.sqrt(9.0 / n_a ** 2 + 9.0 / n_b ** 2)
        # a quotient whose own error says 0, or that a few tens of paths decide, tells nothing
        if se == 0 or other == 0 or max(se, other) > 0.05:
            continue
        far = abs(p - q) / math.sqrt(se * se + other * other + floor * floor)
        n += 1
        if far > worst:
            worst, of = far, name
    return worst, of, n


def limit(n):
    """Standard errors that the largest of n differences may have: exceeded by chance in one of some thousand checks."""
    return 3.5 + math.log10(max(1, n)) / 2
