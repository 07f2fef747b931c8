#!/usr/bin/python3
"""The plain C peer: compiles c_model.c with the C compiler and GSL, hands it the flat model, and reports.

    c_model.py CONFIG [--paths N] [--seed S] [--threads N] [--json] [--output FILE]
"""
import ctypes
import os
import subprocess
import sys
import tempfile

import numpy as np

import flat_run
from flat_model import BATCHES, FAN_BINS, tally_shapes

HERE = os.path.dirname(os.path.abspath(__file__))
FLAGS = ["-std=gnu11", "-O3", "-march=native", "-ffast-math", "-fopenmp", "-fPIC", "-shared"]
C_NAMES = {"case": "casef"}


def fields(k):
    """[(name, C type, ctypes type)] of what the C code gets, in order."""
    out = []
    for name, v in k.items():
        if isinstance(v, int):
            out.append((C_NAMES.get(name, name), "int %s", ctypes.c_int))
        else:
            out.append((C_NAMES.get(name, name), "const %s *%%s" % ("int" if v.dtype == np.int32 else "float"), ctypes.c_void_p))
    return out


def header(k, shapes):
    text = ["#define FAN_BINS %d\n#define BATCHES %d\nstruct model {" % (FAN_BINS, BATCHES)]
    text += ["    %s;" % (kind % name) for name, kind, _ in fields(k)] + ["};", "struct tally {"]
    for name, (kind, _) in shapes.items():
        text.append("    %s *%s;\n    long n_%s;" % ("int64_t" if kind == np.int64 else "double", name, name))
    text += ["};", "static inline struct tally tally_copy(const struct tally *t) {", "    struct tally c = *t;"]
    text += ["    c.%s = calloc((size_t)t->n_%s, 8);" % (n, n) for n in shapes] + ["    return c;", "}",
             "static inline void tally_add(struct tally *t, const struct tally *c) {"]
    text += ["    for (long i = 0; i < t->n_%s; i++)\n        t->%s[i] += c->%s[i];" % (n, n, n) for n in shapes] + ["}", ""]
    return "\n".join(text)


def build(k, shapes):
    """-> simulate(); compiled anew each time, in a folder that goes again."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "model_fields.h"), "w") as fh:
            fh.write(header(k, shapes))
        library = os.path.join(folder, "peer.so")
        subprocess.run([os.environ.get("CC", "cc"), *FLAGS, "-I", folder, os.path.join(HERE, "c_model.c"), "-o", library, "-lgsl", "-lgslcblas", "-lm"],
                       check=True)
        return ctypes.CDLL(library).simulate


class Peer:
    name = "plain C with GSL"

    def __init__(self, k):
        self.shapes = tally_shapes(k)
        k = dict(k, most_codes=int(self.shapes["table"][1][1]))
        self.simulate = build(k, self.shapes)
        self.model = type("model", (ctypes.Structure,), {"_fields_": [(n, t) for n, _, t in fields(k)]})()
        self.kept = k
        for name, v in k.items():
            setattr(self.model, C_NAMES.get(name, name), v if isinstance(v, int) else v.ctypes.data)
        self.tally_type = type("tally", (ctypes.Structure,), {
            "_fields_": [f for n in self.shapes for f in ((n, ctypes.c_void_p), ("n_" + n, ctypes.c_long))]})

    def run(self, paths, seed, threads):
        tally = {n: np.zeros(shape, kind) for n, (kind, shape) in self.shapes.items()}
        t = self.tally_type()
        for n, v in tally.items():
            setattr(t, n, v.ctypes.data)
            setattr(t, "n_" + n, v.size)
        self.simulate(ctypes.byref(self.model), ctypes.byref(t), ctypes.c_long(paths), ctypes.c_ulong(seed), ctypes.c_int(threads))
        return tally


if __name__ == "__main__":
    sys.exit(flat_run.main(Peer, __doc__))
