#!/usr/bin/env bats
# mismatch run: what it prints, saves, refuses.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

@test "the answer is on stdout, and nothing on stderr" {
    exits 0 mismatch run "$config" --paths 2000
    prints "With probability"
    prints "Idle while the industry is short"
    silent
}

@test "the default is a million paths with seed 1" {
    exits 0 mismatch run "$config" --time-limit 1d --set time.months=30 --paths 1e3 --output a.json -q
    exits 0 mismatch run "$config" --paths 1000 --seed 1 --output b.json -q
    same_digest a.json b.json
    exits 0 mismatch help run
    prints "(default: 1e6)"
    prints "(default: 1)"
}

@test "a run of one path has figures without an error, not 'nan'" {
    exits 0 mismatch run "$config" --paths 1 -v --output one.json
    prints "One path alone says nothing"
    [[ $out != *nan* ]]
    exits 0 mismatch report one.json --markdown
    [[ $out != *nan* ]]
}

@test "quiet prints the answer alone, with --output nothing" {
    exits 0 mismatch run "$config" --paths 1000 -q
    [ "$(wc -l <<<"$out")" -lt 15 ]
    exits 0 mismatch run "$config" --paths 1000 -q --output r.json
    [ -z "$out" ]
    silent
    grep -q '"schema_version": 1' r.json
}

@test "--output holds the JSON that --json prints" {
    exits 0 mismatch run "$config" --paths 1000 --json --output r.json
    diff "$BATS_TEST_TMPDIR/stdout" r.json
    silent
    exits 0 mismatch run "$config" --paths 1000 --output s.json
    prints "With probability"
}

@test "--json holds the tallies unless --no-tallies" {
    exits 0 mismatch run "$config" --paths 1000 --json
    prints '"tallies": {"format"'
    exits 0 mismatch run "$config" --paths 1000 --json --no-tallies
    [[ $out != *'"tallies"'* ]]
}

@test "--csv is long form" {
    exits 0 mismatch run "$config" --paths 1000 --csv
    [ "$(head -1 <<<"$out")" = "question,firm,region,generation,name,month,statistic,value,se" ]
}

@test "an existing output is kept, and nothing is run" {
    echo precious >r.json
    exits 2 mismatch run "$config" --paths 1e9 --output r.json
    says "r.json exists"
    [ -z "$out" ]
    [ "$(cat r.json)" = precious ]
    exits 0 mismatch run "$config" --paths 1000 --output r.json --force -q
    grep -q schema_version r.json
    [ "$(ls)" = r.json ]
}

@test "an output that can't be written is known before the run" {
    exits 6 mismatch run "$config" --paths 1e9 --output none/r.json
    says "none/r.json: can't be written: No such file or directory"
    exits 6 mismatch run "$config" --paths 1e9 --output /proc/r.json
    says "/proc/r.json: can't be written"
    mkdir folder
    exits 6 mismatch run "$config" --paths 1e9 --output folder
    says "folder: can't be written: Is a directory"
}

@test "a read-only folder" {
    mkdir shut
    chmod 555 shut
    [ "$(id -u)" -ne 0 ] || skip "root may write anywhere"
    exits 6 mismatch run "$config" --paths 1e9 --output shut/r.json
    says "Permission denied"
}

@test "a full disk" {
    exits 6 mismatch run "$config" --paths 1000 --output /dev/full
    says "/dev/full: can't be written: No space left on device"
    prints "With probability"
    code=0
    mismatch run "$config" --paths 1000 >/dev/full 2>err || code=$?
    [ $code -eq 6 ]
    grep -q "No space left on device" err
}

@test "a device as output stays a device" {
    exits 0 mismatch run "$config" --paths 1000 --output /dev/null -q
    [ -c /dev/null ]
}

@test "closed stdout: an error, but not where nothing is printed" {
    code=0
    mismatch run "$config" --paths 1e9 >&- 2>err || code=$?
    [ $code -eq 6 ]
    grep -q "standard output is closed" err
    mismatch run "$config" --paths 1000 -q --output r.json >&-
    grep -q schema_version r.json
}

@test "closed stdin and stderr don't leak into files" {
    mismatch run "$config" --paths 1000 -v --output r.json >out 2>&- <&-
    [ "$(head -1 r.json)" = "{" ]
    grep -q "With probability" out
}

@test "a reader that is gone ends it without words" {
    (
        set +e
        mismatch run "$config" --paths 1000 --json 2>err
        echo $? >code
    ) | head -1
    [ "$(cat code)" -eq 6 ]
    [ ! -s err ]
}

@test "the configuration from standard input" {
    cp "$data"/every-key* . # the files that a configuration names are looked for in the working folder
    exits 0 mismatch run - --paths 1000 --output a.json -q <"$config"
    exits 0 mismatch run "$config" --paths 1000 --output b.json -q
    same_digest a.json b.json
}

@test "--question prints numbers alone" {
    exits 0 mismatch run "$config" --paths 1000 --question idle-ever --question 'idle(alpha)' --question 'idle-ever > 0.01'
    [ "$(wc -l <<<"$out")" -eq 3 ]
    [[ $(sed -n 1p <<<"$out") =~ ^0\.[0-9]+$ ]]
    [[ $(sed -n 2p <<<"$out") =~ ^0\.[0-9]+$ ]]
    [ "$(sed -n 3p <<<"$out")" = true ]
    silent
    exits 0 mismatch run "$config" --paths 1000 -q --question idle-ever
    [ "$(wc -l <<<"$out")" -eq 1 ]
}

@test "--question with --json" {
    exits 0 mismatch run "$config" --paths 1000 --question idle-ever --question 'idle-ever >= 2' --json
    prints '"schema_version": 1'
    prints '"expression": "idle-ever"'
    prints '"holds": false'
}

@test "--question is checked before the run" {
    exits 2 mismatch run "$config" --paths 1e9 --question 'idle(alhpa)'
    says "did you mean 'alpha'?"
    exits 2 mismatch run "$config" --paths 1e9 --question 'idle(alpha'
    exits 2 mismatch run "$config" --paths 1e9 --expect 'idle-evr > 0.1'
    says "idle-ever"
}

@test "--expect: 3 when it fails, after everything is printed" {
    exits 0 mismatch run "$config" --paths 1000 --expect 'idle-ever > 0.5' --output a.json
    exits 3 mismatch run "$config" --paths 1000 --expect 'idle-ever > 0.5' --expect 'idle-ever > 0.99' --output b.json
    prints "With probability"
    says "expectation failed: idle-ever > 0.99"
    same_digest a.json b.json
    exits 2 mismatch run "$config" --paths 1e9 --expect idle-ever
    says "compares nothing"
}

@test "memory: told with -v, refused with the figure and the cause" {
    exits 0 mismatch run "$config" --paths 1000 -v
    says "iB of memory"
    exits 2 mismatch run "$config" --paths 1e9 --memory 100K
    says "this run needs"
    says "100.0 KiB are allowed"
    says "question 'spare-fan' needs most"
    exits 2 mismatch run "$config" --paths 1e9 --memory 100Q
    says "'100Q' is not a size"
}

@test "memory: fewer threads would fit" {
    exits 2 mismatch run "$config" --paths 1e9 --memory 10M --threads 4000
    says "threads it would fit"
}

@test "the result doesn't depend on threads, lanes and batches" {
    exits 0 mismatch run "$config" --paths 5003 --threads 1 --lanes 1 --output one.json -q
    for threads in 1 2 7; do
        exits 0 mismatch run "$config" --paths 5003 --threads $threads --output t$threads.json -q
    done
    for lanes in 4 8 16; do
        code=0
        mismatch run "$config" --paths 5003 --lanes $lanes --output l$lanes.json -q 2>err || code=$?
        [ $code -eq 4 ] || [ $code -eq 0 ]
        [ $code -eq 0 ] || grep -q "no kernel of $lanes lanes" err
    done
    for batch in 1 77 1e9; do
        exits 0 mismatch run "$config" --paths 5003 --batch $batch --output b$batch.json -q
    done
    same_digest one.json ./*.json
    exits 2 mismatch run "$config" --lanes 3
}

@test "seed 0 is a seed, and seeds have 64 bits" {
    exits 0 mismatch run "$config" --paths 1000 --seed 0 --output zero.json -q
    exits 0 mismatch run "$config" --paths 1000 --seed 18446744073709551615 --output last.json -q
    exits 0 mismatch run "$config" --paths 1000 --seed 4294967296 --output high.json -q
    [ "$(sort -u <(digest zero.json) <(digest last.json) <(digest high.json) | wc -l)" -eq 3 ]
    exits 0 mismatch run --from last.json --output again.json -q
    same_digest last.json again.json
    exits 2 mismatch run "$config" --seed 18446744073709551616
}

@test "--from repeats a run, whatever the machine's settings" {
    exits 0 mismatch run "$config" --paths 3000 --first-path 123456 --seed 9 --set firms.alpha.reserve=0.1 --output a.json -q
    exits 0 mismatch run --from a.json --threads 1 --lanes 4 --output b.json
    says "the digest is that of a.json"
    same_digest a.json b.json
    # all but what describes the run itself
    diff <(grep -vE '"(threads|devices|paths_per_second|seconds)"' a.json | sed 's/"tallies".*//') \
        <(grep -vE '"(threads|devices|paths_per_second|seconds)"' b.json | sed 's/"tallies".*//')
    exits 2 mismatch run --from a.json --seed 3
    exits 2 mismatch run --from a.json "$config"
    exits 6 mismatch run --from none.json
}

@test "--from finds a result that doesn't come out again" {
    exits 0 mismatch run "$config" --paths 1000 --no-tallies --output a.json -q
    sed -i -E 's/("digest": ")..../\10000/' a.json
    exits 7 mismatch run --from a.json
    says "the digest is"
}

@test "--sample-paths" {
    exits 0 mismatch run "$config" --sample-paths 20 --series gap,spare_share:alpha:north,late_mw:power,regime_up --output a.csv
    [ -z "$out" ]
    [ "$(head -1 a.csv)" = "path,month,gap,spare_share:alpha:north,late_mw:power,regime_up" ]
    [ "$(wc -l <a.csv)" -eq $((1 + 20 * 30)) ]
    grep -q '^0,2030-01,' a.csv
    grep -q '^19,2032-06,' a.csv
    # a path is the same wherever it is made
    exits 0 mismatch run "$config" --sample-paths 1 --first-path 7 --lanes 1 --series gap,spare_share:alpha:north,late_mw:power,regime_up
    diff <(grep '^7,' a.csv) <(tail -n +2 <<<"$out")
    exits 2 mismatch run "$config" --sample-paths 2 --series gap --output a.csv
    exits 2 mismatch run "$config" --sample-paths 2 --series gpa
    says "did you mean 'gap'?"
    exits 2 mismatch run "$config" --sample-paths 2 --series spare_share
    exits 2 mismatch run "$config" --sample-paths 2 --series gap:alpha
    exits 2 mismatch run "$config" --sample-paths 2 --series spare_share:alpha:west
    exits 2 mismatch run "$config" --sample-paths 2
    exits 2 mismatch run "$config" --series gap
    exits 2 mismatch run "$config" --sample-paths 0 --series gap
}

@test "colours only where they are wanted" {
    exits 0 mismatch run "$config" --paths 1000
    [[ $out != *$'\e['* ]]
    exits 0 mismatch run "$config" --paths 1000 --color always
    prints $'\e['
    exits 0 env NO_COLOR=1 "$MISMATCH" run "$config" --paths 1000 --color auto
    [[ $out != *$'\e['* ]]
    exits 2 mismatch run "$config" --color sometimes
}
