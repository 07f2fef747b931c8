#!/usr/bin/env python3
"""Makes the program's allocations and system calls fail, one after the other, and looks what it does.

    faults.py [--full] [--sample N] [--case NAME]... [--kind alloc|system|signal|clock]... [--jobs N] [--list]

Needs MISMATCH (the program), SOURCE_DIR and BUILD_DIR, as the tests have them. Each case is a command. It is run
once unbroken, which says what it makes and how many places can fail; then, in a fresh folder each time,

    alloc   one allocation of each call stack of the program fails (memory runs out once; and from there on)
    system  one system call fails: a full disk, an input or output error, no rights, an interrupted or short write
    signal  INT, TERM or KILL comes at a system call, and the same command is given again
    clock   the time of day jumps

Always: the exit code is one of the documented ones and the right one; where it is 0, everything that was made is what
the unbroken run makes; where it is not, nothing that was there before has changed, nothing is half made, no temporary
stays, and standard error says what happened. Stores are sound.

Without --full about N (300) faults, spread over all places but those of cases that start gnuplot. Exits with 1 if anything was wrong.
"""
import argparse
import concurrent.futures
import itertools
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

MISMATCH = os.environ["MISMATCH"]
SOURCE = Path(os.environ["SOURCE_DIR"])
TOOLS = Path(os.environ["BUILD_DIR"]) / "tests"
SHIM = TOOLS / "faults.so"
TRACER = TOOLS / "system_faults"
SIMULATE = ["--threads", "1", "--lanes", "4", "--no-progress"]
VOLATILE = {"seconds", "paths_per_second", "created", "simulate", "build", "reduce", "total", "document_size",
            "devices", "processor"}
SECONDS = re.compile(r"that is [\d.,e+-]+ times a plain run|[\d.,e+-]+ (?:s|ms|min|h|seconds?)\b|[\d.,e+-]+ (?:million |thousand )?paths (?:a|per) second")
# kind of call, faults, exit codes beside 0 (which asks for the whole result). A short write is no error.
SYSTEM = [("write", ("ENOSPC", "EIO", "EDQUOT", "EINTR"), {6}), ("write", ("short",), set()),
          ("sync", ("EIO", "ENOSPC"), {6}), ("name", ("EACCES", "ENOSPC", "EIO"), {6}),
          ("create", ("EACCES", "EROFS", "EMFILE", "ENOSPC"), {6}), ("open", ("EACCES", "EMFILE", "EIO"), {6}),
          ("read", ("EIO", "EINTR"), {6}), ("read", ("short",), set()), ("remove", ("EACCES", "EIO"), {6}),
          ("size", ("ENOSPC", "EIO"), {6}), ("lock", ("EINTR", "EIO"), {6}), ("mkdir", ("EACCES", "ENOSPC"), {6}),
          ("close", ("EIO", "ENOSPC"), {6})]
# jansson's reader, up to 2.14 at least, goes on when the buffer of the word that it reads can't grow, and then looks for
# an end of the word that it has not kept
JANSSON = re.compile(r"allocate( < libjansson\+0x[0-9a-f]+){5}$")
PERSISTENT = {"ENOSPC", "EROFS", "EACCES"}  # a full disk stays full


class Case:
    """A command, and the files that it starts from, each with the command that makes it."""

    def __init__(self, name, arguments, needs=(), old=(), slow=False):
        self.name, self.arguments, self.needs, self.old, self.slow = name, arguments, needs, old, slow


def run(config, *arguments):
    return ["run", config, "--paths", "64", *SIMULATE, *arguments]


MADE = {  # what cases start from
    "a.json": run("every-key.yaml", "-q", "--output", "a.json"),
    "b.json": run("every-key.yaml", "-q", "--first-path", "64", "--output", "b.json"),
    "small.json": run("lognormal.yaml", "-q", "--output", "small.json"),
    "s.db": ["sweep", "asked.yaml", "--vary", "firms.a.inference=80,100,125", "--paths", "64", "--jobs", "1",
             "--threads", "1", "--lanes", "4", "-q", "--store", "s.db"],
    "tornado.json": ["sensitivity", "lognormal.yaml", "--on", "p(short)", "--paths", "64", *SIMULATE, "-q",
                     "--output", "tornado.json"],
}

CASES = [
    Case("run", run("every-key.yaml", "--output", "out.json")),
    Case("run-force", run("lognormal.yaml", "-q", "--force", "--output", "out.json"), old=["out.json"]),
    Case("run-text", run("every-key.yaml", "-v", "--question", "p(glut by 2030-12)", "--expect", "p(glut) >= 0")),
    Case("run-json", run("every-key.yaml", "--json")),
    Case("run-csv", run("every-key.yaml", "--csv")),
    Case("run-markdown", run("every-key.yaml", "--markdown")),
    Case("run-report", run("every-key.yaml", "-v")),
    Case("run-sobol", run("lognormal.yaml", "--sampler", "sobol", "-q", "--output", "out.json")),
    Case("run-samples", run("every-key.yaml", "--sample-paths", "3", "--series", "gap,price", "--output", "out.csv")),
    Case("run-over", ["run", "asked.yaml", "--paths", "64", "--over-ranges", "20", "--range-paths", "64",
                      *SIMULATE, "-q", "--output", "out.json"]),
    Case("run-rare", ["run", "asked.yaml", "--rare", "how-short", "--max-paths", "6e5", "--precision", "0.5", *SIMULATE[:2]]),
    Case("run-store", run("every-key.yaml", "-q", "--store", "new.db")),
    Case("run-store-found", run("asked.yaml", "-q", "--store", "s.db"), needs=["s.db"]),
    Case("run-from", ["run", "--from", "a.json", *SIMULATE, "-q", "--output", "out.json"], needs=["a.json"]),
    Case("merge", ["merge", "a.json", "b.json", "--output", "out.json"], needs=["a.json", "b.json"]),
    Case("merge-store", ["merge", "a.json", "b.json", "--store", "new.db"], needs=["a.json", "b.json"]),
    Case("check", ["check", "every-key.yaml"]),
    Case("check-print", ["check", "every-key.yaml", "--print", "--set", "firms.alpha.reserve=0.1"]),
    Case("check-json", ["check", "every-key.yaml", "--json", "--print"]),
    Case("check-schema", ["check", "--schema"]),
    Case("check-reference", ["check", "--reference"]),
    Case("path", ["path", "every-key.yaml", "--path", "7"]),
    Case("path-json", ["path", "every-key.yaml", "--path", "7", "--json"]),
    Case("sweep", ["sweep", "asked.yaml", "--vary", "firms.a.inference=80,100", "--paths", "64", "--jobs", "1",
                   *SIMULATE, "--csv", "--store", "new.db"]),
    Case("compare", ["compare", "lognormal.yaml", "--overlay", "hot.yaml", "--question", "p(short)", "--paths", "64",
                     *SIMULATE, "--output", "out.json"]),
    Case("reverse", ["reverse", "lognormal.yaml", "--target", "p(short) >= 0.5", "--paths", "64", *SIMULATE,
                     "--output", "out.json"]),
    Case("sensitivity", ["sensitivity", "lognormal.yaml", "--on", "p(short)", "--paths", "64", *SIMULATE, "--output",
                         "out.json"]),
    Case("sensitivity-sobol", ["sensitivity", "lognormal.yaml", "--on", "p(short)", "--method", "sobol", "--points",
                               "4", "--paths", "64", *SIMULATE, "--csv"]),
    Case("report", ["report", "a.json", "small.json", "tornado.json", "--output", "out"],
         needs=["a.json", "small.json", "tornado.json"], slow=True),
    Case("report-store", ["report", "s.db", "--output", "out", "--json"], needs=["s.db"], slow=True),
    Case("report-markdown", ["report", "a.json", "--markdown"], needs=["a.json"]),
    Case("results", ["results", "s.db", "--csv", "--columns", "firms.a.inference,how-short,paths,digest"],
         needs=["s.db"]),
    Case("results-json", ["results", "s.db", "--json"], needs=["s.db"]),
    Case("devices", ["devices", "--json"]),
    Case("version", ["version", "--json"]),
    Case("help", ["help", "--json"]),
]


def environment(folder, **more):
    state = folder.parent / (folder.name + ".state")
    return dict({k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR", "XDG_CACHE_HOME")},
                LC_ALL="C.UTF-8", OCL_ICD_VENDORS=str(TOOLS / "none"), HOME=str(state), XDG_STATE_HOME=str(state), **more)


def steady(value):
    """JSON without what differs from run to run."""
    if isinstance(value, dict):
        return {key: steady(member) for key, member in value.items() if key not in VOLATILE}
    return [steady(member) for member in value] if isinstance(value, list) else value


def steady_text(text):
    try:
        return json.dumps(steady(json.loads(text)))
    except ValueError:
        return SECONDS.sub("T", re.sub(r"\d{4}-\d\d-\d\dT[\d:]+Z", "TIME", text))


def rows(file):
    """What a store says, or the reason why it is not sound."""
    with sqlite3.connect(f"file:{file}?mode=rw", uri=True) as store:
        sound = store.execute("PRAGMA integrity_check").fetchall()
        if sound != [("ok",)]:
            return f"not sound: {sound}"
        if not store.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            return []
        found = store.execute("SELECT sha256, seed, ranges, digest, answers, document, tallies FROM results ORDER BY"
                              " sha256, ranges").fetchall()
        failures = store.execute("SELECT base, point, message FROM failures").fetchall()
    return [[*row[:5], steady_text(zlib.decompress(row[5]).decode()), row[6]] for row in found] + failures


def contents(folder):
    """What lies in a folder, by name."""
    found = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and ".db-" not in path.name):
        name = str(file.relative_to(folder))
        found[name] = rows(file) if file.suffix == ".db" else steady_text(file.read_bytes().decode(errors="replace"))
    return found


class Bench:
    """Cases, the files that they start from, and what they give unbroken."""

    def __init__(self, scratch):
        self.scratch, self.numbers, self.before, self.whole = scratch, itertools.count(1), {}, {}
        self.base = scratch / "base"
        self.base.mkdir()
        for name in ("every-key.yaml", "every-key-competitor.yaml", "every-key-profile.csv", "lognormal.yaml"):
            shutil.copy(SOURCE / "tests" / "data" / name, self.base)
        (self.base / "hot.yaml").write_text("inference: {initial_sigma: 0.3}\n")
        (self.base / "asked.yaml").write_text((self.base / "lognormal.yaml").read_text()
                                              + "questions: [{name: how-short, probability: {event: short}}]\n")
        self.configurations = [file.name for file in self.base.iterdir()]

    def make(self, name):
        if not (self.base / name).exists():
            subprocess.run([MISMATCH, *MADE[name]], cwd=self.base, env=environment(self.base), check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def folder(self, case):
        folder = self.scratch / str(next(self.numbers))
        folder.mkdir()
        for name in [*self.configurations, *case.needs]:
            shutil.copy(self.base / name, folder)
        for name in case.old:
            (folder / name).write_text("what was there before\n")
        return folder

    def run(self, case, folder, tracer=(), **more):
        done = subprocess.run([*tracer, MISMATCH, *case.arguments], cwd=folder, env=environment(folder, **more),
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")

    def prepare(self, case):
        """Runs it unbroken. \\return the call stacks of allocations and the numbers of system calls."""
        for name in case.needs:
            self.make(name)
        folder = self.folder(case)
        self.before[case.name] = contents(folder)
        sites, calls = folder.parent / f"{folder.name}.sites", folder.parent / f"{folder.name}.calls"
        # twice, since a tracer and a lister would be in each other's way
        code, out, err = self.run(case, folder, LD_PRELOAD=str(SHIM), MISMATCH_FAULT_SITES=str(sites))
        if code != 0:
            sys.exit(f"{case.name}: the unbroken run exits with {code}: {err}")
        self.whole[case.name] = {"stdout": steady_text(out), "files": contents(folder)}
        again = self.folder(case)
        if self.run(case, again, [TRACER, "-c", calls], LD_PRELOAD=str(SHIM))[0] == 77:
            calls = None
        lines = [line.split() for line in sites.read_text().splitlines()]
        sites = sorted((int(line[0]), " ".join(line[1:])) for line in lines if line[0] != "all")
        total = next(int(line[1]) for line in lines if line[0] == "all")
        counts = {} if calls is None else dict(
            (line.split()[0], int(line.split()[1])) for line in calls.read_text().splitlines())
        for used in (folder, again):
            discard(used)
        return sites, total, counts

    def compare(self, case, out, folder):
        """What an exit code of 0 promises."""
        whole, files = self.whole[case.name], contents(folder)
        if steady_text(out) != whole["stdout"]:
            return "exits with 0, but standard output is another: " + difference(whole["stdout"], steady_text(out))
        for name in sorted(whole["files"].keys() | files.keys()):
            if whole["files"].get(name) != files.get(name):
                return f"exits with 0, but {name} is another: " + difference(
                    str(whole["files"].get(name)), str(files.get(name)))
        return None

    def untouched(self, case, folder):
        """What any other exit code promises: nothing half made."""
        before, whole, now = self.before[case.name], self.whole[case.name]["files"], contents(folder)
        for name, text in now.items():
            if ".part" in name or ".old-" in name:
                return f"{name} is left behind"
            if name.endswith(".db"):
                if isinstance(text, str):
                    return f"{name} is {text}"
                if any(row not in whole.get(name, []) + before.get(name, []) for row in text):
                    return f"{name} holds a row that the whole run does not make"
            elif ".checkpoint" in name:
                continue
            elif text not in (before.get(name), whole.get(name)):
                return f"{name} is half made"
        return next((f"{name} is gone" for name in before if name not in now), None)


def difference(wanted, found):
    at = next((i for i, (a, b) in enumerate(zip(wanted, found)) if a != b), min(len(wanted), len(found)))
    return f"...{wanted[max(0, at - 60):at + 60]!r}, not ...{found[max(0, at - 60):at + 60]!r}"


def discard(folder):
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(folder.parent / (folder.name + ".state"), ignore_errors=True)


def try_alloc(bench, case, folder, fault):
    code, out, err = bench.run(case, folder, LD_PRELOAD=str(SHIM), MISMATCH_FAULT=f"alloc:{fault}")
    if code == 0:
        return bench.compare(case, out, folder)
    if code != 1:
        return f"exits with {code}: {err[-300:]}"
    return bench.untouched(case, folder) or (None if "memory" in err else f"does not speak of memory: {err[-300:]!r}")


def try_system(bench, case, folder, fault):
    kind, number, what, codes = fault
    code, out, err = bench.run(case, folder, [TRACER, "-f", f"{kind}:{number}:{what}"], LD_PRELOAD=str(SHIM))
    if code == 0:
        wrong = bench.compare(case, out, folder)
        # what can't be removed stays
        return None if wrong and kind == "remove" and re.search(r"(part|checkpoint\S*|previous) is another", wrong) else wrong
    if kind == "read" and what == "EIO" and code in (2, 8) and ".db: damaged" in err:
        return bench.untouched(case, folder)  # SQLite's own word for a block that can't be read
    if code not in codes:
        return f"exits with {code}: {err[-300:]}"
    return (None if kind == "remove" else bench.untouched(case, folder)) or (
        None if err or '"messages"' in out else "says nothing")


def try_signal(bench, case, folder, fault):
    number, what = fault
    code, out, err = bench.run(case, folder, [TRACER, "-f", f"any:{number}:{what}"], LD_PRELOAD=str(SHIM))
    if code not in (0, 75, 128 + {"INT": 2, "TERM": 15, "KILL": 9}[what]):
        return f"exits with {code}: {err[-300:]}"
    wrong = bench.compare(case, out, folder) if code == 0 else None
    if wrong or code == 0:
        return wrong
    made = {name: text for name, text in contents(folder).items() if name in ("out.json", "out.csv")}
    before, whole = bench.before[case.name], bench.whole[case.name]["files"]
    if any(text not in (before.get(name), whole.get(name)) for name, text in made.items()):
        return "the output is half made"
    wrong = bench.untouched(case, folder) if code == 75 else None  # who dies can't tidy up
    if wrong:
        return wrong
    if (folder / "out").exists() or (made and "--force" not in case.arguments):
        return None  # a whole output, which is kept without --force
    code, out, err = bench.run(case, folder)
    return bench.compare(case, out, folder) if code == 0 else f"given again, exits with {code}: {err[-300:]}"


def try_clock(bench, case, folder, fault):
    code, out, err = bench.run(case, folder, LD_PRELOAD=str(SHIM), MISMATCH_FAULT=f"clock:{fault}")
    return bench.compare(case, out, folder) if code == 0 else f"exits with {code}: {err[-300:]}"


TRIES = {"alloc": try_alloc, "system": try_system, "signal": try_signal, "clock": try_clock}


def faults_of(sites, counts, kinds, steps):
    """All faults of a case, as (kind, fault, words)."""
    for number, stack in sites if "alloc" in kinds else ():
        yield "alloc", number, stack
        yield "alloc", f"{number}+", stack
    for kind, what, codes in SYSTEM if "system" in kinds else ():
        for number in range(1, counts.get(kind, 0) + 1):
            for one in what:
                yield "system", (kind, number, one, codes), f"{kind} {number} {one}"
                if one in PERSISTENT:
                    yield "system", (kind, f"{number}+", one, codes), f"{kind} {number}+ {one}"
    calls = counts.get("any", 0)
    for number in range(1, calls + 1, max(1, calls // steps)) if "signal" in kinds else ():
        for what in ("INT", "TERM", "KILL"):
            yield "signal", (number, what), f"{what} at call {number}"
    for jump in (7200, 100000) if "clock" in kinds else ():
        yield "clock", jump, f"{jump} s"


def named(stack):
    """The functions of a call stack of the program."""
    names = []
    for frame in stack.split():
        place, offset = frame.split("+")
        if place == "-":
            found = subprocess.run(["addr2line", "-fe", MISMATCH, hex(int(offset, 16) - 1)], capture_output=True,
                                   text=True, check=False).stdout.split("\n")
            names.append(found[0] if found[0] not in ("", "??") else offset)
        else:
            names.append(place.split(".")[0] + "+" + offset)
    return " < ".join(names)


def attempt(bench, work):
    case, kind, fault, words = work
    folder = bench.folder(case)
    try:
        return work, TRIES[kind](bench, case, folder, fault)
    except subprocess.TimeoutExpired:
        return work, "does not end"
    except (sqlite3.Error, zlib.error) as error:
        return work, f"a store is unreadable: {error}"
    finally:
        discard(folder)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--case", action="append")
    parser.add_argument("--kind", action="append", choices=sorted(TRIES))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    start, kinds = time.monotonic(), options.kind or sorted(TRIES)
    cases = [case for case in CASES if case.name in (options.case or ()) or not (options.case or case.slow)
             or (options.full and not options.case)]
    with tempfile.TemporaryDirectory() as scratch:
        bench, work, places, traced = Bench(Path(scratch)), [], 0, True
        for case in cases:
            sites, total, counts = bench.prepare(case)
            traced = traced and bool(counts)
            found = [(case, *fault) for fault in faults_of(sites, counts, kinds, 40 if options.full else 8)]
            places += len(sites)
            work += found
            if options.list:
                print(f"{case.name}: {len(sites)} call stacks of {total} allocations, {counts.get('any', 0)} system "
                      f"calls, {len(found)} faults", flush=True)
        if not options.full and len(work) > options.sample:
            step = len(work) / options.sample
            work = [work[int(i * step)] for i in range(options.sample)]
        wrong, known = {}, 0
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for (case, kind, fault, words), error in pool.map(lambda one: attempt(bench, one), work):
                if error and kind == "alloc" and JANSSON.match(named(words)) and re.match(r"exits with -(6|11):", error):
                    known += 1
                elif error:
                    error = error.replace("\n", " | ")
                    place = named(words) if kind == "alloc" else words
                    print(f"# {case.name}, {kind} {fault if kind != 'system' else ''}: {error}\n#     {place}",
                          flush=True)
                    wrong[case.name] = wrong.get(case.name, 0) + 1
    if known:
        print(f"# {known} times jansson wrote beyond its buffer as it read a file")
    if not traced:
        print("# processes can't be traced here: no system calls failed")
    print(f"{len(work)} faults in {len(cases)} commands ({places} call stacks that allocate), "
          f"{sum(wrong.values())} wrong, {time.monotonic() - start:.0f} s")
    for name, n in wrong.items():
        print(f"# {name}: {n}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
