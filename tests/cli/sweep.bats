#!/usr/bin/env bats
# mismatch sweep: many points, on the same random numbers, in one store.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

# What the points are and what came out, in no order of rows.
digests() {
    sql "$1" 'SELECT sha256, seed, ranges, digest FROM results ORDER BY sha256, ranges'
}

# shellcheck disable=SC2054  # the commas belong to the values
two=(--vary firms.alpha.reserve=0.05:0.2:4 --vary slips.power.median=1,2,4)

@test "each point is the run that --set gives, on the same random numbers" {
    exits 0 mismatch sweep "$config" "${two[@]}" --paths 500 --first-path 7 --seed 3 --store s.db --csv \
        --columns firms.alpha.reserve,slips.power.median,idle-ever,paths,first_path,seed,digest
    silent
    [ "$(wc -l <<<"$out")" -eq 13 ]
    listing=$out
    [ "$(tail -n +2 <<<"$listing" | cut -d, -f1,2 | tr '\n' ' ')" = \
        "0.05,1 0.05,2 0.05,4 0.1,1 0.1,2 0.1,4 0.15,1 0.15,2 0.15,4 0.2,1 0.2,2 0.2,4 " ]
    for reserve in 0.05 0.15 0.2; do
        exits 0 mismatch run "$config" --set firms.alpha.reserve=$reserve --set slips.power.median=2 --paths 500 \
            --first-path 7 --seed 3 --output $reserve.json -q
        grep -q "^$reserve,2,.*,500,7,3,$(digest $reserve.json)\$" <<<"$listing"
    done
    # and the loop of the shell finds its points there
    exits 0 mismatch run "$config" --set firms.alpha.reserve=0.1 --set slips.power.median=4 --paths 500 --first-path 7 \
        --seed 3 --store s.db
    says "all 500 paths are in s.db"
    sound s.db
}

@test "threads and jobs change nothing" {
    exits 0 mismatch sweep "$config" "${two[@]}" --paths 300 --store a.db -q --jobs 1
    exits 0 mismatch sweep "$config" "${two[@]}" --paths 300 --store b.db -q --jobs 5 --threads 2
    exits 0 mismatch sweep "$config" "${two[@]}" --paths 300 --store c.db -q --threads 7 --jobs 2
    [ -z "$out" ]
    [ "$(digests a.db)" = "$(digests b.db)" ]
    [ "$(digests a.db)" = "$(digests c.db)" ]
    [ "$(digests a.db | wc -l)" -eq 12 ]
}

@test "what is there is not simulated again; longer runs take what there is" {
    exits 0 mismatch sweep "$config" "${two[@]}" --paths 300 --store s.db -q
    created=$(sql s.db 'SELECT id, created FROM results')
    exits 0 mismatch sweep "$config" "${two[@]}" --paths 300 --store s.db --json
    says "12 of 12 points were in s.db"
    [ "$(sql s.db 'SELECT id, created FROM results')" = "$created" ]
    exits 0 mismatch sweep "$config" --vary firms.alpha.reserve=0.05:0.25:5 --vary slips.power.median=1,2,4 --paths 300 --store s.db
    says "12 of 15 points were in s.db"
    exits 0 mismatch sweep "$config" "${two[@]}" --paths 500 --store s.db -q
    [ "$(sql s.db "SELECT count(*) FROM results WHERE ranges = '[[300,200]]'")" -eq 12 ]
    exits 0 mismatch run "$config" --set firms.alpha.reserve=0.2 --set slips.power.median=4 --paths 500 --output r.json -q
    exits 0 mismatch results s.db --csv --where 'firms.alpha.reserve >= 0.2' --where 'firms.alpha.reserve <= 0.2' \
        --where 'slips.power.median > 3' --columns paths,digest
    [ "$(tail -1 <<<"$out")" = "500,$(digest r.json)" ]
    exits 0 mismatch sweep "$config" "${two[@]}" --paths 300 --store s.db --recompute
    [[ $err != *"not simulated"* ]]
}

@test "killed at 30 instants: it goes on, and nothing that was stored is computed again" {
    # shellcheck disable=SC2054
    vary=(--vary firms.alpha.reserve=0:0.2:11 --vary slips.power.median=1,2,3,4)
    began=$(date +%s%N)
    exits 0 mismatch sweep "$config" "${vary[@]}" --paths 400 --store whole.db -q
    took=$((($(date +%s%N) - began) / 1000000)) # unbroken, in ms: the instants lie within about a third of it
    [ "$(digests whole.db | wc -l)" -eq 44 ]
    RANDOM=11
    before="" n=0 kills=0 midway=0
    # at least 30 kills, the last one and two more with some of the points stored and others not
    until [ $kills -ge 30 ] && [ $midway -ge 3 ] && [ "$n" -gt 3 ] && [ "$n" -lt 44 ]; do
        [ $((kills += 1)) -le 120 ]
        if [ "$n" -eq 44 ]; then
            rm -f s.db*
            before=""
        fi
        "$MISMATCH" sweep "$config" "${vary[@]}" --paths 400 --store s.db -q 3>&- >/dev/null 2>&1 &
        pid=$!
        delay=$((RANDOM % (took / 3 + 20)))
        sleep "$((delay / 1000)).$(printf %03d $((delay % 1000)))"
        kill -KILL $pid 2>/dev/null || true
        wait $pid 2>/dev/null || true
        [ -e s.db ] || continue
        sound s.db
        now=$(sql s.db 'SELECT id, created, digest FROM results ORDER BY id' 2>/dev/null || true)
        # rows that were there are there still, as they were
        [ -z "$(comm -23 <(sort <<<"$before") <(sort <<<"$now"))" ]
        before=$now
        n=$(grep -c . <<<"$now" || true)
        if [ "$n" -gt 3 ] && [ "$n" -lt 44 ]; then midway=$((midway + 1)); fi
    done
    echo "$n points in when it was killed for the last time, $midway of $kills kills midway"
    exits 0 mismatch sweep "$config" "${vary[@]}" --paths 400 --store s.db
    says "$n of 44 points were in s.db"
    [ "$(digests whole.db)" = "$(digests s.db)" ]
    now=$(sql s.db 'SELECT id, created, digest FROM results ORDER BY id')
    [ -z "$(comm -23 <(sort <<<"$before") <(sort <<<"$now"))" ]
    sound s.db
}

@test "interrupted: 75, and the same command goes on" {
    env --default-signal=INT "$MISMATCH" sweep "$config" --vary firms.alpha.reserve=0:0.2:5 --paths 2e6 --store s.db \
        >out 2>err 3>&- &
    pid=$!
    until_there 60 test -e s.db
    sleep 0.5
    kill -INT $pid
    code=0
    wait $pid || code=$?
    [ $code -eq 75 ]
    grep -q "of 5 points in s.db; the same command goes on" err
    sound s.db
    exits 75 mismatch sweep "$config" --vary firms.alpha.reserve=0:0.2:5 --paths 2e6 --store s.db --time-limit 0.1
}

@test "points that fail are recorded, the others are done, exit 8" {
    exits 8 mismatch sweep "$config" --vary slips.power.median=1,-2,3,x --paths 300 --store s.db --csv --columns slips.power.median
    says "2 of 4 points failed; they are recorded in s.db"
    says 'point ["slips.power.median=-2"] failed'
    says "at least 0"
    [ "$out" = "slips.power.median
1
3" ]
    exits 0 mismatch results s.db
    prints 'failed: ["slips.power.median=-2"]'
    exits 0 mismatch results s.db --json
    prints '"point": ["slips.power.median=x"]'
    # again: the same two fail, nothing is recorded twice
    exits 8 mismatch sweep "$config" --vary slips.power.median=1,-2,3,x --paths 300 --store s.db -q
    [ "$(sql s.db 'SELECT count(*) FROM failures')" -eq 2 ]
    [ "$(sql s.db 'SELECT count(*) FROM results')" -eq 2 ]
    # a point that works at last is no failure any more
    "$PYTHON" - <<'PY'
import sqlite3
store = sqlite3.connect("s.db")
store.execute("UPDATE failures SET point = ? WHERE point LIKE ?", ('["slips.power.median=5"]', "%-2%"))
store.commit()
PY
    exits 0 mismatch sweep "$config" --vary slips.power.median=5,6 --paths 300 --store s.db -q
    [ "$(sql s.db 'SELECT point FROM failures')" = '["slips.power.median=x"]' ]
}

@test "nothing is made where no point is a configuration, or the design is wrong" {
    exits 2 mismatch sweep "$config" --vary firms.alpha.reserv=0:0.2:5 --store s.db
    says "did you mean 'reserve'?"
    says "none of the 5 points is a configuration"
    exits 2 mismatch sweep "$config" --vary firms.alpha.reserve=0:0.2 --store s.db
    says "a grid needs to know how many values"
    exits 2 mismatch sweep "$config" --vary firms.alpha.reserve --store s.db
    exits 2 mismatch sweep "$config" --store s.db
    says "nothing is varied"
    exits 2 mismatch sweep "$config" --vary firms.alpha.reserve=0,1 --design cube --store s.db
    says "'cube' is not grid, lhs or sobol"
    exits 2 mismatch sweep "$config" --vary firms.alpha.reserve=0:0.1 --design lhs --store s.db
    says "needs --points"
    exits 2 mismatch sweep "$config" --vary firms.alpha.reserve=0,0.1
    says "--store FILE says where"
    exits 2 mismatch sweep "$config" --vary firms.alpha.reserve=0,0.1 --paths auto --store s.db
    exits 2 mismatch sweep "$config" --vary firms.alpha.reserve=0,0.1 --paths 0 --store s.db
    exits 2 mismatch sweep none.yaml none.yaml --vary a=1,2 --store s.db
    [ ! -e s.db ]
}

@test "Latin hypercubes and Sobol sequences" {
    for design in lhs sobol; do
        exits 0 mismatch sweep "$config" --vary slips.power.median=1:9 --vary market.elasticity=1:3 --design $design \
            --points 8 --paths 100 --store $design.db --csv --columns slips.power.median,market.elasticity
        [ "$(wc -l <<<"$out")" -eq 9 ]
        points=$out
        exits 0 mismatch sweep "$config" --vary slips.power.median=1:9 --vary market.elasticity=1:3 --design $design \
            --points 8 --paths 100 --store $design.db --csv --columns slips.power.median,market.elasticity
        [ "$out" = "$points" ]
        says "8 of 8 points were in"
    done
    # a hypercube has one point in each eighth of each range
    exits 0 mismatch results lhs.db --csv --columns slips.power.median
    [ "$(tail -n +2 <<<"$out" | cut -d. -f1 | sort -n | tr '\n' ' ')" = "1 2 3 4 5 6 7 8 " ]
}

@test "a full disk ends it: exit 6, and what is stored is whole" {
    cp "$SHIM" shim.so # a name without spaces, as LD_PRELOAD needs it
    exits 0 mismatch sweep "$config" --vary firms.alpha.reserve=0,0.1 --paths 300 --store s.db -q
    # room for the index of the log, but not for a result in the log
    exits 6 env LD_PRELOAD=./shim.so SHIM_DISK_BYTES=33000 "$MISMATCH" sweep "$config" --vary firms.alpha.reserve=0:0.3:16 \
        --paths 300 --store s.db
    says "s.db: can't be written: No space left on device"
    sound s.db
    exits 0 mismatch sweep "$config" --vary firms.alpha.reserve=0:0.3:16 --paths 300 --store s.db -q
    [ "$(sql s.db 'SELECT count(*) FROM results')" -eq 16 ]
}
