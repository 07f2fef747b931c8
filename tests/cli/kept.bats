#!/usr/bin/env bats
# --store of the studies: each run of compare and reverse is a row, and none is simulated twice.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

overlays() {
    echo 'inference: {price_response: {elasticity: 0.9}}' >elastic.yaml
    printf 'firms:\n  - {name: alpha, inference: 200}\n' >busy.yaml
    three=("$config" --overlay elastic.yaml --overlay busy.yaml --paths 1000)
}

small() {
    cp "$SOURCE_DIR/tests/data/lognormal.yaml" small.yaml
    target=(small.yaml --target 'p(short) >= 0.6' --paths 2000)
}

all() { # all STORE: its rows, with when and as what they were put in
    sql "$1" 'SELECT id, sha256, seed, ranges, digest, created FROM results ORDER BY id'
}

# Simulating needs more memory than 10K, so that only what is there can be answered.
nothing_to_simulate=(--memory 10K)

@test "compare: a row for each scenario, the answers are those without a store, and nothing is simulated twice" {
    overlays
    exits 0 mismatch compare "${three[@]}" --json
    cp "$BATS_TEST_TMPDIR/stdout" without.json
    exits 0 mismatch compare "${three[@]}" --json --store s.db
    silent
    diff "$BATS_TEST_TMPDIR/stdout" without.json
    [ "$(all s.db | wc -l)" -eq 3 ]
    [ "$(sql s.db 'SELECT count(DISTINCT sha256) FROM results')" -eq 3 ]
    [ "$(sql s.db 'SELECT DISTINCT ranges FROM results')" = "[[0,1000]]" ]
    sound s.db
    before=$(all s.db)
    exits 2 mismatch compare "${three[@]}" "${nothing_to_simulate[@]}"
    says "10.0 KiB are allowed"
    exits 0 mismatch compare "${three[@]}" --json --store s.db "${nothing_to_simulate[@]}"
    says "3 of 3 runs were in s.db: they are not simulated again"
    diff "$BATS_TEST_TMPDIR/stdout" without.json
    [ "$(all s.db)" = "$before" ]
    # another scenario beside them is simulated alone
    echo 'market: {elasticity: 1.7}' >market.yaml
    exits 0 mismatch compare "${three[@]}" --overlay market.yaml --store s.db -q -o m.json
    silent
    [ "$(all s.db | head -3)" = "$before" ]
    [ "$(all s.db | wc -l)" -eq 4 ]
    exits 0 mismatch results s.db
    prints "market.elasticity"
}

@test "compare: the rows are results like others, and a store that they are merged into knows them" {
    overlays
    exits 0 mismatch compare "${three[@]}" --json --store s.db
    cp "$BATS_TEST_TMPDIR/stdout" whole.json
    exits 0 mismatch merge s.db --store all.db -q
    [ "$(sql all.db 'SELECT sha256, digest FROM results ORDER BY sha256')" = \
        "$(sql s.db 'SELECT sha256, digest FROM results ORDER BY sha256')" ]
    exits 0 mismatch compare "${three[@]}" --json --store all.db "${nothing_to_simulate[@]}"
    says "3 of 3 runs were in all.db"
    diff "$BATS_TEST_TMPDIR/stdout" whole.json
}

@test "compare: other paths, seeds and answers are simulated; the answers of one run gather in its row" {
    overlays
    one=("$config" --overlay busy.yaml --paths 1000 --csv)
    exits 0 mismatch compare "${one[@]}" --store s.db --question 'quantile(spare-fan, 0.5, 2030-12)'
    [ "$(all s.db | wc -l)" -eq 2 ]
    exits 0 mismatch compare "${one[@]}" --question 'quantile(spare-fan, 0.9, 2030-12)'
    cp "$BATS_TEST_TMPDIR/stdout" high.csv
    exits 0 mismatch compare "${one[@]}" --store s.db --question 'quantile(spare-fan, 0.9, 2030-12)'
    silent # the same run, but not what it was without each piece
    diff "$BATS_TEST_TMPDIR/stdout" high.csv
    [ "$(all s.db | wc -l)" -eq 2 ]
    for level in 0.5 0.9; do
        exits 0 mismatch compare "${one[@]}" --store s.db --question "quantile(spare-fan, $level, 2030-12)" \
            "${nothing_to_simulate[@]}"
        says "2 of 2 runs were in s.db"
    done
    exits 0 mismatch compare "${one[@]}" --store s.db --question 'quantile(spare-fan, 0.5, 2030-12)' --seed 2
    exits 0 mismatch compare "$config" --overlay busy.yaml --paths 1500 --store s.db -q -o longer.json \
        --question 'quantile(spare-fan, 0.5, 2030-12)'
    [ "$(all s.db | wc -l)" -eq 6 ]
}

@test "--recompute simulates and replaces; a run that comes out otherwise is told, exit 7" {
    overlays
    exits 0 mismatch compare "${three[@]}" --store s.db -q -o c.json
    before=$(all s.db | cut -d'|' -f1)
    exits 0 mismatch compare "${three[@]}" --store s.db -q -o c.json --force --recompute
    silent
    after=$(all s.db | cut -d'|' -f1)
    [ "$(wc -l <<<"$after")" -eq 3 ]
    [ "$after" != "$before" ]
    "$PYTHON" - <<'PY'
import sqlite3
store = sqlite3.connect("s.db")
store.execute("UPDATE results SET digest = ? WHERE id = (SELECT max(id) FROM results)", ("0" * 64,))
store.commit()
PY
    exits 7 mismatch compare "${three[@]}" --store s.db -q -o c.json --force --recompute
    says "s.db held 1 run with another digest; they are replaced"
    exits 2 mismatch compare "${three[@]}" --recompute
    says "--recompute goes with --store"
    exits 2 mismatch reverse small.yaml --target 'p(short) > 0.5' --recompute
    says "--recompute goes with --store"
}

@test "compare: stopped, the same command goes on from the store" {
    overlays
    exits 0 mismatch compare "${three[@]}" --json
    cp "$BATS_TEST_TMPDIR/stdout" whole.json
    for n in 1 2; do
        exits 75 mismatch compare "${three[@]}" --json --store s.db --time-limit 0.0001
        says "the same command goes on from s.db"
        [ "$(all s.db | wc -l)" -eq $n ]
    done
    exits 0 mismatch compare "${three[@]}" --json --store s.db
    says "2 of 3 runs were in s.db"
    diff "$BATS_TEST_TMPDIR/stdout" whole.json
}

@test "compare: the readings of a pattern take no runs of their own" {
    baseline=$SOURCE_DIR/configs/ai-2026.yaml
    competitor=$SOURCE_DIR/configs/competitor.yaml
    set -- compare "$baseline" --overlay "$competitor" --paths 200 --json --question 'p(glut by 2028-12)' \
        --question "$(mismatch compare "$baseline" --overlay "$competitor" --paths 40 --csv | sed -nE 's/^"?(move\([^)]*\))"?,.*/\1/p' | head -n 1)"
    exits 0 mismatch "$@"
    cp "$BATS_TEST_TMPDIR/stdout" whole.json
    grep -q '"move(' whole.json
    exits 0 mismatch "$@" --store s.db
    diff "$BATS_TEST_TMPDIR/stdout" whole.json
    # so both are the same run
    [ "$(all s.db | wc -l)" -eq 1 ]
    exits 0 mismatch "$@" --store s.db "${nothing_to_simulate[@]}"
    diff "$BATS_TEST_TMPDIR/stdout" whole.json
}

@test "reverse: a row for each point, found again; what was taken out is simulated alone" {
    small
    exits 0 mismatch reverse "${target[@]}" --json
    cp "$BATS_TEST_TMPDIR/stdout" without.json
    exits 0 mismatch reverse "${target[@]}" --json --store s.db
    silent
    diff "$BATS_TEST_TMPDIR/stdout" without.json
    n=$(all s.db | wc -l)
    [ "$n" -gt 20 ]
    [ "$(sql s.db 'SELECT DISTINCT seed || ranges FROM results ORDER BY 1')" = "1[[0,2000]]
2[[0,4000]]
3[[0,4000]]" ] # the search, and the fresh seeds that confirm it
    before=$(all s.db)
    exits 0 mismatch reverse "${target[@]}" --json --store s.db "${nothing_to_simulate[@]}"
    says "$n of $n runs were in s.db"
    diff "$BATS_TEST_TMPDIR/stdout" without.json
    [ "$(all s.db)" = "$before" ]
    "$PYTHON" -c 'import sqlite3; s = sqlite3.connect("s.db"); s.execute("DELETE FROM results WHERE id % 3 = 0"); s.commit()'
    left=$(all s.db)
    exits 0 mismatch reverse "${target[@]}" --json --store s.db
    says "$(wc -l <<<"$left") of $n runs were in s.db"
    diff "$BATS_TEST_TMPDIR/stdout" without.json
    [ -z "$(comm -23 <(sort <<<"$left") <(all s.db | sort))" ]
    [ "$(all s.db | wc -l)" -eq "$n" ]
}

@test "reverse: a run of the shell's that asks the same is a point that is there" {
    small
    exits 0 mismatch reverse "${target[@]}" --store s.db -q -o r.json
    sql s.db 'SELECT effective FROM configurations c JOIN results r ON r.sha256 = c.sha256 WHERE r.id = 1' >one.yaml
    [ -s one.yaml ]
    # in two pieces, which add up to it
    for shard in 1/2 2/2; do
        exits 0 mismatch run one.yaml --paths 2000 --shard $shard --store pieces.db -q
    done
    [ "$(sql pieces.db 'SELECT DISTINCT sha256 FROM results')" = "$(sql s.db 'SELECT sha256 FROM results WHERE id = 1')" ]
    exits 75 mismatch reverse "${target[@]}" --store pieces.db --time-limit 0.0001 --threads 1
    # the first point was found, so the first one that was simulated is the second
    [ "$(all pieces.db | wc -l)" -eq 3 ]
    [ "$(sql pieces.db 'SELECT sha256 FROM results WHERE id = 3')" = "$(sql s.db 'SELECT sha256 FROM results WHERE id = 2')" ]
}

@test "a full disk ends it: exit 6, and what is stored is whole" {
    small
    cp "$SHIM" shim.so # a name without spaces, as LD_PRELOAD needs it
    exits 0 mismatch reverse "${target[@]}" --json
    cp "$BATS_TEST_TMPDIR/stdout" whole.json
    exits 6 env LD_PRELOAD=./shim.so SHIM_DISK_BYTES=150000 "$MISMATCH" reverse "${target[@]}" --store s.db
    says "s.db: can't be written: No space left on device"
    sound s.db
    exits 0 mismatch reverse "${target[@]}" --json --store s.db
    diff "$BATS_TEST_TMPDIR/stdout" whole.json
}
