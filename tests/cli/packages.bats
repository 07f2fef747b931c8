#!/usr/bin/env bats
# What cmake/packages.sh makes of lists; nothing is installed.

@test "an optional list gets what can be had, says what is left out, and never fails" {
    touch numpy # a probe looks for a file of its name here
    run bash -c '
        set -u
        . "$SOURCE_DIR/cmake/packages.sh"
        have() { [ -e "$2" ]; }
        install_missing() {
            echo "asked for $1: $needs_one"
            case $needs_one in *openturns*) echo "no such package" >&2; return 2 ;; *numba*) touch numba ;; esac
        }
        needs_bench="
python3-numpy     | py numpy     | there already
python3-openturns | py openturns | not in this system
python3-numba     | py numba     | can be had
quantlib-python   | py QuantLib  | says that it was installed, and is not there
"
        install_optional bench'
    [ "$status" -eq 0 ]
    [[ $output != *"numpy"* ]]
    [[ $output == *"asked for one: python3-numba"* ]]
    [ "$(grep '^left out' <<<"$output")" = "left out: python3-openturns, not in this system
left out: quantlib-python, says that it was installed, and is not there" ]
}

@test "every row of every list names a package, a way to look for it and what it is for" {
    run bash -c '
        . "$SOURCE_DIR/cmake/packages.sh"
        for table in ${!needs_*}; do grep -v "^$" <<<"${!table}" | grep -vE "^@?[a-z0-9.+-]+ *\| [a-z]+ *[^|]*[^| ] *\| [^|]+$"; done'
    [ -z "$output" ]
}
