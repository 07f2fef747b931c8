#!/usr/bin/python3
"""The NumPy peer with CuPy's arrays, on a stand-in that has what CuPy has and refuses what it refuses (cupy_stand_in.py)."""
import contextlib
import io
import json
import os
import re
import sys
import tempfile
import types
import unittest

try:
    import numpy as np
    import yaml
except ImportError as error:
    print("1..0 # SKIP %s" % error)
    sys.exit(77)

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cupy_stand_in
import numpy_model
import side_by_side
import test_numpy_model
from nm_arrays import HOST, Device
from nm_chunk import Chunk, Workspace
from nm_config import Model
from test_flat_peers import world

MORE = {
    "names": test_numpy_model.Names.NAMES,
    "valuation": {"horizon": 12, "discount": 0.1},
    "more": [{"name": "worth", "pattern": {"as_of": "2030-12", "news": {"event": "late", "within": 6}, "outcome": {"event": "short", "within": 6}}},
             {"name": "never", "probability": {"event": "impossible"}},
             {"name": "unsold", "coexistence": {"series": "unsold_share", "at_least": 0.0, "for": 1, "by": [["firm", "generation"]]}},
             {"name": "late-mw", "fan": {"series": "late_mw", "layer": "power"}}],
}


def whole():
    """Every kind of question, one of which no path answers with yes."""
    m = world()
    cfg = dict(m.cfg, names=MORE["names"], valuation=MORE["valuation"])
    cfg["events"] = {**cfg["events"], "impossible": {"all_of": [{"series": "price", "at_least": 1e6}]}}
    cfg["questions"] = cfg["questions"] + MORE["more"]
    return Model(cfg, m.folder)


def device():
    cupy_stand_in.install()
    return Device()


def numbers(v, at=""):
    if isinstance(v, dict):
        for key, x in v.items():
            yield from numbers(x, "%s/%s" % (at, key))
    elif isinstance(v, list):
        for i, x in enumerate(v):
            yield from numbers(x, "%s/%d" % (at, i))
    else:
        yield at, v


class Same(unittest.TestCase):
    def test_every_answer(self):
        """The same draws, so the same answers but for the order of sums; the last chunk is a smaller one."""
        m = whole()
        ours, theirs = (numpy_model.Run(m, "float32", ar).simulate(700, 7, 200).report() for ar in (HOST, device()))
        json.dumps(theirs)
        a, b = list(numbers(ours)), list(numbers(theirs))
        self.assertEqual([at for at, _ in a], [at for at, _ in b])
        self.assertGreater(len(a), 5000)
        for (at, x), (_, y) in zip(a, b):
            if isinstance(x, float) and isinstance(y, float):
                self.assertLessEqual(abs(x - y), 2e-4 * abs(x) + 2e-5, at)
            else:
                self.assertEqual(x, y, at)
        self.assertEqual(ours["questions"]["never"]["ever"]["p"], 0)

    def test_months_wait_for_nothing(self):
        m, ar = whole(), device()
        run = numpy_model.Run(m, "float32", ar)
        part = Chunk(m, Workspace(ar, m, 64, "float32"), ar.generator(1, 0), True)
        before = cupy_stand_in.waits
        part.run_months([run.means, run.history, run.revenue] + list(run.coexistence.values()))
        self.assertEqual(cupy_stand_in.waits, before)


class CommandLine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.config = os.path.join(cls.folder.name, "world.yaml")
        with open(cls.config, "w") as fh:
            yaml.safe_dump(whole().cfg, fh)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def run_it(self, *more):
        err = io.StringIO()
        with contextlib.redirect_stderr(err):
            numpy_model.main([self.config, "--array-module", "cupy", "--output", os.path.join(self.folder.name, "out.json"), *more])
        return err.getvalue()

    def test_sweep_warm_and_memory(self):
        """Chunks that don't fit end the sweep; the clock stops after the device has."""
        device()
        kept, Device.sizes, Device.chunk = (Device.sizes, Device.chunk), (100, 200, 400), 50
        one = Workspace(HOST, whole(), 1, "float32")
        cupy_stand_in.memory = 300 * max(v.nbytes for v in vars(one).values() if isinstance(v, np.ndarray) and v.dtype == np.float32)
        try:
            before = cupy_stand_in.waits
            text = self.run_it("--paths", "400", "--sweep", "--warm")
        finally:
            (Device.sizes, Device.chunk), cupy_stand_in.memory = kept, float("inf")
        self.assertRegex(text, r"chunk +400: does not fit")
        self.assertRegex(text, r"400 paths in .*: \d+ paths/s \(chunk (100|200), float32, cupy\)\n$")
        self.assertEqual(len(re.findall(r"^chunk", text, re.M)), 3)
        self.assertGreater(cupy_stand_in.waits, before)

    def test_waits_before_the_clock_is_read(self):
        ar, order = device(), []
        m = whole()
        run = numpy_model.Run(m, "float32", ar)
        run._one, ar.wait = lambda *args: order.append("chunk"), lambda: order.append("wait")
        run.simulate(50, 1, 20)
        self.assertEqual(order, ["chunk"] * 3 + ["wait"])

    def test_without_cupy(self):
        sys.modules["cupy"] = None  # as where it is not installed
        with self.assertRaises(SystemExit) as left:
            self.run_it("--paths", "10")
        self.assertIn("CuPy", str(left.exception))

    def test_without_a_gpu(self):
        cupy_stand_in.install().cuda.is_available = lambda: False
        with self.assertRaises(SystemExit) as left:
            self.run_it("--paths", "10")
        self.assertIn("GPU", str(left.exception))


class SideBySide(unittest.TestCase):
    """What the script makes of it, with answers in the place of processes."""

    ANSWER = {"questions": {}, "industry": {}, "run": {"paths": 100, "digest": "abc", "devices": [{"name": "a processor", "lanes": 8}]}}

    def setUp(self):
        self.args = types.SimpleNamespace(mismatch="mismatch", config="a.yaml", threads=2, paths=400000)
        self.commands, self.missing = [], ()
        self.kept, side_by_side.start = side_by_side.start, self.start

    def tearDown(self):
        side_by_side.start = self.kept

    def start(self, command, **more):
        self.commands.append(command)
        for name in self.missing:
            if name in command:
                raise RuntimeError("%s is not here" % name)
        if "--output" in command:
            with open(command[command.index("--output") + 1], "w") as fh:
                json.dump(self.ANSWER, fh)
        rate = 90000 if "--sweep" in command or "cupy" in command else 1000
        return types.SimpleNamespace(stdout=json.dumps(self.ANSWER), stderr="chunk 9: 8 paths/s\n7 paths in 1 s: %d paths/s (chunk 50000, float32, x)\n" % rate)

    def fit(self):
        peers, absent, remarks = side_by_side.check([side_by_side.CuPy(self.args), side_by_side.Numba(self.args)], self.ANSWER, 100)
        again, more, remark = side_by_side.on_gpu(self.args, self.ANSWER, peers)
        return again + peers, absent + more, remarks + remark

    def test_where_a_gpu_is(self):
        runners, absent, _ = self.fit()
        self.assertEqual([r.name for r in runners], ["mismatch-gpu", "cupy", "numba"])
        self.assertEqual(absent, [])
        self.assertEqual(runners[1].warm(), 90000)
        self.assertEqual(runners[1].paths, 200000)
        last = self.commands[-1]
        for words in (["--array-module", "cupy"], ["--chunk", "50000"], ["--paths", "200000"]):
            self.assertEqual(last[last.index(words[0]):][:2], words)
        self.assertIn("--warm", last)
        self.assertEqual(sum("--sweep" in c for c in self.commands), 1)
        values = {"mismatch": [1.0], "mismatch-gpu": [30.0], "cupy": [10.0], "numba": [0.5]}
        lines = side_by_side.table(runners, values, absent, "rate", "%.1f", True).split("\n")
        self.assertEqual(lines[3:], ["| CuPy, one GPU | 10.0 (10.0 – 10.0) | 3.0 (3.0 – 3.0) |", "| Numba, 2 threads | 0.5 (0.5 – 0.5) | 2.0 (2.0 – 2.0) |"])

    def test_where_none_is(self):
        self.missing = ("cupy", "gpu")
        runners, absent, remarks = self.fit()
        self.assertEqual(([r.name for r in runners], absent), (["numba"], ["CuPy, one GPU"]))
        self.assertIn("CuPy: not here (cupy is not here)", remarks)
        self.assertIn("| CuPy, one GPU | not here | |", side_by_side.table(runners, {"mismatch": [1.0], "numba": [0.5]}, absent, "rate", "%.1f", True))

    def test_without_opencl(self):
        self.missing = ("gpu",)
        runners, absent, _ = self.fit()
        self.assertEqual(([r.name for r in runners], absent), (["cupy", "numba"], ["mismatch, OpenCL on the GPUs"]))
        self.assertEqual(side_by_side.base_of(runners[0], {"mismatch": 0, "cupy": 0}), "mismatch")

    def test_another_digest(self):
        other = dict(self.ANSWER, run=dict(self.ANSWER["run"], digest="xyz"))
        with self.assertRaises(SystemExit):
            side_by_side.on_gpu(self.args, other, [side_by_side.CuPy(self.args)])


class StandIn(unittest.TestCase):
    """It refuses what CuPy refuses."""

    def setUp(self):
        self.xp = cupy_stand_in.install()
        self.v = self.xp.asarray(np.arange(6, dtype=np.float32))

    def refuses(self, what, *kinds):
        with self.assertRaises(kinds or TypeError):
            what()

    def test_numpy_and_the_device_do_not_mix(self):
        v, xp = self.v, self.xp
        host = np.ones(6, np.float32)
        for what in (lambda: np.asarray(v), lambda: np.maximum(v, 0), lambda: np.sum(v), lambda: v + host, lambda: host + v, lambda: xp.maximum(v, host),
                     lambda: v.__iadd__(host), lambda: v.__setitem__(slice(None), host), lambda: v[np.array([1, 2])], lambda: v[[1, 2]],
                     lambda: xp.add(host, host), lambda: xp.stack([v, host])):
            self.refuses(what)

    def test_what_it_lacks(self):
        v, xp = self.v, self.xp
        self.refuses(lambda: xp.quantile, AttributeError)
        self.refuses(lambda: xp.errstate, AttributeError)
        self.refuses(lambda: v.max(initial=0))
        self.refuses(lambda: xp.einsum("p,p->", v, v, out=v))
        self.refuses(lambda: xp.add(v, v, where=v > 1))
        self.refuses(lambda: xp.bincount(xp.zeros(0, np.int64), minlength=3), ValueError)
        self.refuses(lambda: xp.count_nonzero(v.astype(np.int8)))
        self.refuses(lambda: v.__setitem__(xp.asarray(np.array([1, 1])), 2.0), ValueError)
        self.refuses(lambda: xp.random.Generator(xp.random.Philox4x3210(1)).standard_normal(dtype=np.float64, out=v))

    def test_what_it_has(self):
        v, xp = self.v, self.xp
        self.assertEqual(v.sum().shape, ())
        self.assertEqual(float(np.float32(2) * v[3] + 1), 7)
        view = v[2:4]
        view += 10
        self.assertEqual(xp.asnumpy(v).tolist(), [0, 1, 12, 13, 4, 5])
        copy = xp.asnumpy(v)
        copy[0] = 9
        self.assertEqual(float(v[0]), 0)


if __name__ == "__main__":
    unittest.main()
