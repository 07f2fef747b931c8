#!/usr/bin/env python3
"""What control variates and conditioning would give, question by question, before anybody builds them.

    controls.py PROGRAM CONFIG [--paths N] [--seed S] [--overlay FILE] [--industry]
    controls.py PROGRAM CONFIG --check MISMATCH

PROGRAM is build/release/bench/controls. Controls are sums and counts of a path's own draws, whose means are known: factors of the
slips, success of launches, sizes of campaigns, the industry's and each firm's steps by stretches of 12 months, months in each regime, strikes
of each shock so far and their sizes. A line for each question of the kinds probability and coexistence (by firm), and with --industry for
some more about the industry's states:

  R2, gain      of a linear regression of "the path has the event" on all controls, fitted on one half of the paths, measured
                on the other; gain = 1 / (1 - R2), what it would save in paths
  powers        the same with the square, the cube and the fourth power of the fitted sum beside it
  at most       what any function of these draws could reach, however it is fitted: paths are run twice, the second time with all
                else drawn anew; nor could integrating all else in closed form save more
  sobol         variance of as many independent paths over that of --sampler sobol, from 64 scrambles: known to about 18 %
  with controls the same with the fitted sum taken off

Time is not counted. --check compares how many paths have each event with what MISMATCH counts, exactly with sobol and within 4.5 errors with
philox, and stops. Needs NumPy, but for --check.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

SCRAMBLES = 64
RIDGE = 0.01  # of the controls' unit variances: so many controls on a few thousand paths
LEAST = 50    # paths with the event
INDUSTRY = """events:
  short-now: {all_of: [{series: state_shortage, at_least: 1}]}
  glut-now: {all_of: [{series: state_glut, at_least: 1}]}
questions:
  - {name: shortage-ever, probability: {event: shortage}}
  - {name: glut-ever, probability: {event: glut}}
  - {name: shortage-in-2026-12, probability: {event: short-now, from: 2026-12, to: 2026-12}}
  - {name: shortage-in-2028-12, probability: {event: short-now, from: 2028-12, to: 2028-12}}
  - {name: shortage-in-2030-12, probability: {event: short-now, from: 2030-12, to: 2030-12}}
  - {name: shortage-in-2032-12, probability: {event: short-now, from: 2032-12, to: 2032-12}}
  - {name: glut-in-2028-12, probability: {event: glut-now, from: 2028-12, to: 2028-12}}
  - {name: glut-in-2032-12, probability: {event: glut-now, from: 2032-12, to: 2032-12}}
  - {name: glut-within-a-year-of-the-news, probability: {event: glut, from: 2026-07, to: 2027-06}}
  - {name: meta-sells-by-2026-09, probability: {event: sells, firm: meta, from: 2026-07, to: 2026-09}}
"""


def paths_of(args, overlay):
    """-> names, controls of drawn paths and of points, {question: (drawn, anew, points)}; controls and events as bytes."""
    command = [args.program, args.config, str(args.paths), str(args.seed)] + ([overlay] if overlay else [])
    with subprocess.Popen(command, stdout=subprocess.PIPE) as run:
        n, k, q = (int(word) for word in run.stdout.readline().split())
        lines = [run.stdout.readline().decode().rstrip("\n") for _ in range(k + q)]
        controls = [run.stdout.read(4 * n * k) for _ in range(2)]
        events = {name: [run.stdout.read(n) for _ in range(3)] for name in lines[k:]}
    if run.returncode != 0 or any(len(part) != n for parts in events.values() for part in parts):
        sys.exit("no paths")
    return n, lines[:k], controls, events


def check(args):
    """The events of the same paths, counted by the program."""
    n, names, _, events = paths_of(args, args.overlay)
    wrong = 0
    for column, sampler in ((0, "philox"), (2, "sobol")):
        text = subprocess.run([args.check, "run", args.config, "--paths", str(n), "--seed", str(args.seed), "--sampler", sampler, "--backend",
                               "openmp", "--json", "--no-tallies", "--no-progress", "-q"] + (["--overlay", args.overlay] if args.overlay else []),
                              check=True, capture_output=True, text=True).stdout
        questions = json.loads(text)["questions"]
        for name, parts in events.items():
            question, _, firm = name.partition(":")
            answer = questions[question]
            if firm:
                answer = next(e for e in answer["entries"] if e["firm"] == firm and e["region"] is None and e["generation"] is None)
            found, counted = sum(parts[column]), round(answer["ever"]["p"] * n)
            # given draws make other regimes of the same words, so that only the points are the same paths
            allowed = 0 if sampler == "sobol" else 4.5 * (2 * max(counted, 1) * max(n - counted, 1) / n) ** 0.5
            if abs(found - counted) > allowed:
                print("# %s, %s: %d paths here, %d in a run" % (name, sampler, found, counted))
                wrong += 1
    print("%s 1 - %d questions on %d paths, %d controls" % ("not ok" if wrong else "ok", len(events), n, len(names)))
    return 1 if wrong else 0


def measure(args, overlay):
    import numpy as np
    n, names, raw, events = paths_of(args, overlay)
    drawn, points = (np.frombuffer(part, np.float32).reshape(n, len(names)).astype(np.float64) for part in raw)
    mean, spread = drawn.mean(0), drawn.std(0)
    varies = (spread > 0) & (points.std(0) > 0)
    drawn, points = ((part - mean)[:, varies] / spread[varies] for part in (drawn, points))
    half = n // 2
    pilot = drawn[:half]
    products = pilot.T @ pilot / half + RIDGE * np.eye(pilot.shape[1])
    by_scramble = lambda values: values.reshape(-1, SCRAMBLES).mean(0).var(ddof=1) * n / SCRAMBLES

    def fit(terms, y):
        terms = terms - terms.mean(0)
        weights, *_ = np.linalg.lstsq(terms[:half], y[:half] - y[:half].mean(), rcond=None)
        left = y[half:] - terms[half:] @ weights
        return 1 - left.var() / y[half:].var(), weights

    print("%d paths, %d controls, seed %d\n" % (n, varies.sum(), args.seed))
    print("| question | p | R² | gain | R² with powers | gain | at most | sobol | sobol with controls | and with powers |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for name, parts in events.items():
        y, again, scrambled = (np.frombuffer(part, np.uint8).astype(np.float64) for part in parts)
        p = y.mean()
        if min(p, 1 - p) * n < LEAST:
            print("| %s | %.5f | – | – | – | – | – | – | – | – |" % (name, p))
            continue
        variance = p * (1 - p)
        weights = np.linalg.solve(products, pilot.T @ (y[:half] - y[:half].mean()) / half)
        unit = (drawn @ weights).std()
        one, other = (part @ weights / unit for part in (drawn, points))
        powers, others = (np.stack([x, x**2, x**3, x**4], 1) for x in (one, other))
        linear, slope = fit(one[:, None], y)
        curved, slopes = fit(powers, y)
        most = np.mean((y - p) * (again - p)) / variance
        print("| %s | %.3f | %.2f | %.2f | %.2f | %.2f | %.1f | %.2f | %.2f | %.2f |"
              % (name, p, linear, 1 / (1 - linear), curved, 1 / (1 - curved), 1 / (1 - most), variance / by_scramble(scrambled),
                 variance / by_scramble(scrambled - other * slope[0]), variance / by_scramble(scrambled - others @ slopes)))
        sys.stdout.flush()


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("program")
    ap.add_argument("config")
    ap.add_argument("--paths", type=int, default=32768)
    ap.add_argument("--seed", type=int, default=5)
    ap.add_argument("--overlay")
    ap.add_argument("--industry", action="store_true")
    ap.add_argument("--check", metavar="MISMATCH")
    args = ap.parse_args()
    args.paths -= args.paths % SCRAMBLES
    if args.check:
        return check(args)
    try:
        import numpy  # noqa: F401
    except ImportError as error:
        print("1..0 # SKIP %s" % error)
        return 77
    if not args.industry:
        measure(args, args.overlay)
        return 0
    if args.overlay:
        sys.exit("--industry is an overlay itself")
    with tempfile.TemporaryDirectory() as folder:
        overlay = os.path.join(folder, "industry.yaml")
        with open(overlay, "w", encoding="utf-8") as out:
            out.write(INDUSTRY)
        measure(args, overlay)
    return 0


if __name__ == "__main__":
    sys.exit(main())
