#!/usr/bin/env bats
# run --precision: on until what is asked is known well enough.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

# field FILE PATH: a value of a result.
field() {
    "$PYTHON" -c '
import json, sys
value = json.load(open(sys.argv[1]))
for key in sys.argv[2].split("/"):
    value = value[key]
print(value)' "$1" "$2"
}

# Two months of independent demand above a level that one path in some hundred has: the chance is 2 q - q^2, and its
# relative error after n paths is sqrt((1 - p) / (n p)).
rare() {
    cat >rare.yaml <<'CONFIG'
mismatch: 1
time: {start: 2030-01, months: 2}
regions: [north]
generations: [{name: old, kh100e_per_mw: 1}]
inference: {persistence: 0, firm_sigma: 1, initial_sigma: 1}
firms: [{name: a, shares: {north: 1}, installed: {old: 1}, inference: 1, demand_shares: {north: 1}}]
events:
  rare: {all_of: [{series: demand, at_least: 10}]}
  often: {all_of: [{series: demand, at_least: 1}]}
questions:
  - {name: r, probability: {event: rare}}
  - {name: o, probability: {event: often}}
CONFIG
}

@test "it ends as soon as every probability has the relative error, at the same path for any threads, lanes and batches" {
    rare
    exits 0 mismatch run rare.yaml --precision 0.01 --output a.json -q
    silent
    [ "$(field a.json run/stopped_by)" = precision ]
    [ "$(field a.json run/until)" = "precision 0.01 of r, o" ]
    paths=$(field a.json run/paths)
    # p = 0.0212: 462,000 paths are needed; the goals overshoot a little
    "$PYTHON" - "$paths" "$(field a.json questions/r/ever/p)" "$(field a.json questions/r/ever/se)" <<'PY'
import sys
paths, p, se = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
need = (1 - p) / p / 0.01 ** 2
assert se / p <= 0.01 and need <= paths <= 1.35 * need, (paths, need, se / p)
PY
    exits 0 mismatch run rare.yaml --precision 1% --threads 1 --lanes 4 --batch 7777 --output b.json -q
    exits 0 mismatch run rare.yaml --precision 0.01 --threads 2 --lanes 1 --batch 999 --output c.json -q
    exits 0 mismatch run rare.yaml --paths "$paths" --output d.json -q
    same_digest a.json b.json c.json d.json
    [ "$(field d.json run/until)" = None ]
    [ "$(field d.json run/stopped_by)" = paths ]
    exits 0 mismatch run --from a.json -q
    exits 0 mismatch run rare.yaml --precision 0.2
    prints "The run was to go on until precision 0.2 of r, o; it has reached that."
    exits 0 mismatch run rare.yaml --precision 0.2 --max-paths 100
    prints "these were the most paths it might take"
    exits 0 mismatch run rare.yaml --paths auto --max-paths 100
    prints "until each piece of evidence has enough paths; it has reached that"
}

@test "what is asked is what --question and --expect name" {
    rare
    exits 0 mismatch run rare.yaml --precision 0.01 --question o --output o.json
    [ "$(field o.json run/until)" = "precision 0.01 of o" ]
    exits 3 mismatch run rare.yaml --precision 0.01 --question o --expect 'p(r by 2030-01) > 0.9' --output r.json
    [ "$(field r.json run/until)" = "precision 0.01 of o, p(r by 2030-01) > 0.9" ]
    [ "$(field r.json run/paths)" -gt "$(field o.json run/paths)" ]
}

@test "--max-paths ends it before, and it is told what is missing" {
    rare
    exits 0 mismatch run rare.yaml --precision 0.001 --max-paths 30000 --output a.json -q
    says "after 30000 paths, the most that are allowed, 'r' has a relative error of 0.04"
    [ "$(field a.json run/stopped_by)" = most_paths ]
    [ "$(field a.json run/paths)" -eq 30000 ]
    exits 0 mismatch run rare.yaml --precision 0.5 --max-paths 100 --output b.json -q
    [ "$(field b.json run/paths)" -eq 100 ]
    sed -i 's/at_least: 10}/at_least: 1e9}/' rare.yaml
    exits 0 mismatch run rare.yaml --precision 0.5 --max-paths 20000 -q
    says "'r' has no relative error, being 0 or unknown"
}

@test "interrupted and resumed it ends at the same path" {
    rare
    exits 0 mismatch run rare.yaml --precision 0.02 --output whole.json -q
    code=75
    tries=0
    while [ $code -eq 75 ] && [ $tries -lt 300 ]; do
        code=0
        mismatch run rare.yaml --precision 0.02 --batch 5000 --threads 1 --time-limit 0.0001 --output r.json -q || code=$?
        tries=$((tries + 1))
    done
    [ $code -eq 0 ]
    [ $tries -gt 2 ]
    same_digest whole.json r.json
    exits 75 mismatch run rare.yaml --precision 0.02 --batch 20000 --time-limit 0.001 --output s.json
    exits 2 mismatch run rare.yaml --precision 0.03 --output s.json
    says "another way to end"
    exits 2 mismatch run rare.yaml --paths auto --output s.json
    says "another way to end"
}

@test "with a store the same goal is found again, another one is not" {
    rare
    exits 0 mismatch run rare.yaml --precision 0.05 --store s.db --output a.json -q
    exits 0 mismatch run rare.yaml --precision 0.05 --store s.db --output b.json
    says "nothing is simulated"
    same_digest a.json b.json
    exits 0 mismatch run rare.yaml --precision 0.04 --store s.db --output c.json
    silent
    [ "$(digest a.json)" != "$(digest c.json)" ]
    exits 0 mismatch run rare.yaml --precision 0.05 --question o --store s.db
    silent
}

@test "what can't be asked" {
    exits 2 mismatch run "$config" --precision 0.01 --question 'quantile(spare-fan,0.1,2031-01)'
    says "has no standard error"
    exits 2 mismatch run "$config" --precision 0
    exits 2 mismatch run "$config" --precision 1
    exits 2 mismatch run "$config" --precision x
    says "'x' is not a share between 0 and 1"
    exits 2 mismatch run "$config" --precision 0.1 --paths 1000
    says "--precision finds the number of paths"
    exits 2 mismatch run "$config" --precision 0.1 --shard 1/2
    exits 2 mismatch run "$config" --max-paths 1000
    rare
    sed -i '/probability/d; s/^questions:/questions: [{name: b, binding: {}}]/' rare.yaml
    exits 2 mismatch run rare.yaml --precision 0.01
    says "no probability is asked for"
}
