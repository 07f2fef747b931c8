#!/usr/bin/env bats
# mismatch compare, and the scenarios in configs/scenarios.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

scenarios() {
    baseline=$SOURCE_DIR/configs/ai-2026.yaml
    overlays=()
    for file in "$SOURCE_DIR"/configs/scenarios/*.yaml; do
        overlays+=(--overlay "$file")
    done
}

# Two overlays of the small configuration.
small() {
    echo 'inference: {price_response: {elasticity: 0.9}}' >elastic.yaml
    printf 'firms:\n  - {name: alpha, inference: 200}\n' >busy.yaml
}

@test "every scenario is valid on the baseline and says what it is" {
    scenarios
    [ "${#overlays[@]}" -eq 16 ]
    for file in "$SOURCE_DIR"/configs/scenarios/*.yaml; do
        exits 0 mismatch check "$baseline" --overlay "$file"
        silent
        [[ $(head -1 "$file") == '# '* ]]
    done
}

# Each scenario does what its name says: by more than could be chance (the errors are a tenth of the bounds or less).
@test "the scenarios move the answers the way they should" {
    scenarios
    expects=()
    while read -r name expression; do
        expects+=(--expect "$name - baseline: $expression")
    done <<'END'
demand-failure p(glut) > 0.1
demand-failure p(shortage) < -0.1
demand-failure quantile(price, 0.5, 2028-12) < -0.5
demand-failure neocloud-half-empty > 0.1
power-crunch quantile(gap, 0.5, 2027-12) > 0.03
power-crunch p(glut) < -0.02
launches-slip idle(meta) > 0.01
launches-slip spare-at-meta-while-short > 0.02
launches-slip quantile(gap, 0.5, 2026-12) < -0.01
efficiency-leap p(glut) > 0.1
efficiency-leap quantile(price, 0.5, 2028-12) < -0.3
customer-turns-competitor idle(coreweave) > 0.01
customer-turns-competitor idle(nebius) > 0.005
customer-turns-competitor idle(meta) < -0.1
capex-stop p(glut) < -0.2
capex-stop quantile(gap, 0.5, 2029-12) > 0.2
next-generation-late quantile(gap, 0.5, 2027-12) > 0.05
next-generation-late p(glut) < -0.03
neocloud-default quantile(gap, 0.5, 2029-12) > 0.015
neocloud-default p(glut) < -0.01
END
    [ "${#expects[@]}" -eq 40 ]
    exits 0 mismatch compare "$baseline" "${overlays[@]}" "${expects[@]}" --paths 4000 --csv
    silent
    [ "$(head -1 <<<"$out")" = "expression,scenario,value,se,difference,difference_se" ]
}

@test "the baseline's column is what a run answers" {
    small
    exits 0 mismatch compare "$config" --overlay elastic.yaml --paths 2000 --question 'idle(alpha)' --csv
    value=$(sed -nE 's/^idle\(alpha\),baseline,([^,]*),.*/\1/p' <<<"$out")
    other=$(sed -nE 's/^idle\(alpha\),elastic,([^,]*),.*/\1/p' <<<"$out")
    exits 0 mismatch run "$config" --paths 2000 --question 'idle(alpha)' --json --no-progress
    prints "\"value\": $value"
    exits 0 mismatch run "$config" --paths 2000 --overlay elastic.yaml --question 'idle(alpha)' --json
    prints "\"value\": $other"
}

@test "text, JSON and the saved file" {
    small
    exits 0 mismatch compare "$config" --overlay elastic.yaml --overlay busy.yaml --paths 1000
    prints "elastic"
    prints "busy"
    prints "p(short)"
    prints "same 1,000 paths"
    silent
    exits 0 mismatch compare "$config" --overlay elastic.yaml --overlay busy.yaml --paths 1000 --json -o c.json
    diff "$BATS_TEST_TMPDIR/stdout" c.json
    "$PYTHON" - c.json <<'END'
import json, sys
c = json.load(open(sys.argv[1]))
assert c["type"] == "compare" and c["run"]["paths"] == 1000 and c["run"]["pieces"] == 32
assert [s["name"] for s in c["scenarios"]] == ["baseline", "elastic", "busy"]
for answer in c["answers"]:
    first, *others = answer["values"]
    assert "difference" not in first
    for other in others:
        if first["value"] is not None and other["value"] is not None:
            assert abs(other["value"] - first["value"] - other["difference"]) < 1e-12
            assert other["difference_se"] >= 0
END
    exits 2 mismatch compare "$config" --overlay elastic.yaml --paths 1000 -o c.json
    says "c.json exists"
    exits 0 mismatch compare "$config" --overlay elastic.yaml --paths 1000 -o c.json --force -q
    [ -z "$out" ]
}

@test "threads, lanes and batches change nothing" {
    small
    exits 0 mismatch compare "$config" --overlay busy.yaml --paths 1000 --json
    cp "$BATS_TEST_TMPDIR/stdout" one.json
    exits 0 mismatch compare "$config" --overlay busy.yaml --paths 1000 --json --threads 2 --lanes 4 --batch 50
    diff "$BATS_TEST_TMPDIR/stdout" one.json
}

@test "an expectation that fails is told and exits 3" {
    small
    exits 3 mismatch compare "$config" --overlay busy.yaml --paths 500 --expect 'p(short) < 0'
    says "expectation failed: p(short) < 0 (it is"
    prints "busy"
    exits 3 mismatch compare "$config" --overlay busy.yaml --paths 500 --expect 'busy - baseline: p(short) > 2'
    exits 0 mismatch compare "$config" --overlay busy.yaml --paths 500 --expect 'busy: p(short) >= 0'
}

@test "what is wrong is told before anything is run" {
    small
    exits 2 mismatch compare "$config" --paths 1e5
    says "--overlay FILE names a scenario"
    exits 2 mismatch compare --overlay busy.yaml
    says "which configuration?"
    exits 6 mismatch compare "$config" --overlay none.yaml --paths 1e5
    says "none.yaml"
    exits 2 mismatch compare "$config" --overlay busy.yaml --overlay ./busy.yaml --paths 1e5
    says "two scenarios are called 'busy'"
    exits 2 mismatch compare "$config" --overlay busy.yaml --paths 1e5 --question 'p(shrt)'
    says "did you mean 'short'?"
    exits 2 mismatch compare "$config" --overlay busy.yaml --paths 1e5 --expect 'busi: p(short) > 0'
    says "did you mean 'busy'?"
    exits 2 mismatch compare "$config" --overlay busy.yaml --paths 1e5 --expect 'p(short)'
    says "compares nothing"
    exits 2 mismatch compare "$config" --overlay busy.yaml --paths 1e5 --expect 'p(short) > x'
    says "'x' is not a number"
    exits 2 mismatch compare "$config" --overlay busy.yaml --paths 0
    says "--paths starts from 1"
    [ ! -e "$XDG_STATE_HOME" ]
}

@test "a scenario that lacks a name leaves the answer open" {
    printf 'questions:\n  - {name: idle-ever, probability: null}\n' >bad.yaml
    exits 2 mismatch compare "$config" --overlay bad.yaml --paths 500
    printf 'questions:\n  - {name: spare-fan, fan: null, binding: {}}\n' >other.yaml
    exits 0 mismatch compare "$config" --overlay other.yaml --paths 500 --csv
    grep -qE '^"quantile\(spare-fan, 0.5, 2030-12\)",other,,,,$' <<<"$out"
    grep -qE '^"quantile\(spare-fan, 0.5, 2030-12\)",baseline,[^,]' <<<"$out"
}

@test "stopped after each scenario, the same command goes on and ends alike" {
    small
    set -- "$config" --overlay elastic.yaml --overlay busy.yaml --paths 2000 --json
    exits 0 mismatch compare "$@"
    cp "$BATS_TEST_TMPDIR/stdout" whole.json
    exits 75 mismatch compare "$@" --time-limit 0.0001
    says "interrupted after 1 run; the same command goes on from"
    [ -z "$out" ]
    [ -n "$(ls "$XDG_STATE_HOME/mismatch")" ]
    exits 75 mismatch compare "$@" --time-limit 0.0001
    says "interrupted after 2 runs"
    exits 0 mismatch compare "$@" --time-limit 0.0001
    diff "$BATS_TEST_TMPDIR/stdout" whole.json
    [ -z "$(ls "$XDG_STATE_HOME/mismatch")" ]
}
