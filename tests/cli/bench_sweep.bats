#!/usr/bin/env bats
# bench/sweep.sh, with tiny runs: its figures mean nothing here, its arithmetic and its end must be right.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

@test "a line for each number of paths; tiny points can't hold the limit, exit 1" {
    export CONFIG=$config KEY=firms.alpha.reserve ALONE=3
    exits 1 bash "$SOURCE_DIR/bench/sweep.sh" 5 50 20
    silent
    prints " 5 points of firms.alpha.reserve"
    [ "$(grep -cE '^\| (50|20) \| [0-9.]+ \| [0-9.]+ \| [0-9.]+ \| [0-9.]+ \|$' <<<"$out")" -eq 2 ]
    exits 2 bash "$SOURCE_DIR/bench/sweep.sh" 1
    says "2 points at least"
    exits 2 bash "$SOURCE_DIR/bench/sweep.sh" 5 1e5
    says "'1e5' is not a whole number from 1"
}
