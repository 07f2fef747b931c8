#!/usr/bin/env bats
# run --store, results, merge --store: many results in one file, and many processes that write it.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

rows() {
    sql "$1" 'SELECT count(*) FROM results'
}

# A process that permissions bind, also where the tests run as root.
bound() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --bounding-set=-all --inh-caps=-all -- "$@"
    else
        "$@"
    fi
}

@test "what is in the store is not simulated again, and is printed the same" {
    exits 0 mismatch run "$config" --paths 2000 --store s.db --json
    silent
    cp "$BATS_TEST_TMPDIR/stdout" first
    exits 0 mismatch run "$config" --paths 2000 --store s.db --json
    says "all 2,000 paths are in s.db: nothing is simulated"
    diff first "$BATS_TEST_TMPDIR/stdout"
    [ "$(rows s.db)" -eq 1 ]
    # another seed, another configuration, other paths: other points
    exits 0 mismatch run "$config" --paths 2000 --store s.db -q --seed 18446744073709551615
    exits 0 mismatch run "$config" --paths 2000 --store s.db -q --set firms.alpha.reserve=0.2
    exits 0 mismatch run "$config" --paths 2000 --store s.db -q --first-path 5000
    [ "$(rows s.db)" -eq 4 ]
    [ "$(sql s.db 'SELECT seed FROM results WHERE id = 2')" = 18446744073709551615 ]
    sound s.db
    [ "$(echo s.db*)" = s.db ]
}

@test "only the missing paths are simulated, and the whole has the digest of one run" {
    exits 0 mismatch run "$config" --paths 9000 --output whole.json -q
    exits 0 mismatch run "$config" --first-path 1000 --paths 2000 --store s.db -q
    exits 0 mismatch run "$config" --first-path 5000 --paths 1000 --store s.db -q
    exits 0 mismatch run "$config" --first-path 8500 --paths 1000 --store s.db -q # not inside: can't be used
    exits 0 mismatch run "$config" --paths 9000 --store s.db --output parts.json
    says "3,000 of 9,000 paths are in s.db: the other 6,000 are simulated"
    same_digest whole.json parts.json
    [ "$(sql s.db "SELECT group_concat(ranges, ' ') FROM (SELECT ranges FROM results ORDER BY first_path)")" = \
        "[[0,1000]] [[1000,2000]] [[3000,2000]] [[5000,1000]] [[6000,3000]] [[8500,1000]]" ]
    exits 0 mismatch run "$config" --paths 9000 --store s.db --output again.json
    says "nothing is simulated"
    same_digest whole.json again.json
    # of two rows that overlap the larger one is taken
    exits 0 mismatch run "$config" --first-path 500 --paths 8000 --store s.db --output shifted.json --recompute -q
    exits 0 mismatch run "$config" --first-path 500 --paths 8000 --output alone.json -q
    same_digest shifted.json alone.json
    exits 0 mismatch run "$config" --paths 9000 --store s.db --output third.json
    same_digest whole.json third.json
}

@test "--recompute replaces, and a digest that differs is told" {
    exits 0 mismatch run "$config" --paths 2000 --store s.db -q
    exits 0 mismatch run "$config" --paths 2000 --store s.db -q --recompute
    [ "$(rows s.db)" -eq 1 ]
    exits 2 mismatch run "$config" --paths 2000 --recompute
    says "--recompute goes with --store"
    "$PYTHON" -c '
import sqlite3
store = sqlite3.connect("s.db")
store.execute("UPDATE results SET digest = ?", ("0" * 64,))
store.commit()'
    exits 7 mismatch run "$config" --paths 2000 --store s.db --recompute
    says "another digest; they are replaced"
    prints "With probability"
    exits 0 mismatch run "$config" --paths 2000 --store s.db --recompute
}

@test "results of another version of the program are not taken for this one's" {
    exits 0 mismatch run "$config" --paths 1000 --store s.db -q
    "$PYTHON" -c '
import sqlite3
store = sqlite3.connect("s.db")
store.execute("UPDATE results SET version = ?", ("0.0.9-unknown",))
store.commit()'
    exits 0 mismatch run "$config" --paths 1000 --store s.db
    silent
    [ "$(rows s.db)" -eq 2 ]
    exits 0 mismatch results s.db
    [ "$(wc -l <<<"$out")" -ge 3 ]
    prints version
    prints 0.0.9-unknown
}

@test "64 processes write at once, three times" {
    for round in 1 2 3; do
        local pids=()
        for i in $(seq 64); do
            mismatch run "$config" --paths 64 --threads 1 --set firms.alpha.reserve=0.$((100 + i)) --store "s$round.db" \
                -q >/dev/null 2>"err$i" &
            pids+=($!)
        done
        for i in "${!pids[@]}"; do
            wait "${pids[i]}" || { cat "err$((i + 1))"; false; }
        done
        cat err*
        [ -z "$(cat err*)" ]
        [ "$(rows "s$round.db")" -eq 64 ]
        sound "s$round.db"
        [ "$(sql "s$round.db" 'PRAGMA journal_mode')" = wal ]
    done
    # and they are what one process gives
    exits 0 mismatch run "$config" --paths 64 --set firms.alpha.reserve=0.117 --output one.json -q
    [ "$(sql s2.db "SELECT count(*) FROM results WHERE digest = '$(digest one.json)'")" -eq 1 ]
    exits 0 mismatch results s3.db --csv
    [ "$(wc -l <<<"$out")" -eq 65 ]
}

@test "GNU parallel: the recipe of docs/store.md" {
    command -v parallel >/dev/null || skip "GNU parallel is not here"
    exits 0 parallel --will-cite -j 4 "$MISMATCH" run "$config" --set "firms.alpha.reserve={1}" --seed "{2}" --threads 1 \
        --paths 64 --store s.db -q ::: 0 0.1 0.2 ::: 1 2 3
    [ -z "$err" ]
    [ "$(rows s.db)" -eq 9 ]
    exits 0 mismatch results s.db --columns firms.alpha.reserve,seed --csv
    [ "$(sed 1d <<<"$out" | sort -u | wc -l)" -eq 9 ]
}

@test "64 processes at once with the same run: one row" {
    local pids=()
    for i in $(seq 64); do
        mismatch run "$config" --paths 64 --threads 1 --store s.db -q >/dev/null 2>"err$i" &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do wait "$pid"; done
    [ -z "$(cat err*)" ]
    [ "$(rows s.db)" -eq 1 ]
}

@test "killed at any instant: the store stays sound, and what was stored stays" {
    RANDOM=7
    for i in $(seq 30); do
        mismatch run "$config" --paths 300 --threads 1 --seed "$i" --store s.db -q >/dev/null 2>&1 &
        pid=$!
        sleep "0.0$((RANDOM % 6))$((RANDOM % 10))"
        kill -KILL $pid 2>/dev/null || true
        wait $pid 2>/dev/null || true
    done
    # under load every one of them may have been killed too early: one that no kill meets
    mismatch run "$config" --paths 300 --threads 1 --seed 1 --store s.db -q >/dev/null
    sound s.db
    stored='SELECT id, created, digest FROM results'
    sql s.db "$stored" | sort >before
    [ -s before ]
    echo "stored before the rest was run: $(wc -l <before)"
    for i in $(seq 30); do mismatch run "$config" --paths 300 --threads 1 --seed "$i" --store s.db -q >/dev/null 2>>notes; done
    [ "$(rows s.db)" -eq 30 ]
    sql s.db "$stored" | sort >after
    [ -z "$(comm -23 before after)" ]
    sound s.db
}

@test "a full disk: told, exit 6, the answer is printed, the store is whole" {
    cp "$SHIM" shim.so # a name without spaces, as LD_PRELOAD needs it
    exits 0 mismatch run "$config" --paths 1000 --store s.db -q
    # room for the index of the log, but not for a result in the log
    exits 6 env LD_PRELOAD=./shim.so SHIM_DISK_BYTES=33000 "$MISMATCH" run "$config" --paths 1000 --seed 2 --store s.db
    says "s.db: can't be written: No space left on device"
    prints "With probability"
    [ "$(rows s.db)" -eq 1 ]
    sound s.db
    exits 6 env LD_PRELOAD=./shim.so SHIM_DISK_BYTES=100 "$MISMATCH" run "$config" --paths 1e9 --store new.db
    says "new.db: can't be written: No space left on device"
    exits 0 mismatch run "$config" --paths 1000 --seed 2 --store s.db -q
    [ "$(rows s.db)" -eq 2 ]
}

@test "a full disk of its own" {
    mkdir disk
    unshare -m true 2>/dev/null || unshare -rm true 2>/dev/null || skip "no file system may be mounted here"
    how=-m
    unshare -m true 2>/dev/null || how=-rm
    # shellcheck disable=SC2016  # the inner shell expands them
    unshare $how bash -c '
        set -e
        mount -t tmpfs -o size=900k tmpfs disk
        code=0 stored=0
        for seed in $(seq 20); do
            "$MISMATCH" run "$config" --paths 1000 --seed "$seed" --store disk/s.db -q >/dev/null 2>err || code=$?
            [ "$code" -eq 0 ] || break
            stored=$((stored + 1))
        done
        echo "stored $stored, then exit $code: $(cat err)"
        [ "$code" -eq 6 ]
        grep -q "disk/s.db: can.t be written: No space left on device" err
        cp disk/s.db* .
        echo "$stored" >stored'
    [ "$(cat stored)" -ge 1 ]
    sound s.db
    [ "$(rows s.db)" -eq "$(cat stored)" ]
}

@test "files that are no stores" {
    echo "not a database, whatever its name says" >text.db
    exits 2 mismatch run "$config" --paths 1e9 --store text.db
    says "text.db: not a store of mismatch"
    [ "$(wc -c <text.db)" -eq 39 ]
    exits 2 mismatch results text.db
    says "text.db: not a store of mismatch"
    "$PYTHON" -c '
import sqlite3
sqlite3.connect("other.db").execute("CREATE TABLE births (day)")'
    cp other.db before
    exits 2 mismatch run "$config" --paths 1e9 --store other.db
    says "other.db: not a store of mismatch, but the database of another program"
    cmp other.db before
    exits 0 mismatch run "$config" --paths 1000 --store s.db -q
    "$PYTHON" -c '
import sqlite3
sqlite3.connect("s.db").execute("PRAGMA user_version = 2")'
    exits 2 mismatch run "$config" --paths 1e9 --store s.db
    says "s.db: a store of version 2; this program reads version 1"
    : >empty.db
    exits 2 mismatch results empty.db
    says "an empty file"
    exits 0 mismatch run "$config" --paths 1000 --store empty.db -q
    [ "$(rows empty.db)" -eq 1 ]
    exits 6 mismatch results none.db
    says "none.db: can't be read: No such file or directory"
    exits 6 mismatch run "$config" --paths 1e9 --store none/s.db
    says "none/s.db: can't be written"
    exits 6 mismatch run "$config" --paths 1e9 --store .
    says ".: can't be written: Is a directory"
    exits 6 mismatch run "$config" --paths 1e9 --store /dev/null
    says "not a regular file"
}

@test "a damaged store" {
    for seed in 1 2 3; do exits 0 mismatch run "$config" --paths 1000 --seed $seed --store s.db -q; done
    size=$(stat -c %s s.db)
    cp s.db whole.db
    # the tables' own page
    printf 'xxxxxxxxxxxxxxxxxxxxxxxx' | dd of=s.db bs=1 seek=100 conv=notrunc status=none
    exits 2 mismatch run "$config" --paths 1e9 --store s.db
    says "s.db: damaged"
    # half of it
    head -c $((size / 2)) whole.db >half.db
    exits 2 mismatch results half.db --columns 'idle(alpha,north)'
    says "half.db"
    # the content of a row
    cp whole.db row.db
    "$PYTHON" -c '
import sqlite3
store = sqlite3.connect("row.db")
store.execute("UPDATE results SET document = zeroblob(100) WHERE id = 2")
store.commit()'
    exits 2 mismatch run "$config" --paths 1000 --seed 2 --store row.db
    says "row.db, result 2: damaged"
    exits 0 mismatch run "$config" --paths 1000 --seed 2 --store row.db -q --recompute
    exits 0 mismatch run "$config" --paths 1000 --seed 2 --store row.db -q
    # tallies that don't have the digest
    "$PYTHON" -c '
import sqlite3
store = sqlite3.connect("row.db")
store.execute("UPDATE results SET tallies = (SELECT tallies FROM results WHERE id = 3) WHERE id = 1")
store.commit()'
    exits 2 mismatch run "$config" --paths 1000 --seed 1 --store row.db
    says "row.db, result 1: damaged: the digest doesn't fit the tallies"
}

@test "a folder that can't be written to: no new results, but the old ones can be read" {
    mkdir shut
    exits 0 mismatch run "$config" --paths 1000 --store shut/s.db -q
    chmod 555 shut
    chmod 444 shut/s.db
    exits 6 bound "$MISMATCH" run "$config" --paths 1e9 --store shut/new.db
    says "shut/new.db: can't be written"
    exits 6 bound "$MISMATCH" run "$config" --paths 1e9 --store shut/s.db
    says "shut/s.db: can't be written: Permission denied"
    exits 0 bound "$MISMATCH" results shut/s.db --csv
    [ "$(wc -l <<<"$out")" -eq 2 ]
    exits 0 bound "$MISMATCH" merge shut/s.db -q
    chmod 644 shut/s.db
    exits 6 bound "$MISMATCH" run "$config" --paths 1000 --seed 2 --store shut/s.db
    says "shut/s.db: can't be written"
    chmod 755 shut
    sound shut/s.db
}

@test "a network file system: a warning and what to do instead" {
    cp "$SHIM" shim.so # a name without spaces, as LD_PRELOAD needs it
    exits 0 env LD_PRELOAD=./shim.so SHIM_FILE_SYSTEM=6969 "$MISMATCH" run "$config" --paths 1000 --store s.db --question idle-ever
    says "s.db lies on a network file system (NFS)"
    says "mismatch merge"
    [ "$(sql s.db 'PRAGMA journal_mode')" = delete ]
    exits 0 env LD_PRELOAD=./shim.so SHIM_FILE_SYSTEM=fe534d42 "$MISMATCH" run "$config" --paths 1000 --store t.db
    says "(SMB2)"
    exits 0 env LD_PRELOAD=./shim.so SHIM_FILE_SYSTEM=6969 "$MISMATCH" run "$config" --paths 1000 --store s.db -q
    silent
    exits 0 env LD_PRELOAD=./shim.so SHIM_FILE_SYSTEM=ef53 "$MISMATCH" run "$config" --paths 1000 --store u.db
    silent
}

@test "stores and files are put together" {
    exits 0 mismatch run "$config" --paths 3000 --output whole.json -q
    exits 0 mismatch run "$config" --paths 1000 --store a.db -q
    exits 0 mismatch run "$config" --first-path 1000 --paths 1000 --store b.db -q
    exits 0 mismatch run "$config" --first-path 2000 --paths 1000 --output c.json -q
    exits 0 mismatch run "$config" --seed 2 --paths 1000 --output other.json -q
    exits 0 mismatch merge a.db c.json b.db --output merged.json -q
    same_digest whole.json merged.json
    exits 0 mismatch merge a.db b.db c.json other.json --store all.db
    says "all.db: 4 results added, 0 there already"
    [ -z "$out" ]
    exits 0 mismatch merge b.db other.json --store all.db
    says "all.db: 0 results added, 2 there already"
    exits 2 mismatch merge all.db
    says "its seed is not that of the first"
    exits 0 mismatch results all.db --csv --columns seed,paths,digest
    [ "$out" = "seed,paths,digest
1,3000,$(digest whole.json)
2,1000,$(digest other.json)" ]
    exits 0 mismatch results all.db --pieces --csv --columns id,first_path
    [ "$(wc -l <<<"$out")" -eq 5 ]
    exits 0 mismatch run "$config" --paths 3000 --store all.db --output from-all.json
    says "nothing is simulated"
    same_digest whole.json from-all.json
    exits 2 mismatch merge a.db --store all.db --output x.json
    exits 0 mismatch run "$config" --paths 1000 --no-tallies --output bare.json -q
    exits 2 mismatch merge bare.json --store all.db
    says "bare.json: it has no tallies"
}

@test "results: what varies, and the answers" {
    for reserve in 0.05 0.1 0.2; do
        exits 0 mismatch run "$config" --paths 2000 --set firms.alpha.reserve=$reserve --store s.db -q
    done
    exits 0 mismatch results s.db
    [ "$(echo s.db*)" = s.db ]
    prints firms.alpha.reserve
    prints "idle-ever"
    prints "±"
    [[ $out != *"market.elasticity"* ]]
    exits 0 mismatch results s.db --csv
    [ "$(cut -d, -f1-6 <<<"${out%%$'\n'*}")" = "id,paths,seed,firms.alpha.reserve,idle-ever,idle-ever.se" ]
    [ "$(tail -n +2 <<<"$out" | cut -d, -f4 | sort | tr '\n' ' ')" = "0.05 0.1 0.2 " ]
    # the numbers are those of the runs
    exits 0 mismatch run "$config" --paths 2000 --set firms.alpha.reserve=0.1 --question idle-ever --question 'idle(alpha, south, old)'
    alone=$out
    exits 0 mismatch results s.db --csv --where 'firms.alpha.reserve >= 0.1' --where 'firms.alpha.reserve < 0.2' \
        --columns 'idle-ever, idle(alpha, south, old)'
    [ "$(head -1 <<<"$out")" = 'idle-ever,idle-ever.se,"idle(alpha,south,old)","idle(alpha,south,old).se"' ]
    "$PYTHON" - "$alone" "$(tail -1 <<<"$out")" <<'PY'
import sys
alone, listed = [float(x) for x in sys.argv[1].split()], [float(x) for x in sys.argv[2].split(",")]
assert abs(listed[0] - alone[0]) < 1e-12 and abs(listed[2] - alone[1]) < 1e-5 and listed[1] > 0, (alone, listed)
PY
    exits 0 mismatch results s.db --json --where 'idle-ever > 0.75'
    "$PYTHON" - "$BATS_TEST_TMPDIR/stdout" <<'PY'
import json, sys
listing = json.load(open(sys.argv[1]))
assert listing["schema_version"] == 1 and listing["store"] == "s.db"
runs = listing["runs"]
assert runs and all(run["answers"]["idle-ever"]["value"] > 0.75 for run in runs)
assert all(run["run"]["ranges"] == [[0, 2000]] and run["run"]["seed"] == 1 for run in runs)
PY
    exits 0 mismatch results s.db --where 'idle-ever > 2'
    says "no result fulfils"
    exits 0 mismatch results s.db --where 'seed >= 1' --where 'paths > 100' --csv
    [ "$(wc -l <<<"$out")" -eq 4 ]
}

@test "results: names that nobody knows" {
    exits 0 mismatch run "$config" --paths 1000 --store s.db -q
    exits 2 mismatch results s.db --where 'firms.alpha.reserv > 0.1'
    says "did you mean 'firms.alpha.reserve'?"
    exits 2 mismatch results s.db --where 'idle(alhpa) > 0.1'
    says "did you mean 'alpha'?"
    exits 2 mismatch results s.db --where 'idle(alpha > 0.1'
    says "column"
    exits 2 mismatch results s.db --where 'idle(alpha)'
    says "compares nothing"
    exits 2 mismatch results s.db --where 'seed = 1'
    says "'seed = 1', column 6: expected <, <=, > or >=, found '='"
    [[ $err != *"write for example"* ]]
    exits 2 mismatch results s.db --where 'idle(alpha) == 0.2'
    says "column 13: expected <, <=, > or >=, found '='"
    exits 2 mismatch results s.db --columns idle-evr
    says "idle-evr"
    exits 2 mismatch results
    exits 2 mismatch results s.db s.db
    exits 2 mismatch results s.db --json --csv
}

@test "an interrupted run goes on from its checkpoint, and is stored when it is done" {
    exits 0 mismatch run "$config" --paths 3000 --output whole.json -q
    exits 75 mismatch run "$config" --paths 3000 --batch 1000 --time-limit 0.001 --store s.db
    [ "$(rows s.db)" -eq 0 ]
    [ -n "$(ls "$XDG_STATE_HOME/mismatch")" ]
    exits 0 mismatch run "$config" --paths 3000 --store s.db --output r.json -q
    [ -z "$(ls "$XDG_STATE_HOME/mismatch")" ]
    same_digest whole.json r.json
    [ "$(rows s.db)" -eq 1 ]
}

@test "a run that ends by itself is found again" {
    exits 0 mismatch run "$config" --paths auto --max-paths 3e4 --store s.db --output a.json -q
    exits 0 mismatch run "$config" --paths auto --max-paths 3e4 --store s.db --output b.json
    says "nothing is simulated"
    same_digest a.json b.json
    exits 0 mismatch run "$config" --paths auto --max-paths 3e4 --output c.json -q
    same_digest a.json c.json
    # one of the same length is another run, until it has been made with `auto`
    exits 0 mismatch run "$config" --paths 2e4 --store s.db -q
    exits 0 mismatch run "$config" --paths auto --max-paths 2e4 --store s.db -q
    exits 0 mismatch run "$config" --paths auto --max-paths 2e4 --store s.db
    says "all 20,000 paths are in s.db"
    prints "With probability"
}

@test "nothing is made where the usage or the configuration is wrong" {
    exits 2 mismatch run "$config" --store s.db --set firms.alpha.reserve=x
    exits 2 mismatch run "$config" --store s.db --question nothing
    exits 2 mismatch run --from x.json --store s.db
    exits 2 mismatch run "$config" --sample-paths 2 --series gap --store s.db
    exits 2 mismatch run "$config" --store s.db --memory 10K
    [ ! -e s.db ] || [ "$(rows s.db)" -eq 0 ]
    exits 0 mismatch run "$config" --paths 1000 --store "a?b#c %41.db" -q
    [ "$(rows "a?b#c %41.db")" -eq 1 ]
}
