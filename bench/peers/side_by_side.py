#!/usr/bin/python3
"""The program beside what a user would write instead: the same model, the same configuration and questions, in turn.

    side_by_side.py MISMATCH CONFIG [--peer numpy|numba|c|cupy ...] [--threads N] [--rounds N] [--paths N] [--json FILE]

First every peer answers the questions of the configuration, and its answers must lie within the errors of the program's
(agreement.py), else nothing is timed. NumPy, which has one process and no threads, takes the best chunk size of a sweep made
in this run. Then all take turns, round by round: warm, the rate of the simulation alone with everything compiled; and cold, a
whole process of --cold-paths paths from its start to its end. The tables give medians, least and most, and the ratio of each
round. A peer whose libraries are missing is left out, and the table says so: "not here".

CuPy runs the NumPy peer on a GPU, with the best chunk size of a sweep too. Where it runs, the program takes part a second time, on the
GPUs by OpenCL, where it must give the digest that it gives on the cores; CuPy's ratio is to that.
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
    place = ["--backend", "openmp"]

    def __init__(self, args):
        self.args = args
        self.title = "mismatch, %d threads" % args.threads

    def command(self, paths):
        return [self.args.mismatch, "run", self.args.config, "--paths", str(paths), "--threads", str(self.args.threads), *self.place,
                "--json", "--no-tallies", "--no-progress"]

    def answer(self, paths):
        self.last = json.loads(start(self.command(paths)).stdout)
        return self.last

    def warm(self):
        return self.answer(self.args.paths)["run"]["paths_per_second"]

    def cold(self, paths):
        start(self.command(paths))


class MismatchOnGPU(Mismatch):
    name, place = "mismatch-gpu", ["--device", "gpu"]

    def __init__(self, args):
        self.args = args
        self.title = "mismatch, OpenCL on the GPUs"

    def same_as(self, ours):
        """Whether it can run here, and gives the digest of the cores. -> a remark; RuntimeError: it can't"""
        mine = self.answer(ours["run"]["paths"])
        if mine["run"]["digest"] != ours["run"]["digest"]:
            sys.exit("%s: not the digest of the cores: nothing is timed" % self.title)
        return "%s: the digest of the cores" % self.title


class Peer:
    """A program of this folder that prints its rate to stderr."""

    def __init__(self, args):
        self.args = args
        self.title = "%s, %s" % (self.label, self.where or "%d threads" % args.threads)
        self.paths = max(64, int(args.paths * self.share))

    def run(self, paths, *more):
        command = [sys.executable, os.path.join(HERE, self.script), self.args.config, "--paths", str(paths), *more]
        return start(command + self.options(), **self.environment)

    environment = {}
    where = None
    beside = "mismatch"  # which of the program's runs it is compared with

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
    where, module = "one process", "numpy"
    chunk = None

    def options(self):
        module = ["--array-module", self.module]
        if self.chunk is None:
            command = [sys.executable, os.path.join(HERE, self.script), self.args.config, "--paths", "1000", "--sweep", *module]
            self.chunk = int(re.findall(r"\(chunk (\d+)", start(command, **self.environment).stderr)[-1])
        return ["--chunk", str(self.chunk), *module]


class CuPy(NumPy):
    name, label, share, where, module, beside = "cupy", "CuPy", 0.5, "one GPU", "cupy", "mismatch-gpu"
    environment, warm_options = {}, ["--warm"]

    def warm(self):
        self.options()
        self.paths = max(2, round(self.share * self.args.paths / self.chunk)) * self.chunk  # a smaller last chunk would not be warm
        return super().warm()


class Numba(Peer):
    name, label, script, share = "numba", "Numba", "numba_model.py", 0.1


class PlainC(Peer):
    name, label, script, share = "c", "plain C with GSL and OpenMP", "c_model.py", 0.1


PEERS = {p.name: p for p in (NumPy, Numba, PlainC, CuPy)}


def check(peers, ours, paths):
    """Asks all of them; leaves out those that can't run here. -> peers, titles of those that are not here, remarks"""
    fit, absent, remarks = [], [], []
    for peer in peers:
        try:
            theirs = peer.answer(paths)
        except RuntimeError as error:
            remarks.append("%s: not here (%s)" % (peer.label, error))
            absent.append(peer.title)
            continue
        worst, of, n = distance(ours, theirs, ours["run"]["paths"], paths)
        if worst > limit(n):
            sys.exit("%s disagrees by %.1f standard errors (%s): nothing is timed" % (peer.label, worst, of))
        remarks.append("%s: %d answers agree, the largest distance is %.1f standard errors" % (peer.label, n, worst))
        fit.append(peer)
    return fit, absent, remarks


def on_gpu(args, ours, peers):
    """The program on the GPUs, if one of the peers is. -> [] or [it], titles of what is not here, remarks"""
    if all(p.beside == "mismatch" for p in peers):
        return [], [], []
    again = MismatchOnGPU(args)
    try:
        return [again], [], [again.same_as(ours)]
    except RuntimeError as error:
        return [], [again.title], ["%s: not here (%s)" % (again.title, error)]


def spread(values, form):
    return "%s (%s – %s)" % tuple(form % v for v in (statistics.median(values), min(values), max(values)))


def table(runners, values, absent, title, form, better_high):
    """The ratio is how many times better the program was than a peer, round by round."""
    lines = ["| program | %s: median (least – most) | mismatch is better by |" % title, "|---|--:|--:|"]
    for r in runners:
        base = values[base_of(r, values)]
        ratios = [a / b if better_high else b / a for a, b in zip(base, values[r.name])]
        lines.append("| %s | %s | %s |" % (r.title, spread(values[r.name], form), spread(ratios, "%.1f") if isinstance(r, Peer) else ""))
    return "\n".join(lines + ["| %s | not here | |" % name for name in absent])


def base_of(runner, values):
    """The run of the program that it is compared with: the one on the cores where there is no other."""
    wanted = getattr(runner, "beside", "mismatch")
    return wanted if wanted in values else "mismatch"


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
    peers, absent, remarks = check([PEERS[p](args) for p in args.peer or PEERS], result, args.check_paths)
    again, more, remark = on_gpu(args, result, peers)
    absent, remarks = absent + more, remarks + remark
    runners = [ours] + again + peers
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
    print(table(runners, warm, absent, "paths a second, warm", "%.0f", True) + "\n")
    print(table(runners, cold, absent, "seconds of a process of %d paths, cold" % args.cold_paths, "%.2f", False))
    if args.json:
        with open(args.json, "w") as fh:
            json.dump({"machine": device["name"], "lanes": device["lanes"], "threads": args.threads, "rounds": args.rounds, "paths": args.paths,
                       "cold_paths": args.cold_paths, "remarks": remarks, "titles": {r.name: r.title for r in runners},
                       "beside": {p.name: base_of(p, warm) for p in peers}, "absent": absent, "warm": warm, "cold": cold}, fh, indent=1)


if __name__ == "__main__":
    main()
