#!/usr/bin/env bats
# The command line itself: help, version, check, path, slips of the fingers.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

@test "help, on stdout, examples before options" {
    for arguments in help --help -h; do
        exits 0 mismatch $arguments
        prints "Examples:"
        prints "Exit codes:"
        silent
    done
    for command in run merge results check path version; do
        exits 0 mismatch $command --help
        [[ $out == *Examples:*Usage:*Options:* ]]
        exits 0 mismatch help $command
        prints "Usage: mismatch $command"
        [ "$(awk 'length > 100' <<<"$out" | wc -l)" -eq 0 ]
    done
    exits 2 mismatch help rnu
    says "did you mean 'run'?"
}

@test "version" {
    exits 0 mismatch --version
    [[ $out == "mismatch "*git:*compiler:*flags:*-ffp-contract=off* ]]
    exits 0 mismatch version --json
    prints '"schema_version": 1'
    prints '"git"'
}

@test "no command, an unknown one, an option in its place" {
    exits 2 mismatch
    exits 2 mismatch chekc
    says "unknown command 'chekc'; did you mean 'check'?"
    exits 2 mismatch xyzzy
    says "mismatch --help"
    exits 2 mismatch --json run "$config"
    says "the command comes first"
}

@test "options: unknown, of another command, without or with a value too many" {
    exits 2 mismatch run "$config" --pahts 3
    says "unknown option '--pahts'; did you mean '--paths'?"
    exits 2 mismatch run "$config" --pahts=3
    says "did you mean '--paths'?"
    exits 2 mismatch merge a.json --paths 3
    says "it has no option --paths"
    exits 2 mismatch run "$config" --paths
    says "--paths needs a value"
    exits 2 mismatch run "$config" --json=yes
    says "--json takes no value"
    exits 2 mismatch run "$config" -z
    says "unknown option '-z'"
    exits 2 mismatch run "$config" "$config"
    exits 2 mismatch run
    exits 2 mismatch run "$config" --json --csv
    exits 2 mismatch run "$config" --csv --question idle-ever
}

@test "numbers" {
    for good in 1000 1e3 1E3 0.1e4 1000. 1e+3; do
        exits 0 mismatch run "$config" --paths $good --output "$good.json" -q
    done
    same_digest ./*.json
    for bad in 0 -1 1e 1e3x 1.5 1,000 1e-3 '' ' 1' 0x10 nan inf 1e30 18446744073709551616 10M 2e12; do
        exits 2 mismatch run "$config" --paths "$bad"
    done
    for bad in 0 -1 1x 10ms '' 1e3 nan; do
        exits 2 mismatch run "$config" --paths 1000 --time-limit "$bad"
    done
    for bad in 0 -1 1.5 '' 5000; do
        exits 2 mismatch run "$config" --paths 1e6 --threads "$bad"
    done
    exits 2 mismatch run "$config" --paths 2 --first-path 1099511627775
    says "path numbers end"
    exits 0 mismatch run "$config" --paths 1 --first-path 1099511627775
    for good in 1G 900M 800MiB 0.5GB 2000000K 1000000000; do
        exits 0 mismatch run "$config" --paths 10 --memory $good
    done
    for good in 60 60s 1m 0.5h 1d; do
        exits 0 mismatch run "$config" --paths 10 --time-limit $good
    done
}

@test "check" {
    exits 0 mismatch check "$config"
    [ "$(head -1 <<<"$out")" = "$config: ok" ]
    prints "30 months from 2030-01"
    prints "3 firms"
    prints "8 questions"
    silent
    exits 0 mismatch check "$config" --print --set firms.alpha.reserve=0.1
    prints "reserve: 0.1"
    prints "--set"
    exits 2 mismatch check "$config" --set firms.alpha.reserv=0.1
    says "did you mean 'reserve'?"
    [ -z "$out" ]
    exits 6 mismatch check none.yaml
    exits 2 mismatch check
}

@test "check --json tells errors too" {
    exits 0 mismatch check "$config" --json
    prints '"ok": true'
    prints '"firms": 3'
    silent
    exits 0 mismatch check "$config" --json --print
    prints '"effective"'
    prints '"origins"'
    exits 2 mismatch check "$config" --json --set firms.alpha.reserv=0.1
    prints '"ok": false'
    prints "did you mean"
    silent
}

@test "check --reference, --schema" {
    exits 0 mismatch check --reference
    prints "slips"
    exits 0 mismatch check --schema
    prints '"title"'
    exits 2 mismatch check --schema "$config"
    code=0
    mismatch check --schema >/dev/full 2>err || code=$?
    [ $code -eq 6 ]
}

@test "path" {
    exits 0 mismatch path "$config" --path 3
    prints "2030-01"
    exits 0 mismatch path "$config" --path 3 --seed 7 --json
    [[ $out == "{"* ]]
    exits 2 mismatch path "$config"
    says "--path K"
    exits 2 mismatch path "$config" --path x
    exits 2 mismatch path "$config" --path 1e15
    code=0
    mismatch path "$config" --path 3 >/dev/full 2>err || code=$?
    [ $code -eq 6 ]
}
