"""The array module of a run: NumPy on one core, CuPy on a GPU. What the two differ in stands here; everything else takes `xp`
as it comes, and keeps to what both have.

Arrays of the configuration are NumPy's; what has paths as its last axis belongs to `xp`, and goes to the host only through
`host`. A device computes behind the program's back, so that looking at a value (`if`, `int()`, a boolean mask) waits for all
that was asked of it: the months of a chunk do none of that."""
import sys

import numpy as np


class Host:
    """NumPy. A look at values costs nothing, so that work on few paths is worth picking out (`looks`)."""
    name, xp, looks = "numpy", np, True
    chunk, sizes = 2000, (250, 500, 1000, 2000, 5000, 10000)
    full = MemoryError  # what is raised where a chunk does not fit

    def generator(self, seed, i):
        """That of chunk i: the same seed and chunk size give the same figures."""
        return np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, i])))

    def host(self, a):
        return np.asarray(a)

    def wait(self):
        """Until everything asked for is there: before a clock is read."""

    def free(self):
        """What a chunk of another size has left behind."""

    def square_sums(self, v):
        """Sums of squares over paths."""
        return np.einsum("...p,...p->...", v, v)

    def joint_counts(self, rows, columns):
        """[row, column]: in how many paths both are true."""
        return np.einsum("ep,sp->es", rows.astype(np.float32), columns.astype(np.float32))


class Device(Host):
    """CuPy on the current GPU. Its chunks are large, as each step of theirs costs a launch of some microseconds whatever its size."""
    name, looks = "cupy", False
    chunk, sizes = 50000, (10000, 20000, 50000, 100000, 200000)

    def __init__(self):
        try:
            import cupy
        except ImportError as error:
            raise SystemExit("CuPy is not here: %s" % error)
        if not cupy.cuda.is_available():
            raise SystemExit("CuPy finds no GPU")
        self.xp, self.full = cupy, cupy.cuda.memory.OutOfMemoryError

    def generator(self, seed, i):
        return self.xp.random.Generator(self.xp.random.Philox4x3210(np.random.SeedSequence([seed, i])))

    def host(self, a):
        return self.xp.asnumpy(a)

    def wait(self):
        self.xp.cuda.get_current_stream().synchronize()

    def free(self):
        self.xp.get_default_memory_pool().free_all_blocks()

    def square_sums(self, v):
        return (v * v).sum(axis=-1)  # einsum would make it a product of matrices with one row each

    def joint_counts(self, rows, columns):
        return self.xp.stack([self.xp.count_nonzero(rows & columns[s], axis=1) for s in range(len(columns))], axis=1)


def module_of(a):
    """The module that an array belongs to."""
    return np if isinstance(a, np.ndarray) else sys.modules["cupy"]


HOST = Host()
MODULES = {"numpy": Host, "cupy": Device}
