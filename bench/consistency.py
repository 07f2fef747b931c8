#!/usr/bin/env python3
"""Does what saves paths say the same as many plain ones? A plain run, --sampler sobol and --rare beside each other.

    consistency.py MISMATCH CONFIG [--paths N] [--sobol-paths N] [--rare NAME ...] [--keep FOLDER]

One plain run of N paths (10^7 unless given; minutes on two cores) answers all questions of CONFIG and of the neighbours of a rare event below:
a firm has 20 % spare for six months while the industry is short by 36 to 48 %. Then

  sobol  every figure of a run of --sampler sobol less the plain one, in standard errors of the difference; figures of which either run knows less
         than one part in five (about 25 events) are left out, since their errors are not normal. Exit 1 where one is beyond 3.5 and so many
         figures would not have that by chance (twice the share of the normal law beyond 3.5).
  rare   the estimate of each neighbour that is named (deep-40 and deep-44 unless given), likewise.

Results stay in FOLDER, and are not made again where they lie there already. 10^8 plain paths: --paths 1e8.
"""
import argparse
import json
import math
import os
import subprocess
import sys
import tempfile

LEVELS = (36, 40, 44, 46, 48)
FIRM, SHARE, MONTHS = "google", 0.20, 6
MOST = 3.5
BEYOND = 2 * math.erfc(MOST / math.sqrt(2))  # twice what the normal law has there
KNOWN = 0.2
LEFT_OUT = ("scenario", "program", "run", "tallies", "coexistence")  # the last is told again among the questions


def overlay():
    lines = ["events:"] + ["  deep-%d: {all_of: [{series: spare_share, firm: %s, at_least: %.2f}, {series: gap, at_least: %.2f}], for: %d}"
                           % (level, FIRM, SHARE, level / 100, MONTHS) for level in LEVELS]
    lines += ["questions:"] + ["  - {name: deep-%d, probability: {event: deep-%d}}" % (level, level) for level in LEVELS]
    return "\n".join(lines) + "\n"


def result(args, name, *options):
    """The page, made unless it lies there."""
    file = os.path.join(args.keep, name + ".json")
    if not os.path.exists(file):
        command = [args.mismatch, "run", args.config, "--overlay", os.path.join(args.keep, "neighbours.yaml"), "--no-progress", "-q", *options]
        text = subprocess.run(command + ["--json"], check=False, capture_output=True, text=True)
        if text.returncode not in (0, 8):  # 8: an estimate that is refused is a page too
            sys.exit(text.stderr)
        with open(file + ".part", "w", encoding="utf-8") as out:
            out.write(text.stdout)
        os.rename(file + ".part", file)
    with open(file, encoding="utf-8") as page:
        return json.load(page)


def figures(one, other, path, found):
    """All pairs of value and error that both pages know, into `found`."""
    if isinstance(one, dict) and "se" in one:
        part = "p" if "p" in one else "value"
        many = isinstance(one["se"], list)
        columns = [page[key] if many else [page[key]] for page in (one, other) for key in (part, "se")]
        for i, (x, s, y, t) in enumerate(zip(*columns)):
            if None not in (x, s, y, t) and 0 < s <= KNOWN * abs(x) and 0 < t <= KNOWN * abs(y):
                found.append(((y - x) / math.hypot(s, t), path + ("[%d]" % i if many else ""), x, y))
    elif isinstance(one, dict):
        for key in one:
            if key not in LEFT_OUT and key in other:
                figures(one[key], other[key], path + "/" + key, found)
    elif isinstance(one, list):
        for i, (a, b) in enumerate(zip(one, other)):
            figures(a, b, path + "/%d" % i, found)


def sobol_row(args, plain):
    page = result(args, "sobol", "--sampler", "sobol", "--paths", "%d" % args.sobol_paths, "--no-tallies")
    found = []
    figures(plain, page, "", found)
    far = sorted((row for row in found if abs(row[0]) > MOST), key=lambda row: -abs(row[0]))
    print("sobol, %d paths: %d figures; mean of z² %.2f; largest |z| %.2f; beyond %.1f: %d, by chance %.1f"
          % (page["run"]["paths"], len(found), sum(row[0] ** 2 for row in found) / len(found), max(abs(row[0]) for row in found), MOST,
             len(far), BEYOND / 2 * len(found)))
    for z, path, x, y in far[:10]:
        print("  %+.2f %s: %.6g plain, %.6g" % (z, path, x, y))
    print("\n| question | plain | sobol | z |\n|---|--:|--:|--:|")
    for name, question in plain["questions"].items():
        if question["type"] == "probability" and question["ever"]["p"] > 0:
            x, y = question["ever"], page["questions"][name]["ever"]
            print("| %s | %.6g ± %.2g | %.6g ± %.2g | %+.2f |" % (name, x["p"], x["se"], y["p"], y["se"], (y["p"] - x["p"]) / math.hypot(x["se"], y["se"])))
    return len(far) > max(1, BEYOND * len(found))


def rare_row(args, plain, name):
    page = result(args, "rare-" + name, "--rare", name, "--precision", "0.08")
    x = plain["questions"][name]["ever"]
    if not page["stands"]:
        print("| %s | %.4g ± %.2g | refused: %s | | | |" % (name, x["p"], x["se"], page["verdict"]))
        return False
    z = (page["p"] - x["p"]) / math.hypot(page["se"], x["se"])
    print("| %s | %.4g ± %.2g | %.4g ± %.2g | %s | %d | %+.2f |"
          % (name, x["p"], x["se"], page["p"], page["se"], page["method"], page["run"]["evaluations"]["all"], z))
    return abs(z) > MOST


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("mismatch")
    ap.add_argument("config")
    ap.add_argument("--paths", type=float, default=1e7)
    ap.add_argument("--sobol-paths", type=float, default=2**20)
    ap.add_argument("--rare", nargs="*", default=["deep-40", "deep-44"])
    ap.add_argument("--keep")
    args = ap.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        args.keep = args.keep or folder
        os.makedirs(args.keep, exist_ok=True)
        with open(os.path.join(args.keep, "neighbours.yaml"), "w", encoding="utf-8") as out:
            out.write(overlay())
        plain = result(args, "plain", "--paths", "%d" % args.paths, "--seed", "11", "--no-tallies")
        print("plain: %d paths, seed %s, digest %s\n" % (plain["run"]["paths"], plain["run"]["seed"], plain["run"]["digest"][:16]))
        bad = sobol_row(args, plain)
        print("\n| neighbour | plain | rare | by | evaluations | z |\n|---|--:|--:|---|--:|--:|")
        for name in args.rare:
            bad |= rare_row(args, plain, name)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
