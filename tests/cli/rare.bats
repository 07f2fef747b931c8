#!/usr/bin/env bats
# run --rare: estimates of rare events from the command line.

load common

setup() {
    cat >walk.yaml <<'YAML'
mismatch: 1
time: {start: 2030-01, months: 30}
regions: [north]
generations: [{name: old, kh100e_per_mw: 1}]
inference: {sigma: 0.2}
firms: [{name: a, shares: {north: 1}, installed: {old: 100}, inference: 50, demand_shares: {north: 1}}]
events:
  deep: {all_of: [{series: gap, at_least: 0.3}], from: 2032-01, to: 2032-01}
  vast: {all_of: [{series: gap, at_least: 0.99}], from: 2030-02, to: 2030-02}
questions:
  - {name: deep, probability: {event: deep}}
  - {name: vast, probability: {event: vast}}
  - {name: map, coexistence: {series: idle_share, at_least: 0.1, by: [[firm]]}}
  - {name: gap, fan: {series: gap}}
YAML
}

rare() { "$MISMATCH" run walk.yaml --rare "$@" --max-paths 600000 --precision 0.05 --no-progress; }

value() { "$PYTHON" -c 'import json, sys; print(json.load(open(sys.argv[1]))'"$2"')' "$1"; }

@test "an estimate as JSON, near the closed form 1.03e-4, the same for any threads" {
    rare deep --json -t 2 >two.json
    rare deep --json -t 1 >one.json
    [ "$(value one.json '["p"]')" = "$(value two.json '["p"]')" ]
    [ "$(value one.json '["type"]')" = rare ]
    [ "$(value one.json '["stands"]')" = True ]
    [ "$(value one.json '["inputs"][0]["input"]')" = "industry demand, months 1 to 12" ]
    run "$PYTHON" -c 'import json
d = json.load(open("one.json"))
assert abs(d["p"] - 1.029e-4) < 3.5 * d["se"], d
in_time = d["p"] * (1 - d["p"]) * d["run"]["plain_path_seconds"] / (d["se"] ** 2 * d["run"]["seconds"])
assert 0 < d["run"]["plain_path_seconds"] < 0.01 and abs(d["gain_in_time"] / in_time - 1) < 1e-6, d
assert d["ci"][0] < d["p"] < d["ci"][1] and d["se"] < 0.06 * d["p"], d
assert d["run"]["evaluations"]["all"] <= 600000, d'
    [ "$status" -eq 0 ]
}

@test "an estimate as text and as CSV, and saved" {
    run rare deep --output saved.json
    [ "$status" -eq 0 ]
    [[ "$output" == *"Importance sampling: 1."*"e-04 ± "* ]]
    [[ "$output" == *"subset simulation agree"* ]]
    [ "$(value saved.json '["question"]')" = deep ]
    run rare deep --csv
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "question,scope,stands,p,se,low,high,check_p,check_se,check_low,check_high,evaluations,method" ]
    [[ "${lines[1]}" == "deep,,true,"* ]]
}

@test "what can't be estimated is refused: exit 8, and no number" {
    run rare vast --json
    [ "$status" -eq 8 ]
    [[ "$output" == *'"p": null'* ]]
    [[ "$output" == *"questions.vast: no estimate: "* ]]
}

@test "wrong questions: exit 2 and the nearest name" {
    run rare dep
    [ "$status" -eq 2 ]
    [[ "$output" == *"no question is called 'dep'; did you mean 'deep'?"* ]]
    run rare map
    [ "$status" -eq 2 ]
    [[ "$output" == *"say which: 'map:FIRM'"* ]]
    run rare map:b
    [ "$status" -eq 2 ]
    [[ "$output" == *"firm 'b' is not known"* ]]
    run rare deep:a
    [ "$status" -eq 2 ]
    [[ "$output" == *"it has no scope ':a'"* ]]
    run rare gap
    [ "$status" -eq 2 ]
    [[ "$output" == *"probability and coexistence questions"* ]]
}

@test "options that make no sense beside it: exit 2" {
    run "$MISMATCH" run walk.yaml --rare deep --paths 1000
    [ "$status" -eq 2 ]
    [[ "$output" == *"can't go with --paths"* ]]
    run "$MISMATCH" run walk.yaml --rare deep --max-paths 1000
    [ "$status" -eq 2 ]
    [[ "$output" == *"600000 paths at least"* ]]
    run "$MISMATCH" run --rare deep
    [ "$status" -eq 2 ]
}
