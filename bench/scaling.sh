#!/usr/bin/env bash
# Strong and weak scaling over threads, ranks (MPI) and shards, measured in one go: two tables in Markdown.
#
#   bench/scaling.sh [PATHS] [ROUNDS] [MOST]
#
# PATHS: of the strong runs, and for each worker of the weak ones (default 400,000). ROUNDS: each figure is the median
# of so many, and each round measures everything once, so that a machine that slows down slows all alike (default 5).
# MOST: workers (default: the processors). MISMATCH: the program (default build/mpi/mismatch, else build/release).
# Times are those of whole processes, from start to written result.
set -euo pipefail
root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
paths=${1:-400000} rounds=${2:-5} most=${3:-$(nproc)}
program=${MISMATCH:-$root/build/mpi/mismatch}
[ -x "$program" ] || program=$root/build/release/mismatch
config=${CONFIG:-$root/configs/ai-2026.yaml}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
export XDG_STATE_HOME=$scratch/state OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none

ways=(threads shards)
grep -qsx 'MISMATCH_MPI:BOOL=ON' "$(dirname "$program")/CMakeCache.txt" && command -v mpirun >/dev/null &&
    ways=(threads ranks shards)

# once WAY WORKERS PATHS: simulates, on the cores alone
once() {
    local run=("$program" run "$config" --paths "$3" --backend openmp --output r.json --force -q) i pids=()
    case $1 in
    threads) "${run[@]}" --threads "$2" ;;
    ranks) mpirun -n "$2" "${run[@]}" --threads 1 ;;
    shards)
        for i in $(seq "$2"); do
            "$program" run "$config" --paths "$3" --backend openmp --threads 1 --shard "$i/$2" --output "$i.json" \
                --force -q &
            pids+=($!)
        done
        for i in "${pids[@]}"; do wait "$i"; done
        [ "$2" -eq 1 ] || "$program" merge $(seq -f '%g.json' "$2") --output r.json --force -q
        ;;
    esac
}

counts=() n=1
while [ "$n" -lt "$most" ]; do
    counts+=("$n")
    n=$((2 * n))
done
counts+=("$most")
for _ in $(seq "$rounds"); do
    for way in "${ways[@]}"; do
        for n in "${counts[@]}"; do
            for kind in strong weak; do
                total=$paths
                [ $kind = strong ] || total=$((paths * n))
                start=$EPOCHREALTIME
                once "$way" "$n" "$total"
                seconds=$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }')
                echo "$kind $way $n $total $seconds" >>times.txt
            done
        done
    done
done
echo "$(uname -m), $(nproc) processors, load at the end $(cut -d' ' -f1 /proc/loadavg); $("$program" version | head -n 1);" \
    "$(basename "$config"), medians of $rounds"
for kind in strong weak; do
    echo
    if [ $kind = strong ]; then echo "Strong: $paths paths in all."; else echo "Weak: $paths paths for each worker."; fi
    echo
    echo "| | workers | seconds | paths a second | efficiency |"
    echo "|---|---|---|---|---|"
    for way in "${ways[@]}"; do
        for n in "${counts[@]}"; do
            grep "^$kind $way $n " times.txt | sort -k5,5g |
                awk '{ t[NR] = $5; p = $4 } END { print t[int((NR + 1) / 2)], p }' |
                awk -v way="$way" -v n="$n" '{ print way, n, $1, $2 }'
        done
    done | awk -v kind=$kind '
        $2 == 1 { one = $3 }
        { e = kind == "strong" ? one / ($2 * $3) : one / $3
          printf "| %s | %d | %.2f | %.0f | %.0f %% |\n", $1, $2, $3, $4 / $3, 100 * e }'
done
# what is exchanged
size=$(stat -c %s r.json)
"${PYTHON:-python3}" - "$size" <<'PY'
import json, sys
tallies = json.load(open("r.json"))["tallies"]
counts, sums = tallies.get("counts", 0), tallies.get("sums", 0)
print(f"\nExchanged: a result is {int(sys.argv[1]):,} bytes;", "tallies:", {k: v for k, v in tallies.items() if isinstance(v, (int, str)) and len(str(v)) < 40})
PY
