#!/usr/bin/env bats
# Choosing a backend and devices. What needs a device is skipped where OpenCL shows none.
# shellcheck disable=SC2030,SC2031,SC2154  # each test is a process of its own; common.bash sets the variables
load common

# Simulates on a device, quietly; skips the test where there is none.
need_device() {
    exits 0 mismatch run "$config" --paths 1 --backend opencl -q --question idle-ever ||
        exits 4 mismatch run "$config" --paths 1 --backend opencl -q --question idle-ever || return 1
    [ -n "$out" ] || skip "OpenCL shows no device that can be used"
}

@test "a backend that does not exist" {
    exits 2 mismatch run "$config" --backend opncl
    says "auto, openmp and opencl are allowed; did you mean 'opencl'?"
    [ -z "$out" ]
}

@test "a device that is not there ends the run, whatever the backend" {
    exits 4 mismatch run "$config" --paths 10 --device no-such-device
    says "device 'no-such-device' is not here"
    exits 4 mismatch run "$config" --paths 10 --backend opencl --device 99
    says "device '99' is not here"
    [ -z "$out" ]
}

@test "a device of OpenCL does not go with the backend openmp" {
    exits 2 mismatch run "$config" --paths 10 --backend openmp --device gpu
    says "device 'gpu' belongs to the backend opencl"
    exits 0 mismatch run "$config" --paths 10 --backend openmp --device openmp -q
}

@test "no vendor file: auto takes the cores, opencl says what is missing" {
    export OCL_ICD_VENDORS=$PWD/none
    exits 0 mismatch run "$config" --paths 10 -q
    silent
    exits 0 mismatch run "$config" --paths 10 -v
    says "simulating on this machine's cores (OpenMP): no GPU was found"
    exits 4 mismatch run "$config" --paths 10 --backend opencl
    says "OpenCL has no device here that can be used"
    [ -z "$out" ]
}

@test "the same bits on a device, and on a device and the cores at once" {
    need_device
    exits 0 mismatch run "$config" --paths 2000 -q -o cores.json --backend openmp
    exits 0 mismatch run "$config" --paths 2000 -q -o device.json --backend opencl
    exits 0 mismatch run "$config" --paths 2000 -q -o both.json --device 0 --device openmp --device 0
    same_digest cores.json device.json both.json
    grep -q '"backend": "opencl"' device.json
    grep -q '"backend": "several"' both.json
}

@test "an interrupted run goes on with another backend" {
    need_device
    exits 0 mismatch run "$config" --paths 5000 -q -o whole.json
    exits 75 mismatch run "$config" --paths 5000 -q -o part.json --backend opencl --batch 1000 --time-limit 0.0001
    [ -e part.json.checkpoint ]
    exits 0 mismatch run "$config" --paths 5000 -q -o part.json --backend openmp
    same_digest whole.json part.json
}

@test "devices: the cores, what auto would take, and what stands in the way" {
    exits 0 mismatch devices
    prints "openmp: "
    prints "auto: simulating on "
    export OCL_ICD_VENDORS=$PWD/none
    exits 0 mismatch devices
    prints "auto: simulating on this machine's cores (OpenMP): no GPU was found"
    prints "problem: "
    exits 0 mismatch devices --json
    "$PYTHON" - "$BATS_TEST_TMPDIR/stdout" <<'END'
import json, sys
page = json.load(open(sys.argv[1]))
assert page["schema_version"] == 1 and page["devices"] == [] and len(page["problems"]) == 1
assert page["openmp"]["cores"] >= 1 and page["openmp"]["lanes"] in (1, 4, 8, 16)
END
    exits 2 mismatch devices gpu
    says "'gpu' can't follow it"
}

@test "devices: each with its single precision" {
    need_device
    exits 0 mismatch devices --json
    "$PYTHON" - "$BATS_TEST_TMPDIR/stdout" <<'END'
import json, sys
for place, device in enumerate(json.load(open(sys.argv[1]))["devices"]):
    assert device["index"] == place and device["name"] and device["driver"] and device["units"] >= 1
    assert device["type"] in ("gpu", "cpu", "accelerator", "other") and device["memory"] > 0
    if device["usable"]:
        assert device["single_precision"]["rounds_to_nearest"] and device["single_precision"]["denormals"]
END
    exits 0 mismatch devices
    prints "single precision: "
}

@test "PoCL without a folder for its cache" {
    need_device
    mismatch devices | grep -q 'Portable Computing Language' || skip "the device is not PoCL"
    export HOME=/dev/null/home XDG_CACHE_HOME=/dev/null/cache
    unset POCL_CACHE_DIR
    exits 0 mismatch devices
    prints "set POCL_CACHE_DIR to a folder that can be written"
    exits 4 mismatch run "$config" --paths 10 --backend opencl
    says "set POCL_CACHE_DIR"
    # and with one: our own cache can't be written either, which does no harm
    export POCL_CACHE_DIR=$BATS_TEST_TMPDIR/pocl
    exits 0 mismatch run "$config" --paths 10 --backend opencl -q
    silent
}

@test "the self-test passes, and says so" {
    exits 0 mismatch selftest --device openmp
    prints "digest of 49 paths, 4 lanes"
    prints ", 0 differ"
    exits 4 mismatch selftest --device no-such-device
    exits 2 mismatch selftest --lanes 3
    exits 2 mismatch selftest gpu
    need_device
    exits 0 mismatch selftest --device 0 --json
    "$PYTHON" - "$BATS_TEST_TMPDIR/stdout" <<'END'
import json, sys
page = json.load(open(sys.argv[1]))
names = [check["check"] for check in page["checks"]]
assert page["passed"] and len(names) == len(set(names)) == 21 and all(check["passed"] for check in page["checks"])
assert "philox known answer" in names and "sizes of records" in names and "digest of 1 path" in names
END
}

@test "studies on a device: the answers of the cores" {
    local study
    need_device
    printf 'slips: {power: {median: 5}}\n' >other.yaml
    for study in "sensitivity --on idle-ever --paths 100" "compare --overlay other.yaml --paths 100" \
        "run --over-ranges 20 --paths 100 --no-tallies"; do
        # shellcheck disable=SC2086  # words
        exits 0 mismatch $study "$config" -q --device openmp -o cores.json --force
        # shellcheck disable=SC2086
        exits 0 mismatch $study "$config" -q --device 0 -o device.json --force
        "$PYTHON" - cores.json device.json <<'END'
import json, sys
cores, device = (json.load(open(name)) for name in sys.argv[1:])
parts = [part for part in ("answers", "ranges") if part in cores]
assert parts and all(cores[part] and cores[part] == device[part] for part in parts)
END
    done
}

@test "reverse on a device: what the cores find" {
    need_device
    local lognormal=$SOURCE_DIR/tests/data/lognormal.yaml
    exits 0 mismatch reverse "$lognormal" --target 'p(short) >= 0.6' --paths 2000 -q --device openmp -o cores.json
    exits 0 mismatch reverse "$lognormal" --target 'p(short) >= 0.6' --paths 2000 -q --device 0 -o device.json
    "$PYTHON" - cores.json device.json <<'END'
import json, sys
cores, device = (json.load(open(name)) for name in sys.argv[1:])
differ = [key for key in cores if key != "run" and cores[key] != device[key]]
assert not differ and cores["alone"] and cores["joint"], differ
END
}

# For tests on the same kernels: what one has compiled serves the others.
keep_programs() {
    export XDG_CACHE_HOME=$BATS_FILE_TMPDIR/cache
}

has_rows() {
    [ -e "$1" ] && [ "$(mismatch results "$1" --csv --columns digest 2>/dev/null | wc -l)" -gt 1 ]
}

# digests STORE: one line for each run that it holds, by configuration
digests() {
    mismatch results "$1" --columns sha256,paths,digest --csv | sort
}

@test "points that share launches on a device: the digests of the cores, whatever their shapes and wherever they start" {
    keep_programs
    need_device
    # Two shapes (the horizons), a point that is no configuration, and a pack that is not full at the end.
    local config=$SOURCE_DIR/tests/data/lognormal.yaml
    local sweep=(sweep "$config" --vary "time.months=1,3" --vary "firms.a.inference=80,100,110,-1" --paths 150 -q)
    exits 8 mismatch "${sweep[@]}" --device openmp --store cores.db
    [ "$(digests cores.db | wc -l)" -eq 7 ]
    for pack in 1 3 8; do
        exits 8 mismatch "${sweep[@]}" --device 0 --pack "$pack" --store "device$pack.db"
        says "firms.a.inference"
        cmp <(digests cores.db) <(digests "device$pack.db")
    done
    # Single lanes, as on GPUs: a work-group belongs to one point.
    exits 8 mismatch "${sweep[@]}" --device 0 --pack 3 --lanes 1 --store single.db
    cmp <(digests cores.db) <(digests single.db)
    # One point is there, another one in part: the rest is done, and all have the digest of the whole.
    exits 0 mismatch run "$config" --set time.months=3 --set firms.a.inference=100 --paths 150 --store part.db -q --device 0
    exits 0 mismatch run "$config" --set time.months=1 --set firms.a.inference=80 --paths 70 --store part.db -q --device 0
    exits 8 mismatch "${sweep[@]}" --device 0 --pack 8 --store part.db
    exits 0 mismatch results part.db --csv --columns sha256,paths
    [ "$(grep -c ',150$' <<<"$out")" -eq 6 ]
    mismatch sweep "$config" --vary time.months=1,3 --vary firms.a.inference=80,100,110 --paths 150 -q --csv --store part.db \
        --columns digest >part.csv
    mismatch sweep "$config" --vary time.months=1,3 --vary firms.a.inference=80,100,110 --paths 150 -q --csv --store cores.db \
        --columns digest >cores.csv
    cmp part.csv cores.csv
    # Interrupted, the same command goes on; --recompute shares launches too.
    exits 75 mismatch "${sweep[@]}" --paths 100000000 --device 0 --pack 8 --store stopped.db --time-limit 0.5
    exits 8 mismatch "${sweep[@]}" --device 0 --pack 8 --store device8.db --recompute
    cmp <(digests cores.db) <(digests device8.db)
    exits 2 mismatch "${sweep[@]}" --device 0 --pack 257 --store none.db
    says "pack: 1 to 256 are allowed"
    [ ! -e none.db ]
}

# shared POINTS PACKS: what the last sweep said, with -v
shared() {
    says "$1 points shared the launches of $2 pack"
}

@test "points share launches whatever their order: shapes that take turns fill as few packs as can be" {
    keep_programs
    need_device
    local config=$SOURCE_DIR/tests/data/lognormal.yaml pack points packs
    # every second point has the other shape, six of each
    local sweep=(sweep "$config" --vary "firms.a.inference=80,85,90,95,100,105" --vary "time.months=1,3" --paths 150)
    exits 0 mismatch "${sweep[@]}" --device openmp --store cores.db -q
    while read -r pack points packs; do
        exits 0 mismatch "${sweep[@]}" --device 0 --pack "$pack" --jobs 1 -v --store "$pack.db"
        shared "$points" "$packs"
        cmp <(digests cores.db) <(digests "$pack.db")
    done <<<'2 12 6
3 12 4
4 12 4
5 10 2
6 12 2
12 12 2'
    # five shapes are one more than may take turns in full packs
    exits 0 mismatch sweep "$config" --vary "firms.a.inference=80,90,100,110" --vary "time.months=1,2,3,4,5" --paths 50 \
        --device 0 --pack 4 --jobs 1 -v --store five.db
    says " points shared the launches of "
    exits 0 mismatch results five.db --csv --columns sha256
    [ "$(sort -u <<<"$out" | wc -l)" -eq 21 ]
    # two workers: each is left something, and what they make is the same
    exits 0 mismatch "${sweep[@]}" --device 0 --pack 3 --jobs 2 --store two.db -q
    cmp <(digests cores.db) <(digests two.db)
    # a point that is there twice is simulated once, and one that the store holds not at all
    exits 0 mismatch sweep "$config" --vary "firms.a.inference=80,85,85,80" --vary "time.months=1,3" --paths 150 \
        --device 0 --pack 3 --jobs 1 --store twice.db
    says "4 of 8 points were in twice.db"
    exits 0 mismatch "${sweep[@]}" --device 0 --pack 4 --jobs 1 -v --store twice.db
    says "4 of 12 points were in twice.db"
    shared 8 2
    cmp <(digests cores.db) <(digests twice.db)
}

@test "a sweep whose points wait for others is killed: the same command goes on, and nothing is done again" {
    keep_programs
    need_device
    local config=$SOURCE_DIR/tests/data/lognormal.yaml there
    local sweep=(sweep "$config" --vary "firms.a.inference=80:110:12" --vary "time.months=1,3" --paths 40000)
    exits 0 mismatch "${sweep[@]}" --device openmp --store cores.db -q
    "$MISMATCH" "${sweep[@]}" --device 0 --pack 4 --jobs 1 --store s.db -q 3>&- &
    until_there 60 has_rows s.db
    kill -KILL $! || true
    wait $! || true
    there=$(digests s.db | wc -l)
    exits 0 mismatch "${sweep[@]}" --device 0 --pack 4 --jobs 1 --store s.db
    says "$((there - 1)) of 24 points were in s.db"
    sound s.db
    cmp <(digests cores.db) <(digests s.db)
}

@test "studies refuse backends and devices that are not there" {
    exits 2 mismatch sensitivity "$config" --on idle-ever --backend opncl
    says "did you mean 'opencl'?"
    exits 4 mismatch sensitivity "$config" --on idle-ever --device no-such-device --paths 100
    says "device 'no-such-device' is not here"
    exits 4 mismatch compare "$config" --overlay "$config" --device no-such-device --paths 100
    exits 4 mismatch run "$config" --over-ranges 20 --device no-such-device --paths 100
    [ -z "$out" ]
}

@test "selftest --full holds a device to the known answers, and to the digests of the cores" {
    need_device
    exits 0 mismatch selftest --full --paths 4000 --seed 3 --device openmp --device 0 --json
    "$PYTHON" - "$BATS_TEST_TMPDIR/stdout" <<'END'
import json, sys
page = json.load(open(sys.argv[1]))
cores, device = ([a["obtained"] for a in page["answers"] if a["backend"] == b] for b in ("openmp", "0"))
assert page["passed"] and page["same_digests"] and len(cores) == 47 and cores == device
END
}
