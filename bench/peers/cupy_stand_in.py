"""A strict stand-in for CuPy, on NumPy: so that a machine without a GPU sees where a program asks for what CuPy does not have.

`install()` makes it the module `cupy`. It has the functions below and no others, with the arguments that CuPy's reference gives
them (docs.cupy.dev, "API Reference"; a function that is missing here is to be looked up there and added). Its arrays go to NumPy
through `asnumpy` or `get` alone, mix with NumPy scalars but not with NumPy arrays, and are refused by NumPy's own functions. Where
the two differ in what they do, it takes CuPy's side: reductions give arrays of no dimension, `bincount` wants an element,
`count_nonzero` knows no int8, assignment to one place twice is undefined (here: an error). In some places it is stricter: no
lists or NumPy arrays as indices (each would be a transfer). `waits` counts what makes a program wait for the device."""
import inspect
import sys
import types

import numpy as np

UFUNCS = """add subtract multiply divide true_divide floor_divide negative power remainder absolute sign exp exp2 expm1 log log2 log10 log1p
sqrt square cbrt reciprocal maximum minimum fmax fmin floor ceil rint trunc greater greater_equal less less_equal equal not_equal
logical_and logical_or logical_xor logical_not bitwise_and bitwise_or bitwise_xor invert left_shift right_shift isfinite isinf isnan
signbit copysign""".split()

FUNCTIONS = """
empty(shape, dtype=float, order='C')
zeros(shape, dtype=float, order='C')
ones(shape, dtype=float, order='C')
full(shape, fill_value, dtype=None, order='C')
empty_like(prototype, dtype=None, order='K', subok=None, shape=None)
zeros_like(a, dtype=None, order='K', subok=None, shape=None)
ones_like(a, dtype=None, order='K', subok=None, shape=None)
full_like(a, fill_value, dtype=None, order='K', subok=None, shape=None)
array(obj, dtype=None, copy=True, order='K', subok=False, ndmin=0)
asarray(a, dtype=None, order=None)
ascontiguousarray(a, dtype=None)
arange(start, stop=None, step=1, dtype=None)
linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0)
reshape(a, newshape, order='C')
concatenate(tup, axis=0, out=None)
stack(tup, axis=0, out=None)
broadcast_to(array, shape)
expand_dims(a, axis)
take(a, indices, axis=None, out=None)
ix_(*args)
putmask(a, mask, values)
copyto(dst, src, casting='same_kind', where=None)
where(condition, x=None, y=None)
nonzero(a)
flatnonzero(a)
count_nonzero(a, axis=None)
argmax(a, axis=None, dtype=None, out=None, keepdims=False)
bincount(x, weights=None, minlength=None)
clip(a, a_min=None, a_max=None, out=None)
sum(a, axis=None, dtype=None, out=None, keepdims=False)
cumsum(a, axis=None, dtype=None, out=None)
amax(a, axis=None, out=None, keepdims=False)
amin(a, axis=None, out=None, keepdims=False)
mean(a, axis=None, dtype=None, out=None, keepdims=False)
any(a, axis=None, out=None, keepdims=False)
all(a, axis=None, out=None, keepdims=False)
einsum(subscripts, *operands, dtype=None, optimize=False)
matmul(x1, x2, out=None)
dot(a, b, out=None)
"""

METHODS = """
sum(axis=None, dtype=None, out=None, keepdims=False)
mean(axis=None, dtype=None, out=None, keepdims=False)
max(axis=None, out=None, keepdims=False)
min(axis=None, out=None, keepdims=False)
any(axis=None, out=None, keepdims=False)
all(axis=None, out=None, keepdims=False)
argmax(axis=None, out=None, dtype=None, keepdims=False)
cumsum(axis=None, dtype=None, out=None)
astype(dtype, order='K', casting=None, subok=None, copy=True)
copy(order='C')
reshape(*shape, order='C')
ravel(order='C')
fill(value)
"""

waits = 0
memory = float("inf")  # bytes that one array may have


class OutOfMemoryError(MemoryError):
    pass


def wait():
    global waits
    waits += 1


def signature(line):
    name, rest = line.split("(", 1)
    space = {}
    exec("def f(%s: pass" % rest, space)  # the lines above
    return name, inspect.signature(space["f"])


def bare(v):
    """What NumPy is to see of an argument."""
    if isinstance(v, ndarray):
        return v.a
    if isinstance(v, (tuple, list)):
        return type(v)(bare(x) for x in v)
    if isinstance(v, np.ndarray):
        raise TypeError("Unsupported type <class 'numpy.ndarray'>")
    return v


def dressed(v):
    if isinstance(v, tuple):
        return tuple(dressed(x) for x in v)
    if isinstance(v, (np.ndarray, np.generic)):
        return ndarray(np.asarray(v))
    return v


def call(function, args, keys, bound):
    """`bound`: its signature in CuPy, which refuses what that does not have."""
    bound.bind(*args, **keys)
    return dressed(function(*bare(args), **{k: bare(v) for k, v in keys.items()}))


class ndarray:
    """On the device."""
    __array_ufunc__ = None  # NumPy's scalars leave operators to this class, its functions refuse it
    __hash__ = None

    def __init__(self, a):
        if a.nbytes > memory:
            raise OutOfMemoryError("%d bytes" % a.nbytes)
        self.a = a

    def __array__(self, dtype=None):
        raise TypeError("Implicit conversion to a NumPy array is not allowed.")

    def __array_function__(self, function, kinds, args, keys):
        raise TypeError("%s: NumPy's, not the device's" % function.__name__)

    shape, dtype, ndim, size, nbytes = (property(lambda self, k=k: getattr(self.a, k)) for k in ("shape", "dtype", "ndim", "size", "nbytes"))
    T = property(lambda self: ndarray(self.a.T))

    def get(self):
        wait()
        return self.a.copy()

    def one(self, kind):
        wait()
        return kind(self.a)

    def __bool__(self):
        return self.one(bool)

    def __int__(self):
        return self.one(int)

    def __float__(self):
        return self.one(float)

    def __len__(self):
        return len(self.a)

    @staticmethod
    def _index(at):
        for one in at if isinstance(at, tuple) else (at,):
            if isinstance(one, ndarray):
                if one.dtype == bool:
                    wait()
                elif one.dtype.kind not in "iu":
                    raise IndexError("an index of type %s" % one.dtype)
            elif not (one is None or one is Ellipsis or isinstance(one, (slice, int, np.integer))):
                raise TypeError("an index of type %s, which would be a transfer" % type(one).__name__)
        return bare(at)

    def __getitem__(self, at):
        return dressed(self.a[self._index(at)])

    def __setitem__(self, at, value):
        index, value = self._index(at), bare(value)
        if any(isinstance(one, ndarray) and one.dtype != bool for one in (at if isinstance(at, tuple) else (at,))):
            places = np.arange(self.a.size).reshape(self.a.shape)[index].ravel()
            if len(np.unique(places)) < len(places):
                raise ValueError("one place is assigned to twice: which value stays is undefined")
        self.a[index] = value


def operator(name, ufunc):
    def plain(self, other):
        if not isinstance(other, (ndarray, bool, int, float, np.generic)):
            raise TypeError("Unsupported type %s" % type(other))
        return dressed(ufunc(self.a, bare(other)))

    def swapped(self, other):
        if not isinstance(other, (bool, int, float, np.generic)):
            raise TypeError("Unsupported type %s" % type(other))
        return dressed(ufunc(other, self.a))

    def in_place(self, other):
        if not isinstance(other, (ndarray, bool, int, float, np.generic)):
            raise TypeError("Unsupported type %s" % type(other))
        ufunc(self.a, bare(other), out=self.a)
        return self
    setattr(ndarray, "__%s__" % name, plain)
    if name not in ("lt", "le", "eq", "ne", "gt", "ge"):
        setattr(ndarray, "__r%s__" % name, swapped)
        setattr(ndarray, "__i%s__" % name, in_place)


for _name, _ufunc in dict(add=np.add, sub=np.subtract, mul=np.multiply, truediv=np.true_divide, floordiv=np.floor_divide, mod=np.remainder, pow=np.power,
                          lshift=np.left_shift, rshift=np.right_shift, lt=np.less, le=np.less_equal, eq=np.equal, ne=np.not_equal,
                          gt=np.greater, ge=np.greater_equal).items():
    operator(_name, _ufunc)
operator("and", np.bitwise_and)
operator("or", np.bitwise_or)
operator("xor", np.bitwise_xor)
ndarray.__neg__ = lambda self: dressed(np.negative(self.a))
ndarray.__invert__ = lambda self: dressed(np.invert(self.a))
ndarray.__abs__ = lambda self: dressed(np.absolute(self.a))


def method(name, bound):
    def run(self, *args, **keys):
        return call(getattr(self.a, name), args, keys, bound)
    setattr(ndarray, name, run)


for _line in METHODS.split("\n"):
    if _line:
        method(*signature(_line))


class Generator:
    """The draws are those of NumPy's SFC64 with the same seed, so that whole runs can be compared."""

    def __init__(self, bits):
        self.rng = np.random.Generator(np.random.SFC64(bits.seed))

    def _draw(self, name, size, dtype, out):
        if out is None:
            return dressed(getattr(self.rng, name)(size, dtype=dtype))
        if not isinstance(out, ndarray) or out.dtype != np.dtype(dtype) or not out.a.flags.c_contiguous:
            raise TypeError("out must be a contiguous array of the type that is drawn")
        getattr(self.rng, name)(dtype=dtype, out=out.a)
        return out

    def random(self, size=None, dtype=np.float64, out=None):
        return self._draw("random", size, dtype, out)

    def standard_normal(self, size=None, dtype=np.float64, out=None):
        return self._draw("standard_normal", size, dtype, out)

    def standard_exponential(self, size=None, dtype=np.float64, method="inv", out=None):
        return self._draw("standard_exponential", size, dtype, out)


class Philox4x3210:
    def __init__(self, seed=None, *, size=-1):
        self.seed = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)


def before(name, args):
    """What CuPy's function does first that NumPy's doesn't."""
    if name in ("nonzero", "flatnonzero", "bincount") or (name == "where" and len(args) == 1):
        wait()
    if name == "bincount" and args[0].size == 0:
        raise ValueError("zero-size array to reduction operation cupy_max which has no identity")
    if name == "count_nonzero" and args[0].dtype == np.int8:
        raise TypeError("Wrong type (int8) of arguments for cupy_count_nonzero")


def function(name, bound):
    def run(*args, **keys):
        given = [v for v in args if isinstance(v, ndarray)]
        if bound is None:
            if set(keys) - {"out", "dtype", "casting"}:
                raise TypeError("%s: %s" % (name, ", ".join(keys)))
            if not given:
                raise TypeError("%s of no array of the device" % name)
            return call(getattr(np, name), args, keys, inspect.signature(lambda *a, **k: None))
        if name in ("array", "asarray", "ascontiguousarray") and isinstance(args[0], np.ndarray):
            bound.bind(*args, **keys)
            return ndarray(np.array(args[0], keys.get("dtype")))
        before(name, args)
        return call(getattr(np, name), args, keys, bound)
    return run


def asnumpy(a, stream=None, order="C", out=None):
    return a.get() if isinstance(a, ndarray) else np.asarray(a)


def module():
    m = types.ModuleType("cupy")
    for name in UFUNCS:
        setattr(m, name, function(name, None))
    for line in FUNCTIONS.split("\n"):
        if line:
            name, bound = signature(line)
            setattr(m, name, function(name, bound))
    m.ndarray, m.asnumpy = ndarray, asnumpy
    for name in ("float32", "float64", "int8", "int32", "int64", "uint8", "uint16", "bool_", "newaxis"):
        setattr(m, name, getattr(np, name))
    m.random = types.SimpleNamespace(Generator=Generator, Philox4x3210=Philox4x3210)
    m.cuda = types.SimpleNamespace(is_available=lambda: True, memory=types.SimpleNamespace(OutOfMemoryError=OutOfMemoryError),
                                   get_current_stream=lambda: types.SimpleNamespace(synchronize=wait))
    m.get_default_memory_pool = lambda: types.SimpleNamespace(free_all_blocks=lambda: None)
    return m


def install():
    sys.modules["cupy"] = module()
    return sys.modules["cupy"]
