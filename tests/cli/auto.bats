#!/usr/bin/env bats
# --paths auto: on until every rung of the odds ladders has the paths that its factor needs.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

# Two months of independent demand: the evidence, rare as it is, says nothing.
rare() {
    cat >rare.yaml <<'CONFIG'
mismatch: 1
time: {start: 2030-01, months: 3}
regions: [north]
generations: [{name: old, kh100e_per_mw: 1}]
inference: {persistence: 0, firm_sigma: 1, initial_sigma: 1}
firms: [{name: a, shares: {north: 1}, installed: {old: 1}, inference: 1, demand_shares: {north: 1}}]
events:
  soon: {all_of: [{series: demand, at_least: 1}]}
  rare: {all_of: [{series: demand, at_least: 12.18}]}     # exp(2.5): 0.62 %
questions:
  - {name: q, evidence: {firm: a, as_of: 2030-02, hypothesis: {event: soon, within: 1}, evidence: {event: rare, within: 1}}}
CONFIG
}

@test "it ends when the rungs have enough, at the same path for any threads, lanes and batches" {
    rare
    sed -i 's/12.18/20.1/' rare.yaml # exp(3): 0.135 %, so about 300,000 paths
    exits 0 mismatch run rare.yaml --paths auto --output a.json -q
    paths=$(sed -nE 's/^ *"paths": ([0-9]+),$/\1/p' a.json | head -n 1)
    [ "$paths" -gt 250000 ]
    [ "$paths" -lt 450000 ]
    grep -q '"stopped_by": "rungs"' a.json
    grep -q '"needs_paths": null' a.json
    exits 0 mismatch run rare.yaml --paths auto --threads 1 --lanes 4 --batch 7777 --output b.json -q
    exits 0 mismatch run rare.yaml --paths "$paths" --output c.json -q
    same_digest a.json b.json c.json
    grep -q '"stopped_by": "paths"' c.json
    exits 0 mismatch run --from a.json -q
}

@test "it goes on where it was interrupted, and ends at the same path" {
    rare
    sed -i 's/12.18/20.1/' rare.yaml
    exits 0 mismatch run rare.yaml --paths auto --output whole.json -q
    code=75
    tries=0
    while [ $code -eq 75 ] && [ $tries -lt 200 ]; do
        code=0
        mismatch run rare.yaml --paths auto --batch 50000 --time-limit 0.001 --output r.json -q || code=$?
        tries=$((tries + 1))
    done
    [ $code -eq 0 ]
    [ $tries -gt 5 ]
    same_digest whole.json r.json
    exits 75 mismatch run rare.yaml --paths auto --batch 50000 --time-limit 0.001 --output s.json -q
    exits 2 mismatch run rare.yaml --paths 16777216 --output s.json
    says "another way to end"
}

@test "easy rungs end at the first look; without evidence questions too" {
    rare
    sed -i 's/12.18/1.5/' rare.yaml
    exits 0 mismatch run rare.yaml --paths auto --output a.json -q
    grep -q '"paths": 65536,' a.json
    grep -q '"stopped_by": "rungs"' a.json
    sed -i '/^questions/,$d' rare.yaml
    exits 0 mismatch run rare.yaml --paths auto --output b.json -q
    grep -q '"paths": 65536,' b.json
}

@test "--max-paths is the end, and belongs to auto" {
    rare
    exits 0 mismatch run rare.yaml --paths auto --max-paths 5000 --output a.json -q
    grep -q '"paths": 5000,' a.json
    grep -q '"stopped_by": "most_paths"' a.json
    exits 2 mismatch run rare.yaml --max-paths 5000
    says "--max-paths goes with --paths auto"
    exits 2 mismatch run rare.yaml --paths auto --max-paths 0
    says "start from 1"
    exits 2 mismatch run rare.yaml --paths automatic
    says "--paths: 'automatic' is not a whole number, such as 1000000 or 1e6, or auto"
}

# A regime that never changes: what is seen in the first month says all about the next ones.
@test "certain evidence is enough: it ends at the first look, and is said to be that" {
    cat >sure.yaml <<'CONFIG'
mismatch: 1
time: {start: 2030-01, months: 4}
regions: [north]
generations: [{name: old, kh100e_per_mw: 1}]
regimes: {names: [calm, wild], initial: [0.7, 0.3], monthly: [[1, 0], [0, 1]], growth: [0, 12], training: [1, 1]}
firms: [{name: a, shares: {north: 1}, installed: {old: 100}, inference: 100, demand_shares: {north: 1}}]
events:
  wild: {all_of: [{series: regime_wild, at_least: 1}]}
  calm: {all_of: [{series: regime_calm, at_least: 1}]}
questions:
  - {name: sure, evidence: {as_of: 2030-01, hypothesis: {event: wild, within: 2}, evidence: {event: wild, within: 1}}}
  - {name: not, evidence: {as_of: 2030-01, hypothesis: {event: wild, within: 2}, evidence: {event: calm, within: 1}}}
CONFIG
    exits 0 mismatch run sure.yaml --paths auto --output a.json -q --question 'bayes(sure)' --question 'bayes(not)'
    grep -q '"paths": 65536,' a.json
    grep -q '"stopped_by": "rungs"' a.json
    says "bayes(sure) is unknown: the evidence was seen only where the hypothesis holds"
    says "bayes(not) is unknown: the evidence was seen only where the hypothesis does not hold"
    exits 3 mismatch run --from a.json -q --expect 'bayes(sure) > 1'
    says "(unknown: the evidence was seen only where the hypothesis holds)"
    exits 0 mismatch run --from a.json
    prints "to 100.0 %: it was seen only where the hypothesis holds."
    # too few for that: the need is a bound
    exits 0 mismatch run sure.yaml --paths 300 -q --question 'bayes(sure)'
    says "bayes(sure) is unknown: that takes more than 2e+04 paths"
}
