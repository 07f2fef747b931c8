#!/usr/bin/python3
"""A race on one task: the probability that a random walk of 256 steps has not reached a barrier at any step.

    passage.py MISMATCH [--paths N] [--rounds N] [--threads N] [--json FILE]

QuantLib's MCBarrierEngine (C++, one thread, its own generators, no bridge between steps) prices an up-and-out call with strike
0 at interest 0: its price over the spot is that probability for a walk whose drift is raised by half the variance. The program
runs the same walk as a configuration: demand is the walk, capacity is constant, an event says that the gap is beyond the
barrier; so it walks all of its model. Before anything is timed both must agree with a third way, the walk's density step by
step on a grid, within 4 standard errors. Needs quantlib-python.
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

STEPS = 256
SIGMA = 0.20 * math.sqrt(12)  # a year, in months: 0.20 a step
BARRIER = 2.5                 # of the logarithm
CONFIG = """
mismatch: 1
time: {{start: 2030-01, months: {months}}}
regions: [here]
generations: [{{name: gpu, kh100e_per_mw: 1}}]
inference: {{sigma: {sigma!r}, trend: {{2030-01: {trend!r}}}}}
market: {{elasticity: 0}}
thresholds: {{shortage: 1000, glut: 1000, friction: 1000}}
firms: [{{name: all, shares: {{here: 1}}, installed: {{gpu: 1000}}, inference: 1000, demand_shares: {{here: 1}}}}]
events: {{reached: {{all_of: [{{series: gap, at_least: {gap!r}}}]}}}}
questions: [{{name: reached, probability: {{event: reached}}}}]
"""


def exact(points=20001):
    """P(not reached), by the density of the walk below the barrier: a convolution for each step."""
    s, mu = SIGMA / math.sqrt(12), SIGMA ** 2 / 2 / 12
    low = -STEPS ** 0.5 * s * 9
    x = np.linspace(low, BARRIER, points)
    h = x[1] - x[0]
    reach = int(8 * s / h)
    kernel = np.exp(-0.5 * ((np.arange(-reach, reach + 1) * h - mu) / s) ** 2) / (s * math.sqrt(2 * math.pi)) * h
    size = 1 << int(math.ceil(math.log2(points + len(kernel))))
    transformed = np.fft.rfft(kernel, size)
    p = np.exp(-0.5 * ((x - mu) / s) ** 2) / (s * math.sqrt(2 * math.pi))
    weight = np.full(points, h)  # the trapezoidal rule: the barrier itself counts half
    weight[0] = weight[-1] = h / 2
    for _ in range(STEPS - 1):
        q = p.copy()
        q[0] *= 0.5
        q[-1] *= 0.5
        p = np.fft.irfft(np.fft.rfft(q, size) * transformed, size)[reach:reach + points]
    return float((p * weight).sum())


def quantlib(paths, seed):
    """-> probability, seconds"""
    import QuantLib as ql
    today = ql.Date(1, 1, 2020)
    ql.Settings.instance().evaluationDate = today
    count, spot = ql.Actual360(), 100.0
    flat = lambda v: ql.YieldTermStructureHandle(ql.FlatForward(today, v, count))
    years = STEPS / 12
    expiry = today + int(round(years * 360))
    years = count.yearFraction(today, expiry)
    vol = SIGMA * math.sqrt(STEPS / 12 / years)  # the same variance in all
    process = ql.BlackScholesMertonProcess(ql.QuoteHandle(ql.SimpleQuote(spot)), flat(0.0), flat(0.0),
                                           ql.BlackVolTermStructureHandle(ql.BlackConstantVol(today, ql.NullCalendar(), vol, count)))
    option = ql.BarrierOption(ql.Barrier.UpOut, spot * math.exp(BARRIER), 0.0, ql.PlainVanillaPayoff(ql.Option.Call, 1e-12),
                              ql.EuropeanExercise(expiry))
    option.setPricingEngine(ql.MCBarrierEngine(process, "pseudorandom", timeSteps=STEPS, isBiased=True, brownianBridge=False,
                                               requiredSamples=paths, seed=seed))
    begin = time.perf_counter()
    price = option.NPV()
    spent = time.perf_counter() - begin
    return price / spot, option.errorEstimate() / spot, spent


class Program:
    def __init__(self, args, folder):
        self.args, self.file = args, os.path.join(folder, "passage.yaml")
        with open(self.file, "w") as fh:
            fh.write(CONFIG.format(months=STEPS + 1, sigma=SIGMA, trend=SIGMA ** 2 / 2, gap=1 - math.exp(-BARRIER)))

    def run(self, paths, seed):
        text = subprocess.run([self.args.mismatch, "run", self.file, "--paths", str(paths), "--seed", str(seed), "--threads",
                               str(self.args.threads), "--backend", "openmp", "--json", "--no-tallies", "--no-progress"], check=True,
                              capture_output=True, text=True).stdout
        result = json.loads(text)
        ever = result["questions"]["reached"]["ever"]
        return 1 - ever["p"], ever["se"], paths / result["run"]["paths_per_second"]


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("mismatch")
    ap.add_argument("--paths", type=int, default=1000000)
    ap.add_argument("--peer-paths", type=int, default=100000)
    ap.add_argument("--rounds", type=int, default=5)
    ap.add_argument("--threads", type=int, default=1)
    ap.add_argument("--check", action="store_true", help="compare the answers and stop")
    ap.add_argument("--json", metavar="FILE")
    args = ap.parse_args()
    args.mismatch = os.path.abspath(args.mismatch)
    truth = exact()
    with tempfile.TemporaryDirectory() as folder:
        program = Program(args, folder)
        far = []
        for name, (p, se, _) in (("mismatch", program.run(args.paths, 1)), ("QuantLib", quantlib(args.peer_paths, 1))):
            far.append((name, p, se, (p - truth) / se))
        print("P(not reached in %d steps): %.6f on a grid; %s\n" % (
            STEPS, truth, "; ".join("%s %.5f ± %.5f, %.1f standard errors off" % row for row in far)))
        if max(abs(row[3]) for row in far) > 4:
            sys.exit("they disagree: nothing is timed")
        if args.check:
            return
        ours, theirs = [], []
        for i in range(args.rounds):
            ours.append(args.paths / program.run(args.paths, 2 + i)[2])
            theirs.append(args.peer_paths / quantlib(args.peer_paths, 2 + i)[2])
    ratios = [a / b for a, b in zip(ours, theirs)]
    spread = lambda v, form: "%s (%s – %s)" % tuple(form % x for x in (statistics.median(v), min(v), max(v)))
    print("| program | paths of 256 steps a second: median (least – most) | ratio |\n|---|--:|--:|")
    print("| mismatch, %d thread%s | %s | |" % (args.threads, "" if args.threads == 1 else "s", spread(ours, "%.0f")))
    print("| QuantLib, 1 thread | %s | %s |" % (spread(theirs, "%.0f"), spread(ratios, "%.1f")))
    if args.json:
        with open(args.json, "w") as fh:
            json.dump({"exact": truth, "threads": args.threads, "mismatch": ours, "quantlib": theirs}, fh, indent=1)


if __name__ == "__main__":
    main()
