#!/usr/bin/env bats
# Choosing a backend and devices. What needs a device is skipped where OpenCL shows none.
# shellcheck disable=SC2154  # common.bash sets the variables
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
