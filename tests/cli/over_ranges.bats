#!/usr/bin/env bats
# mismatch run --over-ranges: what the inputs leave open.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

@test "the span stands beside the sampling error, in every form" {
    exits 0 mismatch run "$config" --paths 1000 --over-ranges 20
    prints "What the inputs leave open"
    prints "90 % of 20 draws"
    silent
    exits 0 mismatch run "$config" --paths 1000 --over-ranges 20 --csv
    [ "$(grep -c '^"\?[a-z].*,range_low,' <<<"$out")" -ge 3 ]
    exits 0 mismatch run "$config" --paths 1000 --over-ranges 20 --range-paths 500 --json -o r.json
    diff "$BATS_TEST_TMPDIR/stdout" r.json
    "$PYTHON" - r.json <<'END'
import json, sys
r = json.load(open(sys.argv[1]))
assert r["run"]["over_ranges"]["draws"] == 20 and r["run"]["over_ranges"]["paths"] == 500
assert r["run"]["paths"] == 1000
assert "idle-ever" in r["ranges"] and "idle(alpha)" in r["ranges"]
for span in r["ranges"].values():
    if span["low"] is not None:
        assert span["low"] <= span["median"] <= span["high"]
END
}

@test "the run itself is what it is without" {
    exits 0 mismatch run "$config" --paths 500 -q -o a.json
    exits 0 mismatch run "$config" --paths 500 -q -o b.json --over-ranges 20 --range-paths 100
    same_digest a.json b.json
    [ "$(grep -c over_ranges a.json)" -eq 0 ]
}

@test "where it simulates is told once" {
    exits 0 mismatch run "$config" --paths 100 --over-ranges 20 --range-paths 50 -v
    says "simulating on"
    [ "$(grep -c 'simulating on' "$BATS_TEST_TMPDIR/stderr")" -eq 1 ]
}

@test "stopped while it draws, the same command goes on and ends alike" {
    set -- "$config" --paths 300 --over-ranges 20 --range-paths 200 --csv
    exits 0 mismatch run "$@"
    grep range_ "$BATS_TEST_TMPDIR/stdout" >whole.csv
    exits 75 mismatch run "$@" --time-limit 0.0001
    says "interrupted after 1 run; the same command goes on from"
    [ -z "$out" ]
    exits 75 mismatch run "$@" --time-limit 0.0001
    says "interrupted after 2 runs"
    exits 0 mismatch run "$@"
    diff <(grep range_ "$BATS_TEST_TMPDIR/stdout") whole.csv
    [ -z "$(ls "$XDG_STATE_HOME/mismatch")" ]
}

@test "draws that make no configuration are told and exit 8" {
    printf 'market: {price_max: 10}\nranges:\n  market.price_min: {low: 1, central: 10, high: 20, grade: J}\n' >wide.yaml
    exits 8 mismatch run "$config" --overlay wide.yaml --paths 300 --over-ranges 20 --range-paths 100
    says "market"
    says "draws of the ranges failed"
    prints "made no valid configuration and are left out"
}

@test "what is wrong is told before anything is run" {
    exits 2 mismatch run "$config" --paths 1e5 --over-ranges 5
    says "20 to 100000 draws are allowed"
    exits 2 mismatch run "$config" --paths 1e5 --over-ranges 0
    says "starts from 20"
    exits 2 mismatch run "$config" --paths 1e5 --range-paths 10
    says "goes with --over-ranges"
    exits 2 mismatch run "$config" --paths 1e5 --over-ranges 20 --shard 1/2
    says "exclude each other"
    exits 2 mismatch run "$config" --paths 1e5 --over-ranges 20 --set 'ranges=null'
    says "to draw from"
}
