#!/usr/bin/env bats
# run --shard: parts that merge to the whole.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

@test "1/7 ... 7/7 merge to the whole, in any order" {
    exits 0 mismatch run "$config" --paths 10007 --first-path 100 --seed 5 --output whole.json -q
    for i in 1 2 3 4 5 6 7; do
        exits 0 mismatch run "$config" --paths 10007 --first-path 100 --seed 5 --shard $i/7 --output part$i.json -q
    done
    grep -q '"ranges": \[\[100, 1429\]\]' part1.json
    grep -q '"ranges": \[\[8677, 1430\]\]' part7.json
    for order in "1 2 3 4 5 6 7" "7 6 5 4 3 2 1" "4 1 7 2 6 3 5"; do
        # shellcheck disable=SC2046,SC2086  # several words
        exits 0 mismatch merge $(printf 'part%s.json ' $order) --output merged.json --force -q
        same_digest whole.json merged.json
        grep -q '"ranges": \[\[100, 10007\]\]' merged.json
    done
    exits 0 mismatch merge part1.json part2.json part3.json part4.json part5.json part6.json --output six.json -q
    [ "$(digest six.json)" != "$(digest whole.json)" ]
}

@test "parts in a store are one run" {
    exits 0 mismatch run "$config" --paths 5000 --output whole.json -q
    for i in 3 1 2; do exits 0 mismatch run "$config" --paths 5000 --shard $i/3 --store s.db -q; done
    exits 0 mismatch results s.db --csv --columns paths,digest
    [ "$out" = "paths,digest
5000,$(digest whole.json)" ]
    exits 0 mismatch run "$config" --paths 5000 --store s.db --output again.json
    says "all 5,000 paths are in s.db"
    same_digest whole.json again.json
    exits 0 mismatch merge s.db --output merged.json -q
    same_digest whole.json merged.json
}

@test "one part of one is the whole, and as many parts as paths are allowed" {
    exits 0 mismatch run "$config" --paths 1000 --output whole.json -q
    exits 0 mismatch run "$config" --paths 1000 --shard 1/1 --output one.json -q
    same_digest whole.json one.json
    for i in 1 2 3; do exits 0 mismatch run "$config" --paths 3 --shard $i/3 --output p$i.json -q; done
    exits 0 mismatch merge p3.json p1.json p2.json --output three.json -q
    exits 0 mismatch run "$config" --paths 3 --output w.json -q
    same_digest w.json three.json
    # the largest run there is
    exits 75 mismatch run "$config" --paths 1099511627776 --shard 1000000/1000000 --batch 64 --time-limit 0.001 --output far.json
    says "of 1,099,512 paths"
}

@test "parts that there are not" {
    for part in 0/7 8/7 7 /7 7/ 1/0 a/b 1/2/3 -1/2 1/2000000 1.5/3; do
        exits 2 mismatch run "$config" --paths 1e9 --shard=$part
        says "--shard: '$part' is not a part"
    done
    exits 2 mismatch run "$config" --paths 3 --shard 1/4
    says "3 paths can't be split into 4 parts"
    exits 2 mismatch run "$config" --paths auto --shard 1/4
    exits 2 mismatch run --from x.json --shard 1/4
}
