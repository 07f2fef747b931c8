#!/usr/bin/env bats
# Several processes on one run (MPI): rank 0 alone speaks and writes, and the digest is that of one process.
# Run only where the build has MPI (cmake -DMISMATCH_MPI=ON) and mpirun is there.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

eval "common_$(declare -f setup)"
setup() {
    common_setup
    grep -qsx 'MISMATCH_MPI:BOOL=ON' "${BUILD_DIR:?}/CMakeCache.txt" || skip "this build has no MPI"
    command -v mpirun >/dev/null || skip "mpirun is not here"
}

# Two cores are enough for any number of ranks, and tests in containers are root's.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_mpi_yield_when_idle=1
ranks() { # ranks N COMMAND...
    mpirun -n "$@"
}

teardown() { # nothing of a failed test goes on
    [ -z "${mpirun:-}" ] || kill -KILL "$mpirun" 2>/dev/null || true
}

# How often stderr says so.
times_said() {
    grep -c "$1" <<<"$err"
}

# The process of one rank of the run in this folder.
process_of() { # process_of RANK
    local one
    for one in $(pgrep -x mismatch); do
        [ "$(readlink "/proc/$one/cwd")" = "$PWD" ] || continue
        tr '\0' '\n' 2>/dev/null <"/proc/$one/environ" | grep -qx "OMPI_COMM_WORLD_RANK=$1" && echo "$one"
    done
    true
}

is_started() {
    [ -n "$(process_of "$1")" ]
}

# Starts a run of three ranks that would take long; $mpirun is its launcher.
start_long() {
    mpirun -n 3 env --default-signal=INT "$MISMATCH" run "$config" --paths 1e8 --lanes 1 --output r.json -q >out 2>err 3>&- &
    mpirun=$!
    until_there 60 is_started 2
}

ends() { # waits for $mpirun; sets code
    code=0
    wait "$mpirun" || code=$?
    err=$(cat err)
}

# "done" of a checkpoint: how many paths it holds
kept() {
    sed -nE 's/^ *"done": \[\[0, ([0-9]+)\]\],$/\1/p' r.json.checkpoint
}

@test "one, two and three ranks: one result, with the digest of one process" {
    exits 0 mismatch run "$config" --paths 20000 --seed 3 --output whole.json -q
    for n in 1 2 3; do
        exits 0 ranks $n "$MISMATCH" run "$config" --paths 20000 --seed 3 --output $n.json -q
        silent
        [ -z "$out" ]
        same_digest whole.json $n.json
        [ "$("$PYTHON" -c 'import json,sys; print(len(json.load(open(sys.argv[1]))["run"]["devices"]))' $n.json)" -eq $n ]
    done
    # all of them had paths, and together all paths
    [ "$("$PYTHON" -c 'import json
paths = [one["paths"] for one in json.load(open("3.json"))["run"]["devices"]]
print(sum(paths), min(paths) > 0)')" = "20000 True" ]
    exits 0 ranks 2 "$MISMATCH" run "$config" --paths 20000 --seed 3 --question 'idle(alpha)' -q
    [ "$out" = "$(mismatch run "$config" --paths 20000 --seed 3 --question 'idle(alpha)' -q)" ]
    exits 0 ranks 3 "$MISMATCH" run "$config" --paths 2000 -v --output v.json
    says "with 3 ranks on 1 machine"
    [ "$(times_said 'ranks on')" -eq 1 ]
}

@test "shards, runs that end by themselves, and the configuration from standard input" {
    exits 0 mismatch run "$config" --paths 9000 --output whole.json -q
    for i in 3 1 2; do
        exits 0 ranks 2 "$MISMATCH" run "$config" --paths 9000 --shard $i/3 --output $i.json -q
    done
    exits 0 mismatch merge 2.json 3.json 1.json --output merged.json -q
    same_digest whole.json merged.json
    exits 0 mismatch run "$config" --precision 0.02 --question 'idle(alpha)' --output p.json -q
    exits 0 ranks 3 "$MISMATCH" run "$config" --precision 0.02 --question 'idle(alpha)' --output p3.json -q
    same_digest p.json p3.json
    exits 0 mismatch run "$config" --paths auto --max-paths 70000 --output a.json -q
    exits 0 ranks 2 "$MISMATCH" run "$config" --paths auto --max-paths 70000 --output a2.json -q
    same_digest a.json a2.json
    exits 0 ranks 2 "$MISMATCH" run - --paths 9000 --output stdin.json -q < <(mismatch check "$config" --print)
    same_digest whole.json stdin.json
}

@test "a store gets one row, and what it holds is not simulated again" {
    exits 0 ranks 3 "$MISMATCH" run "$config" --paths 5000 --store s.db -q
    exits 0 ranks 2 "$MISMATCH" run "$config" --paths 9000 --store s.db
    [ "$(times_said '5,000 of 9,000 paths are in s.db')" -eq 1 ]
    exits 0 mismatch run "$config" --paths 9000 --output whole.json -q
    exits 0 mismatch results s.db --csv --columns paths,digest
    [ "$(tail -1 <<<"$out")" = "9000,$(digest whole.json)" ]
    sound s.db
}

@test "what is wrong is said once" {
    exits 2 ranks 3 "$MISMATCH" run "$config" --set firms.alpha.reserv=0.1
    [ "$(times_said "did you mean 'reserve'?")" -eq 1 ]
    [ -z "$out" ]
    exits 2 ranks 3 "$MISMATCH" run "$config" --pahts 9
    [ "$(times_said 'pahts')" -eq 1 ]
    exits 2 ranks 2 "$MISMATCH" sweep "$config" --vary firms.alpha.reserve=0,0.1 --store s.db
    [ "$(times_said 'spreads over the ranks')" -eq 1 ]
    exits 3 ranks 2 "$MISMATCH" run "$config" --paths 1000 --expect 'idle(alpha) > 2' -q
    [ "$(times_said 'expectation failed')" -eq 1 ]
    # what mpirun puts before a rank's output is no terminal
    exits 0 ranks 2 "$MISMATCH" run "$config" --paths 300
    [[ $out != *$'\e'* ]]
    exits 0 ranks 2 "$MISMATCH" version
    [ "$(grep -c '^mismatch ' <<<"$out")" -eq 1 ]
}

@test "the time limit, and TERM to rank 0: 75, a checkpoint, and any number of ranks goes on" {
    exits 0 mismatch run "$config" --paths 20000 --output whole.json -q
    exits 75 ranks 3 "$MISMATCH" run "$config" --paths 20000 --batch 4096 --time-limit 0.001 --output r.json
    [ "$(times_said 'interrupted after')" -eq 1 ]
    [ "$(kept)" -eq 4096 ]
    exits 75 ranks 2 "$MISMATCH" run "$config" --paths 20000 --batch 4096 --time-limit 0.001 --output r.json -q
    [ "$(kept)" -eq 8192 ]
    exits 0 mismatch run "$config" --paths 20000 --output r.json -q
    same_digest whole.json r.json
    rm r.json
    for signal in TERM INT; do
        start_long
        sleep 1
        kill -$signal "$(process_of 0)"
        ends
        [ "$code" -eq 75 ]
        [ "$(kept)" -gt 0 ]
        rm r.json.checkpoint
    done
    [ ! -e r.json ]
}

@test "TERM to mpirun: rank 0 still writes its checkpoint" {
    start_long
    sleep 1
    kill -TERM "$mpirun"
    ends
    [ "$code" -ne 0 ]
    [ "$(kept)" -gt 0 ]
    until_there 10 test -z "$(process_of 1)"
}

@test "a rank is killed: the message names it and its paths, and the same command goes on from the checkpoint" {
    start_long
    until_there 60 test -e r.json.checkpoint # it is written as the run goes
    victim=$(process_of 1)
    kill -KILL "$victim"
    ends
    [ "$code" -ne 0 ]
    [ "$(times_said "rank 1 (process $victim on .*) is gone, and with it paths [0-9]")" -eq 1 ]
    says "paths are kept in r.json.checkpoint; the same command goes on from there"
    [ ! -e r.json ]
    before=$(kept)
    [ "$before" -gt 0 ]
    # it goes on from there: one more batch, and the counts are those of as many paths in one go
    exits 75 ranks 2 "$MISMATCH" run "$config" --paths 1e8 --output r.json --batch 1000 --time-limit 0.001
    [ "$(kept)" -eq $((before + 1000)) ]
    says "interrupted after"
}

@test "rank 0 is killed: the others say what they had, and the checkpoint is whole" {
    start_long
    until_there 60 test -e r.json.checkpoint
    victim=$(process_of 0)
    kill -KILL "$victim"
    ends
    [ "$code" -ne 0 ]
    says "rank 0 (process $victim on"
    says "is gone; rank 1 had"
    before=$(kept)
    exits 75 ranks 2 "$MISMATCH" run "$config" --paths 1e8 --output r.json --batch 1000 --time-limit 0.001
    [ "$(kept)" -eq $((before + 1000)) ]
}

@test "killed and resumed until it is done: the digest of an unbroken run" {
    exits 0 mismatch run "$config" --paths 400000 --output whole.json -q
    RANDOM=5
    for victim in 1 0 2; do
        mpirun -n 3 "$MISMATCH" run "$config" --paths 400000 --output r.json -q >out 2>err 3>&- &
        mpirun=$!
        until_there 60 is_started 2
        sleep "2.$((RANDOM % 10))"
        kill -KILL "$(process_of $victim)" 2>/dev/null || true
        ends
        [ "$code" -ne 0 ] || break
    done
    [ -e r.json ] || exits 0 ranks 3 "$MISMATCH" run "$config" --paths 400000 --output r.json -q
    same_digest whole.json r.json
    [ "$(echo r.json*)" = r.json ]
}
