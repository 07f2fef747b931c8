#!/usr/bin/python3
"""A race on limit states of structural reliability, against OpenTURNS (subset sampling, adaptive importance sampling).

    limit_states.py PROGRAM [--seeds N] [--check] [--json FILE]

PROGRAM is build/release/bench/limit_states. Every method estimates each probability once with each of N seeds, on one thread.
What counts is 1 / (variance * time), so that a method that takes longer for a smaller error is not at a disadvantage: variance
is the mean squared distance to the probability, which is integrated to nine digits (tests/unit/support/limit_states.c), over its
square, and time the mean processor time of an estimate, so that other work on the machine counts for little. Beside it the same
with evaluations of the limit state in the place of time, which no implementation's speed touches. OpenTURNS evaluates its
symbolic functions in blocks of 1,000; subset sampling has 40,000 points a level, its default range of proposals and a target of
0.1, adaptive importance sampling (NAIS) 10,000 points a round and the quantile 0.1. `missed`: seeds whose estimate is not within
half of the probability; `refused`: those without one, since the check did not agree. The mean of every method's estimates must
lie within 5 of its standard errors, or 5 %, of the probability; where it doesn't, that is said. --check compares a few seeds of
the problems of at most two inputs, and stops. Needs python3-openturns.
"""
import argparse
import json
import math
import subprocess
import sys
import time

try:
    import openturns as ot
except ImportError as error:
    print("1..0 # SKIP %s" % error)
    sys.exit(77)

NAMES = lambda n: ["x%d" % i for i in range(n)]
TAIL = lambda n, beta: (n, "%r - (%s) / sqrt(%d)" % (float(beta), " + ".join(NAMES(n)), n))
STATES = {  # the name that the program prints: standard normal inputs, failure where this is below 0
    "normal tail, 1 inputs": [TAIL(1, 4)],
    "normal tail, 10 inputs": [TAIL(10, 4), TAIL(10, 6)],
    "RP22, 2 inputs": [(2, "2.5 - (x0 + x1) / sqrt(2) + 0.1 * (x0 - x1)^2")],
    "RP28, 2 inputs": [(2, "(78064 + 11710 * x0) * (0.0104 + 0.00156 * x1) - 146.14")],
    "RP111, 2 inputs": [(2, "12.5 - abs(x0 * x1)")],
    "four branches, 2 inputs": [(2, "min(3 + 0.1 * (x0 - x1)^2 - abs(x0 + x1) / sqrt(2), 7 / sqrt(2) - abs(x0 - x1))")],
}
MISSED = 0.5
LEVEL_BLOCKS, ROUND_BLOCKS = 40, 10  # of 1,000 points; fewer to check


def ours(program, seeds, most):
    """-> {(problem, probability): {method: [(p, se, evaluations, seconds), ...]}}"""
    found = {}
    for row in subprocess.run([program, "--seeds", str(seeds), "--inputs", str(most)], check=True, capture_output=True, text=True).stdout.splitlines():
        problem, truth, method, _, p, se, evaluations, seconds = row.split("\t")
        by = found.setdefault((problem, float(truth)), {})
        by.setdefault("mismatch, " + method, []).append((float(p), float(se), int(evaluations), float(seconds)))
    return found


def event_of(n, formula):
    g = ot.SymbolicFunction(NAMES(n), [formula])
    return ot.ThresholdEvent(ot.CompositeRandomVector(g, ot.RandomVector(ot.Normal(n))), ot.Less(), 0.0), g


def subset(event):
    method = ot.SubsetSampling(event)
    method.setBlockSize(1000)
    method.setMaximumOuterSampling(LEVEL_BLOCKS)
    return method


def adaptive(event):
    method = ot.NAIS(event, 0.1)
    method.setBlockSize(1000)
    method.setMaximumOuterSampling(ROUND_BLOCKS)
    return method


def theirs(n, formula, make, seed):
    event, g = event_of(n, formula)
    ot.RandomGenerator.SetSeed(seed)
    method = make(event)
    calls, begin = g.getCallsNumber(), time.process_time()
    method.run()
    seconds = time.process_time() - begin
    result = method.getResult()
    return result.getProbabilityEstimate(), result.getStandardDeviation(), g.getCallsNumber() - calls, seconds


def figures(truth, rows):
    """-> missed, relative variance, 1 / (variance * time), 1 / (variance * evaluations)

    What a refused estimate took is counted on top of the others."""
    given = [row for row in rows if not math.isnan(row[0])]
    missed = sum(abs(row[0] / truth - 1) > MISSED for row in given)
    variance = sum((row[0] / truth - 1) ** 2 for row in given) / len(given)
    mean = lambda i: sum(row[i] for row in rows) / len(given)
    return missed, variance, 1 / (variance * mean(3)), 1 / (variance * mean(2))


def check(problem, truth, method, rows):
    """The mean of all seeds, by their own spread."""
    found = [row[0] / truth for row in rows if not math.isnan(row[0])]
    if len(found) < 2:
        return "%s: %s refused %d of %d" % (problem, method, len(rows) - len(found), len(rows))
    mean = sum(found) / len(found)
    error = math.sqrt(sum((x - mean) ** 2 for x in found) / (len(found) - 1) / len(found))
    if abs(mean - 1) > max(5 * error, 0.05):
        return "%s: %s is at %.3f ± %.3f of the probability" % (problem, method, mean, error)
    return None


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("program")
    ap.add_argument("--seeds", type=int, default=50)
    ap.add_argument("--check", action="store_true", help="compare the answers of a few seeds and stop")
    ap.add_argument("--json", metavar="FILE")
    args = ap.parse_args()
    global LEVEL_BLOCKS, ROUND_BLOCKS
    LEVEL_BLOCKS, ROUND_BLOCKS = (20, 3) if args.check else (LEVEL_BLOCKS, ROUND_BLOCKS)
    seeds = 3 if args.check else max(args.seeds, 2)
    ot.TBB.Disable()
    ot.Log.Show(ot.Log.NONE)
    found = ours(args.program, seeds, 2 if args.check else 100)
    given = {name: list(formulas) for name, formulas in STATES.items()}
    wrong = []
    for (problem, truth), methods in found.items():
        n, formula = given[problem].pop(0)
        for name, make in (("OpenTURNS, subset", subset), ("OpenTURNS, NAIS", adaptive)):
            methods[name] = [theirs(n, formula, make, seed) for seed in range(1, seeds + 1)]
        wrong += [text for name, rows in methods.items() for text in [check(problem, truth, name, rows)] if text]
    if args.check:
        print("\n".join(wrong) if wrong else "%d problems: all agree" % len(found))
        sys.exit(1 if wrong else 0)
    print("| problem | method | relative error | missed | refused | 1 / (variance × s) | 1 / (variance × evaluations) |\n|---|---|--:|--:|--:|--:|--:|")
    out = []
    for (problem, truth), methods in found.items():
        for name, rows in methods.items():
            missed, variance, by_time, by_evaluations = figures(truth, rows)
            print("| %s: %.3g | %s | %.2f %% | %d of %d | %d | %.3g | %.3g |" % (
                problem, truth, name, 100 * math.sqrt(variance), missed, len(rows), sum(math.isnan(row[0]) for row in rows), by_time, by_evaluations))
            out.append(dict(problem=problem, p=truth, method=name, missed=missed, seeds=len(rows), variance=variance,
                            by_time=by_time, by_evaluations=by_evaluations))
    for text in wrong:
        print("\n" + text)
    if args.json:
        with open(args.json, "w") as fh:
            json.dump(out, fh, indent=1)


if __name__ == "__main__":
    main()
