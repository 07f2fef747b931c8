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
