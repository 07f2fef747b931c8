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

What the program is held to, and by how much it missed when this page was made. Everything here can be repeated with one command each: whole runs
against known answers, parts against closed forms, adequacy beside NumPy, cross-checks; and [what takes long](#what-takes-long), with its last figure.

## Whole runs against known answers

`mismatch selftest --full` runs small configurations whose answers are known in closed form, or published, through the same code as any
run, and exits with 7 if one lies outside 3.5 standard errors. `--device` (several times) holds other devices to the same, and to the same digest.
Outages of the reliability test system last the whole path, so that its figures need many paths for an error of 1 %: 849,802 for the loss of load, 1,941,814 for the unserved
energy, by the distribution of the capacity. It takes 4 times the paths of the others.

PAGE
echo "Made with \`mismatch selftest --full${*:+ $*}\`:"
echo
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

## Adequacy beside NumPy

`bench/races/adequacy.py build/release/mismatch` reads the configuration of the reliability test system and simulates the same years plainly in NumPy; all are held to the exact
convolution of the units, and that to the figures in print, before anything is timed (`adequacy.py ... --check`, and `ctest -R peers_adequacy`: the answers alone). One thread, float64 in NumPy,
seconds of a core on a machine with other work, 2026-11-25, median (least – most) of five rounds:

| program | paths | LOLE, h | error | z | EUE, MWh | error | z | paths a second | core seconds to an error of 1 %: LOLE; EUE |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
| mismatch | 40,000 | 10.61 | 0.50 | 2.81 | 1,436 | 110 | 3.17 | 3,650 (3,030 – 3,676) | 233; 532 |
| NumPy, hour by hour | 80,000 | 8.98 | 0.29 | -1.36 | 1,088 | 53 | -1.52 | 32,315 (29,707 – 38,762) | 26; 60 |
| NumPy, sorted loads | 800,000 | 9.436 | 0.098 | 0.44 | 1,188 | 18 | 0.64 | 4,451,106 (3,830,046 – 4,658,720) | 0.2; 0.4 |
| exact; in print | | 9.394175 | | | 1,176.298 | | | | |

Here the program is the slower one, 9 times against a few lines of NumPy that know only capacity and load: it walks its whole model of demand, price and firms through each of 8,736 hours. Who
needs adequacy alone should take such a script; the configuration is there to show that the program gives the published answer. z is taken with the exact error; years
without loss of load are many and those with much of it few, so that at 40,000 paths z is wider spread above than below.

## Cross-checks

| what | how | where |
|---|---|---|
| the same digest for any threads, batches, lane widths, compilers, optimisation, and whatever lay in memory before | `ctest -L digest`, stage "same digest" of `./check` | `tests/unit/test_digest.c` |
| no result hangs on a word that nobody wrote | stage "kernel values" of `./check` (Valgrind) | `cmake/stages.sh` |
| OpenCL devices give the bits of the cores | `mismatch selftest`, `ctest -R opencl` | `tests/unit/test_opencl.c`, 20 random configurations |
| Random123's known-answer vectors, on every lane width | `ctest -R philox` | `tests/unit/test_philox.c` |
| exp, log, normal quantile over all of single precision, against GSL | `bench/accuracy_elementary` | [elementary-functions.md](elementary-functions.md) |
| further implementations of the model, in NumPy, Numba and plain C, written from its page alone | `ctest -L peers` | `bench/peers/` |
| intervals of Bayes factors cover the truth: 4,000 seeds | `ctest -R evidence` | `tests/unit/test_closed_evidence.c` and its neighbours |
| adequacy systems as files, hour by hour, and load that is just met | `ctest -R closed_adequacy` | `configs/adequacy/` |
| kernels interpreted by Oclgrind: bounds, races | stage "kernel races" of `./check` | |
| address, undefined-behaviour and thread sanitizers | stages of `./check` | |

## What takes long

`./check` runs the short form of each; these are the whole ones, with what came out last. [long-runs.md](long-runs.md) has the records.

| what | command | last figure |
|---|---|---|
| two gluts and two false alarms of history, from what was known before | `tests/tools/history.py build/release/mismatch configs/history` | right in 3 of 4, wrong about cloud 2022; Brier 0.113 after the news, 0.251 without it, 0.500 for "a sale means glut"; n = 4 ([history.md](history.md)) |
| random numbers: Dieharder on every order in which the model asks | `tests/tools/battery.sh build/release 1` | 54 streams, 2,916 p-values, 24 of them in the outer 1 %, none bad with another seed (16 core minutes) |
| no two variates share a counter | `ctest -R test_addresses` | exhaustive on small models, static on the map |
| readers of files against made-up ones | `cmake --preset fuzz && cmake --build --preset fuzz && tests/fuzz/run.sh build/fuzz 600` | no crash, leak or hang: in 600 s each on a machine with much other work, overlay 16,757 inputs, `--set` 4,313, profile 17,704; configuration, checkpoint, result and store 20 s each |
| wrong configurations and what they are told | `ctest -R scenario_wrong` | 226, each held to the letter ([messages.md](messages.md)) |
| memory, system calls, signals and the clock that fail | `tests/tools/faults.py --full` | about 50,000 in 36 commands (some 30 minutes); `ctest -R cli_faults` takes 300 of them, none wrong |
| soak under sanitizers | `tests/tools/soak.sh 3600` | 15 minutes: 2,282 commands and 1,031 runs of the library, 0 wrong, memory flat; a whole hour has not been run yet |
| coverage of `host/` | `tests/tools/coverage.sh` | has not been run over all tests yet |
| mutations of the kernels' equations | `tests/tools/mutants.sh` | 63 of 63 noticed at 150,000 paths |
| closed forms with many seeds | `tests/tools/closed_seeds.py build/release/tests` | slips, 400 seeds: 288 comparisons, none off; 0.045 % beyond 3.5 standard errors, 0.047 % expected |
PAGE
