"""What the peers on the flat model share: their command line, timing, reports."""
import argparse
import json
import os
import sys
import time

from flat_model import flatten, report
from nm_config import Model, load


def main(peer, about):
    start = time.perf_counter()
    ap = argparse.ArgumentParser(description=about.split("\n")[0])
    ap.add_argument("config")
    ap.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    ap.add_argument("--overlay", action="append", default=[], metavar="FILE")
    ap.add_argument("--paths", type=int, default=10000)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    ap.add_argument("--warm", action="store_true", help="run some paths first, so that nothing is compiled in the time taken")
    ap.add_argument("--json", action="store_true")
    ap.add_argument("--output", metavar="FILE", help="write the JSON here")
    args = ap.parse_args()
    model = Model(*load(args.config, args.overlay, args.set))
    k, notes = flatten(model)
    one = peer(k)
    if args.warm:
        one.run(max(64, args.paths // 20), args.seed + 1, args.threads)
    begin = time.perf_counter()
    tally = one.run(args.paths, args.seed, args.threads)
    spent = time.perf_counter() - begin
    print("%d paths in %.2f s: %.0f paths/s (%d threads; %.2f s from the start)" % (
        args.paths, spent, args.paths / spent, args.threads, time.perf_counter() - start), file=sys.stderr)
    rep = report(model, k, notes, tally, args.paths)
    rep["paths_per_second"] = args.paths / spent
    if args.output:
        with open(args.output, "w") as fh:
            json.dump(rep, fh)
    if args.json:
        json.dump(rep, sys.stdout)
        print()
    elif not args.output:
        for name, q in rep["questions"].items():
            if q["type"] == "probability":
                print("%s: %.4f +- %.4f" % (name, q["ever"]["p"], q["ever"]["se"]))
    return 0
