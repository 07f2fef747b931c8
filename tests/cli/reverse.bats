#!/usr/bin/env bats
# mismatch reverse: what would have to be true.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

# One firm whose demand is a lognormal; tests/data/lognormal.yaml has the closed form.
small() {
    cp "$SOURCE_DIR/tests/data/lognormal.yaml" small.yaml
}

@test "each input alone and the most likely combination are those of the closed form" {
    small
    exits 0 mismatch reverse small.yaml --target 'p(short) >= 0.6' --paths 40000 --json -o r.json
    silent
    diff "$BATS_TEST_TMPDIR/stdout" r.json
    "$PYTHON" - r.json <<'END'
import json, math, statistics, sys
r = json.load(open(sys.argv[1]))
normal, end = statistics.NormalDist(), 1.6448536269514722
# the slopes of a and -b by z, and what a - b must be
demand, supply = math.log(1.25) / end, math.log(100 / 90) / end
need = -math.log(0.95) + 0.2 * normal.inv_cdf(0.6)
near = 0.02 * need / demand + 3 * 0.0025 / normal.pdf(0.25) * 0.2 / demand  # 2 %, and the sampling error
assert r["type"] == "reverse" and not r["central"]["holds"]
assert abs(r["central"]["answer"] - (1 - normal.cdf(-math.log(0.95) / 0.2))) < 0.01
alone = {point["key"]: point for point in r["alone"]}
assert alone["firms.a.inference"]["holds"] and abs(alone["firms.a.inference"]["z"] - need / demand) < near
assert abs(alone["firms.a.inference"]["value"] - 100 * math.exp(need)) < 1
assert alone["firms.a.inference"]["fresh"]["confirmed"]
assert alone["firms.a.installed.old"]["holds"] and abs(alone["firms.a.installed.old"]["z"] + need / supply) < 2 * near
joint = {point["key"]: point for point in r["joint"]["inputs"]}
square = demand ** 2 + supply ** 2
assert r["joint"]["holds"] and r["joint"]["fresh"]["confirmed"] and r["joint"]["answer"] >= 0.6
assert abs(r["joint"]["distance"] - need / math.sqrt(square)) < near
assert abs(joint["firms.a.inference"]["z"] - need * demand / square) < 2 * near
assert abs(joint["firms.a.installed.old"]["z"] + need * supply / square) < 2 * near
assert abs(r["joint"]["first_order_probability"] - normal.cdf(-r["joint"]["distance"])) < 1e-9
END
}

@test "the table says what would have to be true, in the user's units" {
    small
    exits 0 mismatch reverse small.yaml --target 'p(short) <= 0.3' --paths 5000
    prints "What would have to be true for p(short) <= 0.3?"
    prints "firms.a.installed.old"
    prints "must be"
    prints "This is the most likely combination"
    prints "which confirms it."
    silent
    exits 0 mismatch reverse small.yaml --target 'p(short) <= 0.3' --paths 5000 --csv
    [ "$(head -1 <<<"$out")" = "how,key,value,z,holds,answer,fresh,fresh_se,confirmed,room_to_spare" ]
    [ "$(grep -c '^alone,' <<<"$out")" -eq 2 ]
    [ "$(grep -c '^joint,.*,true,.*,true,false$' <<<"$out")" -eq 2 ]
}

@test "an answer far beyond the bound is not called confirmed" {
    small
    # without chance the answer jumps from 0 to 1
    exits 0 mismatch reverse small.yaml --target 'p(short) >= 0.5' --paths 400 --set inference.initial_sigma=0 --csv
    [ "$(grep -cE '^alone,.*,true,1,1,0.00[0-9]+,false,true$' <<<"$out")" -eq 2 ] || { echo "$out"; return 1; }
    exits 0 mismatch reverse small.yaml --target 'p(short) >= 0.5' --paths 400 --set inference.initial_sigma=0
    [ "$(grep -c 'room to spare$' <<<"$out")" -eq 2 ]
}

@test "it says when nothing within the ranges does it, and when nothing has to change" {
    small
    exits 0 mismatch reverse small.yaml --target 'p(short) >= 0.99' --paths 2000
    prints "No input does it alone within its range."
    prints "Nothing within the ranges was found that does it"
    exits 0 mismatch reverse small.yaml --target 'p(short) >= 0.1' --paths 2000
    prints "That is true already: nothing would have to change."
    exits 0 mismatch reverse small.yaml --target 'p(short) >= 0.6' --paths 2000 --set firms.a.inference=105
    prints "firms.a.inference is 105 in this configuration; the search starts from its central value, 100."
}

# The sign of demand's walk in one month as evidence for the sign in the next: two normals with the correlation
# r = q / sqrt(1 + q^2) for the persistence q, so the factor is (1/4 + asin(r)/2 pi) / (1/4 - asin(r)/2 pi): 2 at r = 1/2.
signs() {
    cat >signs.yaml <<'END'
mismatch: 1
time: {start: 2030-01, months: 4}
regions: [north]
generations: [{name: old, kh100e_per_mw: 1}]
inference: {firm_sigma: 20, persistence: 0.3}
thresholds: {glut: 0.000002}
firms: [{name: a, shares: {north: 1}, installed: {old: 100}, inference: 100, demand_shares: {north: 1}}]
events: {glut: {all_of: [{series: state_glut, at_least: 1}]}}
questions:
  - {name: sign, evidence: {as_of: 2030-02, hypothesis: {event: glut, within: 1}, evidence: [{event: glut, within: 1}]}}
ranges: {inference.persistence: {low: 0.1, central: 0.3, high: 0.9, grade: J}}
END
}

@test "a Bayes factor: the persistence that two normals need, confirmed on fresh seeds" {
    signs
    exits 0 mismatch reverse signs.yaml --target 'bayes(sign) >= 2' --paths 40000 --json
    silent
    "$PYTHON" - "$BATS_TEST_TMPDIR/stdout" <<'END'
import json, math, sys
r = json.load(open(sys.argv[1]))
rho = 0.3 / math.sqrt(1.09)
x = math.asin(rho) / (2 * math.pi)
assert abs(r["central"]["answer"] - (0.25 + x) / (0.25 - x)) < 3.5 * r["central"]["answer_se"]
found = r["alone"][0]
assert found["holds"] and found["fresh"]["confirmed"] and found["key"] == "inference.persistence"
assert abs(found["value"] - 1 / math.sqrt(3)) < 3.5 * 0.0103, found  # the slope of the factor there is 2.15
assert abs(r["joint"]["inputs"][0]["value"] - found["value"]) < 0.005
END
}

@test "a factor with too few paths says how many it takes" {
    signs
    exits 0 mismatch reverse signs.yaml --target 'bayes(sign) >= 2' --paths 300
    [[ $(tr "\n" " " <<<"$out") == *"With all inputs at their central values it is unknown."* ]]
    prints "Too few paths bear on it to start from: take --paths "
    prints "or more, or ask for an earlier step"
    exits 3 mismatch run signs.yaml --paths 300 -q --expect 'bayes(sign) >= 2'
    says "(unknown: that takes about"
}

@test "stopped, the same command goes on and ends alike" {
    small
    set -- small.yaml --target 'p(short) >= 0.6' --paths 2000 --json
    exits 0 mismatch reverse "$@"
    cp "$BATS_TEST_TMPDIR/stdout" whole.json
    for _ in 1 2 3; do
        exits 75 mismatch reverse "$@" --time-limit 0.0001
        says "the same command goes on from"
        [ -z "$out" ]
    done
    exits 0 mismatch reverse "$@"
    diff "$BATS_TEST_TMPDIR/stdout" whole.json
    [ -z "$(ls "$XDG_STATE_HOME/mismatch")" ]
}

@test "points that make no configuration are told and exit 8" {
    small
    cat >>small.yaml <<'END'
  market.price_min: {low: 0.05, central: 9, high: 20, grade: J}
END
    exits 8 mismatch reverse small.yaml --target 'p(short) >= 0.6' --paths 500
    says "made no valid configuration"
    prints "This is the most likely combination"
}

@test "what is wrong is told before anything is run" {
    small
    exits 2 mismatch reverse small.yaml
    says "what is to become true?"
    exits 2 mismatch reverse --target 'p(short) >= 0.6'
    says "which configuration?"
    exits 2 mismatch reverse small.yaml --target 'p(short)'
    says "compares nothing"
    exits 2 mismatch reverse small.yaml --target 'p(shrt) > 0.5'
    says "did you mean 'short'?"
    exits 2 mismatch reverse small.yaml --target 'p(short) > much'
    says "'much' is not a number"
    exits 2 mismatch reverse small.yaml --target 'p(short) > 0.6' --set ranges=null
    says "to search in"
    [ ! -e "$XDG_STATE_HOME" ]
}
