#!/usr/bin/env bash
# Do the closed forms notice small mutations of the model's equations? tests/mutants/kernels.txt lists them.
#   mutants.sh [BUILD [N...]]         default: build/release, all; "short": a few of them
# A copy of kernels/ gets all of them, each under MISMATCH_MUTANT == N; tests/mutants/mutant.c is compiled against it and
# linked into the closed-form tests in the place of the library's kernels, which then run MISMATCH_TEST_PATHS paths
# (150,000 when unset). N = 0, without a mutation, must pass. Exit 1: one was not noticed. 77: nothing to link with.
set -u
tree=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P) || exit 1
build=$(CDPATH='' cd -- "${1:-$tree/build/release}" && pwd -P) || exit 1
shift $(($# < 1 ? $# : 1))
export MISMATCH_TEST_PATHS=${MISMATCH_TEST_PATHS:-150000} OCL_ICD_VENDORS=$build/none CMOCKA_MESSAGE_OUTPUT=TAP
export SOURCE_DIR=$tree BUILD_DIR=$build MISMATCH=$build/mismatch OMP_WAIT_POLICY=passive
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
list=$tree/tests/mutants/kernels.txt

# The list as lines: number, short or long, file, tests, what, old piece, new piece; by tabs.
awk -F ' [|] ' -v OFS='\t' '
    /^#/ || /^$/ { next }
    /^- / { old = substr($0, 3); next }
    /^[+] / { print ++n, short, file, tests, what, old, substr($0, 3); next }
    { short = sub(/^[*]/, "", $1) ? "short" : "long"; file = $1; tests = $2; what = $3 }' "$list" >"$work/list" || exit 1

# Each mutated line of the copy becomes #if MISMATCH_MUTANT == N, the mutation, #elif ..., #else, the line, #endif.
mkdir "$work/kernels" || exit 1
for file in "$tree"/kernels/*.h; do
    name=${file##*/}
    awk -F '\t' -v name="$name" '
        NR == FNR { if ($3 == name) { number[++n] = $1; old[n] = $6; new[n] = $7 } next }
        {
            any = 0
            for (i = 1; i <= n; i++)
                if ((at = index($0, old[i])) > 0) {
                    print (any++ ? "#elif" : "#if") " MISMATCH_MUTANT == " number[i]
                    print substr($0, 1, at - 1) new[i] substr($0, at + length(old[i]))
                    seen[i]++
                }
            if (any) print "#else"
            print
            if (any) print "#endif"
        }
        END {
            for (i = 1; i <= n; i++)
                if (seen[i] != 1) {
                    print "mutation " number[i] ": its piece of " name " is there " seen[i] + 0 " times" >"/dev/stderr"
                    bad = 1
                }
            exit bad
        }' "$work/list" "$file" >"$work/kernels/$name" || exit 1
done

width=4 wide=()
if grep -qw avx2 /proc/cpuinfo 2>/dev/null; then
    width=8 wide=(-march=x86-64-v3)
fi

compile() { # compile N
    "${CC:-gcc}" -std=c11 -O1 -fPIC -ffp-contract=off -fno-math-errno -fopenmp -w "${wide[@]}" "-DMM_LANES=$width" \
        "-DMISMATCH_MUTANT=$1" -D_GNU_SOURCE "-I$work" "-I$tree/include" "-I$tree" "-I$build/generated" \
        -c "$tree/tests/mutants/mutant.c" -o "$work/mutant.o"
}

# run TEST: its failed cases to $work/failed; 0 when all passed, 1 when some failed, 2 when it could not be linked
run() {
    local test=test_closed_$1 command from=$build/tests made
    made=$test
    if [ -f "$build/build.ninja" ]; then
        from=$build made=tests/$test
        command=$(ninja -C "$build" -t commands "$made" | tail -n 1) || return 2
    else
        command=$(cat "$from/CMakeFiles/$test.dir/link.txt") || return 2
    fi
    # the mutant's object stands before the libraries
    command=${command/ -o $made / "'$work/mutant.o'" -o "'$work/test'" }
    (cd "$from" && eval "$command") >"$work/link.log" 2>&1 || { cat "$work/link.log" >&2; return 2; }
    mkdir -p "$work/at" && (cd "$work/at" && timeout 300 "$work/test") >"$work/out" 2>&1
    local status=$?
    sed -n 's/^not ok [0-9]* - //p' "$work/out" | paste -sd ' ' >"$work/failed"
    [ $status -eq 0 ] && return 0
    [ -s "$work/failed" ] || echo "exit $status" >"$work/failed"
    return 1
}

if [ ! -x "$build/tests/test_closed_slips" ]; then
    echo "$build is not a build with its tests"
    exit 77
fi
all=()
for file in "$tree"/tests/unit/test_closed_*.c; do
    name=${file##*/test_closed_}
    all+=("${name%.c}")
done

asked=" $* "
[ "$asked" != "  " ] || asked=' all '
first=()
while IFS=$'\t' read -r number short _ tests _; do
    case $asked in *" all "* | *" $short "* | *" $number "*) IFS=', ' read -r -a names <<<"$tests" && first+=("${names[@]}") ;; esac
done <"$work/list"
compile 0 || exit 1
mapfile -t first < <(printf '%s\n' "${first[@]}" | sort -u)
for test in "${first[@]}"; do
    run "$test" || { echo "without a mutation: $test fails: $(cat "$work/failed")"; exit 1; }
done
echo "without a mutation: ${first[*]} pass at $MISMATCH_TEST_PATHS paths"

tried=0 missed=0
while IFS=$'\t' read -r number short file tests what _; do
    case $asked in *" all "* | *" $short "* | *" $number "*) ;; *) continue ;; esac
    compile "$number" || { echo "mutation $number does not compile"; exit 1; }
    tried=$((tried + 1)) noticed=
    IFS=', ' read -r -a names <<<"$tests"
    for test in "${names[@]}" "${all[@]}"; do
        run "$test"
        case $? in
        1) noticed="$test: $(cat "$work/failed")" && break ;;
        2) exit 1 ;;
        esac
    done
    [ -n "$noticed" ] || missed=$((missed + 1))
    printf '%2d %s: %s\n   %s\n' "$number" "$file" "$what" "${noticed:-NOT NOTICED by any closed form}"
done <"$work/list"
echo "$tried mutations, $missed not noticed, $SECONDS s"
[ $missed -eq 0 ]
