#!/usr/bin/env bash
# Runs the fuzz targets on what they have learned (tests/fuzz/corpus) and on good files.
#   run.sh [BUILD [SECONDS [NAME...]]]     default: build/fuzz, 20, all
# What makes one crash, leak or hang is left in BUILD/fuzz/found. Exit 1 then. What a target has learned stays in
# BUILD/fuzz/fuzz/learned/NAME, from where the next run goes on; BUILD/fuzz/fuzz/learned/times has a line for each run.
set -u
tree=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P) || exit 1
build=$(CDPATH='' cd -- "${1:-$tree/build/fuzz}" && pwd -P) || exit 1
seconds=${2:-20}
shift $(($# < 2 ? $# : 2))
[ $# -gt 0 ] || set -- config overlay set profile checkpoint result store
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
found=$build/fuzz/found
learned=$build/fuzz/learned
mkdir -p "$found" "$learned" "$work/state"
export SOURCE_DIR=$tree OCL_ICD_VENDORS=$build/none OMP_NUM_THREADS=1 XDG_STATE_HOME=$work/state
export ASAN_OPTIONS=detect_leaks=1 LSAN_OPTIONS=print_suppressions=0:suppressions="'$tree/cmake/leaks.supp'"
failed=0
for name; do
    seeds=$work/$name
    mkdir -p "$seeds/good" "$seeds/at" "$learned/$name"
    made=0
    case $name in
    config) cp "$tree"/tests/data/*.yaml "$tree"/tests/data/wrong/*.yaml "$tree"/configs/*.yaml "$seeds/good" ;;
    overlay) cp "$tree"/tests/data/*.yaml "$tree"/configs/scenarios/*.yaml "$seeds/good" ;;
    set) printf 'firms.alpha.reserve=0.1\ntime.months=24\nidle(alpha) >= 0.1' >"$seeds/good/one" ;;
    profile) cp "$tree"/tests/data/*.csv "$seeds/good" ;;
    checkpoint) SEED=$seeds/good/one "$build/fuzz/fuzz_checkpoint" ;;
    result) "$build/mismatch" run "$tree/tests/data/every-key.yaml" --paths 8 --output "$seeds/good/one" -q ;;
    store) "$build/mismatch" run "$tree/tests/data/every-key.yaml" --paths 8 --store "$seeds/good/one" -q ;;
    esac >"$found/$name.log" 2>&1 || made=1
    if [ $made -ne 0 ]; then
        echo "$name: FAILED, no good file could be made ($found/$name.log)"
        failed=1
        continue
    fi
    corpus=()
    [ ! -d "$tree/tests/fuzz/corpus/$name" ] || corpus=("$tree/tests/fuzz/corpus/$name")
    (cd "$seeds/at" && "$build/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -max_len=262144 -print_final_stats=1 -artifact_prefix="$found/$name-" \
        "$learned/$name" "${corpus[@]}" "$seeds/good") >"$found/$name.log" 2>&1
    status=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$found/$name.log")
    if [ "$status" -eq 0 ]; then
        echo "$name $seconds s ${runs:-0} inputs" >>"$learned/times"
        echo "$name: ${runs:-0} inputs in $seconds s"
    else
        failed=1
        echo "$name: FAILED ($found/$name.log)"
        grep -m 3 -E 'ERROR|SUMMARY|runtime error|Test unit written' "$found/$name.log" | sed 's/^/    /'
    fi
done
exit $failed
