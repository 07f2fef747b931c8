#!/usr/bin/env bash
# Writes docs/validation.md: what the program is held to, with expected, obtained, error and z.
#
#   validation.sh PROGRAM TESTS [selftest's options] > docs/validation.md
#
# PROGRAM: build/release/mismatch; TESTS: the folder of the built tests, build/release/tests.
set -euo pipefail
program=$1 tests=$2
shift 2
checks=$(mktemp)
trap 'rm -f "$checks"' EXIT

cat <<'PAGE'
# Validation

What the program is held to, and by how much it missed when this page was made. Everything here can be repeated with one command.

## Whole runs against known answers

`mismatch selftest --full` runs small configurations whose answers are known in closed form, or published, through the same code as any
run, and exits with 7 if one lies outside 3.5 standard errors. `--device` (several times) holds other devices to the same, and to the same digest.

PAGE
"$program" selftest --full --markdown "$@"
cat <<'PAGE'

The figures of one configuration share their paths, and all configurations the same random numbers (common random numbers), so that neighbouring z are not
independent of each other.

## Closed forms of the parts

The tests `tests/unit/test_closed_*.c` hold single parts of the model to closed forms, 1,000,000 paths each (`ctest --preset release -L closed-form`). Each is known to
fail when the model is broken on purpose: [tests/mutants](../tests/mutants/README.md) lists 134 changes and what noticed them. Comparisons that
have an error, by file:

| tests | comparisons | largest \|z\| | root mean square of z |
|---|---:|---:|---:|
PAGE
for test in "$tests"/test_closed_*; do
    MISMATCH_CHECKS=$checks "$test" >/dev/null 2>&1 || { echo "$test fails" >&2; exit 1; }
done
awk -F'\t' '
    { name = $1; sub(".*/", "", name); n[name]++; z = $5 < 0 ? -$5 : $5; s[name] += z * z; if (z > m[name]) m[name] = z; all++; sum += z * z; if (z > most) most = z }
    END {
        for (name in n) printf "| `%s` | %d | %.2f | %.2f |\n", name, n[name], m[name], sqrt(s[name] / n[name]) | "sort"
        close("sort")
        printf "| all | %d | %.2f | %.2f |\n", all, most, sqrt(sum / all)
    }' "$checks"
cat <<'PAGE'

## Cross-checks

| what | how | where |
|---|---|---|
| the same digest for any threads, batches, lane widths, compilers, optimisation, and whatever lay in memory before | `ctest -L digest`, stage "same digest" of `./check` | `tests/unit/test_digest.c` |
| no result hangs on a word that nobody wrote | stage "kernel values" of `./check` (Valgrind) | `cmake/stages.sh` |
| OpenCL devices give the bits of the cores | `mismatch selftest`, `ctest -R opencl` | `tests/unit/test_opencl.c`, 20 random configurations |
| Random123's known-answer vectors, on every lane width | `ctest -R philox` | `tests/unit/test_philox.c` |
| exp, log, normal quantile over all of single precision, against GSL | `bench/accuracy_elementary` | [elementary-functions.md](elementary-functions.md) |
| a second implementation of the model, in NumPy, written from its page alone | `bench/peers/` | `bench/peers/` |
| intervals of Bayes factors cover the truth: 4,000 seeds | `ctest -R evidence` | `tests/unit/test_closed_evidence.c` and its neighbours |
| adequacy systems as files, hour by hour | `ctest -R closed_adequacy` | `configs/adequacy/` |
| two gluts and two false alarms of history | `tests/tools/history.py` | [history.md](history.md) |
| kernels interpreted by Oclgrind: bounds, races | stage "kernel races" of `./check` | |
| address, undefined-behaviour and thread sanitizers | stages of `./check` | |
PAGE
