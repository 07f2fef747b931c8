#!/usr/bin/env bash
# Which lines and branches of host/ do the tests reach?
#   coverage.sh [BUILD]          default: build/coverage, which is made
# Builds with gcc's counters, runs all tests (closed forms with 20,000 paths), and prints gcovr's table: lines, branches,
# and the lines of each file that nothing reaches. Exit 1 below 90 % of lines or 80 % of branches, 77 without gcovr.
# Branches that only a failing allocation takes are counted like others.
set -u
tree=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P) || exit 1
build=${1:-$tree/build/coverage}
command -v gcovr >/dev/null || { echo "gcovr is not here"; exit 77; }
cmake -S "$tree" -B "$build" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_COMPILER=gcc -DMISMATCH_WERROR=OFF \
    -DCMAKE_C_FLAGS='--coverage -O1 -fprofile-update=atomic' >/dev/null || exit 1
cmake --build "$build" -j "$(nproc)" >"$build/build.log" 2>&1 || { tail -n 20 "$build/build.log"; exit 1; }
find "$build" -name '*.gcda' -delete
MISMATCH_TEST_PATHS=20000 ctest --test-dir "$build" -j "$(nproc)" >"$build/tests.log" 2>&1
tail -n 20 "$build/tests.log" | grep -E 'tests passed|Failed|Skipped' >&2
mkdir -p "$build/html"
gcovr --root "$tree" --object-directory "$build" --filter "$tree/host/" --json "$build/coverage.json" >/dev/null &&
    gcovr --root "$tree" --add-tracefile "$build/coverage.json" --html-details "$build/html/index.html" \
        --csv "$build/coverage.csv" >/dev/null || exit 1
gcovr --root "$tree" --add-tracefile "$build/coverage.json" --branches | tail -n 4
gcovr --root "$tree" --add-tracefile "$build/coverage.json" --fail-under-line 90 --fail-under-branch 80
