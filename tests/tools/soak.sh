#!/usr/bin/env bash
# Mixed runs for long, under address and undefined-behaviour sanitizers: does anything crash, leak, change or grow?
#   soak.sh [SECONDS [BUILD]]      default: 3600, build/asan-ubsan
# Beside the commands, one after the other in an order of chance, a single process uses the library all the time
# (soak.c). A command must end with the exit code that belongs to it and without a word from a sanitizer; what its
# processes need at most in the last third must not be over 5 % more than in the second (of ten minutes or more: before, it
# is still finding its level). Exit 1 otherwise, and where the leak checker itself dies in over one command of twenty.
set -u
tree=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P) || exit 1
length=${1:-3600}
build=$(CDPATH='' cd -- "${2:-$tree/build/asan-ubsan}" && pwd -P) || exit 1
[[ $length =~ ^[1-9][0-9]*$ ]] || { echo "soak.sh: '$length' is not a whole number of seconds" >&2; exit 2; }
[ -x /usr/bin/time ] || { echo "/usr/bin/time is not here"; exit 77; }
mismatch=$build/mismatch
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export HOME=$work/home XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache OMP_WAIT_POLICY=passive LC_ALL=C.UTF-8
export OCL_ICD_VENDORS=$work/none
export ASAN_OPTIONS=detect_leaks=1:quarantine_size_mb=16:exitcode=99 UBSAN_OPTIONS=halt_on_error=1:exitcode=99
export LSAN_OPTIONS=print_suppressions=0:exitcode=99:suppressions="'$tree/cmake/leaks.supp'"
every=$tree/tests/data/every-key.yaml baseline=$tree/configs/ai-2026.yaml lognormal=$tree/tests/data/lognormal.yaml
mapfile -t configs < <(printf '%s\n' "$every" "$lognormal" "$baseline" "$tree"/configs/history/*.yaml | grep -v outcomes)

# A result and a store that the commands read.
"$mismatch" run "$every" --paths 300 --output whole.json -q && "$mismatch" run "$every" --paths 150 --output a.json -q &&
    "$mismatch" run "$every" --paths 150 --first-path 150 --output b.json -q || exit 1

"$build/tests/soak" "$length" "$work" "${configs[@]}" >library.log 2>&1 &
library=$!

# one N: the N-th kind of command, with values of chance; its exit code must be one of $allowed
one() {
    local seed=$((RANDOM % 50)) paths=$((1 + RANDOM % 400)) config=${configs[RANDOM % ${#configs[@]}]}
    allowed=0
    case $1 in
    0) command=(run "$config" --paths "$paths" --seed "$seed" --threads $((1 + RANDOM % 3)) --json --no-progress) ;;
    1) command=(run "$config" --paths "$paths" --seed "$seed" --csv -q) ;;
    2) command=(run "$every" --paths "$paths" --seed "$seed" --store s.db -q) ;;
    3) command=(merge b.json a.json --json) ;;
    4) command=(path "$config" --path "$seed" --json) ;;
    5) command=(check "$config" --print) ;;
    6) command=(compare "$every" --overlay "$tree/configs/scenarios/capex-stop.yaml" --paths "$paths") allowed="0 2 8" ;;
    7) command=(sweep "$lognormal" --vary "inference.sigma=0.1:0.5:3" --paths "$paths" --store w.db -q) allowed="0 2 8" ;;
    8) command=(run "$every" --set firms.nobody.reserve=1 --paths "$paths") allowed=2 ;;
    9) command=(run --from whole.json --paths "$paths" --output again.json --force -q) allowed="0 2" ;;
    10) command=(results s.db --csv) allowed="0 2 6" ;;
    11) command=(run "$every" --paths 100000 --time-limit 0.3 --output slow.json --force -q) allowed="75 0" ;;
    12) command=(run "$every" --paths "$paths" --over-ranges 20 -q --json) allowed="0 8" ;;
    13) command=(sensitivity "$every" --on idle-ever --method tornado --paths "$paths") allowed="0 8" ;;
    14) command=(report whole.json --output page --force --svg) allowed="0 6 8" ;;
    15) command=(selftest) allowed=0 ;;
    esac
}

kinds=16 n=0 wrong=0 unscanned=0
declare -a most=(0 0 0)
while [ "$SECONDS" -lt "$length" ]; do
    one $((RANDOM % kinds))
    code=0
    /usr/bin/time -f '%M' -o kib "$mismatch" "${command[@]}" >stdout 2>stderr || code=$?
    n=$((n + 1))
    # The leak checker dies where numbers look like pointers into what it keeps itself: then once more, without it.
    if grep -q 'LeakSanitizer has encountered a fatal error' stderr; then
        unscanned=$((unscanned + 1)) code=0
        ASAN_OPTIONS=${ASAN_OPTIONS/detect_leaks=1/detect_leaks=0} \
            /usr/bin/time -f '%M' -o kib "$mismatch" "${command[@]}" >stdout 2>stderr || code=$?
    fi
    third=$((3 * SECONDS / length))
    kib=$(tail -n 1 kib)
    [ "$third" -gt 2 ] || [ "${kib:-0}" -le "${most[third]}" ] || most[third]=$kib
    if [[ " $allowed " != *" $code "* ]] || grep -qE 'Sanitizer|runtime error' stderr; then
        wrong=$((wrong + 1))
        echo "exit $code: mismatch ${command[*]}"
        tail -n 20 stderr | cut -c 1-300
    fi
    # The stores must not grow without end, else each command takes longer than the one before.
    [ $((n % 200)) -ne 0 ] || rm -f s.db* w.db*
done
wait "$library"
code=$?
tail -n 3 library.log
[ "$code" -eq 0 ] || { tail -n 40 library.log | cut -c 1-300; wrong=$((wrong + 1)); }
echo "$length s, $n commands, $wrong wrong, $unscanned not looked through for leaks; most MiB of a command in each third: $(printf '%s\n' "${most[@]}" | awk '{ printf "%.0f ", $1 / 1024 }')"
[ "$wrong" -eq 0 ] && [ "$n" -gt 0 ] && [ $((20 * unscanned)) -le "$n" ] || exit 1
[ "$length" -lt 600 ] || awk -v a="${most[1]}" -v b="${most[2]}" 'BEGIN { exit !(b <= 1.05 * a) }'
