#!/usr/bin/python3
"""A race on resource adequacy: the IEEE Reliability Test System 1979 beside a plain Monte Carlo in NumPy.

    adequacy.py MISMATCH [CONFIG] [--paths N] [--peer-paths N] [--rounds N] [--threads N] [--seed S] [--check] [--json FILE]

CONFIG: configs/adequacy/ieee-rts-79.yaml or one like it, of which both read the same: units with their forced outage rates, the
hourly load. A path is a year whose outages last all of it. What is estimated: loss of load expectation (LOLE, hours) and expected
unserved energy (EUE, MWh) of a year. Both must lie within 3.5 standard errors of the exact convolution of the units (and that must
give the figures in print, 9.394175 h and 1,176.298 MWh) before anything is timed. Then all take turns; what counts is the time to an
error of 1 % of each figure: seconds a path, times the squared relative deviation of one path (from the convolution, the same for all), over
0.01 squared. Seconds are those of a core (user and system), so that other work on the machine counts little; of the program, those of
the whole process. NumPy draws units up or down in float64 and compares the capacity with each hour's load, in chunks that fit the cache.
Beside it stands a second plain way, the loads sorted once and each path's capacity looked up among them, which only works since
outages last the whole path: the program doesn't know that, and walks its whole model through each hour.
"""
import argparse
import csv
import json
import math
import os
import statistics
import subprocess
import sys
import time

try:
    import numpy as np
    import yaml
except ImportError as error:
    print("1..0 # SKIP %s" % error)
    sys.exit(77)

HERE = os.path.dirname(os.path.abspath(__file__))
PUBLISHED = (9.394175, 1176.298)
FIGURES = ("LOLE, h", "EUE, MWh")
SIGMAS = 3.5
TIE = 1e-6  # of the load: what is met but for rounding is met


class System:
    """Units and load of a configuration."""

    def __init__(self, file):
        with open(file) as fh:
            world = yaml.safe_load(fh)
        suppliers = [firm for firm in world["firms"] if "phases" in firm]
        load, = [firm for firm in world["firms"] if "inference" in firm]
        phases = [phase for firm in suppliers for phase in firm["phases"]]
        per_mw = {g["name"]: g["kh100e_per_mw"] for g in world["generations"]}
        self.mw = np.array([float(phase["mw"] * per_mw[phase["generation"]]) for phase in phases])
        self.outage = np.array([float(phase["cancel"]) for phase in phases])
        with open(os.path.join(os.path.dirname(file), load["profile"])) as fh:
            factors = [float(row["factor"]) for row in csv.DictReader(fh)]
        self.load = load["inference"] * np.array(factors[:world["time"]["months"]])

    def exact(self):
        """Capacity's distribution, unit by unit. -> (LOLE, EUE), their standard deviations over years"""
        up = np.zeros(int(self.mw.sum()) + 1)
        up[0] = 1
        for mw, outage in zip(self.mw.astype(int), self.outage):
            down = up * outage
            down[mw:] += up[:len(up) - mw] * (1 - outage)
            up = down
        capacity = np.arange(len(up), dtype=float)
        hours, energy = np.zeros(len(up)), np.zeros(len(up))
        for load in self.load:
            short = capacity < load * (1 - TIE)
            hours += short
            energy += np.where(short, load - capacity, 0)
        means = [float((up * v).sum()) for v in (hours, energy)]
        return means, [math.sqrt(float((up * v * v).sum()) - m * m) for v, m in zip((hours, energy), means)]


def plain(system, paths, seed, chunk=64):
    """Year by year, hour by hour. -> hours lost and energy unserved of each path"""
    rng = np.random.default_rng(seed)
    hours, energy = np.empty(paths), np.empty(paths)
    limit = system.load * (1 - TIE)
    for first in range(0, paths, chunk):
        n = min(chunk, paths - first)
        up = rng.random((n, len(system.mw))) >= system.outage
        capacity = (up * system.mw).sum(axis=1)[:, None]
        short = capacity < limit
        hours[first:first + n] = short.sum(axis=1)
        energy[first:first + n] = np.where(short, system.load - capacity, 0).sum(axis=1)
    return hours, energy


def looked_up(system, paths, seed, chunk=4096):
    """The same from sorted loads: of a constant capacity, only how many hours lie above it counts."""
    rng = np.random.default_rng(seed)
    hours, energy = np.empty(paths), np.empty(paths)
    load = np.sort(system.load)[::-1]
    above = np.concatenate(([0], np.cumsum(load)))
    rising = load[::-1] * (1 - TIE)
    for first in range(0, paths, chunk):
        n = min(chunk, paths - first)
        capacity = (rng.random((n, len(system.mw))) >= system.outage) @ system.mw
        short = len(load) - np.searchsorted(rising, capacity, side="right")
        hours[first:first + n] = short
        energy[first:first + n] = above[short] - short * capacity
    return hours, energy


def peer(function):
    def answer(system, paths, seed):
        """-> [(value, standard error), ...], seconds"""
        begin = time.process_time()
        found = [(float(v.mean()), float(v.std(ddof=1)) / math.sqrt(paths)) for v in function(system, paths, seed)]
        return found, time.process_time() - begin
    return answer


def program(args):
    def answer(_, paths, seed):
        before = os.times()
        result = json.loads(subprocess.run(
            [args.mismatch, "run", args.config, "--paths", str(paths), "--seed", str(seed), "--threads", str(args.threads), "--backend",
             "openmp", "--json", "--no-tallies", "--no-progress"], check=True, capture_output=True, text=True).stdout)
        after = os.times()
        industry = result["industry"]
        return [(industry[k]["value"], industry[k]["se"]) for k in ("shortage_months", "total_shortfall")], (
            after.children_user - before.children_user + after.children_system - before.children_system)
    return answer


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("mismatch")
    ap.add_argument("config", nargs="?", default=os.path.join(HERE, "..", "..", "configs", "adequacy", "ieee-rts-79.yaml"))
    ap.add_argument("--paths", type=int, default=20000, help="of the program; to compare answers four times as many")
    ap.add_argument("--peer-paths", type=int, default=20000, help="the same of NumPy, hour by hour; ten times as many with sorted loads")
    ap.add_argument("--rounds", type=int, default=5)
    ap.add_argument("--threads", type=int, default=1)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--check", action="store_true", help="compare the answers and stop")
    ap.add_argument("--json", metavar="FILE")
    args = ap.parse_args()
    args.mismatch = os.path.abspath(args.mismatch)
    system = System(args.config)
    means, deviations = system.exact()
    if os.path.basename(args.config) == "ieee-rts-79.yaml":
        print("in print: %.6f h, %.3f MWh; convolved: %.6f h, %.3f MWh\n" % (*PUBLISHED, *means))
        if any(abs(mean - printed) > 0.6 * 10.0 ** -digits for mean, printed, digits in zip(means, PUBLISHED, (6, 3))):
            sys.exit("the units convolved do not give the figures in print: nothing is compared")
    racers = [("mismatch, %d thread%s" % (args.threads, "" if args.threads == 1 else "s"), program(args), args.paths),
              ("NumPy, hour by hour", peer(plain), args.peer_paths), ("NumPy, sorted loads", peer(looked_up), 10 * args.peer_paths)]
    print("| program | paths | " + " | ".join("%s: obtained | error | z" % figure for figure in FIGURES) + " |\n|---|--:" + "|--:|--:|--:" * 2 + "|")
    far = 0
    for name, answer, timed in racers:
        paths = 4 * timed
        found = answer(system, paths, args.seed)[0]
        # the exact error: an estimated one is too small where no path had one of the rare large outages
        z = [(value - mean) / (deviation / math.sqrt(paths)) for (value, _), mean, deviation in zip(found, means, deviations)]
        far = max([far] + [abs(v) for v in z])
        print("| %s | %d | %s |" % (name, paths, " | ".join("%.4g | %.2g | %.2f" % (*f, v) for f, v in zip(found, z))))
    if far > SIGMAS:
        sys.exit("they disagree: nothing is timed")
    if args.check:
        return
    rates = {name: [] for name, _, _ in racers}
    for i in range(args.rounds):
        for name, answer, paths in racers:
            rates[name].append(paths / answer(system, paths, args.seed + 1 + i)[1])
    needed = [(100 * deviation / mean) ** 2 for mean, deviation in zip(means, deviations)]
    spread = lambda v, form: "%s (%s – %s)" % tuple(form % x for x in (statistics.median(v), min(v), max(v)))
    print("\nPaths to an error of 1 %%: %.0f for LOLE, %.0f for EUE.\n\n| program | paths a second of a core: median (least – most) | core seconds to 1 %% of LOLE | of EUE | mismatch is faster by |"
          "\n|---|--:|--:|--:|--:|" % tuple(needed))
    ours = rates[racers[0][0]]
    for name, mine in rates.items():
        rate = statistics.median(mine)
        ratios = "" if mine is ours else spread([a / b for a, b in zip(ours, mine)], "%.3g")
        print("| %s | %s | %.3g | %.3g | %s |" % (name, spread(mine, "%.0f"), needed[0] / rate, needed[1] / rate, ratios))
    if args.json:
        with open(args.json, "w") as fh:
            json.dump({"exact": means, "deviations": deviations, "threads": args.threads, "paths_per_second": rates}, fh, indent=1)


if __name__ == "__main__":
    main()
