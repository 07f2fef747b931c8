"""The tables of docs/scaling.md, from what bench/scaling.sh measured.

scaling.py TIMES RESULT CHECKPOINT PATHS ROUNDS MACHINE [PAGE]

TIMES: lines of "kind way workers paths start end", seconds. RESULT and CHECKPOINT: files whose sizes count. PAGE: the
page whose tables, between two comments, are replaced; without it they are printed.
"""
import collections
import json
import os
import statistics
import sys

BEGIN, END = "<!-- scaling: begin -->", "<!-- scaling: end -->"
# What is assumed of a cluster, beside what is measured here.
CORES = 100  # of these in one GPU
LINK = 1.25e9  # bytes a second into rank 0: 10 Gbit/s
ADDING = 1e9  # bytes of tallies added up in a second
BUILD = 30  # seconds to build the device program where it is not in the cache
LAST_RANGE = 0.2  # seconds that the last ranges may differ by
SETTLING = 0.02  # share of the time that collecting may take on the way
WORKERS = (1, 10, 100, 1000)
RUNS = (10**9, 10**11, 2**40)  # 2^40: as many as a run may have


def read_times(file):
    times = collections.defaultdict(list)
    for line in open(file):
        kind, way, workers, paths, start, end = line.split()
        times[kind, way, int(workers), int(paths)].append(float(end) - float(start))
    return {key: statistics.median(some) for key, some in times.items()}


def scaling_table(times, kind):
    lines = ["| | workers | seconds | paths a second | efficiency |", "|---|---:|---:|---:|---:|"]
    ones = {way: seconds for (k, way, workers, _), seconds in times.items() if k == kind and workers == 1}
    for (k, way, workers, paths), seconds in times.items():
        if k == kind:
            efficiency = ones[way] / seconds / (workers if kind == "strong" else 1)
            lines.append(f"| {way} | {workers} | {seconds:.2f} | {paths / seconds:,.0f} | {efficiency:.0%} |")
    return lines


def time_text(seconds):
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"


def count_text(n):
    return "2^40" if n == 2**40 else f"{n:.0e}".replace("e+0", "e").replace("e+", "e")


def paper_table(rate, start, tallies, merge):
    """Seconds on so many GPUs, and the share of them in which all of them simulate."""
    rows = ["| paths | GPUs | simulating | ranks, collected by rank 0 | ranks, by a tree | shards, one merge |",
            "|---|---:|---:|---:|---:|---:|"]
    exchange = tallies * (1 / LINK + 1 / ADDING)
    for paths in RUNS:
        for workers in WORKERS:
            simulating = paths / (workers * CORES * rate)
            steps = (workers - 1).bit_length()
            common = start + BUILD + LAST_RANGE + simulating * (1 + SETTLING)
            wholes = (common + exchange * (workers - 1), common + exchange * steps,
                      start + BUILD + simulating + (start + merge * workers if workers > 1 else 0))
            cells = (f"{time_text(whole)} ({simulating / whole:.0%})" for whole in wholes)
            rows.append(f"| {count_text(paths)} | {workers:,} | {time_text(simulating)} | {' | '.join(cells)} |")
    return rows


def main():
    times_file, result_file, checkpoint, paths, rounds, machine, *page = sys.argv[1:]
    times = read_times(times_file)
    paths = int(paths)
    tallies = json.load(open(result_file))["tallies"]
    size = 8 * tallies["n_counts"] + 16 * tallies["n_sums"]
    start = times["start", "threads", 1, 1]
    merge = max((times["merge", "shards", 20, 0] - times["merge", "shards", 10, 0]) / 10, 0)
    rate = paths / max(times["strong", "threads", 1, paths] - start, 1e-9)
    lines = [f"{machine}; medians of {rounds}.", "", f"Strong: {paths:,} paths in all.", ""]
    lines += scaling_table(times, "strong") + ["", f"Weak: {paths:,} paths for each worker.", ""]
    lines += scaling_table(times, "weak")
    lines += ["", "What is exchanged, and what each process costs:", "", "| | |", "|---|---:|",
              f"| tallies in memory, and as a rank sends them: {tallies['n_counts']:,} counts, {tallies['n_sums']:,} sums"
              f" | {size:,} bytes |",
              f"| the same in a result, compressed | {len(tallies['data']):,} bytes |",
              f"| a result (`--output`) | {os.path.getsize(result_file):,} bytes |",
              f"| a checkpoint | {os.path.getsize(checkpoint):,} bytes |",
              f"| one process from start to end, with one path | {start:.2f} s |",
              f"| one more result in `mismatch merge` | {1000 * merge:.1f} ms |",
              f"| one core | {rate:,.0f} paths a second |",
              "", f"On paper, with GPUs of {CORES} such cores each ({CORES * rate:,.0f} paths a second); in brackets the "
              "share of the time in which they simulate:", ""]
    lines += paper_table(rate, start, size, merge)
    if not page:
        print("\n".join(lines))
        return
    text = open(page[0]).read()
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        sys.exit(f"scaling.py: {page[0]} has no place for the tables, between {BEGIN} and {END}")
    head, rest = text.split(BEGIN)
    with open(page[0] + ".new", "w") as out:
        out.write(head + BEGIN + "\n\n" + "\n".join(lines) + "\n\n" + END + rest.split(END)[1])
    os.replace(page[0] + ".new", page[0])


if __name__ == "__main__":
    main()
