#!/usr/bin/env bats
# mismatch sensitivity: which ranges an answer depends on.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

# One firm with capacity 100 and demand i exp(s Z) in the only month; short where demand is at least 100 / 0.95. The
# third range has no effect. Nothing of the third answer can be known: nobody is ever idle while short.
one_month() {
    cat >one.yaml <<'CONFIG'
mismatch: 1
time: {start: 2030-01, months: 1}
regions: [north]
generations: [{name: old, kh100e_per_mw: 1}]
inference: {initial_sigma: 0.2}
market: {elasticity: 2}
firms: [{name: a, shares: {north: 1}, installed: {old: 100}, inference: 100, demand_shares: {north: 1}}]
events: {short: {all_of: [{series: state_shortage, at_least: 1}]}}
questions: [{name: short-ever, probability: {event: short}}]
ranges:
  inference.initial_sigma: {low: 0.1, central: 0.2, high: 0.4, grade: J}
  firms.a.inference: {low: 70, central: 100, high: 110, grade: B}
  market.elasticity: {low: 1, central: 2, high: 4, grade: D}
CONFIG
}

# check PROGRAM: python with the study as s, and P(short) by formula.
check() {
    "$PYTHON" - "$BATS_TEST_TMPDIR/stdout" <<PY
import json, math, sys
s = json.load(open(sys.argv[1]))
def short(inference, sigma):
    return 0.5 * math.erfc(math.log(100 / 0.95 / inference) / sigma / math.sqrt(2))
answer = s["answers"][0]
inputs = {i["key"]: i for i in answer["inputs"]}
$1
PY
}

@test "a tornado against the formula" {
    one_month
    exits 0 mismatch sensitivity one.yaml --on short-ever --paths 40000 --json
    silent
    check '
assert s["type"] == "sensitivity" and s["method"] == "tornado" and s["run"]["evaluations"] == 7
assert s["run"]["paths"] == 40000 and s["run"]["paths_in_all"] == 280000 and s["run"]["failed"] == 0
def near(found, wanted, what):
    assert abs(found["value"] - wanted) < 3.5 * found["se"], (what, found, wanted)
near(answer["base"], short(100, 0.2), "base")
for key, low, high in ("firms.a.inference", short(70, 0.2), short(110, 0.2)), ("inference.initial_sigma", short(100, 0.1), short(100, 0.4)):
    near(inputs[key]["at_low"], low, key)
    near(inputs[key]["at_high"], high, key)
    near(inputs[key]["swing"], high - low, key)
    near(inputs[key]["change_low"], low - short(100, 0.2), key)
    near(inputs[key]["change_high"], high - short(100, 0.2), key)
    assert abs(inputs[key]["swing"]["ci"][1] - inputs[key]["swing"]["value"] - 2.0395134 * inputs[key]["swing"]["se"]) < 1e-5  # t(31)
# common random numbers: the two ends of sigma disagree about few paths, so the error is half that of two runs apart
sigma = inputs["inference.initial_sigma"]
apart = math.hypot(sigma["at_low"]["se"], sigma["at_high"]["se"])
assert sigma["swing"]["se"] < 0.75 * apart, (sigma["swing"], apart)
assert inputs["market.elasticity"]["swing"]["value"] == 0
assert [i["key"] for i in answer["inputs"]] == ["firms.a.inference", "inference.initial_sigma", "market.elasticity"]
assert inputs["firms.a.inference"]["grade"] == "B" and inputs["firms.a.inference"]["low"] == 70'
}

@test "Morris and Sobol find what matters, and that the third input does not" {
    one_month
    exits 0 mismatch sensitivity one.yaml --on short-ever --paths 4000 --method morris --points 12 --json
    check '
assert s["run"]["evaluations"] == 48 and answer["rows"] == 12
assert [i["key"] for i in answer["inputs"]][0] == "firms.a.inference"
assert inputs["market.elasticity"]["absolute"] == {"value": 0, "ci": [0, 0]}
one = inputs["firms.a.inference"]
assert one["absolute"]["ci"][0] <= one["absolute"]["value"] <= one["absolute"]["ci"][1]
assert 0.2 < one["absolute"]["value"] < 0.8 and one["mean"]["value"] > 0'
    exits 0 mismatch sensitivity one.yaml --on short-ever --paths 2000 --method sobol --points 64 --json
    check '
assert s["run"]["evaluations"] == 320 and answer["rows"] == 64 and answer["variance"] > 0
assert inputs["market.elasticity"]["total"]["value"] == 0
total = inputs["firms.a.inference"]["total"]["value"]
first = inputs["firms.a.inference"]["first"]["value"]
assert 0.5 < first <= total + 0.1 < 1.2, (first, total)'
}

@test "text and CSV say the same as JSON" {
    one_month
    exits 0 mismatch sensitivity one.yaml --on short-ever --on 'p(short by 2030-01)' --paths 2000
    prints "firms.a.inference"
    prints "p(short by 2030-01)"
    prints "It took 7 runs of the same 2,000 paths, 14,000 paths in all."
    prints "█"
    exits 0 mismatch sensitivity one.yaml --on short-ever --paths 2000 --csv
    [ "$(head -1 <<<"$out")" = "expression,rank,input,statistic,value,low,high" ]
    [ "$(wc -l <<<"$out")" -eq 16 ]
    grep -q '^short-ever,1,firms.a.inference,swing,0\.[0-9]*,0\.[0-9]*,0\.[0-9]*$' <<<"$out"
    for method in morris sobol; do
        exits 0 mismatch sensitivity one.yaml --on short-ever --paths 500 --method $method --points 4
        prints "95 %"
    done
    exits 0 mismatch sensitivity one.yaml --on short-ever --paths 2000 --output s.json -q
    [ -z "$out" ]
    grep -q '"type": "sensitivity"' s.json
    exits 2 mismatch sensitivity one.yaml --on short-ever --paths 2000 --output s.json
    says "s.json exists"
}

@test "threads change nothing; interrupted it goes on, without computing anything twice" {
    one_month
    exits 0 mismatch sensitivity one.yaml --on short-ever --paths 3000 --json --threads 1
    cp "$BATS_TEST_TMPDIR/stdout" whole
    exits 0 mismatch sensitivity one.yaml --on short-ever --paths 3000 --json --threads 3 --lanes 1
    diff whole "$BATS_TEST_TMPDIR/stdout"
    code=75
    tries=0
    while [ $code -eq 75 ] && [ $tries -lt 20 ]; do
        code=0
        mismatch sensitivity one.yaml --on short-ever --paths 3000 --time-limit 0.000001 --output r.json -q 2>err || code=$?
        tries=$((tries + 1))
    done
    [ $code -eq 0 ]
    [ $tries -eq 7 ]
    diff whole r.json
    [ "$(echo r.json*)" = r.json ]
}

@test "evaluations that are not possible: left out, counted, exit 8" {
    one_month
    # at its 5 % point the horizon would end before an event that the question needs
    sed -i 's/^  market.elasticity:.*/  time.months: {low: 1, central: 3, high: 5, grade: J}/; s/months: 1}/months: 3}/; s/{event: short}/{event: short, from: 2030-02}/' one.yaml
    exits 8 mismatch sensitivity one.yaml --on short-ever --paths 1000 --json
    says "1 of 7 evaluations were not possible"
    check '
assert s["run"]["failed"] == 1
assert inputs["time.months"]["at_low"]["value"] is None and inputs["time.months"]["swing"]["value"] is None
assert inputs["time.months"]["at_high"]["value"] is not None'
}

@test "what can't be asked" {
    one_month
    exits 2 mismatch sensitivity one.yaml
    says "--on says of which answer"
    exits 2 mismatch sensitivity one.yaml --on short-evr
    says "short-ever"
    exits 2 mismatch sensitivity one.yaml --on short-ever --method tornados
    says "'tornados' is not tornado, morris or sobol"
    exits 2 mismatch sensitivity one.yaml --on short-ever --points 5
    says "--points goes with"
    exits 2 mismatch sensitivity one.yaml --on short-ever --method morris --points 1
    exits 2 mismatch sensitivity one.yaml --on short-ever --paths 0
    exits 2 mismatch sensitivity
    sed -i '/^ranges:/,$d' one.yaml
    exits 2 mismatch sensitivity one.yaml --on short-ever
    says "has no \`ranges\`"
}
