#!/usr/bin/env bats
# mismatch run --sampler sobol: the same bits however it is run, no bias, smaller errors, what it refuses.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

@test "threads, lanes and batches change no bit" {
    exits 0 mismatch run "$config" --sampler sobol --paths 3000 --threads 1 --output a.json -q
    exits 0 mismatch run "$config" --sampler sobol --paths 3000 --threads 2 --lanes 1 --output b.json -q
    exits 0 mismatch run "$config" --sampler sobol --paths 3000 --lanes 4 --batch 100 --output c.json -q
    same_digest a.json b.json c.json
    grep -q '"sampler": "sobol"' a.json
}

@test "shards merge to the whole, with its errors" {
    exits 0 mismatch run "$config" --sampler sobol --paths 3001 --output whole.json -q
    for i in 1 2 3; do
        exits 0 mismatch run "$config" --sampler sobol --paths 3001 --shard "$i/3" --output "$i.json" -q
    done
    exits 0 mismatch merge 3.json 1.json 2.json --output merged.json -q
    same_digest whole.json merged.json
    exits 0 diff <(sed '/^  "run"/,/^  },*$/d' whole.json) <(sed '/^  "run"/,/^  },*$/d' merged.json)
}

@test "an interrupted run goes on to the same bits, but not with another sampler" {
    exits 0 mismatch run "$config" --sampler sobol --paths 30000 --output whole.json -q
    exits 75 mismatch run "$config" --sampler sobol --paths 30000 --batch 2000 --time-limit 0.001 --output r.json -q
    exits 2 mismatch run "$config" --paths 30000 --output r.json -q
    says "another sampler"
    exits 0 mismatch run "$config" --sampler sobol --paths 30000 --output r.json -q
    same_digest whole.json r.json
}

@test "--from repeats it" {
    exits 0 mismatch run "$config" --sampler sobol --paths 1000 --output a.json -q
    exits 0 mismatch run --from a.json --output b.json
    says "the digest is that of a.json"
}

# VALUE and its error, of the months of shortage.
months_short() {
    tr -d ' \n' <"$1" | sed -E 's/.*"shortage_months":\{"value":([0-9.e+-]+),"se":([0-9.e+-]+),.*/\1 \2/'
}

@test "no bias, and a smaller error, than independent paths" {
    exits 0 mismatch run "$SOURCE_DIR/configs/ai-2026.yaml" --paths 16384 --no-tallies --output plain.json -q
    exits 0 mismatch run "$SOURCE_DIR/configs/ai-2026.yaml" --paths 16384 --no-tallies --sampler sobol --output sobol.json -q
    # shellcheck disable=SC2016  # the fields are awk's
    exits 0 awk '{
        z = ($1 - $3) / sqrt($2 * $2 + $4 * $4)
        print "z", z, "variance ratio", ($2 / $4) ^ 2
        exit !(z < 3.5 && z > -3.5 && 2 * $4 * $4 < $2 * $2 && $4 > 0)
    }' <(echo "$(months_short plain.json) $(months_short sobol.json)")
    grep -q '"variance_ratio"' sobol.json
    run grep -q '"variance_ratio"' plain.json
    [ "$status" -eq 1 ]
}

@test "what can't be is refused" {
    exits 2 mismatch run "$config" --sampler halton --paths 1000
    says "sampler 'halton': philox and sobol are allowed"
    exits 2 mismatch run "$config" --sampler sobol --backend opencl --paths 1000
    says "on the cores alone"
    exits 2 mismatch run "$config" --sampler sobol --device gpu --paths 1000
    says "on the cores alone"
    exits 2 mismatch run "$config" --sampler sobol --store s.db --paths 1000
    says "can't go with --store"
    exits 0 mismatch run "$config" --sampler philox --paths 1000 --output p.json -q
    exits 0 mismatch run "$config" --sampler sobol --paths 1000 --output s.json -q
    exits 2 mismatch merge p.json s.json
    says "its sampler is not that of the first"
}
