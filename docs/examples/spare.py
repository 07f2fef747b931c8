#!/usr/bin/env python3
"""The same as spare.c, from Python through ctypes; nothing but the installed library is needed.

    spare.py CONFIG.yaml EXPRESSION KEY VALUE ...
"""
import ctypes
import ctypes.util
import os
import sys


class Value(ctypes.Structure):
    """mm_value"""
    _fields_ = [("known", ctypes.c_bool), ("value", ctypes.c_double), ("se", ctypes.c_double),
                ("compared", ctypes.c_bool), ("holds", ctypes.c_bool), ("needs_paths", ctypes.c_double),
                ("needs_more", ctypes.c_bool), ("why", ctypes.c_char_p)]


def load():
    """The library, with the types of what is used of it; pointers to what it owns are opaque."""
    lib = ctypes.CDLL(os.environ.get("MISMATCH_LIBRARY") or ctypes.util.find_library("mismatch") or "libmismatch.so.0")
    pointer, text, size = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t
    for name, result, arguments in (
            ("mm_messages_new", pointer, []),
            ("mm_messages_count", size, [pointer]),
            ("mm_messages_text", text, [pointer, size]),
            ("mm_messages_free", None, [pointer]),
            ("mm_scenario_load", ctypes.c_int,
             [text, pointer, size, ctypes.POINTER(text), size, ctypes.POINTER(pointer), pointer]),
            ("mm_scenario_free", None, [pointer]),
            ("mm_run_simple", ctypes.c_int,
             [pointer, ctypes.c_uint64, ctypes.c_uint64, ctypes.POINTER(pointer), pointer]),
            ("mm_result_evaluate", ctypes.c_int, [pointer, text, ctypes.POINTER(Value), pointer]),
            ("mm_result_free", None, [pointer])):
        function = getattr(lib, name)
        function.restype, function.argtypes = result, arguments
    return lib


class Failure(Exception):
    """What the library returned, and what it said."""

    def __init__(self, status, messages):
        super().__init__("\n".join(messages))
        self.status = status


def ask(lib, file, expression, setting, paths=20000, seed=1):
    """(value, standard error) of an expression; None where no path bears on it."""
    messages = lib.mm_messages_new()
    scenario, result, value = ctypes.c_void_p(), ctypes.c_void_p(), Value()
    settings = (ctypes.c_char_p * 1)(setting.encode())

    def check(status):
        if status:
            raise Failure(status, [lib.mm_messages_text(messages, i).decode()
                                   for i in range(lib.mm_messages_count(messages))])

    try:
        check(lib.mm_scenario_load(file.encode(), None, 0, settings, 1, ctypes.byref(scenario), messages))
        check(lib.mm_run_simple(scenario, paths, seed, ctypes.byref(result), messages))
        check(lib.mm_result_evaluate(result, expression.encode(), ctypes.byref(value), messages))
        return (value.value, value.se) if value.known else None
    finally:
        lib.mm_result_free(result)
        lib.mm_scenario_free(scenario)
        lib.mm_messages_free(messages)


def main():
    if len(sys.argv) < 5:
        print("usage: spare.py CONFIG EXPRESSION KEY VALUE ...", file=sys.stderr)
        return 2
    lib = load()
    file, expression, key = sys.argv[1:4]
    for number in sys.argv[4:]:
        try:
            answer = ask(lib, file, expression, f"{key}={number}")
        except Failure as failure:
            print(failure, file=sys.stderr)
            return failure.status
        print(f"{key}={number}: {answer[0]:.4f}, standard error {answer[1]:.4f}" if answer
              else f"{key}={number}: unknown, no path bears on it")
    return 0


if __name__ == "__main__":
    sys.exit(main())
