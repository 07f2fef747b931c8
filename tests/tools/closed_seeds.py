#!/usr/bin/python3
"""The closed-form tests with many seeds: are the errors that their comparisons assume the right ones, and is no figure off?

    closed_seeds.py TESTS [--seeds N] [--first N] [--paths N] [--jobs N] [NAME...]

TESTS: the folder of the built tests, build/release/tests; NAME: `slips` for test_closed_slips; default: all that compare with an
error. Each comparison has a z in each run. Over N seeds its mean times the root of N must look like a standard normal (else a
figure is off), its mean square like 1 (else an error is), and beyond 3.5 lie 0.047 % of all. A comparison is told where it is beyond
4.5 in one of them, which has a chance of 1 in 150,000. Comparisons whose draws follow from no MISMATCH_TEST_SEED are left out. Prints
Markdown; exit 1 where one is told.
"""
import argparse
import collections
import concurrent.futures
import glob
import math
import os
import subprocess
import sys
import tempfile

FAR = 4.5
SIGMAS = 3.5


def zs_of(program, seed, paths, folder):
    """-> [(what, z), ...] of one run, in the order of the comparisons"""
    checks = os.path.join(folder, "%s-%d" % (os.path.basename(program), seed))
    done = subprocess.run([program], cwd=folder, capture_output=True, text=True, env=dict(
        os.environ, MISMATCH_CHECKS=checks, MISMATCH_TEST_SEED=str(seed), MISMATCH_TEST_PATHS=str(paths), OMP_NUM_THREADS="1"))
    rows = []
    if os.path.exists(checks):
        with open(checks) as fh:
            rows = [(row[1], float(row[4])) for row in (line.rstrip("\n").split("\t") for line in fh)]
        os.remove(checks)
    return rows if rows or not done.returncode else sys.exit("%s, seed %d: %s" % (program, seed, done.stderr[-500:]))


def measure(runs):
    """-> per comparison (what, mean times root of n, how far its mean square is from 1 in its standard errors, mean square)"""
    found = []
    for column in zip(*runs):
        z = [value for _, value in column]
        if min(z) == max(z):  # draws of its own
            continue
        n = len(z)
        square = sum(v * v for v in z) / n
        fourth = max(3.0, sum(v ** 4 for v in z) / n / max(square, 1e-9) ** 2)  # rare events have heavier tails
        found.append((column[0][0], sum(z) / math.sqrt(n), (square - 1) / math.sqrt((fourth - 1) / n), square))
    return found


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("tests")
    ap.add_argument("names", nargs="*")
    ap.add_argument("--seeds", type=int, default=200)
    ap.add_argument("--first", type=int, default=1)
    ap.add_argument("--paths", type=int, default=20000)
    ap.add_argument("--jobs", type=int, default=os.cpu_count())
    args = ap.parse_intermixed_args()
    programs = [os.path.join(os.path.abspath(args.tests), "test_closed_" + name) for name in args.names] or sorted(
        glob.glob(os.path.join(os.path.abspath(args.tests), "test_closed_*")))
    seeds = range(args.first, args.first + args.seeds)
    failed = False
    print("| test | comparisons | largest \\|mean z\\| x root of %d | root mean square of that | mean square of z: least, most | beyond %.1f, in %% |"
          % (args.seeds, SIGMAS))
    print("|---|---:|---:|---:|---:|---:|")
    for program in programs:
        name = os.path.basename(program)
        with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
            runs = list(pool.map(lambda seed: zs_of(program, seed, args.paths, folder), seeds))
        kinds = collections.Counter(tuple(what for what, _ in run) for run in runs)
        if not any(runs):
            continue
        usual = max(kinds, key=len)
        kept = [run for run in runs if tuple(what for what, _ in run) == usual]
        if len(kept) < len(runs):  # stopped at a comparison that knows no MISMATCH_TEST_SEED
            failed = failed or len(kept) < 0.8 * len(runs)
            print("%s: %d of %d runs are left out, they ended early" % (name, len(runs) - len(kept), len(runs)), file=sys.stderr)
        found = measure(kept)
        if not found:
            continue
        beyond = sum(abs(z) > SIGMAS for run in kept for _, z in run)
        for i, (what, mean, spread, square) in enumerate(found):
            if abs(mean) > FAR or abs(spread) > FAR:
                failed = True
                print("%s, comparison %d (%s): mean z %.2f standard errors off; mean square %.3f, %.2f off" % (
                    name, i, what, mean, square, spread), file=sys.stderr)
        print("| `%s` | %d | %.2f | %.2f | %.2f, %.2f | %.3f |" % (
            name, len(found), max(abs(mean) for _, mean, _, _ in found), math.sqrt(sum(m * m for _, m, _, _ in found) / len(found)),
            min(s for _, _, _, s in found), max(s for _, _, _, s in found), 100 * beyond / len(kept) / len(found)), flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
