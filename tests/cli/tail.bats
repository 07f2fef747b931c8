#!/usr/bin/env bats
# Tail questions through the command line: text, JSON, CSV, Markdown, expressions, the report's page.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

every_key() {
    mismatch run "$config" --paths 3000 "$@"
}

field() { # field PATH: of r.json
    "$PYTHON" -c 'import json, sys
at = json.load(open("r.json"))
for part in sys.argv[1].split("/"): at = at[int(part)] if isinstance(at, list) else at[part]
print(repr(at))' "$1"
}

@test "one answer in all forms" {
    exits 0 every_key -q --output r.json
    every_key --csv >r.csv
    cvar=$(field questions/gap-tail/levels/0.99/cvar/value)
    [ "$(field questions/gap-tail/of)" = "'mean'" ]
    [ "$(field questions/overlap-tail/of)" = "'months'" ]
    [[ $(field questions/overlap-tail/exceed/p/0) =~ ^1(\.0)?$ ]]
    grep -q "^gap-tail,,,,,,cvar_0.99,${cvar:0:9}" r.csv
    grep -q '^gap-tail,,,,0.05,,reached_high,' r.csv
    grep -q '^overlap-tail,alpha,,,,,quantile_0.95_low,' r.csv
    exits 0 every_key
    prints "mean gap, 2030-03 to 2031-02"
    prints "months of short-spare alpha, 2030-06 to 2032-06"
    exits 0 every_key --markdown
    prints "| mean gap, 2030-03 to 2031-02, mean of the worst 1 % | "
}

@test "cvar() is the number of the result, and knows its levels" {
    exits 0 every_key -q --output r.json
    exits 0 every_key -q --question 'cvar(gap-tail, 0.99)'
    "$PYTHON" -c 'import sys; sys.exit(abs(float(sys.argv[1]) / float(sys.argv[2]) - 1) > 1e-9)' "$out" \
        "$(field questions/gap-tail/levels/0.99/cvar/value)"
    exits 3 every_key -q --expect 'cvar(overlap-tail, 0.95) > 25'
    exits 2 every_key -q --question 'cvar(gap-tail, 0.98)'
    says "question 'gap-tail' has no level 0.98; it has 0.9, 0.99"
    exits 2 every_key -q --question 'cvar(overlap-tail, 0.9)'
    says "it has 0.95, 0.99"
    exits 2 every_key -q --question 'cvar(spare-fan, 0.9)'
    says "ask with quantile(QUESTION, Q, DATE)"
    exits 2 every_key -q --question gap-tail
    says "ask with cvar(QUESTION, LEVEL)"
}

@test "the report draws the exceedance curves" {
    exits 0 every_key -q --output r.json
    mismatch report r.json -o rep >/dev/null
    [ -s rep/tail-gap-tail.csv ] && [ -s rep/tail-overlap-tail.gp ]
    [ "$(head -n 1 rep/tail-gap-tail.csv)" = at,p,low,high ]
    [ "$(wc -l <rep/tail-gap-tail.csv)" -eq 4 ]
    grep -q 'How bad the worst are' rep/report.html
    grep -q 'months of short-spare alpha' rep/report.html
}

@test "pieces merge to the same tails" {
    exits 0 every_key -q --output whole.json
    exits 0 mismatch run "$config" --paths 1300 -q --output a.json
    exits 0 mismatch run "$config" --paths 1700 --first-path 1300 -q --output b.json
    exits 0 mismatch merge a.json b.json --output merged.json
    for question in gap-tail overlap-tail; do
        cp whole.json r.json
        whole=$(field "questions/$question")
        cp merged.json r.json
        [ "$(field "questions/$question")" = "$whole" ]
    done
}

@test "the effective configuration, as it is printed, is read again" {
    mismatch check "$SOURCE_DIR/tests/data/every-key.yaml" --print >effective.yaml
    cp "$SOURCE_DIR"/tests/data/every-key-* .
    exits 0 mismatch check effective.yaml
    prints "8 questions"
}
