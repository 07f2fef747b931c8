#!/usr/bin/env python3
"""Writes docs/history.md: what the program would have said before four known outcomes, with its scores.

usage: history.py PROGRAM CONFIGS [--paths N] [--draws N] [--draw-paths N] > docs/history.md
"""
import argparse
import csv
import json
import math
import pathlib
import subprocess
import tempfile


def simulate(program, config, *options):
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "result.json"
        subprocess.run([program, "run", config, "-q", "--no-progress", "--no-tallies", "--output", out, *options], check=True)
        return json.loads(out.read_text())


def month_list(first, last):
    year, month = map(int, first.split("-"))
    months = []
    while not months or months[-1] != last:
        months.append(f"{year}-{month:02d}")
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return months


def brier(p, y):
    return (p - y) ** 2


def log_score(p, y):
    q = p if y else 1 - p
    return -math.log(q) if q > 0 else math.inf


def mean(values):
    return sum(values) / len(values)


def score(value):
    return "infinite" if math.isinf(value) else f"{value:.3f}"


def case_of(program, folder, row, args):
    config = folder / f"{row['case']}.yaml"
    result = simulate(program, config, "--paths", str(args.paths))
    drawn = simulate(program, config, "--over-ranges", str(args.draws), "--paths", str(args.draw_paths))
    ladder = result["questions"]["does-a-sale-mean-glut"]["cases"][0]
    step = ladder["steps"][0]
    months = month_list(*row["months"].split(":"))
    glut = dict(zip(result["industry"]["months"], result["industry"]["glut"]["p"]))
    truly = month_list(row["glut_from"], row["glut_to"]) if row["glut_from"] else []
    return {
        "name": row["case"], "said": row["said"], "outcome": row["outcome"], "glut": bool(truly),
        "prior": ladder["prior"], "posterior": step["posterior"], "factor": step["bayes_factor"], "ci": step["ci"],
        "span": next(v for k, v in drawn["ranges"].items() if k.startswith("posterior(")),
        "prior_span": drawn["ranges"]["glut-ahead"],
        "months": [(glut[m], m in truly) for m in months],
        "sha": result["scenario"]["sha256"],
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("configs", type=pathlib.Path)
    parser.add_argument("--paths", type=int, default=400000)
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--draw-paths", type=int, default=20000)
    args = parser.parse_args()
    with open(args.configs / "outcomes.csv", newline="") as file:
        cases = [case_of(args.program, args.configs, row, args) for row in csv.DictReader(file)]

    rules = [
        ("the program, after the news", [(c["posterior"]["p"], c["glut"]) for c in cases]),
        ("the program, without the news", [(c["prior"]["p"], c["glut"]) for c in cases]),
        ('"a sale means glut"', [(1, c["glut"]) for c in cases]),
        ('"never glut"', [(0, c["glut"]) for c in cases]),
        ("even odds", [(0.5, c["glut"]) for c in cases]),
    ]
    by_month = [pair for c in cases for pair in c["months"]]
    base = mean([y for _, y in by_month])
    month_rules = [
        ("the program", by_month),
        ('"always glut"', [(1, y) for _, y in by_month]),
        ('"never glut"', [(0, y) for _, y in by_month]),
        (f"their share of gluts, {base:.2f}, known only afterwards", [(base, y) for _, y in by_month]),
    ]

    print("# Four cases from history\n")
    print("What would the program have said before two gluts and two false alarms? Each configuration in `configs/history/` holds only what was known in")
    print("the month of the news, each parameter with its grade and date; the outcome is in `configs/history/outcomes.csv`, from the evidence that")
    print("[calibration.md](calibration.md), section 4.8, lists. The parameters were set from that evidence and then left alone, except that the first month's demand was set so")
    print("that it starts as tight as reports of the time had it, and that two pieces of news were put more sharply, since as first written nearly every path had them.\n")
    print("**Four cases allow no inference.** They show what the program says, and where it is wrong; they do not show that it is right. Most inputs are judgement (grade J),")
    print("made with the outcome in mind, however hard one tries not to: the spans over the ranges are the honest width.\n")
    print("| case | news | glut ahead: before the news | after it | Bayes factor | after it, over the ranges | what came |")
    print("|---|---|---|---|---|---|---|")
    for c in cases:
        low, high = c["span"]["low"], c["span"]["high"]
        print(f"| `{c['name']}` | {c['said']} | {c['prior']['p']:.3f} ± {c['prior']['se']:.3f} | **{c['posterior']['p']:.3f}** ± {c['posterior']['se']:.3f} "
              f"| {c['factor']:.2f} ({c['ci'][0]:.2f}–{c['ci'][1]:.2f}) | {low:.2f}–{high:.2f} | {c['outcome']} |")
    right = [c for c in cases if (c["posterior"]["p"] >= 0.5) == c["glut"]]
    wrong = [c["name"] for c in cases if c not in right]
    print(f"\nWith one half as the border the program is right in {len(right)} of {len(cases)}"
          + (f", wrong in {', '.join(f'`{w}`' for w in wrong)}" if wrong else "") + ".\n")
    print(f"## Scores of the cases (n = {len(cases)})\n")
    print("Brier: mean of (p − y)²; log: mean of −ln of the probability given to what came. Smaller is better.\n")
    print("| rule | Brier | log |\n|---|---|---|")
    for name, pairs in rules:
        print(f"| {name} | {mean([brier(p, y) for p, y in pairs]):.3f} | {score(mean([log_score(p, y) for p, y in pairs]))} |")
    print(f"\n## Scores by month (n = {len(by_month)} months of {len(cases)} cases)\n")
    print("The probability of a glut in each month after the news, not conditioned on it, against whether there was one. The months of one case are not")
    print("independent: n counts months, not evidence.\n")
    print("| rule | Brier | log |\n|---|---|---|")
    for name, pairs in month_rules:
        print(f"| {name} | {mean([brier(p, y) for p, y in pairs]):.3f} | {score(mean([log_score(p, y) for p, y in pairs]))} |")
    print("\n## How it was made\n")
    print(f"`tests/tools/history.py build/release/mismatch configs/history > docs/history.md`: {args.paths:,} paths, seed 1; over the ranges {args.draws} draws of {args.draw_paths:,} paths.")
    print("The configurations, by the SHA-256 of what they come to:\n")
    for c in cases:
        print(f"- `{c['name']}`: `{c['sha']}`")


main()
