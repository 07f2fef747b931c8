#!/usr/bin/env bats
# selftest --full: known answers, whole runs.

load common

@test "every known answer is met, with fewer paths too" {
    exits 0 mismatch selftest --full --paths 4000 --seed 3
    prints "IEEE Reliability Test System 1979"
    prints "47 figures, 0 outside 3.5 standard errors"
    silent
}

@test "JSON has what the table has" {
    exits 0 mismatch selftest --full --paths 4000 --seed 2 --json
    echo "$out" >r.json
    jq -e '.passed and .same_digests and (.answers | length) == 47' r.json
    jq -e 'all(.answers[]; ((.obtained - .expected) / .se - .z | fabs) < 1e-9 or (.quantity | test("factor")))' r.json
    jq -e '[.answers[] | select(.subject | test("Test System")) | .paths] == [16000, 16000]' r.json
    jq -e '.answers[] | select(.quantity == "by step 1") | .expected == 0.5' r.json
    # loss of load and unserved energy of the test system, as published
    jq -e '[.answers[] | select(.subject | test("Test System")) | .expected] | (.[0] - 9.394175 | fabs) < 1e-6 and (.[1] - 1176.298 | fabs) < 1e-3' r.json
}

@test "its options go with --full" {
    exits 2 mismatch selftest --paths 100
    says "--paths goes with --full"
    exits 2 mismatch selftest --markdown
    says "--markdown goes with --full"
    exits 2 mismatch selftest --full --paths 100
    says "at least 4000"
    exits 4 mismatch selftest --full --paths 4000 --device no-such-device
    [ -z "$out" ]
}
