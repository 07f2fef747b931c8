#!/usr/bin/env bats
# mismatch run --question and --expect for what no question of the configuration asks.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

# The configuration with one question more.
with_question() {
    cp "$data"/every-key-*.* .
    sed "/^  - {name: layers, binding/a \\  - $1" "$config" >more.yaml
    [ "$(wc -l <more.yaml)" -eq "$(($(wc -l <"$config") + 1))" ]
}

@test "p() of an event that no question asks for is what a question for it gives" {
    with_question '{name: p-glut, probability: {event: glut}}'
    exits 0 mismatch run more.yaml --paths 2000 --question 'p(p-glut)' --question 'p(glut by 2030-12)'
    expected=$out
    [ "$(head -n 1 <<<"$expected")" != "$(tail -n 1 <<<"$expected")" ]
    exits 0 mismatch run "$config" --paths 2000 --question 'p(glut)' --question 'p(glut by 2030-12)'
    [ "$out" = "$expected" ]
    silent
    exits 0 mismatch run "$config" --paths 2000 -q --expect 'p(glut) > 0.1' --question 'p(glut)'
    exits 3 mismatch run "$config" --paths 2000 -q --expect 'p(glut) < 0.1'
    # one that a question asks for in some of the months only
    exits 0 mismatch run "$config" --paths 2000 -q --expect 'p(idle) > 0.1' --question idle-ever --question 'p(idle)'
    [ "$(head -n 1 <<<"$out")" != "$(tail -n 1 <<<"$out")" ]
}

@test "idle() of a scope that the map does not list; the other answers stay" {
    exits 0 mismatch run "$config" --paths 2000 --question 'idle(alpha)' --question 'idle(alpha, south, new)'
    expected=$out
    exits 0 mismatch run "$config" --paths 2000 --question 'idle(alpha)' --question 'idle(alpha, south, new)' \
        --question 'idle(alpha, south)' --question 'idle(alpha, new)'
    [ "$(head -n 2 <<<"$out")" = "$expected" ]
    [ "$(wc -l <<<"$out")" -eq 4 ]
    [[ $out != *null* ]]
}

@test "the result holds what was asked, says so, and can be repeated" {
    exits 0 mismatch run "$config" --paths 500 --question 'p(short)' -o a.json
    says "questions that the configuration does not have were added to it for this run"
    value=$out
    exits 0 mismatch merge a.json --question 'p(short)'
    [ "$out" = "$value" ]
    exits 0 mismatch run --from a.json --question 'p(short)'
    [ "$out" = "$value" ]
    exits 0 mismatch run "$config" --paths 500 -q -o b.json
    exits 2 mismatch merge a.json b.json
    exits 2 mismatch run --from b.json --question 'p(short)'
    says "no question asks how probable event 'short' is"
}

@test "what can't be asked is told before anything is run" {
    exits 2 mismatch run "$config" --paths 1e9 --time-limit 1 --question 'p(sells)'
    says "add one: {name: p-sells, probability: {event: sells, firm: FIRM}}"
    exits 2 mismatch run "$config" --paths 1e9 --time-limit 1 --question 'p(glutt)'
    says "did you mean 'glut'?"
    exits 2 mismatch run "$config" --paths 1e9 --time-limit 1 --question 'p(glut by 2050-01)'
    says "lies outside the horizon"
    exits 2 mismatch run "$config" --paths 1e9 --time-limit 1 --question 'quantile(spare-fan, 0.2, 2030-06)'
    says "it has 0.1, 0.5, 0.9"
    exits 2 mismatch run "$config" --paths 1e9 --time-limit 1 --question 'idle(alpha, moon)'
    says "no region or generation 'moon'"
}
