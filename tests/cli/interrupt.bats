#!/usr/bin/env bats
# A run that is stopped leaves a checkpoint, and the same command ends with the same bits.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

# stop_run SIGNAL ARGUMENTS...: sends the signal when the run is at work. A shell's background jobs ignore INT, unless
# told otherwise.
stop_run() {
    local signal=$1
    shift
    env --default-signal=INT "$MISMATCH" run "$config" --threads 1 --lanes 1 --batch 500 -v "$@" >out 2>err 3>&- &
    local process=$!
    until_there 60 grep -q "of memory" err
    sleep 0.3
    kill -"$signal" $process
    code=0
    wait $process || code=$?
}

@test "TERM: 75, a checkpoint beside the output, and the same command goes on" {
    stop_run TERM --paths 1e7 --output r.json
    [ $code -eq 75 ]
    [ ! -e r.json ]
    [ -e r.json.checkpoint ]
    grep -q "interrupted after .* of 10,000,000 paths; the same command goes on from r.json.checkpoint" err
    [ ! -s out ]
    exits 2 mismatch run "$config" --paths 2e4 --output r.json
    says "another range of paths"
}

@test "interrupted and resumed until it is done: the digest of an uninterrupted run" {
    exits 0 mismatch run "$config" --paths 20000 --output whole.json -q
    code=75
    tries=0
    while [ $code -eq 75 ] && [ $tries -lt 200 ]; do
        code=0
        mismatch run "$config" --paths 20000 --batch 4096 --time-limit 0.001 --output r.json -q || code=$?
        tries=$((tries + 1))
    done
    [ $code -eq 0 ]
    [ $tries -eq 5 ]
    same_digest whole.json r.json
    [ "$(echo r.json*)" = r.json ]
    # threads, lanes and batches may change in between
    exits 75 mismatch run "$config" --paths 20000 --batch 333 --time-limit 0.001 --threads 1 --output s.json
    exits 75 mismatch run "$config" --paths 20000 --batch 4000 --time-limit 0.001 --threads 2 --lanes 4 --output s.json
    exits 0 mismatch run "$config" --paths 20000 --output s.json -q
    same_digest whole.json s.json
}

@test "INT does as TERM; without --output the checkpoint lies in the state folder" {
    stop_run INT --paths 1e7
    [ $code -eq 75 ]
    grep -q "interrupted after" err
    [ "$(find "$XDG_STATE_HOME/mismatch" -name '*-1-0-10000000.checkpoint' | wc -l)" -eq 1 ]
    [ "$(stat -c %a "$XDG_STATE_HOME/mismatch")" = 700 ]
}

@test "the state folder is emptied by the run that is done" {
    exits 75 mismatch run "$config" --paths 3000 --batch 1000 --time-limit 0.001
    [ -n "$(ls "$XDG_STATE_HOME/mismatch")" ]
    exits 0 mismatch run "$config" --paths 3000
    [ -z "$(ls "$XDG_STATE_HOME/mismatch")" ]
}

@test "the second signal stops at once" {
    "$MISMATCH" run "$config" --paths 1e9 --batch 1e9 -v 2>err 3>&- &
    process=$!
    until_there 60 grep -q "of memory" err
    sleep 0.3
    kill -TERM $process
    until_there 10 grep -q "once more stops at once" err
    kill -0 $process
    kill -TERM $process
    code=0
    wait $process || code=$?
    [ $code -eq 143 ]
}

@test "without a place for the checkpoint it runs, and says so only when it is interrupted" {
    exits 0 env -u HOME -u XDG_STATE_HOME "$MISMATCH" run "$config" --paths 1000
    silent
    exits 75 env -u HOME -u XDG_STATE_HOME "$MISMATCH" run "$config" --paths 3000 --batch 1000 --time-limit 0.001
    says "nothing is kept of them"
    exits 0 env XDG_STATE_HOME=/proc/none "$MISMATCH" run "$config" --paths 1000
    silent
    exits 6 env XDG_STATE_HOME=/proc/none "$MISMATCH" run "$config" --paths 3000 --batch 1000 --time-limit 0.001
    says "/proc/none/mismatch/"
    says "can't be written"
}

@test "a relative XDG_STATE_HOME is ignored, HOME is used" {
    exits 75 env XDG_STATE_HOME=relative "$MISMATCH" run "$config" --paths 3000 --batch 1000 --time-limit 0.001
    [ ! -e relative ]
    [ -n "$(ls "$HOME/.local/state/mismatch")" ]
}

@test "a checkpoint of another run, or a damaged one, is neither used nor overwritten" {
    exits 75 mismatch run "$config" --paths 3000 --batch 1000 --time-limit 0.001 --output r.json
    cp r.json.checkpoint kept
    exits 2 mismatch run "$config" --paths 3000 --seed 2 --output r.json
    says "r.json.checkpoint: the checkpoint of another run, which has another seed"
    exits 2 mismatch run "$config" --paths 3000 --set firms.alpha.reserve=0.2 --output r.json
    says "another configuration"
    exits 2 mismatch run "$config" --paths 3000 --first-path 1 --output r.json
    cmp kept r.json.checkpoint
    head -c 500 kept >r.json.checkpoint
    exits 2 mismatch run "$config" --paths 3000 --output r.json
    says "a damaged checkpoint; remove it to start this run afresh"
    sed -E 's/("done": \[\[0, )[0-9]+/\12000/' kept >r.json.checkpoint
    exits 2 mismatch run "$config" --paths 3000 --output r.json
    says "a damaged checkpoint"
    cp kept r.json.checkpoint
    exits 0 mismatch run "$config" --paths 3000 --output r.json -q
}

@test "a checkpoint whose process died while it was renamed" {
    exits 75 mismatch run "$config" --paths 3000 --batch 1000 --time-limit 0.001 --output r.json
    mv r.json.checkpoint r.json.checkpoint.previous
    exits 75 mismatch run "$config" --paths 3000 --batch 1000 --time-limit 0.001 --output r.json
    says "interrupted after 2,000 of 3,000 paths"
    exits 0 mismatch run "$config" --paths 3000 --output r.json -q
    exits 0 mismatch run "$config" --paths 3000 --output s.json -q
    same_digest r.json s.json
    [ "$(echo ./*)" = "./r.json ./s.json" ]
}

@test "killed: the run has left a checkpoint on its way, and the same command goes on from there" {
    "$MISMATCH" run "$config" --threads 1 --lanes 1 --paths 1e8 --output r.json -q 3>&- &
    process=$!
    until_there 60 test -e r.json.checkpoint
    kill -KILL $process
    wait $process || true
    kept=$(sed -nE 's/^ *"done": \[\[0, ([0-9]+)\]\],$/\1/p' r.json.checkpoint)
    [ "$kept" -gt 0 ]
    exits 75 mismatch run "$config" --paths 1e8 --batch 1000 --time-limit 0.001 --output r.json -q
    grep -q "\"done\": \[\[0, $((kept + 1000))\]\]" r.json.checkpoint
    # those are the counts of as many paths in one go
    digest=$(sed -nE '/"tallies"/,$p' r.json.checkpoint | sha256sum)
    rm r.json.checkpoint
    exits 75 mismatch run "$config" --paths 1e8 --batch $((kept + 1000)) --time-limit 0.001 --output r.json -q
    [ "$(sed -nE '/"tallies"/,$p' r.json.checkpoint | sha256sum)" = "$digest" ]
}
