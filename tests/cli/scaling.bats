#!/usr/bin/env bats
# bench/scaling.sh, with tiny runs: the figures mean nothing here, the tables must be whole.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

scaling() {
    CONFIG=$config bash "$SOURCE_DIR/bench/scaling.sh" "$@"
}

@test "the tables go between the marks of the page, in the place of those that are there" {
    printf 'head\n<!-- scaling: begin -->\nold\n<!-- scaling: end -->\ntail\n' >"a page.md"
    for _ in 1 2; do
        exits 0 scaling --write "a page.md" 300 1 2
        silent
        [ "$(head -n 2 "a page.md")" = "head
<!-- scaling: begin -->" ]
        [ "$(tail -n 2 "a page.md")" = "<!-- scaling: end -->
tail" ]
        [ "$(grep -c '^| threads | [12] | ' "a page.md")" -eq 4 ]
        [ "$(grep -c '^| shards | [12] | ' "a page.md")" -eq 4 ]
        [ "$(grep -c '^| 1e9 | 1,000 | ' "a page.md")" -eq 1 ]
        run grep -c '^old$' "a page.md"
        [ "$output" -eq 0 ]
    done
    # what is exchanged is what a result says
    exits 0 mismatch run "$config" --paths 300 --output r.json -q
    bytes=$("$PYTHON" -c "import json; t = json.load(open('r.json'))['tallies']; print('{:,}'.format(8 * t['n_counts'] + 16 * t['n_sums']))")
    grep -q "| $bytes bytes |" "a page.md"
}

@test "a page without marks stays as it is; numbers are checked" {
    echo text >page.md
    exits 1 scaling 300 1 1 --write page.md
    says "has no place for the tables"
    [ "$(cat page.md)" = text ]
    exits 2 scaling 1e5
    says "'1e5' is not a whole number from 1"
}

@test "the arithmetic for many GPUs, from made-up measurements" {
    # 1,000,000 paths in 11 s of which 1 s is the start: 100,000 a second for one core, 1e7 for a GPU; 8 MB of tallies
    cat >times.txt <<'END'
strong threads 1 1000000 0 11
weak threads 1 1000000 0 11
strong threads 2 1000000 0 6
start threads 1 1 5 6
merge shards 10 0 0 2
merge shards 20 0 0 2.5
END
    echo '{"tallies": {"n_counts": 1000000, "n_sums": 0, "data": "x"}}' >r.json
    exits 0 "$PYTHON" "$SOURCE_DIR/bench/scaling.py" times.txt r.json r.json 1000000 1 "a machine"
    prints "| threads | 2 | 6.00 | 166,667 | 92% |"
    prints "| one more result in \`mismatch merge\` | 50.0 ms |"
    # 1e11 / (1000 * 1e7) = 10 s; 1 + 30 + 10.2 + 0.2 = 41.4, and 999 or 10 times 8e6 (1 / 1.25e9 + 1e-9) = 0.0144
    prints "| 1e11 | 1,000 | 10 s | 55.8 s (18%) | 41.5 s (24%) | 92 s (11%) |"
}
