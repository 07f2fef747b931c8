#!/usr/bin/env bats
# mismatch merge
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

piece() { # piece FILE FIRST PATHS [OPTIONS]
    local file=$1 first=$2 paths=$3
    shift 3
    exits 0 mismatch run "$config" --first-path "$first" --paths "$paths" --output "$file" -q "$@"
}

# Everything but how and when the runs were made.
estimates() {
    sed -nE '/^  "(industry|coexistence|questions)"/,/^  []}],?$/p' "$1"
}

@test "pieces merge to the whole, in any order" {
    piece whole.json 0 4000
    piece a.json 0 1000 --threads 1
    piece b.json 1000 1 --lanes 1
    piece c.json 1001 2999
    exits 0 mismatch merge c.json a.json b.json --output m.json
    prints "With probability"
    same_digest whole.json m.json
    diff <(estimates whole.json) <(estimates m.json)
    grep -q '"ranges": \[\[0, 4000\]\]' m.json
    # and a merged one can be merged again
    exits 0 mismatch merge a.json c.json --output ac.json -q
    grep -q '"ranges": \[\[0, 1000\], \[1001, 2999\]\]' ac.json
    exits 0 mismatch merge ac.json b.json --output m2.json -q
    same_digest m.json m2.json
    exits 0 mismatch run --from m2.json
    exits 2 mismatch run --from ac.json
    says "its paths have gaps"
}

@test "one result merges to itself" {
    piece a.json 5 100
    exits 0 mismatch merge a.json --output b.json -q
    same_digest a.json b.json
}

@test "what doesn't fit is refused, by name" {
    piece a.json 0 1000
    piece seed.json 1000 1000 --seed 2
    piece set.json 1000 1000 --set firms.alpha.reserve=0.2
    piece bare.json 1000 1000 --no-tallies
    piece twice.json 999 10
    exits 2 mismatch merge a.json seed.json
    says "seed.json: its seed"
    exits 2 mismatch merge a.json set.json
    says "set.json: its configuration"
    exits 2 mismatch merge a.json bare.json
    says "bare.json: it has no tallies"
    exits 2 mismatch merge a.json twice.json
    says "paths 999 to 999 are in more than one"
    exits 2 mismatch merge a.json a.json
    exits 2 mismatch merge
    exits 6 mismatch merge a.json none.json
    says "none.json: can't be read: No such file"
    exits 6 mismatch merge a.json .
    says "Is a directory"
}

@test "a study is not a result, and wrong operands leave no store behind" {
    exits 0 mismatch sensitivity "$config" --on idle-ever --method tornado --paths 200 -q --output study.json
    exits 2 mismatch merge study.json
    says "study.json: a study (sensitivity), where the result of a run is expected"
    exits 2 mismatch merge study.json --store s.db
    says "where the result of a run is expected"
    [ ! -e s.db ]
    exits 6 mismatch merge none.json --store s.db
    [ ! -e s.db ]
    exits 0 mismatch run "$config" --paths 100 -q --output a.json
    exits 2 mismatch merge a.json study.json --store s.db
    says "s.db: 1 result added"
}

@test "damaged results are refused" {
    piece a.json 0 1000
    head -c 3000 a.json >half.json
    exits 2 mismatch merge half.json
    says "half.json:"
    says "not a whole result"
    # one letter in the middle of the tallies
    middle=$(($(wc -c <a.json) - 1000))
    letter=$(tail -c +$((middle + 1)) a.json | head -c 1)
    other=A
    [ "$letter" != A ] || other=B
    { head -c $middle a.json; printf %s $other; tail -c +$((middle + 2)) a.json; } >letter.json
    exits 2 mismatch merge letter.json
    says "damaged"
    sed -E 's/("digest": ")..../\10000/' a.json >digest.json
    exits 2 mismatch merge digest.json
    says "the digest doesn't fit the tallies"
    sed -E 's/"mw": 60/"mw": 61/' a.json >config.json
    exits 2 mismatch merge config.json
    says "doesn't have the hash"
    sed -E 's/"schema_version": 1/"schema_version": 2/' a.json >future.json
    exits 2 mismatch merge future.json
    says "schema version 2"
    echo '{}' >empty.json
    exits 2 mismatch merge empty.json
    says "not a result of mismatch"
    : >nothing.json
    exits 2 mismatch merge nothing.json
}

@test "outputs, questions and expectations as with run" {
    piece a.json 0 1000
    piece b.json 1000 1000
    exits 0 mismatch merge a.json b.json --question idle-ever
    [[ $out =~ ^0\.[0-9]+$ ]]
    exits 3 mismatch merge a.json b.json --expect 'idle-ever > 0.99' -q
    exits 2 mismatch merge a.json b.json --question 'nothing'
    exits 0 mismatch merge a.json b.json --json
    prints '"schema_version": 1'
    exits 0 mismatch merge a.json b.json --csv
    exits 2 mismatch merge a.json b.json --output a.json
    says "a.json exists"
}
