#!/usr/bin/env python3
"""The program beside NumPy: the same model, the same configuration, alternating in one run.

usage: side_by_side.py MISMATCH CONFIG [--paths N] [--numpy-paths N] [--rounds N]

First both answer the probability questions of the configuration: they must agree within 4 standard errors, else nothing is
timed. NumPy (float32, one process) takes the best chunk size of a sweep made in this run. Then the two alternate, and a
Markdown table gives the median rates, their spread and the ratio round by round. Rates are of the simulation alone, in paths
per second; the program runs on all cores that it may use.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile

PEER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "numpy_model.py")


def ours(args, paths):
    text = subprocess.run([args.mismatch, "run", args.config, "--paths", str(paths), "--json", "--no-tallies", "--no-progress"],
                          check=True, capture_output=True, text=True).stdout
    return json.loads(text)


def numpy(args, paths, chunk, *more):
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        chunks = ["--chunk", str(chunk)] if chunk else ["--sweep"]
        run = subprocess.run([sys.executable, PEER, args.config, "--paths", str(paths), "--output", out.name, *chunks, *more],
                             check=True, capture_output=True, text=True)
        last = re.findall(r": (\d+) paths/s \(chunk (\d+)", run.stderr)[-1]
        return float(last[0]), int(last[1]), json.load(open(out.name)), run.stderr


def agree(a, b):
    """The largest distance of the two programs' answers, in standard errors."""
    worst = 0.0
    for name, question in a["questions"].items():
        if question["type"] == "probability":
            x, y = question["ever"], b["questions"][name]["ever"]
            worst = max(worst, abs(x["p"] - y["p"]) / max((x["se"] ** 2 + y["se"] ** 2) ** 0.5, 1e-12))
    return worst


def spread(values):
    return "%.0f (%.0f – %.0f)" % (statistics.median(values), min(values), max(values))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("mismatch")
    ap.add_argument("config")
    ap.add_argument("--paths", type=int, default=400000)
    ap.add_argument("--numpy-paths", type=int, default=20000)
    ap.add_argument("--rounds", type=int, default=5)
    args = ap.parse_args()
    rate, chunk, theirs, log = numpy(args, args.numpy_paths, None)
    print(log, file=sys.stderr)
    result = ours(args, args.numpy_paths * 5)
    worst = agree(result, theirs)
    if worst > 4:
        sys.exit("the two disagree by %.1f standard errors: nothing is timed" % worst)
    mine, peer = [], []
    for _ in range(args.rounds):
        peer.append(numpy(args, args.numpy_paths, chunk)[0])
        mine.append(ours(args, args.paths)["run"]["paths_per_second"])
    ratios = [a / b for a, b in zip(mine, peer)]
    run = result["run"]
    print("Largest distance of the answers: %.1f standard errors. NumPy: chunk %d, the best of the sweep." % (worst, chunk))
    print("| program | paths per second: median (least – most) |\n|---|---|")
    print("| mismatch, %d threads, %d lanes (%s) | %s |" % (run["threads"], run["devices"][0]["lanes"], run["devices"][0]["name"], spread(mine)))
    print("| NumPy, one process | %s |" % spread(peer))
    print("| ratio | %.1f (%.1f – %.1f) |" % (statistics.median(ratios), min(ratios), max(ratios)))


if __name__ == "__main__":
    main()
