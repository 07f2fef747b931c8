#!/usr/bin/env python3
"""An OpenCL device beside the cores: the same program, the same paths, alternating in one run.

usage: backends.py MISMATCH CONFIG [--device SELECTOR] [--paths N] [--rounds N] [--least RATIO]

Every run must end with the same digest, else nothing is printed. A first run of each, not timed, compiles the kernels and
tests the device. Two rates are given: paths per second of the simulation, by the clock; and paths per second of processor
time, which other programs on the machine disturb less (what a small run takes is taken off). The second says something of
devices that are processors only. Exits with 1 where the median of the ratios by processor time is below --least.
"""
import argparse
import json
import resource
import statistics
import subprocess
import sys

SMALL = 1000


def run(args, device, paths):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    text = subprocess.run([args.mismatch, "run", args.config, "--device", device, "--paths", str(paths), "--json", "--no-tallies",
                           "--no-progress", "-q"], check=True, capture_output=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    page = json.loads(text)["run"]
    return page, used


def once(args, device):
    """Both rates, the digest, and the device's name."""
    page, used = run(args, device, args.paths)
    _, small = run(args, device, SMALL)
    return (args.paths / page["seconds"]["simulate"], (args.paths - SMALL) / max(used - small, 1e-9), page["digest"],
            "%s, %d lanes" % (page["devices"][0]["name"], page["devices"][0]["lanes"]))


def spread(values, form="%.0f"):
    return (form + " (" + form + " – " + form + ")") % (statistics.median(values), min(values), max(values))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("mismatch")
    ap.add_argument("config")
    ap.add_argument("--device", default="0")
    ap.add_argument("--paths", type=int, default=200000)
    ap.add_argument("--rounds", type=int, default=7)
    ap.add_argument("--least", type=float, default=0.0)
    args = ap.parse_args()
    sides = ("openmp", args.device)
    build = [run(args, side, SMALL)[0]["seconds"]["build"] for side in sides]
    rows = {side: [] for side in sides}
    for _ in range(args.rounds):
        for side in sides:
            rows[side].append(once(args, side))
    digests = {row[2] for side in sides for row in rows[side]}
    if len(digests) != 1:
        sys.exit("the digests differ: nothing is compared")
    print("First build and self-test of the device: %.1f s. Digest of all: %s.\n" % (build[1], digests.pop()[:16]))
    print("| backend | paths per second by the clock: median (least – most) | per second of processor time |\n|---|---|---|")
    for side in sides:
        label = "OpenMP" if side == "openmp" else "OpenCL"
        print("| %s: %s | %s | %s |" % (label, rows[side][0][3], spread([r[0] for r in rows[side]]), spread([r[1] for r in rows[side]])))
    ratios = [[b[i] / a[i] for a, b in zip(rows["openmp"], rows[args.device])] for i in range(2)]
    print("| ratio | %s | %s |" % (spread(ratios[0], "%.2f"), spread(ratios[1], "%.2f")))
    return 1 if statistics.median(ratios[1]) < args.least else 0


if __name__ == "__main__":
    sys.exit(main())
