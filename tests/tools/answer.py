#!/usr/bin/env python3
"""The answer with which README.md begins: made by the program, kept in docs/answer.json, never written by hand.

    answer.py make     runs the command (minutes), writes docs/answer.json and the README's part
    answer.py refresh  the same without the draws of the ranges, which stay: after changes that move the digest alone
    answer.py write    writes the README's part anew from docs/answer.json
    answer.py check    says whether the README's part is what the program prints of docs/answer.json, and docs/answer.json
                       is of the baseline as it is
    answer.py rerun    runs the command without its draws of the ranges and says whether docs/answer.json comes out

docs/answer.json is the run's result without its curves by month and what depends on the machine. MISMATCH is the program,
SOURCE_DIR the tree. Exit 1 where something is stale, 77 where a million paths are too many (sanitizers).
"""
import difflib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ.get("SOURCE_DIR") or pathlib.Path(__file__).parents[2])
PROGRAM = os.environ.get("MISMATCH") or str(ROOT / "build/release/mismatch")
README, STORED = ROOT / "README.md", ROOT / "docs/answer.json"
CONFIG, PATHS = "configs/ai-2026.yaml", 1000000
RUN = ["run", CONFIG, "--paths", str(PATHS)]
DRAWS = ["--over-ranges", "200", "--range-paths", "50000"]
BEGIN, END = "<!-- made by tests/tools/answer.py: do not edit -->\n", "<!-- end of what is made -->\n"


def program(*arguments):
    done = subprocess.run([PROGRAM, *arguments], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode()


def slim(result):
    """What the answer is made from, and nothing that another machine would write differently."""
    result.pop("tallies", None)
    result["coexistence"] = [{k: v for k, v in entry.items() if k != "both"} for entry in result["coexistence"]
                             if entry["region"] is None and entry["generation"] is None]
    for answer in result["questions"].values():
        for part in ("entries", "by_month", "quantiles", "intervals", "late", "stranded"):
            answer.pop(part, None)
        answer.get("first_passage", {}).pop("by_month", None)
    industry = result["industry"]
    result["industry"] = {"months": industry["months"], "shortage_months": industry["shortage_months"],
                          **{state: {"p": industry[state]["p"]} for state in ("shortage", "glut")}}
    for part in ("git", "compiler", "flags"):
        result["program"].pop(part, None)
    result["run"].update(devices=[], seconds={}, backend="", threads=0, paths_per_second=0)
    return result


def markdown(document):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "result.json"
        file.write_text(json.dumps(document))
        return program("report", str(file), "--markdown")


def part(document):
    command = " ".join(["mismatch", *RUN, *DRAWS, "--markdown"])
    return f"{BEGIN}The answer for July 2026, as `{command}` prints it:\n\n{markdown(document)}{END}"


def split(readme):
    head, rest = readme.split(BEGIN)
    _, tail = rest.split(END)
    return head, tail


def write():
    head, tail = split(README.read_text())
    README.write_text(head + part(json.loads(STORED.read_text())) + tail)


def make():
    result = slim(json.loads(program(*RUN, *DRAWS, "--json", "--no-tallies")))
    STORED.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    write()


def fresh_run(stored):
    fresh = slim(json.loads(program(*RUN, "--json", "--no-tallies")))
    if fresh["scenario"]["sha256"] != stored["scenario"]["sha256"]:
        sys.exit("the baseline is another one: its draws have to be made anew too")
    fresh["ranges"], fresh["run"]["over_ranges"] = stored["ranges"], stored["run"]["over_ranges"]
    return fresh


def refresh():
    fresh = fresh_run(json.loads(STORED.read_text()))
    STORED.write_text(json.dumps(fresh, indent=1, ensure_ascii=False) + "\n")
    write()


def differ(name, wanted, found):
    if wanted == found:
        return 0
    sys.stderr.writelines(difflib.unified_diff(found.splitlines(True), wanted.splitlines(True), name, "made anew"))
    print(f"# {name} is stale", file=sys.stderr)
    return 1


def check():
    readme, stored = README.read_text(), json.loads(STORED.read_text())
    if not readme.startswith("# mismatch\n\n" + BEGIN):
        print("# README.md does not begin with the answer", file=sys.stderr)
        return 1
    head, tail = split(readme)
    now = json.loads(program("check", CONFIG, "--json"))["sha256"]
    bad = differ("README.md", head + part(stored) + tail, readme)
    return bad or differ("docs/answer.json", f"baseline {now}\n", f"baseline {stored['scenario']['sha256']}\n")


def rerun():
    limit = os.environ.get("MISMATCH_TEST_PATHS", "")
    if limit and int(limit) < PATHS:
        print("# a million paths of the baseline take too long here")
        return 77
    stored = json.loads(STORED.read_text())
    fresh = fresh_run(stored)
    bad = differ("docs/answer.json", fresh["run"]["digest"] + "\n", stored["run"]["digest"] + "\n")
    return bad or differ("docs/answer.json", markdown(fresh), markdown(stored))


if __name__ == "__main__":
    commands = {"make": make, "refresh": refresh, "write": write, "check": check, "rerun": rerun}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    status = commands[sys.argv[1]]()
    if status == 1:
        print("# cmake --build build/release --target answer makes it anew (minutes)", file=sys.stderr)
    sys.exit(status or 0)
