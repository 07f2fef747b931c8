#!/usr/bin/python3
"""All measurements in one go, as a dated page in bench/results/, and the README's short table from them.

    bench/report.py measure build/release/mismatch configs/ai-2026.yaml [--rounds N] [--peer NAME ...] [--quick] [--note TEXT] [--name NAME]
    bench/report.py readme [--check]

`measure` runs `mismatch bench`, bench/peers/side_by_side.py (with CuPy where it and a GPU are), bench/races/passage.py,
bench/races/limit_states.py and build/release/bench/variates, one after the other, and writes bench/results/DATE-NAME.md, with
the commands, and bench/results/latest.json, which holds the few figures of the README. Let nothing else run on the machine
meanwhile. The page begins with a table of the parts: one whose libraries or programs are missing is "not here", and the others
are measured all the same; `bench` of cmake/packages.sh lists what they need. `readme`
puts the table between the markers <!-- speed:begin --> and <!-- speed:end --> of README.md; with --check it changes nothing
and fails where that is not what is there.
"""
import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
RESULTS = os.path.join(HERE, "results")
LATEST = os.path.join(RESULTS, "latest.json")
MARKS = "<!-- speed:begin -->\n", "<!-- speed:end -->\n"


def shown(command):
    """As somebody would type it at the top of the tree."""
    return " ".join(os.path.relpath(c, ROOT) if c.startswith(ROOT + os.sep) else c for c in command if c != sys.executable)


def why_not(done):
    """Of a process that ended with an error: whether only something that it needs is missing, and what it says."""
    last = lambda text: (text.strip().split("\n") or [""])[-1]
    if done.returncode == 77:
        return "not here: %s" % last(done.stdout).replace("1..0 # SKIP ", "")
    missing = "ModuleNotFoundError: " in last(done.stderr) or "ImportError: " in last(done.stderr)
    return "%s: %s" % ("not here" if missing else "failed", last(done.stderr).split("Error: ")[-1] or "exit code %d" % done.returncode)


class Page:
    def __init__(self, folder):
        self.folder, self.parts, self.states = folder, [], []

    def run(self, title, command, data=None):
        """Adds what the command prints to the page. -> what it wrote to `data`, or what it printed; None: it could not run"""
        print("%s: %s" % (title, shown(command)), file=sys.stderr, flush=True)
        try:
            done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
        except OSError as error:
            self.states.append((title, "not here: %s" % error.strerror))
            return None
        if done.returncode != 0:
            self.states.append((title, why_not(done)))
            return None
        self.states.append((title, "measured"))
        text = done.stdout.strip()
        if not text.startswith("|") and "\n| " not in text:
            text = "```\n%s\n```" % text
        command = [c for c in command if not c.startswith(self.folder)]
        if data:
            command = command[:command.index(data[0])] + command[command.index(data[0]) + 1:]
        self.parts.append("## %s\n\n```\n%s\n```\n\n%s\n" % (title, shown(command), text))
        if not data:
            return done.stdout
        with open(data[1]) as fh:
            return json.load(fh)


def median_of(bench, name):
    return next((m["median"] for m in (bench or {}).get("measurements", []) if m["name"] == name), None)


def spread(values):
    return {"median": statistics.median(values), "low": min(values), "high": max(values)}


def ratios(a, b):
    return spread([x / y for x, y in zip(a, b)])


def best_of_limits(rows):
    """Ours against OpenTURNS, problem by problem: the best method of each that missed no seed, in 1 / (variance * time)."""
    found = {}
    for r in rows:
        if r["missed"] == 0:
            best = found.setdefault((r["problem"], r["p"]), {})
            who = r["method"].startswith("mismatch")
            best[who] = max(best.get(who, 0), r["by_time"])
    return [b[True] / b[False] for b in found.values() if len(b) == 2]


def figures(bench, peers, passage, limits, variates, quick):
    """The few numbers of the README; of a quick round only what is compared within it."""
    out = {}
    if bench:
        out.update(processor=bench["machine"]["processor"], threads=bench["machine"]["threads"], lanes=bench["machine"]["lanes"],
                   compiler=bench["compiler"], git=bench["git"])
        for key, name in (("run_1e6", "runs.1e6"), ("two_against_one", "runs.threads"), ("start", "start.process"), ("normals", "variates.normal.1"),
                          ("instructions", "stages.instructions"), ("probability", "questions.probability.instructions"),
                          ("fan", "questions.fan.instructions"), ("map", "questions.map.instructions")):
            out[key] = None if quick else median_of(bench, name)
        path = next((s for s in bench["stages"] if s["name"] == "path"), {})
        out.update({k: path.get(k) for k in ("share_of_bound", "share_of_fma_peak", "bound_by")})
    if peers:
        out["rate"] = None if quick else spread(peers["warm"]["mismatch"])
        out["threads"] = peers["threads"]
        out["peers"] = {name: dict(title=peers["titles"][name], beside=beside, **ratios(peers["warm"][beside], peers["warm"][name]))
                        for name, beside in peers["beside"].items()}
    if passage:
        out["passage"] = ratios(passage["mismatch"], passage["quantlib"])
    if limits and best_of_limits(limits):
        out["limits"] = spread(best_of_limits(limits))
    for line in (variates or "").splitlines():
        if "ziggurat" in line:
            out["normals_against_gsl"] = float(line.split("|")[3].split("(")[0])
    return out


def measure(args):
    inside = lambda name: os.path.relpath(name, ROOT) if os.path.abspath(name).startswith(ROOT + os.sep) else os.path.abspath(name)
    program, config = inside(args.program), inside(args.config)
    build = lambda name: os.path.join(os.path.dirname(program), "bench", name)
    rounds = ["--rounds", str(args.rounds)]
    with tempfile.TemporaryDirectory() as folder:
        at = lambda name: os.path.join(folder, name)
        page = Page(folder)
        bench = page.run("mismatch bench", [program, "bench", config, *rounds, *(["--quick"] if args.quick else []), "--output", at("bench.json")],
                         ("--output", at("bench.json")))
        small = ["--paths", "4000", "--check-paths", "2000"] if args.quick else []
        peers = page.run("Beside other programs", [sys.executable, os.path.join(HERE, "peers", "side_by_side.py"), program, config, *rounds, *small,
                                                   *(x for p in args.peer or [] for x in ("--peer", p)), "--json", at("peers.json")], ("--json", at("peers.json")))
        few = ["--paths", "20000", "--peer-paths", "4000"] if args.quick else []
        passage = page.run("First passage, 256 steps", [sys.executable, os.path.join(HERE, "races", "passage.py"), program, *rounds, *few, "--json",
                                                        at("passage.json")], ("--json", at("passage.json")))
        limits = page.run("Limit states", [sys.executable, os.path.join(HERE, "races", "limit_states.py"), build("limit_states"),
                                           *(["--seeds", "5"] if args.quick else []), "--json", at("limits.json")], ("--json", at("limits.json")))
        variates = page.run("Variates", [build("variates"), str(args.rounds)])
    page.states += [("Beside other programs: %s" % title, "not here") for title in (peers or {}).get("absent", [])]
    found = figures(bench, peers, passage, limits, variates, args.quick)
    found["date"] = datetime.date.today().isoformat()
    found["note"] = args.note
    found["page"] = "%s-%s.md" % (found["date"], args.name)
    head = "# Measured on %s\n\n%s, %s threads, %s lanes; %s; git %s.%s\n\n" % (
        found["date"], found.get("processor"), found.get("threads"), found.get("lanes"), found.get("compiler"), found.get("git"),
        " " + args.note if args.note else "")
    head += "| part | |\n|---|---|\n%s\n" % "".join("| %s | %s |\n" % state for state in page.states)
    with open(os.path.join(RESULTS, found["page"]), "w") as fh:
        fh.write(head + "\n".join(page.parts))
    if not bench or not peers:
        sys.exit("bench/results/%s is not whole, so that the README keeps its table: %s" % (found["page"], "; ".join("%s: %s" % s for s in page.states if s[1] != "measured")))
    with open(LATEST, "w") as fh:
        json.dump(found, fh, indent=1, ensure_ascii=False)
        fh.write("\n")
    write_readme(False)


def times(r):
    form = lambda v: "%.0f" % v if v >= 20 else "%.1f" % v
    return "%s (%s – %s)" % (form(r["median"]), form(r["low"]), form(r["high"]))


def table(f):
    rows = []
    add = lambda key, text: rows.append(text()) if f.get(key) is not None else None
    add("rate", lambda: ("The baseline with all its questions, %d threads" % f["threads"],
                                "{median:,.0f} ({low:,.0f} – {high:,.0f}) paths a second".format(**f["rate"])))
    for p in f.get("peers", {}).values():
        where = ", the program on the GPUs too" if p.get("beside") == "mismatch-gpu" else ""
        rows.append(("The baseline against %s%s" % (p["title"], where), times(p) + " times"))
    add("passage", lambda: ("First passage of a walk of 256 steps, against QuantLib, 1 thread each", times(f["passage"]) + " times"))
    add("limits", lambda: ("Rare events of structural reliability, 1 / (variance × time) against OpenTURNS, 1 thread each, problem by problem",
                           times(f["limits"]) + " times"))
    add("normals", lambda: ("Normals, one thread", "%.2f · 10^9 a second" % (f["normals"] / 1e9)))
    add("normals_against_gsl", lambda: ("Normals against GSL's ziggurat, one thread each", "%.1f times" % f["normals_against_gsl"]))
    if f.get("threads") and f.get("two_against_one"):
        rows.append(("%d threads against one" % f["threads"], "%.2f times" % f["two_against_one"]))
    add("start", lambda: ("A run of 1,000 paths, start to end", "%.0f ms" % (1000 * f["start"])))
    add("share_of_bound", lambda: ("Share of the least time that the busiest unit needs (%s)" % f["bound_by"], "%.0f %%" % (100 * f["share_of_bound"])))
    if f.get("probability") is not None:
        rows.append(("A further probability question, fan, mismatch map: instructions of a path more",
                     "%.1f %%, %.1f %%, %.0f %%" % tuple(100 * f[k] for k in ("probability", "fan", "map"))))
    text = "%s, %d lanes, %s; %s%s All figures: [bench/results/%s](bench/results/%s); how: [docs/bench.md](docs/bench.md).\n\n" % (
        f["processor"], f["lanes"], f["compiler"], f["date"], ". " + f["note"] if f.get("note") else ".", f["page"], f["page"])
    text += "| | median (least – most) |\n|---|--:|\n"
    return text + "".join("| %s | %s |\n" % row for row in rows)


def write_readme(check):
    name = os.path.join(ROOT, "README.md")
    with open(name) as fh:
        readme = fh.read()
    if readme.count(MARKS[0]) != 1 or readme.count(MARKS[1]) != 1:
        sys.exit("README.md: the markers %s and %s are not there, each once" % tuple(m.strip() for m in MARKS))
    with open(LATEST) as fh:
        found = json.load(fh)
    if not os.path.exists(os.path.join(RESULTS, found["page"])):
        sys.exit("bench/results/%s is not there" % found["page"])
    begin, end = readme.index(MARKS[0]) + len(MARKS[0]), readme.index(MARKS[1])
    new = readme[:begin] + table(found) + readme[end:]
    if check and new != readme:
        sys.exit("README.md: its table of speeds is not that of bench/results/latest.json; `bench/report.py readme` writes it")
    if not check:
        with open(name, "w") as fh:
            fh.write(new)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = ap.add_subparsers(dest="what", required=True)
    m = sub.add_parser("measure")
    m.add_argument("program")
    m.add_argument("config")
    m.add_argument("--rounds", type=int, default=5)
    m.add_argument("--quick", action="store_true", help="small sizes: shows that it works")
    m.add_argument("--peer", action="append", help="only these of side_by_side.py; default: all")
    m.add_argument("--note", default="", help="a sentence about the machine, for the page and the README")
    m.add_argument("--name", default="all")
    sub.add_parser("readme").add_argument("--check", action="store_true")
    args = ap.parse_args()
    if args.what == "measure":
        measure(args)
    else:
        write_readme(args.check)


if __name__ == "__main__":
    main()
