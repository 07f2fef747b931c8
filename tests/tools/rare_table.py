#!/usr/bin/python3
"""Writes the table of docs/rare-events.md anew from what a test prints.

    rare_table.py build/release/tests/test_closed_rare docs/rare-events.md
"""
import re
import subprocess
import sys

LINE = re.compile(r"# (?P<name>.+?) +(?P<inputs>\d+) inputs: (?P<p>\S+) \+- (?P<se>\S+) by (?P<method>[a-z ]+), truth (?P<truth>\S+), "
                  r"check (?P<check>\S+) \+- (?P<check_se>[^;]+);.* (?P<evaluations>\d+) evaluations, gain (?P<gain>\S+)")
HEAD = ["| problem | truth | estimate | by | check | evaluations | gain |", "|---|--:|--:|---|--:|--:|--:|"]


def main():
    test, page = sys.argv[1:]
    run = subprocess.run([test], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit("%s fails" % test)
    rows = [match.groupdict() for match in map(LINE.match, run.stdout.splitlines()) if match]
    if not rows:
        sys.exit("%s prints no figures" % test)
    table = HEAD + ["| %(name)s, %(inputs)s input%(s)s | %(truth)s | %(p)s ± %(se)s | %(method)s | %(check)s ± %(check_se)s | %(evaluations)s | "
                    "%(gain)s |" % dict(row, s="" if row["inputs"] == "1" else "s") for row in rows]
    with open(page) as fh:
        lines = fh.read().splitlines()
    first = lines.index(HEAD[0])
    last = first
    while last < len(lines) and lines[last].startswith("|"):
        last += 1
    with open(page, "w") as fh:
        fh.write("\n".join(lines[:first] + table + lines[last:]) + "\n")


if __name__ == "__main__":
    main()
