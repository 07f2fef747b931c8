#!/usr/bin/env bats
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
# mismatch bench: what it prints and compares. No test looks at how long anything took.

load common

# field FILE EXPRESSION: of the document `d`.
field() {
    "$PYTHON" -c 'import json, sys; d = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$1" "$2"
}

quick() {
    mismatch bench "$config" --quick --rounds 1 --threads 1 "$@"
}

@test "a quick bench of some parts, as text" {
    exits 0 quick --part variates --part start
    prints "Philox words, 1 thread"
    prints "a process of 1,000 paths, start to end"
    prints "quick and rough"
    [[ $out != *"exponent of cost"* ]]
}

@test "the JSON names the machine and holds measurements with their runs" {
    exits 0 quick --part variates --part stages --part questions --json --rounds 3
    printf '%s' "$out" >b.json
    [ "$(field b.json 'd["schema_version"], d["kind"], d["rounds"], d["quick"]')" = "(1, 'bench', 3, True)" ]
    [ "$(field b.json 'd["machine"]["threads"] >= 1 and d["machine"]["lanes"] in (1, 4, 8, 16) and len(d["machine"]["processor"]) > 0')" = True ]
    [ "$(field b.json 'len(d["configuration"]["sha256"])')" = 64 ]
    [ "$(field b.json 'all(m["low"] <= m["median"] <= m["high"] and m["low"] == min(m["runs"]) and m["high"] == max(m["runs"]) for m in d["measurements"])')" = True ]
    [ "$(field b.json 'all(m["median"] == sorted(m["runs"])[len(m["runs"]) // 2] for m in d["measurements"])')" = True ]
    [ "$(field b.json 'sorted({m["name"].split(".")[0] for m in d["measurements"]})')" = "['questions', 'stages', 'variates']" ]
    [ "$(field b.json 'len([m for m in d["measurements"] if m["name"].startswith("variates.")])')" = 8 ]
    [ "$(field b.json '[s["name"] for s in d["stages"]]')" = "['arrivals', 'capacity', 'demand', 'allocation', 'market', 'events', 'tally-industry', 'tally-probabilities', 'tally-maps', 'tally-fans', 'tally-news', 'path']" ]
    [ "$(field b.json 'all(s["ns"] > 0 for s in d["stages"])')" = True ]
    [ "$(field b.json '{m["name"] for m in d["measurements"]} >= {"questions.probability", "questions.fan", "questions.map"}')" = True ]
}

@test "the cost of every size is measured at two sizes at least, with the exponent through them" {
    exits 0 quick --part cost --json
    printf '%s' "$out" >b.json
    [ "$(field b.json '[m["name"] for m in d["measurements"] if m["unit"] == "exponent"]')" = "['cost.firms.exponent', 'cost.regions.exponent', 'cost.phases.exponent', 'cost.months.exponent', 'cost.events.exponent']" ]
    for what in firms.2.4 regions.1.2 phases.256.512 months.1250.2500 events.4.8; do
        IFS=. read -r name a b <<<"$what"
        [ "$(field b.json "(lambda v: abs(__import__('math').log(v['cost.$name.$b'] / v['cost.$name.$a'], 2) - v['cost.$name.exponent']) < 1e-9)({m['name']: m['median'] for m in d['measurements']})")" = True ]
    done
}

@test "--compare gives the ratio of medians and its spread, by hand" {
    exits 0 quick --part variates --output b.json -q
    [ -z "$out" ]
    # an earlier bench whose medians are round numbers
    "$PYTHON" - <<'PY'
import json
d = json.load(open("b.json"))
for m in d["measurements"]:
    m.update(median=2.0, low=1.0, high=4.0, runs=[1.0, 2.0, 4.0])
d["measurements"][0].update(median=0.0, low=0.0, high=0.0)
del d["measurements"][1]
json.dump(d, open("a.json", "w"))
PY
    exits 0 quick --part variates --compare a.json --json
    printf '%s' "$out" >c.json
    [ "$(field c.json 'd["compared_with"]["file"]')" = a.json ]
    [ "$(field c.json '"before" in d["measurements"][1]')" = False ]
    [ "$(field c.json 'd["measurements"][0]["before"]')" = "{'median': 0.0, 'ratio': None, 'ratio_low': None, 'ratio_high': None}" ]
    [ "$(field c.json 'all(abs(m["before"]["ratio"] * 2 - m["median"]) <= 1e-9 * m["median"] and abs(m["before"]["ratio_low"] * 4 - m["low"]) <= 1e-9 * m["low"] and abs(m["before"]["ratio_high"] - m["high"]) <= 1e-9 * m["high"] for m in d["measurements"][2:])')" = True ]
    exits 0 quick --part variates --compare a.json
    prints "x: ratio to a.json"
}

@test "what --compare can't use is an error before anything is measured" {
    exits 2 quick --compare "$config"
    says "every-key.yaml:1:1: no JSON"
    echo '{"schema_version": 1, "kind": "result"}' >r.json
    exits 2 quick --compare r.json
    says "r.json: not what \`mismatch bench --json\` prints"
    echo '{"schema_version": 9, "kind": "bench", "measurements": []}' >n.json
    exits 2 quick --compare n.json
    says "n.json: schema_version is 9; this program reads 1"
    exits 6 quick --compare missing.json
    says "missing.json: can't be read"
}

@test "two benches without a common measurement can't be compared" {
    exits 0 quick --part variates --output a.json -q
    exits 2 quick --part start --compare a.json
    says "a.json has none of these measurements"
}

@test "wrong options: what is allowed, and nothing is written" {
    exits 2 quick --part stagse --output b.json
    says "'stagse' is no part of the bench; did you mean 'stages'?"
    exits 2 mismatch bench "$config" --rounds 1001 --output b.json
    says "1 to 1000 are allowed"
    exits 2 mismatch bench "$config" "$config" --output b.json
    says "one configuration is wanted"
    exits 2 quick --lanes 3 --output b.json
    exits 2 mismatch bench "$config" --seed 3
    [ ! -e b.json ]
    echo kept >b.json
    exits 2 quick --part variates --output b.json
    [ "$(cat b.json)" = kept ]
    exits 0 quick --part variates --output b.json --force -q
    [ "$(field b.json 'd["kind"]')" = bench ]
}

@test "without a configuration it is the baseline, by name" {
    export MISMATCH_CONFIGS=$SOURCE_DIR/configs
    exits 0 mismatch bench --quick --rounds 1 --part variates --json
    printf '%s' "$out" >b.json
    [[ $(field b.json 'd["configuration"]["file"]') == */ai-2026.yaml ]]
    export MISMATCH_CONFIGS=$BATS_TEST_TMPDIR/none
    exits 6 mismatch bench --quick --part variates
    says "no configuration of that name"
}
