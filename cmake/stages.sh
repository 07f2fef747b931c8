# shellcheck shell=bash
# The stages of ./check. Sourced, not run. Each stage writes build/logs/NAME.log; exit 77 is a skip, whose reason is
# the last line of the log.

names=() seconds=() passes=() failures=() skips=()

# record NAME SECONDS PASSED FAILED SKIPPED
record() {
    names+=("$1") seconds+=("$2") passes+=("$3") failures+=("$4") skips+=("$5")
    local verdict=passed
    [ "$3" -eq 0 ] && verdict=skipped
    [ "$4" -gt 0 ] && verdict=FAILED
    printf '%-20s %s (%s s)\n' "$1" "$verdict" "$2"
}

# stage NAME COMMAND...: one thing that passes, fails or is skipped
stage() {
    local name=$1 log=build/logs/${1// /-}.log start=$SECONDS status
    shift
    ("$@") >"$log" 2>&1 </dev/null
    status=$?
    case $status in
    0) record "$name" $((SECONDS - start)) 1 0 0 ;;
    77)
        record "$name" $((SECONDS - start)) 0 0 1
        tail -n 1 "$log" | sed 's/^/    /'
        ;;
    *)
        record "$name" $((SECONDS - start)) 0 1 0
        tail -n 40 "$log" | sed 's/^/    /'
        echo "    (all of it: $log)"
        ;;
    esac
    return 0
}

# tests NAME PRESET [CTEST ARGUMENT...]: runs ctest and counts the cases
tests() {
    local name=$1 preset=$2 log=build/logs/${1// /-}.log start=$SECONDS status counted passed failed skipped
    local junit=$PWD/build/logs/${name// /-}.xml run=(ctest)
    shift 2
    # LLVM's thread sanitizer wants its memory where some kernels' address randomisation doesn't leave it.
    if [ "$preset" = tsan ] && setarch "$(uname -m)" -R true 2>/dev/null; then
        run=(setarch "$(uname -m)" -R ctest)
    fi
    rm -f "$junit"
    "${run[@]}" --test-dir "build/$preset" --no-tests=error --output-on-failure -j "$(processors)" \
        --test-output-size-passed 10000000 --test-output-size-failed 10000000 --output-junit "$junit" "$@" \
        >"$log" 2>&1 </dev/null
    status=$?
    counted=$("$PYTHON" cmake/count_tests.py "$junit" 2>>"$log") || counted='0 1 0'
    read -r passed failed skipped <<<"$(tail -n 1 <<<"$counted")"
    [ $status -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
    record "$name" $((SECONDS - start)) "$passed" "$failed" "$skipped"
    sed '$d' <<<"$counted" | sed 's/^/    /'
    [ "$failed" -eq 0 ] || echo "    (all of it: $log)"
}

# summary: the table, the totals; fails if anything failed
summary() {
    local i all_passed=0 all_failed=0 all_skipped=0
    printf '\n%-20s %7s %7s %8s %8s\n' stage passed failed skipped seconds
    for i in "${!names[@]}"; do
        printf '%-20s %7d %7d %8d %8d\n' "${names[i]}" "${passes[i]}" "${failures[i]}" "${skips[i]}" "${seconds[i]}"
        all_passed=$((all_passed + passes[i]))
        all_failed=$((all_failed + failures[i]))
        all_skipped=$((all_skipped + skips[i]))
    done
    printf '\n%d passed, %d failed, %d skipped\n' $all_passed $all_failed $all_skipped
    [ $all_failed -eq 0 ]
}

build_preset() {
    configure "$1" -DMISMATCH_TESTS=ON && cmake --build "build/$1" -j "$(processors)"
}

# A second build must find nothing to do.
nothing_to_rebuild() {
    local output
    output=$(cmake --build build/release -j "$(processors)" 2>&1) || return 1
    printf '%s\n' "$output"
    if grep -qE 'Building|Linking|Generating|Writing' <<<"$output"; then
        echo "a build with nothing changed did something"
        return 1
    fi
}

# Both compilers, the kernels with and without optimisation, and with scratch areas full of NaNs before each path, must
# count the same to the last bit.
same_digest() {
    local build config digest first ok=0
    BUILD_DIR=build/kernel-O0 configure release -DMISMATCH_TESTS=OFF -DMISMATCH_OPENCL=OFF \
        -DMISMATCH_KERNEL_OPT=-O0 -DMISMATCH_POISON=ON || return 1
    cmake --build build/kernel-O0 --target mismatch -j "$(processors)" || return 1
    for config in configs/ai-2026.yaml tests/data/every-key.yaml; do
        first=''
        for build in release clang debug kernel-O0; do
            digest=$("build/$build/mismatch" run "$config" --backend openmp --paths 20000 --json --no-tallies \
                --no-progress |
                "$PYTHON" -c 'import json, sys; print(json.load(sys.stdin)["run"]["digest"])') || return 1
            echo "$build $config $digest"
            first=${first:-$digest}
            [ "$digest" = "$first" ] || ok=1
        done
    done
    return $ok
}

# The flattened kernels through clang's OpenCL front end, at every lane width, to code for a device; wide lanes also for
# the processors whose instructions dialect_opencl.h uses.
kernel_front_end() {
    local front=(clang -x cl -cl-std=CL1.2 -Xclang -finclude-default-header -emit-llvm -S -o /dev/null -Wall -Wextra
        -Wpedantic -Wconversion -Wshadow -Werror -DMM_GATHER_WORDS=4096) lanes stride build
    for lanes in 1 4 8 16; do
        stride=1
        [ "$lanes" -gt 1 ] || stride=64
        echo "$lanes lanes"
        "${front[@]}" -O1 -target spir64-unknown-unknown "-DMM_LANES=$lanes" "-DMM_STRIDE=$stride" \
            build/release/generated/mismatch.cl || return 1
    done
    for build in '4 x86-64' '8 x86-64-v3' '16 x86-64-v4'; do
        echo "${build% *} lanes, ${build#* }"
        "${front[@]}" -O2 -target x86_64-unknown-linux "-march=${build#* }" "-DMM_LANES=${build% *}" -DMM_STRIDE=1 \
            build/release/generated/mismatch.cl || return 1
    done
}

# A small run with every feature, interpreted: 64 paths of single lanes and the device's self-test. Oclgrind watches for
# races and for accesses out of bounds, and must count what the cores count.
kernel_races() {
    local folder library cores device config=tests/data/every-key.yaml run
    library=$(find /usr/lib /usr/local/lib -name liboclgrind-rt-icd.so 2>/dev/null | head -n 1)
    if [ -z "$library" ]; then
        echo "oclgrind is not here"
        return 77
    fi
    folder=$(mktemp -d) || return 1
    echo "$library" >"$folder/oclgrind.icd"
    run=(build/release/mismatch run "$config" --set time.months=24 --set questions.prices=null
        --set questions.idle-ever.probability.to=2031-12 --set events.not-short.to=2031-12
        --set questions.overlap-tail.tail.to=2031-12 --paths 64
        --json --no-tallies --no-progress -q)
    cores=$("${run[@]}" --backend openmp | grep '"digest"')
    device=$(OCL_ICD_VENDORS=$folder OCLGRIND_DATA_RACES=1 OCLGRIND_LOG=$folder/log \
        "${run[@]}" --device Oclgrind --no-cache | grep '"digest"')
    echo "cores  $cores"
    echo "device $device"
    [ ! -s "$folder/log" ] || head -n 40 "$folder/log"
    [ -n "$cores" ] && [ "$cores" = "$device" ] && [ ! -s "$folder/log" ]
    local status=$?
    rm -rf "$folder"
    return $status
}

# The kernels on single lanes under Valgrind: no branch and no result may hang on a word that nobody wrote. Scratch areas are
# left as they come from the system. (Oclgrind's own check for this reports words that were filled just before.)
kernel_values() {
    local config
    for config in configs/ai-2026.yaml tests/data/every-key.yaml; do
        echo "$config"
        valgrind -q --error-exitcode=9 build/release/mismatch run "$config" --paths 64 --lanes 1 --threads 1 \
            --backend openmp --json --no-progress >build/valgrind.json || return 1
    done
}

# Every reader of files gets made-up ones for 20 seconds.
fuzz() {
    configure fuzz -DMISMATCH_TESTS=ON && cmake --build build/fuzz --target fuzz -j "$(processors)" &&
        tests/fuzz/run.sh build/fuzz 20
}

# Some of the mutations of the kernels' equations: a closed form must notice each.
kernel_mutants() {
    tests/tools/mutants.sh build/release short
}

# Random words in the orders in which the model asks for them, by three fast tests of Dieharder's.
random_words() {
    tests/tools/battery.sh build/release short paths-step-slips blocks-firm-months seeds-common
}

# Mixed runs for a while under the sanitizers.
soak() {
    tests/tools/soak.sh 20 build/asan-ubsan
}

sources_of() { # sources_of PATTERN...: files of the project, each ended by a zero byte
    find host kernels include tests bench -type f \( "$@" \) -print0 | sort -z
}

clang_tidy() {
    find host/engine/mpi -name 'mpi_*.c' -print0 | # these are in that build alone
        xargs -0 -r -n 1 -P "$(processors)" clang-tidy -p build/mpi --quiet --warnings-as-errors='*' || return 1
    "$PYTHON" -c '
import json, os
root = os.getcwd() + os.sep
for entry in json.load(open("build/clang/compile_commands.json")):
    if entry["file"].startswith(root):
        print(entry["file"][len(root):], end="\0")' | sort -zu |
        xargs -0 -r -n 1 -P "$(processors)" clang-tidy -p build/clang --quiet --warnings-as-errors='*'
}

cpp_check() {
    mkdir -p build/cppcheck
    # Generated files are data; the kernels' source as an array alone takes it ten minutes.
    cppcheck --project=build/release/compile_commands.json -i build/release/generated \
        --cppcheck-build-dir=build/cppcheck -j "$(processors)" \
        --enable=warning,performance,portability --inline-suppr --suppress=missingIncludeSystem --quiet \
        --suppress='*:*/Random123/*' --error-exitcode=1
}

shell_check() {
    shellcheck -x check demo .ci/run cmake/*.sh configs/slurm/*.sbatch || return 1
    find tests bench -type f \( -name '*.sh' -o -name '*.bats' -o -name '*.bash' \) -print0 | xargs -0 -r shellcheck -x
}

# The layout is that of clang-format 14; other versions differ in details, so they don't judge.
clang_format() {
    local tool
    for tool in clang-format-14 clang-format; do
        if "$tool" --version 2>/dev/null | grep -q 'version 14\.'; then
            sources_of -name '*.c' -o -name '*.h' -o -name '*.cl' | xargs -0 -r "$tool" --dry-run --Werror
            return
        fi
    done
    echo "clang-format 14 is not here: $(clang-format --version 2>&1 | head -n 1)"
    return 77
}
