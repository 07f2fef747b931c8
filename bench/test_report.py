#!/usr/bin/python3
"""report.py where peers and races are missing, where they fail, and where all are there: with answers in the place of processes."""
import json
import os
import sys
import tempfile
import types
import unittest
from unittest import mock

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import report

BENCH = {"machine": {"processor": "a processor", "threads": 2, "lanes": 8}, "compiler": "a compiler", "git": "abc", "measurements": [],
         "stages": [{"name": "path", "share_of_bound": 0.5, "share_of_fma_peak": 0.1, "bound_by": "load"}]}
PEERS = {"threads": 2, "titles": {"numpy": "NumPy, one process", "cupy": "CuPy, one GPU"}, "beside": {"numpy": "mismatch"}, "absent": ["CuPy, one GPU"],
         "warm": {"mismatch": [100.0, 110.0], "numpy": [10.0, 10.0]}}
PASSAGE = {"mismatch": [30.0], "quantlib": [3.0]}
LIMITS = [{"problem": "tail", "p": 1e-5, "method": m, "missed": missed, "by_time": by_time} for m, missed, by_time in (
    ("mismatch, importance", 0, 80.0), ("mismatch, lucky", 3, 800.0), ("OpenTURNS, subset", 0, 10.0), ("OpenTURNS, NAIS", 0, 20.0))]
GONE = types.SimpleNamespace(returncode=77, stdout="1..0 # SKIP No module named 'openturns'\n", stderr="")


class Report(unittest.TestCase):
    def measure(self, **answers):
        """-> (page, README, latest.json or None)"""
        def run(command, **_):
            name = next(k for k in ("side_by_side.py", "passage.py", "limit_states.py", "variates", "mismatch") if any(os.path.basename(c) == k for c in command))
            answer = answers.get(name.split(".")[0])
            if isinstance(answer, OSError):
                raise answer
            if isinstance(answer, types.SimpleNamespace):
                return answer
            for option in ("--json", "--output"):
                if option in command:
                    with open(command[command.index(option) + 1], "w") as fh:
                        json.dump(answer, fh)
            return types.SimpleNamespace(returncode=0, stdout="what it printed\n", stderr="")
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "results"))
            latest = os.path.join(folder, "latest.json")
            with open(os.path.join(folder, "README.md"), "w") as fh:
                fh.write("above\n%s%sbelow\n" % report.MARKS)
            argv = ["report.py", "measure", "mismatch", "a.yaml", "--name", "t"]
            with mock.patch.object(report.subprocess, "run", run), mock.patch.object(report, "ROOT", folder), mock.patch.object(sys, "argv", argv), \
                    mock.patch.object(report, "RESULTS", os.path.join(folder, "results")), mock.patch.object(report, "LATEST", latest), \
                    mock.patch("sys.stderr"):
                try:
                    report.main()
                except SystemExit as left:
                    self.left = str(left)
            with open(os.path.join(folder, "README.md")) as fh:
                readme = fh.read()
            page = os.listdir(os.path.join(folder, "results"))
            self.assertEqual(len(page), 1)
            figures = None
            if os.path.exists(latest):
                with open(latest) as fh:
                    figures = json.load(fh)
            with open(os.path.join(folder, "results", page[0])) as fh:
                return fh.read(), readme, figures

    def test_all_there(self):
        peers = dict(PEERS, absent=[], beside={"numpy": "mismatch", "cupy": "mismatch-gpu"},
                     warm=dict(PEERS["warm"], **{"cupy": [50.0, 50.0], "mismatch-gpu": [400.0, 450.0]}))
        page, readme, latest = self.measure(mismatch=BENCH, side_by_side=peers, passage=PASSAGE, limit_states=LIMITS, variates={})
        self.assertNotIn("not here", page)
        self.assertEqual(page.count("| measured |"), 5)
        self.assertEqual(latest["limits"]["median"], 4.0)
        self.assertIn("| The baseline against CuPy, one GPU, the program on the GPUs too | 8.5 (8.0 – 9.0) times |", readme)
        self.assertIn("| The baseline against NumPy, one process | 10.5 (10.0 – 11.0) times |", readme)
        self.assertIn("against OpenTURNS, 1 thread each, problem by problem | 4.0 (4.0 – 4.0) times |", readme)

    def test_none_there(self):
        nothing = types.SimpleNamespace(returncode=1, stdout="", stderr="Traceback\nModuleNotFoundError: No module named 'numpy'\n")
        page, readme, latest = self.measure(mismatch=BENCH, side_by_side=PEERS, passage=nothing, limit_states=GONE, variates=FileNotFoundError(2, "No such file"))
        for line in ("mismatch bench | measured", "Beside other programs | measured", "First passage, 256 steps | not here: No module named 'numpy'",
                     "Limit states | not here: No module named 'openturns'", "Variates | not here: No such file", "Beside other programs: CuPy, one GPU | not here"):
            self.assertIn("| %s |\n" % line, page)
        self.assertNotIn("OpenTURNS", readme)
        self.assertNotIn("CuPy", readme)
        self.assertIn("| The baseline against NumPy, one process |", readme)
        self.assertEqual(latest["page"], latest["date"] + "-t.md")

    def test_a_failure_is_told_from_absence(self):
        wrong = types.SimpleNamespace(returncode=1, stdout="", stderr="NumPy disagrees by 9.0 standard errors (x): nothing is timed\n")
        page, readme, latest = self.measure(mismatch=BENCH, side_by_side=wrong, passage=PASSAGE, limit_states=LIMITS, variates={})
        self.assertIn("| Beside other programs | failed: NumPy disagrees by 9.0 standard errors (x): nothing is timed |", page)
        self.assertIn("the README keeps its table", self.left)
        self.assertEqual((readme.count("\n"), latest), (4, None))


if __name__ == "__main__":
    unittest.main()
