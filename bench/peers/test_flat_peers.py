#!/usr/bin/python3
"""The peers on the flat model (plain C, Numba) against the NumPy one, on a small world that has every feature."""
import os
import shutil
import sys
import unittest

try:
    import numpy  # noqa: F401
    import yaml  # noqa: F401
except ImportError as error:
    print("1..0 # SKIP %s" % error)
    sys.exit(77)

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import flat_model
import numpy_model
from agreement import answers, distance, limit
from test_numpy_model import model

PATHS = 20000
SERIES_EVENTS = {
    "low-use": {"any_of": [{"series": "utilisation", "firm": "alpha", "generation": "new", "below": 0.9}, {"series": "unmet_share", "firm": "market", "at_least": 0.1}], "for": 2},
    "calm": {"not": [{"event": "low-use"}, {"series": "late_share", "layer": "power", "at_least": 0.05}]},
    "buys": {"all_of": [{"series": "bought_share", "firm": "$firm", "at_least": 0.01}], "from": "2030-03"},
    "hard": {"all_of": [{"series": "pressure", "firm": "alpha", "at_least": 1.0}, {"series": "build_response", "firm": "alpha", "below": 1.2}]},
}


def world():
    m = model()
    cfg = dict(m.cfg)
    cfg["events"] = {**cfg["events"], **SERIES_EVENTS}
    cfg["questions"] = list(cfg["questions"]) + [
        {"name": "q-" + e, "probability": {"event": e, **({"firm": "market"} if e == "buys" else {})}} for e in SERIES_EVENTS]
    return type(m)(cfg, m.folder)


class Against(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.m = world()
        cls.k, cls.notes = flat_model.flatten(cls.m)
        cls.ref = numpy_model.Run(cls.m, "float64").simulate(PATHS, 3, 1000).report()

    def agrees(self, peer, threads):
        tally = peer.run(PATHS, 5, threads)
        rep = flat_model.report(self.m, self.k, self.notes, tally, PATHS)
        self.assertEqual(int(tally["states"].sum()), PATHS * self.m.T)
        worst, of, n = distance(self.ref, rep, PATHS, PATHS)
        self.assertGreater(n, 40)
        self.assertLess(worst, limit(n), of)
        for name in SERIES_EVENTS:
            self.assertIn("q-" + name, {a[0] for a in answers(rep)})

    @unittest.skipUnless(shutil.which("cc"), "no C compiler")
    def test_plain_c(self):
        from c_model import Peer
        try:
            peer = Peer(self.k)
        except Exception as error:
            self.skipTest("GSL is not here: %s" % error)
        self.agrees(peer, 2)

    def test_numba(self):
        try:
            from numba_model import Peer
        except ImportError as error:
            self.skipTest(str(error))
        self.agrees(Peer(self.k), 1)


class Limits(unittest.TestCase):
    def test_a_wrong_answer_is_seen(self):
        """Half a percentage point off in one answer of many."""
        one = lambda p: {"industry": {}, "questions": {"q": {"type": "probability", "ever": {"p": p, "se": 0.0005}, "by_month": {"p": [], "se": []}}}}
        self.assertLess(distance(one(0.3), one(0.3005), 10 ** 6, 10 ** 6)[0], limit(1))
        self.assertGreater(distance(one(0.3), one(0.305), 10 ** 6, 10 ** 6)[0], limit(1))


if __name__ == "__main__":
    unittest.main()
