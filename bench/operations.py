#!/usr/bin/env python3
"""Counts what one path costs, in operations: floating-point and integer, from the compiled program itself.

callgrind counts how often each instruction of `mismatch run` is executed; the difference between two runs of different
length is what the further paths cost, without start and end. Instructions are told apart by their names in the
disassembly. It sees at most 8 lanes (AVX2), whose work for each path is that of any width but for the ends of loops.

    bench/operations.py build/release/mismatch configs/ai-2026.yaml

Needs valgrind and objdump. Prints a Markdown table.
"""
import argparse
import collections
import os
import re
import subprocess
import sys
import tempfile

LANES = 8
FMA = re.compile(r"vf(n?m)(add|sub)\d+[ps]s$")
ARITHMETIC = re.compile(r"v?(add|sub|mul|div|sqrt)[ps][sd]$")
OTHER_FLOAT = re.compile(r"v?(min|max|cmp\w*|u?comi|cvt\w+|round)[ps][sd]\w*$|vcvt|cvt")
VECTOR_INTEGER = re.compile(
    r"vp(add|sub|mul|and|or|xor|sll|srl|sra|cmp|min|max|shuf|sadbw|madd)|v(and|andn|or|xor)p[sd]$")
MOVES = re.compile(r"v?p?(mov|broadcast|blend|perm|insert|extract|unpck|gather|shuf|align)|vzero|vp?test|v?movmsk")


def width(operands):
    if "%ymm" in operands:
        return LANES
    return 4 if "%xmm" in operands else 1


def classify(name, operands):
    """-> kind, operations on elements"""
    elements = 1 if name.endswith(("ss", "sd")) else width(operands)
    if FMA.match(name):
        return "fma", elements
    if ARITHMETIC.match(name):
        return "add, multiply, divide", elements
    if OTHER_FLOAT.match(name):
        return "compare, convert, min, max", elements
    if name.startswith("v") and VECTOR_INTEGER.match(name):
        return "integer on lanes", width(operands)
    if name.startswith("v") and MOVES.match(name):
        return "moves of vectors", 0
    return "scalar", 1


def disassemble(program):
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", program], check=True, capture_output=True,
                          text=True).stdout
    code = {}
    for line in text.splitlines():
        found = re.match(r"\s*([0-9a-f]+):\s+(?:(?:rep|lock|bnd|notrack|data16|cs) )*(\S+)\s*(.*)", line)
        if found:
            code[int(found.group(1), 16)] = (found.group(2), found.group(3))
    return code


def counts(program, configuration, paths):
    """How often each instruction of the program was executed."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        subprocess.run(["valgrind", "--tool=callgrind", "--dump-instr=yes", "--compress-pos=no", "--compress-strings=no",
                        f"--callgrind-out-file={out}", program, "run", configuration, "--paths", str(paths),
                        "--threads", "1", "--lanes", str(LANES), "--no-tallies", "--backend", "openmp", "-q", "--json"],
                       check=True, capture_output=True, env={**os.environ, "HOME": folder, "XDG_STATE_HOME": folder})
        executed, ours, skip = collections.Counter(), False, False
        name = os.path.realpath(program)
        with open(out, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.startswith("ob="):
                    ours = os.path.realpath(line[3:].strip()) == name
                elif line.startswith("calls="):
                    skip = True  # the next line tells what the callee cost
                elif line.startswith("0x"):
                    if not skip and ours:
                        part = line.split()
                        executed[int(part[0], 16)] += int(part[-1])
                    skip = False
    return executed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("configuration")
    parser.add_argument("--groups", type=int, default=40, help="groups of lanes in the longer run (default %(default)s)")
    arguments = parser.parse_args()
    few, many = LANES * max(1, arguments.groups // 4), LANES * arguments.groups
    code = disassemble(arguments.program)
    less, more = counts(arguments.program, arguments.configuration, few), counts(arguments.program,
                                                                               arguments.configuration, many)
    # A position-independent program is loaded at an address of callgrind's choice: a multiple of a page.
    base = 0
    if not any(at in code for at in more):
        base = next(b for b in (0x108000, 0x400000, 0x109000) if sum(a - b in code for a in more) > len(more) // 2)
    instructions, operations = collections.Counter(), collections.Counter()
    for at, n in more.items():
        n -= less[at]
        if at - base not in code:
            continue
        kind, elements = classify(*code[at - base])
        instructions[kind] += n
        operations[kind] += n * elements
    paths = many - few
    flops = 2 * operations["fma"] + operations["add, multiply, divide"] + operations["compare, convert, min, max"]
    integer = operations["integer on lanes"] + operations["scalar"]
    print("| kind | instructions for 8 paths | operations for each path |\n|---|--:|--:|")
    for kind, n in instructions.most_common():
        print(f"| {kind} | {n * LANES / paths:,.0f} | {operations[kind] / paths:,.0f} |")
    print(f"| all | {sum(instructions.values()) * LANES / paths:,.0f} | |\n")
    print(f"For each path {flops:,.0f} floating-point operations (an fma counts two) and {integer:,.0f} integer ones"
          .replace(f"{flops:,.0f}", f"{flops / paths:,.0f}").replace(f"{integer:,.0f}", f"{integer / paths:,.0f}") + ".")
    return 0


if __name__ == "__main__":
    sys.exit(main())
