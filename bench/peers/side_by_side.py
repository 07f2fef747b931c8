#!/usr/bin/python3
"""The program beside what a user would write instead: the same model, the same configuration and questions, in turn.

    side_by_side.py MISMATCH CONFIG [--peer numpy|numba|c ...] [--threads N] [--rounds N] [--paths N] [--json FILE]

First every peer answers the questions of the configuration, and its answers must lie within the errors of the program's
(agreement.py), else nothing is timed. NumPy, which has one process and no threads, takes the best chunk size of a sweep made
in this run. Then all take turns, round by round: warm, the rate of the simulation alone with everything compiled; and cold, a
whole process of --cold-paths paths from its start to its end. The tables give medians, least and most, and the ratio of each
round. A peer whose libraries are missing is left out, and the table says so.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

from agreement import distance, limit

HERE = os.path.dirname(os.path.abspath(__file__))


def start(command, **more):
    run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **more})
    if run.returncode != 0:
        raise RuntimeError("%s: %s" % (command[1], run.stderr.strip().split("\n")[-1]))
    return run


class Mismatch:
    name = "mismatch"

    def __init__(self, args):
        self.args = args
        self.title = "mismatch, %d threads" % args.threads

    def command(self, paths):
        return [self.args.mismatch, "run", self.args.config, "--paths", str(paths), "--threads", str(self.args.threads), "--backend", "openmp",
                "--json", "--no-tallies", "--no-progress"]

    def answer(self, paths):
        self.last = json.loads(start(self.command(paths)).stdout)
        return self.last

    def warm(self):
        return self.answer(self.args.paths)["run"]["paths_per_second"]

    def cold(self, paths):
        start(self.command(paths))


class Peer:
    """A program of this folder that prints its rate to stderr."""

    def __init__(self, args):
        self.args = args
        self.title = "%s, %s" % (self.label, "one process" if self.name == "numpy" else "%d threads" % args.threads)
        self.paths = max(64, int(args.paths * self.share))

    def run(self, paths, *more):
        command = [sys.executable, os.path.join(HERE, self.script), self.args.config, "--paths", str(paths), *more]
        return start(command + self.options(), **self.environment)

    environment = {}

    def options(self):
        return ["--threads", str(self.args.threads)]

    def answer(self, paths):
        with tempfile.NamedTemporaryFile(suffix=".json") as out:
            self.run(paths, "--output", out.name)
            with open(out.name) as fh:
                return json.load(fh)

    def warm(self):
        return float(re.findall(r": (\d+) paths/s", self.run(self.paths, *self.warm_options).stderr)[-1])

    warm_options = ["--warm"]

    def cold(self, paths):
        self.run(paths)


class NumPy(Peer):
    name, label, script, share, warm_options = "numpy", "NumPy", "numpy_model.py", 0.05, []
    environment = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    chunk = None

    def options(self):
        if self.chunk is None:
            text = start([sys.executable, os.path.join(HERE, self.script), self.args.config, "--paths", "1000", "--sweep"], **self.environment).stderr
            self.chunk = int(re.findall(r"\(chunk (\d+)", text)[-1])
        return ["--chunk", str(self.chunk)]


class Numba(Peer):
    name, label, script, share = "numba", "Numba", "numba_model.py", 0.1


class PlainC(Peer):
    name, label, script, share = "c", "plain C with GSL and OpenMP", "c_model.py", 0.1


PEERS = {p.name: p for p in (NumPy, Numba, PlainC)}


def check(peers, ours, paths):
    """Asks all of them; leaves out those that can't run here. -> peers, remarks"""
    fit, remarks = [], []
    for peer in peers:
        try:
            theirs = peer.answer(paths)
        except RuntimeError as error:
            remarks.append("%s: left out (%s)" % (peer.label, error))
            continue
        worst, of, n = distance(ours, theirs, ours["run"]["paths"], paths)
        if worst > limit(n):
            sys.exit("%s disagrees by %.1f standard errors (%s): nothing is timed" % (peer.label, worst, of))
        remarks.append("%s: %d answers agree, the largest distance is %.1f standard errors" % (peer.label, n, worst))
        fit.append(peer)
    return fit, remarks


def spread(values, form):
    return "%s (%s – %s)" % tuple(form % v for v in (statistics.median(values), min(values), max(values)))


def table(rows, title, form, better_high):
    """rows: [(title, values)], ours first; the ratio is how many times better ours was, round by round."""
    lines = ["| program | %s: median (least – most) | mismatch is better by |" % title, "|---|--:|--:|"]
    ours = rows[0][1]
    for name, values in rows:
        ratios = [a / b if better_high else b / a for a, b in zip(ours, values)]
        lines.append("| %s | %s | %s |" % (name, spread(values, form), "" if values is ours else spread(ratios, "%.1f")))
    return "\n".join(lines)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("mismatch")
    ap.add_argument("config")
    ap.add_argument("--peer", action="append", choices=sorted(PEERS), help="only these; default: all")
    ap.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    ap.add_argument("--rounds", type=int, default=5)
    ap.add_argument("--paths", type=int, default=400000, help="of the program; peers run a part of it")
    ap.add_argument("--check-paths", type=int, default=20000)
    ap.add_argument("--cold-paths", type=int, default=1000)
    ap.add_argument("--json", metavar="FILE", help="write all figures here")
    args = ap.parse_args()
    args.mismatch = os.path.abspath(args.mismatch)
    ours = Mismatch(args)
    result = ours.answer(5 * args.check_paths)
    peers, remarks = check([PEERS[p](args) for p in args.peer or PEERS], result, args.check_paths)
    runners = [ours] + peers
    warm, cold = {r.name: [] for r in runners}, {r.name: [] for r in runners}
    for _ in range(args.rounds):
        for r in runners:
            warm[r.name].append(r.warm())
        for r in runners:
            begin = time.perf_counter()
            r.cold(args.cold_paths)
            cold[r.name].append(time.perf_counter() - begin)
    device = ours.last["run"]["devices"][0]
    print("%s, %d threads, %d lanes; %d rounds\n" % (device["name"], args.threads, device["lanes"], args.rounds))
    print("\n".join("- " + r for r in remarks) + "\n")
    print(table([(r.title, warm[r.name]) for r in runners], "paths a second, warm", "%.0f", True) + "\n")
    print(table([(r.title, cold[r.name]) for r in runners], "seconds of a process of %d paths, cold" % args.cold_paths, "%.2f", False))
    if args.json:
        with open(args.json, "w") as fh:
            json.dump({"machine": device["name"], "lanes": device["lanes"], "threads": args.threads, "rounds": args.rounds, "paths": args.paths,
                       "cold_paths": args.cold_paths, "remarks": remarks, "titles": {r.name: r.title for r in runners}, "warm": warm,
                       "cold": cold}, fh, indent=1)


if __name__ == "__main__":
    main()
